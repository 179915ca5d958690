// Sites of a centre: proposed by the centre, let open by an officer, moved, closed.
//
// All but the first return NOT_FOUND (SITE_NOT_FOUND), ABORTED (ETAG_MISMATCH) and
// FAILED_PRECONDITION (SITE_STATE_WRONG).
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "services/approval/context.h"
#include "services/approval/stores/sites.h"

namespace assay::approval {

inline constexpr int kSitesMost = 500;  // Of a centre.

struct SiteForm {
  std::string title;
  std::vector<std::string> address_lines;
  std::string town;
  std::string postcode;
};

struct SiteTarget {
  std::string centre;
  std::string id;
  std::string etag;
};

// NOT_FOUND (CENTRE_NOT_FOUND), FAILED_PRECONDITION (CENTRE_STATE_WRONG) for a withdrawn or closed
// centre, RESOURCE_EXHAUSTED (LIST_FULL).
absl::StatusOr<SiteRecord> ProposeSite(const Work& work, const std::string& centre,
                                       const SiteForm& form);
// One that moves is looked at anew.
absl::StatusOr<SiteRecord> UpdateSite(const Work& work, const SiteTarget& target,
                                      const SiteForm& form);
// From today if no day is given.
absl::StatusOr<SiteRecord> ApproveSite(const Work& work, const SiteTarget& target,
                                       std::optional<absl::CivilDay> open_day);
absl::StatusOr<SiteRecord> RefuseSite(const Work& work, const SiteTarget& target,
                                      const std::string& reason);
// From today if no day is given. INVALID_ARGUMENT (DAYS_INVALID) before its first day.
absl::StatusOr<SiteRecord> CloseSite(const Work& work, const SiteTarget& target,
                                     std::optional<absl::CivilDay> close_day,
                                     const std::string& reason);
// What was never approved; returns what it was.
absl::StatusOr<SiteRecord> DeleteSite(const Work& work, const SiteTarget& target);

}  // namespace assay::approval
