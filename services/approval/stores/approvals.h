// What belongs to an approval beside its row: what happened to it, its conditions, and the policies
// that approvals are decided by. Tested by approvals_test.cc on both engines.
#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "services/approval/model.h"

namespace assay::platform {
class Transaction;
}

namespace assay::approval {

struct ApprovalChange {
  int number = 0;    // From 1, within the approval.
  std::string what;  // "approved", "suspended" …
  absl::CivilDay day;
  std::string reason;
  std::string actor;
  absl::Time time;
};

enum class ConditionKind { kOther = 1, kPlanner = 2 };
enum class ConditionState { kOpen = 1, kMet = 2, kWaived = 3 };

std::string_view NameOf(ConditionState state);  // "open"

struct ApprovalCondition {
  int number = 0;
  ConditionKind kind = ConditionKind::kOther;
  std::string text;
  absl::CivilDay due_day;
  ConditionState state = ConditionState::kOpen;
  std::string close_reason;
  std::string closed_by;
};

// Of whichever tenant.
struct EndingApproval {
  std::string tenant;
  std::string centre;
  std::string id;
};

// 0 days: no limit.
struct ApprovalPolicy {
  std::string qualification;  // Number, or kDefaultPolicy.
  int version = 0;            // 0: nobody has set one.
  int answer_days = 30;
  int fast_track_answer_days = 10;
  int valid_days = 0;
  int first_use_days = 0;
  bool planner_as_condition = false;
  int backdate_days = 14;        // How far back a centre registers learners; 0: not at all.
  absl::CivilDay effective_day;  // First day on which it counts.
  std::string change_note;
  std::string author;
  absl::Time time;
};

inline constexpr std::string_view kDefaultPolicy = "default";

class ApprovalStore {
 public:
  // With the next number; `change.number` is not read.
  absl::Status AddChange(platform::Transaction& tx, std::string_view tenant,
                         const QualificationApproval& approval, const ApprovalChange& change);
  // Oldest first, those after number `after`.
  absl::StatusOr<std::vector<ApprovalChange>> ListChanges(platform::Transaction& tx,
                                                          std::string_view tenant,
                                                          const QualificationApproval& approval,
                                                          int after, int limit);
  // Fills in the suspensions of approvals, by centre.
  absl::Status LoadSuspensions(
      platform::Transaction& tx, std::string_view tenant,
      std::map<std::string, std::vector<QualificationApproval>>& approvals);

  // With the next number, which is returned.
  absl::StatusOr<int> AddCondition(platform::Transaction& tx, std::string_view tenant,
                                   const QualificationApproval& approval,
                                   const ApprovalCondition& condition);
  absl::Status UpdateCondition(platform::Transaction& tx, std::string_view tenant,
                               const QualificationApproval& approval,
                               const ApprovalCondition& condition);
  // In number order.
  absl::StatusOr<std::vector<ApprovalCondition>> ListConditions(
      platform::Transaction& tx, std::string_view tenant, const QualificationApproval& approval);

  // Approvals of all tenants that have ended by themselves by `day` and are not closed.
  absl::StatusOr<std::vector<EndingApproval>> ListEnding(platform::Transaction& tx,
                                                         absl::CivilDay day, int limit);

  // True if a planner of the approval was found to meet requirements, whatever came of its
  // declaration (EI-9, EI-11).
  absl::StatusOr<bool> PlannerMeets(platform::Transaction& tx, std::string_view tenant,
                                    const QualificationApproval& approval);

  // The version that counts on the day; nullopt if none does.
  absl::StatusOr<std::optional<ApprovalPolicy>> GetPolicy(platform::Transaction& tx,
                                                          std::string_view tenant,
                                                          std::string_view qualification,
                                                          absl::CivilDay day);
  absl::StatusOr<std::optional<ApprovalPolicy>> GetPolicyVersion(platform::Transaction& tx,
                                                                 std::string_view tenant,
                                                                 std::string_view qualification,
                                                                 int version);
  // 0 if there is none.
  absl::StatusOr<int> LatestPolicyVersion(platform::Transaction& tx, std::string_view tenant,
                                          std::string_view qualification);
  // ABORTED (ETAG_MISMATCH) if there is a policy of this version already.
  absl::Status InsertPolicy(platform::Transaction& tx, std::string_view tenant,
                            const ApprovalPolicy& policy);
};

// The times between a suspension and what ended it. `changes`: oldest first.
std::vector<Suspension> SuspensionsIn(std::span<const ApprovalChange> changes);

}  // namespace assay::approval
