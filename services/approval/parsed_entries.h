// Versions of catalogue entries as they were read: a version never changes, and reading one checks
// it and searches its rule of combination.
//
// Thread-safe. Holds the latest used, up to a number of bytes of documents.
//
// Example:
//   auto entry = parsed.Find(key);
//   if (entry == nullptr) entry = parsed.Keep(key, document.size(), std::move(read));
#pragma once
#include <cstddef>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "services/approval/catalogue/qualification.h"

namespace assay::approval {

class ParsedEntries {
 public:
  using Entry = std::shared_ptr<const Qualification>;

  explicit ParsedEntries(std::size_t bytes_max = 32'000'000) : bytes_max_(bytes_max) {}

  // nullptr if it is not here.
  Entry Find(const std::string& key);
  // Answers what is kept under the key, which is what came first.
  Entry Keep(const std::string& key, std::size_t bytes, Qualification qualification);

 private:
  struct Slot {
    std::string key;
    std::size_t bytes = 0;
    Entry entry;
  };

  const std::size_t bytes_max_;
  std::mutex mutex_;       // Guards what follows.
  std::list<Slot> slots_;  // Latest used first.
  absl::flat_hash_map<std::string, std::list<Slot>::iterator> by_key_;
  std::size_t bytes_ = 0;
};

}  // namespace assay::approval
