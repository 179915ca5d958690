// What both engines promise (database.h), each promise once.
#include "services/platform/storage/database.h"

#include <atomic>
#include <cmath>
#include <latch>
#include <limits>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/storage/deferred.h"
#include "services/platform/storage/migrate.h"
#include "services/platform/testing/engines.h"
#include "services/platform/testing/status_matchers.h"

namespace assay::platform {
namespace {

using ::testing::ElementsAre;
using testing::EngineTest;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::IsError;
using testing::IsOk;
using ::testing::Not;

// No reason: the store has to give it one.
MATCHER_P(IsBare, code, "") {
  *result_listener << testing::StatusOf(arg);
  return testing::StatusOf(arg).code() == code && ReasonOf(testing::StatusOf(arg)).empty();
}

const MigrationSet& TestTables() {
  static const MigrationSet set{
      "test",
      {{1, "0001_create_test_tables",
        "CREATE TABLE parents (id BIGINT PRIMARY KEY);"
        "CREATE TABLE things (id BIGINT PRIMARY KEY, name TEXT UNIQUE, score DOUBLE PRECISION,"
        " data BLOB, parent BIGINT REFERENCES parents (id), amount BIGINT CHECK (amount >= 0));",
        "CREATE TABLE parents (id BIGINT PRIMARY KEY);"
        "CREATE TABLE things (id BIGINT PRIMARY KEY, name TEXT UNIQUE, score DOUBLE PRECISION,"
        " data bytea, parent BIGINT REFERENCES parents (id), amount BIGINT CHECK (amount >= "
        "0));"}}};
  return set;
}

absl::Status Insert(Transaction& tx, std::int64_t id, std::string_view name = "") {
  return tx
      .Execute("INSERT INTO things (id, name) VALUES ($1, $2)",
               {id, name.empty() ? SqlValue(nullptr) : SqlValue(name)})
      .status();
}

std::vector<std::int64_t> Ids(Database& db) {
  std::vector<std::int64_t> ids;
  EXPECT_THAT(db.ReadNow([&](Transaction& tx) {
    ids.clear();
    return tx.Query("SELECT id FROM things ORDER BY id", {}, [&](const SqlRow& row) {
      ids.push_back(row.Int(0));
      return absl::OkStatus();
    });
  }),
              IsOk());
  return ids;
}

class DatabaseTest : public EngineTest {
 protected:
  DatabaseTest() : EngineTest({&TestTables()}) {}

  // Holds everything that writes until Release, so that what is written meanwhile queues up.
  class Hold {
   public:
    Hold(Database& db, int writers) : started_(writers), ended_(writers) {
      for (int i = 0; i < writers; ++i) {
        db.Write(
            [this, first = true](Transaction&) mutable {
              if (std::exchange(first, false)) started_.count_down();
              release_.WaitForNotification();
              return absl::OkStatus();
            },
            [this](absl::Status) { ended_.count_down(); });
      }
      started_.wait();
    }
    void Release() { release_.Notify(); }
    ~Hold() {
      if (!release_.HasBeenNotified()) Release();
      ended_.wait();
    }

