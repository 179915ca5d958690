// Draws a submission's sample, and draws it again to see whether it comes out the same
// (MOD-2 to MOD-4).
#pragma once
#include <string_view>

#include "absl/status/statusor.h"
#include "services/moderation/context.h"

namespace assay::moderation {

// A submission with its sample; `submission` says whose sight it is.
struct Drawn {
  Submission submission;
  Sample sample;
};

// From submitted to sampled, by the policies in force today, revealing the secret.
// FAILED_PRECONDITION (NOBODY_TO_DRAW).
absl::StatusOr<Drawn> DrawSample(const Work& work, const SubmissionName& name,
                                 std::string_view etag);

// NOT_FOUND (SAMPLE_NOT_FOUND).
absl::StatusOr<Drawn> FindSample(const Work& work, const SubmissionName& name,
                                 std::string_view sample);

struct Verification {
  bool commitment_fits = false;
  bool candidate_list_fits = false;
  bool seed_fits = false;
  bool candidates_fit = false;

  bool verified() const {
    return commitment_fits && candidate_list_fits && seed_fits && candidates_fit;
  }
};
absl::StatusOr<Verification> VerifySample(const Work& work, const SubmissionName& name,
                                          std::string_view sample);

// The work that the stage adds to a drawn sample: the rest of the sample at kExtended, everything
// that can be drawn at kAllWork. Verification repeats it.
std::vector<Pick> PicksOfStage(Stage stage, const Sample& sample,
                               std::span<const Candidate> candidates);

}  // namespace assay::moderation
