// The stores of oversight on both engines.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "services/approval/errors.h"
#include "services/approval/stores/actions.h"
#include "services/approval/stores/deadlines.h"
#include "services/approval/stores/planners.h"
#include "services/approval/stores/restrictions.h"
#include "services/approval/stores/sites.h"
#include "services/approval/stores/staff.h"
#include "services/approval/stores/timeline.h"
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
using ::testing::SizeIs;
using Code = absl::StatusCode;

const Reach kTenant = {.tenant = "body-a", .within = ""};
const absl::CivilDay kDay(2026, 3, 10);
const absl::Time kTime = absl::FromUnixMicros(1'700'000'000'123'456);

class OversightStoreTest : public platform::testing::EngineTest {
 protected:
  OversightStoreTest() : EngineTest({&Migrations()}) {}

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
  void AddCentre(const std::string& id, CentreState state = CentreState::kApproved,
                 const std::string& before = "", const std::string& after = "") {
    Centre centre;
    centre.id = id;
    centre.facts.urn = id.substr(4);
    centre.facts.title = "Title of " + id;
    centre.facts.predecessor_urn = before;
    centre.facts.successor_urn = after;
    centre.state = state;
    centre.create_time = kTime;
    centre.update_time = kTime;
    const IndexedCentre indexed[] = {{centre, {}}};
    ASSERT_THAT(
        Write([&](Transaction& tx) { return Store().InsertCentres(tx, "body-a", indexed); }),
        IsOk());
  }
};

RestrictionRecord MakeRestriction(const std::string& centre, const std::string& id) {
  RestrictionRecord r;
  r.centre = centre;
  r.id = id;
  r.rule.level = "learner-cap";
  r.rule.reason = "why";
  r.rule.from = kDay;
  r.officer = "users/o";
  r.create_time = kTime;
  return r;
}

TEST_P(OversightStoreTest, ARestrictionComesBackAsItWas) {
  RestrictionStore store;
  RestrictionRecord made = MakeRestriction("urn-1", "r1");
  made.approval = "approval";
  made.rule.kind = RestrictionKind::kCondition;
  made.rule.qualification = "3818-13";
  made.rule.learners_max = 0;
  made.rule.effects = {.learners_capped = true, .certification_stopped = true};
  made.policy_version = 4;
  ASSERT_THAT(Write([&](Transaction& tx) { return store.Insert(tx, "body-a", made); }), IsOk());
  made.rule.until = kDay + 9;
  made.closed = true;
  made.lift_reason = "met";
  made.lifted_by = "users/p";
  made.lift_time = kTime;
  RestrictionRecord stale = made;
  ASSERT_THAT(Write([&](Transaction& tx) { return store.Update(tx, "body-a", made); }), IsOk());
  EXPECT_THAT(Write([&](Transaction& tx) { return store.Update(tx, "body-a", stale); }),
              IsError(Code::kAborted, "ETAG_MISMATCH"));
  const auto got = InRead([&](Transaction& tx) { return store.Get(tx, kTenant, "urn-1", "r1"); });
  ASSERT_THAT(got, IsOk());
  EXPECT_EQ(got->Name(), "centres/urn-1/restrictions/r1");
  EXPECT_EQ(got->rule.name, got->Name());
  EXPECT_EQ(got->rule.kind, RestrictionKind::kCondition);
  EXPECT_EQ(got->approval, "approval");
  EXPECT_EQ(got->policy_version, 4);
  EXPECT_EQ(got->rule.qualification, "3818-13");
  EXPECT_EQ(got->rule.learners_max, 0);
  EXPECT_EQ(got->rule.effects, made.rule.effects);
  EXPECT_EQ(got->rule.from, kDay);
  EXPECT_EQ(got->rule.until, kDay + 9);
  EXPECT_TRUE(got->closed);
  EXPECT_EQ(got->lift_reason, "met");
  EXPECT_EQ(got->lifted_by, "users/p");
  EXPECT_EQ(got->lift_time, kTime);
  EXPECT_EQ(got->officer, "users/o");
  EXPECT_EQ(got->version, 2);
  for (const Reach& reach : {Reach{"body-b", ""}, Reach{"body-a", "urn-2"}}) {
    EXPECT_THAT(InRead([&](Transaction& tx) { return store.Get(tx, reach, "urn-1", "r1"); }),
                IsError(Code::kNotFound, kRestrictionNotFound));
  }
}

TEST_P(OversightStoreTest, ConditionsThatHaveBegunAreFoundUntilTheirCentreIsConditional) {
  RestrictionStore store;
  AddCentre("urn-1");
  AddCentre("urn-2", CentreState::kConditional);
  AddCentre("urn-3");
  for (const char* centre : {"urn-1", "urn-2", "urn-3"}) {
    RestrictionRecord r = MakeRestriction(centre, "r1");
    if (std::string(centre) != "urn-3") r.rule.kind = RestrictionKind::kCondition;
    ASSERT_THAT(Write([&](Transaction& tx) { return store.Insert(tx, "body-a", r); }), IsOk());
  }
  const auto begun = [&](absl::CivilDay day) {
    return *InRead([&](Transaction& tx) { return store.ListBegun(tx, day, 10); });
  };
  EXPECT_THAT(begun(kDay - 1), IsEmpty());
  ASSERT_THAT(begun(kDay), SizeIs(1));
  EXPECT_EQ(begun(kDay)[0].centre, "urn-1");
  EXPECT_EQ(begun(kDay)[0].tenant, "body-a");
  EXPECT_EQ(begun(kDay)[0].reason, "why");
}

// QUAL-9
TEST_P(OversightStoreTest, RestrictionsAreFoundByDayAndQualification) {
  RestrictionStore store;
  const auto put = [&](const std::string& id, auto change) {
    RestrictionRecord r = MakeRestriction("urn-1", id);
    change(r);
    ASSERT_THAT(Write([&](Transaction& tx) { return store.Insert(tx, "body-a", r); }), IsOk());
  };
  put("r1", [](RestrictionRecord& r) { r.rule.kind = RestrictionKind::kCondition; });
  put("r2", [](RestrictionRecord& r) {
    r.rule.kind = RestrictionKind::kCondition;
    r.approval = "a";
    r.rule.qualification = "3818-13";
  });
  put("r3", [](RestrictionRecord& r) { r.rule.until = kDay + 2; });
  put("r4", [](RestrictionRecord& r) {
    r.rule.from = kDay + 1;
    r.rule.qualification = "9001-03";
  });
  const auto found = [&](const std::string& qualification, absl::CivilDay day) {
    std::vector<std::string> ids;
    const auto rows = InRead(
        [&](Transaction& tx) { return store.InForce(tx, "body-a", "urn-1", qualification, day); });
    EXPECT_THAT(rows, IsOk());
    for (const Restriction& r : *rows) {
      ids.push_back(r.name.substr(r.name.rfind('/') + 1));
    }
    return ids;
  };
  EXPECT_THAT(found("", kDay), ElementsAre("r1", "r3"));
  EXPECT_THAT(found("3818-13", kDay), ElementsAre("r1", "r2", "r3"));
  EXPECT_THAT(found("9001-03", kDay), ElementsAre("r1", "r3"));
  EXPECT_THAT(found("9001-03", kDay + 2), ElementsAre("r1", "r4"));
  EXPECT_THAT(found("9001-03", kDay - 1), IsEmpty());
  const auto open =
      InRead([&](Transaction& tx) { return store.OpenConditions(tx, "body-a", "urn-1", kDay); });
  EXPECT_THAT(*open, ElementsAre("centres/urn-1/restrictions/r1"));
  const auto planned = InRead(
      [&](Transaction& tx) { return store.OpenConditions(tx, "body-a", "urn-1", kDay - 1); });
  EXPECT_THAT(*planned, IsEmpty());
  const auto ended = [&](absl::CivilDay day) {
    return InRead([&](Transaction& tx) { return store.ListEnded(tx, day, 10); })->size();
  };
  EXPECT_EQ(ended(kDay + 1), 0u);
  EXPECT_EQ(ended(kDay + 2), 1u);
  const auto list = [&](RestrictionFilter filter, std::string after) {
    std::vector<std::string> ids;
    const auto rows =
        InRead([&](Transaction& tx) { return store.List(tx, kTenant, "", filter, after, 3); });
    EXPECT_THAT(rows, IsOk());
    for (const RestrictionRecord& r : *rows) {
      ids.push_back(r.id);
    }
    return ids;
  };
  EXPECT_THAT(list({}, ""), ElementsAre("r1", "r2", "r3"));
  EXPECT_THAT(list({}, "urn-1/r3"), ElementsAre("r4"));
  EXPECT_THAT(list({.not_ended_on = kDay + 2}, ""), ElementsAre("r1", "r2", "r4"));
  EXPECT_THAT(list({.kind = RestrictionKind::kSanction}, ""), ElementsAre("r3", "r4"));
}

ActionRecord MakeAction(const std::string& centre, const std::string& id, absl::CivilDay due) {
  ActionRecord a;
  a.centre = centre;
  a.id = id;
  a.text = "Do " + id;
  a.due = due;
  a.officer = "users/o";
  a.create_time = kTime;
  a.update_time = kTime;
  return a;
}

TEST_P(OversightStoreTest, AnActionComesBackAsItWas) {
  ActionStore store;
  ActionRecord made = MakeAction("urn-1", "a1", kDay);
  made.source = "visit of 3 March";
  made.approval = "approval";
  ASSERT_THAT(Write([&](Transaction& tx) { return store.Insert(tx, "body-a", made); }), IsOk());
  made.state = ActionState::kReturned;
  made.due = kDay + 5;
  made.answer = "Done.\nReally.";
  made.evidence = {"centres/urn-1/evidence/a", "centres/urn-1/evidence/b"};
  made.answered_by = "users/h";
  made.answer_time = kTime;
  made.late = true;
  made.feedback = "More.";
  made.decided_by = "users/p";
  made.decide_time = kTime;
  made.returns = 2;
  ASSERT_THAT(Write([&](Transaction& tx) { return store.Update(tx, "body-a", made); }), IsOk());
  const auto got = InRead([&](Transaction& tx) { return store.Get(tx, kTenant, "urn-1", "a1"); });
  ASSERT_THAT(got, IsOk());
  EXPECT_EQ(got->text, "Do a1");
  EXPECT_EQ(got->source, "visit of 3 March");
  EXPECT_EQ(got->approval, "approval");
  EXPECT_EQ(got->state, ActionState::kReturned);
  EXPECT_EQ(got->due, kDay + 5);
  EXPECT_EQ(got->answer, "Done.\nReally.");
  EXPECT_EQ(got->evidence, made.evidence);
  EXPECT_EQ(got->answered_by, "users/h");
  EXPECT_EQ(got->answer_time, kTime);
  EXPECT_TRUE(got->late);
  EXPECT_EQ(got->feedback, "More.");
  EXPECT_EQ(got->decided_by, "users/p");
  EXPECT_EQ(got->decide_time, kTime);
  EXPECT_EQ(got->returns, 2);
  EXPECT_EQ(got->version, 2);
  const auto returned = InRead([&](Transaction& tx) {
    return store.List(tx, kTenant, "urn-1", ActionState::kReturned, "", 10);
  });
  EXPECT_THAT(*returned, SizeIs(1));
  EXPECT_THAT(*InRead([&](Transaction& tx) {
    return store.List(tx, {"body-a", "urn-2"}, "", std::nullopt, "", 10);
  }),
              IsEmpty());
}

// EI-11, EI-13, QUAL-6, NOT-3: from wherever it is kept.
TEST_P(OversightStoreTest, FindsWhatIsDueWhereverItIsKept) {
  AddCentre("urn-1");
  AddCentre("urn-2", CentreState::kWithdrawn);
  const auto planner = [](const std::string& id, PlannerState state) {
    PlannerRecord p;
    p.centre = "urn-1";
    p.id = id;
    p.approval = "approval-" + id;
    p.qualification = "9001-03";
    p.first_day = kDay - 100;
    p.last_day = kDay;
    p.declaration_deadline = kDay + 40;
    p.state = state;
    p.rulings = 2;
    p.create_time = kTime;
    p.update_time = kTime;
    return p;
  };
  StaffRecord staff;
  staff.centre = "urn-1";
  staff.id = "s1";
  staff.display_name = "Ann";
  staff.first_day = kDay - 100;
  CompetenceRecord training;
  training.rule = {.id = "c1",
                   .qualification = "3818-13",
                   .kind = CompetenceKind::kTraining,
                   .state = CompetenceState::kVerified,
                   .verified = kDay,
                   .valid_until = kDay + 15};
  ActionRecord answered = MakeAction("urn-1", "a2", kDay + 20);
  answered.state = ActionState::kAnswered;
  ActionRecord done = MakeAction("urn-1", "a3", kDay + 20);
  done.state = ActionState::kAccepted;
  const PlannerRecord wanting = planner("p1", PlannerState::kNeedsDevelopment);
  PlannerRecord older = wanting;
  older.rulings = 1;
  const PlannerRecord met = planner("p2", PlannerState::kMeets);
  const PlannerRecord accepted = planner("p3", PlannerState::kAccepted);
  ASSERT_THAT(Write([&](Transaction& tx) -> absl::Status {
                ActionStore actions;
                RETURN_IF_ERROR(actions.Insert(tx, "body-a", MakeAction("urn-1", "a1", kDay - 1)));
                RETURN_IF_ERROR(actions.Insert(tx, "body-a", MakeAction("urn-2", "a1", kDay - 1)));
                RETURN_IF_ERROR(actions.Insert(tx, "body-a", answered));
                RETURN_IF_ERROR(actions.Insert(tx, "body-a", done));
                PlannerStore planners;
                for (const PlannerRecord& p : {wanting, met, accepted}) {
                  RETURN_IF_ERROR(planners.Insert(tx, "body-a", p));
                }
                // Only the last ruling still asks for something.
                RETURN_IF_ERROR(planners.InsertRuling(tx, "body-a", older,
                                                      {.outcome = "needs development",
                                                       .actions = {{"Old", kDay + 1}},
                                                       .deadline = kDay + 2}));
                RETURN_IF_ERROR(planners.InsertRuling(tx, "body-a", wanting,
                                                      {.outcome = "needs development",
                                                       .actions = {{"Name employers", kDay + 5}},
                                                       .deadline = kDay + 10}));
                StaffStore people;
                RETURN_IF_ERROR(people.Insert(tx, "body-a", staff));
                return people.InsertCompetence(tx, "body-a", staff, training);
              }),
              IsOk());
  DeadlineStore store;
  const auto due = [&](const Reach& reach, const std::string& centre,
                       std::optional<absl::CivilDay> until = std::nullopt) {
    std::vector<std::string> found;
    std::string after;
    for (;;) {
      const auto page = InRead(
          [&](Transaction& tx) { return store.List(tx, reach, centre, until, kDay, after, 1); });
      EXPECT_THAT(page, IsOk());
      if (!page.ok() || page->empty()) return found;
      const DueItem& item = page->front();
      found.push_back(absl::StrCat(item.due - kDay, " ", item.item.substr(14), ": ", item.text,
                                   " (", item.party, ")"));
      after = item.Position();
    }
  };
  EXPECT_THAT(due(kTenant, "urn-1"),
              ElementsAre("-1 actions/a1: Do a1 (centre)",
                          "5 planners/p1/actions/2-0: Name employers (centre)",
                          "10 planners/p1: hand the planner in again (centre)",
                          "15 staff/s1/competences/c1: renew: experience of training for 3818-13 "
                          "(centre)",
                          "20 actions/a2: Do a2 (quality)",
                          "40 planners/p2: declare the involvement of the cohort (centre)"));
  EXPECT_THAT(due(kTenant, ""), SizeIs(6));
  EXPECT_THAT(due({"body-a", "urn-2"}, ""), IsEmpty());
  EXPECT_THAT(due({"body-b", ""}, ""), IsEmpty());
  EXPECT_THAT(due(kTenant, "urn-1", kDay + 9), SizeIs(2));

  const auto untold = [&](const ReminderWindow& window) {
    const auto found =
        InRead([&](Transaction& tx) { return store.ListUntold(tx, "body-a", window, kDay, 10); });
    EXPECT_THAT(found, IsOk());
    return *found;
  };
  const ReminderWindow month = {28, kDay + 8, kDay + 28};
  ASSERT_THAT(untold(month), SizeIs(2));  // Not the officer's.
  const DueItem first = untold(month)[0];
  EXPECT_EQ(first.tenant, "body-a");
  EXPECT_EQ(first.kind, DueKind::kPlannerDeadline);
  bool added = false, again = true;
  ASSERT_THAT(Write([&](Transaction& tx) -> absl::Status {
                ASSIGN_OR_RETURN(added, store.AddNotice(tx, first, 28, 3, kTime));
                ASSIGN_OR_RETURN(again, store.AddNotice(tx, first, 28, 3, kTime));
                return absl::OkStatus();
              }),
              IsOk());
  EXPECT_TRUE(added);
  EXPECT_FALSE(again);
  EXPECT_THAT(untold(month), SizeIs(1));
  EXPECT_THAT(untold({7, kDay + 8, kDay + 28}), SizeIs(2));  // Another notice.
  EXPECT_EQ(*InRead([&](Transaction& tx) { return store.NextTenant(tx, ""); }), "body-a");
  EXPECT_EQ(*InRead([&](Transaction& tx) { return store.NextTenant(tx, "body-a"); }), "");
  const auto notices = InRead(
      [&](Transaction& tx) { return store.ListNotices(tx, "body-a", "urn-1", first.item, 10); });
  ASSERT_THAT(*notices, SizeIs(1));
  EXPECT_EQ(notices->front().days_left, 28);
  EXPECT_EQ(notices->front().policy_version, 3);
  EXPECT_EQ(notices->front().due, kDay + 10);
}

TEST_P(OversightStoreTest, SitesComeBackAsTheyWereAndAreListedInOrder) {
  SiteStore store;
  SiteRecord site;
  site.centre = "urn-1";
  site.id = "s1";
  site.title = "North \xC5\xB5";
  site.address_lines = {"1 Road", "Floor 2"};
  site.town = "Leeds";
  site.postcode = "LS1 4AP";
  site.create_time = kTime;
  site.update_time = kTime;
  ASSERT_THAT(Write([&](Transaction& tx) { return store.Insert(tx, "body-a", site); }), IsOk());
  site.state = SiteState::kClosed;
  site.open_day = kDay;
  site.close_day = kDay + 1;
  site.state_reason = "flood";
  ASSERT_THAT(Write([&](Transaction& tx) { return store.Update(tx, "body-a", site); }), IsOk());
  const auto got = InRead([&](Transaction& tx) { return store.Get(tx, kTenant, "urn-1", "s1"); });
  ASSERT_THAT(got, IsOk());
  EXPECT_EQ(got->title, site.title);
  EXPECT_EQ(got->address_lines, site.address_lines);
  EXPECT_EQ(got->town, "Leeds");
  EXPECT_EQ(got->postcode, "LS1 4AP");
  EXPECT_EQ(got->state, SiteState::kClosed);
  EXPECT_EQ(got->open_day, kDay);
  EXPECT_EQ(got->close_day, kDay + 1);
  EXPECT_EQ(got->state_reason, "flood");
  EXPECT_EQ(got->version, 2);
  EXPECT_EQ(*InRead([&](Transaction& tx) { return store.Count(tx, "body-a", "urn-1"); }), 1);
  EXPECT_THAT(*InRead([&](Transaction& tx) {
    return store.List(tx, kTenant, "", SiteState::kClosed, "", 10);
  }),
              SizeIs(1));
  EXPECT_THAT(*InRead([&](Transaction& tx) {
    return store.List(tx, kTenant, "urn-1", std::nullopt, "urn-1/s1", 10);
  }),
              IsEmpty());
  EXPECT_THAT(InRead([&](Transaction& tx) {
                return store.Get(tx, {"body-a", "urn-2"}, "urn-1", "s1");
              }),
              IsError(Code::kNotFound, kSiteNotFound));
  ASSERT_THAT(Write([&](Transaction& tx) { return store.Delete(tx, "body-a", site); }), IsOk());
  EXPECT_EQ(*InRead([&](Transaction& tx) { return store.Count(tx, "body-a", "urn-1"); }), 0);
}

TEST_P(OversightStoreTest, LinksOfFilesAndOfficersAreOneList) {
  AddCentre("urn-100001", CentreState::kClosed, "", "100002");
  AddCentre("urn-100002", CentreState::kApproved, "100001", "100009");  // The last is not known.
  AddCentre("urn-100003");
  LinkStore store;
  const auto change = [&](auto call) {
    bool did = false;
    EXPECT_THAT(Write([&](Transaction& tx) -> absl::Status {
                  ASSIGN_OR_RETURN(did, call(tx));
                  return absl::OkStatus();
                }),
                IsOk());
    return did;
  };
  const auto add = [&](const char* before, const char* after, const char* reason) {
    return change(
        [&](Transaction& tx) { return store.Add(tx, "body-a", before, after, reason, kTime); });
  };
  EXPECT_TRUE(add("urn-100003", "urn-100002", "part of it"));
  EXPECT_FALSE(add("urn-100003", "urn-100002", "again"));
  EXPECT_TRUE(add("urn-100001", "urn-100002", "as the file says"));
  const auto links = [&](const std::string& id) {
    std::vector<std::string> found;
    const std::string ids[] = {id};
    std::string after;
    for (;;) {
      const auto page = InRead([&](Transaction& tx) -> absl::StatusOr<std::vector<LinkRecord>> {
        ASSIGN_OR_RETURN(const auto centres, Store().FindCentres(tx, "body-a", ids));
        return store.List(tx, "body-a", centres.begin()->second, after, 1);
      });
      EXPECT_THAT(page, IsOk());
      if (!page.ok() || page->empty()) return found;
      const LinkRecord& link = page->front();
      found.push_back(absl::StrCat(link.predecessor ? "before " : "after ", link.other, " ",
                                   link.by_officer ? link.reason : "register", " ",
                                   link.other_title.empty() ? "unknown" : "known"));
      after = link.Position();
    }
  };
  EXPECT_THAT(links("urn-100002"), ElementsAre("before urn-100001 as the file says known",
                                               "before urn-100003 part of it known",
                                               "after urn-100009 register unknown"));
  EXPECT_THAT(links("urn-100001"), ElementsAre("after urn-100002 as the file says known"));
  EXPECT_THAT(links("urn-100003"), ElementsAre("after urn-100002 part of it known"));
  EXPECT_TRUE(change(
      [&](Transaction& tx) { return store.Remove(tx, "body-a", "urn-100001", "urn-100002"); }));
  EXPECT_THAT(links("urn-100001"), ElementsAre("after urn-100002 register known"));
}

TEST_P(OversightStoreTest, StaffComeBackAsTheyWereAndAreFoundByRole) {
  StaffStore store;
  const auto make = [](const std::string& id, const std::string& subject) {
    StaffRecord s;
    s.centre = "urn-1";
    s.id = id;
    s.display_name = "Ann " + id;
    s.subject = subject;
    s.first_day = kDay - 10;
    s.create_time = kTime;
    s.update_time = kTime;
    return s;
  };
  StaffRecord ann = make("s1", "users/ann"), ben = make("s2", ""), cai = make("s3", "");
  ann.roles = {{StaffRole::kAssessor, kDay - 10, kDay}, {StaffRole::kHead, kDay, std::nullopt}};
  cai.roles = {{StaffRole::kAssessor, kDay - 5, std::nullopt}};
  ASSERT_THAT(Write([&](Transaction& tx) -> absl::Status {
                for (const StaffRecord& s : {ann, ben, cai}) {
                  RETURN_IF_ERROR(store.Insert(tx, "body-a", s));
                }
                return absl::OkStatus();
              }),
              IsOk());
  EXPECT_THAT(
      Write([&](Transaction& tx) { return store.Insert(tx, "body-a", make("s4", "users/ann")); }),
      IsError(Code::kAlreadyExists, kStaffExists));
  ben.subject = "users/ann";
  EXPECT_THAT(Write([&](Transaction& tx) { return store.Update(tx, "body-a", ben); }),
              IsError(Code::kAlreadyExists, kStaffExists));
  ben.subject = "users/ben";
  ben.last_day = kDay + 3;
  ben.roles = {{StaffRole::kTutor, kDay, kDay + 1}};
  ASSERT_THAT(Write([&](Transaction& tx) { return store.Update(tx, "body-a", ben); }), IsOk());
  const auto got = InRead([&](Transaction& tx) { return store.Get(tx, kTenant, "urn-1", "s2"); });
  ASSERT_THAT(got, IsOk());
  EXPECT_EQ(got->subject, "users/ben");
  EXPECT_EQ(got->last_day, kDay + 3);
  EXPECT_EQ(got->roles, ben.roles);
  EXPECT_EQ(got->version, 2);
  const auto list = [&](std::optional<StaffStore::RoleOn> role) {
    std::vector<std::string> found;
    const auto rows =
        InRead([&](Transaction& tx) { return store.List(tx, kTenant, "urn-1", role, "", 10); });
    EXPECT_THAT(rows, IsOk());
    for (const StaffRecord& s : *rows) {
      found.push_back(absl::StrCat(s.id, " ", s.roles.size()));
    }
    return found;
  };
  EXPECT_THAT(list(std::nullopt), ElementsAre("s1 2", "s2 1", "s3 1"));
  EXPECT_THAT(list(StaffStore::RoleOn{StaffRole::kAssessor, kDay - 1}),
              ElementsAre("s1 2", "s3 1"));
  EXPECT_THAT(list(StaffStore::RoleOn{StaffRole::kAssessor, kDay}), ElementsAre("s3 1"));
  EXPECT_EQ(*InRead([&](Transaction& tx) { return store.Count(tx, "body-a", "urn-1"); }), 3);
}

TEST_P(OversightStoreTest, CompetenceAndConflictsComeBackAsTheyWere) {
  StaffStore store;
  StaffRecord ann;
  ann.centre = "urn-1";
  ann.id = "s1";
  ann.first_day = kDay;
  CompetenceRecord competence;
  competence.rule = {.id = "c1",
                     .qualification = "3818-13",
                     .kind = CompetenceKind::kRecentExperience,
                     .level = 4};
  competence.what = "a job";
  competence.evidence = {"centres/urn-1/evidence/x"};
  competence.recorded_by = "users/h";
  competence.create_time = kTime;
  ConflictRecord conflict;
  conflict.id = "f1";
  conflict.rule = {.with = "learners/l", .qualification = "3818-13", .declared = kDay};
  conflict.nature = "a nephew";
  conflict.declared_by = "users/a";
  conflict.create_time = kTime;
  ASSERT_THAT(Write([&](Transaction& tx) -> absl::Status {
                RETURN_IF_ERROR(store.InsertCompetence(tx, "body-a", ann, competence));
                competence.rule.state = CompetenceState::kVerified;
                competence.rule.verified = kDay;
                competence.rule.valid_until = kDay + 9;
                competence.verified_by = "users/v";
                competence.revoke_reason = "r";
                RETURN_IF_ERROR(store.UpdateCompetence(tx, "body-a", ann, competence));
                RETURN_IF_ERROR(store.InsertConflict(tx, "body-a", ann, conflict));
                conflict.rule.resolved = kDay + 1;
                conflict.resolution = "left";
                return store.UpdateConflict(tx, "body-a", ann, conflict);
              }),
              IsOk());
  const auto competences =
      InRead([&](Transaction& tx) { return store.ListCompetences(tx, "body-a", ann, 5); });
  ASSERT_THAT(*competences, SizeIs(1));
  const CompetenceRecord& c = competences->front();
  EXPECT_EQ(c.rule.kind, CompetenceKind::kRecentExperience);
  EXPECT_EQ(c.rule.level, 4);
  EXPECT_EQ(c.rule.state, CompetenceState::kVerified);
  EXPECT_EQ(c.rule.verified, kDay);
  EXPECT_EQ(c.rule.valid_until, kDay + 9);
  EXPECT_EQ(c.verified_by, "users/v");
  EXPECT_EQ(c.recorded_by, "users/h");
  EXPECT_EQ(c.evidence, competence.evidence);
  EXPECT_EQ(c.revoke_reason, "r");
  const auto conflicts =
      InRead([&](Transaction& tx) { return store.ListConflicts(tx, "body-a", ann, 5); });
  ASSERT_THAT(*conflicts, SizeIs(1));
  EXPECT_EQ(conflicts->front().rule.with, "learners/l");
  EXPECT_EQ(conflicts->front().rule.qualification, "3818-13");
  EXPECT_EQ(conflicts->front().rule.declared, kDay);
  EXPECT_EQ(conflicts->front().rule.resolved, kDay + 1);
  EXPECT_EQ(conflicts->front().resolution, "left");
  EXPECT_EQ(conflicts->front().nature, "a nephew");
}

TEST_P(OversightStoreTest, TheTimelineIsReadNewestFirstByPages) {
  TimelineStore store;
  ASSERT_THAT(Write([&](Transaction& tx) -> absl::Status {
                for (int i = 0; i < 5; ++i) {
                  // Two of one moment keep the order of their ids.
                  RETURN_IF_ERROR(
                      store.Append(tx, "body-a",
                                   {.centre = "urn-1",
                                    .id = absl::StrCat("t", i),
                                    .kind = i == 1 ? TimelineKind::kStaff : TimelineKind::kAction,
                                    .subject = i < 3 ? "x" : "y",
                                    .what = absl::StrCat("what ", i),
                                    .reason = "why",
                                    .actor = "users/a",
                                    .rule = "EI-11",
                                    .time = kTime + absl::Seconds(i / 2)}));
                }
                return store.Append(tx, "body-a", {.centre = "urn-2", .id = "t9", .time = kTime});
              }),
              IsOk());
  const auto list = [&](const Reach& reach, TimelineQuery query) {
    std::vector<std::string> found;
    std::string after;
    for (;;) {
      const auto page =
          InRead([&](Transaction& tx) { return store.List(tx, reach, query, after, 2); });
      EXPECT_THAT(page, IsOk());
      if (!page.ok() || page->empty()) return found;
      for (const TimelineRecord& r : *page) found.push_back(r.id);
      after = page->back().Position();
    }
  };
  EXPECT_THAT(list(kTenant, {.centre = "urn-1"}), ElementsAre("t4", "t3", "t2", "t1", "t0"));
  EXPECT_THAT(list(kTenant, {.centre = "urn-1", .kind = TimelineKind::kStaff}), ElementsAre("t1"));
  EXPECT_THAT(list(kTenant, {.centre = "urn-1", .subject = "x"}), ElementsAre("t2", "t1", "t0"));
  EXPECT_THAT(list({"body-a", "urn-2"}, {.centre = "urn-1"}), IsEmpty());
  EXPECT_THAT(list({"body-b", ""}, {.centre = "urn-1"}), IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(Engines, OversightStoreTest, platform::testing::Engines(),
                         platform::testing::EngineName);

}  // namespace
}  // namespace assay::approval
