// A centre's dashboard through the RPC: what other calls know, on one page.
#include "absl/strings/str_cat.h"
#include "assay/approval/v1/dashboard_service.pb.h"
#include "assay/approval/v1/planner_service.pb.h"
#include "assay/approval/v1/qualification_service.pb.h"
#include "google/api/httpbody.pb.h"
#include "services/approval/testing/approval_fixture.h"
#include "services/platform/page/outline_for_test.h"

namespace assay::approval::testing {
namespace {

using platform::Outline;
using platform::testing::IsError;
using platform::testing::IsOk;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using Code = absl::StatusCode;

class DashboardTest : public ApprovalFixture {
 protected:
  absl::StatusOr<google::api::HttpBody> Page(const std::string& token,
                                             const std::string& centre = kCentre) {
    v1::GetCentreDashboardRequest request;
    request.set_name(centre);
    return Call<google::api::HttpBody>("DashboardService/GetCentreDashboard", request, token);
  }
  // That asks for employer involvement.
  void AddTechnical(const std::string& number) {
    v1::CreateQualificationRequest create;
    v1::Qualification& qualification = *create.mutable_qualification();
    qualification.set_number(number);
    qualification.set_title("Made for tests");
    qualification.set_level(3);
    qualification.set_employer_involvement(true);
    qualification.add_units()->set_number("301");
    qualification.mutable_combination()->set_title("All");
    qualification.mutable_combination()->add_units("301");
    create.set_change_note("for tests");
    EXPECT_THAT(
        Call<v1::Qualification>("QualificationService/CreateQualification", create, officer_),
        IsOk());
  }
};

TEST_F(DashboardTest, ShowsWhatIsDueAndWhatASanctionStops) {
  v1::CreateActionRequest action;
  action.set_parent(kCentre);
  action.mutable_action()->set_text("Train the verifiers");
  *action.mutable_action()->mutable_due_day() = DateOf(Today() + 5);
  ASSERT_THAT(Call<v1::CentreAction>("OversightService/CreateAction", action, officer_), IsOk());
  v1::ImposeRestrictionRequest impose;
  impose.set_parent(kCentre);
  impose.mutable_restriction()->set_kind(v1::Restriction::KIND_SANCTION);
  impose.mutable_restriction()->set_level("registrations-stopped");
  impose.mutable_restriction()->set_reason("Two verifiers left.");
  ASSERT_THAT(Call<v1::Restriction>("OversightService/ImposeRestriction", impose, officer_),
              IsOk());
  ApprovalFor("3818-13");
  const auto body = Page(head_);
  ASSERT_THAT(body, IsOk());
  EXPECT_EQ(body->content_type(), "text/html; charset=utf-8");
  const Outline page = Outline::Of(body->data());
  EXPECT_THAT(page.Problems(), IsEmpty());
  EXPECT_EQ(page.All("h1").at(0).text, "Hill College");
  EXPECT_EQ(page.Fact("Status"), "Approved");
  std::vector<std::string> missing;
  for (const auto& item : page.All("li")) missing.push_back(item.text);
  EXPECT_THAT(missing, Contains(HasSubstr("Registrations are stopped: Two verifiers left.")));
  const auto due = page.Rows("Soonest first");
  ASSERT_THAT(due, SizeIs(3));  // With the headings, and the application that waits for an answer.
  EXPECT_EQ(due[1][1], "in 5 days");
  EXPECT_THAT(due[1][2], HasSubstr("Train the verifiers"));
  EXPECT_THAT(page.Rows("Approvals of the centre").at(1).at(0), HasSubstr("3818-13"));
}

// EI-1, EI-15: what is missing is about everything, however few matrices fit on the page.
TEST_F(DashboardTest, CountsWhatIsMissingOverAllPlannersAndShowsTheMatricesOfTen) {
  for (int i = 0; i < 15; ++i) {
    const std::string number = absl::StrCat(9001 + i, "-03");
    AddTechnical(number);
    const std::string approval = ApprovalFor(number);
    if (i == 14) continue;  // The one without a planner.
    v1::CreatePlannerRequest create;
    create.set_parent(kCentre);
    v1::Planner& planner = *create.mutable_planner();
    planner.set_qualification_approval(approval);
    *planner.mutable_first_day() = DateOf(Today());
    *planner.mutable_last_day() = DateOf(Today() + 300);
    v1::PlannerLearner& learner = *planner.mutable_document()->add_learners();
    learner.set_enrolment(absl::StrCat("E", i));
    learner.set_learner_name("Ada");
    ASSERT_THAT(Call<v1::Planner>("PlannerService/CreatePlanner", create, head_), IsOk());
  }
  const auto body = Page(head_);
  ASSERT_THAT(body, IsOk());
  const Outline page = Outline::Of(body->data());
  EXPECT_THAT(page.Problems(), IsEmpty());
  std::vector<std::string> unplanned, lacking;
  for (const auto& item : page.All("li")) {
    if (item.text.find("no current planner") != item.text.npos) unplanned.push_back(item.text);
    if (item.text.find("1 of 1 learner") != item.text.npos) lacking.push_back(item.text);
  }
  EXPECT_THAT(unplanned, ElementsAre(HasSubstr("9015-03")));
  EXPECT_THAT(lacking, SizeIs(14));
  int matrices = 0;
  for (const auto& section : page.All("section")) {
    matrices += section.attributes.at("id").starts_with("planner-") ? 1 : 0;
  }
  EXPECT_EQ(matrices, 10);
  EXPECT_THAT(body->data(), HasSubstr("4 planners have no matrix here"));
}

// QUAL-9: on one qualification, or without an effect, it is in force all the same.
TEST_F(DashboardTest, ShowsEveryConditionAndSanctionInForce) {
  const std::string approval = ApprovalFor("3818-13");
  const auto impose = [&](v1::Restriction::Kind kind, const std::string& level,
                          const std::string& on) {
    v1::ImposeRestrictionRequest request;
    request.set_parent(kCentre);
    request.mutable_restriction()->set_kind(kind);
    request.mutable_restriction()->set_level(level);
    request.mutable_restriction()->set_qualification_approval(on);
    request.mutable_restriction()->set_reason("Why not.");
    const auto made =
        Call<v1::Restriction>("OversightService/ImposeRestriction", request, officer_);
    ASSERT_THAT(made, IsOk());
    EXPECT_EQ(made->policy_version(), 1);
  };
  impose(v1::Restriction::KIND_SANCTION, "registrations-stopped", approval);
  impose(v1::Restriction::KIND_CONDITION, "requirement", "");
  const auto body = Page(head_);
  ASSERT_THAT(body, IsOk());
  const Outline page = Outline::Of(body->data());
  std::vector<std::string> items;
  for (const auto& item : page.All("li")) items.push_back(item.text);
  EXPECT_THAT(items, Contains(HasSubstr("Registrations are stopped in 3818-13: Why not.")));
  EXPECT_THAT(items, Contains(HasSubstr("Condition, requirement: Why not.")));
  EXPECT_THAT(page.Rows("Conditions and sanctions"), SizeIs(3));
}

TEST_F(DashboardTest, CountsMoreThanItListsOfWhatIsDue) {
  v1::CreateActionRequest action;
  action.set_parent(kCentre);
  *action.mutable_action()->mutable_due_day() = DateOf(Today() + 1);
  for (int i = 0; i < 205; ++i) {
    action.mutable_action()->set_text(absl::StrCat("Do ", i));
    ASSERT_THAT(Call<v1::CentreAction>("OversightService/CreateAction", action, officer_), IsOk());
  }
  Pass(2);
  const auto body = Page(head_);
  ASSERT_THAT(body, IsOk());
  const Outline page = Outline::Of(body->data());
  EXPECT_EQ(page.Fact("Due"), "205, 205 overdue");
  EXPECT_THAT(page.Rows("Soonest first"), SizeIs(201));
  EXPECT_THAT(body->data(), HasSubstr("5 more are not listed; ListDueActions has them all."));
}

TEST_F(DashboardTest, ACentreSeesItsOwnAndNoOthers) {
  EXPECT_THAT(Page(other_), IsError(Code::kNotFound, kCentreNotFound));
  EXPECT_THAT(Page(officer_, "centres/urn-999999"), IsError(Code::kNotFound, kCentreNotFound));
  EXPECT_THAT(Page(other_, kNeighbour), IsOk());
}

}  // namespace
}  // namespace assay::approval::testing
