// The book of policies that a tenant's commands work with: what ships, and the tenant's own
// versions on top.
//
// Books are remembered by tenant and generation. The generation is read in the transaction that
// uses the book, so nobody works with an old one, whichever process wrote; and no generation comes
// twice, so what a transaction saw that came to nothing is never taken for what is.
#pragma once
#include <memory>
#include <string>
#include <string_view>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "services/moderation/policy/book.h"
#include "services/moderation/stores/policies.h"

namespace assay::moderation {

using BookPtr = std::shared_ptr<const PolicyBook>;

// Thread-safe.
class PolicyShelf {
 public:
  explicit PolicyShelf(PolicyBook shipped)
      : shipped_(std::make_shared<const PolicyBook>(std::move(shipped))) {}

  absl::StatusOr<BookPtr> BookOf(platform::Transaction& tx, std::string_view tenant);
  // What every tenant begins with.
  const PolicyBook& shipped() const { return *shipped_; }
  PolicyStore& store() { return store_; }

 private:
  struct Remembered {
    std::string generation;
    BookPtr book;
  };
  const BookPtr shipped_;
  PolicyStore store_;
  absl::Mutex mutex_;
  absl::flat_hash_map<std::string, Remembered> books_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace assay::moderation
