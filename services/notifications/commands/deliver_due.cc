#include "services/notifications/commands/deliver_due.h"

#include <cstdint>
#include <utility>
#include <vector>

#include "services/platform/core/status_macros.h"

namespace assay::notifications {
namespace {

// In [0, 1).
double Chance(platform::Entropy& entropy) {
  std::uint8_t bytes[2];
  entropy.Fill(bytes);
  return (bytes[0] * 256 + bytes[1]) / 65536.0;
}

}  // namespace

absl::StatusOr<Delivered> DeliverDue(platform::Database& database, const platform::Clock& clock,
                                     platform::IdSource& ids, platform::Entropy& entropy,
                                     Store& store, Mailer& mailer, const DeliverOptions& options) {
  const absl::Time begin = clock.Now();
  const std::string lease = ids.NextId(begin);
  std::vector<Mail> mails;
  RETURN_IF_ERROR(database.WriteNow([&](platform::Transaction& tx) -> absl::Status {
    ASSIGN_OR_RETURN(mails,
                     store.LeaseDue(tx, lease, begin, begin + options.lease, options.batch_max));
    return absl::OkStatus();
  }));
  Delivered delivered;
  for (const Mail& mail : mails) {
    const Delivery& delivery = mail.delivery;
    // More attempts than allowed were begun and none ended: it kills its workers.
    absl::Status status =
        delivery.attempts > options.retry.attempts_max
            ? absl::FailedPreconditionError("no attempt came to an end")
            : mailer.Send({.message_id = delivery.id + "@" + options.message_id_domain,
                           .to = delivery.address,
                           .subject = mail.title,
                           .body = mail.body,
                           .date = delivery.create_time});
    const absl::Time now = clock.Now();
    const absl::Time next = now + WaitAfter(options.retry, delivery.attempts, Chance(entropy));
    const bool give_up =
        absl::IsFailedPrecondition(status) || delivery.attempts >= options.retry.attempts_max;
    const std::string error(status.message());
    RETURN_IF_ERROR(database.WriteNow([&](platform::Transaction& tx) -> absl::Status {
      if (status.ok()) return store.MarkSent(tx, delivery, lease).status();
      if (give_up) return store.MarkFailed(tx, delivery, lease, error).status();
      return store.Retry(tx, delivery, lease, error, next).status();
    }));
    ++(status.ok() ? delivered.sent : give_up ? delivered.failed : delivered.delayed);
  }
  return delivered;
}

}  // namespace assay::notifications
