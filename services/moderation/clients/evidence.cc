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
  if (!answer.ok()) {
    const absl::Status& status = answer.status();
    if (absl::IsUnavailable(status) || absl::IsResourceExhausted(status) ||
        absl::IsInternal(status)) {
      return platform::Error(absl::StatusCode::kUnavailable, kEvidenceUnavailable,
                             "the evidence service cannot be asked at the moment; try again");
    }
    return status;
  }
  if (answer->count() > 0) cache_.Set(key, absl::StrCat(answer->count()), lifetime_);
  return answer->count();
}

}  // namespace assay::moderation
