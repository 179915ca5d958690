#include "services/approval/oversight/restriction.h"

#include <algorithm>
#include <utility>

namespace assay::approval {
namespace {

void Lower(std::optional<std::int64_t>& cap, std::int64_t other) {
  cap = cap.has_value() ? std::min(*cap, other) : other;
}

// The more it stops, the further up it is told.
int WeightOf(const Effects& effects) {
  return effects.certification_stopped * 8 + effects.registrations_stopped * 4 +
         effects.direct_claims_stopped * 2 + effects.learners_capped;
}

}  // namespace

std::string_view NameOf(RestrictionKind kind) {
  return kind == RestrictionKind::kCondition ? "condition" : "sanction";
}

std::string_view NameOf(RestrictionState state) {
  switch (state) {
    case RestrictionState::kPlanned:
      return "planned";
    case RestrictionState::kInForce:
      return "in force";
    case RestrictionState::kEnded:
      return "ended";
  }
  return "";
}

RestrictionState StateOn(const Restriction& restriction, absl::CivilDay day) {
  if (restriction.until.has_value() && *restriction.until <= day) return RestrictionState::kEnded;
  return restriction.from <= day ? RestrictionState::kInForce : RestrictionState::kPlanned;
}

LimitsInForceOn LimitsOn(std::span<const Restriction> restrictions, std::string_view qualification,
                         absl::CivilDay day) {
  LimitsInForceOn limits;
  std::vector<const Restriction*> found;
  for (const Restriction& r : restrictions) {
    if (StateOn(r, day) != RestrictionState::kInForce) continue;
    const bool whole_centre = r.qualification.empty();
    if (!whole_centre && r.qualification != qualification) continue;
    if (r.effects == Effects()) continue;  // Asks for something and limits nothing.
    limits.registrations_stopped |= r.effects.registrations_stopped;
    limits.direct_claims_stopped |= r.effects.direct_claims_stopped;
    limits.certification_stopped |= r.effects.certification_stopped;
    if (r.learners_max.has_value()) {
      Lower(limits.learners_max, *r.learners_max);
      if (whole_centre) Lower(limits.centre_learners_max, *r.learners_max);
    }
    found.push_back(&r);
  }
  std::stable_sort(found.begin(), found.end(), [](const Restriction* a, const Restriction* b) {
    const int left = WeightOf(a->effects), right = WeightOf(b->effects);
    if (left != right) return left > right;
    return a->learners_max.value_or(0) < b->learners_max.value_or(0);
  });
  for (const Restriction* r : found) {
    const LimitCause& cause = limits.causes.emplace_back(
        LimitCause{r->name, r->level, r->reason, r->qualification.empty()});
    const auto name = [&](bool limits_it, std::optional<LimitCause>& as) {
      if (limits_it && !as.has_value()) as = cause;
    };
    name(r->effects.registrations_stopped, limits.registrations_stop);
    name(r->effects.direct_claims_stopped, limits.direct_claims_stop);
    name(r->effects.certification_stopped, limits.certification_stop);
    if (!r->learners_max.has_value()) continue;
    name(r->learners_max == limits.learners_max, limits.learners_cap);
    name(cause.whole_centre && r->learners_max == limits.centre_learners_max,
         limits.centre_learners_cap);
  }
  return limits;
}

}  // namespace assay::approval
