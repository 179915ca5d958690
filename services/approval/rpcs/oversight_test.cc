// Conditions, sanctions, improvement actions, reminders and the timeline, through the RPCs.
#include "assay/approval/v1/events.pb.h"
#include "services/approval/testing/approval_fixture.h"

namespace assay::approval::testing {
namespace {

using platform::FieldsOf;
using platform::MetadataOf;
using platform::testing::IsError;
using platform::testing::IsOk;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using Code = absl::StatusCode;
using v1::CentreAction;
using v1::Restriction;

class OversightTest : public ApprovalFixture {
 protected:
  v1::ImposeRestrictionRequest Wanted(Restriction::Kind kind, const std::string& level) {
    v1::ImposeRestrictionRequest request;
    request.set_parent(kCentre);
    request.mutable_restriction()->set_kind(kind);
    request.mutable_restriction()->set_level(level);
    request.mutable_restriction()->set_reason("Two verifiers left.");
    return request;
  }
  absl::StatusOr<Restriction> Impose(const v1::ImposeRestrictionRequest& request) {
    return Call<Restriction>("OversightService/ImposeRestriction", request, officer_);
  }
  absl::StatusOr<Restriction> Impose(Restriction::Kind kind, const std::string& level) {
    return Impose(Wanted(kind, level));
  }
  absl::StatusOr<Restriction> Lift(const std::string& name) {
    v1::LiftRestrictionRequest request;
    request.set_name(name);
    request.set_reason("New verifiers are there.");
    return Call<Restriction>("OversightService/LiftRestriction", request, officer_);
  }
  v1::CheckLimitsResponse Limits(std::string qualification = "",
                                 std::optional<absl::CivilDay> day = std::nullopt) {
    v1::CheckLimitsRequest request;
    request.set_centre(kCentre);
    request.set_qualification(qualification);
    if (day.has_value()) *request.mutable_date() = DateOf(*day);
    const auto limits =
        Call<v1::CheckLimitsResponse>("OversightService/CheckLimits", request, head_);
    EXPECT_THAT(limits, IsOk());
    return limits.ok() ? *limits : v1::CheckLimitsResponse();
  }

