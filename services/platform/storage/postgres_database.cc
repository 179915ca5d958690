// PostgreSQL behind Database: a bounded pool of connections, each with a thread of its own.
#include <libpq-fe.h>
#include <pthread.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "services/platform/core/backoff.h"
#include "services/platform/core/entropy.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/log/log.h"
#include "services/platform/storage/engines.h"
#include "services/platform/storage/postgres_connection.h"

namespace assay::platform::storage {
namespace {

using Access = PostgresConnection::Access;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr int kAttemptsMax = 12;
constexpr absl::Duration kPauseMin = absl::Milliseconds(1);
constexpr absl::Duration kPauseMax = absl::Milliseconds(64);
// After a failed connect, calls fail at once for this long instead of queueing up for another try.
constexpr milliseconds kDownPause{250};

struct Job {
  Access access;
  Database::Body body;
  Database::Done done;
};

class PostgresDatabase final : public Database {
 public:
  explicit PostgresDatabase(DatabaseOptions options) : options_(std::move(options)) {
    for (int i = 0; i < options_.connections_max; ++i) {
      threads_.emplace_back([this] { Work(); });
    }
  }

  ~PostgresDatabase() override {
    {
      std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    queued_.notify_all();
    stopped_.notify_all();
    for (std::thread& thread : threads_) thread.join();
  }

  Engine engine() const override { return Engine::kPostgres; }
  void Read(Body body, Done done) override {
    Enqueue({Access::kRead, std::move(body), std::move(done)});
  }
  void Write(Body body, Done done) override {
    Enqueue({Access::kWrite, std::move(body), std::move(done)});
  }

  absl::Status CheckReady() override {
    return ReadNow([](Transaction& tx) {
      return tx.Query("SELECT 1", std::span<const SqlValue>(),
                      [](const SqlRow&) { return absl::OkStatus(); });
    });
  }

 private:
  using Connection = std::unique_ptr<PostgresConnection>;

  void Enqueue(Job job) {
    absl::Status refused;
    {
      std::lock_guard lock(mutex_);
      if (stopping_) {
        refused = StoppedError();
      } else if (queue_.size() >= static_cast<std::size_t>(options_.waiting_writes_max)) {
        refused = BusyError(options_.waiting_writes_max);
      } else {
        queue_.push_back(std::move(job));
      }
    }
    if (!refused.ok()) return job.done(std::move(refused));
    queued_.notify_one();
  }

  void Work() {
    pthread_setname_np(pthread_self(), "postgres");
    Connection connection;
    while (true) {
      std::unique_lock lock(mutex_);
      queued_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
      if (queue_.empty()) return;
      Job job = std::move(queue_.front());
      queue_.pop_front();
      lock.unlock();
      absl::Status status = RunJob(connection, job);
      if (connection != nullptr && connection->lost()) connection.reset();
      job.done(std::move(status));
    }
  }

  // Several times if it conflicts with others: only so is SERIALIZABLE as good as one writer.
  absl::Status RunJob(Connection& connection, Job& job) {
    absl::Status status;
    for (int attempt = 0; attempt < kAttemptsMax; ++attempt) {
      RETURN_IF_ERROR(BeginOn(connection, job.access));
      status = connection->Run(job.body);
      if (status.ok()) status = connection->Commit();
      if (status.ok()) {
        if (connection->changed() && options_.on_commit != nullptr) options_.on_commit();
        return status;
      }
      connection->Rollback();
      if (!connection->worth_another_try()) return status;
      Pause(attempt);
    }
    // A body may have put its own words on it; what the caller needs to know is the conflict.
    return absl::AbortedError("the change kept conflicting with others; try again");
  }

  // Lets the others finish first. A thread of its own waits, and not when the pool is closing.
  void Pause(int attempt) {
    const absl::Duration pause = Backoff(attempt, kPauseMin, kPauseMax, SystemEntropy());
    std::unique_lock lock(mutex_);
    stopped_.wait_for(lock, absl::ToChronoMicroseconds(pause), [this] { return stopping_; });
  }

  // The server may have gone since the last call. Nothing has run yet, so one more try is safe.
  absl::Status BeginOn(Connection& connection, Access access) {
    if (connection != nullptr) {
      absl::Status status = connection->Begin(access);
      if (status.ok()) return status;
      connection.reset();
    }
    ASSIGN_OR_RETURN(connection, Connect());
    return connection->Begin(access);
  }

  absl::StatusOr<Connection> Connect() {
    {
      std::lock_guard lock(mutex_);
      if (steady_clock::now() < down_until_) return absl::UnavailableError("the database is down");
    }
    absl::StatusOr<Connection> connection = PostgresConnection::Open(options_.uri);
    if (connection.ok()) return connection;
    Log(Severity::kWarning, "storage.connect_failed",
        {{"error", std::string(connection.status().message())}});
    std::lock_guard lock(mutex_);
    down_until_ = steady_clock::now() + kDownPause;
    return connection.status();
  }

  const DatabaseOptions options_;
  std::mutex mutex_;
  std::condition_variable queued_;
  std::condition_variable stopped_;
  std::deque<Job> queue_;
  bool stopping_ = false;
  steady_clock::time_point down_until_{};
  std::vector<std::thread> threads_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<Database>> OpenPostgres(DatabaseOptions options) {
  char* error = nullptr;
  std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)> parsed(
      PQconninfoParse(options.uri.c_str(), &error), &PQconninfoFree);
  if (parsed == nullptr) {
    PQfreemem(error);  // Not passed on: it quotes the URI, which may hold a password.
    return absl::InvalidArgumentError("the PostgreSQL URI cannot be parsed");
  }
  return std::make_unique<PostgresDatabase>(std::move(options));
}

}  // namespace assay::platform::storage
