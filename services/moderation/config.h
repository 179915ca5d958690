// The settings of moderation besides those that every service has.
#pragma once
#include <cstdint>
#include <string>

#include "absl/time/time.h"
#include "services/platform/config/config.h"

namespace assay::moderation {

struct Config {
  std::string policies;                           // Folder with a body's own policies.
  std::int64_t import_rows_max = 1'000'000;       // Rows of one file of marks.
  std::int64_t mark_import_rows_max = 2'000'000;  // Rows of an import of many centres' marks …
  std::int64_t mark_import_bytes_max = 1'073'741'824;  // … and its bytes.
  std::int64_t mark_imports_max = 50;                  // Unfinished ones of a tenant.
  absl::Duration mark_import_lifetime = absl::Hours(336);
  absl::Duration answer_lifetime = absl::Minutes(5);    // Of approval's answers in the cache.
  absl::Duration checkpoint_period = absl::Minutes(5);  // Between looks for what is due.
  absl::Duration lock_sweep_period = absl::Hours(1);    // Of evidence whose windows have passed.

  void Bind(platform::ConfigBinder& binder) {
    binder.Bind("policies", &policies, "folder with policies (*.json) besides the shipped ones")
        .Bind("import_rows_max", &import_rows_max, 1, 5'000'000,
              "most rows that one file of marks may have")
        .Bind("mark_import_rows_max", &mark_import_rows_max, 1, 20'000'000,
              "most rows that an import of many centres' marks may have")
        .Bind("mark_import_bytes_max", &mark_import_bytes_max, 1'024, 8'589'934'592,
              "most bytes that an import of many centres' marks may have")
        .Bind("mark_imports_max", &mark_imports_max, 1, 1'000,
              "most unfinished imports of marks that a tenant may have")
        .Bind("mark_import_lifetime", &mark_import_lifetime, absl::Minutes(1), absl::Hours(8'760),
              "how long an import of marks is kept that nobody goes on with or that has ended")
        .Bind("answer_lifetime", &answer_lifetime, absl::Seconds(1), absl::Hours(24),
              "how long an answer of approval is remembered unless it tells of a change")
        .Bind("checkpoint_period", &checkpoint_period, absl::Seconds(1), absl::Hours(24),
              "how often checkpoints that are due are looked for")
        .Bind("lock_sweep_period", &lock_sweep_period, absl::Minutes(1), absl::Hours(24 * 7),
              "how often evidence whose review and appeal windows have passed is released");
  }
};

}  // namespace assay::moderation
