#include "services/platform/testing/servers.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <grp.h>
#include <libpq-fe.h>
#include <netinet/in.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <condition_variable>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <functional>
#include <mutex>
#include <optional>
#include <sstream>
#include <thread>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/testing/fakes.h"

extern char** environ;  // NOLINT(readability-redundant-declaration)

namespace assay::platform::testing {
namespace {

namespace fs = std::filesystem;

constexpr int kPollMillis = 5;
constexpr int kReadyPolls = 6000;  // Half a minute: a loaded machine is slow, a broken one is not.
constexpr int kPortAttempts = 5;

// Asks `ready` until it says yes or `polls` are used up.
bool Eventually(int polls, const std::function<bool()>& ready) {
  for (int i = 0; i < polls; ++i) {
    if (ready()) return true;
    poll(nullptr, 0, kPollMillis);
  }
  return false;
}

std::string FileTail(const std::string& path) {
  std::ifstream in(path);
  std::stringstream text;
  text << in.rdbuf();
  const std::string all = text.str();
  return all.substr(all.size() > 2000 ? all.size() - 2000 : 0);
}

struct User {
  uid_t uid = 0;
  gid_t gid = 0;
};

struct SpawnRequest {
  std::vector<std::string> argv;
  std::string log;
  std::vector<std::string> environment;
  std::optional<User> user;
  int death_signal = SIGKILL;
};

[[noreturn]] void ExecChild(const SpawnRequest& request, pid_t parent, char* const* argv,
                            char* const* env, int log) {
  dup2(log, STDOUT_FILENO);
  dup2(log, STDERR_FILENO);
  if (request.user.has_value()) {
    const gid_t gid = request.user->gid;
    if (setgroups(1, &gid) != 0 || setgid(gid) != 0 || setuid(request.user->uid) != 0) _exit(126);
  }
  // After setuid, which would clear it. A parent that died before this line is noticed below.
  prctl(PR_SET_PDEATHSIG, request.death_signal);
  if (getppid() != parent) _exit(125);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  execvpe(argv[0], argv, env);
  _exit(127);
}

absl::StatusOr<pid_t> Fork(const SpawnRequest& request) {
  const int log = open(request.log.empty() ? "/dev/null" : request.log.c_str(),
                       O_CREAT | O_WRONLY | O_APPEND | O_CLOEXEC, 0644);
  if (log < 0) {
    return absl::InternalError(absl::StrCat("cannot open ", request.log, ": ", strerror(errno)));
  }
  absl::Cleanup close_log = [log] { close(log); };
  // Everything that allocates happens before the fork: another thread may hold malloc's lock.
  std::vector<char*> argv;
  for (const std::string& arg : request.argv) argv.push_back(const_cast<char*>(arg.c_str()));
  argv.push_back(nullptr);
  std::vector<char*> env;
  const auto overridden = [&](std::string_view entry) {
    const std::string_view name = entry.substr(0, entry.find('=') + 1);
    return std::ranges::any_of(request.environment,
                               [&](const std::string& e) { return e.starts_with(name); });
  };
  for (char** entry = environ; *entry != nullptr; ++entry) {
    if (!overridden(*entry)) env.push_back(*entry);
  }
  for (const std::string& entry : request.environment) {
    env.push_back(const_cast<char*>(entry.c_str()));
  }
  env.push_back(nullptr);
  const pid_t parent = getpid();
  const pid_t pid = fork();
  if (pid == 0) ExecChild(request, parent, argv.data(), env.data(), log);
  if (pid < 0) return absl::InternalError(absl::StrCat("fork: ", strerror(errno)));
  return pid;
}

// Forks on one thread that lives as long as the process: the kernel sends the death
// signal when the *thread* that forked ends, and tests start servers from threads too.
class Spawner {
 public:
  static Spawner& Get() {
    static auto* spawner = new Spawner;  // Never destroyed, so that its thread never ends early.
    return *spawner;
  }

  absl::StatusOr<pid_t> Spawn(const SpawnRequest& request) {
    std::lock_guard one_at_a_time(callers_);
    std::unique_lock lock(mutex_);
    request_ = &request;
    changed_.notify_all();
    changed_.wait(lock, [this] { return request_ == nullptr; });
    return result_;
  }

 private:
  Spawner() {
    std::thread([this] {
      std::unique_lock lock(mutex_);
      while (true) {
        changed_.wait(lock, [this] { return request_ != nullptr; });
        result_ = Fork(*request_);
        request_ = nullptr;
        changed_.notify_all();
      }
    }).detach();
  }

  std::mutex callers_;
  std::mutex mutex_;
  std::condition_variable changed_;
  const SpawnRequest* request_ = nullptr;
  absl::StatusOr<pid_t> result_ = absl::UnknownError("nothing spawned");
};

class ChildProcess final : public Child {
 public:
  explicit ChildProcess(pid_t pid) : pid_(pid) {}
  ~ChildProcess() override {
    Signal(SIGKILL);
    Wait();
  }

