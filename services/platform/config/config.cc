#include "services/platform/config/config.h"

#include <cstdlib>
#include <fstream>
#include <optional>
#include <sstream>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "services/platform/core/bytes.h"
#include "services/platform/core/view.h"

namespace assay::platform {
namespace {

constexpr std::string_view kSharedPrefix = "ASSAY";
constexpr std::size_t kSecretMax = KiB(64);

std::string EnvName(std::string_view prefix, std::string_view name) {
  return absl::StrCat(View(prefix), "_", absl::AsciiStrToUpper(View(name)));
}

// Flags read --page-size and --page_size alike.
std::string FieldName(std::string_view flag) {
  std::string name(flag);
  for (char& c : name) c = c == '-' ? '_' : c;
  return name;
}

struct Found {
  std::string value;
  std::string place;  // For the message if the value is bad.
};

std::optional<Found> FromEnv(const std::string& variable) {
  const char* value = std::getenv(variable.c_str());
  if (value == nullptr) return std::nullopt;
  return Found{value, absl::StrCat("$", variable)};
}

// The contents of the file that $`variable` names, without the newline an editor leaves.
std::optional<Found> FromFileOf(const std::string& variable, std::vector<std::string>& problems) {
  const auto path = FromEnv(variable);
  if (!path.has_value()) return std::nullopt;
  std::ifstream in(path->value, std::ios::binary);
  std::string text(kSecretMax + 1, '\0');
  if (in) in.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (!in && !in.eof()) {
    problems.push_back(absl::StrCat(path->place, ": cannot read the file ", path->value));
    return std::nullopt;
  }
  text.resize(static_cast<std::size_t>(in.gcount()));
  if (text.size() > kSecretMax) {
    problems.push_back(absl::StrCat(path->place, ": ", path->value, " is larger than 64 KiB"));
    return std::nullopt;
  }
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
  return Found{std::move(text), absl::StrCat("the file of ", path->place)};
}

}  // namespace

ConfigBinder::ConfigBinder(std::string_view env_prefix) : env_prefix_(env_prefix) {}

void ConfigBinder::Add(Setting setting) {
  setting.initial = setting.show();
  settings_.push_back(std::move(setting));
}

ConfigBinder& ConfigBinder::Bind(std::string_view name, std::string* field, std::string_view help,
                                 Secrecy secrecy) {
  Setting setting;
  setting.name = name;
  setting.help = help;
  setting.secret = secrecy == Secrecy::kSecret;
  setting.set = [field](std::string_view text) {
    *field = text;
    return std::string();
  };
  setting.show = [field] { return *field; };
  Add(std::move(setting));
  return *this;
}

ConfigBinder& ConfigBinder::Bind(std::string_view name, bool* field, std::string_view help) {
  Setting setting;
  setting.name = name;
  setting.help = help;
  setting.is_bool = true;
  setting.set = [field](std::string_view text) -> std::string {
    if (text != "true" && text != "1" && text != "false" && text != "0") {
      return "must be true, false, 1 or 0";
    }
    *field = text == "true" || text == "1";
    return "";
  };
  setting.show = [field] { return std::string(*field ? "true" : "false"); };
  Add(std::move(setting));
  return *this;
}

ConfigBinder& ConfigBinder::Bind(std::string_view name, std::int64_t* field, std::int64_t min,
                                 std::int64_t max, std::string_view help) {
  Setting setting;
  setting.name = name;
  setting.help = help;
  setting.set = [=](std::string_view text) -> std::string {
    std::int64_t value = 0;
    if (!absl::SimpleAtoi(View(text), &value) || value < min || value > max) {
      return absl::StrCat("must be a whole number from ", min, " to ", max);
    }
    *field = value;
    return "";
  };
  setting.show = [field] { return absl::StrCat(*field); };
  Add(std::move(setting));
  return *this;
}

ConfigBinder& ConfigBinder::Bind(std::string_view name, absl::Duration* field, absl::Duration min,
                                 absl::Duration max, std::string_view help) {
  Setting setting;
  setting.name = name;
  setting.help = help;
  setting.set = [=](std::string_view text) -> std::string {
    absl::Duration value;
    if (!absl::ParseDuration(View(text), &value) || value < min || value > max) {
      return absl::StrCat("must be a duration from ", absl::FormatDuration(min), " to ",
                          absl::FormatDuration(max), ", such as 1.5s or 2m");
    }
    *field = value;
    return "";
  };
  setting.show = [field] { return absl::FormatDuration(*field); };
  Add(std::move(setting));
  return *this;
}

ConfigBinder& ConfigBinder::Bind(std::string_view name, std::vector<std::string>* field,
                                 std::string_view help) {
  Setting setting;
  setting.name = name;
  setting.help = help;
  setting.set = [field](std::string_view text) {
    field->clear();
    for (const absl::string_view part : absl::StrSplit(View(text), ',', absl::SkipWhitespace())) {
      field->emplace_back(absl::StripAsciiWhitespace(part));
    }
    return std::string();
  };
  setting.show = [field] { return absl::StrJoin(*field, ","); };
  Add(std::move(setting));
  return *this;
}

std::map<std::string, std::string> ConfigBinder::ReadFlags(int argc, const char* const* argv,
                                                           std::vector<std::string>& problems) {
  std::map<std::string, std::string> flags;
  for (int i = 1; i < argc; ++i) {
    const std::string_view word = argv[i];
    if (word == "--") {
      positional_.insert(positional_.end(), argv + i + 1, argv + argc);
      break;
    }
    if (word == "--help" || word == "-h") {
      help_wanted_ = true;
      continue;
    }
    if (word.substr(0, 2) != "--") {
      positional_.emplace_back(word);
      continue;
    }
    const std::size_t equals = word.find('=');
    const std::string name = FieldName(word.substr(2, equals - 2));
    const Setting* setting = Find(name);
    if (setting == nullptr) {
      problems.push_back(absl::StrCat("--", name, ": there is no such setting; see --help"));
    } else if (setting->secret) {
      // Everyone on the machine can read a process's arguments. Its value must not become a word.
      problems.push_back(absl::StrCat("--", name, ": is secret; set $", EnvName(env_prefix_, name),
                                      " or $", EnvName(env_prefix_, name), "_FILE instead"));
      if (equals == std::string_view::npos && i + 1 < argc) ++i;
    } else if (equals != std::string_view::npos) {
      flags[name] = std::string(word.substr(equals + 1));
    } else if (setting->is_bool) {
      const std::string_view next = i + 1 < argc ? argv[i + 1] : "";
      const bool explicit_value = next == "true" || next == "false" || next == "1" || next == "0";
      flags[name] = explicit_value ? argv[++i] : "true";
    } else if (i + 1 < argc) {
      flags[name] = argv[++i];
    } else {
      problems.push_back(absl::StrCat("--", name, ": needs a value"));
    }
  }
  return flags;
}

const ConfigBinder::Setting* ConfigBinder::Find(std::string_view name) const {
  for (const Setting& setting : settings_) {
    if (setting.name == name) return &setting;
  }
  return nullptr;
}

absl::Status ConfigBinder::Parse(int argc, const char* const* argv) {
  std::vector<std::string> problems;
  const auto flags = ReadFlags(argc, argv, problems);
  for (const Setting& setting : settings_) {
    std::optional<Found> found;
    if (const auto flag = flags.find(setting.name); flag != flags.end()) {
      found = Found{flag->second, absl::StrCat("--", setting.name)};
    }
    for (const std::string_view prefix : {std::string_view(env_prefix_), kSharedPrefix}) {
      if (found.has_value()) break;
      const std::string variable = EnvName(prefix, setting.name);
      found = FromEnv(variable);
      if (!found.has_value() && setting.secret) found = FromFileOf(variable + "_FILE", problems);
    }
    if (!found.has_value()) continue;
    const std::string wrong = setting.set(found->value);
    if (wrong.empty()) continue;
    problems.push_back(setting.secret
                           ? absl::StrCat(found->place, ": ", wrong)
                           : absl::StrCat(found->place, ": ", wrong, ", not ", found->value));
  }
  if (problems.empty() || help_wanted_) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrJoin(problems, "\n"));
}

std::string ConfigBinder::Help() const {
  std::string text;
  for (const Setting& s : settings_) {
    const std::string variable = EnvName(env_prefix_, s.name);
    const std::string place = s.secret ? absl::StrCat("$", variable, " or $", variable, "_FILE")
                                       : absl::StrCat("--", s.name, " or $", variable);
    const std::string initial = s.secret && !s.initial.empty() ? "***" : s.initial;
    absl::StrAppend(&text, "  ", place, " (default: ", initial.empty() ? "none" : initial, ")  ",
                    s.help, "\n");
  }
  return text;
}

std::string ConfigBinder::Describe() const {
  std::string text;
  for (const Setting& s : settings_) {
    const std::string value = s.show();
    absl::StrAppend(&text, s.name, "=", s.secret && !value.empty() ? "***" : value, "\n");
  }
  return text;
}

}  // namespace assay::platform
