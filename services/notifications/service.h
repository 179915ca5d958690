// The RPCs of InboxService: request in, command, answer out.
#pragma once
#include "services/notifications/store.h"
#include "services/platform/core/clock.h"
#include "services/platform/rpc/router.h"

namespace assay::notifications {

// `store` outlives the router.
void RegisterRpcs(platform::Router& router, Store& store);

}  // namespace assay::notifications
