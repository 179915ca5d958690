// The typed half of Router: casts, and nothing that could go wrong twice.
#pragma once
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "services/platform/rpc/router.h"

namespace assay::platform {
namespace rpc_internal {

template <typename Resp>
absl::Status Hand(absl::StatusOr<Resp> result, Reply reply) {
  if (!result.ok()) return std::move(result).status();
  reply(*result);
  return absl::OkStatus();
}

template <typename Req, typename Resp>
class TypedSink final : public Sink {
 public:
  explicit TypedSink(std::unique_ptr<UploadSink<Req, Resp>> sink) : sink_(std::move(sink)) {}
  absl::Status Take(Message& message) override { return sink_->Take(static_cast<Req&>(message)); }
  absl::Status Finish(Reply reply) override { return Hand<Resp>(sink_->Finish(), reply); }

 private:
  std::unique_ptr<UploadSink<Req, Resp>> sink_;
};

template <typename Resp>
class TypedSource final : public Source {
 public:
  explicit TypedSource(std::unique_ptr<DownloadSource<Resp>> source) : source_(std::move(source)) {}
  DownloadHead head() const override { return source_->head(); }
  absl::StatusOr<bool> Next(Reply reply) override {
    message_.Clear();
    absl::StatusOr<bool> more = source_->Next(message_);
    if (more.ok() && *more) reply(message_);
    return more;
  }

 private:
  std::unique_ptr<DownloadSource<Resp>> source_;
  Resp message_;  // One for all, so that its buffers are reused.
};

template <typename Req, typename Resp>
Registration RegistrationOf(Kind kind, std::string_view method) {
  return {.kind = kind,
          .method = std::string(method),
          .request = &Req::default_instance(),
          .response = &Resp::default_instance(),
          .handler = {},
          .ask = {},
          .open_sink = {},
          .open_source = {}};
}

template <typename Req, typename Resp>
Handler InTransaction(
    std::function<absl::StatusOr<Resp>(const Call&, const Req&, Transaction&)> handler) {
  return [handler = std::move(handler)](const Call& call, const Message& request, const void*,
                                        Transaction* tx, Reply reply) {
    return Hand<Resp>(handler(call, static_cast<const Req&>(request), *tx), reply);
  };
}

}  // namespace rpc_internal

template <typename Req, typename Resp>
void Router::Read(
    std::string_view method,
    std::function<absl::StatusOr<Resp>(const Call&, const Req&, Transaction&)> handler) {
  auto registration = rpc_internal::RegistrationOf<Req, Resp>(rpc_internal::Kind::kRead, method);
  registration.handler = rpc_internal::InTransaction<Req, Resp>(std::move(handler));
  Register(std::move(registration));
}

template <typename Req, typename Resp>
void Router::Write(
    std::string_view method,
    std::function<absl::StatusOr<Resp>(const Call&, const Req&, Transaction&)> handler) {
  auto registration = rpc_internal::RegistrationOf<Req, Resp>(rpc_internal::Kind::kWrite, method);
  registration.handler = rpc_internal::InTransaction<Req, Resp>(std::move(handler));
  Register(std::move(registration));
}

template <typename Req, typename Resp, typename Facts>
void Router::AskThenWrite(
    std::string_view method, std::function<absl::StatusOr<Facts>(const Call&, const Req&)> ask,
    std::function<absl::StatusOr<Resp>(const Call&, const Req&, const Facts&, Transaction&)>
        handler) {
  using rpc_internal::Message;
  auto registration =
      rpc_internal::RegistrationOf<Req, Resp>(rpc_internal::Kind::kAskThenWrite, method);
  registration.ask = [ask = std::move(ask)](
                         const Call& call,
                         const Message& request) -> absl::StatusOr<std::shared_ptr<const void>> {
    absl::StatusOr<Facts> facts = ask(call, static_cast<const Req&>(request));
    if (!facts.ok()) return std::move(facts).status();
    return std::make_shared<const Facts>(*std::move(facts));
  };
  registration.handler = [handler = std::move(handler)](const Call& call, const Message& request,
                                                        const void* facts, Transaction* tx,
                                                        rpc_internal::Reply reply) {
    return rpc_internal::Hand<Resp>(
        handler(call, static_cast<const Req&>(request), *static_cast<const Facts*>(facts), *tx),
        reply);
  };
  Register(std::move(registration));
}

template <typename Req, typename Resp>
void Router::Ask(std::string_view method,
                 std::function<absl::StatusOr<Resp>(const Call&, const Req&)> handler) {
  auto registration = rpc_internal::RegistrationOf<Req, Resp>(rpc_internal::Kind::kAsk, method);
  registration.handler = [handler = std::move(handler)](
                             const Call& call, const rpc_internal::Message& request, const void*,
                             Transaction*, rpc_internal::Reply reply) {
    return rpc_internal::Hand<Resp>(handler(call, static_cast<const Req&>(request)), reply);
  };
  Register(std::move(registration));
}

template <typename Req, typename Resp>
void Router::Upload(std::string_view method,
                    std::function<absl::StatusOr<std::unique_ptr<UploadSink<Req, Resp>>>(
                        const Call&, const Req& first)>
                        open) {
  using rpc_internal::Sink;
  auto registration = rpc_internal::RegistrationOf<Req, Resp>(rpc_internal::Kind::kUpload, method);
  registration.open_sink =
      [open = std::move(open)](
          const Call& call,
          const rpc_internal::Message& first) -> absl::StatusOr<std::unique_ptr<Sink>> {
    auto sink = open(call, static_cast<const Req&>(first));
    if (!sink.ok()) return std::move(sink).status();
    return std::make_unique<rpc_internal::TypedSink<Req, Resp>>(*std::move(sink));
  };
  Register(std::move(registration));
}

template <typename Req, typename Resp>
void Router::Download(
    std::string_view method,
    std::function<absl::StatusOr<std::unique_ptr<DownloadSource<Resp>>>(const Call&, const Req&)>
        open) {
  using rpc_internal::Source;
  auto registration =
      rpc_internal::RegistrationOf<Req, Resp>(rpc_internal::Kind::kDownload, method);
  registration.open_source =
      [open = std::move(open)](
          const Call& call,
          const rpc_internal::Message& request) -> absl::StatusOr<std::unique_ptr<Source>> {
    auto source = open(call, static_cast<const Req&>(request));
    if (!source.ok()) return std::move(source).status();
    return std::make_unique<rpc_internal::TypedSource<Resp>>(*std::move(source));
  };
  Register(std::move(registration));
}

}  // namespace assay::platform
