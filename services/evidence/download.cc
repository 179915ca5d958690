#include "services/evidence/download.h"

#include <string>
#include <utility>

#include "services/evidence/commands/open_evidence.h"
#include "services/evidence/convert.h"
#include "services/evidence/errors.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/error/error.h"

namespace assay::evidence {
namespace {

// The blob store knows digests; the client knows the evidence's name.
absl::Status Named(const absl::Status& status, const std::string& name) {
  if (platform::ReasonOf(status) != kEvidenceCorrupt) return status;
  return platform::Error(absl::StatusCode::kDataLoss, kEvidenceCorrupt,
                         "the stored content of " + name +
                             " no longer has its digest; ask the operator to restore it")
      .With("evidence", name);
}

class Download final : public platform::DownloadSource<google::api::HttpBody> {
 public:
  Download(const Evidence& evidence, std::unique_ptr<BlobReader> reader)
      : name_(NameOf(evidence)),
        head_{.bytes = evidence.size,
              .filename = evidence.filename.empty() ? evidence.id : evidence.filename},
        content_type_(evidence.content_type),
        reader_(std::move(reader)) {}

  platform::DownloadHead head() const override { return head_; }

  absl::StatusOr<bool> Next(google::api::HttpBody& message) override {
    absl::StatusOr<std::string_view> piece = reader_->Next();
    if (!piece.ok()) return Named(piece.status(), name_);
    if (piece->empty()) return false;
    // Once is enough: what reads the stream takes it from the first message.
    if (!content_type_.empty()) message.set_content_type(std::exchange(content_type_, ""));
    message.mutable_data()->assign(piece->data(), piece->size());
    return true;
  }

 private:
  const std::string name_;
  const platform::DownloadHead head_;
  std::string content_type_;
  std::unique_ptr<BlobReader> reader_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<platform::DownloadSource<google::api::HttpBody>>> OpenDownload(
    const Context& context, const platform::Call& call,
    const v1::DownloadEvidenceRequest& request) {
  ASSIGN_OR_RETURN(const EvidenceName name, EvidenceNameOf("name", request.name()));
  const Reach reach = ReachOf(call);
  Evidence evidence;
  RETURN_IF_ERROR(context.database.WriteNow([&](platform::Transaction& tx) -> absl::Status {
    ASSIGN_OR_RETURN(evidence, OpenEvidence(tx, call, context.ids, context.store, reach, name));
    return absl::OkStatus();
  }));
  auto reader = context.blobs.NewReader(reach.tenant, evidence.sha256, evidence.size);
  if (!reader.ok()) return Named(reader.status(), NameOf(evidence));
  return std::make_unique<Download>(evidence, *std::move(reader));
}

}  // namespace assay::evidence
