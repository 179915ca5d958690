#include "services/moderation/report/series_report.h"

#include <algorithm>
#include <cctype>
#include <cstddef>
#include <numeric>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/moderation/report/submission_report.h"
#include "services/platform/page/chart.h"
#include "services/platform/page/page.h"

namespace assay::moderation {
namespace {

using platform::BarChart;
using platform::Html;
using platform::Table;

constexpr std::size_t kBarsMax = 40;

std::int64_t At(const StageCounts& counts, State state) {
  return counts.submissions[static_cast<std::size_t>(state)];
}

std::string Capital(std::string_view text) {
  std::string out(text);
  if (!out.empty()) out[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(out[0])));
  return out;
}

StageCounts Total(const SeriesReport& report) {
  StageCounts total;
  for (const auto& component : report.components) total.Add(component.counts);
  return total;
}

bool PastDue(const SeriesReport& report) {
  return report.series.marks_due.has_value() && *report.series.marks_due < report.now;
}

void Header(Html& html, const SeriesReport& report, const StageCounts& total) {
  html.Element("h1", "Series report: " + report.series.title);
  html.Element("p",
               report.whole ? "Where every submission of the series stands."
                            : "Where the submissions that you have access to stand.",
               {{"class", "lead"}});
  std::vector<std::pair<std::string, std::string>> facts = {
      {"Series", "series/" + report.series.id},
      {"Submissions", absl::StrCat(total.total())},
      {"Released", absl::StrCat(At(total, State::kReleased), " of ", total.total())},
      {"Candidates", absl::StrCat(total.candidates, ", ", total.marked, " of them marked")}};
  if (report.series.marks_due.has_value()) {
    facts.push_back({"Marks due", TimeText(*report.series.marks_due) +
                                      (PastDue(report) ? ", which has passed" : "")});
  }
  facts.push_back({"Report made", TimeText(report.now)});
  platform::FactTable(html, "The series", facts);
}

void MissingSection(Html& html, const SeriesReport& report, const StageCounts& total) {
  platform::BeginSection(html, "missing", "What is missing");
  const std::int64_t open = At(total, State::kOpen);
  std::vector<std::pair<std::int64_t, std::string>> items = {
      {open, PastDue(report) ? "submissions are late: still open although marks were due (centres)"
                             : "submissions are still open (centres)"},
      {total.missing, "candidates have no mark (centres)"},
      {total.cohort_changed,
       "cohorts changed after the draw, so their samples are void (awarding "
       "body: draw again)"},
      {At(total, State::kSubmitted), "submissions wait for their sample (awarding body)"},
      {At(total, State::kSampled), "sampled submissions wait for a moderator (awarding body)"},
      {At(total, State::kAllocated), "submissions are being moderated (moderators)"},
      {At(total, State::kJudged), "judged submissions wait for their release (awarding body)"},
      {total.submitted_late, "submissions came in after marks were due"}};
  std::erase_if(items, [](const auto& item) { return item.first == 0; });
  if (items.empty()) {
    html.Element("p", total.total() == 0 ? "There are no submissions."
                                         : "Nothing: no submission waits for anybody.");
    html.Close();
    return;
  }
  html.Open("div", {{"class", "todo"}});
  {
    Table table(html, "What is missing and who must act", {{"What"}, {"How many", true}});
    for (const auto& [count, what] : items) table.Row({Capital(what), absl::StrCat(count)});
  }
  html.Close().Close();
}

void OpenSection(Html& html, const SeriesReport& report, const StageCounts& total) {
  if (report.open.empty()) return;
  const bool late = PastDue(report);
  platform::BeginSection(html, "open", late ? "Who is late" : "Who has not submitted");
  {
    Table table(html,
                late ? "Open although marks were due; most missing marks first"
                     : "Open submissions; most missing marks first",
                {{"Centre"}, {"Component"}, {"Candidates", true}, {"Without a mark", true}});
    for (const auto& row : report.open) {
      table.Row(
          {row.centre, row.component, absl::StrCat(row.candidates), absl::StrCat(row.missing)});
    }
  }
  const std::int64_t more = At(total, State::kOpen) - static_cast<std::int64_t>(report.open.size());
  if (more > 0) html.Element("p", absl::StrCat(more, " more are not listed."));
  html.Close();
}

void WaitingSection(Html& html, const SeriesReport& report) {
  if (report.waiting.empty()) return;
  platform::BeginSection(html, "waiting", "Who has waited longest");
  {
    Table table(html, "Submitted and not released, longest wait first",
                {{"Centre"}, {"Component"}, {"Stage"}, {"Submitted"}, {"Days since", true}});
    for (const auto& row : report.waiting) {
      const absl::Duration wait = std::max(report.now - row.since, absl::ZeroDuration());
      table.Row({row.centre, row.component, std::string(NameOf(row.state)), TimeText(row.since),
                 absl::StrCat(wait / absl::Hours(24))});
    }
  }
  html.Close();
}

void ModeratorSection(Html& html, const SeriesReport& report) {
  if (report.moderators.empty()) return;
  platform::BeginSection(html, "moderators", "Who is moderating");
  {
    Table table(html, "Moderators with submissions to judge; most submissions first",
                {{"Moderator"}, {"Submissions", true}, {"Oldest submitted"}});
    for (const auto& row : report.moderators) {
      table.Row({row.title, absl::StrCat(row.submissions), TimeText(row.oldest)});
    }
  }
  html.Close();
}

void StageSection(Html& html, const StageCounts& total) {
  platform::BeginSection(html, "stages", "Submissions by stage");
  BarChart chart{.id = "stage-chart", .title = "Submissions by stage"};
  for (int i = 0; i < kStates; ++i) {
    const auto state = static_cast<State>(i);
    chart.bars.push_back({Capital(NameOf(state)), {At(total, state)}});
    absl::StrAppend(&chart.description, chart.description.empty() ? "" : ", ",
                    std::string(NameOf(state)), " ", At(total, state));
  }
  chart.description += ". The table below has the same numbers.";
  html.Open("figure");
  platform::DrawBars(html, chart);
  html.Close();
  {
    Table table(html, "Submissions by stage", {{"Stage"}, {"Submissions", true}, {"Share", true}});
    for (int i = 0; i < kStates; ++i) {
      const std::int64_t count = At(total, static_cast<State>(i));
      const double share = total.total() == 0 ? 0
                                              : 100 * static_cast<double>(count) /
                                                    static_cast<double>(total.total());
      table.Row({Capital(NameOf(static_cast<State>(i))), absl::StrCat(count),
                 platform::NumberText(share, 1) + " %"});
    }
  }
  html.Close();
}

BarChart ComponentBars(const SeriesReport& report) {
  BarChart chart{
      .id = "component-chart",
      .title = "Submissions of each component",
      .parts = {"Released", "With the awarding body or a moderator", "Open", "Withdrawn or void"}};
  for (const auto& component : report.components) {
    if (chart.bars.size() == kBarsMax) break;
    const StageCounts& counts = component.counts;
    const std::int64_t open = At(counts, State::kOpen);
    const std::int64_t released = At(counts, State::kReleased);
    const std::int64_t ended = At(counts, State::kRetracted) + At(counts, State::kVoided);
    chart.bars.push_back(
        {component.title, {released, counts.total() - open - released - ended, open, ended}});
  }
  chart.description =
      absl::StrCat("For ", chart.bars.size(),
                   " components, how many submissions are released, in between, "
                   "open, and withdrawn or void. The table below has the same numbers.");
  return chart;
}

void ComponentSection(Html& html, const SeriesReport& report, const StageCounts& total) {
  platform::BeginSection(html, "components", "Components");
  if (report.components.empty()) {
    html.Element("p", "The series has no components.").Close();
    return;
  }
  html.Open("figure");
  platform::DrawBars(html, ComponentBars(report));
  if (report.components.size() > kBarsMax) {
    html.Element("figcaption",
                 absl::StrCat("The first ", kBarsMax, " of ", report.components.size(),
                              " components; the table has all."));
  }
  html.Close();
  {
    std::vector<platform::Column> columns = {{"Component"}, {"All", true}};
    for (int i = 0; i < kStates; ++i) {
      columns.push_back({Capital(NameOf(static_cast<State>(i))), true});
    }
    columns.push_back({"Marks missing", true});
    columns.push_back({"Late", true});
    Table table(html, "Submissions by component and stage", std::move(columns));
    const auto row = [&](const std::string& title, const StageCounts& counts) {
      std::vector<std::string> cells = {title, absl::StrCat(counts.total())};
      for (const std::int64_t count : counts.submissions) cells.push_back(absl::StrCat(count));
      cells.push_back(absl::StrCat(counts.missing));
      cells.push_back(
          absl::StrCat(counts.submitted_late + (PastDue(report) ? At(counts, State::kOpen) : 0)));
      return cells;
    };
    for (const auto& component : report.components) {
      table.Row(row(component.title, component.counts));
    }
    table.Row(row("All components", total), /*marked=*/true);
  }
  html.Element("p",
               absl::StrCat("Late: submitted after marks were due, or not yet submitted although "
                            "they were.",
                            report.more_components ? " The series has more components than are "
                                                     "listed here."
                                                   : ""),
               {{"class", "quiet"}});
  html.Close();
}

}  // namespace

std::int64_t StageCounts::total() const {
  return std::accumulate(submissions.begin(), submissions.end(), std::int64_t{0});
}

void StageCounts::Add(const StageCounts& other) {
  for (std::size_t i = 0; i < submissions.size(); ++i) submissions[i] += other.submissions[i];
  candidates += other.candidates;
  marked += other.marked;
  missing += other.missing;
  cohort_changed += other.cohort_changed;
  submitted_late += other.submitted_late;
}

std::string RenderSeriesReport(const SeriesReport& report) {
  const StageCounts total = Total(report);
  Html html;
  platform::BeginPage(html, {.title = "Series report: " + report.series.title});
  Header(html, report, total);
  MissingSection(html, report, total);
  OpenSection(html, report, total);
  StageSection(html, total);
  ComponentSection(html, report, total);
  WaitingSection(html, report);
  ModeratorSection(html, report);
  return html.Take();
}

}  // namespace assay::moderation
