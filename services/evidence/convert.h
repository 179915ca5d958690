// Protobuf ↔ model, and what a request must look like.
#pragma once
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "assay/evidence/v1/evidence_service.pb.h"
#include "services/evidence/model.h"
#include "services/evidence/stores/locks.h"
#include "services/platform/rpc/call.h"

namespace assay::evidence {

// What the caller reaches (EVD-6): people of a centre their own, moderators what is
// allocated to them, officers and programs all of the tenant. A role that this does not
// know reaches nothing.
Reach ReachOf(const platform::Call& call);

// The record that an upload will make, without what its bytes decide. Returns
// INVALID_ARGUMENT (FIELD_INVALID, SUBJECT_INVALID) or, for another centre than the
// caller's, NOT_FOUND (CENTRE_NOT_FOUND).
absl::StatusOr<Evidence> FromUpload(const platform::Call& call,
                                    const v1::UploadEvidenceRequest& first);
// The digest that the client expects, in lower case; "" if it names none.
absl::StatusOr<std::string> ExpectedDigest(const v1::UploadEvidenceRequest& first);

// INVALID_ARGUMENT (FIELD_INVALID) if it is not one.
absl::StatusOr<EvidenceName> EvidenceNameOf(const std::string& field, const std::string& name);

// "" for `centres/-`.
absl::StatusOr<std::string> CentreFilterOf(const std::string& parent);

// INVALID_ARGUMENT (SUBJECT_INVALID) unless evidence of `centre` can prove `subject`.
absl::Status CheckSubject(std::string_view field, std::string_view subject,
                          std::string_view centre);

v1::Evidence ToProto(const Evidence& evidence);
// INVALID_ARGUMENT (FIELD_INVALID) for an unknown or absent reason, PERMISSION_DENIED
// (ROLE_NOT_ALLOWED) for one that is not the caller's to give.
absl::StatusOr<std::string> DeletionReasonOf(const platform::Call& call,
                                             const v1::DeleteEvidenceRequest& request);
// What a lock is about: a submission, something below one, or a file. INVALID_ARGUMENT
// (SUBJECT_INVALID).
absl::Status CheckLockSubject(std::string_view subject);
absl::StatusOr<Lock> LockFrom(const platform::Call& call, const v1::LockEvidenceRequest& request);

v1::DeletedEvidence ToProto(const Deletion& deletion);
v1::EvidenceLock ToProto(const Lock& lock);
v1::Access ToProto(const AccessRecord& access);

}  // namespace assay::evidence
