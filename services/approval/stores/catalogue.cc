#include "services/approval/stores/catalogue.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "services/approval/stores/rows.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/core/view.h"
#include "services/platform/error/error.h"
#include "services/platform/storage/database.h"

namespace assay::approval {
namespace {

using platform::Error;
using platform::SqlRow;
using platform::SqlValue;
using platform::View;
using Tx = platform::Transaction;

constexpr std::string_view kColumns =
    "number, version, effective_day, finding_count, change_note, author, time_us";

absl::StatusOr<CatalogueRecord> RecordOf(const SqlRow& row) {
  CatalogueRecord record;
  record.number = row.Text(0);
  record.version = static_cast<int>(row.Int(1));
  ASSIGN_OR_RETURN(record.effective_day, DayAt(row, 2));
  record.finding_count = static_cast<int>(row.Int(3));
  record.change_note = row.Text(4);
  record.author = row.Text(5);
  record.time = absl::FromUnixMicros(row.Int(6));
  return record;
}

absl::StatusOr<std::optional<CatalogueRecord>> First(Tx& tx, std::string_view rest,
                                                     std::span<const SqlValue> values) {
  std::optional<CatalogueRecord> found;
  RETURN_IF_ERROR(
      tx.Query(absl::StrCat("SELECT ", View(kColumns), " FROM catalogue_entries ", View(rest)),
               values, [&](const SqlRow& row) -> absl::Status {
                 ASSIGN_OR_RETURN(found, RecordOf(row));
                 return absl::OkStatus();
               }));
  return found;
}

}  // namespace

absl::Status CatalogueStore::Insert(Tx& tx, std::string_view tenant, const CatalogueRecord& r) {
  const std::string day = TextOf(r.effective_day);
  ASSIGN_OR_RETURN(
      const std::int64_t rows,
      tx.Execute("INSERT INTO catalogue_entries (tenant, number, version, effective_day, document, "
                 "finding_count, change_note, author, time_us) "
                 "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING",
                 {tenant, r.number, r.version, day, r.document, r.finding_count, r.change_note,
                  r.author, absl::ToUnixMicros(r.time)}));
  if (rows > 0) return absl::OkStatus();
  const std::string name = "qualifications/" + r.number;
  return Error(absl::StatusCode::kAborted, "ETAG_MISMATCH",
               absl::StrCat(name, " has changed meanwhile; read it again"))
      .With("resource", name);
}

absl::StatusOr<std::optional<CatalogueRecord>> CatalogueStore::Find(Tx& tx, std::string_view tenant,
                                                                    std::string_view number,
                                                                    absl::CivilDay day,
                                                                    bool or_first) {
  const std::string text = TextOf(day);
  const SqlValue values[] = {tenant, number, text};
  ASSIGN_OR_RETURN(auto found, First(tx,
                                     "WHERE tenant = $1 AND number = $2 AND effective_day <= $3 "
                                     "ORDER BY effective_day DESC, version DESC LIMIT 1",
                                     values));
  if (found.has_value() || !or_first) return found;
  return First(tx, "WHERE tenant = $1 AND number = $2 ORDER BY version LIMIT 1",
               std::span<const SqlValue>(values).first(2));
}

absl::StatusOr<std::string> CatalogueStore::Document(Tx& tx, std::string_view tenant,
                                                     const CatalogueRecord& record) {
  std::string document;
  RETURN_IF_ERROR(tx.Query(
      "SELECT document FROM catalogue_entries WHERE tenant = $1 AND number = $2 AND version = $3",
      {tenant, record.number, record.version}, [&](const SqlRow& row) {
        document = row.Text(0);
        return absl::OkStatus();
      }));
  return document;
}

absl::StatusOr<std::optional<CatalogueRecord>> CatalogueStore::Latest(Tx& tx,
                                                                      std::string_view tenant,
                                                                      std::string_view number) {
  const SqlValue values[] = {tenant, number};
  return First(tx, "WHERE tenant = $1 AND number = $2 ORDER BY version DESC LIMIT 1", values);
}

absl::StatusOr<std::vector<std::string>> CatalogueStore::ListNumbers(Tx& tx,
                                                                     std::string_view tenant,
                                                                     std::string_view after,
                                                                     int limit) {
  std::vector<std::string> numbers;
  RETURN_IF_ERROR(
      tx.Query("SELECT number FROM catalogue_entries WHERE tenant = $1 AND version = 1 "
               "AND number > $2 ORDER BY number LIMIT $3",
               {tenant, after, limit}, [&](const SqlRow& row) {
                 numbers.emplace_back(row.Text(0));
                 return absl::OkStatus();
               }));
  return numbers;
}

absl::StatusOr<std::vector<CatalogueRecord>> CatalogueStore::ListVersions(Tx& tx,
                                                                          std::string_view tenant,
                                                                          std::string_view number,
                                                                          int after, int limit) {
  std::vector<CatalogueRecord> found;
  static const std::string kSql =
      absl::StrCat("SELECT ", View(kColumns),
                   " FROM catalogue_entries WHERE tenant = $1 AND number = $2 AND version > $3 "
                   "ORDER BY version LIMIT $4");
  RETURN_IF_ERROR(
      tx.Query(kSql, {tenant, number, after, limit}, [&](const SqlRow& row) -> absl::Status {
        ASSIGN_OR_RETURN(CatalogueRecord record, RecordOf(row));
        found.push_back(std::move(record));
        return absl::OkStatus();
      }));
  return found;
}

}  // namespace assay::approval
