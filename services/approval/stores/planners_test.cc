#include "services/approval/stores/planners.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "services/approval/errors.h"
#include "services/approval/stores/missing_involvement.h"
#include "services/approval/stores/planner_erasure.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/testing/engines.h"
#include "services/platform/testing/status_matchers.h"

namespace assay::approval {

const platform::MigrationSet& Migrations();

namespace {

using platform::Transaction;
using platform::testing::IsError;
using platform::testing::IsOk;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using Code = absl::StatusCode;

const Reach kTenant = {.tenant = "body-a", .within = ""};

PlannerRecord MakePlanner(const std::string& centre, const std::string& id,
                          absl::CivilDay first = absl::CivilDay(2025, 9, 1)) {
  PlannerRecord planner;
  planner.centre = centre;
  planner.id = id;
  planner.approval = "approval";
  planner.qualification = "9001-03";
  planner.first_day = first;
  planner.last_day = first + 300;
  planner.declaration_deadline = first + 310;
  planner.create_time = absl::FromUnixMicros(1'700'000'000'123'456);
  planner.update_time = planner.create_time;
  return planner;
}

class PlannerStoreTest : public platform::testing::EngineTest {
 protected:
  PlannerStoreTest() : EngineTest({&Migrations()}) {}

  absl::Status Write(absl::FunctionRef<absl::Status(Transaction&)> body) {
    return db().WriteNow(body);
  }
  template <typename Read>
  auto InRead(Read read) {
    std::optional<decltype(read(std::declval<Transaction&>()))> result;
    EXPECT_THAT(db().ReadNow([&](Transaction& tx) {
      result.emplace(read(tx));
      return absl::OkStatus();
    }),
                IsOk());
    return *std::move(result);
  }
  void Insert(const PlannerRecord& planner, std::string_view tenant = "body-a") {
    ASSERT_THAT(Write([&](Transaction& tx) { return store_.Insert(tx, tenant, planner); }), IsOk());
  }
  absl::StatusOr<PlannerRecord> Get(const std::string& centre, const std::string& id,
                                    const Reach& reach = kTenant) {
    return InRead([&](Transaction& tx) { return store_.Get(tx, reach, centre, id); });
  }
  std::vector<std::string> List(const Reach& reach, std::optional<PlannerState> state = {}) {
    std::vector<std::string> names;
    std::string after;
    for (;;) {
      const auto page =
          InRead([&](Transaction& tx) { return store_.List(tx, reach, "", state, after, 1); });
      EXPECT_THAT(page, IsOk());
      if (page->empty()) return names;
      names.push_back(page->front().Name());
      after = page->front().centre + "/" + page->front().id;
    }
  }

  PlannerStore store_;
};

TEST_P(PlannerStoreTest, GivesAPlannerBackAsItWas) {
  PlannerRecord made = MakePlanner("urn-1", "p1");
  made.deadline_policy = 4;
  Insert(made);
  made.state = PlannerState::kDeclared;
  made.document_version = 3;
  made.submissions = 2;
  made.declarations = 1;
  made.adverse_judgements = 1;
  made.returns = 4;
  made.rulings = 5;
  made.signed_by = "Ann \xC5\xB4yn";
  made.position = "Head";
  made.sign_time = absl::FromUnixMicros(77);
  made.declaration_deadline = absl::CivilDay(2026, 8, 1);
  made.met_planner = "p0";
  made.met_ruling = 3;
  made.met_time = absl::FromUnixMicros(66);
  made.declared_version = 2;
  ASSERT_THAT(Write([&](Transaction& tx) { return store_.Update(tx, "body-a", made); }), IsOk());
  EXPECT_EQ(made.version, 2);
  const auto got = Get("urn-1", "p1");
  ASSERT_THAT(got, IsOk());
  EXPECT_EQ(got->state, PlannerState::kDeclared);
  EXPECT_EQ(got->first_day, made.first_day);
  EXPECT_EQ(got->last_day, made.last_day);
  EXPECT_EQ(got->declaration_deadline, made.declaration_deadline);
  EXPECT_EQ(got->document_version, 3);
  EXPECT_EQ(got->submissions, 2);
  EXPECT_EQ(got->declarations, 1);
  EXPECT_EQ(got->adverse_judgements, 1);
  EXPECT_EQ(got->returns, 4);
  EXPECT_EQ(got->rulings, 5);
  EXPECT_EQ(got->signed_by, made.signed_by);
  EXPECT_EQ(got->sign_time, made.sign_time);
  EXPECT_EQ(got->met_planner, "p0");
  EXPECT_EQ(got->met_ruling, 3);
  EXPECT_EQ(got->met_time, made.met_time);
  EXPECT_EQ(got->declared_version, 2);
  EXPECT_EQ(got->deadline_policy, 4);
  EXPECT_EQ(got->version, 2);
}

TEST_P(PlannerStoreTest, AnUpdateOfAnOldVersionIsRefused) {
  PlannerRecord first = MakePlanner("urn-1", "p1");
  Insert(first);
  PlannerRecord second = first;
  ASSERT_THAT(Write([&](Transaction& tx) { return store_.Update(tx, "body-a", first); }), IsOk());
  EXPECT_THAT(Write([&](Transaction& tx) { return store_.Update(tx, "body-a", second); }),
              IsError(Code::kAborted, "ETAG_MISMATCH"));
}

TEST_P(PlannerStoreTest, AnApprovalHasOneForAPeriod) {
  Insert(MakePlanner("urn-1", "p1"));
  EXPECT_THAT(Write([&](Transaction& tx) {
                return store_.Insert(tx, "body-a", MakePlanner("urn-1", "p2"));
              }),
              IsError(Code::kAlreadyExists, kPlannerExists));
  Insert(MakePlanner("urn-1", "p2", absl::CivilDay(2026, 9, 1)));
}

TEST_P(PlannerStoreTest, ListsInOrderAndWithinReach) {
  Insert(MakePlanner("urn-2", "p1"));
  Insert(MakePlanner("urn-1", "p9"));
  Insert(MakePlanner("urn-1", "p3", absl::CivilDay(2024, 9, 1)));
  Insert(MakePlanner("urn-1", "p0"), "body-b");
  EXPECT_THAT(List(kTenant), ElementsAre("centres/urn-1/planners/p3", "centres/urn-1/planners/p9",
                                         "centres/urn-2/planners/p1"));
  EXPECT_THAT(List({"body-a", "urn-2"}), ElementsAre("centres/urn-2/planners/p1"));
  EXPECT_THAT(List(kTenant, PlannerState::kMeets), IsEmpty());
  EXPECT_THAT(Get("urn-1", "p9", {"body-a", "urn-2"}), IsError(Code::kNotFound, kPlannerNotFound));
  EXPECT_THAT(Get("urn-1", "p9", {"body-b", ""}), IsError(Code::kNotFound, kPlannerNotFound));
}

TEST_P(PlannerStoreTest, KeepsEveryVersion) {
  const PlannerRecord planner = MakePlanner("urn-1", "p1");
  Insert(planner);
  for (int number : {1, 2, 3}) {
    ASSERT_THAT(Write([&](Transaction& tx) {
                  return store_.InsertVersion(tx, "body-a", planner,
                                              {.number = number,
                                               .change_note = "why",
                                               .author = "users/a",
                                               .changes = {"one", "two"},
                                               .document = std::string("\0\xFF bytes", 8),
                                               .time = planner.create_time});
                }),
                IsOk());
  }
  const auto second =
      InRead([&](Transaction& tx) { return store_.GetVersion(tx, "body-a", planner, 2); });
  ASSERT_THAT(second, IsOk());
  EXPECT_EQ(second->document, std::string("\0\xFF bytes", 8));
  EXPECT_THAT(second->changes, ElementsAre("one", "two"));
  EXPECT_THAT(InRead([&](Transaction& tx) { return store_.GetVersion(tx, "body-a", planner, 4); }),
              IsError(Code::kNotFound, kPlannerNotFound));
  const auto after =
      InRead([&](Transaction& tx) { return store_.ListVersions(tx, "body-a", planner, 1, 1); });
  ASSERT_EQ(after->size(), 1u);
  EXPECT_EQ(after->front().number, 2);
}

// EI-15
TEST_P(PlannerStoreTest, FindsWhoLacksSomethingAcrossPlanners) {
  const PlannerRecord one = MakePlanner("urn-1", "p1"), two = MakePlanner("urn-2", "p2");
  Insert(one);
  Insert(two);
  const auto standing = [](std::string enrolment, Involvement outcome) {
    return LearnerStanding{.enrolment = std::move(enrolment),
                           .name = "Name",
                           .outcome = outcome,
                           .prospect = Involvement::kMet,
                           .rule = "EI-5",
                           .repair = "something"};
  };
  const std::vector<LearnerStanding> first = {standing("e1", Involvement::kMet),
                                              standing("e2", Involvement::kNotMet),
                                              standing("e3", Involvement::kReferred)};
  const std::vector<LearnerStanding> second = {standing("e1", Involvement::kNotMet)};
  ASSERT_THAT(Write([&](Transaction& tx) -> absl::Status {
                RETURN_IF_ERROR(store_.ReplaceLearners(tx, "body-a", one, second));
                RETURN_IF_ERROR(store_.ReplaceLearners(tx, "body-a", one, first));
                return store_.ReplaceLearners(tx, "body-a", two, second);
              }),
              IsOk());
  const auto missing = [&](const Reach& reach, std::string centre, std::string planner) {
    std::vector<std::string> found;
    std::string after;
    for (;;) {
      const auto page = InRead([&](Transaction& tx) {
        return MissingInvolvementStore().List(tx, reach, centre, planner, {}, after, 1);
      });
      EXPECT_THAT(page, IsOk());
      if (!page.ok() || page->empty()) return found;
      const MissingLearner& l = page->front();
      found.push_back(l.planner_name + " " + l.standing.enrolment);
      after = l.position;
    }
  };
  EXPECT_THAT(missing(kTenant, "", ""),
              ElementsAre("centres/urn-1/planners/p1 e2", "centres/urn-1/planners/p1 e3",
                          "centres/urn-2/planners/p2 e1"));
  EXPECT_THAT(missing(kTenant, "urn-2", "p2"), ElementsAre("centres/urn-2/planners/p2 e1"));
  EXPECT_THAT(missing({"body-a", "urn-2"}, "", ""), ElementsAre("centres/urn-2/planners/p2 e1"));
  EXPECT_THAT(missing({"body-b", ""}, "", ""), IsEmpty());

  ASSERT_THAT(Write([&](Transaction& tx) {
                return store_.Decide(tx, "body-a", one, "e3", true, "was ill");
              }),
              IsOk());
  EXPECT_THAT(missing(kTenant, "urn-1", ""), ElementsAre("centres/urn-1/planners/p1 e2"));
  const auto all = InRead([&](Transaction& tx) { return store_.ListLearners(tx, "body-a", one); });
  ASSERT_THAT(all, IsOk());
  ASSERT_EQ(all->size(), 3u);
  EXPECT_TRUE((*all)[0].Met());
  EXPECT_FALSE((*all)[1].Met());
  EXPECT_TRUE((*all)[2].Met());
  const auto learner =
      InRead([&](Transaction& tx) { return store_.GetLearner(tx, "body-a", one, "e3"); });
  ASSERT_THAT(learner, IsOk());
  EXPECT_EQ(learner->decision, true);
  EXPECT_EQ(learner->decision_reason, "was ill");
  EXPECT_THAT(InRead([&](Transaction& tx) { return store_.GetLearner(tx, "body-a", one, "e9"); }),
              IsError(Code::kNotFound, kLearnerNotFound));
}

// EI-14: of a failed component only those are met whom an officer found to be.
TEST_P(PlannerStoreTest, EverybodyOfAFailedComponentIsMissingUnlessDecided) {
  PlannerRecord planner = MakePlanner("urn-1", "p1");
  planner.state = PlannerState::kFailed;
  Insert(planner);
  std::vector<LearnerStanding> learners(2);
  learners[0].enrolment = "e1";
  learners[1].enrolment = "e2";
  for (LearnerStanding& learner : learners) learner.outcome = Involvement::kMet;
  ASSERT_THAT(Write([&](Transaction& tx) -> absl::Status {
                RETURN_IF_ERROR(store_.ReplaceLearners(tx, "body-a", planner, learners));
                return store_.Decide(tx, "body-a", planner, "e2", true, "shown otherwise");
              }),
              IsOk());
  const auto missing = [&] {
    std::vector<std::string> found;
    const auto page = InRead([&](Transaction& tx) {
      return MissingInvolvementStore().List(tx, kTenant, "", "", {}, "", 10);
    });
    EXPECT_THAT(page, IsOk());
    if (page.ok()) {
      for (const MissingLearner& l : *page) found.push_back(l.standing.enrolment);
    }
    return found;
  };
  EXPECT_THAT(missing(), ElementsAre("e1"));
  ASSERT_THAT(Write([&](Transaction& tx) { return store_.ReopenDecisions(tx, "body-a", planner); }),
              IsOk());
  EXPECT_THAT(missing(), ElementsAre("e1", "e2"));
}

// An etag from before the erasure must not write the learner back.
TEST_P(PlannerStoreTest, ARewrittenVersionMakesThePlannerAnotherOne) {
  PlannerRecord planner = MakePlanner("urn-1", "p1");
  Insert(planner);
  PlannerVersion version{.document = "before", .time = planner.create_time};
  ASSERT_THAT(
      Write([&](Transaction& tx) { return store_.InsertVersion(tx, "body-a", planner, version); }),
      IsOk());
  version.document = "after";
  ASSERT_THAT(Write([&](Transaction& tx) {
                return PlannerErasureStore().RewriteVersion(tx, "body-a", planner, version);
              }),
              IsOk());
  EXPECT_EQ(Get("urn-1", "p1")->version, planner.version + 1);
  EXPECT_THAT(Write([&](Transaction& tx) { return store_.Update(tx, "body-a", planner); }),
              IsError(Code::kAborted, "ETAG_MISMATCH"));
}

// QUAL-9: planners outside the time of a registration say nothing about it.
TEST_P(PlannerStoreTest, FindsThePlannersOfALearnersTime) {
  std::vector<LearnerStanding> learners(1);
  learners[0].enrolment = "e1";
  for (const auto& [id, first] :
       {std::pair{"p2", absl::CivilDay(2024, 9, 1)}, {"p1", absl::CivilDay(2025, 9, 1)}}) {
    const PlannerRecord planner = MakePlanner("urn-1", id, first);
    Insert(planner);
    ASSERT_THAT(Write([&](Transaction& tx) {
                  return store_.ReplaceLearners(tx, "body-a", planner, learners);
                }),
                IsOk());
  }
  const auto found = [&](absl::CivilDay first, absl::CivilDay last) {
    return *InRead([&](Transaction& tx) {
      return PlannerErasureStore().PlannersOf(tx, "body-a", "urn-1", "9001-03", "e1", first, last);
    });
  };
  EXPECT_THAT(found(absl::CivilDay(2024, 9, 1), absl::CivilDay(2026, 6, 1)),
              ElementsAre("p2", "p1"));
  EXPECT_THAT(found(absl::CivilDay(2025, 9, 1), absl::CivilDay(2026, 6, 1)), ElementsAre("p1"));
  EXPECT_THAT(found(absl::CivilDay(2026, 9, 1), absl::CivilDay(2027, 6, 1)), IsEmpty());
}

TEST_P(PlannerStoreTest, GivesTheLastRulingWithItsActions) {
  PlannerRecord planner = MakePlanner("urn-1", "p1");
  Insert(planner);
  const auto last = [&] {
    return *InRead([&](Transaction& tx) { return store_.LastRuling(tx, "body-a", planner); });
  };
  EXPECT_FALSE(last().has_value());
  for (const char* outcome : {"needs development", "meets"}) {
    ++planner.rulings;
    ASSERT_THAT(Write([&](Transaction& tx) {
                  return store_.InsertRuling(tx, "body-a", planner,
                                             {.outcome = outcome,
                                              .feedback = "why",
                                              .actions = {{"first", absl::CivilDay(2026, 1, 2)},
                                                          {"second", absl::CivilDay(2026, 1, 3)}},
                                              .deadline = absl::CivilDay(2026, 1, 4),
                                              .officer = "users/o",
                                              .time = planner.create_time});
                }),
                IsOk());
  }
  const auto ruling = last();
  ASSERT_TRUE(ruling.has_value());
  EXPECT_EQ(ruling->outcome, "meets");
  ASSERT_EQ(ruling->actions.size(), 2u);
  EXPECT_EQ(ruling->actions[1].text, "second");
  EXPECT_EQ(ruling->actions[1].due, absl::CivilDay(2026, 1, 3));
  EXPECT_EQ(ruling->deadline, absl::CivilDay(2026, 1, 4));
}

INSTANTIATE_TEST_SUITE_P(Engines, PlannerStoreTest, platform::testing::Engines(),
                         platform::testing::EngineName);

}  // namespace
}  // namespace assay::approval
