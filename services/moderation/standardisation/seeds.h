// Where seeds go among a moderator's work (MOD-8): under which candidate numbers and in which
// stages, so that nothing tells them from the rest.
//
// A seed takes the stage of a drawn candidate chosen at random, and a number made like that
// candidate's: the same letters, and as many digits, between the cohort's lowest and highest such
// number where one is free.
#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "services/moderation/model.h"
#include "services/moderation/sampling/generator.h"

namespace assay::moderation {

struct PlantedSeed {
  std::string candidate;
  Stage stage = Stage::kSample;
  std::size_t script = 0;  // Index of the scripts that can be given, 0 to `scripts` - 1.
};

// As many seeds as the share (hundredths of a per cent) of the picks says, a fraction of one by
// chance; never more than there are scripts, and none under a number that is taken. `taken`: the
// numbers of the whole cohort and of seeds that are there already.
std::vector<PlantedSeed> PlanSeeds(std::int64_t share, std::span<const Pick> picks,
                                   std::span<const std::string> taken, std::size_t scripts,
                                   const Seed& seed);

}  // namespace assay::moderation
