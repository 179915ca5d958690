#include "services/moderation/clients/evidence.h"

#include <optional>
#include <string>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "assay/evidence/v1/evidence_service.pb.h"
#include "services/moderation/errors.h"
#include "services/platform/core/view.h"
#include "services/platform/error/error.h"

namespace assay::moderation {
namespace {

// What evidence's refusal to answer means here.
absl::Status Translate(const absl::Status& status) {
  if (absl::IsUnavailable(status) || absl::IsResourceExhausted(status) ||
      absl::IsInternal(status)) {
    return platform::Error(absl::StatusCode::kUnavailable, kEvidenceUnavailable,
                           "the evidence service cannot be asked at the moment; try again");
  }
  return status;
}

}  // namespace

absl::StatusOr<std::int64_t> Evidence::Count(const platform::Call& call,
                                             std::string_view submission) {
  using platform::View;
  const std::string key =
      absl::StrCat("moderation:evidence:", View(call.tenant()), ":", View(submission));
  std::int64_t count = 0;
  if (const std::optional<std::string> stored = cache_.Get(key);
      stored.has_value() && absl::SimpleAtoi(*stored, &count) && count > 0) {
    return count;
  }
  evidence::v1::CountEvidenceRequest request;
  request.set_subject(std::string(submission));
  const auto answer = client_.Ask<evidence::v1::CountEvidenceResponse>(
      call, "assay.evidence.v1.EvidenceService/CountEvidence", request);
  if (!answer.ok()) return Translate(answer.status());
  if (answer->count() > 0) cache_.Set(key, absl::StrCat(answer->count()), lifetime_);
  return answer->count();
}

absl::StatusOr<bool> Evidence::OfAll(const platform::Call& call, std::string_view centre,
                                     std::string_view submission) {
  evidence::v1::ListEvidenceRequest request;
  request.set_parent(std::string(centre));
  request.set_subject(std::string(submission));
  request.set_page_size(1);
  const auto answer = client_.Ask<evidence::v1::ListEvidenceResponse>(
      call, "assay.evidence.v1.EvidenceService/ListEvidence", request);
  if (!answer.ok()) return Translate(answer.status());
  return answer->evidence_size() > 0;
}

}  // namespace assay::moderation
