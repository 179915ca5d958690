#include "gateway/ctl/journey_real.h"

#include <filesystem>
#include <fstream>
#include <map>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "gateway/ctl/import_report.h"
#include "gateway/ctl/journey_data.h"
#include "gateway/ctl/progress.h"
#include "gateway/ctl/real_outcome.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/error/error.h"

namespace assay::gateway::ctl {
namespace {

using platform::Error;

constexpr char kCoursework[] = "coursework";
constexpr char kScripts[] = "essays-set-1";
constexpr char kEssaySet[] = "1";
constexpr int kCohortSize = 60;
constexpr int kFirstCohortUrn = 10001;  // Below every school number of the file.
constexpr int kToleranceMarks = 1;      // The policy one-mark.
constexpr int kModerators = 3;
constexpr int kMissingBlocks = 3;

class Journey {
 public:
  Journey(const RealJourneyOptions& options, const Mint& mint, Api& api, Story& story)
      : options_(options),
        mint_(mint),
        calls_(api, absl::StrCat("real ", options.series)),
        story_(story),
        series_("series/" + options.series),
        register_path_(options.folder + "/centres/england_establishments.csv"),
        marks_path_(options.folder + "/marks/mlmRev_Gcsemv.csv"),
        scripts_path_(options.folder + "/double_marked/asap_sets_1_2_3_7.csv") {}

  absl::Status Run() {
    ASSIGN_OR_RETURN(officer_, OfficerToken(mint_));
    ASSIGN_OR_RETURN(schools_, ReadSchools(marks_path_));
    ASSIGN_OR_RETURN(scripts_,
                     ReadDoubleMarked(scripts_path_, kEssaySet, kCohortSize, kFirstCohortUrn));
    story_.Title("The same on real files");
    RETURN_IF_ERROR(ImportRegister());
    RETURN_IF_ERROR(RegisterCentres());
    RETURN_IF_ERROR(OpenSeries());
    RETURN_IF_ERROR(TakeCoursework());
    RETURN_IF_ERROR(ModerateScripts());
    RETURN_IF_ERROR(ShowStages());
    return Recount();
  }

 private:
  Progress MakeProgress(std::string what, std::string unit, std::int64_t total) {
    return Progress({.what = std::move(what),
                     .unit = std::move(unit),
                     .total = total,
                     .terminal = story_.terminal()},
                    story_.clock(), story_.out());
  }

  void SayTook(absl::Time start, std::string_view what) {
    story_.Say(absl::StrFormat("(%s in %.1f s)", absl::string_view(what.data(), what.size()),
                               absl::ToDoubleSeconds(story_.clock().Now() - start)));
  }

  absl::Status ImportRegister() {
    story_.Chapter("The national register of establishments");
    const absl::Time start = story_.clock().Now();
    std::error_code error;
    const auto size = static_cast<std::int64_t>(std::filesystem::file_size(register_path_, error));
    {
      auto progress = MakeProgress("england_establishments.csv", "B", error ? 0 : size);
      ASSIGN_OR_RETURN(outcome_.register_import,
                       calls_.api().Call({.method = "POST",
                                          .path = "/v1/centres:import",
                                          .query = {{"layout", "england-establishments"}},
                                          .token = officer_,
                                          .content_type = "text/csv",
                                          .body_file = register_path_,
                                          .on_sent = [&](std::int64_t n) { progress.Set(n); }}));
    }
    const Json& report = outcome_.register_import;
    story_.Say(ImportSentence("england_establishments.csv", report));
    story_.Show(RefusedTable(report));
    SayTook(start, "registered");
    return absl::OkStatus();
  }

  // The schools and cohorts of the files have no row in the register, so they come in the
  // same way as everybody else: by a file in its layout.
  absl::Status RegisterCentres() {
    story_.Chapter("The centres of the marks");
    std::vector<Cohort> all = schools_;
    all.insert(all.end(), scripts_.begin(), scripts_.end());
    ASSIGN_OR_RETURN(const Json report,
                     calls_.Send(officer_, "centres:import", {{"layout", "england-establishments"}},
                                 "text/csv", CentresCsv(all), /*with_request_id=*/false));
    story_.Say(ImportSentence(
        absl::StrCat(schools_.size(), " schools and ", scripts_.size(), " cohorts"), report));
    if (Int(report, "refusedCount") > 0) {
      return Error(absl::StatusCode::kInternal, "CENTRES_REFUSED",
                   "centres made for the journey were refused");
    }
    RETURN_IF_ERROR(InParallel(static_cast<int>(all.size()), options_.workers, [&](int i) {
      return EnsureCentreApproved(calls_, officer_, all[static_cast<std::size_t>(i)].centre());
    }));
    story_.Say(absl::StrCat("All ", all.size(), " are approved."));
    return absl::OkStatus();
  }

