// What a handler knows of the call it serves.
#pragma once
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "absl/time/time.h"
#include "services/platform/auth/principal.h"

namespace assay::platform {

struct Call {
  std::shared_ptr<const Principal> principal;
  std::string trace;   // x-request-id: the caller's, or made here.
  std::string method;  // "assay.approval.v1.CentreService/GetCentre"
  absl::Time now;      // When the call arrived.
  absl::Time deadline;
  std::string bearer;  // For asking other services in the caller's name.
  // For long loops only, and only until the handler has returned.
  std::function<bool()> cancelled = [] { return false; };

  std::string_view tenant() const { return principal->tenant; }
  std::string_view subject() const { return principal->subject; }
  // The centre the caller is limited to, or "". Put it into every query on
  // centre-owned rows: "… AND ($2 = '' OR centre = $2)".
  std::string_view centre() const { return principal->centre; }
};

}  // namespace assay::platform
