#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "gateway/ctl/command.h"
#include "gateway/ctl/mint.h"
#include "gateway/ctl/operations.h"
#include "gateway/ctl/text_table.h"
#include "services/platform/core/status_macros.h"

namespace assay::gateway::ctl {
namespace {

absl::Status List(const Args& args, Console& console) {
  ASSIGN_OR_RETURN(const auto services, ServicesFrom(args));
  ASSIGN_OR_RETURN(const std::string token, TokenFrom(args, console.clock));
  TextTable table({"service", ">number", ">tries", "given up", "event", "about", "last error"});
  for (const ServiceAddress& service : services) {
    ASSIGN_OR_RETURN(const auto letters, OperationsClient(service, token).DeadLetters());
    for (const common::v1::DeadLetter& letter : letters) {
      table.Add(
          {service.name, absl::StrCat(letter.number()), absl::StrCat(letter.attempts()),
           absl::FormatTime("%Y-%m-%d %H:%M:%SZ", absl::FromUnixSeconds(letter.time().seconds()),
                            absl::UTCTimeZone()),
           letter.type(), letter.subject(), letter.error()});
    }
  }
  console.out << (table.empty() ? "No dead letters.\n" : table.Text());
  return absl::OkStatus();
}

absl::Status Replay(const Args& args, Console& console) {
  ASSIGN_OR_RETURN(const auto services, ServicesFrom(args));
  const std::string& name = args.words()[0];
  std::int64_t number = 0;
  if (!absl::SimpleAtoi(args.words()[1], &number) || number < 1) {
    return UsageError(absl::StrCat("needs a number, not \"", args.words()[1], "\""));
  }
  ASSIGN_OR_RETURN(const std::string token, TokenFrom(args, console.clock));
  for (const ServiceAddress& service : services) {
    if (service.name != name) continue;
    RETURN_IF_ERROR(OperationsClient(service, token).Replay(number));
    console.out << "Dead letter " << number << " of " << name << " was handled.\n";
    return absl::OkStatus();
  }
  return UsageError(absl::StrCat("does not know the service \"", name, "\""));
}

std::vector<FlagSpec> Flags() { return Join({ServiceFlags(), {TokenFlag()}, MintFlags()}); }

}  // namespace

Command ListDeadLettersCommand() {
  return {.name = "dead-letters list",
          .words = "",
          .summary = "Lists the events that services gave up on.",
          .more = "",
          .example = "assayctl dead-letters list",
          .flags = Flags(),
          .run = List};
}

Command ReplayDeadLetterCommand() {
  return {.name = "dead-letters replay",
          .words = "SERVICE NUMBER",
          .summary = "Has a service handle a dead letter again.",
          .more = "If that fails too, the letter stays, and the reason is printed.",
          .example = "assayctl dead-letters replay notifications 7",
          .flags = Flags(),
          .words_min = 2,
          .words_max = 2,
          .run = Replay};
}

}  // namespace assay::gateway::ctl
