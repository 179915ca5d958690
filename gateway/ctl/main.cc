#include <unistd.h>

#include <iostream>
#include <string>
#include <vector>

#include "gateway/ctl/command.h"
#include "services/platform/core/clock.h"

int main(int argc, char** argv) {
  using namespace assay;
  const std::vector<std::string> words(argv + 1, argv + argc);
  gateway::ctl::Console console{std::cout, std::cerr, isatty(STDOUT_FILENO) != 0,
                                platform::SystemClock()};
  return gateway::ctl::RunCommandLine(gateway::ctl::AllCommands(), words, console);
}
