// What is due at centres, wherever it is kept: improvement actions, those of planners and of
// quality reviews, declarations, competence that runs out, conditions, ends and applications of
// qualification approvals, the next review; and the notices that went out about it (NOT-3).
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/approval/oversight/reminders.h"
#include "services/approval/store.h"

namespace assay::approval {

// As in the API.
enum class DueKind {
  kAction = 1,
  kPlannerAction = 2,
  kPlannerDeadline = 3,
  kDeclaration = 4,
  kCompetence = 5,
  kCondition = 6,
  kReviewAction = 7,
  kReview = 8,
  kApprovalExpiry = 9,
  kFirstUse = 10,
  kAnswer = 11,
  kPlannerCondition = 12,
};
inline constexpr int kDueKinds = 13;
std::string_view RuleOf(DueKind kind);  // "EI-13"; "" if none asks for it.

struct DueItem {
  std::string tenant;
  std::string centre;
  DueKind kind = DueKind::kAction;
  std::string item;  // Resource name, unique among what is due on a day.
  std::string text;
  std::string party;  // "centre" or "quality"
  absl::CivilDay due;

  std::string Position() const;  // "2026-06-30/urn-100000/centres/…"
};

struct DueNotice {
  absl::CivilDay due;
  int days_left = 0;
  absl::Time time;
  int policy_version = 0;  // Of the policy that set the days; 0: not recorded.
};

struct DueCount {
  std::int64_t all = 0;
  std::int64_t overdue = 0;
};

class DeadlineStore {
 public:
  using Tx = platform::Transaction;

  // Of one centre ("": of all), soonest first, after `after` (a Position), due by `until` if set.
  // Nothing of withdrawn or closed centres.
  absl::StatusOr<std::vector<DueItem>> List(Tx& tx, const Reach& reach, std::string_view centre,
                                            std::optional<absl::CivilDay> until,
                                            absl::CivilDay today, std::string_view after,
                                            int limit);
  // How much of it there is at one centre, without a limit.
  absl::StatusOr<DueCount> Count(Tx& tx, const Reach& reach, std::string_view centre,
                                 absl::CivilDay today);
  // The tenant with centres that comes after `after` in order; "" after the last.
  absl::StatusOr<std::string> NextTenant(Tx& tx, std::string_view after);
  // What falls into the window and was not told of yet. Not what a centre has answered.
  absl::StatusOr<std::vector<DueItem>> ListUntold(Tx& tx, std::string_view tenant,
                                                  const ReminderWindow& window,
                                                  absl::CivilDay today, int limit);
  // True the first time for this item, day and number of days.
  absl::StatusOr<bool> AddNotice(Tx& tx, const DueItem& item, int days_left, int policy_version,
                                 absl::Time now);
  // Oldest first.
  absl::StatusOr<std::vector<DueNotice>> ListNotices(Tx& tx, std::string_view tenant,
                                                     std::string_view centre, std::string_view item,
                                                     int limit);
};

}  // namespace assay::approval
