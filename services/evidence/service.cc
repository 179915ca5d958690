#include "services/evidence/service.h"

#include <string>

#include "assay/evidence/v1/evidence_service.pb.h"
#include "services/evidence/commands/delete_evidence.h"
#include "services/evidence/commands/link_evidence.h"
#include "services/evidence/convert.h"
#include "services/evidence/download.h"
#include "services/evidence/stores/locks.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/rpc/page.h"

namespace assay::evidence {
namespace {

using platform::Call;
using platform::Transaction;

// What decides a list besides its position; a page token belongs to it.
std::string QueryOf(const Reach& reach, std::string_view what, std::string_view parent,
                    std::string_view filter) {
  std::string query;
  for (std::string_view part : {std::string_view(reach.tenant), std::string_view(reach.centre),
                                std::string_view(reach.reader), what, parent, filter}) {
    query.append(part).push_back('\n');
  }
  return query;
}

absl::StatusOr<v1::ListEvidenceResponse> List(const Context& context, const Call& call,
                                              const v1::ListEvidenceRequest& request,
                                              Transaction& tx) {
  const Reach reach = ReachOf(call);
  ASSIGN_OR_RETURN(const std::string centre, CentreFilterOf(request.parent()));
  const std::string query = QueryOf(reach, "evidence", request.parent(), request.subject());
  ASSIGN_OR_RETURN(const std::int32_t size, platform::PageSize(request.page_size()));
  ASSIGN_OR_RETURN(const std::string after, platform::DecodePageToken(request.page_token(), query));
  ASSIGN_OR_RETURN(
      const EvidencePage page,
      context.store.List(tx, reach, {.centre = centre, .subject = request.subject()}, after, size));
  v1::ListEvidenceResponse response;
  for (const Evidence& evidence : page.evidence) *response.add_evidence() = ToProto(evidence);
  if (!page.next.empty()) {
    response.set_next_page_token(platform::EncodePageToken(page.next, query));
  }
  return response;
}

absl::StatusOr<v1::ListAccessesResponse> ListAccesses(const Context& context, const Call& call,
                                                      const v1::ListAccessesRequest& request,
                                                      Transaction& tx) {
  const Reach reach = ReachOf(call);
  ASSIGN_OR_RETURN(const EvidenceName name, EvidenceNameOf("parent", request.parent()));
  ASSIGN_OR_RETURN(const Evidence evidence, context.store.Get(tx, reach, name));
  const std::string query = QueryOf(reach, "accesses", request.parent(), "");
  ASSIGN_OR_RETURN(const std::int32_t size, platform::PageSize(request.page_size()));
  ASSIGN_OR_RETURN(const std::string after, platform::DecodePageToken(request.page_token(), query));
  ASSIGN_OR_RETURN(const AccessPage page,
                   context.store.ListAccesses(tx, reach.tenant, evidence.id, after, size));
  v1::ListAccessesResponse response;
  for (const AccessRecord& access : page.accesses) *response.add_accesses() = ToProto(access);
  if (!page.next.empty()) {
    response.set_next_page_token(platform::EncodePageToken(page.next, query));
  }
  return response;
}

absl::StatusOr<v1::DeletedEvidence> Delete(const Context& context, const Call& call,
                                           const v1::DeleteEvidenceRequest& request,
                                           Transaction& tx) {
  ASSIGN_OR_RETURN(const EvidenceName name, EvidenceNameOf("name", request.name()));
  ASSIGN_OR_RETURN(const std::string reason, DeletionReasonOf(call, request));
  ASSIGN_OR_RETURN(const Deletion deletion,
                   DeleteEvidence(tx, call, context.ids, context.store, ReachOf(call), name, reason,
                                  request.note()));
  return ToProto(deletion);
}

absl::StatusOr<v1::ListDeletedEvidenceResponse> ListDeleted(
    const Call& call, const v1::ListDeletedEvidenceRequest& request, Transaction& tx) {
  const Reach reach = ReachOf(call);
  ASSIGN_OR_RETURN(const std::string centre, CentreFilterOf(request.parent()));
  const std::string query = QueryOf(reach, "deleted", request.parent(), "");
  ASSIGN_OR_RETURN(const std::int32_t size, platform::PageSize(request.page_size()));
  ASSIGN_OR_RETURN(const std::string after, platform::DecodePageToken(request.page_token(), query));
  ASSIGN_OR_RETURN(const DeletionPage page,
                   LockStore().ListDeletions(tx, reach.tenant, centre, after, size));
  v1::ListDeletedEvidenceResponse response;
  for (const Deletion& deletion : page.deletions) {
    *response.add_deleted_evidence() = ToProto(deletion);
  }
  if (!page.next.empty()) {
    response.set_next_page_token(platform::EncodePageToken(page.next, query));
  }
  return response;
}

absl::StatusOr<v1::EvidenceLock> LockSubject(const Call& call,
                                             const v1::LockEvidenceRequest& request,
                                             Transaction& tx) {
  ASSIGN_OR_RETURN(const Lock lock, LockFrom(call, request));
  RETURN_IF_ERROR(LockStore().Put(tx, call.tenant(), lock));
  return ToProto(lock);
}

absl::StatusOr<v1::EvidenceLock> Unlock(const Call& call, const v1::UnlockEvidenceRequest& request,
                                        Transaction& tx) {
  RETURN_IF_ERROR(CheckLockSubject(request.subject()));
  const Lock lock{.subject = request.subject(),
                  .holder = std::string(call.subject()),
                  .reason = "",
                  .active = false,
                  .until = {},
                  .time = call.now};
  RETURN_IF_ERROR(LockStore().Put(tx, call.tenant(), lock));
  return ToProto(lock);
}

absl::StatusOr<v1::ListEvidenceLocksResponse> ListLocks(const Call& call,
                                                        const v1::ListEvidenceLocksRequest& request,
                                                        Transaction& tx) {
  const Reach reach = ReachOf(call);
  const std::string query = QueryOf(reach, "locks", "", request.subject());
  ASSIGN_OR_RETURN(const std::int32_t size, platform::PageSize(request.page_size()));
  ASSIGN_OR_RETURN(const std::string after, platform::DecodePageToken(request.page_token(), query));
  ASSIGN_OR_RETURN(const LockPage page,
                   LockStore().List(tx, reach.tenant, request.subject(), call.now, after, size));
  v1::ListEvidenceLocksResponse response;
  for (const Lock& lock : page.locks) *response.add_locks() = ToProto(lock);
  if (!page.next.empty()) {
    response.set_next_page_token(platform::EncodePageToken(page.next, query));
  }
  return response;
}

void RegisterLocks(platform::Router& router, const Context& context) {
  const std::string service = "assay.evidence.v1.EvidenceService/";
  router.Write<v1::DeleteEvidenceRequest, v1::DeletedEvidence>(
      service + "DeleteEvidence",
      [&context](const Call& call, const v1::DeleteEvidenceRequest& request, Transaction& tx) {
        return Delete(context, call, request, tx);
      });
  router.Read<v1::ListDeletedEvidenceRequest, v1::ListDeletedEvidenceResponse>(
      service + "ListDeletedEvidence", ListDeleted);
  router.Write<v1::LockEvidenceRequest, v1::EvidenceLock>(service + "LockEvidence", LockSubject);
  router.Write<v1::UnlockEvidenceRequest, v1::EvidenceLock>(service + "UnlockEvidence", Unlock);
  router.Read<v1::ListEvidenceLocksRequest, v1::ListEvidenceLocksResponse>(
      service + "ListEvidenceLocks", ListLocks);
}

}  // namespace

void RegisterRpcs(platform::Router& router, const Context& context) {
  RegisterLocks(router, context);
  router.Upload<v1::UploadEvidenceRequest, v1::Evidence>(
      "assay.evidence.v1.EvidenceService/UploadEvidence",
      [&context](const Call& call, const v1::UploadEvidenceRequest& first) {
        return OpenUpload(context, call, first);
      });
  router.Download<v1::DownloadEvidenceRequest, google::api::HttpBody>(
      "assay.evidence.v1.EvidenceService/DownloadEvidence",
      [&context](const Call& call, const v1::DownloadEvidenceRequest& request) {
        return OpenDownload(context, call, request);
      });
  router.Read<v1::GetEvidenceRequest, v1::Evidence>(
      "assay.evidence.v1.EvidenceService/GetEvidence",
      [&context](const Call& call, const v1::GetEvidenceRequest& request,
                 Transaction& tx) -> absl::StatusOr<v1::Evidence> {
        ASSIGN_OR_RETURN(const EvidenceName name, EvidenceNameOf("name", request.name()));
        ASSIGN_OR_RETURN(const Evidence evidence, context.store.Get(tx, ReachOf(call), name));
        return ToProto(evidence);
      });
  router.Read<v1::ListEvidenceRequest, v1::ListEvidenceResponse>(
      "assay.evidence.v1.EvidenceService/ListEvidence",
      [&context](const Call& call, const v1::ListEvidenceRequest& request, Transaction& tx) {
        return List(context, call, request, tx);
      });
  router.Write<v1::LinkEvidenceRequest, v1::Evidence>(
      "assay.evidence.v1.EvidenceService/LinkEvidence",
      [&context](const Call& call, const v1::LinkEvidenceRequest& request,
                 Transaction& tx) -> absl::StatusOr<v1::Evidence> {
        ASSIGN_OR_RETURN(const EvidenceName name, EvidenceNameOf("name", request.name()));
        RETURN_IF_ERROR(CheckSubject("subject", request.subject(), name.centre));
        ASSIGN_OR_RETURN(const Evidence evidence,
                         LinkEvidence(tx, call, context.ids, context.store, ReachOf(call), name,
                                      request.subject()));
        return ToProto(evidence);
      });
  router.Read<v1::CountEvidenceRequest, v1::CountEvidenceResponse>(
      "assay.evidence.v1.EvidenceService/CountEvidence",
      [&context](const Call& call, const v1::CountEvidenceRequest& request,
                 Transaction& tx) -> absl::StatusOr<v1::CountEvidenceResponse> {
        v1::CountEvidenceResponse response;
        ASSIGN_OR_RETURN(const std::int64_t count,
                         context.store.Count(tx, ReachOf(call), request.subject()));
        response.set_count(count);
        return response;
      });
  router.Read<v1::ListAccessesRequest, v1::ListAccessesResponse>(
      "assay.evidence.v1.EvidenceService/ListAccesses",
      [&context](const Call& call, const v1::ListAccessesRequest& request, Transaction& tx) {
        return ListAccesses(context, call, request, tx);
      });
}

}  // namespace assay::evidence
