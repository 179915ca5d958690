// The reasons that this service gives; errors_test.cc holds them against error_reason.proto.
#pragma once
#include <string_view>

namespace assay::evidence {

inline constexpr std::string_view kEvidenceNotFound = "EVIDENCE_NOT_FOUND";
inline constexpr std::string_view kEvidenceTooLarge = "EVIDENCE_TOO_LARGE";
inline constexpr std::string_view kDigestMismatch = "DIGEST_MISMATCH";
inline constexpr std::string_view kEvidenceEmpty = "EVIDENCE_EMPTY";
inline constexpr std::string_view kCentreNotFound = "CENTRE_NOT_FOUND";
inline constexpr std::string_view kSubjectInvalid = "SUBJECT_INVALID";
inline constexpr std::string_view kEvidenceCorrupt = "EVIDENCE_CORRUPT";
inline constexpr std::string_view kStorageUnavailable = "STORAGE_UNAVAILABLE";

inline constexpr std::string_view kEvidenceLocked = "EVIDENCE_LOCKED";

inline constexpr std::string_view kReasons[] = {
    kEvidenceNotFound, kEvidenceTooLarge, kDigestMismatch,     kEvidenceEmpty,  kCentreNotFound,
    kSubjectInvalid,   kEvidenceCorrupt,  kStorageUnavailable, kEvidenceLocked,
};

}  // namespace assay::evidence
