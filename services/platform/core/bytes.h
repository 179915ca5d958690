// Sizes with their unit in the name, so no comment has to restate them.
#pragma once
#include <cstddef>

namespace assay::platform {

constexpr std::size_t KiB(std::size_t n) { return n * 1024; }
constexpr std::size_t MiB(std::size_t n) { return n * 1024 * 1024; }
constexpr std::size_t GiB(std::size_t n) { return n * 1024 * 1024 * 1024; }
static_assert(KiB(512) == 524'288);

}  // namespace assay::platform
