#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "assay/approval/v1/learner_service.pb.h"
#include "services/approval/commands/awards.h"
#include "services/approval/commands/erase_learner.h"
#include "services/approval/commands/record_achievements.h"
#include "services/approval/commands/register_learners.h"
#include "services/approval/convert.h"
#include "services/approval/errors.h"
#include "services/approval/rpcs/requests.h"
#include "services/platform/core/view.h"
#include "services/platform/rpc/etag.h"

namespace assay::approval {
namespace {

using platform::View;

constexpr std::size_t kProgrammeMax = 200;
constexpr std::size_t kTextMax = 2000;
constexpr int kNumberCharactersMax = 9;
constexpr std::string_view kRegistrationForm = "centres/*/registrations/*";

// A learner number and a birth day are for those who register and certificate; who teaches and
// marks knows learners by name and enrolment number, and programs by enrolment number alone.
bool SeesNumbers(const Work& work) {
  const platform::Principal& caller = *work.call.principal;
  for (const std::string_view role :
       {"admin", "quality", "portal", "centre_head", "centre_exams"}) {
    if (caller.Has(role)) return true;
  }
  return false;
}

v1::Registration::State StateOf(RegistrationState state) {
  return static_cast<v1::Registration::State>(static_cast<int>(state) + 1);
}

v1::Registration ToProto(const Work& work, const RegistrationRecord& record) {
  v1::Registration out;
  out.set_name(record.Name());
  out.set_qualification("qualifications/" + record.qualification);
  out.set_enrolment(record.learner.enrolment);
  out.set_learner_name(record.learner.name);
  if (SeesNumbers(work)) {
    out.set_uln(record.learner.uln);
    if (record.learner.birth_day.has_value()) {
      *out.mutable_birth_day() = ToDate(*record.learner.birth_day);
    }
  }
  *out.mutable_register_day() = ToDate(record.register_day);
  *out.mutable_end_day() = ToDate(record.end_day);
  out.set_programme(record.programme);
  out.set_state(StateOf(record.state));
  out.set_state_reason(record.state_reason);
  out.set_predecessor(record.predecessor);
  out.set_successor(record.successor);
  out.set_erasure(record.erasure);
  *out.mutable_create_time() = ToTimestamp(record.create_time);
  *out.mutable_update_time() = ToTimestamp(record.update_time);
  out.set_etag(platform::EtagOf(record.version));
  return out;
}

absl::StatusOr<v1::Registration> Whole(const Work& work, const RegistrationRecord& record) {
  v1::Registration out = ToProto(work, record);
  ASSIGN_OR_RETURN(const std::vector<RegistrationChange> changes,
                   LearnerStore().Changes(work.tx, work.reach.tenant, record));
  for (const RegistrationChange& change : changes) {
    v1::Registration::Change& to = *out.add_changes();
    to.set_what(change.what);
    to.set_reason(change.reason);
    to.set_actor(change.actor);
    *to.mutable_change_time() = ToTimestamp(change.time);
  }
  return out;
}

v1::Award ToProto(const Work& work, const AwardRecord& award) {
  v1::Award out;
  out.set_name(award.Name());
  out.set_registration(
      absl::StrCat("centres/", award.centre, "/registrations/", award.registration));
  out.set_qualification("qualifications/" + award.qualification);
  out.set_state(static_cast<v1::Award::State>(static_cast<int>(award.state) + 1));
  out.set_direct(award.direct);
  out.set_learner_name(award.learner_name);
  if (SeesNumbers(work)) out.set_uln(award.uln);
  for (const std::string& unit : award.units) out.add_units(unit);
  out.set_credits(award.credits);
  out.set_claimant(award.claimant);
  *out.mutable_claim_time() = ToTimestamp(award.claim_time);
  out.set_officer(award.officer);
  out.set_reason(award.reason);
  if (award.award_day.has_value()) *out.mutable_award_day() = ToDate(*award.award_day);
  out.set_etag(platform::EtagOf(award.version));
  return out;
}

v1::Erasure ToProto(const ErasureRecord& erasure) {
  v1::Erasure out;
  out.set_name(erasure.Name());
  for (const std::string& name : erasure.registrations) out.add_registrations(name);
  out.set_legal_basis(static_cast<v1::LegalBasis>(erasure.legal_basis));
  out.set_reason(erasure.reason);
  out.set_officer(erasure.officer);
  *out.mutable_erase_time() = ToTimestamp(erasure.time);
  out.set_planner_version_count(erasure.planner_versions);
  for (const std::string& name : erasure.kept_awards) out.add_kept_awards(name);
  out.set_pseudonym(erasure.pseudonym);
  return out;
}

v1::Achievement ToProto(const std::string& registration, const AchievementRecord& record) {
  v1::Achievement out;
  out.set_name(absl::StrCat(registration, "/achievements/", record.entry.unit));
  out.set_unit(record.entry.unit);
  out.set_outcome(record.entry.achieved ? v1::ACHIEVEMENT_OUTCOME_ACHIEVED
                                        : v1::ACHIEVEMENT_OUTCOME_NOT_ACHIEVED);
  out.set_assessor(record.entry.assessor);
  *out.mutable_assess_day() = ToDate(record.entry.assess_day);
  out.set_verifier(record.entry.verifier);
  if (record.entry.verify_day.has_value()) {
    *out.mutable_verify_day() = ToDate(*record.entry.verify_day);
  }
  out.set_change_note(record.entry.change_note);
  out.set_recording_form(record.entry.form);
  out.set_version(record.number);
  out.set_author(record.author);
  *out.mutable_record_time() = ToTimestamp(record.time);
  return out;
}

template <typename Response>
void AddRefusals(const std::vector<LearnerFault>& faults, const char* list, Response& response) {
  for (const LearnerFault& fault : faults) {
    v1::RowRefusal& refusal = *response.add_refusals();
    refusal.set_row(fault.row);
    refusal.set_reason(std::string(fault.reason));
    refusal.set_rule(fault.rule);
    refusal.set_place(
        absl::StrCat(list, "[", fault.row, "]", fault.field.empty() ? "" : ".", fault.field));
    refusal.set_message(fault.message);
  }
}

absl::StatusOr<BatchMode> ModeFrom(v1::RegistrationMode mode) {
  switch (mode) {
    case v1::REGISTRATION_MODE_UNSPECIFIED:
    case v1::REGISTRATION_MODE_ALL_OR_NOTHING:
      return BatchMode::kAllOrNothing;
    case v1::REGISTRATION_MODE_VALIDATE_ONLY:
      return BatchMode::kValidateOnly;
    case v1::REGISTRATION_MODE_KEEP_GOOD:
      return BatchMode::kKeepGood;
    default:
      return FieldInvalid("mode", "is no mode");
  }
}

absl::Status CheckProgramme(std::string_view field, const std::string& programme) {
  if (programme.size() <= kProgrammeMax) return absl::OkStatus();
  return FieldInvalid(field, absl::StrCat("is longer than ", kProgrammeMax));
}

absl::StatusOr<RegistrationTarget> TargetOf(const std::string& name, const std::string& etag) {
  ASSIGN_OR_RETURN(auto parts, PartsOf("name", name, kRegistrationForm));
  return RegistrationTarget{parts[0], parts[1], etag};
}

absl::StatusOr<RegistrationRecord> FindIn(const Work& work, std::string_view field,
                                          const std::string& name) {
  ASSIGN_OR_RETURN(auto parts, PartsOf(field, name, kRegistrationForm));
  return LearnerStore().Get(work.tx, work.reach, parts[0], parts[1]);
}

absl::StatusOr<v1::Registration> Create(const Work& work,
                                        const v1::CreateRegistrationRequest& request) {
  const v1::Registration& in = request.registration();
  RegistrationOrder order;
  ASSIGN_OR_RETURN(order.centre, CentreIdFrom("parent", request.parent()));
  ASSIGN_OR_RETURN(order.qualification,
                   QualificationFrom("registration.qualification", in.qualification()));
  ASSIGN_OR_RETURN(order.register_day,
                   DayFrom("registration.register_day", in.has_register_day(), in.register_day()));
  ASSIGN_OR_RETURN(order.end_day, DayFrom("registration.end_day", in.has_end_day(), in.end_day()));
  RETURN_IF_ERROR(CheckProgramme("registration.programme", in.programme()));
  order.programme = in.programme();
  ASSIGN_OR_RETURN(order.backdate_reason,
                   OptionalReasonFrom(request.backdate_reason(), "backdate_reason"));
  ASSIGN_OR_RETURN(const auto birth_day,
                   DayFrom("registration.birth_day", in.has_birth_day(), in.birth_day()));
  order.learners.push_back({in.enrolment(), in.learner_name(), in.uln(), birth_day});
  ASSIGN_OR_RETURN(const RegistrationRecord record, RegisterLearner(work, std::move(order)));
  return Whole(work, record);
}

absl::StatusOr<v1::RegisterLearnersResponse> Register(const Work& work,
                                                      const v1::RegisterLearnersRequest& request) {
  RegistrationOrder order;
  ASSIGN_OR_RETURN(order.centre, CentreIdFrom("parent", request.parent()));
  ASSIGN_OR_RETURN(order.qualification,
                   QualificationFrom("qualification", request.qualification()));
  ASSIGN_OR_RETURN(order.register_day,
                   DayFrom("register_day", request.has_register_day(), request.register_day()));
  ASSIGN_OR_RETURN(order.end_day, DayFrom("end_day", request.has_end_day(), request.end_day()));
  RETURN_IF_ERROR(CheckProgramme("programme", request.programme()));
  order.programme = request.programme();
  ASSIGN_OR_RETURN(order.backdate_reason,
                   OptionalReasonFrom(request.backdate_reason(), "backdate_reason"));
  ASSIGN_OR_RETURN(order.mode, ModeFrom(request.mode()));
  if (request.learners().empty() || request.learners_size() > kBatchMax) {
    return FieldInvalid("learners", absl::StrCat("are not 1 to ", kBatchMax));
  }
  for (int i = 0; i < request.learners_size(); ++i) {
    const v1::LearnerRow& row = request.learners(i);
    ASSIGN_OR_RETURN(const auto birth_day, DayFrom(absl::StrCat("learners[", i, "].birth_day"),
                                                   row.has_birth_day(), row.birth_day()));
    order.learners.push_back({row.enrolment(), row.learner_name(), row.uln(), birth_day});
  }
  ASSIGN_OR_RETURN(const RegistrationReport report, RegisterLearners(work, order));
  v1::RegisterLearnersResponse response;
  for (const RegistrationRecord& record : report.kept) response.add_registrations(record.Name());
  AddRefusals(report.faults, "learners", response);
  response.set_good_count(report.good);
  response.set_refused_count(report.refused);
  response.set_kept_count(static_cast<std::int32_t>(report.kept.size()));
  return response;
}

absl::StatusOr<v1::Registration> Get(const Work& work, const v1::GetRegistrationRequest& request) {
  ASSIGN_OR_RETURN(const RegistrationRecord record, FindIn(work, "name", request.name()));
  return Whole(work, record);
}

absl::StatusOr<v1::Registration> FindOne(const Work& work,
                                         const v1::FindRegistrationRequest& request) {
  ASSIGN_OR_RETURN(const std::string centre, CentreIdFrom("parent", request.parent()));
  ASSIGN_OR_RETURN(const std::string qualification,
                   QualificationFrom("qualification", request.qualification()));
  if (request.uln().empty()) return FieldInvalid("uln", "is missing");
  ASSIGN_OR_RETURN(
      const RegistrationRecord record,
      LearnerStore().FindByUln(work.tx, work.reach, centre, qualification, request.uln()));
  return ToProto(work, record);
}

absl::StatusOr<v1::ListRegistrationsResponse> List(const Work& work,
                                                   const v1::ListRegistrationsRequest& request) {
  ASSIGN_OR_RETURN(const std::string centre, ParentFrom(request.parent()));
  RegistrationFilter filter;
  if (request.state() != v1::Registration::STATE_UNSPECIFIED) {
    if (!v1::Registration::State_IsValid(request.state())) {
      return FieldInvalid("state", "is no state of a registration");
    }
    filter.state = static_cast<RegistrationState>(static_cast<int>(request.state()) - 1);
  }
  if (!request.qualification().empty()) {
    ASSIGN_OR_RETURN(filter.qualification,
                     QualificationFrom("qualification", request.qualification()));
  }
  filter.enrolment = request.enrolment();
  ASSIGN_OR_RETURN(const PageRequest page,
                   PageRequest::From(request, work.reach,
                                     {"ListRegistrations", request.parent(),
                                      absl::StrCat(static_cast<int>(request.state())),
                                      request.qualification(), request.enrolment()}));
  ASSIGN_OR_RETURN(
      std::vector<RegistrationRecord> found,
      LearnerStore().List(work.tx, work.reach, centre, filter, page.after, page.size + 1));
  v1::ListRegistrationsResponse response;
  SetNextPage(found, page, response,
              [](const auto& r) { return absl::StrCat(r.centre, "/", r.id); });
  for (const RegistrationRecord& record : found) {
    *response.add_registrations() = ToProto(work, record);
  }
  return response;
}

absl::StatusOr<v1::Registration> Correct(const Work& work,
                                         const v1::CorrectRegistrationRequest& request) {
  ASSIGN_OR_RETURN(const RegistrationTarget target, TargetOf(request.name(), request.etag()));
  RegistrationCorrection correction;
  ASSIGN_OR_RETURN(correction.reason, ReasonFrom(request.reason()));
  correction.name = request.learner_name();
  correction.uln = request.uln();
  ASSIGN_OR_RETURN(correction.birth_day,
                   DayFrom("birth_day", request.has_birth_day(), request.birth_day()));
  RETURN_IF_ERROR(CheckProgramme("programme", request.programme()));
  correction.programme = request.programme();
  if (correction.name.empty() && correction.uln.empty() && !correction.birth_day.has_value() &&
      correction.programme.empty()) {
    return FieldInvalid("learner_name",
                        "and all other fields are empty; nothing is to be corrected");
  }
  ASSIGN_OR_RETURN(const RegistrationRecord record, CorrectRegistration(work, target, correction));
  return Whole(work, record);
}

absl::StatusOr<v1::Registration> Extend(const Work& work,
                                        const v1::ExtendRegistrationRequest& request) {
  ASSIGN_OR_RETURN(const RegistrationTarget target, TargetOf(request.name(), request.etag()));
  ASSIGN_OR_RETURN(const std::string reason, ReasonFrom(request.reason()));
  ASSIGN_OR_RETURN(const absl::CivilDay day,
                   RequiredDayFrom("end_day", request.has_end_day(), request.end_day()));
  ASSIGN_OR_RETURN(const RegistrationRecord record, ExtendRegistration(work, target, day, reason));
  return Whole(work, record);
}

absl::StatusOr<v1::Registration> Withdraw(const Work& work,
                                          const v1::WithdrawRegistrationRequest& request) {
  ASSIGN_OR_RETURN(const RegistrationTarget target, TargetOf(request.name(), request.etag()));
  ASSIGN_OR_RETURN(const std::string reason, ReasonFrom(request.reason()));
  ASSIGN_OR_RETURN(const RegistrationRecord record, WithdrawRegistration(work, target, reason));
  return Whole(work, record);
}

absl::StatusOr<v1::Registration> Transfer(const Work& work,
                                          const v1::TransferRegistrationRequest& request) {
  ASSIGN_OR_RETURN(const RegistrationTarget target, TargetOf(request.name(), request.etag()));
  ASSIGN_OR_RETURN(const std::string destination,
                   CentreIdFrom("destination", request.destination()));
  ASSIGN_OR_RETURN(const std::string reason, ReasonFrom(request.reason()));
  ASSIGN_OR_RETURN(const RegistrationRecord record,
                   TransferRegistration(work, target, destination, request.enrolment(), reason));
  return Whole(work, record);
}

// A row that cannot be read is refused like one that may not be.
AchievementLine LineOf(const v1::AchievementRow& row) {
  AchievementLine line;
  const auto fault = [&](std::string field, std::string message) {
    line.faults.push_back({0, "FIELD_INVALID", "", std::move(field), std::move(message)});
  };
  if (const auto parts = PartsOf("registration", row.registration(), kRegistrationForm);
      parts.ok()) {
    line.centre = (*parts)[0];
    line.registration = (*parts)[1];
  } else {
    fault("registration", absl::StrCat("is not ", View(kRegistrationForm)));
  }
  line.entry.unit = row.unit();
  line.entry.achieved = row.outcome() == v1::ACHIEVEMENT_OUTCOME_ACHIEVED;
  if (!line.entry.achieved && row.outcome() != v1::ACHIEVEMENT_OUTCOME_NOT_ACHIEVED) {
    fault("outcome", "is neither achieved nor not achieved");
  }
  line.entry.assessor = row.assessor();
  line.entry.verifier = row.verifier();
  const auto assessed = DayFrom("assess_day", row.has_assess_day(), row.assess_day());
  if (assessed.ok() && assessed->has_value()) {
    line.entry.assess_day = **assessed;
  } else {
    fault("assess_day", "is not a day from 1900 to 2199");
  }
  const auto verified = DayFrom("verify_day", row.has_verify_day(), row.verify_day());
  if (verified.ok()) {
    line.entry.verify_day = *verified;
  } else {
    fault("verify_day", "is not a day from 1900 to 2199");
  }
  line.entry.change_note = row.change_note();
  line.entry.form = row.recording_form();
  if (row.change_note().size() > kTextMax || row.assessor().size() > kTextMax ||
      row.verifier().size() > kTextMax || row.unit().size() > kTextMax ||
      row.recording_form().size() > kTextMax) {
    fault("change_note", absl::StrCat("or another text is longer than ", kTextMax));
  }
  return line;
}

absl::StatusOr<v1::RecordAchievementsResponse> Record(
    const Work& work, const v1::RecordAchievementsRequest& request) {
  ASSIGN_OR_RETURN(const std::string centre, CentreIdFrom("parent", request.parent()));
  ASSIGN_OR_RETURN(const BatchMode mode, ModeFrom(request.mode()));
  if (request.achievements().empty() || request.achievements_size() > kBatchMax) {
    return FieldInvalid("achievements", absl::StrCat("are not 1 to ", kBatchMax));
  }
  std::vector<AchievementLine> lines;
  for (const v1::AchievementRow& row : request.achievements()) lines.push_back(LineOf(row));
  ASSIGN_OR_RETURN(const AchievementReport report,
                   RecordAchievements(work, centre, std::move(lines), mode));
  v1::RecordAchievementsResponse response;
  AddRefusals(report.faults, "achievements", response);
  response.set_good_count(report.good);
  response.set_refused_count(report.refused);
  response.set_kept_count(report.kept);
  return response;
}

absl::StatusOr<v1::ListAchievementsResponse> ListAchievements(
    const Work& work, const v1::ListAchievementsRequest& request) {
  ASSIGN_OR_RETURN(const PageRequest page,
                   PageRequest::From(request, work.reach, {"ListAchievements", request.parent()}));
  ASSIGN_OR_RETURN(const RegistrationRecord record, FindIn(work, "parent", request.parent()));
  ASSIGN_OR_RETURN(std::vector<AchievementRecord> found,
                   LearnerStore().ListAchievements(work.tx, work.reach.tenant, record.centre,
                                                   record.id, page.after, page.size + 1));
  v1::ListAchievementsResponse response;
  SetNextPage(found, page, response, [](const auto& a) { return a.entry.unit; });
  for (const AchievementRecord& achievement : found) {
    *response.add_achievements() = ToProto(record.Name(), achievement);
  }
  return response;
}

absl::StatusOr<v1::ListAchievementVersionsResponse> ListVersions(
    const Work& work, const v1::ListAchievementVersionsRequest& request) {
  ASSIGN_OR_RETURN(auto parts,
                   PartsOf("parent", request.parent(), "centres/*/registrations/*/achievements/*"));
  ASSIGN_OR_RETURN(
      const PageRequest page,
      PageRequest::From(request, work.reach, {"ListAchievementVersions", request.parent()}));
  int after = 0;
  if (!page.after.empty() &&
      (page.after.size() > kNumberCharactersMax || !absl::SimpleAtoi(page.after, &after))) {
    return FieldInvalid("page_token", "is not a page of this list");
  }
  LearnerStore store;
  ASSIGN_OR_RETURN(const RegistrationRecord record,
                   store.Get(work.tx, work.reach, parts[0], parts[1]));
  ASSIGN_OR_RETURN(std::vector<AchievementRecord> found,
                   store.ListVersions(work.tx, work.reach.tenant, record.centre, record.id,
                                      parts[2], after, page.size + 1));
  if (found.empty() && after == 0) {
    return platform::Error(absl::StatusCode::kNotFound, kAchievementNotFound,
                           absl::StrCat("nothing is recorded of ", request.parent()))
        .With("registration", record.Name())
        .With("unit", parts[2]);
  }
  v1::ListAchievementVersionsResponse response;
  SetNextPage(found, page, response, [](const auto& a) { return absl::StrCat(a.number); });
  for (const AchievementRecord& achievement : found) {
    *response.add_achievements() = ToProto(record.Name(), achievement);
  }
  return response;
}

using platform::Call;
using platform::Transaction;

// What moderation says of the learner, asked outside of the transaction that uses the answer.
template <typename Find>
absl::StatusOr<ModerationFact> AskModeration(const Context& context, const Call& call, Find find) {
  ModerationQuestion question;
  RETURN_IF_ERROR(context.database.ReadNow([&](Transaction& tx) -> absl::Status {
    const Work work = WorkOf(context, call, tx);
    ASSIGN_OR_RETURN(const RegistrationRecord record, find(work));
    ASSIGN_OR_RETURN(question, ModerationOf(work, record));
    return absl::OkStatus();
  }));
  return context.moderation.Final(call, question);
}

absl::StatusOr<ModerationFact> AskAboutRegistration(const Context& context, const Call& call,
                                                    const std::string& name) {
  return AskModeration(context, call, [&](const Work& work) { return FindIn(work, "name", name); });
}

// A refusal needs nobody's answer.
absl::StatusOr<ModerationFact> AskAboutAward(const Context& context, const Call& call,
                                             const v1::DecideAwardClaimRequest& request) {
  if (request.outcome() != v1::Award::STATE_AWARDED) return ModerationFact();
  ASSIGN_OR_RETURN(auto parts, PartsOf("name", request.name(), "centres/*/awards/*"));
  return AskModeration(context, call, [&](const Work& work) -> absl::StatusOr<RegistrationRecord> {
    LearnerStore store;
    ASSIGN_OR_RETURN(const AwardRecord award,
                     store.GetAward(work.tx, work.reach, parts[0], parts[1]));
    return store.Get(work.tx, work.reach, award.centre, award.registration);
  });
}

absl::StatusOr<v1::CheckAwardEligibilityResponse> CheckEligible(
    const Work& work, const v1::CheckAwardEligibilityRequest& request,
    const std::optional<ModerationFact>& moderation) {
  ASSIGN_OR_RETURN(const RegistrationRecord record, FindIn(work, "name", request.name()));
  ASSIGN_OR_RETURN(const Eligibility eligibility, CheckEligibility(work, record, moderation));
  v1::CheckAwardEligibilityResponse response;
  response.set_eligible(eligibility.eligible);
  response.set_direct(eligibility.direct);
  response.set_route_message(eligibility.route_message);
  for (const AwardCondition& condition : eligibility.conditions) {
    v1::AwardCondition& to = *response.add_conditions();
    to.set_rule(condition.rule);
    to.set_kind(std::string(condition.kind));
    to.set_met(condition.met);
    to.set_message(condition.message);
    to.set_who(condition.who);
    for (const std::string& unit : condition.choose_from) to.add_choose_from(unit);
    if (condition.due.has_value()) *to.mutable_due_day() = ToDate(*condition.due);
  }
  response.set_credits(eligibility.progress.credits);
  response.set_units(eligibility.progress.units);
  return response;
}

absl::StatusOr<v1::CheckAwardEligibilityResponse> AskEligible(
    const Context& context, const Call& call, const v1::CheckAwardEligibilityRequest& request) {
  std::optional<ModerationFact> moderation;
  if (!request.without_moderation()) {
    ASSIGN_OR_RETURN(moderation, AskAboutRegistration(context, call, request.name()));
  }
  v1::CheckAwardEligibilityResponse response;
  RETURN_IF_ERROR(context.database.ReadNow([&](Transaction& tx) -> absl::Status {
    ASSIGN_OR_RETURN(response, CheckEligible(WorkOf(context, call, tx), request, moderation));
    return absl::OkStatus();
  }));
  return response;
}

absl::StatusOr<v1::Award> Claim(const Work& work, const v1::ClaimAwardRequest& request,
                                const ModerationFact& moderation) {
  ASSIGN_OR_RETURN(const RegistrationTarget target, TargetOf(request.name(), request.etag()));
  ASSIGN_OR_RETURN(const AwardRecord award, ClaimAward(work, target, moderation));
  return ToProto(work, award);
}

absl::StatusOr<v1::Award> Decide(const Work& work, const v1::DecideAwardClaimRequest& request,
                                 const ModerationFact& moderation) {
  ASSIGN_OR_RETURN(auto parts, PartsOf("name", request.name(), "centres/*/awards/*"));
  AwardDecision decision{parts[0], parts[1], request.etag(), false, ""};
  decision.awarded = request.outcome() == v1::Award::STATE_AWARDED;
  if (!decision.awarded && request.outcome() != v1::Award::STATE_REFUSED) {
    return FieldInvalid("outcome", "is neither awarded nor refused");
  }
  if (!decision.awarded || !request.reason().empty()) {
    ASSIGN_OR_RETURN(decision.reason, ReasonFrom(request.reason()));
  }
  ASSIGN_OR_RETURN(const AwardRecord award, DecideAward(work, decision, moderation));
  return ToProto(work, award);
}

absl::StatusOr<v1::Award> GetAward(const Work& work, const v1::GetAwardRequest& request) {
  ASSIGN_OR_RETURN(auto parts, PartsOf("name", request.name(), "centres/*/awards/*"));
  ASSIGN_OR_RETURN(const AwardRecord award,
                   LearnerStore().GetAward(work.tx, work.reach, parts[0], parts[1]));
  return ToProto(work, award);
}

absl::StatusOr<v1::ListAwardsResponse> ListAwards(const Work& work,
                                                  const v1::ListAwardsRequest& request) {
  ASSIGN_OR_RETURN(const std::string centre, ParentFrom(request.parent()));
  std::optional<AwardState> state;
  if (request.state() != v1::Award::STATE_UNSPECIFIED) {
    if (!v1::Award::State_IsValid(request.state())) {
      return FieldInvalid("state", "is no state of an award");
    }
    state = static_cast<AwardState>(static_cast<int>(request.state()) - 1);
  }
  ASSIGN_OR_RETURN(const PageRequest page,
                   PageRequest::From(request, work.reach,
                                     {"ListAwards", request.parent(),
                                      absl::StrCat(static_cast<int>(request.state()))}));
  ASSIGN_OR_RETURN(
      std::vector<AwardRecord> found,
      LearnerStore().ListAwards(work.tx, work.reach, centre, state, page.after, page.size + 1));
  v1::ListAwardsResponse response;
  SetNextPage(found, page, response,
              [](const auto& a) { return absl::StrCat(a.centre, "/", a.id); });
  for (const AwardRecord& award : found) *response.add_awards() = ToProto(work, award);
  return response;
}

absl::StatusOr<v1::Erasure> Erase(const Work& work, const v1::EraseLearnerRequest& request) {
  ASSIGN_OR_RETURN(auto parts, PartsOf("name", request.name(), kRegistrationForm));
  if (request.legal_basis() == v1::LEGAL_BASIS_UNSPECIFIED ||
      !v1::LegalBasis_IsValid(request.legal_basis())) {
    return FieldInvalid("legal_basis", "is missing; an erasure says on what basis it is made");
  }
  ASSIGN_OR_RETURN(const std::string reason, ReasonFrom(request.reason()));
  ASSIGN_OR_RETURN(
      const ErasureRecord erasure,
      EraseLearner(work, {parts[0], parts[1], static_cast<int>(request.legal_basis()), reason}));
  return ToProto(erasure);
}

absl::StatusOr<v1::Erasure> GetErasure(const Work& work, const v1::GetErasureRequest& request) {
  ASSIGN_OR_RETURN(auto parts, PartsOf("name", request.name(), "centres/*/erasures/*"));
  ASSIGN_OR_RETURN(const ErasureRecord erasure,
                   LearnerStore().GetErasure(work.tx, work.reach, parts[0], parts[1]));
  return ToProto(erasure);
}

absl::StatusOr<v1::ListErasuresResponse> ListErasures(const Work& work,
                                                      const v1::ListErasuresRequest& request) {
  ASSIGN_OR_RETURN(const std::string centre, ParentFrom(request.parent()));
  ASSIGN_OR_RETURN(const PageRequest page,
                   PageRequest::From(request, work.reach, {"ListErasures", request.parent()}));
  ASSIGN_OR_RETURN(
      std::vector<ErasureRecord> found,
      LearnerStore().ListErasures(work.tx, work.reach, centre, page.after, page.size + 1));
  v1::ListErasuresResponse response;
  SetNextPage(found, page, response,
              [](const auto& e) { return absl::StrCat(e.centre, "/", e.id); });
  for (const ErasureRecord& erasure : found) *response.add_erasures() = ToProto(erasure);
  return response;
}

}  // namespace

void RegisterLearnerRpcs(platform::Router& router, const Context& context) {
  const std::string service = "assay.approval.v1.LearnerService/";
  Write(router, context, service + "CreateRegistration", Create);
  Write(router, context, service + "RegisterLearners", Register);
  Read(router, context, service + "GetRegistration", Get);
  Read(router, context, service + "FindRegistration", FindOne);
  Read(router, context, service + "ListRegistrations", List);
  Write(router, context, service + "CorrectRegistration", Correct);
  Write(router, context, service + "ExtendRegistration", Extend);
  Write(router, context, service + "WithdrawRegistration", Withdraw);
  Write(router, context, service + "TransferRegistration", Transfer);
  Write(router, context, service + "RecordAchievements", Record);
  Read(router, context, service + "ListAchievements", ListAchievements);
  Read(router, context, service + "ListAchievementVersions", ListVersions);
  router.Ask<v1::CheckAwardEligibilityRequest, v1::CheckAwardEligibilityResponse>(
      service + "CheckAwardEligibility",
      [&context](const Call& call, const v1::CheckAwardEligibilityRequest& request) {
        return AskEligible(context, call, request);
      });
  router.AskThenWrite<v1::ClaimAwardRequest, v1::Award, ModerationFact>(
      service + "ClaimAward",
      [&context](const Call& call, const v1::ClaimAwardRequest& request) {
        return AskAboutRegistration(context, call, request.name());
      },
      [&context](const Call& call, const v1::ClaimAwardRequest& request,
                 const ModerationFact& moderation, Transaction& tx) {
        return Claim(WorkOf(context, call, tx), request, moderation);
      });
  router.AskThenWrite<v1::DecideAwardClaimRequest, v1::Award, ModerationFact>(
      service + "DecideAwardClaim",
      [&context](const Call& call, const v1::DecideAwardClaimRequest& request) {
        return AskAboutAward(context, call, request);
      },
      [&context](const Call& call, const v1::DecideAwardClaimRequest& request,
                 const ModerationFact& moderation, Transaction& tx) {
        return Decide(WorkOf(context, call, tx), request, moderation);
      });
  Read(router, context, service + "GetAward", GetAward);
  Read(router, context, service + "ListAwards", ListAwards);
  Write(router, context, service + "EraseLearner", Erase);
  Read(router, context, service + "GetErasure", GetErasure);
  Read(router, context, service + "ListErasures", ListErasures);
}

}  // namespace assay::approval
