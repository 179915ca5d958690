#include "services/approval/dashboard/dashboard.h"

#include <algorithm>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "services/platform/page/page.h"

namespace assay::approval {
namespace {

using platform::Html;
using platform::Table;
using Dashboard = CentreDashboard;

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

std::string Counted(std::int64_t count, std::string_view one, std::string_view many) {
  return absl::StrCat(count, " ", Words(count == 1 ? one : many));
}

// The first ones of a list that may be long; what is left is counted.
void AddFirst(std::vector<std::string> lines, std::string_view more,
              std::vector<std::string>& missing) {
  const auto left = static_cast<std::int64_t>(lines.size()) - kMissingShown;
  if (left > 0) {
    lines.resize(kMissingShown);
    lines.push_back(absl::StrCat("And ", left, Words(more)));
  }
  missing.insert(missing.end(), lines.begin(), lines.end());
}

std::string SentenceOf(const Dashboard::Limit& limit) {
  const std::string what =
      limit.stops.empty() ? absl::StrCat(Capital(limit.kind), ", ", limit.title) : limit.stops;
  return absl::StrCat(what, limit.on, ": ", limit.reason, " (", limit.where, ")");
}

std::vector<std::string> LimitLines(const Dashboard& dashboard) {
  std::vector<std::string> lines;
  for (const Dashboard::Limit& limit : dashboard.limits) {
    if (limit.in_force) lines.push_back(SentenceOf(limit));
  }
  return lines;
}

std::vector<std::string> UnplannedLines(const Dashboard& dashboard) {
  std::vector<std::string> lines;
  for (const std::string& title : dashboard.unplanned) {
    lines.push_back(absl::StrCat("There is no current planner of employer involvement for ", title,
                                 " (EI-1, EI-9)."));
  }
  return lines;
}

std::vector<std::string> GapLines(const Dashboard& dashboard) {
  std::vector<std::string> lines;
  for (const Dashboard::Gap& gap : dashboard.gaps) {
    if (gap.not_met > 0) {
      lines.push_back(absl::StrCat(gap.not_met, " of ",
                                   Counted(gap.learners, "learner", "learners"), " of ", gap.title,
                                   " have no employer involvement yet (EI-15): ", gap.planner));
    }
    if (gap.referred > 0) {
      lines.push_back(
          absl::StrCat(Counted(gap.referred, "learner", "learners"), " of ", gap.title,
                       " have only recordings: the quality team decides (EI-7): ", gap.planner));
    }
  }
  return lines;
}

// Everything that somebody should look at, the worst first.
std::vector<std::string> MissingOf(const Dashboard& dashboard) {
  std::vector<std::string> missing;
  if (dashboard.centre.state != CentreState::kApproved) {
    missing.push_back(absl::StrCat("The centre is ", std::string(NameOf(dashboard.centre.state)),
                                   dashboard.centre.state_reason.empty() ? "" : ": ",
                                   dashboard.centre.state_reason));
  }
  AddFirst(LimitLines(dashboard), " more; see conditions and sanctions.", missing);
  if (dashboard.due_overdue > 0) {
    missing.push_back(absl::StrCat(Counted(dashboard.due_overdue, "thing is", "things are"),
                                   " overdue; see what is due."));
  }
  AddFirst(UnplannedLines(dashboard), " more qualifications without one; see qualifications.",
           missing);
  AddFirst(GapLines(dashboard), " more of the kind; ListMissingInvolvement has them all.", missing);
  if (dashboard.past_gaps > 0) {
    missing.push_back(
        absl::StrCat(Counted(dashboard.past_gaps, "learner", "learners"),
                     " of planners that are over never had employer involvement (EI-15); "
                     "ListMissingInvolvement has them all."));
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
    return std::tie(a.day, a.what, a.where) < std::tie(b.day, b.what, b.where);
  });
  if (due.size() > kDueShown) due.resize(kDueShown);
  {
    Table table(html, "Soonest first; what is overdue stands out",
                {{"By"}, {"When"}, {"What", false, true}, {"Who acts"}, {"Where"}});
    for (const Dashboard::Due& one : due) {
      table.Row(
          {DayText(one.day), WhenText(one.day, dashboard.today), one.what, one.who, one.where},
          one.day < dashboard.today);
    }
  }
  const std::int64_t more = dashboard.due_count - static_cast<std::int64_t>(due.size());
  if (more > 0) {
    html.Element("p", absl::StrCat(more, " more are not listed; ListDueActions has them all."));
  }
  html.Close();
}

void LimitSection(Html& html, const Dashboard& dashboard) {
  if (dashboard.limits.empty()) return;
  platform::BeginSection(html, "limits", "Conditions and sanctions");
  {
    Table table(
        html, "Conditions and sanctions that have not ended",
        {{"What", false, true}, {"State"}, {"From"}, {"Until"}, {"Why", false, true}, {"Where"}});
    for (const Dashboard::Limit& limit : dashboard.limits) {
      table.Row({absl::StrCat(Capital(limit.kind), ", ", limit.title, limit.on,
                              limit.stops.empty() ? "" : ": ", limit.stops),
                 limit.in_force ? "in force" : "planned", DayText(limit.from),
                 limit.until.has_value() ? DayText(*limit.until) : "it is lifted", limit.reason,
                 limit.where},
                limit.in_force);
    }
  }
  if (dashboard.limits_more > 0) {
    html.Element("p", absl::StrCat(dashboard.limits_more,
                                   " more are not listed; ListRestrictions has them all."));
  }
  html.Close();
}

// Who has what part in which activity. Built once: a cohort is looked up many times.
class Matrix {
 public:
  explicit Matrix(const Dashboard::Coverage& coverage) : coverage_(coverage) {
    for (const Activity& activity : coverage.document.activities) {
      auto& parts = parts_.emplace_back();
      parts.reserve(activity.learners.size());
      for (const Attendance& part : activity.learners) parts.emplace(part.enrolment, &part);
    }
  }

