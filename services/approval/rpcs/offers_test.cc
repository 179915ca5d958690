// Where a qualification is offered (QUAL-1), and entries that are there for a fast track only
// (QUAL-7), through the RPCs.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "assay/approval/v1/approval_service.pb.h"
#include "assay/approval/v1/merge_service.pb.h"
#include "assay/approval/v1/qualification_service.pb.h"
#include "services/approval/testing/approval_fixture.h"

namespace assay::approval {
namespace {

using platform::testing::IsError;
using platform::testing::IsOk;
using ::testing::HasSubstr;
using testing::kCentre;
using Code = absl::StatusCode;
using Approval = v1::QualificationApproval;

class OfferTest : public testing::ApprovalFixture {
 protected:
  absl::StatusOr<Approval> Approve(const std::string& approval) {
    v1::ApproveQualificationApprovalRequest request;
    request.set_name(approval);
    return Call<Approval>("ApprovalService/ApproveQualificationApproval", request, officer_);
  }
};

// QUAL-1, QUAL-2: 3818-13 is for centres in Wales only.
TEST_F(OfferTest, IsGivenOnlyWhereTheQualificationIsOffered) {
  Import(
      "100004,2013001,Vale of England,Long Lane,Leeds,LS1 4AP,1,,,0,College,16,19,\n"
      "100006,,Somewhere College,Long Lane,Leeds,LS1 4AP,1,,,0,College,16,19,\n");
  v1::CreateQualificationApprovalRequest apply;
  apply.mutable_qualification_approval()->set_qualification("qualifications/3818-13");
  apply.set_parent("centres/urn-100004");
  const auto refused =
      Call<Approval>("ApprovalService/CreateQualificationApproval", apply, officer_);
  EXPECT_THAT(refused, IsError(Code::kFailedPrecondition, "REGION_NOT_SERVED"));
  EXPECT_THAT(std::string(refused.status().message()),
              ::testing::AllOf(HasSubstr("QUAL-1"), HasSubstr("Wales"), HasSubstr("England")));
  apply.set_parent("centres/urn-100006");
  v1::ApproveCentreRequest centre;
  centre.set_name(apply.parent());
  ASSERT_THAT(Call<v1::Centre>("CentreService/ApproveCentre", centre, officer_), IsOk());
  // Nobody knows where it is: it may apply, and an officer says where it is before it is approved.
  const auto applied =
      Call<Approval>("ApprovalService/CreateQualificationApproval", apply, officer_);
  ASSERT_THAT(applied, IsOk());
  EXPECT_THAT(Approve(applied->name()), IsError(Code::kFailedPrecondition, "REGION_UNKNOWN"));
  const auto say = [&](const char* region) {
    v1::CorrectCentreRequest correct;
    correct.set_name(apply.parent());
    correct.set_reason("seen on a visit");
    v1::FactCorrection& correction = *correct.add_corrections();
    correction.set_field("region");
    correction.set_value(region);
    EXPECT_THAT(Call<v1::Centre>("CentreMergeService/CorrectCentre", correct, officer_), IsOk());
  };
  say("London");
  EXPECT_THAT(Approve(applied->name()), IsError(Code::kFailedPrecondition, "REGION_NOT_SERVED"));
  say("Wales");
  EXPECT_THAT(Approve(applied->name()), IsOk());
}

// QUAL-7: the older suite is named by its number, without its units.
TEST_F(OfferTest, OpensTheFastTrackFromABareEntry) {
  v1::CreateQualificationRequest create;
  v1::Qualification& bare = *create.mutable_qualification();
  bare.set_number("3815-03");
  bare.set_title("Level 3 in Operational Delivery");
  bare.set_level(3);
  bare.set_bare(true);
  create.set_change_note("for the fast track");
  const auto kept =
      Call<v1::Qualification>("QualificationService/CreateQualification", create, officer_);
  ASSERT_THAT(kept, IsOk());
  ASSERT_EQ(kept->findings_size(), 1);
  EXPECT_EQ(kept->findings(0).kind(), "ENTRY_BARE");
  ASSERT_THAT(Approve(ApprovalFor("3815-03")), IsOk());
  v1::CreateQualificationApprovalRequest apply;
  apply.set_parent(kCentre);
  apply.mutable_qualification_approval()->set_qualification("qualifications/3818-13");
  apply.mutable_qualification_approval()->set_fast_track(true);
  EXPECT_THAT(Call<Approval>("ApprovalService/CreateQualificationApproval", apply, head_), IsOk());
  v1::EvaluateCombinationRequest evaluate;
  evaluate.set_name("qualifications/3815-03");
  const auto progress = Call<v1::EvaluateCombinationResponse>(
      "QualificationService/EvaluateCombination", evaluate, head_);
  ASSERT_THAT(progress, IsOk());
  EXPECT_FALSE(progress->complete());
  ASSERT_EQ(progress->explanations_size(), 1);
  EXPECT_THAT(progress->explanations(0), HasSubstr("QUAL-7"));
}

}  // namespace
}  // namespace assay::approval
