#include "services/approval/commands/manage_sites.h"

#include "absl/strings/str_cat.h"
#include "services/approval/errors.h"
#include "services/approval/oversight_events.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/core/view.h"
#include "services/platform/error/error.h"

namespace assay::approval {
namespace {

using platform::Error;
using platform::View;
using Code = absl::StatusCode;

absl::StatusOr<SiteRecord> Find(const Work& work, const SiteTarget& target) {
  ASSIGN_OR_RETURN(SiteRecord site, SiteStore().Get(work.tx, work.reach, target.centre, target.id));
  RETURN_IF_ERROR(platform::CheckEtag(target.etag, site.version, site.Name()));
  return site;
}

absl::StatusOr<SiteState> StateAfter(const SiteRecord& site, SiteStep step) {
  const SiteEdge* edge = FindSiteEdge(site.state, step);
  if (edge != nullptr) return edge->to;
  return Error(Code::kFailedPrecondition, kSiteStateWrong,
               absl::StrCat(site.Name(), " is ", View(NameOf(site.state)), "; the step \"",
                            View(NameOf(step)), "\" is possible only when it is ",
                            SourcesOf<SiteState, SiteStep>(SiteEdges(), step), " (QUAL-9)"))
      .With("site", site.Name())
      .With("state", NameOf(site.state))
      .With("step", NameOf(step))
      .With("rule", "QUAL-9")
      .Field("name", absl::StrCat("is ", View(NameOf(site.state))));
}

void Fill(const SiteForm& form, SiteRecord& site) {
  site.title = form.title;
  site.address_lines = form.address_lines;
  site.town = form.town;
  site.postcode = NormalPostcode(form.postcode);
}

absl::StatusOr<SiteRecord> Keep(const Work& work, SiteRecord site) {
  site.update_time = work.call.now;
  RETURN_IF_ERROR(SiteStore().Update(work.tx, work.reach.tenant, site));
  RETURN_IF_ERROR(EmitSiteChanged(work, site, std::string(NameOf(site.state))));
  return site;
}

}  // namespace

absl::StatusOr<SiteRecord> ProposeSite(const Work& work, const std::string& centre_id,
                                       const SiteForm& form) {
  ASSIGN_OR_RETURN(const Centre centre,
                   work.context.store.GetCentre(work.tx, work.reach, centre_id));
  const std::string name = "centres/" + centre.id;
  if (centre.state == CentreState::kWithdrawn || centre.state == CentreState::kClosed) {
    return Error(Code::kFailedPrecondition, kCentreStateWrong,
                 absl::StrCat(name, " is ", View(NameOf(centre.state)),
                              "; it opens no sites (QUAL-9)"))
        .With("centre", name)
        .With("state", NameOf(centre.state))
        .With("rule", "QUAL-9")
        .Field("parent", absl::StrCat("is ", View(NameOf(centre.state))));
  }
  SiteStore store;
  ASSIGN_OR_RETURN(const int count, store.Count(work.tx, work.reach.tenant, centre.id));
  if (count >= kSitesMost) {
    return Error(Code::kResourceExhausted, kListFull,
                 absl::StrCat(name, " has ", count, " sites, as many as can be kept"))
        .With("parent", name)
        .With("most", absl::StrCat(kSitesMost));
  }
  SiteRecord site;
  site.centre = centre.id;
  site.id = work.context.ids.NextId(work.call.now);
  Fill(form, site);
  site.create_time = work.call.now;
  site.update_time = work.call.now;
  RETURN_IF_ERROR(store.Insert(work.tx, work.reach.tenant, site));
  RETURN_IF_ERROR(EmitSiteChanged(work, site, "proposed"));
  return site;
}

absl::StatusOr<SiteRecord> UpdateSite(const Work& work, const SiteTarget& target,
                                      const SiteForm& form) {
  ASSIGN_OR_RETURN(SiteRecord site, Find(work, target));
  const SiteRecord before = site;
  Fill(form, site);
  const bool moves = site.address_lines != before.address_lines || site.town != before.town ||
                     site.postcode != before.postcode;
  ASSIGN_OR_RETURN(site.state, StateAfter(site, moves ? SiteStep::kMove : SiteStep::kEdit));
  if (site.state == SiteState::kProposed) {
    site.open_day.reset();
    site.state_reason.clear();
  }
  return Keep(work, std::move(site));
}

absl::StatusOr<SiteRecord> ApproveSite(const Work& work, const SiteTarget& target,
                                       std::optional<absl::CivilDay> open_day) {
  ASSIGN_OR_RETURN(SiteRecord site, Find(work, target));
  ASSIGN_OR_RETURN(site.state, StateAfter(site, SiteStep::kApprove));
  site.open_day = open_day.value_or(Today(work));
  site.state_reason.clear();
  return Keep(work, std::move(site));
}

absl::StatusOr<SiteRecord> RefuseSite(const Work& work, const SiteTarget& target,
                                      const std::string& reason) {
  ASSIGN_OR_RETURN(SiteRecord site, Find(work, target));
  ASSIGN_OR_RETURN(site.state, StateAfter(site, SiteStep::kRefuse));
  site.state_reason = reason;
  return Keep(work, std::move(site));
}

absl::StatusOr<SiteRecord> CloseSite(const Work& work, const SiteTarget& target,
                                     std::optional<absl::CivilDay> close_day,
                                     const std::string& reason) {
  ASSIGN_OR_RETURN(SiteRecord site, Find(work, target));
  ASSIGN_OR_RETURN(site.state, StateAfter(site, SiteStep::kClose));
  site.close_day = close_day.value_or(Today(work));
  if (site.open_day.has_value() && *site.close_day < *site.open_day) {
    return Error(Code::kInvalidArgument, kDaysInvalid, "a site closes on or after its first day")
        .With("day", absl::FormatCivilTime(*site.close_day))
        .Field("close_day", "is before the first day");
  }
  site.state_reason = reason;
  return Keep(work, std::move(site));
}

absl::StatusOr<SiteRecord> DeleteSite(const Work& work, const SiteTarget& target) {
  ASSIGN_OR_RETURN(const SiteRecord site, Find(work, target));
  RETURN_IF_ERROR(StateAfter(site, SiteStep::kDelete).status());
  RETURN_IF_ERROR(SiteStore().Delete(work.tx, work.reach.tenant, site));
  RETURN_IF_ERROR(EmitSiteChanged(work, site, "deleted"));
  return site;
}

}  // namespace assay::approval
