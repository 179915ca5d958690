// The reasons that this service gives; errors_test.cc holds them against error_reason.proto.
#pragma once
#include <string_view>

namespace assay::approval {

inline constexpr std::string_view kCentreNotFound = "CENTRE_NOT_FOUND";
inline constexpr std::string_view kCentreStateWrong = "CENTRE_STATE_WRONG";
inline constexpr std::string_view kReasonMissing = "REASON_MISSING";
inline constexpr std::string_view kLayoutUnknown = "LAYOUT_UNKNOWN";
inline constexpr std::string_view kQualificationNotFound = "QUALIFICATION_NOT_FOUND";
inline constexpr std::string_view kApprovalNotFound = "APPROVAL_NOT_FOUND";
inline constexpr std::string_view kApprovalExists = "APPROVAL_EXISTS";
inline constexpr std::string_view kApprovalStateWrong = "APPROVAL_STATE_WRONG";
inline constexpr std::string_view kQueryEmpty = "QUERY_EMPTY";

inline constexpr std::string_view kReasons[] = {
    kCentreNotFound, kCentreStateWrong,      kReasonMissing,
    kLayoutUnknown,  kQualificationNotFound, kApprovalNotFound,
    kApprovalExists, kApprovalStateWrong,    kQueryEmpty,
};

}  // namespace assay::approval
