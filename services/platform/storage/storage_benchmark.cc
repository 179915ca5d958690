// What storage costs, and against what. For real numbers:
//   platform_storage_benchmark --benchmark_min_time=2 --benchmark_repetitions=5
// The database goes under TMPDIR: give it a real disk, not a tmpfs.
#include <benchmark/benchmark.h>
#include <sqlite3.h>

#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/log/log.h"
#include "services/platform/storage/database.h"
#include "services/platform/testing/fakes.h"
#include "services/platform/testing/servers.h"

namespace assay::platform {
namespace {

constexpr int kRows = 10'000;
constexpr std::string_view kTables =
    "CREATE TABLE marks (id BIGINT PRIMARY KEY, candidate TEXT NOT NULL, mark BIGINT);"
    "CREATE TABLE events (id BIGINT PRIMARY KEY, type TEXT NOT NULL, payload TEXT NOT NULL);";
constexpr std::string_view kInsertMark =
    "INSERT INTO marks (id, candidate, mark) VALUES ($1, $2, $3)";
constexpr std::string_view kInsertEvent =
    "INSERT INTO events (id, type, payload) VALUES ($1, $2, $3)";
constexpr std::string_view kSelectMark = "SELECT candidate, mark FROM marks WHERE id = $1";

std::unique_ptr<Database> Open(const std::string& uri) {
  DatabaseOptions options;
  options.uri = uri;
  auto opened = OpenDatabase(std::move(options));
  ASSAY_CHECK(opened.ok());
  std::unique_ptr<Database> db = *std::move(opened);
  ASSAY_CHECK(db->WriteNow([](Transaction& tx) { return tx.ExecuteScript(kTables); }).ok());
  return db;
}

// The same file by hand, as fast as SQLite goes.
class RawSqlite {
 public:
  explicit RawSqlite(const std::string& path) {
    ASSAY_CHECK(sqlite3_open(path.c_str(), &db_) == SQLITE_OK);
    Run("PRAGMA journal_mode = WAL");
    Run("PRAGMA synchronous = FULL");
    Run(kTables);
    mark_ = Prepare(kInsertMark);
    event_ = Prepare(kInsertEvent);
    select_ = Prepare(kSelectMark);
  }
  ~RawSqlite() {
    for (sqlite3_stmt* s : {mark_, event_, select_}) sqlite3_finalize(s);
    sqlite3_close(db_);
  }
  RawSqlite(const RawSqlite&) = delete;
  RawSqlite& operator=(const RawSqlite&) = delete;

  void Run(std::string_view sql) {
    ASSAY_CHECK(sqlite3_exec(db_, std::string(sql).c_str(), nullptr, nullptr, nullptr) ==
                SQLITE_OK);
  }
  void InsertMark(std::int64_t id, std::string_view candidate, std::int64_t mark) {
    sqlite3_bind_int64(mark_, 1, id);
    sqlite3_bind_text(mark_, 2, candidate.data(), static_cast<int>(candidate.size()),
                      SQLITE_STATIC);
    sqlite3_bind_int64(mark_, 3, mark);
    Step(mark_);
  }
  void InsertEvent(std::int64_t id, std::string_view payload) {
    sqlite3_bind_int64(event_, 1, id);
    sqlite3_bind_text(event_, 2, "marked", 6, SQLITE_STATIC);
    sqlite3_bind_text(event_, 3, payload.data(), static_cast<int>(payload.size()), SQLITE_STATIC);
    Step(event_);
  }
  std::int64_t SelectMark(std::int64_t id) {
    sqlite3_bind_int64(select_, 1, id);
    ASSAY_CHECK(sqlite3_step(select_) == SQLITE_ROW);
    const std::int64_t mark = sqlite3_column_int64(select_, 1);
    sqlite3_reset(select_);
    return mark;
  }

 private:
  sqlite3_stmt* Prepare(std::string_view sql) {
    sqlite3_stmt* statement = nullptr;
    ASSAY_CHECK(sqlite3_prepare_v2(db_, sql.data(), static_cast<int>(sql.size()), &statement,
                                   nullptr) == SQLITE_OK);
    return statement;
  }
  static void Step(sqlite3_stmt* statement) {
    ASSAY_CHECK(sqlite3_step(statement) == SQLITE_DONE);
    sqlite3_reset(statement);
  }

