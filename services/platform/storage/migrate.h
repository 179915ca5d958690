// Schema versions. A migration is one .sql file per engine, with the same number
// and meaning on both; it is never edited once merged (its hash is kept).
#pragma once
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "services/platform/storage/database.h"

namespace assay::platform {

struct Migration {
  int version;            // 1, 2, 3, … without gaps.
  std::string_view name;  // "0003_add_reverse_lookup_index"
  std::string_view sqlite;
  std::string_view postgres;
};

// The migrations of one component, embedded at build time by assay_sql().
struct MigrationSet {
  std::string_view component;  // "approval", "platform"
  std::vector<Migration> migrations;
};

// Applies what is missing, each in a transaction of its own, under a lock that
// keeps two starters from doing it at once.
absl::Status Migrate(Database& database, const MigrationSet& set);

// Returns FAILED_PRECONDITION unless the database is at the set's last version
// and every applied migration still has the hash it was applied with.
absl::Status CheckSchema(Database& database, const MigrationSet& set);

// The tables that the platform itself needs in each service's database:
// request ids, outbox, claimed events, dead letters.
const MigrationSet& Migrations();

}  // namespace assay::platform
