#include "services/evidence/store.h"

#include <span>
#include <utility>

#include "services/evidence/errors.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/error/error.h"
#include "services/platform/storage/database.h"
#include "services/platform/storage/statement.h"

namespace assay::evidence {
namespace {

using platform::Error;
using platform::Parameters;
using platform::SqlRow;
using platform::Transaction;

// In the order that FromRow reads them.
constexpr std::string_view kColumns =
    "e.id, e.centre, e.filename, e.content_type, e.size_bytes, e.sha256, e.purpose, "
    "e.uploader, e.create_us, e.version";

// What `reach` allows of evidence `e` (EVD-6). A condition that is not needed is not there, so the
// others find their index.
std::string Within(Parameters& parameters, const Reach& reach) {
  const std::string tenant = parameters.Bind(reach.tenant);
  std::string sql = "e.tenant = " + tenant;
  if (!reach.centre.empty()) sql += " AND e.centre = " + parameters.Bind(reach.centre);
  if (!reach.reader.empty()) {
    sql +=
        " AND e.id IN (SELECT m.evidence FROM allocations a JOIN links m "
        "ON m.tenant = a.tenant AND m.submission = a.submission WHERE a.tenant = " +
        tenant + " AND a.reader = " + parameters.Bind(reach.reader) + ")";
  }
  return sql;
}

Evidence FromRow(const SqlRow& row) {
  return {.centre = std::string(row.Text(1)),
          .id = std::string(row.Text(0)),
          .filename = std::string(row.Text(2)),
          .content_type = std::string(row.Text(3)),
          .size = row.Int(4),
          .sha256 = std::string(row.Text(5)),
          .purpose = static_cast<Purpose>(row.Int(6)),
          .subjects = {},
          .uploader = std::string(row.Text(7)),
          .create_time = absl::FromUnixMicros(row.Int(8)),
          .version = row.Int(9)};
}

// Takes rows (evidence, one subject each), all of one evidence together.
absl::Status Collect(const SqlRow& row, std::vector<Evidence>& out) {
  if (out.empty() || out.back().id != row.Text(0)) out.push_back(FromRow(row));
  if (!row.IsNull(10)) out.back().subjects.emplace_back(row.Text(10));
  return absl::OkStatus();
}

Error NotFound(const EvidenceName& name) {
  const std::string full = name.centre + "/evidence/" + name.id;
  return Error(absl::StatusCode::kNotFound, kEvidenceNotFound,
               "there is no evidence " + full + " that you may see")
      .With("evidence", full);
}

}  // namespace

absl::Status Store::Insert(Transaction& tx, std::string_view tenant, const Evidence& evidence) {
  RETURN_IF_ERROR(
      tx.Execute("INSERT INTO evidence (tenant, id, centre, filename, content_type, size_bytes, "
                 "sha256, purpose, uploader, create_us, version) "
                 "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
                 {tenant, evidence.id, evidence.centre, evidence.filename, evidence.content_type,
                  evidence.size, evidence.sha256, static_cast<int>(evidence.purpose),
                  evidence.uploader, absl::ToUnixMicros(evidence.create_time), evidence.version})
          .status());
  for (const std::string& subject : evidence.subjects) {
    RETURN_IF_ERROR(tx.Execute("INSERT INTO links (tenant, evidence, subject, submission) "
                               "VALUES ($1, $2, $3, $4)",
                               {tenant, evidence.id, subject, SubmissionOf(subject)})
                        .status());
  }
  return absl::OkStatus();
}

absl::StatusOr<Evidence> Store::Get(Transaction& tx, const Reach& reach, const EvidenceName& name) {
  Parameters parameters;
  std::string where = Within(parameters, reach);
  where += " AND e.id = " + parameters.Bind(name.id);
  where += " AND e.centre = " + parameters.Bind(name.centre);
  std::vector<Evidence> found;
  RETURN_IF_ERROR(
      tx.Query("SELECT " + std::string(kColumns) +
                   ", l.subject FROM evidence e "
                   "LEFT JOIN links l ON l.tenant = e.tenant AND l.evidence = e.id WHERE " +
                   where + " ORDER BY l.subject",
               parameters.values(), [&](const SqlRow& row) { return Collect(row, found); }));
  if (found.empty()) return NotFound(name);
  return std::move(found[0]);
}

absl::StatusOr<EvidencePage> Store::List(Transaction& tx, const Reach& reach,
                                         const ListFilter& filter, std::string_view after,
                                         int limit) {
  Parameters parameters;
  std::string where = Within(parameters, reach);
  if (!filter.centre.empty()) where += " AND e.centre = " + parameters.Bind(filter.centre);
  if (!filter.subject.empty()) {
    where += " AND e.id IN (SELECT s.evidence FROM links s WHERE s.tenant = $1 AND s.subject = " +
             parameters.Bind(filter.subject) + ")";
  }
  if (!after.empty()) where += " AND e.id < " + parameters.Bind(after);
  const std::string page_of_rows = "SELECT * FROM evidence e WHERE " + where +
                                   " ORDER BY e.id DESC LIMIT " + parameters.Bind(limit + 1);
  EvidencePage page;
  RETURN_IF_ERROR(tx.Query("SELECT " + std::string(kColumns) + ", l.subject FROM (" + page_of_rows +
                               ") e LEFT JOIN links l ON l.tenant = e.tenant AND l.evidence = e.id "
                               "ORDER BY e.id DESC, l.subject",
                           parameters.values(),
                           [&](const SqlRow& row) { return Collect(row, page.evidence); }));
  if (static_cast<int>(page.evidence.size()) > limit) {
    page.evidence.resize(static_cast<std::size_t>(limit));
    page.next = page.evidence.back().id;
  }
  return page;
}

absl::StatusOr<bool> Store::AddSubject(Transaction& tx, std::string_view tenant,
                                       std::string_view evidence_id, std::string_view subject) {
  ASSIGN_OR_RETURN(const std::int64_t added,
                   tx.Execute("INSERT INTO links (tenant, evidence, subject, submission) "
                              "VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
                              {tenant, evidence_id, subject, SubmissionOf(subject)}));
  if (added == 0) return false;
  RETURN_IF_ERROR(
      tx.Execute("UPDATE evidence SET version = version + 1 WHERE tenant = $1 AND id = $2",
                 {tenant, evidence_id})
          .status());
  return true;
}

absl::StatusOr<std::int64_t> Store::Count(Transaction& tx, const Reach& reach,
                                          std::string_view subject) {
  // All names below "a/b" lie between "a/b/" and "a/b0": '0' follows '/'.
  const std::string first = std::string(subject) + "/";
  const std::string end = std::string(subject) + "0";
  Parameters parameters;
  std::string where = Within(parameters, reach);
  where += " AND (l.subject = " + parameters.Bind(subject);
  where += " OR (l.subject >= " + parameters.Bind(first);
  where += " AND l.subject < " + parameters.Bind(end) + "))";
  std::int64_t count = 0;
  RETURN_IF_ERROR(tx.Query(
      "SELECT COUNT(DISTINCT e.id) FROM links l "
      "JOIN evidence e ON e.tenant = l.tenant AND e.id = l.evidence WHERE l.tenant = $1 AND " +
          where,
      parameters.values(), [&](const SqlRow& row) {
        count = row.Int(0);
        return absl::OkStatus();
      }));
  return count;
}

absl::Status Store::Allocate(Transaction& tx, std::string_view tenant, std::string_view submission,
                             std::string_view reader, absl::Time time) {
  return tx
      .Execute(
          "INSERT INTO allocations (tenant, submission, reader, event_us) "
          "VALUES ($1, $2, $3, $4) ON CONFLICT (tenant, submission) DO UPDATE "
          "SET reader = excluded.reader, event_us = excluded.event_us "
          "WHERE allocations.event_us <= excluded.event_us",
          {tenant, submission, reader, absl::ToUnixMicros(time)})
      .status();
}

absl::Status Store::InsertAccess(Transaction& tx, std::string_view tenant,
                                 const AccessRecord& access) {
  return tx
      .Execute(
          "INSERT INTO accesses (tenant, evidence, id, reader, time_us, trace) "
          "VALUES ($1, $2, $3, $4, $5, $6)",
          {tenant, access.evidence_id, access.id, access.reader, absl::ToUnixMicros(access.time),
           access.trace})
      .status();
}

absl::StatusOr<AccessPage> Store::ListAccesses(Transaction& tx, std::string_view tenant,
                                               std::string_view evidence_id, std::string_view after,
                                               int limit) {
  AccessPage page;
  RETURN_IF_ERROR(
      tx.Query("SELECT id, evidence, reader, time_us, trace FROM accesses WHERE tenant = $1 "
               "AND evidence = $2 AND ($3 = '' OR id < $3) ORDER BY id DESC LIMIT $4",
               {tenant, evidence_id, after, limit + 1}, [&](const SqlRow& row) {
                 page.accesses.push_back({.id = std::string(row.Text(0)),
                                          .evidence_id = std::string(row.Text(1)),
                                          .reader = std::string(row.Text(2)),
                                          .time = absl::FromUnixMicros(row.Int(3)),
                                          .trace = std::string(row.Text(4))});
                 return absl::OkStatus();
               }));
  if (static_cast<int>(page.accesses.size()) > limit) {
    page.accesses.resize(static_cast<std::size_t>(limit));
    page.next = page.accesses.back().id;
  }
  return page;
}

absl::StatusOr<std::vector<std::string>> Store::Tenants(Transaction& tx) {
  std::vector<std::string> tenants;
  RETURN_IF_ERROR(
      tx.Query("SELECT DISTINCT tenant FROM evidence ORDER BY tenant", {}, [&](const SqlRow& row) {
        tenants.emplace_back(row.Text(0));
        return absl::OkStatus();
      }));
  return tenants;
}

absl::StatusOr<bool> Store::IsNamed(Transaction& tx, std::string_view tenant,
                                    std::string_view sha256) {
  bool named = false;
  RETURN_IF_ERROR(tx.Query("SELECT 1 FROM evidence WHERE tenant = $1 AND sha256 = $2 LIMIT 1",
                           {tenant, sha256}, [&](const SqlRow&) {
                             named = true;
                             return absl::OkStatus();
                           }));
  return named;
}

}  // namespace assay::evidence
