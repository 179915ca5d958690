// The settings of moderation besides those that every service has.
#pragma once
#include <cstdint>
#include <string>

#include "absl/time/time.h"
#include "services/platform/config/config.h"

namespace assay::moderation {

struct Config {
  std::string policies;                                 // Folder with a body's own policies.
  std::int64_t import_rows_max = 1'000'000;             // Rows of one file of marks.
  absl::Duration answer_lifetime = absl::Minutes(5);    // Of approval's answers in the cache.
  absl::Duration checkpoint_period = absl::Minutes(5);  // Between looks for what is due.

  void Bind(platform::ConfigBinder& binder) {
    binder.Bind("policies", &policies, "folder with policies (*.json) besides the shipped ones")
        .Bind("import_rows_max", &import_rows_max, 1, 5'000'000,
              "most rows that one file of marks may have")
        .Bind("answer_lifetime", &answer_lifetime, absl::Seconds(1), absl::Hours(24),
              "how long an answer of approval is remembered unless it tells of a change")
        .Bind("checkpoint_period", &checkpoint_period, absl::Seconds(1), absl::Hours(24),
              "how often checkpoints that are due are looked for");
  }
};

}  // namespace assay::moderation
