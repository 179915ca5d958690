#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/hash/hash.h"
#include "absl/strings/str_cat.h"
#include "services/platform/core/backoff.h"
#include "services/platform/core/entropy.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/core/view.h"
#include "services/platform/error/error.h"
#include "services/platform/log/log.h"
#include "services/platform/outbox/outbox.h"
#include "services/platform/queue/group.h"
#include "services/platform/queue/stream.h"

namespace assay::platform {
namespace {

using SteadyTime =
    std::chrono::steady_clock::time_point;  // Leases and backoffs: a wall clock jumps.

// So many may wait for another attempt; beyond it nothing new is read, or an outage
// of what the handlers need would pull the whole stream into memory.
constexpr std::size_t kRetriesMax = 4096;
constexpr std::size_t kErrorTextMax = 1024;

SteadyTime Now() { return std::chrono::steady_clock::now(); }

bool IsPermanent(absl::StatusCode code) {
  switch (code) {
    case absl::StatusCode::kInvalidArgument:
    case absl::StatusCode::kNotFound:
    case absl::StatusCode::kPermissionDenied:
    case absl::StatusCode::kUnauthenticated:
    case absl::StatusCode::kFailedPrecondition:
    case absl::StatusCode::kUnimplemented:
      return true;
    default:
      return false;
  }
}

std::string TextOf(const absl::Status& status) {
  const std::string text = absl::StrCat(absl::StatusCodeToString(status.code()), " ",
                                        ReasonOf(status), ": ", status.message());
  return text.substr(0, kErrorTextMax);
}

std::vector<std::string> StreamsOf(const std::vector<std::string>& services) {
  std::vector<std::string> streams;
  for (const std::string& service : services) streams.push_back(StreamOf(service));
  return streams;
}

// What is remembered of an entry between its attempts. The event itself stays in Redis.
struct Retry {
  EntryKey key;
  std::int64_t deliveries = 1;  // So far, and counted.
  int failures = 0;             // Counted or not: for the backoff.
  SteadyTime first_failure;
};

struct Work {
  Entry entry;
  std::optional<Retry> retry;  // Of its last failure.
};

class StreamConsumer final : public Consumer {
 public:
  StreamConsumer(RedisOptions redis, Database& database, const Clock& clock,
                 ConsumerOptions options, EventHandler handler)
      : database_(database),
        clock_(clock),
        options_(std::move(options)),
        handler_(std::move(handler)),
        group_(redis, StreamsOf(options_.services), options_.group, options_.name),
        answers_(redis, StreamsOf(options_.services), options_.group, options_.name),
        lanes_(static_cast<std::size_t>(std::max(options_.lanes, 1))) {
    for (Lane& lane : lanes_) lane.thread = std::thread([this, &lane] { RunLane(lane); });
    reader_ = std::thread([this] { RunReader(); });
  }

