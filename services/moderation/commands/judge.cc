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
#include "services/moderation/commands/moderate.h"
#include "services/moderation/commands/reviews.h"
#include "services/moderation/commands/standardise.h"
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
  Group group;
  Sample sample;  // Of all of the group; the picks are pooled.
  Stage stage = Stage::kSubSample;
  MarkScale scale;
  Mark tolerance = 0;
  AdjustmentRule rule;
  std::vector<SampleStep> steps;  // Of the draw, which may decide by counting.
};

absl::StatusOr<Matter> LoadMatter(const Work& work, Group group) {
  Store& store = work.store();
  const std::string& tenant = work.caller.tenant;
  Matter matter{.group = std::move(group)};
  const Submission& first = matter.group.members.front();
  matter.stage = first.stage;
  ASSIGN_OR_RETURN(const Component component,
                   store.GetComponent(work.tx, tenant, first.name.series, first.name.component));
  matter.scale = component.scale;
  std::vector<Pick> picks;
  for (const Submission& member : matter.group.members) {
    ASSIGN_OR_RETURN(matter.sample, store.GetSample(work.tx, tenant, member.number, member.sample));
    for (Pick& pick : matter.sample.picks) {
      pick.candidate = Pool(member, pick.candidate);
      picks.push_back(std::move(pick));
    }
  }
  matter.sample.picks = std::move(picks);
  ASSIGN_OR_RETURN(const PolicyPtr tolerance,
                   RecordedPolicy(work, matter.sample.tolerance_policy, PolicyKind::kTolerance));
  matter.tolerance = ToleranceOf(tolerance->tolerance, matter.scale);
  ASSIGN_OR_RETURN(const PolicyPtr adjustment,
                   RecordedPolicy(work, matter.sample.adjustment_policy, PolicyKind::kAdjustment));
  matter.rule = adjustment->adjustment;
  ASSIGN_OR_RETURN(DrawRecord record,
                   DrawStore().Get(work.tx, tenant, first.number, matter.sample.id));
  matter.steps = std::move(record.steps);
  return matter;
}

absl::StatusOr<std::vector<MarkPair>> LoadPairs(const Work& work, const Matter& matter) {
  std::vector<MarkPair> pairs;
  for (const Submission& member : matter.group.members) {
    ASSIGN_OR_RETURN(
        const std::vector<Marked> marked,
        work.store().ListMarked(work.tx, work.caller.tenant, member, matter.stage, "", kAll));
    for (const Marked& m : marked) {
      if (!m.pick.mark.has_value()) continue;
      pairs.push_back({Pool(member, m.pick.candidate), m.centre_mark, *m.pick.mark});
    }
  }
  return pairs;
}

// Those of one member, under its own numbers.
std::vector<MarkPair> OwnPairs(const Submission& member, std::span<const MarkPair> pairs) {
  std::vector<MarkPair> own;
  for (const MarkPair& pair : pairs) {
    std::optional<std::string> number = OwnNumber(member, pair.number);
    if (number.has_value()) own.push_back({*std::move(number), pair.centre, pair.moderator});
  }
  return own;
}

// What follows from the pairs up to the stage; where the draw's steps count, what they accept
// stands although some pairs are outside (MOD-2).
Judgement JudgeStage(const Matter& matter, Stage stage, std::span<const MarkPair> pairs) {
  Judgement judgement = Judge(matter.tolerance, matter.rule, matter.scale, stage, pairs);
  if (stage > Stage::kSample || judgement.verdict == Verdict::kCentreMarksStand) return judgement;
  const bool first = stage == Stage::kSubSample;
  if (first && matter.steps.size() == 1 && !DecidesByCounting(matter.steps)) return judgement;
  const int judged = first ? 1 : static_cast<int>(matter.steps.size());
  const auto outside = static_cast<std::int64_t>(judgement.tolerance.outside.size());
  if (matter.steps.empty() || Decide(matter.steps, judged, outside) != StepVerdict::kAccept) {
    return judgement;
  }
  Judgement accepted{.verdict = Verdict::kCentreMarksStand, .finding = Finding::kFewOutside};
  accepted.tolerance = std::move(judgement.tolerance);
  return accepted;
}

