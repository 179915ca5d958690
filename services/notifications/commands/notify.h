// Turns one event into messages, and e-mails for the mailboxes that have an address.
#pragma once
#include "absl/status/status.h"
#include "services/notifications/store.h"
#include "services/notifications/templates.h"
#include "services/platform/core/clock.h"
#include "services/platform/core/id.h"
#include "services/platform/events/event.h"
#include "services/platform/storage/database.h"

namespace assay::notifications {

// Claims the event in the same transaction: however often it comes, each mailbox gets
// one message and each address one e-mail (NOT-2). `with_mail`: a mail server is set.
absl::Status Notify(platform::Database& database, const platform::Clock& clock,
                    platform::IdSource& ids, Store& store, const Templates& templates,
                    bool with_mail, const platform::Event& event);

}  // namespace assay::notifications
