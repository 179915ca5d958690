#include "services/evidence/stores/locks.h"

#include <set>

#include "services/platform/core/status_macros.h"
#include "services/platform/storage/database.h"

namespace assay::evidence {
namespace {

using platform::SqlRow;

constexpr char kBetween = '\n';  // Subject and holder of a position; in neither.

std::optional<std::int64_t> Micros(const std::optional<absl::Time>& time) {
  if (!time.has_value()) return std::nullopt;
  return absl::ToUnixMicros(*time);
}

Lock LockFrom(const SqlRow& row) {
  Lock lock{.subject = std::string(row.Text(0)),
            .holder = std::string(row.Text(1)),
            .reason = std::string(row.Text(2)),
            .active = true,
            .until = std::nullopt,
            .time = absl::FromUnixMicros(row.Int(4))};
  if (!row.IsNull(3)) lock.until = absl::FromUnixMicros(row.Int(3));
  return lock;
}

// A file is held by locks of itself, of what it is linked to, and of whatever that lies below.
std::set<std::string> SubjectsHolding(const Evidence& evidence) {
  std::set<std::string> subjects = {NameOf(evidence)};
  for (const std::string& subject : evidence.subjects) {
    for (std::size_t end = subject.size(); end != std::string::npos && end > 0;
         end = subject.rfind('/', end - 1)) {
      subjects.insert(subject.substr(0, end));
    }
  }
  return subjects;
}

}  // namespace

absl::Status LockStore::Put(Tx& tx, std::string_view tenant, const Lock& lock) {
  return tx
      .Execute(
          "INSERT INTO locks (tenant, subject, holder, reason, active, until_us, time_us) "
          "VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (tenant, subject, holder) DO UPDATE "
          "SET reason = excluded.reason, active = excluded.active, until_us = excluded.until_us, "
          "time_us = excluded.time_us WHERE locks.time_us <= excluded.time_us",
          {tenant, lock.subject, lock.holder, lock.reason, lock.active ? 1 : 0, Micros(lock.until),
           absl::ToUnixMicros(lock.time)})
      .status();
}

absl::StatusOr<std::optional<Lock>> LockStore::Holding(Tx& tx, std::string_view tenant,
                                                       const Evidence& evidence, absl::Time now) {
  std::optional<Lock> longest;
  for (const std::string& subject : SubjectsHolding(evidence)) {
    RETURN_IF_ERROR(tx.Query(
        "SELECT subject, holder, reason, until_us, time_us FROM locks WHERE tenant = $1 "
        "AND subject = $2 AND active = 1 AND (until_us IS NULL OR until_us > $3)",
        {tenant, subject, absl::ToUnixMicros(now)}, [&](const SqlRow& row) {
          Lock lock = LockFrom(row);
          const auto end = [](const Lock& l) { return l.until.value_or(absl::InfiniteFuture()); };
          if (!longest.has_value() || end(lock) > end(*longest)) longest = lock;
          return absl::OkStatus();
        }));
  }
  return longest;
}

absl::StatusOr<LockPage> LockStore::List(Tx& tx, std::string_view tenant, std::string_view subject,
                                         absl::Time now, std::string_view after, int limit) {
  const std::size_t at = after.find(kBetween);
  const std::string_view after_subject = after.substr(0, at);
  const std::string_view after_holder = at == after.npos ? "" : after.substr(at + 1);
  LockPage page;
  RETURN_IF_ERROR(tx.Query(
      "SELECT subject, holder, reason, until_us, time_us FROM locks WHERE tenant = $1 "
      "AND ($2 = '' OR subject = $3) AND active = 1 AND (until_us IS NULL OR "
      "until_us > $4) AND (subject, holder) > ($5, $6) ORDER BY subject, holder LIMIT $7",
      {tenant, subject, subject, absl::ToUnixMicros(now), after_subject, after_holder, limit + 1},
      [&](const SqlRow& row) {
        page.locks.push_back(LockFrom(row));
        return absl::OkStatus();
      }));
  if (static_cast<int>(page.locks.size()) > limit) {
    page.locks.resize(static_cast<std::size_t>(limit));
    page.next = page.locks.back().subject + kBetween + page.locks.back().holder;
  }
  return page;
}

absl::Status LockStore::Delete(Tx& tx, std::string_view tenant, const Deletion& d) {
  const Evidence& e = d.evidence;
  RETURN_IF_ERROR(
      tx.Execute("INSERT INTO deletions (tenant, id, centre, content_type, size_bytes, sha256, "
                 "uploader, create_us, reason, note, deleted_by, delete_us) VALUES "
                 "($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
                 {tenant, e.id, e.centre, e.content_type, e.size, e.sha256, e.uploader,
                  absl::ToUnixMicros(e.create_time), d.reason, d.note, d.deleted_by,
                  absl::ToUnixMicros(d.delete_time)})
          .status());
  RETURN_IF_ERROR(
      tx.Execute("DELETE FROM links WHERE tenant = $1 AND evidence = $2", {tenant, e.id}).status());
  return tx.Execute("DELETE FROM evidence WHERE tenant = $1 AND id = $2", {tenant, e.id}).status();
}

absl::StatusOr<DeletionPage> LockStore::ListDeletions(Tx& tx, std::string_view tenant,
                                                      std::string_view centre,
                                                      std::string_view after, int limit) {
  DeletionPage page;
  RETURN_IF_ERROR(
      tx.Query("SELECT id, centre, content_type, size_bytes, sha256, uploader, create_us, reason, "
               "note, deleted_by, delete_us FROM deletions WHERE tenant = $1 AND ($2 = '' OR "
               "centre = $3) AND ($4 = '' OR id < $5) ORDER BY id DESC LIMIT $6",
               {tenant, centre, centre, after, after, limit + 1}, [&](const SqlRow& row) {
                 Deletion& d = page.deletions.emplace_back();
                 d.evidence.id = row.Text(0);
                 d.evidence.centre = row.Text(1);
                 d.evidence.content_type = row.Text(2);
                 d.evidence.size = row.Int(3);
                 d.evidence.sha256 = row.Text(4);
                 d.evidence.uploader = row.Text(5);
                 d.evidence.create_time = absl::FromUnixMicros(row.Int(6));
                 d.reason = row.Text(7);
                 d.note = row.Text(8);
                 d.deleted_by = row.Text(9);
                 d.delete_time = absl::FromUnixMicros(row.Int(10));
                 return absl::OkStatus();
               }));
  if (static_cast<int>(page.deletions.size()) > limit) {
    page.deletions.resize(static_cast<std::size_t>(limit));
    page.next = page.deletions.back().evidence.id;
  }
  return page;
}

}  // namespace assay::evidence
