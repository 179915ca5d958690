#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "assay/moderation/v1/award_service.pb.h"
#include "services/moderation/testing/moderation_fixture.h"

namespace assay::moderation::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using v1::Blocker;

const std::string kSeries = "series/summer-2026";
const std::string kSubmission = kComponent + "/submissions/urn-1";
constexpr char kUln[] = "1000000043";

class AwardTest : public ModerationTest {
 protected:
  AwardTest() { MakeComponent(); }

  absl::StatusOr<v1::ListBlockersResponse> List(v1::ListBlockersRequest request,
                                                std::string token = "") {
    if (request.parent().empty()) request.set_parent(kSeries);
    return Call<v1::ListBlockersResponse>("AwardService/ListBlockers", request,
                                          token.empty() ? officer_ : token);
  }
  // Names of the kinds, without KIND_.
  std::vector<std::string> Kinds(std::string token = "", std::string parent = kSeries) {
    v1::ListBlockersRequest request;
    request.set_parent(parent);
    const auto response = List(request, token);
    EXPECT_THAT(response, IsOk());
    std::vector<std::string> kinds;
    if (response.ok()) {
      for (const Blocker& b : response->blockers()) {
        kinds.push_back(Blocker::Kind_Name(b.kind()).substr(5));
      }
    }
    return kinds;
  }
  absl::StatusOr<v1::LearnerResult> Learner(const std::string& candidate, std::string token = "") {
    v1::GetLearnerResultRequest request;
    request.set_parent(kSeries);
    request.set_centre("centres/urn-1");
    request.set_candidate(candidate);
    return Call<v1::LearnerResult>("AwardService/GetLearnerResult", request,
                                   token.empty() ? officer_ : token);
  }
  absl::StatusOr<v1::LearnerResult> ByUln(const std::string& uln, std::string token = "") {
    v1::GetLearnerResultRequest request;
    request.set_parent(kSeries);
    request.set_uln(uln);
    return Call<v1::LearnerResult>("AwardService/GetLearnerResult", request,
                                   token.empty() ? officer_ : token);
  }
  void AddComponent(const std::string& id, const std::string& qualification) {
    v1::CreateComponentRequest request;
    request.set_parent(kSeries);
    request.set_component_id(id);
    v1::Component& component = *request.mutable_component();
    component.set_title("Of " + qualification);
    component.set_qualification(qualification);
    component.set_mark_max(60);
    component.set_sampling_policy("pearson-2026");
    component.set_tolerance_policy("six-percent");
    component.set_adjustment_policy("least-squares");
    ASSERT_THAT(Call<v1::Component>("SeriesService/CreateComponent", request, officer_), IsOk());
  }
  std::string OpenIn(const std::string& component, const std::string& csv) {
    v1::CreateSubmissionRequest request;
    request.set_parent(kSeries + "/components/" + component);
    request.mutable_submission()->set_centre("centres/urn-1");
    const auto opened =
        Call<v1::Submission>("SubmissionService/CreateSubmission", request, officer_);
    EXPECT_THAT(opened, IsOk());
    if (!opened.ok()) return "";
    EXPECT_THAT(Import(opened->name(), csv), IsOk());
    return opened->name();
  }
  void SetMarksDue(absl::Duration from_now) {
    v1::UpdateSeriesRequest request;
    request.mutable_series()->set_name(kSeries);
    request.mutable_series()->set_title("Summer 2026");
    request.mutable_series()->mutable_marks_due_time()->set_seconds(
        absl::ToUnixSeconds(service_.clock().Now() + from_now));
    ASSERT_THAT(Call<v1::Series>("SeriesService/UpdateSeries", request, officer_), IsOk());
  }

  const std::string three_ =
      "candidate,mark,uln\nc001,40," + std::string(kUln) + "\nc002,41,7673614579\nc003,,\n";
};

