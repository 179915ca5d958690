#include "services/approval/service.h"

#include <initializer_list>
#include <string>

#include "absl/strings/str_cat.h"
#include "services/approval/commands/apply_for_qualification.h"
#include "services/approval/commands/change_centre_state.h"
#include "services/approval/commands/check_standing.h"
#include "services/approval/commands/decide_approval.h"
#include "services/approval/convert.h"
#include "services/approval/errors.h"
#include "services/approval/import_upload.h"
#include "services/approval/rpcs/rpcs.h"
#include "services/approval/search.h"
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
  ASSIGN_OR_RETURN(const std::vector<std::string> words, WordsOfQuery(request.query()));
  ASSIGN_OR_RETURN(const PageRequest page,
                   PageRequest::From(request, work.reach, {"SearchCentres", request.query()}));
  ASSIGN_OR_RETURN(const CentrePage found, work.context.store.SearchCentres(
                                               work.tx, work.reach, words, page.after, page.size));
  return ToProto<v1::SearchCentresResponse>(found, page);
}

absl::StatusOr<v1::Centre> Decide(const Work& work, const std::string& name,
                                  const CentreDecision& decision) {
  ASSIGN_OR_RETURN(const std::string id, CentreIdFrom("name", name));
  ASSIGN_OR_RETURN(const Centre centre, ChangeCentreState(work, id, decision));
  return ToProto(centre);
}

absl::StatusOr<v1::QualificationApproval> Decide(const Work& work, const std::string& name,
                                                 const ApprovalDecision& decision) {
  ASSIGN_OR_RETURN(const ApprovalName parts, ApprovalNameFrom("name", name));
  ASSIGN_OR_RETURN(const QualificationApproval approval,
                   DecideApproval(work, parts.centre, parts.id, decision));
  return ToProto(approval);
}

absl::StatusOr<v1::QualificationApproval> Create(
    const Work& work, const v1::CreateQualificationApprovalRequest& request) {
  ASSIGN_OR_RETURN(const std::string centre, CentreIdFrom("parent", request.parent()));
  ASSIGN_OR_RETURN(const std::string number,
                   QualificationFrom("qualification_approval.qualification",
                                     request.qualification_approval().qualification()));
  ASSIGN_OR_RETURN(const QualificationApproval approval,
                   ApplyForQualification(work, centre, number));
  return ToProto(approval);
}

absl::StatusOr<v1::QualificationApproval> GetApproval(
    const Work& work, const v1::GetQualificationApprovalRequest& request) {
  ASSIGN_OR_RETURN(const ApprovalName name, ApprovalNameFrom("name", request.name()));
  ASSIGN_OR_RETURN(const QualificationApproval approval,
                   work.context.store.GetApproval(work.tx, work.reach, name.centre, name.id));
  return ToProto(approval);
}

absl::StatusOr<v1::ListQualificationApprovalsResponse> ListApprovals(
    const Work& work, const v1::ListQualificationApprovalsRequest& request) {
  ASSIGN_OR_RETURN(const std::string centre, ParentFrom(request.parent()));
  ASSIGN_OR_RETURN(
      const PageRequest page,
      PageRequest::From(request, work.reach, {"ListQualificationApprovals", request.parent()}));
  ASSIGN_OR_RETURN(
      const ApprovalPage found,
      work.context.store.ListApprovals(work.tx, work.reach, centre, page.after, page.size));
  v1::ListQualificationApprovalsResponse response;
  for (const QualificationApproval& approval : found.approvals) {
    *response.add_qualification_approvals() = ToProto(approval);
  }
  response.set_next_page_token(page.TokenAfter(found.next));
  return response;
}

absl::StatusOr<v1::CheckApprovalResponse> Check(const Work& work,
                                                const v1::CheckApprovalRequest& request) {
  ASSIGN_OR_RETURN(const std::string centre, CentreIdFrom("centre", request.centre()));
  ASSIGN_OR_RETURN(const std::string number,
                   QualificationFrom("qualification", request.qualification()));
  ASSIGN_OR_RETURN(const auto day, DayFrom("date", request.has_date(), request.date()));
  ASSIGN_OR_RETURN(const StandingAnswer answer, CheckStanding(work, centre, number, day));
  return ToProto(answer);
}

absl::StatusOr<v1::Qualification> GetQualification(const Work& work,
                                                   const v1::GetQualificationRequest& request) {
  ASSIGN_OR_RETURN(const std::string number, QualificationFrom("name", request.name()));
  const auto it = work.context.catalogue.find(number);
  if (it != work.context.catalogue.end()) return ToProto(it->second, Detail::kFull);
  return platform::Error(absl::StatusCode::kNotFound, kQualificationNotFound,
                         absl::StrCat("there is no ", request.name(), " in the catalogue"))
      .With("qualification", request.name());
}

