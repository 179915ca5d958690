#include "services/moderation/mark_import_upload.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "services/moderation/convert.h"
#include "services/moderation/errors.h"
#include "services/platform/core/bytes.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/core/view.h"
#include "services/platform/error/error.h"

namespace assay::moderation {
namespace {

using platform::Error;
using platform::Transaction;
using platform::View;

constexpr std::size_t kChunkBytes = platform::MiB(1);
constexpr int kCandidatesMax = 10'000;
constexpr int kReportRows = 1'000;  // Of one message.

absl::Status NotOpen(const MarkImport& import) {
  return Error(absl::StatusCode::kFailedPrecondition, kMarkImportNotOpen,
               "the import takes nothing more; begin another")
      .With("mark_import", import.name.Text());
}

absl::Status TooLarge(const MarkImport& import, std::int64_t bytes_max) {
  return Error(absl::StatusCode::kResourceExhausted, kMarkImportTooLarge,
               absl::StrCat("an import takes at most ", bytes_max, " bytes here"))
      .With("mark_import", import.name.Text())
      .With("bytes_max", absl::StrCat(bytes_max));
}

absl::Status OffsetWrong(const MarkImport& import) {
  return Error(absl::StatusCode::kAborted, kMarkImportOffsetWrong,
               absl::StrCat("the import has ", import.offset, " bytes; go on from there"))
      .With("mark_import", import.name.Text())
      .With("offset", absl::StrCat(import.offset));
}

// What both ways of sending share.
class Sending {
 public:
  Sending(const Context& context, platform::Call call, MarkImportName name)
      : context_(context), call_(std::move(call)), name_(std::move(name)) {}

  // Looks whether the import takes this form now.
  absl::StatusOr<MarkImport> Look(Transaction& tx, MarkImportForm form) {
    ASSIGN_OR_RETURN(MarkImport import, store_.Get(tx, CallerOf(call_, Scope::kCentre), name_));
    if (import.state != MarkImportState::kOpen) return NotOpen(import);
    if (import.form == MarkImportForm::kNothing || import.form == form) return import;
    return Error(absl::StatusCode::kFailedPrecondition, kMarkImportMixed,
                 "an import takes a file or a stream of messages, not both; begin another")
        .With("mark_import", name_.Text());
  }

  absl::Status Read(absl::FunctionRef<absl::Status(Transaction&)> body) {
    return context_.database.ReadNow(body);
  }

  // Keeps a chunk; `place` says where it goes, or why not, and moves the import on.
  absl::Status Keep(MarkImportForm form, std::string_view bytes,
                    absl::FunctionRef<absl::StatusOr<std::int64_t>(MarkImport&)> place) {
    return context_.database.WriteNow([&](Transaction& tx) -> absl::Status {
      ASSIGN_OR_RETURN(MarkImport import, Look(tx, form));
      ASSIGN_OR_RETURN(const std::int64_t position, place(import));
      const std::int64_t bytes_max =
          import.total_bytes > 0 && form == MarkImportForm::kText
              ? std::min(import.total_bytes, context_.mark_imports.bytes_max)
              : context_.mark_imports.bytes_max;
      import.form = form;
      import.offset += static_cast<std::int64_t>(bytes.size());
      if (import.offset > bytes_max) return TooLarge(import, bytes_max);
      import.update_time = call_.now;
      import.expire_time = call_.now + context_.mark_imports.lifetime;
      RETURN_IF_ERROR(store_.InsertChunk(tx, import, position, bytes));
      return store_.Update(tx, import);
    });
  }

  absl::StatusOr<v1::MarkImport> Result() {
    MarkImport import;
    RETURN_IF_ERROR(Read([&](Transaction& tx) -> absl::Status {
      ASSIGN_OR_RETURN(import, store_.Get(tx, CallerOf(call_, Scope::kCentre), name_));
      return absl::OkStatus();
    }));
    return ToProto(import);
  }

 private:
  const Context& context_;
  const platform::Call call_;
  const MarkImportName name_;
  MarkImportStore store_;
};

class Upload final : public platform::UploadSink<v1::UploadMarksRequest, v1::MarkImport> {
 public:
  Upload(Sending sending, std::int64_t offset) : sending_(std::move(sending)), offset_(offset) {}

  absl::Status Take(v1::UploadMarksRequest& message) override {
    pending_ += message.content().data();
    return pending_.size() < kChunkBytes ? absl::OkStatus() : Keep();
  }

  absl::StatusOr<v1::MarkImport> Finish() override {
    if (!pending_.empty()) RETURN_IF_ERROR(Keep());
    return sending_.Result();
  }