  absl::StatusOr<CentreAction> Give(int days, const std::string& text = "Train the verifiers",
                                    const std::string& centre = kCentre) {
    v1::CreateActionRequest request;
    request.set_parent(centre);
    request.mutable_action()->set_text(text);
    *request.mutable_action()->mutable_due_day() = DateOf(Today() + days);
    return Call<CentreAction>("OversightService/CreateAction", request, officer_);
  }
  absl::StatusOr<CentreAction> Get(const std::string& name, const std::string& token) {
    v1::GetActionRequest request;
    request.set_name(name);
    return Call<CentreAction>("OversightService/GetAction", request, token);
  }
  absl::StatusOr<CentreAction> Answer(const std::string& name, std::string answer = "Trained.",
                                      std::string evidence = "") {
    v1::AnswerActionRequest request;
    request.set_name(name);
    request.set_answer(answer);
    if (!evidence.empty()) request.add_evidence(evidence);
    return Call<CentreAction>("OversightService/AnswerAction", request, head_);
  }
  template <typename Request>
  absl::StatusOr<CentreAction> Rule(const std::string& verb, const std::string& name,
                                    std::function<void(Request&)> fill = {}) {
    Request request;
    request.set_name(name);
    if (fill) fill(request);
    return Call<CentreAction>("OversightService/" + verb + "Action", request, officer_);
  }
  absl::StatusOr<CentreAction> Reject(const std::string& name, int days) {
    return Rule<v1::RejectActionRequest>("Reject", name, [&](auto& request) {
      request.set_feedback("The certificates are missing.");
      *request.mutable_due_day() = DateOf(Today() + days);
    });
  }
  std::vector<v1::DueAction> Due(const std::string& parent, const std::string& token,
                                 std::optional<absl::CivilDay> until = std::nullopt) {
    v1::ListDueActionsRequest request;
    request.set_parent(parent);
    request.set_page_size(1);
    if (until.has_value()) *request.mutable_until_day() = DateOf(*until);
    std::vector<v1::DueAction> found;
    do {
      const auto page =
          Call<v1::ListDueActionsResponse>("OversightService/ListDueActions", request, token);
      EXPECT_THAT(page, IsOk());
      if (!page.ok()) break;
      for (const auto& item : page->due_actions()) found.push_back(item);
      request.set_page_token(page->next_page_token());
    } while (!request.page_token().empty());
    return found;
  }
  std::vector<v1::CentreDeadlineRaised> Raised() { return Events<v1::CentreDeadlineRaised>(); }
};

// QUAL-9
TEST_F(OversightTest, ASanctionLimitsFromItsFirstDayUntilItIsLifted) {
  auto wanted = Wanted(Restriction::KIND_SANCTION, "certification-stopped");
  *wanted.mutable_restriction()->mutable_from_day() = DateOf(Today() + 2);
  const auto imposed = Impose(wanted);
  ASSERT_THAT(imposed, IsOk());
  EXPECT_EQ(imposed->state(), Restriction::STATE_PLANNED);
  EXPECT_EQ(imposed->officer(), "users/officer");
  EXPECT_TRUE(imposed->effects().certification_stopped());
  EXPECT_FALSE(Limits().certification_stopped());
  EXPECT_TRUE(Limits("", Today() + 2).certification_stopped());
  Pass(2);
  const v1::CheckLimitsResponse limits = Limits("qualifications/3818-13");
  EXPECT_TRUE(limits.certification_stopped());
  EXPECT_TRUE(limits.registrations_stopped());
  ASSERT_THAT(limits.causes(), SizeIs(1));
  EXPECT_EQ(limits.causes(0).restriction(), imposed->name());
  EXPECT_EQ(limits.causes(0).reason(), "Two verifiers left.");
  // A sanction is no condition: the centre stays approved.
  EXPECT_EQ(StateOf(kCentre), v1::Centre::STATE_APPROVED);
  const auto lifted = Lift(imposed->name());
  ASSERT_THAT(lifted, IsOk());
  EXPECT_EQ(lifted->state(), Restriction::STATE_ENDED);
  EXPECT_EQ(lifted->lifted_by(), "users/officer");
  EXPECT_FALSE(Limits().certification_stopped());
  // What was in force yesterday is no longer so for good: it was lifted on its first day.
  EXPECT_THAT(Lift(imposed->name()), IsError(Code::kFailedPrecondition, kRestrictionEnded));
  EXPECT_THAT(WhatOf(Timeline(kCentre, head_, v1::TIMELINE_KIND_RESTRICTION)),
              ElementsAre("sanction lifted: no registrations and no certificates",
                          "sanction imposed: no registrations and no certificates"));
}

// QUAL-9
TEST_F(OversightTest, ACapMayLieOnOneQualification) {
  const std::string approval = ApprovalFor("3818-13");
  auto wanted = Wanted(Restriction::KIND_CONDITION, "learner-cap");
  wanted.mutable_restriction()->set_qualification_approval(approval);
  wanted.mutable_restriction()->set_learners_max(20);
  ASSERT_THAT(Impose(wanted), IsOk());
  EXPECT_EQ(Limits("qualifications/3818-13").learners_max(), 20);
  EXPECT_FALSE(Limits("qualifications/3818-13").centre_learners_capped());
  EXPECT_FALSE(Limits("qualifications/9001-03").learners_capped());
  // It lies on the approval, so the centre itself has no condition.
  EXPECT_EQ(StateOf(kCentre), v1::Centre::STATE_APPROVED);
  auto none = Wanted(Restriction::KIND_SANCTION, "learner-cap");
  ASSERT_THAT(Impose(none), IsOk());
  EXPECT_TRUE(Limits().learners_capped());
  EXPECT_EQ(Limits().learners_max(), 0);
  EXPECT_TRUE(Limits().centre_learners_capped());
}

TEST_F(OversightTest, ConditionsMakeACentreApprovedWithConditionsUntilTheLastIsLifted) {
  const auto first = Impose(Restriction::KIND_CONDITION, "requirement");
  const auto second = Impose(Restriction::KIND_CONDITION, "direct-claims-stopped");
  ASSERT_THAT(first, IsOk());
  ASSERT_THAT(second, IsOk());
  EXPECT_EQ(StateOf(kCentre), v1::Centre::STATE_APPROVED_WITH_CONDITIONS);
  v1::ApproveCentreRequest approve;
  approve.set_name(kCentre);
  const auto refused = Call<v1::Centre>("CentreService/ApproveCentre", approve, officer_);
  EXPECT_THAT(refused, IsError(Code::kFailedPrecondition, kConditionsOpen));
  EXPECT_THAT(MetadataOf(refused.status(), "conditions"), HasSubstr(first->name()));
  ASSERT_THAT(Lift(first->name()), IsOk());
  EXPECT_EQ(StateOf(kCentre), v1::Centre::STATE_APPROVED_WITH_CONDITIONS);
  ASSERT_THAT(Lift(second->name()), IsOk());
  EXPECT_EQ(StateOf(kCentre), v1::Centre::STATE_APPROVED);
  EXPECT_THAT(WhatOf(Timeline(kCentre, head_, v1::TIMELINE_KIND_CENTRE)),
              ElementsAre("approved", "approved with conditions", "approved"));
}

TEST_F(OversightTest, AConditionWhoseLastDayPassesEndsByItself) {
  auto wanted = Wanted(Restriction::KIND_CONDITION, "requirement");
  *wanted.mutable_restriction()->mutable_until_day() = DateOf(Today() + 3);
  const auto imposed = Impose(wanted);
  ASSERT_THAT(imposed, IsOk());
  Pass(2);
  ASSERT_THAT(Sweep(), IsOk());
  EXPECT_EQ(StateOf(kCentre), v1::Centre::STATE_APPROVED_WITH_CONDITIONS);
  Pass(1);
  ASSERT_THAT(Sweep(), IsOk());
  ASSERT_THAT(Sweep(), IsOk());
  EXPECT_EQ(StateOf(kCentre), v1::Centre::STATE_APPROVED);
  const auto events = Events<v1::CentreRestrictionChanged>();
  ASSERT_THAT(events, SizeIs(2));
  EXPECT_EQ(events[1].change(), "ended");
  EXPECT_EQ(Timeline(kCentre, officer_)[0].actor(), "services/approval");
}

// QUAL-9: one that is only planned limits nothing yet.
TEST_F(OversightTest, APlannedConditionMakesACentreConditionalFromItsFirstDayOn) {
  auto wanted = Wanted(Restriction::KIND_CONDITION, "requirement");
  *wanted.mutable_restriction()->mutable_from_day() = DateOf(Today() + 2);
  *wanted.mutable_restriction()->mutable_until_day() = DateOf(Today() + 4);
  ASSERT_THAT(Impose(wanted), IsOk());
  EXPECT_EQ(StateOf(kCentre), v1::Centre::STATE_APPROVED);
  ASSERT_THAT(Sweep(), IsOk());
  EXPECT_EQ(StateOf(kCentre), v1::Centre::STATE_APPROVED);
  Pass(2);
  ASSERT_THAT(Sweep(), IsOk());
  ASSERT_THAT(Sweep(), IsOk());
  EXPECT_EQ(StateOf(kCentre), v1::Centre::STATE_APPROVED_WITH_CONDITIONS);
  const auto begun = Timeline(kCentre, officer_, v1::TIMELINE_KIND_CENTRE);
  EXPECT_EQ(begun[0].what(), "approved with conditions");
  EXPECT_EQ(begun[0].reason(), wanted.restriction().reason());
  EXPECT_EQ(begun[0].actor(), "services/approval");
  Pass(2);
  ASSERT_THAT(Sweep(), IsOk());
  EXPECT_EQ(StateOf(kCentre), v1::Centre::STATE_APPROVED);
}

TEST_F(OversightTest, ImpossibleRestrictionsAreRefusedWithRuleAndPlace) {
  const auto unknown = Impose(Restriction::KIND_SANCTION, "requirement");
  EXPECT_THAT(unknown, IsError(Code::kInvalidArgument, kLevelUnknown));
  EXPECT_THAT(FieldsOf(unknown.status()), Contains(HasSubstr("restriction.level")));
  EXPECT_THAT(std::string(unknown.status().message()), HasSubstr("QUAL-9"));
  auto cap = Wanted(Restriction::KIND_SANCTION, "registrations-stopped");
  cap.mutable_restriction()->set_learners_max(5);
  EXPECT_THAT(Impose(cap), IsError(Code::kInvalidArgument, kLearnersMaxInvalid));
  cap.mutable_restriction()->set_level("learner-cap");
  cap.mutable_restriction()->set_learners_max(-1);
  EXPECT_THAT(Impose(cap), IsError(Code::kInvalidArgument, kLearnersMaxInvalid));
  auto days = Wanted(Restriction::KIND_SANCTION, "registrations-stopped");
  *days.mutable_restriction()->mutable_until_day() = DateOf(Today());
  EXPECT_THAT(Impose(days), IsError(Code::kInvalidArgument, kDaysInvalid));
  *days.mutable_restriction()->mutable_until_day() = DateOf(Today() + 9);
  *days.mutable_restriction()->mutable_from_day() = DateOf(Today() - 1);
  EXPECT_THAT(Impose(days), IsError(Code::kInvalidArgument, kDaysInvalid));
  auto silent = Wanted(Restriction::KIND_SANCTION, "registrations-stopped");
  silent.mutable_restriction()->set_reason("  ");
  EXPECT_THAT(Impose(silent), IsError(Code::kInvalidArgument, kReasonMissing));
  EXPECT_THAT(Call<Restriction>("OversightService/ImposeRestriction",
                                Wanted(Restriction::KIND_SANCTION, "registrations-stopped"), head_),
              IsError(Code::kPermissionDenied, "ROLE_NOT_ALLOWED"));
  v1::ListRestrictionsRequest list;
  list.set_parent(kCentre);
  EXPECT_THAT(Call<v1::ListRestrictionsResponse>("OversightService/ListRestrictions", list, head_)
                  ->restrictions(),
              IsEmpty());
}

TEST_F(OversightTest, RestrictionsAndActionsAreReadByTheirCentreAlone) {
  const auto imposed = Impose(Restriction::KIND_SANCTION, "registrations-stopped");
  ASSERT_THAT(imposed, IsOk());
  v1::GetRestrictionRequest get;
  get.set_name(imposed->name());
  const auto seen = Call<Restriction>("OversightService/GetRestriction", get, head_);
  ASSERT_THAT(seen, IsOk());
  EXPECT_EQ(seen->reason(), "Two verifiers left.");
  EXPECT_THAT(Call<Restriction>("OversightService/GetRestriction", get, other_),
              IsError(Code::kNotFound, kRestrictionNotFound));
  ASSERT_THAT(Give(10), IsOk());
  ASSERT_THAT(Give(20, "Write a policy"), IsOk());
  v1::ListActionsRequest list;
  list.set_parent(kCentre);
  list.set_page_size(1);
  const auto first = Call<v1::ListActionsResponse>("OversightService/ListActions", list, head_);
  ASSERT_THAT(first, IsOk());
  EXPECT_EQ(first->actions_size(), 1);
  list.set_page_token(first->next_page_token());
  const auto second = Call<v1::ListActionsResponse>("OversightService/ListActions", list, head_);
  ASSERT_THAT(second, IsOk());
  EXPECT_EQ(second->actions_size(), 1);
  EXPECT_EQ(second->next_page_token(), "");
}

// EI-11
TEST_F(OversightTest, AnActionGoesFromAWantingAnswerToAnAcceptedOne) {
  const auto given = Give(30);
  ASSERT_THAT(given, IsOk());
  EXPECT_EQ(given->party(), "centre");
  const auto answered =
      Answer(given->name(), "Trained.", "centres/urn-100000/evidence/certificate");
  ASSERT_THAT(answered, IsOk());
  EXPECT_EQ(answered->state(), CentreAction::STATE_ANSWERED);
  EXPECT_EQ(answered->answered_by(), "users/head");
  EXPECT_FALSE(answered->late());
  EXPECT_THAT(answered->evidence(), ElementsAre("centres/urn-100000/evidence/certificate"));
  const auto returned = Reject(given->name(), 10);
  ASSERT_THAT(returned, IsOk());
  EXPECT_EQ(returned->state(), CentreAction::STATE_RETURNED);
  EXPECT_EQ(returned->return_count(), 1);
  Pass(11);
  EXPECT_TRUE(Get(given->name(), head_)->overdue());
  const auto late = Answer(given->name());
  ASSERT_THAT(late, IsOk());
  EXPECT_TRUE(late->late());
  EXPECT_FALSE(late->overdue());
  const auto accepted = Rule<v1::AcceptActionRequest>("Accept", given->name());
  ASSERT_THAT(accepted, IsOk());
  EXPECT_EQ(accepted->party(), "");
  EXPECT_THAT(WhatOf(Timeline(kCentre, head_, v1::TIMELINE_KIND_ACTION, given->name())),
              ElementsAre("accepted", "answered late", HasSubstr("returned, due"), "answered",
                          HasSubstr("given, due")));
  EXPECT_THAT(Due(kCentre, head_), IsEmpty());
}

// EI-11
TEST_F(OversightTest, IllegalStepsOfAnActionAreRefusedWithRuleAndPlace) {
  const auto given = Give(30);
  ASSERT_THAT(given, IsOk());
  const auto early = Rule<v1::AcceptActionRequest>("Accept", given->name());
  EXPECT_THAT(early, IsError(Code::kFailedPrecondition, kActionStateWrong));
  EXPECT_EQ(MetadataOf(early.status(), "state"), "open");
  EXPECT_EQ(MetadataOf(early.status(), "step"), "accept");
  EXPECT_EQ(MetadataOf(early.status(), "rule"), "EI-11");
  EXPECT_THAT(FieldsOf(early.status()), ElementsAre("name: is open"));
  EXPECT_THAT(Give(0), IsError(Code::kInvalidArgument, kDeadlineInvalid));
  EXPECT_THAT(Answer(given->name(), " "), IsError(Code::kInvalidArgument, kAnswerMissing));
  EXPECT_THAT(Answer(given->name(), "x", "centres/urn-100002/evidence/foreign"),
              IsError(Code::kInvalidArgument, "FIELD_INVALID"));
  const auto sooner = Rule<v1::ExtendActionRequest>("Extend", given->name(), [&](auto& request) {
    request.set_reason("holidays");
    *request.mutable_due_day() = DateOf(Today() + 29);
  });
  EXPECT_THAT(sooner, IsError(Code::kInvalidArgument, kDeadlineInvalid));
  v1::AnswerActionRequest stale;
  stale.set_name(given->name());
  stale.set_answer("x");
  stale.set_etag("\"7\"");
  EXPECT_THAT(Call<CentreAction>("OversightService/AnswerAction", stale, head_),
              IsError(Code::kAborted, "ETAG_MISMATCH"));
  EXPECT_THAT(Get(given->name(), other_), IsError(Code::kNotFound, kActionNotFound));
  ASSERT_THAT(Rule<v1::CancelActionRequest>("Cancel", given->name(),
                                            [](auto& r) { r.set_reason("given twice"); }),
              IsOk());
  EXPECT_THAT(Answer(given->name()), IsError(Code::kFailedPrecondition, kActionStateWrong));
}

// NOT-3
TEST_F(OversightTest, RemindersAndEscalationAreRaisedOnceEach) {
  const auto given = Give(40);
  ASSERT_THAT(given, IsOk());
  const auto quick = Give(2, "Send the list");
  ASSERT_THAT(quick, IsOk());
  ASSERT_THAT(Sweep(), IsOk());
  ASSERT_THAT(Sweep(), IsOk());
  // Two days before, the notice of a week is the latest that has come; that of four weeks is past.
  ASSERT_THAT(Raised(), SizeIs(1));
  EXPECT_EQ(Raised()[0].item(), quick->name());
  EXPECT_EQ(Raised()[0].days_left(), 2);
  EXPECT_EQ(Raised()[0].when(), "in 2 days");
  EXPECT_EQ(Raised()[0].timing(), "AHEAD");
  EXPECT_EQ(Raised()[0].centre_title(), "Hill College");
  ASSERT_THAT(Answer(quick->name()), IsOk());
  Pass(12);
  ASSERT_THAT(Sweep(), IsOk());
  // What was answered is the officer's turn: the centre hears no more of it.
  ASSERT_THAT(Raised(), SizeIs(2));
  EXPECT_EQ(Raised()[1].item(), given->name());
  EXPECT_EQ(Raised()[1].days_left(), 28);
  Pass(29);
  ASSERT_THAT(Sweep(), IsOk());
  ASSERT_THAT(Sweep(), IsOk());
  ASSERT_THAT(Raised(), SizeIs(3));
  EXPECT_EQ(Raised()[2].timing(), "OVERDUE");
  EXPECT_EQ(Raised()[2].when(), "1 day overdue");
  const auto escalations = Timeline(kCentre, head_, v1::TIMELINE_KIND_ESCALATION);
  ASSERT_THAT(escalations, SizeIs(1));
  EXPECT_EQ(escalations[0].subject(), given->name());
  const auto whole = Get(given->name(), officer_);
  ASSERT_THAT(whole->notices(), SizeIs(2));
  EXPECT_EQ(whole->notices(0).days_left(), 28);
  EXPECT_EQ(whole->notices(1).days_left(), -1);
  EXPECT_EQ(whole->notices(1).policy_version(), 1);
  // An extension begins anew.
  ASSERT_THAT(Rule<v1::ExtendActionRequest>("Extend", given->name(),
                                            [&](auto& request) {
                                              request.set_reason("illness");
                                              *request.mutable_due_day() = DateOf(Today() + 1);
                                            }),
              IsOk());
  ASSERT_THAT(Sweep(), IsOk());
  ASSERT_THAT(Raised(), SizeIs(4));
  EXPECT_EQ(Raised()[3].days_left(), 1);
}

TEST_F(OversightTest, WhatIsDueComesSoonestFirstAndOnlyWithinReach) {
  const auto later = Give(20, "later");
  const auto sooner = Give(5, "sooner");
  const auto foreign = Give(7, "foreign", kNeighbour);
  ASSERT_THAT(foreign, IsOk());
  Pass(6);
  const auto own = Due(kCentre, head_);
  ASSERT_THAT(own, SizeIs(2));
  EXPECT_EQ(own[0].item(), sooner->name());
  EXPECT_TRUE(own[0].overdue());
  EXPECT_EQ(own[0].days_left(), -1);
  EXPECT_EQ(own[0].party(), "centre");
  EXPECT_EQ(own[0].kind(), v1::DUE_KIND_ACTION);
  EXPECT_EQ(own[1].item(), later->name());
  EXPECT_FALSE(own[1].overdue());
  EXPECT_THAT(Due("centres/-", head_), SizeIs(2));
  EXPECT_THAT(Due("centres/-", officer_), SizeIs(3));
  EXPECT_THAT(Due("centres/-", officer_, Today() + 1), SizeIs(2));
  ASSERT_THAT(Answer(sooner->name()), IsOk());
  EXPECT_EQ(Due(kCentre, head_)[0].party(), "quality");
  // Nobody is reminded of what a withdrawn centre was to do.
  v1::WithdrawCentreRequest withdraw;
  withdraw.set_name(kCentre);
  withdraw.set_reason("at its own wish");
  ASSERT_THAT(Call<v1::Centre>("CentreService/WithdrawCentre", withdraw, officer_), IsOk());
  EXPECT_THAT(Due(kCentre, head_), IsEmpty());
}

TEST_F(OversightTest, TheTimelineTellsWhoDecidedWhatWhenAndWhy) {
  ApprovalFor("3818-13");
  Pass(1);
  v1::SuspendCentreRequest suspend;
  suspend.set_name(kCentre);
  suspend.set_reason("No verifier.");
  ASSERT_THAT(Call<v1::Centre>("CentreService/SuspendCentre", suspend, officer_), IsOk());
  const auto entries = Timeline(kCentre, head_);
  EXPECT_THAT(WhatOf(entries), ElementsAre("suspended", "applied: 3818-13", "approved"));
  EXPECT_EQ(entries[0].kind(), v1::TIMELINE_KIND_CENTRE);
  EXPECT_EQ(entries[0].subject(), kCentre);
  EXPECT_EQ(entries[0].reason(), "No verifier.");
  EXPECT_EQ(entries[0].actor(), "users/officer");
  EXPECT_EQ(entries[0].time().seconds(), absl::ToUnixSeconds(service_.clock().Now()));
  // What is refused leaves no trace.
  EXPECT_THAT(Call<v1::Centre>("CentreService/SuspendCentre", suspend, officer_),
              IsError(Code::kFailedPrecondition, kCentreStateWrong));
  EXPECT_THAT(Timeline(kCentre, officer_), SizeIs(3));
  EXPECT_THAT(Timeline(kNeighbour, other_), IsEmpty());
  v1::ListTimelineRequest foreign;
  foreign.set_parent(kCentre);
  EXPECT_THAT(Call<v1::ListTimelineResponse>("OversightService/ListTimeline", foreign, other_),
              IsError(Code::kNotFound, kCentreNotFound));
}

TEST_F(OversightTest, TheTimelineTellsWhatBecameOfAnApproval) {
  const std::string name = ApprovalFor("3818-13");
  v1::ApproveQualificationApprovalRequest approve;
  approve.set_name(name);
  approve.set_reason("The visit was good.");
  *approve.mutable_expire_date() = DateOf(Today() + 100);
  v1::ApprovalCondition& first = *approve.add_conditions();
  first.set_text("Send the plan");
  *first.mutable_due_date() = DateOf(Today() + 10);
  const auto approved = Call<v1::QualificationApproval>(
      "ApprovalService/ApproveQualificationApproval", approve, officer_);
  ASSERT_THAT(approved, IsOk());
  EXPECT_EQ(approved->state_reason(), "The visit was good.");
  v1::AddApprovalConditionRequest add;
  add.set_name(name);
  add.mutable_condition()->set_text("Buy a projector");
  *add.mutable_condition()->mutable_due_date() = DateOf(Today() + 10);
  ASSERT_THAT(
      Call<v1::QualificationApproval>("ApprovalService/AddApprovalCondition", add, officer_),
      IsOk());
  for (const auto& [number, state] : {std::pair{1, v1::ApprovalCondition::STATE_MET},
                                      std::pair{2, v1::ApprovalCondition::STATE_WAIVED}}) {
    v1::CloseApprovalConditionRequest close;
    close.set_name(name);
    close.set_condition(number);
    close.set_state(state);
    close.set_reason("as agreed");
    ASSERT_THAT(
        Call<v1::QualificationApproval>("ApprovalService/CloseApprovalCondition", close, officer_),
        IsOk());
  }
  v1::RenewQualificationApprovalRequest renew;
  renew.set_name(name);
  renew.set_reason("visited again");
  *renew.mutable_expire_date() = DateOf(Today() + 200);
  ASSERT_THAT(Call<v1::QualificationApproval>("ApprovalService/RenewQualificationApproval", renew,
                                              officer_),
              IsOk());
  const auto entries = Timeline(kCentre, head_, v1::TIMELINE_KIND_APPROVAL, name);
  ASSERT_THAT(WhatOf(entries),
              ElementsAre("renewed: 3818-13", "condition waived: 3818-13", "condition met: 3818-13",
                          "condition added: 3818-13", "approved: 3818-13",
                          "condition added: 3818-13", "applied: 3818-13"));
  EXPECT_EQ(entries[0].reason(), "visited again");
  EXPECT_EQ(entries[0].actor(), "users/officer");
  EXPECT_EQ(entries[0].rule(), "QUAL-9");
  EXPECT_EQ(entries[4].reason(), "The visit was good.");
}

TEST_F(OversightTest, ThePolicyIsShown) {
  const auto policy = Call<v1::OversightPolicy>("OversightService/GetOversightPolicy",
                                                v1::GetOversightPolicyRequest(), officer_);
  ASSERT_THAT(policy, IsOk());
  EXPECT_THAT(policy->reminder_days_ahead(), ElementsAre(28, 7, 1));
  EXPECT_THAT(policy->levels(), SizeIs(5));
  EXPECT_EQ(policy->version(), 1);
}

}  // namespace
}  // namespace assay::approval::testing
