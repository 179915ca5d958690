#include "services/approval/stores/approvals.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "services/approval/stores/catalogue.h"
#include "services/approval/stores/registers.h"
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
using ::testing::UnorderedElementsAre;
using Code = absl::StatusCode;
using Day = absl::CivilDay;

const absl::Time kTime = absl::FromUnixMicros(1'700'000'000'123'456);

class StoresTest : public platform::testing::EngineTest {
 protected:
  StoresTest() : EngineTest({&Migrations()}) {}

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
};

class ApprovalStoreTest : public StoresTest {
 protected:
  static QualificationApproval Make(const std::string& centre, const std::string& id) {
    QualificationApproval approval;
    approval.centre = centre;
    approval.id = id;
    approval.qualification = "3818-13";
    approval.create_time = approval.update_time = kTime;
    return approval;
  }
  void Change(const QualificationApproval& approval, const std::string& what, Day day,
              const std::string& tenant = "body-a") {
    ASSERT_THAT(Write([&](Transaction& tx) {
                  return store_.AddChange(tx, tenant, approval,
                                          {.what = what,
                                           .day = day,
                                           .reason = "because",
                                           .actor = "users/officer",
                                           .time = kTime});
                }),
                IsOk());
  }
  std::vector<std::string> Changes(const QualificationApproval& approval, int after, int limit,
                                   const std::string& tenant = "body-a") {
    const auto changes = InRead(
        [&](Transaction& tx) { return store_.ListChanges(tx, tenant, approval, after, limit); });
    EXPECT_THAT(changes, IsOk());
    std::vector<std::string> lines;
    for (const ApprovalChange& change : *changes) {
      EXPECT_EQ(change.reason, "because");
      EXPECT_EQ(change.actor, "users/officer");
      EXPECT_EQ(change.time, kTime);
      lines.push_back(std::to_string(change.number) + " " + change.what + " " +
                      absl::FormatCivilTime(change.day));
    }
    return lines;
  }

  ApprovalStore store_;
};

TEST_P(ApprovalStoreTest, NumbersChangesWithinAnApprovalAndATenant) {
  const QualificationApproval a = Make("urn-1", "a"), b = Make("urn-1", "b");
  Change(a, "applied", Day(2026, 1, 2));
  Change(b, "applied", Day(2026, 1, 3));
  Change(a, "approved", Day(2026, 2, 1));
  Change(a, "applied", Day(2026, 3, 1), "body-b");
  EXPECT_THAT(Changes(a, 0, 9), ElementsAre("1 applied 2026-01-02", "2 approved 2026-02-01"));
  EXPECT_THAT(Changes(a, 1, 9), ElementsAre("2 approved 2026-02-01"));
  EXPECT_THAT(Changes(a, 0, 1), ElementsAre("1 applied 2026-01-02"));
  EXPECT_THAT(Changes(b, 0, 9), ElementsAre("1 applied 2026-01-03"));
  EXPECT_THAT(Changes(a, 0, 9, "body-b"), ElementsAre("1 applied 2026-03-01"));
}

TEST_P(ApprovalStoreTest, FindsTheSuspensionsOfManyCentres) {
  const QualificationApproval a = Make("urn-1", "a"), b = Make("urn-2", "b");
  Change(a, "suspended", Day(2026, 1, 10));
  Change(a, "reinstated", Day(2026, 1, 20));
  Change(a, "suspended", Day(2026, 2, 1));
  Change(b, "approved", Day(2026, 1, 1));
  std::map<std::string, std::vector<QualificationApproval>> approvals;
  // More centres than one query takes.
  for (int i = 0; i < 450; ++i) {
    const std::string centre = "urn-" + std::to_string(i);
    approvals[centre].push_back(Make(centre, i == 1 ? "a" : "b"));
  }
  EXPECT_THAT(db().ReadNow(
                  [&](Transaction& tx) { return store_.LoadSuspensions(tx, "body-a", approvals); }),
              IsOk());
  EXPECT_THAT(approvals["urn-1"][0].suspensions,
              ElementsAre(Suspension{Day(2026, 1, 10), Day(2026, 1, 20)},
                          Suspension{Day(2026, 2, 1), std::nullopt}));
  EXPECT_THAT(approvals["urn-2"][0].suspensions, IsEmpty());
}

TEST_P(ApprovalStoreTest, KeepsConditionsInTheirOrder) {
  const QualificationApproval a = Make("urn-1", "a");
  ApprovalCondition condition = {
      .kind = ConditionKind::kPlanner, .text = "Hand in a planner.", .due_day = Day(2026, 6, 30)};
  for (int expected = 1; expected <= 2; ++expected) {
    EXPECT_THAT(Write([&](Transaction& tx) -> absl::Status {
                  ASSIGN_OR_RETURN(const int number,
                                   store_.AddCondition(tx, "body-a", a, condition));
                  EXPECT_EQ(number, expected);
                  return absl::OkStatus();
                }),
                IsOk());
  }
  condition.number = 2;
  condition.state = ConditionState::kWaived;
  condition.close_reason = "not needed";
  condition.closed_by = "users/officer";
  EXPECT_THAT(
      Write([&](Transaction& tx) { return store_.UpdateCondition(tx, "body-a", a, condition); }),
      IsOk());
  const auto found =
      InRead([&](Transaction& tx) { return *store_.ListConditions(tx, "body-a", a); });
  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(found[0].state, ConditionState::kOpen);
  EXPECT_EQ(found[0].kind, ConditionKind::kPlanner);
  EXPECT_EQ(found[0].due_day, Day(2026, 6, 30));
  EXPECT_EQ(found[1].state, ConditionState::kWaived);
  EXPECT_EQ(found[1].close_reason, "not needed");
  EXPECT_EQ(found[1].closed_by, "users/officer");
  EXPECT_THAT(InRead([&](Transaction& tx) { return *store_.ListConditions(tx, "body-b", a); }),
              IsEmpty());
}

TEST_P(ApprovalStoreTest, KeepsEveryVersionOfAPolicyAndGivesTheOneThatCountsOnADay) {
  const auto get = [&](Day day = Day(2026, 9, 1)) {
    return InRead([&](Transaction& tx) { return *store_.GetPolicy(tx, "body-a", "3818-13", day); });
  };
  const auto latest = [&] {
    return InRead(
        [&](Transaction& tx) { return *store_.LatestPolicyVersion(tx, "body-a", "3818-13"); });
  };
  EXPECT_EQ(latest(), 0);
  EXPECT_EQ(get(), std::nullopt);
  ApprovalPolicy policy = {.qualification = "3818-13", .version = 1, .answer_days = 7};
  policy.planner_as_condition = true;
  policy.time = kTime;
  policy.effective_day = Day(2026, 1, 1);
  const auto insert = [&] {
    return Write([&](Transaction& tx) { return store_.InsertPolicy(tx, "body-a", policy); });
  };
  ASSERT_THAT(insert(), IsOk());
  EXPECT_THAT(insert(), IsError(Code::kAborted, "ETAG_MISMATCH"));
  policy.version = 2;
  policy.valid_days = 365;
  policy.effective_day = Day(2026, 9, 1);
  ASSERT_THAT(insert(), IsOk());
  EXPECT_EQ(latest(), 2);
  EXPECT_EQ(get(Day(2025, 12, 31)), std::nullopt);
  EXPECT_EQ(get(Day(2026, 8, 31))->version, 1);
  EXPECT_EQ(get(Day(2026, 8, 31))->effective_day, Day(2026, 1, 1));
  const auto version = [&](int number) {
    return InRead(
        [&](Transaction& tx) { return *store_.GetPolicyVersion(tx, "body-a", "3818-13", number); });
  };
  EXPECT_EQ(version(2)->valid_days, 365);
  EXPECT_EQ(version(3), std::nullopt);
  EXPECT_EQ(get()->version, 2);
  EXPECT_EQ(get()->answer_days, 7);
  EXPECT_EQ(get()->valid_days, 365);
  EXPECT_TRUE(get()->planner_as_condition);
  EXPECT_EQ(get()->time, kTime);
}

class CatalogueStoreTest : public StoresTest {
 protected:
  absl::Status Insert(int version, Day day, const std::string& document,
                      const std::string& number = "9001-03") {
    return Write([&](Transaction& tx) {
      return store_.Insert(tx, "body-a",
                           {.number = number,
                            .version = version,
                            .effective_day = day,
                            .document = document,
                            .finding_count = 3,
                            .change_note = "note",
                            .author = "users/officer",
                            .time = kTime});
    });
  }
  std::string Find(Day day, bool or_first = false, const std::string& tenant = "body-a") {
    return InRead([&](Transaction& tx) -> std::string {
      const auto found = *store_.Find(tx, tenant, "9001-03", day, or_first);
      return found.has_value() ? *store_.Document(tx, tenant, *found) : "none";
    });
  }
  CatalogueStore store_;
};

TEST_P(CatalogueStoreTest, GivesTheVersionThatIsInForceOnADay) {
  ASSERT_THAT(Insert(1, Day(2026, 1, 1), "one"), IsOk());
  ASSERT_THAT(Insert(2, Day(2026, 6, 1), "two"), IsOk());
  ASSERT_THAT(Insert(3, Day(2026, 6, 1), "three"), IsOk());
  EXPECT_THAT(Insert(3, Day(2026, 7, 1), "four"), IsError(Code::kAborted, "ETAG_MISMATCH"));
  EXPECT_EQ(Find(Day(2025, 12, 31)), "none");
  EXPECT_EQ(Find(Day(2025, 12, 31), /*or_first=*/true), "one");
  EXPECT_EQ(Find(Day(2026, 1, 1)), "one");
  EXPECT_EQ(Find(Day(2026, 5, 31)), "one");
  EXPECT_EQ(Find(Day(2026, 6, 1)), "three");
  EXPECT_EQ(Find(Day(2026, 6, 1), true, "body-b"), "none");
  ASSERT_THAT(Insert(1, Day(2026, 6, 1), "other", "9002-03"), IsOk());
  EXPECT_THAT(InRead([&](Transaction& tx) { return *store_.ListNumbers(tx, "body-a", "", 9); }),
              ElementsAre("9001-03", "9002-03"));
  EXPECT_THAT(
      InRead([&](Transaction& tx) { return *store_.ListNumbers(tx, "body-a", "9001-03", 9); }),
      ElementsAre("9002-03"));
  const auto versions =
      InRead([&](Transaction& tx) { return *store_.ListVersions(tx, "body-a", "9001-03", 1, 9); });
  ASSERT_EQ(versions.size(), 2u);
  EXPECT_EQ(versions[0].version, 2);
  EXPECT_EQ(versions[0].finding_count, 3);
  EXPECT_EQ(versions[0].author, "users/officer");
  EXPECT_EQ(versions[0].time, kTime);
}

class RegisterStoreTest : public StoresTest {
 protected:
  static RegisterRecord Make(const std::string& id, const std::string& title,
                             std::vector<std::string> words) {
    RegisterRecord record;
    record.entry.id = id;
    record.entry.code = "C" + id;
    record.entry.title = title;
    record.entry.belongs_to = "pathways/1";
    record.entry.facts = {{"active", "1"}};
    record.words = std::move(words);
    record.create_time = record.update_time = kTime;
    return record;
  }
  std::vector<std::string> List(const RegisterFilter& filter, const std::string& after = "",
                                int limit = 9) {
    const auto found = InRead([&](Transaction& tx) {
      return store_.List(tx, "body-a", "specialisms", filter, after, limit);
    });
    EXPECT_THAT(found, IsOk());
    std::vector<std::string> ids;
    for (const RegisterRecord& record : *found) ids.push_back(record.entry.id);
    return ids;
  }
  RegisterStore store_;
};

TEST_P(RegisterStoreTest, GivesEntriesBackAsTheyWereAndFindsThem) {
  RegisterRecord one = Make("1", "Civil Engineering", {"civil", "engineering"});
  one.entry.first_day = Day(2026, 1, 1);
  one.entry.last_day = Day(2026, 6, 30);
  RegisterRecord two = Make("2", "Plumbing", {"plumbing"});
  two.entry.belongs_to = "pathways/2";
  two.entry.facts["active"] = "0";
  const std::vector<RegisterRecord> records = {one, two};
  const auto insert = [&] {
    return Write(
        [&](Transaction& tx) { return store_.Insert(tx, "body-a", "specialisms", records); });
  };
  ASSERT_THAT(insert(), IsOk());
  EXPECT_TRUE(absl::IsAlreadyExists(insert()));
  const auto read =
      InRead([&](Transaction& tx) { return *store_.Get(tx, "body-a", "specialisms", "1"); });
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(read->entry, one.entry);
  EXPECT_EQ(read->create_time, kTime);
  EXPECT_EQ(InRead([&](Transaction& tx) { return *store_.Get(tx, "body-b", "specialisms", "1"); }),
            std::nullopt);
  EXPECT_THAT(List({}), ElementsAre("1", "2"));
  EXPECT_THAT(List({}, "1"), ElementsAre("2"));
  EXPECT_THAT(List({}, "", 1), ElementsAre("1"));
  EXPECT_THAT(List({.belongs_to = "pathways/2"}), ElementsAre("2"));
  EXPECT_THAT(List({.day = Day(2026, 6, 30)}), ElementsAre("1", "2"));
  EXPECT_THAT(List({.day = Day(2026, 7, 1)}), ElementsAre("2"));
  EXPECT_THAT(List({.day = Day(2025, 12, 31)}), ElementsAre("2"));
  EXPECT_THAT(List({.words = {"eng", "civ"}}), ElementsAre("1"));
  EXPECT_THAT(List({.words = {"eng", "plu"}}), IsEmpty());
  EXPECT_THAT(InRead([&](Transaction& tx) {
                return *store_.ValuesOf(tx, "body-a", "specialisms", "active");
              }),
              UnorderedElementsAre("0", "1"));
  one.entry.title = "Works";
  one.words = {"works"};
  one.update_time = kTime + absl::Seconds(1);
  ASSERT_THAT(
      Write([&](Transaction& tx) { return store_.Update(tx, "body-a", "specialisms", one); }),
      IsOk());
  EXPECT_THAT(List({.words = {"civ"}}), IsEmpty());
  EXPECT_THAT(List({.words = {"wor"}}), ElementsAre("1"));
  EXPECT_EQ(InRead([&](Transaction& tx) { return *store_.Count(tx, "body-a", "specialisms"); }), 2);
  std::vector<std::string> ids;
  for (int i = 0; i < 450; ++i) ids.push_back(std::to_string(i));
  EXPECT_EQ(InRead([&](Transaction& tx) {
              return store_.FindMany(tx, "body-a", "specialisms", ids)->size();
            }),
            2u);
}

INSTANTIATE_TEST_SUITE_P(Engines, ApprovalStoreTest, platform::testing::Engines(),
                         platform::testing::EngineName);
INSTANTIATE_TEST_SUITE_P(Engines, CatalogueStoreTest, platform::testing::Engines(),
                         platform::testing::EngineName);
INSTANTIATE_TEST_SUITE_P(Engines, RegisterStoreTest, platform::testing::Engines(),
                         platform::testing::EngineName);

}  // namespace
}  // namespace assay::approval
