#include "services/approval/commands/erase_learner.h"

#include <algorithm>
#include <set>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/approval/commands/register_learners.h"
#include "services/approval/erased_document.h"
#include "services/approval/errors.h"
#include "services/approval/events.h"
#include "services/approval/stores/learner_traces.h"
#include "services/approval/stores/planner_erasure.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/error/error.h"

namespace assay::approval {
namespace {

using platform::Error;
using Code = absl::StatusCode;

// Who goes, and what comes instead.
Pseudonym PseudonymOf(const RegistrationRecord& record, const std::string& pseudonym) {
  return {record.learner.enrolment, record.learner.name, pseudonym};
}

absl::Status CheckUndecided(const Work& work, const std::vector<RegistrationRecord>& records,
                            std::vector<AwardRecord>& awards) {
  for (const RegistrationRecord& record : records) {
    ASSIGN_OR_RETURN(const std::vector<AwardRecord> of,
                     LearnerStore().AwardsOf(work.tx, work.reach.tenant, record.centre, record.id));
    for (const AwardRecord& award : of) {
      if (award.state == AwardState::kClaimed) {
        return Error(Code::kFailedPrecondition, kErasureBlocked,
                     absl::StrCat(award.Name(), " is not decided; decide it first"))
            .With("registration", record.Name())
            .With("award", award.Name());
      }
      awards.push_back(award);
    }
  }
  return absl::OkStatus();
}

// Every version of every planner of the centre that names the learner. Returns how many changed.
absl::StatusOr<int> EraseFromPlanners(const Work& work, const std::string& centre,
                                      const Pseudonym& who) {
  PlannerErasureStore store;
  int versions = 0;
  const std::string& tenant = work.reach.tenant;
  ASSIGN_OR_RETURN(const std::vector<PlannerVersionKey> keys,
                   store.VersionKeys(work.tx, tenant, centre));
  for (const PlannerVersionKey& key : keys) {
    PlannerRecord planner;
    planner.centre = centre;
    planner.id = key.planner;
    ASSIGN_OR_RETURN(PlannerVersion version,
                     PlannerStore().GetVersion(work.tx, tenant, planner, key.number));
    ASSIGN_OR_RETURN(const bool changed, EraseFrom(version, who));
    if (!changed) continue;
    RETURN_IF_ERROR(store.RewriteVersion(work.tx, tenant, planner, version));
    ++versions;
  }
  RETURN_IF_ERROR(store.RenameLearner(work.tx, tenant, centre, who.enrolment, who.pseudonym));
  RETURN_IF_ERROR(LearnerTraces().Rewrite(work.tx, tenant, centre, who.enrolment, who.name,
                                          [&](std::string& text) { return EraseFrom(text, who); }));
  return versions;
}

absl::Status EraseRegistration(const Work& work, RegistrationRecord& record,
                               const ErasureRecord& erasure) {
  record.learner = {.enrolment = absl::StrCat(erasure.pseudonym, "-", record.id),
                    .name = "",
                    .uln = "",
                    .birth_day = std::nullopt};
  record.programme.clear();
  record.state_reason.clear();
  record.state = RegistrationState::kErased;
  record.erasure = erasure.Name();
  record.update_time = work.call.now;
  return LearnerStore().Update(
      work.tx, work.reach.tenant, record,
      {"erased", erasure.reason, std::string(work.call.subject()), work.call.now});
}

}  // namespace

absl::StatusOr<ErasureRecord> EraseLearner(const Work& work, const ErasureOrder& order) {
  LearnerStore store;
  ASSIGN_OR_RETURN(const RegistrationRecord first,
                   store.Get(work.tx, work.reach, order.centre, order.registration));
  RETURN_IF_ERROR(CheckChange(first, RegistrationState::kErased));
  ASSIGN_OR_RETURN(std::vector<RegistrationRecord> records,
                   store.OfLearner(work.tx, work.reach.tenant, first.centre, first.learner));
  std::erase_if(records, [](const auto& r) { return r.state == RegistrationState::kErased; });
  std::vector<AwardRecord> awards;
  RETURN_IF_ERROR(CheckUndecided(work, records, awards));
  ErasureRecord erasure;
  erasure.centre = first.centre;
  erasure.id = work.context.ids.NextId(work.call.now);
  erasure.legal_basis = order.legal_basis;
  erasure.reason = order.reason;
  erasure.officer = std::string(work.call.subject());
  erasure.pseudonym = "erased-" + erasure.id;
  erasure.time = work.call.now;
  std::set<std::pair<std::string, std::string>> at;
  for (RegistrationRecord& record : records) {
    erasure.registrations.push_back(record.Name());
    EraseFrom(erasure.reason, PseudonymOf(record, erasure.pseudonym));
    if (at.emplace(record.centre, record.learner.enrolment + "\n" + record.learner.name).second) {
      ASSIGN_OR_RETURN(
          const int versions,
          EraseFromPlanners(work, record.centre, PseudonymOf(record, erasure.pseudonym)));
      erasure.planner_versions += versions;
    }
    RETURN_IF_ERROR(EraseRegistration(work, record, erasure));
  }
  for (AwardRecord& award : awards) {
    if (award.state == AwardState::kAwarded) {
      erasure.kept_awards.push_back(award.Name());
      continue;
    }
    award.learner_name.clear();
    award.uln.clear();
    RETURN_IF_ERROR(store.UpdateAward(work.tx, work.reach.tenant, award));
  }
  RETURN_IF_ERROR(store.InsertErasure(work.tx, work.reach.tenant, erasure));
  RETURN_IF_ERROR(EmitErased(work, erasure));
  return erasure;
}

}  // namespace assay::approval
