#include "services/approval/oversight/policy.h"

#include <set>

#include "absl/strings/str_cat.h"

namespace assay::approval {

const RestrictionLevel* OversightPolicy::FindLevel(std::string_view id) const {
  for (const RestrictionLevel& level : levels) {
    if (level.id == id) return &level;
  }
  return nullptr;
}

std::vector<std::string> Contradictions(const OversightPolicy& policy) {
  std::vector<std::string> problems = Contradictions(policy.reminders);
  if (policy.version < 1) problems.push_back("version is not from 1 on");
  if (policy.levels.size() > static_cast<std::size_t>(kLevelsMost)) {
    problems.push_back(absl::StrCat("there are more than ", kLevelsMost, " levels"));
  }
  std::set<std::string> ids;
  for (const RestrictionLevel& level : policy.levels) {
    if (level.id.empty()) problems.push_back("a level has no id");
    if (!ids.insert(level.id).second) {
      problems.push_back(absl::StrCat("level ", level.id, " is there twice"));
    }
    if (!level.condition && !level.sanction) {
      problems.push_back(absl::StrCat("level ", level.id, " is for no kind"));
    }
    if (level.sanction && level.effects == Effects()) {
      problems.push_back(absl::StrCat("level ", level.id, " is a sanction that limits nothing"));
    }
  }
  std::set<CompetenceKind> kinds;
  for (const CompetenceKind kind : policy.competence.required) {
    if (!kinds.insert(kind).second) problems.push_back("a kind of competence is required twice");
  }
  if (policy.competence.valid_days_max < 1 || policy.competence.valid_days_max > 3660) {
    problems.push_back("valid_days_max is not from 1 to 3660");
  }
  return problems;
}

}  // namespace assay::approval
