#include "services/platform/auth/jwt.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>

#include "services/platform/auth/base64url.h"
#include "services/platform/auth/strict_json.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/error/error.h"

namespace assay::platform::auth_internal {
namespace {

using nlohmann::json;

absl::Status Refuse(std::string_view reason, std::string_view message) {
  return Error(absl::StatusCode::kUnauthenticated, reason, message);
}
absl::Status Malformed() {
  return Refuse("TOKEN_MALFORMED", "the bearer token is not a JWT that is taken here");
}
absl::Status BadClaims(std::string_view message) { return Refuse("TOKEN_CLAIMS_INVALID", message); }

struct Parts {
  std::string_view signed_text;  // header.payload
  std::string_view payload;
  std::string signature;
  json header;
};

absl::StatusOr<Parts> Split(std::string_view token) {
  if (token.size() > kTokenBytesMax) return Malformed();
  const std::size_t first = token.find('.');
  const std::size_t second = first == token.npos ? token.npos : token.find('.', first + 1);
  if (second == token.npos || token.find('.', second + 1) != token.npos) return Malformed();
  const auto header = DecodeBase64Url(token.substr(0, first));
  const auto signature = DecodeBase64Url(token.substr(second + 1));
  if (!header.has_value() || !signature.has_value()) return Malformed();
  std::optional<json> object = ParseStrictObject(*header);
  if (!object.has_value()) return Malformed();
  return Parts{.signed_text = token.substr(0, second),
               .payload = token.substr(first + 1, second - first - 1),
               .signature = *signature,
               .header = *std::move(object)};
}

// The key that the header names. `jku`, `jwk`, `x5u` and `x5c` are not looked at: a
// token cannot bring its own key.
absl::StatusOr<const VerifyKey*> FindKey(const json& header, const KeySet& keys) {
  const std::optional<std::string> alg = StringMember(header, "alg");
  if (!alg.has_value() || !AlgorithmOf(*alg).has_value()) return Malformed();
  if (header.contains("crit")) return Malformed();
  if (header.contains("typ")) {
    const std::optional<std::string> typ = StringMember(header, "typ");
    if (typ != "JWT" && typ != "at+jwt") return Malformed();
  }
  auto found = keys.end();
  if (header.contains("kid")) {
    const std::optional<std::string> kid = StringMember(header, "kid");
    if (!kid.has_value()) return Malformed();
    found = keys.find(*kid);
  } else if (keys.size() == 1) {
    found = keys.begin();
  }
  if (found == keys.end()) {
    return Refuse("TOKEN_KEY_UNKNOWN", "the token's key is not in the issuer's key set");
  }
  if (found->second.algorithm != *AlgorithmOf(*alg)) {
    return Refuse("TOKEN_SIGNATURE_INVALID", "the token's signature does not fit its key");
  }
  return &found->second;
}

// A NumericDate within the years that absl::Time and the stores agree on.
std::optional<absl::Time> TimeMember(const json& claims, const char* name) {
  const auto found = claims.find(name);
  if (found == claims.end() || !found->is_number()) return std::nullopt;
  constexpr double kYear9999 = 253'402'300'799.0;
  const double seconds = found->get<double>();
  if (!std::isfinite(seconds) || seconds < 0 || seconds > kYear9999) return std::nullopt;
  return absl::FromUnixSeconds(static_cast<std::int64_t>(seconds));
}

bool NamesAudience(const json& claims, const std::string& audience) {
  const auto found = claims.find("aud");
  if (found == claims.end()) return false;
  if (found->is_string()) return found->get<std::string>() == audience;
  if (!found->is_array()) return false;
  bool named = false;
  for (const json& one : *found) {
    if (!one.is_string()) return false;
    named |= one.get<std::string>() == audience;
  }
  return named;
}

// Names go into logs, keys and stream names, so they are plain.
bool IsPlain(std::string_view text, std::size_t size_max, std::string_view punctuation) {
  return !text.empty() && text.size() <= size_max &&
         std::all_of(text.begin(), text.end(), [&](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  punctuation.find(c) != punctuation.npos;
         });
}

absl::StatusOr<std::vector<std::string>> RolesOf(const json& claims) {
  constexpr std::size_t kRolesMax = 32;
  const auto found = claims.find("roles");
  if (found == claims.end() || !found->is_array() || found->empty() || found->size() > kRolesMax) {
    return BadClaims("the roles claim must be a list of role names");
  }
  std::vector<std::string> roles;
  for (const json& role : *found) {
    if (!role.is_string() || !IsPlain(role.get<std::string>(), 64, "_")) {
      return BadClaims("the roles claim must be a list of role names");
    }
    roles.push_back(role.get<std::string>());
  }
  std::sort(roles.begin(), roles.end());
  roles.erase(std::unique(roles.begin(), roles.end()), roles.end());
  return roles;
}

absl::StatusOr<Principal> PrincipalOf(const json& claims) {
  Principal principal;
  principal.tenant = StringMember(claims, "tenant").value_or("");
  principal.subject = StringMember(claims, "sub").value_or("");
  if (!IsPlain(principal.tenant, 64, "._-")) {
    return BadClaims("the tenant claim must be 1 to 64 letters, digits, dots, dashes");
  }
  if (!IsPlain(principal.subject, 256, "._-/@:|+")) {
    return BadClaims("the sub claim must be a plain name of at most 256 characters");
  }
  ASSIGN_OR_RETURN(principal.roles, RolesOf(claims));
  if (claims.contains("centre")) {
    constexpr std::string_view kPrefix = "centres/";
    principal.centre = StringMember(claims, "centre").value_or("?");
    if (!principal.centre.empty() &&
        (principal.centre.rfind(kPrefix, 0) != 0 ||
         !IsPlain(std::string_view(principal.centre).substr(kPrefix.size()), 128, "._-"))) {
      return BadClaims("the centre claim must be a centre's name, centres/…");
    }
  }
  // An empty centre means "not limited", so a centre's person without one would see
  // every centre.
  for (const std::string& role : principal.roles) {
    if (role.rfind("centre_", 0) == 0 && principal.centre.empty()) {
      return BadClaims("a centre role needs the centre claim");
    }
  }
  return principal;
}

}  // namespace

absl::Status TokenExpired() {
  return Refuse("TOKEN_EXPIRED", "the token's time is over; get a new one");
}

absl::StatusOr<Principal> CheckToken(std::string_view token, const KeySet& keys,
                                     const Expected& expected, absl::Time now) {
  ASSIGN_OR_RETURN(const Parts parts, Split(token));
  ASSIGN_OR_RETURN(const VerifyKey* key, FindKey(parts.header, keys));
  if (!key->Verify(parts.signed_text, parts.signature)) {
    return Refuse("TOKEN_SIGNATURE_INVALID", "the token's signature does not fit its key");
  }
  const auto payload = DecodeBase64Url(parts.payload);
  if (!payload.has_value()) return Malformed();
  const std::optional<json> claims = ParseStrictObject(*payload);
  if (!claims.has_value()) return Malformed();
  if (StringMember(*claims, "iss") != expected.issuer) {
    return Refuse("TOKEN_ISSUER_INVALID", "the token is from another issuer");
  }
  if (!NamesAudience(*claims, expected.audience)) {
    return Refuse("TOKEN_AUDIENCE_INVALID", "the token is for another audience");
  }
  const std::optional<absl::Time> expires = TimeMember(*claims, "exp");
  if (!expires.has_value()) return BadClaims("the exp claim must be a time");
  if (now >= *expires + expected.skew) return TokenExpired();
  if (claims->contains("nbf")) {
    const std::optional<absl::Time> begins = TimeMember(*claims, "nbf");
    if (!begins.has_value()) return BadClaims("the nbf claim must be a time");
    if (now + expected.skew < *begins) {
      return Refuse("TOKEN_NOT_YET_VALID", "the token's time has not begun");
    }
  }
  ASSIGN_OR_RETURN(Principal principal, PrincipalOf(*claims));
  principal.expires = *expires;
  return principal;
}

}  // namespace assay::platform::auth_internal
