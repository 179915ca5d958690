// The RPCs of EvidenceService: request in, command, answer out.
#pragma once
#include "services/evidence/upload.h"
#include "services/platform/rpc/router.h"

namespace assay::evidence {

// `context` outlives the router.
void RegisterRpcs(platform::Router& router, const Context& context);

}  // namespace assay::evidence
