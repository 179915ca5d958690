#include "services/platform/storage/migrate.h"

#include <map>
#include <string>

#include "absl/strings/str_cat.h"
#include "services/platform/core/sha256.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/core/view.h"
#include "services/platform/log/log.h"

namespace assay::platform {
namespace {

// CURRENT_TIMESTAMP: who applied what when is for people; no code reads it.
constexpr std::string_view kCreateTable =
    "CREATE TABLE IF NOT EXISTS schema_versions ("
    " component TEXT NOT NULL,"
    " version BIGINT NOT NULL,"
    " name TEXT NOT NULL,"
    " sha256 TEXT NOT NULL,"
    " applied_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP,"
    " PRIMARY KEY (component, version))";
// The letters "assay"; any number that nobody else on the server uses.
constexpr std::string_view kLockCreation = "SELECT pg_advisory_xact_lock(418565218681)";
// LOCK TABLE takes no snapshot, so what is read after it is what the one before us committed.
constexpr std::string_view kLockVersions = "LOCK TABLE schema_versions IN EXCLUSIVE MODE";

std::string_view SqlOf(const Migration& migration, Engine engine) {
  return engine == Engine::kSqlite ? migration.sqlite : migration.postgres;
}

absl::Status CheckSet(const MigrationSet& set) {
  int expected = 1;
  for (const Migration& migration : set.migrations) {
    if (migration.version != expected) {
      return absl::InvalidArgumentError(
          absl::StrCat(View(set.component), ": migration ", View(migration.name),
                       " should have the number ", expected, ": numbers have no gaps"));
    }
    ++expected;
  }
  return absl::OkStatus();
}

using Applied = std::map<int, std::string>;  // Version → SHA-256.

absl::StatusOr<Applied> ReadApplied(Transaction& tx, std::string_view component) {
  Applied applied;
  RETURN_IF_ERROR(tx.Query("SELECT version, sha256 FROM schema_versions WHERE component = $1",
                           {component}, [&](const SqlRow& row) {
                             applied[static_cast<int>(row.Int(0))] = row.Text(1);
                             return absl::OkStatus();
                           }));
  return applied;
}

// Every applied migration must be one that we have, unchanged, and none may be missing between.
absl::Status CheckApplied(const Applied& applied, const MigrationSet& set, Engine engine) {
  for (const auto& [version, sha256] : applied) {
    if (version > static_cast<int>(set.migrations.size())) {
      return absl::FailedPreconditionError(absl::StrCat(
          "the database's ", View(set.component), " tables are at version ", version,
          "; this program knows up to ", set.migrations.size(), ": start a newer program"));
    }
    if (version < 1 || (version > 1 && !applied.contains(version - 1))) {
      return absl::FailedPreconditionError(absl::StrCat("the database has ", View(set.component),
                                                        " version ", version,
                                                        " but not the one before it"));
    }
    const Migration& migration = set.migrations[static_cast<std::size_t>(version - 1)];
    if (sha256 != Sha256Hex(SqlOf(migration, engine))) {
      return absl::FailedPreconditionError(
          absl::StrCat("migration ", View(migration.name), " of ", View(set.component),
                       " was changed after it was applied; add a new one instead"));
    }
  }
  return absl::OkStatus();
}

// Applies the next missing migration; `done` tells that there was none.
absl::Status ApplyNext(Transaction& tx, const MigrationSet& set, Engine engine, bool& done) {
  if (engine == Engine::kPostgres) RETURN_IF_ERROR(tx.ExecuteScript(kLockVersions));
  ASSIGN_OR_RETURN(const Applied applied, ReadApplied(tx, set.component));
  RETURN_IF_ERROR(CheckApplied(applied, set, engine));
  done = applied.size() == set.migrations.size();
  if (done) return absl::OkStatus();
  const Migration& next = set.migrations[applied.size()];
  const std::string_view sql = SqlOf(next, engine);
  if (absl::Status status = tx.ExecuteScript(sql); !status.ok()) {
    return absl::Status(status.code(), absl::StrCat("migration ", View(next.name), " of ",
                                                    View(set.component), ": ", status.message()));
  }
  return tx
      .Execute(
          "INSERT INTO schema_versions (component, version, name, sha256)"
          " VALUES ($1, $2, $3, $4)",
          {set.component, next.version, next.name, Sha256Hex(sql)})
      .status();
}

absl::StatusOr<bool> HasTable(Transaction& tx, Engine engine) {
  bool found = false;
  RETURN_IF_ERROR(tx.Query(engine == Engine::kSqlite
                               ? "SELECT COUNT(*) FROM sqlite_schema WHERE name = $1"
                               : "SELECT COUNT(*) FROM pg_class WHERE oid = to_regclass($1)",
                           {"schema_versions"}, [&](const SqlRow& row) {
                             found = row.Int(0) > 0;
                             return absl::OkStatus();
                           }));
  return found;
}

}  // namespace

absl::Status Migrate(Database& database, const MigrationSet& set) {
  RETURN_IF_ERROR(CheckSet(set));
  const Engine engine = database.engine();
  RETURN_IF_ERROR(database.WriteNow([&](Transaction& tx) {
    if (engine == Engine::kPostgres) RETURN_IF_ERROR(tx.ExecuteScript(kLockCreation));
    return tx.ExecuteScript(kCreateTable);
  }));
  // One more round than there are migrations: the last one finds nothing to do.
  bool done = false;
  for (std::size_t i = 0; i <= set.migrations.size() && !done; ++i) {
    RETURN_IF_ERROR(
        database.WriteNow([&](Transaction& tx) { return ApplyNext(tx, set, engine, done); }));
  }
  return absl::OkStatus();
}

absl::Status CheckSchema(Database& database, const MigrationSet& set) {
  RETURN_IF_ERROR(CheckSet(set));
  return database.ReadNow([&](Transaction& tx) -> absl::Status {
    Applied applied;
    ASSIGN_OR_RETURN(const bool has_table, HasTable(tx, database.engine()));
    if (has_table) {
      ASSIGN_OR_RETURN(applied, ReadApplied(tx, set.component));
    }
    RETURN_IF_ERROR(CheckApplied(applied, set, database.engine()));
    if (applied.size() == set.migrations.size()) return absl::OkStatus();
    return absl::FailedPreconditionError(absl::StrCat(
        "the database's ", View(set.component), " tables are at version ", applied.size(),
        " and must be at ", set.migrations.size(), ": run this program once with --migrate"));
  });
}

}  // namespace assay::platform
