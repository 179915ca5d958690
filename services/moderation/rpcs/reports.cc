#include "services/moderation/stores/reports.h"

#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "assay/moderation/v1/report_service.pb.h"
#include "google/api/httpbody.pb.h"
#include "services/moderation/commands/find_policy.h"
#include "services/moderation/convert.h"
#include "services/moderation/convert_draw.h"
#include "services/moderation/report/coverage.h"
#include "services/moderation/report/series_report.h"
#include "services/moderation/report/submission_report.h"
#include "services/moderation/rpcs/rpcs.h"
#include "services/platform/page/page.h"

namespace assay::moderation {
namespace {

using platform::Router;

constexpr int kAll = std::numeric_limits<std::int32_t>::max();
constexpr int kJudgementsMax = 50;
constexpr int kComponentsMax = 500;
constexpr int kOpenMax = 200;
constexpr int kWaitingMax = 50;
constexpr int kModeratorsMax = 50;

google::api::HttpBody PageOf(std::string html) {
  google::api::HttpBody body;
  body.set_content_type(std::string(platform::kPageContentType));
  body.set_data(std::move(html));
  return body;
}

Reader ReaderOf(const Work& work, const Submission& submission) {
  if (SeesAsModerator(work.call, submission)) return Reader::kModerator;
  return IsOfCentre(work.call) ? Reader::kCentre : Reader::kOffice;
}

bool Decided(const Submission& submission) {
  return submission.state == State::kJudged || submission.state == State::kReleased;
}

// Whether final marks and what they follow from may be shown (MOD-9, MOD-12): to the centre when
// they are released, to the moderator whose judgement they are, to the office once they exist.
bool ResultsShown(const Work& work, Reader reader, const Submission& submission) {
  if (!Decided(submission)) return false;
  if (IsOfCentre(work.call) && submission.state != State::kReleased) return false;
  return reader != Reader::kModerator || submission.moderator_subject == work.call.subject();
}

std::string OutcomeText(v1::Action action) {
  switch (action) {
    case v1::ACTION_MARKS_STAND:
      return "Centre's marks stand";
    case v1::ACTION_MARK_STAGE_2:
      return "Rest of the sample";
    case v1::ACTION_ADJUSTED:
      return "Cohort adjusted";
    case v1::ACTION_EXTEND_SAMPLE:
      return "Sample extended";
    case v1::ACTION_CALL_IN_ALL:
      return "All work called in";
    case v1::ACTION_MODERATOR_MARKS_STAND:
      return "Moderator's marks stand";
    default:
      return "Judged";
  }
}

// The pairs that the reader may see: moderators of a blind component only their own (MOD-9), as
// in ListWork.
std::vector<ReportPair> PairsOf(const Work& work, Reader reader, bool blind,
                                const std::vector<Marked>& marked) {
  std::vector<ReportPair> pairs;
  for (const Marked& m : marked) {
    if (!m.pick.mark.has_value()) continue;
    const bool own = m.pick.marked_by == work.call.subject();
    if (reader == Reader::kModerator && blind && !own) continue;
    pairs.push_back({m.pick.candidate, m.pick.stage, m.centre_mark, *m.pick.mark});
  }
  return pairs;
}

absl::StatusOr<Mark> ToleranceIn(const Work& work, const Sample& sample, const MarkScale& scale) {
  ASSIGN_OR_RETURN(const PolicyPtr policy,
                   RecordedPolicy(work, sample.tolerance_policy, PolicyKind::kTolerance));
  return ToleranceOf(policy->tolerance, scale);
}

ReportPower PowerOf(const v1::Sample& sample) {
  ReportPower power{.pool = sample.pool_count(),
                    .size = sample.candidates_size(),
                    .clean_upper_bound = sample.clean_upper_bound()};
  for (const v1::Detection& detection : sample.detections()) {
    power.detections.push_back({detection.rate_percent(), detection.probability()});
  }
  return power;
}

// The sample in force, and who it represents.
absl::Status AddSample(const Work& work, const Component& component, SubmissionReport& report) {
  const Submission& submission = report.submission;
  const std::string& tenant = work.caller.tenant;
  ASSIGN_OR_RETURN(const Sample sample,
                   work.store().GetSample(work.tx, tenant, submission.number, submission.sample));
  ASSIGN_OR_RETURN(const std::vector<Candidate> candidates,
                   work.store().LoadCandidates(work.tx, tenant, submission.number));
  ReportSample& out = report.sample.emplace();
  out.is_void = sample.is_void;
  out.draw_time = sample.create_time;
  out.sampling_policy = sample.sampling_policy;
  out.tolerance_policy = sample.tolerance_policy;
  out.adjustment_policy = sample.adjustment_policy;
  ASSIGN_OR_RETURN(out.tolerance, ToleranceIn(work, sample, component.scale));
  out.ladder_size = sample.ladder_size;
  out.drawn = static_cast<std::int64_t>(sample.picks.size());
  for (const Pick& pick : sample.picks) {
    if (pick.stage > submission.stage) continue;
    ++out.due;
    if (!pick.mark.has_value()) ++out.outstanding;
  }
  out.coverage = CoverageOf(candidates, sample.picks, component.scale);
  out.show_mark_ranges =
      report.reader != Reader::kModerator || !component.blind || report.results_shown;
  out.gaps = sample.gaps;
  out.power = PowerOf(ToProto(Drawn{submission, sample}, work.call));
  return absl::OkStatus();
}

// Judgements, and the line that the last of them fitted. A moderator who has yet to mark does not
// learn how far apart somebody else found the marks.
absl::Status AddJudgements(const Work& work, bool blind, SubmissionReport& report) {
  const Submission& submission = report.submission;
  if (IsOfCentre(work.call) && !report.results_shown) return absl::OkStatus();
  ASSIGN_OR_RETURN(const std::vector<RecordedJudgement> judgements,
                   ListJudgements(work.tx, work.caller.tenant, submission, kJudgementsMax));
  const Sample sample;  // Names the policies, which the report has from elsewhere.
  for (const RecordedJudgement& judgement : judgements) {
    const bool own = judgement.judged_by == work.call.subject();
    if (report.reader == Reader::kModerator && blind && !own && !report.results_shown) continue;
    const v1::Judgement shown = ToProto(Judged{submission, sample, judgement});
    report.judgements.push_back({.number = judgement.number,
                                 .time = judgement.judge_time,
                                 .outcome = OutcomeText(shown.action()),
                                 .explanation = shown.explanation(),
                                 .judged = shown.judged_count(),
                                 .inside = shown.in_tolerance_count(),
                                 .mean_difference = shown.mean_difference(),
                                 .rank_correlation = judgement.rank_correlation});
    report.line.reset();
    if (report.results_shown && shown.has_line()) {
      report.line = {.intercept = shown.line().intercept(),
                     .slope = shown.line().slope(),
                     .residual_spread = shown.line().residual_spread()};
    }
  }
  return absl::OkStatus();
}

absl::Status AddTitles(const Work& work, const Component& component, SubmissionReport& report) {
  const Submission& submission = report.submission;
  ASSIGN_OR_RETURN(const Series series,
                   work.store().GetSeries(work.tx, work.caller.tenant, submission.name.series));
  report.series_title = series.title;
  report.marks_due = series.marks_due;
  report.component_title = component.title;
  report.scale = component.scale;
  if (submission.moderator.empty() || IsOfCentre(work.call)) return absl::OkStatus();
  ASSIGN_OR_RETURN(const Moderator moderator,
                   work.store().GetModerator(work.tx, work.caller.tenant, submission.moderator));
  report.moderator = moderator.title.empty() ? ModeratorNameText(moderator.id) : moderator.title;
  return absl::OkStatus();
}

absl::StatusOr<google::api::HttpBody> GetSubmissionReport(
    const Work& work, const v1::GetSubmissionReportRequest& request) {
  ASSIGN_OR_RETURN(const SubmissionName name, SubmissionNameOf("name", request.name()));
  SubmissionReport report{.now = work.caller.now};
  ASSIGN_OR_RETURN(report.submission, work.store().GetSubmission(work.tx, work.caller, name));
  const Submission& submission = report.submission;
  const std::string& tenant = work.caller.tenant;
  ASSIGN_OR_RETURN(const Component component,
                   work.store().GetComponent(work.tx, tenant, name.series, name.component));
  report.reader = ReaderOf(work, submission);
  report.results_shown = ResultsShown(work, report.reader, submission);
  RETURN_IF_ERROR(AddTitles(work, component, report));
  if (!submission.sample.empty()) {
    RETURN_IF_ERROR(AddSample(work, component, report));
    RETURN_IF_ERROR(AddJudgements(work, component.blind, report));
    report.pairs_shown = report.results_shown || !IsOfCentre(work.call);
    if (report.pairs_shown) {
      ASSIGN_OR_RETURN(
          const std::vector<Marked> marked,
          work.store().ListMarked(work.tx, tenant, submission, Stage::kAllWork, "", kAll));
      report.pairs = PairsOf(work, report.reader, component.blind, marked);
    }
  }
  if (report.results_shown) {
    ASSIGN_OR_RETURN(report.changes, CountChanges(work.tx, tenant, submission.number));
  }
  if (submission.state == State::kReleased) report.feedback = submission.feedback;
  return PageOf(RenderSubmissionReport(report));
}

// Every component of the series, also those without submissions.
absl::Status AddComponents(const Work& work, SeriesReport& report) {
  const std::string& series = report.series.id;
  ASSIGN_OR_RETURN(
      std::vector<Component> components,
      work.store().ListComponents(work.tx, work.caller.tenant, series, "", kComponentsMax + 1));
  report.more_components = components.size() > kComponentsMax;
  if (report.more_components) components.pop_back();
  ASSIGN_OR_RETURN(const std::vector<ComponentCounts> counts,
                   CountStages(work.tx, work.caller, series, report.series.marks_due));
  absl::flat_hash_map<std::string, const StageCounts*> of;
  for (const ComponentCounts& count : counts) of[count.component] = &count.counts;
  for (const Component& component : components) {
    auto& row = report.components.emplace_back();
    row.id = component.id;
    row.title = component.title;
    const auto found = of.find(component.id);
    if (found != of.end()) row.counts = *found->second;
  }
  return absl::OkStatus();
}

absl::StatusOr<google::api::HttpBody> GetSeriesReport(const Work& work,
                                                      const v1::GetSeriesReportRequest& request) {
  ASSIGN_OR_RETURN(const std::string id, SeriesIdOf("name", request.name()));
  SeriesReport report{.whole = work.caller.reach.all, .now = work.caller.now};
  const std::string& tenant = work.caller.tenant;
  ASSIGN_OR_RETURN(report.series, work.store().GetSeries(work.tx, tenant, id));
  RETURN_IF_ERROR(AddComponents(work, report));
  ASSIGN_OR_RETURN(report.open, ListOpen(work.tx, work.caller, id, kOpenMax));
  ASSIGN_OR_RETURN(report.waiting, ListWaiting(work.tx, work.caller, id, kWaitingMax));
  if (report.whole) {
    ASSIGN_OR_RETURN(report.moderators, ListBusyModerators(work.tx, tenant, id, kModeratorsMax));
  }
  absl::flat_hash_map<std::string, std::string> titles;
  for (const auto& component : report.components) titles[component.id] = component.title;
  const auto title = [&](std::string& component) {
    const auto found = titles.find(component);
    if (found != titles.end()) component = found->second;
  };
  for (auto& row : report.open) title(row.component);
  for (auto& row : report.waiting) title(row.component);
  return PageOf(RenderSeriesReport(report));
}

}  // namespace

void RegisterReports(Router& router, const Context& context) {
  const std::string service = "assay.moderation.v1.ReportService/";
  Read<v1::GetSubmissionReportRequest, google::api::HttpBody>(
      router, context, service + "GetSubmissionReport", Scope::kAllocated, GetSubmissionReport);
  Read<v1::GetSeriesReportRequest, google::api::HttpBody>(
      router, context, service + "GetSeriesReport", Scope::kAllocated, GetSeriesReport);
}

}  // namespace assay::moderation
