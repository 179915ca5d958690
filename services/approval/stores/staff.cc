#include "services/approval/stores/staff.h"

#include <utility>

#include "services/approval/errors.h"
#include "services/approval/stores/rows.h"
#include "services/platform/error/error.h"

namespace assay::approval {
namespace {

using platform::Error;
using platform::SqlRow;
using platform::SqlValue;
using platform::Transaction;
using platform::View;

constexpr std::string_view kColumns =
    "centre, id, display_name, subject, first_day, last_day, create_us, update_us, version";

absl::StatusOr<StaffRecord> RecordOf(const SqlRow& row) {
  StaffRecord s;
  s.centre = row.Text(0);
  s.id = row.Text(1);
  s.display_name = row.Text(2);
  s.subject = row.Text(3);
  ASSIGN_OR_RETURN(s.first_day, DayAt(row, 4));
  ASSIGN_OR_RETURN(s.last_day, OptionalDayAt(row, 5));
  s.create_time = absl::FromUnixMicros(row.Int(6));
  s.update_time = absl::FromUnixMicros(row.Int(7));
  s.version = row.Int(8);
  return s;
}

absl::StatusOr<RoleHeld> RoleOf(const SqlRow& row) {
  RoleHeld held;
  ASSIGN_OR_RETURN(held.role, EnumAt<StaffRole>(row, 0, kStaffRoles));
  ASSIGN_OR_RETURN(held.from, DayAt(row, 1));
  ASSIGN_OR_RETURN(held.until, OptionalDayAt(row, 2));
  return held;
}

absl::StatusOr<std::vector<RoleHeld>> RolesOf(Transaction& tx, std::string_view tenant,
                                              const StaffRecord& s) {
  const SqlValue values[] = {tenant, s.centre, s.id};
  return Collect<RoleHeld>(tx,
                           "SELECT role, first_day, end_day FROM staff_roles WHERE tenant = $1 AND "
                           "centre = $2 AND staff = $3 ORDER BY position",
                           values, RoleOf);
}

// To all of a page, which is in order, by one query.
absl::Status AddRoles(Transaction& tx, std::string_view tenant, std::vector<StaffRecord>& page) {
  if (page.empty()) return absl::OkStatus();
  std::size_t at = 0;
  const SqlValue values[] = {tenant, page.front().centre, page.front().id, page.back().centre,
                             page.back().id};
  return tx.Query(
      "SELECT role, first_day, end_day, centre, staff FROM staff_roles WHERE tenant = $1 AND "
      "(centre, staff) >= ($2, $3) AND (centre, staff) <= ($4, $5) ORDER BY centre, staff, "
      "position",
      values, [&](const SqlRow& row) -> absl::Status {
        const std::string_view centre = row.Text(3), id = row.Text(4);
        const auto before = [&] {
          return page[at].centre < centre || (page[at].centre == centre && page[at].id < id);
        };
        while (at + 1 < page.size() && before()) ++at;
        // A filtered page has not everybody in between.
        if (page[at].centre != centre || page[at].id != id) return absl::OkStatus();
        ASSIGN_OR_RETURN(RoleHeld held, RoleOf(row));
        page[at].roles.push_back(std::move(held));
        return absl::OkStatus();
      });
}

absl::Status InsertRoles(Transaction& tx, std::string_view tenant, const StaffRecord& s) {
  for (std::size_t i = 0; i < s.roles.size(); ++i) {
    const std::string first = TextOf(s.roles[i].from);
    const auto end = TextOf(s.roles[i].until);
    RETURN_IF_ERROR(tx.Execute("INSERT INTO staff_roles (tenant, centre, staff, position, role, "
                               "first_day, end_day) VALUES ($1, $2, $3, $4, $5, $6, $7)",
                               {tenant, s.centre, s.id, static_cast<std::int64_t>(i),
                                static_cast<int>(s.roles[i].role), first, end})
                        .status());
  }
  return absl::OkStatus();
}

Error Exists(const StaffRecord& s) {
  return Error(absl::StatusCode::kAlreadyExists, kStaffExists,
               absl::StrCat(s.subject, " is of the staff of centres/", s.centre, " already"))
      .With("centre", "centres/" + s.centre)
      .With("subject", s.subject);
}

// Somebody else of the centre is this user.
absl::StatusOr<bool> SubjectTaken(Transaction& tx, std::string_view tenant, const StaffRecord& s) {
  if (s.subject.empty()) return false;
  bool taken = false;
  RETURN_IF_ERROR(tx.Query(
      "SELECT id FROM staff WHERE tenant = $1 AND centre = $2 AND subject = $3 AND id <> $4",
      {tenant, s.centre, s.subject, s.id}, [&](const SqlRow&) {
        taken = true;
        return absl::OkStatus();
      }));
  return taken;
}

absl::StatusOr<CompetenceRecord> CompetenceOf(const SqlRow& row) {
  CompetenceRecord c;
  c.rule.id = row.Text(0);
  c.rule.qualification = row.Text(1);
  ASSIGN_OR_RETURN(c.rule.kind, EnumAt<CompetenceKind>(row, 2, kCompetenceKinds));
  c.rule.level = static_cast<int>(row.Int(3));
  c.what = row.Text(4);
  c.evidence = LinesAt(row, 5);
  ASSIGN_OR_RETURN(c.rule.state, EnumAt<CompetenceState>(row, 6, kCompetenceStates));
  c.recorded_by = row.Text(7);
  c.verified_by = row.Text(8);
  ASSIGN_OR_RETURN(c.rule.verified, OptionalDayAt(row, 9));
  ASSIGN_OR_RETURN(c.rule.valid_until, OptionalDayAt(row, 10));
  c.revoke_reason = row.Text(11);
  c.create_time = absl::FromUnixMicros(row.Int(12));
  return c;
}

absl::StatusOr<ConflictRecord> ConflictOf(const SqlRow& row) {
  ConflictRecord c;
  c.id = row.Text(0);
  c.rule.with = row.Text(1);
  c.rule.qualification = row.Text(2);
  c.nature = row.Text(3);
  ASSIGN_OR_RETURN(c.rule.declared, DayAt(row, 4));
  c.declared_by = row.Text(5);
  ASSIGN_OR_RETURN(c.rule.resolved, OptionalDayAt(row, 6));
  c.resolution = row.Text(7);
  c.create_time = absl::FromUnixMicros(row.Int(8));
  return c;
}

}  // namespace

std::string StaffRecord::Name() const { return absl::StrCat("centres/", centre, "/staff/", id); }

absl::Status StaffStore::Insert(Tx& tx, std::string_view tenant, const StaffRecord& s) {
  const std::string first = TextOf(s.first_day);
  const auto last = TextOf(s.last_day);
  ASSIGN_OR_RETURN(const std::int64_t rows,
                   tx.Execute(absl::StrCat("INSERT INTO staff (tenant, ", View(kColumns),
                                           ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) "
                                           "ON CONFLICT DO NOTHING"),
                              {tenant, s.centre, s.id, s.display_name, s.subject, first, last,
                               absl::ToUnixMicros(s.create_time), absl::ToUnixMicros(s.update_time),
                               s.version}));
  if (rows == 0) return Exists(s);
  return InsertRoles(tx, tenant, s);
}

