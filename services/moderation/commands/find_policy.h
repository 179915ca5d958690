// Finds the policy that governs a decision, in the book of the caller's tenant.
//
// Example:
//   ASSIGN_OR_RETURN(const PolicyPtr tolerance,
//                    GoverningPolicy(work, component, PolicyKind::kTolerance));
//   RETURN_IF_ERROR(NoteUse(work, *tolerance));   // a decision is made by it
//   … tolerance->tolerance, and record tolerance->VersionName() with the decision …
#pragma once
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "services/moderation/context.h"

namespace assay::moderation {

using PolicyPtr = std::shared_ptr<const Policy>;

absl::CivilDay Today(const Work& work);

absl::StatusOr<BookPtr> BookOf(const Work& work);

// By an id, or by an id with a version. NOT_FOUND (POLICY_NOT_FOUND) if there is none of the kind
// that is in force on the day.
absl::StatusOr<PolicyPtr> FindPolicy(const Work& work, std::string_view name, PolicyKind kind,
                                     absl::CivilDay day);
// By which a decision was made: "pearson-2026@1", whatever the day.
absl::StatusOr<PolicyPtr> RecordedPolicy(const Work& work, std::string_view version,
                                         PolicyKind kind);

// The id, perhaps with a version, that the component names for the kind, or the kind's usual one.
struct NamedPolicy {
  std::string name;
  bool usual = false;
};
absl::StatusOr<NamedPolicy> NamedPolicyOf(const Work& work, const Component& component,
                                          PolicyKind kind);
// And the policy itself, as it is today or on a day.
absl::StatusOr<PolicyPtr> GoverningPolicy(const Work& work, const Component& component,
                                          PolicyKind kind);
absl::StatusOr<PolicyPtr> GoverningPolicy(const Work& work, const Component& component,
                                          PolicyKind kind, absl::CivilDay day);

// A decision is made by the policy today: no later version can take effect on a day before, for
// then the decision would have been another (POLICY_IN_USE).
absl::Status NoteUse(const Work& work, const Policy& policy);

}  // namespace assay::moderation
