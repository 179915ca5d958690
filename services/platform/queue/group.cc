#include "services/platform/queue/group.h"

#include <algorithm>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/queue/entry.h"

namespace assay::platform {
namespace {

constexpr std::size_t kIdsMax = 500;  // In one command: Redis does nothing else meanwhile.

absl::Status Classify(absl::Status status) {
  // UNBLOCKED: the stream went while we waited for it.
  const bool gone = absl::StartsWith(status.message(), "NOGROUP") ||
                    absl::StartsWith(status.message(), "UNBLOCKED");
  return gone ? absl::NotFoundError(status.message()) : status;
}

// [id, [name, value, …]], or [id, nil] if the body is gone.
Entry EntryFrom(int stream, const RedisReply& reply) {
  Entry entry;
  entry.key.stream = stream;
  if (!reply.items.empty()) entry.key.id = reply.items[0].text;
  if (reply.items.size() > 1 && reply.items[1].kind == RedisReply::Kind::kArray) {
    entry.event = EventFrom(reply.items[1]);
  } else {
    entry.event = absl::DataLossError("the stream no longer has this entry");
  }
  return entry;
}

std::string Millis(absl::Duration duration) {
  return absl::StrCat(std::max<std::int64_t>(absl::ToInt64Milliseconds(duration), 1));
}

}  // namespace

ConsumerGroup::ConsumerGroup(RedisOptions redis, std::vector<std::string> streams,
                             std::string group, std::string name)
    : redis_(RedisConnection::Create(std::move(redis))),
      streams_(std::move(streams)),
      group_(std::move(group)),
      name_(std::move(name)) {}

absl::StatusOr<RedisReply> ConsumerGroup::Run(const std::vector<std::string>& words,
                                              absl::Duration extra_wait) {
  const std::vector<std::string_view> views(words.begin(), words.end());
  auto reply = redis_->Run(views, extra_wait);
  if (!reply.ok()) return Classify(reply.status());
  return reply;
}

absl::Status ConsumerGroup::RunAll(std::span<const std::vector<std::string>> commands) {
  if (commands.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const auto replies, redis_->Pipeline(commands));
  for (const RedisReply& reply : replies) {
    if (reply.kind == RedisReply::Kind::kError) return Classify(StatusOfReply(reply.text));
  }
  return absl::OkStatus();
}

absl::Status ConsumerGroup::Join() {
  for (const std::string& stream : streams_) {
    const auto reply = Run({"XGROUP", "CREATE", stream, group_, "0", "MKSTREAM"});
    if (!reply.ok() && !absl::StartsWith(reply.status().message(), "BUSYGROUP")) {
      return reply.status();
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<Entry>> ConsumerGroup::Read(int count, absl::Duration block) {
  std::vector<std::string> words = {"XREADGROUP",        "GROUP", group_,        name_,    "COUNT",
                                    absl::StrCat(count), "BLOCK", Millis(block), "STREAMS"};
  words.insert(words.end(), streams_.begin(), streams_.end());
  words.insert(words.end(), streams_.size(), ">");
  ASSIGN_OR_RETURN(const RedisReply reply, Run(words, block));
  std::vector<Entry> entries;
  for (const RedisReply& part : reply.items) {
    if (part.items.size() < 2) continue;
    const auto found = std::find(streams_.begin(), streams_.end(), part.items[0].text);
    if (found == streams_.end()) continue;
    for (const RedisReply& entry : part.items[1].items) {
      entries.push_back(EntryFrom(static_cast<int>(found - streams_.begin()), entry));
    }
  }
  return entries;
}

absl::StatusOr<std::vector<std::string>> ConsumerGroup::Pending(int stream, std::string_view after,
                                                                int count) {
  ASSIGN_OR_RETURN(StreamId from, ParseStreamId(after));
  ASSIGN_OR_RETURN(const RedisReply reply,
                   Run({"XPENDING", streams_[stream], group_, from.Next().ToString(), "+",
                        absl::StrCat(count), name_}));
  std::vector<std::string> ids;
  for (const RedisReply& item : reply.items) {
    if (!item.items.empty()) ids.push_back(item.items[0].text);
  }
  return ids;
}

absl::StatusOr<ConsumerGroup::StaleIds> ConsumerGroup::TakeStale(int stream, std::string_view from,
                                                                 absl::Duration idle, int count) {
  ASSIGN_OR_RETURN(const RedisReply reply,
                   Run({"XAUTOCLAIM", streams_[stream], group_, name_, Millis(idle),
                        std::string(from), "COUNT", absl::StrCat(count), "JUSTID"}));
  if (reply.items.size() < 2) return absl::InternalError("XAUTOCLAIM answered with too little");
  StaleIds stale;
  stale.next = reply.items[0].text;
  for (const RedisReply& id : reply.items[1].items) stale.ids.push_back(id.text);
  if (reply.items.size() > 2) stale.lost = static_cast<std::int64_t>(reply.items[2].items.size());
  return stale;
}

absl::StatusOr<std::vector<Entry>> ConsumerGroup::Fetch(int stream,
                                                        std::span<const std::string> ids) {
  std::vector<Entry> entries;
  if (ids.empty()) return entries;
  std::vector<std::string> words = {"XCLAIM", streams_[stream], group_, name_, "0"};
  words.insert(words.end(), ids.begin(), ids.end());
  ASSIGN_OR_RETURN(const RedisReply claimed, Run(words));
  // From the first to the last id others of ours may lie; one more command each would cost more.
  ASSIGN_OR_RETURN(const RedisReply pending, Run({"XPENDING", streams_[stream], group_, ids.front(),
                                                  ids.back(), absl::StrCat(kIdsMax * 8), name_}));
  absl::flat_hash_map<std::string, std::int64_t> deliveries;
  for (const RedisReply& item : pending.items) {
    if (item.items.size() > 3) deliveries[item.items[0].text] = item.items[3].integer;
  }
  for (const RedisReply& item : claimed.items) {
    if (item.kind != RedisReply::Kind::kArray) continue;
    Entry& entry = entries.emplace_back(EntryFrom(stream, item));
    const auto found = deliveries.find(entry.key.id);
    entry.deliveries = found == deliveries.end() ? 1 : found->second;
  }
  return entries;
}

absl::StatusOr<std::vector<Entry>> ConsumerGroup::FetchAs(const EntryKey& key,
                                                          std::int64_t deliveries) {
  ASSIGN_OR_RETURN(const RedisReply claimed,
                   Run({"XCLAIM", streams_[key.stream], group_, name_, "0", key.id, "RETRYCOUNT",
                        absl::StrCat(deliveries)}));
  std::vector<Entry> entries;
  for (const RedisReply& item : claimed.items) {
    if (item.kind != RedisReply::Kind::kArray) continue;
    entries.push_back(EntryFrom(key.stream, item));
    entries.back().deliveries = deliveries;
  }
  return entries;
}

std::vector<std::vector<std::string>> ConsumerGroup::ForIds(
    std::span<const EntryKey> keys, const std::vector<std::string>& words,
    const std::vector<std::string>& more, const std::vector<std::string>& last) const {
  std::vector<std::vector<std::string>> by_stream(streams_.size());
  for (const EntryKey& key : keys) by_stream[key.stream].push_back(key.id);
  std::vector<std::vector<std::string>> commands;
  for (std::size_t stream = 0; stream < streams_.size(); ++stream) {
    const auto& ids = by_stream[stream];
    for (std::size_t i = 0; i < ids.size(); i += kIdsMax) {
      std::vector<std::string>& command = commands.emplace_back(words);
      command.push_back(streams_[stream]);
      command.insert(command.end(), more.begin(), more.end());
      command.insert(command.end(), ids.begin() + i,
                     ids.begin() + std::min(i + kIdsMax, ids.size()));
      command.insert(command.end(), last.begin(), last.end());
    }
  }
  return commands;
}

absl::Status ConsumerGroup::Keep(std::span<const EntryKey> keys) {
  return RunAll(ForIds(keys, {"XCLAIM"}, {group_, name_, "0"}, {"JUSTID"}));
}

absl::Status ConsumerGroup::Release(std::span<const std::pair<EntryKey, std::int64_t>> entries) {
  constexpr absl::Duration kLongAgo = absl::Hours(24);
  std::vector<std::vector<std::string>> commands;
  for (const auto& [key, deliveries] : entries) {
    commands.push_back({"XCLAIM", streams_[key.stream], group_, name_, "0", key.id, "IDLE",
                        Millis(kLongAgo), "RETRYCOUNT", absl::StrCat(deliveries), "JUSTID"});
  }
  return RunAll(commands);
}

absl::Status ConsumerGroup::Acknowledge(std::span<const EntryKey> keys) {
  return RunAll(ForIds(keys, {"XACK"}, {group_}, {}));
}

}  // namespace assay::platform
