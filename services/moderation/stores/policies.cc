#include "services/moderation/stores/policies.h"

#include <utility>

#include "services/platform/core/status_macros.h"
#include "services/platform/storage/database.h"

namespace assay::moderation {
namespace {

using platform::SqlRow;
using platform::SqlValue;

constexpr absl::CivilDay kDayZero(1970, 1, 1);

StoredPolicy PolicyFrom(const SqlRow& row) {
  return {.policy = std::string(row.Text(0)),
          .version = static_cast<int>(row.Int(1)),
          .document = std::string(row.Text(2)),
          .created_by = std::string(row.Text(3)),
          .create_time = absl::FromUnixMicros(row.Int(4))};
}

}  // namespace

absl::StatusOr<std::string> PolicyStore::Generation(Tx& tx, std::string_view tenant) {
  std::string generation;
  RETURN_IF_ERROR(tx.Query("SELECT generation FROM policy_generations WHERE tenant = $1", {tenant},
                           [&](const SqlRow& row) {
                             generation = row.Text(0);
                             return absl::OkStatus();
                           }));
  return generation;
}

absl::StatusOr<bool> PolicyStore::Insert(Tx& tx, std::string_view tenant,
                                         const StoredPolicy& policy, std::string_view generation) {
  ASSIGN_OR_RETURN(
      const std::int64_t rows,
      tx.Execute("INSERT INTO policy_versions (tenant, policy, version, document, created_by, "
                 "created_at) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING",
                 {tenant, policy.policy, policy.version, policy.document, policy.created_by,
                  absl::ToUnixMicros(policy.create_time)}));
  if (rows == 0) return false;
  RETURN_IF_ERROR(tx.Execute("INSERT INTO policy_generations (tenant, generation) VALUES ($1, $2) "
                             "ON CONFLICT (tenant) DO UPDATE SET generation = excluded.generation",
                             {tenant, generation})
                      .status());
  return true;
}

absl::StatusOr<std::vector<StoredPolicy>> PolicyStore::Load(Tx& tx, std::string_view tenant) {
  std::vector<StoredPolicy> policies;
  RETURN_IF_ERROR(tx.Query(
      "SELECT policy, version, document, created_by, created_at FROM policy_versions WHERE "
      "tenant = $1 ORDER BY policy, version",
      {tenant}, [&](const SqlRow& row) {
        policies.push_back(PolicyFrom(row));
        return absl::OkStatus();
      }));
  return policies;
}

absl::StatusOr<std::optional<StoredPolicy>> PolicyStore::Get(Tx& tx, std::string_view tenant,
                                                             std::string_view policy, int version) {
  std::optional<StoredPolicy> found;
  RETURN_IF_ERROR(tx.Query(
      "SELECT policy, version, document, created_by, created_at FROM policy_versions WHERE "
      "tenant = $1 AND policy = $2 AND version = $3",
      {tenant, policy, version}, [&](const SqlRow& row) {
        found = PolicyFrom(row);
        return absl::OkStatus();
      }));
  return found;
}

absl::Status PolicyStore::NoteUse(Tx& tx, std::string_view tenant, std::string_view policy,
                                  const PolicyUse& use) {
  // Most decisions are not the day's first: they only read, and do not wait for each other.
  bool noted = false;
  const SqlValue values[] = {tenant, policy, use.day - kDayZero, use.version};
  RETURN_IF_ERROR(
      tx.Query("SELECT 1 FROM policy_uses WHERE tenant = $1 AND policy = $2 AND day = $3 AND "
               "version = $4",
               values, [&](const SqlRow&) {
                 noted = true;
                 return absl::OkStatus();
               }));
  if (noted) return absl::OkStatus();
  return tx
      .Execute(
          "INSERT INTO policy_uses (tenant, policy, day, version) VALUES ($1, $2, $3, $4) "
          "ON CONFLICT DO NOTHING",
          values)
      .status();
}

absl::StatusOr<std::optional<PolicyUse>> PolicyStore::LastUse(Tx& tx, std::string_view tenant,
                                                              std::string_view policy,
                                                              absl::CivilDay from) {
  std::optional<PolicyUse> last;
  RETURN_IF_ERROR(
      tx.Query("SELECT version, day FROM policy_uses WHERE tenant = $1 AND policy = $2 AND "
               "day >= $3 ORDER BY day DESC, version DESC LIMIT 1",
               {tenant, policy, from - kDayZero}, [&](const SqlRow& row) {
                 last = {.version = static_cast<int>(row.Int(0)), .day = kDayZero + row.Int(1)};
                 return absl::OkStatus();
               }));
  return last;
}

absl::Status PolicyStore::PutChoices(Tx& tx, std::string_view tenant, std::string_view series,
                                     std::string_view component,
                                     const std::map<std::string, std::string>& choices) {
  static constexpr std::string_view kColumns[] = {"tenant", "series", "component", "kind",
                                                  "policy"};
  auto choice = choices.begin();
  return tx.BulkInsert("component_policies", kColumns, static_cast<std::int64_t>(choices.size()),
                       [&](std::int64_t, std::span<SqlValue> out) {
                         out[0] = tenant;
                         out[1] = series;
                         out[2] = component;
                         out[3] = choice->first;
                         out[4] = choice->second;
                         ++choice;
                       });
}

absl::StatusOr<std::map<std::string, std::map<std::string, std::string>>> PolicyStore::Choices(
    Tx& tx, std::string_view tenant, std::string_view series, std::string_view component) {
  std::map<std::string, std::map<std::string, std::string>> choices;
  RETURN_IF_ERROR(tx.Query(
      "SELECT component, kind, policy FROM component_policies WHERE tenant = $1 AND series = $2 "
      "AND ($3 = '' OR component = $3)",
      {tenant, series, component}, [&](const SqlRow& row) {
        choices[std::string(row.Text(0))][std::string(row.Text(1))] = row.Text(2);
        return absl::OkStatus();
      }));
  return choices;
}

}  // namespace assay::moderation
