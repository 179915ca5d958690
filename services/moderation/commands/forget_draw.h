// Takes back what a draw began, because the cohort changes or nothing is to come of it (MOD-1).
#pragma once
#include "absl/status/status.h"
#include "services/moderation/context.h"

namespace assay::moderation {

// Voids the sample, if one is in force, and commits to a new secret if the old one is known
// (MOD-4). Whoever moderated the submission does so no more. In a consortium the same happens to
// all of it (MOD-5). The caller updates the submission, and this the others.
absl::Status ForgetDraw(const Work& work, Submission& submission);

}  // namespace assay::moderation
