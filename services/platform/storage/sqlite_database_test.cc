// What only SQLite has: commands that share a commit, and a disk that fails.
#include <signal.h>
#include <sqlite3.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cstring>
#include <filesystem>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/storage/database.h"
#include "services/platform/testing/fakes.h"
#include "services/platform/testing/status_matchers.h"

namespace assay::platform {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::IsOk;
using ::testing::Not;
using testing::TempDir;

// A disk below SQLite that counts syncs and fails when told to: a VFS that passes everything on
// to the real one, but for the log's write and sync.
struct FaultyDisk {
  static inline std::atomic<int> log_syncs{0};
  static inline std::atomic<int> sync_error{SQLITE_OK};   // What the log's next syncs return.
  static inline std::atomic<int> write_error{SQLITE_OK};  // What the log's next writes return.

  struct File {
    sqlite3_file base;
    sqlite3_file* real;
    bool is_log;
  };
  static File* Of(sqlite3_file* file) { return reinterpret_cast<File*>(file); }
  static sqlite3_file* Real(sqlite3_file* file) { return Of(file)->real; }

  static int Write(sqlite3_file* f, const void* bytes, int n, sqlite3_int64 at) {
    if (Of(f)->is_log && write_error != SQLITE_OK) return write_error;
    return Real(f)->pMethods->xWrite(Real(f), bytes, n, at);
  }
  static int Sync(sqlite3_file* f, int flags) {
    if (Of(f)->is_log) {
      if (sync_error != SQLITE_OK) return sync_error;
      ++log_syncs;
    }
    return Real(f)->pMethods->xSync(Real(f), flags);
  }
  static int Close(sqlite3_file* f) {
    sqlite3_file* real = Real(f);
    const int code = real->pMethods->xClose(real);
    sqlite3_free(real);
    return code;
  }

  static const sqlite3_io_methods* Methods() {
    static const sqlite3_io_methods methods = {
        2,
        Close,
        [](sqlite3_file* f, void* to, int n, sqlite3_int64 at) {
          return Real(f)->pMethods->xRead(Real(f), to, n, at);
        },
        Write,
        [](sqlite3_file* f, sqlite3_int64 n) { return Real(f)->pMethods->xTruncate(Real(f), n); },
        Sync,
        [](sqlite3_file* f, sqlite3_int64* n) { return Real(f)->pMethods->xFileSize(Real(f), n); },
        [](sqlite3_file* f, int lock) { return Real(f)->pMethods->xLock(Real(f), lock); },
        [](sqlite3_file* f, int lock) { return Real(f)->pMethods->xUnlock(Real(f), lock); },
        [](sqlite3_file* f, int* out) {
          return Real(f)->pMethods->xCheckReservedLock(Real(f), out);
        },
        [](sqlite3_file* f, int op, void* arg) {
          return Real(f)->pMethods->xFileControl(Real(f), op, arg);
        },
        [](sqlite3_file* f) { return Real(f)->pMethods->xSectorSize(Real(f)); },
        [](sqlite3_file* f) { return Real(f)->pMethods->xDeviceCharacteristics(Real(f)); },
        [](sqlite3_file* f, int page, int size, int extend, void volatile** out) {
          return Real(f)->pMethods->xShmMap(Real(f), page, size, extend, out);
        },
        [](sqlite3_file* f, int at, int n, int flags) {
          return Real(f)->pMethods->xShmLock(Real(f), at, n, flags);
        },
        [](sqlite3_file* f) { Real(f)->pMethods->xShmBarrier(Real(f)); },
        [](sqlite3_file* f, int remove) { return Real(f)->pMethods->xShmUnmap(Real(f), remove); },
        nullptr,
        nullptr,
    };
    return &methods;
  }

