// Samples what a centre has declared, as marks are sampled (EI-14, MOD-4): from a secret that was
// committed to before there was anything to draw from, so that nobody can foresee the sample and
// anybody can draw it again; and keeps what an officer finds.
#pragma once
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/approval/clients/moderation.h"
#include "services/approval/commands/rule_on_planner.h"
#include "services/approval/context.h"
#include "services/approval/stores/declaration_samples.h"

namespace assay::approval {

// What a draw of a declaration is made from.
struct DeclarationToSample {
  PlannerRecord planner;
  std::string secret;
  std::vector<ListItem> items;  // The required evidence of what counts, kind by kind.
};
// FAILED_PRECONDITION (PLANNER_STATE_WRONG) unless declared, ALREADY_EXISTS
// (DECLARATION_SAMPLE_EXISTS), FAILED_PRECONDITION (EVIDENCE_MISSING) if there is nothing to draw.
absl::StatusOr<DeclarationToSample> ToSample(const Work& work, const PlannerTarget& target);

// Keeps the draw and commits to the secret of the next one. ABORTED (ETAG_MISMATCH) if the planner
// has changed since it was asked for.
absl::StatusOr<DeclarationSample> KeepDraw(const Work& work, const DeclarationToSample& drawn_from,
                                           const ListDraw& draw);

// INVALID_ARGUMENT (FIELD_INVALID) for what was not drawn, and without a note for what is not in
// order. FAILED_PRECONDITION (PLANNER_STATE_WRONG) once the declaration is concluded.
absl::StatusOr<DeclarationSample> RecordChecks(const Work& work, const PlannerTarget& target,
                                               int declaration,
                                               const std::vector<EvidenceCheck>& checks);

// FAILED_PRECONDITION (EVIDENCE_NOT_CHECKED, EVIDENCE_NOT_IN_ORDER) unless all that was to be
// looked at was found in order. A declaration in which nothing counts has no evidence to sample.
absl::Status CheckSampled(const Work& work, const PlannerRecord& planner);

// A secret for the first draw, when the planner is opened.
absl::Status CommitToDraw(const Work& work, const PlannerRecord& planner);

}  // namespace assay::approval
