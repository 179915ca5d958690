// Protobuf ↔ model, and what a request must look like.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "assay/approval/v1/approval_service.pb.h"
#include "assay/approval/v1/centre_service.pb.h"
#include "assay/approval/v1/qualification_service.pb.h"
#include "services/approval/catalogue/qualification.h"
#include "services/approval/commands/check_standing.h"
#include "services/approval/import/facts.h"
#include "services/approval/model.h"
#include "services/platform/error/error.h"

namespace assay::approval {

struct ApprovalName {
  std::string centre;  // Id.
  std::string id;
};

// Each returns INVALID_ARGUMENT (FIELD_INVALID) if the text has another form, and
// NOT_FOUND if it has the form but cannot name anything.
absl::StatusOr<std::string> CentreIdFrom(std::string_view field, const std::string& name);
absl::StatusOr<ApprovalName> ApprovalNameFrom(std::string_view field, const std::string& name);
// The number. Whether the catalogue has it is the command's question.
absl::StatusOr<std::string> QualificationFrom(std::string_view field, const std::string& name);
// The centre's id, "" for `centres/-`.
absl::StatusOr<std::string> ParentFrom(const std::string& parent);

// INVALID_ARGUMENT (FIELD_INVALID): "parent is not centres/{centre}".
platform::Error FieldInvalid(std::string_view field, std::string_view what);
google::protobuf::Timestamp ToTimestamp(absl::Time time);
google::type::Date ToDate(absl::CivilDay day);

// nullopt for STATE_UNSPECIFIED; FIELD_INVALID for a number that is no state.
absl::StatusOr<std::optional<ApprovalState>> StateFrom(v1::QualificationApproval::State state);
absl::StatusOr<std::optional<CentreState>> StateFrom(v1::Centre::State state);
// nullopt if unset; FIELD_INVALID unless it is a whole day of the calendar.
absl::StatusOr<std::optional<absl::CivilDay>> DayFrom(std::string_view field, bool is_set,
                                                      const google::type::Date& date);
// The reason without blanks around it. REASON_MISSING, FIELD_INVALID if too long.
absl::StatusOr<std::string> ReasonFrom(const std::string& reason,
                                       std::string_view field = "reason");
// The same where a reason may be left out: "".
absl::StatusOr<std::string> OptionalReasonFrom(const std::string& reason,
                                               std::string_view field = "reason");

v1::Centre ToProto(const Centre& centre);
v1::FactConflict ToProto(const FactConflict& conflict);
v1::QualificationApproval ToProto(const QualificationApproval& approval);
v1::CheckApprovalResponse ToProto(const StandingAnswer& answer);

// What a client sends of an entry; its name and output fields are not read.
absl::StatusOr<Qualification> FromProto(const v1::Qualification& qualification);

enum class Detail { kBasic, kFull };
// kBasic leaves out units and combination.
v1::Qualification ToProto(const Qualification& qualification, Detail detail);

}  // namespace assay::approval
