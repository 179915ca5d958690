// Settings: one declaration each, one report of all that is wrong.
//
// Example:
//   ConfigBinder binder("ASSAY_APPROVAL");
//   binder.Bind("database", &c.database, "database URI", Secrecy::kSecret)
//       .Bind("page_size_max", &c.page_size_max, 1, 10'000, "largest page a list returns");
//   RETURN_IF_ERROR(binder.Parse(argc, argv));
#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace assay::platform {

enum class Secrecy { kPublic, kSecret };

// Binds settings to the fields of a struct.
//
// `database` is --database=…, else $<PREFIX>_DATABASE, else $ASSAY_DATABASE, else
// the field's initial value. A secret is taken from the environment, or from the
// file named by $<PREFIX>_DATABASE_FILE, never from a flag, and prints as "***".
class ConfigBinder {
 public:
  explicit ConfigBinder(std::string_view env_prefix);
  ConfigBinder& Bind(std::string_view name, std::string* field, std::string_view help,
                     Secrecy secrecy = Secrecy::kPublic);
  ConfigBinder& Bind(std::string_view name, bool* field, std::string_view help);
  ConfigBinder& Bind(std::string_view name, std::int64_t* field, std::int64_t min, std::int64_t max,
                     std::string_view help);
  ConfigBinder& Bind(std::string_view name, absl::Duration* field, absl::Duration min,
                     absl::Duration max, std::string_view help);
  // Comma-separated.
  ConfigBinder& Bind(std::string_view name, std::vector<std::string>* field, std::string_view help);

  // Returns INVALID_ARGUMENT naming every bad or unknown setting, not the first.
  // Words that are not flags are left in `positional()`.
  absl::Status Parse(int argc, const char* const* argv);
  const std::vector<std::string>& positional() const { return positional_; }
  bool help_wanted() const { return help_wanted_; }  // --help was given.

  std::string Help() const;      // One line per setting: flag, environment, default, help.
  std::string Describe() const;  // The effective settings, secrets masked.

 private:
  struct Setting {
    std::string name;
    std::string help;
    std::string initial;
    bool secret = false;
    bool is_bool = false;
    std::function<std::string(std::string_view)> set;  // Returns what is wrong, or "".
    std::function<std::string()> show;
  };
  void Add(Setting setting);
  const Setting* Find(std::string_view name) const;
  std::map<std::string, std::string> ReadFlags(int argc, const char* const* argv,
                                               std::vector<std::string>& problems);

  std::string env_prefix_;
  std::vector<Setting> settings_;
  std::vector<std::string> positional_;
  bool help_wanted_ = false;
};

}  // namespace assay::platform
