#include "services/approval/parsed_entries.h"

namespace assay::approval {

ParsedEntries::Entry ParsedEntries::Find(const std::string& key) {
  const std::lock_guard lock(mutex_);
  const auto found = by_key_.find(key);
  if (found == by_key_.end()) return nullptr;
  slots_.splice(slots_.begin(), slots_, found->second);
  return found->second->entry;
}

ParsedEntries::Entry ParsedEntries::Keep(const std::string& key, std::size_t bytes,
                                         Qualification qualification) {
  auto entry = std::make_shared<const Qualification>(std::move(qualification));
  const std::lock_guard lock(mutex_);
  const auto found = by_key_.find(key);
  if (found != by_key_.end()) return found->second->entry;
  slots_.push_front({key, bytes, entry});
  by_key_.emplace(key, slots_.begin());
  bytes_ += bytes;
  while (bytes_ > bytes_max_ && slots_.size() > 1) {
    bytes_ -= slots_.back().bytes;
    by_key_.erase(slots_.back().key);
    slots_.pop_back();
  }
  return entry;
}

}  // namespace assay::approval
