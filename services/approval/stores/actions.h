// Improvement actions of centres as they are kept (EI-11, EI-14). Stateless, like Store, and tested
// on both engines.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/approval/oversight/action.h"
#include "services/approval/store.h"

namespace assay::approval {

struct ActionRecord {
  std::string centre;  // Ids.
  std::string id;
  std::string text;
  std::string source;
  std::string approval;  // "": the whole centre.
  ActionState state = ActionState::kOpen;
  absl::CivilDay due;
  std::string answer;
  std::vector<std::string> evidence;
  std::string answered_by;
  std::optional<absl::Time> answer_time;
  bool late = false;
  std::string feedback;
  std::string decided_by;
  std::optional<absl::Time> decide_time;
  int returns = 0;
  std::string officer;
  absl::Time create_time;
  absl::Time update_time;
  std::int64_t version = 1;

  std::string Name() const;  // "centres/…/actions/…"
};

class ActionStore {
 public:
  using Tx = platform::Transaction;

  absl::Status Insert(Tx& tx, std::string_view tenant, const ActionRecord& action);
  // NOT_FOUND (ACTION_NOT_FOUND).
  absl::StatusOr<ActionRecord> Get(Tx& tx, const Reach& reach, std::string_view centre,
                                   std::string_view id);
  // Replaces what changes in the course of it, and adds one to the version there and here. ABORTED
  // (ETAG_MISMATCH) if it has another version.
  absl::Status Update(Tx& tx, std::string_view tenant, ActionRecord& action);
  // Of one centre ("": of all), in order of centre and id, after `after` ("centre/id").
  absl::StatusOr<std::vector<ActionRecord>> List(Tx& tx, const Reach& reach,
                                                 std::string_view centre,
                                                 std::optional<ActionState> state,
                                                 std::string_view after, int limit);
};

}  // namespace assay::approval
