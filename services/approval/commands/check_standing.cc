#include "services/approval/commands/check_standing.h"

#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/approval/errors.h"
#include "services/approval/stores/approvals.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/core/view.h"
#include "services/platform/error/error.h"

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
    case Standing::kSuspended:
      return absl::StrCat("the approval for qualifications/", View(qualification), " was suspended",
                          on);
    case Standing::kExpired:
      return absl::StrCat("the approval for qualifications/", View(qualification), " had expired",
                          on);
    case Standing::kNotUsedInTime:
      return absl::StrCat("the approval for qualifications/", View(qualification), " had lapsed",
                          on, ", because no learner was registered in time");
  }
  return "";
}

// The state at the end of `day`, from all that are known, oldest first.
CentreState StateOn(absl::CivilDay day,
                    const std::vector<std::pair<absl::Time, CentreState>>& states) {
  const absl::Time end_of_day = absl::FromCivil(day + 1, absl::UTCTimeZone());
  // Before its first change a centre was applied or closed; neither is approved.
  CentreState state = CentreState::kApplied;
  for (const auto& [time, to] : states) {
    if (time < end_of_day) state = to;
  }
  return state;
}

}  // namespace

absl::StatusOr<std::vector<StandingAnswer>> CheckStandings(
    const Work& work, std::span<const StandingQuestion> questions) {
  Store& store = work.context.store;
  const std::string& tenant = work.reach.tenant;
  std::set<std::string> wanted;
  for (const StandingQuestion& question : questions) {
    if (work.reach.within.empty() || work.reach.within == question.centre) {
      wanted.insert(question.centre);
    }
  }
  const std::vector<std::string> ids(wanted.begin(), wanted.end());
  ASSIGN_OR_RETURN(const auto centres, store.FindCentres(work.tx, tenant, ids));
  ASSIGN_OR_RETURN(const auto states, store.StatesOfCentres(work.tx, tenant, ids));
  ASSIGN_OR_RETURN(auto approvals, store.ApprovalsOfCentres(work.tx, tenant, ids));
  RETURN_IF_ERROR(ApprovalStore().LoadSuspensions(work.tx, tenant, approvals));
  const absl::CivilDay today = Today(work);
  std::vector<StandingAnswer> answers;
  for (const StandingQuestion& question : questions) {
    StandingAnswer& answer = answers.emplace_back();
    const auto centre = centres.find(question.centre);
    if (centre == centres.end()) {
      answer.centre_found = false;
      answer.message = "there is no such centre that you may see";
      continue;
    }
    const absl::CivilDay day = question.day.value_or(today);
    CentreState state = centre->second.state;
    if (day < today) {
      const auto known = states.find(question.centre);
      state = known == states.end() ? CentreState::kApplied : StateOn(day, known->second);
    }
    std::vector<QualificationApproval> of_qualification;
    for (const QualificationApproval& approval : approvals[question.centre]) {
      if (approval.qualification == question.qualification) of_qualification.push_back(approval);
    }
    answer.standing = StandingOn(day, state, of_qualification);
    answer.message =
        MessageFor(answer.standing, day, state, question.centre, question.qualification);
    answer.centre_title = centre->second.facts.title;
  }
  return answers;
}

absl::StatusOr<StandingAnswer> CheckStanding(const Work& work, std::string_view centre_id,
                                             std::string_view qualification,
                                             std::optional<absl::CivilDay> day) {
  const StandingQuestion question = {std::string(centre_id), std::string(qualification), day};
  ASSIGN_OR_RETURN(std::vector<StandingAnswer> answers, CheckStandings(work, {&question, 1}));
  if (answers[0].centre_found) return std::move(answers[0]);
  const std::string name = absl::StrCat("centres/", View(centre_id));
  return platform::Error(absl::StatusCode::kNotFound, kCentreNotFound,
                         absl::StrCat("there is no ", name, " that you may see"))
      .With("centre", name);
}

}  // namespace assay::approval
