// Who takes a submission (MOD-7): never somebody with a conflict, never above capacity, and
// of the rest whoever has least to do.
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace assay::moderation {

struct Load {
  std::string moderator;
  std::int64_t capacity = 0;
  std::int64_t allocated = 0;
  bool conflict = false;  // With the submission's centre.
};

struct Choice {
  std::optional<std::size_t> chosen;  // Index into the loads.
  // Why the others could not; somebody with a conflict is not counted as full.
  std::int64_t conflicted = 0;
  std::int64_t full = 0;
};

// The least allocated; of several the one with most capacity left, then the first by name.
Choice ChooseModerator(std::span<const Load> loads);

}  // namespace assay::moderation
