#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_join.h"
#include "services/moderation/commands/record_marks.h"
#include "services/moderation/convert.h"
#include "services/moderation/errors.h"
#include "services/moderation/mark_import_runner.h"
#include "services/moderation/mark_import_upload.h"
#include "services/moderation/rpcs/rpcs.h"
#include "services/platform/error/error.h"

namespace assay::moderation {
namespace {

using platform::Call;
using platform::Error;
using platform::Router;

constexpr int kShownRefusals = 100;
constexpr std::size_t kSha256Digits = 64;

absl::Status Invalid(std::string_view field, std::string_view what) {
  return Error(absl::StatusCode::kInvalidArgument, "FIELD_INVALID",
               absl::StrCat(platform::View(field), " ", platform::View(what)))
      .Field(field, what);
}

absl::Status CheckPromises(const Work& work, const v1::MarkImport& import) {
  const std::int64_t bytes_max = work.context.mark_imports.bytes_max;
  if (import.total_bytes() < 0) return Invalid("mark_import.total_bytes", "is below zero");
  if (import.total_bytes() > bytes_max) {
    return Error(absl::StatusCode::kInvalidArgument, kMarkImportTooLarge,
                 absl::StrCat("an import takes at most ", bytes_max, " bytes here"))
        .With("bytes_max", absl::StrCat(bytes_max))
        .Field("mark_import.total_bytes", "is too large");
  }
  const std::string& digest = import.sha256();
  const bool fits = digest.empty() || (digest.size() == kSha256Digits &&
                                       std::all_of(digest.begin(), digest.end(), [](char c) {
                                         return absl::ascii_isxdigit(static_cast<unsigned char>(c));
                                       }));
  if (!fits) return Invalid("mark_import.sha256", "is not 64 hexadecimal digits");
  ASSIGN_OR_RETURN(const std::int64_t unfinished,
                   MarkImportStore().CountUnfinished(work.tx, work.caller.tenant));
  const std::int64_t unfinished_max = work.context.mark_imports.unfinished_max;
  if (unfinished < unfinished_max) return absl::OkStatus();
  return Error(absl::StatusCode::kResourceExhausted, kMarkImportsTooMany,
               absl::StrCat(unfinished, " imports are not finished; finish or cancel some first"))
      .With("unfinished_max", absl::StrCat(unfinished_max));
}

absl::StatusOr<v1::MarkImport> CreateMarkImport(const Work& work,
                                                const v1::CreateMarkImportRequest& request) {
  ASSIGN_OR_RETURN(const ComponentName parent, ComponentNameOf("parent", request.parent()));
  RETURN_IF_ERROR(work.store()
                      .GetComponent(work.tx, work.caller.tenant, parent.series, parent.component)
                      .status());
  const v1::MarkImport& from = request.mark_import();
  ASSIGN_OR_RETURN(const MarksMode mode, MarksModeOf(from.mode()));
  RETURN_IF_ERROR(CheckPromises(work, from));
  MarkImport import;
  import.tenant = work.caller.tenant;
  import.name = {parent.series, parent.component, work.context.ids.NextId(work.caller.now)};
  import.mode = static_cast<int>(mode);
  import.open_submissions = from.open_submissions();
  import.total_bytes = from.total_bytes();
  import.sha256 = absl::AsciiStrToLower(from.sha256());
  import.created_by = work.caller.subject;
  import.roles = absl::StrJoin(work.call.principal->roles, ",");
  import.centre = work.caller.reach.centre;
  import.create_time = work.caller.now;
  import.update_time = work.caller.now;
  import.expire_time = work.caller.now + work.context.mark_imports.lifetime;
  RETURN_IF_ERROR(MarkImportStore().Insert(work.tx, import));
  return ToProto(import);
}

v1::MarkImport WithRefused(const MarkImport& import,
                           const std::vector<MarkImportRefusal>& refusals) {
  v1::MarkImport out = ToProto(import);
  for (const MarkImportRefusal& refusal : refusals) {
    v1::RefusedRow& row = *out.add_refused();
    row.set_line(refusal.line);
    row.set_centre(refusal.centre);
    row.set_candidate(refusal.candidate);
    row.set_column(refusal.column);
    row.set_reason(refusal.reason);
    row.set_message(refusal.message);
  }
  return out;
}

absl::StatusOr<v1::MarkImport> GetMarkImport(const Work& work,
                                             const v1::GetMarkImportRequest& request) {
  ASSIGN_OR_RETURN(const MarkImportName name, MarkImportNameOf("name", request.name()));
  ASSIGN_OR_RETURN(const MarkImport import, MarkImportStore().Get(work.tx, work.caller, name));
  ASSIGN_OR_RETURN(const auto refusals,
                   MarkImportStore().ListRefusals(work.tx, import, -1, kShownRefusals));
  return WithRefused(import, refusals);
}

absl::StatusOr<v1::ListMarkImportsResponse> ListMarkImports(
    const Work& work, const v1::ListMarkImportsRequest& request) {
  ASSIGN_OR_RETURN(const ComponentName parent, ComponentNameOf("parent", request.parent()));
  return Page<v1::ListMarkImportsResponse>(
      work, request, request.parent(),
      [&](const std::string& after, int limit) {
        return MarkImportStore().List(work.tx, work.caller, parent.series, parent.component, after,
                                      limit);
      },
      [](auto& response, const MarkImport& import) {
        *response.add_mark_imports() = ToProto(import);
      },
      [](const MarkImport& import) { return import.name.id; });
}

absl::StatusOr<v1::MarkImport> FinishMarkImport(const Context& context, const Call& call,
                                                const v1::FinishMarkImportRequest& request) {
  ASSIGN_OR_RETURN(const MarkImportName name, MarkImportNameOf("name", request.name()));
  ASSIGN_OR_RETURN(const MarkImport import, FinishMarkImport(context, call, name));
  std::vector<MarkImportRefusal> refusals;
  RETURN_IF_ERROR(context.database.ReadNow([&](platform::Transaction& tx) -> absl::Status {
    ASSIGN_OR_RETURN(refusals, MarkImportStore().ListRefusals(tx, import, -1, kShownRefusals));
    return absl::OkStatus();
  }));
  return WithRefused(import, refusals);
}

// What it held and kept is let go of in the background.
absl::StatusOr<v1::MarkImport> CancelMarkImport(const Work& work,
                                                const v1::CancelMarkImportRequest& request) {
  ASSIGN_OR_RETURN(const MarkImportName name, MarkImportNameOf("name", request.name()));
  ASSIGN_OR_RETURN(MarkImport import, MarkImportStore().Get(work.tx, work.caller, name));
  if (import.state == MarkImportState::kCancelled) return ToProto(import);
  if (import.state != MarkImportState::kOpen && import.state != MarkImportState::kChecking) {
    return Error(absl::StatusCode::kFailedPrecondition, kMarkImportNotOpen,
                 "the import records marks or has ended, and cannot be cancelled")
        .With("mark_import", name.Text());
  }
  import.state = MarkImportState::kCancelled;
  import.update_time = work.caller.now;
  import.expire_time = work.caller.now + work.context.mark_imports.lifetime;
  RETURN_IF_ERROR(MarkImportStore().Update(work.tx, import));
  return ToProto(import);
}

}  // namespace

void RegisterMarkImports(Router& router, const Context& context) {
  const std::string service = "assay.moderation.v1.MarkImportService/";
  Write<v1::CreateMarkImportRequest, v1::MarkImport>(router, context, service + "CreateMarkImport",
                                                     Scope::kCentre, CreateMarkImport);
  Read<v1::GetMarkImportRequest, v1::MarkImport>(router, context, service + "GetMarkImport",
                                                 Scope::kCentre, GetMarkImport);
  Read<v1::ListMarkImportsRequest, v1::ListMarkImportsResponse>(
      router, context, service + "ListMarkImports", Scope::kCentre, ListMarkImports);
  router.Upload<v1::UploadMarksRequest, v1::MarkImport>(
      service + "UploadMarks", [&context](const Call& call, const v1::UploadMarksRequest& first) {
        return OpenMarksUpload(context, call, first);
      });
  router.Upload<v1::StreamMarksRequest, v1::MarkImport>(
      service + "StreamMarks", [&context](const Call& call, const v1::StreamMarksRequest& first) {
        return OpenMarksStream(context, call, first);
      });
  router.Ask<v1::FinishMarkImportRequest, v1::MarkImport>(
      service + "FinishMarkImport",
      [&context](const Call& call, const v1::FinishMarkImportRequest& request) {
        return FinishMarkImport(context, call, request);
      });
  Write<v1::CancelMarkImportRequest, v1::MarkImport>(router, context, service + "CancelMarkImport",
                                                     Scope::kCentre, CancelMarkImport);
  router.Download<v1::DownloadMarkImportReportRequest, google::api::HttpBody>(
      service + "DownloadMarkImportReport",
      [&context](const Call& call, const v1::DownloadMarkImportReportRequest& request) {
        return OpenMarkImportReport(context, call, request);
      });
}

}  // namespace assay::moderation