// Draws what the stage adds, if anything.
absl::Status OpenStage(const Work& work, Matter& matter, Stage stage) {
  matter.stage = stage;
  std::vector<Pick> picks;
  if (stage >= Stage::kExtended) {
    ASSIGN_OR_RETURN(picks, DrawStage(work, matter.group, matter.sample, stage));
  }
  for (Submission& member : matter.group.members) {
    member.stage = stage;
    if (stage < Stage::kExtended) continue;
    const std::vector<Pick> own = OwnPicks(member, picks);
    RETURN_IF_ERROR(work.store().InsertPicks(work.tx, work.caller.tenant, member.number,
                                             matter.sample.id, own));
    RETURN_IF_ERROR(PlantSeeds(work, member, own));
  }
  matter.sample.picks.insert(matter.sample.picks.end(), std::make_move_iterator(picks.begin()),
                             std::make_move_iterator(picks.end()));
  return absl::OkStatus();
}

std::string Text(const Distribution& d) {
  return absl::StrFormat("%d %d %d %.17g %.17g", d.count, d.lowest, d.highest, d.mean,
                         d.standard_deviation);
}

RecordedJudgement RecordOf(const Matter& matter, const Judgement& judgement, std::size_t pairs) {
  RecordedJudgement record{
      .sample = matter.sample.id,
      .verdict = static_cast<RecordedJudgement::Verdict>(judgement.verdict),
      .stage = matter.stage,
      .finding = std::string(NameOf(judgement.finding)),
      .tolerance = matter.tolerance,
      .judged = static_cast<std::int64_t>(pairs),
      .inside = static_cast<std::int64_t>(pairs - judgement.tolerance.outside.size()),
      .difference_sum = judgement.tolerance.difference_sum,
      .rank_correlation = judgement.rank_correlation};
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
    // Whoever was kept out of the draw keeps the centre's mark if nobody else was left to call in.
    if (own == moderated.end()) return result;
    result.basis = Basis::kModerator;
    result.final_mark = own->second;
  }
  return result;
}

// Makes the results of the whole cohort, and says how marks lay and lie.
absl::StatusOr<std::vector<Result>> ResultsOf(const Matter& matter,
                                              std::span<const Candidate> candidates,
                                              const Judgement& judgement,
                                              std::span<const MarkPair> pairs,
                                              RecordedJudgement& record) {
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
  return results;
}

// The results of all of the group, each member's under its own numbers.
absl::Status Decide(const Work& work, const Matter& matter, const Judgement& judgement,
                    std::span<const MarkPair> pairs, RecordedJudgement& record) {
  ASSIGN_OR_RETURN(const std::vector<Candidate> candidates, PooledCandidates(work, matter.group));
  ASSIGN_OR_RETURN(const std::vector<Result> results,
                   ResultsOf(matter, candidates, judgement, pairs, record));
  for (const Submission& member : matter.group.members) {
    std::vector<Result> own;
    for (const Result& result : results) {
      std::optional<std::string> number = OwnNumber(member, result.candidate);
      if (!number.has_value()) continue;
      own.push_back(result);
      own.back().candidate = *std::move(number);
    }
    RETURN_IF_ERROR(work.store().InsertResults(work.tx, work.caller.tenant, member.number, own));
  }
  return absl::OkStatus();
}

// What is still to be marked before the group can be judged.
absl::StatusOr<std::int64_t> CountDueOf(const Work& work, const Group& group) {
  std::int64_t outstanding = 0;
  for (const Submission& member : group.members) {
    ASSIGN_OR_RETURN(const std::int64_t own,
                     CountDue(work, member, SeesAsModerator(work.call, member)));
    outstanding += own;
  }
  return outstanding;
}

