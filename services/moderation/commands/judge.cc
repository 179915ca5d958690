#include "services/moderation/commands/judge.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/string_view.h"
#include "services/moderation/adjustment/judge.h"
#include "services/moderation/commands/draw_sample.h"
#include "services/moderation/commands/find_policy.h"
#include "services/moderation/commands/reviews.h"
#include "services/moderation/errors.h"
#include "services/moderation/events.h"
#include "services/moderation/stores/agreement.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/core/view.h"
#include "services/platform/error/error.h"

namespace assay::moderation {
namespace {

using platform::Error;

constexpr int kAll = std::numeric_limits<std::int32_t>::max();

// What a judgement works with.
struct Matter {
  Submission submission;
  Sample sample;
  MarkScale scale;
  Mark tolerance = 0;
  AdjustmentRule rule;
};

absl::StatusOr<Matter> LoadMatter(const Work& work, Submission submission) {
  Store& store = work.store();
  Matter matter{.submission = std::move(submission)};
  const SubmissionName& name = matter.submission.name;
  ASSIGN_OR_RETURN(const Component component,
                   store.GetComponent(work.tx, work.caller.tenant, name.series, name.component));
  matter.scale = component.scale;
  ASSIGN_OR_RETURN(matter.sample,
                   store.GetSample(work.tx, work.caller.tenant, matter.submission.number,
                                   matter.submission.sample));
  ASSIGN_OR_RETURN(const PolicyPtr tolerance,
                   RecordedPolicy(work, matter.sample.tolerance_policy, PolicyKind::kTolerance));
  matter.tolerance = ToleranceOf(tolerance->tolerance, matter.scale);
  ASSIGN_OR_RETURN(const PolicyPtr adjustment,
                   RecordedPolicy(work, matter.sample.adjustment_policy, PolicyKind::kAdjustment));
  matter.rule = adjustment->adjustment;
  return matter;
}

absl::StatusOr<std::vector<MarkPair>> LoadPairs(const Work& work, const Matter& matter,
                                                Stage stage) {
  ASSIGN_OR_RETURN(
      const std::vector<Marked> marked,
      work.store().ListMarked(work.tx, work.caller.tenant, matter.submission, stage, "", kAll));
  std::vector<MarkPair> pairs;
  for (const Marked& m : marked) {
    if (m.pick.mark.has_value()) {
      pairs.push_back({m.pick.candidate, m.centre_mark, *m.pick.mark});
    }
  }
  return pairs;
}

// Draws what the stage adds, if anything.
absl::Status OpenStage(const Work& work, Matter& matter, Stage stage) {
  matter.submission.stage = stage;
  if (stage < Stage::kExtended) return absl::OkStatus();
  ASSIGN_OR_RETURN(
      const std::vector<Candidate> candidates,
      work.store().LoadCandidates(work.tx, work.caller.tenant, matter.submission.number));
  std::vector<Pick> picks = PicksOfStage(stage, matter.sample, candidates);
  RETURN_IF_ERROR(work.store().InsertPicks(work.tx, work.caller.tenant, matter.submission.number,
                                           matter.sample.id, picks));
  matter.sample.picks.insert(matter.sample.picks.end(), std::make_move_iterator(picks.begin()),
                             std::make_move_iterator(picks.end()));
  return absl::OkStatus();
}

std::string Text(const Distribution& d) {
  return absl::StrFormat("%d %d %d %.17g %.17g", d.count, d.lowest, d.highest, d.mean,
                         d.standard_deviation);
}

RecordedJudgement RecordOf(const Work& work, const Matter& matter, const Judgement& judgement,
                           std::size_t pairs) {
  RecordedJudgement record{
      .sample = matter.sample.id,
      .verdict = static_cast<RecordedJudgement::Verdict>(judgement.verdict),
      .stage = matter.submission.stage,
      .finding = std::string(NameOf(judgement.finding)),
      .tolerance = matter.tolerance,
      .judged = static_cast<std::int64_t>(pairs),
      .inside = static_cast<std::int64_t>(pairs - judgement.tolerance.outside.size()),
      .difference_sum = judgement.tolerance.difference_sum,
      .rank_correlation = judgement.rank_correlation,
      .judged_by = work.caller.subject,
      .judge_time = work.caller.now};
  if (judgement.mapping.has_value()) {
    const Line& line = judgement.mapping->pieces.front().line;
    record.method = NameOf(matter.rule.fit.method);
    record.line = TextOf(*judgement.mapping);
    record.intercept = line.intercept();
    record.slope = line.slope();
    record.residual_spread = judgement.residual_spread;
  }
  return record;
}

// What the verdict makes of one candidate (MOD-11). A mark that was carried forward was
// moderated in its own series.
absl::StatusOr<Result> ResultOf(const Candidate& candidate, const Judgement& judgement,
                                const MarkScale& scale,
                                const absl::flat_hash_map<std::string, Mark>& moderated) {
  Result result{.candidate = candidate.number, .centre_mark = candidate.mark};
  if (candidate.Has(kAbsent) || candidate.Has(kWithdrawn)) {
    result.basis = candidate.Has(kWithdrawn) ? Basis::kWithdrawn : Basis::kAbsent;
    return result;
  }
  if (!candidate.mark.has_value()) {
    result.basis = Basis::kMissing;
    return result;
  }
  result.final_mark = candidate.mark;
  if (candidate.Has(kCarriedForward)) return result;
  if (judgement.verdict == Verdict::kAdjust) {
    result.basis = Basis::kAdjusted;
    result.final_mark = Apply(*judgement.mapping, scale, *candidate.mark);
  } else if (judgement.verdict == Verdict::kModeratorMarksStand) {
    const auto own = moderated.find(candidate.number);
    if (own == moderated.end()) return absl::InternalError("called in but not marked");
    result.basis = Basis::kModerator;
    result.final_mark = own->second;
  }
  return result;
}

// Makes the results of the whole cohort, and says how marks lay and lie.
absl::Status Decide(const Work& work, const Matter& matter, const Judgement& judgement,
                    std::span<const MarkPair> pairs, RecordedJudgement& record) {
  ASSIGN_OR_RETURN(
      const std::vector<Candidate> candidates,
      work.store().LoadCandidates(work.tx, work.caller.tenant, matter.submission.number));
  absl::flat_hash_map<std::string, Mark> moderated;
  for (const MarkPair& pair : pairs) moderated[pair.number] = pair.moderator;
  std::vector<Result> results;
  std::vector<Mark> before, after;
  for (const Candidate& candidate : candidates) {
    ASSIGN_OR_RETURN(Result result, ResultOf(candidate, judgement, matter.scale, moderated));
    if (result.final_mark.has_value()) {
      before.push_back(*candidate.mark);
      after.push_back(*result.final_mark);
    }
    results.push_back(std::move(result));
  }
  record.before = Text(DistributionOf(before));
  record.after = Text(DistributionOf(after));
  return work.store().InsertResults(work.tx, work.caller.tenant, matter.submission.number, results);
}

}  // namespace

absl::StatusOr<Judged> JudgeSubmission(const Work& work, const SubmissionName& name,
                                       std::string_view etag) {
  Store& store = work.store();
  const std::string& tenant = work.caller.tenant;
  ASSIGN_OR_RETURN(Submission found, store.GetSubmission(work.tx, work.caller, name));
  RETURN_IF_ERROR(platform::CheckEtag(etag, found.version, name.Text()));
  RETURN_IF_ERROR(CheckStep(work, found, Step::kDecide));
  ASSIGN_OR_RETURN(Matter matter, LoadMatter(work, std::move(found)));
  Submission& submission = matter.submission;
  ASSIGN_OR_RETURN(std::int64_t outstanding,
                   store.CountOutstanding(work.tx, tenant, submission, submission.stage));
  if (outstanding > 0) {
    return Error(absl::StatusCode::kFailedPrecondition, kMarksOutstanding,
                 absl::StrCat(outstanding, " marks of the stage that is due are not recorded"))
        .With("submission", name.Text())
        .With("outstanding_count", absl::StrCat(outstanding));
  }
  RecordedJudgement record;
  std::vector<Residual> residuals;
  // A stage that adds nothing to mark is judged at once; there are four stages.
  for (bool more = true; more;) {
    ASSIGN_OR_RETURN(const std::vector<MarkPair> pairs, LoadPairs(work, matter, submission.stage));
    const Judgement judgement =
        Judge(matter.tolerance, matter.rule, matter.scale, submission.stage, pairs);
    const bool decided = judgement.verdict != Verdict::kLookFurther;
    if (!decided) {
      const auto unseen =
          matter.sample.pool_count - static_cast<std::int64_t>(matter.sample.picks.size());
      RETURN_IF_ERROR(OpenStage(work, matter, NextStage(submission.stage, matter.rule, unseen)));
      ASSIGN_OR_RETURN(outstanding,
                       store.CountOutstanding(work.tx, tenant, submission, submission.stage));
    }
    record = RecordOf(work, matter, judgement, pairs.size());
    residuals.clear();
    if (judgement.mapping.has_value()) {
      residuals = ResidualsOf(*judgement.mapping, matter.scale, pairs);
    }
    record.outstanding = outstanding;
    if (decided) RETURN_IF_ERROR(Decide(work, matter, judgement, pairs, record));
    more = !decided && outstanding == 0;
  }
  const bool decided = record.verdict != RecordedJudgement::Verdict::kLookFurther;
  RETURN_IF_ERROR(store.InsertJudgement(work.tx, tenant, submission.number, record));
  RETURN_IF_ERROR(AgreementStore().InsertResiduals(work.tx, tenant, submission.number,
                                                   matter.sample.id, record.number, residuals));
  Advance(submission, decided ? Step::kDecide : Step::kLookFurther);
  RETURN_IF_ERROR(store.UpdateSubmission(work.tx, work.caller, submission));
  if (decided) RETURN_IF_ERROR(EmitJudged(work, submission, record.verdict));
  return Judged{std::move(submission), std::move(matter.sample), std::move(record)};
}

absl::StatusOr<Judged> FindJudgement(const Work& work, const SubmissionName& name) {
  Store& store = work.store();
  ASSIGN_OR_RETURN(Submission submission, store.GetSubmission(work.tx, work.caller, name));
  ASSIGN_OR_RETURN(auto latest, store.LatestJudgement(work.tx, work.caller.tenant, submission));
  if (!latest.has_value()) {
    return Error(absl::StatusCode::kNotFound, kJudgementNotFound,
                 "the submission has not been judged")
        .With("submission", name.Text());
  }
  ASSIGN_OR_RETURN(Sample sample, store.GetSample(work.tx, work.caller.tenant, submission.number,
                                                  submission.sample));
  return Judged{std::move(submission), std::move(sample), *std::move(latest)};
}

absl::StatusOr<Submission> Release(const Work& work, const SubmissionName& name,
                                   std::string_view etag, const Feedback& feedback) {
  ASSIGN_OR_RETURN(Submission submission, work.store().GetSubmission(work.tx, work.caller, name));
  RETURN_IF_ERROR(platform::CheckEtag(etag, submission.version, name.Text()));
  RETURN_IF_ERROR(CheckStep(work, submission, Step::kRelease));
  for (const auto& [head, text] :
       {std::pair<std::string_view, const std::string&>{"tasks", feedback.tasks},
        {"accuracy", feedback.accuracy},
        {"administration", feedback.administration}}) {
    if (text.find_first_not_of(" \t\r\n") != text.npos) continue;
    const absl::string_view shown = platform::View(head);
    return Error(absl::StatusCode::kInvalidArgument, kFeedbackMissing,
                 absl::StrCat("the centre is told about tasks, accuracy and administration; ",
                              shown, " is empty"))
        .With("head", head)
        .Field(absl::StrCat("feedback.", shown), "is empty");
  }
  submission.feedback = feedback;
  Advance(submission, Step::kRelease);
  RETURN_IF_ERROR(work.store().UpdateSubmission(work.tx, work.caller, submission));
  ASSIGN_OR_RETURN(const auto judgement,
                   work.store().LatestJudgement(work.tx, work.caller.tenant, submission));
  if (!judgement.has_value()) return absl::InternalError("judged without a judgement");
  RETURN_IF_ERROR(EmitReleased(work, submission, judgement->verdict, submission.counts.marked));
  RETURN_IF_ERROR(RecordRelease(work, submission));
  return submission;
}

}  // namespace assay::moderation
