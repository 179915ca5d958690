// What conditions and sanctions allow a centre on a day: hard limits, asked inside the transaction
// that they limit.
#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "services/approval/context.h"

namespace assay::approval {

struct Limits {
  std::optional<std::int64_t> learners_max;
  bool registrations_stopped = false;
  bool direct_claims_stopped = false;
  std::string reason;
  std::string source;
  bool certification_stopped = false;
  // The most learners of all the centre's qualifications together.
  std::optional<std::int64_t> centre_learners_max;
};

absl::StatusOr<Limits> LimitsInForce(const Work& work, const std::string& centre,
                                     const std::string& qualification, absl::CivilDay day);

}  // namespace assay::approval
