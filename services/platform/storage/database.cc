#include "services/platform/storage/database.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "services/platform/error/error.h"
#include "services/platform/log/log.h"
#include "services/platform/storage/engines.h"

namespace assay::platform {
namespace storage {
namespace {

thread_local bool inside_body = false;

}  // namespace

absl::Status RunBody(Database::Body& body, Transaction& tx) {
  const bool outer = std::exchange(inside_body, true);
  absl::Status status = body(tx);
  inside_body = outer;
  return status;
}

bool InsideBody() { return inside_body; }

absl::Status BusyError(int waiting_max) {
  return Error(absl::StatusCode::kResourceExhausted, "SERVER_BUSY",
               "too many changes wait to be stored; try again after a moment")
      .With("waiting_max", absl::StrCat(waiting_max));
}

absl::Status StoppedError() { return absl::UnavailableError("the database is being closed"); }

absl::Status TextError(std::string_view what) {
  return Error(absl::StatusCode::kInvalidArgument, "FIELD_INVALID", what);
}

bool IsPlainName(std::string_view name) {
  return !name.empty() && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  });
}

}  // namespace storage

absl::Status Transaction::ExecuteScript(std::string_view) {
  return absl::UnimplementedError("this transaction runs no scripts");
}

absl::Status Database::ReadNow(absl::FunctionRef<absl::Status(Transaction&)> body) {
  ASSAY_CHECK(!storage::InsideBody());  // It could wait for itself.
  absl::Notification finished;
  absl::Status result;
  Read([&](Transaction& tx) { return body(tx); },
       [&](absl::Status status) {
         result = std::move(status);
         finished.Notify();
       });
  finished.WaitForNotification();
  return result;
}

absl::Status Database::WriteNow(absl::FunctionRef<absl::Status(Transaction&)> body) {
  ASSAY_CHECK(!storage::InsideBody());  // It could wait for itself.
  absl::Notification finished;
  absl::Status result;
  Write([&](Transaction& tx) { return body(tx); },
        [&](absl::Status status) {
          result = std::move(status);
          finished.Notify();
        });
  finished.WaitForNotification();
  return result;
}

absl::StatusOr<std::unique_ptr<Database>> OpenDatabase(DatabaseOptions options) {
  if (options.waiting_writes_max < 1 || options.connections_max < 1) {
    return absl::InvalidArgumentError("waiting_writes_max and connections_max must be positive");
  }
  const std::string& uri = options.uri;
  if (absl::StartsWith(uri, "sqlite:")) return storage::OpenSqlite(std::move(options));
  if (absl::StartsWith(uri, "postgresql://") || absl::StartsWith(uri, "postgres://")) {
    return storage::OpenPostgres(std::move(options));
  }
  // Not quoted: it may hold a password.
  return absl::InvalidArgumentError(
      "a database URI begins with sqlite: or postgresql://, for example "
      "sqlite:/var/lib/assay/x.db");
}

}  // namespace assay::platform
