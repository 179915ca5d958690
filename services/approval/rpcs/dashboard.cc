#include "services/approval/dashboard/dashboard.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "assay/approval/v1/dashboard_service.pb.h"
#include "google/api/httpbody.pb.h"
#include "services/approval/commands/find_qualification.h"
#include "services/approval/commands/limits_in_force.h"
#include "services/approval/commands/quality_reviews.h"
#include "services/approval/commands/write_planner.h"
#include "services/approval/convert.h"
#include "services/approval/rpcs/rpcs.h"
#include "services/approval/stores/deadlines.h"
#include "services/approval/stores/learners.h"
#include "services/approval/stores/planners.h"
#include "services/platform/page/page.h"

namespace assay::approval {
namespace {

constexpr int kDueMax = 200;
constexpr int kApprovalsMax = 200;
constexpr std::size_t kPlannersShown = 10;
constexpr int kPlannersMax = 1000;

// "9001-03 Level 3 in Shop Management"; the number alone of what the catalogue no longer has.
absl::StatusOr<std::string> TitleOf(const Work& work, const std::string& number,
                                    bool* involvement) {
  const auto found = FindQualification(work, number);
  if (absl::IsNotFound(found.status())) return absl::StrCat(number, " (not in the catalogue)");
  RETURN_IF_ERROR(found.status());
  if (involvement != nullptr) *involvement = found->employer_involvement;
  return absl::StrCat(number, " ", found->title);
}

absl::Status AddPlanners(const Work& work, CentreDashboard& dashboard) {
  ASSIGN_OR_RETURN(std::vector<PlannerRecord> records,
                   PlannerStore().List(work.tx, work.reach, dashboard.centre.id, std::nullopt, "",
                                       kPlannersMax));
  std::erase_if(records,
                [](const PlannerRecord& record) { return record.state == PlannerState::kRemoved; });
  std::stable_sort(
      records.begin(), records.end(),
      [](const PlannerRecord& a, const PlannerRecord& b) { return a.last_day > b.last_day; });
  if (records.size() > kPlannersShown) records.resize(kPlannersShown);
  for (const PlannerRecord& record : records) {
    CentreDashboard::Coverage& coverage = dashboard.planners.emplace_back();
    coverage.planner = record.Name();
    ASSIGN_OR_RETURN(coverage.title, TitleOf(work, record.qualification, nullptr));
    coverage.state = std::string(NameOf(record.state));
    coverage.first_day = record.first_day;
    coverage.last_day = record.last_day;
    coverage.deadline = record.declaration_deadline;
    ASSIGN_OR_RETURN(coverage.document, LoadPlanner(work, record));
    ASSIGN_OR_RETURN(const InvolvementFrame frame, FrameOf(work, record));
    coverage.check = CheckInvolvement(coverage.document, frame);
  }
  return absl::OkStatus();
}

// What conditions and sanctions on the whole centre do, in words.
std::vector<std::string> WordsOf(const Limits& limits) {
  std::vector<std::string> words;
  const std::string why =
      limits.reason.empty() ? "." : absl::StrCat(": ", limits.reason, " (", limits.source, ")");
  if (limits.registrations_stopped) words.push_back("Registrations are stopped" + why);
  if (limits.certification_stopped) words.push_back("Certification is stopped" + why);
  if (limits.direct_claims_stopped) words.push_back("Direct claims are stopped" + why);
  if (limits.centre_learners_max.has_value()) {
    words.push_back(
        absl::StrCat("At most ", *limits.centre_learners_max, " learners are allowed", why));
  }
  return words;
}

absl::StatusOr<CentreDashboard> DashboardOf(const Work& work, const std::string& centre) {
  CentreDashboard dashboard;
  dashboard.today = Today(work);
  ASSIGN_OR_RETURN(dashboard.centre, work.context.store.GetCentre(work.tx, work.reach, centre));
  ASSIGN_OR_RETURN(const Limits limits, LimitsInForce(work, centre, "", dashboard.today));
  dashboard.limits = WordsOf(limits);
  ASSIGN_OR_RETURN(const RiskAnswer risk, RiskOf(work, centre));
  if (risk.evaluation.has_value()) dashboard.risk = std::string(NameOf(risk.outcome.level));
  if (risk.evaluation.has_value()) dashboard.next_review = risk.outcome.next_review;
  ASSIGN_OR_RETURN(const std::vector<DueItem> due,
                   DeadlineStore().List(work.tx, work.reach, centre, std::nullopt, dashboard.today,
                                        "", kDueMax));
  for (const DueItem& item : due) {
    dashboard.due.push_back(
        {item.due, item.text, item.party == "centre" ? "centre" : "awarding body", item.item});
  }
  ASSIGN_OR_RETURN(
      const ApprovalPage approvals,
      work.context.store.ListApprovals(work.tx, work.reach, {.centre = centre}, "", kApprovalsMax));
  for (const QualificationApproval& approval : approvals.approvals) {
    CentreDashboard::Approval& row = dashboard.approvals.emplace_back();
    row.approval = approval;
    ASSIGN_OR_RETURN(row.title, TitleOf(work, approval.qualification, &row.planner_asked));
  }
  RETURN_IF_ERROR(AddPlanners(work, dashboard));
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
