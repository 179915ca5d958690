#include "services/approval/dashboard/dashboard.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "services/platform/page/page.h"

namespace assay::approval {
namespace {

using platform::Html;
using platform::Table;
using Dashboard = CentreDashboard;

constexpr std::size_t kDueMax = 200;

std::string DayText(absl::CivilDay day) { return absl::FormatCivilTime(day); }

std::string Capital(std::string text) {
  if (!text.empty()) text[0] = absl::ascii_toupper(static_cast<unsigned char>(text[0]));
  return text;
}

std::string Words(std::string_view text) { return std::string(text); }

// "in 3 days", "today", "5 days overdue"
std::string WhenText(absl::CivilDay day, absl::CivilDay today) {
  const auto days = static_cast<std::int64_t>(day - today);
  if (days == 0) return "today";
  const std::int64_t distance = days < 0 ? -days : days;
  const std::string count = absl::StrCat(distance, distance == 1 ? " day" : " days");
  return days > 0 ? "in " + count : count + " overdue";
}

std::string_view NameOf(Participation participation) {
  switch (participation) {
    case Participation::kPlanned:
      return "planned";
    case Participation::kCompleted:
      return "completed";
    case Participation::kIncomplete:
      return "incomplete";
    case Participation::kAbsent:
      return "absent";
    case Participation::kContingency:
      return "recording";
  }
  return "";
}

bool HasPlanner(const Dashboard& dashboard, const QualificationApproval& approval) {
  return std::any_of(dashboard.planners.begin(), dashboard.planners.end(),
                     [&](const Dashboard::Coverage& planner) {
                       return planner.last_day >= dashboard.today &&
                              planner.title.starts_with(approval.qualification + " ");
                     });
}

// Everything that somebody should look at, the worst first.
std::vector<std::string> MissingOf(const Dashboard& dashboard) {
  std::vector<std::string> missing;
  if (dashboard.centre.state != CentreState::kApproved) {
    missing.push_back(absl::StrCat("The centre is ", std::string(NameOf(dashboard.centre.state)),
                                   dashboard.centre.state_reason.empty() ? "" : ": ",
                                   dashboard.centre.state_reason));
  }
  for (const std::string& limit : dashboard.limits) missing.push_back(limit);
  const auto overdue =
      std::count_if(dashboard.due.begin(), dashboard.due.end(),
                    [&](const Dashboard::Due& due) { return due.day < dashboard.today; });
  if (overdue > 0) {
    missing.push_back(absl::StrCat(overdue, overdue == 1 ? " thing is" : " things are",
                                   " overdue; see what is due."));
  }
  for (const Dashboard::Approval& one : dashboard.approvals) {
    const bool open = one.approval.state == ApprovalState::kApplied ||
                      one.approval.state == ApprovalState::kApproved;
    if (!open || !one.planner_asked || HasPlanner(dashboard, one.approval)) continue;
    missing.push_back(absl::StrCat("There is no current planner of employer involvement for ",
                                   one.title, " (EI-1, EI-9)."));
  }
  for (const Dashboard::Coverage& planner : dashboard.planners) {
    if (planner.check.not_met > 0) {
      missing.push_back(absl::StrCat(planner.check.not_met, " of ",
                                     planner.document.learners.size(), " learners of ",
                                     planner.title, " have no employer involvement yet (EI-15)."));
    }
    if (planner.check.referred > 0) {
      missing.push_back(absl::StrCat(planner.check.referred, " learners of ", planner.title,
                                     " have only recordings: the quality team decides (EI-7)."));
    }
  }
  return missing;
}

void MissingSection(Html& html, const Dashboard& dashboard) {
  platform::BeginSection(html, "missing", "What is missing");
  const std::vector<std::string> missing = MissingOf(dashboard);
  if (missing.empty()) {
    html.Element("p", "Nothing.").Close();
    return;
  }
  html.Open("div", {{"class", "todo"}}).Open("ul");
  for (const std::string& one : missing) html.Element("li", one);
  html.Close().Close().Close();
}

void DueSection(Html& html, const Dashboard& dashboard) {
  platform::BeginSection(html, "due", "What is due");
  if (dashboard.due.empty()) {
    html.Element("p", "Nothing has a deadline.").Close();
    return;
  }
  std::vector<Dashboard::Due> due = dashboard.due;
  std::sort(due.begin(), due.end(), [](const Dashboard::Due& a, const Dashboard::Due& b) {
    return std::tie(a.day, a.what) < std::tie(b.day, b.what);
  });
  const std::size_t more = due.size() > kDueMax ? due.size() - kDueMax : 0;
  due.resize(due.size() - more);
  {
    Table table(html, "Soonest first; what is overdue stands out",
                {{"By"}, {"When"}, {"What", false, true}, {"Who acts"}, {"Where"}});
    for (const Dashboard::Due& one : due) {
      table.Row(
          {DayText(one.day), WhenText(one.day, dashboard.today), one.what, one.who, one.where},
          one.day < dashboard.today);
    }
  }
  if (more > 0) html.Element("p", absl::StrCat(more, " more are not listed."));
  html.Close();
}

// One table of at most so many activities; who lacks something comes first.
void MatrixTable(Html& html, const Dashboard::Coverage& planner, int from, int to) {
  std::vector<platform::Column> columns = {{"Learner"}, {"Requirement"}};
  for (int a = from; a < to; ++a) columns.push_back({planner.document.activities[a].title});
  columns.push_back({"What would repair it", false, true});
  Table table(html,
              absl::StrCat("Learners and activities ", from + 1, " to ", to, " of ",
                           planner.document.activities.size()),
              std::move(columns));
  int rows = 0;
  for (const LearnerCheck& check : planner.check.learners) {
    if (rows++ == kMatrixLearnersMax) break;
    const Learner& learner = planner.document.learners[check.learner];
    std::vector<std::string> cells = {absl::StrCat(learner.name, " (", learner.enrolment, ")"),
                                      Words(NameOf(check.outcome))};
    for (int a = from; a < to; ++a) cells.push_back(CellOf(planner.document, check, a));
    cells.push_back(check.repair);
    table.Row(cells, check.outcome != Involvement::kMet);
  }
}

void PlannerSection(Html& html, const Dashboard::Coverage& planner, int number,
                    absl::CivilDay today) {
  platform::BeginSection(html, absl::StrCat("planner-", number),
                         absl::StrCat("Employer involvement: ", planner.title));
  platform::FactTable(
      html, "The planner",
      {{"State", Capital(planner.state)},
       {"Learning", absl::StrCat(DayText(planner.first_day), " to ", DayText(planner.last_day))},
       {"To be declared by",
        absl::StrCat(DayText(planner.deadline), ", ", WhenText(planner.deadline, today))},
       {"Met", absl::StrCat(planner.check.met)},
       {"Referred", absl::StrCat(planner.check.referred)},
       {"Not met", absl::StrCat(planner.check.not_met)},
       {"Name", planner.planner}});
  const auto activities = static_cast<int>(planner.document.activities.size());
  if (planner.document.learners.empty()) html.Element("p", "The planner has no learners yet.");
  if (activities == 0) html.Element("p", "The planner has no activities yet.");
  if (!planner.document.learners.empty()) {
    for (int from = 0; from < activities; from += kMatrixActivitiesMax) {
      MatrixTable(html, planner, from, std::min(from + kMatrixActivitiesMax, activities));
    }
    const auto more =
        static_cast<std::int64_t>(planner.document.learners.size()) - kMatrixLearnersMax;
    if (more > 0) {
      html.Element("p", absl::StrCat(more,
                                     " more learners are not shown; those who lack something "
                                     "come first, and ListMissingInvolvement has them all."));
    }
  }
  html.Close();
}

void ApprovalSection(Html& html, const Dashboard& dashboard) {
  platform::BeginSection(html, "approvals", "Qualifications");
  if (dashboard.approvals.empty()) {
    html.Element("p", "The centre has asked for no qualification.").Close();
    return;
  }
  {
    Table table(html, "Approvals of the centre for qualifications",
                {{"Qualification", false, true}, {"State"}, {"From"}, {"Until"}, {"Why"}});
    for (const Dashboard::Approval& one : dashboard.approvals) {
      const auto day = [](const std::optional<absl::CivilDay>& d) {
        return d.has_value() ? DayText(*d) : std::string();
      };
      table.Row({one.title, Capital(Words(NameOf(one.approval.state))),
                 day(one.approval.effective_date), day(one.approval.end_date),
                 one.approval.state_reason});
    }
  }
  html.Close();
}

void AboutSection(Html& html, const Dashboard& dashboard) {
  const Establishment& facts = dashboard.centre.facts;
  std::vector<std::string> address = facts.address_lines;
  address.push_back(facts.town);
  address.push_back(facts.postcode);
  std::erase_if(address, [](const std::string& line) { return line.empty(); });
  std::vector<std::pair<std::string, std::string>> rows = {
      {"Status", Capital(Words(NameOf(dashboard.centre.state)))},
      {"Why", dashboard.centre.state_reason},
      {"Learners", absl::StrCat(dashboard.learners)},
      {"Risk", dashboard.risk.empty() ? "not evaluated" : dashboard.risk},
      {"Next review",
       dashboard.next_review.has_value() ? DayText(*dashboard.next_review) : "none is set"},
      {"URN", facts.urn},
      {"UKPRN", facts.ukprn},
      {"Address", absl::StrJoin(address, ", ")},
      {"Name", "centres/" + dashboard.centre.id}};
  std::erase_if(rows, [](const auto& row) { return row.second.empty(); });
  platform::BeginSection(html, "about", "The centre");
  platform::FactTable(html, "How the awarding body knows it", rows);
  html.Close();
}

}  // namespace

std::string CellOf(const Planner& planner, const LearnerCheck& learner, int activity) {
  const std::string& enrolment = planner.learners[learner.learner].enrolment;
  const auto& attendances = planner.activities[activity].learners;
  const auto own = std::find_if(attendances.begin(), attendances.end(),
                                [&](const Attendance& a) { return a.enrolment == enrolment; });
  if (own == attendances.end()) return "";
  const auto credit = std::find_if(learner.credits.begin(), learner.credits.end(),
                                   [&](const Credit& c) { return c.activity == activity; });
  const std::string took = Words(NameOf(own->participation));
  if (credit != learner.credits.end() && credit->counts) return "counts";
  if (own->participation != Participation::kCompleted) return took;
  return credit == learner.credits.end() || credit->rule.empty()
             ? "no credit"
             : absl::StrCat("no credit (", credit->rule, ")");
}

std::string RenderDashboard(const CentreDashboard& dashboard) {
  Html html;
  const std::string title = dashboard.centre.facts.title;
  platform::BeginPage(html, {.title = absl::StrCat("Dashboard of ", title)});
  html.Element("h1", title);
  html.Element("p", absl::StrCat("Dashboard of ", DayText(dashboard.today), "."));
  MissingSection(html, dashboard);
  DueSection(html, dashboard);
  int number = 0;
  for (const Dashboard::Coverage& planner : dashboard.planners) {
    PlannerSection(html, planner, ++number, dashboard.today);
  }
  ApprovalSection(html, dashboard);
  AboutSection(html, dashboard);
  return html.Take();
}

}  // namespace assay::approval
