#include "gateway/ctl/journey_shipped.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <optional>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "absl/time/clock.h"
#include "gateway/ctl/import_report.h"
#include "gateway/ctl/journey_data.h"
#include "gateway/ctl/request_id.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/core/view.h"
#include "services/platform/error/error.h"

namespace assay::gateway::ctl {
namespace {

using platform::Error;
using platform::FieldsOf;
using platform::MetadataOf;
using platform::ReasonOf;

constexpr char kComponentId[] = "unit-304-coursework";
constexpr char kQualification[] = "qualifications/3818-13";
constexpr char kModerator[] = "users/moderator-hughes";
constexpr double kMarkMax = 100;
constexpr absl::Duration kToldWithin = absl::Seconds(20);

struct Centre {
  std::string name;  // "centres/urn-900001"
  std::string title = {};
  std::string exams = {};  // Its exams officer's token.
  std::string submission = {};
  std::string sample = {};
  Json judgement = {};

  std::string id() const { return name.substr(std::string("centres/").size()); }
};

class Journey {
 public:
  Journey(const ShippedJourneyOptions& options, const Mint& mint, Api& api, Story& story)
      : options_(options),
        mint_(mint),
        calls_(api, absl::StrCat("shipped ", options.series)),
        story_(story),
        component_(absl::StrCat("series/", options.series, "/components/", kComponentId)) {}

  absl::Status Run() {
    ASSIGN_OR_RETURN(officer_, OfficerToken(mint_));
    ASSIGN_OR_RETURN(moderator_, ModeratorToken(mint_, kModerator));
    RETURN_IF_ERROR(FindCentres());
    story_.Title("From an approved centre to a moderated result");
    RETURN_IF_ERROR(ImportCentres());
    RETURN_IF_ERROR(ApproveCentres());
    RETURN_IF_ERROR(OpenSubmissions());
    RETURN_IF_ERROR(UploadEvidence());
    RETURN_IF_ERROR(RecordMarks());
    RETURN_IF_ERROR(DrawSamples());
    RETURN_IF_ERROR(ModerateAll());
    RETURN_IF_ERROR(ReleaseResults());
    RETURN_IF_ERROR(TellEveryone());
    return TellFigures();
  }

 private:
  std::string File(std::string_view folder, const Centre& centre) const {
    return absl::StrCat(options_.folder, "/", platform::View(folder), "/", centre.id(), ".csv");
  }

  // The centres that take part are those with a file of marks.
  absl::Status FindCentres() {
    std::error_code error;
    std::filesystem::directory_iterator files(options_.folder + "/marks", error);
    if (error) {
      return Error(absl::StatusCode::kNotFound, "FILE_UNREADABLE",
                   absl::StrCat("there is no small data in ", options_.folder,
                                "; name its folder with --shipped"));
    }
    for (const auto& file : files) {
      if (file.path().extension() != ".csv") continue;
      Centre centre{.name = "centres/" + file.path().stem().string()};
      ASSIGN_OR_RETURN(centre.exams, ExamsToken(mint_, centre.name));
      centre.submission = absl::StrCat(component_, "/submissions/", centre.id());
      centres_.push_back(std::move(centre));
    }
    std::sort(centres_.begin(), centres_.end(),
              [](const Centre& a, const Centre& b) { return a.name < b.name; });
    return absl::OkStatus();
  }

  absl::Status ImportCentres() {
    story_.Chapter("Centres come in from a national file");
    const std::string path = options_.folder + "/centres.csv";
    ASSIGN_OR_RETURN(std::string bytes, ReadFile(path));
    ASSIGN_OR_RETURN(const Json report,
                     calls_.Send(officer_, "centres:import", {{"layout", "england-establishments"}},
                                 "text/csv", std::move(bytes), /*with_request_id=*/false));
    story_.Say(ImportSentence("centres.csv", report));
    story_.Show(RefusedTable(report));
    story_.Say(
        "A bad row stops nobody else: it is told with its line, its column and what to do, and "
        "the same file can be sent again at any time without a second effect.");
    return absl::OkStatus();
  }

