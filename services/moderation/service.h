// The RPCs of moderation: request in, command, answer out.
#pragma once
#include "services/moderation/context.h"
#include "services/platform/rpc/router.h"

namespace assay::moderation {

// `context` outlives the router.
void RegisterRpcs(platform::Router& router, const Context& context);

}  // namespace assay::moderation
