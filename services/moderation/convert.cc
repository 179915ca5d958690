#include "services/moderation/convert.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "services/moderation/adjustment/judge.h"
#include "services/moderation/adjustment/mapping.h"
#include "services/moderation/commands/moderate.h"
#include "services/moderation/commitment.h"
#include "services/moderation/errors.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/core/view.h"
#include "services/platform/error/error.h"
#include "services/platform/rpc/etag.h"

namespace assay::moderation {
namespace {

using platform::Error;
using platform::View;

constexpr std::size_t kTitleMax = 200;
constexpr std::size_t kFeedbackMax = 4000;
constexpr std::size_t kReasonMax = 2000;
constexpr std::size_t kSegmentMax = 100;

absl::Status Invalid(std::string_view field, std::string_view what) {
  return Error(absl::StatusCode::kInvalidArgument, "FIELD_INVALID",
               absl::StrCat(View(field), " ", View(what)))
      .Field(field, what);
}

// The ids of a name that has the form of `pattern`, in which "*" stands for an id.
absl::StatusOr<std::vector<std::string>> IdsOf(std::string_view field, std::string_view name,
                                               std::string_view pattern) {
  const std::vector<std::string> parts = absl::StrSplit(View(name), '/');
  const std::vector<absl::string_view> wanted = absl::StrSplit(View(pattern), '/');
  std::vector<std::string> ids;
  bool fits = parts.size() == wanted.size();
  for (std::size_t i = 0; fits && i < parts.size(); ++i) {
    if (wanted[i] != "*") {
      fits = parts[i] == wanted[i];
    } else {
      fits = !parts[i].empty() && parts[i].size() <= kSegmentMax;
      ids.push_back(parts[i]);
    }
  }
  if (!fits) return Invalid(field, absl::StrCat("does not have the form ", View(pattern)));
  return ids;
}

absl::Status CheckTitle(std::string_view field, std::string_view title) {
  if (title.empty()) return Invalid(field, "is empty");
  return CheckText(field, title, kTitleMax);
}

// None if the request has none; what no calendar has is refused.
absl::Status SetDate(std::string_view field, bool given, const google::protobuf::Timestamp& from,
                     std::optional<absl::Time>& out) {
  if (!given) return absl::OkStatus();
  constexpr std::int64_t kYear1 = -62'135'596'800;
  constexpr std::int64_t kYear10000 = 253'402'300'800;
  if (from.seconds() < kYear1 || from.seconds() >= kYear10000 || from.nanos() < 0 ||
      from.nanos() > 999'999'999) {
    return Invalid(field, "is not a time between the years 1 and 9999");
  }
  out = absl::FromUnixSeconds(from.seconds()) + absl::Nanoseconds(from.nanos());
  return absl::OkStatus();
}

absl::Status SetDates(const v1::Series& from, Series& series) {
  RETURN_IF_ERROR(SetDate("series.marks_due_time", from.has_marks_due_time(), from.marks_due_time(),
                          series.marks_due));
  RETURN_IF_ERROR(SetDate("series.samples_due_time", from.has_samples_due_time(),
                          from.samples_due_time(), series.samples_due));
  RETURN_IF_ERROR(SetDate("series.moderation_due_time", from.has_moderation_due_time(),
                          from.moderation_due_time(), series.moderation_due));
  RETURN_IF_ERROR(SetDate("series.results_due_time", from.has_results_due_time(),
                          from.results_due_time(), series.results_due));
  RETURN_IF_ERROR(
      SetDate("series.release_time", from.has_release_time(), from.release_time(), series.release));
  series.checkpoint_policy = from.checkpoint_policy();
  return CheckText("series.checkpoint_policy", series.checkpoint_policy, kSegmentMax);
}

double Marks(Mark mark) { return static_cast<double>(mark) / kOneMark; }

absl::StatusOr<MarkScale> ScaleOf(const v1::Component& component) {
  const std::optional<Mark> maximum = MarkOf(component.mark_max());
  const std::optional<Mark> step = MarkOf(component.mark_step());
  const auto wrong = [&](std::string_view field, std::string_view what) -> absl::Status {
    return Error(absl::StatusCode::kInvalidArgument, kMarkScaleInvalid,
                 absl::StrCat(View(field), " ", View(what)))
        .With("mark_max", absl::StrCat(component.mark_max()))
        .With("mark_step", absl::StrCat(component.mark_step()))
        .Field(field, what);
  };
  if (!maximum.has_value() || *maximum <= 0 || *maximum > kMarkMax) {
    return wrong("component.mark_max", "is not above 0, at most 10000, with two decimals at most");
  }
  MarkScale scale{.maximum = *maximum};
  if (!step.has_value() || *step < 0) {
    return wrong("component.mark_step", "is not at least 0.01, with two decimals at most");
  }
  if (*step > 0) scale.step = *step;
  if (scale.maximum % scale.step != 0) {
    return wrong("component.mark_step", "does not divide mark_max");
  }
  return scale;
}

v1::Submission::State ToProto(State state) {
  return static_cast<v1::Submission::State>(static_cast<int>(state) + 1);
}
static_assert(v1::Submission::STATE_OPEN == static_cast<int>(State::kOpen) + 1);
static_assert(v1::Submission::STATE_SUBMITTED == static_cast<int>(State::kSubmitted) + 1);
static_assert(v1::Submission::STATE_SAMPLED == static_cast<int>(State::kSampled) + 1);
static_assert(v1::Submission::STATE_ALLOCATED == static_cast<int>(State::kAllocated) + 1);
static_assert(v1::Submission::STATE_JUDGED == static_cast<int>(State::kJudged) + 1);
static_assert(v1::Submission::STATE_RELEASED == static_cast<int>(State::kReleased) + 1);
static_assert(v1::Submission::STATE_WITHDRAWN == static_cast<int>(State::kRetracted) + 1);
static_assert(v1::Submission::STATE_VOID == static_cast<int>(State::kVoided) + 1);

std::string_view NameOf(Basis basis) {
  switch (basis) {
    case Basis::kCentre:
      return "CENTRE";
    case Basis::kAdjusted:
      return "ADJUSTED";
    case Basis::kModerator:
      return "MODERATOR";
    case Basis::kAbsent:
      return "ABSENT";
    case Basis::kWithdrawn:
      return "WITHDRAWN";
    case Basis::kMissing:
      return "MISSING";
  }
  return "";
}

// "count lowest highest mean deviation", as judgements keep it.
void SetDistribution(v1::Distribution& out, std::string_view text) {
  const std::vector<std::string> parts = absl::StrSplit(View(text), ' ');
  if (parts.size() != 5) return;
  out.set_count(std::stoi(parts[0]));
  out.set_lowest(Marks(std::stoll(parts[1])));
  out.set_highest(Marks(std::stoll(parts[2])));
  out.set_mean(std::stod(parts[3]));
  out.set_standard_deviation(std::stod(parts[4]));
}

// What moved the cohort (MOD-11).
void SetAdjustment(v1::Judgement& out, const RecordedJudgement& j) {
  out.set_method(j.method);
  out.set_residual_spread(j.residual_spread);
  if (j.method != NameOf(Method::kBandWise)) {
    v1::Line& line = *out.mutable_line();
    line.set_intercept(j.intercept);
    line.set_slope(j.slope);
    line.set_residual_spread(j.residual_spread);
    return;
  }
  const std::optional<Mapping> mapping = ParseMapping(j.line);
  if (!mapping.has_value()) return;
  for (const Piece& piece : mapping->pieces) {
    v1::Band& band = *out.add_bands();
    band.set_from_mark(Marks(piece.from));
    band.set_shift(piece.line.intercept());
  }
}

std::string ExplanationOf(const RecordedJudgement& j) {
  const std::string inside = absl::StrCat(
      j.inside, " of ", j.judged, " marks are within the tolerance of ", FormatMark(j.tolerance));
  switch (ActionOf(j.verdict, j.stage)) {
    case v1::ACTION_MARKS_STAND:
      if (j.finding == NameOf(Finding::kFewOutside)) {
        return absl::StrCat(inside,
                            "; no more are outside than the sampling policy accepts, so the "
                            "centre's marks stand.");
      }
      if (j.inside < j.judged) {
        return absl::StrCat(inside,
                            "; the adjustment would be too small to make, so the centre's "
                            "marks stand.");
      }
      return absl::StrCat(inside, "; the centre's marks stand.");
    case v1::ACTION_MARK_STAGE_2:
      return absl::StrCat(inside, "; the rest of the sample decides.");
    case v1::ACTION_ADJUSTED:
      return absl::StrCat(inside,
                          "; centre and moderator order the candidates alike, so the "
                          "whole cohort is adjusted.");
    case v1::ACTION_EXTEND_SAMPLE:
      return absl::StrCat(inside, ", and no adjustment fits (", j.finding,
                          "); more work was drawn.");
    case v1::ACTION_CALL_IN_ALL:
      return absl::StrCat(inside, ", and no adjustment fits (", j.finding,
                          "); all work is called in.");
    case v1::ACTION_MODERATOR_MARKS_STAND:
      return absl::StrCat(inside, "; all work was marked, and the moderator's marks stand.");
    default:
      return inside;
  }
}

}  // namespace

void SetTime(google::protobuf::Timestamp& out, absl::Time time) {
  const std::int64_t micros = absl::ToUnixMicros(time);
  std::int64_t seconds = micros / 1'000'000;
  std::int64_t rest = micros % 1'000'000;
  if (rest < 0) {
    --seconds;
    rest += 1'000'000;
  }
  out.set_seconds(seconds);
  out.set_nanos(static_cast<std::int32_t>(rest * 1000));
}

absl::Status CheckId(std::string_view field, std::string_view id) {
  const bool fits = !id.empty() && id.size() <= 63 && id[0] >= 'a' && id[0] <= 'z' &&
                    std::all_of(id.begin(), id.end(), [](char c) {
                      return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
                    });
  if (fits) return absl::OkStatus();
  return Error(absl::StatusCode::kInvalidArgument, kIdInvalid,
               "an id has 1 to 63 of a-z, 0-9 and -, and begins with a letter")
      .With("id", id)
      .Field(field, "is not 1 to 63 of a-z, 0-9 and - that begin with a letter");
}

absl::Status CheckText(std::string_view field, std::string_view text, std::size_t characters) {
  const auto length = static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](unsigned char c) { return (c & 0xC0) != 0x80; }));
  if (length <= characters) return absl::OkStatus();
  return Invalid(field, absl::StrCat("is longer than ", characters, " characters"));
}

