// What an operator asks of each service on its own port, and of Redis.
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "assay/common/v1/operations_service.pb.h"
#include "gateway/ctl/args.h"
#include "services/platform/queue/redis.h"

namespace google::protobuf {
class Message;
}

namespace assay::gateway::ctl {

struct ServiceAddress {
  std::string name;     // "moderation"
  std::string address;  // "127.0.0.1:7103"
};

// Asks assay.common.v1.OperationsService of one service. Blocks.
class OperationsClient {
 public:
  OperationsClient(const ServiceAddress& service, std::string token);
  ~OperationsClient();

  absl::StatusOr<common::v1::QueueStatus> Queue();
  absl::StatusOr<std::vector<common::v1::DeadLetter>> DeadLetters();
  absl::Status Replay(std::int64_t number);

 private:
  absl::Status Ask(std::string_view method, const google::protobuf::Message& request,
                   google::protobuf::Message& response);
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// How far one reader of a stream is.
struct GroupDepth {
  std::string group;
  std::int64_t pending = 0;  // Handed out, not acknowledged.
  std::int64_t lag = -1;     // Not handed out yet; -1 if Redis cannot tell.
};
struct StreamDepth {
  std::int64_t length = 0;
  std::vector<GroupDepth> groups;
};
// A stream that is not there is empty.
absl::StatusOr<StreamDepth> DepthOfStream(platform::RedisConnection& redis,
                                          const std::string& stream);
// From the reply to XINFO GROUPS.
std::vector<GroupDepth> GroupsOf(const platform::RedisReply& reply);

// --service NAME=HOST:PORT and --run-dir, whose NAME.port files say where services listen.
std::vector<FlagSpec> ServiceFlags();
absl::StatusOr<std::vector<ServiceAddress>> ServicesFrom(const Args& args);
FlagSpec RedisFlag();
std::string RedisUriFrom(const Args& args);

}  // namespace assay::gateway::ctl
