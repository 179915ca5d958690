// A draw, from all that is published of it: made for the first time, and made again by whoever
// wants to see whether it was made by the rules (MOD-4).
//
// Example:
//   ASSIGN_OR_RETURN(const MadeDraw made, MakeDraw(input));   // made.picks, made.seed
//   for (const Finding& finding : FindingsOf(input, claims)) …  // Empty: it is what it claims.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "services/moderation/model.h"
#include "services/moderation/sampling/draw.h"

namespace assay::moderation {

// What a draw is made from.
struct DrawInput {
  std::string submission;  // Resource name; of the consortium where several centres are one group.
  std::vector<Candidate> candidates;
  // Before marks (MOD-5): the candidates as they were when names were drawn.
  std::vector<Candidate> entries;
  std::string policy;  // "pearson-2026@1"
  SamplingRule rule;
  std::int64_t sub_sample = 6;  // Of the tolerance policy: looked at first (MOD-10).
  std::string algorithm;        // "assay-draw@1"
  SamplingFacts facts;
  std::string secret;  // Bytes.
};

struct MadeDraw {
  std::string list_hash;   // Lower-case hexadecimal, as is the next.
  std::string facts_hash;  // Empty under the first algorithm, which takes no facts.
  std::string seed;        // Bytes.
  Draw draw;
  std::vector<Pick> picks;  // In the order of candidates; of stages 1 and 2.
};

// Whether any step decides by counting.
bool DecidesByCounting(std::span<const SampleStep> steps);

// Names only, if the rule draws before marks and `entries` are all there is.
//
// FAILED_PRECONDITION (RISK_MISSING, DRAW_ALGORITHM_UNKNOWN), INVALID_ARGUMENT (EXCLUSION_INVALID).
absl::StatusOr<MadeDraw> MakeDraw(const DrawInput& input);

// The work that a later stage adds to a drawn sample: as many again at kExtended, everything that
// can be drawn at kAllWork.
std::vector<Pick> PicksOfStage(Stage stage, const Sample& sample,
                               std::span<const Candidate> candidates, const SamplingFacts& facts);

// One thing that is not what it is said to be.
struct DrawFinding {
  std::string_view reason;  // "SEED_TAMPERED"
  std::string place;        // "seed", "drawn[3]"
  std::string message;
};

// What was published of a draw besides its input.
struct DrawClaims {
  std::string commitment;  // Hexadecimal.
  std::string list_hash;
  std::string facts_hash;
  std::string seed;         // Bytes.
  std::vector<Pick> picks;  // All stages.
  std::int64_t ladder_size = 0;
};

// Everything that does not follow from the input, in the order in which one follows from the
// other, so that the first is the one to look at. Errors as of MakeDraw.
absl::StatusOr<std::vector<DrawFinding>> FindingsOf(const DrawInput& input,
                                                    const DrawClaims& claims);

}  // namespace assay::moderation
