#include "services/moderation/report/series_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/platform/page/outline_for_test.h"

namespace assay::moderation {
namespace {

using platform::Outline;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

const absl::Time kNow = absl::FromUnixSeconds(1'780'000'000);  // 28 May 2026, 20:26:40.

SeriesReport Report() {
  SeriesReport report{.now = kNow, .series = {.id = "summer-2026", .title = "Summer 2026"}};
  report.series.marks_due = kNow - absl::Hours(48);
  report.components = {{"coursework",
                        "Coursework",
                        {.submissions = {3, 1, 0, 2, 1, 4},
                         .candidates = 120,
                         .marked = 100,
                         .missing = 12,
                         .cohort_changed = 1,
                         .submitted_late = 2}},
                       {"performance", "Performance", {}},
                       {"portfolio",
                        "Portfolio",
                        {.submissions = {1, 0, 0, 0, 0, 0}, .candidates = 7, .missing = 7}}};
  report.open = {{"Castle School", "Portfolio", 7, 7}, {"Mill Academy", "Coursework", 30, 5}};
  report.waiting = {{"Oak School", "Coursework", State::kSubmitted, kNow - absl::Hours(73)}};
  report.moderators = {{"Rhian Evans", 2, kNow - absl::Hours(30)}};
  return report;
}

TEST(SeriesReportTest, CountsByStageAndComponent) {
  const Outline page = Outline::Of(RenderSeriesReport(Report()));
  ASSERT_THAT(page.Problems(), IsEmpty());
  EXPECT_EQ(page.Fact("Submissions"), "12");
  EXPECT_EQ(page.Fact("Released"), "4 of 12");
  EXPECT_THAT(
      page.Rows("Submissions by stage"),
      ElementsAre(ElementsAre("Stage", "Submissions", "Share"), ElementsAre("Open", "4", "33.3 %"),
                  ElementsAre("Submitted", "1", "8.3 %"), ElementsAre("Sampled", "0", "0 %"),
                  ElementsAre("Allocated", "2", "16.7 %"), ElementsAre("Judged", "1", "8.3 %"),
                  ElementsAre("Released", "4", "33.3 %"), ElementsAre("Withdrawn", "0", "0 %"),
                  ElementsAre("Void", "0", "0 %")));
  const auto rows = page.Rows("Submissions by component");
  EXPECT_THAT(rows[1],
              ElementsAre("Coursework", "11", "3", "1", "0", "2", "1", "4", "0", "0", "12", "5"));
  EXPECT_THAT(rows[2],
              ElementsAre("Performance", "0", "0", "0", "0", "0", "0", "0", "0", "0", "0", "0"));
  EXPECT_THAT(rows[4], ElementsAre("All components", "12", "4", "1", "0", "2", "1", "4", "0", "0",
                                   "19", "6"));
}

TEST(SeriesReportTest, WhatIsMissingComesFirst) {
  const Outline page = Outline::Of(RenderSeriesReport(Report()));
  EXPECT_EQ(page.All("h2")[0].text, "What is missing");
  EXPECT_EQ(page.All("h2")[1].text, "Who is late");
  const auto rows = page.Rows("What is missing");
  EXPECT_THAT(rows,
              Contains(ElementsAre(
                  "Submissions are late: still open although marks were due (centres)", "4")));
  EXPECT_THAT(rows, Contains(ElementsAre("Candidates have no mark (centres)", "19")));
  EXPECT_THAT(rows, Contains(ElementsAre(HasSubstr("samples are void"), "1")));
  for (const auto& row : rows) EXPECT_NE(row[1], "0");
  EXPECT_THAT(page.Rows("Open although"),
              Contains(ElementsAre("Castle School", "Portfolio", "7", "7")));
  EXPECT_THAT(page.Rows("Submitted and not released"),
              Contains(ElementsAre("Oak School", "Coursework", "submitted",
                                   "25 May 2026, 19:26 UTC", "3")));
}

TEST(SeriesReportTest, BeforeMarksAreDueNobodyIsLate) {
  SeriesReport report = Report();
  report.series.marks_due = kNow + absl::Hours(1);
  const std::string text = RenderSeriesReport(report);
  EXPECT_THAT(text, HasSubstr("Who has not submitted"));
  EXPECT_THAT(text, Not(HasSubstr("Who is late")));
  EXPECT_THAT(Outline::Of(text).Rows("Submissions by component")[1].back(), "2")
      << "only those that came in late";
}

TEST(SeriesReportTest, AReaderOfAPartIsToldSoAndSeesNoModerators) {
  SeriesReport report = Report();
  report.whole = false;
  report.moderators.clear();
  const std::string text = RenderSeriesReport(report);
  EXPECT_THAT(text, HasSubstr("that you have access to"));
  EXPECT_THAT(text, Not(HasSubstr("Who is moderating")));
}

TEST(SeriesReportTest, HostileNamesStayTextAndAnEmptySeriesIsAPage) {
  SeriesReport report = Report();
  const std::string hostile = "</title><script>x</script>\"&";
  report.series.title = hostile;
  report.components[0].title = hostile;
  report.open[0].centre = hostile;
  report.moderators[0].title = hostile;
  const std::string text = RenderSeriesReport(report);
  EXPECT_THAT(Outline::Of(text).Problems(), IsEmpty());
  EXPECT_THAT(text, Not(HasSubstr("<script")));
  const std::string empty = RenderSeriesReport({.now = kNow, .series = {.title = "Autumn"}});
  EXPECT_THAT(Outline::Of(empty).Problems(), IsEmpty());
  EXPECT_THAT(empty, HasSubstr("There are no submissions."));
}

TEST(SeriesReportTest, FiveHundredComponentsGiveAPageOfReasonableSize) {
  SeriesReport report = Report();
  report.components.assign(500, report.components[0]);
  report.more_components = true;
  const std::string text = RenderSeriesReport(report);
  EXPECT_LT(text.size(), 400'000u);
  EXPECT_THAT(text, HasSubstr("The first 40 of 500 components"));
  EXPECT_THAT(text, HasSubstr("more components than are listed"));
}

}  // namespace
}  // namespace assay::moderation
