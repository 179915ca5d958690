// Recording forms of centres as they are kept (QUAL-8). Stateless, like Store, and tested on both
// engines.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/approval/learners/recording_form.h"
#include "services/approval/store.h"

namespace assay::approval {

struct RecordingFormRecord {
  std::string centre;  // Ids.
  std::string id;
  FormFacts facts;
  std::string title;
  std::string changes;
  std::string evidence;
  std::string state_reason;
  std::string officer;      // Who decided last.
  std::string approved_by;  // Stays after it is withdrawn (QUAL-8).
  std::optional<absl::Time> approve_time;
  absl::Time create_time;
  absl::Time update_time;
  std::int64_t version = 1;

  std::string Name() const;  // "centres/…/recordingForms/…"
};

class RecordingFormStore {
 public:
  using Tx = platform::Transaction;

  absl::Status Insert(Tx& tx, std::string_view tenant, const RecordingFormRecord& form);
  // NOT_FOUND (RECORDING_FORM_NOT_FOUND).
  absl::StatusOr<RecordingFormRecord> Get(Tx& tx, const Reach& reach, std::string_view centre,
                                          std::string_view id);
  // Replaces state, days, reason, officer and approval, and adds one to the version there and here.
  // ABORTED (ETAG_MISMATCH) if it has another version.
  absl::Status Update(Tx& tx, std::string_view tenant, RecordingFormRecord& form);
  // Of one centre ("": of all), in order of centre and id, after `after` ("centre/id").
  absl::StatusOr<std::vector<RecordingFormRecord>> List(Tx& tx, const Reach& reach,
                                                        std::string_view centre,
                                                        std::optional<FormState> state,
                                                        std::string_view after, int limit);
  struct Counts {
    int all = 0;
    int open = 0;  // Proposed or approved.
  };
  absl::StatusOr<Counts> Count(Tx& tx, std::string_view tenant, std::string_view centre);
};

}  // namespace assay::approval
