// Approval for qualifications from application to lapse, through the RPCs, on the real wiring.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "assay/approval/v1/approval_service.pb.h"
#include "assay/approval/v1/centre_service.pb.h"
#include "assay/approval/v1/events.pb.h"
#include "assay/approval/v1/planner_service.pb.h"
#include "assay/approval/v1/qualification_service.pb.h"
#include "services/approval/wiring.h"
#include "services/platform/error/error.h"
#include "services/platform/testing/service_fixture.h"
#include "services/platform/testing/status_matchers.h"

namespace assay::approval {
namespace {

using platform::testing::IsError;
using platform::testing::IsOk;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;
using Code = absl::StatusCode;
using Approval = v1::QualificationApproval;

constexpr char kFile[] =
    "URN,LAESTAB,SCHNAME,STREET,TOWN,POSTCODE,ICLOSE,OPENDATE,CLOSEDATE,ISNEW,NFTYPE,AGEL,AGEH,"
    "OTHERURN\n"
    "100000,6813614,Hill College,Main Street,Leeds,LS1 4AP,1,,,0,College,16,19,\n"
    "100002,6816006,Vale College,Long Lane,Leeds,LS1 4AP,1,,,0,College,16,19,\n";
constexpr char kCentre[] = "centres/urn-100000";

google::type::Date DateOf(absl::CivilDay day) {
  google::type::Date date;
  date.set_year(static_cast<int>(day.year()));
  date.set_month(day.month());
  date.set_day(day.day());
  return date;
}
absl::CivilDay DayOf(const google::type::Date& date) {
  return absl::CivilDay(date.year(), date.month(), date.day());
}

class ApprovalTest : public ::testing::Test {
 protected:
  ApprovalTest() : service_(Definition(config_)) {
    officer_ = service_.Token({.subject = "users/officer", .roles = {"quality"}});
    head_ = service_.Token({.subject = "users/head", .roles = {"centre_head"}, .centre = kCentre});
    neighbour_ = service_.Token({.roles = {"centre_head"}, .centre = "centres/urn-100002"});
    today_ = absl::ToCivilDay(service_.clock().Now(), absl::UTCTimeZone());
    v1::ImportCentresRequest import;
    import.set_layout("england-establishments");
    import.mutable_content()->set_data(kFile);
    const std::vector<const google::protobuf::Message*> pieces = {&import};
    v1::ImportCentresResponse imported;
    EXPECT_THAT(service_.CallUpload("assay.approval.v1.CentreService/ImportCentres", pieces,
                                    imported, officer_),
                IsOk());
    v1::ApproveCentreRequest approve;
    approve.set_name(kCentre);
    EXPECT_THAT(Call<v1::Centre>("CentreService/ApproveCentre", approve, officer_), IsOk());
  }

  template <typename Response, typename Request>
  absl::StatusOr<Response> Call(const std::string& method, const Request& request,
                                const std::string& token) {
    return service_.Call<Response>("assay.approval.v1." + method, request, token);
  }
  void AddQualification(const std::string& number, bool involvement = false,
                        const std::string& fast_track_from = "") {
    v1::CreateQualificationRequest create;
    v1::Qualification& q = *create.mutable_qualification();
    q.set_number(number);
    q.set_title("Made for tests");
    q.set_level(3);
    q.set_employer_involvement(involvement);
    if (!fast_track_from.empty()) q.add_fast_track_from(fast_track_from);
    q.add_units()->set_number("301");
    q.mutable_combination()->set_title("All");
    q.mutable_combination()->add_units("301");
    create.set_change_note("for tests");
    EXPECT_THAT(
        Call<v1::Qualification>("QualificationService/CreateQualification", create, officer_),
        IsOk());
  }
  absl::StatusOr<Approval> Apply(const std::string& number, bool fast_track = false) {
    v1::CreateQualificationApprovalRequest apply;
    apply.set_parent(kCentre);
    apply.mutable_qualification_approval()->set_qualification("qualifications/" + number);
    apply.mutable_qualification_approval()->set_fast_track(fast_track);
    return Call<Approval>("ApprovalService/CreateQualificationApproval", apply, head_);
  }
  absl::StatusOr<Approval> Approve(const std::string& name,
                                   v1::ApproveQualificationApprovalRequest request = {}) {
    request.set_name(name);
    return Call<Approval>("ApprovalService/ApproveQualificationApproval", request, officer_);
  }
  std::string Approved(const std::string& number) {
    const auto applied = Apply(number);
    EXPECT_THAT(applied, IsOk());
    EXPECT_THAT(Approve(applied->name()), IsOk());
    return applied->name();
  }
  template <typename Request>
  absl::StatusOr<Approval> Decide(const std::string& method, const std::string& name) {
    Request request;
    request.set_name(name);
    request.set_reason("as agreed");
    return Call<Approval>("ApprovalService/" + method, request, officer_);
  }
  absl::Status SetPolicy(const v1::ApprovalPolicy& policy,
                         const std::string& name = "approvalPolicies/default") {
    v1::UpdateApprovalPolicyRequest request;
    request.set_name(name);
    *request.mutable_policy() = policy;
    request.set_change_note("as agreed");
    return Call<v1::ApprovalPolicy>("ApprovalService/UpdateApprovalPolicy", request, officer_)
        .status();
  }
  std::string Reason(absl::CivilDay day, const std::string& number = "3818-13") {
    v1::CheckApprovalRequest check;
    check.set_centre(kCentre);
    check.set_qualification("qualifications/" + number);
    *check.mutable_date() = DateOf(day);
    const auto answer =
        Call<v1::CheckApprovalResponse>("ApprovalService/CheckApproval", check, head_);
    EXPECT_THAT(answer, IsOk());
    return answer.ok() ? answer->reason() : "failed";
  }
  absl::StatusOr<Approval> Get(const std::string& name) {
    v1::GetQualificationApprovalRequest get;
    get.set_name(name);
    return Call<Approval>("ApprovalService/GetQualificationApproval", get, head_);
  }
  void PassDays(int days) {
    service_.clock().Advance(absl::Hours(24) * days);
    today_ += days;
    officer_ = service_.Token({.subject = "users/officer", .roles = {"quality"}});
  }
  absl::StatusOr<v1::Planner> OpenPlanner(const std::string& approval) {
    v1::CreatePlannerRequest create;
    create.set_parent(kCentre);
    v1::Planner& planner = *create.mutable_planner();
    planner.set_qualification_approval(approval);
    *planner.mutable_first_day() = DateOf(today_);
    *planner.mutable_last_day() = DateOf(today_ + 300);
    return Call<v1::Planner>("PlannerService/CreatePlanner", create, head_);
  }
  absl::Status FindMeeting(const std::string& planner) {
    v1::SubmitPlannerRequest submit;
    submit.set_name(planner);
    const auto submitted = Call<v1::Planner>("PlannerService/SubmitPlanner", submit, head_);
    if (!submitted.ok()) return submitted.status();
    v1::JudgePlannerRequest judge;
    judge.set_name(planner);
    judge.set_etag(submitted->etag());
    judge.set_outcome(v1::Planner::STATE_MEETS);
    judge.set_feedback("The learners are not enrolled yet.");
    return Call<v1::Planner>("PlannerService/JudgePlanner", judge, officer_).status();
  }

