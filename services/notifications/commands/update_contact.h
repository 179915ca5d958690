// Sets where a mailbox's e-mail goes.
#pragma once
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "services/notifications/model.h"
#include "services/notifications/store.h"
#include "services/platform/storage/database.h"

namespace assay::notifications {

// Makes the contact if there is none. Returns ABORTED (ETAG_MISMATCH) if `etag` is set and
// is not the current one.
absl::StatusOr<Contact> UpdateContact(platform::Transaction& tx, Store& store,
                                      std::string_view tenant, const std::string& mailbox,
                                      const std::string& email, std::string_view etag);

}  // namespace assay::notifications
