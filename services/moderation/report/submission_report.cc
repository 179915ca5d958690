#include "services/moderation/report/submission_report.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdlib>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "services/platform/page/chart.h"
#include "services/platform/page/page.h"

namespace assay::moderation {
namespace {

using platform::ChartPoint;
using platform::HistogramChart;
using platform::Html;
using platform::NumberText;
using platform::ScatterChart;
using platform::Table;

constexpr std::size_t kCoverageRowsMax = 200;
constexpr std::size_t kGapsMax = 200;
constexpr int kBinsMax = 20;

double Marks(Mark mark) { return static_cast<double>(mark) / kOneMark; }

std::string Count(std::int64_t count, std::string_view one, std::string_view many) {
  return absl::StrCat(count, " ", std::string(count == 1 ? one : many));
}

std::string Candidates(std::int64_t count) { return Count(count, "candidate", "candidates"); }

std::string Signed(double value) {
  const std::string text = NumberText(value, 2);
  return value > 0 && text != "0" ? "+" + text : text;
}

// What is not certain is not rounded to certainty.
std::string Percent(double share) {
  if (share < 1 && share > .995) return "over 99 %";
  if (share > 0 && share < .005) return "under 1 %";
  return NumberText(share * 100, 0) + " %";
}

bool Inside(const ReportPair& pair, Mark tolerance) {
  return std::abs(pair.centre - pair.moderator) <= tolerance;
}

std::int64_t CountOutside(const SubmissionReport& report) {
  return std::count_if(report.pairs.begin(), report.pairs.end(), [&](const ReportPair& pair) {
    return !Inside(pair, report.sample->tolerance);
  });
}

// Whether results are still to come.
bool Ended(State state) { return state == State::kRetracted || state == State::kVoided; }

std::string StateText(const Submission& submission) {
  std::string text(NameOf(submission.state));
  if (!submission.cohort_changed) return text;
  const bool waits = submission.state == State::kOpen || submission.state == State::kSubmitted;
  return text + (waits ? ", in progress: the cohort changed"
                       : "; the cohort changed after an earlier draw");
}

void Header(Html& html, const SubmissionReport& report) {
  const Submission& submission = report.submission;
  html.Element("h1", "Moderation report: " + submission.centre_title);
  html.Element("p", report.component_title + ", " + report.series_title, {{"class", "lead"}});
  std::vector<std::pair<std::string, std::string>> facts = {
      {"Submission", submission.name.Text()},
      {"Centre", absl::StrCat(submission.centre_title, " (", submission.centre, ")")},
      {"Component",
       absl::StrCat(report.component_title, ", out of ", FormatMark(report.scale.maximum),
                    " in steps of ", FormatMark(report.scale.step))},
      {"Series", report.series_title},
      {"Stage", StateText(submission)},
      {"Cohort",
       absl::StrCat(Candidates(submission.counts.candidates), ": ", submission.counts.marked,
                    " marked, ", submission.counts.missing, " without a mark, ",
                    submission.counts.excluded, " absent or withdrawn")}};
  if (report.marks_due.has_value()) facts.push_back({"Marks due", TimeText(*report.marks_due)});
  if (submission.submit_time.has_value()) {
    facts.push_back({"Submitted", TimeText(*submission.submit_time)});
  }
  if (report.sample.has_value()) {
    const ReportSample& sample = *report.sample;
    facts.push_back({"Sample drawn", TimeText(sample.draw_time)});
    facts.push_back({"Sampling policy", sample.sampling_policy});
    facts.push_back({"Tolerance policy", absl::StrCat(sample.tolerance_policy, ", here ",
                                                      FormatMark(sample.tolerance), " marks")});
    facts.push_back({"Adjustment policy", sample.adjustment_policy});
  }
  if (!report.moderator.empty()) facts.push_back({"Moderator", report.moderator});
  facts.push_back({"Report made", TimeText(report.now)});
  platform::FactTable(html, "The submission", facts);
}

// What still has to happen before the centre has its results, and who must act.
std::vector<std::string> Outstanding(const SubmissionReport& report) {
  const Submission& submission = report.submission;
  std::vector<std::string> items;
  if (Ended(submission.state)) {
    return {absl::StrCat("Nothing: the submission is ", std::string(NameOf(submission.state)),
                         ", and there will be no results.")};
  }
  if (submission.counts.missing > 0 && submission.state != State::kReleased) {
    items.push_back(absl::StrCat("The centre has not given a mark to ",
                                 Candidates(submission.counts.missing), "."));
  }
  if (submission.state == State::kOpen) {
    const bool late = report.marks_due.has_value() && *report.marks_due < report.now;
    items.push_back(
        absl::StrCat("The centre has not submitted its marks",
                     report.marks_due.has_value()
                         ? absl::StrCat(late ? "; they were due on " : "; they are due on ",
                                        TimeText(*report.marks_due))
                         : "",
                     late ? ", so it is late." : "."));
  }
  if (submission.state == State::kSubmitted) {
    items.push_back(submission.cohort_changed
                        ? "The cohort changed after the draw, so the sample is void; the awarding "
                          "body has to draw again."
                        : "The awarding body has to draw the sample.");
  }
  if (submission.state == State::kSampled) {
    items.push_back("The awarding body has to allocate the submission to a moderator.");
  }
  if (submission.state == State::kAllocated && report.reader == Reader::kCentre) {
    // How far the moderator has looked would tell what was found.
    items.push_back("The submission is being moderated.");
  } else if (submission.state == State::kAllocated && report.sample.has_value() &&
             report.sample->outstanding > 0) {
    items.push_back(absl::StrCat("The moderator has to mark ",
                                 Candidates(report.sample->outstanding), " of the ",
                                 report.sample->due, " that are due at this stage."));
  } else if (submission.state == State::kAllocated) {
    items.push_back("The moderator has to judge the submission.");
  }
  if (submission.state == State::kJudged) {
    items.push_back("The awarding body has to release the results with feedback.");
  }
  return items;
}

void OutstandingSection(Html& html, const SubmissionReport& report) {
  platform::BeginSection(html, "outstanding", "What is still to be done");
  const std::vector<std::string> items = Outstanding(report);
  if (items.empty()) {
    html.Element("p", "Nothing: the results are released.").Close();
    return;
  }
  html.Open("div", {{"class", "todo"}}).Open("ul");
  for (const std::string& item : items) html.Element("li", item);
  html.Close().Close().Close();
}

// What this reader does not see yet, and when.
std::string WhyHidden(const SubmissionReport& report) {
  switch (report.reader) {
    case Reader::kCentre:
      return "Shown to the centre when the results of the whole submission are released.";
    case Reader::kModerator:
      return "The centre's marks are shown to moderators beside their own, once these are "
             "recorded.";
    case Reader::kOffice:
      break;
  }
  return "There is nothing to show yet.";
}

ScatterChart ScatterOf(const SubmissionReport& report, std::size_t count) {
  const Mark tolerance = report.sample->tolerance;
  const double most = Marks(report.scale.maximum);
  const double width = std::min(Marks(tolerance), most);
  ScatterChart chart{.id = "scatter",
                     .title = "Centre's marks against moderator's marks",
                     .x = {"Centre's mark", 0, most},
                     .y = {"Moderator's mark", 0, most}};
  chart.band = {.label = absl::StrCat("Within the tolerance of ", FormatMark(tolerance), " marks"),
                .lower = {{0, 0}, {width, 0}, {most, most - width}, {most, most}},
                .upper = {{0, 0}, {0, width}, {most - width, most}, {most, most}}};
  chart.paths.push_back({"Same mark from both", true, {{0, 0}, {most, most}}});
  ScatterChart::Points inside{"Candidate within tolerance", ScatterChart::Shape::kDot, {}};
  ScatterChart::Points outside{"Candidate out of tolerance", ScatterChart::Shape::kCross, {}};
  for (std::size_t i = 0; i < count; ++i) {
    const ReportPair& pair = report.pairs[i];
    (Inside(pair, tolerance) ? inside : outside)
        .points.push_back({Marks(pair.centre), Marks(pair.moderator)});
  }
  chart.description =
      absl::StrCat(inside.points.size(), " of ", count, " candidates lie within the tolerance of ",
                   FormatMark(tolerance), " marks, ", outside.points.size(),
                   " outside it. Larger shapes stand for several candidates with the same marks. "
                   "The table of marks below has the same numbers.");
  chart.points = {std::move(inside), std::move(outside)};
  ScatterChart::Path line{"Adjustment: from the centre's mark to the final mark", false, {}};
  for (const auto& change : report.changes) {
    if (change.adjusted) line.points.push_back({Marks(change.before), Marks(change.after)});
  }
  if (!line.points.empty()) chart.paths.push_back(std::move(line));
  return chart;
}

void AgreementTable(Html& html, const SubmissionReport& report) {
  const std::vector<ReportPair>& pairs = report.pairs;
  Mark sum = 0, largest = 0;
  for (const ReportPair& pair : pairs) {
    sum += pair.centre - pair.moderator;
    largest = std::max(largest, std::abs(pair.centre - pair.moderator));
  }
  const auto count = static_cast<std::int64_t>(pairs.size());
  const std::int64_t outside = CountOutside(report);
  std::vector<std::pair<std::string, std::string>> facts = {
      {"Candidates marked by both", absl::StrCat(count)},
      {"Within tolerance", absl::StrCat(count - outside)},
      {"Out of tolerance", absl::StrCat(outside)},
      {"Mean difference",
       Signed(Marks(sum) / static_cast<double>(count)) + " marks (centre less moderator)"},
      {"Largest difference", FormatMark(largest) + " marks"}};
  if (report.line.has_value()) {
    facts.push_back(
        {"Adjustment line",
         absl::StrCat("moderator's mark = ", NumberText(report.line->intercept, 3), " + ",
                      NumberText(report.line->slope, 4), " \u00d7 centre's mark")});
    facts.push_back({"Residual spread", NumberText(report.line->residual_spread, 2) + " marks"});
  }
  platform::FactTable(html, "Agreement in numbers", facts);
}

void AgreementSection(Html& html, const SubmissionReport& report) {
  platform::BeginSection(html, "agreement", "Centre against moderator");
  if (!report.pairs_shown || report.pairs.empty() || !report.sample.has_value()) {
    html.Element("p", report.pairs_shown ? "No candidate has been marked by both yet."
                                         : WhyHidden(report))
        .Close();
    return;
  }
  const std::size_t count = std::min(report.pairs.size(), kReportPairsMax);
  html.Open("figure");
  platform::DrawScatter(html, ScatterOf(report, count));
  html.Element(
      "figcaption",
      absl::StrCat("Each dot is a candidate whose marks agree within the tolerance, each "
                   "cross one whose marks do not.",
                   count < report.pairs.size() ? absl::StrCat(" The first ", count, " of ",
                                                              report.pairs.size(), " are drawn.")
                                               : ""));
  html.Close();
  AgreementTable(html, report);
  html.Close();
}

// Bins of a whole number of steps of the scale, at most kBinsMax of them.
HistogramChart HistogramOf(const SubmissionReport& report) {
  const MarkScale& scale = report.scale;
  const Mark step = std::max<Mark>(scale.step, 1);
  const Mark values = scale.maximum / step + 1;
  const Mark width = (values + kBinsMax - 1) / kBinsMax * step;
  const auto bins = static_cast<std::size_t>(scale.maximum / width + 1);
  HistogramChart chart{
      .id = "distribution", .title = "Marks before and after moderation", .x_label = "Mark"};
  for (std::size_t i = 0; i <= bins; ++i) {
    chart.edges.push_back(Marks(width * static_cast<Mark>(i)));
  }
  HistogramChart::Set before{"Before: the centre's marks", std::vector<std::int64_t>(bins)};
  HistogramChart::Set after{"After: the final marks", std::vector<std::int64_t>(bins)};
  const auto bin = [&](Mark mark) {
    return std::min(static_cast<std::size_t>(std::max<Mark>(mark, 0) / width), bins - 1);
  };
  std::int64_t total = 0, changed = 0;
  for (const auto& change : report.changes) {
    before.counts[bin(change.before)] += change.count;
    after.counts[bin(change.after)] += change.count;
    total += change.count;
    if (change.before != change.after) changed += change.count;
  }
  chart.description =
      absl::StrCat("How the marks of ", Candidates(total), " lie. Moderation changed the marks of ",
                   changed, ". The table below has the same numbers.");
  chart.sets = {std::move(before), std::move(after)};
  return chart;
}

void DistributionTable(Html& html, const SubmissionReport& report, const HistogramChart& chart) {
  Table table(html, "How many candidates have such marks",
              {{"Marks"}, {"Before", true}, {"After", true}});
  for (std::size_t i = 0; i + 1 < chart.edges.size(); ++i) {
    const double last = i + 2 == chart.edges.size() ? Marks(report.scale.maximum)
                                                    : chart.edges[i + 1] - Marks(report.scale.step);
    const std::string from = NumberText(chart.edges[i], 2);
    const std::string to = NumberText(last, 2);
    table.Row({from == to ? from : absl::StrCat(from, " to ", to),
               absl::StrCat(chart.sets[0].counts[i]), absl::StrCat(chart.sets[1].counts[i])});
  }
}

void DistributionSummary(Html& html, const SubmissionReport& report) {
  struct Side {
    Mark lowest = kMarkMax, highest = 0;
    double sum = 0, squares = 0;
    void Add(Mark mark, std::int64_t count) {
      lowest = std::min(lowest, mark);
      highest = std::max(highest, mark);
      sum += Marks(mark) * static_cast<double>(count);
      squares += Marks(mark) * Marks(mark) * static_cast<double>(count);
    }
    std::vector<std::string> Row(std::string_view name, double n) const {
      const double mean = sum / n;
      const double deviation = std::sqrt(std::max(0.0, squares / n - mean * mean));
      return {std::string(name),        NumberText(n, 0),   NumberText(mean, 2),
              NumberText(deviation, 2), FormatMark(lowest), FormatMark(highest)};
    }
  } before, after;
  double count = 0;
  for (const auto& change : report.changes) {
    before.Add(change.before, change.count);
    after.Add(change.after, change.count);
    count += static_cast<double>(change.count);
  }
  Table table(html, "Marks in summary",
              {{"Marks"},
               {"Candidates", true},
               {"Mean", true},
               {"Standard deviation", true},
               {"Lowest", true},
               {"Highest", true}});
  table.Row(before.Row("Before", count));
  table.Row(after.Row("After", count));
}

std::string WhyNoResults(const SubmissionReport& report) {
  if (report.results_shown) return "No candidate has a final mark.";
  if (report.reader == Reader::kCentre) return WhyHidden(report);
  return "Shown when the submission is judged.";
}

void DistributionSection(Html& html, const SubmissionReport& report) {
  platform::BeginSection(html, "marks", "Marks before and after");
  if (!report.results_shown || report.changes.empty()) {
    html.Element("p", WhyNoResults(report)).Close();
    return;
  }
  const HistogramChart chart = HistogramOf(report);
  html.Open("figure");
  platform::DrawHistogram(html, chart);
  html.Element("figcaption",
               "Candidates who have both marks: the absent, the withdrawn and those without a mark "
               "are not counted.");
  html.Close();
  DistributionSummary(html, report);
  DistributionTable(html, report, chart);
  html.Close();
}

void CoverageTable(Html& html, std::string_view what, const std::vector<Represented>& items) {
  if (items.empty()) return;
  const auto missed = std::count_if(items.begin(), items.end(),
                                    [](const Represented& item) { return item.drawn == 0; });
  const std::string caption =
      absl::StrCat(std::string(what), ": ", static_cast<std::int64_t>(items.size()) - missed,
                   " of ", items.size(), " represented");
  {
    Table table(html, caption,
                {{std::string(what)},
                 {"Candidates", true},
                 {"Can be drawn", true},
                 {"Drawn", true},
                 {"Standing"}});
    for (std::size_t i = 0; i < std::min(items.size(), kCoverageRowsMax); ++i) {
      const Represented& item = items[i];
      table.Row({item.value, absl::StrCat(item.candidates), absl::StrCat(item.drawable),
                 absl::StrCat(item.drawn), StandingOf(item)},
                item.drawn == 0 && item.candidates > 0);
    }
  }
  if (items.size() > kCoverageRowsMax) {
    html.Element("p", absl::StrCat(items.size() - kCoverageRowsMax,
                                   " more are not listed; those not represented come first."));
  }
}

void CoverageSection(Html& html, const SubmissionReport& report) {
  platform::BeginSection(html, "coverage", "Who the sample represents");
  if (!report.sample.has_value()) {
    html.Element("p", "No sample is in force.").Close();
    return;
  }
  const ReportSample& sample = *report.sample;
  if (sample.is_void) {
    html.Element("p", "The sample is void: the cohort changed after the draw.");
  }
  html.Element("p", absl::StrCat(Candidates(sample.drawn), " of ", sample.power.pool,
                                 " who could be drawn are in the sample; the policy ",
                                 sample.sampling_policy, " asks for ", sample.ladder_size,
                                 ", and what exceeds it was added on top or at a later stage. The "
                                 "highest mark is ",
                                 sample.coverage.highest ? "" : "not ",
                                 "represented, the lowest mark above zero is ",
                                 sample.coverage.lowest ? "" : "not ", "represented."));
  CoverageTable(html, "Assessor", sample.coverage.assessors);
  CoverageTable(html, "Site", sample.coverage.sites);
  CoverageTable(html, "Teaching group", sample.coverage.groups);
  if (sample.show_mark_ranges) CoverageTable(html, "Marks", sample.coverage.marks);
  if (!sample.gaps.empty()) {
    html.Element("h3", "Gaps recorded with the draw").Open("ul");
    for (std::size_t i = 0; i < std::min(sample.gaps.size(), kGapsMax); ++i) {
      html.Element("li", sample.gaps[i]);
    }
    html.Close();
  }
  html.Close();
}

void PowerSection(Html& html, const SubmissionReport& report) {
  platform::BeginSection(html, "power", "What the sample shows");
  if (!report.sample.has_value() || report.sample->power.pool == 0) {
    html.Element("p", "No sample is in force.").Close();
    return;
  }
  const ReportSample& sample = *report.sample;
  const ReportPower& power = sample.power;
  std::string text = absl::StrCat("If every mark in this sample of ", power.size,
                                  " is within tolerance, one can be 95 % sure "
                                  "that at most ",
                                  power.clean_upper_bound, " of the ", power.pool,
                                  " candidates are out of tolerance; it cannot show that none is.");
  const std::int64_t outside = report.pairs_shown ? CountOutside(report) : 0;
  if (outside > 0) {
    absl::StrAppend(&text, " That does not hold here: ", outside,
                    outside == 1 ? " mark is out of tolerance." : " marks are out of tolerance.");
  }
  html.Element("p", text);
  {
    Table table(html, "How likely such a sample is to meet a candidate who is out of tolerance",
                {{"If so many of the cohort are out of tolerance"}, {"Probability", true}});
    for (const auto& detection : power.detections) {
      table.Row({absl::StrCat(
                     NumberText(detection.rate_percent, 2), " % (",
                     std::llround(static_cast<double>(power.pool) * detection.rate_percent / 100),
                     " of ", power.pool, ")"),
                 Percent(detection.probability)});
    }
  }
  html.Element("p",
               "Exact probabilities of drawing without replacement, as if all of the sample had "
               "been drawn at random.",
               {{"class", "quiet"}});
  html.Close();
}

void PairsSection(Html& html, const SubmissionReport& report) {
  platform::BeginSection(html, "candidates", "Tolerance for each candidate", /*fresh=*/true);
  if (!report.pairs_shown || report.pairs.empty() || !report.sample.has_value()) {
    html.Element("p", report.pairs_shown ? "No candidate has been marked by both yet."
                                         : WhyHidden(report))
        .Close();
    return;
  }
  const Mark tolerance = report.sample->tolerance;
  std::vector<const ReportPair*> rows;
  for (const ReportPair& pair : report.pairs) rows.push_back(&pair);
  std::stable_sort(rows.begin(), rows.end(), [&](const ReportPair* a, const ReportPair* b) {
    return Inside(*a, tolerance) < Inside(*b, tolerance);
  });
  {
    Table table(html,
                absl::StrCat("Marks of both and their difference; tolerance ",
                             FormatMark(tolerance), "; out of tolerance first"),
                {{"Candidate"},
                 {"Stage", true},
                 {"Centre", true},
                 {"Moderator", true},
                 {"Difference", true},
                 {"Tolerance"}});
    for (std::size_t i = 0; i < std::min(rows.size(), kReportRowsMax); ++i) {
      const ReportPair& pair = *rows[i];
      const bool inside = Inside(pair, tolerance);
      table.Row({pair.candidate, absl::StrCat(static_cast<int>(pair.stage)),
                 FormatMark(pair.centre), FormatMark(pair.moderator),
                 Signed(Marks(pair.centre - pair.moderator)), inside ? "within" : "OUT"},
                !inside);
    }
  }
  if (rows.size() > kReportRowsMax) {
    html.Element("p", absl::StrCat(rows.size() - kReportRowsMax, " more are not listed."));
  }
  html.Close();
}

void JudgementSection(Html& html, const SubmissionReport& report) {
  platform::BeginSection(html, "judgements", "How it was judged");
  if (report.judgements.empty()) {
    const bool hidden = report.reader == Reader::kCentre && !report.results_shown;
    html.Element("p", hidden ? WhyHidden(report) : "It has not been judged.").Close();
    return;
  }
  {
    Table table(html, "Judgements, oldest first",
                {{"Number"},
                 {"When"},
                 {"Outcome"},
                 {"Within tolerance", true},
                 {"Mean difference", true},
                 {"Rank correlation", true},
                 {.heading = "In words", .wide = true}});
    for (const ReportJudgement& judgement : report.judgements) {
      table.Row({absl::StrCat(judgement.number), TimeText(judgement.time), judgement.outcome,
                 absl::StrCat(judgement.inside, " of ", judgement.judged),
                 Signed(judgement.mean_difference),
                 judgement.rank_correlation.has_value() ? NumberText(*judgement.rank_correlation, 2)
                                                        : "-",
                 judgement.explanation});
    }
  }
  html.Close();
}

void FeedbackSection(Html& html, const SubmissionReport& report) {
  platform::BeginSection(html, "feedback", "Feedback to the centre");
  if (!report.feedback.has_value()) {
    html.Element("p", "Given with the release of the results.").Close();
    return;
  }
  const auto head = [&](std::string_view heading, const std::string& text) {
    html.Element("h3", heading).Element("p", text, {{"class", "said"}});
  };
  head("Suitability of the tasks", report.feedback->tasks);
  head("Accuracy of assessment", report.feedback->accuracy);
  head("Administration", report.feedback->administration);
  html.Close();
}

}  // namespace

std::string TimeText(absl::Time time) {
  return absl::FormatTime("%-d %B %Y, %H:%M UTC", time, absl::UTCTimeZone());
}

std::string RenderSubmissionReport(const SubmissionReport& report) {
  Html html;
  platform::BeginPage(
      html, {.title = absl::StrCat("Moderation report: ", report.submission.centre_title, ", ",
                                   report.component_title)});
  Header(html, report);
  OutstandingSection(html, report);
  FeedbackSection(html, report);
  AgreementSection(html, report);
  DistributionSection(html, report);
  CoverageSection(html, report);
  PowerSection(html, report);
  JudgementSection(html, report);
  PairsSection(html, report);
  return html.Take();
}

}  // namespace assay::moderation
