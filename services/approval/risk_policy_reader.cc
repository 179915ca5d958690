#include "services/approval/risk_policy_reader.h"

#include <algorithm>
#include <initializer_list>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/platform/core/view.h"

namespace assay::approval {
namespace {

using nlohmann::json;
using platform::View;

constexpr std::size_t kListMax = 1000;

// Reads the members of one object, and remembers what is wrong and what nobody asked for.
class Members {
 public:
  Members(const json& object, std::string place, std::vector<PolicyFault>& faults)
      : object_(object), place_(std::move(place)), faults_(faults) {}

  std::string Text(const char* name) {
    const json* value = Find(name, /*needed=*/true);
    if (value == nullptr) return "";
    if (!value->is_string()) return Wrong(name, "is not a text"), "";
    return value->get<std::string>();
  }
  int Whole(const char* name, int otherwise, bool needed = true) {
    const json* value = Find(name, needed);
    if (value == nullptr) return otherwise;
    if (!value->is_number_integer() || value->get<double>() < 0 || value->get<double>() > 1e6) {
      return Wrong(name, "is not a whole number from 0"), otherwise;
    }
    return value->get<int>();
  }
  bool Flag(const char* name) {
    const json* value = Find(name, /*needed=*/true);
    if (value == nullptr) return false;
    if (!value->is_boolean()) return Wrong(name, "is neither true nor false"), false;
    return value->get<bool>();
  }
  absl::CivilDay Day(const char* name) {
    const std::string text = Text(name);
    absl::CivilDay day;
    // Only the full form: a bare year would be read as its first day.
    if (text.size() != 10 || !absl::ParseCivilTime(text, &day)) {
      Wrong(name, "is not a day such as 2026-01-01");
    }
    return day;
  }
  template <typename T>
  T OneOf(const char* name, std::initializer_list<std::pair<std::string_view, T>> choices) {
    const std::string text = Text(name);
    for (const auto& [word, value] : choices) {
      if (word == text) return value;
    }
    return Wrong(name, absl::StrCat("is \"", text, "\", which it cannot be")), T{};
  }
  template <typename Read>
  void Object(const char* name, Read read) {
    const json* value = Find(name, /*needed=*/true);
    if (value == nullptr) return;
    if (!value->is_object()) return Wrong(name, "is not an object");
    Members members(*value, PlaceOf(name), faults_);
    read(members);
    members.RefuseOthers();
  }
  template <typename Read>
  void EachObject(const char* name, Read read) {
    const json* list = Find(name, /*needed=*/true);
    if (list == nullptr) return;
    if (!list->is_array() || list->size() > kListMax) return Wrong(name, "is not a list");
    for (std::size_t i = 0; i < list->size(); ++i) {
      const std::string place = absl::StrCat(name, "[", i, "]");
      if (!(*list)[i].is_object()) {
        Wrong(place, "is not an object");
        continue;
      }
      Members members((*list)[i], PlaceOf(place), faults_);
      read(members);
      members.RefuseOthers();
    }
  }
  // A misspelt member would otherwise be a rule that is silently not applied.
  void RefuseOthers() {
    for (const auto& [name, value] : object_.items()) {
      if (!asked_.contains(name)) Wrong(name, "is not known");
    }
  }

 private:
  const json* Find(const char* name, bool needed) {
    asked_.insert(name);
    const auto it = object_.find(name);
    if (it != object_.end()) return &*it;
    if (needed) Wrong(name, "is missing");
    return nullptr;
  }
  std::string PlaceOf(std::string_view name) const {
    return place_.empty() ? std::string(name) : absl::StrCat(place_, ".", View(name));
  }
  void Wrong(std::string_view name, std::string_view what) {
    faults_.push_back({PlaceOf(name), std::string(what)});
  }

  const json& object_;
  const std::string place_;
  std::vector<PolicyFault>& faults_;
  std::set<std::string, std::less<>> asked_;
};

ClaimRoute ReadRoute(Members& members) {
  ClaimRoute route;
  route.grade_worst = members.Whole("grade_worst", 1);
  route.reliability = members.OneOf<Reliability>(
      "reliability", {{"A", Reliability::kA}, {"B", Reliability::kB}, {"C", Reliability::kC}});
  route.open_actions = members.Flag("open_actions");
  route.learners_min = members.Whole("learners_min", 0, /*needed=*/false);
  route.final_min = members.Whole("final_min", 0);
  return route;
}

RiskPolicy Read(Members& members) {
  RiskPolicy policy;
  policy.version = members.Whole("version", 1);
  policy.effective_from = members.Day("effective_from");
  policy.description = members.Text("description");
  policy.grade_worst = members.Whole("grade_worst", 4);
  members.EachObject("criteria", [&](Members& criterion) {
    policy.criteria.push_back({criterion.Text("id"), criterion.Text("title"),
                               criterion.OneOf<RiskLevel>("level", {{"low", RiskLevel::kLow},
                                                                    {"medium", RiskLevel::kMedium},
                                                                    {"high", RiskLevel::kHigh}}),
                               criterion.Whole("fails_from", 4)});
  });
  members.Object("reviews", [&](Members& reviews) {
    policy.months_low = reviews.Whole("low", policy.months_low);
    policy.months_medium = reviews.Whole("medium", policy.months_medium);
    policy.months_interim = reviews.Whole("interim", policy.months_interim);
  });
  members.Object("direct_claims", [&](Members& claims) {
    claims.Object("one_review", [&](Members& route) { policy.one_review = ReadRoute(route); });
    claims.Object("two_reviews", [&](Members& route) {
      policy.two_reviews = ReadRoute(route);
      policy.apart_months_min = route.Whole("apart_months_min", policy.apart_months_min);
      policy.apart_months_max = route.Whole("apart_months_max", policy.apart_months_max);
    });
  });
  members.RefuseOthers();
  return policy;
}

}  // namespace

RiskPolicy ReadRiskPolicy(std::string_view document, std::vector<PolicyFault>& faults) {
  const json parsed = json::parse(document, nullptr, /*allow_exceptions=*/false);
  if (!parsed.is_object()) {
    faults.push_back({"", "is not a JSON object"});
    return {};
  }
  Members members(parsed, "", faults);
  RiskPolicy policy = Read(members);
  if (!faults.empty()) return policy;
  faults = Contradictions(policy);
  return policy;
}

const std::vector<RiskPolicyText>& ShippedRiskPolicies() {
  static const auto* const kShipped = [] {
    auto* shipped = new std::vector<RiskPolicyText>();
    for (const platform::EmbeddedFile& file : ShippedRiskPolicyFiles()) {
      std::vector<PolicyFault> faults;  // None: a test reads what ships.
      shipped->push_back({ReadRiskPolicy(file.text, faults), std::string(file.text)});
    }
    std::sort(shipped->begin(), shipped->end(),
              [](const auto& a, const auto& b) { return a.policy.version < b.policy.version; });
    return shipped;
  }();
  return *kShipped;
}

}  // namespace assay::approval