  absl::Status EnsureComponent(const std::string& id, const Json& component) {
    const std::string name = absl::StrCat(series_, "/components/", id);
    return OrFound(
               calls_.Create(officer_, series_ + "/components", component, {{"componentId", id}}),
               {"COMPONENT_EXISTS"}, [&] { return calls_.Get(officer_, name); })
        .status();
  }

  absl::Status OpenSeries() {
    RETURN_IF_ERROR(OrFound(calls_.Create(officer_, "series", {{"title", "Real files"}},
                                          {{"seriesId", options_.series}}),
                            {"SERIES_EXISTS"}, [&] { return calls_.Get(officer_, series_); })
                        .status());
    // Three of the percentages have two decimals (9.25), so the step is a hundredth.
    RETURN_IF_ERROR(EnsureComponent(kCoursework, {{"title", "Teacher-assessed coursework"},
                                                  {"markMax", 100},
                                                  {"markStep", 0.01},
                                                  {"samplingPolicy", "pearson-2026"},
                                                  {"tolerancePolicy", "six-percent"},
                                                  {"adjustmentPolicy", "least-squares"}}));
    return EnsureComponent(kScripts, {{"title", "Essays, set 1"},
                                      {"markMax", 6},
                                      {"markStep", 1},
                                      {"samplingPolicy", "pearson-2026"},
                                      {"tolerancePolicy", "one-mark"},
                                      {"adjustmentPolicy", "least-squares"},
                                      {"blind", true}});
  }

  struct Drawn {
    int refused = 0;
    Json submission;
    Json sample;
  };

  // Create, marks, submit, draw: for one cohort.
  absl::StatusOr<Drawn> DrawFor(std::string_view component, const Cohort& cohort) {
    const std::string parent =
        absl::StrCat(series_, "/components/", absl::string_view(component.data(), component.size()),
                     "/submissions");
    const std::string name = absl::StrCat(parent, "/", cohort.submission_id());
    const auto found = [&](std::string_view state) {
      return FindSubmission(calls_, officer_, name, state);
    };
    RETURN_IF_ERROR(OrFound(calls_.Create(officer_, parent, {{"centre", cohort.centre()}}),
                            {"SUBMISSION_EXISTS"}, [&] { return found("STATE_OPEN"); })
                        .status());
    Drawn drawn;
    ASSIGN_OR_RETURN(
        const Json taken,
        OrFound(calls_.Send(officer_, name + ":importMarks", {{"mode", "MARKS_MODE_KEEP_GOOD"}},
                            "text/csv", MarksCsv(cohort), /*with_request_id=*/true),
                {"SUBMISSION_NOT_OPEN"}, [&] { return found("STATE_SUBMITTED"); }));
    drawn.refused = static_cast<int>(Int(taken, "refusedCount"));
    ASSIGN_OR_RETURN(drawn.submission,
                     OrFound(calls_.Do(officer_, name + ":submit", {{"allowMissing", true}}),
                             {"SUBMISSION_NOT_OPEN", "SUBMISSION_STATE_WRONG"},
                             [&] { return found("STATE_SUBMITTED"); }));
    ASSIGN_OR_RETURN(drawn.sample,
                     OrFound(calls_.Do(officer_, name + "/samples:draw", Json::object()),
                             {"SUBMISSION_STATE_WRONG"}, [&]() -> absl::StatusOr<Json> {
                               ASSIGN_OR_RETURN(const Json at, found("STATE_SAMPLED"));
                               return calls_.Get(officer_, Text(at, "sample"));
                             }));
    ASSIGN_OR_RETURN(const SampleFacts facts,
                     FetchSampleFacts(calls_, officer_, Text(drawn.sample, "name")));
    if (AllHeld(CheckSample(facts))) return drawn;
    return Error(absl::StatusCode::kDataLoss, "SAMPLE_NOT_VERIFIED",
                 absl::StrCat(Text(drawn.sample, "name"), " is not what its draw had to give"));
  }

