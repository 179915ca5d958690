// The reasons that this service gives; errors_test.cc holds them against error_reason.proto.
#pragma once
#include <string_view>

namespace assay::notifications {

inline constexpr std::string_view kMessageNotFound = "MESSAGE_NOT_FOUND";
inline constexpr std::string_view kContactNotFound = "CONTACT_NOT_FOUND";
inline constexpr std::string_view kAddressInvalid = "ADDRESS_INVALID";
inline constexpr std::string_view kMailboxInvalid = "MAILBOX_INVALID";

inline constexpr std::string_view kReasons[] = {kMessageNotFound, kContactNotFound, kAddressInvalid,
                                                kMailboxInvalid};

}  // namespace assay::notifications
