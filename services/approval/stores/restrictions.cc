#include "services/approval/stores/restrictions.h"

#include <utility>

#include "services/approval/errors.h"
#include "services/approval/stores/rows.h"
#include "services/platform/error/error.h"

namespace assay::approval {
namespace {

using platform::Error;
using platform::SqlRow;
using platform::SqlValue;
using platform::View;

// Nobody has so many that bear on one qualification; more are as good as these.
constexpr int kInForceMax = 1000;
constexpr int kOpenConditionsMax = 20;
constexpr std::string_view kColumns =
    "centre, id, kind, level, approval, qualification, learners_max, registrations_stopped, "
    "direct_claims_stopped, certification_stopped, reason, from_day, until_day, closed, officer, "
    "lift_reason, lifted_by, lift_us, create_us, version, policy_version";

absl::StatusOr<RestrictionRecord> RecordOf(const SqlRow& row) {
  RestrictionRecord r;
  r.centre = row.Text(0);
  r.id = row.Text(1);
  ASSIGN_OR_RETURN(r.rule.kind, EnumAt<RestrictionKind>(row, 2, kRestrictionKinds));
  r.rule.level = row.Text(3);
  r.approval = row.Text(4);
  r.rule.qualification = row.Text(5);
  if (!row.IsNull(6)) {
    r.rule.learners_max = row.Int(6);
    r.rule.effects.learners_capped = true;
  }
  r.rule.effects.registrations_stopped = row.Int(7) != 0;
  r.rule.effects.direct_claims_stopped = row.Int(8) != 0;
  r.rule.effects.certification_stopped = row.Int(9) != 0;
  r.rule.reason = row.Text(10);
  ASSIGN_OR_RETURN(r.rule.from, DayAt(row, 11));
  ASSIGN_OR_RETURN(r.rule.until, OptionalDayAt(row, 12));
  r.closed = row.Int(13) != 0;
  r.officer = row.Text(14);
  r.lift_reason = row.Text(15);
  r.lifted_by = row.Text(16);
  r.lift_time = OptionalTimeAt(row, 17);
  r.create_time = absl::FromUnixMicros(row.Int(18));
  r.version = row.Int(19);
  r.policy_version = static_cast<int>(row.Int(20));
  r.rule.name = r.Name();
  return r;
}

std::string Select() { return absl::StrCat("SELECT ", View(kColumns), " FROM restrictions "); }

}  // namespace

std::string RestrictionRecord::Name() const {
  return absl::StrCat("centres/", centre, "/restrictions/", id);
}

absl::Status RestrictionStore::Insert(Tx& tx, std::string_view tenant, const RestrictionRecord& r) {
  const std::string from = TextOf(r.rule.from);
  const std::optional<std::string> until = TextOf(r.rule.until);
  return tx
      .Execute(absl::StrCat("INSERT INTO restrictions (tenant, ", View(kColumns),
                            ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, "
                            "$14, $15, $16, $17, $18, $19, $20, $21, $22)"),
               {tenant,
                r.centre,
                r.id,
                static_cast<int>(r.rule.kind),
                r.rule.level,
                r.approval,
                r.rule.qualification,
                r.rule.learners_max,
                r.rule.effects.registrations_stopped ? 1 : 0,
                r.rule.effects.direct_claims_stopped ? 1 : 0,
                r.rule.effects.certification_stopped ? 1 : 0,
                r.rule.reason,
                from,
                until,
                r.closed ? 1 : 0,
                r.officer,
                r.lift_reason,
                r.lifted_by,
                MicrosOf(r.lift_time),
                absl::ToUnixMicros(r.create_time),
                r.version,
                r.policy_version})
      .status();
}

absl::StatusOr<RestrictionRecord> RestrictionStore::Get(Tx& tx, const Reach& reach,
                                                        std::string_view centre,
                                                        std::string_view id) {
  static const std::string kSql =
      Select() + "WHERE tenant = $1 AND centre = $2 AND id = $3 AND ($4 = '' OR centre = $4)";
  const SqlValue values[] = {reach.tenant, centre, id, reach.within};
  ASSIGN_OR_RETURN(auto found, Collect<RestrictionRecord>(tx, kSql, values, RecordOf));
  if (!found.empty()) return std::move(found[0]);
  const std::string name = absl::StrCat("centres/", View(centre), "/restrictions/", View(id));
  return Error(absl::StatusCode::kNotFound, kRestrictionNotFound,
               absl::StrCat("there is no ", name, " that you may see"))
      .With("restriction", name);
}

absl::Status RestrictionStore::Update(Tx& tx, std::string_view tenant, RestrictionRecord& r) {
  const std::optional<std::string> until = TextOf(r.rule.until);
  ASSIGN_OR_RETURN(
      const std::int64_t rows,
      tx.Execute("UPDATE restrictions SET until_day = $4, closed = $5, lift_reason = $6, "
                 "lifted_by = $7, lift_us = $8, version = version + 1 "
                 "WHERE tenant = $1 AND centre = $2 AND id = $3 AND version = $9",
                 {tenant, r.centre, r.id, until, r.closed ? 1 : 0, r.lift_reason, r.lifted_by,
                  MicrosOf(r.lift_time), r.version}));
  if (rows == 0) {
    return Error(absl::StatusCode::kAborted, "ETAG_MISMATCH",
                 absl::StrCat(r.Name(), " has changed meanwhile; read it again"))
        .With("resource", r.Name());
  }
  ++r.version;
  return absl::OkStatus();
}

absl::StatusOr<std::vector<RestrictionRecord>> RestrictionStore::List(
    Tx& tx, const Reach& reach, std::string_view centre, const RestrictionFilter& filter,
    std::string_view after, int limit) {
  const auto [after_centre, after_id] = SplitPosition(after);
  const std::optional<std::string> day = TextOf(filter.not_ended_on);
  Statement sql(Select() + "WHERE tenant = ");
  sql.Bind(reach.tenant);
  if (!centre.empty()) sql.Add(" AND centre = ").Bind(centre);
  if (!reach.within.empty()) sql.Add(" AND centre = ").Bind(reach.within);
  if (filter.kind.has_value()) sql.Add(" AND kind = ").Bind(static_cast<int>(*filter.kind));
  if (day.has_value()) sql.Add(" AND (until_day IS NULL OR until_day > ").Bind(*day).Add(")");
  sql.Add(" AND (centre, id) > (").Bind(after_centre).Add(", ").Bind(after_id);
  sql.Add(") ORDER BY centre, id LIMIT ").Bind(limit);
  return Collect<RestrictionRecord>(tx, sql.sql(), sql.values(), RecordOf);
}

absl::StatusOr<std::vector<Restriction>> RestrictionStore::InForce(Tx& tx, std::string_view tenant,
                                                                   std::string_view centre,
                                                                   std::string_view qualification,
                                                                   absl::CivilDay day) {
  static const std::string kSql =
      Select() +
      "WHERE tenant = $1 AND centre = $2 AND (qualification = '' OR qualification = $3) "
      "AND from_day <= $4 AND (until_day IS NULL OR until_day > $4) ORDER BY id LIMIT $5";
  const std::string text = TextOf(day);
  const SqlValue values[] = {tenant, centre, qualification, text, kInForceMax};
  ASSIGN_OR_RETURN(auto found, Collect<RestrictionRecord>(tx, kSql, values, RecordOf));
  std::vector<Restriction> rules;
  for (RestrictionRecord& record : found) rules.push_back(std::move(record.rule));
  return rules;
}

absl::StatusOr<std::vector<std::string>> RestrictionStore::OpenConditions(Tx& tx,
                                                                          std::string_view tenant,
                                                                          std::string_view centre,
                                                                          absl::CivilDay day) {
  const std::string text = TextOf(day);
  const SqlValue values[] = {tenant, centre, static_cast<int>(RestrictionKind::kCondition), text,
                             kOpenConditionsMax};
  return Collect<std::string>(
      tx,
      "SELECT centre, id FROM restrictions WHERE tenant = $1 AND centre = $2 AND kind = $3 "
      "AND approval = '' AND from_day <= $4 AND (until_day IS NULL OR until_day > $4) "
      "ORDER BY id LIMIT $5",
      values, [](const SqlRow& row) -> absl::StatusOr<std::string> {
        return absl::StrCat("centres/", View(row.Text(0)), "/restrictions/", View(row.Text(1)));
      });
}

absl::StatusOr<std::vector<RestrictionStore::Begun>> RestrictionStore::ListBegun(Tx& tx,
                                                                                 absl::CivilDay day,
                                                                                 int limit) {
  const std::string text = TextOf(day);
  const SqlValue values[] = {static_cast<int>(RestrictionKind::kCondition), text,
                             NameOf(CentreState::kApproved), limit};
  return Collect<Begun>(
      tx,
      "SELECT r.tenant, r.centre, r.reason FROM restrictions r "
      "JOIN centres c ON c.tenant = r.tenant AND c.id = r.centre "
      "WHERE r.closed = 0 AND r.kind = $1 AND r.approval = '' AND r.from_day <= $2 "
      "AND (r.until_day IS NULL OR r.until_day > $2) AND c.state = $3 ORDER BY r.from_day LIMIT $4",
      values, [](const SqlRow& row) -> absl::StatusOr<Begun> {
        return Begun{std::string(row.Text(0)), std::string(row.Text(1)), std::string(row.Text(2))};
      });
}

absl::StatusOr<std::vector<RestrictionStore::Ended>> RestrictionStore::ListEnded(Tx& tx,
                                                                                 absl::CivilDay day,
                                                                                 int limit) {
  const std::string text = TextOf(day);
  const SqlValue values[] = {text, limit};
  return Collect<Ended>(
      tx,
      "SELECT tenant, centre, id FROM restrictions WHERE closed = 0 "
      "AND until_day <= $1 ORDER BY until_day LIMIT $2",
      values, [](const SqlRow& row) -> absl::StatusOr<Ended> {
        return Ended{std::string(row.Text(0)), std::string(row.Text(1)), std::string(row.Text(2))};
      });
}

}  // namespace assay::approval
