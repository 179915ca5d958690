// Identifiers that sort by creation time and never repeat.
#pragma once
#include <memory>
#include <string>

#include "absl/time/time.h"
#include "services/platform/core/entropy.h"

namespace assay::platform {

// Lower-case Crockford base 32, 26 characters, valid as a resource ID segment
// (AIP-122): 48 bits of milliseconds, 80 bits of randomness. Ids made by one
// source in the same millisecond still sort in the order they were made.
class IdSource {
 public:
  virtual ~IdSource() = default;
  virtual std::string NextId(absl::Time now) = 0;  // Thread-safe.
};

std::unique_ptr<IdSource> MakeIdSource(Entropy& entropy);

}  // namespace assay::platform
