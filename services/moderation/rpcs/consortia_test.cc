// Consortia through RPCs (MOD-5): one draw, one moderator, one judgement, one release for several
// centres, none of which sees the others' candidates.
#include "assay/moderation/v1/allocation_service.pb.h"
#include "assay/moderation/v1/consortium_service.pb.h"
#include "assay/moderation/v1/replay_service.pb.h"
#include "google/protobuf/empty.pb.h"
#include "services/moderation/testing/moderation_fixture.h"

namespace assay::moderation {
namespace {

using google::protobuf::Empty;
using ::testing::AllOf;
using testing::Code;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::IsError;
using testing::IsOk;
using testing::kComponent;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;

const std::string kValley = kComponent + "/consortia/valley";
const std::string kFirst = kComponent + "/submissions/urn-1";
const std::string kSecond = kComponent + "/submissions/urn-2";

class ConsortiumTest : public testing::ModerationTest {
 protected:
  void SetUp() override { MakeComponent(); }

  template <typename Resp, typename Request>
  absl::StatusOr<Resp> Ask(std::string method, const Request& request, std::string token = "") {
    return Call<Resp>("ConsortiumService/" + method, request, token.empty() ? officer_ : token);
  }

  absl::StatusOr<v1::Consortium> Make(std::vector<std::string> submissions = {kFirst, kSecond}) {
    v1::CreateConsortiumRequest request;
    request.set_parent(kComponent);
    request.set_consortium_id("valley");
    request.mutable_consortium()->set_title("Valley colleges");
    for (const auto& submission : submissions) {
      request.mutable_consortium()->add_submissions(submission);
    }
    return Ask<v1::Consortium>("CreateConsortium", request);
  }
  // Both centres number their candidates alike: c001 to c{n}.
  void OpenBoth(int n = 40) {
    ASSERT_THAT(Open("centres/urn-1"), IsOk());
    ASSERT_THAT(Open("centres/urn-2"), IsOk());
    for (const std::string& name : {kFirst, kSecond}) Record(name, n);
  }
  void Record(const std::string& name, int n) {
    v1::RecordMarksRequest request;
    request.set_name(name);
    for (int i = 1; i <= n; ++i) {
      v1::Candidate& candidate = *request.add_candidates();
      candidate.set_candidate(NumberOf(i));
      candidate.set_mark(MarkOf(i));
      candidate.set_assessor(absl::StrCat("a", i % 2));
    }
    ASSERT_THAT(Call<v1::RecordMarksResponse>("SubmissionService/RecordMarks", request, officer_),
                IsOk());
  }
  void SubmitBoth() {
    for (const std::string& name : {kFirst, kSecond}) {
      v1::SubmitSubmissionRequest request;
      request.set_name(name);
      ASSERT_THAT(Call<v1::Submission>("SubmissionService/SubmitSubmission", request, officer_),
                  IsOk());
    }
  }
  absl::StatusOr<v1::DrawConsortiumResponse> DrawAll() {
    v1::DrawConsortiumRequest request;
    request.set_name(kValley);
    return Ask<v1::DrawConsortiumResponse>("DrawConsortium", request);
  }
  absl::StatusOr<v1::Consortium> AllocateAll(std::string moderator = "") {
    v1::AllocateConsortiumRequest request;
    request.set_name(kValley);
    request.set_moderator(std::move(moderator));
    return Ask<v1::Consortium>("AllocateConsortium", request);
  }
  absl::StatusOr<v1::JudgeConsortiumResponse> JudgeAll() {
    v1::JudgeConsortiumRequest request;
    request.set_name(kValley);
    return Ask<v1::JudgeConsortiumResponse>("JudgeConsortium", request, moderator_);
  }
  absl::StatusOr<v1::Consortium> ReleaseAll() {
    v1::ReleaseConsortiumRequest request;
    request.set_name(kValley);
    request.mutable_feedback()->set_tasks("Fine.");
    request.mutable_feedback()->set_accuracy("Generous.");
    request.mutable_feedback()->set_administration("In time.");
    return Ask<v1::Consortium>("ReleaseConsortium", request);
  }
  // Drawn and with users/mod.
  void AllocatedToMod() {
    OpenBoth();
    ASSERT_THAT(Make(), IsOk());
    SubmitBoth();
    ASSERT_THAT(DrawAll(), IsOk());
    ASSERT_THAT(MakeModerator("users/mod"), IsOk());
    ASSERT_THAT(AllocateAll(), IsOk());
  }
  void MarkBoth(const std::function<double(const std::string&)>& judge) {
    for (const std::string& name : {kFirst, kSecond}) MarkDue(name, judge);
  }
  absl::StatusOr<v1::VerifySampleResponse> Verify(const std::string& sample) {
    v1::VerifySampleRequest request;
    request.set_name(sample);
    return Call<v1::VerifySampleResponse>("SampleService/VerifySample", request, officer_);
  }
};

// MOD-5: 80 candidates of two centres are one cohort of 80: 15 by the ladder, not 15 each.
TEST_F(ConsortiumTest, DrawsOneSampleFromTheCandidatesOfAllCentres) {
  OpenBoth();
  ASSERT_THAT(Make(), IsOk());
  SubmitBoth();
  const auto drawn = DrawAll();
  ASSERT_THAT(drawn, IsOk());
  ASSERT_THAT(drawn->samples(), SizeIs(2));
  int all = 0;
  for (const v1::Sample& sample : drawn->samples()) {
    EXPECT_EQ(sample.pool_count(), 80);
    EXPECT_EQ(sample.ladder_size(), 15);
    EXPECT_EQ(sample.consortium(), kValley);
    EXPECT_GT(sample.candidates_size(), 0) << "each centre is covered";
    all += sample.candidates_size();
  }
  EXPECT_EQ(drawn->samples(0).group_count(), all);
  EXPECT_LE(all, 17);  // The ladder and the highest and lowest on top.
  EXPECT_EQ(drawn->samples(0).seed(), drawn->samples(1).seed());
  for (const std::string& name : {kFirst, kSecond}) {
    EXPECT_EQ(Get(name, officer_)->state(), v1::Submission::STATE_SAMPLED);
  }
}

// MOD-4: each share says how all was drawn, and the draw is made again from all that is published.
TEST_F(ConsortiumTest, VerifiesTheDrawOfAllFromAnyShareAndFromWhatIsPublished) {
  OpenBoth();
  const auto made = Make();
  ASSERT_THAT(made, IsOk());
  SubmitBoth();
  const auto drawn = DrawAll();
  ASSERT_THAT(drawn, IsOk());
  for (const v1::Sample& sample : drawn->samples()) {
    const auto verified = Verify(sample.name());
    ASSERT_THAT(verified, IsOk());
    EXPECT_TRUE(verified->verified()) << verified->ShortDebugString();
  }
  v1::PublishDrawRequest publish;
  publish.set_name(drawn->samples(0).name());
  auto published = Call<v1::PublishedDraw>("ReplayService/PublishDraw", publish, officer_);
  ASSERT_THAT(published, IsOk());
  EXPECT_EQ(published->submission(), kValley);
  EXPECT_EQ(published->seed_commitment(), made->seed_commitment());
  EXPECT_EQ(published->drawn_size(), drawn->samples(0).group_count());
  v1::VerifyDrawRequest verify;
  *verify.mutable_draw() = *published;
  EXPECT_TRUE(
      Call<v1::VerifySampleResponse>("ReplayService/VerifyDraw", verify, officer_)->verified());
  // A drawn candidate of one centre passed off as the same number of the other is told.
  std::string* candidate = verify.mutable_draw()->mutable_drawn(0)->mutable_candidate();
  *candidate = "urn-2" + candidate->substr(5);
  const auto tampered =
      Call<v1::VerifySampleResponse>("ReplayService/VerifyDraw", verify, officer_);
  ASSERT_THAT(tampered, IsOk());
  EXPECT_FALSE(tampered->candidates_fit());
}

TEST_F(ConsortiumTest, StepsOfOneSubmissionAreRefusedAndPointToTheConsortium) {
  AllocatedToMod();
  EXPECT_THAT(Judge(kFirst), IsError(Code::kFailedPrecondition, "IN_CONSORTIUM"));
  EXPECT_THAT(Allocate(kFirst), IsError(Code::kFailedPrecondition, "IN_CONSORTIUM"));
  EXPECT_THAT(Release(kFirst), IsError(Code::kFailedPrecondition, "IN_CONSORTIUM"));
  EXPECT_THAT(Draw(kFirst), IsError(Code::kFailedPrecondition, "IN_CONSORTIUM"));
}

// One decision by all marks: the line that one centre's marks ask for moves the other's as well.
TEST_F(ConsortiumTest, JudgesByTheMarksOfAllAndReleasesAllTogether) {
  AllocatedToMod();
  MarkDue(kFirst, [](const std::string& number) { return MarkOf(number); });
  EXPECT_THAT(JudgeAll(), IsError(Code::kFailedPrecondition, "MARKS_OUTSTANDING"));
  const auto judge = [&](const std::string& number) { return std::max(MarkOf(number) - 8, 0); };
  MarkDue(kSecond, judge);
  bool final = false;
  for (int round = 0; round < 4 && !final; ++round) {
    const auto judged = JudgeAll();
    ASSERT_THAT(judged, IsOk());
    ASSERT_THAT(judged->judgements(), SizeIs(2));
    EXPECT_EQ(judged->judgements(0).action(), judged->judgements(1).action());
    EXPECT_EQ(judged->judgements(0).judged_count(), judged->judgements(1).judged_count());
    final = judged->judgements(0).final();
    if (final) break;
    EXPECT_GT(judged->judgements(0).outstanding_count(), 0);
    MarkDue(kFirst, [](const std::string& number) { return MarkOf(number); });
    MarkDue(kSecond, judge);
  }
  ASSERT_TRUE(final);
  EXPECT_EQ(Get(kFirst, officer_)->state(), v1::Submission::STATE_JUDGED);
  EXPECT_EQ(Get(kSecond, officer_)->state(), v1::Submission::STATE_JUDGED);
  ASSERT_THAT(ReleaseAll(), IsOk());
  const auto first = Results(kFirst, centre_);
  const auto second = Results(kSecond, stranger_);
  ASSERT_THAT(first, IsOk());
  ASSERT_THAT(second, IsOk());
  EXPECT_THAT(first->results(), SizeIs(40));
  EXPECT_THAT(second->results(), SizeIs(40));
  EXPECT_EQ(first->results(0).candidate(), "c001");
  EXPECT_THAT(Results(kSecond, centre_), IsError(Code::kNotFound, "SUBMISSION_NOT_FOUND"));
}

TEST_F(ConsortiumTest, ADecisionIsReplayedFromWhatIsExportedOfAll) {
  AllocatedToMod();
  const auto judge = [](const std::string& number) { return std::max(MarkOf(number) - 8, 0); };
  MarkBoth(judge);
  auto judged = JudgeAll();
  for (int round = 0; round < 4 && judged.ok() && !judged->judgements(0).final(); ++round) {
    MarkBoth(judge);
    judged = JudgeAll();
  }
  ASSERT_THAT(judged, IsOk());
  ASSERT_TRUE(judged->judgements(0).final());
  EXPECT_EQ(judged->judgements(0).action(), v1::ACTION_ADJUSTED);
  v1::ExportDecisionRequest request;
  request.set_name(kSecond);
  const auto exported = Call<v1::Decision>("ReplayService/ExportDecision", request, officer_);
  ASSERT_THAT(exported, IsOk());
  EXPECT_EQ(exported->results_size(), 80);
  v1::ReplayDecisionRequest replay;
  *replay.mutable_decision() = *exported;
  const auto again =
      Call<v1::ReplayDecisionResponse>("ReplayService/ReplayDecision", replay, officer_);
  ASSERT_THAT(again, IsOk());
  EXPECT_TRUE(again->same()) << again->ShortDebugString();
  ASSERT_THAT(ReleaseAll(), IsOk());
  EXPECT_THAT(Call<v1::Decision>("ReplayService/ExportDecision", request, stranger_),
              IsError(Code::kPermissionDenied, "ROLE_NOT_ALLOWED"));
}

// MOD-1: one corrected mark voids the draw of all, and a new secret is committed to (MOD-4).
TEST_F(ConsortiumTest, ACorrectionInOneCentreVoidsTheDrawOfAll) {
  AllocatedToMod();
  v1::GetConsortiumRequest get;
  get.set_name(kValley);
  const std::string before = Ask<v1::Consortium>("GetConsortium", get)->seed_commitment();
  v1::CorrectMarkRequest correct;
  correct.set_name(kFirst);
  correct.set_candidate("c001");
  correct.set_mark(1);
  correct.set_reason("Added up wrongly");
  ASSERT_THAT(Call<v1::Submission>("SubmissionService/CorrectMark", correct, officer_), IsOk());
  for (const std::string& name : {kFirst, kSecond}) {
    const auto submission = Get(name, officer_);
    EXPECT_EQ(submission->state(), v1::Submission::STATE_SUBMITTED);
    EXPECT_TRUE(submission->cohort_changed());
    EXPECT_THAT(submission->sample(), IsEmpty());
    EXPECT_THAT(submission->moderator(), IsEmpty());
  }
  const auto now = Ask<v1::Consortium>("GetConsortium", get);
  EXPECT_THAT(now->samples(), IsEmpty());
  EXPECT_NE(now->seed_commitment(), before);
  EXPECT_THAT(EventTypes(), ::testing::Contains("ConsortiumDrawVoided").Times(1));
  EXPECT_THAT(DrawAll(), IsOk());
}

TEST_F(ConsortiumTest, NamesAreDrawnFromTheEntriesOfAllAndVoidForAll) {
  v1::CreateComponentRequest request;
  request.set_parent("series/summer-2026");
  request.set_component_id("project");
  request.mutable_component()->set_title("Project");
  request.mutable_component()->set_mark_max(60);
  request.mutable_component()->set_sampling_policy("names-before-marks");
  request.mutable_component()->set_tolerance_policy("six-percent");
  request.mutable_component()->set_adjustment_policy("least-squares");
  ASSERT_THAT(Call<v1::Component>("SeriesService/CreateComponent", request, officer_), IsOk());
  const std::string project = "series/summer-2026/components/project";
  for (const std::string centre : {"centres/urn-1", "centres/urn-2"}) {
    v1::CreateSubmissionRequest open;
    open.set_parent(project);
    open.mutable_submission()->set_centre(centre);
    ASSERT_THAT(Call<v1::Submission>("SubmissionService/CreateSubmission", open, officer_), IsOk());
  }
  const std::string first = project + "/submissions/urn-1";
  const std::string second = project + "/submissions/urn-2";
  Record(first, 30);
  Record(second, 30);
  v1::CreateConsortiumRequest make;
  make.set_parent(project);
  make.set_consortium_id("valley");
  make.mutable_consortium()->set_title("Valley colleges");
  make.mutable_consortium()->add_submissions(first);
  make.mutable_consortium()->add_submissions(second);
  ASSERT_THAT(Ask<v1::Consortium>("CreateConsortium", make), IsOk());
  v1::DrawConsortiumRequest draw;
  draw.set_name(project + "/consortia/valley");
  const auto names = Ask<v1::DrawConsortiumResponse>("DrawConsortium", draw);
  ASSERT_THAT(names, IsOk());
  EXPECT_TRUE(names->samples(0).names_only());
  EXPECT_THAT(Ask<v1::DrawConsortiumResponse>("DrawConsortium", draw),
              IsError(Code::kFailedPrecondition, "NAMES_DRAWN"));
  // A new entry in one centre voids the names of both.
  Record(first, 31);
  EXPECT_THAT(Get(second, officer_)->sample(), IsEmpty());
  EXPECT_EQ(Get(second, officer_)->state(), v1::Submission::STATE_OPEN);
  ASSERT_THAT(Ask<v1::DrawConsortiumResponse>("DrawConsortium", draw), IsOk());
  for (const std::string& name : {first, second}) {
    v1::SubmitSubmissionRequest submit;
    submit.set_name(name);
    ASSERT_THAT(Call<v1::Submission>("SubmissionService/SubmitSubmission", submit, officer_),
                IsOk());
  }
  const auto completed = Ask<v1::DrawConsortiumResponse>("DrawConsortium", draw);
  ASSERT_THAT(completed, IsOk());
  EXPECT_FALSE(completed->samples(0).names_only());
  for (const v1::Sample& sample : completed->samples()) {
    EXPECT_TRUE(Verify(sample.name())->verified());
  }
}

// MOD-7: a conflict with either centre is a conflict with the consortium, and it counts once.
TEST_F(ConsortiumTest, GoesToOneModeratorWithoutConflictsWithAnyOfTheCentres) {
  OpenBoth();
  ASSERT_THAT(Make(), IsOk());
  SubmitBoth();
  ASSERT_THAT(DrawAll(), IsOk());
  const auto conflicted = MakeModerator("users/mod", {"centres/urn-2"});
  ASSERT_THAT(conflicted, IsOk());
  EXPECT_THAT(AllocateAll(conflicted->name()),
              IsError(Code::kFailedPrecondition, "MODERATOR_CONFLICT"));
  EXPECT_THAT(AllocateAll(), IsError(Code::kFailedPrecondition, "NOBODY_CAN_TAKE_IT"));
  const auto free = MakeModerator("users/other", {}, 1);
  ASSERT_THAT(free, IsOk());
  ASSERT_THAT(AllocateAll(), IsOk());
  EXPECT_EQ(Get(kFirst, officer_)->moderator(), free->name());
  EXPECT_EQ(Get(kSecond, officer_)->moderator(), free->name());
  v1::GetModeratorRequest get;
  get.set_name(free->name());
  EXPECT_EQ(Call<v1::Moderator>("ModerationService/GetModerator", get, officer_)->allocated_count(),
            1);
}

TEST_F(ConsortiumTest, AllocatingAndDrawingAWholeSeriesTakesItAsOne) {
  OpenBoth();
  ASSERT_THAT(Make(), IsOk());
  SubmitBoth();
  v1::DrawSamplesRequest draw;
  draw.set_parent(kComponent);
  const auto drawn = Call<v1::DrawSamplesResponse>("SampleService/DrawSamples", draw, officer_);
  ASSERT_THAT(drawn, IsOk());
  EXPECT_EQ(drawn->drawn_count(), 2);
  EXPECT_EQ(drawn->not_drawn_count(), 0);
  ASSERT_THAT(MakeModerator("users/mod", {"centres/urn-1"}), IsOk());
  const auto free = MakeModerator("users/other");
  ASSERT_THAT(free, IsOk());
  v1::AllocateSeriesRequest allocate;
  allocate.set_name("series/summer-2026");
  const auto run = Call<v1::AllocationRun>("AllocationService/AllocateSeries", allocate, officer_);
  ASSERT_THAT(run, IsOk());
  v1::CommitAllocationRunRequest commit;
  commit.set_name(run->name());
  ASSERT_THAT(Call<v1::AllocationRun>("AllocationService/CommitAllocationRun", commit, officer_),
              IsOk());
  EXPECT_EQ(Get(kFirst, officer_)->moderator(), free->name());
  EXPECT_EQ(Get(kSecond, officer_)->moderator(), free->name());
}

TEST_F(ConsortiumTest, ACentreSeesOfTheCommonSampleOnlyWhatIsItsOwn) {
  OpenBoth();
  ASSERT_THAT(Make(), IsOk());
  SubmitBoth();
  const auto drawn = DrawAll();
  ASSERT_THAT(drawn, IsOk());
  v1::GetSampleRequest get;
  get.set_name(drawn->samples(0).name());
  const auto seen = Call<v1::Sample>("SampleService/GetSample", get, centre_);
  ASSERT_THAT(seen, IsOk());
  EXPECT_THAT(seen->ShortDebugString(), Not(HasSubstr("urn-2/")));
  for (const v1::Coverage& item : seen->coverage()) {
    EXPECT_THAT(item.centre(), Not("centres/urn-2"));
    EXPECT_THAT(item.value(), Not("centres/urn-2"));
  }
  get.set_name(drawn->samples(1).name());
  EXPECT_THAT(Call<v1::Sample>("SampleService/GetSample", get, centre_),
              IsError(Code::kNotFound, "SUBMISSION_NOT_FOUND"));
  v1::PublishDrawRequest publish;
  publish.set_name(drawn->samples(0).name());
  EXPECT_THAT(Call<v1::PublishedDraw>("ReplayService/PublishDraw", publish, centre_),
              IsError(Code::kPermissionDenied, "ROLE_NOT_ALLOWED"));
  v1::GetConsortiumRequest consortium;
  consortium.set_name(kValley);
  EXPECT_THAT(Ask<v1::Consortium>("GetConsortium", consortium, centre_), IsOk());
  const std::string third = service_.Token(
      {.subject = "users/third", .roles = {"centre_exams"}, .centre = "centres/urn-3"});
  EXPECT_THAT(Ask<v1::Consortium>("GetConsortium", consortium, third),
              IsError(Code::kNotFound, "CONSORTIUM_NOT_FOUND"));
}

TEST_F(ConsortiumTest, WhatCannotBeOneGroupIsRefusedWithAPlaceForEach) {
  OpenBoth();
  SubmitBoth();
  const auto refused = Make({kFirst, kFirst, kComponent + "/submissions/urn-9"});
  EXPECT_THAT(refused, IsError(Code::kInvalidArgument, "CONSORTIUM_INVALID"));
  EXPECT_THAT(Make({kFirst}), IsError(Code::kInvalidArgument, "FIELD_INVALID"));
}

TEST_F(ConsortiumTest, ListsAndDissolvesUntilASampleIsDrawn) {
  OpenBoth();
  const auto made = Make();
  ASSERT_THAT(made, IsOk());
  EXPECT_THAT(made->centres(), ElementsAre("centres/urn-1", "centres/urn-2"));
  EXPECT_THAT(Make(), IsError(Code::kInvalidArgument, "CONSORTIUM_INVALID"));
  v1::ListConsortiaRequest list;
  list.set_parent(kComponent);
  EXPECT_THAT(Ask<v1::ListConsortiaResponse>("ListConsortia", list)->consortia(), SizeIs(1));
  v1::DeleteConsortiumRequest remove;
  remove.set_name(kValley);
  remove.set_etag("\"99\"");
  EXPECT_THAT(Ask<Empty>("DeleteConsortium", remove), IsError(Code::kAborted, "ETAG_MISMATCH"));
  remove.set_etag(made->etag());
  ASSERT_THAT(Ask<Empty>("DeleteConsortium", remove), IsOk());
  EXPECT_THAT(Ask<v1::ListConsortiaResponse>("ListConsortia", list)->consortia(), IsEmpty());
  EXPECT_THAT(Get(kFirst, officer_)->consortium(), IsEmpty());
  ASSERT_THAT(Make(), IsOk());
  SubmitBoth();
  ASSERT_THAT(DrawAll(), IsOk());
  remove.clear_etag();
  EXPECT_THAT(Ask<Empty>("DeleteConsortium", remove),
              IsError(Code::kFailedPrecondition, "CONSORTIUM_DRAWN"));
}

}  // namespace
}  // namespace assay::moderation
