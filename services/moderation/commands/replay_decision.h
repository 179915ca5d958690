// A decision, from all that it was made of: to export it, and to make it again (MOD-4).
#pragma once
#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "services/moderation/commands/draw_sample.h"
#include "services/moderation/commands/find_policy.h"
#include "services/moderation/commands/judge.h"

namespace assay::moderation {

// A decision as it is kept, with all that it was made of.
struct StoredDecision {
  Drawn drawn;
  PublishedDraw published;
  PolicyPtr adjustment;
  MarkScale scale;
  RecordedJudgement record;
  std::vector<Result> results;
};
// NOT_FOUND (JUDGEMENT_NOT_FOUND), FAILED_PRECONDITION (RESULTS_NOT_READY) until it is final.
absl::StatusOr<StoredDecision> LoadDecision(const Work& work, const SubmissionName& name);

}  // namespace assay::moderation
