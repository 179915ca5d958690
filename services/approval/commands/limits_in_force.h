// What conditions and sanctions allow a centre in a qualification on a day (QUAL-9).
//
// Example:
//   ASSIGN_OR_RETURN(const Limits limits, LimitsInForce(work, centre, qualification, day));
//   if (limits.registrations_stopped) return Refused(limits.reason, limits.source);
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "services/approval/context.h"
#include "services/approval/oversight/restriction.h"

namespace assay::approval {

struct Limits {
  // The most learners of this qualification; a cap on the whole centre caps it too.
  std::optional<std::int64_t> learners_max;
  bool registrations_stopped = false;
  bool direct_claims_stopped = false;
  std::string reason;  // Of what limits most; "" if nothing does.
  std::string source;  // Its resource name.
  bool certification_stopped = false;
  // The most learners of all the centre's qualifications together.
  std::optional<std::int64_t> centre_learners_max;
  std::vector<LimitCause> causes;  // All of them, what limits most first.
};

// `centre` is an id, `qualification` a number ("": the centre alone). NOT_FOUND (CENTRE_NOT_FOUND).
absl::StatusOr<Limits> LimitsInForce(const Work& work, const std::string& centre,
                                     const std::string& qualification, absl::CivilDay day);

}  // namespace assay::approval
