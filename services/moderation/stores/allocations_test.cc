#include "services/moderation/stores/allocations.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/moderation/errors.h"
#include "services/moderation/store.h"
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
using Outcome = PlannedAllocation::Outcome;

const absl::Time kNow = absl::FromUnixSeconds(1'777'626'000);

class AllocationStoreTest : public platform::testing::EngineTest {
 protected:
  AllocationStoreTest() : EngineTest({&platform::Migrations(), &Migrations()}) {}

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
  Caller All() {
    return {.tenant = "t", .subject = "users/a", .reach = {.all = true}, .now = kNow};
  }

  void AddSeries(const std::string& id, int day) {
    ASSERT_THAT(
        Write([&](Transaction& tx) -> absl::Status {
          RETURN_IF_ERROR(tables_.InsertSeries(
              tx, "t", {.id = id, .title = id, .create_time = kNow + absl::Hours(24 * day)}));
          for (const char* component : {"art", "music"}) {
            RETURN_IF_ERROR(
                tables_.InsertComponent(tx, "t",
                                        {.series = id,
                                         .id = component,
                                         .title = component,
                                         .qualification = "qualifications/1",
                                         .create_time = kNow,
                                         .subject = absl::StrCat("subjects/", component)}));
          }
          return absl::OkStatus();
        }),
        IsOk());
  }
  // With `scripts` drawn, and one assessor.
  Submission Add(const std::string& series, const std::string& component, const std::string& id,
                 State state, const std::string& moderator = "", int scripts = 2,
                 const std::string& assessor = "x") {
    Submission s{.name = {series, component, id},
                 .centre = "centres/" + id,
                 .create_time = kNow,
                 .update_time = kNow};
    EXPECT_THAT(
        Write([&](Transaction& tx) -> absl::Status {
          RETURN_IF_ERROR(tables_.InsertSubmission(tx, "t", s));
          s.state = state;
          s.sample = "smp";
          s.moderator = moderator;
          s.moderator_subject = moderator.empty() ? "" : "users/" + moderator;
          s.counts.candidates = 40;
          std::vector<Candidate> candidates;
          Sample sample{.id = "smp", .create_time = kNow};
          for (int i = 0; i < scripts; ++i) {
            candidates.push_back({.number = absl::StrCat(i), .mark = 100, .assessor = assessor});
            sample.picks.push_back({.candidate = absl::StrCat(i), .stage = Stage::kSubSample});
          }
          RETURN_IF_ERROR(tables_.InsertCandidates(tx, "t", s.number, candidates));
          RETURN_IF_ERROR(tables_.InsertSample(tx, "t", s.number, sample));
          return tables_.UpdateSubmission(tx, All(), s);
        }),
        IsOk());
    return s;
  }
  void AddModerator(Moderator moderator) {
    moderator.subject = "users/" + moderator.id;
    moderator.create_time = kNow;
    ASSERT_THAT(Write([&](Transaction& tx) { return tables_.InsertModerator(tx, "t", moderator); }),
                IsOk());
  }

  Store tables_;
  AllocationStore store_;
};

INSTANTIATE_TEST_SUITE_P(Engines, AllocationStoreTest, platform::testing::Engines(),
                         platform::testing::EngineName);

TEST_P(AllocationStoreTest, ModeratorsComeBackWithAllThatIsKnownOfThem) {
  const Moderator ann{.id = "m1",
                      .title = "Ann",
                      .capacity = 2,
                      .script_capacity = 70,
                      .seniority = 3,
                      .competences = {"components/art", "subjects/music"},
                      .conflicts = {{.centre = "centres/1"},
                                    {.centre = "centres/2",
                                     .kind = ConflictKind::kSupport,
                                     .first_day = absl::CivilDay(2023, 9, 1),
                                     .last_day = absl::CivilDay(2024, 7, 31),
                                     .reason = "Trained its staff."}},
                      .unavailable = true,
                      .unavailable_reason = "ill"};
  AddModerator(ann);
  AddModerator({.id = "m2"});
  Moderator twin = ann;
  twin.id = "m3", twin.subject = "users/m1";
  EXPECT_THAT(Write([&](Transaction& tx) { return tables_.InsertModerator(tx, "t", twin); }),
              IsError(absl::StatusCode::kAlreadyExists, kModeratorExists));
  AddSeries("s", 0);
  const Submission open = Add("s", "art", "9", State::kAllocated, "m1");
  Add("s", "art", "8", State::kJudged, "m1");
  ASSERT_THAT(Write([&](Transaction& tx) { return store_.SetScripts(tx, "t", open.number, 17); }),
              IsOk());
  const auto found = Run([&](Transaction& tx) { return tables_.GetModerator(tx, "t", "m1"); });
  ASSERT_THAT(found, IsOk());
  EXPECT_EQ(found->allocated, 1);
  EXPECT_EQ(found->scripts, 17);
  EXPECT_EQ(found->script_capacity, 70);
  EXPECT_EQ(found->seniority, 3);
  EXPECT_TRUE(found->unavailable);
  EXPECT_EQ(found->unavailable_reason, "ill");
  EXPECT_EQ(found->competences, ann.competences);
  ASSERT_THAT(found->conflicts, SizeIs(2));
  EXPECT_EQ(found->conflicts[0].last_day, std::nullopt);
  EXPECT_EQ(found->conflicts[1].kind, ConflictKind::kSupport);
  EXPECT_EQ(found->conflicts[1].last_day, absl::CivilDay(2024, 7, 31));
  EXPECT_EQ(found->conflicts[1].reason, "Trained its staff.");
  for (const char* tenant : {"u", "t"}) {
    EXPECT_THAT(Run([&](Transaction& tx) { return tables_.GetModerator(tx, tenant, "m9"); }),
                IsError(absl::StatusCode::kNotFound, kModeratorNotFound));
  }
  const auto people = Run([&](Transaction& tx) { return store_.LoadPeople(tx, "t"); });
  ASSERT_THAT(*people, SizeIs(2));
  EXPECT_EQ(people->at(0).submissions, 1);
  EXPECT_EQ(people->at(0).scripts, 17);
  EXPECT_FALSE(people->at(0).available);
  EXPECT_THAT(people->at(0).conflicts, SizeIs(2));
  EXPECT_EQ(people->at(1).capacity, 10);
  EXPECT_THAT(people->at(1).conflicts, IsEmpty());
  EXPECT_THAT(*Run([&](Transaction& tx) { return store_.LoadPeople(tx, "u"); }), IsEmpty());
  const auto page = Run([&](Transaction& tx) { return tables_.ListModerators(tx, "t", "m1", 5); });
  EXPECT_THAT(*page, ElementsAre(Field(&Moderator::id, "m2")));
}

TEST_P(AllocationStoreTest, AnUpdateReplacesListsAndWantsTheVersion) {
  AddModerator(
      {.id = "m", .competences = {"components/a"}, .conflicts = {{.centre = "centres/1"}}});
  Moderator change{.id = "m", .title = "New", .capacity = 4, .competences = {"components/b"}};
  ASSERT_THAT(Write([&](Transaction& tx) { return tables_.UpdateModerator(tx, "t", change); }),
              IsOk());
  EXPECT_EQ(change.version, 2);
  const auto found = Run([&](Transaction& tx) { return tables_.GetModerator(tx, "t", "m"); });
  EXPECT_EQ(found->title, "New");
  EXPECT_EQ(found->subject, "users/m");
  EXPECT_THAT(found->competences, ElementsAre("components/b"));
  EXPECT_THAT(found->conflicts, IsEmpty());
  change.version = 1;
  EXPECT_THAT(Write([&](Transaction& tx) { return tables_.UpdateModerator(tx, "t", change); }),
              IsError(absl::StatusCode::kAborted, "ETAG_MISMATCH"));
}

TEST_P(AllocationStoreTest, WhatThereIsToGiveComesWithScriptsHistoryAndAssessors) {
  AddModerator({.id = "m1"});
  AddModerator({.id = "m2"});
  // By their days, not by their names.
  AddSeries("z-first", 0);
  AddSeries("a-second", 100);
  AddSeries("now", 200);
  AddSeries("later", 300);
  Add("z-first", "art", "1", State::kReleased, "m2");
  Add("a-second", "art", "1", State::kReleased, "m1");
  Add("a-second", "music", "1", State::kReleased, "m2");
  Add("z-first", "art", "2", State::kReleased, "m1");
  Add("later", "art", "1", State::kAllocated, "m2");
  const Submission first = Add("now", "art", "1", State::kSampled, "", 3, "m2");
  Add("now", "music", "2", State::kSampled, "", 1, "users/m1");
  const Submission open = Add("now", "art", "2", State::kAllocated, "m1");
  Add("now", "art", "3", State::kSubmitted);
  EXPECT_TRUE(*Run([&](Transaction& tx) { return tables_.RecordMark(tx, All(), first, "0", 50); }));

  const auto given = [&](GiveableFilter filter) {
    return *Run([&](Transaction& tx) { return store_.LoadGiveable(tx, "t", filter); });
  };
  const auto all = given({.series = "now"});
  ASSERT_THAT(all, SizeIs(2));
  EXPECT_EQ(all[0].number, first.number);
  EXPECT_EQ(all[0].task.name, first.name.Text());
  EXPECT_EQ(all[0].task.component, "series/now/components/art");
  EXPECT_EQ(all[0].task.qualification, "qualifications/1");
  EXPECT_EQ(all[0].task.subject, "subjects/art");
  EXPECT_EQ(all[0].task.centre, "centres/1");
  EXPECT_EQ(all[0].task.candidates, 40);
  EXPECT_EQ(all[0].task.scripts, 2);  // One of three is marked.
  EXPECT_THAT(all[0].task.history, ElementsAre("m1", "m2"));
  EXPECT_THAT(all[0].task.assessors, ElementsAre("m2"));
  EXPECT_EQ(all[1].task.component, "series/now/components/music");
  EXPECT_THAT(all[1].task.history, IsEmpty());
  EXPECT_THAT(all[1].task.assessors, ElementsAre("users/m1"));
  const auto one = given({.number = first.number});
  ASSERT_THAT(one, SizeIs(1));
  EXPECT_THAT(one[0].task.history, ElementsAre("m1", "m2"));
  EXPECT_THAT(given({.series = "now", .component = "music"}), SizeIs(1));
  const auto with_m1 = given({.state = State::kAllocated, .moderator = "m1"});
  ASSERT_THAT(with_m1, SizeIs(1));
  EXPECT_EQ(with_m1[0].number, open.number);
  EXPECT_THAT(*Run([&](Transaction& tx) { return store_.LoadGiveable(tx, "u", {}); }), IsEmpty());
}

TEST_P(AllocationStoreTest, AllocationsOfASubmissionAreKeptInTheirOrder) {
  for (const char* moderator : {"m1", "m2"}) {
    Allocation allocation{.moderator = moderator,
                          .previous = moderator[1] == '2' ? "m1" : "",
                          .reason = 4,
                          .explanation = "Keeps the load even.",
                          .policy = "fair-share@1",
                          .scripts = 12,
                          .allocator = "users/a",
                          .time = kNow};
    ASSERT_THAT(
        Write([&](Transaction& tx) { return store_.InsertAllocation(tx, "t", 7, allocation); }),
        IsOk());
  }
  const auto listed =
      Run([&](Transaction& tx) { return store_.ListAllocations(tx, "t", 7, 0, 9); });
  ASSERT_THAT(*listed, SizeIs(2));
  EXPECT_EQ(listed->at(0).number, 1);
  EXPECT_EQ(listed->at(1).moderator, "m2");
  EXPECT_EQ(listed->at(1).previous, "m1");
  EXPECT_EQ(listed->at(1).scripts, 12);
  EXPECT_EQ(listed->at(1).policy, "fair-share@1");
  EXPECT_EQ(listed->at(1).time, kNow);
  EXPECT_THAT(*Run([&](Transaction& tx) { return store_.ListAllocations(tx, "t", 7, 1, 9); }),
              SizeIs(1));
  EXPECT_THAT(*Run([&](Transaction& tx) { return store_.ListAllocations(tx, "u", 7, 0, 9); }),
              IsEmpty());
}

TEST_P(AllocationStoreTest, ARunKnowsWhatIsStillToDo) {
  AllocationRun run{.series = "s",
                    .id = "r1",
                    .considered = 3,
                    .planned = 2,
                    .moderators = 5,
                    .policies = {"fair-share@1", "new-eyes@1"},
                    .creator = "users/a",
                    .request = "one",
                    .create_time = kNow};
  std::vector<PlannedAllocation> planned;
  for (int i = 1; i <= 3; ++i) {
    planned.push_back({.number = i,
                       .name = {"s", "art", absl::StrCat(i)},
                       .centre = "centres/1",
                       .moderator = i < 3 ? "m1" : "",
                       .scripts = 9,
                       .reason = 2,
                       .explanation = "because",
                       .policy = "new-eyes@1"});
  }
  ASSERT_THAT(Write([&](Transaction& tx) { return store_.InsertRun(tx, "t", run, planned); }),
              IsOk());
  const auto found = Run([&](Transaction& tx) { return store_.GetRun(tx, "t", "s", "r1"); });
  ASSERT_THAT(found, IsOk());
  EXPECT_EQ(found->policies, run.policies);
  EXPECT_EQ(found->planned, 2);
  EXPECT_THAT(Run([&](Transaction& tx) { return store_.GetRun(tx, "u", "s", "r1"); }),
              IsError(absl::StatusCode::kNotFound, kAllocationRunNotFound));
  const auto by = [&](std::string who, std::string request) {
    return Run([&](Transaction& tx) { return store_.FindRun(tx, "t", "s", who, request); })
        ->has_value();
  };
  EXPECT_TRUE(by("users/a", "one"));
  EXPECT_FALSE(by("users/b", "one"));
  EXPECT_FALSE(by("users/a", ""));
  EXPECT_THAT(*Run([&](Transaction& tx) { return store_.ListRuns(tx, "t", "s", "", 9); }),
              SizeIs(1));

  auto next = Run([&](Transaction& tx) { return store_.NextPlanned(tx, "t", run, 9); });
  ASSERT_THAT(*next, SizeIs(2));
  EXPECT_EQ(next->at(0).name, (SubmissionName{"s", "art", "1"}));
  next->at(0).outcome = Outcome::kSkipped;
  next->at(0).skipped_because = "full";
  run.skipped = 1;
  run.state = AllocationRun::State::kCommitting;
  ASSERT_THAT(Write([&](Transaction& tx) -> absl::Status {
                RETURN_IF_ERROR(store_.SetOutcome(tx, "t", run, next->at(0)));
                return store_.UpdateRun(tx, "t", run);
              }),
              IsOk());
  next = Run([&](Transaction& tx) { return store_.NextPlanned(tx, "t", run, 9); });
  EXPECT_THAT(*next, ElementsAre(Field(&PlannedAllocation::number, 2)));
  const auto failures =
      Run([&](Transaction& tx) { return store_.ListPlanned(tx, "t", run, 0, 9, true); });
  ASSERT_THAT(*failures, SizeIs(2));
  EXPECT_EQ(failures->at(0).skipped_because, "full");
  EXPECT_EQ(failures->at(1).moderator, "");
  EXPECT_THAT(*Run([&](Transaction& tx) { return store_.ListPlanned(tx, "t", run, 1, 9, false); }),
              SizeIs(2));
  EXPECT_EQ(Run([&](Transaction& tx) { return store_.GetRun(tx, "t", "s", "r1"); })->skipped, 1);
}

}  // namespace
}  // namespace assay::moderation
