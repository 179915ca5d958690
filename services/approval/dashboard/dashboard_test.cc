#include "services/approval/dashboard/dashboard.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "services/platform/page/outline_for_test.h"

namespace assay::approval {
namespace {

using platform::Outline;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;

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
  coverage.gap = {coverage.planner, coverage.title, 3, 2, 0};
  return coverage;
}

std::vector<std::string> Items(const Outline& page) {
  std::vector<std::string> items;
  for (const auto& item : page.All("li")) items.push_back(item.text);
  return items;
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
  EXPECT_EQ(page.Fact("Status"), "Approved");
  EXPECT_EQ(page.Fact("Due"), "nothing");
  EXPECT_EQ(page.Fact("Risk"), "not evaluated");
  EXPECT_THAT(page.All("script"), IsEmpty());
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
  dashboard.limits = {
      {"sanction", "no registrations", "", "Registrations are stopped", kToday, std::nullopt,
       "two verifiers left", "centres/urn-100000/restrictions/r1", true},
      {"condition", "requirement", " in 9001-03", "", kToday, kToday + 9, "train an assessor",
       "centres/urn-100000/restrictions/r2", true},
      {"sanction", "no certificates", "", "Certification is stopped", kToday + 5, std::nullopt,
       "to come", "centres/urn-100000/restrictions/r3", false}};
  dashboard.planners.push_back(Planned());
  dashboard.gaps.push_back(dashboard.planners[0].gap);
  dashboard.due.push_back({kToday - 2, "Name employers", "centre", "x"});
  dashboard.due_count = 1;
  dashboard.due_overdue = 1;
  dashboard.unplanned.push_back("9002-03 Baking");
  const std::string html = RenderDashboard(dashboard);
  const Outline page = Outline::Of(html);
  EXPECT_THAT(page.Problems(), IsEmpty());
  EXPECT_THAT(Items(page),
              ElementsAre("The centre is suspended: no head of centre",
                          "Registrations are stopped: two verifiers left "
                          "(centres/urn-100000/restrictions/r1)",
                          "Condition, requirement in 9001-03: train an assessor "
                          "(centres/urn-100000/restrictions/r2)",
                          "1 thing is overdue; see what is due.",
                          "There is no current planner of employer involvement for 9002-03 Baking "
                          "(EI-1, EI-9).",
                          "2 of 3 learners of 9001-03 Level 3 in Shop Management have no employer "
                          "involvement yet (EI-15): centres/urn-100000/planners/p1"));
  EXPECT_EQ(page.Rows("Soonest first").at(1).at(1), "2 days overdue");
  EXPECT_THAT(page.Rows("Conditions and sanctions"), SizeIs(4));  // The planned one too.
  EXPECT_EQ(page.Fact("Status"), "Suspended");
  // Status, then what is missing, then the rest.
  EXPECT_LT(html.find("How the centre stands"), html.find("What is missing"));
  EXPECT_LT(html.find("What is missing"), html.find("What is due"));
}

// Whatever is not on the page is counted, and the page says where it is.
TEST(DashboardTest, SaysHowMuchIsNotShownAndWhere) {
  CentreDashboard dashboard = Empty();
  for (int i = 0; i < 250; ++i) {
    dashboard.due.push_back({kToday - 1, "Do " + std::to_string(i), "centre", "x"});
  }
  dashboard.due_count = 900;
  dashboard.due_overdue = 700;
  dashboard.approvals.push_back({.approval = {.qualification = "9001-03"}, .title = "9001-03 L3"});
  dashboard.approvals_count = 31;
  dashboard.planners.push_back(Planned());
  dashboard.planners_count = 15;
  for (int i = 0; i < kMissingShown + 5; ++i) {
    dashboard.unplanned.push_back("Q" + std::to_string(i));
    dashboard.gaps.push_back(Planned().gap);
  }
  dashboard.past_gaps = 7;
  const std::string html = RenderDashboard(dashboard);
  const Outline page = Outline::Of(html);
  EXPECT_THAT(page.Problems(), IsEmpty());
  EXPECT_THAT(page.Rows("Soonest first"), SizeIs(kDueShown + 1));
  EXPECT_THAT(html, HasSubstr("700 more are not listed; ListDueActions has them all."));
  EXPECT_THAT(html, HasSubstr("30 more are not listed; ListQualificationApprovals has them all."));
  EXPECT_THAT(html, HasSubstr("14 planners have no matrix here"));
  EXPECT_THAT(Items(page), Contains("700 things are overdue; see what is due."));
  EXPECT_THAT(Items(page), Contains("And 5 more qualifications without one; see qualifications."));
  EXPECT_THAT(Items(page),
              Contains("And 5 more of the kind; ListMissingInvolvement has them all."));
  EXPECT_THAT(Items(page), Contains(HasSubstr("7 learners of planners that are over")));
}

// QUAL-9: while it is in force an approval ends when it expires or is not used in time.
TEST(DashboardTest, SaysUntilWhenAnApprovalIsInForce) {
  struct Case {
    ApprovalState state;
    std::optional<absl::CivilDay> expires, unused, used, ended;
    const char* until;
  };
  const absl::CivilDay may(2026, 5, 1), june(2026, 6, 1);
  const Case cases[] = {
      {ApprovalState::kApproved, june, {}, {}, {}, "2026-06-01"},
      {ApprovalState::kApproved, june, may, {}, {}, "2026-05-01, unless a learner is registered"},
      {ApprovalState::kSuspended, june, may, kToday, {}, "2026-06-01"},
      {ApprovalState::kApproved, {}, {}, {}, {}, "no end is set"},
      {ApprovalState::kWithdrawn, june, {}, {}, kToday, "2026-03-10"},
      {ApprovalState::kApplied, {}, {}, {}, {}, ""}};
  for (const Case& c : cases) {
    CentreDashboard dashboard = Empty();
    dashboard.approvals.push_back({.approval = {.state = c.state}, .title = "9001-03 L3"});
    QualificationApproval& approval = dashboard.approvals[0].approval;
    approval.expire_date = c.expires;
    approval.first_use_due_date = c.unused;
    approval.first_use_date = c.used;
    approval.end_date = c.ended;
    const auto rows = Outline::Of(RenderDashboard(dashboard)).Rows("Approvals of the centre");
    ASSERT_THAT(rows, SizeIs(2));
    EXPECT_THAT(rows[1][3], StartsWith(c.until));
    EXPECT_EQ(rows[1][3].empty(), std::string(c.until).empty());
  }
}

// EI-7: what the quality team decided on a recording stands in the matrix.
TEST(DashboardTest, ShowsWhatWasDecidedOnReferredLearners) {
  CentreDashboard dashboard = Empty();
  CentreDashboard::Coverage coverage = Planned();
  for (LearnerCheck& check : coverage.check.learners) check.outcome = Involvement::kReferred;
  coverage.decisions = {{"E1", false}, {"E2", true}};
  dashboard.planners.push_back(std::move(coverage));
  const auto rows = Outline::Of(RenderDashboard(dashboard)).Rows("Learners and activities");
  ASSERT_THAT(rows, SizeIs(4));
  std::map<std::string, std::string> said;
  for (std::size_t i = 1; i < rows.size(); ++i) said[rows[i][0]] = rows[i][1];
  EXPECT_EQ(said["Ada (E1)"], "not met (decided, EI-7)");
  EXPECT_EQ(said["Ben (E2)"], "met (decided, EI-7)");
  EXPECT_EQ(said["Cai (E3)"], "referred");
  EXPECT_EQ(rows[3][0], "Ben (E2)") << "who lacks nothing comes last";
}

TEST(DashboardTest, NamesInWelshAndNamesThatLookLikeMarkupAreTextOfTheirLanguage) {
  CentreDashboard dashboard = Empty();
  dashboard.centre.facts.title_cy =
      "Coleg Glan-y-M\xC3\xB4r \xC5\xB4"
      " & <b>";
  CentreDashboard::Coverage coverage = Planned();
  coverage.document.learners[0].name = "<script>alert(1)</script>\xE2\x80\xAE";
  coverage.document.learners[1].name = "";
  coverage.document.activities[0].title = "";
  dashboard.planners.push_back(std::move(coverage));
  const std::string html = RenderDashboard(dashboard);
  const Outline page = Outline::Of(html);
  EXPECT_THAT(page.Problems(), IsEmpty());
  EXPECT_THAT(page.All("script"), IsEmpty());
  EXPECT_THAT(html,
              HasSubstr("<p lang=\"cy\">Coleg Glan-y-M\xC3\xB4r \xC5\xB4 &amp; &lt;b&gt;</p>"));
  EXPECT_THAT(html, Not(HasSubstr("\xE2\x80\xAE")));
  const auto rows = page.Rows("Learners and activities");
  EXPECT_EQ(rows[0][2], "Activity 1");
  EXPECT_THAT(rows, Contains(Contains("E2")));  // An erased name leaves the number.
}

// 15 planners of 500 learners and 40 activities, long names: a page that a browser opens.
TEST(DashboardTest, StaysAPageAtTheSizeOfALargeCentre) {
  CentreDashboard dashboard = Empty();
  CentreDashboard::Coverage large = Planned();
  large.document.learners.clear();
  large.document.activities.clear();
  for (int l = 0; l < 500; ++l) {
    large.document.learners.push_back({"N" + std::to_string(l), std::string(120, 'w')});
  }
  for (int a = 0; a < 40; ++a) {
    Activity activity{.id = "a" + std::to_string(a), .title = std::string(150, 't')};
    activity.practitioner = Practitioner{.name = "", .employer = "Shop Ltd", .sectors = {}};
    activity.day = absl::CivilDay(2026, 1, 5);
    for (int l = a; l < 500; l += 2) {
      activity.learners.push_back({"N" + std::to_string(l), Participation::kPlanned, ""});
    }
    large.document.activities.push_back(std::move(activity));
  }
  large.check = CheckInvolvement(
      large.document, {.sectors = {}, .first_day = large.first_day, .last_day = large.last_day});
  for (int i = 0; i < 10; ++i) dashboard.planners.push_back(large);
  dashboard.planners_count = 15;
  const std::string html = RenderDashboard(dashboard);
  RecordProperty("bytes", static_cast<int>(html.size()));
  EXPECT_LT(html.size(), 8u << 20);
  EXPECT_THAT(html,
              HasSubstr("350 more learners are not shown"));  // 6000 rows, ten by four tables.
  EXPECT_THAT(Outline::Of(html).Problems(), IsEmpty());
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
