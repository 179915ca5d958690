// What must not be deleted, and what was (EVD-5, MOD-13).
//
// A lock is about a subject: a submission, something below one, or one file. It holds every file
// that is the subject, or is linked to it or to something below it. Each holder has its own lock
// of a subject, so that nobody releases another's. Tested by locks_test.cc on both engines.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/evidence/model.h"

namespace assay::platform {
class Transaction;
}

namespace assay::evidence {

struct Lock {
  std::string subject;
  std::string holder;  // "moderation", or the subject of whoever asked for it.
  std::string reason;
  bool active = true;               // False: released.
  std::optional<absl::Time> until;  // None: until it is released.
  absl::Time time;                  // When its holder said so; an older word changes nothing.
};

struct LockPage {
  std::vector<Lock> locks;
  std::string next;  // Empty at the end.
};

// What is kept of a file that is gone.
struct Deletion {
  Evidence evidence;
  std::string reason;  // "uploaded in error", "retention over", "erasure request"
  std::string note;
  std::string deleted_by;
  absl::Time delete_time;
};

struct DeletionPage {
  std::vector<Deletion> deletions;
  std::string next;
};

class LockStore {
 public:
  using Tx = platform::Transaction;

  // Sets or releases; does nothing if a later word was taken already.
  absl::Status Put(Tx& tx, std::string_view tenant, const Lock& lock);
  // The lock that holds a file longest, if any holds it at `now`.
  absl::StatusOr<std::optional<Lock>> Holding(Tx& tx, std::string_view tenant,
                                              const Evidence& evidence, absl::Time now);
  // Those in force at `now`, in the order of subject and holder; of one subject, or of all ("").
  absl::StatusOr<LockPage> List(Tx& tx, std::string_view tenant, std::string_view subject,
                                absl::Time now, std::string_view after, int limit);

  // The record and its links go, a tombstone stays. The content goes with the sweep, unless
  // another record names it.
  absl::Status Delete(Tx& tx, std::string_view tenant, const Deletion& deletion);
  // Newest first; of one centre, or of all ("").
  absl::StatusOr<DeletionPage> ListDeletions(Tx& tx, std::string_view tenant,
                                             std::string_view centre, std::string_view after,
                                             int limit);
};

}  // namespace assay::evidence
