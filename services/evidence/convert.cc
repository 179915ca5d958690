#include "services/evidence/convert.h"

#include <algorithm>
#include <initializer_list>
#include <optional>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "google/protobuf/util/time_util.h"
#include "services/evidence/blobs/sha256.h"
#include "services/evidence/errors.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/core/view.h"
#include "services/platform/error/error.h"
#include "services/platform/rpc/etag.h"

namespace assay::evidence {
namespace {

using platform::Error;
using platform::View;

constexpr std::size_t kReasonBytesMax = 500;
constexpr std::string_view kUploadedInError = "uploaded in error";
constexpr std::string_view kRetentionOver = "retention over";
constexpr std::string_view kErasureRequest = "erasure request";

Error FieldInvalid(std::string_view field, std::string_view what) {
  return Error(absl::StatusCode::kInvalidArgument, "FIELD_INVALID",
               absl::StrCat(View(field), " ", View(what)))
      .Field(field, what);
}

google::protobuf::Timestamp ToTimestamp(absl::Time time) {
  return google::protobuf::util::TimeUtil::MicrosecondsToTimestamp(absl::ToUnixMicros(time));
}

}  // namespace

Reach ReachOf(const platform::Call& call) {
  const platform::Principal& principal = *call.principal;
  const auto has_any = [&](std::initializer_list<std::string_view> roles) {
    return std::any_of(roles.begin(), roles.end(),
                       [&](std::string_view role) { return principal.Has(role); });
  };
  const bool whole_tenant = has_any({"admin", "quality", "lead_moderator", "portal", "service"});
  const bool whole_centre = !principal.centre.empty() && has_any({"centre_head", "centre_exams",
                                                                  "centre_assessor", "centre_iqa"});
  return {.tenant = principal.tenant,
          .centre = principal.centre,
          .reader = whole_tenant || whole_centre ? "" : principal.subject};
}

absl::StatusOr<Evidence> FromUpload(const platform::Call& call,
                                    const v1::UploadEvidenceRequest& first) {
  if (!IsCentreName(first.parent())) return FieldInvalid("parent", "is not centres/{centre}");
  const Reach reach = ReachOf(call);
  if (!reach.reader.empty() || (!reach.centre.empty() && reach.centre != first.parent())) {
    return Error(absl::StatusCode::kNotFound, kCentreNotFound,
                 absl::StrCat("there is no centre ", first.parent(), " that you act for"))
        .With("centre", first.parent());
  }
  const std::string& filename = first.filename();
  if (filename.size() > kFilenameBytesMax) {
    return FieldInvalid("filename", absl::StrCat("is longer than ", kFilenameBytesMax, " bytes"));
  }
  if (std::any_of(filename.begin(), filename.end(),
                  [](unsigned char c) { return c < 0x20 || c == 0x7f; })) {
    return FieldInvalid("filename", "has a control character");
  }
  if (!v1::Evidence::Purpose_IsValid(first.purpose())) {
    return FieldInvalid("purpose", "is not a known value");
  }
  if (first.subjects_size() > kSubjectsPerUploadMax) {
    return FieldInvalid("subjects", absl::StrCat("are more than ", kSubjectsPerUploadMax));
  }
  Evidence evidence{.centre = first.parent(),
                    .id = "",
                    .filename = filename,
                    .content_type = "",
                    .size = 0,
                    .sha256 = "",
                    .purpose = static_cast<Purpose>(first.purpose()),
                    .subjects = {first.subjects().begin(), first.subjects().end()},
                    .uploader = std::string(call.subject()),
                    .create_time = {},
                    .version = 1};
  for (int i = 0; i < first.subjects_size(); ++i) {
    RETURN_IF_ERROR(
        CheckSubject(absl::StrCat("subjects[", i, "]"), first.subjects(i), evidence.centre));
  }
  std::sort(evidence.subjects.begin(), evidence.subjects.end());
  evidence.subjects.erase(std::unique(evidence.subjects.begin(), evidence.subjects.end()),
                          evidence.subjects.end());
  return evidence;
}

absl::Status CheckSubject(std::string_view field, std::string_view subject,
                          std::string_view centre) {
  if (IsSubject(subject, centre)) return absl::OkStatus();
  return Error(absl::StatusCode::kInvalidArgument, kSubjectInvalid,
               absl::StrCat("\"", absl::CHexEscape(View(subject)),
                            "\" is not something that evidence can prove; name a submission, "
                            "something below one, or something of the centre itself"))
      .With("subject", subject)
      .Field(field, "is not the name of something that evidence can prove");
}

absl::StatusOr<std::string> ExpectedDigest(const v1::UploadEvidenceRequest& first) {
  std::string digest = absl::AsciiStrToLower(first.expected_sha256());
  if (!digest.empty() && !IsSha256Hex(digest)) {
    return FieldInvalid("expected_sha256", "is not 64 hexadecimal digits");
  }
  return digest;
}

absl::StatusOr<EvidenceName> EvidenceNameOf(const std::string& field, const std::string& name) {
  EvidenceName parsed;
  if (ParseEvidenceName(name, parsed)) return parsed;
  return FieldInvalid(field, "is not centres/{centre}/evidence/{evidence}");
}

absl::StatusOr<std::string> CentreFilterOf(const std::string& parent) {
  if (parent == "centres/-") return "";
  if (!IsCentreName(parent)) return FieldInvalid("parent", "is not centres/{centre} or centres/-");
  return parent;
}

v1::Evidence ToProto(const Evidence& evidence) {
  v1::Evidence out;
  out.set_name(NameOf(evidence));
  out.set_filename(evidence.filename);
  out.set_content_type(evidence.content_type);
  out.set_size_bytes(evidence.size);
  out.set_sha256(evidence.sha256);
  out.set_purpose(static_cast<v1::Evidence::Purpose>(evidence.purpose));
  for (const std::string& subject : evidence.subjects) out.add_subjects(subject);
  out.set_uploader(evidence.uploader);
  *out.mutable_create_time() = ToTimestamp(evidence.create_time);
  out.set_etag(platform::EtagOf(evidence.version));
  return out;
}

absl::StatusOr<std::string> DeletionReasonOf(const platform::Call& call,
                                             const v1::DeleteEvidenceRequest& request) {
  if (request.note().size() > kReasonBytesMax) {
    return FieldInvalid("note", absl::StrCat("is longer than ", kReasonBytesMax, " bytes"));
  }
  const bool officer = call.principal->Has("quality") && call.centre().empty();
  switch (request.reason()) {
    case v1::DELETION_REASON_UPLOADED_IN_ERROR:
      return std::string(kUploadedInError);
    case v1::DELETION_REASON_RETENTION_OVER:
    case v1::DELETION_REASON_ERASURE_REQUEST:
      break;
    default:
      return FieldInvalid("reason", "is not a known reason");
  }
  if (!officer) {
    return Error(absl::StatusCode::kPermissionDenied, "ROLE_NOT_ALLOWED",
                 "only officers delete for this reason; you can delete what was uploaded in error")
        .With("method", call.method);
  }
  return std::string(request.reason() == v1::DELETION_REASON_RETENTION_OVER ? kRetentionOver
                                                                            : kErasureRequest);
}

absl::Status CheckLockSubject(std::string_view subject) {
  EvidenceName file;
  if (!SubmissionOf(subject).empty() || ParseEvidenceName(subject, file)) return absl::OkStatus();
  return Error(absl::StatusCode::kInvalidArgument, kSubjectInvalid,
               "a lock is about a submission, something below one, or one file")
      .With("subject", subject)
      .Field("subject", "is not the name of something that can be locked");
}

absl::StatusOr<Lock> LockFrom(const platform::Call& call, const v1::LockEvidenceRequest& request) {
  RETURN_IF_ERROR(CheckLockSubject(request.subject()));
  if (request.reason().empty() || request.reason().size() > kReasonBytesMax) {
    return FieldInvalid("reason", absl::StrCat("is not 1 to ", kReasonBytesMax, " bytes long"));
  }
  Lock lock{.subject = request.subject(),
            .holder = std::string(call.subject()),
            .reason = request.reason(),
            .active = true,
            .until = std::nullopt,
            .time = call.now};
  if (request.has_expire_time()) {
    lock.until = absl::FromUnixSeconds(request.expire_time().seconds()) +
                 absl::Nanoseconds(request.expire_time().nanos());
    if (*lock.until <= call.now) return FieldInvalid("expire_time", "is not in the future");
  }
  return lock;
}

v1::DeletedEvidence ToProto(const Deletion& deletion) {
  v1::DeletedEvidence out;
  out.set_name(NameOf(deletion.evidence));
  out.set_sha256(deletion.evidence.sha256);
  out.set_size_bytes(deletion.evidence.size);
  out.set_reason(deletion.reason == kUploadedInError ? v1::DELETION_REASON_UPLOADED_IN_ERROR
                 : deletion.reason == kRetentionOver ? v1::DELETION_REASON_RETENTION_OVER
                                                     : v1::DELETION_REASON_ERASURE_REQUEST);
  out.set_note(deletion.note);
  out.set_deleted_by(deletion.deleted_by);
  *out.mutable_create_time() = ToTimestamp(deletion.evidence.create_time);
  *out.mutable_delete_time() = ToTimestamp(deletion.delete_time);
  return out;
}

v1::EvidenceLock ToProto(const Lock& lock) {
  v1::EvidenceLock out;
  out.set_subject(lock.subject);
  out.set_holder(lock.holder);
  out.set_reason(lock.reason);
  out.set_active(lock.active);
  if (lock.until.has_value()) *out.mutable_expire_time() = ToTimestamp(*lock.until);
  *out.mutable_update_time() = ToTimestamp(lock.time);
  return out;
}

v1::Access ToProto(const AccessRecord& access) {
  v1::Access out;
  out.set_reader(access.reader);
  *out.mutable_time() = ToTimestamp(access.time);
  out.set_trace(access.trace);
  return out;
}

}  // namespace assay::evidence
