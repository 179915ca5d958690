// What every RPC and command of this service works with.
#pragma once
#include <cstdint>

#include "services/moderation/model.h"
#include "services/moderation/policy_shelf.h"
#include "services/moderation/store.h"
#include "services/platform/core/clock.h"
#include "services/platform/core/entropy.h"
#include "services/platform/core/id.h"
#include "services/platform/rpc/call.h"
#include "services/platform/rpc/etag.h"
#include "services/platform/storage/database.h"

namespace assay::moderation {

class Approval;
class Evidence;

// All outlive it.
struct Context {
  platform::Database& database;
  platform::IdSource& ids;
  platform::Entropy& entropy;
  Store& store;
  PolicyShelf& policies;  // commands/find_policy.h finds the one that governs.
  Approval& approval;
  Evidence& evidence;
  std::int64_t import_rows_max;
};

// One call's transaction and who makes the call.
struct Work {
  platform::Transaction& tx;
  const platform::Call& call;
  const Context& context;
  Caller caller;

  Store& store() const { return context.store; }
};

// Officers and programs reach all of the tenant, or of the centre that their token names; people
// of a centre their own, and nothing if the token names none; moderators what is allocated to
// them. kScopeCentre leaves allocations out: those methods show what a moderator must not see.
enum class Scope { kTenant, kCentre, kAllocated };
Caller CallerOf(const platform::Call& call, Scope scope);

// Whether the caller is of a centre, or a program that acts for one: they learn who moderates and
// what was found only from what is released.
bool IsOfCentre(const platform::Call& call);

// Moderators see less than others of what they have yet to mark (MOD-9): those who only
// moderate, and whoever the submission is allocated to.
bool SeesAsModerator(const platform::Call& call, const Submission& submission);

// FAILED_PRECONDITION if the state does not allow the step (MOD-1): SUBMISSION_WITHDRAWN,
// SUBMISSION_VOID or SUBMISSION_RELEASED where it has come to an end, SUBMISSION_NOT_OPEN for
// what needs it open, else SUBMISSION_STATE_WRONG; all name the step, the state and the states
// needed. PERMISSION_DENIED (ROLE_NOT_ALLOWED) if the state allows it but not to this caller.
absl::Status CheckStep(const Work& work, const Submission& submission, Step step);

// Moves the submission along the edge that CheckStep has allowed.
void Advance(Submission& submission, Step step);

}  // namespace assay::moderation
