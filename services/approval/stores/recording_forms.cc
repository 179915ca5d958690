#include "services/approval/stores/recording_forms.h"

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
    "centre, id, qualification, title, changes, evidence, state, from_day, until_day, "
    "state_reason, officer, approved_by, approve_us, create_us, update_us, version";

absl::StatusOr<RecordingFormRecord> RecordOf(const SqlRow& row) {
  RecordingFormRecord f;
  f.centre = row.Text(0);
  f.id = row.Text(1);
  f.facts.qualification = row.Text(2);
  f.title = row.Text(3);
  f.changes = row.Text(4);
  f.evidence = row.Text(5);
  ASSIGN_OR_RETURN(f.facts.state, EnumAt<FormState>(row, 6, kFormStates));
  ASSIGN_OR_RETURN(f.facts.from, OptionalDayAt(row, 7));
  ASSIGN_OR_RETURN(f.facts.until, OptionalDayAt(row, 8));
  f.state_reason = row.Text(9);
  f.officer = row.Text(10);
  f.approved_by = row.Text(11);
  f.approve_time = OptionalTimeAt(row, 12);
  f.create_time = absl::FromUnixMicros(row.Int(13));
  f.update_time = absl::FromUnixMicros(row.Int(14));
  f.version = row.Int(15);
  return f;
}

std::string Select() { return absl::StrCat("SELECT ", View(kColumns), " FROM recording_forms "); }

}  // namespace

std::string RecordingFormRecord::Name() const {
  return absl::StrCat("centres/", centre, "/recordingForms/", id);
}

absl::Status RecordingFormStore::Insert(Tx& tx, std::string_view tenant,
                                        const RecordingFormRecord& f) {
  const auto from = TextOf(f.facts.from), until = TextOf(f.facts.until);
  return tx
      .Execute(absl::StrCat("INSERT INTO recording_forms (tenant, ", View(kColumns),
                            ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, "
                            "$14, $15, $16, $17)"),
               {tenant, f.centre, f.id, f.facts.qualification, f.title, f.changes, f.evidence,
                static_cast<int>(f.facts.state), from, until, f.state_reason, f.officer,
                f.approved_by, MicrosOf(f.approve_time), absl::ToUnixMicros(f.create_time),
                absl::ToUnixMicros(f.update_time), f.version})
      .status();
}

absl::StatusOr<RecordingFormRecord> RecordingFormStore::Get(Tx& tx, const Reach& reach,
                                                            std::string_view centre,
                                                            std::string_view id) {
  static const std::string kSql =
      Select() + "WHERE tenant = $1 AND centre = $2 AND id = $3 AND ($4 = '' OR centre = $4)";
  const SqlValue values[] = {reach.tenant, centre, id, reach.within};
  ASSIGN_OR_RETURN(auto found, Collect<RecordingFormRecord>(tx, kSql, values, RecordOf));
  if (!found.empty()) return std::move(found[0]);
  const std::string name = absl::StrCat("centres/", View(centre), "/recordingForms/", View(id));
  return Error(absl::StatusCode::kNotFound, kRecordingFormNotFound,
               absl::StrCat("there is no ", name, " that you may see"))
      .With("recording_form", name);
}

absl::Status RecordingFormStore::Update(Tx& tx, std::string_view tenant, RecordingFormRecord& f) {
  const auto from = TextOf(f.facts.from), until = TextOf(f.facts.until);
  ASSIGN_OR_RETURN(
      const std::int64_t rows,
      tx.Execute("UPDATE recording_forms SET state = $4, from_day = $5, until_day = $6, "
                 "state_reason = $7, officer = $8, update_us = $9, approved_by = $11, "
                 "approve_us = $12, version = version + 1 "
                 "WHERE tenant = $1 AND centre = $2 AND id = $3 AND version = $10",
                 {tenant, f.centre, f.id, static_cast<int>(f.facts.state), from, until,
                  f.state_reason, f.officer, absl::ToUnixMicros(f.update_time), f.version,
                  f.approved_by, MicrosOf(f.approve_time)}));
  if (rows == 0) {
    return Error(absl::StatusCode::kAborted, "ETAG_MISMATCH",
                 absl::StrCat(f.Name(), " has changed meanwhile; read it again"))
        .With("resource", f.Name());
  }
  ++f.version;
  return absl::OkStatus();
}

absl::StatusOr<std::vector<RecordingFormRecord>> RecordingFormStore::List(
    Tx& tx, const Reach& reach, std::string_view centre, std::optional<FormState> state,
    std::string_view after, int limit) {
  const auto [after_centre, after_id] = SplitPosition(after);
  Statement sql(Select() + "WHERE tenant = ");
  sql.Bind(reach.tenant);
  if (!centre.empty()) sql.Add(" AND centre = ").Bind(centre);
  if (!reach.within.empty()) sql.Add(" AND centre = ").Bind(reach.within);
  if (state.has_value()) sql.Add(" AND state = ").Bind(static_cast<int>(*state));
  sql.Add(" AND (centre, id) > (").Bind(after_centre).Add(", ").Bind(after_id);
  sql.Add(") ORDER BY centre, id LIMIT ").Bind(limit);
  return Collect<RecordingFormRecord>(tx, sql.sql(), sql.values(), RecordOf);
}

absl::StatusOr<RecordingFormStore::Counts> RecordingFormStore::Count(Tx& tx,
                                                                     std::string_view tenant,
                                                                     std::string_view centre) {
  static_assert(static_cast<int>(FormState::kProposed) == 0);
  static_assert(static_cast<int>(FormState::kApproved) == 1);
  Counts counts;
  RETURN_IF_ERROR(
      tx.Query("SELECT COUNT(*), COALESCE(SUM(CASE WHEN state < 2 THEN 1 ELSE 0 END), 0) "
               "FROM recording_forms WHERE tenant = $1 AND centre = $2",
               {tenant, centre}, [&](const SqlRow& row) {
                 counts.all = static_cast<int>(row.Int(0));
                 counts.open = static_cast<int>(row.Int(1));
                 return absl::OkStatus();
               }));
  return counts;
}

}  // namespace assay::approval
