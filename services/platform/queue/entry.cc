#include "services/platform/queue/entry.h"

#include <limits>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/core/view.h"

namespace assay::platform {
namespace {

absl::StatusOr<std::string> TextOf(const RedisReply& fields, std::string_view name) {
  const RedisReply* value = FieldOf(fields, name);
  if (value == nullptr) {
    return absl::InvalidArgumentError(absl::StrCat("the entry has no field ", View(name)));
  }
  return value->text;
}

}  // namespace

StreamId StreamId::Next() const {
  if (number == std::numeric_limits<std::uint64_t>::max()) return {millis + 1, 0};
  return {millis, number + 1};
}

std::string StreamId::ToString() const { return absl::StrCat(millis, "-", number); }

absl::StatusOr<StreamId> ParseStreamId(std::string_view text) {
  const std::size_t dash = text.find('-');
  StreamId id;
  if (dash == std::string_view::npos || !absl::SimpleAtoi(View(text.substr(0, dash)), &id.millis) ||
      !absl::SimpleAtoi(View(text.substr(dash + 1)), &id.number)) {
    return absl::InvalidArgumentError(absl::StrCat("not a stream id: ", View(text)));
  }
  return id;
}

void AppendFields(const Event& event, std::vector<std::string>& words) {
  words.insert(words.end(),
               {"id", event.id, "type", event.type, "tenant", event.tenant, "subject",
                event.subject, "actor", event.actor, "trace", event.trace, "time",
                absl::StrCat(absl::ToUnixMicros(event.time)), "payload", event.payload});
}

absl::StatusOr<Event> EventFrom(const RedisReply& fields) {
  Event event;
  ASSIGN_OR_RETURN(event.id, TextOf(fields, "id"));
  ASSIGN_OR_RETURN(event.type, TextOf(fields, "type"));
  ASSIGN_OR_RETURN(event.tenant, TextOf(fields, "tenant"));
  ASSIGN_OR_RETURN(event.subject, TextOf(fields, "subject"));
  ASSIGN_OR_RETURN(event.actor, TextOf(fields, "actor"));
  ASSIGN_OR_RETURN(event.trace, TextOf(fields, "trace"));
  ASSIGN_OR_RETURN(event.payload, TextOf(fields, "payload"));
  ASSIGN_OR_RETURN(const std::string time, TextOf(fields, "time"));
  std::int64_t micros = 0;
  if (!absl::SimpleAtoi(time, &micros)) {
    return absl::InvalidArgumentError("the entry's time is not a number of microseconds");
  }
  event.time = absl::FromUnixMicros(micros);
  return event;
}

const RedisReply* FieldOf(const RedisReply& reply, std::string_view name) {
  for (std::size_t i = 0; i + 1 < reply.items.size(); i += 2) {
    if (reply.items[i].text == name) return &reply.items[i + 1];
  }
  return nullptr;
}

}  // namespace assay::platform
