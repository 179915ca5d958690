// What every RPC and command of this service works with.
#pragma once
#include <atomic>
#include <cstdint>
#include <memory>
#include <string>

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

// What bounds imports of many centres' marks.
struct MarkImportLimits {
  std::int64_t rows_max = 2'000'000;
  std::int64_t bytes_max = 1'073'741'824;
  std::int64_t unfinished_max = 50;  // Of a tenant.
  absl::Duration lifetime =
      absl::Hours(336);  // Of one that nobody goes on with, or that has ended.
  // How many are being checked now: each takes memory by its rows.
  std::shared_ptr<std::atomic<int>> checking = std::make_shared<std::atomic<int>>(0);
};

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
  MarkImportLimits mark_imports = {};
};

// One call's transaction and who makes the call.
struct Work {
  platform::Transaction& tx;
  const platform::Call& call;
  const Context& context;
  Caller caller;
  std::string import = {};  // The import of marks whose holds do not stop the caller.

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
// FAILED_PRECONDITION (MARK_IMPORT_HOLDS) while an import of marks holds the submission.
absl::Status CheckStep(const Work& work, const Submission& submission, Step step);

// FAILED_PRECONDITION (MARK_IMPORT_HOLDS) if an import other than the caller's holds it.
absl::Status CheckNotHeld(const Work& work, const SubmissionName& submission);

// Moves the submission along the edge that CheckStep has allowed.
void Advance(Submission& submission, Step step);

}  // namespace assay::moderation