TEST_F(AwardTest, TellsWhatIsMissingWhoMustActByWhenWhereAndHow) {
  SetMarksDue(absl::Hours(24));
  OpenIn("coursework", three_);
  const auto response = List({});
  ASSERT_THAT(response, IsOk());
  ASSERT_EQ(response->blockers_size(), 2);
  const Blocker& missing = response->blockers(0);
  EXPECT_EQ(missing.kind(), Blocker::KIND_MARKS_MISSING);
  EXPECT_EQ(missing.state(), Blocker::STATE_UNMET);
  EXPECT_THAT(missing.rules(), ElementsAre("QUAL-9", "MOD-16", "MOD-1"));
  EXPECT_EQ(missing.count(), 1);
  EXPECT_THAT(missing.candidates(), ElementsAre("c003"));
  EXPECT_EQ(missing.party(), Blocker::PARTY_CENTRE_EXAMS);
  EXPECT_EQ(missing.party_name(), "centres/urn-1");
  EXPECT_EQ(missing.resource(), kSubmission);
  EXPECT_EQ(missing.method(), "SubmissionService/RecordMarks");
  EXPECT_EQ(missing.due_time().seconds(),
            absl::ToUnixSeconds(service_.clock().Now() + absl::Hours(24)));
  EXPECT_FALSE(missing.overdue());
  EXPECT_EQ(response->blockers(1).kind(), Blocker::KIND_NOT_HANDED_IN);
  service_.clock().Advance(absl::Hours(25));
  EXPECT_TRUE(List({})->blockers(0).overdue());
  v1::ListBlockersRequest overdue;
  overdue.set_overdue_only(true);
  overdue.set_party(Blocker::PARTY_QUALITY);
  EXPECT_THAT(List(overdue)->blockers(), IsEmpty());
  overdue.set_party(Blocker::PARTY_CENTRE_EXAMS);
  EXPECT_EQ(List(overdue)->blockers_size(), 2);
}

TEST_F(AwardTest, FollowsASubmissionFromOpenToReleased) {
  ASSERT_THAT(Open(), IsOk());
  EXPECT_THAT(Kinds(), ElementsAre("NO_CANDIDATES", "NOT_HANDED_IN"));
  ASSERT_THAT(Import(kSubmission, Csv(30) + "x,,,,\n"), IsOk());
  EXPECT_THAT(Kinds(), ElementsAre("MARKS_MISSING", "NOT_HANDED_IN"));
  ASSERT_THAT(Submit(kSubmission, true), IsOk());
  EXPECT_THAT(Kinds(), ElementsAre("MARKS_MISSING", "NOT_DRAWN"));
  ASSERT_THAT(Draw(kSubmission), IsOk());
  EXPECT_THAT(Kinds(), ElementsAre("MARKS_MISSING", "EVIDENCE_MISSING", "NOT_ALLOCATED"));
  v1::CorrectMarkRequest correct;
  correct.set_name(kSubmission);
  correct.set_candidate("x");
  correct.set_mark(30);
  correct.set_reason("was forgotten");
  ASSERT_THAT(Call<v1::Submission>("SubmissionService/CorrectMark", correct, officer_), IsOk());
  EXPECT_THAT(Kinds(), ElementsAre("COHORT_CHANGED"));
  ASSERT_THAT(Draw(kSubmission), IsOk());
  evidence_count_ = 1;
  EXPECT_THAT(Kinds(), ElementsAre("NOT_ALLOCATED"));
  ASSERT_THAT(MakeModerator("users/mod"), IsOk());
  ASSERT_THAT(Allocate(kSubmission), IsOk());
  EXPECT_THAT(Kinds(), ElementsAre("MODERATOR_MARKS_OUTSTANDING"));
  EXPECT_GT(List({})->blockers(0).count(), 0);
  MarkDue(kSubmission, [](const std::string& c) { return c == "x" ? 30 : MarkOf(c); });
  EXPECT_THAT(Kinds(), ElementsAre("NOT_JUDGED"));
  ASSERT_THAT(Judge(kSubmission), IsOk());
  EXPECT_THAT(Kinds(), ElementsAre("NOT_RELEASED"));
  ASSERT_THAT(Release(kSubmission), IsOk());
  EXPECT_THAT(Kinds(), IsEmpty());
  EXPECT_TRUE(Learner("x")->conditions_met());
}

