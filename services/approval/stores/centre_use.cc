#include "services/approval/stores/centre_use.h"

#include "services/approval/learners/recording_form.h"
#include "services/approval/learners/registration.h"
#include "services/approval/oversight/action.h"
#include "services/approval/oversight/site.h"
#include "services/approval/stores/in_list.h"
#include "services/approval/stores/learners.h"
#include "services/approval/stores/rows.h"

namespace assay::approval {
namespace {

using platform::SqlRow;

template <typename... States>
std::string In(States... states) {
  std::string list;
  for (const int state : {static_cast<int>(states)...}) {
    absl::StrAppend(&list, list.empty() ? "state IN (" : ", ", state);
  }
  return list + ")";
}

struct Use {
  std::string_view what;
  std::string_view table;
  std::string condition;   // "": any row.
  std::string_view until;  // The column of its end and how it is held against the day; "": no end.
};

const std::vector<Use>& Uses() {
  static const auto& uses = *new std::vector<Use>{
      {"qualification approvals", "qualification_approvals",
       "state IN ('applied', 'approved', 'suspended')", ""},
      {"planners", "planners", "", ""},
      {"learners", "registrations", In(RegistrationState::kActive), ""},
      {"undecided claims", "awards", In(AwardState::kClaimed), ""},
      {"conditions or sanctions", "restrictions", "", "until_day >"},
      {"open improvement actions", "centre_actions",
       In(ActionState::kOpen, ActionState::kAnswered, ActionState::kReturned), ""},
      {"staff", "staff", "", "last_day >="},
      {"sites", "sites", In(SiteState::kProposed, SiteState::kApproved), ""},
      {"recording forms", "recording_forms", In(FormState::kProposed, FormState::kApproved), ""},
      {"quality reviews", "quality_reviews", "void = 0", ""},
  };
  return uses;
}

}  // namespace

absl::StatusOr<std::vector<std::string>> CentreUse::Of(Tx& tx, std::string_view tenant,
                                                       std::string_view centre,
                                                       absl::CivilDay day) {
  const std::string today = TextOf(day);
  std::vector<std::string> found;
  for (const Use& use : Uses()) {
    Statement sql("SELECT 1 FROM ");
    sql.Add(use.table).Add(" WHERE tenant = ").Bind(tenant).Add(" AND centre = ").Bind(centre);
    if (!use.condition.empty()) sql.Add(" AND ").Add(use.condition);
    if (!use.until.empty()) {
      const std::string_view column = use.until.substr(0, use.until.find(' '));
      sql.Add(" AND (").Add(column).Add(" IS NULL OR ").Add(use.until).Add(" ");
      sql.Bind(today).Add(")");
    }
    sql.Add(" LIMIT 1");
    RETURN_IF_ERROR(tx.Query(sql.sql(), sql.values(), [&](const SqlRow&) {
      found.emplace_back(use.what);
      return absl::OkStatus();
    }));
  }
  return found;
}

absl::StatusOr<std::set<std::string>> CentreUse::Teaching(Tx& tx, std::string_view tenant,
                                                          std::span<const std::string> centres) {
  std::set<std::string> found;
  const std::string active = In(RegistrationState::kActive);
  for (const std::string& sql :
       {std::string("SELECT DISTINCT centre FROM qualification_approvals WHERE tenant = $1 AND "
                    "state IN ('approved', 'suspended') AND centre IN "),
        absl::StrCat("SELECT DISTINCT centre FROM registrations WHERE tenant = $1 AND ", active,
                     " AND centre IN ")}) {
    RETURN_IF_ERROR(QueryIn(tx, sql, {tenant}, centres, "", [&](const SqlRow& row) {
      found.emplace(row.Text(0));
      return absl::OkStatus();
    }));
  }
  return found;
}

}  // namespace assay::approval
