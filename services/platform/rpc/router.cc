#include "services/platform/rpc/router.h"

#include <google/protobuf/descriptor.h>
#include <grpcpp/impl/codegen/server_callback_handlers.h>
#include <grpcpp/impl/rpc_method.h>
#include <grpcpp/impl/rpc_service_method.h>
#include <grpcpp/impl/service_type.h>
#include <grpcpp/support/byte_buffer.h>

#include <map>
#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "assay/common/v1/access.pb.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/rpc/serving.h"
#include "services/platform/rpc/stream.h"
#include "services/platform/rpc/unary.h"

namespace assay::platform {
namespace {

using google::protobuf::DescriptorPool;
using google::protobuf::FieldDescriptor;
using google::protobuf::MethodDescriptor;
using google::protobuf::ServiceDescriptor;
using rpc_internal::Kind;
using rpc_internal::Method;
using rpc_internal::Shared;

// "ROLE_CENTRE_EXAMS" → "centre_exams", as tokens say it.
std::string RoleName(common::v1::Role role) {
  return absl::AsciiStrToLower(absl::StripPrefix(common::v1::Role_Name(role), "ROLE_"));
}

// What is wrong with the registration of `descriptor`, or "".
std::string FaultOf(const MethodDescriptor& descriptor, const Method& method) {
  const Kind kind = method.what.kind;
  if (descriptor.client_streaming() != (kind == Kind::kUpload) ||
      descriptor.server_streaming() != (kind == Kind::kDownload)) {
    return "is registered as a kind that does not fit its streams";
  }
  if (descriptor.input_type() != method.what.request->GetDescriptor()) {
    return absl::StrCat("takes ", descriptor.input_type()->full_name(), ", its handler ",
                        method.what.request->GetDescriptor()->full_name());
  }
  if (descriptor.output_type() != method.what.response->GetDescriptor()) {
    return absl::StrCat("returns ", descriptor.output_type()->full_name(), ", its handler ",
                        method.what.response->GetDescriptor()->full_name());
  }
  return "";
}

std::string AccessFaultOf(const MethodDescriptor& descriptor) {
  if (!descriptor.options().HasExtension(common::v1::access)) return "has no access option";
  const common::v1::Access& access = descriptor.options().GetExtension(common::v1::access);
  if (access.roles().empty()) return "names no roles";
  for (const int role : access.roles()) {
    if (!common::v1::Role_IsValid(role) || role == common::v1::ROLE_UNSPECIFIED) {
      return "names an unknown role";
    }
  }
  if (access.scope() == common::v1::SCOPE_UNSPECIFIED) return "names no scope";
  return "";
}

// What generated code does for raw callback services, for any proto service: bytes
// come in and go out, and Serving's callers parse them.
class RawService final : public grpc::Service {
 public:
  RawService(Shared& shared, const std::vector<Method*>& methods) {
    for (std::size_t i = 0; i < methods.size(); ++i) Add(shared, *methods[i], static_cast<int>(i));
  }

 private:
  using Bytes = grpc::ByteBuffer;
  using Context = grpc::CallbackServerContext;

  void Add(Shared& shared, Method& method, int index) {
    using grpc::internal::RpcMethod;
    RpcMethod::RpcType type = RpcMethod::NORMAL_RPC;
    grpc::internal::MethodHandler* handler = nullptr;
    if (method.what.kind == Kind::kUpload) {
      type = RpcMethod::CLIENT_STREAMING;
      handler = new grpc::internal::CallbackClientStreamingHandler<Bytes, Bytes>(
          [&shared, &method](Context* context, Bytes* response) {
            return rpc_internal::ServeUpload(shared, method, *context, *response);
          });
    } else if (method.what.kind == Kind::kDownload) {
      type = RpcMethod::SERVER_STREAMING;
      handler = new grpc::internal::CallbackServerStreamingHandler<Bytes, Bytes>(
          [&shared, &method](Context* context, const Bytes* request) {
            return rpc_internal::ServeDownload(shared, method, *context, *request);
          });
    } else {
      handler = new grpc::internal::CallbackUnaryHandler<Bytes, Bytes>(
          [&shared, &method](Context* context, const Bytes* request, Bytes* response) {
            return rpc_internal::ServeUnary(shared, method, *context, *request, *response);
          });
    }
    AddMethod(new grpc::internal::RpcServiceMethod(method.path.c_str(), type, nullptr));
    MarkMethodRawCallback(index, handler);
  }
};

}  // namespace

struct Router::Impl {
  explicit Impl(RouterOptions options) : shared(std::move(options)) {}

