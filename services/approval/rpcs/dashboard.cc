#include "services/approval/dashboard/dashboard.h"

#include <algorithm>
#include <map>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "assay/approval/v1/dashboard_service.pb.h"
#include "google/api/httpbody.pb.h"
#include "services/approval/commands/find_qualification.h"
#include "services/approval/commands/quality_reviews.h"
#include "services/approval/commands/write_planner.h"
#include "services/approval/convert.h"
#include "services/approval/rpcs/rpcs.h"
#include "services/approval/stores/deadlines.h"
#include "services/approval/stores/learners.h"
#include "services/approval/stores/planner_gaps.h"
#include "services/approval/stores/planners.h"
#include "services/approval/stores/restrictions.h"
#include "services/platform/page/page.h"

namespace assay::approval {
namespace {

constexpr int kApprovalsShown = 200;
constexpr std::size_t kLimitsShown = 100;
constexpr int kRestrictionsMax = 1000;
constexpr std::size_t kPlannersShown = 10;
// Far more than any centre has; above them only lists by RPC are whole.
constexpr int kOpenApprovalsMax = 2000;
constexpr int kPlannersMax = 2000;

// "9001-03 Level 3 in Shop Management"; the number alone of what the catalogue no longer has.
absl::StatusOr<std::string> TitleOf(const Work& work, const std::string& number,
                                    bool* involvement) {
  const auto found = FindQualification(work, number);
  if (absl::IsNotFound(found.status())) return absl::StrCat(number, " (not in the catalogue)");
  RETURN_IF_ERROR(found.status());
  if (involvement != nullptr) *involvement = found->employer_involvement;
  return absl::StrCat(number, " ", found->title);
}

// Titles are read once for a qualification.
class Titles {
 public:
  explicit Titles(const Work& work) : work_(work) {}
  struct Title {
    std::string text;
    bool involvement = false;
  };
  absl::StatusOr<Title> Of(const std::string& number) {
    const auto known = known_.find(number);
    if (known != known_.end()) return known->second;
    Title title;
    ASSIGN_OR_RETURN(title.text, TitleOf(work_, number, &title.involvement));
    return known_.emplace(number, std::move(title)).first->second;
  }

