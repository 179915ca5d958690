#include "services/approval/commands/check_standing.h"

#include "absl/strings/str_cat.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/core/view.h"

namespace assay::approval {
namespace {

using platform::View;

std::string MessageFor(Standing standing, absl::CivilDay day, CentreState state,
                       std::string_view centre, std::string_view qualification) {
  const std::string on = " on " + absl::FormatCivilTime(day);
  switch (standing) {
    case Standing::kInForce:
      return "";
    case Standing::kCentreNotApproved:
      return absl::StrCat("centres/", View(centre), " was not approved", on, " but ",
                          View(NameOf(state)));
    case Standing::kNoApproval:
      return absl::StrCat("centres/", View(centre), " has no approval for qualifications/",
                          View(qualification));
    case Standing::kNotYetEffective:
      return absl::StrCat("the approval for qualifications/", View(qualification),
                          " was not yet in force", on);
    case Standing::kWithdrawn:
      return absl::StrCat("the approval for qualifications/", View(qualification),
                          " was withdrawn before ", absl::FormatCivilTime(day + 1));
  }
  return "";
}

}  // namespace

absl::StatusOr<StandingAnswer> CheckStanding(const Work& work, std::string_view centre_id,
                                             std::string_view qualification,
                                             std::optional<absl::CivilDay> day) {
  Store& store = work.context.store;
  ASSIGN_OR_RETURN(const Centre centre, store.GetCentre(work.tx, work.reach, centre_id));
  const absl::CivilDay today = absl::ToCivilDay(work.call.now, absl::UTCTimeZone());
  const absl::CivilDay asked = day.value_or(today);
  CentreState state = centre.state;
  if (asked < today) {
    const absl::Time end_of_day = absl::FromCivil(asked + 1, absl::UTCTimeZone());
    ASSIGN_OR_RETURN(const auto past,
                     store.LastStateBefore(work.tx, work.reach.tenant, centre.id, end_of_day));
    // Before its first change a centre was applied or closed; neither is approved.
    state = past.value_or(CentreState::kApplied);
  }
  ASSIGN_OR_RETURN(const auto approvals,
                   store.ApprovalsOf(work.tx, work.reach.tenant, centre.id, qualification));
  StandingAnswer answer;
  answer.standing = StandingOn(asked, state, approvals);
  answer.message = MessageFor(answer.standing, asked, state, centre.id, qualification);
  answer.centre_title = centre.facts.title;
  return answer;
}

}  // namespace assay::approval
