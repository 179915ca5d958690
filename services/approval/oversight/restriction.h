// Conditions and sanctions as hard limits on a centre, or on one of its qualification approvals
// (QUAL-9). What a level stops is data; what was imposed keeps what its level said that day.
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/civil_time.h"

namespace assay::approval {

enum class RestrictionKind { kCondition, kSanction };
inline constexpr int kRestrictionKinds = 2;
std::string_view NameOf(RestrictionKind kind);  // "condition"

// What a level limits.
struct Effects {
  bool learners_capped = false;  // Needs the cap itself.
  bool registrations_stopped = false;
  bool direct_claims_stopped = false;
  bool certification_stopped = false;

  friend bool operator==(const Effects&, const Effects&) = default;
};

struct RestrictionLevel {
  std::string id;          // "learner-cap"
  std::string title;       // "cap on learners"
  bool condition = false;  // The kinds for which it may be imposed.
  bool sanction = false;
  Effects effects;
};

struct Restriction {
  std::string name;  // "centres/…/restrictions/…"
  RestrictionKind kind = RestrictionKind::kSanction;
  std::string level;          // Its id.
  std::string qualification;  // The number; "" for the whole centre.
  Effects effects;
  std::optional<std::int64_t> learners_max;  // If learners are capped.
  std::string reason;
  absl::CivilDay from;                  // First day in force.
  std::optional<absl::CivilDay> until;  // First day no longer in force.
};

enum class RestrictionState { kPlanned, kInForce, kEnded };
std::string_view NameOf(RestrictionState state);  // "in force"
RestrictionState StateOn(const Restriction& restriction, absl::CivilDay day);

// Why something is limited.
struct LimitCause {
  std::string source;  // The restriction's name.
  std::string level;
  std::string reason;
  bool whole_centre = false;
};

struct LimitsInForceOn {
  std::optional<std::int64_t> learners_max;         // Of this qualification's learners.
  std::optional<std::int64_t> centre_learners_max;  // Of all the centre's learners.
  bool registrations_stopped = false;
  bool direct_claims_stopped = false;
  bool certification_stopped = false;
  std::vector<LimitCause> causes;  // What limits most first.
  // Of each limit the cause itself; none where there is no limit.
  std::optional<LimitCause> learners_cap;
  std::optional<LimitCause> centre_learners_cap;
  std::optional<LimitCause> registrations_stop;
  std::optional<LimitCause> direct_claims_stop;
  std::optional<LimitCause> certification_stop;
};

// What limits the centre in the qualification on the day: what lies on the whole centre and what
// lies on that qualification. Of several caps the lowest counts; a cap on the whole centre caps
// each of its qualifications too. An empty qualification asks for the centre alone.
LimitsInForceOn LimitsOn(std::span<const Restriction> restrictions, std::string_view qualification,
                         absl::CivilDay day);

}  // namespace assay::approval
