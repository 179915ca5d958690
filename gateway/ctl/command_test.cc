#include "gateway/ctl/command.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>
#include <sstream>

#include "services/platform/error/error.h"
#include "services/platform/testing/fakes.h"

namespace assay::gateway::ctl {
namespace {

struct Ran {
  int exit = -1;
  std::string out;
  std::string err;
};

Ran RunCtl(std::span<const Command> commands, std::vector<std::string> words) {
  std::ostringstream out, err;
  Console console{out, err, false, platform::SystemClock()};
  Ran ran;
  ran.exit = RunCommandLine(commands, words, console);
  ran.out = out.str();
  ran.err = err.str();
  return ran;
}

std::vector<Command> OneCommand(absl::Status result) {
  return {{.name = "import centres",
           .words = "FILE",
           .summary = "Imports.",
           .more = "",
           .example = "assayctl import centres a.csv",
           .flags = {{.name = "layout", .value = "NAME", .help = "how", .initial = "england"}},
           .words_min = 1,
           .words_max = 1,
           .run = [result](const Args& args, Console& console) {
             console.out << args.words()[0] << " " << args.Get("layout");
             return result;
           }}};
}

TEST(CommandTest, FindsTheCommandByItsWordsAndHandsOverTheRest) {
  const Ran ran =
      RunCtl(OneCommand(absl::OkStatus()), {"import", "centres", "x.csv", "--layout=w"});
  EXPECT_EQ(ran.exit, kExitOk);
  EXPECT_EQ(ran.out, "x.csv w");
  EXPECT_EQ(ran.err, "");
}

TEST(CommandTest, WhatIsNotUnderstoodIsExitTwoAndSaysHow) {
  const auto commands = OneCommand(absl::OkStatus());
  EXPECT_EQ(RunCtl(commands, {}).exit, kExitUsage);
  EXPECT_EQ(RunCtl(commands, {"import"}).exit, kExitUsage);
  EXPECT_EQ(RunCtl(commands, {"nonsense"}).exit, kExitUsage);
  const Ran ran = RunCtl(commands, {"import", "centres"});
  EXPECT_EQ(ran.exit, kExitUsage);
  EXPECT_EQ(ran.out, "");
  EXPECT_NE(ran.err.find("import centres needs 1 word after it"), std::string::npos) << ran.err;
  EXPECT_NE(ran.err.find("assayctl import centres FILE [flags]"), std::string::npos) << ran.err;
}

TEST(CommandTest, AFailureIsExitOneWithReasonPlacesAndAdvice) {
  const Ran ran = RunCtl(OneCommand(platform::Error(absl::StatusCode::kUnauthenticated,
                                                    "TOKEN_EXPIRED", "the token's time is over")
                                        .Field("row 3", "is bad")),
                         {"import", "centres", "x"});
  EXPECT_EQ(ran.exit, kExitFailed);
  EXPECT_EQ(ran.err,
            "TOKEN_EXPIRED: the token's time is over\n  row 3: is bad\n"
            "Mint a new token: assayctl token --role quality.\n");
}

TEST(CommandTest, EveryCommandHasHelpWithAnExample) {
  const auto commands = AllCommands();
  const Ran all = RunCtl(commands, {"--help"});
  EXPECT_EQ(all.exit, kExitOk);
  for (const Command& command : commands) {
    EXPECT_NE(all.out.find("  " + command.name + " "), std::string::npos) << command.name;
    std::istringstream name(command.name);
    std::vector<std::string> words{std::istream_iterator<std::string>(name), {}};
    words.push_back("--help");
    const Ran help = RunCtl(commands, words);
    EXPECT_EQ(help.exit, kExitOk) << command.name;
    EXPECT_NE(help.out.find("Example:\n  assayctl " + command.name), std::string::npos) << help.out;
    EXPECT_EQ(help.out.find(command.summary), 0u);
  }
}

TEST(CommandTest, TokensComeFromTheKeyThatTheFirstOneMade) {
  platform::testing::TempDir dir;
  const auto commands = AllCommands();
  const std::string keys = "--keys=" + (dir / "keys");
  const Ran first = RunCtl(commands, {"token", keys, "--role=quality", "--role=admin"});
  ASSERT_EQ(first.exit, kExitOk) << first.err;
  EXPECT_EQ(std::count(first.out.begin(), first.out.end(), '.'), 2) << first.out;
  const Ran second = RunCtl(commands, {"token", keys, "--role=centre_exams"});
  EXPECT_EQ(first.out.substr(0, first.out.find('.')), second.out.substr(0, second.out.find('.')));

  const Ran unknown = RunCtl(commands, {"token", keys, "--role=king"});
  EXPECT_EQ(unknown.exit, kExitFailed);
  EXPECT_NE(unknown.err.find("ROLE_UNKNOWN: there is no role \"king\"; use one of admin, quality"),
            std::string::npos)
      << unknown.err;
  EXPECT_EQ(RunCtl(commands, {"token", keys, "--role=admin", "--lifetime=soon"}).exit, kExitUsage);
  EXPECT_EQ(RunCtl(commands, {"token", keys}).exit, kExitUsage);
}

TEST(CommandTest, AGatewayThatIsNotThereIsSaidWithWhatToDo) {
  platform::testing::TempDir dir;
  const Ran ran = RunCtl(AllCommands(), {"call", "/v1/centres", "--gateway=http://127.0.0.1:1",
                                         "--retry-for=0s", "--keys=" + (dir / "keys")});
  EXPECT_EQ(ran.exit, kExitFailed);
  EXPECT_EQ(ran.err.find("GATEWAY_UNREACHABLE: no answer from http://127.0.0.1:1"), 0u) << ran.err;
  EXPECT_NE(ran.err.find("deploy/up"), std::string::npos);
}

}  // namespace
}  // namespace assay::gateway::ctl