TEST_F(AwardTest, EachSeesTheirOwnAndTheCentreNeverWhoModerates) {
  Allocated(20);
  EXPECT_THAT(Kinds(centre_), ElementsAre("EVIDENCE_MISSING", "MODERATOR_MARKS_OUTSTANDING"));
  EXPECT_THAT(Kinds(stranger_), IsEmpty());
  EXPECT_THAT(Kinds(moderator_), ElementsAre("EVIDENCE_MISSING", "MODERATOR_MARKS_OUTSTANDING"));
  EXPECT_THAT(Kinds(service_.Token({.subject = "users/idle", .roles = {"moderator"}})), IsEmpty());
  EXPECT_EQ(List({}, centre_)->blockers(1).party_name(), "");
  EXPECT_THAT(List({}, officer_)->blockers(1).party_name(), HasSubstr("moderators/"));
  // The same names answer a stranger like names that do not exist.
  v1::ListBlockersRequest one;
  one.set_parent(kSubmission);
  EXPECT_THAT(List(one, stranger_), IsError(Code::kNotFound, kSubmissionNotFound));
  one.set_parent(kComponent + "/submissions/urn-9");
  EXPECT_THAT(List(one, stranger_), IsError(Code::kNotFound, kSubmissionNotFound));
  EXPECT_THAT(Learner("c001", stranger_), IsError(Code::kNotFound, kLearnerNotFound));
}

TEST_F(AwardTest, WhatDoesNotExistIsNotAnEmptyList) {
  v1::ListBlockersRequest request;
  request.set_parent("series/none");
  EXPECT_THAT(List(request), IsError(Code::kNotFound, kSeriesNotFound));
  request.set_parent(kSeries + "/components/none");
  EXPECT_THAT(List(request), IsError(Code::kNotFound, kComponentNotFound));
  request.set_parent("nonsense");
  EXPECT_THAT(List(request), IsError(Code::kInvalidArgument, "FIELD_INVALID"));
  request.set_parent(kSeries);
  request.set_candidate("c001");
  EXPECT_THAT(List(request), IsError(Code::kInvalidArgument, "FIELD_INVALID"));
}

TEST_F(AwardTest, ApprovalsBlockToo) {
  AddComponent("practical", "qualifications/3818-13");
  OpenIn("practical", three_);
  approved_ = false;
  EXPECT_THAT(Kinds(), ElementsAre("QUALIFICATION_NOT_APPROVED", "SANCTION_OPEN", "MARKS_MISSING",
                                   "NOT_HANDED_IN"));
  const auto result = Learner("c001");
  ASSERT_THAT(result, IsOk());
  EXPECT_FALSE(result->conditions_met());
  std::map<std::string, v1::AwardCondition::State> states;
  for (const auto& c : result->conditions()) states[c.condition()] = c.state();
  EXPECT_EQ(states["CENTRE_APPROVED"], v1::AwardCondition::STATE_MET);
  EXPECT_EQ(states["QUALIFICATION_APPROVED"], v1::AwardCondition::STATE_UNMET);
  EXPECT_EQ(states["NO_SANCTION"], v1::AwardCondition::STATE_UNMET);
  EXPECT_EQ(states["MODERATION_FINAL"], v1::AwardCondition::STATE_UNMET);
}

TEST_F(AwardTest, AServiceThatCannotBeAskedIsToldAndAskedOnce) {
  AddComponent("practical", "qualifications/3818-13");
  OpenIn("practical", three_);
  OpenIn("coursework", three_);
  others_status_ = platform::Error(Code::kUnavailable, "UNAVAILABLE", "gone");
  asked_ = 0;
  const auto response = List({});
  ASSERT_THAT(response, IsOk());
  EXPECT_EQ(asked_, 1);
  int unknown = 0;
  for (const Blocker& b : response->blockers()) {
    if (b.state() != Blocker::STATE_UNKNOWN) continue;
    ++unknown;
    EXPECT_THAT(b.message(), HasSubstr("could not be asked"));
  }
  // Centre and sanction of both, qualification of one.
  EXPECT_EQ(unknown, 5);
  EXPECT_FALSE(Learner("c001")->conditions_met());
}

