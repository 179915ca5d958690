// What approval tells others. Each goes into the outbox of the transaction that caused it.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "services/approval/context.h"
#include "services/approval/model.h"
#include "services/approval/risk/evaluate.h"
#include "services/approval/stores/approvals.h"
#include "services/approval/stores/learners.h"
#include "services/approval/stores/planners.h"

namespace assay::approval {

absl::Status EmitStateChanged(const Work& work, const Centre& centre);

absl::Status EmitImported(platform::Transaction& tx, const platform::Call& call,
                          platform::IdSource& ids, std::string_view layout, std::int64_t created,
                          std::int64_t updated, std::int64_t refused);

absl::Status EmitStateChanged(const Work& work, const QualificationApproval& approval,
                              std::string_view centre_title);

// `step` is what was done; `ruling` says what an officer wrote, if one did.
absl::Status EmitPlannerChanged(const Work& work, const PlannerRecord& planner, PlannerStep step,
                                const PlannerRuling& ruling);

absl::Status EmitAwardChanged(const Work& work, const AwardRecord& award);
absl::Status EmitErased(const Work& work, const ErasureRecord& erasure);
absl::Status EmitRiskChanged(const Work& work, const std::string& centre,
                             const QualityOutcome& outcome);
absl::Status EmitDirectClaimsChanged(const Work& work, const std::string& centre,
                                     const ClaimOutcome& claim);

}  // namespace assay::approval