  absl::Status ApproveCentres() {
    story_.Chapter("The awarding body approves");
    ASSIGN_OR_RETURN(const Json qualification, calls_.Get(officer_, kQualification));
    story_.Say(absl::StrCat(
        Text(qualification, "number"), " ", Text(qualification, "title"), ": level ",
        Int(qualification, "level"), ", ", Int(qualification, "guidedLearningHours"), " GLH, ",
        Items(qualification, "units").size(), " units. The published form contradicts itself in ",
        Plural(static_cast<std::int64_t>(Items(qualification, "findings").size()), "place"),
        ", which the catalogue shows:"));
    for (const Json& finding : Items(qualification, "findings")) {
      story_.Point(absl::StrCat(Text(finding, "place"), ": ", Text(finding, "message")));
    }
    TextTable table({"centre", "title", "centre is", "may offer 3818-13"});
    for (Centre& centre : centres_) {
      RETURN_IF_ERROR(EnsureCentreApproved(calls_, officer_, centre.name));
      RETURN_IF_ERROR(EnsureQualificationApproved(centre));
      ASSIGN_OR_RETURN(const Json found, calls_.Get(officer_, centre.name));
      ASSIGN_OR_RETURN(const Json check, calls_.Get(centre.exams, centre.name + ":checkApproval",
                                                    {{"qualification", kQualification}}));
      centre.title = Text(found, "title");
      const bool in_force = Flag(check, "inForce");
      table.Add({centre.name, centre.title,
                 Text(found, "state") == "STATE_APPROVED" ? "approved" : Text(found, "state"),
                 in_force ? "yes" : absl::StrCat("no: ", Text(check, "message"))});
    }
    story_.Show(table);
    return absl::OkStatus();
  }

  // The centre's exams officer applies, the quality officer decides.
  absl::Status EnsureQualificationApproved(const Centre& centre) {
    const std::string parent = centre.name + "/qualificationApprovals";
    auto applied = calls_.Create(centre.exams, parent, {{"qualification", kQualification}});
    std::string name;
    if (applied.ok()) {
      name = Text(*applied, "name");
    } else if (ReasonOf(applied.status()) == "APPROVAL_EXISTS") {
      name = MetadataOf(applied.status(), "approval");
    } else {
      return applied.status();
    }
    const auto approved = calls_.Do(officer_, name + ":approve", Json::object());
    if (approved.ok() || ReasonOf(approved.status()) != "APPROVAL_STATE_WRONG") {
      return approved.status();
    }
    ASSIGN_OR_RETURN(const Json found, calls_.Get(officer_, name));
    return Text(found, "state") == "STATE_APPROVED" ? absl::OkStatus() : approved.status();
  }

  absl::Status OpenSubmissions() {
    story_.Chapter("A series opens, and the secrets of its draws are committed to");
    const std::string series = "series/" + options_.series;
    RETURN_IF_ERROR(OrFound(calls_.Create(officer_, "series", {{"title", "Summer 2026"}},
                                          {{"seriesId", options_.series}}),
                            {"SERIES_EXISTS"}, [&] { return calls_.Get(officer_, series); })
                        .status());
    RETURN_IF_ERROR(OrFound(calls_.Create(officer_, series + "/components",
                                          {{"title", "Unit 304, coursework"},
                                           {"qualification", kQualification},
                                           {"markMax", kMarkMax},
                                           {"markStep", 1},
                                           {"samplingPolicy", "pearson-2026"},
                                           {"tolerancePolicy", "six-percent"},
                                           {"adjustmentPolicy", "least-squares"},
                                           {"blind", true}},
                                          {{"componentId", kComponentId}}),
                            {"COMPONENT_EXISTS"}, [&] { return calls_.Get(officer_, component_); })
                        .status());
    TextTable table({"submission of", "SHA-256 of the secret, published before the marks close"});
    for (const Centre& centre : centres_) {
      ASSIGN_OR_RETURN(
          const Json submission,
          OrFound(
              calls_.Create(centre.exams, component_ + "/submissions", {{"centre", centre.name}}),
              {"SUBMISSION_EXISTS"}, [&] { return calls_.Get(centre.exams, centre.submission); }));
      table.Add({centre.title, Text(submission, "seedCommitment")});
    }
    story_.Say(absl::StrCat(component_, ": marks from 0 to 100 in whole marks; sampled by ",
                            "pearson-2026, tolerance six per cent, adjusted by least squares, ",
                            "moderated blind."));
    story_.Show(table);
    const auto stranger = calls_.Get(centres_.back().exams, centres_.front().submission);
    story_.Say(absl::StrCat(
        centres_.back().title, " asks for the submission of ", centres_.front().title,
        " and is told: ", stranger.ok() ? "everything (!)" : ReasonOf(stranger.status()),
        ", as if there were none."));
    if (!stranger.ok()) return absl::OkStatus();
    return Error(absl::StatusCode::kInternal, "SCOPE_LEAK",
                 "a centre could read another centre's submission");
  }