absl::StatusOr<StaffRecord> StaffStore::Get(Tx& tx, const Reach& reach, std::string_view centre,
                                            std::string_view id) {
  static const std::string kSql = absl::StrCat(
      "SELECT ", View(kColumns),
      " FROM staff WHERE tenant = $1 AND centre = $2 AND id = $3 AND ($4 = '' OR centre = $4)");
  const SqlValue values[] = {reach.tenant, centre, id, reach.within};
  ASSIGN_OR_RETURN(auto found, Collect<StaffRecord>(tx, kSql, values, RecordOf));
  if (!found.empty()) {
    ASSIGN_OR_RETURN(found[0].roles, RolesOf(tx, reach.tenant, found[0]));
    return std::move(found[0]);
  }
  const std::string name = absl::StrCat("centres/", View(centre), "/staff/", View(id));
  return Error(absl::StatusCode::kNotFound, kStaffNotFound,
               absl::StrCat("there is no ", name, " that you may see"))
      .With("staff", name);
}

absl::Status StaffStore::Update(Tx& tx, std::string_view tenant, StaffRecord& s) {
  ASSIGN_OR_RETURN(const bool taken, SubjectTaken(tx, tenant, s));
  if (taken) return Exists(s);
  const std::string first = TextOf(s.first_day);
  const auto last = TextOf(s.last_day);
  ASSIGN_OR_RETURN(
      const std::int64_t rows,
      tx.Execute("UPDATE staff SET display_name = $4, subject = $5, first_day = $6, last_day = $7, "
                 "update_us = $8, version = version + 1 "
                 "WHERE tenant = $1 AND centre = $2 AND id = $3 AND version = $9",
                 {tenant, s.centre, s.id, s.display_name, s.subject, first, last,
                  absl::ToUnixMicros(s.update_time), s.version}));
  if (rows == 0) {
    return Error(absl::StatusCode::kAborted, "ETAG_MISMATCH",
                 absl::StrCat(s.Name(), " has changed meanwhile; read it again"))
        .With("resource", s.Name());
  }
  ++s.version;
  RETURN_IF_ERROR(
      tx.Execute("DELETE FROM staff_roles WHERE tenant = $1 AND centre = $2 AND staff = $3",
                 {tenant, s.centre, s.id})
          .status());
  return InsertRoles(tx, tenant, s);
}