  static int OpenFile(sqlite3_vfs* vfs, sqlite3_filename name, sqlite3_file* f, int flags,
                      int* out) {
    auto* real_vfs = static_cast<sqlite3_vfs*>(vfs->pAppData);
    File* file = Of(f);
    file->base.pMethods = nullptr;
    file->real = static_cast<sqlite3_file*>(sqlite3_malloc(real_vfs->szOsFile));
    std::memset(file->real, 0, static_cast<std::size_t>(real_vfs->szOsFile));
    file->is_log = (flags & SQLITE_OPEN_WAL) != 0;
    const int code = real_vfs->xOpen(real_vfs, name, file->real, flags, out);
    if (code == SQLITE_OK) {
      file->base.pMethods = Methods();
    } else {
      sqlite3_free(file->real);
    }
    return code;
  }

  // Databases that are opened from now on are on this disk.
  FaultyDisk() {
    log_syncs = 0;
    sync_error = write_error = SQLITE_OK;
    sqlite3_vfs_register(Vfs(), 1);
  }
  ~FaultyDisk() {
    sync_error = write_error = SQLITE_OK;
    sqlite3_vfs_register(Below(Vfs()), 1);
  }

 private:
  // Static: databases that were opened on it may be closed later.
  static sqlite3_vfs* Vfs() {
    static sqlite3_vfs vfs = [] {
      sqlite3_vfs* real = sqlite3_vfs_find(nullptr);
      sqlite3_vfs mine = *real;
      mine.zName = "faulty";
      mine.szOsFile = sizeof(File);
      mine.pAppData = real;
      mine.xOpen = OpenFile;
      mine.xDelete = [](sqlite3_vfs* v, const char* name, int dir) {
        return Below(v)->xDelete(Below(v), name, dir);
      };
      mine.xAccess = [](sqlite3_vfs* v, const char* name, int flags, int* out) {
        return Below(v)->xAccess(Below(v), name, flags, out);
      };
      mine.xFullPathname = [](sqlite3_vfs* v, const char* name, int n, char* out) {
        return Below(v)->xFullPathname(Below(v), name, n, out);
      };
      return mine;
    }();
    return &vfs;
  }
  static sqlite3_vfs* Below(sqlite3_vfs* v) { return static_cast<sqlite3_vfs*>(v->pAppData); }
};

absl::Status Insert(Transaction& tx, std::int64_t id) {
  return tx.Execute("INSERT INTO things (id) VALUES ($1)", {id}).status();
}

class SqliteDatabaseTest : public ::testing::Test {
 protected:
  ~SqliteDatabaseTest() override { database_.reset(); }

  void Open(DatabaseOptions options = {}) {
    database_.reset();
    options.uri = "sqlite:" + dir_ / "test.db";
    auto opened = OpenDatabase(std::move(options));
    ASSERT_THAT(opened, IsOk());
    database_ = *std::move(opened);
    ASSERT_THAT(database_->WriteNow([](Transaction& tx) {
      return tx.ExecuteScript(
          "CREATE TABLE IF NOT EXISTS parents (id BIGINT PRIMARY KEY);"
          "CREATE TABLE IF NOT EXISTS things (id BIGINT PRIMARY KEY, parent BIGINT"
          " REFERENCES parents (id) DEFERRABLE INITIALLY DEFERRED);");
    }),
                IsOk());
  }
  Database& db() { return *database_; }

  std::set<std::int64_t> Ids() {
    std::set<std::int64_t> ids;
    EXPECT_THAT(db().ReadNow([&](Transaction& tx) {
      return tx.Query("SELECT id FROM things", {}, [&](const SqlRow& row) {
        ids.insert(row.Int(0));
        return absl::OkStatus();
      });
    }),
                IsOk());
    return ids;
  }

