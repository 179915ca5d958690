#include "services/moderation/policies/loader.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <sstream>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/civil_time.h"
#include "services/platform/core/view.h"

namespace assay::moderation {
namespace {

using platform::View;
using Json = nlohmann::json;
using Problems = std::vector<std::string>;

// Reads the members of one policy file and remembers what is wrong, and what nobody asked for.
class Members {
 public:
  Members(const Json& object, std::string_view where, Problems& problems)
      : object_(object), where_(where), problems_(problems) {}

  bool Has(const char* name) const { return object_.contains(name); }

  std::string Text(const char* name) {
    const Json* value = Find(name, true);
    if (value == nullptr) return "";
    if (!value->is_string()) return Wrong(name, "is not a text"), "";
    return value->get<std::string>();
  }
  std::int64_t Whole(const char* name, std::int64_t otherwise) {
    const Json* value = Find(name, false);
    if (value == nullptr) return otherwise;
    if (!value->is_number_integer()) return Wrong(name, "is not a whole number"), otherwise;
    return value->get<std::int64_t>();
  }
  double Number(const char* name, double otherwise) {
    const Json* value = Find(name, false);
    if (value == nullptr) return otherwise;
    if (!value->is_number()) return Wrong(name, "is not a number"), otherwise;
    return value->get<double>();
  }
  // A number with at most two decimals, in hundredths: a mark, or a percentage in basis points.
  std::int64_t Hundredths(const char* name, std::int64_t otherwise) {
    const double hundredths = Number(name, static_cast<double>(otherwise) / 100) * 100;
    if (!(std::abs(hundredths) <= 1e9) || std::abs(hundredths - std::round(hundredths)) > 1e-6) {
      return Wrong(name, "has more than two decimals"), otherwise;
    }
    return std::llround(hundredths);
  }
  template <typename T>
  T OneOf(const char* name, std::initializer_list<std::pair<std::string_view, T>> choices,
          T otherwise) {
    if (!Has(name)) return Find(name, false), otherwise;
    const std::string text = Text(name);
    for (const auto& [word, value] : choices) {
      if (word == text) return value;
    }
    return Wrong(name, absl::StrCat("is \"", text, "\", which it cannot be")), otherwise;
  }
  const Json* Array(const char* name) {
    const Json* value = Find(name, true);
    if (value != nullptr && !value->is_array()) return Wrong(name, "is not a list"), nullptr;
    return value;
  }
  // To be called last: a misspelt member would otherwise be a rule that is silently not applied.
  void RefuseOthers() {
    for (const auto& [name, value] : object_.items()) {
      if (!asked_.contains(name)) Wrong(name.c_str(), "is not known");
    }
  }
  void Wrong(std::string_view name, std::string_view what) {
    problems_.push_back(absl::StrCat(where_, ": ", View(name), " ", View(what)));
  }

