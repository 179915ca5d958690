#include "services/moderation/import_marks.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/moderation/commands/record_marks.h"
#include "services/moderation/commitment.h"
#include "services/moderation/convert.h"
#include "services/moderation/errors.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/core/view.h"
#include "services/platform/idempotency/once.h"
#include "services/platform/table/table.h"

namespace assay::moderation {
namespace {

std::string PlaceInFile(const RefusedRow& row) {
  if (row.field.empty()) return absl::StrCat("row ", row.row);
  return absl::StrCat("row ", row.row, ", column ", row.field);
}

class Import final : public platform::UploadSink<v1::ImportMarksRequest, v1::RecordMarksResponse> {
 public:
  Import(const Context& context, platform::Call call, SubmissionName name, const MarkScale& scale,
         MarksMode mode, std::string request_id)
      : context_(context),
        call_(std::move(call)),
        name_(std::move(name)),
        mode_(mode),
        request_id_(std::move(request_id)),
        rows_(scale) {}

  absl::Status Take(v1::ImportMarksRequest& message) override {
    const std::string& bytes = message.content().data();
    hash_.Add(bytes);  // The running text: a repeat may be cut into other pieces.
    if (reader_ == nullptr) {
      first_ += bytes;
      if (first_.find('\n') == first_.npos && first_.size() < kFirstLineMax) {
        return absl::OkStatus();
      }
      return Begin();
    }
    return Feed(bytes);
  }

  absl::StatusOr<v1::RecordMarksResponse> Finish() override {
    if (reader_ == nullptr) RETURN_IF_ERROR(Begin());
    RETURN_IF_ERROR(reader_->Finish([this](const platform::TableRow& row) { return Add(row); }));
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
  static constexpr std::size_t kFirstLineMax = 64 * 1024;

  // The header line says whether commas or tabs separate the columns.
  absl::Status Begin() {
    const std::string header = first_.substr(0, first_.find('\n'));
    const bool tabs = header.find('\t') != header.npos && header.find(',') == header.npos;
    reader_ = std::make_unique<platform::TableReader>(
        platform::TableOptions{.separator = tabs ? '\t' : ',',
                               .required = {"candidate"},
                               .rows_max = context_.import_rows_max});
    const std::string bytes = std::exchange(first_, {});
    return Feed(bytes);
  }

  absl::Status Feed(std::string_view bytes) {
    if (bytes.empty()) return absl::OkStatus();
    return reader_->Feed(bytes, [this](const platform::TableRow& row) { return Add(row); });
  }

  absl::Status Add(const platform::TableRow& row) {
    if (!row.fault().empty()) {
      rows_.Refuse({row.line(), "", std::string(kRowMalformed),
                    absl::StrCat("the row ", platform::View(row.fault())), ""});
      return absl::OkStatus();
    }
    AddTexts(rows_, row.line(),
             {.candidate = row.Get("candidate"),
              .mark = row.Get("mark"),
              .assessor = row.Get("assessor"),
              .group = row.Get("group"),
              .site = row.Get("site"),
              .absent = row.Get("absent"),
              .withdrawn = row.Get("withdrawn"),
              .parental_interest = row.Get("parental_interest"),
              .carried_forward = row.Get("carried_forward"),
              .grade = row.Get("grade"),
              .uln = row.Get("uln")});
    return absl::OkStatus();
  }

  absl::StatusOr<std::string> Keep(platform::Transaction& tx) {
    RETURN_IF_ERROR(CheckRefused(mode_, rows_, PlaceInFile));
    const Work work{tx, call_, context_, CallerOf(call_, Scope::kCentre)};
    ASSIGN_OR_RETURN(const Submission submission, RecordMarks(work, name_, "", mode_, rows_));
    v1::RecordMarksResponse response = ToProto(submission, rows_, call_);
    response.set_encoding(std::string(reader_->encoding()));
    response.set_truncated(reader_->truncated());
    return response.SerializeAsString();
  }

  const Context& context_;
  const platform::Call call_;
  const SubmissionName name_;
  const MarksMode mode_;
  const std::string request_id_;
  RunningSha256 hash_;
  std::string first_;  // Until the header line is whole.
  std::unique_ptr<platform::TableReader> reader_;
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
