#include "services/platform/rpc/pool.h"

#include <utility>

namespace assay::platform::rpc_internal {

Pool::Pool(int threads_max, int waiting_max)
    : threads_max_(threads_max), waiting_max_(static_cast<std::size_t>(waiting_max)) {}

Pool::~Pool() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

bool Pool::Submit(Job job) {
  std::lock_guard lock(mutex_);
  if (waiting_.size() >= waiting_max_) return false;
  Enqueue(std::move(job));
  return true;
}

void Pool::SubmitNextStep(Job job) {
  std::lock_guard lock(mutex_);
  Enqueue(std::move(job));
}

void Pool::Enqueue(Job job) {
  waiting_.push_back(std::move(job));
  if (static_cast<std::size_t>(idle_) < waiting_.size() &&
      static_cast<int>(threads_.size()) < threads_max_) {
    threads_.emplace_back([this] { Run(); });
  }
  wake_.notify_one();
}

void Pool::Run() {
  std::unique_lock lock(mutex_);
  while (true) {
    ++idle_;
    wake_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
    --idle_;
    if (waiting_.empty()) return;
    Job job = std::move(waiting_.front());
    waiting_.pop_front();
    lock.unlock();
    job();
    job = nullptr;  // What it holds goes away outside of the lock.
    lock.lock();
  }
}

}  // namespace assay::platform::rpc_internal
