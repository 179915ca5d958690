#include "services/moderation/commands/lifecycle.h"

#include <string>

#include "services/moderation/convert.h"
#include "services/moderation/rpcs/rpcs.h"

namespace assay::moderation {
namespace {

using platform::Router;

template <typename Request, Step step>
absl::StatusOr<v1::Submission> Do(const Work& work, const Request& request) {
  ASSIGN_OR_RETURN(const SubmissionName name, SubmissionNameOf("name", request.name()));
  RETURN_IF_ERROR(CheckReason("reason", request.reason()));
  ASSIGN_OR_RETURN(const Submission submission,
                   EndOrReopen(work, name, request.etag(), step, request.reason()));
  return ToProto(submission, work.call);
}

}  // namespace

void RegisterLifecycle(Router& router, const Context& context) {
  const std::string service = "assay.moderation.v1.SubmissionService/";
  Write<v1::WithdrawSubmissionRequest, v1::Submission>(
      router, context, service + "WithdrawSubmission", Scope::kCentre,
      Do<v1::WithdrawSubmissionRequest, Step::kWithdraw>);
  Write<v1::ReopenSubmissionRequest, v1::Submission>(
      router, context, service + "ReopenSubmission", Scope::kCentre,
      Do<v1::ReopenSubmissionRequest, Step::kReopen>);
  Write<v1::VoidSubmissionRequest, v1::Submission>(router, context, service + "VoidSubmission",
                                                   Scope::kCentre,
                                                   Do<v1::VoidSubmissionRequest, Step::kVoid>);
}

}  // namespace assay::moderation
