// Puts a protobuf event into the outbox of the transaction that caused it.
#pragma once
#include <google/protobuf/message.h>

#include <string_view>

#include "absl/status/status.h"
#include "services/platform/core/id.h"
#include "services/platform/outbox/outbox.h"
#include "services/platform/rpc/call.h"

namespace assay::platform {

inline absl::Status Emit(Transaction& tx, const Call& call, IdSource& ids, std::string_view subject,
                         const google::protobuf::Message& payload) {
  return AppendEvent(tx, {.id = ids.NextId(call.now),
                          .type = payload.GetDescriptor()->full_name(),
                          .tenant = std::string(call.tenant()),
                          .subject = std::string(subject),
                          .actor = std::string(call.subject()),
                          .trace = call.trace,
                          .time = call.now,
                          .payload = payload.SerializeAsString()});
}

}  // namespace assay::platform
