// How a provider becomes a centre and how one that was closed by mistake comes back, through the
// RPCs.
#include <functional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "assay/approval/v1/events.pb.h"
#include "assay/approval/v1/merge_service.pb.h"
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
using v1::Centre;

class ApplicationTest : public ApprovalFixture {
 protected:
  static v1::CreateCentreRequest Form(const std::string& title = "Riverside Skills",
                                      const std::string& postcode = "cf103nb") {
    v1::CreateCentreRequest form;
    form.set_title(title);
    form.set_kind("independent training provider");
    form.add_address_lines("1 Quay Street");
    form.set_town("Cardiff");
    form.set_postcode(postcode);
    form.set_applicant("Nia Price, principal");
    form.set_reason("We want to offer 3818-13.");
    return form;
  }
  absl::StatusOr<Centre> Create(const v1::CreateCentreRequest& form) {
    return Call<Centre>("LifecycleService/CreateCentre", form, officer_);
  }
  absl::StatusOr<Centre> Apply(const std::string& centre, const std::string& token) {
    v1::ApplyCentreRequest request;
    request.set_name(centre);
    request.set_applicant("Tom Vale, head");
    request.set_reason("We want to teach.");
    return Call<Centre>("LifecycleService/ApplyCentre", request, token);
  }
  template <typename Request>
  absl::StatusOr<Centre> Step(const std::string& method, const std::string& centre,
                              const std::string& reason, const std::string& token) {
    Request request;
    request.set_name(centre);
    request.set_reason(reason);
    return Call<Centre>(method, request, token);
  }
  absl::StatusOr<Centre> Reopen(const std::string& centre = kCentre) {
    return Step<v1::ReopenCentreRequest>("LifecycleService/ReopenCentre", centre,
                                         "The register had a wrong row.", officer_);
  }
  absl::StatusOr<Centre> Close(const std::string& centre = kCentre) {
    return Step<v1::CloseCentreRequest>("LifecycleService/CloseCentre", centre, "It has ended.",
                                        officer_);
  }
  std::vector<std::string> Applications(const std::string& centre, const std::string& token) {
    v1::ListCentreApplicationsRequest request;
    request.set_parent(centre);
    request.set_page_size(1);
    std::vector<std::string> found;
    do {
      const auto page = Call<v1::ListCentreApplicationsResponse>(
          "LifecycleService/ListCentreApplications", request, token);
      EXPECT_THAT(page, IsOk());
      if (!page.ok()) break;
      for (const auto& one : page->applications()) {
        found.push_back(absl::StrCat(one.applicant(), ": ", one.reason()));
      }
      request.set_page_token(page->next_page_token());
    } while (!request.page_token().empty());
    return found;
  }
};

// QUAL-7
TEST_F(ApplicationTest, AProviderThatNobodyKnowsAppliesAndIsApproved) {
  const auto made = Create(Form());
  ASSERT_THAT(made, IsOk());
  EXPECT_EQ(made->state(), Centre::STATE_APPLIED);
  EXPECT_EQ(made->state_reason(), "We want to offer 3818-13.");
  EXPECT_EQ(made->postcode(), "CF10 3NB");
  EXPECT_EQ(made->kind(), "independent training provider");
  EXPECT_TRUE(made->name().starts_with("centres/ab-")) << made->name();
  EXPECT_THAT(Applications(made->name(), officer_),
              ElementsAre("Nia Price, principal: We want to offer 3818-13."));
  EXPECT_THAT(WhatOf(Timeline(made->name(), officer_)), ElementsAre("applied"));
  v1::SearchCentresRequest search;
  search.set_query("riverside");
  EXPECT_THAT(
      Call<v1::SearchCentresResponse>("CentreService/SearchCentres", search, officer_)->centres(),
      SizeIs(1));
  v1::ListCentresRequest list;
  list.set_state(Centre::STATE_APPLIED);
  EXPECT_THAT(Call<v1::ListCentresResponse>("CentreService/ListCentres", list, officer_)->centres(),
              SizeIs(1));
  const auto approved = Step<v1::ApproveCentreRequest>("CentreService/ApproveCentre", made->name(),
                                                       "The visit was good.", officer_);
  ASSERT_THAT(approved, IsOk());
  EXPECT_EQ(approved->state_reason(), "The visit was good.");
  EXPECT_EQ(Timeline(made->name(), officer_).front().reason(), "The visit was good.");
}

