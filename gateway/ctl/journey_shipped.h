// Journey A on the small data that the project ships: from an approved centre to a
// moderated result, told as it happens.
#pragma once
#include <string>

#include "absl/status/status.h"
#include "gateway/ctl/journey_calls.h"
#include "gateway/ctl/mint.h"
#include "gateway/ctl/story.h"

namespace assay::gateway::ctl {

struct ShippedJourneyOptions {
  std::string folder;                  // deploy/data
  std::string series = "summer-2026";  // Another id runs it all again, on fresh submissions.
};

absl::Status RunShippedJourney(const ShippedJourneyOptions& options, const Mint& mint, Api& api,
                               Story& story);

}  // namespace assay::gateway::ctl
