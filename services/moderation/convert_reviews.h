// Between the protos of reviews and appeals and their records.
//
// What cannot be read is INVALID_ARGUMENT (FIELD_INVALID) and names the field.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "assay/moderation/v1/review_service.pb.h"
#include "services/moderation/context.h"
#include "services/moderation/review/outcome.h"
#include "services/moderation/review/records.h"
#include "services/moderation/stores/reviews.h"

namespace assay::moderation {

absl::StatusOr<ReviewName> ReviewNameOf(std::string_view field, std::string_view name);
absl::StatusOr<AppealName> AppealNameOf(std::string_view field, std::string_view name);

// What a list is about; "-" in the parent stands for any.
absl::StatusOr<ReviewFilter> FilterOf(const v1::ListReviewsRequest& request);
absl::StatusOr<ReviewFilter> FilterOf(const v1::ListAppealsRequest& request);

// Subjects, "users/…".
absl::StatusOr<std::vector<std::string>> PanelOf(const v1::HearAppealRequest& request);

// As the caller may see them: a centre learns who reviews never, and what is found with the
// outcome. `last_day`: of the appeal window, or "".
v1::Review ToProto(const Review& review, std::string_view last_day, const platform::Call& call);
v1::ReviewWorkItem ToProto(const ReviewMark& item, bool blind);
v1::ReviewChange ToChange(const Reviewed& change);
v1::Appeal ToProto(const Appeal& appeal);

}  // namespace assay::moderation
