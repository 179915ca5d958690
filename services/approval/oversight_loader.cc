#include "services/approval/oversight_loader.h"

#include <fstream>
#include <initializer_list>
#include <iterator>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/core/view.h"

namespace assay::approval {
namespace {

using nlohmann::json;
using platform::View;

constexpr int kNumbersMost = 1000;

absl::Status Fault(const std::string& place, std::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat(place, " ", View(what)));
}

absl::Status CheckMembers(const json& object, const std::string& place,
                          std::initializer_list<const char*> known) {
  if (!object.is_object()) return Fault(place, "is not an object");
  for (const auto& [key, value] : object.items()) {
    bool found = false;
    for (const char* name : known) found |= key == name;
    if (!found) return Fault(place + "/" + key, "is not known");
  }
  return absl::OkStatus();
}

absl::StatusOr<std::string> TextOf(const json& object, const std::string& place, const char* key) {
  const auto it = object.find(key);
  if (it == object.end() || !it->is_string()) return Fault(place + "/" + key, "is not a text");
  return it->get<std::string>();
}

absl::StatusOr<bool> FlagOf(const json& object, const std::string& place, const char* key) {
  const auto it = object.find(key);
  if (it == object.end()) return false;
  if (!it->is_boolean()) return Fault(place + "/" + key, "is not true or false");
  return it->get<bool>();
}

absl::StatusOr<int> NumberOf(const json& value, const std::string& place) {
  if (!value.is_number_integer()) return Fault(place, "is not a whole number");
  const auto number = value.get<std::int64_t>();
  if (number < 0 || number > 100'000) return Fault(place, "is not from 0 to 100000");
  return static_cast<int>(number);
}

absl::StatusOr<const json*> ListOf(const json& object, const std::string& place, const char* key) {
  const auto it = object.find(key);
  if (it == object.end() || !it->is_array()) return Fault(place + "/" + key, "is not a list");
  if (it->size() > kNumbersMost) return Fault(place + "/" + key, "is too long");
  return &*it;
}

absl::StatusOr<std::vector<int>> NumbersOf(const json& object, const std::string& place,
                                           const char* key) {
  ASSIGN_OR_RETURN(const json* list, ListOf(object, place, key));
  std::vector<int> numbers;
  for (const json& item : *list) {
    ASSIGN_OR_RETURN(const int number, NumberOf(item, place + "/" + key));
    numbers.push_back(number);
  }
  return numbers;
}

absl::StatusOr<RestrictionLevel> LevelOf(const json& object, const std::string& place) {
  RETURN_IF_ERROR(CheckMembers(object, place,
                               {"id", "title", "kinds", "learners_capped", "registrations_stopped",
                                "direct_claims_stopped", "certification_stopped"}));
  RestrictionLevel level;
  ASSIGN_OR_RETURN(level.id, TextOf(object, place, "id"));
  ASSIGN_OR_RETURN(level.title, TextOf(object, place, "title"));
  ASSIGN_OR_RETURN(const json* kinds, ListOf(object, place, "kinds"));
  for (const json& kind : *kinds) {
    level.condition |= kind == "condition";
    level.sanction |= kind == "sanction";
    if (kind != "condition" && kind != "sanction") {
      return Fault(place + "/kinds", "has neither condition nor sanction");
    }
  }
  Effects& effects = level.effects;
  ASSIGN_OR_RETURN(effects.learners_capped, FlagOf(object, place, "learners_capped"));
  ASSIGN_OR_RETURN(effects.registrations_stopped, FlagOf(object, place, "registrations_stopped"));
  ASSIGN_OR_RETURN(effects.direct_claims_stopped, FlagOf(object, place, "direct_claims_stopped"));
  ASSIGN_OR_RETURN(effects.certification_stopped, FlagOf(object, place, "certification_stopped"));
  return level;
}

absl::StatusOr<OversightPolicy> PolicyOf(const json& object) {
  RETURN_IF_ERROR(
      CheckMembers(object, "", {"description", "version", "levels", "reminders", "competence"}));
  OversightPolicy policy;
  ASSIGN_OR_RETURN(policy.version, NumberOf(object.value("version", json()), "/version"));
  ASSIGN_OR_RETURN(const json* levels, ListOf(object, "", "levels"));
  for (std::size_t i = 0; i < levels->size(); ++i) {
    ASSIGN_OR_RETURN(RestrictionLevel level, LevelOf((*levels)[i], absl::StrCat("/levels/", i)));
    policy.levels.push_back(std::move(level));
  }
  const json& reminders = object.value("reminders", json());
  RETURN_IF_ERROR(
      CheckMembers(reminders, "/reminders", {"days_ahead", "days_overdue", "stale_after_days"}));
  ASSIGN_OR_RETURN(policy.reminders.days_ahead, NumbersOf(reminders, "/reminders", "days_ahead"));
  ASSIGN_OR_RETURN(policy.reminders.days_overdue,
                   NumbersOf(reminders, "/reminders", "days_overdue"));
  ASSIGN_OR_RETURN(
      policy.reminders.stale_after_days,
      NumberOf(reminders.value("stale_after_days", json()), "/reminders/stale_after_days"));
  const json& competence = object.value("competence", json());
  RETURN_IF_ERROR(CheckMembers(competence, "/competence", {"required", "valid_days_max"}));
  ASSIGN_OR_RETURN(const json* required, ListOf(competence, "/competence", "required"));
  for (const json& name : *required) {
    const std::optional<CompetenceKind> kind =
        name.is_string() ? CompetenceKindOf(name.get<std::string>()) : std::nullopt;
    if (!kind.has_value()) return Fault("/competence/required", "has an unknown kind");
    policy.competence.required.push_back(*kind);
  }
  ASSIGN_OR_RETURN(
      policy.competence.valid_days_max,
      NumberOf(competence.value("valid_days_max", json()), "/competence/valid_days_max"));
  return policy;
}

}  // namespace

absl::StatusOr<OversightPolicy> ParseOversight(std::string_view file, std::string_view text) {
  const json parsed = json::parse(text, nullptr, /*allow_exceptions=*/false);
  const auto refused = [&](std::string_view what) {
    return absl::InvalidArgumentError(
        absl::StrCat("oversight policy: ", View(file), ": ", View(what)));
  };
  if (parsed.is_discarded()) return refused("is not JSON");
  absl::StatusOr<OversightPolicy> policy = PolicyOf(parsed);
  if (!policy.ok()) return refused(platform::StdView(policy.status().message()));
  const std::vector<std::string> problems = Contradictions(*policy);
  if (!problems.empty()) return refused(absl::StrJoin(problems, "; "));
  return policy;
}

absl::StatusOr<OversightPolicy> LoadOversight(const std::string& file) {
  if (file.empty()) return ParseOversight("shipped", ShippedOversight().front().text);
  std::ifstream in(file, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  if (!in.good() && !in.eof()) {
    return absl::InvalidArgumentError(absl::StrCat("oversight policy: ", file, " cannot be read"));
  }
  return ParseOversight(file, text);
}

}  // namespace assay::approval
