// What moderation asks of evidence: is there any for this submission?
#pragma once
#include <cstdint>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/platform/cache/cache.h"
#include "services/platform/rpc/call.h"
#include "services/platform/rpc/client.h"

namespace assay::moderation {

class Evidence {
 public:
  Evidence(platform::Client& client, platform::Cache& cache, absl::Duration lifetime)
      : client_(client), cache_(cache), lifetime_(lifetime) {}

  // Files that are linked to the submission; an answer above zero may be as old as `lifetime`,
  // since links are never taken away. UNAVAILABLE (EVIDENCE_UNAVAILABLE). Blocks.
  absl::StatusOr<std::int64_t> Count(const platform::Call& call, std::string_view submission);

  // Whether a file is linked to the submission itself, and so may show the work of anybody in it.
  // UNAVAILABLE (EVIDENCE_UNAVAILABLE). Blocks.
  absl::StatusOr<bool> OfAll(const platform::Call& call, std::string_view centre,
                             std::string_view submission);

 private:
  platform::Client& client_;
  platform::Cache& cache_;
  const absl::Duration lifetime_;
};

}  // namespace assay::moderation
