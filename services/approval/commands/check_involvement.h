// What is asked of employer involvement besides one planner's own state: whether its required
// evidence is complete (EI-8), and how a learner stands by all planners for a qualification (EI-1,
// QUAL-9).
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/approval/commands/conclude_involvement.h"
#include "services/approval/context.h"
#include "services/approval/involvement/check.h"
#include "services/approval/involvement/evidence.h"
#include "services/approval/stores/planners.h"

namespace assay::approval {

// What counts and shows too little, under the policy of the planner's first day.
std::vector<EvidenceGap> EvidenceGapsOf(const PlannerRecord& record, const Planner& planner,
                                        const InvolvementCheck& check);

// FAILED_PRECONDITION (EVIDENCE_MISSING) with a violation for each of them.
absl::Status CheckEvidence(const PlannerRecord& record, const Planner& planner,
                           const InvolvementCheck& check);

// The most favourable answer of the planners that name the learner; a block if none does; nothing
// if the qualification asks for no involvement. NOT_FOUND (QUALIFICATION_NOT_FOUND,
// CENTRE_NOT_FOUND).
absl::StatusOr<std::optional<LearnerBlock>> CheckLearnerOfAny(const Work& work,
                                                              const std::string& centre,
                                                              const std::string& qualification,
                                                              const std::string& enrolment);

}  // namespace assay::approval
