#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "assay/moderation/v1/allocation_service.pb.h"
#include "services/moderation/testing/moderation_fixture.h"

namespace assay::moderation::testing {
namespace {

using platform::MetadataOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

class AllocationTest : public ModerationTest {
 protected:
  void SetUp() override {
    MakeComponent([&](v1::Component& c) { Choose(c); });
  }
  virtual void Choose(v1::Component& component) { component.set_subject("subjects/art"); }

  // A sampled submission of a centre with n candidates, marked by `assessor`.
  std::string Sampled(int centre, int n = 3, const std::string& assessor = "ann",
                      std::string component = kComponent) {
    v1::CreateSubmissionRequest open;
    open.set_parent(component);
    open.mutable_submission()->set_centre(absl::StrCat("centres/urn-", centre));
    const auto opened = Call<v1::Submission>("SubmissionService/CreateSubmission", open, officer_);
    EXPECT_THAT(opened, IsOk());
    v1::RecordMarksRequest marks;
    marks.set_name(opened->name());
    for (int i = 1; i <= n; ++i) {
      v1::Candidate& candidate = *marks.add_candidates();
      candidate.set_candidate(NumberOf(i));
      candidate.set_mark(MarkOf(i));
      candidate.set_assessor(assessor);
    }
    EXPECT_THAT(Call<v1::RecordMarksResponse>("SubmissionService/RecordMarks", marks, officer_),
                IsOk());
    v1::SubmitSubmissionRequest submit;
    submit.set_name(opened->name());
    EXPECT_THAT(Call<v1::Submission>("SubmissionService/SubmitSubmission", submit, officer_),
                IsOk());
    EXPECT_THAT(Draw(opened->name()), IsOk());
    return opened->name();
  }
  v1::Moderator Make(
      const std::string& who,
      const std::function<void(v1::Moderator&)>& change = [](v1::Moderator&) {}) {
    v1::CreateModeratorRequest request;
    request.mutable_moderator()->set_subject("users/" + who);
    change(*request.mutable_moderator());
    const auto made = Call<v1::Moderator>("ModerationService/CreateModerator", request, officer_);
    EXPECT_THAT(made, IsOk());
    return *made;
  }
  absl::StatusOr<v1::Moderator> Update(const v1::Moderator& moderator,
                                       std::vector<std::string> paths) {
    v1::UpdateModeratorRequest request;
    *request.mutable_moderator() = moderator;
    for (const std::string& path : paths) request.mutable_update_mask()->add_paths(path);
    return Call<v1::Moderator>("AllocationService/UpdateModerator", request, officer_);
  }
  absl::StatusOr<v1::AllocationRun> AllocateAll(bool validate_only = false,
                                                std::string request_id = "") {
    v1::AllocateSeriesRequest request;
    request.set_name("series/summer-2026");
    request.set_validate_only(validate_only);
    request.set_request_id(request_id);
    return Call<v1::AllocationRun>("AllocationService/AllocateSeries", request, officer_);
  }
  absl::StatusOr<v1::AllocationRun> Commit(const std::string& run) {
    v1::CommitAllocationRunRequest request;
    request.set_name(run);
    return Call<v1::AllocationRun>("AllocationService/CommitAllocationRun", request, officer_);
  }
  std::vector<v1::PlannedAllocation> PlannedOf(const std::string& run, bool failures = false) {
    std::vector<v1::PlannedAllocation> all;
    v1::ListPlannedAllocationsRequest request;
    request.set_parent(run);
    request.set_page_size(2);
    request.set_failures_only(failures);
    do {
      const auto page = Call<v1::ListPlannedAllocationsResponse>(
          "AllocationService/ListPlannedAllocations", request, officer_);
      EXPECT_THAT(page, IsOk());
      if (!page.ok()) break;
      all.insert(all.end(), page->planned_allocations().begin(), page->planned_allocations().end());
      request.set_page_token(page->next_page_token());
    } while (!request.page_token().empty());
    return all;
  }
  absl::StatusOr<v1::ReallocateModeratorResponse> Reallocate(const std::string& moderator,
                                                             bool validate_only = false,
                                                             std::string reason = "Ill.") {
    v1::ReallocateModeratorRequest request;
    request.set_name(moderator);
    request.set_reason(reason);
    request.set_validate_only(validate_only);
    return Call<v1::ReallocateModeratorResponse>("AllocationService/ReallocateModerator", request,
                                                 officer_);
  }
  std::vector<v1::Allocation> HistoryOf(const std::string& submission) {
    v1::ListAllocationsRequest request;
    request.set_parent(submission);
    const auto listed =
        Call<v1::ListAllocationsResponse>("AllocationService/ListAllocations", request, officer_);
    EXPECT_THAT(listed, IsOk());
    return {listed->allocations().begin(), listed->allocations().end()};
  }
  v1::Moderator Find(const std::string& name) {
    v1::GetModeratorRequest request;
    request.set_name(name);
    return *Call<v1::Moderator>("ModerationService/GetModerator", request, officer_);
  }
};

// MOD-7: each obstacle has its own reason when an officer names somebody, and its own count when
// nobody can.
TEST_F(AllocationTest, ANamedModeratorIsRefusedForTheirOwnReason) {
  const std::string name = Sampled(1, 3, "dora");
  const std::string foe = Make("foe", [](v1::Moderator& m) {
                            v1::DeclaredConflict& conflict = *m.add_declared_conflicts();
                            conflict.set_centre("centres/urn-1");
                            conflict.set_kind(v1::DeclaredConflict::KIND_EMPLOYMENT);
                            conflict.set_first_day("2019-09-01");
                          }).name();
  const std::string dora = Make("dora").name();
  const std::string lost =
      Make("lost", [](v1::Moderator& m) { m.add_competences("components/other"); }).name();
  const std::string ill = Make("ill", [](v1::Moderator& m) { m.set_unavailable(true); }).name();
  const std::string small =
      Make("small", [](v1::Moderator& m) { m.set_script_capacity(2); }).name();
  const auto refused = [&](const std::string& who, std::string_view reason) {
    const auto answer = Allocate(name, who);
    EXPECT_THAT(answer, IsError(Code::kFailedPrecondition, reason));
    EXPECT_EQ(MetadataOf(answer.status(), "moderator"), who);
  };
  refused(foe, kModeratorConflict);
  refused(dora, kModeratorMarkedIt);
  refused(lost, kModeratorNotCompetent);
  refused(ill, kModeratorUnavailable);
  refused(small, kModeratorFull);
  const auto nobody = Allocate(name);
  EXPECT_THAT(nobody, IsError(Code::kFailedPrecondition, kNobodyCanTakeIt));
  for (const auto& [key, count] : std::map<std::string, std::string>{{"moderators", "5"},
                                                                     {"conflicted", "1"},
                                                                     {"marked_it", "1"},
                                                                     {"not_competent", "1"},
                                                                     {"unavailable", "1"},
                                                                     {"full", "1"},
                                                                     {"too_junior", "0"},
                                                                     {"nearest", small}}) {
    EXPECT_EQ(MetadataOf(nobody.status(), key), count) << key;
  }
  Make("ann", [](v1::Moderator& m) { m.add_competences("subjects/art"); });
  ASSERT_THAT(Allocate(name), IsOk());
  const auto history = HistoryOf(name);
  ASSERT_THAT(history, SizeIs(1));
  // Another one may take it as well, and has no room.
  EXPECT_EQ(history[0].reason(), v1::ALLOCATION_REASON_LEAST_LOAD);
  EXPECT_EQ(history[0].policy_version(), "fair-share@1");
  EXPECT_EQ(history[0].script_count(), 3);
  EXPECT_EQ(history[0].allocator(), "users/officer");
  EXPECT_THAT(history[0].explanation(), HasSubstr("Of 6 moderators 1 could take it"));
}

// MOD-7: support of the centre counts for the policy's years after its last day; the clock of the
// tests is in 2026.
TEST_F(AllocationTest, AConflictThatIsLongPastIsNoConflict) {
  const std::string name = Sampled(1);
  v1::Moderator helper = Make("helper", [](v1::Moderator& m) {
    v1::DeclaredConflict& conflict = *m.add_declared_conflicts();
    conflict.set_centre("centres/urn-1");
    conflict.set_kind(v1::DeclaredConflict::KIND_SUPPORT);
    conflict.set_last_day("2025-07-31");
    conflict.set_reason("Trained its assessors.");
  });
  EXPECT_THAT(Allocate(name, helper.name()),
              IsError(Code::kFailedPrecondition, kModeratorConflict));
  helper.mutable_declared_conflicts(0)->set_last_day("2020-07-31");
  const auto updated = Update(helper, {"declared_conflicts"});
  ASSERT_THAT(updated, IsOk());
  EXPECT_EQ(updated->declared_conflicts(0).reason(), "Trained its assessors.");
  EXPECT_THAT(Allocate(name, helper.name()), IsOk());
  EXPECT_EQ(HistoryOf(name)[0].reason(), v1::ALLOCATION_REASON_NAMED);
}

TEST_F(AllocationTest, AnUpdateChangesWhatTheMaskNamesAndNothingElse) {
  v1::Moderator moderator = Make("ann", [](v1::Moderator& m) {
    m.set_title("Ann");
    m.add_conflicts("centres/urn-1");
    m.add_competences("components/art");
  });
  v1::Moderator change;
  change.set_name(moderator.name());
  change.set_title("Anne");
  change.set_capacity(3);
  auto updated = Update(change, {"capacity", "conflicts"});
  ASSERT_THAT(updated, IsOk());
  EXPECT_EQ(updated->title(), "Ann");
  EXPECT_EQ(updated->capacity(), 3);
  EXPECT_THAT(updated->conflicts(), SizeIs(0));
  EXPECT_THAT(updated->competences(), ElementsAre("components/art"));
  EXPECT_NE(updated->etag(), moderator.etag());
  // Without a mask: what is set.
  updated = Update(change, {});
  EXPECT_EQ(updated->title(), "Anne");
  EXPECT_THAT(updated->competences(), SizeIs(1));
  EXPECT_THAT(Update(change, {"subject"}), IsError(Code::kInvalidArgument, kFieldMaskInvalid));
  change.set_etag(moderator.etag());
  EXPECT_THAT(Update(change, {"title"}), IsError(Code::kAborted, "ETAG_MISMATCH"));
  change.clear_etag();
  for (const auto& wrong : std::vector<std::function<void(v1::Moderator&)>>{
           [](v1::Moderator& m) { m.set_capacity(1001); },
           [](v1::Moderator& m) { m.set_script_capacity(-1); },
           [](v1::Moderator& m) { m.set_seniority(101); },
           [](v1::Moderator& m) { m.add_competences("art"); },
           [](v1::Moderator& m) { m.add_declared_conflicts()->set_centre("centres/1"); },
           [](v1::Moderator& m) {
             auto& conflict = *m.add_declared_conflicts();
             conflict.set_centre("centres/1");
             conflict.set_kind(v1::DeclaredConflict::KIND_RELATION);
             conflict.set_first_day("2024-02-30");
           },
           [](v1::Moderator& m) {
             auto& conflict = *m.add_declared_conflicts();
             conflict.set_centre("centres/1");
             conflict.set_kind(v1::DeclaredConflict::KIND_RELATION);
             conflict.set_first_day("2024-02-02");
             conflict.set_last_day("2024-02-01");
           }}) {
    v1::Moderator bad = change;
    wrong(bad);
    EXPECT_THAT(Update(bad, {}), IsError(Code::kInvalidArgument, "FIELD_INVALID"));
  }
  change.set_name("moderators/nobody");
  EXPECT_THAT(Update(change, {"title"}), IsError(Code::kNotFound, kModeratorNotFound));
}

// MOD-7
TEST_F(AllocationTest, ASeriesIsPlannedShownAndThenGivenAway) {
  std::vector<std::string> names;
  for (int centre = 1; centre <= 6; ++centre) names.push_back(Sampled(centre));
  const v1::Moderator a = Make("a", [](v1::Moderator& m) {
    m.set_capacity(4);
    m.add_conflicts("centres/urn-6");
  });
  const v1::Moderator b = Make("b", [](v1::Moderator& m) {
    m.set_capacity(4);
    m.add_conflicts("centres/urn-6");
    m.add_conflicts("centres/urn-5");
  });
  const auto plan = AllocateAll(/*validate_only=*/true);
  ASSERT_THAT(plan, IsOk());
  EXPECT_EQ(plan->state(), v1::AllocationRun::STATE_PLANNED);
  EXPECT_EQ(plan->considered_count(), 6);
  EXPECT_EQ(plan->planned_count(), 5);
  EXPECT_EQ(plan->unplaced_count(), 1);
  EXPECT_EQ(plan->moderator_count(), 2);
  EXPECT_THAT(plan->policy_versions(), ElementsAre("fair-share@1"));
  EXPECT_EQ(Get(names[0], officer_)->moderator(), "");
  const auto planned = PlannedOf(plan->name());
  ASSERT_THAT(planned, SizeIs(6));
  std::map<std::string, int> load;
  for (const auto& item : planned) ++load[item.moderator()];
  EXPECT_EQ(load[""], 1);
  EXPECT_GE(load[a.name()], 2);
  EXPECT_GE(load[b.name()], 2);
  const auto failures = PlannedOf(plan->name(), /*failures=*/true);
  ASSERT_THAT(failures, SizeIs(1));
  EXPECT_EQ(failures[0].submission(), names[5]);
  EXPECT_THAT(failures[0].explanation(), HasSubstr("2 with a conflict"));
  EXPECT_THAT(failures[0].explanation(), HasSubstr("Nearest: moderators/"));

  const auto done = Commit(plan->name());
  ASSERT_THAT(done, IsOk());
  EXPECT_EQ(done->state(), v1::AllocationRun::STATE_COMMITTED);
  EXPECT_EQ(done->allocated_count(), 5);
  for (const auto& item : PlannedOf(plan->name())) {
    EXPECT_EQ(Get(item.submission(), officer_)->moderator(), item.moderator());
    if (item.moderator().empty()) continue;
    EXPECT_EQ(item.outcome(), v1::PlannedAllocation::OUTCOME_ALLOCATED);
    const auto history = HistoryOf(item.submission());
    ASSERT_THAT(history, SizeIs(1));
    EXPECT_EQ(history[0].explanation(), item.explanation());
    EXPECT_EQ(history[0].reason(), item.reason());
  }
  EXPECT_EQ(Find(a.name()).allocated_count() + Find(b.name()).allocated_count(), 5);
  // Again: nothing more happens.
  EXPECT_EQ(Commit(plan->name())->allocated_count(), 5);
  EXPECT_EQ(AllocateAll()->considered_count(), 1);
  v1::ListAllocationRunsRequest runs;
  runs.set_parent("series/summer-2026");
  EXPECT_THAT(
      Call<v1::ListAllocationRunsResponse>("AllocationService/ListAllocationRuns", runs, officer_)
          ->allocation_runs(),
      SizeIs(2));
}

TEST_F(AllocationTest, WhatHasChangedSinceThePlanIsSkippedAndSaysWhy) {
  const std::string first = Sampled(1), second = Sampled(2), third = Sampled(3);
  const v1::Moderator a = Make("a", [](v1::Moderator& m) { m.set_capacity(3); });
  const auto plan = AllocateAll(true);
  ASSERT_THAT(Allocate(first), IsOk());
  v1::Moderator change;
  change.set_name(a.name());
  change.set_capacity(2);
  change.add_conflicts("centres/urn-9");
  ASSERT_THAT(Update(change, {}), IsOk());
  const auto done = Commit(plan->name());
  ASSERT_THAT(done, IsOk());
  EXPECT_EQ(done->state(), v1::AllocationRun::STATE_COMMITTED);
  EXPECT_EQ(done->allocated_count(), 1);
  EXPECT_EQ(done->skipped_count(), 2);
  const auto failures = PlannedOf(plan->name(), true);
  ASSERT_THAT(failures, SizeIs(2));
  EXPECT_EQ(failures[0].skipped_because(), "it is allocated by now");
  EXPECT_EQ(failures[1].skipped_because(), "the moderator has no room by now");
}

TEST_F(AllocationTest, ARepeatedRequestIsTheSameRun) {
  Sampled(1);
  Make("a");
  const std::string id = "8e03978e-40d5-43dd-bc93-6894a57f9324";
  const auto first = AllocateAll(true, id);
  ASSERT_THAT(first, IsOk());
  const auto again = AllocateAll(false, id);
  ASSERT_THAT(again, IsOk());
  EXPECT_EQ(again->name(), first->name());
  EXPECT_EQ(again->allocated_count(), 1);
  EXPECT_EQ(AllocateAll(false, id)->allocated_count(), 1);
}

// MOD-7: what is done stays, what is open moves with the marks that are there.
TEST_F(AllocationTest, AModeratorWhoDropsOutLeavesWhatIsDone) {
  const v1::Moderator mod = Make("mod");
  const std::string done = Sampled(1, 4), open = Sampled(2, 8), stuck = Sampled(3, 2);
  for (const std::string& name : {done, open, stuck}) ASSERT_THAT(Allocate(name), IsOk());
  MarkDue(done, [](const std::string& number) { return MarkOf(number); });
  ASSERT_TRUE(Judge(done)->final());
  const auto work = Work(open);
  ASSERT_THAT(work, IsOk());
  v1::RecordModeratorMarksRequest marks;
  marks.set_name(open);
  for (int i = 0; i < 2; ++i) {
    marks.add_marks()->set_candidate(work->items(i).candidate());
    marks.mutable_marks(i)->set_mark(7);
  }
  ASSERT_THAT(Call<v1::RecordModeratorMarksResponse>("ModerationService/RecordModeratorMarks",
                                                     marks, moderator_),
              IsOk());
  const v1::Moderator next =
      Make("next", [](v1::Moderator& m) { m.add_conflicts("centres/urn-3"); });

  EXPECT_THAT(Reallocate(mod.name(), false, " "), IsError(Code::kInvalidArgument, kReasonMissing));
  const auto preview = Reallocate(mod.name(), /*validate_only=*/true);
  ASSERT_THAT(preview, IsOk());
  EXPECT_EQ(preview->moved_count(), 1);
  EXPECT_FALSE(Find(mod.name()).unavailable());
  const auto moved = Reallocate(mod.name());
  ASSERT_THAT(moved, IsOk());
  EXPECT_TRUE(moved->moderator().unavailable());
  EXPECT_EQ(moved->moderator().unavailable_reason(), "Ill.");
  EXPECT_EQ(moved->moderator().allocated_count(), 1);
  EXPECT_EQ(moved->moved_count(), 1);
  EXPECT_EQ(moved->staying_count(), 1);
  ASSERT_THAT(moved->submissions(), SizeIs(2));
  EXPECT_EQ(moved->submissions(0).submission(), open);
  EXPECT_EQ(moved->submissions(0).moderator(), next.name());
  EXPECT_EQ(moved->submissions(0).script_count(), 6);  // Two of eight are marked.
  EXPECT_EQ(moved->submissions(1).submission(), stuck);
  EXPECT_EQ(moved->submissions(1).moderator(), "");
  EXPECT_THAT(moved->submissions(1).explanation(), HasSubstr("1 with a conflict"));
  EXPECT_EQ(Get(done, officer_)->moderator(), mod.name());
  EXPECT_EQ(Get(stuck, officer_)->moderator(), mod.name());

  // The new one goes on where the other stopped, sees no centre's mark, and the other sees nothing.
  const std::string token = service_.Token({.subject = "users/next", .roles = {"moderator"}});
  EXPECT_THAT(Work(open), IsError(Code::kNotFound, kSubmissionNotFound));
  const auto left = Work(open, token);
  ASSERT_THAT(left, IsOk());
  int marked = 0;
  for (const v1::WorkItem& item : left->items()) {
    marked += item.has_moderator_mark() ? 1 : 0;
    EXPECT_FALSE(item.has_centre_mark()) << item.candidate();
  }
  EXPECT_EQ(marked, 2);
  const auto history = HistoryOf(open);
  ASSERT_THAT(history, SizeIs(2));
  EXPECT_EQ(history[1].previous_moderator(), mod.name());
  EXPECT_EQ(history[1].reason(), v1::ALLOCATION_REASON_ONLY_ONE);
  // Once somebody can, it moves as well.
  Make("third");
  EXPECT_EQ(Reallocate(mod.name())->moved_count(), 1);
  EXPECT_EQ(Find(mod.name()).allocated_count(), 0);
}

TEST_F(AllocationTest, OnlyOfficersOfTheWholeBodyAllocate) {
  Sampled(1);
  const std::string of_centre =
      service_.Token({.subject = "users/q", .roles = {"quality"}, .centre = "centres/urn-1"});
  v1::AllocateSeriesRequest request;
  request.set_name("series/summer-2026");
  EXPECT_THAT(Call<v1::AllocationRun>("AllocationService/AllocateSeries", request, of_centre),
              IsError(Code::kPermissionDenied, "ROLE_NOT_ALLOWED"));
  EXPECT_THAT(Call<v1::AllocationRun>("AllocationService/AllocateSeries", request, moderator_),
              IsError(Code::kPermissionDenied, "ROLE_NOT_ALLOWED"));
  request.set_name("series/none");
  EXPECT_THAT(Call<v1::AllocationRun>("AllocationService/AllocateSeries", request, officer_),
              IsError(Code::kNotFound, kSeriesNotFound));
  request.set_name("series/summer-2026");
  request.set_component("series/summer-2026/components/none");
  EXPECT_THAT(Call<v1::AllocationRun>("AllocationService/AllocateSeries", request, officer_),
              IsError(Code::kNotFound, kComponentNotFound));
  request.set_component("series/other/components/coursework");
  EXPECT_THAT(Call<v1::AllocationRun>("AllocationService/AllocateSeries", request, officer_),
              IsError(Code::kInvalidArgument, "FIELD_INVALID"));
  EXPECT_THAT(Commit("series/summer-2026/allocationRuns/none"),
              IsError(Code::kNotFound, kAllocationRunNotFound));
}

// MOD-7: whoever is of the centre cannot moderate it, even if it was given to them.
TEST_F(AllocationTest, WhoeverIsOfTheCentreRecordsNoMarks) {
  const std::string name = Sampled(1);
  Make("mod");
  ASSERT_THAT(Allocate(name), IsOk());
  v1::RecordModeratorMarksRequest marks;
  marks.set_name(name);
  marks.add_marks()->set_candidate(NumberOf(1));
  const std::string both = service_.Token({.subject = "users/mod",
                                           .roles = {"moderator", "centre_assessor"},
                                           .centre = "centres/urn-1"});
  EXPECT_THAT(
      Call<v1::RecordModeratorMarksResponse>("ModerationService/RecordModeratorMarks", marks, both),
      IsError(Code::kFailedPrecondition, kModeratorConflict));
}

// MOD-7: two runs at once never give anybody more than they take.
TEST_F(AllocationTest, RunsAtOnceShareCapacities) {
  for (int centre = 1; centre <= 12; ++centre) Sampled(centre, 2);
  const v1::Moderator a = Make("a", [](v1::Moderator& m) { m.set_capacity(5); });
  const v1::Moderator b = Make("b", [](v1::Moderator& m) { m.set_capacity(4); });
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] { EXPECT_THAT(AllocateAll(), IsOk()); });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(Find(a.name()).allocated_count(), 5);
  EXPECT_EQ(Find(b.name()).allocated_count(), 4);
}

