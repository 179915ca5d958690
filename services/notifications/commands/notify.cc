#include "services/notifications/commands/notify.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "services/platform/core/status_macros.h"
#include "services/platform/outbox/outbox.h"

namespace assay::notifications {
namespace {

absl::Status Post(platform::Transaction& tx, platform::IdSource& ids, Store& store,
                  const platform::Event& event, const Draft& draft, absl::Time now,
                  bool with_mail) {
  const Message message{.id = ids.NextId(now),
                        .event = event.id,
                        .mailbox = draft.mailbox,
                        .kind = event.type,
                        .title = draft.title,
                        .body = draft.body,
                        .subject = event.subject,
                        .create_time = event.time,
                        .read_time = std::nullopt};
  ASSIGN_OR_RETURN(const bool added, store.InsertMessage(tx, event.tenant, message));
  if (!added || !draft.email || !with_mail) return absl::OkStatus();
  ASSIGN_OR_RETURN(const std::optional<Contact> contact,
                   store.FindContact(tx, event.tenant, draft.mailbox));
  if (!contact.has_value() || contact->email.empty()) return absl::OkStatus();
  return store
      .QueueDelivery(tx, {.tenant = event.tenant,
                          .id = ids.NextId(now),
                          .message = message.id,
                          .event = event.id,
                          .address = contact->email,
                          .state = DeliveryState::kWaiting,
                          .attempts = 0,
                          .error = "",
                          .create_time = now})
      .status();
}

}  // namespace

absl::Status Notify(platform::Database& database, const platform::Clock& clock,
                    platform::IdSource& ids, Store& store, const Templates& templates,
                    bool with_mail, const platform::Event& event) {
  ASSIGN_OR_RETURN(const std::vector<Draft> drafts, templates.Render(event));
  if (drafts.empty()) return absl::OkStatus();
  const absl::Time now = clock.Now();
  return database.WriteNow([&](platform::Transaction& tx) -> absl::Status {
    ASSIGN_OR_RETURN(const bool first, platform::ClaimEvent(tx, "notifications", event, now));
    if (!first) return absl::OkStatus();
    for (const Draft& draft : drafts) {
      RETURN_IF_ERROR(Post(tx, ids, store, event, draft, now, with_mail));
    }
    return absl::OkStatus();
  });
}

}  // namespace assay::notifications