// The pairs of the stages up to `stage`, in the order of candidates, as the store gives them.
std::vector<MarkPair> PairsOf(const DecisionInput& input, Stage stage, std::int64_t& outstanding) {
  absl::flat_hash_map<std::string_view, Mark> centre;
  for (const Candidate& candidate : input.candidates) {
    if (candidate.mark.has_value()) centre[candidate.number] = *candidate.mark;
  }
  std::vector<MarkPair> pairs;
  outstanding = 0;
  for (const Pick& pick : input.picks) {
    if (pick.stage > stage) continue;
    const auto mark = centre.find(pick.candidate);
    if (mark == centre.end() || !pick.mark.has_value()) {
      ++outstanding;
    } else {
      pairs.push_back({pick.candidate, mark->second, *pick.mark});
    }
  }
  std::sort(pairs.begin(), pairs.end(),
            [](const MarkPair& a, const MarkPair& b) { return a.number < b.number; });
  return pairs;
}

absl::Status Outstanding(std::int64_t count, std::string_view name) {
  return Error(absl::StatusCode::kFailedPrecondition, kMarksOutstanding,
               absl::StrCat(count, " marks of the stage that is due are not recorded"))
      .With("submission", name)
      .With("outstanding_count", absl::StrCat(count));
}

// The judgement of all is each member's.
absl::StatusOr<std::vector<Judged>> Keep(const Work& work, Matter matter, RecordedJudgement record,
                                         std::span<const Residual> residuals) {
  const std::string& tenant = work.caller.tenant;
  const bool decided = record.verdict != RecordedJudgement::Verdict::kLookFurther;
  std::vector<Judged> judged;
  for (Submission& member : matter.group.members) {
    RETURN_IF_ERROR(work.store().InsertJudgement(work.tx, tenant, member.number, record));
    std::vector<Residual> own;
    for (const Residual& residual : residuals) {
      std::optional<std::string> number = OwnNumber(member, residual.number);
      if (!number.has_value()) continue;
      own.push_back(residual);
      own.back().number = *std::move(number);
    }
    RETURN_IF_ERROR(AgreementStore().InsertResiduals(work.tx, tenant, member.number,
                                                     matter.sample.id, record.number, own));
    Advance(member, decided ? Step::kDecide : Step::kLookFurther);
    RETURN_IF_ERROR(work.store().UpdateSubmission(work.tx, work.caller, member));
    if (decided) RETURN_IF_ERROR(EmitJudged(work, member, record.verdict));
    judged.push_back({std::move(member), matter.sample, record});
  }
  return judged;
}