class ContinuityTest : public AllocationTest {
 protected:
  void Choose(v1::Component& component) override {
    (*component.mutable_policies())["allocation"] = "same-moderator";
  }
};

// MOD-7: the same moderator as in the series before, but not more often than the policy says.
TEST_F(ContinuityTest, TheSameModeratorComesAgainUntilThePolicySaysEnough) {
  const auto knows = [](v1::Moderator& m) { m.add_competences("components/coursework"); };
  const v1::Moderator a = Make("a", knows);
  EXPECT_EQ(Allocate(Sampled(1))->moderator(), a.name());
  const v1::Moderator b = Make("b", knows);
  Make("c");  // Says nothing of what they know.
  for (int year = 1; year <= 3; ++year) {
    service_.clock().Advance(absl::Hours(24 * 365));
    v1::CreateSeriesRequest series;
    series.set_series_id(absl::StrCat("summer-", 2026 + year));
    series.mutable_series()->set_title("Summer");
    ASSERT_THAT(Call<v1::Series>("SeriesService/CreateSeries", series, officer_), IsOk());
    v1::CreateComponentRequest component;
    component.set_parent("series/" + series.series_id());
    component.set_component_id("coursework");
    v1::Component& made = *component.mutable_component();
    made.set_title("Coursework");
    made.set_mark_max(60);
    made.set_sampling_policy("pearson-2026");
    made.set_tolerance_policy("six-percent");
    made.set_adjustment_policy("least-squares");
    Choose(made);
    ASSERT_THAT(Call<v1::Component>("SeriesService/CreateComponent", component, officer_), IsOk());
    const std::string name =
        Sampled(1, 3, "ann", absl::StrCat("series/summer-", 2026 + year, "/components/coursework"));
    const auto given = Allocate(name);
    ASSERT_THAT(given, IsOk());
    EXPECT_EQ(given->moderator(), year < 3 ? a.name() : b.name());
    EXPECT_EQ(HistoryOf(name)[0].policy_version(), "same-moderator@1");
    if (year < 3) {
      EXPECT_EQ(HistoryOf(name)[0].reason(), v1::ALLOCATION_REASON_CONTINUITY);
      EXPECT_THAT(HistoryOf(name)[0].explanation(), HasSubstr("1 not competent"));
    } else {
      EXPECT_THAT(HistoryOf(name)[0].explanation(), HasSubstr("1 due to rotate"));
    }
  }
}

}  // namespace
}  // namespace assay::moderation::testing
