// Tokens from the embedded issuer's key (platform/auth), for people and for journeys.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "gateway/ctl/args.h"
#include "services/platform/auth/issuer.h"
#include "services/platform/core/clock.h"

namespace assay::gateway::ctl {

struct MintOptions {
  std::string keys;  // Folder of signing.pem.
  std::string issuer;
  std::string audience;
  std::string tenant;
};

// Thread-safe.
class Mint {
 public:
  // Makes the key if there is none yet.
  static absl::StatusOr<std::unique_ptr<Mint>> Open(MintOptions options,
                                                    const platform::Clock& clock);
  // INVALID_ARGUMENT (ROLE_UNKNOWN) names the roles there are.
  absl::StatusOr<std::string> Token(std::string subject, std::vector<std::string> roles,
                                    std::string centre = "",
                                    absl::Duration lifetime = absl::Hours(1)) const;

 private:
  Mint(MintOptions options, std::unique_ptr<platform::SigningKey> key,
       const platform::Clock& clock);
  const MintOptions options_;
  const std::unique_ptr<platform::SigningKey> key_;
  const platform::Clock& clock_;
};

// --keys --issuer --audience --tenant.
std::vector<FlagSpec> MintFlags();
MintOptions MintOptionsFrom(const Args& args);

}  // namespace assay::gateway::ctl
