// What notifications keeps in its database, and what it promises about keeping it.
//
// Every promise below is tested by store_test.cc on both engines. Stateless: works on
// the caller's transaction.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/notifications/model.h"

namespace assay::platform {
class Transaction;
}

namespace assay::notifications {

// Who reads, and which mailboxes their token opens. Part of every query on messages.
struct Reader {
  std::string tenant;
  std::string subject;
  std::vector<std::string> mailboxes;
};

struct MessagePage {
  std::vector<Message> messages;
  std::string next;  // Empty at the end.
};

struct DeliveryPage {
  std::vector<Delivery> deliveries;
  std::string next;
};

// A delivery with what it says.
struct Mail {
  Delivery delivery;
  std::string title;
  std::string body;
};

class Store {
 public:
  // False, and nothing done, if the event already left a message in the mailbox (NOT-2).
  absl::StatusOr<bool> InsertMessage(platform::Transaction& tx, std::string_view tenant,
                                     const Message& message);
  // Newest first. Of one event's messages in several of the reader's mailboxes only the
  // first is there: a person is told once (NOT-2).
  absl::StatusOr<MessagePage> ListMessages(platform::Transaction& tx, const Reader& reader,
                                           bool unread_only, std::string_view after, int limit);
  // Returns NOT_FOUND (MESSAGE_NOT_FOUND) if it is in none of the reader's mailboxes.
  absl::StatusOr<Message> GetMessage(platform::Transaction& tx, const Reader& reader,
                                     std::string_view id);
  // Keeps the first time.
  absl::Status MarkRead(platform::Transaction& tx, const Reader& reader, std::string_view id,
                        absl::Time time);

  // nullopt if none was ever set.
  absl::StatusOr<std::optional<Contact>> FindContact(platform::Transaction& tx,
                                                     std::string_view tenant,
                                                     std::string_view mailbox);
  absl::Status PutContact(platform::Transaction& tx, std::string_view tenant,
                          const Contact& contact);

  // False, and nothing done, if the event already has an e-mail to the address (NOT-2).
  absl::StatusOr<bool> QueueDelivery(platform::Transaction& tx, const Delivery& delivery);
  // Takes up to `limit` due deliveries of any tenant until `until`, counting an attempt
  // for each. What one lease has, no other gets before that time.
  absl::StatusOr<std::vector<Mail>> LeaseDue(platform::Transaction& tx, std::string_view lease,
                                             absl::Time now, absl::Time until, int limit);
  // Each does nothing and gives false if `lease` no longer holds the delivery.
  absl::StatusOr<bool> MarkSent(platform::Transaction& tx, const Delivery& delivery,
                                std::string_view lease);
  absl::StatusOr<bool> MarkFailed(platform::Transaction& tx, const Delivery& delivery,
                                  std::string_view lease, std::string_view error);
  absl::StatusOr<bool> Retry(platform::Transaction& tx, const Delivery& delivery,
                             std::string_view lease, std::string_view error, absl::Time next);
  // Newest first; of one state, or of all.
  absl::StatusOr<DeliveryPage> ListDeliveries(platform::Transaction& tx, std::string_view tenant,
                                              std::optional<DeliveryState> state,
                                              std::string_view after, int limit);
};

}  // namespace assay::notifications
