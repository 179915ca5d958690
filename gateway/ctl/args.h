// Words and flags of one command, read against what the command says it takes.
//
// Takes `--name value`, `--name=value` and, for switches, `--name`; `--` ends the
// flags. What is wrong is an error with reason USAGE: exit code 2.
#pragma once
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace assay::gateway::ctl {

struct FlagSpec {
  enum class Kind { kText, kSwitch, kRepeated };
  std::string name = {};     // "lifetime"
  std::string value = {};    // What the help calls the value: "DURATION". Empty for a switch.
  std::string help = {};     // One line.
  std::string initial = {};  // If neither the flag nor `env` is given.
  std::string env = {};      // The environment variable that stands in for the flag; may be empty.
  Kind kind = Kind::kText;
};

class Args {
 public:
  // `words_max` below 0: any number.
  static absl::StatusOr<Args> Parse(std::span<const FlagSpec> specs, int words_min, int words_max,
                                    std::span<const std::string> words);

  const std::string& Get(std::string_view flag) const;  // "" if it has no value.
  std::vector<std::string> All(std::string_view flag) const;
  bool Is(std::string_view flag) const;
  bool Given(std::string_view flag) const;  // On the command line or in the environment.
  const std::vector<std::string>& words() const { return words_; }
  bool help_wanted() const { return help_wanted_; }

 private:
  std::map<std::string, std::vector<std::string>, std::less<>> values_;
  std::map<std::string, std::string, std::less<>> initials_;
  std::vector<std::string> words_;
  bool help_wanted_ = false;
};

absl::Status UsageError(std::string_view message);
bool IsUsageError(const absl::Status& status);

// "  --lifetime DURATION  how long it is good for (default 1h)", one line per flag.
std::string FlagHelp(std::span<const FlagSpec> specs);

}  // namespace assay::gateway::ctl
