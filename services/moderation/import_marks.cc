#include "services/moderation/import_marks.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/moderation/commands/record_marks.h"
#include "services/moderation/commitment.h"
#include "services/moderation/convert.h"
#include "services/moderation/errors.h"
#include "services/moderation/mark_table.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/core/view.h"
#include "services/platform/idempotency/once.h"

namespace assay::moderation {
namespace {

class Import final : public platform::UploadSink<v1::ImportMarksRequest, v1::RecordMarksResponse> {
 public:
  Import(const Context& context, platform::Call call, SubmissionName name, const MarkScale& scale,
         MarksMode mode, std::string request_id)
      : context_(context),
        call_(std::move(call)),
        name_(std::move(name)),
        mode_(mode),
        request_id_(std::move(request_id)),
        table_({.required = {"candidate"}, .rows_max = context.import_rows_max}),
        rows_(scale) {}

  absl::Status Take(v1::ImportMarksRequest& message) override {
    const std::string& bytes = message.content().data();
    hash_.Add(bytes);  // The running text: a repeat may be cut into other pieces.
    return table_.Feed(bytes, [this](const MarkTable::Row& row) { return Add(row); });
  }

  absl::StatusOr<v1::RecordMarksResponse> Finish() override {
    RETURN_IF_ERROR(table_.Finish([this](const MarkTable::Row& row) { return Add(row); }));
    rows_.Finish();
    if (call_.cancelled()) return absl::CancelledError("the caller went away");
    const std::string body_hash =
        Sha256(absl::StrCat(name_.Text(), "\n", static_cast<int>(mode_), "\n", hash_.Finish()));
    std::string reply;
    RETURN_IF_ERROR(context_.database.WriteNow([&](platform::Transaction& tx) -> absl::Status {
      ASSIGN_OR_RETURN(reply, platform::Once(tx,
                                             {.tenant = call_.tenant(),
                                              .caller = call_.subject(),
                                              .method = call_.method,
                                              .request_id = request_id_,
                                              .body_hash = body_hash},
                                             call_.now, [&] { return Keep(tx); }));
      return absl::OkStatus();
    }));
    v1::RecordMarksResponse response;
    if (!response.ParseFromString(reply)) return absl::InternalError("the stored reply is broken");
    return response;
  }

 private:
  absl::Status Add(const MarkTable::Row& row) {
    if (row.fault.empty()) {
      AddTexts(rows_, row.line, row.texts);
    } else {
      rows_.Refuse({row.line, "", std::string(kRowMalformed),
                    absl::StrCat("the row ", platform::View(row.fault)), ""});
    }
    return absl::OkStatus();
  }

  absl::StatusOr<std::string> Keep(platform::Transaction& tx) {
    RETURN_IF_ERROR(CheckRefused(mode_, rows_, PlaceInFile));
    const Work work{tx, call_, context_, CallerOf(call_, Scope::kCentre)};
    ASSIGN_OR_RETURN(const Submission submission, RecordMarks(work, name_, "", mode_, rows_));
    v1::RecordMarksResponse response = ToProto(submission, rows_, call_);
    response.set_encoding(std::string(table_.encoding()));
    response.set_truncated(table_.truncated());
    return response.SerializeAsString();
  }

  const Context& context_;
  const platform::Call call_;
  const SubmissionName name_;
  const MarksMode mode_;
  const std::string request_id_;
  RunningSha256 hash_;
  MarkTable table_;
  MarkRows rows_;
};

}  // namespace

absl::StatusOr<
    std::unique_ptr<platform::UploadSink<v1::ImportMarksRequest, v1::RecordMarksResponse>>>
OpenImport(const Context& context, const platform::Call& call,
           const v1::ImportMarksRequest& first) {
  ASSIGN_OR_RETURN(SubmissionName name, SubmissionNameOf("name", first.name()));
  ASSIGN_OR_RETURN(const MarksMode mode, MarksModeOf(first.mode()));
  MarkScale scale;
  // Refused before the file comes, not after; decided again when it is kept.
  RETURN_IF_ERROR(context.database.ReadNow([&](platform::Transaction& tx) -> absl::Status {
    const Work work{tx, call, context, CallerOf(call, Scope::kCentre)};
    // A repeat of a call that was answered gets its answer also when the submission has moved on.
    absl::StatusOr<Submission> submission = first.request_id().empty()
                                                ? FindOpen(work, name)
                                                : work.store().GetSubmission(tx, work.caller, name);
    RETURN_IF_ERROR(submission.status());
    ASSIGN_OR_RETURN(
        const Component component,
        work.store().GetComponent(tx, work.caller.tenant, name.series, name.component));
    scale = component.scale;
    return absl::OkStatus();
  }));
  return std::make_unique<Import>(context, call, std::move(name), scale, mode, first.request_id());
}

}  // namespace assay::moderation