  absl::Status UploadEvidence() {
    story_.Chapter("Evidence goes up, and comes back the same");
    ASSIGN_OR_RETURN(const std::string bytes,
                     ReadFile(options_.folder + "/evidence/assessment-record.pdf"));
    const std::string digest = Sha256Hex(bytes);
    TextTable table({"evidence", "type found", ">bytes", "SHA-256", "read back"});
    for (const Centre& centre : centres_) {
      ASSIGN_OR_RETURN(const Json receipt, EnsureEvidence(centre, bytes, digest));
      const std::string name = Text(receipt, "name");
      ASSIGN_OR_RETURN(const std::string back,
                       calls_.api().Fetch({.path = absl::StrCat("/v1/", name, ":download"),
                                           .token = centre.exams}));
      const bool same = Sha256Hex(back) == Text(receipt, "sha256") && back == bytes;
      table.Add({centre.title, Text(receipt, "contentType"), WithCommas(Int(receipt, "sizeBytes")),
                 Text(receipt, "sha256").substr(0, 16) + "…", same ? "same" : "DIFFERS"});
      if (!same) {
        return Error(absl::StatusCode::kDataLoss, "EVIDENCE_DIFFERS",
                     absl::StrCat(name, " came back with other bytes than were sent"));
      }
    }
    story_.Show(table);
    return absl::OkStatus();
  }

  // The receipt of an earlier run, or of an upload.
  absl::StatusOr<Json> EnsureEvidence(const Centre& centre, const std::string& bytes,
                                      const std::string& digest) {
    ASSIGN_OR_RETURN(const auto there, calls_.List(centre.exams, centre.name + "/evidence",
                                                   "evidence", {{"subject", centre.submission}}));
    for (const Json& evidence : there) {
      if (Text(evidence, "sha256") == digest) return evidence;
    }
    return calls_.Send(centre.exams, centre.name + "/evidence:upload",
                       {{"filename", "assessment-record.pdf"},
                        {"expectedSha256", digest},
                        {"purpose", "PURPOSE_REQUIRED"},
                        {"subjects", centre.submission}},
                       "application/pdf", bytes, /*with_request_id=*/true);
  }

  absl::StatusOr<Json> ImportMarks(const Centre& centre, const std::string& path) {
    ASSIGN_OR_RETURN(std::string bytes, ReadFile(path));
    return calls_.Send(centre.exams, centre.submission + ":importMarks",
                       {{"mode", "MARKS_MODE_ALL_OR_NOTHING"}}, "text/csv", std::move(bytes),
                       /*with_request_id=*/true);
  }

  absl::Status RecordMarks() {
    story_.Chapter("Marks come in, and nothing is missing at the deadline");
    for (const Centre& centre : centres_) RETURN_IF_ERROR(ShowFirstAttempt(centre));
    TextTable table({"centre", ">rows", ">accepted", ">missing", "file"});
    for (const Centre& centre : centres_) {
      const auto taken = ImportMarks(centre, File("marks", centre));
      if (!taken.ok() && ReasonOf(taken.status()) == "SUBMISSION_NOT_OPEN") {
        ASSIGN_OR_RETURN(const Json found, calls_.Get(centre.exams, centre.submission));
        const std::string count = absl::StrCat(Int(found, "candidateCount"));
        table.Add({centre.title, count, count, absl::StrCat(Int(found, "missingCount")),
                   "taken by an earlier run"});
        continue;
      }
      if (!taken.ok()) return taken.status();
      table.Add({centre.title, absl::StrCat(Int(*taken, "rowCount")),
                 absl::StrCat(Int(*taken, "acceptedCount")),
                 absl::StrCat(Int(*taken, "missingCount")),
                 Text(*taken, "encoding") + (Flag(*taken, "truncated") ? ", cut short" : "")});
    }
    story_.Show(table);
    for (const Centre& centre : centres_) RETURN_IF_ERROR(Submit(centre));
    return absl::OkStatus();
  }

