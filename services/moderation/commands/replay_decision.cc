#include "services/moderation/commands/replay_decision.h"

#include <limits>
#include <utility>

#include "services/moderation/errors.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/error/error.h"

namespace assay::moderation {

absl::StatusOr<StoredDecision> LoadDecision(const Work& work, const SubmissionName& name) {
  const std::string& tenant = work.caller.tenant;
  StoredDecision stored;
  ASSIGN_OR_RETURN(Judged judged, FindJudgement(work, name));
  if (judged.judgement.verdict == RecordedJudgement::Verdict::kLookFurther) {
    return platform::Error(absl::StatusCode::kFailedPrecondition, kResultsNotReady,
                           "the submission is not decided yet")
        .With("submission", name.Text())
        .With("state", NameOf(judged.submission.state));
  }
  stored.record = std::move(judged.judgement);
  ASSIGN_OR_RETURN(stored.drawn, FindSample(work, name, judged.submission.sample));
  ASSIGN_OR_RETURN(stored.published, Publish(work, stored.drawn));
  ASSIGN_OR_RETURN(stored.adjustment, RecordedPolicy(work, stored.drawn.sample.adjustment_policy,
                                                     PolicyKind::kAdjustment));
  ASSIGN_OR_RETURN(const Component component,
                   work.store().GetComponent(work.tx, tenant, name.series, name.component));
  stored.scale = component.scale;
  ASSIGN_OR_RETURN(const Group group, GroupOf(work, judged.submission));
  for (const Submission& member : group.members) {
    ASSIGN_OR_RETURN(std::vector<Result> own,
                     work.store().ListResults(work.tx, tenant, member.number, "",
                                              std::numeric_limits<std::int32_t>::max()));
    for (Result& result : own) {
      result.candidate = Pool(member, result.candidate);
      stored.results.push_back(std::move(result));
    }
  }
  return stored;
}

}  // namespace assay::moderation