  Config config_;
  platform::testing::TestService service_;
  absl::CivilDay today_;
  std::string officer_, head_, neighbour_;
};

TEST_F(ApprovalTest, SuspendsAndReinstatesAndKnowsEveryDayAfterwards) {
  const std::string name = Approved("3818-13");
  const absl::CivilDay first = today_;
  PassDays(10);
  ASSERT_THAT(Decide<v1::SuspendQualificationApprovalRequest>("SuspendQualificationApproval", name),
              IsOk());
  EXPECT_EQ(Reason(today_), "SUSPENDED");
  EXPECT_THAT(Decide<v1::SuspendQualificationApprovalRequest>("SuspendQualificationApproval", name),
              IsError(Code::kFailedPrecondition, "APPROVAL_STATE_WRONG"));
  // Nothing else can be applied for meanwhile, and it is not approved a second time.
  EXPECT_THAT(Apply("3818-13"), IsError(Code::kAlreadyExists, "APPROVAL_EXISTS"));
  EXPECT_THAT(Approve(name), IsError(Code::kFailedPrecondition, "APPROVAL_STATE_WRONG"));
  PassDays(5);
  const auto back =
      Decide<v1::ReinstateQualificationApprovalRequest>("ReinstateQualificationApproval", name);
  ASSERT_THAT(back, IsOk());
  EXPECT_EQ(back->state(), Approval::STATE_APPROVED);
  EXPECT_EQ(DayOf(back->effective_date()), first);
  PassDays(5);
  ASSERT_THAT(
      Decide<v1::WithdrawQualificationApprovalRequest>("WithdrawQualificationApproval", name),
      IsOk());
  struct Case {
    int day;
    const char* reason;
  };
  for (const Case& c : {Case{-1, "CENTRE_NOT_APPROVED"},
                        {0, ""},
                        {9, ""},
                        {10, "SUSPENDED"},
                        {14, "SUSPENDED"},
                        {15, ""},
                        {19, ""},
                        {20, "WITHDRAWN"}}) {
    EXPECT_EQ(Reason(first + c.day), c.reason) << c.day;
  }
  v1::ListApprovalChangesRequest list;
  list.set_parent(name);
  list.set_page_size(3);
  std::vector<std::string> changes;
  do {
    const auto page =
        Call<v1::ListApprovalChangesResponse>("ApprovalService/ListApprovalChanges", list, head_);
    ASSERT_THAT(page, IsOk());
    for (const v1::ApprovalChange& change : page->changes()) {
      changes.push_back(
          absl::StrCat(change.what(), " ", DayOf(change.day()) - first, " by ", change.actor()));
    }
    list.set_page_token(page->next_page_token());
  } while (!list.page_token().empty());
  EXPECT_THAT(changes,
              ElementsAre("applied 0 by users/head", "approved 0 by users/officer",
                          "suspended 10 by users/officer", "reinstated 15 by users/officer",
                          "withdrawn 20 by users/officer"));
  EXPECT_THAT(Call<v1::ListApprovalChangesResponse>("ApprovalService/ListApprovalChanges", list,
                                                    neighbour_),
              IsError(Code::kNotFound, "APPROVAL_NOT_FOUND"));
}

// QUAL-7
TEST_F(ApprovalTest, OpensTheFastTrackOnlyToCentresWithTheApprovalThatTheCatalogueNames) {
  EXPECT_THAT(Apply("3818-13", /*fast_track=*/true),
              IsError(Code::kFailedPrecondition, "FAST_TRACK_NOT_OPEN"));
  AddQualification("3815-03");
  Approved("3815-03");
  v1::ApprovalPolicy policy;
  policy.set_answer_days(40);
  policy.set_fast_track_answer_days(5);
  ASSERT_THAT(SetPolicy(policy), IsOk());
  const auto applied = Apply("3818-13", /*fast_track=*/true);
  ASSERT_THAT(applied, IsOk());
  EXPECT_TRUE(applied->fast_track());
  EXPECT_EQ(applied->fast_track_from(), "qualifications/3815-03");
  EXPECT_EQ(DayOf(applied->answer_due_date()), today_ + 5);
  EXPECT_THAT(Apply("3815-03", true), IsError(Code::kAlreadyExists, "APPROVAL_EXISTS"));
}

TEST_F(ApprovalTest, FindsApplicationsThatShouldHaveBeenAnswered) {
  const auto applied = Apply("3818-13");
  ASSERT_THAT(applied, IsOk());
  EXPECT_EQ(DayOf(applied->answer_due_date()), today_ + 30);
  const auto overdue = [&] {
    v1::ListQualificationApprovalsRequest list;
    list.set_parent("centres/-");
    list.set_overdue(true);
    return Call<v1::ListQualificationApprovalsResponse>(
               "ApprovalService/ListQualificationApprovals", list, officer_)
        ->qualification_approvals_size();
  };
  PassDays(30);
  EXPECT_EQ(overdue(), 0);
  PassDays(1);
  EXPECT_EQ(overdue(), 1);
  ASSERT_THAT(Approve(applied->name()), IsOk());
  EXPECT_EQ(overdue(), 0);
}

// EI-1, EI-9
TEST_F(ApprovalTest, ApprovesATechnicalQualificationOnlyWithAPlannerThatMeetsRequirements) {
  AddQualification("9001-03", /*involvement=*/true);
  const auto applied = Apply("9001-03");
  ASSERT_THAT(applied, IsOk());
  EXPECT_THAT(Approve(applied->name()), IsError(Code::kFailedPrecondition, "PLANNER_MISSING"));
  const auto planner = OpenPlanner(applied->name());
  ASSERT_THAT(planner, IsOk());
  EXPECT_THAT(Approve(applied->name()), IsError(Code::kFailedPrecondition, "PLANNER_MISSING"));
  // A condition helps only where the policy allows it.
  v1::ApproveQualificationApprovalRequest with;
  v1::ApprovalCondition& condition = *with.add_conditions();
  condition.set_kind(v1::ApprovalCondition::KIND_PLANNER);
  condition.set_text("Hand in the planner.");
  *condition.mutable_due_date() = DateOf(today_ + 60);
  EXPECT_THAT(Approve(applied->name(), with),
              IsError(Code::kFailedPrecondition, "PLANNER_MISSING"));
  ASSERT_THAT(FindMeeting(planner->name()), IsOk());
  EXPECT_THAT(Approve(applied->name()), IsOk());
}

TEST_F(ApprovalTest, ClosesAPlannerConditionOnlyOnceThePlannerMeets) {
  AddQualification("9001-03", /*involvement=*/true);
  v1::ApprovalPolicy policy;
  policy.set_planner_as_condition(true);
  ASSERT_THAT(SetPolicy(policy, "approvalPolicies/9001-03"), IsOk());
  const auto applied = Apply("9001-03");
  v1::ApproveQualificationApprovalRequest with;
  v1::ApprovalCondition& condition = *with.add_conditions();
  condition.set_kind(v1::ApprovalCondition::KIND_PLANNER);
  condition.set_text("Hand in the planner.");
  *condition.mutable_due_date() = DateOf(today_);
  EXPECT_THAT(Approve(applied->name(), with), IsError(Code::kInvalidArgument, "DEADLINE_INVALID"));
  EXPECT_EQ(Get(applied->name())->state(), Approval::STATE_APPLIED);
  *condition.mutable_due_date() = DateOf(today_ + 60);
  const auto approved = Approve(applied->name(), with);
  ASSERT_THAT(approved, IsOk());
  ASSERT_EQ(approved->conditions_size(), 1);
  EXPECT_EQ(approved->conditions(0).state(), v1::ApprovalCondition::STATE_OPEN);

  v1::CloseApprovalConditionRequest close;
  close.set_name(applied->name());
  close.set_condition(1);
  close.set_state(v1::ApprovalCondition::STATE_MET);
  close.set_reason("seen");
  const auto closed = [&] {
    return Call<Approval>("ApprovalService/CloseApprovalCondition", close, officer_);
  };
  EXPECT_THAT(closed(), IsError(Code::kFailedPrecondition, "PLANNER_MISSING"));
  ASSERT_THAT(FindMeeting(OpenPlanner(applied->name())->name()), IsOk());
  ASSERT_THAT(closed(), IsOk());
  EXPECT_THAT(closed(), IsError(Code::kFailedPrecondition, "CONDITION_STATE_WRONG"));
  close.set_condition(2);
  EXPECT_THAT(closed(), IsError(Code::kNotFound, "CONDITION_NOT_FOUND"));
  v1::AddApprovalConditionRequest add;
  add.set_name(applied->name());
  add.mutable_condition()->set_text("Train a second verifier.");
  *add.mutable_condition()->mutable_due_date() = DateOf(today_ + 90);
  ASSERT_THAT(Call<Approval>("ApprovalService/AddApprovalCondition", add, officer_), IsOk());
  close.set_state(v1::ApprovalCondition::STATE_WAIVED);
  const auto waived = closed();
  ASSERT_THAT(waived, IsOk());
  ASSERT_EQ(waived->conditions_size(), 2);
  EXPECT_EQ(waived->conditions(1).state(), v1::ApprovalCondition::STATE_WAIVED);
  EXPECT_EQ(waived->conditions(1).closed_by(), "users/officer");
}

TEST_F(ApprovalTest, ExpiresAsThePolicySaysUnlessItIsRenewed) {
  v1::ApprovalPolicy policy;
  policy.set_valid_days(100);
  ASSERT_THAT(SetPolicy(policy), IsOk());
  const std::string name = Approved("3818-13");
  const absl::CivilDay first = today_;
  EXPECT_EQ(DayOf(Get(name)->expire_date()), first + 100);
  EXPECT_EQ(Reason(first + 99), "");
  EXPECT_EQ(Reason(first + 100), "EXPIRED");
  v1::RenewQualificationApprovalRequest renew;
  renew.set_name(name);
  renew.set_reason("visited");
  *renew.mutable_expire_date() = DateOf(first + 100);
  EXPECT_THAT(Call<Approval>("ApprovalService/RenewQualificationApproval", renew, officer_),
              IsError(Code::kInvalidArgument, "DEADLINE_INVALID"));
  *renew.mutable_expire_date() = DateOf(first + 120);
  EXPECT_THAT(Call<Approval>("ApprovalService/RenewQualificationApproval", renew, officer_),
              IsOk());
  EXPECT_EQ(Reason(first + 119), "");
  EXPECT_EQ(Reason(first + 120), "EXPIRED");
  EXPECT_THAT(Apply("3818-13"), IsError(Code::kAlreadyExists, "APPROVAL_EXISTS"));
  PassDays(120);
  head_ = service_.Token({.subject = "users/head", .roles = {"centre_head"}, .centre = kCentre});
  *renew.mutable_expire_date() = DateOf(first + 200);
  EXPECT_THAT(Call<Approval>("ApprovalService/RenewQualificationApproval", renew, officer_),
              IsError(Code::kFailedPrecondition, "APPROVAL_STATE_WRONG"));
  // What has expired does not stand in the way, and is closed as lapsed.
  ASSERT_THAT(Apply("3818-13"), IsOk());
  EXPECT_EQ(Get(name)->state(), Approval::STATE_LAPSED);
  EXPECT_EQ(Reason(first + 119), "");
  EXPECT_EQ(Reason(first + 120), "EXPIRED");
}

TEST_F(ApprovalTest, LapsesIfNoLearnerIsRegisteredInTime) {
  v1::ApprovalPolicy policy;
  policy.set_first_use_days(50);
  ASSERT_THAT(SetPolicy(policy), IsOk());
  Approved("3818-13");
  EXPECT_EQ(Reason(today_ + 49), "");
  EXPECT_EQ(Reason(today_ + 50), "NOT_USED_IN_TIME");
}

TEST_F(ApprovalTest, ClosesWhatHasEndedAndTellsTheCentreOnce) {
  v1::ApprovalPolicy policy;
  policy.set_first_use_days(50);
  ASSERT_THAT(SetPolicy(policy), IsOk());
  const std::string name = Approved("3818-13");
  PassDays(49);
  ASSERT_THAT(service_.RunPeriodic("approval.endings"), IsOk());
  EXPECT_EQ(Get(name)->state(), Approval::STATE_APPROVED);
  PassDays(1);
  const std::size_t before = service_.Outbox().size();
  for (int i = 0; i < 2; ++i) ASSERT_THAT(service_.RunPeriodic("approval.endings"), IsOk());
  EXPECT_EQ(service_.Outbox().size(), before + 1);
  EXPECT_EQ(service_.Outbox().back().type, "assay.approval.v1.QualificationApprovalStateChanged");
  const auto lapsed = Get(name);
  EXPECT_EQ(lapsed->state(), Approval::STATE_LAPSED);
  EXPECT_EQ(DayOf(lapsed->end_date()), today_);
}

// NOT-3: conditions go the way of all that is due, each notice once.
TEST_F(ApprovalTest, RemindsOfAConditionByThePolicyOfOversightAndEscalatesIt) {
  const auto applied = Apply("3818-13");
  v1::ApproveQualificationApprovalRequest with;
  v1::ApprovalCondition& condition = *with.add_conditions();
  condition.set_text("Train a second verifier.");
  *condition.mutable_due_date() = DateOf(today_ + 30);
  ASSERT_THAT(Approve(applied->name(), with), IsOk());
  std::vector<std::string> told;
  const auto run = [&](int days) {
    PassDays(days);
    const std::size_t before = service_.Outbox().size();
    for (int i = 0; i < 2; ++i) {
      EXPECT_THAT(service_.RunPeriodic("approval.endings"), IsOk());
      EXPECT_THAT(service_.RunPeriodic("approval.deadlines"), IsOk());
    }
    for (std::size_t i = before; i < service_.Outbox().size(); ++i) {
      v1::CentreDeadlineRaised raised;
      EXPECT_EQ(service_.Outbox()[i].type, "assay.approval.v1.CentreDeadlineRaised");
      EXPECT_TRUE(raised.ParseFromString(service_.Outbox()[i].payload));
      EXPECT_EQ(raised.item(), applied->name() + "/conditions/1");
      EXPECT_EQ(raised.rule(), "QUAL-7");
      EXPECT_EQ(raised.party(), "centre");
      EXPECT_THAT(raised.text(), HasSubstr("Train a second verifier."));
      told.push_back(absl::StrCat(raised.timing(), " ", raised.days_left()));
    }
  };
  const auto overdue = [&] {
    v1::ListQualificationApprovalsRequest list;
    list.set_parent(kCentre);
    list.set_condition_overdue(true);
    return Call<v1::ListQualificationApprovalsResponse>(
               "ApprovalService/ListQualificationApprovals", list, officer_)
        ->qualification_approvals_size();
  };
  run(1);
  EXPECT_THAT(told, IsEmpty());
  run(1);
  run(21);
  run(6);
  EXPECT_THAT(told, ElementsAre("AHEAD 28", "AHEAD 7", "AHEAD 1"));
  EXPECT_EQ(overdue(), 0);
  run(2);
  run(6);
  run(1);
  EXPECT_THAT(told, ElementsAre("AHEAD 28", "AHEAD 7", "AHEAD 1", "OVERDUE -1", "OVERDUE -7"));
  EXPECT_EQ(overdue(), 1);
}

// NOT-3, QUAL-7: nobody has answered, and an approval nobody uses is about to lapse.
TEST_F(ApprovalTest, RemindsTheQualityTeamOfApplicationsAndTheCentreOfWhatEnds) {
  v1::ApprovalPolicy policy;
  policy.set_answer_days(7);
  policy.set_first_use_days(20);
  ASSERT_THAT(SetPolicy(policy), IsOk());
  const std::string given = Approved("3818-13");
  AddQualification("9002-03");
  const auto waits = Apply("9002-03");
  ASSERT_THAT(waits, IsOk());
  PassDays(8);
  ASSERT_THAT(service_.RunPeriodic("approval.deadlines"), IsOk());
  std::vector<std::string> told;
  for (const platform::Event& event : service_.Outbox()) {
    v1::CentreDeadlineRaised raised;
    if (event.type != raised.GetTypeName()) continue;
    ASSERT_TRUE(raised.ParseFromString(event.payload));
    told.push_back(absl::StrCat(raised.item(), " ", raised.timing(), " ", raised.party()));
  }
  EXPECT_THAT(told, ::testing::UnorderedElementsAre(waits->name() + " OVERDUE quality",
                                                    given + " AHEAD centre"));
}

// One that cannot be closed (its centre is gone) holds up no other.
TEST_F(ApprovalTest, ClosesTheOthersWhenOneCannotBeClosed) {
  v1::ApprovalPolicy policy;
  policy.set_first_use_days(5);
  ASSERT_THAT(SetPolicy(policy), IsOk());
  const std::string name = Approved("3818-13");
  ASSERT_THAT(service_.database().WriteNow([](platform::Transaction& tx) {
    return tx
        .Execute(
            "INSERT INTO qualification_approvals SELECT tenant, 'urn-1', id, "
            "qualification, state, effective_day, end_day, state_reason, create_us, "
            "update_us, version, fast_track_from, answer_due_day, expire_day, "
            "first_use_due_day, first_use_day, applied_policy, applied_policy_version, "
            "applied_catalogue_version, decided_policy, decided_policy_version, "
            "decided_catalogue_version FROM qualification_approvals",
            {})
        .status();
  }),
              IsOk());
  PassDays(5);
  EXPECT_EQ(service_.RunPeriodic("approval.endings").code(), Code::kInternal);
  EXPECT_EQ(Get(name)->state(), Approval::STATE_LAPSED);
}

// QUAL-7, QUAL-9
TEST_F(ApprovalTest, ApprovesFromAPastDayOnlyWithAReasonAndWhereTheCentreWasApproved) {
  const absl::CivilDay approved = today_;
  PassDays(10);
  const auto applied = Apply("3818-13");
  ASSERT_THAT(applied, IsOk());
  v1::ApproveQualificationApprovalRequest request;
  *request.mutable_effective_date() = DateOf(today_ - 3);
  const auto bare = Approve(applied->name(), request);
  EXPECT_THAT(bare, IsError(Code::kInvalidArgument, "REASON_MISSING"));
  EXPECT_THAT(platform::FieldsOf(bare.status()), ElementsAre(StartsWith("reason: ")));
  request.set_reason("The letter of the 3rd said so.");
  *request.mutable_effective_date() = DateOf(approved - 1);
  EXPECT_THAT(Approve(applied->name(), request),
              IsError(Code::kInvalidArgument, "EFFECTIVE_DATE_INVALID"));
  *request.mutable_effective_date() = DateOf(approved);
  const auto given = Approve(applied->name(), request);
  ASSERT_THAT(given, IsOk());
  EXPECT_EQ(DayOf(given->effective_date()), approved);
  v1::ListApprovalChangesRequest list;
  list.set_parent(applied->name());
  const auto changes =
      Call<v1::ListApprovalChangesResponse>("ApprovalService/ListApprovalChanges", list, head_);
  ASSERT_EQ(changes->changes_size(), 2);
  EXPECT_EQ(changes->changes(1).reason(), "The letter of the 3rd said so.");
}

// QUAL-7: which version of the rules an application was taken by, and which decided it.
TEST_F(ApprovalTest, KeepsTheVersionsThatAnApprovalWasDecidedBy) {
  AddQualification("9002-03");
  const auto applied = Apply("9002-03");
  ASSERT_THAT(applied, IsOk());
  EXPECT_EQ(applied->applied_under().policy(), "approvalPolicies/default");
  EXPECT_EQ(applied->applied_under().policy_version(), 0);
  EXPECT_EQ(applied->applied_under().catalogue_version(), 1);
  EXPECT_FALSE(applied->has_decided_under());
  v1::ApprovalPolicy policy;
  policy.set_valid_days(100);
  ASSERT_THAT(SetPolicy(policy, "approvalPolicies/9002-03"), IsOk());
  const auto approved = Approve(applied->name());
  ASSERT_THAT(approved, IsOk());
  EXPECT_EQ(approved->applied_under().policy_version(), 0);
  EXPECT_EQ(approved->decided_under().policy(), "approvalPolicies/9002-03");
  EXPECT_EQ(approved->decided_under().policy_version(), 1);
  EXPECT_EQ(approved->decided_under().catalogue_version(), 1);
  // Later versions and decisions change nothing of it.
  ASSERT_THAT(SetPolicy(policy, "approvalPolicies/9002-03"), IsOk());
  ASSERT_THAT(Decide<v1::WithdrawQualificationApprovalRequest>("WithdrawQualificationApproval",
                                                               applied->name()),
              IsOk());
  EXPECT_EQ(Get(applied->name())->decided_under().policy_version(), 1);
}

// QUAL-7
TEST_F(ApprovalTest, APolicyCountsFromItsFirstDay) {
  const auto get = [&](std::optional<absl::CivilDay> day = std::nullopt, int version = 0) {
    v1::GetApprovalPolicyRequest request;
    request.set_name("approvalPolicies/default");
    if (day.has_value()) *request.mutable_date() = DateOf(*day);
    request.set_version(version);
    return Call<v1::ApprovalPolicy>("ApprovalService/GetApprovalPolicy", request, officer_);
  };
  v1::UpdateApprovalPolicyRequest update;
  update.set_name("approvalPolicies/default");
  update.mutable_policy()->set_answer_days(7);
  update.set_change_note("as agreed");
  const auto set = [&] {
    return Call<v1::ApprovalPolicy>("ApprovalService/UpdateApprovalPolicy", update, officer_);
  };
  *update.mutable_effective_date() = DateOf(today_ - 1);
  EXPECT_THAT(set(), IsError(Code::kInvalidArgument, "DEADLINE_INVALID"));
  *update.mutable_effective_date() = DateOf(today_ + 10);
  ASSERT_THAT(set(), IsOk());
  // Until then the service's own values count; what is to come is seen.
  EXPECT_EQ(get()->version(), 0);
  EXPECT_EQ(get()->latest_version(), 1);
  EXPECT_EQ(DayOf(Apply("3818-13")->answer_due_date()), today_ + 30);
  EXPECT_EQ(get(today_ + 10)->version(), 1);
  EXPECT_EQ(get(today_ + 10)->answer_days(), 7);
  EXPECT_EQ(DayOf(get(std::nullopt, 1)->effective_date()), today_ + 10);
  EXPECT_THAT(get(std::nullopt, 2), IsError(Code::kNotFound, "APPROVAL_POLICY_NOT_FOUND"));
  EXPECT_THAT(get(today_, 1), IsError(Code::kInvalidArgument, "FIELD_INVALID"));
  // Versions come into force in their order, and the etag is that of the last.
  update.mutable_policy()->set_answer_days(3);
  *update.mutable_effective_date() = DateOf(today_ + 9);
  EXPECT_THAT(set(), IsError(Code::kInvalidArgument, "DEADLINE_INVALID"));
  update.clear_effective_date();
  update.set_etag("\"0\"");
  EXPECT_THAT(set(), IsError(Code::kAborted, "ETAG_MISMATCH"));
  update.set_etag(get()->etag());
  const auto second = set();
  ASSERT_THAT(second, IsOk());
  EXPECT_EQ(DayOf(second->effective_date()), today_ + 10);
  PassDays(10);
  EXPECT_EQ(get()->version(), 2);
  EXPECT_EQ(get()->answer_days(), 3);
}

// Bad input: whatever is refused says why, by which rule, and where.
TEST_F(ApprovalTest, EveryRefusalHasAReasonARuleAndAPlace) {
  AddQualification("9001-03", /*involvement=*/true);
  const auto technical = Apply("9001-03");
  const std::string given = Approved("3818-13");
  AddQualification("9002-03");
  const auto waits = Apply("9002-03");
  ASSERT_THAT(waits, IsOk());
  const auto condition = [&](const std::string& name, absl::CivilDay due) {
    v1::AddApprovalConditionRequest add;
    add.set_name(name);
    add.mutable_condition()->set_text("Train.");
    *add.mutable_condition()->mutable_due_date() = DateOf(due);
    return Call<Approval>("ApprovalService/AddApprovalCondition", add, officer_).status();
  };
  ASSERT_THAT(condition(given, today_ + 9), IsOk());
  const auto close = [&](int number) {
    v1::CloseApprovalConditionRequest request;
    request.set_name(given);
    request.set_condition(number);
    request.set_state(v1::ApprovalCondition::STATE_MET);
    request.set_reason("seen");
    return Call<Approval>("ApprovalService/CloseApprovalCondition", request, officer_).status();
  };
  ASSERT_THAT(close(1), IsOk());
  v1::ApproveQualificationApprovalRequest backdated, ends, conditional;
  *backdated.mutable_effective_date() = DateOf(today_ - 1);
  v1::ApproveQualificationApprovalRequest before = backdated;
  before.set_reason("late");
  *ends.mutable_expire_date() = DateOf(today_);
  conditional.add_conditions()->set_text("Train.");
  *conditional.mutable_conditions(0)->mutable_due_date() = DateOf(today_);
  v1::RenewQualificationApprovalRequest renew;
  renew.set_name(given);
  renew.set_reason("visited");
  *renew.mutable_expire_date() = DateOf(today_);
  v1::UpdateApprovalPolicyRequest past;
  past.set_name("approvalPolicies/default");
  past.set_change_note("x");
  *past.mutable_effective_date() = DateOf(today_ - 1);
  v1::ApprovalPolicy negative;
  negative.set_valid_days(-1);
  v1::WithdrawCentreRequest withdraw;
  withdraw.set_name(kCentre);
  withdraw.set_reason("left");
  struct Case {
    absl::Status refused;
    const char* reason;
    const char* rule;
    const char* place;
  };
  std::vector<Case> cases = {
      {Approve(given).status(), "APPROVAL_STATE_WRONG", "QUAL-7", "name"},
      {Decide<v1::WithdrawQualificationApprovalRequest>("WithdrawQualificationApproval",
                                                        waits->name())
           .status(),
       "APPROVAL_STATE_WRONG", "QUAL-7", "name"},
      {condition(waits->name(), today_ + 9), "APPROVAL_STATE_WRONG", "QUAL-7", "name"},
      {Approve(technical->name()).status(), "PLANNER_MISSING", "EI-9", "name"},
      {Approve(waits->name(), backdated).status(), "REASON_MISSING", "QUAL-7", "reason"},
      {Approve(waits->name(), before).status(), "EFFECTIVE_DATE_INVALID", "QUAL-7",
       "effective_date"},
      {Approve(waits->name(), ends).status(), "DEADLINE_INVALID", "QUAL-7", "expire_date"},
      {Approve(waits->name(), conditional).status(), "DEADLINE_INVALID", "QUAL-7",
       "conditions[0].due_date"},
      {condition(given, today_), "DEADLINE_INVALID", "QUAL-7", "condition.due_date"},
      {Call<Approval>("ApprovalService/RenewQualificationApproval", renew, officer_).status(),
       "DEADLINE_INVALID", "QUAL-7", "expire_date"},
      {close(1), "CONDITION_STATE_WRONG", "QUAL-7", "condition"},
      {close(9), "CONDITION_NOT_FOUND", "QUAL-7", "condition"},
      {Apply("3818-13").status(), "APPROVAL_EXISTS", "QUAL-7",
       "qualification_approval.qualification"},
      {Call<v1::ApprovalPolicy>("ApprovalService/UpdateApprovalPolicy", past, officer_).status(),
       "DEADLINE_INVALID", "QUAL-7", "effective_date"},
      {SetPolicy(negative), "FIELD_INVALID", "QUAL-7", "policy.valid_days"}};
  for (int i = 1; i < 50; ++i) ASSERT_THAT(condition(given, today_ + 9), IsOk());
  cases.push_back({condition(given, today_ + 9), "TOO_MANY_CONDITIONS", "QUAL-7", "condition"});
  ASSERT_THAT(
      Decide<v1::WithdrawQualificationApprovalRequest>("WithdrawQualificationApproval", given),
      IsOk());
  cases.push_back({Apply("3818-13", /*fast_track=*/true).status(), "FAST_TRACK_NOT_OPEN", "QUAL-7",
                   "qualification_approval.fast_track"});
  ASSERT_THAT(Call<v1::Centre>("CentreService/WithdrawCentre", withdraw, officer_), IsOk());
  cases.push_back({Approve(waits->name()).status(), "CENTRE_STATE_WRONG", "QUAL-7", "name"});
  cases.push_back({Apply("3818-13").status(), "CENTRE_STATE_WRONG", "QUAL-7", "parent"});
  for (const Case& c : cases) {
    SCOPED_TRACE(absl::StrCat(c.reason, " at ", c.place));
    EXPECT_EQ(platform::ReasonOf(c.refused), c.reason);
    EXPECT_EQ(platform::MetadataOf(c.refused, "rule"), c.rule);
    EXPECT_THAT(platform::FieldsOf(c.refused),
                ElementsAre(StartsWith(absl::StrCat(c.place, ": "))));
  }
}

TEST_F(ApprovalTest, AnswersAThousandQuestionsAtOnceAndNoMore) {
  Approved("3818-13");
  v1::BatchCheckApprovalsRequest batch;
  const auto ask = [&](const std::string& centre, const std::string& number, int day) {
    v1::ApprovalQuestion& question = *batch.add_questions();
    question.set_centre(centre);
    question.set_qualification("qualifications/" + number);
    *question.mutable_date() = DateOf(today_ + day);
  };
  ask(kCentre, "3818-13", 0);
  ask(kCentre, "3818-13", -1);
  ask("centres/urn-100002", "3818-13", 0);
  ask("centres/urn-999999", "3818-13", 0);
  ask(kCentre, "9999-99", 0);
  const auto reasons = [&](const std::string& token) {
    const auto answer =
        Call<v1::BatchCheckApprovalsResponse>("ApprovalService/BatchCheckApprovals", batch, token);
    EXPECT_THAT(answer, IsOk());
    std::vector<std::string> found;
    for (const v1::CheckApprovalResponse& one : answer->answers()) {
      EXPECT_EQ(one.in_force(), one.reason().empty());
      found.push_back(one.reason());
    }
    return found;
  };
  EXPECT_THAT(reasons(officer_), ElementsAre("", "CENTRE_NOT_APPROVED", "CENTRE_NOT_APPROVED",
                                             "CENTRE_NOT_FOUND", "NO_APPROVAL"));
  // Other centres are as if they did not exist.
  EXPECT_THAT(reasons(neighbour_),
              ElementsAre("CENTRE_NOT_FOUND", "CENTRE_NOT_FOUND", "CENTRE_NOT_APPROVED",
                          "CENTRE_NOT_FOUND", "CENTRE_NOT_FOUND"));
  while (batch.questions_size() < 1000) ask(kCentre, "3818-13", 0);
  EXPECT_EQ(reasons(officer_).size(), 1000u);
  ask(kCentre, "3818-13", 0);
  EXPECT_THAT(
      Call<v1::BatchCheckApprovalsResponse>("ApprovalService/BatchCheckApprovals", batch, officer_),
      IsError(Code::kInvalidArgument, "TOO_MANY_QUESTIONS"));
}

TEST_F(ApprovalTest, TakesAPolicyFromTheQualificationThenFromTheDefault) {
  const auto get = [&](const std::string& name) {
    v1::GetApprovalPolicyRequest request;
    request.set_name("approvalPolicies/" + name);
    return Call<v1::ApprovalPolicy>("ApprovalService/GetApprovalPolicy", request, officer_);
  };
  EXPECT_EQ(get("3818-13")->inherited_from(), "approvalPolicies/default");
  EXPECT_EQ(get("default")->version(), 0);
  v1::ApprovalPolicy policy;
  policy.set_answer_days(7);
  ASSERT_THAT(SetPolicy(policy), IsOk());
  EXPECT_EQ(get("3818-13")->answer_days(), 7);
  policy.set_answer_days(3);
  ASSERT_THAT(SetPolicy(policy, "approvalPolicies/3818-13"), IsOk());
  EXPECT_EQ(get("3818-13")->answer_days(), 3);
  EXPECT_EQ(get("3818-13")->version(), 1);
  EXPECT_EQ(get("default")->answer_days(), 7);
  policy.set_answer_days(-1);
  EXPECT_THAT(SetPolicy(policy), IsError(Code::kInvalidArgument, "FIELD_INVALID"));
  EXPECT_THAT(get("9999-99"), IsError(Code::kNotFound, "QUALIFICATION_NOT_FOUND"));
}

}  // namespace
}  // namespace assay::approval