TEST_F(AwardTest, AReleasedSubmissionIsLookedAtWhenItsCentreOrLearnerIsNamed) {
  Allocated(20);
  evidence_count_ = 1;
  MarkDue(kSubmission, [](const std::string& c) { return MarkOf(c); });
  ASSERT_THAT(Judge(kSubmission), IsOk());
  ASSERT_THAT(Release(kSubmission), IsOk());
  approved_ = false;
  EXPECT_THAT(Kinds(), IsEmpty());
  EXPECT_THAT(Kinds("", kSubmission), ElementsAre("SANCTION_OPEN"));
  EXPECT_THAT(Kinds(centre_), ElementsAre("SANCTION_OPEN"));
  v1::ListBlockersRequest request;
  request.set_include_released(true);
  EXPECT_EQ(List(request)->blockers_size(), 1);
  request.set_include_released(false);
  request.set_centre("centres/urn-1");
  EXPECT_EQ(List(request)->blockers_size(), 1);
}

TEST_F(AwardTest, PagesOfEverySizeGiveTheSameList) {
  AddComponent("practical", "qualifications/3818-13");
  OpenIn("coursework", three_);
  OpenIn("practical", three_);
  ASSERT_THAT(Open("centres/urn-2"), IsOk());
  std::vector<std::string> whole;
  const auto key = [](const Blocker& b) {
    return b.submission() + " " + Blocker::Kind_Name(b.kind());
  };
  const auto all = List({});
  for (const Blocker& b : all->blockers()) whole.push_back(key(b));
  EXPECT_EQ(whole.size(), 6u);
  EXPECT_TRUE(all->next_page_token().empty());
  for (const int size : {1, 2, 3, 4, 5, 6}) {
    v1::ListBlockersRequest request;
    request.set_page_size(size);
    std::vector<std::string> paged;
    for (int pages = 0; pages < 20; ++pages) {
      const auto page = List(request);
      ASSERT_THAT(page, IsOk());
      EXPECT_LE(page->blockers_size(), size);
      for (const Blocker& b : page->blockers()) paged.push_back(key(b));
      request.set_page_token(page->next_page_token());
      if (request.page_token().empty()) break;
    }
    EXPECT_EQ(paged, whole) << size;
  }
  v1::ListBlockersRequest request;
  request.set_page_size(1);
  request.set_page_token(List(request)->next_page_token());
  request.set_overdue_only(true);
  EXPECT_THAT(List(request), IsError(Code::kInvalidArgument, "PAGE_TOKEN_INVALID"));
}

// QUAL-9: the combination, employer involvement and the registration are approval's to answer, once
// a learner, whatever components there are.
TEST_F(AwardTest, WhatApprovalSaysOfALearnerBlocksTheResult) {
  AddComponent("project", "qualifications/3818-13");
  OpenIn("project", three_);
  unmet_of_learner_ = {{"INVOLVEMENT", "nothing is declared"}, {"APPROVAL", "told elsewhere"}};
  const auto told = [&] {
    std::vector<std::string> kinds;
    const auto result = ByUln(kUln);
    EXPECT_THAT(result, IsOk());
    for (const Blocker& b : result->blockers()) {
      if (b.kind() < Blocker::KIND_COMBINATION_NOT_ACHIEVED) continue;
      kinds.push_back(absl::StrCat(Blocker::Kind_Name(b.kind()).substr(5), " ",
                                   Blocker::State_Name(b.state()).substr(6), " ", b.message()));
    }
    return kinds;
  };
  EXPECT_THAT(told(), ElementsAre("INVOLVEMENT_NOT_MET UNMET Nothing is declared."));
  unmet_of_learner_.clear();
  EXPECT_THAT(told(), IsEmpty()) << "a body need not register learners with approval";
}