  sqlite3* db_ = nullptr;
  sqlite3_stmt* mark_ = nullptr;
  sqlite3_stmt* event_ = nullptr;
  sqlite3_stmt* select_ = nullptr;
};

absl::Status BulkMarks(Transaction& tx, std::int64_t from, std::int64_t rows) {
  static constexpr std::string_view kColumns[] = {"id", "candidate", "mark"};
  std::string candidate;
  return tx.BulkInsert("marks", kColumns, rows, [&](std::int64_t i, std::span<SqlValue> out) {
    candidate.assign("candidates/");
    absl::StrAppend(&candidate, from + i);
    out[0] = from + i;
    out[1] = candidate;
    out[2] = (from + i) % 100;
  });
}

void RawPointRead(benchmark::State& state) {
  testing::TempDir dir;
  RawSqlite raw(dir / "raw.db");
  raw.Run("BEGIN");
  for (int i = 0; i < kRows; ++i) raw.InsertMark(i, absl::StrCat("candidates/", i), i % 100);
  raw.Run("COMMIT");
  std::int64_t id = 0;
  for (auto _ : state) {
    ++id;
    benchmark::DoNotOptimize(raw.SelectMark(id * 7919 % kRows));
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(RawPointRead);

void ReadPoints(benchmark::State& state, Database& db) {
  ASSAY_CHECK(db.WriteNow([](Transaction& tx) { return BulkMarks(tx, 0, kRows); }).ok());
  std::int64_t id = 0;
  for (auto _ : state) {
    const std::int64_t wanted = ++id * 7919 % kRows;
    std::int64_t mark = -1;
    ASSAY_CHECK(db.ReadNow([&](Transaction& tx) {
                    return tx.Query(kSelectMark, {wanted}, [&](const SqlRow& row) {
                      mark = row.Int(1);
                      return absl::OkStatus();
                    });
                  }).ok());
    ASSAY_CHECK(mark == wanted % 100);
  }
  state.SetItemsProcessed(state.iterations());
}

void PointRead(benchmark::State& state) {
  testing::TempDir dir;
  ReadPoints(state, *Open("sqlite:" + dir / "test.db"));
}
BENCHMARK(PointRead);

void PointReadPostgres(benchmark::State& state) {
  const absl::StatusOr<std::string> uri = testing::FreshPostgresUri();
  if (!uri.ok()) return state.SkipWithError("no PostgreSQL here");
  ReadPoints(state, *Open(*uri));
}
BENCHMARK(PointReadPostgres)->UseRealTime();

// A state row and an outbox row, one commit for each write.
void RawDurableWrite(benchmark::State& state) {
  testing::TempDir dir;
  RawSqlite raw(dir / "raw.db");
  const std::string payload(200, 'p');
  std::int64_t id = 0;
  for (auto _ : state) {
    raw.Run("BEGIN IMMEDIATE");
    ++id;
    raw.InsertMark(id, "candidates/x", id % 100);
    raw.InsertEvent(id, payload);
    raw.Run("COMMIT");
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(RawDurableWrite)->UseRealTime();

// The same through Database, `state.range(0)` writes in flight.
void WriteDurably(benchmark::State& state, Database& db) {
  const std::string payload(200, 'p');
  const std::int64_t in_flight_max = state.range(0);
  std::mutex mutex;
  std::condition_variable answered;
  std::int64_t in_flight = 0;
  std::int64_t id = 0;
  for (auto _ : state) {
    {
      std::unique_lock lock(mutex);
      answered.wait(lock, [&] { return in_flight < in_flight_max; });
      ++in_flight;
    }
    ++id;
    db.Write(
        [&payload, id](Transaction& tx) -> absl::Status {
          RETURN_IF_ERROR(tx.Execute(kInsertMark, {id, "candidates/x", id % 100}).status());
          return tx.Execute(kInsertEvent, {id, "marked", payload}).status();
        },
        [&](absl::Status status) {
          ASSAY_CHECK(status.ok());
          std::lock_guard lock(mutex);
          --in_flight;
          answered.notify_one();
        });
  }
  std::unique_lock lock(mutex);
  answered.wait(lock, [&] { return in_flight == 0; });
  state.SetItemsProcessed(state.iterations());
}

void DurableWrite(benchmark::State& state) {
  testing::TempDir dir;
  WriteDurably(state, *Open("sqlite:" + dir / "test.db"));
}
BENCHMARK(DurableWrite)->Arg(1)->Arg(64)->Arg(256)->UseRealTime();

// The test cluster runs with fsync off: this is the cost of the work, not of the disk.
void WritePostgresWithoutFsync(benchmark::State& state) {
  const absl::StatusOr<std::string> uri = testing::FreshPostgresUri();
  if (!uri.ok()) return state.SkipWithError("no PostgreSQL here");
  WriteDurably(state, *Open(*uri));
}
BENCHMARK(WritePostgresWithoutFsync)->Arg(64)->UseRealTime();

void RawBulkInsert(benchmark::State& state) {
  testing::TempDir dir;
  RawSqlite raw(dir / "raw.db");
  std::int64_t from = 0;
  std::string candidate;
  for (auto _ : state) {
    raw.Run("BEGIN");
    for (std::int64_t i = from; i < from + kRows; ++i) {
      candidate.assign("candidates/");
      absl::StrAppend(&candidate, i);
      raw.InsertMark(i, candidate, i % 100);
    }
    raw.Run("COMMIT");
    from += kRows;
  }
  state.SetItemsProcessed(state.iterations() * kRows);
}
BENCHMARK(RawBulkInsert)->UseRealTime();

void InsertInBulk(benchmark::State& state, Database& db) {
  std::int64_t from = 0;
  for (auto _ : state) {
    ASSAY_CHECK(db.WriteNow([&](Transaction& tx) { return BulkMarks(tx, from, kRows); }).ok());
    from += kRows;
  }
  state.SetItemsProcessed(state.iterations() * kRows);
}

void BulkInsert(benchmark::State& state) {
  testing::TempDir dir;
  InsertInBulk(state, *Open("sqlite:" + dir / "test.db"));
}
BENCHMARK(BulkInsert)->UseRealTime();

void BulkInsertPostgres(benchmark::State& state) {
  const absl::StatusOr<std::string> uri = testing::FreshPostgresUri();
  if (!uri.ok()) return state.SkipWithError("no PostgreSQL here");
  InsertInBulk(state, *Open(*uri));
}
BENCHMARK(BulkInsertPostgres)->UseRealTime();

}  // namespace
}  // namespace assay::platform
