// How an event lies in a stream: the fields of an entry, and ids that compare as
// Redis compares them.
#pragma once
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "services/platform/events/event.h"
#include "services/platform/queue/redis.h"

namespace assay::platform {

struct StreamId {
  std::uint64_t millis = 0;
  std::uint64_t number = 0;
  auto operator<=>(const StreamId&) const = default;
  StreamId Next() const;
  std::string ToString() const;
};
// INVALID_ARGUMENT for text that is no stream id.
absl::StatusOr<StreamId> ParseStreamId(std::string_view text);

inline constexpr int kFieldsPerEntry = 8;
// Appends "id", its value, "type", its value and so on.
void AppendFields(const Event& event, std::vector<std::string>& words);
// INVALID_ARGUMENT if a field is missing or the time is no number; unknown fields
// are ignored, so that newer publishers may add some.
absl::StatusOr<Event> EventFrom(const RedisReply& fields);

// The value that follows `name` in a reply of names and values, or null.
const RedisReply* FieldOf(const RedisReply& reply, std::string_view name);

}  // namespace assay::platform
