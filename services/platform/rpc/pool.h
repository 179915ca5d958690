// A bounded pool of threads for work that may block.
//
// gRPC has few callback threads and all calls share them, so whatever waits for
// another service, a disk or a blocking read runs here.
#pragma once
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <vector>

#include "absl/functional/any_invocable.h"

namespace assay::platform::rpc_internal {

class Pool {
 public:
  using Job = absl::AnyInvocable<void()>;

  // Threads start when they are first needed.
  Pool(int threads_max, int waiting_max);
  ~Pool();  // Runs what waits, then ends.
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

  // False, with `job` dropped, if too many wait already.
  bool Submit(Job job);
  // The next step of a stream whose first step was submitted: never refused, because
  // each stream has at most one, and half of a stream is of no use to anybody.
  void SubmitNextStep(Job job);

 private:
  void Enqueue(Job job);  // With mutex_ held.
  void Run();

  const int threads_max_;
  const std::size_t waiting_max_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Job> waiting_;
  std::vector<std::thread> threads_;
  int idle_ = 0;
  bool stopping_ = false;
};

}  // namespace assay::platform::rpc_internal
