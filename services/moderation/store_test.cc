#include "services/moderation/store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/moderation/errors.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/storage/migrate.h"
#include "services/platform/testing/engines.h"
#include "services/platform/testing/status_matchers.h"

namespace assay::moderation {

const platform::MigrationSet& Migrations();

namespace {

using platform::Transaction;
using platform::testing::IsError;
using platform::testing::IsOk;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const absl::Time kNow = absl::FromUnixSeconds(1'777'626'000);

class StoreTest : public platform::testing::EngineTest {
 protected:
  StoreTest() : EngineTest({&platform::Migrations(), &Migrations()}) {}

  template <typename Body>
  absl::Status Write(Body body) {
    return db().WriteNow([&](Transaction& tx) -> absl::Status { return body(tx); });
  }
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
  Submission Insert(std::string_view tenant, SubmissionName name, std::string centre) {
    Submission s{.name = std::move(name),
                 .centre = std::move(centre),
                 .centre_title = "Castle School",
                 .secret = std::string("\0\1\2secret", 9),
                 .create_time = kNow,
                 .update_time = kNow};
    EXPECT_THAT(Write([&](Transaction& tx) { return store_.InsertSubmission(tx, tenant, s); }),
                IsOk());
    return s;
  }
  absl::StatusOr<Submission> Get(const Caller& caller, const SubmissionName& name) {
    return Run([&](Transaction& tx) { return store_.GetSubmission(tx, caller, name); });
  }

  Store store_;
};

INSTANTIATE_TEST_SUITE_P(Engines, StoreTest, platform::testing::Engines(),
                         platform::testing::EngineName);

TEST_P(StoreTest, SeriesAreKeptOnceATenantAndListedInOrder) {
  for (const char* id : {"b", "a", "c"}) {
    EXPECT_THAT(Write([&](Transaction& tx) {
                  return store_.InsertSeries(
                      tx, "t", {.id = id, .title = "Été", .marks_due = kNow, .create_time = kNow});
                }),
                IsOk());
  }
  const Series again{.id = "a", .title = "again", .create_time = kNow};
  EXPECT_THAT(Write([&](Transaction& tx) { return store_.InsertSeries(tx, "t", again); }),
              IsError(absl::StatusCode::kAlreadyExists, kSeriesExists));
  EXPECT_THAT(Write([&](Transaction& tx) { return store_.InsertSeries(tx, "other", again); }),
              IsOk());
  const auto found = Run([&](Transaction& tx) { return store_.GetSeries(tx, "t", "a"); });
  ASSERT_THAT(found, IsOk());
  EXPECT_EQ(found->title, "Été");
  EXPECT_EQ(found->marks_due, kNow);
  EXPECT_THAT(Run([&](Transaction& tx) { return store_.GetSeries(tx, "other", "b"); }),
              IsError(absl::StatusCode::kNotFound, kSeriesNotFound));
  const auto page = Run([&](Transaction& tx) { return store_.ListSeries(tx, "t", "a", 1); });
  EXPECT_THAT(*page, ElementsAre(Field(&Series::id, "b")));
}

TEST_P(StoreTest, ComponentsComeBackAsTheyWentIn) {
  const Component component{.series = "s",
                            .id = "c",
                            .title = "Coursework",
                            .qualification = "qualifications/3818-13",
                            .scale = {.maximum = 10'000, .step = 10},
                            .sampling_policy = "pearson-2026",
                            .tolerance_policy = "six-percent",
                            .adjustment_policy = "least-squares",
                            .blind = true,
                            .create_time = kNow};
  EXPECT_THAT(Write([&](Transaction& tx) { return store_.InsertComponent(tx, "t", component); }),
              IsOk());
  EXPECT_THAT(Write([&](Transaction& tx) { return store_.InsertComponent(tx, "t", component); }),
              IsError(absl::StatusCode::kAlreadyExists, kComponentExists));
  const auto found = Run([&](Transaction& tx) { return store_.GetComponent(tx, "t", "s", "c"); });
  ASSERT_THAT(found, IsOk());
  EXPECT_EQ(found->scale.step, 10);
  EXPECT_EQ(found->adjustment_policy, "least-squares");
  EXPECT_TRUE(found->blind);
  EXPECT_THAT(Run([&](Transaction& tx) { return store_.GetComponent(tx, "t", "s", "d"); }),
              IsError(absl::StatusCode::kNotFound, kComponentNotFound));
}

TEST_P(StoreTest, WhatIsOutOfReachDoesNotExist) {
  const SubmissionName name{"s", "c", "urn-1"};
  Submission s = Insert("t", name, "centres/urn-1");
  s.moderator_subject = "users/mod";
  ASSERT_THAT(Write([&](Transaction& tx) { return store_.UpdateSubmission(tx, All(), s); }),
              IsOk());
  struct Case {
    std::string tenant;
    Reach reach;
    bool seen;
  };
  for (const Case& c : std::vector<Case>{
           {"t", {.all = true}, true},
           {"t", {.centre = "centres/urn-1"}, true},
           {"t", {.centre = "centres/urn-2"}, false},
           {"t", {.moderator = "users/mod"}, true},
           {"t", {.moderator = "users/other"}, false},
           {"t", {.centre = "centres/urn-2", .moderator = "users/mod"}, true},
           {"t", {}, false},
           {"other", {.all = true}, false},
       }) {
    const Caller caller{.tenant = c.tenant, .reach = c.reach, .now = kNow};
    const auto found = Get(caller, name);
    EXPECT_EQ(found.ok(), c.seen) << c.reach.centre << c.reach.moderator;
    const auto listed =
        Run([&](Transaction& tx) { return store_.ListSubmissions(tx, caller, {}, nullptr, 10); });
    EXPECT_THAT(*listed, SizeIs(c.seen ? 1 : 0));
  }
  EXPECT_THAT(Get(All("other"), name), IsError(absl::StatusCode::kNotFound, kSubmissionNotFound));
}

TEST_P(StoreTest, ASubmissionChangesOnlyFromTheVersionThatWasRead) {
  const SubmissionName name{"s", "c", "urn-1"};
  Submission s = Insert("t", name, "centres/urn-1");
  EXPECT_THAT(Write([&](Transaction& tx) {
                Submission twin = s;
                return store_.InsertSubmission(tx, "t", twin);
              }),
              IsError(absl::StatusCode::kAlreadyExists, kSubmissionExists));
  Submission stale = s;
  s.state = State::kAllocated;
  s.stage = Stage::kExtended;
  s.counts = {.candidates = 5, .marked = 3, .missing = 1, .excluded = 1};
  s.cohort_changed = true;
  s.secret_revealed = true;
  s.sample = "smp";
  s.submit_time = kNow + absl::Hours(1);
  s.feedback = {"good", "fair", "late"};
  Caller later = All();
  later.now = kNow + absl::Hours(2);
  ASSERT_THAT(Write([&](Transaction& tx) { return store_.UpdateSubmission(tx, later, s); }),
              IsOk());
  EXPECT_EQ(s.version, 2);
  const auto found = Get(All(), name);
  ASSERT_THAT(found, IsOk());
  EXPECT_EQ(found->state, State::kAllocated);
  EXPECT_EQ(found->stage, Stage::kExtended);
  EXPECT_EQ(found->counts, s.counts);
  EXPECT_EQ(found->secret, std::string("\0\1\2secret", 9));
  EXPECT_EQ(found->submit_time, s.submit_time);
  EXPECT_EQ(found->update_time, later.now);
  EXPECT_EQ(found->feedback.administration, "late");
  EXPECT_EQ(found->version, 2);
  EXPECT_THAT(Write([&](Transaction& tx) { return store_.UpdateSubmission(tx, All(), stale); }),
              IsError(absl::StatusCode::kAborted, "ETAG_MISMATCH"));
}

TEST_P(StoreTest, SubmissionsAreListedInOrderByPagesAndFilters) {
  for (const char* id : {"urn-3", "urn-1", "urn-2"}) {
    Insert("t", {"s", "c", id}, absl::StrCat("centres/", id));
  }
  Insert("t", {"s", "b", "urn-1"}, "centres/urn-1");
  Insert("t", {"r", "z", "urn-1"}, "centres/urn-1");
  const auto names = [&](const SubmissionFilter& filter, const SubmissionName* after, int limit) {
    std::vector<std::string> ids;
    const auto page = Run(
        [&](Transaction& tx) { return store_.ListSubmissions(tx, All(), filter, after, limit); });
    for (const Submission& s : *page) {
      ids.push_back(absl::StrCat(s.name.series, s.name.component, s.name.id));
    }
    return ids;
  };
  EXPECT_THAT(names({}, nullptr, 10),
              ElementsAre("rzurn-1", "sburn-1", "scurn-1", "scurn-2", "scurn-3"));
  const SubmissionName after{"s", "b", "urn-1"};
  EXPECT_THAT(names({}, &after, 2), ElementsAre("scurn-1", "scurn-2"));
  EXPECT_THAT(names({.series = "s", .component = "c"}, nullptr, 2),
              ElementsAre("scurn-1", "scurn-2"));
  EXPECT_THAT(names({.component = "z"}, nullptr, 10), ElementsAre("rzurn-1"));
  EXPECT_THAT(names({.state = State::kJudged}, nullptr, 10), IsEmpty());
  EXPECT_THAT(names({.state = State::kOpen}, nullptr, 10), SizeIs(5));
}

TEST_P(StoreTest, CandidatesAreInsertedReplacedAndListedByBytes) {
  const std::int64_t s = Insert("t", {"s", "c", "urn-1"}, "centres/urn-1").number;
  std::vector<Candidate> cohort;
  for (int i = 0; i < 300; ++i) {
    cohort.push_back({.number = absl::StrCat(1000 + i), .mark = i * 10, .assessor = "Zoë"});
  }
  cohort.push_back({.number = "a", .flags = kAbsent});
  cohort.push_back({.number = "B",
                    .group = "g",
                    .site = "s",
                    .flags = kParentalInterest,
                    .grade = "Merit",
                    .uln = "1000000043"});
  ASSERT_THAT(Write([&](Transaction& tx) { return store_.InsertCandidates(tx, "t", s, cohort); }),
              IsOk());
  const auto all = Run([&](Transaction& tx) { return store_.LoadCandidates(tx, "t", s); });
  ASSERT_THAT(*all, SizeIs(302));
  EXPECT_EQ(all->at(5).mark, 50);
  EXPECT_EQ(all->at(5).assessor, "Zoë");
  EXPECT_EQ(all->at(300).number, "B");  // Upper case before lower case, on any engine.
  EXPECT_EQ(all->at(300).grade, "Merit");
  EXPECT_EQ(all->at(300).uln, "1000000043");
  EXPECT_EQ(all->at(301).number, "a");
  EXPECT_EQ(all->at(301).mark, std::nullopt);
  const auto missing =
      Run([&](Transaction& tx) { return store_.ListCandidates(tx, "t", s, "", 10, true); });
  EXPECT_THAT(*missing, ElementsAre(Field(&Candidate::number, "B")));
  ASSERT_THAT(Write([&](Transaction& tx) {
                return store_.PutCandidate(
                    tx, "t", s, {.number = "1005", .mark = 7, .grade = "D", .uln = "9999999999"});
              }),
              IsOk());
  const auto one = Run([&](Transaction& tx) { return store_.GetCandidate(tx, "t", s, "1005"); });
  EXPECT_EQ(one->mark, 7);
  EXPECT_EQ(one->assessor, "");
  EXPECT_EQ(one->grade, "D");
  EXPECT_EQ(one->uln, "9999999999");
  EXPECT_TRUE(absl::IsNotFound(
      Run([&](Transaction& tx) { return store_.GetCandidate(tx, "u", s, "1005"); }).status()));
  ASSERT_THAT(Write([&](Transaction& tx) { return store_.DeleteCandidates(tx, "t", s); }), IsOk());
  EXPECT_THAT(*Run([&](Transaction& tx) { return store_.LoadCandidates(tx, "t", s); }), IsEmpty());
}

TEST_P(StoreTest, ASampleComesBackWithItsPicksAndTakesEachMarkOnce) {
  Submission s = Insert("t", {"s", "c", "urn-1"}, "centres/urn-1");
  const std::vector<Candidate> cohort = {
      {.number = "1", .mark = 100}, {.number = "2", .mark = 200}, {.number = "3", .mark = 300}};
  const Sample sample{
      .id = "smp",
      .sampling_policy = "p@1",
      .tolerance_policy = "t@1",
      .adjustment_policy = "a@1",
      .algorithm = "assay-draw@1",
      .list_hash = "ff",
      .commitment = "ee",
      .secret = std::string("\0\xff", 2),
      .seed = std::string("\0seed", 5),
      .pool_count = 3,
      .ladder_size = 2,
      .gaps = {"assessor A: gone", "site B: gone"},
      .create_time = kNow,
      .picks = {{.candidate = "1", .reasons = {"HIGHEST", "SITE"}, .stage = Stage::kSubSample},
                {.candidate = "3", .reasons = {"SPREAD"}}}};
  s.sample = sample.id;
  s.stage = Stage::kSubSample;
  ASSERT_THAT(Write([&](Transaction& tx) -> absl::Status {
                RETURN_IF_ERROR(store_.InsertCandidates(tx, "t", s.number, cohort));
                return store_.InsertSample(tx, "t", s.number, sample);
              }),
              IsOk());
  const auto found =
      Run([&](Transaction& tx) { return store_.GetSample(tx, "t", s.number, "smp"); });
  ASSERT_THAT(found, IsOk());
  EXPECT_EQ(found->secret, sample.secret);
  EXPECT_EQ(found->seed, sample.seed);
  EXPECT_EQ(found->gaps, sample.gaps);
  ASSERT_THAT(found->picks, SizeIs(2));
  EXPECT_EQ(found->picks[0].reasons, sample.picks[0].reasons);

  const auto record = [&](std::string_view candidate) {
    return *Run([&](Transaction& tx) { return store_.RecordMark(tx, All(), s, candidate, 150); });
  };
  EXPECT_FALSE(record("2"));  // Not drawn.
  EXPECT_FALSE(record("3"));  // Not due.
  EXPECT_TRUE(record("1"));
  EXPECT_FALSE(record("1"));  // Once.
  s.stage = Stage::kSample;
  EXPECT_EQ(
      *Run([&](Transaction& tx) { return store_.CountOutstanding(tx, "t", s, Stage::kSample); }),
      1);
  const auto marked =
      Run([&](Transaction& tx) { return store_.ListMarked(tx, "t", s, Stage::kSample, "", 10); });
  ASSERT_THAT(*marked, SizeIs(2));
  EXPECT_EQ(marked->at(0).pick.mark, 150);
  EXPECT_EQ(marked->at(0).pick.marked_by, "users/a");
  EXPECT_EQ(marked->at(0).centre_mark, 100);
  EXPECT_EQ(marked->at(1).pick.mark, std::nullopt);

  ASSERT_THAT(Write([&](Transaction& tx) { return store_.VoidSample(tx, "t", s.number, "smp"); }),
              IsOk());
  const auto listed =
      Run([&](Transaction& tx) { return store_.ListSamples(tx, "t", s.number, "", 10); });
  ASSERT_THAT(*listed, SizeIs(1));
  EXPECT_TRUE(listed->at(0).is_void);
  EXPECT_THAT(listed->at(0).picks, SizeIs(2));
}

TEST_P(StoreTest, TheLatestJudgementAndTheResultsComeBack) {
  Submission s = Insert("t", {"s", "c", "urn-1"}, "centres/urn-1");
  s.sample = "smp";
  RecordedJudgement first{.sample = "smp", .finding = "outside", .judge_time = kNow};
  RecordedJudgement second{.sample = "smp",
                           .verdict = RecordedJudgement::Verdict::kAdjust,
                           .stage = Stage::kSample,
                           .finding = "order agrees",
                           .tolerance = 400,
                           .judged = 15,
                           .inside = 9,
                           .difference_sum = -1234,
                           .rank_correlation = .875,
                           .method = "structural",
                           .line = "1 2 3",
                           .intercept = -1.5,
                           .slope = .98,
                           .residual_spread = .25,
                           .before = "1 2 3 4 5",
                           .after = "5 4 3 2 1",
                           .judged_by = "users/m",
                           .judge_time = kNow};
  ASSERT_THAT(Write([&](Transaction& tx) -> absl::Status {
                RETURN_IF_ERROR(store_.InsertJudgement(tx, "t", s.number, first));
                return store_.InsertJudgement(tx, "t", s.number, second);
              }),
              IsOk());
  EXPECT_EQ(first.number, 1);
  const auto latest = Run([&](Transaction& tx) { return store_.LatestJudgement(tx, "t", s); });
  ASSERT_TRUE(latest.ok() && latest->has_value());
  EXPECT_EQ((*latest)->number, 2);
  EXPECT_EQ((*latest)->verdict, RecordedJudgement::Verdict::kAdjust);
  EXPECT_EQ((*latest)->rank_correlation, .875);
  EXPECT_EQ((*latest)->slope, .98);
  EXPECT_EQ((*latest)->difference_sum, -1234);
  EXPECT_EQ((*latest)->after, "5 4 3 2 1");

  const std::vector<Result> results = {
      {.candidate = "1", .centre_mark = 100, .final_mark = 90, .basis = Basis::kAdjusted},
      {.candidate = "2", .basis = Basis::kAbsent}};
  ASSERT_THAT(
      Write([&](Transaction& tx) { return store_.InsertResults(tx, "t", s.number, results); }),
      IsOk());
  const auto listed =
      Run([&](Transaction& tx) { return store_.ListResults(tx, "t", s.number, "", 10); });
  ASSERT_THAT(*listed, SizeIs(2));
  EXPECT_EQ(listed->at(0).final_mark, 90);
  EXPECT_EQ(listed->at(0).basis, Basis::kAdjusted);
  EXPECT_EQ(listed->at(1).final_mark, std::nullopt);
  EXPECT_THAT(
      *Run([&](Transaction& tx) { return store_.ListResults(tx, "other", s.number, "", 10); }),
      IsEmpty());
  ASSERT_THAT(Write([&](Transaction& tx) { return store_.VoidSample(tx, "t", s.number, "smp"); }),
              IsOk());
  EXPECT_THAT(*Run([&](Transaction& tx) { return store_.ListResults(tx, "t", s.number, "", 10); }),
              IsEmpty());
}

TEST_P(StoreTest, CorrectionsAreKept) {
  Submission s = Insert("t", {"s", "c", "urn-1"}, "centres/urn-1");
  EXPECT_THAT(Write([&](Transaction& tx) {
                return store_.InsertCorrection(
                    tx, All(), s, {.candidate = "1", .after = 300, .reason = "misread"});
              }),
              IsOk());
  std::int64_t count = 0;
  EXPECT_THAT(db().ReadNow([&](Transaction& tx) {
    return tx.Query(
        "SELECT mark_after FROM corrections WHERE tenant = $1 AND "
        "mark_before IS NULL",
        {"t"}, [&](const platform::SqlRow& row) {
          count += row.Int(0);
          return absl::OkStatus();
        });
  }),
              IsOk());
  EXPECT_EQ(count, 300);
}

}  // namespace
}  // namespace assay::moderation
