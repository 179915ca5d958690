#include "services/approval/risk/policy.h"

#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"

namespace assay::approval {
namespace {

constexpr int kMonthsMax = 120;
constexpr std::size_t kCriteriaMax = 100;

bool IsId(const std::string& id) {
  return !id.empty() && id.size() <= 63 && std::all_of(id.begin(), id.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  });
}

void LookAt(const ClaimRoute& route, const std::string& place, const RiskPolicy& policy,
            std::vector<PolicyFault>& faults) {
  if (route.grade_worst < 1 || route.grade_worst > policy.grade_worst) {
    faults.push_back({place + ".grade_worst", "is no grade of this policy"});
  }
  if (route.learners_min < 0 || route.final_min < 0) {
    faults.push_back({place, "asks for fewer than no learners"});
  }
  if (route.learners_min > 0 && route.final_min > route.learners_min) {
    faults.push_back({place + ".final_min", "is more than the learners that are asked for"});
  }
}

}  // namespace

std::string_view NameOf(RiskLevel level) {
  constexpr std::string_view kNames[] = {"low", "medium", "high"};
  return kNames[static_cast<int>(level)];
}

std::string_view NameOf(Reliability reliability) {
  constexpr std::string_view kNames[] = {"A", "B", "C"};
  return kNames[static_cast<int>(reliability)];
}

const RiskCriterion* RiskPolicy::Find(std::string_view id) const {
  const auto found = std::find_if(criteria.begin(), criteria.end(),
                                  [&](const RiskCriterion& c) { return c.id == id; });
  return found == criteria.end() ? nullptr : &*found;
}

std::vector<PolicyFault> Contradictions(const RiskPolicy& policy) {
  std::vector<PolicyFault> faults;
  if (policy.grade_worst < 2 || policy.grade_worst > 10) {
    faults.push_back({"grade_worst", "is not from 2 to 10"});
  }
  if (policy.criteria.empty() || policy.criteria.size() > kCriteriaMax) {
    faults.push_back({"criteria", absl::StrCat("are not 1 to ", kCriteriaMax)});
  }
  std::set<std::string> ids;
  for (std::size_t i = 0; i < policy.criteria.size(); ++i) {
    const RiskCriterion& criterion = policy.criteria[i];
    const std::string place = absl::StrCat("criteria[", i, "]");
    if (!IsId(criterion.id)) {
      faults.push_back({place + ".id", "is not 1 to 63 of a-z, 0-9 and -"});
    } else if (!ids.insert(criterion.id).second) {
      faults.push_back({place + ".id", "names another criterion already"});
    }
    if (criterion.title.empty()) faults.push_back({place + ".title", "is empty"});
    if (criterion.fails_from < 2 || criterion.fails_from > policy.grade_worst) {
      faults.push_back({place + ".fails_from", "is not from 2 to the worst grade"});
    }
  }
  for (const auto& [place, months] : {std::pair{"reviews.low", policy.months_low},
                                      {"reviews.medium", policy.months_medium},
                                      {"reviews.interim", policy.months_interim}}) {
    if (months < 1 || months > kMonthsMax) {
      faults.push_back({place, absl::StrCat("is not 1 to ", kMonthsMax, " months")});
    }
  }
  if (policy.months_interim > std::min(policy.months_low, policy.months_medium)) {
    faults.push_back({"reviews.interim", "is later than a regular review"});
  }
  LookAt(policy.one_review, "direct_claims.one_review", policy, faults);
  LookAt(policy.two_reviews, "direct_claims.two_reviews", policy, faults);
  if (policy.apart_months_min < 0 || policy.apart_months_max < policy.apart_months_min ||
      policy.apart_months_max > kMonthsMax) {
    faults.push_back({"direct_claims.two_reviews", "are apart by months that cannot be"});
  }
  return faults;
}

}  // namespace assay::approval