absl::Status CheckReason(std::string_view field, std::string_view reason) {
  if (reason.find_first_not_of(" \t\r\n") == reason.npos) {
    return Error(absl::StatusCode::kInvalidArgument, kReasonMissing, "say why")
        .Field(field, "is empty");
  }
  return CheckText(field, reason, kReasonMax);
}

absl::StatusOr<std::string> SeriesIdOf(std::string_view field, std::string_view name) {
  ASSIGN_OR_RETURN(auto ids, IdsOf(field, name, "series/*"));
  return std::move(ids[0]);
}

absl::StatusOr<ComponentName> ComponentNameOf(std::string_view field, std::string_view name) {
  ASSIGN_OR_RETURN(auto ids, IdsOf(field, name, "series/*/components/*"));
  return ComponentName{std::move(ids[0]), std::move(ids[1])};
}

absl::StatusOr<SubmissionName> SubmissionNameOf(std::string_view field, std::string_view name) {
  ASSIGN_OR_RETURN(auto ids, IdsOf(field, name, "series/*/components/*/submissions/*"));
  return SubmissionName{std::move(ids[0]), std::move(ids[1]), std::move(ids[2])};
}

absl::StatusOr<ConsortiumName> ConsortiumNameOf(std::string_view field, std::string_view name) {
  ASSIGN_OR_RETURN(auto ids, IdsOf(field, name, "series/*/components/*/consortia/*"));
  return ConsortiumName{std::move(ids[0]), std::move(ids[1]), std::move(ids[2])};
}

