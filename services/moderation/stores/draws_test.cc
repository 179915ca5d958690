#include "services/moderation/stores/draws.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <utility>

#include "services/moderation/store.h"
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
using ::testing::SizeIs;

const absl::Time kNow = absl::FromUnixSeconds(1'777'626'000);

class DrawStoreTest : public platform::testing::EngineTest {
 protected:
  DrawStoreTest() : EngineTest({&platform::Migrations(), &Migrations()}) {}

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
  template <typename Body>
  void Write(Body body) {
    EXPECT_THAT(db().WriteNow([&](Transaction& tx) -> absl::Status { return body(tx); }), IsOk());
  }
  DrawRecord Get(std::string_view tenant, std::string_view sample) {
    return *Run([&](Transaction& tx) { return draws_.Get(tx, tenant, 7, sample); });
  }

  Store store_;
  DrawStore draws_;
};

INSTANTIATE_TEST_SUITE_P(Engines, DrawStoreTest, platform::testing::Engines(),
                         platform::testing::EngineName);

DrawRecord Record() {
  DrawRecord record{.facts = "risk\thigh\n",
                    .facts_hash = "ab",
                    .entries = "1\t-\ta\tg\ts\t\t\t\n",
                    .names_only = true,
                    .rank_gap_max = 9,
                    .explanation = "Of 83 candidates 30."};
  Shown& shown = record.coverage.emplace_back();
  shown.item = {.kind = CoverageKind::kAssessor,
                .value = "O'Brien\tand\\co",
                .status = CoverageItem::Status::kNobodyToSelect,
                .centre = "centres/urn-1",
                .drawable = 3,
                .selected = 2,
                .wanted = 4};
  shown.item.not_drawn[static_cast<int>(NotDrawn::kAbsent)] = 5;
  shown.by = "c001";
  record.steps = {{.size = 5, .accept_max = 0}, {.size = 5, .reject_min = 2}};
  record.not_drawn[static_cast<int>(NotDrawn::kUnmarked)] = 6;
  return record;
}

TEST_P(DrawStoreTest, ARecordComesBackAsItWentIn) {
  Write([&](Transaction& tx) { return draws_.Insert(tx, "t", 7, "s1", Record()); });
  const DrawRecord back = Get("t", "s1");
  EXPECT_EQ(back.facts, "risk\thigh\n");
  EXPECT_EQ(back.facts_hash, "ab");
  EXPECT_EQ(back.entries, Record().entries);
  EXPECT_TRUE(back.names_only);
  ASSERT_THAT(back.coverage, SizeIs(1));
  const auto& [item, by] = back.coverage[0];
  EXPECT_EQ(item.kind, CoverageKind::kAssessor);
  EXPECT_EQ(item.value, "O'Brien\tand\\co");
  EXPECT_EQ(item.status, CoverageItem::Status::kNobodyToSelect);
  EXPECT_EQ(item.centre, "centres/urn-1");
  EXPECT_EQ(item.drawable, 3);
  EXPECT_EQ(item.selected, 2);
  EXPECT_EQ(item.wanted, 4);
  EXPECT_EQ(item.not_drawn[static_cast<int>(NotDrawn::kAbsent)], 5);
  EXPECT_EQ(by, "c001");
  ASSERT_THAT(back.steps, SizeIs(2));
  EXPECT_EQ(back.steps[0].accept_max, 0);
  EXPECT_FALSE(back.steps[0].reject_min.has_value());
  EXPECT_EQ(back.steps[1].reject_min, 2);
  EXPECT_EQ(back.not_drawn[static_cast<int>(NotDrawn::kUnmarked)], 6);
  EXPECT_EQ(back.rank_gap_max, 9);
  EXPECT_EQ(back.explanation, "Of 83 candidates 30.");
  EXPECT_TRUE(Get("t", "s2").explanation.empty());
  EXPECT_TRUE(Get("other", "s1").explanation.empty());
}

TEST_P(DrawStoreTest, CompletingReplacesPicksAndRecord) {
  Sample sample{.id = "s1", .seed = "seed", .pool_count = 3, .create_time = kNow};
  sample.picks = {{.candidate = "1"}, {.candidate = "2"}};
  Write([&](Transaction& tx) { return store_.InsertSample(tx, "t", 7, sample); });
  Write([&](Transaction& tx) { return draws_.Insert(tx, "t", 7, "s1", Record()); });
  sample.picks = {{.candidate = "2", .stage = Stage::kSubSample}, {.candidate = "3"}};
  sample.pool_count = 2;
  sample.gaps = {"site a: gone"};
  DrawRecord complete = Record();
  complete.names_only = false;
  Write([&](Transaction& tx) { return draws_.Complete(tx, "t", 7, sample, complete); });
  EXPECT_FALSE(Get("t", "s1").names_only);
  const auto back = Run([&](Transaction& tx) { return store_.GetSample(tx, "t", 7, "s1"); });
  EXPECT_EQ(back->pool_count, 2);
  EXPECT_THAT(back->gaps, ElementsAre("site a: gone"));
  ASSERT_THAT(back->picks, SizeIs(2));
  EXPECT_EQ(back->picks[0].candidate, "2");
  EXPECT_EQ(back->picks[0].stage, Stage::kSubSample);
  EXPECT_EQ(back->picks[1].candidate, "3");
}

TEST_P(DrawStoreTest, KnownAssessorsAreThoseOfTheCentresReleasedWork) {
  const auto add = [&](std::string series, std::string centre, State state, std::string assessor) {
    Submission s{.name = {std::move(series), "c", "u" + centre},
                 .centre = std::move(centre),
                 .state = state,
                 .create_time = kNow,
                 .update_time = kNow};
    Write([&](Transaction& tx) { return store_.InsertSubmission(tx, "t", s); });
    const std::vector<Candidate> candidates = {{.number = "1", .assessor = assessor},
                                               {.number = "2", .assessor = assessor}};
    Write([&](Transaction& tx) { return store_.InsertCandidates(tx, "t", s.number, candidates); });
    return s;
  };
  add("s1", "centres/a", State::kReleased, "known");
  add("s2", "centres/a", State::kJudged, "not released");
  add("s1", "centres/b", State::kReleased, "other centre");
  const Submission now = add("s3", "centres/a", State::kReleased, "this series");
  EXPECT_THAT(*Run([&](Transaction& tx) { return draws_.KnownAssessors(tx, "t", now); }),
              ElementsAre("known"));
  EXPECT_THAT(*Run([&](Transaction& tx) { return draws_.KnownAssessors(tx, "other", now); }),
              SizeIs(0));
}

}  // namespace
}  // namespace assay::moderation