  absl::Status TakeCoursework() {
    story_.Chapter("Coursework of 73 schools: marks in, what is missing, samples");
    const absl::Time start = story_.clock().Now();
    outcome_.schools.resize(schools_.size());
    {
      auto progress =
          MakeProgress("coursework", "schools", static_cast<std::int64_t>(schools_.size()));
      RETURN_IF_ERROR(InParallel(static_cast<int>(schools_.size()), options_.workers, [&](int i) {
        const Cohort& school = schools_[static_cast<std::size_t>(i)];
        ASSIGN_OR_RETURN(const Drawn drawn, DrawFor(kCoursework, school));
        outcome_.schools[static_cast<std::size_t>(i)] = {
            .urn = school.urn,
            .title = school.title,
            .candidates = static_cast<int>(Int(drawn.submission, "candidateCount")),
            .marked = static_cast<int>(Int(drawn.submission, "markedCount")),
            .missing = static_cast<int>(Int(drawn.submission, "missingCount")),
            .refused = drawn.refused,
            .pool = static_cast<int>(Int(drawn.sample, "poolCount")),
            .ladder = static_cast<int>(Int(drawn.sample, "ladderSize")),
            .drawn = DrawnCount(drawn.sample)};
        progress.Advance();
        return absl::OkStatus();
      }));
    }
    TextTable table({"school", ">pupils", ">marks", ">missing"});
    int complete = 0;
    int missing = 0;
    for (const SchoolOutcome& school : outcome_.schools) {
      missing += school.missing;
      complete += school.missing == 0 ? 1 : 0;
      if (school.missing == 0) continue;
      table.Add({school.urn, absl::StrCat(school.candidates), absl::StrCat(school.marked),
                 absl::StrCat(school.missing)});
    }
    story_.Say(absl::StrCat(complete, " schools have every mark; ",
                            outcome_.schools.size() - static_cast<std::size_t>(complete),
                            " hand in with ", missing, " missing between them. Every draw was ",
                            "checked here and redrawn by the service."));
    story_.Show(table, kMissingBlocks);
    SayTook(start, absl::StrCat(outcome_.schools.size(), " submissions to a verified sample"));
    return absl::OkStatus();
  }

  absl::Status ModerateScripts() {
    story_.Chapter("Scripts marked twice: cohorts of 60 to results");
    const absl::Time start = story_.clock().Now();
    std::vector<std::string> moderators;
    std::vector<std::string> tokens;
    for (int i = 0; i < kModerators; ++i) {
      const std::string subject = absl::StrCat("users/rater-2-", i + 1);
      ASSIGN_OR_RETURN(
          std::string name,
          EnsureModerator(calls_, officer_, subject, absl::StrCat("Rater 2, desk ", i + 1), 1000));
      ASSIGN_OR_RETURN(std::string token, ModeratorToken(mint_, subject));
      moderators.push_back(std::move(name));
      tokens.push_back(std::move(token));
    }
    outcome_.cohorts.resize(scripts_.size());
    {
      auto progress =
          MakeProgress("scripts", "cohorts", static_cast<std::int64_t>(scripts_.size()));
      RETURN_IF_ERROR(InParallel(static_cast<int>(scripts_.size()), options_.workers, [&](int i) {
        const auto at = static_cast<std::size_t>(i);
        RETURN_IF_ERROR(ModerateCohort(scripts_[at], moderators[at % kModerators],
                                       tokens[at % kModerators], outcome_.cohorts[at]));
        progress.Advance();
        return absl::OkStatus();
      }));
    }
    TextTable table({"cohort", ">scripts", ">drawn", "in tolerance", "outcome"});
    for (const CohortOutcome& cohort : outcome_.cohorts) {
      table.Add({ShortTitle(cohort), absl::StrCat(cohort.candidates), absl::StrCat(cohort.drawn),
                 absl::StrCat(cohort.in_tolerance, " of ", cohort.judged),
                 ActionWords(cohort.action)});
    }
    story_.Show(table, 2);
    for (const CohortOutcome& cohort : outcome_.cohorts) {
      if (cohort.action == "ACTION_MARKS_STAND") continue;
      story_.Point(absl::StrCat("cohort ", ShortTitle(cohort), ": ", cohort.explanation));
    }
    SayTook(start, absl::StrCat(outcome_.cohorts.size(), " cohorts from marks to results"));
    return absl::OkStatus();
  }

  // "07" of "Essays set 1, cohort 07".
  static std::string ShortTitle(const CohortOutcome& cohort) {
    return cohort.title.substr(cohort.title.size() - 2);
  }

