#include "services/platform/core/id.h"

#include <array>
#include <cstdint>
#include <mutex>

namespace assay::platform {
namespace {

constexpr char kAlphabet[] = "0123456789abcdefghjkmnpqrstvwxyz";
constexpr int kLength = 26;
constexpr int kRandomBytes = 10;
constexpr std::uint64_t kMillisMask = (std::uint64_t{1} << 48) - 1;

// 128 bits: 48 of milliseconds above 80 of randomness. One number, so that the next
// id of the same millisecond is an addition whose carry does the right thing.
using Number = unsigned __int128;

class SortableIds final : public IdSource {
 public:
  explicit SortableIds(Entropy& entropy) : entropy_(entropy) {}

  std::string NextId(absl::Time now) override {
    std::array<std::uint8_t, kRandomBytes> random;
    entropy_.Fill(random);
    const std::uint64_t millis = static_cast<std::uint64_t>(absl::ToUnixMillis(now)) & kMillisMask;
    std::lock_guard lock(mutex_);
    if (millis > Millis(last_)) {
      last_ = millis;
      for (const std::uint8_t byte : random) last_ = last_ << 8 | byte;
    } else {
      // Same millisecond, or a clock that went back: stay above the last one. The step
      // is random too, so that an id does not give away its neighbours.
      Number step = 0;
      for (int i = 0; i < 5; ++i) step = step << 8 | random[i];
      last_ += step + 1;
    }
    return Text(last_);
  }

 private:
  static std::uint64_t Millis(Number n) {
    return static_cast<std::uint64_t>(n >> (8 * kRandomBytes));
  }

  static std::string Text(Number n) {
    std::string text(kLength, '0');
    for (int i = kLength - 1; i >= 0; --i, n >>= 5) text[i] = kAlphabet[static_cast<int>(n & 31)];
    return text;
  }

  Entropy& entropy_;
  std::mutex mutex_;
  Number last_ = 0;
};

}  // namespace

std::unique_ptr<IdSource> MakeIdSource(Entropy& entropy) {
  return std::make_unique<SortableIds>(entropy);
}

}  // namespace assay::platform