absl::Status CheckFeedback(const Feedback& feedback) {
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
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<MadeDecision> MakeDecision(const DecisionInput& input) {
  Matter matter{.scale = input.scale,
                .tolerance = ToleranceOf(input.tolerance, input.scale),
                .rule = input.adjustment,
                .steps = input.steps};
  // There are four stages, and each leads to a later one.
  for (;;) {
    const Stage stage = matter.stage;
    std::int64_t outstanding = 0;
    const std::vector<MarkPair> pairs = PairsOf(input, stage, outstanding);
    if (outstanding > 0 || pairs.empty()) return Outstanding(outstanding, "");
    const Judgement judgement = JudgeStage(matter, stage, pairs);
    if (judgement.verdict != Verdict::kLookFurther) {
      MadeDecision made{.record = RecordOf(matter, judgement, pairs.size())};
      ASSIGN_OR_RETURN(made.results,
                       ResultsOf(matter, input.candidates, judgement, pairs, made.record));
      return made;
    }
    const auto seen = std::count_if(input.picks.begin(), input.picks.end(), [&](const Pick& pick) {
      return pick.stage <= std::max(stage, Stage::kSample);
    });
    const Stage next = NextStage(stage, matter.rule, input.pool_count - seen);
    if (next <= stage) return absl::InternalError("a stage leads nowhere");
    matter.stage = next;
  }
}

absl::StatusOr<Judged> JudgeSubmission(const Work& work, const SubmissionName& name,
                                       std::string_view etag) {
  ASSIGN_OR_RETURN(Submission found, work.store().GetSubmission(work.tx, work.caller, name));
  RETURN_IF_ERROR(platform::CheckEtag(etag, found.version, name.Text()));
  RETURN_IF_ERROR(CheckAlone(found, "JudgeConsortium"));
  ASSIGN_OR_RETURN(std::vector<Judged> judged, JudgeGroup(work, Alone(std::move(found))));
  return std::move(judged.front());
}

absl::StatusOr<std::vector<Judged>> JudgeGroup(const Work& work, Group group) {
  Store& store = work.store();
  const std::string& tenant = work.caller.tenant;
  for (const Submission& member : group.members) {
    RETURN_IF_ERROR(CheckStep(work, member, Step::kDecide));
  }
  ASSIGN_OR_RETURN(Matter matter, LoadMatter(work, std::move(group)));
  ASSIGN_OR_RETURN(std::int64_t outstanding, CountDueOf(work, matter.group));
  if (outstanding > 0) return Outstanding(outstanding, matter.group.Name());
  RecordedJudgement record;
  std::vector<MarkPair> pairs;
  std::vector<Residual> residuals;
  // A stage that adds nothing to mark is judged at once; there are four stages.
  for (bool more = true; more;) {
    ASSIGN_OR_RETURN(pairs, LoadPairs(work, matter));
    const Judgement judgement = JudgeStage(matter, matter.stage, pairs);
    const bool decided = judgement.verdict != Verdict::kLookFurther;
    if (!decided) {
      const auto unseen =
          matter.sample.pool_count - static_cast<std::int64_t>(matter.sample.picks.size());
      RETURN_IF_ERROR(OpenStage(work, matter, NextStage(matter.stage, matter.rule, unseen)));
      outstanding = 0;
      for (const Submission& member : matter.group.members) {
        ASSIGN_OR_RETURN(const std::int64_t own,
                         store.CountOutstanding(work.tx, tenant, member, member.stage));
        outstanding += own;
      }
    }
    record = RecordOf(matter, judgement, pairs.size());
    record.judged_by = work.caller.subject;
    record.judge_time = work.caller.now;
    residuals.clear();
    if (judgement.mapping.has_value()) {
      residuals = ResidualsOf(*judgement.mapping, matter.scale, pairs);
    }
    record.outstanding = outstanding;
    if (decided) RETURN_IF_ERROR(Decide(work, matter, judgement, pairs, record));
    more = !decided && outstanding == 0;
  }
  return Keep(work, std::move(matter), std::move(record), residuals);
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
  RETURN_IF_ERROR(CheckAlone(submission, "ReleaseConsortium"));
  Group group = Alone(std::move(submission));
  RETURN_IF_ERROR(ReleaseGroup(work, group, feedback));
  return std::move(group.members.front());
}

absl::Status ReleaseGroup(const Work& work, Group& group, const Feedback& feedback) {
  for (const Submission& member : group.members) {
    RETURN_IF_ERROR(CheckStep(work, member, Step::kRelease));
  }
  RETURN_IF_ERROR(CheckFeedback(feedback));
  for (Submission& submission : group.members) {
    submission.feedback = feedback;
    Advance(submission, Step::kRelease);
    RETURN_IF_ERROR(work.store().UpdateSubmission(work.tx, work.caller, submission));
    ASSIGN_OR_RETURN(const auto judgement,
                     work.store().LatestJudgement(work.tx, work.caller.tenant, submission));
    if (!judgement.has_value()) return absl::InternalError("judged without a judgement");
    RETURN_IF_ERROR(EmitReleased(work, submission, judgement->verdict, submission.counts.marked));
    RETURN_IF_ERROR(RecordRelease(work, submission));
  }
  return absl::OkStatus();
}

}  // namespace assay::moderation
