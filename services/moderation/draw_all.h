// Draws the samples of all submissions of a component or a series that wait for it: a national
// series in one call.
//
// Reading and drawing run on several threads against snapshots; what they decided is kept in
// groups, each in one transaction, unless a submission has changed meanwhile: then it is drawn
// again there. Broken off at any point, what is drawn is drawn, and the next call goes on with the
// rest.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "services/moderation/context.h"

namespace assay::moderation {

struct Undrawn {
  std::string submission;
  std::string reason;
  std::string message;
};

struct DrawnSamples {
  std::int64_t drawn = 0;
  std::int64_t not_drawn_count = 0;
  std::vector<Undrawn> not_drawn;  // The first thousand, in the order of names.
  bool complete = false;           // Every submission was looked at.
};

// Empty `component`: all of the series. Blocks.
absl::StatusOr<DrawnSamples> DrawSamples(const Context& context, const platform::Call& call,
                                         const std::string& series, const std::string& component);

}  // namespace assay::moderation
