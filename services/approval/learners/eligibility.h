// Whether a learner can be awarded a qualification, and what is missing for it (QUAL-9).
//
// Every condition is answered, not the first that fails: what it is, by which rule, whether it is
// met, and who must act. Moderation's part of QUAL-9 is moderation's answer, which comes in as
// facts.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/civil_time.h"
#include "services/approval/catalogue/combination.h"
#include "services/approval/catalogue/qualification.h"
#include "services/approval/learners/registration.h"

namespace assay::approval {

struct UnitFact {
  std::string unit;
  bool achieved = false;
  bool verified = false;
  absl::CivilDay assess_day;
};

// How employer involvement stands (EI-14).
struct InvolvementFact {
  bool planned = false;  // Some planner names the learner.
  bool met = false;      // Met and concluded.
  bool final = false;
  std::string who;
  std::optional<absl::CivilDay> due;
  std::string message;
};

// Approval on a day on which a unit was assessed.
struct ApprovalFact {
  absl::CivilDay day;
  bool in_force = false;
  std::string message;
};

// How moderation stands for a component of the qualification: of an entry of the learner, or of a
// component in which they are not entered.
struct ComponentFact {
  std::string name;           // "series/…/components/…"
  absl::CivilDay series_end;  // Last date of its series.
  bool entered = false;       // And not withdrawn since.
  bool final = false;
  std::string message;  // What stands in the way.
  std::string who;
  std::optional<absl::CivilDay> due;
};

struct ModerationFact {
  std::string unasked;  // Why moderation could not be asked; empty: it was.
  std::vector<ComponentFact> components;
  // The learner came from another centre, whose entries people of this one do not see.
  bool transferred = false;
};

// Whether claims are direct (MOD-14).
struct DirectClaimFact {
  bool earned = false;
  bool stopped = false;  // By a sanction or condition.
  std::string reason;
};

struct EligibilityFacts {
  RegistrationState state = RegistrationState::kActive;
  absl::CivilDay register_day;
  absl::CivilDay end_day;
  absl::CivilDay today;
  std::vector<UnitFact> units;
  // None only if moderation itself asks, which knows its part: the condition is left out then.
  std::optional<ModerationFact> moderation = ModerationFact{.unasked = "nobody asked it"};
  InvolvementFact involvement;
  std::vector<ApprovalFact> approvals;
  std::string certification_stop;  // Why a sanction stops certificates; empty: none does.
  DirectClaimFact direct;
};

struct AwardCondition {
  std::string rule;
  std::string_view kind;  // "COMBINATION"
  bool met = false;
  std::string message;
  std::string who;  // "centre", "quality", "moderation", "operator" or "".
  std::vector<std::string> choose_from;
  std::optional<absl::CivilDay> due;
};

struct Eligibility {
  bool eligible = false;
  bool direct = false;
  std::string route_message;
  std::vector<AwardCondition> conditions;  // What is missing first.
  Progress progress;                       // Of units that are achieved and verified.
  std::vector<std::string> units;          // These, in order.
};

Eligibility EvaluateEligibility(const Qualification& qualification, const EligibilityFacts& facts);

}  // namespace assay::approval
