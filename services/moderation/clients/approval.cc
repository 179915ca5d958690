#include "services/moderation/clients/approval.h"

#include <google/protobuf/struct.pb.h>

#include <optional>

#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "assay/approval/v1/approval_service.pb.h"
#include "assay/approval/v1/centre_service.pb.h"
#include "services/moderation/errors.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/core/view.h"
#include "services/platform/error/error.h"

namespace assay::moderation {
namespace {

using platform::Error;
using platform::View;

// A centre's entry: qualification ("" for the centre itself) → title, and the day it holds for.
constexpr char kDayKey[] = "day";

std::string KeyOf(std::string_view tenant, std::string_view centre) {
  return absl::StrCat("moderation:approval:", View(tenant), ":", View(centre));
}

std::string DayOf(absl::Time time) {
  return absl::FormatCivilTime(absl::ToCivilDay(time, absl::UTCTimeZone()));
}

std::string FieldOf(std::string_view qualification) {
  return absl::StrCat("for:", View(qualification));
}

// What approval's refusal to answer means here.
absl::Status Translate(const absl::Status& status, std::string_view centre) {
  if (absl::IsNotFound(status)) {
    return Error(absl::StatusCode::kNotFound, kCentreNotFound, "there is no such centre")
        .With("centre", centre);
  }
  if (absl::IsUnavailable(status) || absl::IsResourceExhausted(status) ||
      absl::IsInternal(status)) {
    return Error(absl::StatusCode::kUnavailable, kApprovalUnavailable,
                 "the approval service cannot be asked at the moment; try again");
  }
  return status;
}

}  // namespace

absl::StatusOr<Approval::Answer> Approval::Ask(const platform::Call& call, std::string_view centre,
                                               std::string_view qualification) {
  if (!qualification.empty()) {
    approval::v1::CheckApprovalRequest request;
    request.set_centre(std::string(centre));
    request.set_qualification(std::string(qualification));
    ASSIGN_OR_RETURN(auto answer,
                     client_.Ask<approval::v1::CheckApprovalResponse>(
                         call, "assay.approval.v1.ApprovalService/CheckApproval", request));
    return Answer{answer.in_force(), answer.reason(), answer.message(), answer.centre_title()};
  }
  approval::v1::GetCentreRequest request;
  request.set_name(std::string(centre));
  ASSIGN_OR_RETURN(auto answer, client_.Ask<approval::v1::Centre>(
                                    call, "assay.approval.v1.CentreService/GetCentre", request));
  return Answer{answer.state() == approval::v1::Centre::STATE_APPROVED, "CENTRE_NOT_APPROVED",
                "the centre is not approved", answer.title()};
}

absl::StatusOr<std::string> Approval::TitleIfInForce(const platform::Call& call,
                                                     std::string_view centre,
                                                     std::string_view qualification) {
  const std::string key = KeyOf(call.tenant(), centre);
  const std::string today = DayOf(call.now);
  google::protobuf::Struct known;
  if (const std::optional<std::string> stored = cache_.Get(key)) {
    if (!known.ParseFromString(*stored)) known.Clear();
    const auto day = known.fields().find(kDayKey);
    if (day == known.fields().end() || day->second.string_value() != today) known.Clear();
  }
  const auto found = known.fields().find(FieldOf(qualification));
  if (found != known.fields().end()) return found->second.string_value();

  const absl::StatusOr<Answer> answer = Ask(call, centre, qualification);
  if (!answer.ok()) return Translate(answer.status(), centre);
  if (!answer->in_force) {
    return Error(absl::StatusCode::kFailedPrecondition, kApprovalNotInForce,
                 absl::StrCat("the centre may not enter candidates today: ", answer->message))
        .With("centre", centre)
        .With("qualification", qualification)
        .With("why", answer->why);
  }
  // Two calls at once may each keep only their own answer: the other is asked again.
  (*known.mutable_fields())[kDayKey].set_string_value(today);
  (*known.mutable_fields())[FieldOf(qualification)].set_string_value(answer->title);
  cache_.Set(key, known.SerializeAsString(), lifetime_);
  return answer->title;
}

void Approval::Forget(std::string_view tenant, std::string_view centre) {
  cache_.Delete(KeyOf(tenant, centre));
}

}  // namespace assay::moderation
