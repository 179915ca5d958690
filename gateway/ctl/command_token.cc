#include "gateway/ctl/command.h"
#include "gateway/ctl/mint.h"
#include "services/platform/core/status_macros.h"

namespace assay::gateway::ctl {
namespace {

absl::Status Run(const Args& args, Console& console) {
  absl::Duration lifetime;
  if (!absl::ParseDuration(args.Get("lifetime"), &lifetime) || lifetime <= absl::ZeroDuration()) {
    return UsageError("--lifetime must be a duration such as 1h or 30m");
  }
  if (args.All("role").empty()) return UsageError("needs at least one --role");
  ASSIGN_OR_RETURN(const auto mint, Mint::Open(MintOptionsFrom(args), console.clock));
  ASSIGN_OR_RETURN(const std::string token, mint->Token(args.Get("subject"), args.All("role"),
                                                        args.Get("centre"), lifetime));
  console.out << token << "\n";
  return absl::OkStatus();
}

}  // namespace

Command TokenCommand() {
  return {.name = "token",
          .words = "",
          .summary = "Mints a token with the embedded issuer's key.",
          .more =
              "The key is made on the first use, with its public half in jwks.json beside it; "
              "services and gateway are told of it with --jwks=file:DIR/jwks.json. With an "
              "issuer of your own, take tokens from there instead.",
          .example =
              "assayctl token --role quality --subject users/kim --lifetime 8h\n"
              "assayctl token --role centre_exams --centre centres/urn-900001",
          .flags = Join({{{.name = "role",
                           .value = "ROLE",
                           .help = "what they do: quality, centre_exams, moderator …",
                           .kind = FlagSpec::Kind::kRepeated},
                          {.name = "subject",
                           .value = "NAME",
                           .help = "who they are",
                           .initial = "users/assayctl"},
                          {.name = "centre",
                           .value = "NAME",
                           .help = "centres/… that centre people are limited to"},
                          {.name = "lifetime",
                           .value = "DURATION",
                           .help = "how long it is good for",
                           .initial = "1h"}},
                         MintFlags()}),
          .run = Run};
}

}  // namespace assay::gateway::ctl
