#include "services/approval/commands/awards.h"

#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/approval/commands/check_standing.h"
#include "services/approval/commands/conclude_involvement.h"
#include "services/approval/commands/find_qualification.h"
#include "services/approval/commands/limits_in_force.h"
#include "services/approval/commands/quality_reviews.h"
#include "services/approval/errors.h"
#include "services/approval/events.h"
#include "services/approval/stores/planner_erasure.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/core/view.h"
#include "services/platform/error/error.h"
#include "services/platform/rpc/etag.h"

namespace assay::approval {
namespace {

using platform::Error;
using platform::View;
using Code = absl::StatusCode;

constexpr int kUnitsMax = 1000;
constexpr int kPlacesMax = 4;  // Centres of one learner that moderation is asked about.

// What the planners say that name the learner in the time of the registration: one in which the
// requirement is met is enough (EI-5), else it is the latest that counts.
absl::StatusOr<InvolvementFact> InvolvementOf(const Work& work, const RegistrationRecord& record) {
  InvolvementFact fact;
  ASSIGN_OR_RETURN(const std::vector<std::string> planners,
                   PlannerErasureStore().PlannersOf(work.tx, work.reach.tenant, record.centre,
                                                    record.qualification, record.learner.enrolment,
                                                    record.register_day, record.end_day));
  for (const std::string& planner : planners) {
    ASSIGN_OR_RETURN(const LearnerBlock block,
                     CheckLearner(work, {record.centre, planner, ""}, record.learner.enrolment));
    if (fact.met) break;
    fact.planned = true;
    fact.met = !block.blocks;
    fact.final = block.final;
    fact.who = block.who;
    fact.due = block.due;
    fact.message =
        absl::StrCat("centres/", record.centre, "/planners/", planner, ": ", block.message);
  }
  return fact;
}

// Where and when a unit was assessed.
using Assessment = std::pair<std::string, absl::CivilDay>;

// A unit that came along from another centre was assessed under that centre's approval, whoever
// asks (QUAL-9).
absl::StatusOr<std::vector<ApprovalFact>> ApprovalsOn(const Work& work,
                                                      const RegistrationRecord& record,
                                                      const std::set<Assessment>& assessments) {
  std::vector<StandingQuestion> questions;
  for (const auto& [centre, day] : assessments) {
    questions.push_back({centre, record.qualification, day});
  }
  const Work wide{work.tx, work.call, work.context, {.tenant = work.reach.tenant, .within = ""}};
  ASSIGN_OR_RETURN(const std::vector<StandingAnswer> answers, CheckStandings(wide, questions));
  std::vector<ApprovalFact> facts;
  for (std::size_t i = 0; i < answers.size(); ++i) {
    const bool in_force = answers[i].centre_found && answers[i].standing == Standing::kInForce;
    facts.push_back({*questions[i].day, in_force,
                     answers[i].centre_found
                         ? answers[i].message
                         : absl::StrCat("centres/", questions[i].centre, " is not known")});
  }
  return facts;
}

// Of which centre's staff somebody is; "" if the name says nothing.
std::string CentreOf(std::string_view staff) {
  constexpr std::string_view kCentres = "centres/";
  if (!staff.starts_with(kCentres)) return "";
  staff.remove_prefix(kCentres.size());
  return std::string(staff.substr(0, staff.find('/')));
}

absl::StatusOr<std::vector<UnitFact>> UnitsOf(const Work& work, const RegistrationRecord& record,
                                              std::set<Assessment>& assessments) {
  std::vector<UnitFact> units;
  ASSIGN_OR_RETURN(const std::vector<AchievementRecord> all,
                   LearnerStore().ListAchievements(work.tx, work.reach.tenant, record.centre,
                                                   record.id, "", kUnitsMax));
  for (const AchievementRecord& achievement : all) {
    const AchievementEntry& entry = achievement.entry;
    units.push_back({entry.unit, entry.achieved, !entry.verifier.empty(), entry.assess_day});
    if (entry.achieved) assessments.emplace(CentreOf(entry.assessor), entry.assess_day);
  }
  return units;
}

absl::Status Refuse(const RegistrationRecord& record, const Eligibility& eligibility) {
  int missing = 0;
  for (const AwardCondition& condition : eligibility.conditions) missing += condition.met ? 0 : 1;
  Error error(Code::kFailedPrecondition, kAwardNotEligible,
              absl::StrCat("the award needs ", missing, " more conditions to be met (QUAL-9)"));
  error.With("registration", record.Name())
      .With("missing_count", absl::StrCat(missing))
      .With("rule", "QUAL-9");
  for (const AwardCondition& condition : eligibility.conditions) {
    if (condition.met) continue;
    error.Field(condition.kind, absl::StrCat(condition.message, " (", condition.rule, ")"));
  }
  return error;
}

// Awards it and ends the registration.
absl::Status Award(const Work& work, AwardRecord& award, RegistrationRecord& record) {
  award.state = AwardState::kAwarded;
  award.award_day = Today(work);
  record.state = RegistrationState::kAwarded;
  record.update_time = work.call.now;
  return LearnerStore().Update(
      work.tx, work.reach.tenant, record,
      {"awarded", award.Name(), std::string(work.call.subject()), work.call.now});
}

}  // namespace

absl::StatusOr<ModerationQuestion> ModerationOf(const Work& work,
                                                const RegistrationRecord& record) {
  ModerationQuestion question{.qualification = record.qualification};
  if (record.learner.uln != kTemporaryUln) question.uln = record.learner.uln;
  question.places.push_back({record.centre, record.learner.enrolment});
  const Reach everywhere = {.tenant = work.reach.tenant, .within = ""};
  std::string before = record.predecessor;
  while (!before.empty() && static_cast<int>(question.places.size()) < kPlacesMax) {
    ASSIGN_OR_RETURN(const auto found, LearnerStore().FindByName(work.tx, everywhere, before));
    if (!found.has_value()) break;
    question.places.push_back({found->centre, found->learner.enrolment});
    before = found->predecessor;
  }
  return question;
}

absl::StatusOr<Eligibility> CheckEligibility(const Work& work, const RegistrationRecord& record,
                                             std::optional<ModerationFact> moderation) {
  ASSIGN_OR_RETURN(const Qualification qualification,
                   FindQualification(work, record.qualification));
  EligibilityFacts facts{.state = record.state,
                         .register_day = record.register_day,
                         .end_day = record.end_day,
                         .today = Today(work)};
  facts.moderation = std::move(moderation);
  std::set<Assessment> assessments;
  ASSIGN_OR_RETURN(facts.units, UnitsOf(work, record, assessments));
  ASSIGN_OR_RETURN(facts.approvals, ApprovalsOn(work, record, assessments));
  if (qualification.employer_involvement) {
    ASSIGN_OR_RETURN(facts.involvement, InvolvementOf(work, record));
  }
  ASSIGN_OR_RETURN(const Limits limits,
                   LimitsInForce(work, record.centre, record.qualification, facts.today));
  if (limits.certification_stopped) {
    facts.certification_stop = WhyOf(limits.certification_stop);
  }
  ASSIGN_OR_RETURN(const DirectClaimAnswer direct,
                   DirectClaimsOf(work, record.centre, record.qualification));
  facts.direct = {direct.outcome.granted, direct.stopped,
                  direct.stopped ? direct.stop_reason : direct.outcome.reason};
  return EvaluateEligibility(qualification, facts);
}

absl::StatusOr<AwardRecord> ClaimAward(const Work& work, const RegistrationTarget& target,
                                       const ModerationFact& moderation) {
  ASSIGN_OR_RETURN(RegistrationRecord record, FindRegistration(work, target));
  LearnerStore store;
  ASSIGN_OR_RETURN(const std::vector<AwardRecord> before,
                   store.AwardsOf(work.tx, work.reach.tenant, record.centre, record.id));
  for (const AwardRecord& award : before) {
    if (award.state == AwardState::kRefused) continue;
    return Error(Code::kAlreadyExists, kAwardExists,
                 absl::StrCat(award.Name(), " is ", View(NameOf(award.state)), " already"))
        .With("registration", record.Name())
        .With("rule", "QUAL-9")
        .Field("name", absl::StrCat("has ", award.Name()));
  }
  ASSIGN_OR_RETURN(const Eligibility eligibility, CheckEligibility(work, record, moderation));
  if (!eligibility.eligible) return Refuse(record, eligibility);
  AwardRecord award;
  award.centre = record.centre;
  award.id = work.context.ids.NextId(work.call.now);
  award.registration = record.id;
  award.qualification = record.qualification;
  award.direct = eligibility.direct;
  award.learner_name = record.learner.name;
  award.uln = record.learner.uln;
  award.units = eligibility.units;
  award.credits = eligibility.progress.credits;
  award.claimant = std::string(work.call.subject());
  award.claim_time = work.call.now;
  award.reason = eligibility.route_message;
  if (award.direct) RETURN_IF_ERROR(Award(work, award, record));
  RETURN_IF_ERROR(store.InsertAward(work.tx, work.reach.tenant, award));
  RETURN_IF_ERROR(EmitAwardChanged(work, award));
  return award;
}

absl::StatusOr<AwardRecord> DecideAward(const Work& work, const AwardDecision& decision,
                                        const ModerationFact& moderation) {
  LearnerStore store;
  ASSIGN_OR_RETURN(AwardRecord award,
                   store.GetAward(work.tx, work.reach, decision.centre, decision.id));
  RETURN_IF_ERROR(platform::CheckEtag(decision.etag, award.version, award.Name()));
  if (award.state != AwardState::kClaimed) {
    return Error(Code::kFailedPrecondition, kAwardStateWrong,
                 absl::StrCat(award.Name(), " is ", View(NameOf(award.state)), " already"))
        .With("award", award.Name())
        .With("state", NameOf(award.state))
        .With("rule", "QUAL-9")
        .Field("name", absl::StrCat("is ", View(NameOf(award.state))));
  }
  award.officer = std::string(work.call.subject());
  award.reason = decision.reason;
  award.state = AwardState::kRefused;
  if (decision.awarded) {
    ASSIGN_OR_RETURN(RegistrationRecord record,
                     store.Get(work.tx, work.reach, award.centre, award.registration));
    ASSIGN_OR_RETURN(const Eligibility eligibility, CheckEligibility(work, record, moderation));
    if (!eligibility.eligible) return Refuse(record, eligibility);
    RETURN_IF_ERROR(Award(work, award, record));
  }
  RETURN_IF_ERROR(store.UpdateAward(work.tx, work.reach.tenant, award));
  RETURN_IF_ERROR(EmitAwardChanged(work, award));
  return award;
}

}  // namespace assay::approval
