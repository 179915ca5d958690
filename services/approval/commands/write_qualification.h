// An awarding body's own entries of the catalogue: added, and changed version by version (QUAL-4).
#pragma once
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "services/approval/commands/find_qualification.h"
#include "services/approval/context.h"

namespace assay::approval {

struct QualificationDraft {
  Qualification qualification;
  std::optional<absl::CivilDay> effective_day;  // Absent: today.
  std::string change_note;
  std::string etag;  // Of an update; "" agrees with any.
  bool validate_only = false;
};

// What contradicts itself is kept with its findings. What cannot be evaluated is refused:
// INVALID_ARGUMENT (QUALIFICATION_REFUSED) with every fault, its rule and place (QUAL-3, QUAL-4).

// ALREADY_EXISTS (QUALIFICATION_EXISTS).
absl::StatusOr<CatalogueEntry> CreateQualification(const Work& work,
                                                   const QualificationDraft& draft);

// NOT_FOUND (QUALIFICATION_NOT_FOUND), ABORTED (ETAG_MISMATCH), INVALID_ARGUMENT (FIELD_INVALID) if
// it would be in force before the version that is there.
absl::StatusOr<CatalogueEntry> UpdateQualification(const Work& work,
                                                   const QualificationDraft& draft);

}  // namespace assay::approval
