#include "services/evidence/convert.h"

#include <algorithm>
#include <initializer_list>

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

v1::Access ToProto(const AccessRecord& access) {
  v1::Access out;
  out.set_reader(access.reader);
  *out.mutable_time() = ToTimestamp(access.time);
  out.set_trace(access.trace);
  return out;
}

}  // namespace assay::evidence
