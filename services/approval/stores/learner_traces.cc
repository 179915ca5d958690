#include "services/approval/stores/learner_traces.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/core/view.h"
#include "services/platform/storage/database.h"

namespace assay::approval {
namespace {

using platform::SqlRow;
using platform::View;

struct Text {
  std::string_view table;
  std::string_view column;
};
constexpr Text kTexts[] = {
    {"achievements", "change_note"},
    {"approval_changes", "reason"},
    {"approval_conditions", "text"},
    {"approval_conditions", "close_reason"},
    {"awards", "reason"},
    {"centre_actions", "text"},
    {"centre_actions", "answer"},
    {"centre_actions", "feedback"},
    {"centre_timeline", "reason"},
    {"evidence_checks", "note"},
    {"planner_actions", "text"},
    {"planner_decisions", "reason"},
    {"planner_rulings", "feedback"},
    {"planner_waivers", "reason"},
    {"quality_reviews", "summary"},
    {"quality_reviews", "void_reason"},
    {"registration_changes", "reason"},
    {"registrations", "state_reason"},
    {"restrictions", "reason"},
    {"restrictions", "lift_reason"},
    {"review_actions", "text"},
    {"review_actions", "closing_note"},
    {"staff_conflicts", "with_whom"},
    {"staff_conflicts", "nature"},
    {"staff_conflicts", "resolution"},
};

// A pattern that finds more than it should does no harm: `change` looks again.
std::string Pattern(std::string_view needle) {
  return needle.empty() ? "" : absl::StrCat("%", View(needle), "%");
}

}  // namespace

absl::Status LearnerTraces::Rewrite(Tx& tx, std::string_view tenant, std::string_view centre,
                                    std::string_view enrolment, std::string_view name,
                                    absl::FunctionRef<bool(std::string&)> change) {
  const std::string by_enrolment = Pattern(enrolment), by_name = Pattern(name);
  for (const auto& [table, column] : kTexts) {
    std::vector<std::string> texts;
    RETURN_IF_ERROR(tx.Query(absl::StrCat("SELECT DISTINCT ", View(column), " FROM ", View(table),
                                          " WHERE tenant = $1 AND centre = $2 AND (", View(column),
                                          " LIKE $3 OR ", View(column), " LIKE $4)"),
                             {tenant, centre, by_enrolment, by_name}, [&](const SqlRow& row) {
                               texts.emplace_back(row.Text(0));
                               return absl::OkStatus();
                             }));
    for (const std::string& before : texts) {
      std::string after = before;
      if (!change(after)) continue;
      RETURN_IF_ERROR(tx.Execute(absl::StrCat("UPDATE ", View(table), " SET ", View(column),
                                              " = $4 WHERE tenant = $1 AND centre = $2 AND ",
                                              View(column), " = $3"),
                                 {tenant, centre, before, after})
                          .status());
    }
  }
  return absl::OkStatus();
}

}  // namespace assay::approval