 private:
  absl::Status Keep() {
    RETURN_IF_ERROR(sending_.Keep(MarkImportForm::kText, pending_,
                                  [&](MarkImport& import) -> absl::StatusOr<std::int64_t> {
                                    if (import.offset != offset_) return OffsetWrong(import);
                                    return offset_;
                                  }));
    offset_ += static_cast<std::int64_t>(pending_.size());
    pending_.clear();
    return absl::OkStatus();
  }

  Sending sending_;
  std::int64_t offset_;
  std::string pending_;
};

class Stream final : public platform::UploadSink<v1::StreamMarksRequest, v1::MarkImport> {
 public:
  explicit Stream(Sending sending) : sending_(std::move(sending)) {}

  absl::Status Take(v1::StreamMarksRequest& message) override {
    int candidates = 0;
    for (const v1::CentreMarks& marks : message.rows()) candidates += marks.candidates_size();
    if (candidates > kCandidatesMax) {
      return Error(absl::StatusCode::kInvalidArgument, kTooManyCandidates,
                   absl::StrCat("a batch takes at most ", kCandidatesMax, " candidates"))
          .With("candidates_max", absl::StrCat(kCandidatesMax))
          .Field("rows", absl::StrCat("has more than ", kCandidatesMax, " candidates"));
    }
    message.clear_name();
    bool taken_before = false;
    const absl::Status status = sending_.Keep(
        MarkImportForm::kMessages, message.SerializeAsString(),
        [&](MarkImport& import) -> absl::StatusOr<std::int64_t> {
          taken_before = message.sequence() > 0 && message.sequence() <= import.sequence;
          if (message.sequence() != import.sequence + 1) return SequenceWrong(import);
          return ++import.sequence;
        });
    return taken_before ? absl::OkStatus() : status;
  }

  absl::StatusOr<v1::MarkImport> Finish() override { return sending_.Result(); }

 private:
  static absl::Status SequenceWrong(const MarkImport& import) {
    return Error(absl::StatusCode::kAborted, kMarkImportSequenceWrong,
                 absl::StrCat("the import has ", import.sequence, " batches; go on with ",
                              import.sequence + 1))
        .With("mark_import", import.name.Text())
        .With("sequence", absl::StrCat(import.sequence + 1));
  }