// EI-1, QUAL-9: nobody passes because no national number, or no registration, is there to ask by.
TEST_F(AwardTest, WhoIsNotRegisteredIsAskedAboutByCandidateNumber) {
  AddComponent("project", "qualifications/3818-13");
  OpenIn("project", three_);
  involvement_.set_required(true);
  involvement_.set_blocks(true);
  involvement_.set_who("quality");
  involvement_.set_message("what the centre declared is not concluded yet");
  involvement_.mutable_due_day()->set_year(2031);
  involvement_.mutable_due_day()->set_month(6);
  involvement_.mutable_due_day()->set_day(30);
  const auto told = [&](const std::string& candidate) {
    std::vector<Blocker> found;
    const auto result = Learner(candidate);
    EXPECT_THAT(result, IsOk());
    for (const Blocker& b : result->blockers()) {
      if (b.kind() == Blocker::KIND_INVOLVEMENT_NOT_MET) found.push_back(b);
    }
    return found;
  };
  for (const std::string candidate : {"c003", "c001"}) {  // Without a number, and with one.
    const std::vector<Blocker> found = told(candidate);
    ASSERT_EQ(found.size(), 1u) << candidate;
    EXPECT_EQ(involvement_asked_, "centres/urn-1/planners/- qualifications/3818-13 " + candidate);
    EXPECT_EQ(found[0].state(), Blocker::STATE_UNMET);
    EXPECT_EQ(found[0].message(), "What the centre declared is not concluded yet.");
    EXPECT_EQ(found[0].party(), Blocker::PARTY_QUALITY) << "the centre has done its part";
    EXPECT_EQ(found[0].party_name(), "");
    EXPECT_EQ(found[0].due_time().seconds(),
              absl::ToUnixSeconds(absl::FromCivil(absl::CivilSecond(2031, 6, 30, 23, 59, 59),
                                                  absl::UTCTimeZone())));
  }
  involvement_.set_who("centre");
  EXPECT_EQ(told("c003")[0].party(), Blocker::PARTY_CENTRE_HEAD);
  EXPECT_EQ(told("c003")[0].party_name(), "centres/urn-1");
  involvement_.set_blocks(false);
  EXPECT_THAT(told("c003"), IsEmpty());
}

// EI-1, QUAL-9
TEST_F(AwardTest, WhoIsNotToldOfLearnersHearsThatInvolvementIsUnknown) {
  AddComponent("project", "qualifications/3818-13");
  OpenIn("project", three_);
  involvement_status_ = absl::PermissionDeniedError("not your role");
  const auto told = [&] {
    const auto result = Learner("c003");
    EXPECT_THAT(result, IsOk());
    std::vector<std::string> found;
    for (const auto& condition : result->conditions()) {
      if (condition.state() == v1::AwardCondition::STATE_MET) continue;
      if (condition.condition() == "INVOLVEMENT_MET") {
        found.push_back(v1::AwardCondition::State_Name(condition.state()));
      }
    }
    return found;
  };
  EXPECT_THAT(told(), IsEmpty()) << "the qualification asks for none";
  involvement_.set_required(true);
  EXPECT_THAT(told(), ElementsAre("STATE_UNKNOWN"));
}

TEST_F(AwardTest, ALearnerIsFoundByNationalNumberAndByCentreAndCandidateNumber) {
  OpenIn("coursework", three_);
  const auto by_uln = ByUln(kUln);
  ASSERT_THAT(by_uln, IsOk());
  ASSERT_EQ(by_uln->components_size(), 1);
  EXPECT_EQ(by_uln->components(0).candidate(), "c001");
  EXPECT_EQ(by_uln->components(0).centre_mark(), 40);
  EXPECT_FALSE(by_uln->components(0).has_final_mark());
  EXPECT_EQ(by_uln->components(0).state(), v1::Submission::STATE_OPEN);
  EXPECT_EQ(by_uln->uln(), kUln);
  EXPECT_EQ(Learner("c001")->uln(), kUln);
  EXPECT_FALSE(Learner("c003")->components(0).has_centre_mark());
  EXPECT_THAT(ByUln("1000000063"), IsError(Code::kInvalidArgument, "FIELD_INVALID"));
  EXPECT_THAT(ByUln("9999999999"), IsError(Code::kInvalidArgument, "FIELD_INVALID"));
  EXPECT_THAT(ByUln(""), IsError(Code::kInvalidArgument, "FIELD_INVALID"));
  EXPECT_THAT(Learner("c009"), IsError(Code::kNotFound, kLearnerNotFound));
  EXPECT_THAT(ByUln(kUln, stranger_), IsError(Code::kNotFound, kLearnerNotFound));
}

