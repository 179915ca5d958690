// How fast an event gets from the commit that caused it to its effect elsewhere:
// outbox, relay, Redis, consumer, claim and effect. Two SQLite databases on disk
// (synchronous FULL) and a Redis with appendonly everysec, all on this machine.
//
// Real numbers (the smoke run of ctest makes one short pass of each):
//   platform_queue_benchmark --benchmark_min_time=5
//   TMPDIR=/disk/of/interest platform_queue_benchmark --benchmark_filter=Latency
#include <benchmark/benchmark.h>
#include <poll.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/log/log.h"
#include "services/platform/outbox/outbox.h"
#include "services/platform/outbox/relay.h"
#include "services/platform/queue/stream.h"
#include "services/platform/storage/migrate.h"
#include "services/platform/testing/fakes.h"
#include "services/platform/testing/servers.h"

namespace assay::platform {
namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr int kWritesInFlight = 64;

class Path {
 public:
  explicit Path(int lanes) {
    auto server = testing::RedisServer::Start();
    ASSAY_CHECK(server.ok());
    server_ = *std::move(server);
    sender_ = Open("sender.db", [this] {
      if (Relay* relay = waking_.load()) relay->Wake();
    });
    receiver_ = Open("receiver.db", nullptr);
    ASSAY_CHECK(
        receiver_
            ->WriteNow([](Transaction& tx) {
              return tx.Execute("CREATE TABLE effects (event_id TEXT NOT NULL)", {}).status();
            })
            .ok());
    publisher_ = MakeStreamPublisher({.uri = server_->uri()}, "sender");
    relay_ = Relay::Start(*sender_, *publisher_, SystemClock());
    waking_ = relay_.get();
    ConsumerOptions options;
    options.group = "receiver";
    options.name = "replica-1";
    options.services = {"sender"};
    options.batch_max = 256;
    options.lanes = lanes;
    consumer_ = Consumer::Start({.uri = server_->uri()}, *receiver_, SystemClock(), options,
                                [this](const Event& event) { return Effect(event); });
  }
  ~Path() {
    consumer_.reset();
    waking_ = nullptr;
    relay_.reset();
  }

  // Commits an event; at most kWritesInFlight at once.
  void Send() {
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [this] { return in_flight_ < kWritesInFlight; });
      ++in_flight_;
    }
    const int number = static_cast<int>(committed_.size());
    committed_.push_back({});
    Event event;
    event.id = absl::StrCat(number);
    event.type = "assay.bench.v1.Happened";
    event.tenant = "tenant-a";
    event.subject = absl::StrCat("series/2026/submissions/", number % 1000);
    event.actor = "users/bench";
    event.trace = "01j00000000000000000000000";
    event.time = SystemClock().Now();
    event.payload.assign(200, 'p');
    sender_->Write([event](Transaction& tx) { return AppendEvent(tx, event); },
                   [this, number](absl::Status status) {
                     ASSAY_CHECK(status.ok());
                     std::lock_guard lock(mutex_);
                     committed_[number] = SteadyClock::now();
                     --in_flight_;
                     changed_.notify_all();
                   });
  }
  void Reserve(int events) {
    std::lock_guard lock(mutex_);
    committed_.reserve(committed_.size() + events);
    effected_.resize(committed_.size() + events);
  }
  void AwaitEffects(std::int64_t count) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return effects_ >= count; });
  }
  std::int64_t sent() const { return static_cast<std::int64_t>(committed_.size()); }

  std::vector<double> LatenciesMillis() {
    std::vector<double> all;
    for (std::size_t i = 0; i < committed_.size(); ++i) {
      all.push_back(
          std::chrono::duration<double, std::milli>(effected_[i] - committed_[i]).count());
    }
    std::ranges::sort(all);
    return all;
  }

 private:
  std::unique_ptr<Database> Open(std::string_view name, absl::AnyInvocable<void() const> commit) {
    DatabaseOptions options;
    options.uri = "sqlite:" + (dir_ / name);
    options.on_commit = std::move(commit);
    auto database = OpenDatabase(std::move(options));
    ASSAY_CHECK(database.ok() && Migrate(**database, Migrations()).ok());
    return *std::move(database);
  }

  absl::Status Effect(const Event& event) {
    RETURN_IF_ERROR(receiver_->WriteNow([&](Transaction& tx) -> absl::Status {
      ASSIGN_OR_RETURN(const bool first, ClaimEvent(tx, "receiver", event, SystemClock().Now()));
      if (!first) return absl::OkStatus();
      return tx.Execute("INSERT INTO effects (event_id) VALUES ($1)", {event.id}).status();
    }));
    int number = 0;
    ASSAY_CHECK(absl::SimpleAtoi(event.id, &number));
    std::lock_guard lock(mutex_);
    effected_[number] = SteadyClock::now();
    ++effects_;
    changed_.notify_all();
    return absl::OkStatus();
  }

  testing::TempDir dir_;
  std::mutex mutex_;
  std::condition_variable changed_;
  int in_flight_ = 0;
  std::int64_t effects_ = 0;
  std::vector<SteadyClock::time_point> committed_;
  std::vector<SteadyClock::time_point> effected_;
  std::atomic<Relay*> waking_{nullptr};
  std::unique_ptr<testing::RedisServer> server_;
  std::unique_ptr<Database> sender_;
  std::unique_ptr<Database> receiver_;
  std::unique_ptr<Publisher> publisher_;
  std::unique_ptr<Relay> relay_;
  std::unique_ptr<Consumer> consumer_;
};

// Events a second from commit to effect, everything running at once.
void BM_EventThroughput(benchmark::State& state) {
  constexpr int kEvents = 5000;
  Path path(static_cast<int>(state.range(0)));
  for (auto _ : state) {
    path.Reserve(kEvents);
    for (int i = 0; i < kEvents; ++i) path.Send();
    path.AwaitEffects(path.sent());
  }
  state.SetItemsProcessed(path.sent());
}
BENCHMARK(BM_EventThroughput)->Arg(8)->Arg(32)->UseRealTime()->Unit(benchmark::kMillisecond);

// Milliseconds from commit to effect at a steady rate of events a second.
void BM_EventLatency(benchmark::State& state) {
  const auto gap = std::chrono::nanoseconds(1'000'000'000 / state.range(0));
  const int events = static_cast<int>(state.range(0) / 5);
  Path path(8);
  for (auto _ : state) {
    path.Reserve(events);
    auto next = SteadyClock::now();
    for (int i = 0; i < events; ++i, next += gap) {
      while (SteadyClock::now() < next) poll(nullptr, 0, 1);
      path.Send();
    }
    path.AwaitEffects(path.sent());
  }
  const auto latencies = path.LatenciesMillis();
  state.counters["p50_ms"] = latencies[latencies.size() / 2];
  state.counters["p99_ms"] = latencies[latencies.size() * 99 / 100];
}
BENCHMARK(BM_EventLatency)->Arg(500)->Arg(3000)->UseRealTime()->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace assay::platform
