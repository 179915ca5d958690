// Which centre took over from which: said by officers here, and by national files in the centres'
// own rows. Both sides list each other.
#pragma once
#include <string>

#include "absl/status/statusor.h"
#include "services/approval/context.h"
#include "services/approval/stores/sites.h"

namespace assay::approval {

struct LinkedCentres {
  Centre predecessor;
  Centre successor;
};

// Doing it again changes nothing. NOT_FOUND (CENTRE_NOT_FOUND), FAILED_PRECONDITION (LINK_INVALID)
// if the successor is the centre itself or came before it.
absl::StatusOr<LinkedCentres> LinkSuccessor(const Work& work, const std::string& predecessor,
                                            const std::string& successor,
                                            const std::string& reason);

// NOT_FOUND (CENTRE_NOT_FOUND; LINK_NOT_FOUND if no officer linked them).
absl::StatusOr<LinkedCentres> UnlinkSuccessor(const Work& work, const std::string& predecessor,
                                              const std::string& successor,
                                              const std::string& reason);

}  // namespace assay::approval
