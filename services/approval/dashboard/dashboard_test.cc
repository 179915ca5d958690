#include "services/approval/dashboard/dashboard.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "services/platform/page/outline_for_test.h"

namespace assay::approval {
namespace {

using platform::Outline;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

const absl::CivilDay kToday(2026, 3, 10);

CentreDashboard Empty() {
  CentreDashboard dashboard;
  dashboard.today = kToday;
  dashboard.centre.id = "urn-100000";
  dashboard.centre.state = CentreState::kApproved;
  dashboard.centre.facts.title = "Coleg <Gwent> & Sons";
  dashboard.centre.facts.urn = "100000";
  return dashboard;
}

// E1 has completed a placement, E2 has one planned, E3 has nothing.
CentreDashboard::Coverage Planned() {
  CentreDashboard::Coverage coverage;
  coverage.planner = "centres/urn-100000/planners/p1";
  coverage.title = "9001-03 Level 3 in Shop Management";
  coverage.state = "meets";
  coverage.first_day = absl::CivilDay(2025, 9, 1);
  coverage.last_day = absl::CivilDay(2026, 7, 1);
  coverage.deadline = absl::CivilDay(2026, 6, 30);
  coverage.document.learners = {{"E1", "Ada"}, {"E2", "Ben"}, {"E3", "Cai"}};
  Activity placement{.id = "a1", .title = "Placement"};
  placement.practitioner = Practitioner{.name = "", .employer = "Shop Ltd", .sectors = {"15"}};
  placement.day = absl::CivilDay(2026, 1, 5);
  placement.learners = {{"E1", Participation::kCompleted, ""}, {"E2", Participation::kPlanned, ""}};
  placement.evidence = {{"register"}};
  coverage.document.activities.push_back(std::move(placement));
  coverage.check = CheckInvolvement(coverage.document, {.sectors = {"15"},
                                                        .first_day = coverage.first_day,
                                                        .last_day = coverage.last_day,
                                                        .today = kToday});
  return coverage;
}

TEST(DashboardTest, IsAPageThatReadersAndParsersGetThrough) {
  CentreDashboard dashboard = Empty();
  dashboard.planners.push_back(Planned());
  dashboard.due.push_back({kToday + 3, "Name employers", "centre", "centres/urn-100000"});
  dashboard.approvals.push_back({.approval = {.qualification = "9001-03"}, .title = "9001-03 L3"});
  const Outline page = Outline::Of(RenderDashboard(dashboard));
  EXPECT_THAT(page.Problems(), IsEmpty());
  EXPECT_EQ(page.All("h1").at(0).text, "Coleg <Gwent> & Sons");
}

TEST(DashboardTest, ACentreWithNothingOpenSaysSo) {
  const Outline page = Outline::Of(RenderDashboard(Empty()));
  EXPECT_THAT(page.Problems(), IsEmpty());
  EXPECT_THAT(page.All("ul"), IsEmpty());
  EXPECT_EQ(page.Fact("Risk"), "not evaluated");
}

// EI-15: whoever lacks something stands first, with what would repair it.
TEST(DashboardTest, ShowsLearnersByActivitiesWithThoseWhoLackSomethingFirst) {
  CentreDashboard dashboard = Empty();
  dashboard.planners.push_back(Planned());
  const auto rows =
      Outline::Of(RenderDashboard(dashboard)).Rows("Learners and activities 1 to 1 of 1");
  ASSERT_THAT(rows, SizeIs(4));  // With the headings.
  EXPECT_EQ(rows[0][2], "Placement");
  EXPECT_EQ(rows[3][0], "Ada (E1)");
  EXPECT_EQ(rows[3][1], "met");
  EXPECT_EQ(rows[3][2], "counts");
  EXPECT_EQ(rows[1][1], "not met");
  EXPECT_THAT(rows[1].back(), Not(IsEmpty()));
  for (int i : {1, 2}) {
    EXPECT_EQ(rows[i][2], rows[i][0] == "Ben (E2)" ? "planned" : "") << rows[i][0];
  }
}

TEST(DashboardTest, NamesWhatIsMissingBeforeAnythingElse) {
  CentreDashboard dashboard = Empty();
  dashboard.centre.state = CentreState::kSuspended;
  dashboard.centre.state_reason = "no head of centre";
  dashboard.limits.push_back("Registrations are stopped.");
  dashboard.planners.push_back(Planned());
  dashboard.due.push_back({kToday - 2, "Name employers", "centre", "x"});
  dashboard.approvals.push_back(
      {.approval = {.qualification = "9002-03", .state = ApprovalState::kApproved},
       .title = "9002-03 Baking",
       .planner_asked = true});
  const Outline page = Outline::Of(RenderDashboard(dashboard));
  std::vector<std::string> items;
  for (const auto& item : page.All("li")) items.push_back(item.text);
  EXPECT_THAT(items, Contains("The centre is suspended: no head of centre"));
  EXPECT_THAT(items, Contains("Registrations are stopped."));
  EXPECT_THAT(items, Contains("1 thing is overdue; see what is due."));
  EXPECT_THAT(items, Contains(HasSubstr("no current planner of employer involvement for 9002-03")));
  EXPECT_THAT(items, Contains(HasSubstr("2 of 3 learners of 9001-03")));
  EXPECT_EQ(page.Rows("Soonest first").at(1).at(1), "2 days overdue");
}

TEST(DashboardTest, ManyActivitiesGoIntoSeveralTablesAndManyLearnersAreCounted) {
  CentreDashboard dashboard = Empty();
  CentreDashboard::Coverage coverage = Planned();
  for (int i = 0; i < 20; ++i) {
    Activity more = coverage.document.activities[0];
    more.id = "m" + std::to_string(i);
    more.title = "More " + std::to_string(i);
    coverage.document.activities.push_back(more);
  }
  for (int i = 0; i < 400; ++i) coverage.document.learners.push_back({"N" + std::to_string(i), ""});
  coverage.check = CheckInvolvement(coverage.document, {.sectors = {"15"},
                                                        .first_day = coverage.first_day,
                                                        .last_day = coverage.last_day,
                                                        .today = kToday});
  dashboard.planners.push_back(std::move(coverage));
  const std::string html = RenderDashboard(dashboard);
  const Outline page = Outline::Of(html);
  EXPECT_THAT(page.Problems(), IsEmpty());
  EXPECT_THAT(page.Rows("Learners and activities 1 to 12 of 21"), SizeIs(kMatrixLearnersMax + 1));
  EXPECT_THAT(page.Rows("Learners and activities 13 to 21 of 21"), SizeIs(kMatrixLearnersMax + 1));
  EXPECT_THAT(html, HasSubstr("103 more learners are not shown"));
}

}  // namespace
}  // namespace assay::approval
