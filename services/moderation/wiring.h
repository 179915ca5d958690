// What the service is made of; used by main() and by the tests.
#pragma once
#include "services/moderation/config.h"
#include "services/platform/server/service.h"

namespace assay::moderation {

// `config` outlives the service.
platform::ServiceDefinition Definition(Config& config);

}  // namespace assay::moderation
