// Draws a submission's sample, and draws it again to see whether it comes out the same
// (MOD-2 to MOD-5).
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "services/moderation/commands/find_policy.h"
#include "services/moderation/commands/group.h"
#include "services/moderation/context.h"
#include "services/moderation/drawing.h"
#include "services/moderation/stores/draws.h"

namespace assay::moderation {

// A submission with its sample; `submission` says whose sight it is.
struct Drawn {
  Submission submission;
  Sample sample;
  DrawRecord record;
};

struct DrawParams {
  SubmissionName name;
  std::string etag;
  SamplingFacts facts;  // As the officer gives them; new assessors are also derived.
};

// From submitted to sampled, by the policies in force today, revealing the secret. Where the policy
// draws before marks, an open submission gets the names only and stays open; once it is submitted,
// another call completes them.
//
// FAILED_PRECONDITION (NOBODY_TO_DRAW, NAMES_DRAWN, IN_CONSORTIUM), and what MakeDraw returns.
absl::StatusOr<Drawn> DrawSample(const Work& work, const DrawParams& params);
// By what is known without being told.
inline absl::StatusOr<Drawn> DrawSample(const Work& work, const SubmissionName& name,
                                        std::string_view etag) {
  return DrawSample(work, {.name = name, .etag = std::string(etag)});
}

// The same for all of a group at once: one draw from all their candidates, of which each member
// gets its share as a sample of the same id (MOD-5). In the order of members.
absl::StatusOr<std::vector<Drawn>> DrawGroup(const Work& work, Group group,
                                             const SamplingFacts& facts);

// NOT_FOUND (SAMPLE_NOT_FOUND).
absl::StatusOr<Drawn> FindSample(const Work& work, const SubmissionName& name,
                                 std::string_view sample);

// Names that were drawn before marks are void if the entries changed since, other than by who
// turned out absent or withdrawn. To be called when candidates were recorded.
absl::Status VoidNamesIfEntriesChanged(const Work& work, Submission& submission);

// All that the draw was made from, and all that it claims; of a consortium for all of its centres.
struct PublishedDraw {
  DrawInput input;
  DrawClaims claims;
  PolicyPtr sampling;
  PolicyPtr tolerance;
};
absl::StatusOr<PublishedDraw> Publish(const Work& work, const Drawn& drawn);

// Empty if the sample is what its draw had to give.
absl::StatusOr<std::vector<DrawFinding>> VerifySample(const Work& work, const SubmissionName& name,
                                                      std::string_view sample);

// The work that the stage adds to the sample drawn for all of the group, as PicksOfStage
// (drawing.h).
absl::StatusOr<std::vector<Pick>> DrawStage(const Work& work, const Group& group,
                                            const Sample& sample, Stage stage);

}  // namespace assay::moderation
