// Merges a batch of rows of a national file into the centres.
//
// A row is of the centre that has its URN, else its UKPRN or other number; one that no centre has
// makes a new centre, listed, or closed if it is. What the row says is kept beside what other
// files say, and the centre's facts are made of all of it (import/facts.h). A centre that is then
// closed becomes closed, unless it teaches and nobody has accepted that; nothing else changes how
// the awarding body stands to a centre, so a row never approves or reopens one.
#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "services/approval/context.h"
#include "services/approval/import/facts.h"
#include "services/approval/import/map_row.h"

namespace assay::approval {

struct ImportRow {
  std::int64_t line = 0;
  Establishment establishment;
  Facts facts;
};

enum class RowOutcome { kNew, kChanged, kUnchanged, kClosed };

// What became of a row, or would.
struct ImportedRow {
  std::int64_t line = 0;
  std::string centre;
  std::string title;
  RowOutcome outcome = RowOutcome::kUnchanged;
  std::vector<FactChange> changes;
  std::vector<FactConflict> conflicts;
  std::vector<RowFault> faults;  // If any, the row was refused, and the rest says nothing.
};

struct ImportCounts {
  std::int64_t created = 0;
  std::int64_t updated = 0;
  std::int64_t unchanged = 0;
  std::int64_t refused = 0;
  std::int64_t closed = 0;     // Of those taken, those that the file says are closed.
  std::int64_t closing = 0;    // … those that close a centre.
  std::int64_t conflicts = 0;  // … those with a conflict.
  std::int64_t held = 0;       // … those whose closing is not accepted.

  ImportCounts& operator+=(const ImportCounts& other);
};

struct ImportResult {
  ImportCounts counts;
  std::vector<ImportedRow> rows;  // One for each of the batch.
};

struct ImportOptions {
  bool validate_only = false;
  bool accept_closures = false;  // Of centres that teach, too.
};

// With `validate_only` nothing is written and the result says what would be. ALREADY_EXISTS,
// without a reason: another import made one of the centres meanwhile; run it again.
//
// Faults: NUMBER_SHARED, if several centres have the row's only number.
absl::StatusOr<ImportResult> ImportCentres(const Work& work, std::string_view layout,
                                           std::span<const ImportRow> batch,
                                           const ImportOptions& options);

}  // namespace assay::approval
