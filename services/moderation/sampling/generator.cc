#include "services/moderation/sampling/generator.h"

#include <bit>

namespace assay::moderation {

DrawGenerator::DrawGenerator(const Seed& seed, int stream) : state_{} {
  for (std::size_t i = 0; i < seed.size(); ++i) {
    state_[i / 8] |= static_cast<std::uint64_t>(seed[i]) << (8 * (i % 8));
  }
  if (state_ == std::array<std::uint64_t, 4>{}) state_[0] = 1;
  for (int i = 0; i < stream; ++i) Jump();
}

std::uint64_t DrawGenerator::Next() {
  const std::uint64_t result = std::rotl(state_[1] * 5, 7) * 9;
  const std::uint64_t t = state_[1] << 17;
  state_[2] ^= state_[0];
  state_[3] ^= state_[1];
  state_[1] ^= state_[2];
  state_[0] ^= state_[3];
  state_[2] ^= t;
  state_[3] = std::rotl(state_[3], 45);
  return result;
}

std::uint64_t DrawGenerator::Below(std::uint64_t bound) {
  const std::uint64_t least = (0 - bound) % bound;  // 2^64 mod bound.
  for (;;) {
    const std::uint64_t number = Next();
    if (number >= least) return number % bound;
  }
}

void DrawGenerator::Jump() {
  constexpr std::uint64_t kJump[] = {0x180ec6d33cfd0aba, 0xd5a61266f0c9392c, 0xa9582618e03fc9aa,
                                     0x39abdc4529b1661c};
  std::array<std::uint64_t, 4> sum{};
  for (std::uint64_t word : kJump) {
    for (int bit = 0; bit < 64; ++bit) {
      if ((word >> bit) & 1) {
        for (int i = 0; i < 4; ++i) sum[i] ^= state_[i];
      }
      Next();
    }
  }
  state_ = sum;
}

}  // namespace assay::moderation
