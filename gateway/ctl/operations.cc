#include "gateway/ctl/operations.h"

#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/impl/codegen/proto_utils.h>
#include <grpcpp/security/credentials.h>

#include <chrono>
#include <fstream>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/core/view.h"
#include "services/platform/error/error.h"
#include "services/platform/error/to_grpc.h"

namespace assay::gateway::ctl {
namespace {

using google::protobuf::Message;

constexpr auto kDeadline = std::chrono::seconds(5);
constexpr std::string_view kServices[] = {"approval", "evidence", "moderation", "notifications"};

std::string FirstLine(const std::string& path) {
  std::ifstream in(path);
  std::string line;
  std::getline(in, line);
  return line;
}

}  // namespace

struct OperationsClient::Impl {
  std::string name;
  std::string token;
  std::shared_ptr<grpc::Channel> channel;
};

OperationsClient::OperationsClient(const ServiceAddress& service, std::string token)
    : impl_(std::make_unique<Impl>()) {
  impl_->name = service.name;
  impl_->token = std::move(token);
  impl_->channel = grpc::CreateChannel(service.address, grpc::InsecureChannelCredentials());
}

OperationsClient::~OperationsClient() = default;

absl::Status OperationsClient::Ask(std::string_view method, const Message& request,
                                   Message& response) {
  grpc::TemplatedGenericStub<Message, Message> stub(impl_->channel);
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + kDeadline);
  context.AddMetadata("authorization", "Bearer " + impl_->token);
  absl::Notification done;
  grpc::Status result;
  stub.UnaryCall(&context,
                 absl::StrCat("/assay.common.v1.OperationsService/", platform::View(method)), {},
                 &request, &response, [&](grpc::Status status) {
                   result = std::move(status);
                   done.Notify();
                 });
  done.WaitForNotification();
  return platform::FromGrpc(result);
}

absl::StatusOr<common::v1::QueueStatus> OperationsClient::Queue() {
  common::v1::QueueStatus status;
  RETURN_IF_ERROR(Ask("GetQueueStatus", common::v1::GetQueueStatusRequest(), status));
  return status;
}

absl::StatusOr<std::vector<common::v1::DeadLetter>> OperationsClient::DeadLetters() {
  std::vector<common::v1::DeadLetter> letters;
  common::v1::ListDeadLettersRequest request;
  request.set_page_size(1000);
  do {
    common::v1::ListDeadLettersResponse page;
    RETURN_IF_ERROR(Ask("ListDeadLetters", request, page));
    letters.insert(letters.end(), page.dead_letters().begin(), page.dead_letters().end());
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  return letters;
}

absl::Status OperationsClient::Replay(std::int64_t number) {
  common::v1::ReplayDeadLetterRequest request;
  request.set_number(number);
  common::v1::ReplayDeadLetterResponse response;
  return Ask("ReplayDeadLetter", request, response);
}

std::vector<GroupDepth> GroupsOf(const platform::RedisReply& reply) {
  std::vector<GroupDepth> groups;
  for (const platform::RedisReply& fields : reply.items) {
    GroupDepth depth;
    for (std::size_t i = 0; i + 1 < fields.items.size(); i += 2) {
      const std::string& key = fields.items[i].text;
      const platform::RedisReply& value = fields.items[i + 1];
      if (key == "name") depth.group = value.text;
      if (key == "pending") depth.pending = value.integer;
      if (key == "lag" && value.kind == platform::RedisReply::Kind::kInteger) {
        depth.lag = value.integer;
      }
    }
    groups.push_back(std::move(depth));
  }
  return groups;
}

absl::StatusOr<StreamDepth> DepthOfStream(platform::RedisConnection& redis,
                                          const std::string& stream) {
  StreamDepth depth;
  ASSIGN_OR_RETURN(const auto length, redis.Run({"XLEN", stream}));
  depth.length = length.integer;
  const auto groups = redis.Run({"XINFO", "GROUPS", stream});
  if (groups.ok()) {
    depth.groups = GroupsOf(*groups);
  } else if (!absl::IsFailedPrecondition(groups.status())) {  // "no such key"
    return groups.status();
  }
  return depth;
}

std::vector<FlagSpec> ServiceFlags() {
  return {{.name = "service",
           .value = "NAME=HOST:PORT",
           .help = "where a service listens; without any, those of --run-dir",
           .kind = FlagSpec::Kind::kRepeated},
          {.name = "run-dir",
           .value = "DIR",
           .help = "where deploy/up keeps the ports of what it started",
           .initial = ".run",
           .env = "ASSAY_RUN_DIR"}};
}

absl::StatusOr<std::vector<ServiceAddress>> ServicesFrom(const Args& args) {
  std::vector<ServiceAddress> services;
  for (const std::string& text : args.All("service")) {
    const std::size_t equals = text.find('=');
    if (equals == std::string::npos || equals == 0 || text.find(':', equals) == std::string::npos) {
      return UsageError(absl::StrCat("--service takes NAME=HOST:PORT, not \"", text, "\""));
    }
    services.push_back({text.substr(0, equals), text.substr(equals + 1)});
  }
  if (!services.empty()) return services;
  for (const std::string_view name : kServices) {
    const std::string port =
        FirstLine(absl::StrCat(args.Get("run-dir"), "/", platform::View(name), ".port"));
    if (!port.empty()) services.push_back({std::string(name), "127.0.0.1:" + port});
  }
  if (!services.empty()) return services;
  return platform::Error(
      absl::StatusCode::kNotFound, "NO_SERVICES",
      absl::StrCat("no service is known: ", args.Get("run-dir"),
                   " has no .port files; start with deploy/up, or name them with --service"));
}

FlagSpec RedisFlag() {
  return {.name = "redis",
          .value = "URI",
          .help = "where the queues are; without it, what --run-dir says",
          .env = "ASSAY_REDIS"};
}

std::string RedisUriFrom(const Args& args) {
  if (args.Is("redis")) return args.Get("redis");
  const std::string port = FirstLine(args.Get("run-dir") + "/redis.port");
  return absl::StrCat("redis://127.0.0.1:", port.empty() ? "6379" : port);
}

}  // namespace assay::gateway::ctl