  ~StreamConsumer() override {
    {
      std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    changed_.notify_all();
    for (Lane& lane : lanes_) lane.changed.notify_all();
    reader_.join();
    for (Lane& lane : lanes_) lane.thread.join();
    ReleaseRest();
  }

  absl::Status Replay(const Event& event) override { return handler_(event); }

  ConsumerStats stats() const override {
    return {.handled = handled_,
            .failed = failed_,
            .buried = buried_,
            .claimed = claimed_,
            .lost = lost_};
  }

 private:
  struct Lane {
    std::deque<Work> queue;
    std::condition_variable changed;
    std::thread thread;
  };

  // ---- the reader's thread: everything that asks Redis for work ----

  void RunReader() {
    if (options_.services.empty()) return;
    int failures = 0;
    while (!Stopping()) {
      const absl::Status status = ReadOnce();
      if (status.ok()) {
        if (std::exchange(failures, 0) > 0)
          Log(Severity::kInfo, "queue.found", {{"group", options_.group}});
        continue;
      }
      joined_ = false;
      // NOT_FOUND: Redis came back without our group. To join again needs no patience.
      if (absl::IsNotFound(status) && failures == 0) {
        Log(Severity::kWarning, "queue.group_lost", {{"group", options_.group}});
        failures = 1;
        continue;
      }
      if (++failures == 1) {
        Log(Severity::kWarning, "queue.lost",
            {{"group", options_.group}, {"error", status.ToString()}});
      }
      Sleep(Backoff(failures, options_.retry_min, std::min(options_.retry_max, kReconnectMax),
                    SystemEntropy()));
    }
  }

  absl::Status ReadOnce() {
    if (!joined_) {
      RETURN_IF_ERROR(group_.Join());
      joined_ = true;
      // What was pending for this name: from before a restart, or lost with a connection.
      for (std::string& after : own_from_) after = "0-0";
      own_from_.resize(options_.services.size(), "0-0");
      stale_due_ = Now();
    }
    RETURN_IF_ERROR(DispatchOwn());
    RETURN_IF_ERROR(DispatchStale());
    RETURN_IF_ERROR(DispatchRetries());
    if (!WaitForRoom()) return absl::OkStatus();
    ASSIGN_OR_RETURN(std::vector<Entry> entries, group_.Read(options_.batch_max, BlockTime()));
    for (Entry& entry : entries) Dispatch({std::move(entry), std::nullopt});
    return absl::OkStatus();
  }

  absl::Status DispatchOwn() {
    for (std::size_t stream = 0; stream < own_from_.size(); ++stream) {
      while (!own_from_[stream].empty() && HasRoom()) {
        const int number = static_cast<int>(stream);
        ASSIGN_OR_RETURN(const auto ids,
                         group_.Pending(number, own_from_[stream], options_.batch_max));
        own_from_[stream] = ids.empty() ? "" : ids.back();
        RETURN_IF_ERROR(FetchAndDispatch(number, ids).status());
      }
    }
    return absl::OkStatus();
  }

  // Twice within stale_after: tells the others what we hold, and takes what they dropped.
  absl::Status DispatchStale() {
    if (Now() < stale_due_) return absl::OkStatus();
    stale_due_ = Now() + absl::ToChronoNanoseconds(options_.stale_after / 2);
    RETURN_IF_ERROR(group_.Keep(Held()));
    for (int stream = 0; stream < static_cast<int>(options_.services.size()); ++stream) {
      std::string from = "0-0";
      do {
        ASSIGN_OR_RETURN(const auto stale,
                         group_.TakeStale(stream, from, options_.stale_after, options_.batch_max));
        lost_ += stale.lost;
        if (stale.lost > 0) {
          Log(Severity::kError, "queue.entries_lost",
              {{"stream", StreamOf(options_.services[stream])}, {"count", stale.lost}});
        }
        ASSIGN_OR_RETURN(const int taken, FetchAndDispatch(stream, stale.ids));
        claimed_ += taken;
        from = stale.next;
      } while (from != "0-0" && HasRoom());
    }
    return absl::OkStatus();
  }

  absl::StatusOr<int> FetchAndDispatch(int stream, const std::vector<std::string>& ids) {
    std::vector<std::string> free;
    {
      std::lock_guard lock(mutex_);
      for (const std::string& id : ids) {
        if (!held_.contains(EntryKey{stream, id})) free.push_back(id);
      }
    }
    ASSIGN_OR_RETURN(std::vector<Entry> entries, group_.Fetch(stream, free));
    const int count = static_cast<int>(entries.size());
    for (Entry& entry : entries) Dispatch({std::move(entry), std::nullopt});
    return count;
  }

  absl::Status DispatchRetries() {
    while (true) {
      Retry retry;
      {
        std::lock_guard lock(mutex_);
        if (retries_.empty() || retries_.begin()->first > Now() || !LanesHaveRoom()) break;
        retry = std::move(retries_.extract(retries_.begin()).mapped());
      }
      auto entries = group_.FetchAs(retry.key, retry.deliveries);
      if (absl::IsUnavailable(entries.status())) {
        std::lock_guard lock(mutex_);
        retries_.emplace(Now(), std::move(retry));
        return entries.status();
      }
      // Answered by another replica, or gone with a Redis that lost its data.
      if (!entries.ok() || entries->empty()) Drop(retry.key);
      RETURN_IF_ERROR(entries.status());
      for (Entry& entry : *entries) Dispatch({std::move(entry), std::move(retry)});
    }
    return absl::OkStatus();
  }

  void Dispatch(Work work) {
    // By subject, so that what happened to one thing is handled in its order.
    const std::size_t hash = work.entry.event.ok()
                                 ? absl::HashOf(work.entry.event->tenant, work.entry.event->subject)
                                 : absl::HashOf(work.entry.key);
    Lane& lane = lanes_[hash % lanes_.size()];
    {
      std::lock_guard lock(mutex_);
      // Not counted as delivered until its handler starts: see ReleaseRest.
      held_[work.entry.key] = work.entry.deliveries - 1;
      lane.queue.push_back(std::move(work));
      ++queued_;
    }
    lane.changed.notify_one();
  }

  // True if new entries may be read.
  bool WaitForRoom() {
    std::unique_lock lock(mutex_);
    const auto has_room = [this] { return LanesHaveRoom() && retries_.size() < kRetriesMax; };
    if (has_room()) return !stopping_;
    SteadyTime until = stale_due_;
    if (LanesHaveRoom()) until = std::min(until, retries_.begin()->first);
    changed_.wait_until(lock, until, [&] { return stopping_ || has_room(); });
    return !stopping_ && has_room();
  }

  bool HasRoom() {
    std::lock_guard lock(mutex_);
    return LanesHaveRoom();
  }
  // With mutex_ held.
  bool LanesHaveRoom() const { return queued_ < static_cast<std::size_t>(options_.batch_max); }

  absl::Duration BlockTime() {
    std::lock_guard lock(mutex_);
    SteadyTime until = std::min(Now() + absl::ToChronoNanoseconds(options_.block), stale_due_);
    if (!retries_.empty()) until = std::min(until, retries_.begin()->first);
    absl::Duration block = absl::FromChrono(until - Now());
    // What is in hand may fail while we wait, and then wants its next attempt in time.
    if (queued_ > 0 || running_ > 0) block = std::min(block, options_.retry_min);
    return std::max(block, absl::Milliseconds(1));
  }

  std::vector<EntryKey> Held() {
    std::lock_guard lock(mutex_);
    std::vector<EntryKey> keys;
    keys.reserve(held_.size());
    for (const auto& [key, deliveries] : held_) keys.push_back(key);
    return keys;
  }

  void Drop(const EntryKey& key) {
    std::lock_guard lock(mutex_);
    held_.erase(key);
  }

  bool Stopping() {
    std::lock_guard lock(mutex_);
    return stopping_;
  }

  void Sleep(absl::Duration duration) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, absl::ToChronoNanoseconds(duration), [this] { return stopping_; });
  }

