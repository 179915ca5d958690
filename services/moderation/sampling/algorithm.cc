#include <algorithm>
#include <array>
#include <string>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "services/moderation/sampling/draw.h"

namespace assay::moderation {
namespace {

constexpr std::array<std::string_view, 2> kAlgorithmNames = {"assay-draw@1", "assay-draw@2"};
constexpr std::array<std::string_view, kNotDrawns> kNotDrawnNames = {
    "WITHDRAWN", "ABSENT", "CARRIED_FORWARD", "EXCLUDED", "UNMARKED"};

bool FirstCanSay(const SamplingRule& rule) {
  const SamplingRule plain;
  const auto* ladder = std::get_if<Ladder>(&rule.design);
  if (ladder == nullptr) return false;
  const bool grows = std::any_of(ladder->rungs.begin(), ladder->rungs.end(),
                                 [](const Rung& rung) { return rung.more != 0; });
  return !grows && rule.mode == plain.mode && rule.coverage == plain.coverage &&
         rule.spread == plain.spread && rule.new_assessors == plain.new_assessors;
}

void CheckExclusions(std::span<const Candidate> candidates, const SamplingFacts& facts,
                     std::vector<FactFault>& faults) {
  using Key = std::pair<std::string_view, std::string_view>;
  using enum FactFault::Kind;
  if (facts.exclusions.empty()) return;
  absl::flat_hash_set<Key> there;
  for (const Candidate& c : candidates) there.emplace(c.centre, c.number);
  absl::flat_hash_set<Key> seen;
  for (const Exclusion& e : facts.exclusions) {
    const auto add = [&](FactFault::Kind kind, std::string message) {
      faults.push_back({kind, e.candidate, std::move(message)});
    };
    if (!there.contains(Key(e.centre, e.candidate))) {
      add(kExclusionUnknown, "the excluded candidate is not in the cohort");
    }
    if (!seen.emplace(e.centre, e.candidate).second) {
      add(kExclusionTwice, "the candidate is excluded twice");
    }
    if (e.reason.empty()) add(kExclusionNoReason, "an exclusion needs a reason");
  }
}

std::string Subject(const CoverageItem& item) {
  const std::string of = item.centre.empty() ? "" : absl::StrCat(" of ", item.centre);
  switch (item.kind) {
    case CoverageKind::kHighest:
      return "the highest mark";
    case CoverageKind::kLowestNonZero:
      return "the lowest mark above zero";
    case CoverageKind::kAssessor:
      return absl::StrCat("assessor ", item.value, of);
    case CoverageKind::kSite:
      return absl::StrCat("site ", item.value, of);
    case CoverageKind::kTeachingGroup:
      return absl::StrCat("teaching group ", item.value, of);
    case CoverageKind::kCentre:
      return absl::StrCat("centre ", item.value);
    case CoverageKind::kGrade:
      return absl::StrCat("grade ", item.value);
  }
  return "";
}

}  // namespace

std::string_view NameOf(DrawAlgorithm algorithm) {
  return kAlgorithmNames[static_cast<int>(algorithm)];
}

std::optional<DrawAlgorithm> ParseDrawAlgorithm(std::string_view name) {
  for (DrawAlgorithm algorithm : {DrawAlgorithm::k1, DrawAlgorithm::k2}) {
    if (NameOf(algorithm) == name) return algorithm;
  }
  return std::nullopt;
}

DrawAlgorithm AlgorithmFor(std::span<const Candidate> candidates, const SamplingRule& rule,
                           const SamplingFacts& facts) {
  const bool consortium = std::any_of(candidates.begin(), candidates.end(),
                                      [](const Candidate& c) { return !c.centre.empty(); });
  return FirstCanSay(rule) && facts.exclusions.empty() && !consortium ? DrawAlgorithm::k1
                                                                      : DrawAlgorithm::k2;
}

std::vector<FactFault> FaultsOf(std::span<const Candidate> candidates, const SamplingRule& rule,
                                const SamplingFacts& facts, DrawAlgorithm algorithm) {
  std::vector<FactFault> faults;
  if (std::holds_alternative<RiskPercentages>(rule.design) && !facts.risk.has_value()) {
    faults.push_back({FactFault::Kind::kRiskMissing, "",
                      "the policy draws by the centre's risk, and the risk is not given"});
  }
  CheckExclusions(candidates, facts, faults);
  if (algorithm < AlgorithmFor(candidates, rule, facts)) {
    faults.push_back({FactFault::Kind::kAlgorithmTooOld, "",
                      absl::StrCat(std::string(NameOf(algorithm)),
                                   " does not know all that this draw asks for")});
  }
  return faults;
}

std::string_view NameOf(NotDrawn why) { return kNotDrawnNames[static_cast<int>(why)]; }

std::string_view NameOf(Why why) {
  switch (why) {
    case Why::kWholeCohort:
      return "ALL";
    case Why::kParentalInterest:
      return "PARENTAL_INTEREST";
    case Why::kNewAssessor:
      return "NEW_ASSESSOR";
    case Why::kHighest:
      return "HIGHEST";
    case Why::kLowestNonZero:
      return "LOWEST_NON_ZERO";
    case Why::kAssessor:
      return "ASSESSOR";
    case Why::kSite:
      return "SITE";
    case Why::kTeachingGroup:
      return "GROUP";
    case Why::kCentre:
      return "CENTRE";
    case Why::kGrade:
      return "GRADE";
    case Why::kSpread:
      return "SPREAD";
    case Why::kExtension:
      return "EXTENSION";
    case Why::kReplacement:
      return "REPLACEMENT";
  }
  return "";
}

std::string GapOf(const CoverageItem& item) {
  using Status = CoverageItem::Status;
  const std::string what = Subject(item);
  switch (item.status) {
    case Status::kCovered:
      return "";
    case Status::kSizeUsedUp:
      return absl::StrCat(
          what, ": the size of the sample was used up",
          item.selected > 0 ? absl::StrCat(" at ", item.selected, " of ", item.wanted) : "");
    case Status::kNotAskedFor:
      return absl::StrCat(what, ": the policy does not ask for it");
    case Status::kTooFew:
      return absl::StrCat(what, ": there are only ", item.drawable, " of the ", item.wanted,
                          " wanted");
    case Status::kNobodyToSelect:
      break;
  }
  if (item.value.empty()) return absl::StrCat(what, ": no candidate has one");
  return absl::StrCat(what,
                      ": nobody there can be drawn (absent, withdrawn, carried forward, excluded "
                      "or without a mark)");
}

}  // namespace assay::moderation
