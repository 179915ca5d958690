#include "services/approval/stores/centre_sources.h"

#include <utility>

#include "services/approval/stores/in_list.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/storage/database.h"

namespace assay::approval {
namespace {

using platform::SqlRow;
using platform::SqlValue;
using platform::Transaction;

constexpr std::string_view kSourceColumns[] = {"tenant", "centre", "source",   "origin",
                                               "facts",  "merged", "update_us"};
constexpr std::string_view kKeyColumns[] = {"tenant", "centre", "key"};

StoredSource SourceOf(const SqlRow& row) {
  return {
      std::string(row.Text(0)),
      {std::string(row.Text(1)), std::string(row.Text(2)), Decode(row.Text(3)), row.Int(4) != 0},
      absl::FromUnixMicros(row.Int(5))};
}

}  // namespace

absl::StatusOr<std::map<std::string, std::vector<SourceFacts>>> CentreSourceStore::Load(
    Transaction& tx, std::string_view tenant, std::span<const std::string> centres) {
  std::map<std::string, std::vector<SourceFacts>> found;
  RETURN_IF_ERROR(
      QueryIn(tx,
              "SELECT centre, source, origin, facts, merged, update_us FROM centre_sources "
              "WHERE tenant = $1 AND centre IN ",
              {tenant}, centres, "", [&](const SqlRow& row) {
                StoredSource source = SourceOf(row);
                found[source.centre].push_back(std::move(source.said));
                return absl::OkStatus();
              }));
  std::map<std::string, Facts> corrected;
  RETURN_IF_ERROR(QueryIn(tx,
                          "SELECT centre, field, value, withdrawn FROM centre_corrections "
                          "WHERE tenant = $1 AND centre IN ",
                          {tenant}, centres, " ORDER BY centre, number", [&](const SqlRow& row) {
                            Facts& facts = corrected[std::string(row.Text(0))];
                            if (row.Int(3) != 0) {
                              facts.erase(std::string(row.Text(1)));
                            } else {
                              facts[std::string(row.Text(1))] = row.Text(2);
                            }
                            return absl::OkStatus();
                          }));
  for (auto& [centre, facts] : corrected) {
    if (!facts.empty()) found[centre].push_back({std::string(kOfficer), "", std::move(facts)});
  }
  return found;
}

absl::StatusOr<std::vector<StoredSource>> CentreSourceStore::ListSources(Transaction& tx,
                                                                         std::string_view tenant,
                                                                         std::string_view centre) {
  std::vector<StoredSource> sources;
  RETURN_IF_ERROR(
      tx.Query("SELECT centre, source, origin, facts, merged, update_us FROM centre_sources "
               "WHERE tenant = $1 AND centre = $2 ORDER BY source, origin",
               {tenant, centre}, [&](const SqlRow& row) {
                 sources.push_back(SourceOf(row));
                 return absl::OkStatus();
               }));
  return sources;
}

absl::Status CentreSourceStore::Insert(Transaction& tx, std::string_view tenant,
                                       std::span<const StoredSource> sources) {
  if (sources.empty()) return absl::OkStatus();
  std::string facts;
  return tx.BulkInsert("centre_sources", kSourceColumns, static_cast<std::int64_t>(sources.size()),
                       [&](std::int64_t i, std::span<SqlValue> out) {
                         const StoredSource& source = sources[i];
                         facts = Encode(source.said.facts);
                         out[0] = tenant;
                         out[1] = source.centre;
                         out[2] = source.said.source;
                         out[3] = source.said.origin;
                         out[4] = facts;
                         out[5] = source.said.merged ? 1 : 0;
                         out[6] = absl::ToUnixMicros(source.update_time);
                       });
}

absl::Status CentreSourceStore::Put(Transaction& tx, std::string_view tenant,
                                    const StoredSource& source) {
  const std::string facts = Encode(source.said.facts);
  return tx
      .Execute(
          "INSERT INTO centre_sources (tenant, centre, source, origin, facts, merged, update_us) "
          "VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (tenant, centre, source, origin) "
          "DO UPDATE SET facts = excluded.facts, merged = excluded.merged, "
          "update_us = excluded.update_us",
          {tenant, source.centre, source.said.source, source.said.origin, facts,
           source.said.merged ? 1 : 0, absl::ToUnixMicros(source.update_time)})
      .status();
}

absl::Status CentreSourceStore::Move(Transaction& tx, std::string_view tenant,
                                     std::string_view from, std::string_view to) {
  return tx
      .Execute(
          "UPDATE centre_sources SET centre = $3, merged = 1 WHERE tenant = $1 AND centre = $2",
          {tenant, from, to})
      .status();
}

absl::Status CentreSourceStore::ForEachOrigin(
    Transaction& tx, std::string_view tenant, std::string_view source,
    absl::FunctionRef<void(std::string_view, std::string_view)> visit) {
  return tx.Query(
      "SELECT origin, centre FROM centre_sources WHERE tenant = $1 AND source = $2 "
      "ORDER BY centre, origin",
      {tenant, source}, [&](const SqlRow& row) {
        visit(row.Text(0), row.Text(1));
        return absl::OkStatus();
      });
}

absl::Status CentreSourceStore::AddCorrections(Transaction& tx, std::string_view tenant,
                                               std::span<const Correction> corrections) {
  for (const Correction& c : corrections) {
    RETURN_IF_ERROR(
        tx.Execute("INSERT INTO centre_corrections (tenant, centre, number, field, value, "
                   "withdrawn, reason, officer, time_us) SELECT $1, $2, "
                   "COALESCE(MAX(number), 0) + 1, $3, $4, $5, $6, $7, $8 "
                   "FROM centre_corrections WHERE tenant = $1 AND centre = $2",
                   {tenant, c.centre, c.field, c.value, c.withdrawn ? 1 : 0, c.reason, c.officer,
                    absl::ToUnixMicros(c.time)})
            .status());
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<Correction>> CentreSourceStore::ListCorrections(Transaction& tx,
                                                                           std::string_view tenant,
                                                                           std::string_view centre,
                                                                           int limit) {
  std::vector<Correction> corrections;
  RETURN_IF_ERROR(tx.Query(
      "SELECT field, value, withdrawn, reason, officer, time_us FROM centre_corrections "
      "WHERE tenant = $1 AND centre = $2 ORDER BY number DESC LIMIT $3",
      {tenant, centre, limit}, [&](const SqlRow& row) {
        corrections.push_back({std::string(centre), std::string(row.Text(0)),
                               std::string(row.Text(1)), row.Int(2) != 0, std::string(row.Text(3)),
                               std::string(row.Text(4)), absl::FromUnixMicros(row.Int(5))});
        return absl::OkStatus();
      }));
  return corrections;
}

absl::StatusOr<std::map<std::string, std::vector<std::string>>> CentreSourceStore::FindKeys(
    Transaction& tx, std::string_view tenant, std::span<const std::string> keys) {
  std::map<std::string, std::vector<std::string>> found;
  RETURN_IF_ERROR(QueryIn(tx, "SELECT key, centre FROM centre_keys WHERE tenant = $1 AND key IN ",
                          {tenant}, keys, " ORDER BY key, centre", [&](const SqlRow& row) {
                            found[std::string(row.Text(0))].emplace_back(row.Text(1));
                            return absl::OkStatus();
                          }));
  return found;
}

absl::Status CentreSourceStore::InsertKeys(Transaction& tx, std::string_view tenant,
                                           std::span<const CentreKey> keys) {
  if (keys.empty()) return absl::OkStatus();
  return tx.BulkInsertKept("centre_keys", kKeyColumns, static_cast<std::int64_t>(keys.size()),
                           [&](std::int64_t i, std::span<SqlValue> out) {
                             out[0] = tenant;
                             out[1] = keys[i].centre;
                             out[2] = keys[i].key;
                           });
}

absl::Status CentreSourceStore::SetKeys(Transaction& tx, std::string_view tenant,
                                        std::string_view centre,
                                        std::span<const std::string> keys) {
  RETURN_IF_ERROR(
      tx.Execute("DELETE FROM centre_keys WHERE tenant = $1 AND centre = $2", {tenant, centre})
          .status());
  std::vector<CentreKey> rows;
  for (const std::string& key : keys) rows.push_back({key, std::string(centre)});
  return InsertKeys(tx, tenant, rows);
}

}  // namespace assay::approval
