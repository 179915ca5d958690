#include "services/approval/involvement/planner.h"

namespace assay::approval {
namespace {

struct KindFacts {
  std::string_view name;
  std::string_view why_not;  // EI-4
};

constexpr KindFacts kKinds[kActivityKinds] = {
    {"work placement", ""},
    {"task set with a practitioner", ""},
    {"co-delivery", ""},
    {"expert witness", ""},
    {"design of the qualification", "helping to design a qualification reaches no learner"},
    {"visit, premises or equipment", "being hosted or equipped is not work with a practitioner"},
    {"careers talk", "talks on careers, applications and interviews are not about the sector"},
    {"careers fair", "fairs and networking are not part of the qualification's content"},
    {"simulated workplace", "a workplace that the centre runs is not an employer's"},
    {"job reference", "a reference is given after learning, not part of it"},
};

}  // namespace

std::string_view NameOf(ActivityKind kind) { return kKinds[static_cast<int>(kind)].name; }

bool IsMeaningful(ActivityKind kind) { return static_cast<int>(kind) < kMeaningfulKinds; }

std::string_view WhyNotMeaningful(ActivityKind kind) {
  return kKinds[static_cast<int>(kind)].why_not;
}

std::string_view NameOf(EvidenceKind kind) {
  constexpr std::string_view kNames[kEvidenceKinds] = {
      "attendance register", "learner record", "employer statement", "brief", "witness testimony",
      "correspondence",      "synopsis",       "centre document",    "other"};
  return kNames[static_cast<int>(kind)];
}

std::optional<absl::CivilDay> EndOf(const Activity& activity) {
  if (!activity.day.has_value()) return std::nullopt;
  return activity.last_day.value_or(*activity.day);
}

bool HasText(std::string_view text) { return text.find_first_not_of(" \t\r\n") != text.npos; }

bool LacksPractitioner(const Activity& activity) {
  return !activity.practitioner.has_value() ||
         (!HasText(activity.practitioner->name) && !HasText(activity.practitioner->employer));
}

}  // namespace assay::approval
