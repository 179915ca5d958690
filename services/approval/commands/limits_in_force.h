// What conditions and sanctions allow a centre in a qualification on a day (QUAL-9).
//
// Example:
//   ASSIGN_OR_RETURN(const Limits limits, LimitsInForce(work, centre, qualification, day));
//   if (limits.registrations_stopped) return Refused(WhyOf(limits.registrations_stop));
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
  // Why for each limit: what is refused by one of several restrictions names that one.
  std::optional<LimitCause> learners_cap;
  std::optional<LimitCause> centre_learners_cap;
  std::optional<LimitCause> registrations_stop;
  std::optional<LimitCause> direct_claims_stop;
  std::optional<LimitCause> certification_stop;
};

// "the reason (centres/…/restrictions/…)"; "" for none.
std::string WhyOf(const std::optional<LimitCause>& cause);

// `centre` is an id, `qualification` a number ("": the centre alone). NOT_FOUND (CENTRE_NOT_FOUND).
absl::StatusOr<Limits> LimitsInForce(const Work& work, const std::string& centre,
                                     const std::string& qualification, absl::CivilDay day);

}  // namespace assay::approval