 private:
  const Work& work_;
  std::map<std::string, Title> known_;
};

// Its period is not over, or it is not concluded.
bool IsOpen(const PlannerRecord& planner, absl::CivilDay today) {
  const bool concluded =
      planner.state == PlannerState::kAccepted || planner.state == PlannerState::kFailed;
  return planner.last_day >= today || !concluded;
}

absl::Status AddCoverage(const Work& work, const PlannerRecord& found, CentreDashboard::Gap gap,
                         CentreDashboard& dashboard) {
  ASSIGN_OR_RETURN(const PlannerRecord planner,
                   PlannerStore().Get(work.tx, work.reach, found.centre, found.id));
  CentreDashboard::Coverage& coverage = dashboard.planners.emplace_back();
  coverage.planner = planner.Name();
  coverage.title = gap.title;
  coverage.gap = std::move(gap);
  coverage.state = std::string(NameOf(planner.state));
  coverage.first_day = planner.first_day;
  coverage.last_day = planner.last_day;
  coverage.deadline = planner.declaration_deadline;
  ASSIGN_OR_RETURN(coverage.document, LoadPlanner(work, planner));
  ASSIGN_OR_RETURN(const InvolvementFrame frame, FrameOf(work, planner));
  coverage.check = CheckInvolvement(coverage.document, frame);
  ASSIGN_OR_RETURN(coverage.decisions,
                   PlannerGapStore().Decisions(work.tx, work.reach.tenant, planner));
  return absl::OkStatus();
}

// What is missing is counted over all planners; matrices are for those that lack most.
absl::Status AddPlanners(const Work& work, Titles& titles, CentreDashboard& dashboard) {
  PlannerGapStore store;
  const std::string& centre = dashboard.centre.id;
  ASSIGN_OR_RETURN(std::vector<PlannerGap> found,
                   store.List(work.tx, work.reach, centre, kPlannersMax));
  ASSIGN_OR_RETURN(dashboard.planners_count, store.Count(work.tx, work.reach, centre));
  const absl::CivilDay today = dashboard.today;
  std::stable_sort(found.begin(), found.end(), [&](const PlannerGap& a, const PlannerGap& b) {
    const auto key = [&](const PlannerGap& gap) {
      return std::tuple(IsOpen(gap.planner, today), gap.not_met + gap.referred > 0,
                        gap.planner.last_day);
    };
    return key(a) > key(b);
  });
  for (const PlannerGap& one : found) {
    ASSIGN_OR_RETURN(const Titles::Title title, titles.Of(one.planner.qualification));
    CentreDashboard::Gap gap = {one.planner.Name(), title.text, one.learners, one.not_met,
                                one.referred};
    if (!IsOpen(one.planner, today)) {
      dashboard.past_gaps += one.not_met + one.referred;
    } else if (one.not_met + one.referred > 0) {
      dashboard.gaps.push_back(gap);
    }
    if (dashboard.planners.size() < kPlannersShown) {
      RETURN_IF_ERROR(AddCoverage(work, one.planner, std::move(gap), dashboard));
    }
  }
  return absl::OkStatus();
}

// What a condition or sanction does, in words.
std::string WordsOf(const Restriction& rule) {
  std::vector<std::string> words;
  if (rule.effects.registrations_stopped) words.push_back("Registrations are stopped");
  if (rule.effects.certification_stopped) words.push_back("Certification is stopped");
  if (rule.effects.direct_claims_stopped) words.push_back("Direct claims are stopped");
  if (rule.learners_max.has_value()) {
    words.push_back(absl::StrCat("At most ", *rule.learners_max, " learners are allowed"));
  }
  return absl::StrJoin(words, "; ");
}

absl::Status AddLimits(const Work& work, CentreDashboard& dashboard) {
  RestrictionStore store;
  const RestrictionFilter filter = {.not_ended_on = dashboard.today, .kind = std::nullopt};
  ASSIGN_OR_RETURN(
      std::vector<RestrictionRecord> found,
      store.List(work.tx, work.reach, dashboard.centre.id, filter, "", kRestrictionsMax));
  std::stable_sort(
      found.begin(), found.end(), [&](const RestrictionRecord& a, const RestrictionRecord& b) {
        const auto key = [&](const RestrictionRecord& record) {
          return std::tuple(StateOn(record.rule, dashboard.today) != RestrictionState::kInForce,
                            record.rule.from);
        };
        return key(a) < key(b);
      });
  for (const RestrictionRecord& record : found) {
    if (dashboard.limits.size() == kLimitsShown) break;
    const RestrictionLevel* level = work.context.oversight.FindLevel(record.rule.level);
    dashboard.limits.push_back(
        {.kind = std::string(NameOf(record.rule.kind)),
         .title = level == nullptr ? record.rule.level : level->title,
         .on = record.rule.qualification.empty() ? "" : " in " + record.rule.qualification,
         .stops = WordsOf(record.rule),
         .from = record.rule.from,
         .until = record.rule.until,
         .reason = record.rule.reason,
         .where = record.Name(),
         .in_force = StateOn(record.rule, dashboard.today) == RestrictionState::kInForce});
  }
  dashboard.limits_more = static_cast<std::int64_t>(found.size() - dashboard.limits.size());
  return absl::OkStatus();
}

absl::Status AddDue(const Work& work, CentreDashboard& dashboard) {
  DeadlineStore store;
  const std::string& centre = dashboard.centre.id;
  ASSIGN_OR_RETURN(const DueCount count, store.Count(work.tx, work.reach, centre, dashboard.today));
  dashboard.due_count = count.all;
  dashboard.due_overdue = count.overdue;
  ASSIGN_OR_RETURN(
      const std::vector<DueItem> due,
      store.List(work.tx, work.reach, centre, std::nullopt, dashboard.today, "", kDueShown));
  for (const DueItem& item : due) {
    dashboard.due.push_back(
        {item.due, item.text, item.party == "centre" ? "centre" : "awarding body", item.item});
  }
  return absl::OkStatus();
}

absl::Status AddApprovals(const Work& work, Titles& titles, CentreDashboard& dashboard) {
  Store& store = work.context.store;
  const std::string& centre = dashboard.centre.id;
  ASSIGN_OR_RETURN(dashboard.approvals_count, store.CountApprovals(work.tx, work.reach, centre));
  ASSIGN_OR_RETURN(std::vector<QualificationApproval> shown,
                   store.CurrentApprovals(work.tx, work.reach, centre, kApprovalsShown));
  for (QualificationApproval& approval : shown) {
    ASSIGN_OR_RETURN(Titles::Title title, titles.Of(approval.qualification));
    dashboard.approvals.push_back({std::move(approval), std::move(title.text)});
  }
  ASSIGN_OR_RETURN(const std::vector<std::string> unplanned,
                   PlannerGapStore().WithoutPlanner(work.tx, work.reach, centre, dashboard.today,
                                                    kOpenApprovalsMax));
  for (const std::string& number : unplanned) {
    ASSIGN_OR_RETURN(Titles::Title title, titles.Of(number));
    if (title.involvement) dashboard.unplanned.push_back(std::move(title.text));
  }
  return absl::OkStatus();
}

absl::StatusOr<CentreDashboard> DashboardOf(const Work& work, const std::string& centre) {
  CentreDashboard dashboard;
  dashboard.today = Today(work);
  ASSIGN_OR_RETURN(dashboard.centre, work.context.store.GetCentre(work.tx, work.reach, centre));
  ASSIGN_OR_RETURN(const RiskAnswer risk, RiskOf(work, centre));
  if (risk.evaluation.has_value()) dashboard.risk = std::string(NameOf(risk.outcome.level));
  if (risk.evaluation.has_value()) dashboard.next_review = risk.outcome.next_review;
  Titles titles(work);
  RETURN_IF_ERROR(AddLimits(work, dashboard));
  RETURN_IF_ERROR(AddDue(work, dashboard));
  RETURN_IF_ERROR(AddApprovals(work, titles, dashboard));
  RETURN_IF_ERROR(AddPlanners(work, titles, dashboard));
  ASSIGN_OR_RETURN(dashboard.learners,
                   LearnerStore().CountActive(work.tx, work.reach.tenant, centre, ""));
  return dashboard;
}

absl::StatusOr<google::api::HttpBody> GetCentreDashboard(
    const Work& work, const v1::GetCentreDashboardRequest& request) {
  ASSIGN_OR_RETURN(const std::string centre, CentreIdFrom("name", request.name()));
  ASSIGN_OR_RETURN(const CentreDashboard dashboard, DashboardOf(work, centre));
  google::api::HttpBody body;
  body.set_content_type(std::string(platform::kPageContentType));
  body.set_data(RenderDashboard(dashboard));
  return body;
}

}  // namespace

void RegisterDashboard(platform::Router& router, const Context& context) {
  Read<v1::GetCentreDashboardRequest, google::api::HttpBody>(
      router, context, "assay.approval.v1.DashboardService/GetCentreDashboard", GetCentreDashboard);
}

}  // namespace assay::approval
