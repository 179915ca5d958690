// A request id makes a mutating call safe to repeat (AIP-155).
//
// The first success's reply is stored in the transaction of its effect; a repeat
// with the same id and body gets that reply back without running again.
#pragma once
#include <string>
#include <string_view>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/platform/storage/database.h"

namespace assay::platform {

struct OnceKey {
  std::string_view tenant;
  std::string_view caller;      // Principal's subject.
  std::string_view method;      // "assay.moderation.v1.SampleService/DrawSample"
  std::string_view request_id;  // UUID; empty: not idempotent, `effect` just runs.
  std::string_view body_hash;   // SHA-256 of the request without its request_id.
};

inline constexpr absl::Duration kRequestIdLifetime = absl::Hours(24);

// Returns INVALID_ARGUMENT (REQUEST_ID_REUSED) if the id was used with another
// body, INVALID_ARGUMENT (REQUEST_ID_INVALID) if it is not a UUID, else the
// stored or the new reply, or effect's error (which stores nothing).
absl::StatusOr<std::string> Once(Transaction& tx, const OnceKey& key, absl::Time now,
                                 absl::FunctionRef<absl::StatusOr<std::string>()> effect);

// Deletes at most `limit` keys older than kRequestIdLifetime; returns how many.
absl::StatusOr<std::int64_t> ForgetOldRequests(Transaction& tx, absl::Time now, int limit);

}  // namespace assay::platform
