#include "absl/strings/str_cat.h"
#include "gateway/ctl/command.h"
#include "gateway/ctl/mint.h"
#include "gateway/ctl/operations.h"
#include "gateway/ctl/text_table.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/error/error.h"
#include "services/platform/events/event.h"

namespace assay::gateway::ctl {
namespace {

std::string AgeOf(const common::v1::QueueStatus& status, const platform::Clock& clock) {
  if (!status.has_outbox_oldest_time()) return "";
  const absl::Time oldest = absl::FromUnixSeconds(status.outbox_oldest_time().seconds());
  return absl::FormatDuration(absl::Trunc(clock.Now() - oldest, absl::Seconds(1)));
}

absl::Status Run(const Args& args, Console& console) {
  ASSIGN_OR_RETURN(const auto services, ServicesFrom(args));
  ASSIGN_OR_RETURN(const std::string token, TokenFrom(args, console.clock));
  const auto redis = platform::RedisConnection::Create({.uri = RedisUriFrom(args)});
  TextTable table({"service", ">outbox", ">oldest", ">dead letters", ">stream", "read by",
                   ">pending", ">not read"});
  std::string problems;
  for (const ServiceAddress& service : services) {
    std::vector<std::string> cells = {service.name};
    const auto status = OperationsClient(service, token).Queue();
    if (status.ok()) {
      cells.insert(cells.end(),
                   {WithCommas(status->outbox_waiting()), AgeOf(*status, console.clock),
                    WithCommas(status->dead_letters())});
    } else {
      cells.insert(cells.end(), {"?", "", "?"});
      absl::StrAppend(&problems, service.name, " at ", service.address, ": ",
                      ErrorText(status.status()));
    }
    const auto stream = DepthOfStream(*redis, platform::StreamOf(service.name));
    if (!stream.ok()) {
      cells.push_back("?");
      if (problems.find("Redis") == std::string::npos) {
        absl::StrAppend(&problems, "Redis at ", RedisUriFrom(args), ": ", stream.status().message(),
                        "\n");
      }
    } else {
      cells.push_back(WithCommas(stream->length));
      for (const GroupDepth& group : stream->groups) {
        cells.insert(cells.end(), {group.group, WithCommas(group.pending),
                                   group.lag < 0 ? "?" : WithCommas(group.lag)});
        table.Add(cells);
        cells.assign(5, "");
      }
      if (!stream->groups.empty()) continue;
    }
    table.Add(cells);
  }
  console.out << table.Text();
  if (problems.empty()) return absl::OkStatus();
  return platform::Error(absl::StatusCode::kUnavailable, "QUEUES_UNKNOWN", problems);
}

}  // namespace

Command QueuesCommand() {
  return {.name = "queues",
          .words = "",
          .summary = "Shows how far each service's events have come.",
          .more =
              "Outbox: committed, not yet published. Stream: published, kept at least until every "
              "reader has acknowledged. Pending: handed to a reader that has not acknowledged. "
              "Dead letters: tried too often; see assayctl dead-letters list.",
          .example =
              "assayctl queues\n"
              "assayctl queues --service moderation=10.0.0.7:7103 --redis redis://10.0.0.9",
          .flags = Join({ServiceFlags(), {RedisFlag(), TokenFlag()}, MintFlags()}),
          .run = Run};
}

}  // namespace assay::gateway::ctl
