// What evidence tells others, and what it hears from them.
#pragma once
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/evidence/model.h"
#include "services/evidence/store.h"
#include "services/platform/core/clock.h"
#include "services/platform/core/id.h"
#include "services/platform/events/event.h"
#include "services/platform/rpc/call.h"
#include "services/platform/storage/database.h"

namespace assay::evidence {

absl::Status EmitUploaded(platform::Transaction& tx, const platform::Call& call,
                          platform::IdSource& ids, const Evidence& evidence);
absl::Status EmitLinked(platform::Transaction& tx, const platform::Call& call,
                        platform::IdSource& ids, const Evidence& evidence,
                        std::string_view subject);

absl::Status EmitDeleted(platform::Transaction& tx, const platform::Call& call,
                         platform::IdSource& ids, const Evidence& evidence,
                         std::string_view reason);

// Takes moderation's events: SubmissionAllocated and ReviewAccepted let the moderator, then the
// reviewer, reach what is linked to the submission (EVD-6); EvidenceLockChanged says how long that
// must be kept (MOD-13); others pass. Once in effect per event.
absl::Status OnEvent(platform::Database& database, const platform::Clock& clock, Store& store,
                     const platform::Event& event);

}  // namespace assay::evidence
