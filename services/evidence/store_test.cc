#include "services/evidence/store.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/evidence/errors.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/storage/migrate.h"
#include "services/platform/testing/engines.h"
#include "services/platform/testing/status_matchers.h"

namespace assay::evidence {

const platform::MigrationSet& Migrations();

namespace {

using ::assay::platform::Transaction;
using ::assay::platform::testing::IsError;
using ::assay::platform::testing::IsOk;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr char kSubmission1[] = "series/j/components/c/submissions/1";
constexpr char kSubmission2[] = "series/j/components/c/submissions/2";

std::vector<std::string> IdsOf(const std::vector<Evidence>& evidence) {
  std::vector<std::string> ids;
  for (const Evidence& e : evidence) ids.push_back(e.id);
  return ids;
}

class EvidenceStoreTest : public platform::testing::EngineTest {
 protected:
  EvidenceStoreTest() : EngineTest({&platform::Migrations(), &Migrations()}) {}

  static Evidence Some(std::string id, std::string centre, std::vector<std::string> subjects = {}) {
    return {.centre = std::move(centre),
            .id = std::move(id),
            .filename = "register.pdf",
            .content_type = "application/pdf",
            .size = 12'345'678'901,
            .sha256 = std::string(64, 'a'),
            .purpose = Purpose::kRequired,
            .subjects = std::move(subjects),
            .uploader = "users/u",
            .create_time = absl::FromUnixMicros(1'777'626'000'123'456),
            .version = 1};
  }
  void Put(const std::string& tenant, const Evidence& evidence) {
    ASSERT_THAT(db().WriteNow([&](Transaction& tx) { return store_.Insert(tx, tenant, evidence); }),
                IsOk());
  }
  void Allocate(const std::string& submission, const std::string& reader, int at) {
    ASSERT_THAT(db().WriteNow([&](Transaction& tx) {
      return store_.Allocate(tx, "t", submission, reader, absl::FromUnixSeconds(at));
    }),
                IsOk());
  }
  absl::StatusOr<Evidence> Get(const Reach& reach, const EvidenceName& name) {
    Evidence found;
    RETURN_IF_ERROR(db().ReadNow([&](Transaction& tx) -> absl::Status {
      ASSIGN_OR_RETURN(found, store_.Get(tx, reach, name));
      return absl::OkStatus();
    }));
    return found;
  }
  EvidencePage List(const Reach& reach, const ListFilter& filter = {}, std::string after = "",
                    int limit = 10) {
    EvidencePage page;
    EXPECT_THAT(db().ReadNow([&](Transaction& tx) -> absl::Status {
      ASSIGN_OR_RETURN(page, store_.List(tx, reach, filter, after, limit));
      return absl::OkStatus();
    }),
                IsOk());
    return page;
  }
  std::int64_t Count(const Reach& reach, std::string_view subject) {
    std::int64_t count = -1;
    EXPECT_THAT(db().ReadNow([&](Transaction& tx) -> absl::Status {
      ASSIGN_OR_RETURN(count, store_.Count(tx, reach, subject));
      return absl::OkStatus();
    }),
                IsOk());
    return count;
  }

  const Reach all_{.tenant = "t", .centre = "", .reader = ""};
  Store store_;
};

TEST_P(EvidenceStoreTest, GivesBackWhatWasPutWithItsSubjectsSorted) {
  Put("t", Some("1", "centres/a", {kSubmission2, kSubmission1}));
  auto found = Get(all_, {"centres/a", "1"});
  ASSERT_THAT(found, IsOk());
  const Evidence expected = Some("1", "centres/a");
  EXPECT_EQ(found->filename, expected.filename);
  EXPECT_EQ(found->content_type, expected.content_type);
  EXPECT_EQ(found->size, expected.size);
  EXPECT_EQ(found->sha256, expected.sha256);
  EXPECT_EQ(found->purpose, expected.purpose);
  EXPECT_EQ(found->uploader, expected.uploader);
  EXPECT_EQ(found->create_time, expected.create_time);
  EXPECT_EQ(found->version, 1);
  EXPECT_THAT(found->subjects, ElementsAre(kSubmission1, kSubmission2));
}

TEST_P(EvidenceStoreTest, AnswersOutOfReachLikeNotThereEVD6) {
  Put("t", Some("1", "centres/a", {kSubmission1}));
  Allocate(kSubmission1, "users/m", 1);
  const auto not_found = IsError(absl::StatusCode::kNotFound, kEvidenceNotFound);
  const EvidenceName name{"centres/a", "1"};
  EXPECT_THAT(Get(all_, name), IsOk());
  EXPECT_THAT(Get({"t", "centres/a", ""}, name), IsOk());
  EXPECT_THAT(Get({"t", "", "users/m"}, name), IsOk());
  const absl::Status absent = Get(all_, {"centres/a", "2"}).status();
  EXPECT_THAT(absent, not_found);
  for (const Reach& reach : std::vector<Reach>{{"u", "", ""},
                                               {"t", "centres/b", ""},
                                               {"t", "", "users/n"},
                                               {"t", "centres/b", "users/m"}}) {
    const absl::Status status = Get(reach, name).status();
    EXPECT_THAT(status, not_found) << reach.tenant << reach.centre << reach.reader;
    EXPECT_EQ(status.message().substr(0, 20), absent.message().substr(0, 20));
  }
  EXPECT_THAT(Get(all_, {"centres/b", "1"}), not_found);
}

TEST_P(EvidenceStoreTest, ListsNewestFirstInPagesWithAllSubjects) {
  for (int i = 1; i <= 5; ++i) {
    Put("t", Some(absl::StrCat(i), i % 2 == 0 ? "centres/b" : "centres/a",
                  {kSubmission1, kSubmission2}));
  }
  Put("u", Some("9", "centres/a"));
  EvidencePage page = List(all_, {}, "", 2);
  EXPECT_THAT(IdsOf(page.evidence), ElementsAre("5", "4"));
  EXPECT_THAT(page.evidence[1].subjects, ElementsAre(kSubmission1, kSubmission2));
  page = List(all_, {}, page.next, 2);
  EXPECT_THAT(IdsOf(page.evidence), ElementsAre("3", "2"));
  page = List(all_, {}, page.next, 2);
  EXPECT_THAT(IdsOf(page.evidence), ElementsAre("1"));
  EXPECT_THAT(page.next, IsEmpty());
  EXPECT_THAT(IdsOf(List(all_, {.centre = "centres/b", .subject = ""}).evidence),
              ElementsAre("4", "2"));
  EXPECT_THAT(IdsOf(List({"t", "centres/b", ""}).evidence), ElementsAre("4", "2"));
  EXPECT_THAT(List({"t", "centres/b", ""}, {.centre = "centres/a", .subject = ""}).evidence,
              IsEmpty());
}

TEST_P(EvidenceStoreTest, ListsForAModeratorWhatIsAllocatedAndNothingElseEVD6) {
  Put("t", Some("1", "centres/a", {kSubmission1}));
  Put("t", Some("2", "centres/a", {std::string(kSubmission1) + "/candidates/7", kSubmission2}));
  Put("t", Some("3", "centres/a", {kSubmission2}));
  Put("t", Some("4", "centres/a", {}));
  const Reach moderator{.tenant = "t", .centre = "", .reader = "users/m"};
  EXPECT_THAT(List(moderator).evidence, IsEmpty());
  Allocate(kSubmission1, "users/m", 1);
  EXPECT_THAT(IdsOf(List(moderator).evidence), ElementsAre("2", "1"));
  EXPECT_THAT(IdsOf(List(moderator, {.centre = "", .subject = kSubmission2}).evidence),
              ElementsAre("2"));
  EXPECT_EQ(Count(moderator, kSubmission2), 1);
  EXPECT_EQ(Count(all_, kSubmission2), 2);
}

TEST_P(EvidenceStoreTest, ANewAllocationTakesTheOldOneAwayAndAnOldEventDoesNotEVD6) {
  Put("t", Some("1", "centres/a", {kSubmission1}));
  Allocate(kSubmission1, "users/m", 10);
  Allocate(kSubmission1, "users/n", 20);
  EXPECT_THAT(List({"t", "", "users/m"}).evidence, IsEmpty());
  EXPECT_THAT(IdsOf(List({"t", "", "users/n"}).evidence), ElementsAre("1"));
  Allocate(kSubmission1, "users/m", 10);
  EXPECT_THAT(IdsOf(List({"t", "", "users/n"}).evidence), ElementsAre("1"));
}

TEST_P(EvidenceStoreTest, CountsWhatLiesBelowASubjectButNotItsNeighbours) {
  Put("t", Some("1", "centres/a", {kSubmission1, std::string(kSubmission1) + "/candidates/7"}));
  Put("t", Some("2", "centres/a", {std::string(kSubmission1) + "/candidates/8"}));
  Put("t", Some("3", "centres/a", {std::string(kSubmission1) + "0"}));
  Put("t", Some("4", "centres/b", {std::string(kSubmission1) + "-x/candidates/1"}));
  Put("u", Some("5", "centres/a", {kSubmission1}));
  EXPECT_EQ(Count(all_, kSubmission1), 2);
  EXPECT_EQ(Count(all_, std::string(kSubmission1) + "/candidates/8"), 1);
  EXPECT_EQ(Count({"t", "centres/b", ""}, kSubmission1), 0);
}

TEST_P(EvidenceStoreTest, AddingASubjectTwiceChangesNothing) {
  Put("t", Some("1", "centres/a"));
  for (bool expected : {true, false}) {
    bool added = false;
    ASSERT_THAT(db().WriteNow([&](Transaction& tx) -> absl::Status {
      ASSIGN_OR_RETURN(added, store_.AddSubject(tx, "t", "1", kSubmission1));
      return absl::OkStatus();
    }),
                IsOk());
    EXPECT_EQ(added, expected);
  }
  auto found = Get(all_, {"centres/a", "1"});
  ASSERT_THAT(found, IsOk());
  EXPECT_EQ(found->version, 2);
  EXPECT_THAT(found->subjects, ElementsAre(kSubmission1));
}

TEST_P(EvidenceStoreTest, ListsAccessesOfOneFileNewestFirst) {
  ASSERT_THAT(db().WriteNow([&](Transaction& tx) -> absl::Status {
    for (int i = 1; i <= 3; ++i) {
      RETURN_IF_ERROR(store_.InsertAccess(tx, "t",
                                          {.id = absl::StrCat(i),
                                           .evidence_id = i == 2 ? "other" : "1",
                                           .reader = absl::StrCat("users/", i),
                                           .time = absl::FromUnixSeconds(i),
                                           .trace = "trace"}));
    }
    return absl::OkStatus();
  }),
              IsOk());
  AccessPage page;
  ASSERT_THAT(db().ReadNow([&](Transaction& tx) -> absl::Status {
    ASSIGN_OR_RETURN(page, store_.ListAccesses(tx, "t", "1", "", 1));
    EXPECT_EQ(page.accesses.at(0).reader, "users/3");
    EXPECT_EQ(page.accesses.at(0).time, absl::FromUnixSeconds(3));
    ASSIGN_OR_RETURN(page, store_.ListAccesses(tx, "t", "1", page.next, 1));
    return absl::OkStatus();
  }),
              IsOk());
  EXPECT_EQ(page.accesses.at(0).reader, "users/1");
  EXPECT_THAT(page.next, IsEmpty());
}

TEST_P(EvidenceStoreTest, KnowsWhichContentARecordNames) {
  Put("t", Some("1", "centres/a"));
  ASSERT_THAT(db().ReadNow([&](Transaction& tx) -> absl::Status {
    ASSIGN_OR_RETURN(const std::vector<std::string> tenants, store_.Tenants(tx));
    EXPECT_THAT(tenants, ElementsAre("t"));
    ASSIGN_OR_RETURN(const bool here, store_.IsNamed(tx, "t", std::string(64, 'a')));
    ASSIGN_OR_RETURN(const bool elsewhere, store_.IsNamed(tx, "u", std::string(64, 'a')));
    ASSIGN_OR_RETURN(const bool other, store_.IsNamed(tx, "t", std::string(64, 'b')));
    EXPECT_TRUE(here);
    EXPECT_FALSE(elsewhere);
    EXPECT_FALSE(other);
    return absl::OkStatus();
  }),
              IsOk());
}

INSTANTIATE_TEST_SUITE_P(Engines, EvidenceStoreTest, platform::testing::Engines(),
                         platform::testing::EngineName);

}  // namespace
}  // namespace assay::evidence
