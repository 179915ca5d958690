#include "services/approval/service.h"

#include <initializer_list>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/approval/commands/change_centre_state.h"
#include "services/approval/convert.h"
#include "services/approval/import_upload.h"
#include "services/approval/rpcs/rpcs.h"
#include "services/approval/search.h"
#include "services/approval/stores/centre_search.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/error/error.h"
#include "services/platform/rpc/page.h"

namespace assay::approval {
namespace {

using platform::Call;
using platform::Transaction;

template <typename Response>
Response ToProto(const CentrePage& found, const PageRequest& page) {
  Response response;
  for (const Centre& centre : found.centres) *response.add_centres() = ToProto(centre);
  response.set_next_page_token(page.TokenAfter(found.next));
  return response;
}

absl::StatusOr<v1::Centre> GetCentre(const Work& work, const v1::GetCentreRequest& request) {
  ASSIGN_OR_RETURN(const std::string id, CentreIdFrom("name", request.name()));
  ASSIGN_OR_RETURN(const Centre centre, work.context.store.GetCentre(work.tx, work.reach, id));
  return ToProto(centre);
}

absl::StatusOr<v1::ListCentresResponse> ListCentres(const Work& work,
                                                    const v1::ListCentresRequest& request) {
  ASSIGN_OR_RETURN(const auto state, StateFrom(request.state()));
  ASSIGN_OR_RETURN(
      const PageRequest page,
      PageRequest::From(request, work.reach,
                        {"ListCentres", state.has_value() ? NameOf(*state) : std::string_view()}));
  ASSIGN_OR_RETURN(const CentrePage found, work.context.store.ListCentres(
                                               work.tx, work.reach, state, page.after, page.size));
  return ToProto<v1::ListCentresResponse>(found, page);
}

absl::StatusOr<v1::SearchCentresResponse> SearchCentres(const Work& work,
                                                        const v1::SearchCentresRequest& request) {
  CentreQuery query;
  ASSIGN_OR_RETURN(query.words, WordsOfQuery(request.query()));
  query.name = NameWord(query.words);
  query.include_approximate = request.include_approximate();
  ASSIGN_OR_RETURN(const PageRequest page,
                   PageRequest::From(request, work.reach,
                                     {"SearchCentres", request.query(),
                                      request.include_approximate() ? "approximate" : ""}));
  ASSIGN_OR_RETURN(const SearchPage found,
                   CentreSearch().Search(work.tx, work.reach, query, page.after, page.size));
  ASSIGN_OR_RETURN(const auto centres,
                   work.context.store.FindCentres(work.tx, work.reach.tenant, found.centres));
  v1::SearchCentresResponse response;
  for (const std::string& id : found.centres) {
    const auto it = centres.find(id);
    if (it != centres.end()) *response.add_centres() = ToProto(it->second);
  }
  response.set_exact_count(found.exact_count);
  response.set_next_page_token(page.TokenAfter(found.next));
  return response;
}

absl::StatusOr<v1::Centre> Decide(const Work& work, const std::string& name,
                                  const CentreDecision& decision) {
  ASSIGN_OR_RETURN(const std::string id, CentreIdFrom("name", name));
  ASSIGN_OR_RETURN(const Centre centre, ChangeCentreState(work, id, decision));
  return ToProto(centre);
}

void RegisterCentres(platform::Router& router, const Context& context) {
  router.Upload<v1::ImportCentresRequest, v1::ImportCentresResponse>(
      "assay.approval.v1.CentreService/ImportCentres",
      [&context](const Call& call, const v1::ImportCentresRequest& first) {
        return OpenImport(context, call, first);
      });
  router.Read<v1::GetCentreRequest, v1::Centre>(
      "assay.approval.v1.CentreService/GetCentre",
      [&context](const Call& call, const v1::GetCentreRequest& request, Transaction& tx) {
        return GetCentre(WorkOf(context, call, tx), request);
      });
  router.Read<v1::ListCentresRequest, v1::ListCentresResponse>(
      "assay.approval.v1.CentreService/ListCentres",
      [&context](const Call& call, const v1::ListCentresRequest& request, Transaction& tx) {
        return ListCentres(WorkOf(context, call, tx), request);
      });
  router.Read<v1::SearchCentresRequest, v1::SearchCentresResponse>(
      "assay.approval.v1.CentreService/SearchCentres",
      [&context](const Call& call, const v1::SearchCentresRequest& request, Transaction& tx) {
        return SearchCentres(WorkOf(context, call, tx), request);
      });
  router.Write<v1::ApproveCentreRequest, v1::Centre>(
      "assay.approval.v1.CentreService/ApproveCentre",
      [&context](const Call& call, const v1::ApproveCentreRequest& request,
                 Transaction& tx) -> absl::StatusOr<v1::Centre> {
        ASSIGN_OR_RETURN(std::string reason, OptionalReasonFrom(request.reason()));
        return Decide(WorkOf(context, call, tx), request.name(),
                      CentreDecision{CentreState::kApproved, std::move(reason), request.etag()});
      });
  router.Write<v1::SuspendCentreRequest, v1::Centre>(
      "assay.approval.v1.CentreService/SuspendCentre",
      [&context](const Call& call, const v1::SuspendCentreRequest& request,
                 Transaction& tx) -> absl::StatusOr<v1::Centre> {
        ASSIGN_OR_RETURN(std::string reason, ReasonFrom(request.reason()));
        return Decide(WorkOf(context, call, tx), request.name(),
                      CentreDecision{CentreState::kSuspended, std::move(reason), request.etag()});
      });
  router.Write<v1::WithdrawCentreRequest, v1::Centre>(
      "assay.approval.v1.CentreService/WithdrawCentre",
      [&context](const Call& call, const v1::WithdrawCentreRequest& request,
                 Transaction& tx) -> absl::StatusOr<v1::Centre> {
        ASSIGN_OR_RETURN(std::string reason, ReasonFrom(request.reason()));
        return Decide(WorkOf(context, call, tx), request.name(),
                      CentreDecision{CentreState::kWithdrawn, std::move(reason), request.etag()});
      });
}

}  // namespace

void RegisterRpcs(platform::Router& router, const Context& context) {
  RegisterCentres(router, context);
  RegisterQualifications(router, context);
  RegisterApplications(router, context);
  RegisterApprovals(router, context);
  RegisterPlanners(router, context);
  RegisterInvolvement(router, context);
  RegisterInvolvementPolicies(router, context);
  RegisterDashboard(router, context);
  RegisterDeclarationSamples(router, context);
  RegisterMerges(router, context);
  RegisterRegisters(router, context);
  RegisterLifecycle(router, context);
  RegisterOversight(router, context);
  RegisterRecordingForms(router, context);
  RegisterStaff(router, context);
  RegisterLearnerRpcs(router, context);
  RegisterQualityRpcs(router, context);
}

}  // namespace assay::approval
