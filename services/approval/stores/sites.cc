#include "services/approval/stores/sites.h"

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

constexpr std::string_view kColumns =
    "centre, id, title, address_lines, town, postcode, state, open_day, close_day, state_reason, "
    "create_us, update_us, version";

absl::StatusOr<SiteRecord> RecordOf(const SqlRow& row) {
  SiteRecord s;
  s.centre = row.Text(0);
  s.id = row.Text(1);
  s.title = row.Text(2);
  s.address_lines = LinesAt(row, 3);
  s.town = row.Text(4);
  s.postcode = row.Text(5);
  ASSIGN_OR_RETURN(s.state, EnumAt<SiteState>(row, 6, kSiteStates));
  ASSIGN_OR_RETURN(s.open_day, OptionalDayAt(row, 7));
  ASSIGN_OR_RETURN(s.close_day, OptionalDayAt(row, 8));
  s.state_reason = row.Text(9);
  s.create_time = absl::FromUnixMicros(row.Int(10));
  s.update_time = absl::FromUnixMicros(row.Int(11));
  s.version = row.Int(12);
  return s;
}

std::string Select() { return absl::StrCat("SELECT ", View(kColumns), " FROM sites "); }

}  // namespace

std::string SiteRecord::Name() const { return absl::StrCat("centres/", centre, "/sites/", id); }

absl::Status SiteStore::Insert(Tx& tx, std::string_view tenant, const SiteRecord& s) {
  const std::string lines = LinesOf(s.address_lines);
  const auto open = TextOf(s.open_day), close = TextOf(s.close_day);
  return tx
      .Execute(absl::StrCat("INSERT INTO sites (tenant, ", View(kColumns),
                            ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, "
                            "$14)"),
               {tenant, s.centre, s.id, s.title, lines, s.town, s.postcode,
                static_cast<int>(s.state), open, close, s.state_reason,
                absl::ToUnixMicros(s.create_time), absl::ToUnixMicros(s.update_time), s.version})
      .status();
}

absl::StatusOr<SiteRecord> SiteStore::Get(Tx& tx, const Reach& reach, std::string_view centre,
                                          std::string_view id) {
  static const std::string kSql =
      Select() + "WHERE tenant = $1 AND centre = $2 AND id = $3 AND ($4 = '' OR centre = $4)";
  const SqlValue values[] = {reach.tenant, centre, id, reach.within};
  ASSIGN_OR_RETURN(auto found, Collect<SiteRecord>(tx, kSql, values, RecordOf));
  if (!found.empty()) return std::move(found[0]);
  const std::string name = absl::StrCat("centres/", View(centre), "/sites/", View(id));
  return Error(absl::StatusCode::kNotFound, kSiteNotFound,
               absl::StrCat("there is no ", name, " that you may see"))
      .With("site", name);
}

absl::Status SiteStore::Update(Tx& tx, std::string_view tenant, SiteRecord& s) {
  const std::string lines = LinesOf(s.address_lines);
  const auto open = TextOf(s.open_day), close = TextOf(s.close_day);
  ASSIGN_OR_RETURN(
      const std::int64_t rows,
      tx.Execute(
          "UPDATE sites SET title = $4, address_lines = $5, town = $6, postcode = $7, state "
          "= $8, open_day = $9, close_day = $10, state_reason = $11, update_us = $12, "
          "version = version + 1 "
          "WHERE tenant = $1 AND centre = $2 AND id = $3 AND version = $13",
          {tenant, s.centre, s.id, s.title, lines, s.town, s.postcode, static_cast<int>(s.state),
           open, close, s.state_reason, absl::ToUnixMicros(s.update_time), s.version}));
  if (rows == 0) {
    return Error(absl::StatusCode::kAborted, "ETAG_MISMATCH",
                 absl::StrCat(s.Name(), " has changed meanwhile; read it again"))
        .With("resource", s.Name());
  }
  ++s.version;
  return absl::OkStatus();
}

absl::Status SiteStore::Delete(Tx& tx, std::string_view tenant, const SiteRecord& s) {
  return tx
      .Execute("DELETE FROM sites WHERE tenant = $1 AND centre = $2 AND id = $3",
               {tenant, s.centre, s.id})
      .status();
}

absl::StatusOr<std::vector<SiteRecord>> SiteStore::List(Tx& tx, const Reach& reach,
                                                        std::string_view centre,
                                                        std::optional<SiteState> state,
                                                        std::string_view after, int limit) {
  const auto [after_centre, after_id] = SplitPosition(after);
  Statement sql(Select() + "WHERE tenant = ");
  sql.Bind(reach.tenant);
  if (!centre.empty()) sql.Add(" AND centre = ").Bind(centre);
  if (!reach.within.empty()) sql.Add(" AND centre = ").Bind(reach.within);
  if (state.has_value()) sql.Add(" AND state = ").Bind(static_cast<int>(*state));
  sql.Add(" AND (centre, id) > (").Bind(after_centre).Add(", ").Bind(after_id);
  sql.Add(") ORDER BY centre, id LIMIT ").Bind(limit);
  return Collect<SiteRecord>(tx, sql.sql(), sql.values(), RecordOf);
}

