// Pairs of centres that may be one, and what officers decided of them.
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace assay::platform {
class Transaction;
}

namespace assay::approval {

enum class DuplicateState { kOpen, kDismissed, kMerged };

inline constexpr int kDuplicateStates = 3;

struct Duplicate {
  std::string first;  // Ids, first < second.
  std::string second;
  int score = 0;
  std::vector<std::string> reasons;
  DuplicateState state = DuplicateState::kOpen;
  std::string officer;
  std::string decision_reason;
  std::optional<absl::Time> decide_time;

  std::string Name() const;  // "duplicateCentres/urn-100000.ukprn-10000047"
  friend bool operator==(const Duplicate&, const Duplicate&) = default;
};

class DuplicateStore {
 public:
  // Returns NOT_FOUND (DUPLICATE_NOT_FOUND).
  absl::StatusOr<Duplicate> Get(platform::Transaction& tx, std::string_view tenant,
                                std::string_view first, std::string_view second);

  // Highest score first, then in id order, after the pair `after`; of one centre, or of all ("").
  absl::StatusOr<std::vector<Duplicate>> List(platform::Transaction& tx, std::string_view tenant,
                                              DuplicateState state, std::string_view centre,
                                              const std::optional<Duplicate>& after, int limit);

  // Every pair with one of `centres`, whatever its state.
  absl::StatusOr<std::vector<Duplicate>> PairsOf(platform::Transaction& tx, std::string_view tenant,
                                                 std::span<const std::string> centres);

  // Inserts or replaces.
  absl::Status Put(platform::Transaction& tx, std::string_view tenant, const Duplicate& pair);

  absl::Status Remove(platform::Transaction& tx, std::string_view tenant, std::string_view first,
                      std::string_view second);
};

}  // namespace assay::approval
