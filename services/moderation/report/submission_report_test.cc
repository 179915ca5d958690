#include "services/moderation/report/submission_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/platform/page/outline_for_test.h"

namespace assay::moderation {
namespace {

using platform::Outline;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

const absl::Time kNow = absl::FromUnixSeconds(1'780'000'000);  // 28 May 2026, 20:26:40.

// Four candidates with both marks, one of them out of a tolerance of 4; 0.5 was taken off.
SubmissionReport Released() {
  SubmissionReport report{.now = kNow,
                          .series_title = "Summer 2026",
                          .component_title = "Coursework",
                          .scale = {.maximum = 6000, .step = 50}};
  report.submission.name = {"summer-2026", "coursework", "urn-1"};
  report.submission.centre = "centres/urn-1";
  report.submission.centre_title = "Castle School";
  report.submission.state = State::kReleased;
  report.submission.counts = {.candidates = 7, .marked = 5, .missing = 0, .excluded = 2};
  report.moderator = "Rhian Evans";
  ReportSample sample{.draw_time = kNow,
                      .sampling_policy = "pearson-2026@1",
                      .tolerance_policy = "six-percent@1",
                      .adjustment_policy = "least-squares@1",
                      .tolerance = 400,
                      .ladder_size = 3,
                      .drawn = 4};
  sample.coverage.assessors = {{"Ann", 2, 2, 0}, {"Bo", 3, 3, 3}};
  sample.gaps = {"assessor Ann: the size of the sample was used up"};
  sample.power = {
      .pool = 100, .size = 15, .detections = {{10, .8192}, {50, .99999}}, .clean_upper_bound = 17};
  report.sample = sample;
  report.pairs_shown = report.results_shown = true;
  report.pairs = {{"c1", Stage::kSubSample, 5000, 4950},
                  {"c2", Stage::kSample, 3000, 2200},
                  {"c3", Stage::kSample, 1000, 1400},
                  {"c4", Stage::kSample, 200, 200}};
  report.changes = {{.before = 200, .after = 150, .count = 1, .adjusted = true},
                    {.before = 3000, .after = 2950, .count = 3, .adjusted = true},
                    {.before = 5000, .after = 5000, .count = 1}};
  report.line = {.intercept = -0.5, .slope = 0.9876, .residual_spread = 1.25};
  report.judgements = {{.number = 1,
                        .time = kNow,
                        .outcome = "Cohort adjusted",
                        .explanation = "3 of 4 marks are within the tolerance of 4.",
                        .judged = 4,
                        .inside = 3,
                        .mean_difference = 1.125,
                        .rank_correlation = 1}};
  report.feedback = Feedback{"Tasks were right.", "A little\ngenerous.", "In time."};
  return report;
}

TEST(SubmissionReportTest, ShowsTheNumbersItWasGiven) {
  const Outline page = Outline::Of(RenderSubmissionReport(Released()));
  ASSERT_THAT(page.Problems(), IsEmpty());
  EXPECT_EQ(page.All("h1")[0].text, "Moderation report: Castle School");
  EXPECT_EQ(page.Fact("Component"), "Coursework, out of 60 in steps of 0.5");
  EXPECT_EQ(page.Fact("Cohort"), "7 candidates: 5 marked, 0 without a mark, 2 absent or withdrawn");
  EXPECT_EQ(page.Fact("Tolerance policy"), "six-percent@1, here 4 marks");
  EXPECT_EQ(page.Fact("Report made"), "28 May 2026, 20:26 UTC");
  EXPECT_EQ(page.Fact("Moderator"), "Rhian Evans");
  // By hand: differences 0.5, 8, -4 and 0; their mean 4.5 / 4.
  EXPECT_EQ(page.Fact("Within tolerance"), "3");
  EXPECT_EQ(page.Fact("Out of tolerance"), "1");
  EXPECT_EQ(page.Fact("Mean difference"), "+1.12 marks (centre less moderator)");
  EXPECT_EQ(page.Fact("Largest difference"), "8 marks");
  EXPECT_EQ(page.Fact("Adjustment line"), "moderator's mark = -0.5 + 0.9876 \u00d7 centre's mark");
  EXPECT_THAT(page.Rows("Marks of both"),
              ElementsAre(ElementsAre("Candidate", "Stage", "Centre", "Moderator", "Difference",
                                      "Tolerance"),
                          ElementsAre("c2", "2", "30", "22", "+8", "OUT"),
                          ElementsAre("c1", "1", "50", "49.5", "+0.5", "within"),
                          ElementsAre("c3", "2", "10", "14", "-4", "within"),
                          ElementsAre("c4", "2", "2", "2", "0", "within")))
      << "what is out of tolerance comes first";
  EXPECT_THAT(page.Rows("Judgements"),
              ::testing::Contains(ElementsAre("1", "28 May 2026, 20:26 UTC", "Cohort adjusted",
                                              "3 of 4", "+1.12", "1",
                                              "3 of 4 marks are within the tolerance of 4.")));
  EXPECT_THAT(page.Rows("Assessor: 1 of 2 represented"),
              ElementsAre(::testing::_,
                          ElementsAre("Ann", "2", "2", "0",
                                      "Not represented: the size of the sample was used up"),
                          ElementsAre("Bo", "3", "3", "3", "Represented")));
}

TEST(SubmissionReportTest, CountsTheMarksBeforeAndAfter) {
  const Outline page = Outline::Of(RenderSubmissionReport(Released()));
  // Mean before (2 + 3 x 30 + 50) / 5 = 28.4, after (1.5 + 3 x 29.5 + 50) / 5 = 28.
  EXPECT_THAT(page.Rows("Marks in summary"),
              ElementsAre(::testing::_, ElementsAre("Before", "5", "28.4", ::testing::_, "2", "50"),
                          ElementsAre("After", "5", "28", ::testing::_, "1.5", "50")));
  const auto rows = page.Rows("How many candidates");
  std::int64_t before = 0, after = 0;
  for (std::size_t i = 1; i < rows.size(); ++i) {
    before += std::stoi(rows[i][1]);
    after += std::stoi(rows[i][2]);
  }
  EXPECT_EQ(before, 5);
  EXPECT_EQ(after, 5);
  EXPECT_EQ(rows[1], (std::vector<std::string>{"0 to 3", "1", "1"})) << "seven of 121 steps a bin";
}

TEST(SubmissionReportTest, SaysWhatTheSampleShows) {
  const std::string text = RenderSubmissionReport(Released());
  EXPECT_THAT(text, HasSubstr("at most 17 of the 100 candidates are out of tolerance"));
  EXPECT_THAT(text, HasSubstr("That does not hold here: 1 mark is out of tolerance."));
  EXPECT_THAT(Outline::Of(text).Rows("How likely"),
              ElementsAre(::testing::_, ElementsAre("10 % (10 of 100)", "82 %"),
                          ElementsAre("50 % (50 of 100)", "over 99 %")))
      << "MOD-6: N 100, 10 % out, n 15 gives .82; what is not certain is not shown as certain";
}

TEST(SubmissionReportTest, GivesFeedbackOnThreeHeads) {
  const Outline page = Outline::Of(RenderSubmissionReport(Released()));
  std::vector<std::string> heads, texts;
  for (const auto& heading : page.All("h3")) heads.push_back(heading.text);
  for (const auto& p : page.All("p")) {
    const auto kind = p.attributes.find("class");
    if (kind != p.attributes.end() && kind->second == "said") texts.push_back(p.text);
  }
  EXPECT_THAT(heads, ::testing::IsSupersetOf(
                         {"Suitability of the tasks", "Accuracy of assessment", "Administration"}));
  EXPECT_THAT(texts, ElementsAre("Tasks were right.", "A little\ngenerous.", "In time."));
}

TEST(SubmissionReportTest, HostileNamesStayText) {
  SubmissionReport report = Released();
  const std::string hostile = "\"><script>alert('1')</script>&amp;<svg onload=x>\x01\xff";
  report.submission.centre_title = hostile;
  report.series_title = hostile;
  report.component_title = hostile;
  report.moderator = hostile;
  report.pairs[0].candidate = hostile;
  report.sample->coverage.assessors[0].value = hostile;
  report.sample->gaps = {hostile};
  report.judgements[0].explanation = hostile;
  report.feedback = Feedback{hostile, hostile, hostile};
  const std::string text = RenderSubmissionReport(report);
  const Outline page = Outline::Of(text);
  EXPECT_THAT(page.Problems(), IsEmpty());
  EXPECT_THAT(text, Not(HasSubstr("<script")));
  EXPECT_EQ(page.All("svg").size(), 2u) << "only the two charts";
  EXPECT_THAT(page.All("h1")[0].text, HasSubstr("<script>alert('1')</script>&amp;"));
}

TEST(SubmissionReportTest, EveryStateSaysWhatIsStillToBeDone) {
  const std::pair<State, const char*> kCases[] = {
      {State::kOpen,
       "The centre has not submitted its marks; they were due on 28 May 2026, 19:26 "
       "UTC, so it is late."},
      {State::kSubmitted, "draw the sample"},
      {State::kSampled, "allocate the submission"},
      {State::kAllocated, "The moderator has to mark 3 candidates of the 6 that are due"},
      {State::kJudged, "release the results"},
      {State::kReleased, "Nothing: the results are released."},
      {State::kRetracted, "the submission is withdrawn, and there will be no results"},
      {State::kVoided, "the submission is void, and there will be no results"},
  };
  for (const auto& [state, expected] : kCases) {
    SubmissionReport report = Released();
    report.marks_due = kNow - absl::Hours(1);
    report.submission.state = state;
    report.sample->due = 6;
    report.sample->outstanding = 3;
    EXPECT_THAT(RenderSubmissionReport(report), HasSubstr(expected)) << NameOf(state);
  }
  SubmissionReport changed = Released();
  changed.submission.state = State::kSubmitted;
  changed.submission.cohort_changed = true;
  changed.submission.counts.missing = 1;
  const std::string text = RenderSubmissionReport(changed);
  EXPECT_THAT(text, HasSubstr("submitted, in progress: the cohort changed"));
  EXPECT_THAT(text, HasSubstr("The centre has not given a mark to 1 candidate."));
  changed.submission.state = State::kSampled;
  EXPECT_THAT(RenderSubmissionReport(changed),
              HasSubstr("sampled; the cohort changed after an earlier draw"));
}

TEST(SubmissionReportTest, WhatIsHiddenSaysWhen) {
  SubmissionReport report = Released();
  report.submission.state = State::kAllocated;
  report.pairs_shown = report.results_shown = false;
  report.pairs.clear();
  report.changes.clear();
  report.judgements.clear();
  report.line.reset();
  report.feedback.reset();
  report.reader = Reader::kCentre;
  report.sample->outstanding = 3;
  const std::string centre = RenderSubmissionReport(report);
  EXPECT_THAT(Outline::Of(centre).Problems(), IsEmpty());
  EXPECT_THAT(Outline::Of(centre).All("svg"), IsEmpty());
  EXPECT_THAT(centre, HasSubstr("when the results of the whole submission are released"));
  EXPECT_THAT(centre, HasSubstr("The submission is being moderated."));
  EXPECT_THAT(centre, Not(HasSubstr("that are due at this stage"))) << "it tells what was found";
  report.reader = Reader::kModerator;
  EXPECT_THAT(RenderSubmissionReport(report), HasSubstr("beside their own"));
}

TEST(SubmissionReportTest, ALargeCohortGivesAPageOfReasonableSize) {
  SubmissionReport report = Released();
  report.pairs.clear();
  report.changes.clear();
  for (int i = 0; i < 8000; ++i) {
    const Mark centre = i * 37 % 121 * 50;
    const Mark moderator = i * 53 % 121 * 50;
    report.pairs.push_back({"candidate-" + std::to_string(i), Stage::kAllWork, centre, moderator});
  }
  for (Mark mark = 0; mark <= 6000; mark += 50) {
    report.changes.push_back({.before = mark, .after = mark, .count = 40});
  }
  report.sample->coverage.groups.assign(5000, {"group", 10, 10, 0});
  report.sample->gaps.assign(5000, "group: the size of the sample was used up");
  const std::string text = RenderSubmissionReport(report);
  EXPECT_LT(text.size(), 700'000u);
  const Outline page = Outline::Of(text);
  EXPECT_THAT(page.Problems(), IsEmpty());
  EXPECT_EQ(page.Rows("Marks of both").size(), kReportRowsMax + 1);
  EXPECT_THAT(text, HasSubstr("The first 5000 of 8000 are drawn."));
  EXPECT_THAT(text, HasSubstr("7000 more are not listed."));
  EXPECT_THAT(text, HasSubstr("4800 more are not listed; those not represented come first."));
}

TEST(SubmissionReportTest, TheSameReportIsTheSamePage) {
  EXPECT_EQ(RenderSubmissionReport(Released()), RenderSubmissionReport(Released()));
}

TEST(SubmissionReportTest, ASubmissionWithoutASampleIsAPageToo) {
  SubmissionReport report = Released();
  report.submission.state = State::kOpen;
  report.sample.reset();
  report.pairs.clear();
  report.changes.clear();
  const std::string text = RenderSubmissionReport(report);
  EXPECT_THAT(Outline::Of(text).Problems(), IsEmpty());
  EXPECT_THAT(text, HasSubstr("No sample is in force."));
}

}  // namespace
}  // namespace assay::moderation