   private:
    std::latch started_;
    std::latch ended_;
    absl::Notification release_;
  };
  static DatabaseOptions OneConnection() {
    DatabaseOptions options;
    options.connections_max = 1;
    return options;
  }
};

TEST_P(DatabaseTest, KeepsWhatABodyThatReturnsOkDid) {
  ASSERT_THAT(db().WriteNow([](Transaction& tx) { return Insert(tx, 1); }), IsOk());
  EXPECT_THAT(Ids(db()), ElementsAre(1));
  Reopen();
  EXPECT_THAT(Ids(db()), ElementsAre(1));
}

TEST_P(DatabaseTest, UndoesWhatABodyThatFailsDidAndReturnsItsError) {
  const absl::Status status = db().WriteNow([](Transaction& tx) -> absl::Status {
    RETURN_IF_ERROR(Insert(tx, 1));
    return Error(absl::StatusCode::kNotFound, "NO_SUCH_THING", "there is none");
  });
  EXPECT_THAT(status, IsError(absl::StatusCode::kNotFound, "NO_SUCH_THING"));
  EXPECT_THAT(Ids(db()), IsEmpty());
}

TEST_P(DatabaseTest, FailedCommandsDoNotTouchTheOthersThatAreCommittedWithThem) {
  Reopen(OneConnection());
  std::mutex mutex;
  std::vector<std::pair<int, absl::StatusCode>> answers;
  {
    Hold hold(db(), 1);
    for (int i = 1; i <= 10; ++i) {
      db().Write(
          [i](Transaction& tx) {
            RETURN_IF_ERROR(Insert(tx, i));
            return i % 3 == 0 ? absl::NotFoundError("every third") : absl::OkStatus();
          },
          [&, i](absl::Status status) {
            std::lock_guard lock(mutex);
            answers.emplace_back(i, status.code());
          });
    }
  }
  Reopen();  // Finishes what was queued.
  EXPECT_THAT(Ids(db()), ElementsAre(1, 2, 4, 5, 7, 8, 10));
  ASSERT_EQ(answers.size(), 10u);
  for (const auto& [i, code] : answers) {
    EXPECT_EQ(code, i % 3 == 0 ? absl::StatusCode::kNotFound : absl::StatusCode::kOk) << i;
  }
}

TEST_P(DatabaseTest, AnswersOnlyWhenAnotherConnectionSeesTheChange) {
  auto another = OpenAnother();
  for (int i = 1; i <= 20; ++i) {
    absl::Notification answered;
    std::vector<std::int64_t> seen;
    // A second handle of its own: the answer comes on the thread that commits.
    db().Write([i](Transaction& tx) { return Insert(tx, i); },
               [&](absl::Status status) {
                 EXPECT_THAT(status, IsOk());
                 seen = Ids(*another);
                 answered.Notify();
               });
    answered.WaitForNotification();
    EXPECT_THAT(seen, ::testing::Contains(i));
  }
}

TEST_P(DatabaseTest, CallsOnCommitAfterEachCommitThatChangedSomething) {
  std::atomic<int> commits = 0;
  DatabaseOptions options;
  options.on_commit = [&] { ++commits; };
  Reopen(std::move(options));
  ASSERT_THAT(db().WriteNow([](Transaction& tx) { return Insert(tx, 1); }), IsOk());
  EXPECT_EQ(commits, 1);
  ASSERT_THAT(db().WriteNow([](Transaction&) { return absl::OkStatus(); }), IsOk());
  EXPECT_EQ(commits, 1) << "nothing was changed";
  ASSERT_THAT(db().WriteNow([](Transaction& tx) {
    RETURN_IF_ERROR(Insert(tx, 2));
    return absl::NotFoundError("undone");
  }),
              Not(IsOk()));
  EXPECT_EQ(commits, 1) << "the change was undone";
  EXPECT_THAT(Ids(db()), ElementsAre(1));
  EXPECT_EQ(commits, 1) << "it was a read";
  ASSERT_THAT(db().WriteNow([](Transaction& tx) {
    return tx.Query("DELETE FROM things RETURNING id", {},
                    [](const SqlRow&) { return absl::OkStatus(); });
  }),
              IsOk());
  EXPECT_EQ(commits, 2) << "a query that changes rows is a change";
}

TEST_P(DatabaseTest, GivesValuesBackAsTheyWereBound) {
  const std::string text = "O'Brien \"quoted\" \\ %s $1 ? -- Łódź 日本 🎓 Ŵŷ\n\t";
  std::string bytes = "\\x41'";
  for (int i = 0; i < 256; ++i) bytes += static_cast<char>(i);
  const auto least = std::numeric_limits<std::int64_t>::min();
  ASSERT_THAT(db().WriteNow([&](Transaction& tx) {
    return tx
        .Execute("INSERT INTO things (id, name, score, data) VALUES ($1, $2, $3, $4)",
                 {least, text, 0.1, Blob{bytes}})
        .status();
  }),
              IsOk());
  int rows = 0;
  EXPECT_THAT(db().ReadNow([&](Transaction& tx) {
    return tx.Query("SELECT id, name, score, data FROM things WHERE name = $1", {text},
                    [&](const SqlRow& row) {
                      ++rows;
                      EXPECT_EQ(row.Int(0), least);
                      EXPECT_EQ(row.Text(1), text);
                      EXPECT_EQ(row.Double(2), 0.1);
                      EXPECT_EQ(row.Bytes(3), bytes);
                      return absl::OkStatus();
                    });
  }),
              IsOk());
  EXPECT_EQ(rows, 1);
}

TEST_P(DatabaseTest, TellsNullFromEmpty) {
  ASSERT_THAT(db().WriteNow([&](Transaction& tx) -> absl::Status {
    const std::string_view empty;  // Its pointer is null.
    RETURN_IF_ERROR(tx.Execute("INSERT INTO things (id, name, data) VALUES ($1, $2, $3)",
                               {1, empty, Blob{empty}})
                        .status());
    return tx
        .Execute("INSERT INTO things (id, name, score, data) VALUES ($1, $2, $3, $4)",
                 {2, std::optional<std::string>(), std::optional<double>(), nullptr})
        .status();
  }),
              IsOk());
  EXPECT_THAT(db().ReadNow([&](Transaction& tx) {
    return tx.Query("SELECT id, name, data FROM things", {}, [&](const SqlRow& row) {
      const bool null = row.Int(0) == 2;
      EXPECT_EQ(row.IsNull(1), null);
      EXPECT_EQ(row.IsNull(2), null);
      EXPECT_EQ(row.Text(1), "");
      EXPECT_EQ(row.Bytes(2), "");
      return absl::OkStatus();
    });
  }),
              IsOk());
}

TEST_P(DatabaseTest, BindsByNumberAndNotByOrderInTheText) {
  ASSERT_THAT(db().WriteNow([&](Transaction& tx) {
    return tx.Execute("INSERT INTO things (name, id, amount) VALUES ($2, $1, $1)", {7, "second"})
        .status();
  }),
              IsOk());
  EXPECT_THAT(db().ReadNow([&](Transaction& tx) {
    return tx.Query("SELECT id, name, amount FROM things WHERE name = $2 AND id = $1",
                    {7, "second"}, [&](const SqlRow& row) {
                      EXPECT_EQ(row.Int(0), 7);
                      EXPECT_EQ(row.Text(1), "second");
                      EXPECT_EQ(row.Int(2), 7);
                      return absl::OkStatus();
                    });
  }),
              IsOk());
  EXPECT_THAT(Ids(db()), ElementsAre(7));
}

TEST_P(DatabaseTest, BindsMoreThanNineValues) {
  ASSERT_THAT(db().WriteNow([&](Transaction& tx) {
    for (int i = 1; i <= 12; ++i) RETURN_IF_ERROR(Insert(tx, i));
    return absl::OkStatus();
  }),
              IsOk());
  std::vector<std::int64_t> ids;
  EXPECT_THAT(db().ReadNow([&](Transaction& tx) {
    return tx.Query(
        "SELECT id FROM things WHERE id IN ($11, $2, $3, $4, $5, $6, $7, $8, $9, $10,"
        " $1, $12) AND id <> $11 ORDER BY id",
        {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 99}, [&](const SqlRow& row) {
          ids.push_back(row.Int(0));
          return absl::OkStatus();
        });
  }),
              IsOk());
  EXPECT_THAT(ids, ElementsAre(1, 2, 3, 4, 5, 6, 7, 8, 9, 10));
}

TEST_P(DatabaseTest, RefusesTextThatPostgresqlCannotKeep) {
  const std::string nul("a\0b", 3);
  EXPECT_THAT(db().WriteNow([&](Transaction& tx) { return Insert(tx, 1, nul); }),
              IsError(absl::StatusCode::kInvalidArgument, "FIELD_INVALID"));
  EXPECT_THAT(db().WriteNow([&](Transaction& tx) {
    const std::string_view columns[] = {"id", "name"};
    return tx.BulkInsert("things", columns, 1, [&](std::int64_t, std::span<SqlValue> out) {
      out[0] = 1;
      out[1] = nul;
    });
  }),
              IsError(absl::StatusCode::kInvalidArgument, "FIELD_INVALID"));
  EXPECT_THAT(Ids(db()), IsEmpty());
}

TEST_P(DatabaseTest, SaysHowManyRowsChanged) {
  EXPECT_THAT(db().WriteNow([&](Transaction& tx) -> absl::Status {
    for (int i = 1; i <= 5; ++i) RETURN_IF_ERROR(Insert(tx, i));
    ASSIGN_OR_RETURN(const std::int64_t updated,
                     tx.Execute("UPDATE things SET amount = 1 WHERE id > $1", {2}));
    EXPECT_EQ(updated, 3);
    ASSIGN_OR_RETURN(const std::int64_t none, tx.Execute("DELETE FROM things WHERE id = 99", {}));
    EXPECT_EQ(none, 0);
    ASSIGN_OR_RETURN(const std::int64_t ignored,
                     tx.Execute("INSERT INTO things (id) VALUES (1) ON CONFLICT DO NOTHING", {}));
    EXPECT_EQ(ignored, 0);
    ASSIGN_OR_RETURN(const std::int64_t created, tx.Execute("CREATE TABLE more (a BIGINT)", {}));
    EXPECT_EQ(created, 0) << "rows, not statements";
    return absl::OkStatus();
  }),
              IsOk());
}

TEST_P(DatabaseTest, ClassifiesWhatConstraintsRefuse) {
  ASSERT_THAT(db().WriteNow([](Transaction& tx) { return Insert(tx, 1, "one"); }), IsOk());
  const struct {
    const char* sql;
    absl::StatusCode code;
  } cases[] = {
      {"INSERT INTO things (id) VALUES (1)", absl::StatusCode::kAlreadyExists},
      {"INSERT INTO things (id, name) VALUES (2, 'one')", absl::StatusCode::kAlreadyExists},
      {"INSERT INTO things (id, parent) VALUES (2, 42)", absl::StatusCode::kFailedPrecondition},
      {"INSERT INTO things (id, amount) VALUES (2, -1)", absl::StatusCode::kFailedPrecondition},
      {"INSERT INTO schema_versions (component) VALUES ('x')",
       absl::StatusCode::kFailedPrecondition},
      {"SELECT nonsense FROM nowhere", absl::StatusCode::kInternal},
      {"SELECT 1; SELECT 2", absl::StatusCode::kInternal},
  };
  for (const auto& c : cases) {
    EXPECT_THAT(db().WriteNow([&](Transaction& tx) { return tx.Execute(c.sql, {}).status(); }),
                IsBare(c.code))
        << c.sql;
  }
  EXPECT_THAT(Ids(db()), ElementsAre(1));
}

TEST_P(DatabaseTest, ErrorsDoNotQuoteValues) {
  ASSERT_THAT(db().WriteNow([](Transaction& tx) { return Insert(tx, 1, "Jane Doe"); }), IsOk());
  const absl::Status status =
      db().WriteNow([](Transaction& tx) { return Insert(tx, 2, "Jane Doe"); });
  EXPECT_THAT(std::string(status.message()), Not(HasSubstr("Jane")));
  EXPECT_THAT(std::string(status.message()), HasSubstr("name")) << "but say what was refused";
}

TEST_P(DatabaseTest, RefusesTheWrongNumberOfValues) {
  EXPECT_THAT(db().WriteNow([](Transaction& tx) {
    return tx.Execute("INSERT INTO things (id) VALUES ($1)", {1, 2}).status();
  }),
              IsBare(absl::StatusCode::kInternal));
  EXPECT_THAT(db().WriteNow([](Transaction& tx) {
    return tx.Execute("INSERT INTO things (id) VALUES ($1)", {}).status();
  }),
              IsBare(absl::StatusCode::kInternal));
}

TEST_P(DatabaseTest, AFailedStatementDoomsTheTransactionEvenIfTheBodyCarriesOn) {
  ASSERT_THAT(db().WriteNow([](Transaction& tx) { return Insert(tx, 1); }), IsOk());
  const absl::Status status = db().WriteNow([](Transaction& tx) {
    RETURN_IF_ERROR(Insert(tx, 2));
    EXPECT_THAT(Insert(tx, 1), IsBare(absl::StatusCode::kAlreadyExists));
    EXPECT_THAT(Insert(tx, 3), Not(IsOk()));
    return absl::OkStatus();
  });
  EXPECT_THAT(status, IsBare(absl::StatusCode::kAlreadyExists));
  EXPECT_THAT(Ids(db()), ElementsAre(1));
  EXPECT_THAT(db().WriteNow([](Transaction& tx) { return Insert(tx, 4); }), IsOk())
      << "the next command starts afresh";
}

TEST_P(DatabaseTest, QueryStopsAtTheFirstErrorOfItsCallback) {
  ASSERT_THAT(db().WriteNow([](Transaction& tx) {
    for (int i = 1; i <= 5; ++i) RETURN_IF_ERROR(Insert(tx, i));
    return absl::OkStatus();
  }),
              IsOk());
  int rows = 0;
  EXPECT_THAT(db().ReadNow([&](Transaction& tx) {
    return tx.Query("SELECT id FROM things ORDER BY id", {}, [&](const SqlRow& row) {
      ++rows;
      return row.Int(0) == 2 ? absl::OutOfRangeError("enough") : absl::OkStatus();
    });
  }),
              IsBare(absl::StatusCode::kOutOfRange));
  EXPECT_EQ(rows, 2);
}

TEST_P(DatabaseTest, ACallbackMayRunTheSameQueryAgain) {
  ASSERT_THAT(db().WriteNow([](Transaction& tx) {
    for (int i = 1; i <= 3; ++i) RETURN_IF_ERROR(Insert(tx, i));
    return absl::OkStatus();
  }),
              IsOk());
  int pairs = 0;
  constexpr std::string_view kSql = "SELECT id FROM things WHERE id >= $1 ORDER BY id";
  EXPECT_THAT(db().ReadNow([&](Transaction& tx) {
    return tx.Query(kSql, {1}, [&](const SqlRow& outer) {
      return tx.Query(kSql, {outer.Int(0)}, [&](const SqlRow& inner) {
        EXPECT_GE(inner.Int(0), outer.Int(0));
        ++pairs;
        return absl::OkStatus();
      });
    });
  }),
              IsOk());
  EXPECT_EQ(pairs, 6);
}

TEST_P(DatabaseTest, ReadsCannotWrite) {
  EXPECT_THAT(db().ReadNow([](Transaction& tx) { return Insert(tx, 1); }),
              IsBare(absl::StatusCode::kInternal));
  EXPECT_THAT(Ids(db()), IsEmpty());
}

TEST_P(DatabaseTest, AReadSeesOneSnapshotWhileOthersWrite) {
  ASSERT_THAT(db().WriteNow([](Transaction& tx) { return Insert(tx, 1); }), IsOk());
  auto another = OpenAnother();
  const auto count = [](Transaction& tx) {
    std::int64_t n = -1;
    EXPECT_THAT(tx.Query("SELECT COUNT(*) FROM things", {},
                         [&](const SqlRow& row) {
                           n = row.Int(0);
                           return absl::OkStatus();
                         }),
                IsOk());
    return n;
  };
  EXPECT_THAT(db().ReadNow([&](Transaction& tx) {
    EXPECT_EQ(count(tx), 1);
    std::thread([&] {
      EXPECT_THAT(another->WriteNow([](Transaction& other) { return Insert(other, 2); }), IsOk());
    }).join();
    EXPECT_EQ(count(tx), 1);
    return absl::OkStatus();
  }),
              IsOk());
  EXPECT_THAT(Ids(db()), ElementsAre(1, 2));
}

TEST_P(DatabaseTest, ReadsDoNotWaitForAWriter) {
  ASSERT_THAT(db().WriteNow([](Transaction& tx) { return Insert(tx, 1); }), IsOk());
  Hold hold(db(), 1);
  EXPECT_THAT(Ids(db()), ElementsAre(1));
}

TEST_P(DatabaseTest, BulkInsertKeepsEveryRowAsItWas) {
  const std::string awkward = "tab\tnewline\nreturn\rbackslash\\ \\N \\. 'quote' Ŵ";
  const std::string bytes("\0\\x\xff\n", 5);
  constexpr int kRows = 10'000;
  ASSERT_THAT(db().WriteNow([&](Transaction& tx) {
    const std::string_view columns[] = {"id", "name", "score", "data", "amount"};
    std::string name;
    return tx.BulkInsert("things", columns, kRows, [&](std::int64_t i, std::span<SqlValue> out) {
      name = absl::StrCat(awkward, i);
      out[0] = i;
      out[1] = name;
      out[2] = static_cast<double>(i) / 3;
      out[3] = Blob{bytes};
      out[4] = i % 2 == 0 ? SqlValue(nullptr) : SqlValue(i);
    });
  }),
              IsOk());
  std::int64_t rows = 0;
  ASSERT_THAT(db().ReadNow([&](Transaction& tx) {
    return tx.Query(
        "SELECT id, name, score, data, amount FROM things ORDER BY id", {}, [&](const SqlRow& row) {
          const bool same = row.Int(0) == rows && row.Text(1) == absl::StrCat(awkward, rows) &&
                            row.Double(2) == static_cast<double>(rows) / 3 &&
                            row.Bytes(3) == bytes && row.IsNull(4) == (rows % 2 == 0) &&
                            (row.IsNull(4) || row.Int(4) == rows);
          ++rows;
          return same ? absl::OkStatus() : absl::DataLossError(absl::StrCat("row ", rows - 1));
        });
  }),
              IsOk());
  EXPECT_EQ(rows, kRows);
}

TEST_P(DatabaseTest, BulkInsertIsAllOrNothing) {
  ASSERT_THAT(db().WriteNow([](Transaction& tx) { return Insert(tx, 500); }), IsOk());
  const std::string_view columns[] = {"id"};
  EXPECT_THAT(db().WriteNow([&](Transaction& tx) {
    return tx.BulkInsert("things", columns, 1000,
                         [](std::int64_t i, std::span<SqlValue> out) { out[0] = i; });
  }),
              IsBare(absl::StatusCode::kAlreadyExists));
  EXPECT_THAT(Ids(db()), ElementsAre(500));
  EXPECT_THAT(db().WriteNow([&](Transaction& tx) {
    return tx.BulkInsert("things", columns, 0, [](std::int64_t, std::span<SqlValue>) {});
  }),
              IsOk());
}

// 1,003 rows are several whole statements and a rest, wherever an engine puts many into one.
TEST_P(DatabaseTest, BulkInsertKeptKeepsEveryRowAndIsAllOrNothing) {
  constexpr int kRows = 1'003;
  std::vector<std::string> names;
  for (int i = 0; i < kRows; ++i) names.push_back(absl::StrCat("name ", i));
  const std::string_view columns[] = {"id", "name", "amount"};
  const auto fill = [&](std::int64_t i, std::span<SqlValue> out) {
    out[0] = i;
    out[1] = names[i];
    out[2] = i % 2 == 0 ? SqlValue(nullptr) : SqlValue(i);
  };
  const auto insert = [&](Transaction& tx) {
    return tx.BulkInsertKept("things", columns, kRows, fill);
  };
  ASSERT_THAT(db().WriteNow(insert), IsOk());
  std::int64_t rows = 0;
  ASSERT_THAT(db().ReadNow([&](Transaction& tx) {
    return tx.Query("SELECT id, name, amount FROM things ORDER BY id", {}, [&](const SqlRow& row) {
      const bool same = row.Int(0) == rows && row.Text(1) == names[rows] &&
                        row.IsNull(2) == (rows % 2 == 0) && (row.IsNull(2) || row.Int(2) == rows);
      ++rows;
      return same ? absl::OkStatus() : absl::DataLossError(absl::StrCat("row ", rows - 1));
    });
  }),
              IsOk());
  EXPECT_EQ(rows, kRows);
  EXPECT_THAT(db().WriteNow(insert), IsBare(absl::StatusCode::kAlreadyExists));
  EXPECT_THAT(Ids(db()), ::testing::SizeIs(kRows));
}

TEST_P(DatabaseTest, DeferredWritesGoInTogetherAndNotWithoutApply) {
  ASSERT_THAT(db().WriteNow([](Transaction& tx) { return Insert(tx, 1); }), IsOk());
  DeferredWrites writes;
  const std::string_view columns[] = {"id", "name"};
  ASSERT_THAT(db().ReadNow([&](Transaction& tx) -> absl::Status {
    DeferredTransaction deferred(tx, writes);
    std::string name;  // Used again for each row: what is deferred is copied.
    const auto fill = [&](std::int64_t i, std::span<SqlValue> out) {
      name = absl::StrCat("name ", i);
      out[0] = 10 + i;
      out[1] = name;
    };
    RETURN_IF_ERROR(deferred.BulkInsert("things", columns, 2, fill));
    RETURN_IF_ERROR(
        deferred.Execute("UPDATE things SET name = $1 WHERE id = $2", {"new", 1}).status());
    const auto mark = writes.Here();
    RETURN_IF_ERROR(deferred.Execute("DELETE FROM things", {}).status());
    RETURN_IF_ERROR(deferred.BulkInsert("things", columns, 1, fill));
    writes.BackTo(mark);
    return absl::OkStatus();
  }),
              IsOk());
  EXPECT_THAT(Ids(db()), ElementsAre(1));
  ASSERT_THAT(db().WriteNow([&](Transaction& tx) { return writes.Apply(tx); }), IsOk());
  EXPECT_THAT(Ids(db()), ElementsAre(1, 10, 11));
  std::vector<std::string> names;
  ASSERT_THAT(db().ReadNow([&](Transaction& tx) {
    return tx.Query("SELECT name FROM things ORDER BY id", {}, [&](const SqlRow& row) {
      names.emplace_back(row.Text(0));
      return absl::OkStatus();
    });
  }),
              IsOk());
  EXPECT_THAT(names, ElementsAre("new", "name 0", "name 1"));
}

TEST_P(DatabaseTest, BulkInsertTakesNoNamesThatCouldBeSql) {
  const std::string_view columns[] = {"id"};
  const std::string_view bad[] = {"id) SELECT 1 --"};
  const auto fill = [](std::int64_t i, std::span<SqlValue> out) { out[0] = i; };
  EXPECT_THAT(db().WriteNow([&](Transaction& tx) {
    return tx.BulkInsert("things; DROP TABLE things", columns, 1, fill);
  }),
              IsBare(absl::StatusCode::kInternal));
  EXPECT_THAT(db().WriteNow([&](Transaction& tx) { return tx.BulkInsert("things", bad, 1, fill); }),
              IsBare(absl::StatusCode::kInternal));
}

TEST_P(DatabaseTest, RefusesMoreWaitingWritesThanItsBound) {
  DatabaseOptions options = OneConnection();
  options.waiting_writes_max = 4;
  Reopen(std::move(options));
  std::atomic<int> stored = 0;
  std::atomic<int> refused = 0;
  {
    Hold hold(db(), 1);
    for (int i = 1; i <= 10; ++i) {
      db().Write([i](Transaction& tx) { return Insert(tx, i); },
                 [&](absl::Status status) {
                   if (status.ok()) {
                     ++stored;
                   } else {
                     EXPECT_THAT(status,
                                 IsError(absl::StatusCode::kResourceExhausted, "SERVER_BUSY"));
                     ++refused;
                   }
                 });
    }
    EXPECT_EQ(refused, 6) << "the refusal comes at once";
  }
  Reopen();
  EXPECT_EQ(stored, 4);
  EXPECT_THAT(Ids(db()), ElementsAre(1, 2, 3, 4));
}

TEST_P(DatabaseTest, ManyWritersAtOnceLoseNothing) {
  constexpr int kThreads = 8;
  constexpr int kEach = 50;
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < kEach; ++i) {
        EXPECT_THAT(db().WriteNow([&](Transaction& tx) { return Insert(tx, t * kEach + i); }),
                    IsOk());
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(Ids(db()).size(), static_cast<std::size_t>(kThreads * kEach));
}

TEST_P(DatabaseTest, ReadThenWriteIsSerial) {
  ASSERT_THAT(db().WriteNow([](Transaction& tx) {
    return tx.Execute("INSERT INTO things (id, amount) VALUES (1, 0)", {}).status();
  }),
              IsOk());
  const auto add_one = [](Transaction& tx) -> absl::Status {
    std::int64_t amount = 0;
    RETURN_IF_ERROR(tx.Query("SELECT amount FROM things WHERE id = 1", {}, [&](const SqlRow& row) {
      amount = row.Int(0);
      return absl::OkStatus();
    }));
    return tx.Execute("UPDATE things SET amount = $1 WHERE id = 1", {amount + 1}).status();
  };
  std::atomic<int> added = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 25; ++i) {
        const absl::Status status = db().WriteNow(add_one);
        // Contended for long enough, giving up is allowed; a lost update is not.
        if (status.ok()) ++added;
        EXPECT_TRUE(status.ok() || absl::IsAborted(status)) << status;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_GT(added, 0);
  EXPECT_THAT(db().ReadNow([&](Transaction& tx) {
    return tx.Query("SELECT amount FROM things WHERE id = 1", {}, [&](const SqlRow& row) {
      EXPECT_EQ(row.Int(0), added);
      return absl::OkStatus();
    });
  }),
              IsOk());
}

TEST_P(DatabaseTest, ManyStatementTextsAreAllServed) {
  EXPECT_THAT(db().ReadNow([&](Transaction& tx) {
    for (int i = 0; i < 1200; ++i) {
      std::int64_t got = -1;
      RETURN_IF_ERROR(tx.Query(absl::StrCat("SELECT ", i), {}, [&](const SqlRow& row) {
        got = row.Int(0);
        return absl::OkStatus();
      }));
      if (got != i) return absl::DataLossError(absl::StrCat(i));
    }
    return absl::OkStatus();
  }),
              IsOk());
}

TEST_P(DatabaseTest, StatementsSurviveATableThatChangesUnderThem) {
  ASSERT_THAT(db().WriteNow([](Transaction& tx) { return Insert(tx, 1); }), IsOk());
  std::vector<std::string> names;
  const auto read_all = [&] {
    return db().WriteNow([&](Transaction& tx) {
      names.clear();
      return tx.Query("SELECT * FROM things", {}, [&](const SqlRow& row) {
        names.push_back(std::string(row.Text(row.IsNull(1) ? 0 : 1)));
        return absl::OkStatus();
      });
    });
  };
  Reopen(OneConnection());
  ASSERT_THAT(read_all(), IsOk());
  auto another = OpenAnother();
  ASSERT_THAT(another->WriteNow([](Transaction& tx) {
    return tx.ExecuteScript("ALTER TABLE things ADD COLUMN later TEXT");
  }),
              IsOk());
  EXPECT_THAT(read_all(), IsOk());
  EXPECT_THAT(names, ElementsAre("1"));
}

TEST_P(DatabaseTest, ScriptsRunEveryStatement) {
  EXPECT_THAT(db().WriteNow([](Transaction& tx) {
    return tx.ExecuteScript(
        "INSERT INTO things (id) VALUES (1); INSERT INTO things (id, name) VALUES (2, 'a;b');");
  }),
              IsOk());
  EXPECT_THAT(Ids(db()), ElementsAre(1, 2));
}

TEST_P(DatabaseTest, IsReady) { EXPECT_THAT(db().CheckReady(), IsOk()); }

TEST_P(DatabaseTest, SaysWhichEngineItIs) { EXPECT_EQ(db().engine(), GetParam().engine); }

INSTANTIATE_TEST_SUITE_P(Engines, DatabaseTest, testing::Engines(), testing::EngineName);

TEST(OpenDatabaseTest, RefusesWhatIsNoDatabaseUri) {
  for (const char* uri :
       {"", "mysql://x", "sqlite:", "postgresql://u:se%zzcret@h/d", "things.db"}) {
    DatabaseOptions options;
    options.uri = uri;
    const auto opened = OpenDatabase(std::move(options));
    EXPECT_THAT(opened, IsBare(absl::StatusCode::kInvalidArgument)) << uri;
    EXPECT_THAT(std::string(opened.status().message()), Not(HasSubstr("cret")))
        << "a URI may hold a password";
  }
}

}  // namespace
}  // namespace assay::platform
