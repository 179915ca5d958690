// What allocation keeps and asks (MOD-7): who could take work and how much they have, what there is
// to give, what was given and why, and the runs that give away whole series.
//
// Loads are counted from the submissions themselves, in the transaction that decides, so that two
// allocations at once cannot both take somebody's last place. Tested on both engines by
// allocations_test.cc.
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/moderation/allocation/plan.h"
#include "services/moderation/model.h"

namespace assay::platform {
class Transaction;
}

namespace assay::moderation {

inline constexpr int kReasonNamed = 5;  // Besides Grounds: an officer named them.

// A submission that can be given to somebody, with what allocation knows of it.
struct Giveable {
  std::int64_t number = 0;
  SubmissionName name;
  std::string consortium;  // Id, or empty.
  Task task;
};
// Which of them; empty and 0: any.
struct GiveableFilter {
  State state = State::kSampled;
  std::string series;
  std::string component;
  std::string moderator;  // Id.
  std::int64_t number = 0;
};

// That a submission was given to somebody.
struct Allocation {
  std::int64_t number = 0;  // Of the submission's allocations, from 1.
  std::string moderator;
  std::string previous;  // Empty: nobody had it.
  int reason = 0;        // One of Grounds, or kReasonNamed.
  std::string explanation;
  std::string policy;  // "fair-share@1"
  std::int64_t scripts = 0;
  std::string allocator;  // Subject.
  absl::Time time;
};

struct AllocationRun {
  enum class State { kPlanned = 1, kCommitting = 2, kCommitted = 3 };
  std::string series;
  std::string id;
  State state = State::kPlanned;
  std::int64_t considered = 0;
  std::int64_t planned = 0;
  std::int64_t allocated = 0;
  std::int64_t skipped = 0;
  std::int64_t moderators = 0;
  std::vector<std::string> policies;
  std::string creator;
  std::string request;  // The request id, or empty.
  absl::Time create_time;
};

struct PlannedAllocation {
  enum class Outcome { kOpen = 0, kAllocated = 1, kSkipped = 2 };
  std::int64_t number = 0;  // Of the run's, from 1.
  SubmissionName name;
  std::string centre;
  std::string moderator;  // Empty: nobody can take it.
  std::int64_t scripts = 0;
  int reason = 0;
  std::string explanation;
  std::string policy;
  Outcome outcome = Outcome::kOpen;
  std::string skipped_because;
};

class AllocationStore {
 public:
  using Tx = platform::Transaction;

  // Everybody, in the order of ids, with what they have open.
  absl::StatusOr<std::vector<Person>> LoadPeople(Tx& tx, std::string_view tenant);
  // NOT_FOUND (MODERATOR_NOT_FOUND).
  absl::StatusOr<Person> GetPerson(Tx& tx, std::string_view tenant, std::string_view id);

  // In the order of series, component and id. History goes back ten series.
  absl::StatusOr<std::vector<Giveable>> LoadGiveable(Tx& tx, std::string_view tenant,
                                                     const GiveableFilter& filter);
  // How many scripts the submission counts for with whoever has it.
  absl::Status SetScripts(Tx& tx, std::string_view tenant, std::int64_t submission,
                          std::int64_t scripts);

  // Sets the number.
  absl::Status InsertAllocation(Tx& tx, std::string_view tenant, std::int64_t submission,
                                Allocation& allocation);
  absl::StatusOr<std::vector<Allocation>> ListAllocations(Tx& tx, std::string_view tenant,
                                                          std::int64_t submission,
                                                          std::int64_t after, int limit);

  // With what it plans, whose numbers are 1, 2, ….
  absl::Status InsertRun(Tx& tx, std::string_view tenant, const AllocationRun& run,
                         std::span<const PlannedAllocation> planned);
  // NOT_FOUND (ALLOCATION_RUN_NOT_FOUND).
  absl::StatusOr<AllocationRun> GetRun(Tx& tx, std::string_view tenant, std::string_view series,
                                       std::string_view id);
  // The one that the caller's request made; none if there is none.
  absl::StatusOr<std::optional<AllocationRun>> FindRun(Tx& tx, std::string_view tenant,
                                                       std::string_view series,
                                                       std::string_view creator,
                                                       std::string_view request);
  absl::StatusOr<std::vector<AllocationRun>> ListRuns(Tx& tx, std::string_view tenant,
                                                      std::string_view series,
                                                      std::string_view after, int limit);
  // State and counts.
  absl::Status UpdateRun(Tx& tx, std::string_view tenant, const AllocationRun& run);
  absl::StatusOr<std::vector<PlannedAllocation>> ListPlanned(Tx& tx, std::string_view tenant,
                                                             const AllocationRun& run,
                                                             std::int64_t after, int limit,
                                                             bool failures_only);
  // What is for somebody and still open, the first of them.
  absl::StatusOr<std::vector<PlannedAllocation>> NextPlanned(Tx& tx, std::string_view tenant,
                                                             const AllocationRun& run, int limit);
  absl::Status SetOutcome(Tx& tx, std::string_view tenant, const AllocationRun& run,
                          const PlannedAllocation& planned);
};

}  // namespace assay::moderation
