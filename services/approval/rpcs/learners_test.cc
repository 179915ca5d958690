// Learners from registration to award and erasure, through the RPCs, on the real wiring.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "assay/approval/v1/learner_service.pb.h"
#include "assay/approval/v1/oversight_service.pb.h"
#include "assay/approval/v1/planner_service.pb.h"
#include "assay/approval/v1/quality_service.pb.h"
#include "assay/approval/v1/recording_form_service.pb.h"
#include "services/approval/errors.h"
#include "services/approval/testing/learner_fixture.h"
#include "services/platform/error/error.h"

namespace assay::approval {
namespace {

using platform::FieldsOf;
using platform::MetadataOf;
using platform::testing::IsError;
using platform::testing::IsOk;
using ::testing::AllOf;
using ::testing::Contains;
using testing::DateOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using Code = absl::StatusCode;
using v1::Award;
using v1::Registration;

class LearnerTest : public testing::LearnerFixture {
 protected:
  Registration Draft(const std::string& enrolment = "E1") {
    Registration registration;
    registration.set_qualification("qualifications/9001-03");
    registration.set_enrolment(enrolment);
    registration.set_learner_name("Ada Lovelace");
    *registration.mutable_birth_day() = DateOf(absl::CivilDay(2000, 1, 1));
    return registration;
  }
  absl::StatusOr<Registration> Register(const Registration& draft, std::string token = "",
                                        const std::string& centre = kCentre) {
    v1::CreateRegistrationRequest request;
    request.set_parent(centre);
    *request.mutable_registration() = draft;
    return Call<Registration>("LearnerService/CreateRegistration", request,
                              token.empty() ? head_ : token);
  }
  absl::StatusOr<Registration> Get(const std::string& name, const std::string& token) {
    v1::GetRegistrationRequest request;
    request.set_name(name);
    return Call<Registration>("LearnerService/GetRegistration", request, token);
  }
  // Tokens last an hour.
  void Pass(int days) {
    service_.clock().Set(service_.clock().Now() + absl::Hours(24 * days));
    officer_ = service_.Token({.subject = "users/officer", .roles = {"quality"}});
    head_ = service_.Token({.subject = "users/head", .roles = {"centre_head"}, .centre = kCentre});
  }
  v1::RegisterLearnersRequest Batch(int rows, v1::RegistrationMode mode) {
    v1::RegisterLearnersRequest request;
    request.set_parent(kCentre);
    request.set_qualification("qualifications/9001-03");
    request.set_mode(mode);
    for (int i = 0; i < rows; ++i) {
      v1::LearnerRow& row = *request.add_learners();
      row.set_enrolment(absl::StrCat("B", i));
      row.set_learner_name(absl::StrCat("Learner ", i));
      *row.mutable_birth_day() = DateOf(absl::CivilDay(2000, 1, 1));
    }
    return request;
  }
  absl::StatusOr<v1::RegisterLearnersResponse> Send(const v1::RegisterLearnersRequest& request) {
    return Call<v1::RegisterLearnersResponse>("LearnerService/RegisterLearners", request, head_);
  }
  std::vector<std::string> List(const std::string& token, const std::string& parent,
                                int page_size = 0) {
    std::vector<std::string> enrolments;
    v1::ListRegistrationsRequest request;
    request.set_parent(parent);
    request.set_page_size(page_size);
    do {
      const auto page =
          Call<v1::ListRegistrationsResponse>("LearnerService/ListRegistrations", request, token);
      EXPECT_THAT(page, IsOk());
      for (const Registration& r : page->registrations()) enrolments.push_back(r.enrolment());
      request.set_page_token(page->next_page_token());
    } while (!request.page_token().empty());
    return enrolments;
  }

