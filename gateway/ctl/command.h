// A command of assayctl: what it takes, how its help reads, what it does.
#pragma once
#include <functional>
#include <ostream>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "gateway/ctl/api.h"
#include "gateway/ctl/args.h"
#include "services/platform/core/clock.h"

namespace assay::gateway::ctl {

// Where a command's output goes.
struct Console {
  std::ostream& out;
  std::ostream& err;
  bool terminal = false;  // `out` is one: progress bars may redraw themselves.
  const platform::Clock& clock;
};

struct Command {
  std::string name = {};     // "import centres"
  std::string words = {};    // "FILE"
  std::string summary = {};  // One line.
  std::string more = {};     // Paragraphs below it; may be empty.
  std::string example = {};  // Lines to paste.
  std::vector<FlagSpec> flags = {};
  int words_min = 0;
  int words_max = 0;
  std::function<absl::Status(const Args&, Console&)> run = {};
};

inline constexpr int kExitOk = 0;
inline constexpr int kExitFailed = 1;
inline constexpr int kExitUsage = 2;

// Finds the command whose name the first words are, and runs it.
int RunCommandLine(std::span<const Command> commands, std::span<const std::string> words,
                   Console& console);

// Reason, message, fields and what to do, as a person reads an error.
std::string ErrorText(const absl::Status& status);

// --gateway and --retry-for, and the Api they describe.
std::vector<FlagSpec> ApiFlags();
absl::StatusOr<ApiOptions> ApiOptionsFrom(const Args& args);

// --token, or one minted with --keys for an officer who is also admin.
FlagSpec TokenFlag();
absl::StatusOr<std::string> TokenFrom(const Args& args, const platform::Clock& clock);

std::vector<FlagSpec> Join(std::initializer_list<std::vector<FlagSpec>> lists);

// All of them, in the order of the help.
std::vector<Command> AllCommands();

Command TokenCommand();
Command ImportCentresCommand();
Command JourneyCommand();
Command QueuesCommand();
Command ListDeadLettersCommand();
Command ReplayDeadLetterCommand();
Command VerifyCommand();
Command ReplayCommand();
Command CallCommand();

}  // namespace assay::gateway::ctl