absl::StatusOr<int> SiteStore::Count(Tx& tx, std::string_view tenant, std::string_view centre) {
  int count = 0;
  RETURN_IF_ERROR(tx.Query("SELECT COUNT(*) FROM sites WHERE tenant = $1 AND centre = $2",
                           {tenant, centre}, [&](const SqlRow& row) {
                             count = static_cast<int>(row.Int(0));
                             return absl::OkStatus();
                           }));
  return count;
}

std::string LinkRecord::Position() const { return absl::StrCat(predecessor ? 0 : 1, "/", other); }

absl::StatusOr<bool> LinkStore::Add(Tx& tx, std::string_view tenant, std::string_view predecessor,
                                    std::string_view successor, std::string_view reason,
                                    absl::Time now) {
  ASSIGN_OR_RETURN(
      const std::int64_t rows,
      tx.Execute("INSERT INTO centre_links (tenant, predecessor, successor, reason, time_us) "
                 "VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
                 {tenant, predecessor, successor, reason, absl::ToUnixMicros(now)}));
  return rows > 0;
}

absl::StatusOr<bool> LinkStore::Remove(Tx& tx, std::string_view tenant,
                                       std::string_view predecessor, std::string_view successor) {
  ASSIGN_OR_RETURN(const std::int64_t rows,
                   tx.Execute("DELETE FROM centre_links WHERE tenant = $1 AND predecessor = $2 AND "
                              "successor = $3",
                              {tenant, predecessor, successor}));
  return rows > 0;
}

absl::StatusOr<std::vector<LinkRecord>> LinkStore::List(Tx& tx, std::string_view tenant,
                                                        const Centre& centre,
                                                        std::string_view after, int limit) {
  const auto urn_id = [](const std::string& urn) { return urn.empty() ? "" : "urn-" + urn; };
  const std::string own_before = urn_id(centre.facts.predecessor_urn);
  const std::string own_after = urn_id(centre.facts.successor_urn);
  const auto [after_side, after_id] = SplitPosition(after);
  const int side = after_side.empty() ? -1 : after_side == "0" ? 0 : 1;
  const SqlValue values[] = {tenant,    centre.id, centre.facts.urn, own_before,
                             own_after, side,      after_id,         limit};
  // An officer's word comes with its reason; the register's has none. MAX takes the officer's.
  return Collect<LinkRecord>(
      tx,
      "SELECT l.side, l.other, MAX(l.by_officer), MAX(l.reason), MAX(l.time_us), "
      "COALESCE(MAX(c.title), '') FROM ("
      "SELECT 0 AS side, predecessor AS other, 1 AS by_officer, reason, time_us FROM centre_links "
      "WHERE tenant = $1 AND successor = $2 "
      "UNION ALL SELECT 1, successor, 1, reason, time_us FROM centre_links "
      "WHERE tenant = $1 AND predecessor = $2 "
      "UNION ALL SELECT 0, id, 0, '', NULL FROM centres "
      "WHERE tenant = $1 AND successor_urn = $3 AND successor_urn <> '' "
      "UNION ALL SELECT 1, id, 0, '', NULL FROM centres "
      "WHERE tenant = $1 AND predecessor_urn = $3 AND predecessor_urn <> '' "
      "UNION ALL SELECT 0, v.own, 0, '', NULL FROM (SELECT CAST($4 AS TEXT) AS own) v WHERE v.own "
      "<> '' "
      "UNION ALL SELECT 1, v.own, 0, '', NULL FROM (SELECT CAST($5 AS TEXT) AS own) v WHERE v.own "
      "<> '') l "
      "LEFT JOIN centres c ON c.tenant = $1 AND c.id = l.other "
      "WHERE (l.side, l.other) > ($6, $7) GROUP BY l.side, l.other ORDER BY l.side, l.other LIMIT "
      "$8",
      values, [](const SqlRow& row) -> absl::StatusOr<LinkRecord> {
        LinkRecord link;
        link.predecessor = row.Int(0) == 0;
        link.other = row.Text(1);
        link.by_officer = row.Int(2) != 0;
        link.reason = row.Text(3);
        link.time = OptionalTimeAt(row, 4);
        link.other_title = row.Text(5);
        return link;
      });
}

}  // namespace assay::approval