absl::StatusOr<SampleName> SampleNameOf(std::string_view field, std::string_view name) {
  ASSIGN_OR_RETURN(auto ids, IdsOf(field, name, "series/*/components/*/submissions/*/samples/*"));
  return SampleName{{std::move(ids[0]), std::move(ids[1]), std::move(ids[2])}, std::move(ids[3])};
}

absl::StatusOr<SubmissionName> JudgementNameOf(std::string_view field, std::string_view name) {
  ASSIGN_OR_RETURN(auto ids, IdsOf(field, name, "series/*/components/*/submissions/*/judgement"));
  return SubmissionName{std::move(ids[0]), std::move(ids[1]), std::move(ids[2])};
}

absl::StatusOr<std::string> ModeratorIdOf(std::string_view field, std::string_view name) {
  ASSIGN_OR_RETURN(auto ids, IdsOf(field, name, "moderators/*"));
  return std::move(ids[0]);
}

absl::StatusOr<std::string> PolicyIdOf(std::string_view field, std::string_view name) {
  ASSIGN_OR_RETURN(auto ids, IdsOf(field, name, "policies/*"));
  return std::move(ids[0]);
}

absl::StatusOr<std::string> CentreIdOf(std::string_view field, std::string_view name) {
  ASSIGN_OR_RETURN(auto ids, IdsOf(field, name, "centres/*"));
  if (ids[0] == "-") return Invalid(field, "does not name one centre");
  return std::move(ids[0]);
}