  // A file with bad rows: nothing of it is kept, and every bad row is told.
  absl::Status ShowFirstAttempt(const Centre& centre) {
    const std::string path = File("marks-first-attempt", centre);
    if (!std::filesystem::exists(path)) return absl::OkStatus();
    const auto refused = ImportMarks(centre, path);
    if (refused.ok()) {
      return Error(absl::StatusCode::kInternal, "BAD_MARKS_TAKEN",
                   absl::StrCat(path, " has bad rows and was taken"));
    }
    const std::string reason = ReasonOf(refused.status());
    if (reason == "SUBMISSION_NOT_OPEN") return absl::OkStatus();  // Shown by an earlier run.
    if (reason != "MARKS_REFUSED") return refused.status();
    story_.Say(absl::StrCat(centre.title, " sends a file with mistakes. ", reason, ": ",
                            refused.status().message()));
    for (const std::string& field : FieldsOf(refused.status())) story_.Point(field);
    story_.Say("It repairs the rows and sends the file again.");
    return absl::OkStatus();
  }

  absl::Status Submit(const Centre& centre) {
    const std::string late = File("marks-late", centre);
    if (std::filesystem::exists(late)) {
      const auto early = calls_.Do(centre.exams, centre.submission + ":submit", Json::object());
      if (early.ok()) return absl::OkStatus();  // Replayed: an earlier run had it all.
      if (ReasonOf(early.status()) == "MARKS_MISSING") {
        ASSIGN_OR_RETURN(const auto missing,
                         calls_.List(centre.exams, centre.submission + "/candidates", "candidates",
                                     {{"missingOnly", "true"}}));
        std::vector<std::string> who;
        for (const Json& candidate : missing) who.push_back(Text(candidate, "candidate"));
        RETURN_IF_ERROR(ImportMarks(centre, late).status());
        story_.Say(absl::StrCat(
            centre.title, " hands in too early and is told MARKS_MISSING: ", "candidate ",
            absl::StrJoin(who, ", "), " has no mark. It sends the mark and hands in again."));
      }
    }
    ASSIGN_OR_RETURN(
        const Json submitted,
        OrFound(calls_.Do(centre.exams, centre.submission + ":submit", Json::object(), "complete"),
                {"SUBMISSION_NOT_OPEN", "SUBMISSION_STATE_WRONG"}, [&] {
                  return FindSubmission(calls_, centre.exams, centre.submission, "STATE_SUBMITTED");
                }));
    story_.Say(absl::StrCat(centre.title, ": ", Int(submitted, "candidateCount"), " candidates, ",
                            Int(submitted, "markedCount"), " marks, ",
                            Int(submitted, "missingCount"), " missing, ",
                            Int(submitted, "excludedCount"), " absent or withdrawn. Handed in."));
    return absl::OkStatus();
  }

  absl::Status DrawSamples() {
    story_.Chapter("Samples are drawn that nobody could foresee and anybody can check");
    TextTable table({"centre", ">pool", ">ladder", ">drawn", ">extremes", ">assessors", ">groups",
                     ">spread", ">parental", ">sees 10 %", "checked"});
    for (Centre& centre : centres_) {
      ASSIGN_OR_RETURN(
          const Json sample,
          OrFound(calls_.Do(officer_, centre.submission + "/samples:draw", Json::object()),
                  {"SUBMISSION_STATE_WRONG"}, [&]() -> absl::StatusOr<Json> {
                    ASSIGN_OR_RETURN(
                        const Json found,
                        FindSubmission(calls_, officer_, centre.submission, "STATE_SAMPLED"));
                    return calls_.Get(officer_, Text(found, "sample"));
                  }));
      centre.sample = Text(sample, "name");
      ASSIGN_OR_RETURN(const SampleFacts facts, FetchSampleFacts(calls_, officer_, centre.sample));
      const auto checks = CheckSample(facts);
      if (!AllHeld(checks)) {
        return Error(absl::StatusCode::kDataLoss, "SAMPLE_NOT_VERIFIED",
                     absl::StrCat(centre.sample, " is not what its draw had to give; see ",
                                  "assayctl verify ", centre.sample));
      }
      std::map<std::string, int> reasons;
      for (const Json& drawn : Items(sample, "candidates")) {
        if (Int(drawn, "stage") > 2) continue;  // Called for later.
        for (const Json& reason : Items(drawn, "reasons")) {
          if (reason.is_string()) ++reasons[reason.get<std::string>()];
        }
      }
      table.Add({centre.title, absl::StrCat(Int(sample, "poolCount")),
                 absl::StrCat(Int(sample, "ladderSize")), absl::StrCat(DrawnCount(sample)),
                 absl::StrCat(reasons["HIGHEST"] + reasons["LOWEST_NON_ZERO"]),
                 absl::StrCat(reasons["ASSESSOR"]),
                 absl::StrCat(reasons["GROUP"] + reasons["SITE"]),
                 absl::StrCat(reasons["SPREAD"] + reasons["ALL"]),
                 absl::StrCat(reasons["PARENTAL_INTEREST"]), DetectionAt(sample, 10),
                 absl::StrCat(checks.size(), " of ", checks.size())});
    }
    story_.Show(table);
    story_.Say(
        "A candidate can be drawn for several reasons. \"sees 10 %\" is the probability that the "
        "sample shows at least one candidate out of tolerance if ten per cent of the pool are. "
        "Each draw was checked here and redrawn by the service. Do it yourself:");
    story_.ShowLines(absl::StrCat("     assayctl verify ", centres_.front().sample, "\n"));
    return absl::OkStatus();
  }

