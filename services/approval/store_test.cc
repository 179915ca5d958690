#include "services/approval/store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "services/approval/search.h"
#include "services/approval/stores/centre_search.h"
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

constexpr auto kNotFound = absl::StatusCode::kNotFound;
const Reach kTenant = {.tenant = "body-a", .within = ""};

IndexedCentre MakeCentre(const std::string& urn, const std::string& title = "A school",
                         const std::string& town = "Leeds") {
  Centre centre;
  centre.facts = {.urn = urn,
                  .laestab = "2013614",
                  .title = title,
                  .address_lines = {"1 High Street", "Upper Village"},
                  .town = town,
                  .postcode = "LS1 4AP",
                  .kind = "Community school",
                  .age_low = 3,
                  .age_high = 11,
                  .open_date = absl::CivilDay(2018, 9, 1),
                  .predecessor_urn = "100001"};
  centre.id = CentreId(centre.facts);
  centre.create_time = absl::FromUnixMicros(1'700'000'000'123'456);
  centre.update_time = centre.create_time;
  return {centre, WordsOf(centre.facts)};
}

QualificationApproval MakeApproval(const std::string& centre, const std::string& id) {
  QualificationApproval approval;
  approval.id = id;
  approval.centre = centre;
  approval.qualification = "3818-13";
  approval.create_time = absl::FromUnixMicros(5);
  approval.update_time = absl::FromUnixMicros(6);
  return approval;
}

class StoreTest : public platform::testing::EngineTest {
 protected:
  StoreTest() : EngineTest({&Migrations()}) {}

  void Insert(std::vector<IndexedCentre> centres, std::string_view tenant = "body-a") {
    ASSERT_THAT(
        db().WriteNow([&](Transaction& tx) { return store_.InsertCentres(tx, tenant, centres); }),
        IsOk());
  }

  // Runs `read` in a read-only transaction and gives what it gave.
  template <typename Read>
  auto InRead(Read read) {
    std::optional<decltype(read(std::declval<Transaction&>()))> result;
    const absl::Status status = db().ReadNow([&](Transaction& tx) {
      result.emplace(read(tx));
      return absl::OkStatus();
    });
    EXPECT_THAT(status, IsOk());
    return *std::move(result);
  }

  absl::StatusOr<Centre> Get(std::string_view id, const Reach& reach = kTenant) {
    return InRead([&](Transaction& tx) { return store_.GetCentre(tx, reach, id); });
  }

  std::vector<std::string> Search(std::vector<std::string> words, const Reach& reach = kTenant) {
    return InRead([&](Transaction& tx) {
      const auto page = CentreSearch().Search(tx, reach, {words, NameWord(words)}, "", 100);
      EXPECT_THAT(page, IsOk());
      return page->centres;
    });
  }

  absl::Status Write(absl::FunctionRef<absl::Status(Transaction&)> body) {
    return db().WriteNow(body);
  }

  Store store_;
};

TEST_P(StoreTest, GivesACentreBackAsItWas) {
  const IndexedCentre made = MakeCentre("100000", "Sir John\xE2\x80\x99s \xF0\x9F\x8E\x93");
  Insert({made});
  const auto got = Get("urn-100000");
  ASSERT_THAT(got, IsOk());
  EXPECT_EQ(got->facts, made.centre.facts);
  EXPECT_EQ(got->state, CentreState::kApplied);
  EXPECT_EQ(got->create_time, made.centre.create_time);
  EXPECT_EQ(got->version, 1);
  IndexedCentre bare;
  bare.centre.facts = {.ukprn = "10000047", .title = "B", .closed = true};
  bare.centre.id = "ukprn-10000047";
  bare.centre.state = CentreState::kClosed;
  Insert({bare});
  const auto second = Get("ukprn-10000047");
  ASSERT_THAT(second, IsOk());
  EXPECT_EQ(second->facts, bare.centre.facts);
  EXPECT_EQ(second->state, CentreState::kClosed);
}

TEST_P(StoreTest, ShowsNothingOutsideOfTheReach) {
  Insert({MakeCentre("100000"), MakeCentre("100002")});
  Insert({MakeCentre("100004")}, "body-b");
  EXPECT_THAT(Get("urn-100000"), IsOk());
  EXPECT_THAT(Get("urn-100000", {"body-a", "urn-100000"}), IsOk());
  EXPECT_THAT(Get("urn-100000", {"body-a", "urn-100002"}), IsError(kNotFound, "CENTRE_NOT_FOUND"));
  EXPECT_THAT(Get("urn-100000", {"body-b", ""}), IsError(kNotFound, "CENTRE_NOT_FOUND"));
  EXPECT_THAT(Get("urn-100004"), IsError(kNotFound, "CENTRE_NOT_FOUND"));
  EXPECT_THAT(Search({"leeds"}, {"body-a", "urn-100002"}), ElementsAre("urn-100002"));
  EXPECT_THAT(Search({"leeds"}, {"body-b", ""}), ElementsAre("urn-100004"));
  EXPECT_THAT(Search({"leeds"}, {"body-a", "-"}), IsEmpty());
}

TEST_P(StoreTest, FindsManyByTheirIds) {
  std::vector<IndexedCentre> centres;
  std::vector<std::string> ids;
  for (int i = 0; i < 450; ++i) {
    centres.push_back(MakeCentre(std::to_string(100000 + 2 * i)));
    ids.push_back(centres.back().centre.id);
    ids.push_back("urn-" + std::to_string(100001 + 2 * i));  // Not there.
  }
  Insert(centres);
  for (const std::size_t count : {0, 1, 2, 199, 200, 201, 900}) {
    const auto found = InRead([&](Transaction& tx) {
      return *store_.FindCentres(tx, "body-a", std::span(ids).first(count));
    });
    EXPECT_EQ(found.size(), (count + 1) / 2);
    for (const auto& [id, centre] : found) EXPECT_EQ(id, centre.id);
  }
  EXPECT_THAT(InRead([&](Transaction& tx) { return *store_.FindCentres(tx, "body-b", ids); }),
              IsEmpty());
}

TEST_P(StoreTest, ListsInIdOrderPageByPage) {
  std::vector<IndexedCentre> centres;
  for (int i = 9; i >= 0; --i) {
    IndexedCentre centre = MakeCentre(std::to_string(100000 + i));
    if (i % 2 == 1) centre.centre.state = CentreState::kApproved;
    centres.push_back(centre);
  }
  Insert(centres);
  for (const auto& [state, expected] :
       std::vector<std::pair<std::optional<CentreState>, std::size_t>>{
           {std::nullopt, 10}, {CentreState::kApproved, 5}, {CentreState::kClosed, 0}}) {
    std::vector<std::string> ids;
    std::string after;
    do {
      const CentrePage page = InRead(
          [&](Transaction& tx) { return *store_.ListCentres(tx, kTenant, state, after, 3); });
      EXPECT_LE(page.centres.size(), 3u);
      for (const Centre& centre : page.centres) ids.push_back(centre.id);
      after = page.next;
    } while (!after.empty());
    EXPECT_EQ(ids.size(), expected);
    EXPECT_TRUE(std::is_sorted(ids.begin(), ids.end()));
  }
  const CentrePage exact =
      InRead([&](Transaction& tx) { return *store_.ListCentres(tx, kTenant, {}, "", 10); });
  EXPECT_EQ(exact.next, "");
}

TEST_P(StoreTest, InsertingAKnownCentreAlreadyExistsAndChangesNothing) {
  Insert({MakeCentre("100000")});
  const std::vector<IndexedCentre> two = {MakeCentre("100002"), MakeCentre("100000", "Other")};
  EXPECT_TRUE(absl::IsAlreadyExists(
      Write([&](Transaction& tx) { return store_.InsertCentres(tx, "body-a", two); })));
  EXPECT_THAT(Get("urn-100002"), IsError(kNotFound, "CENTRE_NOT_FOUND"));
  EXPECT_EQ(Get("urn-100000")->facts.title, "A school");
}

TEST_P(StoreTest, UpdatesFactsAndWordsOfTheVersionAtHand) {
  Insert({MakeCentre("100000", "Old name")});
  IndexedCentre changed = MakeCentre("100000", "New name");
  changed.centre.version = 2;
  ASSERT_THAT(Write([&](Transaction& tx) { return store_.UpdateCentre(tx, "body-a", changed); }),
              IsOk());
  EXPECT_EQ(Get("urn-100000")->facts.title, "New name");
  EXPECT_EQ(Get("urn-100000")->version, 2);
  EXPECT_THAT(Search({"old"}), IsEmpty());
  EXPECT_THAT(Search({"new"}), ElementsAre("urn-100000"));
  EXPECT_THAT(Write([&](Transaction& tx) { return store_.UpdateCentre(tx, "body-a", changed); }),
              IsError(absl::StatusCode::kAborted, "ETAG_MISMATCH"));
  changed.centre.version = 3;
  EXPECT_THAT(Write([&](Transaction& tx) { return store_.UpdateCentre(tx, "body-b", changed); }),
              IsError(absl::StatusCode::kAborted, "ETAG_MISMATCH"));
}

TEST_P(StoreTest, RemembersWhatStateACentreWasInWhen) {
  IndexedCentre made = MakeCentre("100000");
  Insert({made});
  Centre centre = made.centre;
  auto change = [&](CentreState to, int second) {
    centre.state = to;
    centre.state_reason = "because";
    centre.update_time = absl::FromUnixSeconds(second);
    ++centre.version;
    return Write(
        [&](Transaction& tx) { return store_.UpdateCentreState(tx, "body-a", centre, "users/q"); });
  };
  ASSERT_THAT(change(CentreState::kApproved, 100), IsOk());
  ASSERT_THAT(change(CentreState::kSuspended, 200), IsOk());
  auto before = [&](int second, std::string_view tenant = "body-a") {
    return InRead([&](Transaction& tx) {
      return *store_.LastStateBefore(tx, tenant, "urn-100000", absl::FromUnixSeconds(second));
    });
  };
  EXPECT_EQ(before(100), std::nullopt);
  EXPECT_EQ(before(101), CentreState::kApproved);
  EXPECT_EQ(before(200), CentreState::kApproved);
  EXPECT_EQ(before(201), CentreState::kSuspended);
  EXPECT_EQ(before(201, "body-b"), std::nullopt);
  const auto before_closing = [&] {
    return *InRead(
        [&](Transaction& tx) { return store_.StateBeforeClosing(tx, "body-a", "urn-100000"); });
  };
  EXPECT_EQ(before_closing(), CentreState::kSuspended);
  ASSERT_THAT(change(CentreState::kClosed, 250), IsOk());
  EXPECT_EQ(before_closing(), CentreState::kSuspended);
  EXPECT_EQ(Get("urn-100000")->state_reason, "because");
  --centre.version;
  EXPECT_THAT(change(CentreState::kWithdrawn, 300),
              IsError(absl::StatusCode::kAborted, "ETAG_MISMATCH"));
  EXPECT_EQ(before(301), CentreState::kClosed);
}

TEST_P(StoreTest, KeepsOneOpenApprovalPerCentreAndQualification) {
  const std::string id_a = "01h00000000000000000000001";
  const std::string id_b = "01h00000000000000000000002";
  auto insert = [&](const QualificationApproval& approval, std::string_view tenant = "body-a") {
    return Write([&](Transaction& tx) { return store_.InsertApproval(tx, tenant, approval); });
  };
  QualificationApproval first = MakeApproval("urn-100000", id_a);
  first.applied_under = RulesUsed{"default", 3, 1};
  ASSERT_THAT(insert(first), IsOk());
  const auto refused = insert(MakeApproval("urn-100000", id_b));
  EXPECT_THAT(refused, IsError(absl::StatusCode::kAlreadyExists, "APPROVAL_EXISTS"));
  EXPECT_EQ(platform::MetadataOf(refused, "centre"), "centres/urn-100000");
  EXPECT_THAT(insert(MakeApproval("urn-100002", id_b)), IsOk());
  EXPECT_THAT(insert(MakeApproval("urn-100000", id_b), "body-b"), IsOk());

  first.state = ApprovalState::kApproved;
  first.decided_under = RulesUsed{"3818-13", 4, 2};
  first.effective_date = absl::CivilDay(2026, 5, 1);
  ++first.version;
  ASSERT_THAT(Write([&](Transaction& tx) { return store_.UpdateApproval(tx, "body-a", first); }),
              IsOk());
  EXPECT_THAT(insert(MakeApproval("urn-100000", id_b)),
              IsError(absl::StatusCode::kAlreadyExists, "APPROVAL_EXISTS"));
  first.state = ApprovalState::kWithdrawn;
  first.end_date = absl::CivilDay(2026, 6, 1);
  first.state_reason = "left";
  ++first.version;
  ASSERT_THAT(Write([&](Transaction& tx) { return store_.UpdateApproval(tx, "body-a", first); }),
              IsOk());
  EXPECT_THAT(insert(MakeApproval("urn-100000", id_b)), IsOk());
  EXPECT_THAT(Write([&](Transaction& tx) { return store_.UpdateApproval(tx, "body-a", first); }),
              IsError(absl::StatusCode::kAborted, "ETAG_MISMATCH"));

  const auto all = InRead(
      [&](Transaction& tx) { return *store_.ApprovalsOf(tx, "body-a", "urn-100000", "3818-13"); });
  ASSERT_EQ(all.size(), 2u);
  EXPECT_EQ(all[0].id, id_a);
  EXPECT_EQ(all[0].state, ApprovalState::kWithdrawn);
  EXPECT_EQ(all[0].effective_date, absl::CivilDay(2026, 5, 1));
  EXPECT_EQ(all[0].end_date, absl::CivilDay(2026, 6, 1));
  EXPECT_EQ(all[0].state_reason, "left");
  EXPECT_EQ(all[0].create_time, absl::FromUnixMicros(5));
  EXPECT_EQ(all[1].effective_date, std::nullopt);
  EXPECT_EQ(all[0].applied_under, (RulesUsed{"default", 3, 1}));
  EXPECT_EQ(all[0].decided_under, (RulesUsed{"3818-13", 4, 2}));
  EXPECT_EQ(all[1].applied_under, std::nullopt);
}

TEST_P(StoreTest, ListsWhatIsInForceFirst) {
  const auto insert = [&](const std::string& id, ApprovalState state) {
    QualificationApproval approval = MakeApproval("urn-100000", id);
    approval.qualification = id;
    approval.state = state;
    ASSERT_THAT(
        Write([&](Transaction& tx) { return store_.InsertApproval(tx, "body-a", approval); }),
        IsOk());
  };
  insert("id1", ApprovalState::kWithdrawn);
  insert("id2", ApprovalState::kApplied);
  insert("id3", ApprovalState::kSuspended);
  insert("id4", ApprovalState::kApproved);
  const auto ids = [](const std::vector<QualificationApproval>& approvals) {
    std::vector<std::string> found;
    for (const QualificationApproval& approval : approvals) found.push_back(approval.id);
    return found;
  };
  const auto current = [&](const Reach& reach, int limit) {
    return ids(InRead(
        [&](Transaction& tx) { return *store_.CurrentApprovals(tx, reach, "urn-100000", limit); }));
  };
  EXPECT_THAT(current(kTenant, 9), ElementsAre("id4", "id3", "id2", "id1"));
  EXPECT_THAT(current(kTenant, 2), ElementsAre("id4", "id3"));
  EXPECT_THAT(current({"body-a", "urn-100002"}, 9), IsEmpty());
  EXPECT_EQ(
      InRead([&](Transaction& tx) { return *store_.CountApprovals(tx, kTenant, "urn-100000"); }),
      4);
}

INSTANTIATE_TEST_SUITE_P(Engines, StoreTest, platform::testing::Engines(),
                         platform::testing::EngineName);

}  // namespace
}  // namespace assay::approval