 private:
  const Json* Find(const char* name, bool needed) {
    asked_.insert(name);
    const auto it = object_.find(name);
    if (it != object_.end()) return &*it;
    if (needed) Wrong(name, "is missing");
    return nullptr;
  }
  const Json& object_;
  std::string where_;
  Problems& problems_;
  std::set<std::string, std::less<>> asked_;
};

SamplingRule ReadSampling(Members& members, std::string_view where, Problems& problems) {
  SamplingRule rule;
  using Extremes = SamplingRule::Extremes;
  rule.extremes = members.OneOf<Extremes>(
      "extremes", {{"within size", Extremes::kWithinSize}, {"on top", Extremes::kOnTop}},
      Extremes::kWithinSize);
  const Json* rungs = members.Array("ladder");
  Ladder& ladder = std::get<Ladder>(rule.design);
  if (rungs == nullptr) return rule;
  for (const Json& json : *rungs) {
    if (!json.is_object()) {
      members.Wrong("ladder", "has a rung that is not an object");
      continue;
    }
    Members rung(json, absl::StrCat(View(where), ": ladder"), problems);
    Rung& read = ladder.rungs.emplace_back();
    read.from = rung.Whole("from", 0);
    if (rung.Has("to")) read.to = rung.Whole("to", 0);
    const bool all = json.contains("size") && json["size"] == "all";
    if (all) {
      rung.Text("size");
    } else {
      read.size = rung.Whole("size", 0);
    }
    rung.RefuseOthers();
  }
  return rule;
}

ToleranceRule ReadTolerance(Members& members) {
  ToleranceRule rule;
  const bool fixed = members.Has("fixed");
  if (fixed == members.Has("share_percent")) {
    members.Wrong("fixed", "and share_percent: one of the two must be given, and only one");
  }
  rule.kind = fixed ? ToleranceRule::Kind::kFixed : ToleranceRule::Kind::kShareOfMaximum;
  rule.fixed = members.Hundredths("fixed", rule.fixed);
  rule.share_basis_points = members.Hundredths("share_percent", rule.share_basis_points);
  rule.floor = members.Hundredths("floor", rule.floor);
  rule.step = members.Hundredths("step", rule.step);
  rule.rounding = members.OneOf<Rounding>(
      "rounding",
      {{"half up", Rounding::kHalfUp}, {"down", Rounding::kDown}, {"up", Rounding::kUp}},
      Rounding::kHalfUp);
  rule.sub_sample = members.Whole("sub_sample", rule.sub_sample);
  return rule;
}

AdjustmentRule ReadAdjustment(Members& members) {
  AdjustmentRule rule;
  rule.rank_correlation_min = members.Number("rank_correlation_min", rule.rank_correlation_min);
  rule.residual_spread_max_tolerances =
      members.Number("residual_spread_max_tolerances", rule.residual_spread_max_tolerances);
  rule.pairs_min = members.Whole("pairs_min", rule.pairs_min);
  rule.suppress_mean_below = members.Hundredths("suppress_mean_below", rule.suppress_mean_below);
  rule.extensions_max = static_cast<int>(members.Whole("extensions_max", rule.extensions_max));
  return rule;
}

// Ids stand in URLs and before "@".
bool IsPolicyId(std::string_view id) {
  return !id.empty() && id.size() <= 63 && id[0] >= 'a' && id[0] <= 'z' &&
         std::all_of(id.begin(), id.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
         });
}

absl::CivilDay ReadDay(Members& members, const char* name) {
  const std::string text = members.Text(name);
  absl::CivilDay day;
  // Only the full form: a bare year would be read as its first day.
  if (text.size() != 10 || !absl::ParseCivilTime(text, &day)) {
    members.Wrong(name, "is not a day such as 2026-01-01");
  }
  return day;
}

std::optional<Policy> ReadPolicy(const PolicyText& text, Problems& problems) {
  const Json json = Json::parse(text.json, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object()) {
    problems.push_back(absl::StrCat(text.origin, ": is not a JSON object"));
    return std::nullopt;
  }
  Members members(json, text.origin, problems);
  Policy policy;
  policy.document = text.json;
  policy.id = members.Text("id");
  if (!IsPolicyId(policy.id)) members.Wrong("id", "is not 1 to 63 of a-z, 0-9 and -");
  policy.version = static_cast<int>(members.Whole("version", 0));
  if (policy.version < 1) members.Wrong("version", "is not 1 or above");
  policy.effective_from = ReadDay(members, "effective_from");
  policy.description = members.Text("description");
  const std::string kind = members.Text("kind");
  if (kind == "sampling") {
    policy.kind = PolicyKind::kSampling;
    policy.sampling = ReadSampling(members, text.origin, problems);
  } else if (kind == "tolerance") {
    policy.kind = PolicyKind::kTolerance;
    policy.tolerance = ReadTolerance(members);
  } else if (kind == "adjustment") {
    policy.kind = PolicyKind::kAdjustment;
    policy.adjustment = ReadAdjustment(members);
  } else {
    members.Wrong("kind", "is not sampling, tolerance or adjustment");
    return std::nullopt;
  }
  members.RefuseOthers();
  return policy;
}

}  // namespace

absl::StatusOr<std::vector<PolicyText>> PoliciesIn(std::string_view folder) {
  std::vector<PolicyText> texts;
  if (folder.empty()) return texts;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
    if (entry.path().extension() != ".json") continue;
    std::ifstream file(entry.path(), std::ios::binary);
    std::ostringstream json;
    json << file.rdbuf();
    if (!file) {
      return absl::FailedPreconditionError(
          absl::StrCat("the policy ", entry.path().string(), " cannot be read"));
    }
    texts.push_back({entry.path().string(), json.str()});
  }
  if (error) {
    return absl::FailedPreconditionError(
        absl::StrCat("the policies in ", View(folder), " cannot be read: ", error.message()));
  }
  std::sort(texts.begin(), texts.end(),
            [](const auto& a, const auto& b) { return a.origin < b.origin; });
  return texts;
}

absl::StatusOr<PolicyBook> LoadPolicies(std::span<const PolicyText> texts) {
  Problems problems;
  std::vector<Policy> policies;
  for (const PolicyText& text : texts) {
    if (auto policy = ReadPolicy(text, problems)) policies.push_back(std::move(*policy));
  }
  absl::StatusOr<PolicyBook> book = PolicyBook::Make(std::move(policies));
  if (!book.ok()) problems.emplace_back(book.status().message());
  if (!problems.empty()) return absl::InvalidArgumentError(absl::StrJoin(problems, "; "));
  return book;
}

}  // namespace assay::moderation
