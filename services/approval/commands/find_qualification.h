// The catalogue as a tenant sees it: its own versions of entries before what ships.
//
// Example:
//   ASSIGN_OR_RETURN(const Qualification q, FindQualification(work, "3818-13"));
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "services/approval/context.h"

namespace assay::approval {

// As it is in force on `day` (absent: today). On days before the tenant's first version what ships
// counts; if nothing does, that first version.
//
// Returns NOT_FOUND (QUALIFICATION_NOT_FOUND).
absl::StatusOr<Qualification> FindQualification(const Work& work, std::string_view number,
                                                std::optional<absl::CivilDay> day = std::nullopt);

struct CatalogueEntry {
  Qualification qualification;
  int version = 0;  // 0: as it ships, or as the operator loaded it.
  std::optional<absl::CivilDay> effective_day;
};

// The same with its version.
absl::StatusOr<CatalogueEntry> FindEntry(const Work& work, std::string_view number,
                                         std::optional<absl::CivilDay> day = std::nullopt);

}  // namespace assay::approval
