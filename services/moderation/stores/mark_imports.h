// What an import of many centres' marks keeps: how far it has come, the bytes that were sent, the
// rows that were refused, and the submissions that it holds.
//
// Stateless: works on the caller's transaction. What grows with the rows is read and deleted in
// bounded pieces.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/moderation/model.h"

namespace assay::platform {
class Transaction;
}

namespace assay::moderation {

enum class MarkImportState {
  kOpen = 1,
  kChecking,
  kApplying,
  kDone,
  kRefused,
  kFailed,
  kCancelled
};

// What was sent so far: one import takes one of the two.
enum class MarkImportForm { kNothing, kText, kMessages };

struct MarkImportName {
  std::string series;
  std::string component;
  std::string id;

  std::string Text() const;
};

struct MarkImport {
  std::string tenant;
  MarkImportName name;
  int mode = 0;  // A MarksMode.
  bool open_submissions = false;
  std::int64_t total_bytes = 0;  // 0: not said.
  std::string sha256;            // Hexadecimal; empty: not said.
  MarkImportState state = MarkImportState::kOpen;
  MarkImportForm form = MarkImportForm::kNothing;
  std::int64_t offset = 0;
  std::int64_t sequence = 0;
  std::int64_t rows = 0;
  std::int64_t accepted = 0;
  std::int64_t refused = 0;
  std::int64_t missing = 0;
  std::int64_t applied = 0;
  std::int64_t submissions = 0;
  std::string failure_reason;
  std::string failure_message;
  std::string created_by;  // Subject …
  std::string roles;       // … with these roles, comma separated …
  std::string centre;      // … limited to this centre, or empty.
  absl::Time create_time;
  absl::Time update_time;
  absl::Time expire_time;
  std::int64_t version = 1;

  bool Ended() const { return state >= MarkImportState::kDone; }
};

struct MarkImportRefusal {
  std::int64_t line = 0;
  std::string centre;
  std::string candidate;
  std::string column;
  std::string reason;
  std::string message;
};

// A submission that nobody else may change until the import has ended.
struct MarkImportHold {
  std::string submission;  // Id.
  std::string centre;      // "centres/…"
  std::string title;       // The centre's, if the submission must be opened; else empty.
};

class MarkImportStore {
 public:
  using Tx = platform::Transaction;

  absl::Status Insert(Tx& tx, const MarkImport& import);
  // NOT_FOUND (MARK_IMPORT_NOT_FOUND) if there is none within reach.
  absl::StatusOr<MarkImport> Get(Tx& tx, const Caller& caller, const MarkImportName& name);
  // Replaces the import whose version is `import.version` and adds one to it there and here.
  // ABORTED (MARK_IMPORT_INTERRUPTED) if it has another: somebody else goes on with it.
  absl::Status Update(Tx& tx, MarkImport& import);
  absl::StatusOr<std::vector<MarkImport>> List(Tx& tx, const Caller& caller,
                                               std::string_view series, std::string_view component,
                                               std::string_view after, int limit);
  // Of the tenant, neither ended nor forgotten.
  absl::StatusOr<std::int64_t> CountUnfinished(Tx& tx, std::string_view tenant);

  // For the background, of all tenants, oldest first: those being applied that nobody touched
  // since `before`, those whose time was over at `now`, and ended ones with something left.
  absl::StatusOr<std::vector<MarkImport>> ListStalled(Tx& tx, absl::Time before, int limit);
  absl::StatusOr<std::vector<MarkImport>> ListExpired(Tx& tx, absl::Time now, int limit);
  absl::StatusOr<std::vector<MarkImport>> ListUnswept(Tx& tx, int limit);

  absl::Status InsertChunk(Tx& tx, const MarkImport& import, std::int64_t position,
                           std::string_view bytes);
  struct Chunk {
    std::int64_t position = 0;
    std::string bytes;
  };
  // The first chunk at or after the position; none at the end.
  absl::StatusOr<std::optional<Chunk>> NextChunk(Tx& tx, const MarkImport& import,
                                                 std::int64_t position);

  absl::Status InsertRefusals(Tx& tx, const MarkImport& import,
                              const std::vector<MarkImportRefusal>& refusals);
  absl::StatusOr<std::vector<MarkImportRefusal>> ListRefusals(Tx& tx, const MarkImport& import,
                                                              std::int64_t after, int limit);
  absl::StatusOr<std::vector<std::int64_t>> ListRefusedLines(Tx& tx, const MarkImport& import,
                                                             std::int64_t after, int limit);

  // Returns whether the import holds it now: false if another does.
  absl::StatusOr<bool> Hold(Tx& tx, const MarkImport& import, const MarkImportHold& hold);
  // Who holds the submission: the id of the import, or "".
  absl::StatusOr<std::string> HolderOf(Tx& tx, std::string_view tenant,
                                       const SubmissionName& submission);
  absl::StatusOr<std::optional<MarkImportHold>> FindHold(Tx& tx, const MarkImport& import,
                                                         std::string_view submission);

  // Delete at most `limit` rows of an import and return how many that were.
  absl::StatusOr<std::int64_t> DeleteHolds(Tx& tx, const MarkImport& import, int limit);
  absl::StatusOr<std::int64_t> DeleteChunks(Tx& tx, const MarkImport& import, int limit);
  absl::StatusOr<std::int64_t> DeleteRefusals(Tx& tx, const MarkImport& import, int limit);
  // An ended import has let go of what it held and sent.
  absl::Status MarkSwept(Tx& tx, const MarkImport& import);
  absl::Status Delete(Tx& tx, const MarkImport& import);
};

}  // namespace assay::moderation
