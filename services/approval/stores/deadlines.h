// What is due at centres, wherever it is kept: improvement actions, actions and deadlines of
// planners, declarations, competence that runs out; and the notices that went out about it (NOT-3).
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
};
inline constexpr int kDueKinds = 6;
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
  // The tenant with centres that comes after `after` in order; "" after the last.
  absl::StatusOr<std::string> NextTenant(Tx& tx, std::string_view after);
  // What is the centre's to do, falls into the window, and was not told of yet.
  absl::StatusOr<std::vector<DueItem>> ListUntold(Tx& tx, std::string_view tenant,
                                                  const ReminderWindow& window,
                                                  absl::CivilDay today, int limit);
  // True the first time for this item, day and number of days.
  absl::StatusOr<bool> AddNotice(Tx& tx, const DueItem& item, int days_left, absl::Time now);
  // Oldest first.
  absl::StatusOr<std::vector<DueNotice>> ListNotices(Tx& tx, std::string_view tenant,
                                                     std::string_view centre, std::string_view item,
                                                     int limit);
};

}  // namespace assay::approval
