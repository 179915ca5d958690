// Every list and get of the stores goes to its rows by an index: the plan that SQLite makes for it
// scans no table and sorts nothing that could be long (P11).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "services/moderation/store.h"
#include "services/moderation/stores/mark_imports.h"
#include "services/platform/core/view.h"
#include "services/platform/storage/migrate.h"
#include "services/platform/testing/status_matchers.h"

namespace assay::moderation {

const platform::MigrationSet& Migrations();

namespace {

using platform::SqlRow;
using platform::SqlValue;
using platform::Transaction;
using platform::View;
using platform::testing::IsOk;

// Notes what the plan of each query says of scans and sorts, then runs it.
class Explained final : public Transaction {
 public:
  using Transaction::Execute;
  using Transaction::Query;
  explicit Explained(Transaction& tx) : tx_(tx) {}

  absl::StatusOr<std::int64_t> Execute(std::string_view sql,
                                       std::span<const SqlValue> values) override {
    return tx_.Execute(sql, values);
  }
  absl::Status Query(std::string_view sql, std::span<const SqlValue> values,
                     absl::FunctionRef<absl::Status(const SqlRow&)> row) override {
    const std::string explain = absl::StrCat("EXPLAIN QUERY PLAN ", View(sql));
    const absl::Status status = tx_.Query(explain, values, [&](const SqlRow& step) {
      const std::string text(step.Text(3));
      steps_.push_back(text);
      const bool scans = absl::StartsWith(text, "SCAN ") && !absl::StrContains(text, "CONSTANT");
      if (scans || absl::StrContains(text, "USE TEMP B-TREE")) {
        slow_.push_back(absl::StrCat(text, ": ", View(sql)));
      }
      return absl::OkStatus();
    });
    if (!status.ok()) return status;
    ++queries_;
    return tx_.Query(sql, values, row);
  }
  absl::Status BulkInsert(
      std::string_view table, std::span<const std::string_view> columns, std::int64_t rows,
      absl::FunctionRef<void(std::int64_t, std::span<SqlValue>)> fill) override {
    return tx_.BulkInsert(table, columns, rows, fill);
  }

  const std::vector<std::string>& slow() const { return slow_; }
  const std::vector<std::string>& steps() const { return steps_; }
  int queries() const { return queries_; }

 private:
  Transaction& tx_;
  std::vector<std::string> slow_;
  std::vector<std::string> steps_;
  int queries_ = 0;
};

class PlansTest : public ::testing::Test {
 protected:
  PlansTest() : database_(*platform::OpenDatabase({.uri = "sqlite::memory:"})) {
    EXPECT_THAT(platform::Migrate(*database_, platform::Migrations()), IsOk());
    EXPECT_THAT(platform::Migrate(*database_, Migrations()), IsOk());
    submission_.number = 1;
    submission_.name = {"s", "c", "urn-1"};
    submission_.sample = "x";
  }

  // The slow steps of what `read` asks.
  std::vector<std::string> SlowStepsOf(const std::function<void(Transaction&)>& read) {
    std::vector<std::string> slow;
    EXPECT_THAT(database_->ReadNow([&](Transaction& tx) {
      Explained explained(tx);
      read(explained);
      EXPECT_GT(explained.queries(), 0);
      slow = explained.slow();
      return absl::OkStatus();
    }),
                IsOk());
    return slow;
  }

