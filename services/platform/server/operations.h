// The OperationsService that every service has. Internal to platform/server.
#pragma once
#include <functional>

#include "services/platform/events/event.h"
#include "services/platform/rpc/router.h"
#include "services/platform/storage/database.h"

namespace assay::platform::server_internal {

// `replay` handles an event again; it has its effect once.
void RegisterOperations(Router& router, Database& database,
                        std::function<absl::Status(const Event&)> replay);

}  // namespace assay::platform::server_internal
