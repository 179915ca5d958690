#include "services/moderation/sampling/quotas.h"

#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace assay::moderation {
namespace {

bool Among(const std::vector<std::string>& grades, const std::string& grade) {
  return std::find(grades.begin(), grades.end(), grade) != grades.end();
}

void CheckQuotas(const std::vector<GradeQuota>& quotas, std::vector<std::string>& found) {
  std::set<std::string> alone;
  int shared = 0;
  for (const GradeQuota& quota : quotas) {
    const std::string name = absl::StrCat("the quota of ", absl::StrJoin(quota.grades, " or "));
    if (quota.grades.empty()) found.push_back("a quota names no grade");
    if (quota.count < 1) found.push_back(absl::StrCat(name, " is below one candidate"));
    if (std::set<std::string>(quota.grades.begin(), quota.grades.end()).size() !=
        quota.grades.size()) {
      found.push_back(absl::StrCat(name, " names a grade twice"));
    }
    if (Among(quota.grades, "") || Among(quota.substitutes, "")) {
      found.push_back(absl::StrCat(name, " has a grade without a name"));
    }
    for (const std::string& substitute : quota.substitutes) {
      if (!Among(quota.grades, substitute)) continue;
      found.push_back(absl::StrCat(name, " has ", substitute, " as its own substitute"));
    }
    if (quota.grades.size() == 1 && !alone.insert(quota.grades[0]).second) {
      found.push_back(absl::StrCat(name, " is given twice"));
    }
    if (quota.grades.size() > 1 && ++shared == 2) {
      found.push_back("more than one quota is of several grades");
    }
  }
}

// What may still be promised of each grade, and promises of it.
class Stock {
 public:
  explicit Stock(const GradeCounts& counts) : left_(counts) {}
  std::int64_t Take(const std::string& grade, std::int64_t wanted) {
    const auto it = left_.find(grade);
    if (it == left_.end()) return 0;
    const std::int64_t taken = std::min(wanted, it->second);
    it->second -= taken;
    return taken;
  }
  std::int64_t Left(const std::string& grade) const {
    const auto it = left_.find(grade);
    return it == left_.end() ? 0 : it->second;
  }

 private:
  GradeCounts left_;
};

void Keep(std::vector<std::string> grades, std::int64_t count, QuotaPlan& plan) {
  if (count <= 0) return;
  for (GradePlaces& places : plan.places) {
    if (places.grades != grades) continue;
    places.count += count;
    return;
  }
  plan.places.push_back({std::move(grades), count});
}

// Places for one grade each first; then what they lack from their substitutes, which do not
// take from another quota's own; then places for any of several grades.
void PlanListed(const std::vector<GradeQuota>& quotas, Stock& stock, QuotaPlan& plan) {
  std::vector<std::int64_t> lacking(quotas.size(), 0);
  for (std::size_t i = 0; i < quotas.size(); ++i) {
    if (quotas[i].grades.size() != 1) continue;
    const std::int64_t taken = stock.Take(quotas[i].grades[0], quotas[i].count);
    Keep(quotas[i].grades, taken, plan);
    lacking[i] = quotas[i].count - taken;
  }
  for (std::size_t i = 0; i < quotas.size(); ++i) {
    for (const std::string& substitute : quotas[i].substitutes) {
      const std::int64_t taken = stock.Take(substitute, lacking[i]);
      Keep({substitute}, taken, plan);
      lacking[i] -= taken;
    }
  }
  for (const GradeQuota& quota : quotas) {
    if (quota.grades.size() < 2) continue;
    std::int64_t there = 0;
    for (const std::string& grade : quota.grades) there += stock.Left(grade);
    Keep(quota.grades, std::min(quota.count, there), plan);
  }
}

}  // namespace

std::vector<std::string> Contradictions(const GradeQuotas& design) {
  std::vector<std::string> found;
  if (design.ladder.has_value()) found = Contradictions(*design.ladder);
  CheckQuotas(design.quotas, found);
  if (design.each_grade < 0) found.push_back("the number of each grade is below none");
  if (design.minimum < 0) found.push_back("the minimum is below none");
  if (design.quotas.empty() == (design.each_grade <= 0)) {
    found.push_back("one of quotas and a number of each grade must be given, and only one");
  }
  if (design.each_grade > 0 && design.minimum > 0 && design.minimum < design.each_grade) {
    found.push_back(absl::StrCat("the minimum of ", design.minimum, " is below the ",
                                 design.each_grade, " of a single grade"));
  }
  if (!design.ladder.has_value()) return found;
  std::int64_t wanted = 0;
  for (const GradeQuota& quota : design.quotas) wanted += std::max<std::int64_t>(quota.count, 0);
  for (const Rung& rung : design.ladder->rungs) {
    if (!rung.size.has_value()) continue;
    if (wanted > *rung.size) {
      found.push_back(absl::StrCat("the quotas come to ", wanted, ", more than the ", *rung.size,
                                   " of cohorts of ", rung.from));
    }
    if (design.each_grade > *rung.size) {
      found.push_back(absl::StrCat(design.each_grade, " of each grade are more than the ",
                                   *rung.size, " of cohorts of ", rung.from));
    }
    if (design.minimum > *rung.size) {
      found.push_back(absl::StrCat("the minimum of ", design.minimum, " is above the ", *rung.size,
                                   " of cohorts of ", rung.from));
    }
  }
  return found;
}

QuotaPlan PlanQuotas(const GradeQuotas& design, const GradeCounts& counts) {
  QuotaPlan plan;
  std::int64_t cohort = 0;
  for (const auto& [grade, count] : counts) cohort += count;
  Stock stock(counts);
  PlanListed(design.quotas, stock, plan);
  if (design.each_grade > 0) {
    // Whoever has no grade is of none; the places open to all reach them.
    for (const auto& [grade, count] : counts) {
      if (!grade.empty()) Keep({grade}, stock.Take(grade, design.each_grade), plan);
    }
  }
  std::int64_t kept = 0;
  for (const GradePlaces& places : plan.places) kept += places.count;
  plan.size = design.ladder.has_value() ? SampleSize(*design.ladder, cohort) : kept;
  plan.size = std::min(cohort, std::max(plan.size, design.minimum));
  // More grades than a ladder has places for: those with the most candidates give way first.
  while (kept > plan.size) {
    auto most = std::max_element(
        plan.places.begin(), plan.places.end(),
        [](const GradePlaces& a, const GradePlaces& b) { return a.count < b.count; });
    --most->count;
    --kept;
  }
  return plan;
}

}  // namespace assay::moderation
