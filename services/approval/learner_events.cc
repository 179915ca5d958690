#include "absl/strings/str_cat.h"
#include "assay/approval/v1/events.pb.h"
#include "services/approval/events.h"
#include "services/approval/timeline.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/rpc/emit.h"

namespace assay::approval {
namespace {

// Every event about a centre names it and its title.
template <typename Payload>
absl::Status Emit(const Work& work, const std::string& centre, const std::string& resource,
                  Payload payload) {
  ASSIGN_OR_RETURN(const Centre found, work.context.store.GetCentre(work.tx, work.reach, centre));
  payload.set_centre("centres/" + centre);
  payload.set_centre_title(found.facts.title);
  return platform::Emit(work.tx, work.call, work.context.ids, resource, payload);
}

}  // namespace

absl::Status EmitAwardChanged(const Work& work, const AwardRecord& award) {
  v1::AwardStateChanged payload;
  payload.set_award(award.Name());
  payload.set_registration(
      absl::StrCat("centres/", award.centre, "/registrations/", award.registration));
  payload.set_qualification("qualifications/" + award.qualification);
  payload.set_state(std::string(NameOf(award.state)));
  payload.set_reason(award.reason);
  return Emit(work, award.centre, award.Name(), std::move(payload));
}

absl::Status EmitErased(const Work& work, const ErasureRecord& erasure) {
  v1::LearnerErased payload;
  payload.set_erasure(erasure.Name());
  for (const std::string& name : erasure.registrations) payload.add_registrations(name);
  payload.set_registration_count(static_cast<std::int32_t>(erasure.registrations.size()));
  return Emit(work, erasure.centre, erasure.Name(), std::move(payload));
}

absl::Status EmitRiskChanged(const Work& work, const std::string& centre,
                             const QualityOutcome& outcome) {
  v1::CentreRiskChanged payload;
  payload.set_level(std::string(NameOf(outcome.level)));
  payload.set_reason(outcome.reason);
  if (outcome.next_review.has_value()) {
    payload.set_next_review_day(absl::FormatCivilTime(*outcome.next_review));
  }
  payload.set_interim(outcome.interim);
  const std::string name = absl::StrCat("centres/", centre, "/risk");
  RETURN_IF_ERROR(RecordDecision(work, {TimelineKind::kQuality, centre, name,
                                        "risk: " + payload.level(), payload.reason(), "MOD-14"}));
  return Emit(work, centre, name, std::move(payload));
}

absl::Status EmitDirectClaimsChanged(const Work& work, const std::string& centre,
                                     const ClaimOutcome& claim) {
  v1::DirectClaimStatusChanged payload;
  payload.set_qualification("qualifications/" + claim.qualification);
  payload.set_state(claim.granted ? "granted" : "not granted");
  payload.set_reason(claim.reason);
  const std::string name =
      absl::StrCat("centres/", centre, "/directClaimStatuses/", claim.qualification);
  RETURN_IF_ERROR(RecordDecision(
      work, {TimelineKind::kQuality, centre, name,
             absl::StrCat("direct claims ", payload.state(), ": ", claim.qualification),
             payload.reason(), "MOD-14"}));
  return Emit(work, centre, name, std::move(payload));
}

}  // namespace assay::approval
