#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "assay/approval/v1/lifecycle_service.pb.h"
#include "services/approval/commands/change_centre_state.h"
#include "services/approval/commands/link_centres.h"
#include "services/approval/commands/manage_sites.h"
#include "services/approval/convert.h"
#include "services/approval/rpcs/requests.h"
#include "services/approval/rpcs/rpcs.h"
#include "services/platform/rpc/etag.h"

namespace assay::approval {
namespace {

constexpr std::size_t kTitleCharactersMax = 200;
constexpr std::size_t kTownCharactersMax = 100;
constexpr std::size_t kPostcodeCharactersMax = 20;
constexpr int kAddressLinesMax = 6;

v1::Site ToProto(const SiteRecord& site) {
  v1::Site out;
  out.set_name(site.Name());
  out.set_title(site.title);
  for (const std::string& line : site.address_lines) out.add_address_lines(line);
  out.set_town(site.town);
  out.set_postcode(site.postcode);
  // The API's enum begins with one value that is never meant.
  out.set_state(static_cast<v1::Site::State>(static_cast<int>(site.state) + 1));
  if (site.open_day.has_value()) *out.mutable_open_day() = ToDate(*site.open_day);
  if (site.close_day.has_value()) *out.mutable_close_day() = ToDate(*site.close_day);
  out.set_state_reason(site.state_reason);
  *out.mutable_create_time() = ToTimestamp(site.create_time);
  *out.mutable_update_time() = ToTimestamp(site.update_time);
  out.set_etag(platform::EtagOf(site.version));
  return out;
}

absl::StatusOr<SiteForm> FormFrom(const v1::Site& site) {
  SiteForm form;
  ASSIGN_OR_RETURN(form.title, LineFrom("site.title", site.title(), kTitleCharactersMax));
  if (site.address_lines_size() > kAddressLinesMax) {
    return FieldInvalid("site.address_lines", absl::StrCat("has more than ", kAddressLinesMax));
  }
  for (int i = 0; i < site.address_lines_size(); ++i) {
    ASSIGN_OR_RETURN(std::string line, LineFrom(absl::StrCat("site.address_lines[", i, "]"),
                                                site.address_lines(i), kTitleCharactersMax));
    form.address_lines.push_back(std::move(line));
  }
  ASSIGN_OR_RETURN(form.town, OptionalLineFrom("site.town", site.town(), kTownCharactersMax));
  ASSIGN_OR_RETURN(form.postcode,
                   LineFrom("site.postcode", site.postcode(), kPostcodeCharactersMax));
  return form;
}

absl::StatusOr<SiteTarget> TargetOf(const std::string& text, const std::string& etag) {
  ASSIGN_OR_RETURN(ChildName name, ChildNameFrom("name", text, "sites"));
  return SiteTarget{std::move(name.centre), std::move(name.id), etag};
}

absl::StatusOr<v1::Centre> Reinstate(const Work& work, const v1::ReinstateCentreRequest& request) {
  ASSIGN_OR_RETURN(const std::string id, CentreIdFrom("name", request.name()));
  ASSIGN_OR_RETURN(std::string reason, ReasonFrom(request.reason()));
  ASSIGN_OR_RETURN(const Centre centre,
                   ChangeCentreState(work, id,
                                     {CentreState::kApproved, std::move(reason), request.etag(),
                                      CentreState::kSuspended}));
  return ToProto(centre);
}

absl::StatusOr<v1::Centre> Reapply(const Work& work, const v1::ReapplyCentreRequest& request) {
  ASSIGN_OR_RETURN(const std::string id, CentreIdFrom("name", request.name()));
  ASSIGN_OR_RETURN(std::string reason, OptionalReasonFrom(request.reason()));
  ASSIGN_OR_RETURN(const Centre centre,
                   ChangeCentreState(work, id,
                                     {CentreState::kApplied, std::move(reason), request.etag(),
                                      CentreState::kWithdrawn}));
  return ToProto(centre);
}

absl::StatusOr<v1::Centre> Close(const Work& work, const v1::CloseCentreRequest& request) {
  ASSIGN_OR_RETURN(const std::string id, CentreIdFrom("name", request.name()));
  ASSIGN_OR_RETURN(const std::string reason, ReasonFrom(request.reason()));
  if (!request.successor().empty()) {
    ASSIGN_OR_RETURN(const std::string successor, CentreIdFrom("successor", request.successor()));
    RETURN_IF_ERROR(LinkSuccessor(work, id, successor, reason).status());
  }
  ASSIGN_OR_RETURN(const Centre centre,
                   ChangeCentreState(work, id, {CentreState::kClosed, reason, request.etag()}));
  return ToProto(centre);
}

absl::StatusOr<v1::Centre> Reopen(const Work& work, const v1::ReopenCentreRequest& request) {
  ASSIGN_OR_RETURN(const std::string id, CentreIdFrom("name", request.name()));
  ASSIGN_OR_RETURN(const std::string reason, ReasonFrom(request.reason()));
  ASSIGN_OR_RETURN(const Centre centre, ReopenCentre(work, id, reason, request.etag()));
  return ToProto(centre);
}

v1::CentreLink ToProto(const Work& work, const LinkedCentres& both, const std::string& reason) {
  v1::CentreLink out;
  out.set_predecessor("centres/" + both.predecessor.id);
  out.set_predecessor_title(both.predecessor.facts.title);
  out.set_successor("centres/" + both.successor.id);
  out.set_successor_title(both.successor.facts.title);
  out.set_source(v1::CentreLink::SOURCE_OFFICER);
  out.set_reason(reason);
  *out.mutable_create_time() = ToTimestamp(work.call.now);
  return out;
}

template <typename Request>
absl::StatusOr<v1::CentreLink> ChangeLink(
    const Work& work, const Request& request,
    absl::StatusOr<LinkedCentres> (*change)(const Work&, const std::string&, const std::string&,
                                            const std::string&)) {
  ASSIGN_OR_RETURN(const std::string id, CentreIdFrom("name", request.name()));
  ASSIGN_OR_RETURN(const std::string successor, CentreIdFrom("successor", request.successor()));
  ASSIGN_OR_RETURN(const std::string reason, ReasonFrom(request.reason()));
  ASSIGN_OR_RETURN(const LinkedCentres both, change(work, id, successor, reason));
  return ToProto(work, both, reason);
}

absl::StatusOr<v1::CentreLink> Link(const Work& work, const v1::LinkSuccessorRequest& request) {
  return ChangeLink(work, request, LinkSuccessor);
}

absl::StatusOr<v1::CentreLink> Unlink(const Work& work, const v1::UnlinkSuccessorRequest& request) {
  return ChangeLink(work, request, UnlinkSuccessor);
}

v1::CentreLink ToProto(const Centre& centre, const LinkRecord& link) {
  v1::CentreLink out;
  const std::string own = "centres/" + centre.id, other = "centres/" + link.other;
  out.set_predecessor(link.predecessor ? other : own);
  out.set_predecessor_title(link.predecessor ? link.other_title : centre.facts.title);
  out.set_successor(link.predecessor ? own : other);
  out.set_successor_title(link.predecessor ? centre.facts.title : link.other_title);
  out.set_source(link.by_officer ? v1::CentreLink::SOURCE_OFFICER
                                 : v1::CentreLink::SOURCE_REGISTER);
  out.set_reason(link.reason);
  if (link.time.has_value()) *out.mutable_create_time() = ToTimestamp(*link.time);
  return out;
}

absl::StatusOr<v1::ListCentreLinksResponse> ListLinks(const Work& work,
                                                      const v1::ListCentreLinksRequest& request) {
  ASSIGN_OR_RETURN(const std::string id, CentreIdFrom("parent", request.parent()));
  ASSIGN_OR_RETURN(const PageRequest page,
                   PageRequest::From(request, work.reach, {"ListCentreLinks", request.parent()}));
  ASSIGN_OR_RETURN(const Centre centre, work.context.store.GetCentre(work.tx, work.reach, id));
  ASSIGN_OR_RETURN(std::vector<LinkRecord> found,
                   LinkStore().List(work.tx, work.reach.tenant, centre, page.after, page.size + 1));
  v1::ListCentreLinksResponse response;
  SetNextPage(found, page, response, [](const LinkRecord& link) { return link.Position(); });
  for (const LinkRecord& link : found) *response.add_links() = ToProto(centre, link);
  return response;
}

absl::StatusOr<v1::Site> Create(const Work& work, const v1::CreateSiteRequest& request) {
  ASSIGN_OR_RETURN(const std::string centre, CentreIdFrom("parent", request.parent()));
  ASSIGN_OR_RETURN(const SiteForm form, FormFrom(request.site()));
  ASSIGN_OR_RETURN(const SiteRecord site, ProposeSite(work, centre, form));
  return ToProto(site);
}

absl::StatusOr<v1::Site> Get(const Work& work, const v1::GetSiteRequest& request) {
  ASSIGN_OR_RETURN(const ChildName name, ChildNameFrom("name", request.name(), "sites"));
  ASSIGN_OR_RETURN(const SiteRecord site,
                   SiteStore().Get(work.tx, work.reach, name.centre, name.id));
  return ToProto(site);
}

absl::StatusOr<v1::ListSitesResponse> List(const Work& work, const v1::ListSitesRequest& request) {
  ASSIGN_OR_RETURN(const std::string centre, ParentFrom(request.parent()));
  std::optional<SiteState> state;
  if (request.state() != v1::Site::STATE_UNSPECIFIED) {
    if (!v1::Site::State_IsValid(request.state())) {
      return FieldInvalid("state", "is no state of a site");
    }
    state = static_cast<SiteState>(static_cast<int>(request.state()) - 1);
  }
  ASSIGN_OR_RETURN(const PageRequest page,
                   PageRequest::From(request, work.reach,
                                     {"ListSites", request.parent(),
                                      absl::StrCat(static_cast<int>(request.state()))}));
  ASSIGN_OR_RETURN(std::vector<SiteRecord> found,
                   SiteStore().List(work.tx, work.reach, centre, state, page.after, page.size + 1));
  v1::ListSitesResponse response;
  SetNextPage(found, page, response,
              [](const SiteRecord& site) { return absl::StrCat(site.centre, "/", site.id); });
  for (const SiteRecord& site : found) *response.add_sites() = ToProto(site);
  return response;
}

absl::StatusOr<v1::Site> Update(const Work& work, const v1::UpdateSiteRequest& request) {
  ASSIGN_OR_RETURN(const SiteTarget target, TargetOf(request.name(), request.etag()));
  if (request.etag().empty()) {
    return FieldInvalid("etag", "is missing; send that of the site that you changed");
  }
  ASSIGN_OR_RETURN(const SiteForm form, FormFrom(request.site()));
  ASSIGN_OR_RETURN(const SiteRecord site, UpdateSite(work, target, form));
  return ToProto(site);
}

absl::StatusOr<v1::Site> Approve(const Work& work, const v1::ApproveSiteRequest& request) {
  ASSIGN_OR_RETURN(const SiteTarget target, TargetOf(request.name(), request.etag()));
  ASSIGN_OR_RETURN(const auto day, DayFrom("open_day", request.has_open_day(), request.open_day()));
  ASSIGN_OR_RETURN(const SiteRecord site, ApproveSite(work, target, day));
  return ToProto(site);
}

absl::StatusOr<v1::Site> Refuse(const Work& work, const v1::RefuseSiteRequest& request) {
  ASSIGN_OR_RETURN(const SiteTarget target, TargetOf(request.name(), request.etag()));
  ASSIGN_OR_RETURN(const std::string reason, ReasonFrom(request.reason()));
  ASSIGN_OR_RETURN(const SiteRecord site, RefuseSite(work, target, reason));
  return ToProto(site);
}

absl::StatusOr<v1::Site> CloseOne(const Work& work, const v1::CloseSiteRequest& request) {
  ASSIGN_OR_RETURN(const SiteTarget target, TargetOf(request.name(), request.etag()));
  ASSIGN_OR_RETURN(const std::string reason, ReasonFrom(request.reason()));
  ASSIGN_OR_RETURN(const auto day,
                   DayFrom("close_day", request.has_close_day(), request.close_day()));
  ASSIGN_OR_RETURN(const SiteRecord site, CloseSite(work, target, day, reason));
  return ToProto(site);
}

absl::StatusOr<v1::Site> Delete(const Work& work, const v1::DeleteSiteRequest& request) {
  ASSIGN_OR_RETURN(const SiteTarget target, TargetOf(request.name(), request.etag()));
  ASSIGN_OR_RETURN(const SiteRecord site, DeleteSite(work, target));
  return ToProto(site);
}

}  // namespace

void RegisterLifecycle(platform::Router& router, const Context& context) {
  const std::string service = "assay.approval.v1.LifecycleService/";
  Write(router, context, service + "ReinstateCentre", Reinstate);
  Write(router, context, service + "ReapplyCentre", Reapply);
  Write(router, context, service + "CloseCentre", Close);
  Write(router, context, service + "ReopenCentre", Reopen);
  Write(router, context, service + "LinkSuccessor", Link);
  Write(router, context, service + "UnlinkSuccessor", Unlink);
  Read(router, context, service + "ListCentreLinks", ListLinks);
  Write(router, context, service + "CreateSite", Create);
  Read(router, context, service + "GetSite", Get);
  Read(router, context, service + "ListSites", List);
  Write(router, context, service + "UpdateSite", Update);
  Write(router, context, service + "ApproveSite", Approve);
  Write(router, context, service + "RefuseSite", Refuse);
  Write(router, context, service + "CloseSite", CloseOne);
  Write(router, context, service + "DeleteSite", Delete);
}

}  // namespace assay::approval