absl::StatusOr<std::vector<StaffRecord>> StaffStore::List(Tx& tx, const Reach& reach,
                                                          std::string_view centre,
                                                          const std::optional<RoleOn>& role,
                                                          std::string_view after, int limit) {
  const auto [after_centre, after_id] = SplitPosition(after);
  const std::string day = role.has_value() ? TextOf(role->day) : "";
  Statement sql(absl::StrCat("SELECT ", View(kColumns), " FROM staff WHERE tenant = "));
  sql.Bind(reach.tenant);
  if (!centre.empty()) sql.Add(" AND centre = ").Bind(centre);
  if (!reach.within.empty()) sql.Add(" AND centre = ").Bind(reach.within);
  if (role.has_value()) {
    sql.Add(" AND first_day <= ").Bind(day);
    sql.Add(" AND (last_day IS NULL OR last_day >= ").Bind(day);
    sql.Add(
           ") AND EXISTS (SELECT 1 FROM staff_roles r WHERE r.tenant = staff.tenant AND r.centre "
           "= staff.centre AND r.staff = staff.id AND r.role = ")
        .Bind(static_cast<int>(role->role));
    sql.Add(" AND r.first_day <= ").Bind(day);
    sql.Add(" AND (r.end_day IS NULL OR r.end_day > ").Bind(day).Add("))");
  }
  sql.Add(" AND (centre, id) > (").Bind(after_centre).Add(", ").Bind(after_id);
  sql.Add(") ORDER BY centre, id LIMIT ").Bind(limit);
  ASSIGN_OR_RETURN(auto found, Collect<StaffRecord>(tx, sql.sql(), sql.values(), RecordOf));
  RETURN_IF_ERROR(AddRoles(tx, reach.tenant, found));
  return found;
}

absl::StatusOr<int> StaffStore::Count(Tx& tx, std::string_view tenant, std::string_view centre) {
  int count = 0;
  RETURN_IF_ERROR(tx.Query("SELECT COUNT(*) FROM staff WHERE tenant = $1 AND centre = $2",
                           {tenant, centre}, [&](const SqlRow& row) {
                             count = static_cast<int>(row.Int(0));
                             return absl::OkStatus();
                           }));
  return count;
}