  static std::string DetectionAt(const Json& sample, double rate) {
    for (const Json& detection : Items(sample, "detections")) {
      if (Number(detection, "ratePercent") == rate) {
        return absl::StrFormat("%.2f", Number(detection, "probability"));
      }
    }
    return "";
  }

  absl::Status ModerateAll() {
    story_.Chapter("A moderator marks blind, and the marks are judged");
    ASSIGN_OR_RETURN(const std::string moderator,
                     EnsureModerator(calls_, officer_, kModerator, "G. Hughes", 50));
    TextTable table({"centre", "stage", ">marked", "centre marks seen", "in tolerance",
                     ">mean difference", "what follows"});
    for (Centre& centre : centres_) {
      RETURN_IF_ERROR(OrFound(calls_.Do(officer_, centre.submission + ":allocate",
                                        {{"moderator", moderator}, {"requireEvidence", true}}),
                              {"SUBMISSION_STATE_WRONG"},
                              [&] {
                                return FindSubmission(calls_, officer_, centre.submission,
                                                      "STATE_ALLOCATED");
                              })
                          .status());
      ASSIGN_OR_RETURN(const auto second_marks, ReadMarks(File("moderator", centre)));
      ASSIGN_OR_RETURN(const auto rounds,
                       Moderate(calls_, moderator_, centre.submission, second_marks));
      for (std::size_t i = 0; i < rounds.size(); ++i) {
        const Round& round = rounds[i];
        const Json& j = round.judgement;
        const bool earlier = round.due == 0;  // An earlier run marked it.
        table.Add({i == 0 ? centre.title : "", absl::StrCat(i + 1),
                   earlier ? "earlier" : absl::StrCat(round.due),
                   earlier ? "" : absl::StrCat(round.centre_marks_seen, " of ", round.due),
                   absl::StrCat(Int(j, "inToleranceCount"), " of ", Int(j, "judgedCount")),
                   absl::StrFormat("%+.2f", Number(j, "meanDifference")),
                   ActionWords(Text(j, "action"))});
        if (round.centre_marks_seen > 0) {
          return Error(absl::StatusCode::kInternal, "NOT_BLIND",
                       absl::StrCat(centre.submission, " showed centre marks to its moderator ",
                                    "before the moderator's own were recorded (MOD-9)"));
        }
      }
      centre.judgement = rounds.back().judgement;
    }
    story_.Say(absl::StrCat("G. Hughes takes the three submissions (evidence is required and ",
                            "there). The tolerance is ",
                            Short(Number(centres_.front().judgement, "tolerance")), " marks."));
    story_.Show(table);
    for (const Centre& centre : centres_) {
      story_.Point(absl::StrCat(centre.title, ": ", Text(centre.judgement, "explanation")));
    }
    return absl::OkStatus();
  }