absl::StatusOr<PolicyVersionName> PolicyVersionNameOf(std::string_view field,
                                                      std::string_view name) {
  ASSIGN_OR_RETURN(auto ids, IdsOf(field, name, "policies/*/versions/*"));
  PolicyVersionName version{.policy = std::move(ids[0])};
  // A version that is no number does not exist; 0 never does.
  if (!absl::SimpleAtoi(ids[1], &version.version)) version.version = 0;
  return version;
}

std::string SampleNameText(const SubmissionName& submission, std::string_view sample) {
  return absl::StrCat(submission.Text(), "/samples/", View(sample));
}

std::string ModeratorNameText(std::string_view id) { return absl::StrCat("moderators/", View(id)); }

absl::StatusOr<Series> SeriesFrom(const v1::CreateSeriesRequest& request, absl::Time now) {
  RETURN_IF_ERROR(CheckId("series_id", request.series_id()));
  RETURN_IF_ERROR(CheckTitle("series.title", request.series().title()));
  Series series{.id = request.series_id(), .title = request.series().title(), .create_time = now};
  RETURN_IF_ERROR(SetDates(request.series(), series));
  return series;
}

absl::StatusOr<Series> SeriesFrom(const v1::UpdateSeriesRequest& request) {
  Series series{.title = request.series().title()};
  ASSIGN_OR_RETURN(series.id, SeriesIdOf("series.name", request.series().name()));
  RETURN_IF_ERROR(CheckTitle("series.title", series.title));
  RETURN_IF_ERROR(SetDates(request.series(), series));
  return series;
}

