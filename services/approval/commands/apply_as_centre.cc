#include "services/approval/commands/apply_as_centre.h"

#include <map>
#include <set>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/approval/commands/change_centre_state.h"
#include "services/approval/commands/find_duplicates.h"
#include "services/approval/errors.h"
#include "services/approval/import/likeness.h"
#include "services/approval/search.h"
#include "services/approval/stores/applications.h"
#include "services/approval/stores/centre_search.h"
#include "services/approval/stores/centre_sources.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/core/view.h"
#include "services/platform/error/error.h"

namespace assay::approval {
namespace {

using platform::Error;
using platform::View;

// A postcode or name of more centres than this is looked at no further.
constexpr std::size_t kCandidatesMax = 500;

struct Reason {
  std::string_view reason;  // Of Compare.
  std::string_view by;
  std::string_view field;
};
constexpr Reason kNumbers[] = {{"SAME_URN", "urn", "urn"},
                               {"SAME_UKPRN", "ukprn", "ukprn"},
                               {"SAME_LAESTAB", "laestab", "laestab"}};

Error Exists(const Centre& other, std::string_view by, std::string_view field,
             std::string_view what_to_do) {
  const std::string name = "centres/" + (other.merged_into.empty() ? other.id : other.merged_into);
  return Error(
             absl::StatusCode::kAlreadyExists, kCentreExists,
             absl::StrCat(name, ", \"", other.facts.title, "\", is known with the same ", View(by),
                          " and is ", View(NameOf(other.state)), " (QUAL-7); ", View(what_to_do)))
      .With("centre", name)
      .With("by", by)
      .With("rule", "QUAL-7")
      .Field(field, absl::StrCat("is that of ", name));
}

constexpr std::string_view kUseIt = "one that is listed applies itself, another is that centre";
constexpr std::string_view kOrSay =
    "use that one, or say with allow_similar that this is another one";

// QUAL-7: one centre is approved once, so it must not come in a second time.
absl::Status CheckUnknown(const Work& work, const NewCentre& wanted) {
  const Establishment& facts = wanted.facts;
  ASSIGN_OR_RETURN(const auto owners,
                   CentreSourceStore().FindKeys(work.tx, work.reach.tenant, KeysOf(facts, {})));
  std::set<std::string> candidates;
  if (const std::string id = CentreId(facts); !id.empty()) candidates.insert(id);
  for (const auto& [key, centres] : owners) {
    if (centres.size() <= kCandidatesMax) candidates.insert(centres.begin(), centres.end());
  }
  const std::vector<std::string> ids(candidates.begin(), candidates.end());
  ASSIGN_OR_RETURN(const auto others,
                   work.context.store.FindCentres(work.tx, work.reach.tenant, ids));
  const Likely own = LikelyOf(facts);
  const Centre* similar = nullptr;
  int score = 0;  // Of the most similar.
  for (const auto& [id, other] : others) {
    const Likeness likeness = Compare(own, LikelyOf(other.facts));
    const std::set<std::string> reasons(likeness.reasons.begin(), likeness.reasons.end());
    for (const auto& [reason, by, field] : kNumbers) {
      if (reasons.contains(std::string(reason))) return Exists(other, by, field, kUseIt);
    }
    if (likeness.score <= score || !other.merged_into.empty()) continue;
    similar = &other;
    score = likeness.score;
  }
  if (similar == nullptr || wanted.allow_similar) return absl::OkStatus();
  return Exists(*similar, "name and postcode", "title", kOrSay);
}

absl::Status KeepApplication(const Work& work, const std::string& centre,
                             const std::string& applicant, const std::string& reason) {
  return ApplicationStore().Insert(work.tx, work.reach.tenant,
                                   {.centre = centre,
                                    .id = work.context.ids.NextId(work.call.now),
                                    .applicant = applicant,
                                    .reason = reason,
                                    .actor = std::string(work.call.subject()),
                                    .time = work.call.now});
}

}  // namespace

absl::StatusOr<Centre> CreateCentre(const Work& work, const NewCentre& wanted) {
  RETURN_IF_ERROR(CheckUnknown(work, wanted));
  const std::string& tenant = work.reach.tenant;
  Centre centre;
  centre.facts = wanted.facts;
  centre.id = CentreId(wanted.facts);
  if (centre.id.empty()) centre.id = OwnCentreId(work.context.ids.NextId(work.call.now));
  centre.state = CentreState::kListed;
  centre.create_time = work.call.now;
  centre.update_time = work.call.now;
  const SourceFacts said{std::string(kApplication), centre.id, FactsOf(centre.facts)};
  const IndexedCentre indexed[] = {{centre, WordsOf(centre.facts)}};
  const absl::Status made = work.context.store.InsertCentres(work.tx, tenant, indexed);
  if (absl::IsAlreadyExists(made)) return Exists(centre, "number", "urn", kUseIt);
  RETURN_IF_ERROR(made);
  CentreSourceStore sources;
  RETURN_IF_ERROR(sources.Put(work.tx, tenant, {centre.id, said, work.call.now}));
  RETURN_IF_ERROR(CentreSearch().Learn(work.tx, tenant, indexed[0].words));
  const KeyedCentre keyed[] = {{centre, KeysOf(centre.facts, {&said, 1})}};
  RETURN_IF_ERROR(sources.SetKeys(work.tx, tenant, centre.id, keyed[0].keys));
  RETURN_IF_ERROR(FindDuplicates(work, keyed));
  return ApplyAsCentre(work, centre.id, {wanted.applicant, wanted.reason});
}

absl::StatusOr<Centre> ApplyAsCentre(const Work& work, std::string_view id,
                                     const CentreApplication& application) {
  ASSIGN_OR_RETURN(Centre centre, ChangeCentreState(work, id,
                                                    {CentreState::kApplied, application.reason,
                                                     application.etag, CentreState::kListed}));
  RETURN_IF_ERROR(KeepApplication(work, centre.id, application.applicant, application.reason));
  return centre;
}

}  // namespace assay::approval