absl::Status StaffStore::InsertCompetence(Tx& tx, std::string_view tenant, const StaffRecord& s,
                                          const CompetenceRecord& c) {
  const std::string evidence = LinesOf(c.evidence);
  const auto verified = TextOf(c.rule.verified), until = TextOf(c.rule.valid_until);
  return tx
      .Execute(
          "INSERT INTO staff_competences (tenant, centre, staff, id, qualification, kind, "
          "level, what, evidence, state, recorded_by, verified_by, verified_day, valid_until, "
          "revoke_reason, create_us) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, "
          "$12, $13, $14, $15, $16)",
          {tenant, s.centre, s.id, c.rule.id, c.rule.qualification, static_cast<int>(c.rule.kind),
           c.rule.level, c.what, evidence, static_cast<int>(c.rule.state), c.recorded_by,
           c.verified_by, verified, until, c.revoke_reason, absl::ToUnixMicros(c.create_time)})
      .status();
}

absl::Status StaffStore::UpdateCompetence(Tx& tx, std::string_view tenant, const StaffRecord& s,
                                          const CompetenceRecord& c) {
  const auto verified = TextOf(c.rule.verified), until = TextOf(c.rule.valid_until);
  return tx
      .Execute(
          "UPDATE staff_competences SET state = $5, verified_by = $6, verified_day = $7, "
          "valid_until = $8, revoke_reason = $9 "
          "WHERE tenant = $1 AND centre = $2 AND staff = $3 AND id = $4",
          {tenant, s.centre, s.id, c.rule.id, static_cast<int>(c.rule.state), c.verified_by,
           verified, until, c.revoke_reason})
      .status();
}

absl::StatusOr<std::vector<CompetenceRecord>> StaffStore::ListCompetences(Tx& tx,
                                                                          std::string_view tenant,
                                                                          const StaffRecord& s,
                                                                          int limit) {
  const SqlValue values[] = {tenant, s.centre, s.id, limit};
  return Collect<CompetenceRecord>(
      tx,
      "SELECT id, qualification, kind, level, what, evidence, state, recorded_by, verified_by, "
      "verified_day, valid_until, revoke_reason, create_us FROM staff_competences WHERE tenant = "
      "$1 "
      "AND centre = $2 AND staff = $3 ORDER BY id LIMIT $4",
      values, CompetenceOf);
}

absl::Status StaffStore::InsertConflict(Tx& tx, std::string_view tenant, const StaffRecord& s,
                                        const ConflictRecord& c) {
  const std::string declared = TextOf(c.rule.declared);
  const auto resolved = TextOf(c.rule.resolved);
  return tx
      .Execute(
          "INSERT INTO staff_conflicts (tenant, centre, staff, id, with_whom, qualification, "
          "nature, declared_day, declared_by, resolved_day, resolution, create_us) VALUES "
          "($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
          {tenant, s.centre, s.id, c.id, c.rule.with, c.rule.qualification, c.nature, declared,
           c.declared_by, resolved, c.resolution, absl::ToUnixMicros(c.create_time)})
      .status();
}

absl::Status StaffStore::UpdateConflict(Tx& tx, std::string_view tenant, const StaffRecord& s,
                                        const ConflictRecord& c) {
  const auto resolved = TextOf(c.rule.resolved);
  return tx
      .Execute(
          "UPDATE staff_conflicts SET resolved_day = $5, resolution = $6 "
          "WHERE tenant = $1 AND centre = $2 AND staff = $3 AND id = $4",
          {tenant, s.centre, s.id, c.id, resolved, c.resolution})
      .status();
}

absl::StatusOr<std::vector<ConflictRecord>> StaffStore::ListConflicts(Tx& tx,
                                                                      std::string_view tenant,
                                                                      const StaffRecord& s,
                                                                      int limit) {
  const SqlValue values[] = {tenant, s.centre, s.id, limit};
  return Collect<ConflictRecord>(
      tx,
      "SELECT id, with_whom, qualification, nature, declared_day, declared_by, resolved_day, "
      "resolution, create_us FROM staff_conflicts WHERE tenant = $1 AND centre = $2 AND staff = $3 "
      "ORDER BY id LIMIT $4",
      values, ConflictOf);
}

}  // namespace assay::approval
