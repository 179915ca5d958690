#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "services/platform/core/bytes.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/log/log.h"
#include "services/platform/queue/entry.h"
#include "services/platform/queue/stream.h"

namespace assay::platform {
namespace {

// One script for the two checks and the appends, because between a check of ours and
// an append of ours Redis may lose its data and be back. Numbers in Lua are exact up
// to 2^53, which milliseconds and lengths stay below.
constexpr std::string_view kAppend = R"(
local last = '0-0'
if redis.call('EXISTS', KEYS[1]) == 1 then
  local info = redis.call('XINFO', 'STREAM', KEYS[1])
  for i = 1, #info, 2 do
    if info[i] == 'last-generated-id' then last = info[i + 1] end
  end
end
local ms, number = string.match(last, '^(%d+)-(%d+)$')
ms = tonumber(ms) number = tonumber(number)
local seen_ms = tonumber(ARGV[1]) local seen_number = tonumber(ARGV[2])
if ms < seen_ms or (ms == seen_ms and number < seen_number) then
  return redis.error_reply('LOST the stream ends at ' .. last)
end
local events = (#ARGV - 3) / 16
if redis.call('XLEN', KEYS[1]) + events > tonumber(ARGV[3]) then
  return redis.error_reply('FULL the stream has no room for ' .. events .. ' more entries')
end
local ids = {}
for i = 4, #ARGV, 16 do
  ids[#ids + 1] = redis.call('XADD', KEYS[1], '*', unpack(ARGV, i, i + 15))
end
return ids
)";
static_assert(kFieldsPerEntry * 2 == 16);

constexpr std::size_t kScriptBytesMax = MiB(4);  // Of payload in one script: Redis does nothing
constexpr std::size_t kScriptEventsMax = 256;    // else while it runs.

class StreamPublisher final : public Publisher {
 public:
  StreamPublisher(RedisOptions redis, std::string_view service, StreamLimits limits)
      : redis_(RedisConnection::Create(std::move(redis))),
        stream_(StreamOf(service)),
        limits_(limits) {}

  absl::StatusOr<std::vector<std::string>> Publish(std::span<const Event> events) override {
    std::vector<std::string> ids;
    ids.reserve(events.size());
    while (!events.empty()) {
      std::size_t count = 0;
      for (std::size_t bytes = 0; count < std::min(events.size(), kScriptEventsMax); ++count) {
        bytes += events[count].payload.size();
        if (count > 0 && bytes > kScriptBytesMax) break;
      }
      RETURN_IF_ERROR(Append(events.first(count), ids));
      events = events.subspan(count);
    }
    return ids;
  }

  absl::StatusOr<std::string> LastId() override {
    const auto reply = redis_->Run({"XINFO", "STREAM", stream_});
    if (!reply.ok()) {
      if (!IsNoSuchKey(reply.status())) return reply.status();
      seen_ = {};
      return seen_.ToString();
    }
    const RedisReply* last = FieldOf(*reply, "last-generated-id");
    if (last == nullptr) return absl::InternalError("XINFO STREAM without last-generated-id");
    ASSIGN_OR_RETURN(seen_, ParseStreamId(last->text));
    return seen_.ToString();
  }

  absl::Status Trim() override {
    ASSIGN_OR_RETURN(const std::optional<StreamId> acknowledged, Acknowledged());
    if (!acknowledged.has_value()) return absl::OkStatus();
    ASSIGN_OR_RETURN(const RedisReply length, redis_->Run({"XLEN", stream_}));
    StreamId first_kept = *acknowledged;
    if (length.integer <= limits_.length_max / 2 && limits_.keep > absl::ZeroDuration()) {
      ASSIGN_OR_RETURN(const StreamId young, FirstYoung());
      first_kept = std::min(first_kept, young);
    }
    ASSIGN_OR_RETURN(const RedisReply trimmed,
                     redis_->Run({"XTRIM", stream_, "MINID", "=", first_kept.ToString()}));
    if (trimmed.integer > 0) {
      Log(Severity::kDebug, "stream.trimmed", {{"stream", stream_}, {"count", trimmed.integer}});
    }
    return absl::OkStatus();
  }

 private:
  static bool IsNoSuchKey(const absl::Status& status) {
    return absl::StrContains(status.message(), "no such key");
  }

  absl::Status Append(std::span<const Event> events, std::vector<std::string>& ids) {
    std::vector<std::string> words = {"EVAL",
                                      std::string(kAppend),
                                      "1",
                                      stream_,
                                      absl::StrCat(seen_.millis),
                                      absl::StrCat(seen_.number),
                                      absl::StrCat(limits_.length_max)};
    words.reserve(words.size() + events.size() * kFieldsPerEntry * 2);
    for (const Event& event : events) AppendFields(event, words);
    const std::vector<std::string_view> views(words.begin(), words.end());
    const auto reply = redis_->Run(views, absl::ZeroDuration());
    if (!reply.ok()) {
      if (absl::StartsWith(reply.status().message(), "LOST ")) {
        return absl::AbortedError(reply.status().message());
      }
      if (absl::StartsWith(reply.status().message(), "FULL ")) {
        return absl::ResourceExhaustedError(reply.status().message());
      }
      return reply.status();
    }
    if (reply->items.size() != events.size()) {
      return absl::InternalError("the append script answered with another number of ids");
    }
    for (const RedisReply& id : reply->items) ids.push_back(id.text);
    ASSIGN_OR_RETURN(seen_, ParseStreamId(ids.back()));
    return absl::OkStatus();
  }

  // The first id that some group has not acknowledged; nothing if no one may be missed:
  // no group yet, or one that was there before is gone (it would come back and start
  // from the oldest entry that is left).
  absl::StatusOr<std::optional<StreamId>> Acknowledged() {
    const auto groups = redis_->Run({"XINFO", "GROUPS", stream_});
    if (!groups.ok()) {
      if (IsNoSuchKey(groups.status())) return std::nullopt;
      return groups.status();
    }
    std::optional<StreamId> first;
    std::set<std::string> present;
    for (const RedisReply& group : groups->items) {
      const RedisReply* name = FieldOf(group, "name");
      const RedisReply* delivered = FieldOf(group, "last-delivered-id");
      if (name == nullptr || delivered == nullptr) {
        return absl::InternalError("XINFO GROUPS without name or last-delivered-id");
      }
      present.insert(name->text);
      ASSIGN_OR_RETURN(StreamId open, ParseStreamId(delivered->text));
      open = open.Next();
      // Asked after the group's position: what was delivered in between is above it.
      ASSIGN_OR_RETURN(const RedisReply pending, redis_->Run({"XPENDING", stream_, name->text}));
      if (pending.items.size() > 1 && pending.items[1].kind == RedisReply::Kind::kString) {
        ASSIGN_OR_RETURN(const StreamId oldest, ParseStreamId(pending.items[1].text));
        open = std::min(open, oldest);
      }
      first = std::min(first.value_or(open), open);
    }
    const bool all_back =
        std::includes(present.begin(), present.end(), known_.begin(), known_.end());
    known_.insert(present.begin(), present.end());
    if (!all_back && !std::exchange(told_missing_, true)) {
      Log(Severity::kWarning, "stream.group_missing", {{"stream", stream_}});
    }
    if (all_back) told_missing_ = false;
    return all_back ? first : std::nullopt;
  }

  // By Redis's own clock, which made the ids.
  absl::StatusOr<StreamId> FirstYoung() {
    ASSIGN_OR_RETURN(const RedisReply time, redis_->Run({"TIME"}));
    std::int64_t seconds = 0;
    if (time.items.empty() || !absl::SimpleAtoi(time.items[0].text, &seconds)) {
      return absl::InternalError("TIME without seconds");
    }
    const std::int64_t millis = seconds * 1000 - absl::ToInt64Milliseconds(limits_.keep);
    return StreamId{static_cast<std::uint64_t>(std::max<std::int64_t>(millis, 0)), 0};
  }

  const std::unique_ptr<RedisConnection> redis_;
  const std::string stream_;
  const StreamLimits limits_;
  StreamId seen_;                // The last id we know the stream had.
  std::set<std::string> known_;  // Groups that were there at some time.
  bool told_missing_ = false;
};

}  // namespace

std::unique_ptr<Publisher> MakeStreamPublisher(RedisOptions redis, std::string_view service,
                                               StreamLimits limits) {
  return std::make_unique<StreamPublisher>(std::move(redis), service, limits);
}

}  // namespace assay::platform
