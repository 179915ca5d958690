// The settings of this service, besides those that every service has.
#pragma once
#include <cstdint>
#include <string>

#include "absl/time/time.h"
#include "services/platform/config/config.h"

namespace assay::approval {

struct Config {
  std::string catalogue_dir;  // Empty: only what ships.
  std::int64_t import_rows_max = 200'000;
  std::string oversight_policy;  // Empty: what ships.
  absl::Duration reminder_period = absl::Minutes(15);

  absl::Duration approval_period = absl::Hours(1);

  void Bind(platform::ConfigBinder& binder) {
    binder
        .Bind("catalogue_dir", &catalogue_dir,
              "folder of further catalogue entries, one JSON file each; empty: none")
        .Bind("import_rows_max", &import_rows_max, 1, 5'000'000,
              "the most rows that one import of centres takes")
        .Bind("oversight_policy", &oversight_policy,
              "file that says what may be imposed, when reminders go out and what staff need; "
              "empty: what ships")
        .Bind("reminder_period", &reminder_period, absl::Seconds(1), absl::Hours(24),
              "how often what is due at centres is looked for")
        .Bind("approval_period", &approval_period, absl::Seconds(1), absl::Hours(24),
              "how often approvals that have ended are closed and conditions are reminded of");
  }
};

}  // namespace assay::approval
