// Which evidence each kind of activity has to show, and what a planner still lacks of it (EI-8).
//
// Like activities (one kind, one employer, one practitioner) show it together: of ten guest
// lectures a sample of the registers is enough.
//
// Example:
//   const EvidencePolicy& policy = *PolicyOn(policies, record.first_day);
//   for (const EvidenceGap& gap : FindEvidenceGaps(planner, check, policy)) …
#pragma once
#include <array>
#include <span>
#include <vector>

#include "services/approval/involvement/check.h"
#include "services/approval/involvement/planner.h"

namespace assay::approval {

// Something of one of these kinds.
struct EvidenceNeed {
  std::vector<EvidenceKind> any_of;
};

// For planners whose first day is `from` or later.
struct EvidencePolicy {
  absl::CivilDay from;
  std::array<std::vector<EvidenceNeed>, kMeaningfulKinds> needs;
};

// Of policies in the order of their days the last that has begun, else the first; null if none.
const EvidencePolicy* PolicyOn(std::span<const EvidencePolicy> policies, absl::CivilDay day);

// A need that a group of like activities does not meet.
struct EvidenceGap {
  std::vector<int> activities;  // Indices of the group, at least one.
  EvidenceNeed need;
};
// Among the activities that count for somebody.
std::vector<EvidenceGap> FindEvidenceGaps(const Planner& planner, const InvolvementCheck& check,
                                          const EvidencePolicy& policy);
// The same, as it is told: at the first activity of the group.
InvolvementFinding FindingOf(const Planner& planner, const EvidenceGap& gap);

}  // namespace assay::approval
