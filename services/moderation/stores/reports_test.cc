#include "services/moderation/stores/reports.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/storage/database.h"
#include "services/platform/storage/migrate.h"
#include "services/platform/testing/engines.h"
#include "services/platform/testing/status_matchers.h"

namespace assay::moderation {

const platform::MigrationSet& Migrations();

namespace {

using platform::Transaction;
using platform::testing::IsOk;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const absl::Time kNow = absl::FromUnixSeconds(1'777'626'000);

class ReportsTest : public platform::testing::EngineTest {
 protected:
  ReportsTest() : EngineTest({&platform::Migrations(), &Migrations()}) {}

  // Runs `body`, which gives a StatusOr, in a transaction.
  template <typename Body>
  auto Run(Body body) {
    decltype(body(std::declval<Transaction&>())) result = absl::UnknownError("did not run");
    const absl::Status status = db().WriteNow([&](Transaction& tx) {
      result = body(tx);
      return result.status();
    });
    if (!status.ok()) result = status;
    return result;
  }

  Caller All(std::string tenant = "t") {
    return {.tenant = std::move(tenant), .subject = "users/a", .reach = {.all = true}, .now = kNow};
  }
  Caller Of(Reach reach) {
    return {.tenant = "t", .subject = "users/a", .reach = std::move(reach), .now = kNow};
  }

  // A submission of the centre of the same id.
  void Put(std::string component, std::string id, State state, Counts counts,
           std::optional<absl::Time> submitted = std::nullopt, std::string moderator = "",
           std::string tenant = "t") {
    const auto put = Run([&](Transaction& tx) -> absl::StatusOr<bool> {
      Submission s{.name = {"summer", component, id},
                   .centre = "centres/" + id,
                   .centre_title = "Title of " + id,
                   .secret = std::string(32, 's'),
                   .create_time = kNow,
                   .update_time = kNow};
      RETURN_IF_ERROR(store_.InsertSubmission(tx, tenant, s));
      s.state = state;
      s.counts = counts;
      s.cohort_changed = state == State::kSubmitted;
      s.submit_time = submitted;
      s.moderator = moderator;
      s.moderator_subject = moderator.empty() ? "" : "users/" + moderator;
      RETURN_IF_ERROR(store_.UpdateSubmission(tx, All(tenant), s));
      return true;
    });
    ASSERT_THAT(put, IsOk());
  }

  void PutSome() {
    Put("art", "urn-1", State::kOpen, {.candidates = 30, .marked = 20, .missing = 10});
    Put("art", "urn-2", State::kOpen, {.candidates = 30, .marked = 18, .missing = 12});
    Put("art", "urn-3", State::kSubmitted, {.candidates = 5, .marked = 5}, kNow - absl::Hours(1));
    Put("art", "urn-4", State::kAllocated, {.candidates = 7, .marked = 7}, kNow - absl::Hours(9),
        "m1");
    Put("maths", "urn-1", State::kAllocated, {.candidates = 8, .marked = 8}, kNow - absl::Hours(5),
        "m1");
    Put("maths", "urn-2", State::kReleased, {.candidates = 9, .marked = 9}, kNow - absl::Hours(20),
        "m2");
    Put("maths", "urn-3", State::kVoided, {.candidates = 4, .missing = 4}, kNow);
    Put("art", "urn-1", State::kOpen, {.candidates = 99}, std::nullopt, "", "other");
  }

  Store store_;
};

INSTANTIATE_TEST_SUITE_P(Engines, ReportsTest, platform::testing::Engines(),
                         platform::testing::EngineName);

TEST_P(ReportsTest, StagesAreCountedByComponent) {
  PutSome();
  const auto counts =
      Run([&](Transaction& tx) { return CountStages(tx, All(), "summer", kNow - absl::Hours(6)); });
  ASSERT_THAT(counts, IsOk());
  ASSERT_THAT(*counts, SizeIs(2));
  const StageCounts& art = (*counts)[0].counts;
  EXPECT_EQ((*counts)[0].component, "art");
  EXPECT_THAT(art.submissions, ElementsAre(2, 1, 0, 1, 0, 0, 0, 0));
  EXPECT_EQ(art.total(), 4);
  EXPECT_EQ(art.candidates, 72);
  EXPECT_EQ(art.marked, 50);
  EXPECT_EQ(art.missing, 22);
  EXPECT_EQ(art.cohort_changed, 1);
  EXPECT_EQ(art.submitted_late, 1) << "an hour ago was after six hours ago";
  const StageCounts& maths = (*counts)[1].counts;
  EXPECT_THAT(maths.submissions, ElementsAre(0, 0, 0, 1, 0, 1, 0, 1));
  EXPECT_EQ(maths.submitted_late, 1) << "what is void is not late,";
  EXPECT_EQ(maths.missing, 0) << "and nobody owes it marks";
  const auto never_due =
      Run([&](Transaction& tx) { return CountStages(tx, All(), "summer", std::nullopt); });
  ASSERT_THAT(never_due, IsOk());
  EXPECT_EQ((*never_due)[0].counts.submitted_late, 0);
  EXPECT_THAT(*Run([&](Transaction& tx) { return CountStages(tx, All(), "winter", kNow); }),
              IsEmpty());
}

TEST_P(ReportsTest, EverybodyCountsWhatTheyReach) {
  PutSome();
  const auto total = [&](const Caller& caller) {
    const auto counts =
        Run([&](Transaction& tx) { return CountStages(tx, caller, "summer", std::nullopt); });
    EXPECT_THAT(counts, IsOk());
    StageCounts sum;
    for (const ComponentCounts& component : *counts) sum.Add(component.counts);
    return sum.total();
  };
  EXPECT_EQ(total(All()), 7);
  EXPECT_EQ(total(All("other")), 1);
  EXPECT_EQ(total(Of({.centre = "centres/urn-1"})), 2);
  EXPECT_EQ(total(Of({.moderator = "users/m1"})), 2);
  EXPECT_EQ(total(Of({.centre = "centres/urn-2", .moderator = "users/m1"})), 4);
  EXPECT_EQ(total(Of({})), 0) << "no centre and no moderator is not the unallocated";
}

TEST_P(ReportsTest, ListsAreOrderedByUrgencyAndBounded) {
  PutSome();
  const auto open = Run([&](Transaction& tx) { return ListOpen(tx, All(), "summer", 10); });
  ASSERT_THAT(open, IsOk());
  ASSERT_THAT(*open, SizeIs(2));
  EXPECT_EQ((*open)[0].centre, "Title of urn-2") << "it misses most marks";
  EXPECT_EQ((*open)[0].missing, 12);
  EXPECT_THAT(*Run([&](Transaction& tx) { return ListOpen(tx, All(), "summer", 1); }), SizeIs(1));
  EXPECT_THAT(*Run([&](Transaction& tx) {
    return ListOpen(tx, Of({.centre = "centres/urn-1"}), "summer", 10);
  }),
              SizeIs(1));

  const auto waiting = Run([&](Transaction& tx) { return ListWaiting(tx, All(), "summer", 10); });
  ASSERT_THAT(waiting, IsOk());
  ASSERT_THAT(*waiting, SizeIs(3));
  EXPECT_EQ((*waiting)[0].centre, "Title of urn-4");
  EXPECT_EQ((*waiting)[0].state, State::kAllocated);
  EXPECT_EQ((*waiting)[0].since, kNow - absl::Hours(9));
  EXPECT_EQ((*waiting)[2].centre, "Title of urn-3");
  EXPECT_THAT(*Run([&](Transaction& tx) {
    return ListWaiting(tx, Of({.moderator = "users/m2"}), "summer", 10);
  }),
              IsEmpty());

  const auto busy = Run([&](Transaction& tx) { return ListBusyModerators(tx, "t", "summer", 10); });
  ASSERT_THAT(busy, IsOk());
  ASSERT_THAT(*busy, SizeIs(1)) << "what is released keeps nobody busy";
  EXPECT_EQ((*busy)[0].title, "m1") << "no title is kept, so the id stands for it";
  EXPECT_EQ((*busy)[0].submissions, 2);
  EXPECT_EQ((*busy)[0].oldest, kNow - absl::Hours(9));
}

TEST_P(ReportsTest, ChangesOfMarksAreCounted) {
  const std::vector<Result> results = {{"1", 5000, 4800, Basis::kAdjusted},
                                       {"2", 5000, 4800, Basis::kAdjusted},
                                       {"3", 5000, 5000, Basis::kCentre},
                                       {"4", 100, 100, Basis::kAdjusted},
                                       {"5", std::nullopt, std::nullopt, Basis::kMissing}};
  const auto changes =
      Run([&](Transaction& tx) -> absl::StatusOr<std::vector<SubmissionReport::Change>> {
        RETURN_IF_ERROR(store_.InsertResults(tx, "t", 7, results));
        return CountChanges(tx, "t", 7);
      });
  ASSERT_THAT(changes, IsOk());
  std::vector<std::string> found;
  for (const auto& change : *changes) {
    found.push_back(absl::StrCat(change.before, " ", change.after, " ", change.count, " ",
                                 change.adjusted ? "adjusted" : ""));
  }
  EXPECT_THAT(found, ElementsAre("100 100 1 adjusted", "5000 4800 2 adjusted", "5000 5000 1 "));
}

TEST_P(ReportsTest, JudgementsOfTheSampleInForceComeOldestFirst) {
  const Submission submission{.number = 7, .sample = "s2"};
  const auto judgements =
      Run([&](Transaction& tx) -> absl::StatusOr<std::vector<RecordedJudgement>> {
        for (const char* sample : {"s1", "s2", "s2"}) {
          RecordedJudgement judgement{.sample = sample,
                                      .finding = "outside",
                                      .tolerance = 400,
                                      .judged = 6,
                                      .inside = 5,
                                      .rank_correlation = .5,
                                      .judged_by = "users/m1",
                                      .judge_time = kNow};
          RETURN_IF_ERROR(store_.InsertJudgement(tx, "t", 7, judgement));
        }
        return ListJudgements(tx, "t", submission, 10);
      });
  ASSERT_THAT(judgements, IsOk());
  ASSERT_THAT(*judgements, SizeIs(2));
  EXPECT_EQ((*judgements)[0].number, 1);
  EXPECT_EQ((*judgements)[1].number, 2);
  EXPECT_EQ((*judgements)[1].inside, 5);
  EXPECT_EQ((*judgements)[1].rank_correlation, .5);
  EXPECT_EQ((*judgements)[1].judge_time, kNow);
}

// MOD-16 at national scale: a series of 10,000 submissions is counted, not loaded.
TEST_P(ReportsTest, TenThousandSubmissionsAreCountedInOneQuery) {
  const auto made = Run([&](Transaction& tx) {
    return tx.Execute(
        "INSERT INTO submissions (tenant, series, component, id, centre, centre_title, state, "
        "stage, candidate_count, marked_count, missing_count, excluded_count, cohort_changed, "
        "secret, secret_revealed, sample, moderator, moderator_subject, submitted_at, created_at, "
        "updated_at, version, feedback_tasks, feedback_accuracy, feedback_administration) "
        "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 9999) "
        "SELECT 't', 'summer', 'c' || CAST(i % 20 AS TEXT), 'urn-' || CAST(i AS TEXT), "
        "'centres/urn-' || CAST(i AS TEXT), 'A centre with a title of usual length', i % 6, 1, "
        "50, 40, 10, 0, 0, $1, 0, '', 'm' || CAST(i % 600 AS TEXT), "
        "'users/m' || CAST(i % 600 AS TEXT), CASE WHEN i % 6 = 0 THEN NULL ELSE i END, 1, 1, 1, "
        "'', '', '' FROM n",
        {platform::Blob{std::string_view("secret")}});
  });
  ASSERT_THAT(made, IsOk());
  const auto begin = std::chrono::steady_clock::now();
  const auto counts = Run([&](Transaction& tx) { return CountStages(tx, All(), "summer", kNow); });
  const auto open = Run([&](Transaction& tx) { return ListOpen(tx, All(), "summer", 200); });
  const auto waiting = Run([&](Transaction& tx) { return ListWaiting(tx, All(), "summer", 50); });
  const auto busy = Run([&](Transaction& tx) { return ListBusyModerators(tx, "t", "summer", 50); });
  const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - begin;
  ASSERT_THAT(counts, IsOk());
  ASSERT_THAT(*counts, SizeIs(20));
  std::int64_t total = 0;
  for (const ComponentCounts& component : *counts) total += component.counts.total();
  EXPECT_EQ(total, 10'000);
  EXPECT_THAT(*open, SizeIs(200));
  EXPECT_THAT(*waiting, SizeIs(50));
  EXPECT_THAT(*busy, SizeIs(50));
  RecordProperty("milliseconds", absl::StrCat(took.count()));
  EXPECT_LT(took.count(), 2000) << "milliseconds; a tenth of it is usual";
}

}  // namespace
}  // namespace assay::moderation
