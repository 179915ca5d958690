// Randomness, as a dependency. Production reads the kernel's; tests a counter.
#pragma once
#include <cstdint>
#include <span>
#include <string>

namespace assay::platform {

class Entropy {
 public:
  virtual ~Entropy() = default;
  virtual void Fill(std::span<std::uint8_t> bytes) = 0;  // Thread-safe.
  std::string Bytes(int count);                          // Raw bytes.
};

// getrandom(2). Never fails: a kernel without randomness ends the process.
Entropy& SystemEntropy();

}  // namespace assay::platform
