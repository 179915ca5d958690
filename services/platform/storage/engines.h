// What the two engines share, and how OpenDatabase reaches them. Private to the room.
#pragma once
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/platform/storage/database.h"

namespace assay::platform::storage {

absl::StatusOr<std::unique_ptr<Database>> OpenSqlite(DatabaseOptions options);
absl::StatusOr<std::unique_ptr<Database>> OpenPostgres(DatabaseOptions options);

// Runs `body` and remembers meanwhile that this thread does.
absl::Status RunBody(Database::Body& body, Transaction& tx);
bool InsideBody();

absl::Status BusyError(int waiting_max);
absl::Status StoppedError();
absl::Status TextError(std::string_view what);
// Table and column names are pasted into SQL: lower-case letters, digits and _ only.
bool IsPlainName(std::string_view name);

}  // namespace assay::platform::storage
