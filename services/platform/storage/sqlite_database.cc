// SQLite behind Database: one writer thread that commits for many, readers where they are called.
#include <pthread.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <cstdlib>
#include <deque>
#include <filesystem>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/log/log.h"
#include "services/platform/storage/engines.h"
#include "services/platform/storage/sqlite_connection.h"

namespace assay::platform::storage {
namespace {

constexpr std::size_t kBatchMax = 256;
constexpr int kReadersMax = 32;
constexpr int kBrokenExitCode = 74;  // EX_IOERR of sysexits.h.
constexpr std::string_view kMemoryPath = ":memory:";

// The log is copied back into the file after this many pages, and once it has grown to
// kRestartPages new readers are kept off it until it could begin anew.
constexpr int kCheckpointPages = 1000;
constexpr int kRestartPages = 16 * kCheckpointPages;
constexpr int kRestartBusyMillis = 100;

struct Command {
  Database::Body body;
  Database::Done done;
};

// A folder of its own, removed with everything in it.
class PrivateFolder {
 public:
  static absl::StatusOr<std::unique_ptr<PrivateFolder>> Make() {
    std::error_code error;
    std::string name =
        (std::filesystem::temp_directory_path(error) / "assay-memory-XXXXXX").string();
    if (error || mkdtemp(name.data()) == nullptr) {
      return absl::UnavailableError("cannot make a temporary folder");
    }
    auto folder = std::make_unique<PrivateFolder>();
    folder->path_ = std::move(name);
    return folder;
  }
  PrivateFolder() = default;
  PrivateFolder(const PrivateFolder&) = delete;
  PrivateFolder& operator=(const PrivateFolder&) = delete;
  ~PrivateFolder() {
    std::error_code ignored;
    if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
  }
  std::string File() const { return path_ + "/assay.db"; }

 private:
  std::string path_;
};

// Connections for readers, made on demand. The last one given back is the next one out, so
// that its page cache is warm.
class Readers {
 public:
  Readers(std::string path, bool durable) : path_(std::move(path)), durable_(durable) {}

  class Lease {
   public:
    Lease(Readers& pool, std::unique_ptr<SqliteConnection> connection)
        : pool_(&pool), connection_(std::move(connection)) {}
    Lease(Lease&&) = default;
    Lease& operator=(Lease&&) = delete;
    ~Lease() {
      if (connection_ != nullptr) pool_->Return(std::move(connection_));
    }
    SqliteConnection& operator*() { return *connection_; }

   private:
    Readers* pool_;
    std::unique_ptr<SqliteConnection> connection_;
  };

  // Waits for one if kReadersMax are in use.
  absl::StatusOr<Lease> Take() {
    {
      std::unique_lock lock(mutex_);
      returned_.wait(lock, [this] { return !idle_.empty() || made_ < kReadersMax; });
      if (!idle_.empty()) {
        std::unique_ptr<SqliteConnection> connection = std::move(idle_.back());
        idle_.pop_back();
        return Lease(*this, std::move(connection));
      }
      ++made_;
    }
    absl::StatusOr<std::unique_ptr<SqliteConnection>> connection =
        SqliteConnection::Open(path_, SqliteConnection::Role::kReader, durable_);
    if (connection.ok()) return Lease(*this, *std::move(connection));
    {
      std::lock_guard lock(mutex_);
      --made_;
    }
    returned_.notify_one();
    return connection.status();
  }

 private:
  void Return(std::unique_ptr<SqliteConnection> connection) {
    {
      std::lock_guard lock(mutex_);
      idle_.push_back(std::move(connection));
    }
    returned_.notify_one();
  }

  const std::string path_;
  const bool durable_;
  std::mutex mutex_;
  std::condition_variable returned_;
  std::vector<std::unique_ptr<SqliteConnection>> idle_;
  int made_ = 0;
};

class SqliteDatabase final : public Database {
 public:
  SqliteDatabase(DatabaseOptions options, std::unique_ptr<PrivateFolder> folder,
                 std::unique_ptr<SqliteConnection> writer, const std::string& path, bool durable)
      : options_(std::move(options)),
        folder_(std::move(folder)),
        readers_(path, durable),
        writer_(std::move(writer)) {
    // Instead of SQLite's own checkpoint, which runs inside COMMIT: ours runs after the answers.
    sqlite3_wal_hook(
        writer_->handle(),
        [](void* self, sqlite3*, const char*, int pages) {
          static_cast<SqliteDatabase*>(self)->log_pages_ = pages;
          return SQLITE_OK;
        },
        this);
    thread_ = std::thread([this] { WriteLoop(); });
  }