TEST_F(AwardTest, OnesNeighboursMarkDoesNotBlockALearner) {
  OpenIn("coursework", three_);
  ASSERT_THAT(Submit(kSubmission, true), IsOk());
  v1::ListBlockersRequest request;
  request.set_centre("centres/urn-1");
  request.set_candidate("c001");
  auto response = List(request);
  ASSERT_THAT(response, IsOk());
  ASSERT_EQ(response->blockers_size(), 1);
  EXPECT_EQ(response->blockers(0).kind(), Blocker::KIND_NOT_DRAWN);
  request.set_candidate("c003");
  response = List(request);
  ASSERT_EQ(response->blockers_size(), 2);
  EXPECT_EQ(response->blockers(0).kind(), Blocker::KIND_MARKS_MISSING);
  EXPECT_THAT(response->blockers(0).candidates(), ElementsAre("c003"));
}

TEST_F(AwardTest, AComponentOfTheQualificationWithoutAnEntryIsMissed) {
  AddComponent("practical", "qualifications/3818-13");
  AddComponent("theory", "qualifications/3818-13");
  AddComponent("other", "qualifications/3815-03");
  OpenIn("practical", three_);
  const auto result = Learner("c001");
  ASSERT_THAT(result, IsOk());
  const Blocker& last = result->blockers(result->blockers_size() - 1);
  EXPECT_EQ(last.kind(), Blocker::KIND_NOT_ENTERED);
  EXPECT_EQ(last.resource(), kSeries + "/components/theory");
  int not_entered = 0;
  for (const Blocker& b : result->blockers()) not_entered += b.kind() == last.kind();
  EXPECT_EQ(not_entered, 1);
}

// QUAL-9
TEST_F(AwardTest, TellsOfEachComponentOfAQualificationWhetherItIsFinal) {
  AddComponent("practical", "qualifications/3818-13");
  AddComponent("theory", "qualifications/3818-13");
  AddComponent("other", "qualifications/3815-03");
  const std::string name =
      OpenIn("practical", "candidate,mark,uln\nc001,40," + std::string(kUln) + "\nc002,41,\n");
  others_status_ = absl::UnavailableError("nobody is asked");
  v1::CheckComponentsRequest request;
  request.set_parent("series/-");
  request.set_qualification("qualifications/3818-13");
  request.set_uln(kUln);
  const auto check = [&](const std::string& token = "") {
    const auto answer = Call<v1::CheckComponentsResponse>("AwardService/CheckComponents", request,
                                                          token.empty() ? officer_ : token);
    EXPECT_THAT(answer, IsOk());
    std::vector<std::string> told;
    if (!answer.ok()) return told;
    for (const auto& c : answer->components()) {
      told.push_back(absl::StrCat(c.component().substr(kSeries.size() + 12), " ", c.candidate(),
                                  c.withdrawn() ? " withdrawn" : "", c.final() ? " final" : "", " ",
                                  c.blockers_size()));
    }
    return told;
  };
  EXPECT_THAT(check(), ElementsAre("practical c001 1", "theory  0"));
  EXPECT_THAT(check(stranger_), ElementsAre("practical  0", "theory  0"));
  // A number at the centre counts too, unless the entry is somebody else's.
  request.set_centre("centres/urn-1");
  request.set_candidate("c002");
  EXPECT_THAT(check(), ElementsAre("practical c001 1", "practical c002 1", "theory  0"));
  request.clear_uln();
  EXPECT_THAT(check(), ElementsAre("practical c002 1", "theory  0"));
  request.set_uln("7673614579");
  request.set_candidate("c001");
  EXPECT_THAT(check(), ElementsAre("practical  0", "theory  0"));
  others_status_ = absl::OkStatus();
  ASSERT_THAT(Submit(name, true), IsOk());
  ASSERT_THAT(Draw(name), IsOk());
  evidence_count_ = 1;
  ASSERT_THAT(MakeModerator("users/mod"), IsOk());
  ASSERT_THAT(Allocate(name), IsOk());
  MarkDue(name, [](const std::string& c) { return c == "c001" ? 40 : 41; });
  ASSERT_THAT(Judge(name), IsOk());
  request.set_uln(kUln);
  request.clear_candidate();
  EXPECT_THAT(check(), ElementsAre("practical c001 1", "theory  0"));
  ASSERT_THAT(Release(name), IsOk());
  EXPECT_THAT(check(), ElementsAre("practical c001 final 0", "theory  0"));
  request.clear_uln();
  EXPECT_THAT(Call<v1::CheckComponentsResponse>("AwardService/CheckComponents", request, officer_),
              IsError(Code::kInvalidArgument, "FIELD_INVALID"));
}

