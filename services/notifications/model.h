// The nouns of notifications, free of transport and storage.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"

namespace assay::notifications {

// Something that happened, in words, in one mailbox: "users/…", "centres/…", "roles/…".
struct Message {
  std::string id;     // Sorts by arrival.
  std::string event;  // The event's id: with the mailbox it makes the message once (NOT-2).
  std::string mailbox;
  std::string kind;  // The event's type.
  std::string title;
  std::string body;
  std::string subject;
  absl::Time create_time;
  std::optional<absl::Time> read_time;  // By the caller.
};

struct Contact {
  std::string mailbox;
  std::string email;  // Empty: no e-mail.
  std::int64_t version = 0;
};

enum class DeliveryState { kWaiting = 1, kSent = 2, kFailed = 3 };

// One e-mail, and the job that sends it.
struct Delivery {
  std::string tenant;
  std::string id;  // Its Message-ID too, the same in every attempt.
  std::string message;
  std::string event;
  std::string address;
  DeliveryState state = DeliveryState::kWaiting;
  int attempts = 0;
  std::string error;
  absl::Time create_time;
};

// True for "users/{user}", "centres/{centre}" and "roles/{role}".
bool IsMailbox(std::string_view text);

// True for an address that can stand in an SMTP command and a header: one '@', printable
// ASCII without spaces or brackets, no longer than SMTP takes.
bool IsEmailAddress(std::string_view text);

// How long to wait after the n-th failed attempt (1, 2, …): twice as long each time,
// between half and one and a half of that by `chance` in [0, 1), and bounded.
struct RetryPolicy {
  int attempts_max = 8;
  absl::Duration first = absl::Seconds(30);
  absl::Duration longest = absl::Hours(6);
};
absl::Duration WaitAfter(const RetryPolicy& policy, int attempts, double chance);

}  // namespace assay::notifications