  v1::AchievementRow Row(const std::string& registration, const std::string& unit) {
    v1::AchievementRow row;
    row.set_registration(registration);
    row.set_unit(unit);
    row.set_outcome(v1::ACHIEVEMENT_OUTCOME_ACHIEVED);
    row.set_assessor(ann_);
    *row.mutable_assess_day() = DateOf(Today());
    row.set_verifier(bob_);
    *row.mutable_verify_day() = DateOf(Today());
    return row;
  }
  absl::StatusOr<v1::RecordAchievementsResponse> Record(
      const std::vector<v1::AchievementRow>& rows,
      v1::RegistrationMode mode = v1::REGISTRATION_MODE_UNSPECIFIED,
      const std::string& token = "") {
    v1::RecordAchievementsRequest request;
    request.set_parent(kCentre);
    request.set_mode(mode);
    for (const v1::AchievementRow& row : rows) *request.add_achievements() = row;
    return Call<v1::RecordAchievementsResponse>("LearnerService/RecordAchievements", request,
                                                token.empty() ? exams_ : token);
  }
  v1::CheckAwardEligibilityResponse Eligibility(const std::string& name) {
    v1::CheckAwardEligibilityRequest request;
    request.set_name(name);
    const auto answer = Call<v1::CheckAwardEligibilityResponse>(
        "LearnerService/CheckAwardEligibility", request, head_);
    EXPECT_THAT(answer, IsOk());
    return answer.ok() ? *answer : v1::CheckAwardEligibilityResponse();
  }
  std::vector<std::string> Missing(const std::string& name) {
    std::vector<std::string> missing;
    const v1::CheckAwardEligibilityResponse answer = Eligibility(name);
    for (const v1::AwardCondition& condition : answer.conditions()) {
      if (!condition.met()) missing.push_back(condition.rule() + " " + condition.kind());
    }
    return missing;
  }
  absl::StatusOr<Award> Claim(const std::string& name) {
    v1::ClaimAwardRequest request;
    request.set_name(name);
    return Call<Award>("LearnerService/ClaimAward", request, head_);
  }
  absl::StatusOr<Award> Decide(const std::string& name, Award::State outcome,
                               const std::string& reason = "") {
    v1::DecideAwardClaimRequest request;
    request.set_name(name);
    request.set_outcome(outcome);
    request.set_reason(reason);
    return Call<Award>("LearnerService/DecideAwardClaim", request, officer_);
  }
  absl::StatusOr<v1::Restriction> Impose(const std::string& level, std::int64_t most = 0) {
    v1::ImposeRestrictionRequest request;
    request.set_parent(kCentre);
    request.mutable_restriction()->set_kind(v1::Restriction::KIND_SANCTION);
    request.mutable_restriction()->set_level(level);
    request.mutable_restriction()->set_reason("too many learners for the rooms");
    if (most > 0) request.mutable_restriction()->set_learners_max(most);
    return Call<v1::Restriction>("OversightService/ImposeRestriction", request, officer_);
  }
  absl::StatusOr<Registration> Transfer(const std::string& name, const std::string& centre,
                                        const std::string& enrolment) {
    v1::TransferRegistrationRequest transfer;
    transfer.set_name(name);
    transfer.set_destination(centre);
    transfer.set_enrolment(enrolment);
    transfer.set_reason("moved house");
    return Call<Registration>("LearnerService/TransferRegistration", transfer, officer_);
  }
  moderation::v1::ComponentCheck& Moderated(const std::string& component, bool final) {
    moderation::v1::ComponentCheck& check = *moderated_.add_components();
    check.set_component("series/june/components/" + component);
    check.set_submission(check.component() + "/submissions/s1");
    check.mutable_series_end_time()->set_seconds(
        absl::ToUnixSeconds(service_.clock().Now() + absl::Hours(24)));
    check.set_final(final);
    if (!final) {
      auto& blocker = *check.add_blockers();
      blocker.set_message("No sample is drawn.");
      blocker.set_action("Draw the sample.");
      blocker.set_party(moderation::v1::Blocker::PARTY_QUALITY);
    }
    return check;
  }
  absl::StatusOr<v1::Erasure> Erase(const std::string& name) {
    v1::EraseLearnerRequest request;
    request.set_name(name);
    request.set_legal_basis(v1::LEGAL_BASIS_CONSENT_WITHDRAWN);
    request.set_reason("asked for by letter");
    return Call<v1::Erasure>("LearnerService/EraseLearner", request, officer_);
  }
};

TEST_F(LearnerTest, ALearnerIsRegisteredForAsLongAsTheCatalogueAllows) {
  Registration draft = Draft();
  draft.set_uln("1000000043");
  draft.set_programme("Evening course");
  const auto made = Register(draft);
  ASSERT_THAT(made, IsOk());
  EXPECT_EQ(made->state(), Registration::STATE_ACTIVE);
  EXPECT_EQ(made->changes_size(), 1);
  const auto got = Get(made->name(), head_);
  ASSERT_THAT(got, IsOk());
  EXPECT_EQ(got->uln(), "1000000043");
  EXPECT_EQ(got->programme(), "Evening course");
  EXPECT_EQ(got->end_day().year(), made->register_day().year() + 3);  // 36 months, less a day.
}

TEST_F(LearnerTest, RefusalsNameReasonRuleAndPlace) {
  const absl::CivilDay today = Today();
  struct Case {
    std::function<void(Registration&)> spoil;
    Code code;
    std::string_view reason;
    std::string place, what;
  };
  const absl::CivilDay child(today.year() - 16, today.month(), today.day());
  for (const Case& c : std::vector<Case>{
           {[&](auto& r) { *r.mutable_birth_day() = DateOf(child + 1); }, Code::kInvalidArgument,
            kLearnerUnderage, "registration.birth_day", "(QUAL-5)"},
           {[](auto& r) { r.clear_birth_day(); }, Code::kInvalidArgument, kBirthDayInvalid,
            "registration.birth_day", "(QUAL-5)"},
           {[](auto& r) { r.set_uln("1000000063"); }, Code::kInvalidArgument, kUlnInvalid,
            "registration.uln", "(QUAL-10)"},
           {[&](auto& r) { *r.mutable_register_day() = DateOf(today + 1); }, Code::kInvalidArgument,
            kRegistrationPeriodInvalid, "register_day", "(QUAL-5)"},
           {[&](auto& r) { *r.mutable_end_day() = DateOf(today + 1200); }, Code::kInvalidArgument,
            kRegistrationPeriodInvalid, "end_day", "36 months"}}) {
    Registration draft = Draft();
    c.spoil(draft);
    const auto made = Register(draft);
    EXPECT_THAT(made, IsError(c.code, c.reason));
    EXPECT_THAT(FieldsOf(made.status()), Contains(HasSubstr(c.place + ": ")));
    EXPECT_THAT(FieldsOf(made.status()), Contains(HasSubstr(c.what)));
  }
  EXPECT_THAT(List(officer_, "centres/-"), IsEmpty());
}

TEST_F(LearnerTest, ANumberIsRegisteredOnceAndMayBeAgainAfterAWithdrawal) {
  const auto first = Register(Draft());
  ASSERT_THAT(first, IsOk());
  EXPECT_THAT(Register(Draft()), IsError(Code::kAlreadyExists, kEnrolmentExists));
  v1::WithdrawRegistrationRequest withdraw;
  withdraw.set_name(first->name());
  EXPECT_THAT(Call<Registration>("LearnerService/WithdrawRegistration", withdraw, head_),
              IsError(Code::kInvalidArgument, kReasonMissing));
  withdraw.set_reason("left the college");
  const auto withdrawn = Call<Registration>("LearnerService/WithdrawRegistration", withdraw, head_);
  ASSERT_THAT(withdrawn, IsOk());
  EXPECT_EQ(withdrawn->state(), Registration::STATE_WITHDRAWN);
  EXPECT_THAT(Call<Registration>("LearnerService/WithdrawRegistration", withdraw, head_),
              IsError(Code::kFailedPrecondition, kRegistrationStateWrong));
  EXPECT_THAT(Register(Draft()), IsOk());
}

// QUAL-9
TEST_F(LearnerTest, ACentreWithoutApprovalOnTheDayRegistersNobody) {
  Registration draft = Draft();
  draft.set_qualification("qualifications/9002-03");
  EXPECT_THAT(Register(draft), IsError(Code::kFailedPrecondition, kApprovalNotInForce));
  draft = Draft();
  *draft.mutable_register_day() = DateOf(Today() - 1);  // Approved today.
  EXPECT_THAT(Register(draft), IsError(Code::kFailedPrecondition, kApprovalNotInForce));
  EXPECT_THAT(Register(Draft(), neighbour_), IsError(Code::kNotFound, kCentreNotFound));
  EXPECT_THAT(Register(Draft(), neighbour_, kNeighbour),
              IsError(Code::kFailedPrecondition, kApprovalNotInForce));
}

// QUAL-9: what happened to the centre since cannot be dated away.
TEST_F(LearnerTest, ASuspendedCentreRegistersNobodyForYesterday) {
  Pass(2);
  Registration draft = Draft();
  *draft.mutable_register_day() = DateOf(Today() - 1);
  ASSERT_THAT(Register(draft), IsOk());  // Approved on both days.
  v1::SuspendCentreRequest suspend;
  suspend.set_name(kCentre);
  suspend.set_reason("No verifier.");
  ASSERT_THAT(Call<v1::Centre>("CentreService/SuspendCentre", suspend, officer_), IsOk());
  draft.set_enrolment("E2");
  for (const std::string& token : {head_, officer_}) {
    const auto refused = Register(draft, token);
    EXPECT_THAT(refused, IsError(Code::kFailedPrecondition, kApprovalNotInForce));
    EXPECT_EQ(MetadataOf(refused.status(), "rule"), "QUAL-9");
    EXPECT_EQ(MetadataOf(refused.status(), "standing"), "CENTRE_NOT_APPROVED");
    EXPECT_EQ(MetadataOf(refused.status(), "day"), absl::FormatCivilTime(Today()));
    EXPECT_THAT(FieldsOf(refused.status()), ElementsAre(HasSubstr("parent: is not approved on")));
  }
}

// QUAL-5: how far back is the body's policy, and an officer's exception keeps its reason.
TEST_F(LearnerTest, OnlyAnOfficerRegistersFurtherBackThanThePolicyLets) {
  Pass(40);
  const auto on = [&](int days_back, const std::string& token, const std::string& reason = "") {
    v1::CreateRegistrationRequest request;
    request.set_parent(kCentre);
    *request.mutable_registration() = Draft(absl::StrCat("D", days_back, "-", reason.size()));
    *request.mutable_registration()->mutable_register_day() = DateOf(Today() - days_back);
    request.set_backdate_reason(reason);
    return Call<Registration>("LearnerService/CreateRegistration", request, token);
  };
  EXPECT_THAT(on(14, head_), IsOk());
  const auto refused = on(15, head_, "we forgot");
  EXPECT_THAT(refused, IsError(Code::kFailedPrecondition, kBackdatingRefused));
  EXPECT_EQ(MetadataOf(refused.status(), "days_max"), "14");
  EXPECT_EQ(MetadataOf(refused.status(), "rule"), "QUAL-5");
  EXPECT_THAT(FieldsOf(refused.status()), ElementsAre("register_day: is more than 14 days back"));
  const auto unexplained = on(15, officer_);
  EXPECT_THAT(unexplained, IsError(Code::kInvalidArgument, kReasonMissing));
  EXPECT_THAT(FieldsOf(unexplained.status()), ElementsAre("backdate_reason: is empty"));
  const auto made = on(15, officer_, "the centre's list was lost in the post");
  ASSERT_THAT(made, IsOk());
  EXPECT_EQ(Get(made->name(), officer_)->changes(0).reason(),
            "the centre's list was lost in the post");
  v1::UpdateApprovalPolicyRequest update;
  update.set_name("approvalPolicies/9001-03");
  update.set_change_note("registered on the day or not at all");
  ASSERT_THAT(Call<v1::ApprovalPolicy>("ApprovalService/UpdateApprovalPolicy", update, officer_),
              IsOk());
  EXPECT_THAT(on(0, head_), IsOk());
  EXPECT_THAT(on(1, head_), IsError(Code::kFailedPrecondition, kBackdatingRefused));
}

TEST_F(LearnerTest, ABatchIsReportedRowByRowInThreeModes) {
  struct Case {
    v1::RegistrationMode mode;
    int kept;
  };
  for (const Case& c :
       {Case{v1::REGISTRATION_MODE_VALIDATE_ONLY, 0},
        Case{v1::REGISTRATION_MODE_ALL_OR_NOTHING, -1}, Case{v1::REGISTRATION_MODE_KEEP_GOOD, 3}}) {
    v1::RegisterLearnersRequest request = Batch(5, c.mode);
    *request.mutable_learners(1)->mutable_birth_day() = DateOf(Today() - 365);
    request.mutable_learners(3)->set_enrolment("B0");
    const auto report = Send(request);
    if (c.kept < 0) {
      EXPECT_THAT(report, IsError(Code::kInvalidArgument, kRegistrationsRefused));
      EXPECT_THAT(FieldsOf(report.status()),
                  ElementsAre(HasSubstr("learners[1].birth_day: LEARNER_UNDERAGE"),
                              HasSubstr("learners[3].enrolment: ENROLMENT_EXISTS")));
      continue;
    }
    ASSERT_THAT(report, IsOk());
    EXPECT_EQ(report->good_count(), 3);
    EXPECT_EQ(report->refused_count(), 2);
    EXPECT_EQ(report->kept_count(), c.kept);
    EXPECT_EQ(report->registrations_size(), c.kept);
    ASSERT_EQ(report->refusals_size(), 2);
    EXPECT_EQ(report->refusals(0).row(), 1);
    EXPECT_EQ(report->refusals(0).reason(), kLearnerUnderage);
    EXPECT_EQ(report->refusals(0).rule(), "QUAL-5");
    EXPECT_EQ(report->refusals(0).place(), "learners[1].birth_day");
  }
  EXPECT_THAT(List(head_, kCentre, 2), ElementsAre("B0", "B2", "B4"));
}

TEST_F(LearnerTest, FiveThousandLearnersAreRegisteredAtOnce) {
  const auto report = Send(Batch(5000, v1::REGISTRATION_MODE_ALL_OR_NOTHING));
  ASSERT_THAT(report, IsOk());
  EXPECT_EQ(report->kept_count(), 5000);
  EXPECT_THAT(Send(Batch(5001, v1::REGISTRATION_MODE_ALL_OR_NOTHING)),
              IsError(Code::kInvalidArgument, "FIELD_INVALID"));
  // All of them are registered now.
  const auto again = Send(Batch(5000, v1::REGISTRATION_MODE_KEEP_GOOD));
  ASSERT_THAT(again, IsOk());
  EXPECT_EQ(again->refused_count(), 5000);
}

TEST_F(LearnerTest, ACapOnLearnersCapsWhatABatchRegisters) {
  ASSERT_THAT(Impose("learner-cap", 3), IsOk());
  ASSERT_THAT(Register(Draft()), IsOk());
  EXPECT_THAT(Send(Batch(3, v1::REGISTRATION_MODE_ALL_OR_NOTHING)),
              IsError(Code::kInvalidArgument, kRegistrationsRefused));
  const auto kept = Send(Batch(3, v1::REGISTRATION_MODE_KEEP_GOOD));
  ASSERT_THAT(kept, IsOk());
  EXPECT_EQ(kept->kept_count(), 2);
  ASSERT_EQ(kept->refusals_size(), 1);
  EXPECT_EQ(kept->refusals(0).reason(), kRegistrationLimitReached);
  EXPECT_THAT(kept->refusals(0).message(), HasSubstr("too many learners for the rooms"));
  EXPECT_THAT(Register(Draft("E9")), IsError(Code::kFailedPrecondition, kRegistrationLimitReached));
  v1::WithdrawRegistrationRequest withdraw;
  withdraw.set_name(kept->registrations(0));
  withdraw.set_reason("left");
  ASSERT_THAT(Call<Registration>("LearnerService/WithdrawRegistration", withdraw, head_), IsOk());
  EXPECT_THAT(Register(Draft("E9")), IsOk());
}

TEST_F(LearnerTest, ACapHoldsAlsoIfManyRegisterAtOnce) {
  constexpr int kCalls = 16, kPlaces = 5;
  ASSERT_THAT(Impose("learner-cap", kPlaces), IsOk());
  std::vector<absl::Status> answers(kCalls);
  std::vector<std::thread> callers;
  for (int i = 0; i < kCalls; ++i) {
    callers.emplace_back([&, i] { answers[i] = Register(Draft(absl::StrCat("T", i))).status(); });
  }
  for (std::thread& caller : callers) caller.join();
  int registered = 0;
  for (const absl::Status& answer : answers) {
    registered += answer.ok();
    if (!answer.ok()) {
      EXPECT_THAT(answer, IsError(Code::kFailedPrecondition, kRegistrationLimitReached));
    }
  }
  EXPECT_EQ(registered, kPlaces);
  EXPECT_EQ(List(officer_, kCentre).size(), static_cast<std::size_t>(kPlaces));
}

TEST_F(LearnerTest, SanctionsStopRegistrationsCertificatesAndDirectClaims) {
  const auto made = Register(Draft());
  ASSERT_THAT(Record({Row(made->name(), "301"), Row(made->name(), "302")}), IsOk());
  EXPECT_THAT(Missing(made->name()), IsEmpty());
  ASSERT_THAT(Impose("certification-stopped"), IsOk());
  EXPECT_THAT(Missing(made->name()), ElementsAre("QUAL-9 SANCTION"));
  EXPECT_THAT(Claim(made->name()), IsError(Code::kFailedPrecondition, kAwardNotEligible));
  EXPECT_THAT(Register(Draft("E2")), IsError(Code::kFailedPrecondition, kRegistrationsStopped));
}

TEST_F(LearnerTest, TheFirstLearnerKeepsAnApprovalFromLapsingUnused) {
  ASSERT_THAT(Register(Draft()), IsOk());
  v1::ListQualificationApprovalsRequest list;
  list.set_parent(kCentre);
  const auto approvals = Call<v1::ListQualificationApprovalsResponse>(
      "ApprovalService/ListQualificationApprovals", list, officer_);
  ASSERT_THAT(approvals, IsOk());
  ASSERT_EQ(approvals->qualification_approvals_size(), 1);
  EXPECT_TRUE(approvals->qualification_approvals(0).has_first_use_date());
}

TEST_F(LearnerTest, CorrectionsAreCheckedAndSaidWithoutPersonalData) {
  const auto made = Register(Draft());
  v1::CorrectRegistrationRequest correct;
  correct.set_name(made->name());
  correct.set_reason("misspelt on the form");
  EXPECT_THAT(Call<Registration>("LearnerService/CorrectRegistration", correct, head_),
              IsError(Code::kInvalidArgument, "FIELD_INVALID"));
  correct.set_uln("1000000063");
  EXPECT_THAT(Call<Registration>("LearnerService/CorrectRegistration", correct, head_),
              IsError(Code::kInvalidArgument, kUlnInvalid));
  correct.set_uln("7673614579");
  correct.set_learner_name("Ada King");
  const auto corrected = Call<Registration>("LearnerService/CorrectRegistration", correct, head_);
  ASSERT_THAT(corrected, IsOk());
  EXPECT_EQ(corrected->learner_name(), "Ada King");
  EXPECT_EQ(corrected->changes(1).reason(), "learner_name, uln: misspelt on the form");
  correct.set_etag(made->etag());
  EXPECT_THAT(Call<Registration>("LearnerService/CorrectRegistration", correct, head_),
              IsError(Code::kAborted, "ETAG_MISMATCH"));
}

TEST_F(LearnerTest, NumbersAndBirthDaysAreNotForThoseWhoMark) {
  Registration draft = Draft();
  draft.set_uln("1000000043");
  const auto made = Register(draft);
  const auto seen = Get(made->name(), assessor_);
  ASSERT_THAT(seen, IsOk());
  EXPECT_EQ(seen->learner_name(), "Ada Lovelace");
  EXPECT_EQ(seen->uln(), "");
  EXPECT_FALSE(seen->has_birth_day());
  EXPECT_THAT(Get(made->name(), neighbour_), IsError(Code::kNotFound, kRegistrationNotFound));
  EXPECT_THAT(List(neighbour_, "centres/-"), IsEmpty());
}

// QUAL-10: moderation knows learners by their national number.
TEST_F(LearnerTest, IsFoundByTheNationalNumberForAQualification) {
  Registration draft = Draft();
  draft.set_uln("1000000043");
  const auto made = Register(draft);
  ASSERT_THAT(made, IsOk());
  v1::FindRegistrationRequest find;
  find.set_parent(kCentre);
  find.set_qualification("qualifications/9001-03");
  find.set_uln("1000000043");
  const auto found = Call<Registration>("LearnerService/FindRegistration", find, head_);
  ASSERT_THAT(found, IsOk());
  EXPECT_EQ(found->name(), made->name());
  EXPECT_THAT(Call<Registration>("LearnerService/FindRegistration", find, neighbour_),
              IsError(Code::kNotFound, kRegistrationNotFound));
  find.set_qualification("qualifications/3818-13");
  EXPECT_THAT(Call<Registration>("LearnerService/FindRegistration", find, head_),
              IsError(Code::kNotFound, kRegistrationNotFound));
  find.clear_uln();
  EXPECT_THAT(Call<Registration>("LearnerService/FindRegistration", find, head_),
              IsError(Code::kInvalidArgument, "FIELD_INVALID"));
}

TEST_F(LearnerTest, AnOfficerExtendsThePeriod) {
  const auto made = Register(Draft());
  const absl::CivilDay end(made->end_day().year(), made->end_day().month(), made->end_day().day());
  v1::ExtendRegistrationRequest extend;
  extend.set_name(made->name());
  extend.set_reason("long illness");
  *extend.mutable_end_day() = DateOf(end);
  EXPECT_THAT(Call<Registration>("LearnerService/ExtendRegistration", extend, officer_),
              IsError(Code::kInvalidArgument, kRegistrationPeriodInvalid));
  *extend.mutable_end_day() = DateOf(end + 90);
  EXPECT_THAT(Call<Registration>("LearnerService/ExtendRegistration", extend, officer_), IsOk());
  EXPECT_THAT(Call<Registration>("LearnerService/ExtendRegistration", extend, head_), Not(IsOk()));
}

TEST_F(LearnerTest, ATransferCarriesWhatWasAchieved) {
  const auto made = Register(Draft());
  ASSERT_THAT(Record({Row(made->name(), "301")}), IsOk());
  v1::TransferRegistrationRequest transfer;
  transfer.set_name(made->name());
  transfer.set_destination(kNeighbour);
  transfer.set_enrolment("N1");
  transfer.set_reason("moved house");
  const auto refused =
      Call<Registration>("LearnerService/TransferRegistration", transfer, officer_);
  EXPECT_THAT(refused, IsError(Code::kFailedPrecondition, kApprovalNotInForce));
  Approve(kNeighbour, "9001-03");
  const auto moved = Call<Registration>("LearnerService/TransferRegistration", transfer, officer_);
  ASSERT_THAT(moved, IsOk());
  EXPECT_EQ(moved->predecessor(), made->name());
  const auto old = Get(made->name(), head_);
  EXPECT_EQ(old->state(), Registration::STATE_TRANSFERRED);
  EXPECT_EQ(old->successor(), moved->name());
  v1::ListAchievementsRequest list;
  list.set_parent(moved->name());
  const auto carried =
      Call<v1::ListAchievementsResponse>("LearnerService/ListAchievements", list, neighbour_);
  ASSERT_THAT(carried, IsOk());
  ASSERT_EQ(carried->achievements_size(), 1);
  EXPECT_EQ(carried->achievements(0).assessor(), ann_);
  transfer.set_name(moved->name());
  EXPECT_THAT(Call<Registration>("LearnerService/TransferRegistration", transfer, officer_),
              IsError(Code::kInvalidArgument, kTransferInvalid));
}

// QUAL-6
TEST_F(LearnerTest, WhoMarkedNeverVerifies) {
  const auto made = Register(Draft());
  v1::AchievementRow row = Row(made->name(), "301");
  row.set_verifier(ann_);
  const auto refused = Record({row});
  EXPECT_THAT(refused, IsError(Code::kInvalidArgument, kAchievementsRefused));
  EXPECT_THAT(FieldsOf(refused.status()),
              ElementsAre(AllOf(HasSubstr("achievements[0].verifier: SELF_VERIFICATION"),
                                HasSubstr("(QUAL-6)"))));
  row.set_verifier(bob_);
  v1::AchievementRow foreign = Row(made->name(), "302");
  foreign.set_assessor("centres/urn-100002/staff/zoe");
  v1::AchievementRow unknown = Row(made->name(), "999");
  const auto kept = Record({row, foreign, unknown, row}, v1::REGISTRATION_MODE_KEEP_GOOD);
  ASSERT_THAT(kept, IsOk());
  EXPECT_EQ(kept->kept_count(), 1);
  std::vector<std::string> reasons;
  for (const v1::RowRefusal& refusal : kept->refusals()) {
    reasons.push_back(absl::StrCat(refusal.row(), " ", refusal.reason()));
  }
  EXPECT_THAT(reasons, ElementsAre("1 STAFF_NOT_ELIGIBLE", "2 UNIT_NOT_IN_QUALIFICATION",
                                   "3 FIELD_INVALID"));
}

TEST_F(LearnerTest, MarkersAreCompetentHaveTheRoleAndNoConflictWithTheLearner) {
  const auto made = Register(Draft());
  const std::string new_here = Employ("Cat", v1::STAFF_ROLE_ASSESSOR, {});
  v1::AchievementRow row = Row(made->name(), "301");
  for (const std::string& nobody : {new_here, bob_, absl::StrCat(kCentre, "/staff/nobody")}) {
    row.set_assessor(nobody);
    if (nobody == bob_) row.set_verifier(ann_);
    EXPECT_THAT(FieldsOf(Record({row}).status()), Contains(HasSubstr("STAFF_NOT_ELIGIBLE")));
  }
  v1::DeclareConflictRequest declare;
  declare.set_parent(bob_);
  declare.mutable_conflict()->set_with_whom("Ada Lovelace");
  declare.mutable_conflict()->set_nature("uncle of Ada Lovelace");
  ASSERT_THAT(Call<v1::StaffConflict>("StaffService/DeclareConflict", declare, head_), IsOk());
  EXPECT_THAT(FieldsOf(Record({Row(made->name(), "301")}).status()),
              ElementsAre(HasSubstr("conflict of interest")));
  ASSERT_THAT(Erase(made->name()), IsOk());
  v1::GetStaffRequest get;
  get.set_name(bob_);
  const auto staff = Call<v1::StaffMember>("StaffService/GetStaff", get, head_);
  ASSERT_THAT(staff, IsOk());
  EXPECT_THAT(staff->SerializeAsString(), Not(HasSubstr("Lovelace")));
}

// QUAL-8
TEST_F(LearnerTest, ACentresOwnFormIsApprovedBeforeItIsUsed) {
  v1::CreateRecordingFormRequest propose;
  propose.set_parent(kCentre);
  v1::RecordingForm& form = *propose.mutable_recording_form();
  form.set_qualification("qualifications/9001-03");
  form.set_title("Shop log");
  form.set_changes("A column for the till.");
  form.set_evidence("centres/urn-100002/evidence/e1");
  EXPECT_THAT(Call<v1::RecordingForm>("RecordingFormService/CreateRecordingForm", propose, head_),
              IsError(Code::kInvalidArgument, "FIELD_INVALID"));
  form.set_evidence("centres/urn-100000/evidence/e1");
  const auto proposed =
      Call<v1::RecordingForm>("RecordingFormService/CreateRecordingForm", propose, head_);
  ASSERT_THAT(proposed, IsOk());
  const auto made = Register(Draft());
  v1::AchievementRow row = Row(made->name(), "301");
  row.clear_verifier();
  row.clear_verify_day();
  *row.mutable_assess_day() = DateOf(Today());
  row.set_recording_form(proposed->name());
  const auto refused = Record({row});
  EXPECT_THAT(refused, IsError(Code::kInvalidArgument, kAchievementsRefused));
  EXPECT_THAT(FieldsOf(refused.status()),
              ElementsAre(AllOf(HasSubstr("achievements[0].recording_form"),
                                HasSubstr("RECORDING_FORM_NOT_APPROVED"), HasSubstr("QUAL-8"))));
  v1::ApproveRecordingFormRequest approve;
  approve.set_name(proposed->name());
  EXPECT_THAT(Call<v1::RecordingForm>("RecordingFormService/ApproveRecordingForm", approve, head_),
              IsError(Code::kPermissionDenied, "ROLE_NOT_ALLOWED"));
  *approve.mutable_from_day() = DateOf(Today() - 1);
  EXPECT_THAT(
      Call<v1::RecordingForm>("RecordingFormService/ApproveRecordingForm", approve, officer_),
      IsError(Code::kInvalidArgument, kDaysInvalid));
  approve.clear_from_day();
  ASSERT_THAT(
      Call<v1::RecordingForm>("RecordingFormService/ApproveRecordingForm", approve, officer_),
      IsOk());
  ASSERT_THAT(Record({row}), IsOk());
  v1::ListAchievementsRequest list;
  list.set_parent(made->name());
  const auto kept =
      Call<v1::ListAchievementsResponse>("LearnerService/ListAchievements", list, head_);
  ASSERT_THAT(kept, IsOk());
  EXPECT_EQ(kept->achievements(0).recording_form(), proposed->name());
  v1::RefuseRecordingFormRequest refuse;
  refuse.set_name(proposed->name());
  refuse.set_reason("too late");
  EXPECT_THAT(Call<v1::RecordingForm>("RecordingFormService/RefuseRecordingForm", refuse, officer_),
              IsError(Code::kFailedPrecondition, kRecordingFormStateWrong));
  v1::WithdrawRecordingFormRequest withdraw;
  withdraw.set_name(proposed->name());
  withdraw.set_reason("a newer one");
  ASSERT_THAT(
      Call<v1::RecordingForm>("RecordingFormService/WithdrawRecordingForm", withdraw, head_),
      IsOk());
  v1::GetRecordingFormRequest get;
  get.set_name(proposed->name());
  const auto withdrawn =
      Call<v1::RecordingForm>("RecordingFormService/GetRecordingForm", get, head_);
  ASSERT_THAT(withdrawn, IsOk());
  EXPECT_EQ(withdrawn->state(), v1::RecordingForm::STATE_WITHDRAWN);
  // Which officer approved it is still there (QUAL-8).
  EXPECT_EQ(withdrawn->officer(), "users/head");
  EXPECT_EQ(withdrawn->approved_by(), "users/officer");
  EXPECT_TRUE(withdrawn->has_approve_time());
  EXPECT_THAT(Call<v1::RecordingForm>("RecordingFormService/GetRecordingForm", get, neighbour_),
              IsError(Code::kNotFound, kRecordingFormNotFound));
  v1::ListRecordingFormsRequest forms;
  forms.set_parent("centres/-");
  const auto listed = Call<v1::ListRecordingFormsResponse>(
      "RecordingFormService/ListRecordingForms", forms, officer_);
  ASSERT_THAT(listed, IsOk());
  EXPECT_EQ(listed->recording_forms_size(), 1);
}

// QUAL-8
TEST_F(LearnerTest, AWithdrawnCentreProposesNoForm) {
  v1::WithdrawCentreRequest withdraw;
  withdraw.set_name(kCentre);
  withdraw.set_reason("closes its doors");
  ASSERT_THAT(Call<v1::Centre>("CentreService/WithdrawCentre", withdraw, officer_), IsOk());
  v1::CreateRecordingFormRequest propose;
  propose.set_parent(kCentre);
  propose.mutable_recording_form()->set_qualification("qualifications/9001-03");
  propose.mutable_recording_form()->set_title("Log");
  propose.mutable_recording_form()->set_changes("a column");
  propose.mutable_recording_form()->set_evidence("centres/urn-100000/evidence/e1");
  const auto refused =
      Call<v1::RecordingForm>("RecordingFormService/CreateRecordingForm", propose, head_);
  EXPECT_THAT(refused, IsError(Code::kFailedPrecondition, kCentreStateWrong));
  EXPECT_EQ(platform::MetadataOf(refused.status(), "rule"), "QUAL-8");
}

TEST_F(LearnerTest, WhatIsRecordedAgainIsAVersion) {
  const auto made = Register(Draft());
  v1::AchievementRow row = Row(made->name(), "301");
  row.clear_verifier();
  row.clear_verify_day();
  ASSERT_THAT(Record({row}), IsOk());
  EXPECT_EQ(Record({row})->kept_count(), 0);  // Says nothing new.
  row = Row(made->name(), "301");
  ASSERT_THAT(Record({row}), IsOk());
  row.set_outcome(v1::ACHIEVEMENT_OUTCOME_NOT_ACHIEVED);
  EXPECT_THAT(Record({row}), IsError(Code::kInvalidArgument, kAchievementsRefused));
  row.set_change_note("marked again after an appeal");
  ASSERT_THAT(Record({row}), IsOk());
  v1::ListAchievementVersionsRequest list;
  list.set_parent(made->name() + "/achievements/301");
  list.set_page_size(2);
  const auto first = Call<v1::ListAchievementVersionsResponse>(
      "LearnerService/ListAchievementVersions", list, head_);
  ASSERT_THAT(first, IsOk());
  ASSERT_EQ(first->achievements_size(), 2);
  list.set_page_token(first->next_page_token());
  const auto second = Call<v1::ListAchievementVersionsResponse>(
      "LearnerService/ListAchievementVersions", list, head_);
  ASSERT_THAT(second, IsOk());
  ASSERT_EQ(second->achievements_size(), 1);
  EXPECT_EQ(second->achievements(0).version(), 3);
  EXPECT_EQ(second->achievements(0).change_note(), "marked again after an appeal");
  list.set_parent(made->name() + "/achievements/302");
  list.clear_page_token();
  EXPECT_THAT(Call<v1::ListAchievementVersionsResponse>("LearnerService/ListAchievementVersions",
                                                        list, head_),
              IsError(Code::kNotFound, kAchievementNotFound));
}

// QUAL-9
TEST_F(LearnerTest, AnAwardIsClaimedOnceEverythingIsMetAndDecidedByAnOfficer) {
  const auto made = Register(Draft());
  EXPECT_THAT(Missing(made->name()), ElementsAre("QUAL-3 COMBINATION"));
  const auto early = Claim(made->name());
  EXPECT_THAT(early, IsError(Code::kFailedPrecondition, kAwardNotEligible));
  EXPECT_THAT(FieldsOf(early.status()), ElementsAre(HasSubstr("(QUAL-3)")));
  v1::AchievementRow unverified = Row(made->name(), "302");
  unverified.clear_verifier();
  unverified.clear_verify_day();
  ASSERT_THAT(Record({Row(made->name(), "301"), unverified}), IsOk());
  EXPECT_THAT(Missing(made->name()), ElementsAre("QUAL-6 VERIFICATION", "QUAL-3 COMBINATION"));
  ASSERT_THAT(Record({Row(made->name(), "302")}), IsOk());
  EXPECT_THAT(Missing(made->name()), IsEmpty());
  const auto claimed = Claim(made->name());
  ASSERT_THAT(claimed, IsOk());
  EXPECT_EQ(claimed->state(), Award::STATE_CLAIMED);
  EXPECT_FALSE(claimed->direct());
  EXPECT_THAT(Claim(made->name()), IsError(Code::kAlreadyExists, kAwardExists));
  EXPECT_THAT(Decide(claimed->name(), Award::STATE_REFUSED),
              IsError(Code::kInvalidArgument, kReasonMissing));
  ASSERT_THAT(Decide(claimed->name(), Award::STATE_REFUSED, "work of unit 302 is not at hand"),
              IsOk());
  const auto again = Claim(made->name());
  ASSERT_THAT(again, IsOk());
  const auto awarded = Decide(again->name(), Award::STATE_AWARDED);
  ASSERT_THAT(awarded, IsOk());
  EXPECT_EQ(awarded->state(), Award::STATE_AWARDED);
  EXPECT_EQ(awarded->credits(), 3);
  EXPECT_EQ(awarded->officer(), "users/officer");
  EXPECT_EQ(Get(made->name(), head_)->state(), Registration::STATE_AWARDED);
  EXPECT_THAT(Decide(again->name(), Award::STATE_REFUSED, "too late"),
              IsError(Code::kFailedPrecondition, kAwardStateWrong));
}

// QUAL-9
TEST_F(LearnerTest, ModerationIsFinalBeforeAnAwardIsMade) {
  Registration draft = Draft();
  draft.set_uln("1000000043");
  const auto made = Register(draft);
  ASSERT_THAT(Record({Row(made->name(), "301"), Row(made->name(), "302")}), IsOk());
  Moderated("project", false);
  EXPECT_THAT(Missing(made->name()), ElementsAre("QUAL-9 MODERATION"));
  ASSERT_FALSE(asked_.empty());
  EXPECT_EQ(asked_.back().parent(), "series/-");
  EXPECT_EQ(asked_.back().qualification(), "qualifications/9001-03");
  EXPECT_EQ(asked_.back().uln(), "1000000043");
  EXPECT_EQ(asked_.back().centre(), kCentre);
  EXPECT_EQ(asked_.back().candidate(), "E1");
  const v1::AwardCondition condition = Eligibility(made->name()).conditions(0);
  EXPECT_EQ(condition.who(), "quality");
  EXPECT_EQ(condition.message(),
            "series/june/components/project: No sample is drawn. Draw the sample.");
  const auto early = Claim(made->name());
  EXPECT_THAT(early, IsError(Code::kFailedPrecondition, kAwardNotEligible));
  EXPECT_THAT(FieldsOf(early.status()), ElementsAre(HasSubstr("(QUAL-9)")));
  moderated_.Clear();
  Moderated("project", true);
  const auto claimed = Claim(made->name());
  ASSERT_THAT(claimed, IsOk());
  // The decision asks again, and a service that is away is not an answer.
  moderation_status_ = absl::UnavailableError("gone");
  const auto blind = Decide(claimed->name(), Award::STATE_AWARDED);
  EXPECT_THAT(blind, IsError(Code::kFailedPrecondition, kAwardNotEligible));
  EXPECT_THAT(FieldsOf(blind.status()), ElementsAre(HasSubstr("could not be asked: gone")));
  EXPECT_EQ(Eligibility(made->name()).conditions(0).who(), "operator");
  // Moderation itself asks without its own part, and is not asked for it.
  const std::size_t asked = asked_.size();
  v1::CheckAwardEligibilityRequest check;
  check.set_name(made->name());
  check.set_without_moderation(true);
  const auto rest = Call<v1::CheckAwardEligibilityResponse>("LearnerService/CheckAwardEligibility",
                                                            check, officer_);
  ASSERT_THAT(rest, IsOk());
  EXPECT_TRUE(rest->eligible());
  EXPECT_EQ(asked_.size(), asked);
  EXPECT_THAT(Decide(claimed->name(), Award::STATE_REFUSED, "not today"), IsOk());
  EXPECT_EQ(asked_.size(), asked) << "a refusal needs nobody's answer";
}

// QUAL-9
TEST_F(LearnerTest, UnitsOfATransferNeedTheApprovalOfTheCentreThatMarkedThem) {
  Approve(kNeighbour, "9001-03");
  const auto made = Register(Draft());
  v1::SuspendCentreRequest suspend;
  suspend.set_name(kCentre);
  suspend.set_reason("a complaint");
  ASSERT_THAT(Call<v1::Centre>("CentreService/SuspendCentre", suspend, officer_), IsOk());
  ASSERT_THAT(Record({Row(made->name(), "301"), Row(made->name(), "302")}), IsOk());
  EXPECT_THAT(Missing(made->name()), ElementsAre("QUAL-9 APPROVAL"));
  const auto moved = Transfer(made->name(), kNeighbour, "N1");
  ASSERT_THAT(moved, IsOk());
  v1::CheckAwardEligibilityRequest check;
  check.set_name(moved->name());
  const auto answer = Call<v1::CheckAwardEligibilityResponse>(
      "LearnerService/CheckAwardEligibility", check, neighbour_);
  ASSERT_THAT(answer, IsOk());
  EXPECT_FALSE(answer->eligible());
  ASSERT_EQ(answer->conditions(0).kind(), "APPROVAL");
  EXPECT_THAT(answer->conditions(0).message(), HasSubstr("urn-100000"));
  // Moderation is asked about the learner at both centres.
  ASSERT_GE(asked_.size(), 2u);
  EXPECT_EQ(asked_[asked_.size() - 2].candidate(), "N1");
  EXPECT_EQ(asked_.back().centre(), kCentre);
  EXPECT_EQ(asked_.back().candidate(), "E1");
}

// EVD-5: without a learner number, at both centres, in texts in any case.
TEST_F(LearnerTest, AnErasedLearnerIsGoneFromBothEndsOfATransferAndFromTexts) {
  Approve(kNeighbour, "9001-03");
  const auto made = Register(Draft());
  v1::RecordCompetenceRequest competence;
  competence.set_parent(ann_);
  competence.mutable_competence()->set_qualification("qualifications/9001-03");
  competence.mutable_competence()->set_kind(v1::COMPETENCE_KIND_TRAINING);
  competence.mutable_competence()->set_what("trained ADA LOVELACE");
  ASSERT_THAT(Call<v1::StaffCompetence>("StaffService/RecordCompetence", competence, head_),
              IsOk());
  v1::CreateRecordingFormRequest propose;
  propose.set_parent(kCentre);
  propose.mutable_recording_form()->set_qualification("qualifications/9001-03");
  propose.mutable_recording_form()->set_title("Form of ada lovelace");
  propose.mutable_recording_form()->set_changes("for e1");
  propose.mutable_recording_form()->set_evidence("centres/urn-100000/evidence/e1x");
  const auto form =
      Call<v1::RecordingForm>("RecordingFormService/CreateRecordingForm", propose, head_);
  ASSERT_THAT(form, IsOk());
  v1::SuspendCentreRequest suspend;
  suspend.set_name(kCentre);
  suspend.set_reason("what Ada Lovelace wrote");
  ASSERT_THAT(Call<v1::Centre>("CentreService/SuspendCentre", suspend, officer_), IsOk());
  const auto moved = Transfer(made->name(), kNeighbour, "N1");
  ASSERT_THAT(moved, IsOk());
  const auto erasure = Erase(moved->name());
  ASSERT_THAT(erasure, IsOk());
  EXPECT_EQ(erasure->registrations_size(), 2);
  std::string all;
  for (const std::string& name : {made->name(), moved->name()}) {
    const auto got = Get(name, officer_);
    ASSERT_THAT(got, IsOk());
    EXPECT_EQ(got->state(), Registration::STATE_ERASED);
    all += got->SerializeAsString();
  }
  v1::GetStaffRequest staff;
  staff.set_name(ann_);
  all += Call<v1::StaffMember>("StaffService/GetStaff", staff, head_)->SerializeAsString();
  v1::GetRecordingFormRequest get;
  get.set_name(form->name());
  const auto kept = Call<v1::RecordingForm>("RecordingFormService/GetRecordingForm", get, head_);
  EXPECT_THAT(kept->changes(), HasSubstr("for erased-"));
  all += kept->SerializeAsString();
  v1::GetCentreRequest centre;
  centre.set_name(kCentre);
  all += Call<v1::Centre>("CentreService/GetCentre", centre, officer_)->SerializeAsString();
  v1::ListTimelineRequest timeline;
  timeline.set_parent(kCentre);
  timeline.set_page_size(1000);
  all += Call<v1::ListTimelineResponse>("OversightService/ListTimeline", timeline, officer_)
             ->SerializeAsString();
  all = absl::AsciiStrToLower(all);
  EXPECT_THAT(all, HasSubstr("[erased]"));
  EXPECT_THAT(all, Not(HasSubstr("lovelace")));
}

// QUAL-6: through every version, and not by the marker's own hand.
TEST_F(LearnerTest, WhoMarkedAnyVersionNeverVerifiesNorSaysWhoDid) {
  const auto made = Register(Draft());
  EXPECT_THAT(
      FieldsOf(Record({Row(made->name(), "301")}, v1::REGISTRATION_MODE_UNSPECIFIED, assessor_)
                   .status()),
      ElementsAre(
          AllOf(HasSubstr("achievements[0].verifier: SELF_VERIFICATION"), HasSubstr("(QUAL-6)"))));
  const std::string cat = Employ("Cat", v1::STAFF_ROLE_ASSESSOR, {"9001-03"});
  v1::GetStaffRequest get;
  get.set_name(ann_);
  const auto ann = Call<v1::StaffMember>("StaffService/GetStaff", get, head_);
  v1::UpdateStaffRequest update;
  update.set_name(ann_);
  update.set_etag(ann->etag());
  update.set_reason("verifies too");
  update.mutable_staff_member()->set_display_name("Ann");
  update.mutable_staff_member()->set_subject("users/ann");
  update.mutable_staff_member()->add_roles()->set_role(v1::STAFF_ROLE_ASSESSOR);
  update.mutable_staff_member()->add_roles()->set_role(v1::STAFF_ROLE_INTERNAL_VERIFIER);
  ASSERT_THAT(Call<v1::StaffMember>("StaffService/UpdateStaff", update, head_), IsOk());
  v1::AchievementRow row = Row(made->name(), "301");
  row.clear_verifier();
  row.clear_verify_day();
  // The marker alone records what they marked.
  ASSERT_THAT(Record({row}, v1::REGISTRATION_MODE_UNSPECIFIED, assessor_), IsOk());
  row.set_assessor(cat);
  row.set_change_note("marked again");
  ASSERT_THAT(Record({row}), IsOk());
  row.set_verifier(ann_);
  *row.mutable_verify_day() = DateOf(Today());
  EXPECT_THAT(FieldsOf(Record({row}).status()),
              ElementsAre(HasSubstr("achievements[0].verifier: SELF_VERIFICATION")));
  row.set_verifier(bob_);
  EXPECT_THAT(Record({row}), IsOk());
}

// QUAL-9: of two restrictions each refusal names its own.
TEST_F(LearnerTest, ARefusalNamesTheRestrictionThatStopsIt) {
  const auto cap = Impose("learner-cap", 1);
  ASSERT_THAT(cap, IsOk());
  ASSERT_THAT(Register(Draft()), IsOk());
  v1::ImposeRestrictionRequest request;
  request.set_parent(kCentre);
  request.mutable_restriction()->set_kind(v1::Restriction::KIND_SANCTION);
  request.mutable_restriction()->set_level("direct-claims-stopped");
  request.mutable_restriction()->set_reason("marks were generous");
  const auto claims =
      Call<v1::Restriction>("OversightService/ImposeRestriction", request, officer_);
  ASSERT_THAT(claims, IsOk());
  const auto refused = Register(Draft("E2"));
  EXPECT_THAT(refused, IsError(Code::kFailedPrecondition, kRegistrationLimitReached));
  EXPECT_THAT(FieldsOf(refused.status()),
              ElementsAre(AllOf(HasSubstr(cap->name()), Not(HasSubstr(claims->name())))));
  v1::GetDirectClaimStatusRequest get;
  get.set_name(absl::StrCat(kCentre, "/directClaimStatuses/9001-03"));
  const auto status =
      Call<v1::DirectClaimStatus>("QualityReviewService/GetDirectClaimStatus", get, officer_);
  ASSERT_THAT(status, IsOk());
  EXPECT_THAT(status->stop_reason(), HasSubstr(claims->name()));
}

// Every refusal of this area says which rule, and where.
TEST_F(LearnerTest, RefusalsNameTheRuleAndThePlace) {
  const auto made = Register(Draft());
  const auto gone = Register(Draft("E2"));
  v1::WithdrawRegistrationRequest withdraw;
  withdraw.set_name(gone->name());
  withdraw.set_reason("left");
  ASSERT_THAT(Call<Registration>("LearnerService/WithdrawRegistration", withdraw, head_), IsOk());
  ASSERT_THAT(Record({Row(made->name(), "301"), Row(made->name(), "302")}), IsOk());
  const auto claimed = Claim(made->name());
  ASSERT_THAT(claimed, IsOk());
  const auto blocked = Erase(made->name());
  const auto again = Claim(made->name());
  ASSERT_THAT(Decide(claimed->name(), Award::STATE_AWARDED), IsOk());
  v1::CreateRecordingFormRequest propose;
  propose.set_parent(kNeighbour);
  propose.mutable_recording_form()->set_qualification("qualifications/9001-03");
  propose.mutable_recording_form()->set_title("Log");
  propose.mutable_recording_form()->set_changes("a column");
  propose.mutable_recording_form()->set_evidence("centres/urn-100002/evidence/e1");
  const auto form =
      Call<v1::RecordingForm>("RecordingFormService/CreateRecordingForm", propose, neighbour_);
  ASSERT_THAT(form, IsOk());
  v1::WithdrawRecordingFormRequest end;
  end.set_name(form->name());
  end.set_reason("never used");
  Registration elsewhere = Draft("E3");
  elsewhere.set_qualification("qualifications/9002-03");
  v1::RecordQualityReviewRequest review;
  review.set_parent(kCentre);
  *review.mutable_quality_review()->mutable_review_day() = DateOf(Today());
  v1::AchievementRow late = Row(gone->name(), "301");
  ASSERT_THAT(Register(Draft("E8")), IsOk());
  ASSERT_THAT(Impose("learner-cap", 1), IsOk());
  struct Case {
    absl::Status status;
    std::string_view reason;
    std::string rule, place;
  };
  std::vector<Case> cases = {
      {Register(elsewhere).status(), kApprovalNotInForce, "QUAL-9", "parent"},
      {Register(Draft("E4")).status(), kRegistrationLimitReached, "QUAL-9",
       "registration.enrolment"},
      {Call<Registration>("LearnerService/WithdrawRegistration", withdraw, head_).status(),
       kRegistrationStateWrong, "QUAL-5", "name"},
      {Transfer(gone->name(), kNeighbour, "N1").status(), kRegistrationStateWrong, "QUAL-5",
       "name"},
      {again.status(), kAwardExists, "QUAL-9", "name"},
      {Decide(claimed->name(), Award::STATE_REFUSED, "late").status(), kAwardStateWrong, "QUAL-9",
       "name"},
      {blocked.status(), kErasureBlocked, "EVD-5", "name"},
      {Record({late}).status(), kAchievementsRefused, "QUAL-5", "achievements[0].registration"},
      {Call<v1::RecordingForm>("RecordingFormService/WithdrawRecordingForm", end, neighbour_)
           .status(),
       kRecordingFormStateWrong, "QUAL-8", "name"},
      {Call<v1::QualityReview>("QualityReviewService/RecordQualityReview", review, officer_)
           .status(),
       kQualityReviewRefused, "MOD-14", "quality_review.grades"}};
  ASSERT_THAT(Impose("certification-stopped"), IsOk());
  cases.push_back({Register(Draft("E5")).status(), kRegistrationsStopped, "QUAL-9", "parent"});
  for (const Case& c : cases) {
    EXPECT_EQ(platform::ReasonOf(c.status), c.reason) << c.status;
    EXPECT_EQ(platform::MetadataOf(c.status, "rule"), c.rule) << c.status;
    EXPECT_THAT(FieldsOf(c.status), Contains(::testing::StartsWith(c.place + ": "))) << c.status;
  }
}

TEST_F(LearnerTest, AnErasedLearnerIsNowhereButInTheAward) {
  Approve(kCentre, "9002-03");
  Registration draft = Draft();
  draft.set_uln("1000000043");
  const auto made = Register(draft);
  draft.set_qualification("qualifications/9002-03");
  const auto other = Register(draft);
  ASSERT_THAT(other, IsOk());
  ASSERT_THAT(Record({Row(made->name(), "301"), Row(made->name(), "302")}), IsOk());
  // A planner that names the learner in its second version, and no longer in its third.
  v1::GetPlannerRequest get;
  get.set_name(planner_);
  const auto planner = Call<v1::Planner>("PlannerService/GetPlanner", get, head_);
  v1::UpdatePlannerRequest update;
  update.set_name(planner_);
  update.set_etag(planner->etag());
  update.set_change_note("the cohort");
  for (const auto& [number, name] : {std::pair{"E1", "Ada Lovelace"}, {"E12", "Ben"}}) {
    v1::PlannerLearner& learner = *update.mutable_document()->add_learners();
    learner.set_enrolment(number);
    learner.set_learner_name(name);
  }
  const auto second = Call<v1::Planner>("PlannerService/UpdatePlanner", update, head_);
  ASSERT_THAT(second, IsOk());
  update.set_etag(second->etag());
  update.set_change_note("Ada Lovelace (E1) has left");
  update.mutable_document()->mutable_learners()->DeleteSubrange(0, 1);
  ASSERT_THAT(Call<v1::Planner>("PlannerService/UpdatePlanner", update, head_), IsOk());

  const auto claimed = Claim(made->name());
  ASSERT_THAT(claimed, IsOk());
  EXPECT_THAT(Erase(made->name()), IsError(Code::kFailedPrecondition, kErasureBlocked));
  ASSERT_THAT(Decide(claimed->name(), Award::STATE_AWARDED), IsOk());
  const auto erasure = Erase(made->name());
  ASSERT_THAT(erasure, IsOk());
  EXPECT_EQ(erasure->registrations_size(), 2);
  EXPECT_EQ(erasure->planner_version_count(), 2);
  EXPECT_THAT(erasure->kept_awards(), ElementsAre(claimed->name()));
  EXPECT_EQ(erasure->officer(), "users/officer");

  std::string all;
  for (const std::string& name : {made->name(), other->name()}) {
    const auto erased = Get(name, head_);
    ASSERT_THAT(erased, IsOk());
    EXPECT_EQ(erased->state(), Registration::STATE_ERASED);
    EXPECT_EQ(erased->erasure(), erasure->name());
    all += erased->SerializeAsString();
  }
  for (const char* number : {"2", "3"}) {
    v1::GetPlannerVersionRequest version;
    version.set_name(absl::StrCat(planner_, "/versions/", number));
    const auto got = Call<v1::PlannerVersion>("PlannerService/GetPlannerVersion", version, head_);
    ASSERT_THAT(got, IsOk());
    EXPECT_THAT(got->SerializeAsString(), HasSubstr("E12"));
    all += got->SerializeAsString();
  }
  all += erasure->SerializeAsString();
  for (const char* trace : {"Ada", "Lovelace", "1000000043", "(E1)"}) {
    EXPECT_THAT(all, Not(HasSubstr(trace)));
  }
  v1::GetAwardRequest award;
  award.set_name(claimed->name());
  EXPECT_EQ(Call<Award>("LearnerService/GetAward", award, officer_)->learner_name(),
            "Ada Lovelace");
  EXPECT_THAT(Erase(made->name()), IsError(Code::kFailedPrecondition, kRegistrationStateWrong));
  v1::ListErasuresRequest list;
  list.set_parent(kCentre);
  EXPECT_EQ(
      Call<v1::ListErasuresResponse>("LearnerService/ListErasures", list, head_)->erasures_size(),
      1);
}

TEST_F(LearnerTest, EmployerInvolvementStandsInTheWayOfAnAwardThatAsksForIt) {
  Approve(kCentre, "9002-03");
  Registration draft = Draft();
  draft.set_qualification("qualifications/9002-03");
  const auto made = Register(draft);
  ASSERT_THAT(Record({Row(made->name(), "301"), Row(made->name(), "302")}), IsOk());
  EXPECT_THAT(Missing(made->name()), ElementsAre("EI-1 INVOLVEMENT"));
}

}  // namespace
}  // namespace assay::approval