absl::StatusOr<Component> ComponentFrom(const v1::CreateComponentRequest& request, absl::Time now) {
  const v1::Component& from = request.component();
  ASSIGN_OR_RETURN(std::string series, SeriesIdOf("parent", request.parent()));
  RETURN_IF_ERROR(CheckId("component_id", request.component_id()));
  RETURN_IF_ERROR(CheckTitle("component.title", from.title()));
  if (!from.qualification().empty()) {
    RETURN_IF_ERROR(
        IdsOf("component.qualification", from.qualification(), "qualifications/*").status());
  }
  if (!from.subject().empty()) {
    RETURN_IF_ERROR(IdsOf("component.subject", from.subject(), "subjects/*").status());
  }
  ASSIGN_OR_RETURN(const MarkScale scale, ScaleOf(from));
  return Component{.series = std::move(series),
                   .id = request.component_id(),
                   .title = from.title(),
                   .qualification = from.qualification(),
                   .scale = scale,
                   .sampling_policy = from.sampling_policy(),
                   .tolerance_policy = from.tolerance_policy(),
                   .adjustment_policy = from.adjustment_policy(),
                   .policies = {from.policies().begin(), from.policies().end()},
                   .blind = from.blind(),
                   .create_time = now,
                   .subject = from.subject()};
}

absl::StatusOr<MarksMode> MarksModeOf(v1::MarksMode mode) {
  switch (mode) {
    case v1::MARKS_MODE_UNSPECIFIED:
    case v1::MARKS_MODE_ALL_OR_NOTHING:
      return MarksMode::kAllOrNothing;
    case v1::MARKS_MODE_VALIDATE_ONLY:
      return MarksMode::kValidateOnly;
    case v1::MARKS_MODE_KEEP_GOOD:
      return MarksMode::kKeepGood;
    default:
      return Invalid("mode", "is not a known mode");
  }
}

absl::StatusOr<std::optional<State>> StateFilterOf(v1::Submission::State state) {
  if (state == v1::Submission::STATE_UNSPECIFIED) return std::optional<State>();
  if (!v1::Submission::State_IsValid(state)) return Invalid("state", "is not a known state");
  return std::optional<State>(static_cast<State>(static_cast<int>(state) - 1));
}

void AddCandidate(MarkRows& rows, std::int64_t row, const v1::Candidate& from) {
  Candidate candidate{.number = from.candidate(),
                      .assessor = from.assessor(),
                      .group = from.group(),
                      .site = from.site(),
                      .grade = from.grade(),
                      .uln = from.uln()};
  if (from.has_mark()) {
    candidate.mark = MarkOf(from.mark());
    if (!candidate.mark.has_value()) {
      const bool number = std::isfinite(from.mark());
      return rows.Refuse({row, "mark", std::string(number ? kMarkOffStep : kMarkNotANumber),
                          number ? "the mark has more than two decimals or is out of all range"
                                 : "the mark is not a number",
                          candidate.number});
    }
  }
  if (from.absent()) candidate.flags |= kAbsent;
  if (from.withdrawn()) candidate.flags |= kWithdrawn;
  if (from.parental_interest()) candidate.flags |= kParentalInterest;
  if (from.carried_forward()) candidate.flags |= kCarriedForward;
  rows.Add(row, std::move(candidate));
}

absl::StatusOr<Feedback> FeedbackFrom(const v1::Feedback& from) {
  RETURN_IF_ERROR(CheckText("feedback.tasks", from.tasks(), kFeedbackMax));
  RETURN_IF_ERROR(CheckText("feedback.accuracy", from.accuracy(), kFeedbackMax));
  RETURN_IF_ERROR(CheckText("feedback.administration", from.administration(), kFeedbackMax));
  return Feedback{from.tasks(), from.accuracy(), from.administration()};
}

