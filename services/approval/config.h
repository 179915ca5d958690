// The settings of this service, besides those that every service has.
#pragma once
#include <cstdint>
#include <string>

#include "services/platform/config/config.h"

namespace assay::approval {

struct Config {
  std::string catalogue_dir;  // Empty: only what ships.
  std::int64_t import_rows_max = 200'000;

  void Bind(platform::ConfigBinder& binder) {
    binder
        .Bind("catalogue_dir", &catalogue_dir,
              "folder of further catalogue entries, one JSON file each; empty: none")
        .Bind("import_rows_max", &import_rows_max, 1, 5'000'000,
              "the most rows that one import of centres takes");
  }
};

}  // namespace assay::approval
