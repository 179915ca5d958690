#include "services/platform/auth/authenticator.h"

#include <algorithm>
#include <array>
#include <mutex>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "services/platform/auth/jwks_source.h"
#include "services/platform/auth/jwt.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/core/view.h"
#include "services/platform/error/error.h"

namespace assay::platform {
namespace {

using auth_internal::JwksSource;

constexpr absl::Duration kSkewMax = absl::Seconds(60);

// Tokens that were verified with the keys of one generation. A portal sends the same
// token with every call, and checking a signature costs more than a call does.
class VerifiedTokens {
 public:
  using Entry = std::shared_ptr<const Principal>;

  explicit VerifiedTokens(int tokens_max)
      : tokens_max_(std::max<std::size_t>(1, static_cast<std::size_t>(tokens_max) / kShards)) {}

  Entry Find(std::string_view token, std::uint64_t generation) {
    const absl::string_view key = View(token);
    Shard& shard = ShardOf(key);
    std::lock_guard lock(shard.mutex);
    if (shard.generation != generation) return nullptr;
    const auto found = shard.tokens.find(key);
    return found == shard.tokens.end() ? nullptr : found->second;
  }

  void Insert(std::string_view token, std::uint64_t generation, Entry principal) {
    if (token.size() > kTokenBytesMax) return;
    const absl::string_view key = View(token);
    Shard& shard = ShardOf(key);
    std::lock_guard lock(shard.mutex);
    if (shard.generation != generation) shard.tokens.clear();
    shard.generation = generation;
    // Which one goes is arbitrary (the map's order is); it is only work that is lost.
    if (shard.tokens.size() >= tokens_max_) shard.tokens.erase(shard.tokens.begin());
    shard.tokens[key] = std::move(principal);
  }

  void Erase(std::string_view token) {
    const absl::string_view key = View(token);
    Shard& shard = ShardOf(key);
    std::lock_guard lock(shard.mutex);
    shard.tokens.erase(key);
  }

 private:
  static constexpr std::size_t kShards = 16;
  static constexpr std::size_t kTokenBytesMax = 4096;  // Longer ones are verified each time.

  struct alignas(64) Shard {
    std::mutex mutex;
    std::uint64_t generation = 0;
    absl::flat_hash_map<std::string, Entry> tokens;
  };

  // By the end of the token, which is signature and therefore spread evenly.
  Shard& ShardOf(absl::string_view token) {
    std::size_t hash = 0;
    for (std::size_t i = 0; i < 8 && i < token.size(); ++i) {
      hash = hash * 31 + static_cast<unsigned char>(token[token.size() - 1 - i]);
    }
    return shards_[hash % kShards];
  }

  const std::size_t tokens_max_;
  std::array<Shard, kShards> shards_;
};

class JwtAuthenticator final : public Authenticator {
 public:
  JwtAuthenticator(const AuthOptions& options, const Clock& clock)
      : clock_(clock),
        expected_{.issuer = options.issuer,
                  .audience = options.audience,
                  .skew = std::clamp(options.skew, absl::ZeroDuration(), kSkewMax)},
        source_(options),
        verified_(options.verified_tokens_max) {}

  absl::Status Start() { return source_.Start(); }

  absl::StatusOr<std::shared_ptr<const Principal>> Authenticate(std::string_view bearer) override {
    if (bearer.empty()) {
      return Error(absl::StatusCode::kUnauthenticated, "TOKEN_MISSING",
                   "send a bearer token in the authorization header");
    }
    const absl::Time now = clock_.Now();
    if (auto known = verified_.Find(bearer, source_.generation()); known != nullptr) {
      if (now < known->expires + expected_.skew) return known;
      verified_.Erase(bearer);
      return auth_internal::TokenExpired();
    }
    const JwksSource::Keys current = source_.Current();
    absl::StatusOr<Principal> principal =
        auth_internal::CheckToken(bearer, *current.keys, expected_, now);
    if (!principal.ok()) {
      if (ReasonOf(principal.status()) == "TOKEN_KEY_UNKNOWN") source_.WantNewer();
      return std::move(principal).status();
    }
    auto shared = std::make_shared<const Principal>(*std::move(principal));
    verified_.Insert(bearer, current.generation, shared);
    return shared;
  }

 private:
  const Clock& clock_;
  const auth_internal::Expected expected_;
  JwksSource source_;
  VerifiedTokens verified_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<Authenticator>> MakeAuthenticator(AuthOptions options,
                                                                 const Clock& clock) {
  auto authenticator = std::make_unique<JwtAuthenticator>(options, clock);
  RETURN_IF_ERROR(authenticator->Start());
  return authenticator;
}

}  // namespace assay::platform
