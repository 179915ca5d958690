#include "services/platform/outbox/outbox.h"

#include <optional>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/core/view.h"
#include "services/platform/error/error.h"

namespace assay::platform {
namespace {

constexpr std::string_view kLeaseName = "relay";

// The eight columns of an event, from column `first`, in the order in which every statement below
// names them: event_id, type, tenant, subject, actor, trace, time, payload.
Event EventFrom(const SqlRow& row, int first) {
  Event event;
  event.id = row.Text(first);
  event.type = row.Text(first + 1);
  event.tenant = row.Text(first + 2);
  event.subject = row.Text(first + 3);
  event.actor = row.Text(first + 4);
  event.trace = row.Text(first + 5);
  event.time = absl::FromUnixMicros(row.Int(first + 6));
  event.payload = row.Bytes(first + 7);
  return event;
}

DeadLetter LetterFrom(const SqlRow& row) {
  DeadLetter letter;
  letter.number = row.Int(0);
  letter.consumer = row.Text(1);
  letter.event = EventFrom(row, 2);
  letter.error = row.Text(10);
  letter.attempts = static_cast<int>(row.Int(11));
  letter.time = absl::FromUnixMicros(row.Int(12));
  return letter;
}

struct StreamId {
  std::int64_t ms = 0;
  std::int64_t number = 0;
};

absl::StatusOr<StreamId> ParseStreamId(std::string_view text) {
  const std::size_t dash = text.find('-');
  StreamId id;
  if (dash == std::string_view::npos || !absl::SimpleAtoi(View(text.substr(0, dash)), &id.ms) ||
      !absl::SimpleAtoi(View(text.substr(dash + 1)), &id.number) || id.ms < 0 || id.number < 0) {
    return absl::InvalidArgumentError(absl::StrCat("not a stream id: ", View(text)));
  }
  return id;
}

absl::StatusOr<std::vector<OutboxRow>> Rows(Transaction& tx, std::string_view sql,
                                            std::initializer_list<SqlValue> values) {
  std::vector<OutboxRow> rows;
  RETURN_IF_ERROR(tx.Query(sql, values, [&](const SqlRow& row) {
    rows.push_back({row.Int(0), EventFrom(row, 1)});
    return absl::OkStatus();
  }));
  return rows;
}

}  // namespace

absl::Status AppendEvent(Transaction& tx, const Event& event) {
  return tx
      .Execute(
          "INSERT INTO outbox (event_id, type, tenant, subject, actor, trace, time, payload"
          ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
          {event.id, event.type, event.tenant, event.subject, event.actor, event.trace,
           absl::ToUnixMicros(event.time), Blob{event.payload}})
      .status();
}

absl::StatusOr<bool> ClaimEvent(Transaction& tx, std::string_view consumer, const Event& event,
                                absl::Time now) {
  ASSIGN_OR_RETURN(const std::int64_t inserted,
                   tx.Execute("INSERT INTO claimed_events (consumer, event_id, claimed_at)"
                              " VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
                              {consumer, event.id, absl::ToUnixMicros(now)}));
  return inserted == 1;
}

absl::StatusOr<std::int64_t> ForgetClaims(Transaction& tx, absl::Time before, int limit) {
  return tx.Execute(
      "DELETE FROM claimed_events WHERE (consumer, event_id) IN"
      " (SELECT consumer, event_id FROM claimed_events"
      "  WHERE claimed_at < $1 ORDER BY claimed_at LIMIT $2)",
      {absl::ToUnixMicros(before), limit});
}

// A consumer that died between this and its acknowledgement buries the same event again: still
// one letter, with the newest error.
absl::Status InsertDeadLetter(Transaction& tx, const DeadLetter& letter) {
  const Event& event = letter.event;
  return tx
      .Execute(
          "INSERT INTO dead_letters (consumer, event_id, type, tenant, subject, actor, trace, "
          "time, payload"
          ", error, attempts, buried_at)"
          " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)"
          " ON CONFLICT (consumer, event_id) DO UPDATE SET error = excluded.error,"
          " attempts = excluded.attempts, buried_at = excluded.buried_at",
          {letter.consumer, event.id, event.type, event.tenant, event.subject, event.actor,
           event.trace, absl::ToUnixMicros(event.time), Blob{event.payload}, letter.error,
           letter.attempts, absl::ToUnixMicros(letter.time)})
      .status();
}

absl::StatusOr<std::vector<DeadLetter>> ListDeadLetters(Transaction& tx, std::int64_t after,
                                                        int limit) {
  std::vector<DeadLetter> letters;
  RETURN_IF_ERROR(tx.Query(
      "SELECT number, consumer, event_id, type, tenant, subject, actor, trace, time, payload"
      ", error, attempts, buried_at FROM dead_letters"
      " WHERE number > $1 ORDER BY number LIMIT $2",
      {after, limit}, [&](const SqlRow& row) {
        letters.push_back(LetterFrom(row));
        return absl::OkStatus();
      }));
  return letters;
}

absl::StatusOr<DeadLetter> TakeDeadLetter(Transaction& tx, std::int64_t number) {
  std::optional<DeadLetter> letter;
  RETURN_IF_ERROR(tx.Query(
      "DELETE FROM dead_letters WHERE number = $1"
      " RETURNING number, consumer, event_id, type, tenant, subject, actor, trace, time, payload"
      ", error, attempts, buried_at",
      {number}, [&](const SqlRow& row) {
        letter = LetterFrom(row);
        return absl::OkStatus();
      }));
  if (!letter.has_value()) {
    return Error(absl::StatusCode::kNotFound, "DEAD_LETTER_NOT_FOUND",
                 "there is no dead letter of this number; it may have been replayed already")
        .With("number", absl::StrCat(number));
  }
  return *std::move(letter);
}

absl::StatusOr<OutboxDepth> DepthOfOutbox(Transaction& tx) {
  OutboxDepth depth;
  RETURN_IF_ERROR(tx.Query("SELECT COUNT(*), MIN(time) FROM outbox WHERE published_at IS NULL", {},
                           [&](const SqlRow& row) {
                             depth.waiting = row.Int(0);
                             depth.oldest = row.IsNull(1) ? absl::InfiniteFuture()
                                                          : absl::FromUnixMicros(row.Int(1));
                             return absl::OkStatus();
                           }));
  return depth;
}

absl::StatusOr<std::vector<OutboxRow>> NextUnpublished(Transaction& tx, int limit) {
  return Rows(tx,
              "SELECT seq, event_id, type, tenant, subject, actor, trace, time, payload"
              " FROM outbox WHERE published_at IS NULL ORDER BY seq LIMIT $1",
              {limit});
}

absl::Status MarkPublished(Transaction& tx, std::span<const Published> rows, absl::Time now) {
  const std::int64_t at = absl::ToUnixMicros(now);
  for (const Published& row : rows) {
    ASSIGN_OR_RETURN(const StreamId id, ParseStreamId(row.stream_id));
    RETURN_IF_ERROR(tx.Execute("UPDATE outbox SET stream_ms = $2, stream_number = $3,"
                               " published_at = $4 WHERE seq = $1",
                               {row.seq, id.ms, id.number, at})
                        .status());
  }
  return absl::OkStatus();
}

absl::StatusOr<std::string> LastPublishedId(Transaction& tx) {
  std::string last = "0-0";
  RETURN_IF_ERROR(
      tx.Query("SELECT stream_ms, stream_number FROM outbox WHERE published_at IS NOT NULL"
               " ORDER BY stream_ms DESC, stream_number DESC LIMIT 1",
               {}, [&](const SqlRow& row) {
                 last = absl::StrCat(row.Int(0), "-", row.Int(1));
                 return absl::OkStatus();
               }));
  return last;
}

absl::StatusOr<std::vector<OutboxRow>> PublishedAfter(Transaction& tx, std::string_view stream_id,
                                                      int limit) {
  ASSIGN_OR_RETURN(const StreamId id, ParseStreamId(stream_id));
  return Rows(
      tx,
      "SELECT seq, event_id, type, tenant, subject, actor, trace, time, payload"
      " FROM outbox WHERE published_at IS NOT NULL AND (stream_ms, stream_number) > ($1, $2)"
      " ORDER BY stream_ms, stream_number LIMIT $3",
      {id.ms, id.number, limit});
}

absl::StatusOr<std::int64_t> UnmarkPublishedAfter(Transaction& tx, std::string_view stream_id,
                                                  std::int64_t limit) {
  ASSIGN_OR_RETURN(const StreamId id, ParseStreamId(stream_id));
  return tx.Execute(
      "UPDATE outbox SET stream_ms = NULL, stream_number = NULL, published_at = NULL"
      " WHERE seq IN (SELECT seq FROM outbox"
      "  WHERE published_at IS NOT NULL AND (stream_ms, stream_number) > ($1, $2) LIMIT $3)",
      {id.ms, id.number, limit});
}

// Rows leave in the order they came, so only the `limit` oldest are looked at: no index on the
// time of publishing is needed, which every write would pay for.
absl::StatusOr<std::int64_t> ForgetPublished(Transaction& tx, absl::Time before, int limit) {
  return tx.Execute(
      "DELETE FROM outbox WHERE seq IN (SELECT seq FROM outbox ORDER BY seq LIMIT $2)"
      " AND published_at < $1",
      {absl::ToUnixMicros(before), limit});
}

absl::StatusOr<bool> AcquireLease(Transaction& tx, std::string_view owner, absl::Time now,
                                  absl::Duration ttl) {
  ASSIGN_OR_RETURN(
      const std::int64_t changed,
      tx.Execute("INSERT INTO relay_leases (name, owner, until) VALUES ($1, $2, $3)"
                 " ON CONFLICT (name) DO UPDATE SET owner = excluded.owner, until = excluded.until"
                 " WHERE relay_leases.owner = excluded.owner OR relay_leases.until <= $4",
                 {kLeaseName, owner, absl::ToUnixMicros(now + ttl), absl::ToUnixMicros(now)}));
  return changed == 1;
}

absl::Status ReleaseLease(Transaction& tx, std::string_view owner) {
  return tx.Execute("DELETE FROM relay_leases WHERE name = $1 AND owner = $2", {kLeaseName, owner})
      .status();
}

}  // namespace assay::platform
