// The words that outbox and queue share without seeing each other.
#pragma once
#include <string>
#include <string_view>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/time/time.h"

namespace assay::platform {

// Something that happened, in the past tense.
struct Event {
  std::string id;    // IdSource; the key of effect-once.
  std::string type;  // Full name of the payload message: "assay.moderation.v1.SampleDrawn".
  std::string tenant;
  std::string subject;  // Resource name: "series/…/submissions/…".
  std::string actor;    // Principal's subject that caused it.
  std::string trace;    // The x-request-id of the call that caused it.
  absl::Time time;
  std::string payload;  // The serialised message.
};

// "approval" → "assay:events:v1:approval".
std::string StreamOf(std::string_view service);

// Handles one event. Runs at least once; use ClaimEvent (platform/outbox) in the
// transaction of the effect to have the effect once.
using EventHandler = absl::AnyInvocable<absl::Status(const Event&)>;

}  // namespace assay::platform
