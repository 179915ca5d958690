#include "services/moderation/stores/standardisation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/moderation/errors.h"
#include "services/moderation/stores/agreement.h"
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
using ::testing::IsEmpty;
using ::testing::SizeIs;

const absl::Time kNow = absl::FromUnixSeconds(1'777'626'000);

class StandardisationStoreTest : public platform::testing::EngineTest {
 protected:
  StandardisationStoreTest() : EngineTest({&platform::Migrations(), &Migrations()}) {}

  template <typename Body>
  absl::Status Write(Body body) {
    return db().WriteNow([&](Transaction& tx) -> absl::Status { return body(tx); });
  }
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
  absl::Status Insert(std::string id, ScriptKind kind, std::string_view tenant = "t") {
    const Script script{.series = "s",
                        .component = "c",
                        .id = std::move(id),
                        .kind = kind,
                        .title = "Title",
                        .definitive = 3000,
                        .centre_mark = 3400,
                        .create_time = kNow};
    return Write([&](Transaction& tx) { return store_.InsertScript(tx, tenant, script); });
  }
  auto Unseen(ScriptKind kind, std::string_view subject = "users/a") {
    return *Run(
        [&](Transaction& tx) { return store_.UnseenScripts(tx, "t", "s", "c", subject, kind); });
  }
  Caller As(std::string subject) {
    return {.tenant = "t", .subject = std::move(subject), .reach = {.all = true}, .now = kNow};
  }

  StandardisationStore store_;
};

INSTANTIATE_TEST_SUITE_P(Engines, StandardisationStoreTest, platform::testing::Engines(),
                         platform::testing::EngineName);

TEST_P(StandardisationStoreTest, ScriptsAreKeptOnceAndGivenOnce) {
  ASSERT_THAT(Insert("q1", ScriptKind::kQualification), IsOk());
  ASSERT_THAT(Insert("q2", ScriptKind::kQualification), IsOk());
  ASSERT_THAT(Insert("p1", ScriptKind::kPractice), IsOk());
  EXPECT_THAT(Insert("q1", ScriptKind::kSeed),
              IsError(absl::StatusCode::kAlreadyExists, kScriptExists));
  EXPECT_THAT(Insert("q1", ScriptKind::kSeed, "other"), IsOk());
  EXPECT_THAT(Unseen(ScriptKind::kQualification), ElementsAre("q1", "q2"));
  const std::vector<std::string> given = {"q1"};
  ASSERT_THAT(Write([&](Transaction& tx) {
                return store_.GiveScripts(tx, "t", "s", "c", "users/a", 1, given);
              }),
              IsOk());
  EXPECT_THAT(Unseen(ScriptKind::kQualification), ElementsAre("q2"));
  EXPECT_THAT(Unseen(ScriptKind::kQualification, "users/b"), SizeIs(2));
  const auto list = [&] {
    return *Run(
        [&](Transaction& tx) { return store_.ListGiven(tx, "t", "s", "c", "users/a", "", 10); });
  };
  std::vector<GivenScript> mine = list();
  ASSERT_THAT(mine, SizeIs(2));
  EXPECT_EQ(mine[0].script.id, "p1");
  EXPECT_EQ(mine[0].attempt, 0);
  EXPECT_EQ(mine[1].attempt, 1);
  for (const GivenScript& script : mine) {
    const auto record = [&] {
      return *Run([&](Transaction& tx) {
        return store_.RecordScriptMark(tx, As("users/a"), "s", "c", script, 2900);
      });
    };
    EXPECT_TRUE(record());
    EXPECT_FALSE(record());
  }
  mine = list();
  EXPECT_EQ(mine[0].mark, 2900);
  EXPECT_EQ(mine[1].mark, 2900);
  EXPECT_EQ(mine[1].script.definitive, 3000);
}

TEST_P(StandardisationStoreTest, StandingsAreReplacedAndSayWhoIsQualified) {
  ModeratorStanding standing{.subject = "users/a",
                             .state = StandingState::kQualifying,
                             .attempt = 1,
                             .attempts_left = 1,
                             .policy = "standardised@1",
                             .change_time = kNow};
  const auto put = [&] {
    return Write([&](Transaction& tx) { return store_.PutStanding(tx, "t", "s", "c", standing); });
  };
  const auto qualified = [&] {
    return *Run([&](Transaction& tx) { return store_.QualifiedAnywhere(tx, "t", ""); });
  };
  ASSERT_THAT(put(), IsOk());
  EXPECT_THAT(qualified(), IsEmpty());
  standing.state = StandingState::kQualified;
  standing.inside = 4;
  ASSERT_THAT(put(), IsOk());
  EXPECT_THAT(qualified(),
              ElementsAre(::testing::Pair("users/a", ElementsAre("series/s/components/c"))));
  EXPECT_THAT(*Run([&](Transaction& tx) { return store_.QualifiedAnywhere(tx, "t", "users/b"); }),
              IsEmpty());
  const auto found =
      Run([&](Transaction& tx) { return store_.GetStanding(tx, "t", "s", "c", "users/a"); });
  ASSERT_THAT(found, IsOk());
  EXPECT_EQ((*found)->inside, 4);
  EXPECT_EQ((*found)->change_time, kNow);
  EXPECT_FALSE((*Run([&](Transaction& tx) {
                 return store_.GetStanding(tx, "u", "s", "c", "users/a");
               })).has_value());
}

TEST_P(StandardisationStoreTest, SeedsAreMarkedOnceAndRememberedWithTheirScripts) {
  ASSERT_THAT(Insert("x1", ScriptKind::kSeed), IsOk());
  ASSERT_THAT(Insert("x2", ScriptKind::kSeed), IsOk());
  Submission submission{
      .number = 7, .name = {"s", "c", "urn-1"}, .stage = Stage::kSubSample, .sample = "one"};
  const std::vector<SeedItem> seeds = {
      {.candidate = "C2", .script = "x1", .subject = "users/a", .stage = Stage::kSubSample},
      {.candidate = "C1", .script = "x2", .subject = "users/a", .stage = Stage::kSample}};
  ASSERT_THAT(
      Write([&](Transaction& tx) { return store_.InsertSeeds(tx, "t", submission, seeds); }),
      IsOk());
  EXPECT_THAT(Unseen(ScriptKind::kSeed), IsEmpty());
  const auto due = [&](Stage stage) {
    return *Run(
        [&](Transaction& tx) { return store_.CountSeedsOutstanding(tx, "t", submission, stage); });
  };
  EXPECT_EQ(due(Stage::kSubSample), 1);
  EXPECT_EQ(due(Stage::kSample), 2);
  const auto record = [&](std::string_view candidate) {
    return *Run([&](Transaction& tx) {
      return store_.RecordSeedMark(tx, As("users/a"), submission, candidate, 2500);
    });
  };
  EXPECT_TRUE(record("C2"));
  EXPECT_FALSE(record("C2"));
  EXPECT_FALSE(record("C1"));  // Not due yet.
  const auto latest = Run(
      [&](Transaction& tx) { return store_.LatestSeeds(tx, "t", "s", "c", "users/a", kNow, 5); });
  ASSERT_THAT(latest, IsOk());
  ASSERT_THAT(*latest, SizeIs(1));
  EXPECT_EQ((*latest)[0].definitive, 3000);
  EXPECT_EQ((*latest)[0].mark, 2500);
  EXPECT_THAT(*Run([&](Transaction& tx) {
    return store_.LatestSeeds(tx, "t", "s", "c", "users/a", kNow + absl::Seconds(1), 5);
  }),
              IsEmpty());
  ASSERT_THAT(
      Write([&](Transaction& tx) { return store_.DeleteUnmarkedSeeds(tx, "t", submission); }),
      IsOk());
  const auto left = Run([&](Transaction& tx) {
    return store_.ListSeedsAsWork(tx, "t", submission, Stage::kAllWork, "", 10);
  });
  ASSERT_THAT(*left, SizeIs(1));
  EXPECT_EQ((*left)[0].pick.candidate, "C2");
  EXPECT_EQ((*left)[0].centre_mark, 3400);
}

// MOD-11, MOD-15: on both engines the counts are the same, and residuals come back exactly.
TEST_P(StandardisationStoreTest, ResidualsAndAgreementsAreRead) {
  AgreementStore agreement;
  const std::vector<Residual> residuals = {{"c1", 3000, 2900, 2950, -.123456789012345},
                                           {"c2", 100, 0, 50, 1.0 / 3}};
  ASSERT_THAT(Write([&](Transaction& tx) {
                return agreement.InsertResiduals(tx, "t", 7, "one", 2, residuals);
              }),
              IsOk());
  const auto found =
      Run([&](Transaction& tx) { return agreement.ListResiduals(tx, "t", 7, "one", 2, "c1", 5); });
  ASSERT_THAT(found, IsOk());
  ASSERT_THAT(*found, SizeIs(1));
  EXPECT_EQ((*found)[0].unexplained, 1.0 / 3);
  for (const AgreementBy by : {AgreementBy::kSeries, AgreementBy::kComponent, AgreementBy::kCentre,
                               AgreementBy::kModerator, AgreementBy::kAssessor}) {
    const AgreementFilter filter{.by = by, .series = "s"};
    const AgreementKey after{"a", "b"};
    for (const AgreementKey* from : {static_cast<const AgreementKey*>(nullptr), &after}) {
      EXPECT_THAT(*Run([&](Transaction& tx) {
        return agreement.ListKeys(tx, As("users/a"), filter, from, 5);
      }),
                  IsEmpty());
    }
    Caller limited = As("users/a");
    limited.reach = {.centre = "centres/x", .moderator = "users/a"};
    EXPECT_THAT(*Run([&](Transaction& tx) {
      return agreement.CountCells(tx, limited, filter, {"", ""}, {"z", "z"});
    }),
                IsEmpty());
  }
}

}  // namespace
}  // namespace assay::moderation
