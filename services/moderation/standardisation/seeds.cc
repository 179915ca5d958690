#include "services/moderation/standardisation/seeds.h"

#include <algorithm>
#include <limits>
#include <numeric>
#include <optional>
#include <set>
#include <string_view>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

namespace assay::moderation {
namespace {

constexpr std::int64_t kBasisPoints = 10'000;
constexpr int kTries = 64;
constexpr std::size_t kDigitsMax = 18;  // Fit 64 bits.

// A number's last run of digits and what stands around it.
struct Parts {
  std::string_view before;
  std::string_view digits;
  std::string_view after;

  friend bool AreAlike(const Parts& a, const Parts& b) {
    return a.before == b.before && a.after == b.after && a.digits.size() == b.digits.size();
  }
  std::uint64_t Value() const {
    std::uint64_t value = 0;
    for (const char c : digits) value = value * 10 + static_cast<std::uint64_t>(c - '0');
    return value;
  }
};

Parts PartsOf(std::string_view number) {
  const auto digit = [&](std::size_t i) {
    return absl::ascii_isdigit(static_cast<unsigned char>(number[i]));
  };
  std::size_t end = number.size();
  while (end > 0 && !digit(end - 1)) --end;
  std::size_t begin = end;
  while (begin > 0 && end - begin < kDigitsMax && digit(begin - 1)) --begin;
  return {number.substr(0, begin), number.substr(begin, end - begin), number.substr(end)};
}

std::string NumberWith(const Parts& parts, std::uint64_t value) {
  std::string digits = absl::StrCat(value);
  if (digits.size() > parts.digits.size()) return "";
  digits.insert(0, parts.digits.size() - digits.size(), '0');
  return std::string(parts.before) + digits + std::string(parts.after);
}

// A free number like `model`; none if there is none near.
std::optional<std::string> FreeNumber(std::string_view model, const std::set<std::string>& taken,
                                      DrawGenerator& chance) {
  const Parts parts = PartsOf(model);
  if (parts.digits.empty()) return std::nullopt;
  std::uint64_t low = std::numeric_limits<std::uint64_t>::max(), high = 0;
  for (const std::string& number : taken) {
    const Parts other = PartsOf(number);
    if (!AreAlike(parts, other)) continue;
    low = std::min(low, other.Value());
    high = std::max(high, other.Value());
  }
  if (low > high) return std::nullopt;
  const auto free = [&](const std::string& number) {
    return !number.empty() && !taken.contains(number);
  };
  for (int i = 0; i < kTries; ++i) {
    std::string number = NumberWith(parts, low + chance.Below(high - low + 1));
    if (free(number)) return number;
  }
  // A cohort without gaps: just beyond its ends.
  for (std::uint64_t i = 1; i <= kTries; ++i) {
    std::string above = NumberWith(parts, high + i);
    if (free(above)) return above;
    if (low < i) continue;
    std::string below = NumberWith(parts, low - i);
    if (free(below)) return below;
  }
  return std::nullopt;
}

}  // namespace

std::vector<PlantedSeed> PlanSeeds(std::int64_t share, std::span<const Pick> picks,
                                   std::span<const std::string> taken, std::size_t scripts,
                                   const Seed& seed) {
  std::vector<PlantedSeed> planted;
  DrawGenerator chance(seed);
  const std::int64_t exact = static_cast<std::int64_t>(picks.size()) * share;
  const bool one_more =
      static_cast<std::int64_t>(chance.Below(kBasisPoints)) < exact % kBasisPoints;
  const auto wanted = static_cast<std::size_t>(exact / kBasisPoints + (one_more ? 1 : 0));
  std::vector<std::size_t> order(scripts);
  std::iota(order.begin(), order.end(), 0);
  chance.Shuffle(std::span(order));
  std::set<std::string> numbers(taken.begin(), taken.end());
  for (std::size_t i = 0; i < std::min(wanted, scripts); ++i) {
    const Pick& model = picks[chance.Below(picks.size())];
    std::optional<std::string> number = FreeNumber(model.candidate, numbers, chance);
    if (!number.has_value()) continue;
    numbers.insert(*number);
    planted.push_back({*std::move(number), model.stage, order[i]});
  }
  return planted;
}

}  // namespace assay::moderation
