#include "services/approval/involvement/evidence.h"

#include <algorithm>
#include <map>
#include <string>
#include <string_view>
#include <tuple>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"

namespace assay::approval {
namespace {

constexpr std::size_t kActivitiesNamed = 10;

absl::string_view View(std::string_view text) { return {text.data(), text.size()}; }

// Kind, employer, practitioner.
using Likeness = std::tuple<ActivityKind, std::string_view, std::string_view>;

Likeness LikenessOf(const Activity& activity) {
  if (!activity.practitioner.has_value()) return {activity.kind, "", ""};
  return {activity.kind, activity.practitioner->employer, activity.practitioner->name};
}

bool Meets(const Planner& planner, const std::vector<int>& activities, const EvidenceNeed& need) {
  return std::any_of(activities.begin(), activities.end(), [&](int a) {
    const std::vector<Evidence>& shown = planner.activities[a].evidence;
    return std::any_of(shown.begin(), shown.end(), [&](const Evidence& evidence) {
      return std::find(need.any_of.begin(), need.any_of.end(), evidence.kind) != need.any_of.end();
    });
  });
}

std::string NamesOf(const Planner& planner, const std::vector<int>& activities) {
  std::vector<std::string_view> ids;
  for (std::size_t i = 0; i < std::min(kActivitiesNamed, activities.size()); ++i) {
    ids.push_back(planner.activities[activities[i]].id);
  }
  std::string names = absl::StrJoin(
      ids, ", ", [](std::string* out, std::string_view id) { out->append(id.data(), id.size()); });
  if (activities.size() > kActivitiesNamed) {
    absl::StrAppend(&names, " and ", activities.size() - kActivitiesNamed, " more");
  }
  return names;
}

std::string WordsOf(const EvidenceNeed& need) {
  return absl::StrJoin(need.any_of, " or ", [](std::string* out, EvidenceKind kind) {
    absl::StrAppend(out, View(NameOf(kind)));
  });
}

}  // namespace

const EvidencePolicy* PolicyOn(std::span<const EvidencePolicy> policies, absl::CivilDay day) {
  const EvidencePolicy* found = nullptr;
  for (const EvidencePolicy& policy : policies) {
    if (found == nullptr || policy.from <= day) found = &policy;
  }
  return found;
}

std::vector<EvidenceGap> FindEvidenceGaps(const Planner& planner, const InvolvementCheck& check,
                                          const EvidencePolicy& policy) {
  const std::vector<bool> counts = ActivitiesThatCount(planner, check);
  std::map<Likeness, std::vector<int>> groups;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    if (counts[i]) groups[LikenessOf(planner.activities[i])].push_back(static_cast<int>(i));
  }
  std::vector<EvidenceGap> gaps;
  for (const auto& [likeness, activities] : groups) {
    for (const EvidenceNeed& need : policy.needs[static_cast<int>(std::get<0>(likeness))]) {
      if (!Meets(planner, activities, need)) gaps.push_back({activities, need});
    }
  }
  return gaps;
}

InvolvementFinding FindingOf(const Planner& planner, const EvidenceGap& gap) {
  const Activity& first = planner.activities[gap.activities[0]];
  return {"EI-8", "EVIDENCE_MISSING",
          absl::StrCat("activities[", gap.activities[0], "].required_evidence"),
          absl::StrCat("what counts shows no ", WordsOf(gap.need), ": ", View(NameOf(first.kind)),
                       " ", NamesOf(planner, gap.activities))};
}

}  // namespace assay::approval
