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

// Who goes, and what comes instead, as the learner is known at `centre`: an enrolment number is a
// centre's own and means somebody else at another one; name and national number mean the same.
Pseudonym PseudonymAt(const std::string& centre, const RegistrationRecord& record,
                      const std::string& pseudonym) {
  Pseudonym who{"", record.learner.name, pseudonym, record.learner.uln};
  if (who.uln == kTemporaryUln) who.uln.clear();
  if (record.centre == centre) who.enrolment = record.learner.enrolment;
  return who;
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
            .With("award", award.Name())
            .With("rule", "EVD-5")
            .Field("name", absl::StrCat("has the claim ", award.Name()));
      }
      awards.push_back(award);
    }
  }
  return absl::OkStatus();
}

// Every version of every planner of the centre that names the learner; adds those that changed.
absl::Status EraseFromPlanners(const Work& work, const std::string& centre, const Pseudonym& who,
                               std::set<std::string>& rewritten) {
  PlannerErasureStore store;
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
    rewritten.insert(absl::StrCat(centre, "/", key.planner, "/", key.number));
  }
  if (who.enrolment.empty()) return absl::OkStatus();
  return store.RenameLearner(work.tx, tenant, centre, who.enrolment, who.pseudonym);
}

absl::Status EraseFromTexts(const Work& work, const std::string& centre, const Pseudonym& who) {
  const std::string words[] = {who.enrolment, who.name, who.uln};
  LearnerTraces traces;
  const std::string& tenant = work.reach.tenant;
  RETURN_IF_ERROR(traces.Rewrite(work.tx, tenant, centre, words,
                                 [&](std::string& text) { return EraseFrom(text, who); }));
  return traces.RewriteReviews(work.tx, tenant, centre, [&](std::string& document) {
    return EraseFromReview(document, who);
  });
}

// At every centre where the learner was, under each name and number that they had anywhere.
absl::Status EraseEverywhere(const Work& work, const std::vector<RegistrationRecord>& records,
                             ErasureRecord& erasure) {
  std::set<std::string> centres, done, rewritten;
  for (const RegistrationRecord& record : records) centres.insert(record.centre);
  for (const std::string& centre : centres) {
    for (const RegistrationRecord& record : records) {
      const Pseudonym who = PseudonymAt(centre, record, erasure.pseudonym);
      if (!done.insert(absl::StrCat(centre, "\n", who.enrolment, "\n", who.name, "\n", who.uln))
               .second) {
        continue;
      }
      RETURN_IF_ERROR(EraseFromPlanners(work, centre, who, rewritten));
      RETURN_IF_ERROR(EraseFromTexts(work, centre, who));
    }
  }
  erasure.planner_versions = static_cast<int>(rewritten.size());
  return absl::OkStatus();
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
  for (const RegistrationRecord& record : records) {
    erasure.registrations.push_back(record.Name());
    EraseFrom(erasure.reason, PseudonymAt(record.centre, record, erasure.pseudonym));
  }
  RETURN_IF_ERROR(EraseEverywhere(work, records, erasure));
  for (RegistrationRecord& record : records) {
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
