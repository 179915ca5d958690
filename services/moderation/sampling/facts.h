// What a draw knows of the centre beside its candidates. Published with the sample, so that
// anyone can draw it again (MOD-4).
#pragma once
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "services/moderation/model.h"
#include "services/moderation/sampling/rule.h"

namespace assay::moderation {

// A candidate whom an officer keeps out of the draw.
struct Exclusion {
  std::string candidate;  // Number.
  std::string centre;     // As in Candidate::centre.
  std::string reason;
};

struct SamplingFacts {
  std::optional<CentreRisk> risk;        // Needed by designs by risk.
  std::optional<Inspection> inspection;  // Other than the acceptance design's, by its history.
  std::vector<std::string> new_assessors;
  std::vector<Exclusion> exclusions;
};

// Why a draw cannot be made as asked. `candidate` is set if it is about one.
struct FactFault {
  enum class Kind {
    kRiskMissing,
    kExclusionUnknown,  // Names nobody in the cohort.
    kExclusionTwice,
    kExclusionNoReason,
    kAlgorithmTooOld,  // The algorithm does not know what rule, facts or candidates ask for.
  };
  Kind kind = Kind::kRiskMissing;
  std::string candidate;
  std::string message;
};

// One line a fact, ended by a line feed and sorted by bytes; columns separated by tabs, written as
// in CanonicalCandidates(): "excluded", number, centre, reason; "inspection", its name;
// "new-assessor", name; "risk", its name. Empty if there are none.
std::string CanonicalSamplingFacts(const SamplingFacts& facts);

}  // namespace assay::moderation
