#include "services/notifications/commands/update_contact.h"

#include <optional>

#include "services/platform/core/status_macros.h"
#include "services/platform/rpc/etag.h"

namespace assay::notifications {

absl::StatusOr<Contact> UpdateContact(platform::Transaction& tx, Store& store,
                                      std::string_view tenant, const std::string& mailbox,
                                      const std::string& email, std::string_view etag) {
  ASSIGN_OR_RETURN(const std::optional<Contact> found, store.FindContact(tx, tenant, mailbox));
  const std::int64_t version = found.has_value() ? found->version : 0;
  RETURN_IF_ERROR(platform::CheckEtag(etag, version, "contacts/" + mailbox));
  const Contact contact{.mailbox = mailbox, .email = email, .version = version + 1};
  RETURN_IF_ERROR(store.PutContact(tx, tenant, contact));
  return contact;
}

}  // namespace assay::notifications
