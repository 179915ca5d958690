#include "services/approval/evidence_loader.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/core/view.h"

namespace assay::approval {
namespace {

using nlohmann::json;
using platform::View;

constexpr std::size_t kPoliciesMost = 100;
constexpr std::size_t kNeedsMost = 20;

absl::Status Fault(const std::string& place, std::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat(place, " ", View(what)));
}

template <typename Kind>
std::optional<Kind> Named(const json& name, int count) {
  for (int i = 0; i < count; ++i) {
    if (name == NameOf(static_cast<Kind>(i))) return static_cast<Kind>(i);
  }
  return std::nullopt;
}

absl::StatusOr<std::vector<EvidenceNeed>> NeedsOf(const json& list, const std::string& place) {
  if (!list.is_array() || list.size() > kNeedsMost) return Fault(place, "is not a short list");
  std::vector<EvidenceNeed> needs;
  for (const json& any_of : list) {
    const std::string at = absl::StrCat(place, "/", needs.size());
    if (!any_of.is_array() || any_of.empty() || any_of.size() > kEvidenceKinds) {
      return Fault(at, "is not a list of kinds of evidence");
    }
    EvidenceNeed& need = needs.emplace_back();
    for (const json& name : any_of) {
      const auto kind = Named<EvidenceKind>(name, kEvidenceKinds);
      if (!kind.has_value()) return Fault(at, "has a kind of evidence that is not known");
      need.any_of.push_back(*kind);
    }
  }
  return needs;
}

absl::StatusOr<EvidencePolicy> PolicyOf(const json& object, const std::string& place) {
  if (!object.is_object() || object.size() != 2 || !object.contains("from") ||
      !object.contains("required")) {
    return Fault(place, "has not exactly the members from and required");
  }
  EvidencePolicy policy;
  const json& from = object["from"];
  // Only the full form: a bare year would be read as its first day.
  if (!from.is_string() || from.get_ref<const std::string&>().size() != 10 ||
      !absl::ParseCivilTime(from.get_ref<const std::string&>(), &policy.from)) {
    return Fault(place + "/from", "is not a day such as 2026-09-01");
  }
  const json& required = object["required"];
  if (!required.is_object()) return Fault(place + "/required", "is not an object");
  for (const auto& [name, list] : required.items()) {
    const std::string at = absl::StrCat(place, "/required/", name);
    const auto kind = Named<ActivityKind>(json(name), kMeaningfulKinds);
    if (!kind.has_value()) return Fault(at, "is no kind of activity that counts (EI-2)");
    ASSIGN_OR_RETURN(policy.needs[static_cast<int>(*kind)], NeedsOf(list, at));
  }
  // A kind that is left out by mistake would be declared on the centre's word alone.
  if (required.size() != kMeaningfulKinds) {
    return Fault(place + "/required", "does not name each of the four kinds that count (EI-2)");
  }
  return policy;
}

}  // namespace

absl::StatusOr<std::vector<EvidencePolicy>> ParseEvidence(std::string_view file,
                                                          std::string_view text) {
  const json root = json::parse(text, nullptr, /*allow_exceptions=*/false);
  const std::string place = absl::StrCat(View(file), ": ");
  if (!root.is_object() || !root.contains("policies")) {
    return Fault(place, "is not an object with policies");
  }
  const json& list = root["policies"];
  if (!list.is_array() || list.empty() || list.size() > kPoliciesMost) {
    return Fault(place + "/policies", "is not a list with entries");
  }
  std::vector<EvidencePolicy> policies;
  for (const json& object : list) {
    ASSIGN_OR_RETURN(EvidencePolicy policy,
                     PolicyOf(object, absl::StrCat(place, "/policies/", policies.size())));
    policies.push_back(std::move(policy));
  }
  std::stable_sort(
      policies.begin(), policies.end(),
      [](const EvidencePolicy& a, const EvidencePolicy& b) { return a.from < b.from; });
  return policies;
}

const std::vector<EvidencePolicy>& ShippedEvidence() {
  static const auto* const kShipped = [] {
    const platform::EmbeddedFile& file = ShippedEvidencePolicies().front();
    return new std::vector<EvidencePolicy>(*ParseEvidence(file.name, file.text));
  }();
  return *kShipped;
}

}  // namespace assay::approval
