#include "services/moderation/sampling/places.h"

#include <algorithm>
#include <map>
#include <string>

namespace assay::moderation {

Places::Places(std::int64_t size, const QuotaPlan& plan, const std::vector<std::string>& grades)
    : left_(size), alone_(grades.size(), -1), in_shared_(grades.size(), false) {
  std::map<std::string, std::int32_t> numbers;
  for (std::size_t i = 0; i < grades.size(); ++i) {
    numbers.emplace(grades[i], static_cast<std::int32_t>(i));
  }
  for (const GradePlaces& places : plan.places) {
    const int group = kept_groups();
    count_.push_back(places.count);
    kept_ += places.count;
    if (places.grades.size() > 1) shared_ = group;
    for (const std::string& grade : places.grades) {
      const auto it = numbers.find(grade);
      if (it == numbers.end()) continue;
      if (places.grades.size() > 1) {
        in_shared_[it->second] = true;
      } else {
        alone_[it->second] = group;
      }
    }
  }
}

}  // namespace assay::moderation
