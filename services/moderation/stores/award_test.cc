#include "services/moderation/stores/award.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "services/moderation/store.h"
#include "services/moderation/stores/checkpoints.h"
#include "services/platform/core/status_macros.h"
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
using ::testing::Pair;
using ::testing::UnorderedElementsAre;

const absl::Time kNow = absl::FromUnixSeconds(1'777'626'000);

class AwardStoreTest : public platform::testing::EngineTest {
 protected:
  AwardStoreTest() : EngineTest({&platform::Migrations(), &Migrations()}) {}

  template <typename Body>
  void Do(Body body) {
    ASSERT_THAT(db().WriteNow([&](Transaction& tx) -> absl::Status { return body(tx); }), IsOk());
  }

  Caller All(std::string tenant = "t") {
    return {.tenant = std::move(tenant), .reach = {.all = true}, .now = kNow};
  }
  // A submission of `component` by centre `id`, in the state.
  Submission Put(std::string component, std::string id, State state, std::int64_t missing = 0,
                 std::string tenant = "t", std::string series = "s") {
    Submission s{.name = {std::move(series), std::move(component), id},
                 .centre = "centres/" + id,
                 .secret = "secret",
                 .create_time = kNow};
    Do([&](Transaction& tx) -> absl::Status {
      RETURN_IF_ERROR(store_.InsertSubmission(tx, tenant, s));
      s.state = state;
      s.counts = {.candidates = 5, .marked = 5 - missing, .missing = missing};
      s.sample = state >= State::kSampled ? "01s" : "";
      s.submit_time = kNow;
      s.moderator_subject = state >= State::kAllocated ? "users/m" : "";
      return store_.UpdateSubmission(tx, All(tenant), s);
    });
    return s;
  }
  std::vector<std::string> Ids(const Caller& caller, const AwardFilter& filter,
                               std::optional<AwardFrom> from = std::nullopt, int limit = 100) {
    std::vector<std::string> ids;
    Do([&](Transaction& tx) -> absl::Status {
      ASSIGN_OR_RETURN(
          const auto found,
          award_.ListSubmissions(tx, caller, filter, from.has_value() ? &*from : nullptr, limit));
      ids.clear();
      for (const Submission& s : found) ids.push_back(s.name.component + "/" + s.name.id);
      return absl::OkStatus();
    });
    return ids;
  }

  Store store_;
  AwardStore award_;
};

INSTANTIATE_TEST_SUITE_P(Engines, AwardStoreTest, platform::testing::Engines(),
                         platform::testing::EngineName);

TEST_P(AwardStoreTest, ListsWhatIsNotFinishedInOrderAndFromAnywhere) {
  Put("b", "1", State::kOpen);
  Put("a", "2", State::kReleased);
  Put("a", "3", State::kReleased, 1);
  Put("a", "1", State::kJudged);
  Put("a", "1", State::kOpen, 0, "other");
  Put("a", "1", State::kOpen, 0, "t", "z");
  const AwardFilter series{.series = "s", .unfinished_only = true};
  EXPECT_THAT(Ids(All(), series), ElementsAre("a/1", "a/3", "b/1"));
  EXPECT_THAT(Ids(All(), {.series = "s"}), ElementsAre("a/1", "a/2", "a/3", "b/1"));
  EXPECT_THAT(Ids(All(), {.series = "s", .component = "a", .centre = "centres/2"}),
              ElementsAre("a/2"));
  EXPECT_THAT(Ids(All(), {}), ElementsAre("a/1", "a/2", "a/3", "b/1", "a/1"));
  EXPECT_THAT(Ids(All(), series, AwardFrom{{"s", "a", "1"}, false}), ElementsAre("a/3", "b/1"));
  EXPECT_THAT(Ids(All(), series, AwardFrom{{"s", "a", "3"}, true}, 1), ElementsAre("a/3"));
  EXPECT_THAT(Ids(All(), {.series = "s", .component = "a"}, AwardFrom{{"s", "a", "2"}, false}),
              ElementsAre("a/3"));
  EXPECT_THAT(Ids(All(), {}, AwardFrom{{"s", "b", "1"}, true}), ElementsAre("b/1", "a/1"));
}

TEST_P(AwardStoreTest, AReachLimitsTheListAndNoReachIsNothing) {
  Put("a", "1", State::kAllocated);
  Put("a", "2", State::kOpen);
  const auto with = [](Reach reach) { return Caller{.tenant = "t", .reach = std::move(reach)}; };
  EXPECT_THAT(Ids(with({.centre = "centres/2"}), {}), ElementsAre("a/2"));
  EXPECT_THAT(Ids(with({.moderator = "users/m"}), {}), ElementsAre("a/1"));
  EXPECT_THAT(Ids(with({.centre = "centres/2", .moderator = "users/m"}), {}),
              ElementsAre("a/1", "a/2"));
  EXPECT_THAT(Ids(with({}), {}), IsEmpty());
}

TEST_P(AwardStoreTest, CountsWhatTheModeratorOwesInTheStageThatIsDue) {
  std::vector<Submission> page = {Put("a", "1", State::kAllocated), Put("a", "2", State::kJudged),
                                  Put("a", "3", State::kAllocated)};
  Do([&](Transaction& tx) -> absl::Status {
    for (const Submission& s : page) {
      RETURN_IF_ERROR(store_.InsertSample(
          tx, "t", s.number,
          {.id = "01s",
           .create_time = kNow,
           .picks = {{.candidate = "1", .stage = Stage::kSubSample},
                     {.candidate = "2", .stage = Stage::kSubSample, .mark = 100},
                     {.candidate = "3", .stage = Stage::kSample}}}));
    }
    page[2].stage = Stage::kSample;
    return store_.UpdateSubmission(tx, All(), page[2]);
  });
  Do([&](Transaction& tx) -> absl::Status {
    ASSIGN_OR_RETURN(const auto counts, award_.CountOutstanding(tx, "t", page));
    EXPECT_THAT(counts, UnorderedElementsAre(Pair(page[0].number, 1), Pair(page[2].number, 2)));
    ASSIGN_OR_RETURN(const auto none, award_.CountOutstanding(tx, "t", {}));
    EXPECT_THAT(none, IsEmpty());
    ASSIGN_OR_RETURN(const auto drawn, award_.ListDrawn(tx, "t", page[0], 2));
    EXPECT_THAT(drawn, ElementsAre("1", "2"));
    return absl::OkStatus();
  });
}

TEST_P(AwardStoreTest, FindsWhoHasNoMarkAndWhoALearnerIs) {
  const Submission one = Put("a", "1", State::kOpen, 1);
  const Submission two = Put("b", "1", State::kOpen);
  const Submission far = Put("a", "2", State::kOpen);
  const std::vector<Candidate> cohort = {
      {.number = "7", .uln = "1000000043"},
      {.number = "8", .flags = kAbsent},
      {.number = "9", .mark = 100, .flags = kCarriedForward, .uln = "7673614579"}};
  Do([&](Transaction& tx) -> absl::Status {
    RETURN_IF_ERROR(store_.InsertCandidates(tx, "t", one.number, cohort));
    RETURN_IF_ERROR(store_.InsertCandidates(tx, "t", two.number, cohort));
    return store_.InsertCandidates(tx, "t", far.number, cohort);
  });
  const auto find = [&](const Caller& caller, const AwardFilter& filter, const LearnerKey& key) {
    std::vector<std::string> found;
    Do([&](Transaction& tx) -> absl::Status {
      ASSIGN_OR_RETURN(const auto entries, award_.FindLearner(tx, caller, filter, key, 100));
      found.clear();
      for (const Entry& e : entries) {
        found.push_back(absl::StrCat(e.submission.name.component, "/", e.submission.name.id, "/",
                                     e.candidate.number));
      }
      return absl::OkStatus();
    });
    return found;
  };
  Do([&](Transaction& tx) -> absl::Status {
    ASSIGN_OR_RETURN(const auto missing, award_.ListMissing(tx, "t", one.number, 10));
    EXPECT_THAT(missing, ElementsAre("7"));
    return absl::OkStatus();
  });
  const LearnerKey uln{.uln = "1000000043"};
  EXPECT_THAT(find(All(), {}, uln), ElementsAre("a/1/7", "a/2/7", "b/1/7"));
  EXPECT_THAT(find(All(), {.series = "s", .component = "b"}, uln), ElementsAre("b/1/7"));
  EXPECT_THAT(find(All("other"), {}, uln), IsEmpty());
  EXPECT_THAT(find({.tenant = "t", .reach = {.centre = "centres/2"}}, {}, uln),
              ElementsAre("a/2/7"));
  EXPECT_THAT(find(All(), {.series = "s"}, {.centre = "centres/1", .candidate = "9"}),
              ElementsAre("a/1/9", "b/1/9"));
  // Nobody's number is nobody: those without one are not each other.
  EXPECT_THAT(find(All(), {}, {.uln = "0"}), IsEmpty());
}

TEST_P(AwardStoreTest, AResultIsThereOnceItIsMade) {
  const Submission s = Put("a", "1", State::kReleased);
  Do([&](Transaction& tx) -> absl::Status {
    const Result result{.candidate = "7", .final_mark = 4100, .basis = Basis::kAdjusted};
    RETURN_IF_ERROR(store_.InsertResults(tx, "t", s.number, {&result, 1}));
    ASSIGN_OR_RETURN(const auto found, award_.FindResult(tx, "t", s.number, "7"));
    EXPECT_TRUE(found.has_value() && found->final_mark == 4100 && found->basis == Basis::kAdjusted);
    ASSIGN_OR_RETURN(const auto none, award_.FindResult(tx, "t", s.number, "8"));
    EXPECT_FALSE(none.has_value());
    return absl::OkStatus();
  });
}

class CheckpointStoreTest : public AwardStoreTest {
 protected:
  CheckpointStore checkpoints_;
};

INSTANTIATE_TEST_SUITE_P(Engines, CheckpointStoreTest, platform::testing::Engines(),
                         platform::testing::EngineName);

TEST_P(CheckpointStoreTest, ARunIsKeptUnderItsIdAndDateAndANoticeOnce) {
  CheckpointRun run{.id = "marks-due-7-days-ahead", .due = kNow, .started = kNow};
  Do([&](Transaction& tx) -> absl::Status {
    RETURN_IF_ERROR(checkpoints_.Put(tx, "t", "s", run));
    run.component = "c";
    run.submission = "urn-1";
    run.notices = 3;
    run.finished = kNow;
    RETURN_IF_ERROR(checkpoints_.Put(tx, "t", "s", run));
    ASSIGN_OR_RETURN(const auto found, checkpoints_.Find(tx, "t", "s", run.id, kNow));
    EXPECT_TRUE(found.has_value() && found->notices == 3 && found->submission == "urn-1" &&
                found->finished == kNow);
    ASSIGN_OR_RETURN(const auto other,
                     checkpoints_.Find(tx, "t", "s", run.id, kNow + absl::Hours(1)));
    EXPECT_FALSE(other.has_value());
    ASSIGN_OR_RETURN(const auto all, checkpoints_.List(tx, "t", "s", 10));
    EXPECT_EQ(all.size(), 1u);
    ASSIGN_OR_RETURN(const bool first, checkpoints_.AddNotice(tx, "t", "s", run, 1, kNow));
    ASSIGN_OR_RETURN(const bool again, checkpoints_.AddNotice(tx, "t", "s", run, 1, kNow));
    ASSIGN_OR_RETURN(const bool another, checkpoints_.AddNotice(tx, "t", "s", run, 2, kNow));
    EXPECT_TRUE(first && !again && another);
    return absl::OkStatus();
  });
}

TEST_P(CheckpointStoreTest, ASeriesIsDueWhenItIsMadeAndWhenItsTimeComes) {
  const auto due = [&](absl::Time now) {
    std::vector<std::string> found;
    Do([&](Transaction& tx) -> absl::Status {
      ASSIGN_OR_RETURN(const auto list, checkpoints_.ListDue(tx, now, 10));
      found.clear();
      for (const SeriesToCheck& s : list) found.push_back(s.tenant + "/" + s.series);
      return absl::OkStatus();
    });
    return found;
  };
  Series series{.id = "s", .title = "S", .marks_due = kNow, .create_time = kNow};
  Do([&](Transaction& tx) { return store_.InsertSeries(tx, "t", series); });
  EXPECT_THAT(due(kNow), ElementsAre("t/s"));
  Do([&](Transaction& tx) { return checkpoints_.SetNext(tx, "t", "s", kNow + absl::Hours(1)); });
  EXPECT_THAT(due(kNow), IsEmpty());
  EXPECT_THAT(due(kNow + absl::Hours(1)), ElementsAre("t/s"));
  Do([&](Transaction& tx) { return checkpoints_.SetNext(tx, "t", "s", std::nullopt); });
  EXPECT_THAT(due(kNow + absl::Hours(999)), IsEmpty());
  series.release = kNow + absl::Hours(2);
  series.checkpoint_policy = "term-dates";
  Do([&](Transaction& tx) { return store_.UpdateSeries(tx, "t", series); });
  EXPECT_THAT(due(kNow), ElementsAre("t/s"));
  Do([&](Transaction& tx) -> absl::Status {
    ASSIGN_OR_RETURN(const Series read, store_.GetSeries(tx, "t", "s"));
    EXPECT_EQ(read.release, series.release);
    EXPECT_EQ(read.checkpoint_policy, "term-dates");
    EXPECT_EQ(read.version, 2);
    EXPECT_FALSE(read.samples_due.has_value());
    return absl::OkStatus();
  });
  series.version = 1;
  EXPECT_EQ(
      db().WriteNow([&](Transaction& tx) { return store_.UpdateSeries(tx, "t", series); }).code(),
      absl::StatusCode::kAborted);
}

}  // namespace
}  // namespace assay::moderation
