// The RPCs of CentreService, QualificationService and ApprovalService: request in, command,
// answer out.
#pragma once
#include "services/approval/context.h"
#include "services/platform/rpc/router.h"

namespace assay::approval {

// `context` outlives the router.
void RegisterRpcs(platform::Router& router, const Context& context);

}  // namespace assay::approval
