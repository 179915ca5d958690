// Sends the e-mails that are due.
//
// The table is the queue: a lease keeps two workers from one e-mail, and a worker that
// dies lets go of it when the lease ends. An e-mail that the server took just before such
// a death goes out again under the same Message-ID.
#pragma once
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/notifications/mail/mailer.h"
#include "services/notifications/model.h"
#include "services/notifications/store.h"
#include "services/platform/core/clock.h"
#include "services/platform/core/entropy.h"
#include "services/platform/core/id.h"
#include "services/platform/storage/database.h"

namespace assay::notifications {

struct DeliverOptions {
  std::string message_id_domain;
  RetryPolicy retry;
  int batch_max = 50;
  // Longer than one batch can take, so that a lease ends only if its worker did.
  absl::Duration lease = absl::Minutes(30);
};

struct Delivered {
  int sent = 0;
  int failed = 0;   // Given up.
  int delayed = 0;  // Will be tried again.
};

// One batch; blocks while it sends.
absl::StatusOr<Delivered> DeliverDue(platform::Database& database, const platform::Clock& clock,
                                     platform::IdSource& ids, platform::Entropy& entropy,
                                     Store& store, Mailer& mailer, const DeliverOptions& options);

}  // namespace assay::notifications
