// What the service is made of; used by main() and by the tests.
#pragma once
#include "services/approval/config.h"
#include "services/platform/server/service.h"

namespace assay::approval {

// `config` outlives the service.
platform::ServiceDefinition Definition(Config& config);

}  // namespace assay::approval
