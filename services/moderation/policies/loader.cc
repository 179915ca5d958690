#include "services/moderation/policies/loader.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <limits>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "services/moderation/policies/readers.h"
#include "services/platform/core/view.h"

namespace assay::moderation {
namespace {

using platform::View;
using Json = nlohmann::json;
using Problems = std::vector<PolicyProblem>;

// Ids stand in URLs and before "@".
bool IsPolicyId(std::string_view id) {
  return !id.empty() && id.size() <= 63 && id[0] >= 'a' && id[0] <= 'z' &&
         std::all_of(id.begin(), id.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
         });
}

// A member that is there twice would be one of the two in silence.
Json Parse(std::string_view text, Problems& problems) {
  std::vector<std::set<std::string>> names;
  const auto watch = [&](int, Json::parse_event_t event, Json& parsed) {
    if (event == Json::parse_event_t::object_start) names.emplace_back();
    if (event == Json::parse_event_t::object_end) names.pop_back();
    if (event == Json::parse_event_t::key &&
        !names.back().insert(parsed.get<std::string>()).second) {
      problems.push_back({parsed.get<std::string>(), "is there twice"});
    }
    return true;
  };
  return Json::parse(text, watch, /*allow_exceptions=*/false);
}

std::string KindNames() {
  std::vector<std::string> names;
  for (const KindFacts& facts : PolicyKinds()) names.emplace_back(facts.name);
  return absl::StrJoin(names, ", ");
}

std::string TextOf(const PolicyProblem& problem) {
  return problem.place.empty() ? problem.what : absl::StrCat(problem.place, " ", problem.what);
}

}  // namespace

std::optional<Policy> ReadPolicy(std::string_view document, Problems& problems) {
  const Json json = Parse(document, problems);
  if (!json.is_object()) {
    problems.push_back({"", "is not a JSON object"});
    return std::nullopt;
  }
  Members members(json, "", problems);
  Policy policy;
  policy.document = document;
  policy.id = members.Text("id");
  if (!IsPolicyId(policy.id)) members.Wrong("id", "is not 1 to 63 of a-z, 0-9 and -");
  policy.version = static_cast<int>(std::min<std::int64_t>(
      members.Whole("version", 0), std::numeric_limits<std::int32_t>::max()));
  if (policy.version < 1) members.Wrong("version", "is not 1 or above");
  policy.effective_from = members.Day("effective_from");
  policy.description = members.Text("description");
  const std::optional<PolicyKind> kind = PolicyKindOf(members.Text("kind"));
  if (!kind.has_value()) {
    members.Wrong("kind", absl::StrCat("is none of ", KindNames()));
    return std::nullopt;
  }
  policy.kind = *kind;
  ReaderOf (*kind)(members, policy);
  members.RefuseOthers();
  return policy;
}

std::vector<PolicyText> ShippedPolicies() {
  std::vector<PolicyText> texts;
  for (const platform::EmbeddedFile& file : ShippedPolicyFiles()) {
    texts.push_back({.origin = std::string(file.name), .json = std::string(file.text)});
  }
  return texts;
}

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

void AddContradictions(const Policy& policy, Problems& problems) {
  for (const std::string& what : Contradictions(policy)) {
    const bool gap = absl::StartsWith(what, "no rung covers");
    const bool overlap = absl::StrContains(what, "overlaps");
    problems.push_back({policy.kind == PolicyKind::kSampling ? "ladder" : "", what,
                        gap       ? "POLICY_GAP"
                        : overlap ? "POLICY_OVERLAP"
                                  : "POLICY_INVALID"});
  }
}

absl::StatusOr<PolicyBook> LoadPolicies(std::span<const PolicyText> texts) {
  std::vector<std::string> wrong;
  std::vector<Policy> policies;
  for (const PolicyText& text : texts) {
    Problems problems;
    if (auto policy = ReadPolicy(text.json, problems)) policies.push_back(std::move(*policy));
    for (const PolicyProblem& problem : problems) {
      wrong.push_back(absl::StrCat(text.origin, ": ", TextOf(problem)));
    }
  }
  absl::StatusOr<PolicyBook> book = PolicyBook::Make(std::move(policies));
  if (!book.ok()) wrong.emplace_back(book.status().message());
  if (!wrong.empty()) return absl::InvalidArgumentError(absl::StrJoin(wrong, "; "));
  return book;
}

}  // namespace assay::moderation