TEST_F(ApplicationTest, WhoIsKnownByNumberOrByNameAndPostcodeIsToldOfTheOther) {
  struct Case {
    std::string what;
    v1::CreateCentreRequest form;
    std::string by, field;
  };
  std::vector<Case> cases = {
      {"number", Form(), "urn", "urn"},
      {"laestab", Form(), "laestab", "laestab"},
      {"name", Form("The Hill College", "LS1 4AP"), "name and postcode", "title"}};
  cases[0].form.set_urn("100000");
  cases[1].form.set_laestab("6813614");
  for (Case& c : cases) {
    const auto refused = Create(c.form);
    EXPECT_THAT(refused, IsError(Code::kAlreadyExists, kCentreExists)) << c.what;
    EXPECT_EQ(MetadataOf(refused.status(), "centre"), kCentre) << c.what;
    EXPECT_EQ(MetadataOf(refused.status(), "by"), c.by);
    EXPECT_EQ(MetadataOf(refused.status(), "rule"), "QUAL-7");
    EXPECT_THAT(FieldsOf(refused.status()),
                ElementsAre(absl::StrCat(c.field, ": is that of ", kCentre)));
    // A number is never another centre's; a name may be.
    c.form.set_allow_similar(true);
    EXPECT_EQ(Create(c.form).ok(), c.what == "name") << c.what;
  }
  auto bad = Form();
  bad.set_ukprn("20000055");
  const auto refused = Create(bad);
  EXPECT_THAT(refused, IsError(Code::kInvalidArgument, "FIELD_INVALID"));
  EXPECT_THAT(FieldsOf(refused.status()), ElementsAre(HasSubstr("ukprn: is no UKPRN")));
  auto nobody = Form();
  nobody.clear_reason();
  EXPECT_THAT(Create(nobody), IsError(Code::kInvalidArgument, kReasonMissing));
  EXPECT_THAT(Call<Centre>("LifecycleService/CreateCentre", Form(), head_),
              IsError(Code::kPermissionDenied, "ROLE_NOT_ALLOWED"));
}

// Whoever applied by number and later appears in a national file is the same centre.
TEST_F(ApplicationTest, ANationalFileKnowsBetterThanTheApplicationAndFindsIt) {
  auto form = Form("Moor Trainng");
  form.set_urn("100044");
  const auto made = Create(form);
  ASSERT_THAT(made, IsOk());
  EXPECT_EQ(made->name(), "centres/urn-100044");
  Import("100044,2013699,Moor Training,1 Quay Street,Cardiff,CF10 3NB,1,,,0,College,16,19,\n");
  v1::GetCentreRequest get;
  get.set_name(made->name());
  const auto known = Call<Centre>("CentreService/GetCentre", get, officer_);
  EXPECT_EQ(known->title(), "Moor Training");
  EXPECT_EQ(known->state(), Centre::STATE_APPLIED);
  EXPECT_EQ(known->laestab(), "2013699");
}

TEST_F(ApplicationTest, AListedCentreAppliesOnceAndByItsOwnPeople) {
  EXPECT_EQ(StateOf(kNeighbour), Centre::STATE_LISTED);
  EXPECT_THAT(Apply(kNeighbour, head_), IsError(Code::kNotFound, kCentreNotFound));
  const auto applied = Apply(kNeighbour, other_);
  ASSERT_THAT(applied, IsOk());
  EXPECT_EQ(applied->state(), Centre::STATE_APPLIED);
  EXPECT_THAT(Applications(kNeighbour, other_), ElementsAre("Tom Vale, head: We want to teach."));
  const auto again = Apply(kNeighbour, other_);
  EXPECT_THAT(again, IsError(Code::kFailedPrecondition, kCentreStateWrong));
  EXPECT_EQ(MetadataOf(again.status(), "rule"), "QUAL-9");
  EXPECT_THAT(FieldsOf(again.status()), ElementsAre("name: is applied"));
  EXPECT_THAT(Events<v1::CentreStateChanged>(), SizeIs(2));
}

