// Who decided what about a centre, when and why: one row a decision, written by the transaction
// that decided it, and never changed. Newest first when read.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/approval/store.h"

namespace assay::approval {

// As in the API and in the database.
enum class TimelineKind {
  kAny = 0,
  kCentre = 1,
  kApproval = 2,
  kRestriction = 3,
  kAction = 4,
  kSite = 5,
  kStaff = 6,
  kPlanner = 7,
  kLink = 8,
  kEscalation = 9,
  kQuality = 10,
};
inline constexpr int kTimelineKinds = 11;

struct TimelineRecord {
  std::string centre;
  std::string id;
  TimelineKind kind = TimelineKind::kCentre;
  std::string subject;  // Resource name.
  std::string what;
  std::string reason;
  std::string actor;
  std::string rule;
  absl::Time time;

  std::string Position() const;  // "time_us/id"
};

struct TimelineQuery {
  std::string centre;
  TimelineKind kind = TimelineKind::kAny;
  std::string subject;  // "": all.
};

class TimelineStore {
 public:
  using Tx = platform::Transaction;

  absl::Status Append(Tx& tx, std::string_view tenant, const TimelineRecord& record);
  // Newest first, after `after` (a Position; empty: from the newest).
  absl::StatusOr<std::vector<TimelineRecord>> List(Tx& tx, const Reach& reach,
                                                   const TimelineQuery& query,
                                                   std::string_view after, int limit);
};

}  // namespace assay::approval
