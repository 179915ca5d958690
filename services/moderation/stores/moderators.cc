#include "services/moderation/stores/moderators.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/moderation/errors.h"
#include "services/moderation/store.h"
#include "services/moderation/stores/sql.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/core/view.h"
#include "services/platform/error/error.h"

namespace assay::moderation {
namespace {

using platform::Error;
using platform::SqlRow;
using platform::SqlValue;
using platform::Transaction;
using platform::View;

// What a moderator has counts against the capacity while there is work to do.
constexpr int kOpen = static_cast<int>(State::kAllocated);

std::string DayText(const std::optional<absl::CivilDay>& day) {
  return day.has_value() ? absl::FormatCivilTime(*day) : "";
}
std::optional<absl::CivilDay> DayFrom(std::string_view text) {
  absl::CivilDay day;
  if (!absl::ParseCivilTime(View(text), &day)) return std::nullopt;
  return day;
}

Moderator ModeratorFrom(const SqlRow& row) {
  return {.id = std::string(row.Text(0)),
          .subject = std::string(row.Text(1)),
          .title = std::string(row.Text(2)),
          .capacity = row.Int(3),
          .script_capacity = row.Int(4),
          .seniority = row.Int(5),
          .unavailable = row.Int(6) != 0,
          .unavailable_reason = std::string(row.Text(7)),
          .allocated = row.Int(8),
          .scripts = row.Int(9),
          .create_time = TimeAt(row, 10),
          .version = row.Int(11)};
}

// Conflicts and competences of moderators in the order of ids, from the first to the last of them.
absl::Status AddLists(Transaction& tx, std::string_view tenant, std::span<Moderator> moderators) {
  if (moderators.empty()) return absl::OkStatus();
  auto at = moderators.begin();
  RETURN_IF_ERROR(tx.Query(
      "SELECT moderator, centre, kind, first_day, last_day, reason FROM declared_conflicts WHERE "
      "tenant = $1 AND moderator >= $2 AND moderator <= $3 ORDER BY moderator, number",
      {tenant, moderators.front().id, moderators.back().id}, [&](const SqlRow& row) {
        while (at->id < row.Text(0)) ++at;
        at->conflicts.push_back({.centre = std::string(row.Text(1)),
                                 .kind = static_cast<ConflictKind>(row.Int(2)),
                                 .first_day = DayFrom(row.Text(3)),
                                 .last_day = DayFrom(row.Text(4)),
                                 .reason = std::string(row.Text(5))});
        return absl::OkStatus();
      }));
  at = moderators.begin();
  return tx.Query(
      "SELECT moderator, competence FROM moderator_competences WHERE tenant = $1 AND moderator >= "
      "$2 AND moderator <= $3 ORDER BY moderator, competence",
      {tenant, moderators.front().id, moderators.back().id}, [&](const SqlRow& row) {
        while (at->id < row.Text(0)) ++at;
        at->competences.emplace_back(row.Text(1));
        return absl::OkStatus();
      });
}

// Those after an id, or the one with it; all of them if `limit` is 0.
absl::StatusOr<std::vector<Moderator>> Load(Transaction& tx, std::string_view tenant,
                                            std::string_view id, std::string_view after,
                                            int limit) {
  Statement sql(
      "SELECT m.id, m.subject, m.title, m.capacity, m.script_capacity, m.seniority, m.unavailable, "
      "m.unavailable_reason, (SELECT COUNT(*) FROM submissions s WHERE s.tenant = m.tenant AND "
      "s.moderator = m.id AND s.state = ");
  // A consortium is one submission to whoever moderates it (MOD-5).
  sql.Bind(kOpen).Add(
      ") - (SELECT COUNT(*) FROM submissions s WHERE s.tenant = m.tenant AND s.moderator = m.id "
      "AND s.consortium <> '' AND s.state = ");
  sql.Bind(kOpen).Add(
      " AND EXISTS (SELECT 1 FROM submissions f WHERE f.tenant = s.tenant AND f.series = s.series "
      "AND f.component = s.component AND f.consortium = s.consortium AND f.consortium <> '' AND "
      "f.id < s.id AND f.state = s.state)), (SELECT CAST(COALESCE(SUM(s.script_count), 0) AS "
      "BIGINT) FROM submissions s WHERE "
      "s.tenant = m.tenant AND s.moderator = m.id AND s.state = ");
  sql.Bind(kOpen).Add("), m.created_at, m.version FROM moderators m WHERE m.tenant = ");
  sql.Bind(tenant);
  if (!id.empty()) sql.Add(" AND m.id = ").Bind(id);
  if (!after.empty()) sql.Add(" AND m.id > ").Bind(after);
  sql.Add(" ORDER BY m.id");
  if (limit > 0) sql.Add(" LIMIT ").Bind(limit);
  ASSIGN_OR_RETURN(auto found, Collect<Moderator>(tx, sql.sql(), sql.values(), ModeratorFrom));
  RETURN_IF_ERROR(AddLists(tx, tenant, found));
  return found;
}

absl::Status InsertLists(Transaction& tx, std::string_view tenant, const Moderator& m) {
  static constexpr std::string_view kConflicts[] = {"tenant", "moderator", "number",   "centre",
                                                    "kind",   "first_day", "last_day", "reason"};
  std::string first, last;
  RETURN_IF_ERROR(tx.BulkInsert("declared_conflicts", kConflicts,
                                static_cast<std::int64_t>(m.conflicts.size()),
                                [&](std::int64_t i, std::span<SqlValue> out) {
                                  const Conflict& conflict = m.conflicts[i];
                                  first = DayText(conflict.first_day);
                                  last = DayText(conflict.last_day);
                                  out[0] = tenant;
                                  out[1] = m.id;
                                  out[2] = i + 1;
                                  out[3] = conflict.centre;
                                  out[4] = static_cast<int>(conflict.kind);
                                  out[5] = first;
                                  out[6] = last;
                                  out[7] = conflict.reason;
                                }));
  static constexpr std::string_view kCompetences[] = {"tenant", "moderator", "competence"};
  return tx.BulkInsert("moderator_competences", kCompetences,
                       static_cast<std::int64_t>(m.competences.size()),
                       [&](std::int64_t i, std::span<SqlValue> out) {
                         out[0] = tenant;
                         out[1] = m.id;
                         out[2] = m.competences[i];
                       });
}

}  // namespace

absl::StatusOr<std::vector<Moderator>> LoadModerators(Transaction& tx, std::string_view tenant) {
  return Load(tx, tenant, "", "", 0);
}

absl::StatusOr<Moderator> LoadModerator(Transaction& tx, std::string_view tenant,
                                        std::string_view id) {
  // An empty id would be all of them.
  std::vector<Moderator> found;
  if (!id.empty()) {
    ASSIGN_OR_RETURN(found, Load(tx, tenant, id, "", 1));
  }
  if (!found.empty()) return std::move(found[0]);
  return Error(absl::StatusCode::kNotFound, kModeratorNotFound, "there is no such moderator")
      .With("moderator", absl::StrCat("moderators/", View(id)));
}

absl::Status Store::InsertModerator(Tx& tx, std::string_view tenant, const Moderator& m) {
  ASSIGN_OR_RETURN(
      const std::int64_t rows,
      tx.Execute("INSERT INTO moderators (tenant, id, subject, title, capacity, script_capacity, "
                 "seniority, unavailable, unavailable_reason, created_at, version) VALUES ($1, $2, "
                 "$3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT DO NOTHING",
                 {tenant, m.id, m.subject, m.title, m.capacity, m.script_capacity, m.seniority,
                  m.unavailable ? 1 : 0, m.unavailable_reason, Micros(m.create_time), m.version}));
  if (rows == 0) {
    return Error(absl::StatusCode::kAlreadyExists, kModeratorExists,
                 "this subject is a moderator already")
        .With("subject", m.subject);
  }
  return InsertLists(tx, tenant, m);
}

absl::Status Store::UpdateModerator(Tx& tx, std::string_view tenant, Moderator& m) {
  ASSIGN_OR_RETURN(
      const std::int64_t rows,
      tx.Execute("UPDATE moderators SET title = $1, capacity = $2, script_capacity = $3, seniority "
                 "= $4, unavailable = $5, unavailable_reason = $6, version = version + 1 WHERE "
                 "tenant = $7 AND id = $8 AND version = $9",
                 {m.title, m.capacity, m.script_capacity, m.seniority, m.unavailable ? 1 : 0,
                  m.unavailable_reason, tenant, m.id, m.version}));
  if (rows == 0) {
    return Error(absl::StatusCode::kAborted, "ETAG_MISMATCH",
                 "the moderator has changed meanwhile; get them and try again")
        .With("name", absl::StrCat("moderators/", m.id));
  }
  ++m.version;
  for (const char* table : {"declared_conflicts", "moderator_competences"}) {
    RETURN_IF_ERROR(
        tx.Execute(absl::StrCat("DELETE FROM ", table, " WHERE tenant = $1 AND moderator = $2"),
                   {tenant, m.id})
            .status());
  }
  return InsertLists(tx, tenant, m);
}

absl::StatusOr<Moderator> Store::GetModerator(Tx& tx, std::string_view tenant,
                                              std::string_view id) {
  return LoadModerator(tx, tenant, id);
}

absl::StatusOr<std::vector<Moderator>> Store::ListModerators(Tx& tx, std::string_view tenant,
                                                             std::string_view after, int limit) {
  return Load(tx, tenant, "", after, limit);
}

}  // namespace assay::moderation