  int pid() const override { return pid_; }

  void Signal(int signal) override {
    std::lock_guard lock(mutex_);
    if (!result_.has_value()) kill(pid_, signal);  // Not reaped, so the pid is still ours.
  }

  int Wait() override {
    // Waits without reaping, so that Signal can run meanwhile.
    siginfo_t info;
    while (waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOWAIT) != 0 &&
           errno == EINTR) {
    }
    std::lock_guard lock(mutex_);
    Reap(0);
    return result_.value_or(-1);
  }

  bool Running() override {
    std::lock_guard lock(mutex_);
    Reap(WNOHANG);
    return !result_.has_value();
  }

 private:
  void Reap(int flags) {
    if (result_.has_value()) return;
    int status = 0;
    pid_t got = 0;
    do {
      got = waitpid(pid_, &status, flags);
    } while (got < 0 && errno == EINTR);
    if (got != pid_) return;
    result_ = WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
  }

  const pid_t pid_;
  std::mutex mutex_;
  std::optional<int> result_;
};

absl::StatusOr<std::unique_ptr<Child>> Spawn(const SpawnRequest& request) {
  if (request.argv.empty()) return absl::InvalidArgumentError("a child needs a command");
  ASSIGN_OR_RETURN(const pid_t pid, Spawner::Get().Spawn(request));
  return std::make_unique<ChildProcess>(pid);
}

// The server's answer to one line, or "" if there is no server (yet).
std::string AskLine(int port, std::string_view line) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return "";
  absl::Cleanup close_fd = [fd] { close(fd); };
  const timeval limit{.tv_sec = 5, .tv_usec = 0};
  setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) return "";
  if (send(fd, line.data(), line.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(line.size())) {
    return "";
  }
  char answer[128];
  const ssize_t got = recv(fd, answer, sizeof answer, 0);
  return got > 0 ? std::string(answer, static_cast<std::size_t>(got)) : "";
}

class LocalRedis final : public RedisServer {
 public:
  std::string uri() const override { return absl::StrCat("redis://127.0.0.1:", port_); }
  int port() const override { return port_; }
  void Kill() override { child_.reset(); }

  absl::Status Restart() override {
    Kill();
    return Launch(port_);
  }

  absl::Status Launch(int port) {
    port_ = port;
    SpawnRequest request{.argv = {"redis-server", "--port", absl::StrCat(port), "--bind",
                                  "127.0.0.1", "--dir", dir_.path(), "--appendonly", "yes",
                                  "--appendfsync", "everysec", "--save", "", "--daemonize", "no"},
                         .log = dir_ / "redis.log",
                         .environment = {},
                         .user = std::nullopt};
    ASSIGN_OR_RETURN(child_, Spawn(request));
    const bool ready = Eventually(kReadyPolls, [this] {
      return !child_->Running() || AskLine(port_, "PING\r\n").starts_with("+PONG");
    });
    // Alive as well as answering: another server on the port would answer too.
    if (ready && child_->Running()) return absl::OkStatus();
    const int code = child_->Running() ? 0 : child_->Wait();
    child_.reset();
    if (code == 127) {
      return absl::FailedPreconditionError("redis-server is missing: apt-get install redis-server");
    }
    return absl::UnavailableError(
        absl::StrCat("redis-server did not start: ", FileTail(dir_ / "redis.log")));
  }

 private:
  TempDir dir_;
  int port_ = 0;
  std::unique_ptr<Child> child_;
};

std::string FindPostgres() {
  std::vector<std::string> found;
  std::error_code ignored;
  for (const auto& version : fs::directory_iterator("/usr/lib/postgresql", ignored)) {
    const fs::path bin = version.path() / "bin";
    if (fs::exists(bin / "initdb", ignored) && fs::exists(bin / "postgres", ignored)) {
      found.push_back(bin.string());
    }
  }
  return found.empty() ? "" : *std::ranges::max_element(found);
}

using PgConnection = std::unique_ptr<PGconn, decltype(&PQfinish)>;

PgConnection ConnectTo(const std::string& uri) { return {PQconnectdb(uri.c_str()), &PQfinish}; }

// One cluster, started by the first test that asks, stopped and removed at exit.
class PostgresCluster {
 public:
  ~PostgresCluster() {
    if (postmaster_ == nullptr) return;
    postmaster_->Signal(SIGQUIT);  // Ends without a checkpoint; nothing here is worth one.
    postmaster_->Wait();
  }