  absl::Status ModerateCohort(const Cohort& cohort, const std::string& moderator,
                              const std::string& token, CohortOutcome& outcome) {
    ASSIGN_OR_RETURN(const Drawn drawn, DrawFor(kScripts, cohort));
    const std::string name = Text(drawn.submission, "name");
    RETURN_IF_ERROR(
        OrFound(calls_.Do(officer_, name + ":allocate", {{"moderator", moderator}}),
                {"SUBMISSION_STATE_WRONG"},
                [&] { return FindSubmission(calls_, officer_, name, "STATE_ALLOCATED"); })
            .status());
    ASSIGN_OR_RETURN(const auto rounds, Moderate(calls_, token, name, cohort.second_marks));
    const Json& judgement = rounds.back().judgement;
    RETURN_IF_ERROR(
        OrFound(calls_.Do(officer_, name + ":release",
                          {{"feedback",
                            {{"tasks", "The prompt is the same for all."},
                             {"accuracy", Text(judgement, "explanation")},
                             {"administration", "Complete."}}}}),
                {"SUBMISSION_STATE_WRONG"},
                [&] { return FindSubmission(calls_, officer_, name, "STATE_RELEASED"); })
            .status());
    ASSIGN_OR_RETURN(outcome.results, calls_.List(officer_, name + "/results", "results"));
    ASSIGN_OR_RETURN(const auto work, calls_.List(officer_, name + "/work", "items"));
    for (const Json& item : work) {
      if (MaybeNumber(item, "moderatorMark").has_value()) {
        outcome.judged_candidates.push_back(Text(item, "candidate"));
      }
    }
    outcome.urn = cohort.urn;
    outcome.title = cohort.title;
    outcome.candidates = static_cast<int>(Int(drawn.submission, "candidateCount"));
    outcome.refused = drawn.refused;
    outcome.pool = static_cast<int>(Int(drawn.sample, "poolCount"));
    outcome.ladder = static_cast<int>(Int(drawn.sample, "ladderSize"));
    outcome.drawn = DrawnCount(drawn.sample);
    outcome.rounds = static_cast<int>(rounds.size());
    outcome.judged = static_cast<int>(Int(judgement, "judgedCount"));
    outcome.in_tolerance = static_cast<int>(Int(judgement, "inToleranceCount"));
    outcome.action = Text(judgement, "action");
    outcome.explanation = Text(judgement, "explanation");
    return absl::OkStatus();
  }

  absl::Status ShowStages() {
    story_.Chapter("What came out");
    story_.Show(StageTable(outcome_));
    story_.Say(
        "Who is drawn follows from secrets that each installation makes (MOD-4), so what is judged "
        "and what comes of it differs between installations; the rest does not.");
    if (options_.figures.empty()) return absl::OkStatus();
    std::ofstream out(options_.figures);
    out << StageFigures(outcome_).dump(2) << "\n";
    if (out.flush()) return absl::OkStatus();
    return Error(absl::StatusCode::kUnavailable, "FILE_UNWRITABLE",
                 absl::StrCat("cannot write ", options_.figures));
  }

  absl::Status Recount() {
    FileRecount files;
    ASSIGN_OR_RETURN(files.establishments, RecountEstablishments(register_path_));
    ASSIGN_OR_RETURN(files.schools, RecountSchools(marks_path_));
    ASSIGN_OR_RETURN(files.essays, RecountDoubleMarked(scripts_path_, kEssaySet));
    TextTable table({"counted again, from the files alone", ">files say", ">Assay says", ""});
    int disagree = 0;
    for (const Recounted& line : CompareWithFiles(outcome_, files, kToleranceMarks, kCohortSize)) {
      table.Add({line.what, line.expected, line.got, line.agrees() ? "agrees" : "DIFFERS"});
      disagree += line.agrees() ? 0 : 1;
    }
    story_.Show(table);
    const ApiTally tally = calls_.api().tally();
    story_.Say(absl::StrFormat("%d calls in all; median %.1f ms, slowest %.0f ms, repeated %d.",
                               tally.calls, absl::ToDoubleMilliseconds(tally.median),
                               absl::ToDoubleMilliseconds(tally.slowest), tally.repeats));
    if (disagree == 0) return absl::OkStatus();
    return Error(absl::StatusCode::kDataLoss, "COUNTS_DIFFER",
                 absl::StrCat(disagree, " figure(s) differ from what the files say"));
  }

  const RealJourneyOptions& options_;
  const Mint& mint_;
  JourneyCalls calls_;
  Story& story_;
  const std::string series_;
  const std::string register_path_;
  const std::string marks_path_;
  const std::string scripts_path_;
  std::string officer_;
  std::vector<Cohort> schools_;
  std::vector<Cohort> scripts_;
  RealOutcome outcome_;
};

}  // namespace

absl::Status RunRealJourney(const RealJourneyOptions& options, const Mint& mint, Api& api,
                            Story& story) {
  return Journey(options, mint, api, story).Run();
}

}  // namespace assay::gateway::ctl