TEST_F(AwardTest, MarksAreSeenByThoseWhoMayAndWhenTheyMay) {
  Allocated(20);
  const std::string lead = service_.Token({.subject = "users/mod", .roles = {"lead_moderator"}});
  const std::string other = service_.Token({.subject = "users/x", .roles = {"lead_moderator"}});
  // A lead moderator who moderates the submission is blind like any other (MOD-9).
  EXPECT_FALSE(Learner("c001", lead)->components(0).has_centre_mark());
  EXPECT_TRUE(Learner("c001", other)->components(0).has_centre_mark());
  EXPECT_THAT(Learner("c001", moderator_), IsError(Code::kPermissionDenied, "ROLE_NOT_ALLOWED"));
  MarkDue(kSubmission, [](const std::string& c) { return MarkOf(c); });
  ASSERT_THAT(Judge(kSubmission), IsOk());
  EXPECT_TRUE(Learner("c001")->components(0).has_final_mark());
  EXPECT_EQ(Learner("c001")->components(0).basis(), "CENTRE");
  EXPECT_FALSE(Learner("c001", centre_)->components(0).has_final_mark());
  EXPECT_EQ(Learner("c001", centre_)->components(0).basis(), "");
  ASSERT_THAT(Release(kSubmission), IsOk());
  const auto released = Learner("c001", centre_);
  EXPECT_EQ(released->components(0).final_mark(), MarkOf(1));
  EXPECT_TRUE(released->components(0).released());
  EXPECT_TRUE(released->conditions_met());
}

TEST_F(AwardTest, WorkOfEachOfTheSampleIsAskedForWhenOneSubmissionIsMeant) {
  OpenIn("coursework", Csv(5));
  ASSERT_THAT(Submit(kSubmission), IsOk());
  ASSERT_THAT(Draw(kSubmission), IsOk());
  evidence_count_ = 1;
  evidence_of_[kSubmission + "/candidates/c002"] = 0;
  EXPECT_THAT(Kinds(), ElementsAre("NOT_ALLOCATED"));
  v1::ListBlockersRequest request;
  request.set_parent(kSubmission);
  const auto response = List(request);
  ASSERT_THAT(response, IsOk());
  ASSERT_EQ(response->blockers_size(), 2);
  EXPECT_EQ(response->blockers(0).kind(), Blocker::KIND_EVIDENCE_MISSING);
  EXPECT_THAT(response->blockers(0).candidates(), ElementsAre("c002"));
  // A file of the whole submission may show anybody's work.
  evidence_of_all_ = true;
  EXPECT_EQ(List(request)->blockers_size(), 1);
}

TEST_F(AwardTest, ASeriesTakesDatesInOrderAndKeepsThemAgainstAnOldEtag) {
  v1::UpdateSeriesRequest request;
  v1::Series& series = *request.mutable_series();
  series.set_name(kSeries);
  series.set_title("Summer");
  series.mutable_marks_due_time()->set_seconds(2000);
  series.mutable_release_time()->set_seconds(1999);
  const auto update = [&] {
    return Call<v1::Series>("SeriesService/UpdateSeries", request, officer_);
  };
  EXPECT_THAT(update(), IsError(Code::kInvalidArgument, kTermDatesDisordered));
  series.mutable_release_time()->set_seconds(2000);
  series.set_checkpoint_policy("six-percent");
  EXPECT_THAT(update(), IsError(Code::kNotFound, kPolicyNotFound));
  series.set_checkpoint_policy("term-dates");
  const auto updated = update();
  ASSERT_THAT(updated, IsOk());
  EXPECT_EQ(updated->release_time().seconds(), 2000);
  EXPECT_FALSE(updated->has_results_due_time());
  series.set_etag("\"1\"");
  EXPECT_THAT(update(), IsError(Code::kAborted, "ETAG_MISMATCH"));
  series.set_etag(updated->etag());
  series.clear_release_time();
  EXPECT_FALSE(update()->has_release_time());
  series.clear_etag();
  series.mutable_marks_due_time()->set_seconds(1LL << 60);
  EXPECT_THAT(update(), IsError(Code::kInvalidArgument, "FIELD_INVALID"));
}

}  // namespace
}  // namespace assay::moderation::testing
