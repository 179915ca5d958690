// Staff, their competence and their conflicts, through the RPCs (QUAL-6).
#include "services/approval/testing/approval_fixture.h"

namespace assay::approval::testing {
namespace {

using platform::FieldsOf;
using platform::MetadataOf;
using platform::testing::IsError;
using platform::testing::IsOk;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using Code = absl::StatusCode;
using v1::StaffMember;

class StaffTest : public ApprovalFixture {
 protected:
  StaffTest() {
    verifier_ =
        service_.Token({.subject = "users/verifier", .roles = {"centre_iqa"}, .centre = kCentre});
  }
  v1::CreateStaffRequest Somebody(const std::string& subject,
                                  const std::vector<v1::StaffRole>& roles) {
    v1::CreateStaffRequest request;
    request.set_parent(kCentre);
    request.mutable_staff_member()->set_display_name("Ann \xC5\xB4yn");
    request.mutable_staff_member()->set_subject(subject);
    for (const v1::StaffRole role : roles) {
      request.mutable_staff_member()->add_roles()->set_role(role);
    }
    return request;
  }
  absl::StatusOr<StaffMember> Create(const v1::CreateStaffRequest& request) {
    return Call<StaffMember>("StaffService/CreateStaff", request, head_);
  }
  absl::StatusOr<StaffMember> Get(const std::string& name, const std::string& token) {
    v1::GetStaffRequest request;
    request.set_name(name);
    return Call<StaffMember>("StaffService/GetStaff", request, token);
  }
  absl::StatusOr<v1::StaffCompetence> Record(const std::string& staff, v1::CompetenceKind kind,
                                             int level = 0, const std::string& token = "") {
    v1::RecordCompetenceRequest request;
    request.set_parent(staff);
    request.mutable_competence()->set_qualification("qualifications/3818-13");
    request.mutable_competence()->set_kind(kind);
    request.mutable_competence()->set_level(level);
    request.mutable_competence()->set_what("ten years in operations");
    return Call<v1::StaffCompetence>("StaffService/RecordCompetence", request,
                                     token.empty() ? head_ : token);
  }
  absl::StatusOr<v1::StaffCompetence> Verify(const std::string& name, int days,
                                             const std::string& token) {
    v1::VerifyCompetenceRequest request;
    request.set_name(name);
    *request.mutable_valid_until() = DateOf(Today() + days);
    return Call<v1::StaffCompetence>("StaffService/VerifyCompetence", request, token);
  }
  v1::CheckStaffResponse Check(const std::string& name) {
    v1::CheckStaffRequest request;
    request.set_name(name);
    request.set_qualification("qualifications/3818-13");
    const auto got = Call<v1::CheckStaffResponse>("StaffService/CheckStaff", request, head_);
    EXPECT_THAT(got, IsOk());
    return got.ok() ? *got : v1::CheckStaffResponse();
  }
  std::string verifier_;
};

TEST_F(StaffTest, SomebodyMayAssessOnceAllThreeKindsAreVerifiedByOthers) {
  const auto ann = Create(Somebody("users/ann", {v1::STAFF_ROLE_ASSESSOR, v1::STAFF_ROLE_TUTOR}));
  ASSERT_THAT(ann, IsOk());
  EXPECT_TRUE(ann->active());
  EXPECT_EQ(ann->roles(0).from_day().day(), Today().day());
  EXPECT_THAT(Check(ann->name()).missing(), SizeIs(3));
  EXPECT_FALSE(Check(ann->name()).may_assess());
  const auto level = Record(ann->name(), v1::COMPETENCE_KIND_OCCUPATIONAL, 3);
  const auto recent = Record(ann->name(), v1::COMPETENCE_KIND_RECENT_EXPERIENCE);
  const auto training = Record(ann->name(), v1::COMPETENCE_KIND_TRAINING);
  for (const auto& evidence : {level, recent, training}) {
    ASSERT_THAT(evidence, IsOk());
    const auto verified = Verify(evidence->name(), 100, verifier_);
    ASSERT_THAT(verified, IsOk());
    EXPECT_EQ(verified->verified_by(), "users/verifier");
    EXPECT_EQ(verified->state(), v1::StaffCompetence::STATE_VERIFIED);
  }
  EXPECT_TRUE(Check(ann->name()).may_assess());
  EXPECT_FALSE(Check(ann->name()).may_verify());
  v1::RevokeCompetenceRequest revoke;
  revoke.set_name(recent->name());
  revoke.set_reason("The employer knows nothing of it.");
  ASSERT_THAT(Call<v1::StaffCompetence>("StaffService/RevokeCompetence", revoke, verifier_),
              IsOk());
  EXPECT_THAT(Check(ann->name()).missing(),
              ElementsAre("there is no evidence of recent experience (QUAL-6)"));
  EXPECT_THAT(Get(ann->name(), head_)->competences(), SizeIs(3));
  // Names of people are not for the timeline.
  for (const auto& entry : Timeline(kCentre, head_, v1::TIMELINE_KIND_STAFF)) {
    EXPECT_THAT(entry.what(), ::testing::Not(HasSubstr("Ann")));
    EXPECT_EQ(entry.rule(), "QUAL-6");
  }
}

TEST_F(StaffTest, NobodyVouchesForThemselves) {
  const auto self = Create(Somebody("users/verifier", {v1::STAFF_ROLE_INTERNAL_VERIFIER}));
  ASSERT_THAT(self, IsOk());
  const auto evidence = Record(self->name(), v1::COMPETENCE_KIND_TRAINING);
  const auto refused = Verify(evidence->name(), 10, verifier_);
  EXPECT_THAT(refused, IsError(Code::kFailedPrecondition, kOwnEvidence));
  EXPECT_EQ(MetadataOf(refused.status(), "rule"), "QUAL-6");
  // Who recorded it does not sign a second time.
  const auto twice = Verify(evidence->name(), 10, head_);
  EXPECT_THAT(twice, IsError(Code::kFailedPrecondition, kOwnEvidence));
  EXPECT_THAT(FieldsOf(twice.status()), ElementsAre("name: was recorded by the person who calls"));
  EXPECT_THAT(Verify(evidence->name(), -1, officer_),
              IsError(Code::kInvalidArgument, kDaysInvalid));
  EXPECT_THAT(Verify(evidence->name(), 2000, officer_),
              IsError(Code::kInvalidArgument, kDaysInvalid));
  ASSERT_THAT(Verify(evidence->name(), 10, officer_), IsOk());
  EXPECT_THAT(Verify(evidence->name(), 10, officer_),
              IsError(Code::kFailedPrecondition, kCompetenceStateWrong));
  EXPECT_THAT(Verify(self->name() + "/competences/none", 10, officer_),
              IsError(Code::kNotFound, kCompetenceNotFound));
  EXPECT_THAT(Record(self->name(), v1::COMPETENCE_KIND_OCCUPATIONAL),
              IsError(Code::kInvalidArgument, "FIELD_INVALID"));
}

// QUAL-6
TEST_F(StaffTest, WhoMarksVerifiesOrIsVerifiedIsKnownByAUser) {
  for (const v1::StaffRole role : {v1::STAFF_ROLE_ASSESSOR, v1::STAFF_ROLE_INTERNAL_VERIFIER}) {
    const auto nobody = Create(Somebody("", {role}));
    EXPECT_THAT(nobody, IsError(Code::kInvalidArgument, kRolesInvalid));
    EXPECT_EQ(MetadataOf(nobody.status(), "rule"), "QUAL-6");
    EXPECT_THAT(FieldsOf(nobody.status()), ElementsAre(HasSubstr("staff_member.subject: ")));
  }
  const auto tutor = Create(Somebody("", {v1::STAFF_ROLE_TUTOR}));
  ASSERT_THAT(tutor, IsOk());
  const auto evidence = Record(tutor->name(), v1::COMPETENCE_KIND_TRAINING);
  const auto refused = Verify(evidence->name(), 10, officer_);
  EXPECT_THAT(refused, IsError(Code::kFailedPrecondition, kStaffSubjectMissing));
  EXPECT_EQ(MetadataOf(refused.status(), "rule"), "QUAL-6");
}

// QUAL-6
TEST_F(StaffTest, NobodyBecomesAnotherUserByThemselvesAndTheTimelineTellsOfIt) {
  const auto own = Create(Somebody("users/head", {v1::STAFF_ROLE_ASSESSOR}));
  ASSERT_THAT(own, IsOk());
  v1::UpdateStaffRequest update;
  update.set_name(own->name());
  update.set_etag(own->etag());
  update.set_reason("a new account");
  *update.mutable_staff_member() =
      Somebody("users/head2", {v1::STAFF_ROLE_ASSESSOR}).staff_member();
  const auto refused = Call<StaffMember>("StaffService/UpdateStaff", update, head_);
  EXPECT_THAT(refused, IsError(Code::kFailedPrecondition, kOwnEvidence));
  EXPECT_THAT(FieldsOf(refused.status()), ElementsAre(HasSubstr("staff_member.subject: ")));
  ASSERT_THAT(Call<StaffMember>("StaffService/UpdateStaff", update, officer_), IsOk());
  EXPECT_THAT(WhatOf(Timeline(kCentre, head_, v1::TIMELINE_KIND_STAFF)),
              ::testing::Contains("user was users/head; is users/head2"));
}

// NOT-3
TEST_F(StaffTest, CompetenceThatRunsOutIsDueUnlessItIsRenewed) {
  const auto ann = Create(Somebody("users/ann", {v1::STAFF_ROLE_ASSESSOR}));
  const auto evidence = Record(ann->name(), v1::COMPETENCE_KIND_TRAINING);
  ASSERT_THAT(Verify(evidence->name(), 20, verifier_), IsOk());
  v1::ListDueActionsRequest due;
  due.set_parent(kCentre);
  const auto Due = [&] {
    return Call<v1::ListDueActionsResponse>("OversightService/ListDueActions", due, head_);
  };
  ASSERT_THAT(Due()->due_actions(), SizeIs(1));
  EXPECT_EQ(Due()->due_actions(0).item(), evidence->name());
  EXPECT_EQ(Due()->due_actions(0).text(), "renew: experience of training for 3818-13");
  EXPECT_EQ(Due()->due_actions(0).rule(), "QUAL-6");
  const auto newer = Record(ann->name(), v1::COMPETENCE_KIND_TRAINING);
  ASSERT_THAT(Verify(newer->name(), 90, verifier_), IsOk());
  ASSERT_THAT(Due()->due_actions(), SizeIs(1));
  EXPECT_EQ(Due()->due_actions(0).item(), newer->name());
  v1::EndStaffRequest end;
  end.set_name(ann->name());
  ASSERT_THAT(Call<StaffMember>("StaffService/EndStaff", end, head_), IsOk());
  Pass(1);
  EXPECT_THAT(Due()->due_actions(), IsEmpty());
  EXPECT_FALSE(Get(ann->name(), head_)->active());
}

TEST_F(StaffTest, ConflictsAreDeclaredAndResolvedBySomebodyElse) {
  const auto ann = Create(Somebody("users/verifier", {v1::STAFF_ROLE_ASSESSOR}));
  v1::DeclareConflictRequest declare;
  declare.set_parent(ann->name());
  declare.mutable_conflict()->set_with_whom("centres/urn-100000/learners/l1");
  declare.mutable_conflict()->set_nature("a nephew");
  const auto declared = Call<v1::StaffConflict>("StaffService/DeclareConflict", declare, verifier_);
  ASSERT_THAT(declared, IsOk());
  EXPECT_THAT(Check(ann->name()).conflicts(), ElementsAre("centres/urn-100000/learners/l1"));
  v1::ResolveConflictRequest resolve;
  resolve.set_name(declared->name());
  resolve.set_reason("The learner has left.");
  EXPECT_THAT(Call<v1::StaffConflict>("StaffService/ResolveConflict", resolve, verifier_),
              IsError(Code::kFailedPrecondition, kOwnEvidence));
  ASSERT_THAT(Call<v1::StaffConflict>("StaffService/ResolveConflict", resolve, head_), IsOk());
  EXPECT_THAT(Check(ann->name()).conflicts(), IsEmpty());
  EXPECT_THAT(Call<v1::StaffConflict>("StaffService/ResolveConflict", resolve, head_),
              IsError(Code::kFailedPrecondition, kConflictResolved));
}

TEST_F(StaffTest, RolesHaveTheirDaysAndFaultsTheirPlaces) {
  auto wanted = Somebody("users/ann", {v1::STAFF_ROLE_HEAD, v1::STAFF_ROLE_HEAD});
  const auto twice = Create(wanted);
  EXPECT_THAT(twice, IsError(Code::kInvalidArgument, kRolesInvalid));
  EXPECT_THAT(FieldsOf(twice.status()),
              ElementsAre("staff_member.roles[1]: overlaps roles[0], the same role"));
  wanted.mutable_staff_member()->mutable_roles()->RemoveLast();
  const auto ann = Create(wanted);
  ASSERT_THAT(ann, IsOk());
  EXPECT_THAT(Create(wanted), IsError(Code::kAlreadyExists, kStaffExists));
  v1::UpdateStaffRequest update;
  update.set_name(ann->name());
  update.set_etag(ann->etag());
  update.set_reason("hands over");
  *update.mutable_staff_member() = wanted.staff_member();
  *update.mutable_staff_member()->mutable_roles(0)->mutable_until_day() = DateOf(Today() + 5);
  const auto changed = Call<StaffMember>("StaffService/UpdateStaff", update, head_);
  ASSERT_THAT(changed, IsOk());
  // The second of two who edit at once is told.
  EXPECT_THAT(Call<StaffMember>("StaffService/UpdateStaff", update, head_),
              IsError(Code::kAborted, "ETAG_MISMATCH"));
  v1::ListStaffRequest list;
  list.set_parent(kCentre);
  list.set_role(v1::STAFF_ROLE_HEAD);
  const auto Heads = [&] {
    return Call<v1::ListStaffResponse>("StaffService/ListStaff", list, head_);
  };
  ASSERT_THAT(Heads()->staff(), SizeIs(1));
  EXPECT_THAT(Heads()->staff(0).roles(), SizeIs(1));
  Pass(5);
  EXPECT_THAT(Heads()->staff(), IsEmpty());
  EXPECT_THAT(Get(ann->name(), other_), IsError(Code::kNotFound, kStaffNotFound));
  list.clear_role();
  EXPECT_THAT(Call<v1::ListStaffResponse>("StaffService/ListStaff", list, other_)->staff(),
              IsEmpty());
}

}  // namespace
}  // namespace assay::approval::testing
