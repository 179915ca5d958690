// A centre's dashboard through the RPC: what other calls know, on one page.
#include "assay/approval/v1/dashboard_service.pb.h"
#include "google/api/httpbody.pb.h"
#include "services/approval/testing/approval_fixture.h"
#include "services/platform/page/outline_for_test.h"

namespace assay::approval::testing {
namespace {

using platform::Outline;
using platform::testing::IsError;
using platform::testing::IsOk;
using ::testing::Contains;
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
  ASSERT_THAT(due, SizeIs(2));  // With the headings.
  EXPECT_EQ(due[1][1], "in 5 days");
  EXPECT_THAT(due[1][2], HasSubstr("Train the verifiers"));
  EXPECT_THAT(page.Rows("Approvals of the centre").at(1).at(0), HasSubstr("3818-13"));
}

TEST_F(DashboardTest, ACentreSeesItsOwnAndNoOthers) {
  EXPECT_THAT(Page(other_), IsError(Code::kNotFound, kCentreNotFound));
  EXPECT_THAT(Page(officer_, "centres/urn-999999"), IsError(Code::kNotFound, kCentreNotFound));
  EXPECT_THAT(Page(other_, kNeighbour), IsOk());
}

}  // namespace
}  // namespace assay::approval::testing
