// Real servers for tests, each on a free port and in a folder of its own.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace assay::platform::testing {

// redis-server with appendonly everysec. Kill and Restart keep port and folder.
class RedisServer {
 public:
  static absl::StatusOr<std::unique_ptr<RedisServer>> Start();
  virtual ~RedisServer() = default;
  virtual std::string uri() const = 0;
  virtual int port() const = 0;
  virtual void Kill() = 0;  // SIGKILL, waits for the end.
  virtual absl::Status Restart() = 0;
};

// One PostgreSQL cluster per test process (initdb, fsync off), an empty schema of
// its own per call: the URI names it as search path. Runs as user postgres when the test is root.
// FAILED_PRECONDITION, saying what is missing, if PostgreSQL is not installed.
absl::StatusOr<std::string> FreshPostgresUri();

// Starts `argv` with its output appended to `log` (empty: nowhere) and `environment`
// ("NAME=value") on top of the own one; ends it with SIGKILL in the destructor. It also
// ends when the test process does, however that dies. 127: there is no such command.
class Child {
 public:
  static absl::StatusOr<std::unique_ptr<Child>> Start(std::vector<std::string> argv,
                                                      std::string log,
                                                      std::vector<std::string> environment = {});
  virtual ~Child() = default;
  virtual int pid() const = 0;
  virtual void Signal(int signal) = 0;
  virtual int Wait() = 0;  // Exit code, or -signal.
  virtual bool Running() = 0;
};

int FreePort();

}  // namespace assay::platform::testing
