// The slice of journey A on real files: the national register of establishments, teacher-
// assessed coursework of 73 schools, and scripts that were marked twice. Told as one table
// a stage, and recounted from the files (recount.h).
#pragma once
#include <string>

#include "absl/status/status.h"
#include "gateway/ctl/journey_calls.h"
#include "gateway/ctl/mint.h"
#include "gateway/ctl/story.h"

namespace assay::gateway::ctl {

struct RealJourneyOptions {
  std::string folder;  // Has centres/, marks/ and double_marked/.
  std::string series = "summer-2018";
  int workers = 8;           // Calls in flight.
  std::string figures = {};  // If set, the figures are written to this file as JSON.
};

absl::Status RunRealJourney(const RealJourneyOptions& options, const Mint& mint, Api& api,
                            Story& story);

}  // namespace assay::gateway::ctl