  Sending sending_;
};

// Quoted if it must be. A text that a spreadsheet would calculate becomes one that it shows.
void AppendCell(std::string& out, std::string_view text) {
  constexpr std::string_view kFormula = "=+-@\t\r";
  const bool formula = !text.empty() && kFormula.find(text[0]) != kFormula.npos;
  if (!formula && text.find_first_of("\",\r\n") == text.npos) {
    out.append(text);
    return;
  }
  out += formula ? "\"'" : "\"";
  for (const char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  out += '"';
}

class Report final : public platform::DownloadSource<google::api::HttpBody> {
 public:
  Report(const Context& context, MarkImport import)
      : context_(context), import_(std::move(import)) {}

  absl::StatusOr<bool> Next(google::api::HttpBody& message) override {
    if (done_) return false;
    std::string text;
    if (last_line_ < 0) {
      message.set_content_type("text/csv; charset=utf-8");
      text = "line,centre,candidate,column,reason,message\r\n";
    }
    std::vector<MarkImportRefusal> refusals;
    RETURN_IF_ERROR(context_.database.ReadNow([&](Transaction& tx) -> absl::Status {
      ASSIGN_OR_RETURN(refusals, store_.ListRefusals(tx, import_, last_line_, kReportRows));
      return absl::OkStatus();
    }));
    for (const MarkImportRefusal& refusal : refusals) {
      absl::StrAppend(&text, refusal.line);
      for (const std::string* cell : {&refusal.centre, &refusal.candidate, &refusal.column,
                                      &refusal.reason, &refusal.message}) {
        text += ',';
        AppendCell(text, *cell);
      }
      text += "\r\n";
    }
    last_line_ = refusals.empty() ? 0 : refusals.back().line;
    done_ = refusals.size() < kReportRows;
    const bool more = !text.empty();
    message.set_data(std::move(text));
    return more;
  }

 private:
  const Context& context_;
  const MarkImport import_;
  MarkImportStore store_;
  std::int64_t last_line_ = -1;
  bool done_ = false;
};

}  // namespace

absl::StatusOr<MarkImportName> MarkImportNameOf(std::string_view field, std::string_view name) {
  const std::vector<std::string> parts = absl::StrSplit(View(name), '/');
  if (parts.size() == 6 && parts[4] == "markImports" && !parts[5].empty()) {
    const std::size_t component = name.size() - parts[4].size() - parts[5].size() - 2;
    ASSIGN_OR_RETURN(const ComponentName parent, ComponentNameOf(field, name.substr(0, component)));
    return MarkImportName{parent.series, parent.component, parts[5]};
  }
  constexpr std::string_view kForm = "does not have the form series/*/components/*/markImports/*";
  return Error(absl::StatusCode::kInvalidArgument, "FIELD_INVALID",
               absl::StrCat(View(field), " ", View(kForm)))
      .Field(field, kForm);
}

absl::StatusOr<std::unique_ptr<platform::UploadSink<v1::UploadMarksRequest, v1::MarkImport>>>
OpenMarksUpload(const Context& context, const platform::Call& call,
                const v1::UploadMarksRequest& first) {
  ASSIGN_OR_RETURN(MarkImportName name, MarkImportNameOf("name", first.name()));
  Sending sending(context, call, std::move(name));
  const std::int64_t offset = first.offset();
  // Refused before the bytes come, not after.
  RETURN_IF_ERROR(sending.Read([&](Transaction& tx) -> absl::Status {
    ASSIGN_OR_RETURN(const MarkImport import, sending.Look(tx, MarkImportForm::kText));
    return import.offset == offset ? absl::OkStatus() : OffsetWrong(import);
  }));
  return std::make_unique<Upload>(std::move(sending), offset);
}

absl::StatusOr<std::unique_ptr<platform::UploadSink<v1::StreamMarksRequest, v1::MarkImport>>>
OpenMarksStream(const Context& context, const platform::Call& call,
                const v1::StreamMarksRequest& first) {
  ASSIGN_OR_RETURN(MarkImportName name, MarkImportNameOf("name", first.name()));
  Sending sending(context, call, std::move(name));
  RETURN_IF_ERROR(sending.Read(
      [&](Transaction& tx) { return sending.Look(tx, MarkImportForm::kMessages).status(); }));
  return std::make_unique<Stream>(std::move(sending));
}

absl::StatusOr<std::unique_ptr<platform::DownloadSource<google::api::HttpBody>>>
OpenMarkImportReport(const Context& context, const platform::Call& call,
                     const v1::DownloadMarkImportReportRequest& request) {
  ASSIGN_OR_RETURN(const MarkImportName name, MarkImportNameOf("name", request.name()));
  MarkImport import;
  RETURN_IF_ERROR(context.database.ReadNow([&](Transaction& tx) -> absl::Status {
    ASSIGN_OR_RETURN(import, MarkImportStore().Get(tx, CallerOf(call, Scope::kCentre), name));
    return absl::OkStatus();
  }));
  return std::make_unique<Report>(context, std::move(import));
}

v1::MarkImport ToProto(const MarkImport& import) {
  v1::MarkImport out;
  out.set_name(import.name.Text());
  out.set_mode(static_cast<v1::MarksMode>(import.mode + 1));
  out.set_open_submissions(import.open_submissions);
  out.set_total_bytes(import.total_bytes);
  out.set_sha256(import.sha256);
  out.set_state(static_cast<v1::MarkImport::State>(import.state));
  out.set_offset(import.offset);
  out.set_sequence(import.sequence);
  out.set_row_count(import.rows);
  out.set_accepted_count(import.accepted);
  out.set_refused_count(import.refused);
  out.set_missing_count(import.missing);
  out.set_applied_count(import.applied);
  out.set_submission_count(import.submissions);
  out.set_failure_reason(import.failure_reason);
  out.set_failure_message(import.failure_message);
  const auto set = [](google::protobuf::Timestamp& to, absl::Time time) {
    const std::int64_t micros = absl::ToUnixMicros(time);
    to.set_seconds(micros / 1'000'000);
    to.set_nanos(static_cast<std::int32_t>(micros % 1'000'000 * 1000));
  };
  set(*out.mutable_create_time(), import.create_time);
  set(*out.mutable_update_time(), import.update_time);
  set(*out.mutable_expire_time(), import.expire_time);
  return out;
}
static_assert(v1::MARKS_MODE_VALIDATE_ONLY == static_cast<int>(MarksMode::kValidateOnly) + 1);
static_assert(v1::MARKS_MODE_ALL_OR_NOTHING == static_cast<int>(MarksMode::kAllOrNothing) + 1);
static_assert(v1::MARKS_MODE_KEEP_GOOD == static_cast<int>(MarksMode::kKeepGood) + 1);
static_assert(v1::MarkImport::STATE_CANCELLED == static_cast<int>(MarkImportState::kCancelled));

}  // namespace assay::moderation