v1::Series ToProto(const Series& series) {
  v1::Series out;
  out.set_name("series/" + series.id);
  out.set_title(series.title);
  if (series.marks_due.has_value()) SetTime(*out.mutable_marks_due_time(), *series.marks_due);
  if (series.samples_due.has_value()) {
    SetTime(*out.mutable_samples_due_time(), *series.samples_due);
  }
  if (series.moderation_due.has_value()) {
    SetTime(*out.mutable_moderation_due_time(), *series.moderation_due);
  }
  if (series.results_due.has_value()) {
    SetTime(*out.mutable_results_due_time(), *series.results_due);
  }
  if (series.release.has_value()) SetTime(*out.mutable_release_time(), *series.release);
  out.set_checkpoint_policy(series.checkpoint_policy);
  SetTime(*out.mutable_create_time(), series.create_time);
  out.set_etag(platform::EtagOf(series.version));
  return out;
}

v1::Component ToProto(const Component& component) {
  v1::Component out;
  out.set_name(absl::StrCat("series/", component.series, "/components/", component.id));
  out.set_title(component.title);
  out.set_qualification(component.qualification);
  out.set_mark_max(Marks(component.scale.maximum));
  out.set_mark_step(Marks(component.scale.step));
  out.set_sampling_policy(component.sampling_policy);
  out.set_tolerance_policy(component.tolerance_policy);
  out.set_adjustment_policy(component.adjustment_policy);
  out.mutable_policies()->insert(component.policies.begin(), component.policies.end());
  out.set_blind(component.blind);
  out.set_subject(component.subject);
  SetTime(*out.mutable_create_time(), component.create_time);
  out.set_etag(platform::EtagOf(component.version));
  return out;
}

v1::Submission ToProto(const Submission& submission, const platform::Call& call) {
  v1::Submission out;
  out.set_name(submission.name.Text());
  out.set_centre(submission.centre);
  out.set_centre_title(submission.centre_title);
  out.set_state(ToProto(submission.state));
  out.set_candidate_count(static_cast<std::int32_t>(submission.counts.candidates));
  out.set_marked_count(static_cast<std::int32_t>(submission.counts.marked));
  out.set_missing_count(static_cast<std::int32_t>(submission.counts.missing));
  out.set_excluded_count(static_cast<std::int32_t>(submission.counts.excluded));
  out.set_cohort_changed(submission.cohort_changed);
  out.set_seed_commitment(Sha256Hex(submission.secret));
  if (!submission.sample.empty()) {
    out.set_sample(SampleNameText(submission.name, submission.sample));
  }
  if (!submission.moderator.empty() && !IsOfCentre(call)) {
    out.set_moderator(ModeratorNameText(submission.moderator));
  }
  if (submission.submit_time.has_value()) {
    SetTime(*out.mutable_submit_time(), *submission.submit_time);
  }
  SetTime(*out.mutable_create_time(), submission.create_time);
  SetTime(*out.mutable_update_time(), submission.update_time);
  out.set_etag(platform::EtagOf(submission.version));
  if (!submission.consortium.empty()) {
    out.set_consortium(
        ConsortiumName{submission.name.series, submission.name.component, submission.consortium}
            .Text());
  }
  return out;
}

v1::Candidate ToProto(const Candidate& candidate) {
  v1::Candidate out;
  out.set_candidate(candidate.number);
  if (candidate.mark.has_value()) out.set_mark(Marks(*candidate.mark));
  out.set_assessor(candidate.assessor);
  out.set_group(candidate.group);
  out.set_site(candidate.site);
  out.set_absent(candidate.Has(kAbsent));
  out.set_withdrawn(candidate.Has(kWithdrawn));
  out.set_parental_interest(candidate.Has(kParentalInterest));
  out.set_carried_forward(candidate.Has(kCarriedForward));
  out.set_grade(candidate.grade);
  out.set_uln(candidate.uln);
  return out;
}

v1::RecordMarksResponse ToProto(const Submission& submission, const MarkRows& rows,
                                const platform::Call& call) {
  v1::RecordMarksResponse out;
  *out.mutable_submission() = ToProto(submission, call);
  out.set_row_count(rows.row_count());
  out.set_accepted_count(static_cast<std::int64_t>(rows.good().size()));
  out.set_refused_count(rows.refused_count());
  out.set_missing_count(rows.missing_count());
  for (const RefusedRow& row : rows.refused()) {
    v1::RefusedMark& refused = *out.add_refused();
    refused.set_row(row.row);
    refused.set_field(row.field);
    refused.set_reason(row.reason);
    refused.set_message(row.message);
    refused.set_candidate(row.candidate);
  }
  return out;
}

