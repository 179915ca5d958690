// Every state against every step that a caller can ask for (MOD-1), through the service.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "services/moderation/errors.h"
#include "services/moderation/model.h"
#include "services/moderation/testing/moderation_fixture.h"
#include "services/platform/error/error.h"
#include "services/platform/storage/database.h"

namespace assay::moderation {
namespace {

using platform::MetadataOf;
using platform::ReasonOf;
using platform::testing::IsError;
using platform::testing::IsOk;
using testing::Code;
using testing::kComponent;
using testing::kPackage;

class LifecycleTest : public testing::ModerationTest {
 protected:
  void SetUp() override { MakeComponent(); }

  template <typename Request>
  absl::StatusOr<v1::Submission> Do(const std::string& method, const std::string& token,
                                    const std::string& reason = "sent in twice") {
    Request request;
    request.set_name(name_);
    request.set_reason(reason);
    return Call<v1::Submission>("SubmissionService/" + method, request, token);
  }
  absl::StatusOr<v1::Submission> Withdraw(const std::string& token) {
    return Do<v1::WithdrawSubmissionRequest>("WithdrawSubmission", token);
  }
  absl::StatusOr<v1::Submission> Reopen(const std::string& token) {
    return Do<v1::ReopenSubmissionRequest>("ReopenSubmission", token);
  }
  absl::StatusOr<v1::Submission> Void(const std::string& token) {
    return Do<v1::VoidSubmissionRequest>("VoidSubmission", token);
  }

  // Puts the submission of `Allocated` into a state, whatever led there.
  void Force(State state) {
    ASSERT_THAT(service_.database().WriteNow([&](platform::Transaction& tx) {
      return tx.Execute("UPDATE submissions SET state = $1", {static_cast<int>(state)}).status();
    }),
                IsOk());
  }

  // Each step as its RPC, asked by `token`; empty requests are enough to be refused by the state.
  std::map<Step, std::function<absl::Status(const std::string& token)>> Steps() {
    const auto submission = [this](const char* method, auto request) {
      return [this, method, request](const std::string& token) mutable {
        request.set_name(name_);
        return Call<v1::Submission>(method, request, token).status();
      };
    };
    v1::CorrectMarkRequest correct;
    correct.set_candidate("c001");
    correct.set_mark(1);
    correct.set_reason("misread");
    v1::ReleaseSubmissionRequest release;
    v1::WithdrawSubmissionRequest withdraw;
    withdraw.set_reason("x");
    v1::ReopenSubmissionRequest reopen;
    reopen.set_reason("x");
    v1::VoidSubmissionRequest voiding;
    voiding.set_reason("x");
    return {
        {Step::kRecordMarks,
         [this](const std::string& token) {
           v1::RecordMarksRequest request;
           request.set_name(name_);
           request.add_candidates()->set_candidate("c001");
           return Call<v1::RecordMarksResponse>("SubmissionService/RecordMarks", request, token)
               .status();
         }},
        {Step::kSubmit,
         submission("SubmissionService/SubmitSubmission", v1::SubmitSubmissionRequest())},
        {Step::kCorrectMark, submission("SubmissionService/CorrectMark", correct)},
        {Step::kDraw,
         [this](const std::string& token) {
           v1::DrawSampleRequest request;
           request.set_parent(name_);
           return Call<v1::Sample>("SampleService/DrawSample", request, token).status();
         }},
        {Step::kAllocate,
         submission("ModerationService/AllocateSubmission", v1::AllocateSubmissionRequest())},
        {Step::kModerate,
         [this](const std::string& token) {
           v1::RecordModeratorMarksRequest request;
           request.set_name(name_);
           return Call<v1::RecordModeratorMarksResponse>("ModerationService/RecordModeratorMarks",
                                                         request, token)
               .status();
         }},
        {Step::kDecide,
         [this](const std::string& token) {
           v1::JudgeSubmissionRequest request;
           request.set_name(name_);
           return Call<v1::Judgement>("ModerationService/JudgeSubmission", request, token).status();
         }},
        {Step::kRelease, submission("ModerationService/ReleaseSubmission", release)},
        {Step::kWithdraw, submission("SubmissionService/WithdrawSubmission", withdraw)},
        {Step::kReopen, submission("SubmissionService/ReopenSubmission", reopen)},
        {Step::kVoid, submission("SubmissionService/VoidSubmission", voiding)},
    };
  }

  // Somebody who may call the step's RPC at all.
  std::string TokenFor(Step step) {
    switch (step) {
      case Step::kRecordMarks:
      case Step::kSubmit:
      case Step::kWithdraw:
        return centre_;
      case Step::kModerate:
      case Step::kDecide:
        return moderator_;
      default:
        return officer_;
    }
  }