  // ---- the lanes' threads: handlers and their answers ----

  void RunLane(Lane& lane) {
    while (true) {
      Work work;
      {
        std::unique_lock lock(mutex_);
        lane.changed.wait(lock, [&] { return stopping_ || !lane.queue.empty(); });
        if (stopping_) return;
        work = std::move(lane.queue.front());
        lane.queue.pop_front();
        --queued_;
        ++running_;
        held_[work.entry.key] = work.entry.deliveries;
      }
      changed_.notify_all();
      Handle(work);
      std::lock_guard lock(mutex_);
      --running_;
    }
  }

  void Handle(const Work& work) {
    const Entry& entry = work.entry;
    if (absl::IsDataLoss(entry.event.status())) {
      ++lost_;
      Log(Severity::kError, "queue.entries_lost", {{"id", entry.key.id}, {"count", 1}});
      return Acknowledge(entry.key);
    }
    absl::Status status = entry.event.status();
    if (status.ok() && entry.deliveries > options_.attempts_max) {
      // Whoever had it never lived to answer: to try it again may end this process too.
      status = absl::FailedPreconditionError("delivered too often without an answer");
    } else if (status.ok()) {
      status = handler_(*entry.event);
    }
    if (status.ok()) {
      ++handled_;
      return Acknowledge(entry.key);
    }
    ++failed_;
    Retry retry = work.retry.value_or(Retry{entry.key, 0, 0, Now()});
    ++retry.failures;
    retry.deliveries = entry.deliveries + 1;
    const bool counted = !absl::IsUnavailable(status) ||
                         Now() - retry.first_failure > absl::ToChronoNanoseconds(options_.patience);
    if (!counted) {
      retry.deliveries = entry.deliveries;
    } else if (IsPermanent(status.code()) || entry.deliveries >= options_.attempts_max) {
      const absl::Status buried = Bury(entry, status);
      if (buried.ok()) return Acknowledge(entry.key);
      // Without its database this consumer can do nothing: the event keeps its place.
      retry.deliveries = entry.deliveries;
      status = buried;
    }
    Log(Severity::kWarning, "queue.attempt_failed",
        {{"group", options_.group},
         {"event_id", entry.event.ok() ? entry.event->id : entry.key.id},
         {"attempt", entry.deliveries},
         {"code", absl::StatusCodeToString(status.code())},
         {"reason", ReasonOf(status)}});
    Schedule(std::move(retry));
  }

