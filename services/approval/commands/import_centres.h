// Merges a batch of establishments from a national file into the centres.
//
// New ones begin as applied, or as closed if they are. Known ones get the file's facts. A
// known one that the file says is closed becomes closed; nothing else changes how the
// awarding body stands to a centre, so a row never approves or reopens one.
#pragma once
#include <cstdint>
#include <span>

#include "absl/status/statusor.h"
#include "services/approval/context.h"

namespace assay::approval {

struct ImportCounts {
  std::int64_t created = 0;
  std::int64_t updated = 0;
  std::int64_t unchanged = 0;
  std::int64_t closed = 0;  // Of the three above, those that the file says are closed.

  ImportCounts& operator+=(const ImportCounts& other);
};

// No two of `batch` have one id. With `validate_only` nothing is written and the counts
// say what would be. ALREADY_EXISTS, without a reason: another import made one of the
// centres meanwhile; run it again.
absl::StatusOr<ImportCounts> ImportCentres(const Work& work, std::span<const Establishment> batch,
                                           bool validate_only);

}  // namespace assay::approval
