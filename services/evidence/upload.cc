#include "services/evidence/upload.h"

#include <string>
#include <utility>

#include "absl/strings/escaping.h"
#include "services/evidence/blobs/sha256.h"
#include "services/evidence/commands/record_upload.h"
#include "services/evidence/convert.h"
#include "services/evidence/errors.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/error/error.h"
#include "services/platform/idempotency/once.h"

namespace assay::evidence {
namespace {

class Upload final : public platform::UploadSink<v1::UploadEvidenceRequest, v1::Evidence> {
 public:
  Upload(const Context& context, platform::Call call, v1::UploadEvidenceRequest settings,
         Evidence evidence, std::string expected, std::unique_ptr<BlobWriter> writer)
      : context_(context),
        call_(std::move(call)),
        settings_(std::move(settings)),
        evidence_(std::move(evidence)),
        expected_(std::move(expected)),
        writer_(std::move(writer)) {}

  absl::Status Take(v1::UploadEvidenceRequest& message) override {
    empty_ = empty_ && message.content().data().empty();
    return writer_->Write(message.content().data());
  }

  absl::StatusOr<v1::Evidence> Finish() override {
    if (empty_) {
      return platform::Error(absl::StatusCode::kInvalidArgument, kEvidenceEmpty,
                             "no bytes came; send the file as the body")
          .Field("content", "is empty");
    }
    ASSIGN_OR_RETURN(StoredBlob blob, writer_->Commit(expected_));
    evidence_.sha256 = blob.sha256;
    evidence_.size = blob.size;
    evidence_.content_type = std::move(blob.content_type);
    evidence_.create_time = context_.clock.Now();
    evidence_.id = context_.ids.NextId(evidence_.create_time);

    const std::string body_hash = BodyHash();
    std::string reply;
    RETURN_IF_ERROR(context_.database.WriteNow([&](platform::Transaction& tx) -> absl::Status {
      const auto effect = [&]() -> absl::StatusOr<std::string> {
        RETURN_IF_ERROR(RecordUpload(tx, call_, context_.ids, context_.store, evidence_));
        return ToProto(evidence_).SerializeAsString();
      };
      ASSIGN_OR_RETURN(reply, platform::Once(tx,
                                             {.tenant = call_.tenant(),
                                              .caller = call_.subject(),
                                              .method = call_.method,
                                              .request_id = settings_.request_id(),
                                              .body_hash = body_hash},
                                             evidence_.create_time, effect));
      return absl::OkStatus();
    }));
    v1::Evidence receipt;
    if (!receipt.ParseFromString(reply)) return absl::InternalError("stored receipt is broken");
    return receipt;
  }

 private:
  // Of the settings and the content: a repeat must bring both.
  std::string BodyHash() const {
    v1::UploadEvidenceRequest body = settings_;
    body.clear_request_id();
    body.mutable_content()->set_data(evidence_.sha256);
    return absl::HexStringToBytes(Sha256Hex(body.SerializeAsString()));
  }

  const Context& context_;
  const platform::Call call_;
  const v1::UploadEvidenceRequest settings_;
  Evidence evidence_;
  const std::string expected_;
  std::unique_ptr<BlobWriter> writer_;
  bool empty_ = true;
};

}  // namespace

absl::StatusOr<std::unique_ptr<platform::UploadSink<v1::UploadEvidenceRequest, v1::Evidence>>>
OpenUpload(const Context& context, const platform::Call& call,
           const v1::UploadEvidenceRequest& first) {
  ASSIGN_OR_RETURN(Evidence evidence, FromUpload(call, first));
  ASSIGN_OR_RETURN(std::string expected, ExpectedDigest(first));
  ASSIGN_OR_RETURN(auto writer, context.blobs.NewWriter(call.tenant(), context.upload_bytes_max));
  v1::UploadEvidenceRequest settings;
  settings.set_parent(first.parent());
  settings.set_filename(first.filename());
  settings.set_expected_sha256(expected);
  *settings.mutable_subjects() = first.subjects();
  settings.set_purpose(first.purpose());
  settings.set_request_id(first.request_id());
  return std::make_unique<Upload>(context, call, std::move(settings), std::move(evidence),
                                  std::move(expected), std::move(writer));
}

}  // namespace assay::evidence