  // "counts", "no credit", "planned", "absent", … ; "" if the learner has no part in the activity.
  std::string Cell(const LearnerCheck& learner, int activity) const {
    const auto own = parts_[activity].find(coverage_.document.learners[learner.learner].enrolment);
    if (own == parts_[activity].end()) return "";
    const auto credit = std::find_if(learner.credits.begin(), learner.credits.end(),
                                     [&](const Credit& c) { return c.activity == activity; });
    const Participation took = own->second->participation;
    if (credit != learner.credits.end() && credit->counts) return "counts";
    if (took != Participation::kCompleted) return Words(NameOf(took));
    return credit == learner.credits.end() || credit->rule.empty()
               ? "no credit"
               : absl::StrCat("no credit (", credit->rule, ")");
  }

 private:
  const Dashboard::Coverage& coverage_;
  std::vector<std::unordered_map<std::string_view, const Attendance*>> parts_;
};

std::optional<bool> DecisionOn(const Dashboard::Coverage& planner, const LearnerCheck& check) {
  const auto found = planner.decisions.find(planner.document.learners[check.learner].enrolment);
  if (check.outcome != Involvement::kReferred || found == planner.decisions.end()) {
    return std::nullopt;
  }
  return found->second;
}

bool IsMissing(const Dashboard::Coverage& planner, const LearnerCheck& check) {
  return check.outcome != Involvement::kMet && !DecisionOn(planner, check).value_or(false);
}

// Those who lack something first; among them, and after them, as they were.
std::vector<const LearnerCheck*> Ordered(const Dashboard::Coverage& planner) {
  std::vector<const LearnerCheck*> learners;
  for (const LearnerCheck& check : planner.check.learners) learners.push_back(&check);
  std::stable_partition(learners.begin(), learners.end(),
                        [&](const LearnerCheck* check) { return IsMissing(planner, *check); });
  return learners;
}

std::string RequirementOf(const Dashboard::Coverage& planner, const LearnerCheck& check) {
  const std::optional<bool> decision = DecisionOn(planner, check);
  if (!decision.has_value()) return Words(NameOf(check.outcome));
  return *decision ? "met (decided, EI-7)" : "not met (decided, EI-7)";
}

std::string NameFor(const Learner& learner) {
  return learner.name.empty() ? learner.enrolment
                              : absl::StrCat(learner.name, " (", learner.enrolment, ")");
}

struct ActivitySpan {
  int from = 0;
  int to = 0;
};

// One table of at most so many activities. What would repair it is said once, in the first.
void MatrixTable(Html& html, const Dashboard::Coverage& planner, const Matrix& matrix,
                 const std::vector<const LearnerCheck*>& learners, ActivitySpan span) {
  const auto& activities = planner.document.activities;
  std::vector<platform::Column> columns = {{"Learner"}, {"Requirement"}};
  for (int a = span.from; a < span.to; ++a) {
    columns.push_back(
        {activities[a].title.empty() ? absl::StrCat("Activity ", a + 1) : activities[a].title});
  }
  const bool repair = span.from == 0;
  if (repair) columns.push_back({"What would repair it", false, true});
  Table table(html,
              absl::StrCat("Learners and activities ", span.from + 1, " to ", span.to, " of ",
                           activities.size(), ": ", planner.title),
              std::move(columns));
  for (const LearnerCheck* check : learners) {
    std::vector<std::string> cells = {NameFor(planner.document.learners[check->learner]),
                                      RequirementOf(planner, *check)};
    for (int a = span.from; a < span.to; ++a) cells.push_back(matrix.Cell(*check, a));
    const bool missing = IsMissing(planner, *check);
    if (repair) cells.push_back(missing ? check->repair : "");
    table.Row(cells, missing);
  }
}

// Who has nothing planned has no columns, and is listed all the same.
void LearnerTable(Html& html, const Dashboard::Coverage& planner,
                  const std::vector<const LearnerCheck*>& learners) {
  Table table(html, absl::StrCat("Learners without activities: ", planner.title),
              {{"Learner"}, {"Requirement"}, {"What would repair it", false, true}});
  for (const LearnerCheck* check : learners) {
    const bool missing = IsMissing(planner, *check);
    table.Row({NameFor(planner.document.learners[check->learner]), RequirementOf(planner, *check),
               missing ? check->repair : ""},
              missing);
  }
}

int TablesOf(const Dashboard::Coverage& planner) {
  const auto activities = static_cast<int>(planner.document.activities.size());
  return std::max(1, (activities + kMatrixActivitiesMax - 1) / kMatrixActivitiesMax);
}

// As many learners as are shown.
void Matrices(Html& html, const Dashboard::Coverage& planner, int shown) {
  std::vector<const LearnerCheck*> learners = Ordered(planner);
  const auto more = static_cast<std::int64_t>(learners.size()) - shown;
  if (more > 0) learners.resize(shown);
  const auto activities = static_cast<int>(planner.document.activities.size());
  const Matrix matrix(planner);
  for (int from = 0; from < activities; from += kMatrixActivitiesMax) {
    MatrixTable(html, planner, matrix, learners,
                {from, std::min(from + kMatrixActivitiesMax, activities)});
  }
  if (activities == 0) LearnerTable(html, planner, learners);
  if (more > 0) {
    html.Element("p", absl::StrCat(more,
                                   " more learners are not shown; those who lack something "
                                   "come first, and ListMissingInvolvement has them all."));
  }
}

void PlannerSection(Html& html, const Dashboard::Coverage& planner, int number, int shown,
                    absl::CivilDay today) {
  platform::BeginSection(html, absl::StrCat("planner-", number),
                         absl::StrCat("Employer involvement: ", planner.title));
  const Dashboard::Gap& gap = planner.gap;
  platform::FactTable(
      html, absl::StrCat("The planner from ", DayText(planner.first_day)),
      {{"State", Capital(planner.state)},
       {"Learning", absl::StrCat(DayText(planner.first_day), " to ", DayText(planner.last_day))},
       {"To be declared by",
        absl::StrCat(DayText(planner.deadline), ", ", WhenText(planner.deadline, today))},
       {"Not met", absl::StrCat(gap.not_met)},
       {"Referred", absl::StrCat(gap.referred)},
       {"Met", absl::StrCat(gap.learners - gap.not_met - gap.referred)},
       {"Name", planner.planner}});
  if (planner.document.activities.empty()) html.Element("p", "The planner has no activities yet.");
  if (planner.document.learners.empty()) {
    html.Element("p", "The planner has no learners yet.");
  } else {
    Matrices(html, planner, shown);
  }
  html.Close();
}

// Each planner gets its share of the rows that a page may have, and what those before it left.
void PlannerSections(Html& html, const Dashboard& dashboard) {
  int rows = kMatrixRowsMax;
  auto left = static_cast<int>(dashboard.planners.size());
  int number = 0;
  for (const Dashboard::Coverage& planner : dashboard.planners) {
    const auto learners = static_cast<int>(planner.check.learners.size());
    const int tables = TablesOf(planner);
    const int share = std::max(1, rows / left-- / tables);
    const int shown = std::min({learners, kMatrixLearnersMax, share});
    rows -= shown * tables;
    PlannerSection(html, planner, ++number, shown, dashboard.today);
  }
  const std::int64_t more =
      dashboard.planners_count - static_cast<std::int64_t>(dashboard.planners.size());
  if (more <= 0) return;
  platform::BeginSection(html, "planners-more", "More planners");
  html.Element("p",
               absl::StrCat(Counted(more, "planner has", "planners have"),
                            " no matrix here; what is missing counts ", more == 1 ? "it" : "them",
                            ", and ListPlanners and CheckPlanner have all."));
  html.Close();
}

// Until when an approval is, or was, in force: what ended it, else the day on which it ends by
// itself.
std::string UntilText(const QualificationApproval& approval) {
  if (approval.end_date.has_value()) return DayText(*approval.end_date);
  const bool given =
      approval.state == ApprovalState::kApproved || approval.state == ApprovalState::kSuspended;
  if (!given) return "";
  const std::optional<absl::CivilDay> lapse = LapseDay(approval);
  if (!lapse.has_value()) return "no end is set";
  if (lapse == approval.expire_date) return DayText(*lapse);
  return absl::StrCat(DayText(*lapse), ", unless a learner is registered before");
}

void ApprovalSection(Html& html, const Dashboard& dashboard) {
  platform::BeginSection(html, "approvals", "Qualifications");
  if (dashboard.approvals.empty()) {
    html.Element("p", "The centre has asked for no qualification.").Close();
    return;
  }
  {
    Table table(html, "Approvals of the centre for qualifications, in force first",
                {{"Qualification", false, true}, {"State"}, {"From"}, {"Until"}, {"Why"}});
    for (const Dashboard::Approval& one : dashboard.approvals) {
      const std::optional<absl::CivilDay>& from = one.approval.effective_date;
      table.Row({one.title, Capital(Words(NameOf(one.approval.state))),
                 from.has_value() ? DayText(*from) : "", UntilText(one.approval),
                 one.approval.state_reason});
    }
  }
  const std::int64_t more =
      dashboard.approvals_count - static_cast<std::int64_t>(dashboard.approvals.size());
  if (more > 0) {
    html.Element(
        "p", absl::StrCat(more, " more are not listed; ListQualificationApprovals has them all."));
  }
  html.Close();
}

void StatusTable(Html& html, const Dashboard& dashboard) {
  std::vector<std::pair<std::string, std::string>> rows = {
      {"Status", Capital(Words(NameOf(dashboard.centre.state)))},
      {"Why", dashboard.centre.state_reason},
      {"Due", dashboard.due_count == 0
                  ? "nothing"
                  : absl::StrCat(dashboard.due_count, ", ", dashboard.due_overdue, " overdue")},
      {"Learners", absl::StrCat(dashboard.learners)},
      {"Risk", dashboard.risk.empty() ? "not evaluated" : dashboard.risk},
      {"Next review",
       dashboard.next_review.has_value() ? DayText(*dashboard.next_review) : "none is set"}};
  std::erase_if(rows, [](const auto& row) { return row.second.empty(); });
  platform::FactTable(html, absl::StrCat("How the centre stands on ", DayText(dashboard.today)),
                      rows);
}

void AboutSection(Html& html, const Dashboard& dashboard) {
  const Establishment& facts = dashboard.centre.facts;
  std::vector<std::string> address = facts.address_lines;
  address.push_back(facts.town);
  address.push_back(facts.postcode);
  std::erase_if(address, [](const std::string& line) { return line.empty(); });
  std::vector<std::pair<std::string, std::string>> rows = {
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

std::string RenderDashboard(const CentreDashboard& dashboard) {
  Html html;
  const Establishment& facts = dashboard.centre.facts;
  platform::BeginPage(html, {.title = absl::StrCat("Dashboard of ", facts.title)});
  html.Element("h1", facts.title);
  if (!facts.title_cy.empty() && facts.title_cy != facts.title) {
    html.Element("p", facts.title_cy, {{"lang", "cy"}});
  }
  StatusTable(html, dashboard);
  MissingSection(html, dashboard);
  DueSection(html, dashboard);
  LimitSection(html, dashboard);
  PlannerSections(html, dashboard);
  ApprovalSection(html, dashboard);
  AboutSection(html, dashboard);
  return html.Take();
}

}  // namespace assay::approval