  // Queues `bodies` while the writer is held, so that they run as one batch; their statuses.
  std::vector<absl::Status> RunTogether(std::vector<Database::Body> bodies) {
    absl::Notification held;
    absl::Notification release;
    db().Write(
        [&](Transaction&) {
          held.Notify();
          release.WaitForNotification();
          return absl::OkStatus();
        },
        [](absl::Status) {});
    held.WaitForNotification();
    std::vector<absl::Status> results(bodies.size(), absl::UnknownError("not answered"));
    absl::Notification finished;
    std::atomic<std::size_t> open = bodies.size();
    for (std::size_t i = 0; i < bodies.size(); ++i) {
      db().Write(std::move(bodies[i]), [&, i](absl::Status status) {
        results[i] = std::move(status);
        if (--open == 0) finished.Notify();
      });
    }
    release.Notify();
    finished.WaitForNotification();
    return results;
  }
  static std::vector<Database::Body> Inserts(int from, int to) {
    std::vector<Database::Body> bodies;
    for (int id = from; id <= to; ++id) {
      bodies.push_back([id](Transaction& tx) { return Insert(tx, id); });
    }
    return bodies;
  }

  TempDir dir_;
  std::unique_ptr<Database> database_;
};

TEST_F(SqliteDatabaseTest, CommandsThatQueuedUpShareOneSync) {
  FaultyDisk disk;
  Open();
  const int before = FaultyDisk::log_syncs;
  EXPECT_THAT(RunTogether(Inserts(1, 100)), Each(IsOk()));
  EXPECT_EQ(FaultyDisk::log_syncs - before, 1);
  EXPECT_EQ(Ids().size(), 100u);
}

TEST_F(SqliteDatabaseTest, NoWriteIsAnsweredWithoutASync) {
  FaultyDisk disk;
  Open();
  for (int id = 1; id <= 10; ++id) {
    const int before = FaultyDisk::log_syncs;
    EXPECT_THAT(db().WriteNow([&](Transaction& tx) { return Insert(tx, id); }), IsOk());
    EXPECT_GE(FaultyDisk::log_syncs - before, 1);
  }
}

TEST_F(SqliteDatabaseTest, ADeferredConstraintFailsOnlyTheCommandThatBrokeIt) {
  Open();
  std::vector<Database::Body> bodies = Inserts(1, 3);
  bodies[1] = [](Transaction& tx) {
    return tx.Execute("INSERT INTO things (id, parent) VALUES (2, 42)", {}).status();
  };
  const std::vector<absl::Status> results = RunTogether(std::move(bodies));
  EXPECT_THAT(results[0], IsOk());
  EXPECT_TRUE(absl::IsFailedPrecondition(results[1])) << results[1];
  EXPECT_THAT(results[2], IsOk());
  EXPECT_THAT(Ids(), ElementsAre(1, 3));
}

TEST_F(SqliteDatabaseTest, AnErrorThatUndoesTheWholeTransactionFailsOnlyItsCommand) {
  Open();
  ASSERT_THAT(db().WriteNow([](Transaction& tx) { return Insert(tx, 2); }), IsOk());
  std::vector<Database::Body> bodies = Inserts(1, 3);
  bodies[1] = [](Transaction& tx) {
    return tx.Execute("INSERT OR ROLLBACK INTO things (id) VALUES (2)", {}).status();
  };
  const std::vector<absl::Status> results = RunTogether(std::move(bodies));
  EXPECT_THAT(results[0], IsOk());
  EXPECT_TRUE(absl::IsAlreadyExists(results[1])) << results[1];
  EXPECT_THAT(results[2], IsOk());
  EXPECT_THAT(Ids(), ElementsAre(1, 2, 3));
}

TEST_F(SqliteDatabaseTest, AFullDiskRefusesWritesStaysReadableAndRecovers) {
  FaultyDisk disk;
  Open();
  ASSERT_THAT(db().WriteNow([](Transaction& tx) { return Insert(tx, 1); }), IsOk());
  FaultyDisk::write_error = SQLITE_FULL;
  for (const absl::Status& status : RunTogether(Inserts(2, 5))) {
    EXPECT_TRUE(absl::IsResourceExhausted(status)) << status;
  }
  EXPECT_THAT(Ids(), ElementsAre(1));
  EXPECT_THAT(db().CheckReady(), IsOk());
  FaultyDisk::write_error = SQLITE_OK;
  EXPECT_THAT(RunTogether(Inserts(2, 3)), Each(IsOk()));
  EXPECT_THAT(Ids(), ElementsAre(1, 2, 3));
}

TEST_F(SqliteDatabaseTest, AFailedSyncIsNeverASuccessAndStopsAllWriting) {
  FaultyDisk disk;
  std::atomic<int> broken = 0;
  DatabaseOptions options;
  options.on_broken = [&](const absl::Status&) { ++broken; };
  Open(std::move(options));
  ASSERT_THAT(db().WriteNow([](Transaction& tx) { return Insert(tx, 1); }), IsOk());
  FaultyDisk::sync_error = SQLITE_IOERR_FSYNC;
  for (const absl::Status& status : RunTogether(Inserts(2, 4))) {
    EXPECT_TRUE(absl::IsUnavailable(status)) << status;
  }
  EXPECT_EQ(broken, 1);
  FaultyDisk::sync_error = SQLITE_OK;
  EXPECT_TRUE(absl::IsUnavailable(db().WriteNow([](Transaction& tx) { return Insert(tx, 5); })))
      << "a sync that succeeds later does not say what the failed one lost";
  EXPECT_TRUE(absl::IsUnavailable(db().CheckReady()));
  EXPECT_THAT(Ids(), ElementsAre(1));
  Open();  // As after a restart.
  EXPECT_THAT(Ids(), ElementsAre(1));
  EXPECT_THAT(db().WriteNow([](Transaction& tx) { return Insert(tx, 6); }), IsOk());
  EXPECT_THAT(Ids(), ElementsAre(1, 6));
}

TEST_F(SqliteDatabaseTest, EndsTheProcessOnAFailedSyncUnlessToldOtherwise) {
  EXPECT_EXIT(
      {
        FaultyDisk disk;
        Open();
        FaultyDisk::sync_error = SQLITE_IOERR_FSYNC;
        static_cast<void>(db().WriteNow([](Transaction& tx) { return Insert(tx, 1); }));
      },
      ::testing::ExitedWithCode(74), "storage.broken");
}

TEST_F(SqliteDatabaseTest, TheLogIsCopiedBackSoThatItDoesNotGrowForEver) {
  Open();
  const std::string filler(8000, 'x');
  ASSERT_THAT(db().WriteNow([](Transaction& tx) {
    return tx.ExecuteScript("CREATE TABLE fat (id BIGINT PRIMARY KEY, text TEXT)");
  }),
              IsOk());
  for (int i = 0; i < 200; ++i) {
    ASSERT_THAT(db().WriteNow([&](Transaction& tx) -> absl::Status {
      for (int j = 0; j < 20; ++j) {
        RETURN_IF_ERROR(
            tx.Execute("INSERT INTO fat VALUES ($1, $2)", {i * 20 + j, filler}).status());
      }
      return absl::OkStatus();
    }),
                IsOk());
  }
  // 4000 rows of two pages each would be 32 MB of log.
  EXPECT_LT(std::filesystem::file_size(dir_ / "test.db-wal"), 10'000'000u);
  EXPECT_GT(std::filesystem::file_size(dir_ / "test.db"), 20'000'000u);
}

TEST_F(SqliteDatabaseTest, MoreReadersThanConnectionsTakeTurns) {
  Open();
  ASSERT_THAT(db().WriteNow([](Transaction& tx) { return Insert(tx, 1); }), IsOk());
  std::vector<std::thread> threads;
  std::atomic<int> right = 0;
  for (int t = 0; t < 48; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 20; ++i) right += Ids().size() == 1;
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(right, 48 * 20);
}

TEST_F(SqliteDatabaseTest, AFileThatIsNoDatabaseIsDataLoss) {
  ASSERT_EQ(system(("head -c 100000 /dev/urandom > " + dir_ / "test.db").c_str()), 0);
  DatabaseOptions options;
  options.uri = "sqlite:" + dir_ / "test.db";
  EXPECT_TRUE(absl::IsDataLoss(OpenDatabase(std::move(options)).status()));
}

TEST_F(SqliteDatabaseTest, AFolderThatIsNotThereIsUnavailable) {
  DatabaseOptions options;
  options.uri = "sqlite:" + dir_ / "missing/test.db";
  EXPECT_TRUE(absl::IsUnavailable(OpenDatabase(std::move(options)).status()));
}

TEST(SqliteMemoryTest, IsEmptyEachTimeAndLeavesNothingBehind) {
  const auto count = [] {
    int n = 0;
    for (const auto& entry :
         std::filesystem::directory_iterator(std::filesystem::temp_directory_path())) {
      n += entry.path().filename().string().starts_with("assay-memory-");
    }
    return n;
  };
  TempDir mine;  // Other processes' folders must not be counted.
  setenv("TMPDIR", mine.path().c_str(), 1);
  for (int i = 0; i < 2; ++i) {
    DatabaseOptions options;
    options.uri = "sqlite::memory:";
    auto opened = OpenDatabase(std::move(options));
    ASSERT_THAT(opened, IsOk());
    EXPECT_EQ(count(), 1);
    EXPECT_THAT((*opened)->WriteNow([](Transaction& tx) {
      return tx.ExecuteScript("CREATE TABLE things (id BIGINT PRIMARY KEY)");
    }),
                IsOk());
  }
  EXPECT_EQ(count(), 0);
  unsetenv("TMPDIR");
}

// The child acknowledges each id over a pipe once its commit was answered, until it is killed.
[[noreturn]] void WriteUntilKilled(const std::string& uri, int pipe) {
  DatabaseOptions options;
  options.uri = uri;
  auto db = OpenDatabase(std::move(options));
  if (!db.ok()) _exit(1);
  for (std::int64_t id = 1;; ++id) {
    (*db)->Write([id](Transaction& tx) { return Insert(tx, id); },
                 [id, pipe](absl::Status status) {
                   if (status.ok() && write(pipe, &id, sizeof id) != sizeof id) _exit(2);
                 });
    if (id % 64 == 0) {
      if (!(*db)->WriteNow([](Transaction&) { return absl::OkStatus(); }).ok()) _exit(3);
    }
  }
}

TEST_F(SqliteDatabaseTest, WhatWasAcknowledgedIsThereAfterKillMinusNine) {
  Open();
  database_.reset();  // No threads and no open file while forking.
  std::int64_t acknowledged_in_all = 0;
  for (int round = 0; round < 5; ++round) {
    std::filesystem::remove(dir_ / "test.db");
    Open();
    database_.reset();
    int ends[2];
    ASSERT_EQ(pipe(ends), 0);
    const pid_t child = fork();
    if (child == 0) {
      close(ends[0]);
      WriteUntilKilled("sqlite:" + dir_ / "test.db", ends[1]);
    }
    close(ends[1]);
    std::set<std::int64_t> acknowledged;
    std::int64_t id = 0;
    const std::size_t enough = 200 + static_cast<std::size_t>(round) * 133;
    while (acknowledged.size() < enough && read(ends[0], &id, sizeof id) == sizeof id) {
      acknowledged.insert(id);
    }
    kill(child, SIGKILL);
    while (read(ends[0], &id, sizeof id) == sizeof id) acknowledged.insert(id);
    close(ends[0]);
    int status = 0;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFSIGNALED(status)) << "the child ended by itself with " << WEXITSTATUS(status);
    ASSERT_GE(acknowledged.size(), enough);
    Open();
    const std::set<std::int64_t> present = Ids();
    for (std::int64_t one : acknowledged) EXPECT_TRUE(present.contains(one)) << one;
    acknowledged_in_all += static_cast<std::int64_t>(acknowledged.size());
    database_.reset();
  }
  RecordProperty("acknowledged", absl::StrCat(acknowledged_in_all));
}

}  // namespace
}  // namespace assay::platform
