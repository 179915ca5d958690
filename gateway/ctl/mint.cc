#include "gateway/ctl/mint.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "assay/common/v1/access.pb.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/error/error.h"

namespace assay::gateway::ctl {
namespace {

// "centre_exams", as tokens carry it.
std::vector<std::string> KnownRoles() {
  std::vector<std::string> roles;
  const auto* descriptor = common::v1::Role_descriptor();
  for (int i = 0; i < descriptor->value_count(); ++i) {
    if (descriptor->value(i)->number() == common::v1::ROLE_UNSPECIFIED) continue;
    roles.push_back(
        absl::AsciiStrToLower(descriptor->value(i)->name().substr(std::string("ROLE_").size())));
  }
  return roles;
}

}  // namespace

Mint::Mint(MintOptions options, std::unique_ptr<platform::SigningKey> key,
           const platform::Clock& clock)
    : options_(std::move(options)), key_(std::move(key)), clock_(clock) {}

absl::StatusOr<std::unique_ptr<Mint>> Mint::Open(MintOptions options,
                                                 const platform::Clock& clock) {
  ASSIGN_OR_RETURN(auto key, platform::LoadOrMakeKey(options.keys));
  return std::unique_ptr<Mint>(new Mint(std::move(options), std::move(key), clock));
}

absl::StatusOr<std::string> Mint::Token(std::string subject, std::vector<std::string> roles,
                                        std::string centre, absl::Duration lifetime) const {
  const std::vector<std::string> known = KnownRoles();
  for (const std::string& role : roles) {
    if (std::find(known.begin(), known.end(), role) == known.end()) {
      return platform::Error(absl::StatusCode::kInvalidArgument, "ROLE_UNKNOWN",
                             absl::StrCat("there is no role \"", role, "\"; use one of ",
                                          absl::StrJoin(known, ", ")))
          .With("role", role);
    }
  }
  std::sort(roles.begin(), roles.end());
  platform::TokenRequest request{.issuer = options_.issuer,
                                 .audience = options_.audience,
                                 .principal = {},
                                 .lifetime = lifetime};
  request.principal.tenant = options_.tenant;
  request.principal.subject = std::move(subject);
  request.principal.roles = std::move(roles);
  request.principal.centre = std::move(centre);
  return platform::MintToken(*key_, request, clock_.Now());
}

std::vector<FlagSpec> MintFlags() {
  return {
      {.name = "keys",
       .value = "DIR",
       .help = "folder of the embedded issuer's key, made if there is none",
       .initial = ".run/keys",
       .env = "ASSAY_KEYS"},
      {.name = "tenant",
       .value = "NAME",
       .help = "the awarding body",
       .initial = "demo",
       .env = "ASSAY_TENANT"},
      {.name = "issuer",
       .value = "NAME",
       .help = "the token's issuer",
       .initial = "assay-embedded",
       .env = "ASSAY_ISSUER"},
      {.name = "audience",
       .value = "NAME",
       .help = "the token's audience",
       .initial = "assay",
       .env = "ASSAY_AUDIENCE"},
  };
}

MintOptions MintOptionsFrom(const Args& args) {
  return {.keys = args.Get("keys"),
          .issuer = args.Get("issuer"),
          .audience = args.Get("audience"),
          .tenant = args.Get("tenant")};
}

}  // namespace assay::gateway::ctl
