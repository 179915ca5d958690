// What awarding bodies add to the catalogue: every version of an entry, with the day from which it
// is in force. Tested by approvals_test.cc on both engines.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"

namespace assay::platform {
class Transaction;
}

namespace assay::approval {

struct CatalogueRecord {
  std::string number;
  int version = 1;
  absl::CivilDay effective_day;
  std::string document;  // As catalogue/data/*.json. Only to be inserted.
  int finding_count = 0;
  std::string change_note;
  std::string author;
  absl::Time time;
};

class CatalogueStore {
 public:
  // ABORTED (ETAG_MISMATCH) if there is this version already.
  absl::Status Insert(platform::Transaction& tx, std::string_view tenant,
                      const CatalogueRecord& record);

  // All without documents.

  // The version in force on `day`; with `or_first`, the first one if none is yet.
  absl::StatusOr<std::optional<CatalogueRecord>> Find(platform::Transaction& tx,
                                                      std::string_view tenant,
                                                      std::string_view number, absl::CivilDay day,
                                                      bool or_first);
  absl::StatusOr<std::string> Document(platform::Transaction& tx, std::string_view tenant,
                                       const CatalogueRecord& record);
  // nullopt if there is none.
  absl::StatusOr<std::optional<CatalogueRecord>> Latest(platform::Transaction& tx,
                                                        std::string_view tenant,
                                                        std::string_view number);
  // Numbers after `after`, in order.
  absl::StatusOr<std::vector<std::string>> ListNumbers(platform::Transaction& tx,
                                                       std::string_view tenant,
                                                       std::string_view after, int limit);
  // Oldest first, after version `after`.
  absl::StatusOr<std::vector<CatalogueRecord>> ListVersions(platform::Transaction& tx,
                                                            std::string_view tenant,
                                                            std::string_view number, int after,
                                                            int limit);
};

}  // namespace assay::approval
