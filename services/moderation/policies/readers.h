// How the rule of each kind of policy is read from its file: one function a kind, each in a file
// of its own, read_<kind>.cc. policy/kinds.h says how to add a kind.
#pragma once
#include "services/moderation/policies/members.h"
#include "services/moderation/policy/kinds.h"

namespace assay::moderation {

// Read from what stands besides kind, id, version, effective_from and description.
void ReadSampling(Members& members, PolicyRules& rules);
void ReadTolerance(Members& members, PolicyRules& rules);
void ReadAdjustment(Members& members, PolicyRules& rules);
void ReadAllocation(Members& members, PolicyRules& rules);
void ReadCheckpoints(Members& members, PolicyRules& rules);
void ReadReview(Members& members, PolicyRules& rules);
void ReadReturn(Members& members, PolicyRules& rules);

using RuleReader = void (*)(Members&, PolicyRules&);
RuleReader ReaderOf(PolicyKind kind);

}  // namespace assay::moderation
