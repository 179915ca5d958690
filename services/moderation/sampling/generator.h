// The random numbers of a draw (MOD-4): xoshiro256** (Blackman and Vigna), written here
// because the standard library's distributions differ between libraries, and a draw has to
// come out the same on any machine.
//
// The state is the seed: four words of eight bytes, least significant byte first (a seed of
// all zeros counts as 1). Stream k is the generator after k jumps of 2^128 steps.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

namespace assay::moderation {

using Seed = std::array<std::uint8_t, 32>;

class DrawGenerator {
 public:
  explicit DrawGenerator(const Seed& seed, int stream = 0);
  std::uint64_t Next();
  // Uniform in [0, bound), bound > 0: the remainder of the first number that is not
  // below 2^64 mod bound, so no value is favoured.
  std::uint64_t Below(std::uint64_t bound);

  // Fisher and Yates, from the last place to the second.
  template <typename T>
  void Shuffle(std::span<T> items) {
    for (std::size_t i = items.size(); i > 1; --i) std::swap(items[i - 1], items[Below(i)]);
  }

 private:
  void Jump();
  std::array<std::uint64_t, 4> state_;
};

}  // namespace assay::moderation
