// A provider applies to become a centre (QUAL-7: new centres need centre approval before
// qualification approval).
#pragma once
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "services/approval/context.h"

namespace assay::approval {

struct NewCentre {
  Establishment facts;  // Its own word; what national files say later stands above it.
  std::string applicant;
  std::string reason;
  bool allow_similar = false;  // One of like name at the same postcode is another centre.
};

// Makes a centre in state applied. ALREADY_EXISTS (CENTRE_EXISTS) if one has a number of it, or may
// be the same by name and postcode.
absl::StatusOr<Centre> CreateCentre(const Work& work, const NewCentre& wanted);

struct CentreApplication {
  std::string applicant;
  std::string reason;
  std::string etag;  // "" agrees with any.
};

// From listed to applied. NOT_FOUND (CENTRE_NOT_FOUND), ABORTED (ETAG_MISMATCH),
// FAILED_PRECONDITION (CENTRE_STATE_WRONG).
absl::StatusOr<Centre> ApplyAsCentre(const Work& work, std::string_view id,
                                     const CentreApplication& application);

}  // namespace assay::approval
