#include "services/moderation/clients/approval.h"

#include <google/protobuf/struct.pb.h>

#include <algorithm>
#include <optional>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/time/civil_time.h"
#include "assay/approval/v1/approval_service.pb.h"
#include "assay/approval/v1/centre_service.pb.h"
#include "assay/approval/v1/learner_service.pb.h"
#include "assay/approval/v1/oversight_service.pb.h"
#include "assay/approval/v1/planner_service.pb.h"
#include "assay/approval/v1/qualification_service.pb.h"
#include "assay/approval/v1/quality_service.pb.h"
#include "services/moderation/errors.h"
#include "services/platform/core/national_numbers.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/core/view.h"
#include "services/platform/error/error.h"

namespace assay::moderation {
namespace {

using platform::Error;
using platform::View;

// A centre's entry: qualification ("" for the centre itself) → title, and the day it holds for.
constexpr char kDayKey[] = "day";

constexpr std::string_view kInvolvement = "INVOLVEMENT";

std::string KeyOf(std::string_view tenant, std::string_view centre) {
  return absl::StrCat("moderation:approval:", View(tenant), ":", View(centre));
}

std::string StandingKeyOf(std::string_view tenant, std::string_view centre) {
  return absl::StrCat("moderation:standing:", View(tenant), ":", View(centre));
}

constexpr absl::Duration kNoLifetime = absl::Minutes(1);

// As it is kept: when it was asked, two flags, and the two texts, one a line.
std::string TextOf(const Approval::Standing& s, absl::Time now) {
  return absl::StrCat(absl::ToUnixSeconds(now), " ", s.centre_approved ? 1 : 0,
                      s.qualification_approved ? 1 : 0, " ", s.sanction, "\n", s.why);
}

// None if it is older than an answer of its kind may be.
std::optional<Approval::Standing> StandingFrom(const std::string& text, absl::Time now,
                                               absl::Duration lifetime) {
  const std::vector<std::string> parts = absl::StrSplit(text, absl::MaxSplits(' ', 2));
  std::int64_t asked = 0;
  if (parts.size() != 3 || parts[1].size() != 2 || !absl::SimpleAtoi(parts[0], &asked)) {
    return std::nullopt;
  }
  if (parts[1] != "11" || parts[2] != "\n") lifetime = std::min(lifetime, kNoLifetime);
  if (absl::FromUnixSeconds(asked) + lifetime <= now) return std::nullopt;
  const std::size_t line = parts[2].find('\n');
  if (line == std::string::npos) return std::nullopt;
  return Approval::Standing{.centre_approved = parts[1][0] == '1',
                            .qualification_approved = parts[1][1] == '1',
                            .why = parts[2].substr(line + 1),
                            .sanction = parts[2].substr(0, line)};
}

void SetDate(google::type::Date& out, absl::CivilDay day) {
  out.set_year(static_cast<int>(day.year()));
  out.set_month(day.month());
  out.set_day(day.day());
}

std::string DayOf(absl::Time time) {
  return absl::FormatCivilTime(absl::ToCivilDay(time, absl::UTCTimeZone()));
}

std::optional<absl::CivilDay> DayOf(bool is_set, const google::type::Date& date) {
  if (!is_set) return std::nullopt;
  return absl::CivilDay(date.year(), date.month(), date.day());
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

// With conditions or without.
bool IsApproved(const approval::v1::Centre& centre) {
  return centre.state() == approval::v1::Centre::STATE_APPROVED ||
         centre.state() == approval::v1::Centre::STATE_APPROVED_WITH_CONDITIONS;
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
  return Answer{IsApproved(answer), "CENTRE_NOT_APPROVED", "the centre is not approved",
                answer.title()};
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

absl::StatusOr<std::string> Approval::AskSanction(const platform::Call& call,
                                                  std::string_view centre,
                                                  std::string_view qualification) {
  approval::v1::CheckLimitsRequest request;
  request.set_centre(std::string(centre));
  request.set_qualification(std::string(qualification));
  ASSIGN_OR_RETURN(const auto limits,
                   client_.Ask<approval::v1::CheckLimitsResponse>(
                       call, "assay.approval.v1.OversightService/CheckLimits", request));
  if (!limits.certification_stopped()) return "";
  // The cause that limits most comes first, and nothing limits more than this.
  const std::string reason = limits.causes_size() > 0 ? limits.causes(0).reason() : "";
  return absl::StrReplaceAll(
      absl::StrCat("A sanction stops certification", reason.empty() ? "" : ": ", reason, "."),
      {{"\n", " "}});
}

absl::StatusOr<Approval::Standing> Approval::AskStanding(const platform::Call& call,
                                                         std::string_view centre,
                                                         std::string_view qualification,
                                                         absl::CivilDay day) {
  approval::v1::GetCentreRequest get;
  get.set_name(std::string(centre));
  const auto now =
      client_.Ask<approval::v1::Centre>(call, "assay.approval.v1.CentreService/GetCentre", get);
  if (absl::IsNotFound(now.status())) {
    return Standing{.centre_approved = false, .why = "There is no such centre."};
  }
  if (!now.ok()) return now.status();
  Standing standing;
  const bool suspended = now->state() == approval::v1::Centre::STATE_SUSPENDED;
  if (suspended) {
    // One line, whatever the reason has.
    standing.sanction = absl::StrReplaceAll(
        absl::StrCat("The centre is suspended", now->state_reason().empty() ? "" : ": ",
                     now->state_reason(), "."),
        {{"\n", " "}});
  } else {
    ASSIGN_OR_RETURN(standing.sanction, AskSanction(call, centre, qualification));
  }
  if (qualification.empty()) {
    standing.centre_approved = suspended || IsApproved(*now);
    if (!standing.centre_approved) standing.why = "The centre is not approved.";
    return standing;
  }
  approval::v1::CheckApprovalRequest request;
  request.set_centre(std::string(centre));
  request.set_qualification(std::string(qualification));
  SetDate(*request.mutable_date(), day);
  ASSIGN_OR_RETURN(const auto then,
                   client_.Ask<approval::v1::CheckApprovalResponse>(
                       call, "assay.approval.v1.ApprovalService/CheckApproval", request));
  if (then.in_force()) return standing;
  const bool centre_fails = then.reason() == "CENTRE_NOT_APPROVED";
  // Of a centre that is suspended today and assesses today one thing is wrong, not two.
  const bool today = day >= absl::ToCivilDay(call.now, absl::UTCTimeZone());
  if (centre_fails && suspended && today) return standing;
  standing.centre_approved = !centre_fails;
  standing.qualification_approved = centre_fails;
  standing.why = then.message();
  return standing;
}

absl::StatusOr<Approval::Standing> Approval::StandingOn(const platform::Call& call,
                                                        std::string_view centre,
                                                        std::string_view qualification,
                                                        absl::CivilDay day) {
  const std::string key = StandingKeyOf(call.tenant(), centre);
  const std::string field = absl::StrCat(View(qualification), "@", absl::FormatCivilTime(day));
  google::protobuf::Struct known;
  if (const std::optional<std::string> stored = cache_.Get(key)) {
    if (!known.ParseFromString(*stored)) known.Clear();
  }
  const auto found = known.fields().find(field);
  if (found != known.fields().end()) {
    const auto standing = StandingFrom(found->second.string_value(), call.now, lifetime_);
    if (standing.has_value()) return *standing;
  }
  const absl::StatusOr<Standing> standing = AskStanding(call, centre, qualification, day);
  if (!standing.ok()) return Translate(standing.status(), centre);
  (*known.mutable_fields())[field].set_string_value(TextOf(*standing, call.now));
  cache_.Set(key, known.SerializeAsString(), lifetime_);
  return standing;
}

absl::StatusOr<std::map<std::string, Approval::Unmet>> Approval::UnmetOfLearner(
    const platform::Call& call, std::string_view qualification, const Learner& learner) {
  // One number stands for all who have none (QUAL-10), and finds nobody.
  if (platform::CheckUln(learner.uln) != platform::UlnCheck::kValid) {
    return AskInvolvement(call, qualification, learner);
  }
  approval::v1::FindRegistrationRequest find;
  find.set_parent(learner.centre);
  find.set_qualification(std::string(qualification));
  find.set_uln(learner.uln);
  const auto registration = client_.Ask<approval::v1::Registration>(
      call, "assay.approval.v1.LearnerService/FindRegistration", find);
  if (absl::IsNotFound(registration.status())) {
    return AskInvolvement(call, qualification, learner);
  }
  if (absl::IsPermissionDenied(registration.status())) {
    return UnknownInvolvement(call, qualification);
  }
  if (!registration.ok()) return Translate(registration.status(), learner.centre);
  approval::v1::CheckAwardEligibilityRequest request;
  request.set_name(registration->name());
  request.set_without_moderation(true);
  const auto answer = client_.Ask<approval::v1::CheckAwardEligibilityResponse>(
      call, "assay.approval.v1.LearnerService/CheckAwardEligibility", request);
  if (!answer.ok()) return Translate(answer.status(), learner.centre);
  std::map<std::string, Unmet> unmet;
  for (const auto& condition : answer->conditions()) {
    if (condition.met()) continue;
    unmet.emplace(condition.kind(),
                  Unmet{.message = condition.message(),
                        .who = condition.who(),
                        .due = DayOf(condition.has_due_day(), condition.due_day())});
  }
  return unmet;
}

absl::StatusOr<std::map<std::string, Approval::Unmet>> Approval::AskInvolvement(
    const platform::Call& call, std::string_view qualification, const Learner& learner) {
  approval::v1::CheckLearnerInvolvementRequest request;
  request.set_name(learner.centre + "/planners/-");
  request.set_qualification(std::string(qualification));
  request.set_enrolment(learner.candidate);
  const auto answer = client_.Ask<approval::v1::CheckLearnerInvolvementResponse>(
      call, "assay.approval.v1.PlannerService/CheckLearnerInvolvement", request);
  std::map<std::string, Unmet> unmet;
  // Of a qualification that approval does not have it cannot ask for involvement.
  if (absl::IsNotFound(answer.status())) return unmet;
  if (absl::IsPermissionDenied(answer.status())) return UnknownInvolvement(call, qualification);
  if (!answer.ok()) return Translate(answer.status(), learner.centre);
  if (!answer->required() || !answer->blocks()) return unmet;
  unmet.emplace(std::string(kInvolvement),
                Unmet{.message = answer->message(),
                      .who = answer->who(),
                      .due = DayOf(answer->has_due_day(), answer->due_day())});
  return unmet;
}

absl::StatusOr<std::map<std::string, Approval::Unmet>> Approval::UnknownInvolvement(
    const platform::Call& call, std::string_view qualification) {
  approval::v1::GetQualificationRequest request;
  request.set_name(std::string(qualification));
  const auto entry = client_.Ask<approval::v1::Qualification>(
      call, "assay.approval.v1.QualificationService/GetQualification", request);
  std::map<std::string, Unmet> unmet;
  if (absl::IsNotFound(entry.status())) return unmet;
  if (!entry.ok()) return Translate(entry.status(), qualification);
  if (!entry->employer_involvement()) return unmet;
  unmet.emplace(std::string(kInvolvement),
                Unmet{.message = "your role is not told of learners", .unknown = true});
  return unmet;
}

absl::StatusOr<std::string> Approval::RiskOf(const platform::Call& call, std::string_view centre) {
  approval::v1::GetCentreRiskRequest request;
  request.set_name(absl::StrCat(View(centre), "/risk"));
  const auto risk = client_.Ask<approval::v1::CentreRisk>(
      call, "assay.approval.v1.QualityReviewService/GetCentreRisk", request);
  if (!risk.ok()) return Translate(risk.status(), centre);
  switch (risk->level()) {
    case approval::v1::RISK_LEVEL_HIGH:
      return "high";
    case approval::v1::RISK_LEVEL_MEDIUM:
      return "medium";
    default:
      return "low";
  }
}

void Approval::Forget(std::string_view tenant, std::string_view centre) {
  cache_.Delete(StandingKeyOf(tenant, centre));
  cache_.Delete(KeyOf(tenant, centre));
}

}  // namespace assay::moderation
