// Released results as a return needs them, a page at a time. Tested through ExportResults.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "services/moderation/model.h"

namespace assay::platform {
class Transaction;
}

namespace assay::moderation {

struct ExportRow {
  Result result;
  std::string uln;
};

// In the order of candidates, after `after`.
absl::StatusOr<std::vector<ExportRow>> ListExportRows(platform::Transaction& tx,
                                                      std::string_view tenant,
                                                      std::int64_t submission,
                                                      std::string_view after, int limit);

}  // namespace assay::moderation