absl::StatusOr<v1::ListQualificationsResponse> ListQualifications(
    const Work& work, const v1::ListQualificationsRequest& request) {
  ASSIGN_OR_RETURN(const PageRequest page,
                   PageRequest::From(request, work.reach, {"ListQualifications"}));
  const Catalogue& catalogue = work.context.catalogue;
  v1::ListQualificationsResponse response;
  std::string last;
  for (auto it = catalogue.upper_bound(page.after); it != catalogue.end(); ++it) {
    if (response.qualifications_size() == page.size) {
      response.set_next_page_token(page.TokenAfter(last));
      break;
    }
    *response.add_qualifications() = ToProto(it->second, Detail::kBasic);
    last = it->first;
  }
  return response;
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
      [&context](const Call& call, const v1::ApproveCentreRequest& request, Transaction& tx) {
        return Decide(WorkOf(context, call, tx), request.name(),
                      CentreDecision{CentreState::kApproved, "", request.etag()});
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

void RegisterQualifications(platform::Router& router, const Context& context) {
  router.Read<v1::GetQualificationRequest, v1::Qualification>(
      "assay.approval.v1.QualificationService/GetQualification",
      [&context](const Call& call, const v1::GetQualificationRequest& request, Transaction& tx) {
        return GetQualification(WorkOf(context, call, tx), request);
      });
  router.Read<v1::ListQualificationsRequest, v1::ListQualificationsResponse>(
      "assay.approval.v1.QualificationService/ListQualifications",
      [&context](const Call& call, const v1::ListQualificationsRequest& request, Transaction& tx) {
        return ListQualifications(WorkOf(context, call, tx), request);
      });
}

void RegisterApprovals(platform::Router& router, const Context& context) {
  router.Write<v1::CreateQualificationApprovalRequest, v1::QualificationApproval>(
      "assay.approval.v1.ApprovalService/CreateQualificationApproval",
      [&context](const Call& call, const v1::CreateQualificationApprovalRequest& request,
                 Transaction& tx) { return Create(WorkOf(context, call, tx), request); });
  router.Read<v1::GetQualificationApprovalRequest, v1::QualificationApproval>(
      "assay.approval.v1.ApprovalService/GetQualificationApproval",
      [&context](const Call& call, const v1::GetQualificationApprovalRequest& request,
                 Transaction& tx) { return GetApproval(WorkOf(context, call, tx), request); });
  router.Read<v1::ListQualificationApprovalsRequest, v1::ListQualificationApprovalsResponse>(
      "assay.approval.v1.ApprovalService/ListQualificationApprovals",
      [&context](const Call& call, const v1::ListQualificationApprovalsRequest& request,
                 Transaction& tx) { return ListApprovals(WorkOf(context, call, tx), request); });
  router.Write<v1::ApproveQualificationApprovalRequest, v1::QualificationApproval>(
      "assay.approval.v1.ApprovalService/ApproveQualificationApproval",
      [&context](const Call& call, const v1::ApproveQualificationApprovalRequest& request,
                 Transaction& tx) -> absl::StatusOr<v1::QualificationApproval> {
        ASSIGN_OR_RETURN(const auto day, DayFrom("effective_date", request.has_effective_date(),
                                                 request.effective_date()));
        return Decide(WorkOf(context, call, tx), request.name(),
                      ApprovalDecision{ApprovalState::kApproved, "", day, request.etag()});
      });
  router.Write<v1::RefuseQualificationApprovalRequest, v1::QualificationApproval>(
      "assay.approval.v1.ApprovalService/RefuseQualificationApproval",
      [&context](const Call& call, const v1::RefuseQualificationApprovalRequest& request,
                 Transaction& tx) -> absl::StatusOr<v1::QualificationApproval> {
        ASSIGN_OR_RETURN(std::string reason, ReasonFrom(request.reason()));
        return Decide(WorkOf(context, call, tx), request.name(),
                      ApprovalDecision{ApprovalState::kRefused, std::move(reason), std::nullopt,
                                       request.etag()});
      });
  router.Write<v1::WithdrawQualificationApprovalRequest, v1::QualificationApproval>(
      "assay.approval.v1.ApprovalService/WithdrawQualificationApproval",
      [&context](const Call& call, const v1::WithdrawQualificationApprovalRequest& request,
                 Transaction& tx) -> absl::StatusOr<v1::QualificationApproval> {
        ASSIGN_OR_RETURN(std::string reason, ReasonFrom(request.reason()));
        return Decide(WorkOf(context, call, tx), request.name(),
                      ApprovalDecision{ApprovalState::kWithdrawn, std::move(reason), std::nullopt,
                                       request.etag()});
      });
  router.Read<v1::CheckApprovalRequest, v1::CheckApprovalResponse>(
      "assay.approval.v1.ApprovalService/CheckApproval",
      [&context](const Call& call, const v1::CheckApprovalRequest& request, Transaction& tx) {
        return Check(WorkOf(context, call, tx), request);
      });
}

}  // namespace

void RegisterRpcs(platform::Router& router, const Context& context) {
  RegisterCentres(router, context);
  RegisterQualifications(router, context);
  RegisterApprovals(router, context);
  RegisterPlanners(router, context);
  RegisterLearnerRpcs(router, context);
  RegisterQualityRpcs(router, context);
}

}  // namespace assay::approval
