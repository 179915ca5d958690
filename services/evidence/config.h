// The settings of this service, besides those that every service has.
#pragma once
#include <cstdint>
#include <string>

#include "absl/time/time.h"
#include "services/platform/config/config.h"

namespace assay::evidence {

struct Config {
  std::string blob_dir;  // Empty: DATA_DIR/blobs.
  std::int64_t upload_bytes_max = 25'000'000'000;
  absl::Duration sweep_period = absl::Hours(6);
  absl::Duration orphan_age = absl::Hours(24);

  void Bind(platform::ConfigBinder& binder) {
    binder.Bind("blob_dir", &blob_dir, "where uploaded content is kept; empty: DATA_DIR/blobs")
        .Bind("upload_bytes_max", &upload_bytes_max, 1, 1'000'000'000'000,
              "the largest file that is taken, in bytes")
        .Bind("sweep_period", &sweep_period, absl::Minutes(1), absl::Hours(24 * 7),
              "how often content that no record names is looked for")
        .Bind("orphan_age", &orphan_age, absl::Hours(1), absl::Hours(24 * 365),
              "how old such content must be before it is removed");
  }
};

}  // namespace assay::evidence
