// An appeal against the outcome of a review, heard by people who had no part in it (MOD-13).
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "services/moderation/context.h"
#include "services/moderation/review/records.h"

namespace assay::moderation {

// FAILED_PRECONDITION (REVIEW_STATE_WRONG, APPEAL_WINDOW_CLOSED), ALREADY_EXISTS (APPEAL_EXISTS).
absl::StatusOr<Appeal> CreateAppeal(const Work& work, const ReviewName& review,
                                    std::string_view grounds);
// `panel`: subjects. FAILED_PRECONDITION (PANEL_UNFIT).
absl::StatusOr<Appeal> HearAppeal(const Work& work, const AppealName& name, std::string_view etag,
                                  std::vector<std::string> panel);
// By one of the panel. If it is upheld, a new review is ordered.
absl::StatusOr<Appeal> DecideAppeal(const Work& work, const AppealName& name, std::string_view etag,
                                    bool upheld, std::string_view reasons);
absl::StatusOr<Appeal> WithdrawAppeal(const Work& work, const AppealName& name,
                                      std::string_view etag);

}  // namespace assay::moderation