  std::unique_ptr<platform::Database> database_;
  Store store_;
  MarkImportStore imports_;
  Submission submission_;
};

TEST_F(PlansTest, AScanIsSeen) {
  EXPECT_THAT(SlowStepsOf([](Transaction& tx) {
                (void)tx.Query("SELECT title FROM series WHERE title = $1", {"x"},
                               [](const SqlRow&) { return absl::OkStatus(); });
              }),
              ::testing::SizeIs(1));
}

TEST_F(PlansTest, NoReadOfTheStoreScansOrSorts) {
  const Caller all{.tenant = "t", .subject = "u", .reach = {.all = true}};
  const Caller centre{.tenant = "t", .subject = "u", .reach = {.centre = "centres/urn-1"}};
  const SubmissionName after{"s", "c", "urn-0"};
  EXPECT_THAT(SlowStepsOf([&](Transaction& tx) {
                (void)store_.GetSeries(tx, "t", "s");
                (void)store_.ListSeries(tx, "t", "a", 50);
                (void)store_.GetComponent(tx, "t", "s", "c");
                (void)store_.ListComponents(tx, "t", "s", "a", 50);
                (void)store_.GetSubmission(tx, all, submission_.name);
                (void)store_.GetSubmission(tx, centre, submission_.name);
                (void)store_.GetCandidate(tx, "t", 1, "1");
                (void)store_.ListCandidates(tx, "t", 1, "0", 50, false);
                (void)store_.ListCandidates(tx, "t", 1, "0", 50, true);
                (void)store_.GetSample(tx, "t", 1, "x");
                (void)store_.ListSamples(tx, "t", 1, "a", 50);
                (void)store_.ListMarked(tx, "t", submission_, Stage::kSample, "0", 50);
                (void)store_.CountOutstanding(tx, "t", submission_, Stage::kSample);
                (void)store_.GetModerator(tx, "t", "m");
                (void)store_.ListModerators(tx, "t", "a", 50);
                (void)store_.LatestJudgement(tx, "t", submission_);
                (void)store_.ListResults(tx, "t", 1, "0", 50);
              }),
              ::testing::IsEmpty());
  for (const SubmissionFilter& filter :
       {SubmissionFilter{}, SubmissionFilter{.series = "s"},
        SubmissionFilter{.series = "s", .component = "c"},
        SubmissionFilter{.state = State::kSubmitted},
        SubmissionFilter{.series = "s", .component = "c", .state = State::kSubmitted}}) {
    EXPECT_THAT(SlowStepsOf([&](Transaction& tx) {
                  (void)store_.ListSubmissions(tx, all, filter, nullptr, 50);
                  (void)store_.ListSubmissions(tx, all, filter, &after, 50);
                }),
                ::testing::IsEmpty());
    EXPECT_THAT(SlowStepsOf([&](Transaction& tx) {
                  if (filter.state.has_value()) {
                    (void)store_.GetSubmission(tx, centre, submission_.name);
                    return;  // One centre has few submissions in a state; sorting them is cheap.
                  }
                  (void)store_.ListSubmissions(tx, centre, filter, &after, 50);
                }),
                ::testing::IsEmpty());
  }
}

// A search by the tenant alone is no scan and yet walks past everybody else's.
TEST_F(PlansTest, AModeratorsListGoesToTheirOwnSubmissions) {
  const Caller moderator{.tenant = "t", .subject = "u", .reach = {.moderator = "u"}};
  const SubmissionName after{"s", "c", "urn-0"};
  ASSERT_THAT(database_->ReadNow([&](Transaction& tx) {
    Explained explained(tx);
    (void)store_.ListSubmissions(explained, moderator, {}, nullptr, 50);
    (void)store_.ListSubmissions(explained, moderator, {}, &after, 50);
    EXPECT_THAT(explained.steps(),
                ::testing::Each(::testing::HasSubstr("tenant=? AND moderator_subject=?")));
    EXPECT_THAT(explained.slow(), ::testing::IsEmpty());
    return absl::OkStatus();
  }),
              IsOk());
}

TEST_F(PlansTest, NoReadOfImportsScansOrSorts) {
  const Caller all{.tenant = "t", .subject = "u", .reach = {.all = true}};
  MarkImport import;
  import.tenant = "t";
  import.name = {"s", "c", "i"};
  EXPECT_THAT(SlowStepsOf([&](Transaction& tx) {
                (void)imports_.Get(tx, all, import.name);
                (void)imports_.List(tx, all, "s", "c", "a", 50);
                (void)imports_.CountUnfinished(tx, "t");
                (void)imports_.ListStalled(tx, absl::UnixEpoch(), 50);
                (void)imports_.ListExpired(tx, absl::UnixEpoch(), 50);
                (void)imports_.ListUnswept(tx, 50);
                (void)imports_.NextChunk(tx, import, 0);
                (void)imports_.ListRefusals(tx, import, 0, 50);
                (void)imports_.ListRefusedLines(tx, import, 0, 50);
                (void)imports_.HolderOf(tx, "t", {"s", "c", "urn-1"});
                (void)imports_.FindHold(tx, import, "urn-1");
              }),
              ::testing::IsEmpty());
}

}  // namespace
}  // namespace assay::moderation