// A wrong row of a national file does not end a centre for good.
TEST_F(ApplicationTest, AReopenedCentreIsWhatItWasAndTheSameFileDoesNotCloseItAgain) {
  constexpr char kWrong[] =
      "100000,6813614,Hill College,Main Street,Leeds,LS1 4AP,2,,43343,0,College,16,19,\n";
  Import(kWrong);
  EXPECT_EQ(StateOf(kCentre), Centre::STATE_CLOSED);
  const auto reopened = Reopen();
  ASSERT_THAT(reopened, IsOk());
  EXPECT_EQ(reopened->state(), Centre::STATE_APPROVED);
  EXPECT_EQ(reopened->state_reason(), "The register had a wrong row.");
  EXPECT_EQ(Events<v1::CentreStateChanged>().back().state(), "approved");
  Import(kWrong);
  Import(kWrong);
  EXPECT_EQ(StateOf(kCentre), Centre::STATE_APPROVED);
  EXPECT_THAT(WhatOf(Timeline(kCentre, head_)),
              ElementsAre("approved", "reopened", "closed", "approved"));
  // An officer lets the files decide again.
  v1::CorrectCentreRequest correct;
  correct.set_name(kCentre);
  correct.set_reason("It has closed after all.");
  correct.add_corrections()->set_field("status");
  EXPECT_THAT(Call<Centre>("CentreMergeService/CorrectCentre", correct, officer_),
              IsError(Code::kInvalidArgument, "FIELD_INVALID"));
  correct.mutable_corrections(0)->set_withdrawn(true);
  ASSERT_THAT(Call<Centre>("CentreMergeService/CorrectCentre", correct, officer_), IsOk());
  EXPECT_THAT(WhatOf(Timeline(kCentre, head_)).front(), "corrected: status (taken back)");
  Import(kWrong);
  EXPECT_EQ(StateOf(kCentre), Centre::STATE_CLOSED);
}

TEST_F(ApplicationTest, ReopeningLeadsToTheStateBefore) {
  const auto reopened_as = [&](const std::string& centre) {
    EXPECT_THAT(Close(centre), IsOk());
    const auto reopened = Reopen(centre);
    EXPECT_THAT(reopened, IsOk());
    return reopened.ok() ? reopened->state() : Centre::STATE_UNSPECIFIED;
  };
  EXPECT_EQ(reopened_as(kNeighbour), Centre::STATE_LISTED);
  ASSERT_THAT(Apply(kNeighbour, other_), IsOk());
  EXPECT_EQ(reopened_as(kNeighbour), Centre::STATE_APPLIED);
  ASSERT_THAT(Step<v1::SuspendCentreRequest>("CentreService/SuspendCentre", kCentre, "x", officer_),
              IsOk());
  EXPECT_EQ(reopened_as(kCentre), Centre::STATE_SUSPENDED);
  const auto open = Reopen();
  EXPECT_THAT(open, IsError(Code::kFailedPrecondition, kCentreStateWrong));
  EXPECT_EQ(MetadataOf(open.status(), "rule"), "QUAL-9");
  EXPECT_THAT(FieldsOf(open.status()), ElementsAre("name: is suspended"));
  EXPECT_THAT(Step<v1::ReopenCentreRequest>("LifecycleService/ReopenCentre", kCentre, "x", head_),
              IsError(Code::kPermissionDenied, "ROLE_NOT_ALLOWED"));
}