  // Checks one method and completes it from its descriptor; appends what is wrong.
  void Complete(const MethodDescriptor& descriptor, Method& method,
                std::vector<std::string>& faults);

  Shared shared;
  std::map<std::string, std::unique_ptr<Method>, std::less<>> methods;
  std::vector<std::string> faults;  // Found while registering.
  std::vector<std::unique_ptr<RawService>> services;
};

void Router::Impl::Complete(const MethodDescriptor& descriptor, Method& method,
                            std::vector<std::string>& faults) {
  std::string fault = FaultOf(descriptor, method);
  if (fault.empty()) fault = AccessFaultOf(descriptor);
  if (!fault.empty()) {
    faults.push_back(absl::StrCat(method.what.method, " ", fault));
    return;
  }
  const common::v1::Access& access = descriptor.options().GetExtension(common::v1::access);
  for (const int role : access.roles()) {
    method.roles.push_back(RoleName(static_cast<common::v1::Role>(role)));
  }
  method.path = absl::StrCat("/", method.what.method);
  method.deadline_default = shared.options.deadline_default;
  method.deadline_max = shared.options.deadline_max;
  if (access.deadline_seconds() > 0) {
    method.deadline_default = method.deadline_max = absl::Seconds(access.deadline_seconds());
  }
  if (method.what.kind == Kind::kWrite || method.what.kind == Kind::kAskThenWrite) {
    const FieldDescriptor* field = descriptor.input_type()->FindFieldByName("request_id");
    if (field != nullptr && field->type() == FieldDescriptor::TYPE_STRING &&
        !field->is_repeated()) {
      method.request_id = field;
    }
  }
  method.seconds = &shared.options.metrics.GetHistogram("assay_rpc_seconds",
                                                        "Time from a call's arrival to its answer.",
                                                        {{"method", method.what.method}});
}

Router::Router(RouterOptions options) : impl_(std::make_unique<Impl>(std::move(options))) {}
Router::~Router() = default;

void Router::Register(rpc_internal::Registration registration) {
  std::string name = registration.method;
  auto method = std::make_unique<Method>();
  method->what = std::move(registration);
  if (!impl_->methods.emplace(name, std::move(method)).second) {
    impl_->faults.push_back(absl::StrCat(name, " is registered twice"));
  }
}

absl::StatusOr<std::vector<grpc::Service*>> Router::Finish() {
  const DescriptorPool& pool = *DescriptorPool::generated_pool();
  std::vector<std::string> faults = impl_->faults;
  std::map<std::string, const ServiceDescriptor*> named;
  for (const auto& [name, method] : impl_->methods) {
    const std::string service = name.substr(0, name.find('/'));
    const ServiceDescriptor* descriptor = pool.FindServiceByName(service);
    if (descriptor == nullptr || name.find('/') == std::string::npos ||
        descriptor->FindMethodByName(name.substr(service.size() + 1)) == nullptr) {
      faults.push_back(absl::StrCat(name, " is in no linked proto file"));
      continue;
    }
    named.emplace(service, descriptor);
  }
  std::map<std::string, std::vector<Method*>> complete;
  for (const auto& [name, descriptor] : named) {
    for (int i = 0; i < descriptor->method_count(); ++i) {
      const MethodDescriptor& method = *descriptor->method(i);
      const auto found = impl_->methods.find(absl::StrCat(name, "/", method.name()));
      if (found == impl_->methods.end()) {
        faults.push_back(absl::StrCat(name, "/", method.name(), " has no handler"));
        if (std::string fault = AccessFaultOf(method); !fault.empty()) {
          faults.push_back(absl::StrCat(name, "/", method.name(), " ", fault));
        }
        continue;
      }
      impl_->Complete(method, *found->second, faults);
      complete[name].push_back(found->second.get());
    }
  }
  if (!faults.empty()) return absl::FailedPreconditionError(absl::StrJoin(faults, "; "));
  std::vector<grpc::Service*> services;
  for (const auto& [name, methods] : complete) {
    impl_->services.push_back(std::make_unique<RawService>(impl_->shared, methods));
    services.push_back(impl_->services.back().get());
  }
  return services;
}

}  // namespace assay::platform