  ~SqliteDatabase() override {
    {
      std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    queued_.notify_one();
    thread_.join();
  }

  Engine engine() const override { return Engine::kSqlite; }

  void Read(Body body, Done done) override { done(ReadHere(body)); }

  void Write(Body body, Done done) override {
    absl::Status refused;
    {
      std::lock_guard lock(mutex_);
      if (stopping_) {
        refused = StoppedError();
      } else if (!broken_.ok()) {
        refused = broken_;
      } else if (queue_.size() >= static_cast<std::size_t>(options_.waiting_writes_max)) {
        refused = BusyError(options_.waiting_writes_max);
      } else {
        queue_.push_back({std::move(body), std::move(done)});
      }
    }
    if (!refused.ok()) return done(std::move(refused));
    queued_.notify_one();
  }

  absl::Status CheckReady() override {
    {
      std::lock_guard lock(mutex_);
      RETURN_IF_ERROR(broken_);
    }
    Body look = [](Transaction& tx) {
      return tx.Query("SELECT COUNT(*) FROM sqlite_schema", std::span<const SqlValue>(),
                      [](const SqlRow&) { return absl::OkStatus(); });
    };
    return ReadHere(look);
  }

 private:
  absl::Status ReadHere(Body& body) {
    ASSIGN_OR_RETURN(Readers::Lease connection, readers_.Take());
    RETURN_IF_ERROR((*connection).Control("BEGIN"));
    absl::Status status = (*connection).Run(body);
    // Nothing was changed, so how it ends only matters for the snapshot being let go.
    if ((*connection).InTransaction()) {
      if (absl::Status end = (*connection).Control("ROLLBACK"); status.ok()) status = end;
    }
    return status;
  }

  void WriteLoop() {
    pthread_setname_np(pthread_self(), "sqlite-writer");
    while (true) {
      std::vector<Command> batch;
      {
        std::unique_lock lock(mutex_);
        queued_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
        if (queue_.empty()) return;
        const std::size_t count = std::min(queue_.size(), kBatchMax);
        batch.reserve(count);
        for (std::size_t i = 0; i < count; ++i) {
          batch.push_back(std::move(queue_.front()));
          queue_.pop_front();
        }
      }
      RunBatch(batch);
      CheckpointIfDue();
    }
  }

  // Runs all commands in one transaction, each in a savepoint, and answers once it is durable.
  void RunBatch(std::vector<Command>& batch) {
    if (batch.size() == 1) return RunAlone(batch.front());
    if (!broken_.ok()) return Answer(batch, broken_);
    if (absl::Status begun = writer_->Control("BEGIN IMMEDIATE"); !begun.ok()) {
      return Answer(batch, begun);
    }
    std::vector<absl::Status> results;
    results.reserve(batch.size());
    bool changed = false;
    absl::Status whole;
    for (std::size_t i = 0; i < batch.size() && whole.ok(); ++i) {
      whole = RunInSavepoint(batch[i].body, results, changed);
    }
    if (whole.ok()) whole = Commit();
    if (!broken_.ok()) return Answer(batch, broken_);
    if (!whole.ok()) {
      // One command spoiled it for all (a deferred constraint, a full disk): to each its own.
      UndoAll();
      for (Command& command : batch) RunAlone(command);
      return;
    }
    NotifyCommit(changed);
    for (std::size_t i = 0; i < batch.size(); ++i) batch[i].done(std::move(results[i]));
  }

  // Fails only if the transaction as a whole can no longer be committed.
  absl::Status RunInSavepoint(Body& body, std::vector<absl::Status>& results, bool& changed) {
    RETURN_IF_ERROR(writer_->Control("SAVEPOINT command"));
    const std::int64_t changes_before = writer_->TotalChanges();
    absl::Status status = writer_->Run(body);
    if (!writer_->InTransaction()) return absl::AbortedError("the transaction was undone");
    if (status.ok()) {
      changed = changed || writer_->TotalChanges() != changes_before;
    } else {
      RETURN_IF_ERROR(writer_->Control("ROLLBACK TO command"));
    }
    results.push_back(std::move(status));
    return writer_->Control("RELEASE command");
  }

  void RunAlone(Command& command) {
    if (!broken_.ok()) return command.done(broken_);
    if (absl::Status begun = writer_->Control("BEGIN IMMEDIATE"); !begun.ok()) {
      return command.done(std::move(begun));
    }
    const std::int64_t changes_before = writer_->TotalChanges();
    absl::Status status = writer_->Run(command.body);
    if (status.ok()) status = Commit();
    if (status.ok()) {
      NotifyCommit(writer_->TotalChanges() != changes_before);
    } else {
      UndoAll();
    }
    command.done(std::move(status));
  }

  void UndoAll() {
    if (!writer_->InTransaction()) return;
    if (absl::Status status = writer_->Control("ROLLBACK"); !status.ok()) Break(status);
  }

  // An I/O error while committing leaves unknown what the disk holds, and a second fsync that
  // succeeds would not tell either: stop rather than go on from there.
  absl::Status Commit() {
    absl::Status status = writer_->Control("COMMIT");
    if (!status.ok() && absl::IsUnavailable(status) && writer_->last_error() == SQLITE_IOERR) {
      UndoAll();
      Break(status);
      return broken_;
    }
    return status;
  }

  void Break(const absl::Status& why) {
    {
      std::lock_guard lock(mutex_);
      if (!broken_.ok()) return;
      broken_ = absl::UnavailableError(
          absl::StrCat("the database stopped after a disk error: ", why.message()));
    }
    Log(Severity::kError, "storage.broken", {{"error", std::string(why.message())}});
    if (options_.on_broken != nullptr) return options_.on_broken(why);
    FlushLogs();
    std::_Exit(kBrokenExitCode);
  }

  void Answer(std::vector<Command>& batch, const absl::Status& status) {
    for (Command& command : batch) command.done(status);
  }

  void NotifyCommit(bool changed) {
    if (changed && options_.on_commit != nullptr) options_.on_commit();
  }

  void CheckpointIfDue() {
    if (log_pages_ < log_pages_seen_) checkpoint_at_ = kCheckpointPages;  // It began anew.
    log_pages_seen_ = log_pages_;
    if (log_pages_ < checkpoint_at_) return;
    const bool restart = log_pages_ >= kRestartPages;
    if (restart) sqlite3_busy_timeout(writer_->handle(), kRestartBusyMillis);
    const int code = sqlite3_wal_checkpoint_v2(
        writer_->handle(), nullptr, restart ? SQLITE_CHECKPOINT_RESTART : SQLITE_CHECKPOINT_PASSIVE,
        nullptr, nullptr);
    if (restart) writer_->RestoreBusyTimeout();
    // Readers may have kept it from finishing; try again only after as many pages more.
    checkpoint_at_ = log_pages_ + kCheckpointPages;
    if ((code & 0xff) == SQLITE_OK || (code & 0xff) == SQLITE_BUSY) return;
    Log(Severity::kWarning, "storage.checkpoint_failed", {{"code", code}});
  }

  const DatabaseOptions options_;
  const std::unique_ptr<PrivateFolder> folder_;  // Removed after all connections have closed.
  Readers readers_;

  std::mutex mutex_;
  std::condition_variable queued_;
  std::deque<Command> queue_;
  bool stopping_ = false;
  absl::Status broken_;  // Written by the writer thread only, which reads it without the lock.

  // The writer thread's own.
  std::unique_ptr<SqliteConnection> writer_;
  int log_pages_ = 0;
  int log_pages_seen_ = 0;
  int checkpoint_at_ = kCheckpointPages;
  std::thread thread_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<Database>> OpenSqlite(DatabaseOptions options) {
  std::string path = options.uri.substr(std::string_view("sqlite:").size());
  if (path.empty()) return absl::InvalidArgumentError("sqlite: needs a path or :memory:");
  std::unique_ptr<PrivateFolder> folder;
  const bool durable = path != kMemoryPath;
  if (!durable) {
    ASSIGN_OR_RETURN(folder, PrivateFolder::Make());
    path = folder->File();
  }
  ASSIGN_OR_RETURN(std::unique_ptr<SqliteConnection> writer,
                   SqliteConnection::Open(path, SqliteConnection::Role::kWriter, durable));
  return std::make_unique<SqliteDatabase>(std::move(options), std::move(folder), std::move(writer),
                                          path, durable);
}

}  // namespace assay::platform::storage