  std::string name_ = kComponent + "/submissions/urn-1";
};

std::string_view ReasonFor(State state, Step step) {
  if (state == State::kRetracted) return kSubmissionWithdrawn;
  if (state == State::kVoided) return kSubmissionVoid;
  if (step == Step::kRecordMarks || step == Step::kSubmit) return kSubmissionNotOpen;
  return state == State::kReleased ? kSubmissionReleased : kSubmissionStateWrong;
}

TEST_F(LifecycleTest, EveryIllegalStepIsRefusedWithItsReasonTheStateAndWhatIsNeeded) {
  Allocated(20);
  auto steps = Steps();
  int refused = 0;
  for (int s = 0; s < kStates; ++s) {
    const auto state = static_cast<State>(s);
    Force(state);
    for (auto& [step, call] : steps) {
      if (FindEdge(state, step) != nullptr) continue;
      SCOPED_TRACE(std::string(NameOf(step)) + " while " + std::string(NameOf(state)));
      const absl::Status status = call(TokenFor(step));
      EXPECT_THAT(status, IsError(Code::kFailedPrecondition, ReasonFor(state, step)));
      EXPECT_EQ(MetadataOf(status, "state"), NameOf(state));
      EXPECT_EQ(MetadataOf(status, "step"), NameOf(step));
      EXPECT_EQ(MetadataOf(status, "submission"), name_);
      EXPECT_NE(MetadataOf(status, "needed"), "");
      ++refused;
    }
  }
  EXPECT_EQ(refused, 8 * 11 - 24);  // All but the legal ones (24 of which these RPCs can ask for).
}

TEST_F(LifecycleTest, NobodyButItsActorsTakesALegalStep) {
  Allocated(20);
  auto steps = Steps();
  const std::pair<Actor, std::string> actors[] = {
      {kCentre, centre_}, {kOfficer, officer_}, {kModerator, moderator_}};
  for (const Edge& edge : Edges()) {
    const auto step = steps.find(edge.step);
    if (step == steps.end()) continue;  // Asked for by no RPC of its own.
    for (const auto& [actor, token] : actors) {
      if ((edge.actors & actor) != 0) continue;
      Force(edge.from);
      const absl::Status status = step->second(token);
      SCOPED_TRACE(std::string(NameOf(edge.step)) + " while " + std::string(NameOf(edge.from)));
      EXPECT_TRUE(ReasonOf(status) == "ROLE_NOT_ALLOWED" || ReasonOf(status) == kSubmissionNotFound)
          << status;
    }
  }
}

TEST_F(LifecycleTest, ACentreTakesItsSubmissionBackAndAnOfficerOpensItAgain) {
  ASSERT_THAT(Open(), IsOk());
  ASSERT_THAT(Import(name_, Csv(20)), IsOk());
  EXPECT_THAT(Withdraw(stranger_), IsError(Code::kNotFound, kSubmissionNotFound));
  EXPECT_THAT(Do<v1::WithdrawSubmissionRequest>("WithdrawSubmission", centre_, " "),
              IsError(Code::kInvalidArgument, kReasonMissing));
  const auto withdrawn = Withdraw(centre_);
  ASSERT_THAT(withdrawn, IsOk());
  EXPECT_EQ(withdrawn->state(), v1::Submission::STATE_WITHDRAWN);
  EXPECT_THAT(Submit(name_), IsError(Code::kFailedPrecondition, kSubmissionWithdrawn));
  EXPECT_THAT(Reopen(centre_), IsError(Code::kPermissionDenied, "ROLE_NOT_ALLOWED"));
  const auto reopened = Reopen(officer_);
  ASSERT_THAT(reopened, IsOk());
  EXPECT_EQ(reopened->state(), v1::Submission::STATE_OPEN);
  EXPECT_EQ(reopened->marked_count(), 20);
  EXPECT_THAT(Submit(name_), IsOk());
}

// MOD-1, MOD-4: what was drawn before the centre may change its marks again does not count, and
// the secret that everybody has seen is not used a second time.
TEST_F(LifecycleTest, ReopeningAfterTheDrawVoidsTheSampleAndCommitsToANewSecret) {
  const std::string name = Allocated(20);
  const auto before = Get(name, officer_);
  const auto reopened = Reopen(officer_);
  ASSERT_THAT(reopened, IsOk());
  EXPECT_EQ(reopened->sample(), "");
  EXPECT_EQ(reopened->moderator(), "");
  EXPECT_TRUE(reopened->cohort_changed());
  EXPECT_NE(reopened->seed_commitment(), before->seed_commitment());
  v1::GetSampleRequest sample;
  sample.set_name(before->sample());
  EXPECT_EQ(Call<v1::Sample>("SampleService/GetSample", sample, officer_)->state(),
            v1::Sample::STATE_VOID);
  EXPECT_THAT(Get(name, moderator_), IsError(Code::kNotFound, kSubmissionNotFound));
  ASSERT_THAT(Submit(name), IsOk());
  EXPECT_THAT(Draw(name), IsOk());
  EXPECT_THAT(EventTypes(), ::testing::Contains("SubmissionReopened"));
}

TEST_F(LifecycleTest, AVoidSubmissionHasNoResultsAndNoWayBack) {
  const std::string name = Allocated(20);
  MarkDue(name, [](const std::string& number) { return MarkOf(number); });
  ASSERT_THAT(Judge(name), IsOk());
  ASSERT_THAT(Results(name, officer_), IsOk());
  const auto gone = Void(officer_);
  ASSERT_THAT(gone, IsOk());
  EXPECT_EQ(gone->state(), v1::Submission::STATE_VOID);
  EXPECT_THAT(Results(name, officer_), IsError(Code::kFailedPrecondition, kResultsNotReady));
  EXPECT_THAT(Reopen(officer_), IsError(Code::kFailedPrecondition, kSubmissionVoid));
  EXPECT_THAT(Void(officer_), IsError(Code::kFailedPrecondition, kSubmissionVoid));
  EXPECT_THAT(EventTypes(), ::testing::Contains("SubmissionVoided"));
}

}  // namespace
}  // namespace assay::moderation
