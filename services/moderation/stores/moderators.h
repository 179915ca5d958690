// Moderators with all that is known of them, for the stores; commands use Store and
// AllocationStore.
#pragma once
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "services/moderation/model.h"

namespace assay::platform {
class Transaction;
}

namespace assay::moderation {

// Everybody, in the order of ids, with what they have open.
absl::StatusOr<std::vector<Moderator>> LoadModerators(platform::Transaction& tx,
                                                      std::string_view tenant);
// NOT_FOUND (MODERATOR_NOT_FOUND).
absl::StatusOr<Moderator> LoadModerator(platform::Transaction& tx, std::string_view tenant,
                                        std::string_view id);

}  // namespace assay::moderation
