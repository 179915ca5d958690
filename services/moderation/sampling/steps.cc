#include "services/moderation/sampling/steps.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace assay::moderation {

std::vector<std::string> Contradictions(const SequentialSampling& design) {
  std::vector<std::string> found;
  if (design.steps.empty()) found.push_back("the design has no steps");
  std::int64_t judged = 0;
  std::int64_t accepted = -1;
  for (std::size_t i = 0; i < design.steps.size(); ++i) {
    const SampleStep& step = design.steps[i];
    const auto wrong = [&](const std::string& what) {
      found.push_back(absl::StrCat("step ", i + 1, " ", what));
    };
    const bool last = i + 1 == design.steps.size();
    if (step.size < 1) wrong("adds fewer than one candidate");
    judged += std::max<std::int64_t>(step.size, 0);
    if (step.accept_max.has_value()) {
      if (*step.accept_max < 0) wrong("accepts fewer than none out of tolerance");
      if (*step.accept_max >= judged) {
        wrong(absl::StrCat("accepts ", *step.accept_max, " out of tolerance of the ", judged,
                           " judged, so it cannot fail"));
      }
      if (*step.accept_max < accepted) wrong("accepts fewer than a step before");
      accepted = std::max(accepted, *step.accept_max);
    }
    if (step.reject_min.has_value()) {
      if (*step.reject_min <= step.accept_max.value_or(0)) {
        wrong("rejects what it accepts");
      } else if (*step.reject_min > judged) {
        wrong(absl::StrCat("rejects ", *step.reject_min, " out of tolerance of only ", judged,
                           " judged"));
      }
    }
    if (!last && !step.accept_max.has_value() && !step.reject_min.has_value()) {
      wrong("decides nothing, so it always opens the next");
    }
    if (last && step.accept_max.has_value() && step.reject_min.has_value() &&
        *step.reject_min > *step.accept_max + 1) {
      wrong("is the last and leaves numbers between accepting and rejecting");
    }
  }
  return found;
}

std::int64_t SampleSize(const SequentialSampling& design, std::int64_t cohort) {
  std::int64_t size = 0;
  for (const SampleStep& step : design.steps) size += step.size;
  return std::min(size, cohort);
}

std::vector<SampleStep> StepsFor(const SequentialSampling& design, std::int64_t size) {
  std::vector<SampleStep> steps;
  for (SampleStep step : design.steps) {
    if (size <= 0 && !steps.empty()) break;
    step.size = std::min(step.size, size);
    size -= step.size;
    steps.push_back(step);
  }
  if (steps.empty()) steps.push_back({.size = size});
  return steps;
}

std::string_view NameOf(StepVerdict verdict) {
  switch (verdict) {
    case StepVerdict::kAccept:
      return "ACCEPT";
    case StepVerdict::kReject:
      return "REJECT";
    case StepVerdict::kNextStep:
      return "NEXT_STEP";
    case StepVerdict::kOpen:
      return "OPEN";
  }
  return "";
}

StepVerdict Decide(std::span<const SampleStep> steps, int judged, std::int64_t outside) {
  const auto count = static_cast<int>(steps.size());
  if (count == 0) return StepVerdict::kOpen;
  const SampleStep& step = steps[std::clamp(judged, 1, count) - 1];
  if (step.accept_max.has_value() && outside <= *step.accept_max) return StepVerdict::kAccept;
  if (step.reject_min.has_value() && outside >= *step.reject_min) return StepVerdict::kReject;
  if (judged < count) return StepVerdict::kNextStep;
  // What a sample cut short by a small cohort leaves undecided is for the policies, too.
  return StepVerdict::kOpen;
}

}  // namespace assay::moderation
