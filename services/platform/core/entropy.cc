#include "services/platform/core/entropy.h"

#include <sys/random.h>

#include <cerrno>
#include <cstdlib>

namespace assay::platform {
namespace {

class KernelEntropy final : public Entropy {
 public:
  void Fill(std::span<std::uint8_t> bytes) override {
    while (!bytes.empty()) {
      const ssize_t got = getrandom(bytes.data(), bytes.size(), 0);
      if (got < 0) {
        // A signal may interrupt a long read. Anything else would leave bytes that
        // an attacker can guess, which is worse than no process.
        if (errno == EINTR) continue;
        std::abort();
      }
      bytes = bytes.subspan(static_cast<std::size_t>(got));
    }
  }
};

}  // namespace

std::string Entropy::Bytes(int count) {
  std::string bytes(static_cast<std::size_t>(count), '\0');
  Fill({reinterpret_cast<std::uint8_t*>(bytes.data()), bytes.size()});
  return bytes;
}

Entropy& SystemEntropy() {
  static KernelEntropy entropy;
  return entropy;
}

}  // namespace assay::platform