  void Schedule(Retry retry) {
    const absl::Duration wait =
        Backoff(retry.failures, options_.retry_min, options_.retry_max, SystemEntropy());
    std::lock_guard lock(mutex_);
    held_[retry.key] = retry.deliveries - 1;
    retries_.emplace(Now() + absl::ToChronoNanoseconds(wait), std::move(retry));
  }

  absl::Status Bury(const Entry& entry, const absl::Status& status) {
    DeadLetter letter;
    letter.consumer = options_.group;
    if (entry.event.ok()) {
      letter.event = *entry.event;
    } else {
      letter.event.id = absl::StrCat("stream:", entry.key.id);
      letter.event.time = clock_.Now();
    }
    letter.error = TextOf(status);
    letter.attempts = static_cast<int>(entry.deliveries);
    letter.time = clock_.Now();
    RETURN_IF_ERROR(
        database_.WriteNow([&letter](Transaction& tx) { return InsertDeadLetter(tx, letter); }));
    ++buried_;
    Log(Severity::kError, "queue.buried",
        {{"group", options_.group},
         {"event_id", letter.event.id},
         {"type", letter.event.type},
         {"attempts", letter.attempts},
         {"code", absl::StatusCodeToString(status.code())},
         {"reason", ReasonOf(status)}});
    return absl::OkStatus();
  }

  // One lane at a time carries the answers of all to Redis: those that come while it
  // is on the way go together in its next command.
  void Acknowledge(const EntryKey& key) {
    std::vector<EntryKey> batch;
    {
      std::lock_guard lock(mutex_);
      answered_.push_back(key);
      if (answering_) return;
      answering_ = true;
    }
    while (true) {
      {
        std::lock_guard lock(mutex_);
        for (const EntryKey& done : batch) held_.erase(done);
        batch = std::exchange(answered_, {});
        if (batch.empty()) {
          answering_ = false;
          return;
        }
      }
      // Twice, for a connection that broke while it was idle. If Redis is gone the entries
      // stay pending, come again, and find their claim taken.
      if (!answers_.Acknowledge(batch).ok()) answers_.Acknowledge(batch).IgnoreError();
    }
  }

  // ---- the end ----

  void ReleaseRest() {
    const std::vector<std::pair<EntryKey, std::int64_t>> rest(held_.begin(), held_.end());
    group_.Release(rest).IgnoreError();  // Otherwise they are found stale, later.
  }

  static constexpr absl::Duration kReconnectMax = absl::Seconds(2);

  Database& database_;
  const Clock& clock_;
  const ConsumerOptions options_;
  EventHandler handler_;
  ConsumerGroup group_;    // The reader's.
  ConsumerGroup answers_;  // Whose lane holds `answering_`.

  std::mutex mutex_;
  std::condition_variable changed_;  // Room, or the end.
  bool stopping_ = false;
  std::size_t queued_ = 0;
  std::size_t running_ = 0;
  // Everything between its delivery and its answer, with the deliveries that count so far.
  absl::flat_hash_map<EntryKey, std::int64_t> held_;
  std::multimap<SteadyTime, Retry> retries_;
  std::vector<EntryKey> answered_;
  bool answering_ = false;

  // The reader's own.
  bool joined_ = false;
  std::vector<std::string> own_from_;  // Per stream, empty once all was seen.
  SteadyTime stale_due_;

  std::atomic<std::int64_t> handled_{0}, failed_{0}, buried_{0}, claimed_{0}, lost_{0};

  std::vector<Lane> lanes_;
  std::thread reader_;
};

}  // namespace

std::unique_ptr<Consumer> Consumer::Start(RedisOptions redis, Database& database,
                                          const Clock& clock, ConsumerOptions options,
                                          EventHandler handler) {
  return std::make_unique<StreamConsumer>(std::move(redis), database, clock, std::move(options),
                                          std::move(handler));
}

}  // namespace assay::platform