v1::WorkItem ToProto(const Marked& marked, bool blind, const Submission& submission,
                     const platform::Call& call) {
  v1::WorkItem out;
  out.set_candidate(marked.pick.candidate);
  out.set_stage(static_cast<int>(marked.pick.stage));
  if (marked.pick.mark.has_value()) out.set_moderator_mark(Marks(*marked.pick.mark));
  // A mark that somebody else recorded before is not one's own (MOD-9).
  const bool own = marked.pick.mark.has_value() &&
                   (!SeesAsModerator(call, submission) || marked.pick.marked_by == call.subject());
  if (!blind || own) out.set_centre_mark(Marks(marked.centre_mark));
  return out;
}

v1::Judgement ToProto(const Judged& judged) {
  const RecordedJudgement& j = judged.judgement;
  v1::Judgement out;
  out.set_name(judged.submission.name.Text() + "/judgement");
  out.set_action(ActionOf(j.verdict, j.stage));
  out.set_final(j.verdict != RecordedJudgement::Verdict::kLookFurther);
  out.set_tolerance(Marks(j.tolerance));
  out.set_judged_count(static_cast<std::int32_t>(j.judged));
  out.set_in_tolerance_count(static_cast<std::int32_t>(j.inside));
  out.set_outstanding_count(static_cast<std::int32_t>(j.outstanding));
  if (j.judged > 0) {
    out.set_mean_difference(Marks(j.difference_sum) / static_cast<double>(j.judged));
  }
  if (j.rank_correlation.has_value()) out.set_rank_correlation(*j.rank_correlation);
  if (j.verdict == RecordedJudgement::Verdict::kAdjust) SetAdjustment(out, j);
  out.set_tolerance_policy_version(judged.sample.tolerance_policy);
  out.set_adjustment_policy_version(judged.sample.adjustment_policy);
  if (out.final()) {
    SetDistribution(*out.mutable_before(), j.before);
    SetDistribution(*out.mutable_after(), j.after);
  }
  out.set_explanation(ExplanationOf(j));
  SetTime(*out.mutable_create_time(), j.judge_time);
  return out;
}

v1::Result ToProto(const Result& result) {
  v1::Result out;
  out.set_candidate(result.candidate);
  if (result.centre_mark.has_value()) out.set_centre_mark(Marks(*result.centre_mark));
  if (result.final_mark.has_value()) out.set_final_mark(Marks(*result.final_mark));
  out.set_basis(std::string(NameOf(result.basis)));
  return out;
}

v1::Feedback ToProto(const Feedback& feedback) {
  v1::Feedback out;
  out.set_tasks(feedback.tasks);
  out.set_accuracy(feedback.accuracy);
  out.set_administration(feedback.administration);
  return out;
}

v1::Action ActionOf(RecordedJudgement::Verdict verdict, Stage stage) {
  using Verdict = RecordedJudgement::Verdict;
  switch (verdict) {
    case Verdict::kCentreMarksStand:
      return v1::ACTION_MARKS_STAND;
    case Verdict::kAdjust:
      return v1::ACTION_ADJUSTED;
    case Verdict::kModeratorMarksStand:
      return v1::ACTION_MODERATOR_MARKS_STAND;
    case Verdict::kLookFurther:
      break;
  }
  return stage == Stage::kSample     ? v1::ACTION_MARK_STAGE_2
         : stage == Stage::kExtended ? v1::ACTION_EXTEND_SAMPLE
                                     : v1::ACTION_CALL_IN_ALL;
}

}  // namespace assay::moderation