  absl::Status ReleaseResults() {
    story_.Chapter("Results are released, each for the whole cohort");
    TextTable table(
        {"centre", "outcome", "line", ">results", ">mean before", ">mean after", ">changed"});
    std::string charts;
    for (const Centre& centre : centres_) {
      RETURN_IF_ERROR(
          OrFound(
              calls_.Do(officer_, centre.submission + ":release",
                        {{"feedback",
                          {{"tasks", "The tasks suit the unit and were set as published."},
                           {"accuracy", Text(centre.judgement, "explanation")},
                           {"administration", "Complete, and in time."}}}}),
              {"SUBMISSION_STATE_WRONG"},
              [&] { return FindSubmission(calls_, officer_, centre.submission, "STATE_RELEASED"); })
              .status());
      ASSIGN_OR_RETURN(const auto results,
                       calls_.List(centre.exams, centre.submission + "/results", "results"));
      std::vector<double> before;
      std::vector<double> after;
      int changed = 0;
      for (const Json& result : results) {
        const auto from = MaybeNumber(result, "centreMark");
        const auto to = MaybeNumber(result, "finalMark");
        if (!from.has_value() || !to.has_value()) continue;
        before.push_back(*from);
        after.push_back(*to);
        changed += *from != *to ? 1 : 0;
      }
      const Json& line = At(centre.judgement, "line");
      table.Add({centre.title, ActionWords(Text(centre.judgement, "action")),
                 line.is_object()
                     ? absl::StrFormat("%s %+.2f × mark", Short(Number(line, "intercept")),
                                       Number(line, "slope"))
                     : "",
                 absl::StrCat(after.size()), Mean(before), Mean(after), absl::StrCat(changed)});
      if (changed > 0) {
        absl::StrAppend(&charts, charts.empty() ? "" : "\n", "   ", centre.title,
                        ", before and after\n\n", BeforeAndAfter(before, after, kMarkMax, "     "));
      }
    }
    story_.Show(table);
    if (!charts.empty()) story_.ShowLines(charts);
    return absl::OkStatus();
  }

  static std::string Mean(const std::vector<double>& marks) {
    double sum = 0;
    for (const double mark : marks) sum += mark;
    return marks.empty() ? "" : absl::StrFormat("%.1f", sum / static_cast<double>(marks.size()));
  }

  // Notifications hears of events a moment after they happen; wait for the last one.
  absl::Status TellEveryone() {
    story_.Chapter("Everyone is told");
    const absl::Time give_up = story_.clock().Now() + kToldWithin;
    TextTable counts({"mailbox of", ">messages", "the newest"});
    std::vector<Json> shown;
    for (const Centre& centre : centres_) {
      std::vector<Json> messages;
      for (;;) {
        ASSIGN_OR_RETURN(messages, calls_.List(centre.exams, "messages", "messages"));
        const bool told = std::any_of(messages.begin(), messages.end(), [&](const Json& m) {
          return absl::EndsWith(Text(m, "kind"), "SubmissionReleased") &&
                 Text(m, "subject") == centre.submission;
        });
        if (told) break;
        if (story_.clock().Now() > give_up) {
          return Error(absl::StatusCode::kDeadlineExceeded, "NOBODY_TOLD",
                       absl::StrCat(centre.name, " was not told of its results within ",
                                    absl::FormatDuration(kToldWithin),
                                    "; see assayctl queues and assayctl dead-letters list"));
        }
        absl::SleepFor(absl::Milliseconds(20));
      }
      counts.Add({centre.title, absl::StrCat(messages.size()), Text(messages.front(), "title")});
      if (Text(centre.judgement, "action") == "ACTION_ADJUSTED") shown = std::move(messages);
    }
    story_.Show(counts);
    if (shown.empty()) return absl::OkStatus();
    story_.Say("The whole inbox of the centre whose marks were adjusted, oldest first:");
    for (auto it = shown.rbegin(); it != shown.rend(); ++it) {
      story_.Point(Text(*it, "title"));
    }
    return absl::OkStatus();
  }

  absl::Status TellFigures() {
    const ApiTally tally = calls_.api().tally();
    story_.Space();
    story_.Say(absl::StrFormat("%d calls through %s; median %.1f ms, slowest %.0f ms, repeated %d.",
                               tally.calls, calls_.api().url(),
                               absl::ToDoubleMilliseconds(tally.median),
                               absl::ToDoubleMilliseconds(tally.slowest), tally.repeats));
    return absl::OkStatus();
  }

  const ShippedJourneyOptions& options_;
  const Mint& mint_;
  JourneyCalls calls_;
  Story& story_;
  const std::string component_;
  std::string officer_;
  std::string moderator_;
  std::vector<Centre> centres_;
};

}  // namespace

absl::Status RunShippedJourney(const ShippedJourneyOptions& options, const Mint& mint, Api& api,
                               Story& story) {
  return Journey(options, mint, api, story).Run();
}

}  // namespace assay::gateway::ctl
