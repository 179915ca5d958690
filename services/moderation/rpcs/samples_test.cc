#include <gmock/gmock.h>
#include <gtest/gtest.h>

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
  EXPECT_TRUE(Get(name)->cohort_changed());
  v1::VerifySampleRequest verify;
  verify.set_name(sample->name());
  const auto verified =
      Call<v1::VerifySampleResponse>("SampleService/VerifySample", verify, officer_);
  ASSERT_THAT(verified, IsOk());
  EXPECT_FALSE(verified->verified());
  EXPECT_FALSE(verified->candidate_list_fits());
  EXPECT_EQ(verified->findings(0).reason(), "CANDIDATES_TAMPERED");
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
  EXPECT_EQ(Plan(request)->size(), 100);  // Nobody outside: only all of them show it.
  request.set_accept(1);
  EXPECT_THAT(Plan(request), IsError(Code::kInvalidArgument, kClaimImpossible));
  request.set_cohort(0);
  EXPECT_THAT(FieldsOf(Plan(request).status()), ElementsAre(HasSubstr("cohort")));
}

}  // namespace
}  // namespace assay::moderation::testing
