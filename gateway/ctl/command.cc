#include "gateway/ctl/command.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "gateway/ctl/mint.h"
#include "gateway/ctl/text_table.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/core/view.h"
#include "services/platform/error/error.h"

namespace assay::gateway::ctl {
namespace {

constexpr int kHelpWidth = 92;

// What a person can do about an error that its own message cannot know of.
std::string_view AdviceFor(const absl::Status& status) {
  const std::string reason = platform::ReasonOf(status);
  if (reason == "GATEWAY_UNREACHABLE") {
    return "Start the system with deploy/up, or name its address with --gateway.";
  }
  if (reason == "TOKEN_EXPIRED") return "Mint a new token: assayctl token --role quality.";
  if (reason == "TOKEN_SIGNATURE_INVALID" || reason == "TOKEN_KEY_UNKNOWN" ||
      reason == "TOKEN_ISSUER_INVALID") {
    return "The services check against another key: name its folder with --keys.";
  }
  if (reason == "TOKEN_MISSING") return "Give --token, $ASSAY_TOKEN or --keys.";
  if (reason == "ROLE_NOT_ALLOWED") return "Use a token with another role: assayctl token --help.";
  if (absl::IsUnavailable(status)) return "Try again; assayctl queues shows which service answers.";
  return "";
}

std::string Usage(const Command& command) {
  return absl::StrCat("assayctl ", command.name, command.words.empty() ? "" : " ", command.words,
                      command.flags.empty() ? "" : " [flags]");
}

std::string HelpOf(const Command& command) {
  std::string text = absl::StrCat(command.summary, "\n\n  ", Usage(command), "\n");
  for (const absl::string_view paragraph :
       absl::StrSplit(command.more, "\n\n", absl::SkipWhitespace())) {
    absl::StrAppend(&text, "\n", Wrap(platform::StdView(paragraph), kHelpWidth, "", ""));
  }
  if (!command.flags.empty()) absl::StrAppend(&text, "\nFlags:\n", FlagHelp(command.flags));
  absl::StrAppend(&text, "\nExample:\n");
  for (const absl::string_view line : absl::StrSplit(command.example, '\n')) {
    absl::StrAppend(&text, "  ", line, "\n");
  }
  return text;
}

std::string HelpOfAll(std::span<const Command> commands) {
  std::string text =
      "assayctl talks to Assay: tokens, imports, journeys, queues, samples.\n\n"
      "  assayctl COMMAND [words] [flags]\n\nCommands:\n";
  std::size_t width = 0;
  for (const Command& command : commands) width = std::max(width, command.name.size());
  for (const Command& command : commands) {
    absl::StrAppend(&text, "  ", command.name, std::string(width - command.name.size() + 2, ' '),
                    command.summary, "\n");
  }
  return text +
         "\nassayctl COMMAND --help shows the flags and an example.\n"
         "Exit codes: 0 done, 1 failed, 2 not understood.\n";
}

// The command whose whole name the words begin with; `rest` is what follows it.
const Command* FindCommand(std::span<const Command> commands, std::span<const std::string> words,
                           std::span<const std::string>& rest) {
  for (const Command& command : commands) {
    const std::vector<std::string> name = absl::StrSplit(command.name, ' ');
    if (words.size() < name.size() || !std::equal(name.begin(), name.end(), words.begin())) {
      continue;
    }
    rest = words.subspan(name.size());
    return &command;
  }
  return nullptr;
}

}  // namespace

std::string ErrorText(const absl::Status& status) {
  std::string reason = platform::ReasonOf(status);
  if (reason.empty()) reason = absl::StatusCodeToString(status.code());
  std::string text = absl::StrCat(reason, ": ", status.message(), "\n");
  for (const std::string& field : platform::FieldsOf(status)) {
    absl::StrAppend(&text, "  ", field, "\n");
  }
  if (const std::string_view advice = AdviceFor(status); !advice.empty()) {
    absl::StrAppend(&text, platform::View(advice), "\n");
  }
  return text;
}

int RunCommandLine(std::span<const Command> commands, std::span<const std::string> words,
                   Console& console) {
  if (words.empty() || words[0] == "--help" || words[0] == "-h" || words[0] == "help") {
    (words.empty() ? console.err : console.out) << HelpOfAll(commands);
    return words.empty() ? kExitUsage : kExitOk;
  }
  std::span<const std::string> rest;
  const Command* command = FindCommand(commands, words, rest);
  if (command == nullptr) {
    console.err << "assayctl does not know the command \"" << absl::StrJoin(words, " ")
                << "\"; assayctl --help lists them\n";
    return kExitUsage;
  }
  const auto args = Args::Parse(command->flags, command->words_min, command->words_max, rest);
  absl::Status status = args.status();
  if (args.ok() && args->help_wanted()) {
    console.out << HelpOf(*command);
    return kExitOk;
  }
  if (status.ok()) status = command->run(*args, console);
  if (status.ok()) return kExitOk;
  if (IsUsageError(status)) {
    console.err << "assayctl " << command->name << " " << status.message() << "\n\n  "
                << Usage(*command) << "\n\nassayctl " << command->name << " --help shows more.\n";
    return kExitUsage;
  }
  console.out.flush();
  console.err << ErrorText(status);
  return kExitFailed;
}

std::vector<FlagSpec> ApiFlags() {
  return {{.name = "gateway",
           .value = "URL",
           .help = "where the gateway listens",
           .initial = "http://127.0.0.1:8080",
           .env = "ASSAY_GATEWAY"},
          {.name = "retry-for",
           .value = "DURATION",
           .help = "how long to try again while a service is away",
           .initial = "30s"}};
}

absl::StatusOr<ApiOptions> ApiOptionsFrom(const Args& args) {
  ApiOptions options{.url = args.Get("gateway")};
  while (options.url.ends_with('/')) options.url.pop_back();
  if (!options.url.starts_with("http://") && !options.url.starts_with("https://")) {
    return UsageError("--gateway must begin with http:// or https://");
  }
  if (!absl::ParseDuration(args.Get("retry-for"), &options.retry_for) ||
      options.retry_for < absl::ZeroDuration()) {
    return UsageError("--retry-for must be a duration such as 30s or 2m");
  }
  return options;
}

FlagSpec TokenFlag() {
  return {.name = "token",
          .value = "TOKEN",
          .help = "who calls; without it a token is minted with --keys",
          .env = "ASSAY_TOKEN"};
}

absl::StatusOr<std::string> TokenFrom(const Args& args, const platform::Clock& clock) {
  if (args.Is("token")) return args.Get("token");
  ASSIGN_OR_RETURN(const auto mint, Mint::Open(MintOptionsFrom(args), clock));
  return mint->Token("users/assayctl", {"admin", "quality"});
}

std::vector<FlagSpec> Join(std::initializer_list<std::vector<FlagSpec>> lists) {
  std::vector<FlagSpec> all;
  for (const auto& list : lists) all.insert(all.end(), list.begin(), list.end());
  return all;
}

std::vector<Command> AllCommands() {
  return {TokenCommand(),  ImportCentresCommand(),   JourneyCommand(),
          QueuesCommand(), ListDeadLettersCommand(), ReplayDeadLetterCommand(),
          VerifyCommand(), ReplayCommand(),          CallCommand()};
}

}  // namespace assay::gateway::ctl
