#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "services/moderation/testing/moderation_fixture.h"

namespace assay::moderation::testing {
namespace {

using platform::FieldsOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class SamplesTest : public ModerationTest {
 protected:
  std::string Submitted(int n) {
    MakeComponent();
    EXPECT_THAT(Open(), IsOk());
    const std::string name = kComponent + "/submissions/urn-1";
    EXPECT_THAT(Import(name, Csv(n)), IsOk());
    EXPECT_THAT(Submit(name), IsOk());
    return name;
  }
  absl::StatusOr<v1::Sample> DrawWith(const v1::DrawSampleRequest& request) {
    return Call<v1::Sample>("SampleService/DrawSample", request, officer_);
  }
  // Ten names before marks.
  void MakeNamesPolicy() {
    v1::CreatePolicyVersionRequest request;
    request.set_parent("policies/names");
    request.mutable_policy_version()->set_document(
        R"({"kind":"sampling","id":"names","version":1,"effective_from":"2026-01-01",
            "description":"","design":"ladder","mode":"before marks","extremes":"on top",
            "spread":"random","ladder":[{"from":1,"to":10,"size":"all"},{"from":11,"size":10}]})");
    ASSERT_THAT(Call<v1::PolicyVersion>("PolicyService/CreatePolicyVersion", request, officer_),
                IsOk());
  }
  absl::StatusOr<v1::PlanSampleResponse> Plan(const v1::PlanSampleRequest& request) {
    return Call<v1::PlanSampleResponse>("SampleService/PlanSample", request, centre_);
  }
};

// MOD-3: the proof says of everybody whether they are represented.
TEST_F(SamplesTest, ASampleProvesWhatItCovers) {
  const std::string name = Submitted(60);
  const auto sample = Draw(name);
  ASSERT_THAT(sample, IsOk());
  int assessors = 0, covered = 0;
  for (const v1::Coverage& item : sample->coverage()) {
    if (item.kind() == "ASSESSOR") {
      ++assessors;
      EXPECT_EQ(item.drawable_count(), 20);
    }
    if (item.status() == "COVERED") {
      ++covered;
      EXPECT_FALSE(item.candidate().empty());
    }
  }
  EXPECT_EQ(assessors, 3);
  EXPECT_EQ(covered, sample->coverage_size());  // 3 assessors, 4 groups, a site and the extremes.
  EXPECT_EQ(sample->coverage_size(), 10);
  EXPECT_GT(sample->rank_gap_max(), 0);
  EXPECT_FALSE(sample->explanation().empty());
  EXPECT_THAT(MakeModerator("users/mod"), IsOk());
  EXPECT_THAT(Allocate(name), IsOk());
  v1::GetSampleRequest get;
  get.set_name(sample->name());
  const auto seen = Call<v1::Sample>("SampleService/GetSample", get, moderator_);
  ASSERT_THAT(seen, IsOk());
  for (const v1::Coverage& item : seen->coverage()) EXPECT_EQ(item.candidate(), "");  // MOD-9
}

TEST_F(SamplesTest, AnExcludedCandidateIsNotDrawnAndTheSampleSaysSo) {
  const std::string name = Submitted(12);  // Drawn in full.
  v1::DrawSampleRequest request;
  request.set_parent(name);
  v1::Exclusion& exclusion = *request.add_exclusions();
  exclusion.set_candidate("c003");
  EXPECT_THAT(DrawWith(request), IsError(Code::kInvalidArgument, kExclusionInvalid));
  exclusion.set_reason("Under investigation.");
  request.add_exclusions()->set_candidate("c999");
  request.mutable_exclusions(1)->set_reason("Nobody.");
  const auto unknown = DrawWith(request);
  EXPECT_THAT(unknown, IsError(Code::kInvalidArgument, kExclusionInvalid));
  EXPECT_THAT(FieldsOf(unknown.status()), ElementsAre(HasSubstr("exclusions[1]")));
  request.mutable_exclusions()->RemoveLast();
  const auto sample = DrawWith(request);
  ASSERT_THAT(sample, IsOk());
  EXPECT_EQ(sample->candidates_size(), 11);
  EXPECT_EQ(sample->algorithm(), "assay-draw@2");
  EXPECT_EQ(sample->not_drawn().at("EXCLUDED"), 1);
  EXPECT_THAT(sample->facts(), HasSubstr("excluded\tc003\t\tUnder investigation."));
  v1::VerifySampleRequest verify;
  verify.set_name(sample->name());
  EXPECT_TRUE(
      Call<v1::VerifySampleResponse>("SampleService/VerifySample", verify, centre_)->verified());
}

TEST_F(SamplesTest, ACorrectionVoidsTheDrawAndVerificationSaysWhatChanged) {
  const std::string name = Submitted(30);
  const auto sample = Draw(name);
  ASSERT_THAT(sample, IsOk());
  v1::CorrectMarkRequest correct;
  correct.set_name(name);
  correct.set_candidate("c001");
  correct.set_mark(1);
  correct.set_reason("A slip of the pen.");
  ASSERT_THAT(Call<v1::Submission>("SubmissionService/CorrectMark", correct, officer_), IsOk());
  EXPECT_TRUE(Get(name, officer_)->cohort_changed());
  v1::VerifySampleRequest verify;
  verify.set_name(sample->name());
  const auto verified =
      Call<v1::VerifySampleResponse>("SampleService/VerifySample", verify, officer_);
  ASSERT_THAT(verified, IsOk());
  EXPECT_FALSE(verified->verified());
  EXPECT_FALSE(verified->candidate_list_fits());
  EXPECT_EQ(verified->findings(0).reason(), "CANDIDATES_TAMPERED");
}

// MOD-5: names while marks are still open, completed once they are in.
TEST_F(SamplesTest, NamesAreDrawnBeforeMarksAndCompletedAfterThem) {
  MakeNamesPolicy();
  MakeComponent([](v1::Component& c) { c.set_sampling_policy("names"); });
  ASSERT_THAT(Open(), IsOk());
  const std::string name = kComponent + "/submissions/urn-1";
  std::string entries = "candidate,mark,assessor,group,site\n";
  for (int i = 1; i <= 50; ++i) {
    absl::StrAppend(&entries, NumberOf(i), ",,a", i % 3, ",g", i % 4, ",main\n");
  }
  ASSERT_THAT(Import(name, entries), IsOk());
  const auto names = Draw(name);
  ASSERT_THAT(names, IsOk());
  EXPECT_TRUE(names->names_only());
  EXPECT_EQ(names->pool_count(), 50);
  EXPECT_EQ(Get(name, officer_)->state(), v1::Submission::STATE_OPEN);
  EXPECT_THAT(Draw(name), IsError(Code::kFailedPrecondition, kNamesDrawn));
  v1::VerifySampleRequest verify;
  verify.set_name(names->name());
  EXPECT_TRUE(
      Call<v1::VerifySampleResponse>("SampleService/VerifySample", verify, centre_)->verified());

  const std::string gone = names->candidates(0).candidate();
  std::string marks = "candidate,mark,assessor,group,site,absent\n";
  for (int i = 1; i <= 50; ++i) {
    const bool absent = NumberOf(i) == gone;
    absl::StrAppend(&marks, NumberOf(i), ",", absent ? "" : absl::StrCat(MarkOf(i)), ",a", i % 3,
                    ",g", i % 4, ",main,", absent ? "yes" : "no", "\n");
  }
  ASSERT_THAT(Import(name, marks), IsOk());
  EXPECT_EQ(Get(name, officer_)->sample(), names->name());
  ASSERT_THAT(Submit(name), IsOk());
  const auto sample = Draw(name);
  ASSERT_THAT(sample, IsOk());
  EXPECT_EQ(sample->name(), names->name());
  EXPECT_EQ(sample->seed(), names->seed());
  EXPECT_FALSE(sample->names_only());
  EXPECT_EQ(Get(name, officer_)->state(), v1::Submission::STATE_SAMPLED);
  EXPECT_GE(sample->candidates_size(), names->candidates_size());
  EXPECT_LE(sample->candidates_size(), names->candidates_size() + 2);
  int highest = 0;
  for (const v1::DrawnCandidate& candidate : sample->candidates()) {
    EXPECT_NE(candidate.candidate(), gone);
    highest = std::max(highest, MarkOf(candidate.candidate()));
  }
  int top = 0;
  for (int i = 1; i <= 50; ++i) {
    if (NumberOf(i) != gone) top = std::max(top, MarkOf(i));
  }
  EXPECT_EQ(highest, top);
  EXPECT_TRUE(
      Call<v1::VerifySampleResponse>("SampleService/VerifySample", verify, centre_)->verified());
}

TEST_F(SamplesTest, NamesAreVoidWhenTheEntriesChange) {
  MakeNamesPolicy();
  MakeComponent([](v1::Component& c) { c.set_sampling_policy("names"); });
  ASSERT_THAT(Open(), IsOk());
  const std::string name = kComponent + "/submissions/urn-1";
  ASSERT_THAT(Import(name, Csv(50)), IsOk());
  const auto names = Draw(name);
  ASSERT_THAT(names, IsOk());
  ASSERT_THAT(Import(name, Csv(51)), IsOk());  // One more.
  const auto submission = Get(name, officer_);
  EXPECT_EQ(submission->sample(), "");
  EXPECT_TRUE(submission->cohort_changed());
  v1::GetSampleRequest get;
  get.set_name(names->name());
  EXPECT_EQ(Call<v1::Sample>("SampleService/GetSample", get, officer_)->state(),
            v1::Sample::STATE_VOID);
  EXPECT_THAT(Draw(name), IsOk());
}

// Nobody has released work of the centre yet: the shipped policy looks at all of theirs.
TEST_F(SamplesTest, NewAssessorsAreDrawnInFullWhereThePolicySaysSo) {
  MakeComponent([](v1::Component& c) { c.set_sampling_policy("names-before-marks"); });
  ASSERT_THAT(Open(), IsOk());
  const std::string name = kComponent + "/submissions/urn-1";
  ASSERT_THAT(Import(name, Csv(30)), IsOk());
  const auto names = Draw(name);
  ASSERT_THAT(names, IsOk());
  EXPECT_EQ(names->candidates_size(), 30);
  EXPECT_THAT(names->facts(), HasSubstr("new-assessor\ta1\n"));
}

// MOD-2: five, and five more only if one of them is out of tolerance.
TEST_F(SamplesTest, ASequentialSampleLooksFurtherOnlyIfItHasTo) {
  MakeComponent([](v1::Component& c) { c.set_sampling_policy("cxc-sequential"); });
  const std::string name = Allocated(40);
  const auto due = Work(name);
  ASSERT_THAT(due, IsOk());
  EXPECT_EQ(due->items_size(), 5);
  MarkDue(name, [](const std::string& number) { return std::max(0, MarkOf(number) - 8); });
  EXPECT_EQ(Judge(name)->action(), v1::ACTION_MARK_STAGE_2);
  EXPECT_EQ(Work(name)->items_size(), 10);
}

// MOD-2: acceptance sampling lets the marks stand although a few are outside.
TEST_F(SamplesTest, AcceptanceSamplingCounts) {
  MakeComponent([](v1::Component& c) { c.set_sampling_policy("acceptance-sampling"); });
  const std::string name = Allocated(200);
  v1::GetSampleRequest get;
  get.set_name(Get(name, officer_)->sample());
  const auto sample = Call<v1::Sample>("SampleService/GetSample", get, officer_);
  ASSERT_THAT(sample, IsOk());
  ASSERT_EQ(sample->steps_size(), 1);
  ASSERT_GT(sample->steps(0).accept_max(), 0);
  EXPECT_EQ(Work(name)->items_size(), sample->steps(0).size());
  EXPECT_TRUE(sample->detections(0).has_accept_probability());
  const std::string one = sample->candidates(0).candidate();
  MarkDue(name, [&](const std::string& number) {
    return number == one ? (MarkOf(number) + 30) % 60 : MarkOf(number);
  });
  const auto judgement = Judge(name);
  ASSERT_THAT(judgement, IsOk());
  EXPECT_EQ(judgement->action(), v1::ACTION_MARKS_STAND);
  EXPECT_EQ(judgement->in_tolerance_count() + 1, judgement->judged_count());
}

// MOD-14: an officer may give the risk; else it is as approval rates the centre.
TEST_F(SamplesTest, ADesignByRiskGoesByWhatApprovalSaysUnlessTheOfficerSaysOtherwise) {
  MakeComponent([](v1::Component& c) { c.set_sampling_policy("percent-by-risk"); });
  ASSERT_THAT(Open(), IsOk());
  const std::string name = kComponent + "/submissions/urn-1";
  ASSERT_THAT(Import(name, Csv(60)), IsOk());
  ASSERT_THAT(Submit(name), IsOk());
  others_status_ = absl::UnavailableError("gone");
  EXPECT_THAT(Draw(name), IsError(Code::kUnavailable, kApprovalUnavailable));
  others_status_ = absl::OkStatus();
  v1::DrawSampleRequest request;
  request.set_parent(name);
  request.set_centre_risk(v1::CENTRE_RISK_HIGH);
  const auto sample = DrawWith(request);
  ASSERT_THAT(sample, IsOk());
  EXPECT_EQ(sample->ladder_size(), 15);  // A quarter of 60.
  EXPECT_EQ(sample->facts(), "risk\thigh\n");
}

TEST_F(SamplesTest, TheRiskThatApprovalRatesIsPartOfTheDraw) {
  MakeComponent([](v1::Component& c) { c.set_sampling_policy("percent-by-risk"); });
  ASSERT_THAT(Open(), IsOk());
  const std::string name = kComponent + "/submissions/urn-1";
  ASSERT_THAT(Import(name, Csv(60)), IsOk());
  ASSERT_THAT(Submit(name), IsOk());
  risk_ = approval::v1::RISK_LEVEL_HIGH;
  v1::DrawSamplesRequest all;
  all.set_parent(kComponent);
  const auto drawn = Call<v1::DrawSamplesResponse>("SampleService/DrawSamples", all, officer_);
  ASSERT_THAT(drawn, IsOk());
  EXPECT_EQ(drawn->drawn_count(), 1);
  v1::GetSampleRequest get;
  get.set_name(Get(name, officer_)->sample());
  const auto sample = Call<v1::Sample>("SampleService/GetSample", get, officer_);
  ASSERT_THAT(sample, IsOk());
  EXPECT_EQ(sample->facts(), "risk\thigh\n");
  EXPECT_EQ(sample->ladder_size(), 15);
}

// MOD-6: of 100 with 10 outside, 15 show one with .82 and 10 with .67; so .80 needs 15 (.796 at 14
// by hand: 1 - C(90,14)/C(100,14)).
TEST_F(SamplesTest, PlansTheSizeThatAClaimNeeds) {
  v1::PlanSampleRequest request;
  request.set_cohort(100);
  request.set_rate_percent(10);
  request.set_probability(.66);
  const auto plan = Plan(request);
  ASSERT_THAT(plan, IsOk());
  EXPECT_EQ(plan->size(), 10);
  EXPECT_NEAR(plan->shows().detections(1).probability(), .67, .005);
  request.set_policy("policies/pearson-2026");
  EXPECT_EQ(Plan(request)->policy_size(), 15);
  request.clear_rate_percent();
  const auto of_policy = Plan(request);
  EXPECT_FALSE(of_policy->has_size());
  EXPECT_NEAR(of_policy->shows().detections(1).probability(), .82, .005);
  request.clear_policy();
  request.set_outside_max(0);
  EXPECT_EQ(Plan(request)->size(), 95);  // One outside is missed by 95 of 100 with .05.
  request.set_accept(1);
  EXPECT_THAT(Plan(request), IsError(Code::kInvalidArgument, kClaimImpossible));
  request.set_cohort(0);
  EXPECT_THAT(FieldsOf(Plan(request).status()), ElementsAre(HasSubstr("cohort")));
}

}  // namespace
}  // namespace assay::moderation::testing
