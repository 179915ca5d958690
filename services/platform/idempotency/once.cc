#include "services/platform/idempotency/once.h"

#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/core/view.h"
#include "services/platform/error/error.h"

namespace assay::platform {
namespace {

// 8-4-4-4-12 hexadecimal digits, of any version (RFC 9562's text form).
bool IsUuid(std::string_view text) {
  if (text.size() != 36) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    if (dash ? text[i] != '-' : !absl::ascii_isxdigit(static_cast<unsigned char>(text[i]))) {
      return false;
    }
  }
  return true;
}

struct Stored {
  std::string body_hash;
  std::string reply;
};

absl::StatusOr<std::optional<Stored>> Find(Transaction& tx, const OnceKey& key,
                                           std::string_view request_id) {
  std::optional<Stored> found;
  RETURN_IF_ERROR(
      tx.Query("SELECT body_hash, reply FROM request_ids"
               " WHERE request_id = $1 AND tenant = $2 AND caller = $3 AND method = $4",
               {request_id, key.tenant, key.caller, key.method}, [&](const SqlRow& row) {
                 found = Stored{std::string(row.Bytes(0)), std::string(row.Bytes(1))};
                 return absl::OkStatus();
               }));
  return found;
}

}  // namespace

absl::StatusOr<std::string> Once(Transaction& tx, const OnceKey& key, absl::Time now,
                                 absl::FunctionRef<absl::StatusOr<std::string>()> effect) {
  if (key.request_id.empty()) return effect();
  if (!IsUuid(key.request_id)) {
    return Error(absl::StatusCode::kInvalidArgument, "REQUEST_ID_INVALID",
                 "the request id is not a UUID; make a new one for each new request")
        .With("request_id", key.request_id)
        .Field("request_id", "is not a UUID");
  }
  // RFC 9562: hexadecimal digits compare without regard to case.
  const std::string request_id = absl::AsciiStrToLower(View(key.request_id));
  ASSIGN_OR_RETURN(std::optional<Stored> stored, Find(tx, key, request_id));
  if (stored.has_value()) {
    if (stored->body_hash == key.body_hash) return std::move(stored->reply);
    return Error(absl::StatusCode::kInvalidArgument, "REQUEST_ID_REUSED",
                 "the request id was used before with another request; make a new one")
        .With("request_id", key.request_id)
        .Field("request_id", "was used with another request");
  }
  ASSIGN_OR_RETURN(std::string reply, effect());
  RETURN_IF_ERROR(tx.Execute("INSERT INTO request_ids"
                             " (request_id, tenant, caller, method, body_hash, reply, created_at)"
                             " VALUES ($1, $2, $3, $4, $5, $6, $7)",
                             {request_id, key.tenant, key.caller, key.method, Blob{key.body_hash},
                              Blob{reply}, absl::ToUnixMicros(now)})
                      .status());
  return reply;
}

absl::StatusOr<std::int64_t> ForgetOldRequests(Transaction& tx, absl::Time now, int limit) {
  return tx.Execute(
      "DELETE FROM request_ids WHERE (request_id, tenant, caller, method) IN"
      " (SELECT request_id, tenant, caller, method FROM request_ids"
      "  WHERE created_at < $1 ORDER BY created_at LIMIT $2)",
      {absl::ToUnixMicros(now - kRequestIdLifetime), limit});
}

}  // namespace assay::platform
