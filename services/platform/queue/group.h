// The Redis side of a consumer: one group over several streams, in one name.
//
// Knows the commands and what their answers look like; decides nothing. Entries are
// named by stream (an index into the streams given) and id.
#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/platform/events/event.h"
#include "services/platform/queue/redis.h"

namespace assay::platform {

struct EntryKey {
  int stream = 0;
  std::string id;
  bool operator==(const EntryKey&) const = default;
  template <typename H>
  friend H AbslHashValue(H h, const EntryKey& key) {
    return H::combine(std::move(h), key.stream, key.id);
  }
};

struct Entry {
  EntryKey key;
  absl::StatusOr<Event> event = absl::UnknownError("");  // DATA_LOSS if its body is gone.
  std::int64_t deliveries = 1;                           // This one included.
};

// Not thread-safe. NOT_FOUND: a stream or the group is gone; Join again. Else what
// RedisConnection says.
class ConsumerGroup {
 public:
  ConsumerGroup(RedisOptions redis, std::vector<std::string> streams, std::string group,
                std::string name);

  // Makes what is missing, from the oldest entry on.
  absl::Status Join();
  // New entries, at most `count` of each stream; waits for the first at most `block`.
  absl::StatusOr<std::vector<Entry>> Read(int count, absl::Duration block);

  // Ids that are pending under our own name, above `after`.
  absl::StatusOr<std::vector<std::string>> Pending(int stream, std::string_view after, int count);
  struct StaleIds {
    std::vector<std::string> ids;
    std::string next;       // Where to go on; "0-0" at the end.
    std::int64_t lost = 0;  // Pending entries that the stream no longer has.
  };
  // Takes over what nobody has answered for `idle`, without counting it as a delivery.
  absl::StatusOr<StaleIds> TakeStale(int stream, std::string_view from, absl::Duration idle,
                                     int count);
  // Delivers pending entries again, counting it. Those no longer pending are left out.
  absl::StatusOr<std::vector<Entry>> Fetch(int stream, std::span<const std::string> ids);
  // The same for one, as delivery number `deliveries`.
  absl::StatusOr<std::vector<Entry>> FetchAs(const EntryKey& key, std::int64_t deliveries);

  // Tells the others that these are in hand.
  absl::Status Keep(std::span<const EntryKey> keys);
  // Lets others take these at once; each as if it had been delivered `deliveries` times.
  absl::Status Release(std::span<const std::pair<EntryKey, std::int64_t>> entries);
  absl::Status Acknowledge(std::span<const EntryKey> keys);

 private:
  absl::StatusOr<RedisReply> Run(const std::vector<std::string>& words,
                                 absl::Duration extra_wait = absl::ZeroDuration());
  absl::Status RunAll(std::span<const std::vector<std::string>> commands);
  // One command a stream and chunk of ids: `words`, the stream's key, `more`, ids, `last`.
  std::vector<std::vector<std::string>> ForIds(std::span<const EntryKey> keys,
                                               const std::vector<std::string>& words,
                                               const std::vector<std::string>& more,
                                               const std::vector<std::string>& last) const;

  const std::unique_ptr<RedisConnection> redis_;
  const std::vector<std::string> streams_;
  const std::string group_;
  const std::string name_;
};

}  // namespace assay::platform
