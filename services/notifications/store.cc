#include "services/notifications/store.h"

#include <span>
#include <utility>

#include "services/notifications/errors.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/error/error.h"
#include "services/platform/storage/database.h"
#include "services/platform/storage/statement.h"

namespace assay::notifications {
namespace {

using platform::Parameters;
using platform::SqlRow;
using platform::SqlValue;
using platform::Transaction;

Message MessageOf(const SqlRow& row) {
  Message message{.id = std::string(row.Text(0)),
                  .event = std::string(row.Text(1)),
                  .mailbox = std::string(row.Text(2)),
                  .kind = std::string(row.Text(3)),
                  .title = std::string(row.Text(4)),
                  .body = std::string(row.Text(5)),
                  .subject = std::string(row.Text(6)),
                  .create_time = absl::FromUnixMicros(row.Int(7)),
                  .read_time = std::nullopt};
  if (!row.IsNull(8)) message.read_time = absl::FromUnixMicros(row.Int(8));
  return message;
}

// "SELECT … WHERE …" for what `reader` may see, with the reader's own read time.
std::string SelectReadable(Parameters& parameters, const Reader& reader) {
  const std::string tenant = parameters.Bind(reader.tenant);
  const std::string subject = parameters.Bind(reader.subject);
  const std::string mailboxes = parameters.BindAll(reader.mailboxes);
  return "SELECT m.id, m.event, m.mailbox, m.kind, m.title, m.body, m.subject, m.create_us, "
         "r.time_us FROM messages m LEFT JOIN message_reads r ON r.tenant = m.tenant "
         "AND r.message = m.id AND r.reader = " +
         subject + " WHERE m.tenant = " + tenant + " AND m.mailbox IN " + mailboxes +
         " AND NOT EXISTS (SELECT 1 FROM messages d WHERE d.tenant = m.tenant "
         "AND d.event = m.event AND d.id < m.id AND d.mailbox IN " +
         mailboxes + ")";
}

Delivery DeliveryOf(const SqlRow& row) {
  return {.tenant = std::string(row.Text(0)),
          .id = std::string(row.Text(1)),
          .message = std::string(row.Text(2)),
          .event = std::string(row.Text(3)),
          .address = std::string(row.Text(4)),
          .state = static_cast<DeliveryState>(row.Int(5)),
          .attempts = static_cast<int>(row.Int(6)),
          .error = std::string(row.Text(7)),
          .create_time = absl::FromUnixMicros(row.Int(8))};
}

constexpr std::string_view kDeliveryColumns =
    "d.tenant, d.id, d.message, d.event, d.address, d.state, d.attempts, d.error, d.create_us";

// Ends the lease with a new state; false if it had ended already.
absl::StatusOr<bool> Settle(Transaction& tx, const Delivery& delivery, std::string_view lease,
                            DeliveryState state, std::string_view error, absl::Time next) {
  ASSIGN_OR_RETURN(const std::int64_t changed,
                   tx.Execute("UPDATE deliveries SET state = $1, error = $2, next_us = $3, "
                              "lease = '', lease_until_us = 0 "
                              "WHERE tenant = $4 AND id = $5 AND lease = $6",
                              {static_cast<int>(state), error, absl::ToUnixMicros(next),
                               delivery.tenant, delivery.id, lease}));
  return changed == 1;
}

}  // namespace

absl::StatusOr<bool> Store::InsertMessage(Transaction& tx, std::string_view tenant,
                                          const Message& message) {
  ASSIGN_OR_RETURN(
      const std::int64_t added,
      tx.Execute("INSERT INTO messages (tenant, id, event, mailbox, kind, title, "
                 "body, subject, create_us) "
                 "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING",
                 {tenant, message.id, message.event, message.mailbox, message.kind, message.title,
                  message.body, message.subject, absl::ToUnixMicros(message.create_time)}));
  return added == 1;
}

absl::StatusOr<MessagePage> Store::ListMessages(Transaction& tx, const Reader& reader,
                                                bool unread_only, std::string_view after,
                                                int limit) {
  Parameters parameters;
  std::string sql = SelectReadable(parameters, reader);
  if (unread_only) sql += " AND r.message IS NULL";
  if (!after.empty()) sql += " AND m.id < " + parameters.Bind(after);
  sql += " ORDER BY m.id DESC LIMIT " + parameters.Bind(limit + 1);
  MessagePage page;
  RETURN_IF_ERROR(tx.Query(sql, parameters.values(), [&](const SqlRow& row) {
    page.messages.push_back(MessageOf(row));
    return absl::OkStatus();
  }));
  if (static_cast<int>(page.messages.size()) > limit) {
    page.messages.pop_back();
    page.next = page.messages.back().id;
  }
  return page;
}

absl::StatusOr<Message> Store::GetMessage(Transaction& tx, const Reader& reader,
                                          std::string_view id) {
  Parameters parameters;
  std::string sql = SelectReadable(parameters, reader);
  sql += " AND m.id = " + parameters.Bind(id);
  std::optional<Message> found;
  RETURN_IF_ERROR(tx.Query(sql, parameters.values(), [&](const SqlRow& row) {
    found = MessageOf(row);
    return absl::OkStatus();
  }));
  if (found.has_value()) return *std::move(found);
  const std::string name = "messages/" + std::string(id);
  return platform::Error(absl::StatusCode::kNotFound, kMessageNotFound,
                         "there is no message " + name + " in a mailbox of yours")
      .With("message", name);
}

absl::Status Store::MarkRead(Transaction& tx, const Reader& reader, std::string_view id,
                             absl::Time time) {
  return tx
      .Execute(
          "INSERT INTO message_reads (tenant, message, reader, time_us) "
          "VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
          {reader.tenant, id, reader.subject, absl::ToUnixMicros(time)})
      .status();
}

absl::StatusOr<std::optional<Contact>> Store::FindContact(Transaction& tx, std::string_view tenant,
                                                          std::string_view mailbox) {
  std::optional<Contact> found;
  RETURN_IF_ERROR(tx.Query("SELECT email, version FROM contacts WHERE tenant = $1 AND mailbox = $2",
                           {tenant, mailbox}, [&](const SqlRow& row) {
                             found = Contact{.mailbox = std::string(mailbox),
                                             .email = std::string(row.Text(0)),
                                             .version = row.Int(1)};
                             return absl::OkStatus();
                           }));
  return found;
}

absl::Status Store::PutContact(Transaction& tx, std::string_view tenant, const Contact& contact) {
  return tx
      .Execute(
          "INSERT INTO contacts (tenant, mailbox, email, version) VALUES ($1, $2, $3, $4) "
          "ON CONFLICT (tenant, mailbox) DO UPDATE "
          "SET email = excluded.email, version = excluded.version",
          {tenant, contact.mailbox, contact.email, contact.version})
      .status();
}

absl::StatusOr<bool> Store::QueueDelivery(Transaction& tx, const Delivery& delivery) {
  const std::int64_t time_us = absl::ToUnixMicros(delivery.create_time);
  ASSIGN_OR_RETURN(
      const std::int64_t added,
      tx.Execute("INSERT INTO deliveries (tenant, id, message, event, address, state, attempts, "
                 "next_us, lease, lease_until_us, error, create_us) "
                 "VALUES ($1, $2, $3, $4, $5, 1, 0, $6, '', 0, '', $6) ON CONFLICT DO NOTHING",
                 {delivery.tenant, delivery.id, delivery.message, delivery.event, delivery.address,
                  time_us}));
  return added == 1;
}

absl::StatusOr<std::vector<Mail>> Store::LeaseDue(Transaction& tx, std::string_view lease,
                                                  absl::Time now, absl::Time until, int limit) {
  // The outer conditions are seen again by a second lease that waited for the first.
  RETURN_IF_ERROR(
      tx.Execute("UPDATE deliveries SET lease = $1, lease_until_us = $2, attempts = attempts + 1 "
                 "WHERE state = 1 AND lease_until_us <= $3 AND (tenant, id) IN "
                 "(SELECT tenant, id FROM deliveries WHERE state = 1 AND next_us <= $3 "
                 "AND lease_until_us <= $3 ORDER BY next_us LIMIT $4)",
                 {lease, absl::ToUnixMicros(until), absl::ToUnixMicros(now), limit})
          .status());
  std::vector<Mail> mails;
  RETURN_IF_ERROR(tx.Query("SELECT " + std::string(kDeliveryColumns) +
                               ", m.title, m.body FROM deliveries d JOIN messages m "
                               "ON m.tenant = d.tenant AND m.id = d.message "
                               "WHERE d.state = 1 AND d.lease = $1 ORDER BY d.next_us, d.id",
                           {lease}, [&](const SqlRow& row) {
                             mails.push_back({.delivery = DeliveryOf(row),
                                              .title = std::string(row.Text(9)),
                                              .body = std::string(row.Text(10))});
                             return absl::OkStatus();
                           }));
  return mails;
}

absl::StatusOr<bool> Store::MarkSent(Transaction& tx, const Delivery& delivery,
                                     std::string_view lease) {
  return Settle(tx, delivery, lease, DeliveryState::kSent, "", absl::UnixEpoch());
}

absl::StatusOr<bool> Store::MarkFailed(Transaction& tx, const Delivery& delivery,
                                       std::string_view lease, std::string_view error) {
  return Settle(tx, delivery, lease, DeliveryState::kFailed, error, absl::UnixEpoch());
}

absl::StatusOr<bool> Store::Retry(Transaction& tx, const Delivery& delivery, std::string_view lease,
                                  std::string_view error, absl::Time next) {
  return Settle(tx, delivery, lease, DeliveryState::kWaiting, error, next);
}

absl::StatusOr<DeliveryPage> Store::ListDeliveries(Transaction& tx, std::string_view tenant,
                                                   std::optional<DeliveryState> state,
                                                   std::string_view after, int limit) {
  Parameters parameters;
  std::string sql = "SELECT " + std::string(kDeliveryColumns) +
                    " FROM deliveries d WHERE d.tenant = " + parameters.Bind(tenant);
  if (state.has_value()) sql += " AND d.state = " + parameters.Bind(static_cast<int>(*state));
  if (!after.empty()) sql += " AND d.id < " + parameters.Bind(after);
  sql += " ORDER BY d.id DESC LIMIT " + parameters.Bind(limit + 1);
  DeliveryPage page;
  RETURN_IF_ERROR(tx.Query(sql, parameters.values(), [&](const SqlRow& row) {
    page.deliveries.push_back(DeliveryOf(row));
    return absl::OkStatus();
  }));
  if (static_cast<int>(page.deliveries.size()) > limit) {
    page.deliveries.pop_back();
    page.next = page.deliveries.back().id;
  }
  return page;
}

}  // namespace assay::notifications
