// Samples that are judged in steps, each opened by what the ones before showed (MOD-2, MOD-10).
//
// The draw selects all steps at once, so that the seed fixes them; Decide() says after each step
// whether the next one is looked at.
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace assay::moderation {

struct SampleStep {
  std::int64_t size = 0;  // Candidates that this step adds.
  // Of all judged so far, at most so many out of tolerance: accepted, and no further step opens.
  std::optional<std::int64_t> accept_max;
  // So many or more: rejected, and no further step opens.
  std::optional<std::int64_t> reject_min;
};

struct SequentialSampling {
  std::vector<SampleStep> steps;
};

std::vector<std::string> Contradictions(const SequentialSampling& design);

// All steps together; never more than there are.
std::int64_t SampleSize(const SequentialSampling& design, std::int64_t cohort);

// The steps as they are for a sample of `size`: cut off where it ends.
std::vector<SampleStep> StepsFor(const SequentialSampling& design, std::int64_t size);

enum class StepVerdict {
  kAccept,
  kReject,
  kNextStep,
  kOpen,  // The last step decides nothing by counting: tolerance and adjustment policies do.
};
std::string_view NameOf(StepVerdict verdict);

// After `judged` steps (1: the first), with `outside` of all their candidates out of tolerance.
StepVerdict Decide(std::span<const SampleStep> steps, int judged, std::int64_t outside);

}  // namespace assay::moderation