  absl::Status Start() {
    const std::string bin = FindPostgres();
    if (bin.empty()) {
      return absl::FailedPreconditionError(
          "no PostgreSQL server under /usr/lib/postgresql: apt-get install postgresql");
    }
    std::optional<User> user;
    if (geteuid() == 0) {  // The server refuses to run as root.
      const passwd* postgres = getpwnam("postgres");
      if (postgres == nullptr) {
        return absl::FailedPreconditionError("running as root and there is no user postgres");
      }
      user = User{postgres->pw_uid, postgres->pw_gid};
      if (chown(dir_.path().c_str(), user->uid, user->gid) != 0) {
        return absl::InternalError(absl::StrCat("chown: ", strerror(errno)));
      }
    }
    RETURN_IF_ERROR(InitDb(bin, user));
    return Launch(bin, user);
  }

  // A schema that is the connection's whole search path: as empty and as private as a database,
  // and made ten times faster.
  absl::StatusOr<std::string> FreshSchema() {
    const std::string name = absl::StrCat("t", ++schemas_);
    PgConnection connection = ConnectTo(Uri());
    std::unique_ptr<PGresult, decltype(&PQclear)> result(
        PQexec(connection.get(), absl::StrCat("CREATE SCHEMA ", name).c_str()), &PQclear);
    if (PQresultStatus(result.get()) != PGRES_COMMAND_OK) {
      return absl::InternalError(absl::StrCat("CREATE SCHEMA: ", PQerrorMessage(connection.get())));
    }
    return absl::StrCat(Uri(), "&options=-csearch_path%3D", name);
  }

 private:
  std::string Uri() const {
    return absl::StrCat("postgresql://postgres@/postgres?host=", dir_.path());
  }

  absl::Status InitDb(const std::string& bin, std::optional<User> user) {
    SpawnRequest request{
        .argv = {bin + "/initdb", "-D", dir_ / "data", "-U", "postgres", "--auth=trust",
                 "--no-sync", "--encoding=UTF8", "--locale=C.UTF-8", "--no-instructions"},
        .log = dir_ / "initdb.log",
        .environment = {},
        .user = user};
    ASSIGN_OR_RETURN(std::unique_ptr<Child> initdb, Spawn(request));
    if (initdb->Wait() == 0) return absl::OkStatus();
    return absl::InternalError(absl::StrCat("initdb: ", FileTail(dir_ / "initdb.log")));
  }

  absl::Status Launch(const std::string& bin, std::optional<User> user) {
    SpawnRequest request{
        .argv = {bin + "/postgres", "-D", dir_ / "data", "-k", dir_.path(), "-c",
                 "listen_addresses=", "-c", "fsync=off", "-c", "full_page_writes=off", "-c",
                 "shared_buffers=32MB", "-c", "max_connections=200"},
        .log = dir_ / "postgres.log",
        .environment = {},
        .user = user,
        // A killed postmaster would leave shared memory behind; this one is a quick, clean end.
        .death_signal = SIGQUIT};
    ASSIGN_OR_RETURN(postmaster_, Spawn(request));
    const bool ready = Eventually(kReadyPolls, [this] {
      return !postmaster_->Running() || PQstatus(ConnectTo(Uri()).get()) == CONNECTION_OK;
    });
    if (ready && postmaster_->Running()) return absl::OkStatus();
    return absl::InternalError(
        absl::StrCat("postgres did not start: ", FileTail(dir_ / "postgres.log")));
  }

  TempDir dir_;
  std::unique_ptr<Child> postmaster_;
  std::atomic<int> schemas_{0};
};

}  // namespace

absl::StatusOr<std::unique_ptr<Child>> Child::Start(std::vector<std::string> argv, std::string log,
                                                    std::vector<std::string> environment) {
  return Spawn({.argv = std::move(argv),
                .log = std::move(log),
                .environment = std::move(environment),
                .user = std::nullopt});
}

absl::StatusOr<std::unique_ptr<RedisServer>> RedisServer::Start() {
  absl::Status status;
  for (int attempt = 0; attempt < kPortAttempts; ++attempt) {
    auto redis = std::make_unique<LocalRedis>();
    status = redis->Launch(FreePort());
    if (status.ok()) return redis;
    // Somebody else took the port between FreePort and the server's bind.
    if (!absl::IsUnavailable(status)) break;
  }
  return status;
}

absl::StatusOr<std::string> FreshPostgresUri() {
  static PostgresCluster cluster;
  static const absl::Status started = cluster.Start();
  if (!started.ok()) return started;
  return cluster.FreshSchema();
}

int FreePort() {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return 0;
  absl::Cleanup close_fd = [fd] { close(fd); };
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof address;
  if (bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) return 0;
  if (getsockname(fd, reinterpret_cast<sockaddr*>(&address), &length) != 0) return 0;
  return ntohs(address.sin_port);
}

}  // namespace assay::platform::testing
