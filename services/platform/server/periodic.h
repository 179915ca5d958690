// Work that runs again and again in the background, one thread for each piece.
// Internal to platform/server.
#pragma once
#include <condition_variable>
#include <functional>
#include <list>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace assay::platform::server_internal {

class Periodic {
 public:
  Periodic() = default;
  ~Periodic() { Stop(); }
  Periodic(const Periodic&) = delete;
  Periodic& operator=(const Periodic&) = delete;

  void Add(std::string_view what, absl::Duration period, std::function<absl::Status()> work);
  // From now on each runs every `period`, first after one period; an error is logged,
  // and the next run is due as before.
  void Start();
  void Stop();  // Waits for runs in hand.
  // Runs one piece here and now; NOT_FOUND if there is none of this name.
  absl::Status RunOnce(std::string_view what);

 private:
  struct Piece {
    std::string what;
    absl::Duration period;
    std::function<absl::Status()> work;
    std::mutex running;  // A piece never runs twice at once.
    std::thread thread;
  };
  static absl::Status Run(Piece& piece);
  void Loop(Piece& piece);

  std::list<Piece> pieces_;  // A list: pieces stay where they are.
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
};

}  // namespace assay::platform::server_internal
