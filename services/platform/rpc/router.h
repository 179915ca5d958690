// The one path that every RPC of every service takes.
//
// gRPC C++ server interceptors can watch a call but not refuse it, so what must be
// able to refuse runs here, in this order:
//   request id → metrics and access log → deadline → authentication →
//   authorization (the method's assay.common.v1.access option) → handler → error mapping.
// Metrics are outside of the rest so that they count refusals.
//
// Methods are registered by name against their descriptors, so a method without an
// access option, without a handler, or with the wrong types stops the start.
//
// Example (services/approval/service.cc):
//   router.Read<GetCentreRequest, Centre>("assay.approval.v1.CentreService/GetCentre",
//       [&](const Call& call, const GetCentreRequest& request, Transaction& tx)
//           -> absl::StatusOr<Centre> { … });
//   router.Write<ApproveCentreRequest, Centre>("assay.approval.v1.CentreService/ApproveCentre", …);
//
// A request's `request_id` field, if its message has one, makes Write and
// AskThenWrite idempotent without a line of the handler's.
#pragma once
#include <google/protobuf/message.h>

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/platform/auth/authenticator.h"
#include "services/platform/core/clock.h"
#include "services/platform/core/id.h"
#include "services/platform/metrics/metrics.h"
#include "services/platform/rpc/call.h"
#include "services/platform/rpc/download_head.h"
#include "services/platform/storage/database.h"

namespace grpc {
class Service;
}

namespace assay::platform {

struct RouterOptions {
  std::string error_domain;  // "approval.assay.example"
  Database& database;
  Authenticator& authenticator;
  const Clock& clock;
  IdSource& ids;
  Metrics& metrics;
  absl::Duration deadline_default = absl::Seconds(15);
  absl::Duration deadline_max = absl::Minutes(5);
  int pool_threads = 8;       // For Ask, Upload and Download.
  int pool_queue_max = 1024;  // Beyond it: RESOURCE_EXHAUSTED (SERVER_BUSY).
};

// Takes one streamed upload. Runs on the pool, one call at a time.
template <typename Req, typename Resp>
class UploadSink {
 public:
  virtual ~UploadSink() = default;  // Destroyed without Finish: the client went away.
  virtual absl::Status Take(Req& message) = 0;
  virtual absl::StatusOr<Resp> Finish() = 0;
};

// Gives one streamed download. Runs on the pool, one call at a time.
template <typename Resp>
class DownloadSource {
 public:
  virtual ~DownloadSource() = default;
  // Asked once, before the first message. With `bytes`, a download of another length arrives
  // as broken, not as complete.
  virtual DownloadHead head() const { return {}; }
  // Fills the next message; false: no more.
  virtual absl::StatusOr<bool> Next(Resp& message) = 0;
};

// Handlers without their message types, so that everything behind the templates
// below is compiled once.
namespace rpc_internal {

using Message = google::protobuf::Message;
// Takes a handler's response; a later call replaces it.
using Reply = absl::FunctionRef<void(const Message&)>;
// `tx` is null for Ask, `facts` for all but AskThenWrite.
using Handler = std::function<absl::Status(const Call&, const Message& request, const void* facts,
                                           Transaction* tx, Reply)>;
using Asker =
    std::function<absl::StatusOr<std::shared_ptr<const void>>(const Call&, const Message&)>;

class Sink {
 public:
  virtual ~Sink() = default;
  virtual absl::Status Take(Message& message) = 0;
  virtual absl::Status Finish(Reply reply) = 0;
};
class Source {
 public:
  virtual ~Source() = default;
  virtual DownloadHead head() const = 0;
  virtual absl::StatusOr<bool> Next(Reply reply) = 0;
};
using SinkOpener =
    std::function<absl::StatusOr<std::unique_ptr<Sink>>(const Call&, const Message&)>;
using SourceOpener =
    std::function<absl::StatusOr<std::unique_ptr<Source>>(const Call&, const Message&)>;

// What a method was registered as. Handlers that its kind does not use are empty.
enum class Kind { kRead, kWrite, kAskThenWrite, kAsk, kUpload, kDownload };
struct Registration {
  Kind kind;
  std::string method;
  const Message* request;  // The default instances; they live forever.
  const Message* response;
  Handler handler;
  Asker ask;
  SinkOpener open_sink;
  SourceOpener open_source;
};

}  // namespace rpc_internal

class Router {
 public:
  explicit Router(RouterOptions options);
  ~Router();  // After the server has stopped.

  // A read: `handler` runs in a read-only transaction.
  template <typename Req, typename Resp>
  void Read(std::string_view method,
            std::function<absl::StatusOr<Resp>(const Call&, const Req&, Transaction&)> handler);

  // A write: `handler` runs as a command; the reply leaves when the commit is durable.
  template <typename Req, typename Resp>
  void Write(std::string_view method,
             std::function<absl::StatusOr<Resp>(const Call&, const Req&, Transaction&)> handler);

  // A write that first asks others: `ask` may block and runs on the pool.
  template <typename Req, typename Resp, typename Facts>
  void AskThenWrite(
      std::string_view method, std::function<absl::StatusOr<Facts>(const Call&, const Req&)> ask,
      std::function<absl::StatusOr<Resp>(const Call&, const Req&, const Facts&, Transaction&)>
          handler);

  // Neither: runs on the pool and may block (asks others, reads with ReadNow).
  template <typename Req, typename Resp>
  void Ask(std::string_view method,
           std::function<absl::StatusOr<Resp>(const Call&, const Req&)> handler);

  // Client streaming. `open` gets the first message (which Take gets too).
  template <typename Req, typename Resp>
  void Upload(std::string_view method,
              std::function<absl::StatusOr<std::unique_ptr<UploadSink<Req, Resp>>>(
                  const Call&, const Req& first)>
                  open);

  // Server streaming.
  template <typename Req, typename Resp>
  void Download(
      std::string_view method,
      std::function<absl::StatusOr<std::unique_ptr<DownloadSource<Resp>>>(const Call&, const Req&)>
          open);

  // One grpc::Service per proto service named by the methods above. FAILED_PRECONDITION
  // names every method of theirs that has no handler or no access option.
  absl::StatusOr<std::vector<grpc::Service*>> Finish();

 private:
  void Register(rpc_internal::Registration registration);

  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace assay::platform

#include "services/platform/rpc/router_inl.h"  // IWYU pragma: export
