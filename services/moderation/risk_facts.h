// The risk of a centre, where the policy of a draw goes by it (MOD-2): as the officer gives it,
// else as approval rates it (MOD-14).
#pragma once
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "services/moderation/context.h"
#include "services/moderation/sampling/risk.h"

namespace assay::moderation {

// Whether the component's policy of today draws by risk. NOT_FOUND (COMPONENT_NOT_FOUND).
absl::StatusOr<bool> DrawsByRisk(const Context& context, const platform::Call& call,
                                 const std::string& series, const std::string& component);

// As approval rates the centre, "centres/…". UNAVAILABLE (APPROVAL_UNAVAILABLE). Blocks; not in a
// transaction.
absl::StatusOr<CentreRisk> AskRisk(const Context& context, const platform::Call& call,
                                   const std::string& centre);

// The highest of the centres of a consortium (MOD-5), if its policy draws by risk.
absl::StatusOr<std::optional<CentreRisk>> AskGroupRisk(const Context& context,
                                                       const platform::Call& call,
                                                       const ConsortiumName& name);

}  // namespace assay::moderation