// QUAL-9: conditions that came into force meanwhile follow.
TEST_F(ApplicationTest, AReopenedCentreHasTheConditionsThatAreInForce) {
  v1::ImposeRestrictionRequest impose;
  impose.set_parent(kCentre);
  impose.mutable_restriction()->set_kind(v1::Restriction::KIND_CONDITION);
  impose.mutable_restriction()->set_level("requirement");
  impose.mutable_restriction()->set_reason("Two verifiers are needed.");
  *impose.mutable_restriction()->mutable_from_day() = DateOf(Today() + 2);
  ASSERT_THAT(Call<v1::Restriction>("OversightService/ImposeRestriction", impose, officer_),
              IsOk());
  ASSERT_THAT(Close(), IsOk());
  Pass(3);
  EXPECT_EQ(Reopen()->state(), Centre::STATE_APPROVED_WITH_CONDITIONS);
}

// Every step that the table of states does not have is refused with the rule and the place.
TEST_F(ApplicationTest, EveryIllegalStepOfEveryStateNamesRuleAndPlace) {
  const auto suspend = [&] {
    return Step<v1::SuspendCentreRequest>("CentreService/SuspendCentre", kCentre, "x", officer_);
  };
  const auto withdraw = [&] {
    return Step<v1::WithdrawCentreRequest>("CentreService/WithdrawCentre", kCentre, "x", officer_);
  };
  const auto approve = [&] {
    return Step<v1::ApproveCentreRequest>("CentreService/ApproveCentre", kCentre, "x", officer_);
  };
  const auto reinstate = [&] {
    return Step<v1::ReinstateCentreRequest>("LifecycleService/ReinstateCentre", kCentre, "x",
                                            officer_);
  };
  const auto reapply = [&] {
    return Step<v1::ReapplyCentreRequest>("LifecycleService/ReapplyCentre", kCentre, "x", head_);
  };
  using Steps = std::vector<std::pair<std::string, std::function<absl::StatusOr<Centre>()>>>;
  const Steps all = {{"approve", approve},
                     {"suspend", suspend},
                     {"withdraw", withdraw},
                     {"reinstate", reinstate},
                     {"reapply", reapply},
                     {"close", [&] { return Close(); }},
                     {"reopen", [&] { return Reopen(); }},
                     {"apply", [&] { return Apply(kCentre, head_); }}};
  const auto refused = [&](const std::string& state, const std::set<std::string>& wrong) {
    for (const auto& [name, step] : all) {
      if (!wrong.contains(name)) continue;
      const auto answer = step();
      EXPECT_THAT(answer, IsError(Code::kFailedPrecondition, kCentreStateWrong)) << state << name;
      EXPECT_EQ(MetadataOf(answer.status(), "rule"), "QUAL-9") << state << " " << name;
      EXPECT_EQ(MetadataOf(answer.status(), "state"), state) << name;
      EXPECT_THAT(FieldsOf(answer.status()), ElementsAre("name: is " + state)) << name;
    }
  };
  refused("approved", {"approve", "reinstate", "reapply", "reopen", "apply"});
  ASSERT_THAT(suspend(), IsOk());
  refused("suspended", {"suspend", "reapply", "reopen", "apply"});
  ASSERT_THAT(withdraw(), IsOk());
  refused("withdrawn", {"approve", "suspend", "withdraw", "reinstate", "reopen", "apply"});
  ASSERT_THAT(reapply(), IsOk());
  refused("applied", {"suspend", "reinstate", "reapply", "reopen", "apply"});
  ASSERT_THAT(Close(), IsOk());
  refused("closed", {"approve", "suspend", "withdraw", "reinstate", "reapply", "close", "apply"});
  Import("100077,2013677,Third College,High Street,York,YO1 1AA,1,,,0,College,16,19,\n");
  for (const char* method : {"CentreService/SuspendCentre", "CentreService/WithdrawCentre"}) {
    const auto answer = Step<v1::SuspendCentreRequest>(method, "centres/urn-100077", "x", officer_);
    EXPECT_THAT(answer, IsError(Code::kFailedPrecondition, kCentreStateWrong)) << method;
    EXPECT_EQ(MetadataOf(answer.status(), "state"), "listed");
  }
}

}  // namespace
}  // namespace assay::approval::testing
