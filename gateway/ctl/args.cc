#include "gateway/ctl/args.h"

#include <algorithm>
#include <cstdlib>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/core/view.h"
#include "services/platform/error/error.h"

namespace assay::gateway::ctl {
namespace {

const FlagSpec* FindFlag(std::span<const FlagSpec> specs, std::string_view name) {
  const auto it = std::find_if(specs.begin(), specs.end(),
                               [&](const FlagSpec& spec) { return spec.name == name; });
  return it == specs.end() ? nullptr : &*it;
}

absl::Status CheckWordCount(int min, int max, std::span<const std::string> words) {
  const int count = static_cast<int>(words.size());
  if (count < min) {
    return UsageError(absl::StrCat("needs ", min, min == 1 ? " word" : " words", " after it, got ",
                                   count == 0 ? "none" : absl::StrCat(count)));
  }
  if (max >= 0 && count > max) {
    return UsageError(absl::StrCat("does not take the word \"", words[max], "\""));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status UsageError(std::string_view message) {
  return platform::Error(absl::StatusCode::kInvalidArgument, "USAGE", message);
}

bool IsUsageError(const absl::Status& status) { return platform::ReasonOf(status) == "USAGE"; }

absl::StatusOr<Args> Args::Parse(std::span<const FlagSpec> specs, int words_min, int words_max,
                                 std::span<const std::string> words) {
  Args args;
  bool flags_over = false;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string& word = words[i];
    if (flags_over || word.size() < 2 || word[0] != '-') {
      args.words_.push_back(word);
      continue;
    }
    if (word == "--") {
      flags_over = true;
      continue;
    }
    if (word == "--help" || word == "-h") {
      args.help_wanted_ = true;
      continue;
    }
    const std::size_t equals = word.find('=');
    const std::string name =
        word[1] == '-' ? word.substr(2, equals == std::string::npos ? equals : equals - 2) : "";
    const FlagSpec* spec = FindFlag(specs, name);
    if (spec == nullptr) return UsageError(absl::StrCat("does not know the flag ", word));
    std::string value;
    if (spec->kind == FlagSpec::Kind::kSwitch) {
      if (equals != std::string::npos) {
        return UsageError(absl::StrCat("--", name, " is a switch and takes no value"));
      }
      value = "1";
    } else if (equals != std::string::npos) {
      value = word.substr(equals + 1);
    } else if (i + 1 < words.size()) {
      value = words[++i];
    } else {
      return UsageError(absl::StrCat("--", name, " needs a value (", spec->value, ")"));
    }
    auto& values = args.values_[name];
    if (!values.empty() && spec->kind == FlagSpec::Kind::kText) {
      return UsageError(absl::StrCat("--", name, " is given twice"));
    }
    values.push_back(std::move(value));
  }
  for (const FlagSpec& spec : specs) {
    args.initials_[spec.name] = spec.initial;
    if (spec.env.empty() || args.values_.contains(spec.name)) continue;
    if (const char* value = std::getenv(spec.env.c_str()); value != nullptr && *value != '\0') {
      args.values_[spec.name].push_back(value);
    }
  }
  if (!args.help_wanted_) RETURN_IF_ERROR(CheckWordCount(words_min, words_max, args.words_));
  return args;
}

const std::string& Args::Get(std::string_view flag) const {
  static const std::string kNone;
  if (const auto it = values_.find(flag); it != values_.end()) return it->second.back();
  const auto it = initials_.find(flag);
  return it == initials_.end() ? kNone : it->second;
}

std::vector<std::string> Args::All(std::string_view flag) const {
  if (const auto it = values_.find(flag); it != values_.end()) return it->second;
  const std::string& initial = Get(flag);
  return initial.empty() ? std::vector<std::string>() : std::vector<std::string>{initial};
}

bool Args::Is(std::string_view flag) const { return !Get(flag).empty(); }

bool Args::Given(std::string_view flag) const { return values_.contains(flag); }

std::string FlagHelp(std::span<const FlagSpec> specs) {
  std::vector<std::pair<std::string, std::string>> lines;
  std::size_t width = 0;
  for (const FlagSpec& spec : specs) {
    std::string left = absl::StrCat("--", spec.name);
    if (!spec.value.empty()) absl::StrAppend(&left, " ", spec.value);
    std::string right = spec.help;
    if (!spec.initial.empty()) absl::StrAppend(&right, " (default ", spec.initial, ")");
    if (!spec.env.empty()) absl::StrAppend(&right, " [$", spec.env, "]");
    if (spec.kind == FlagSpec::Kind::kRepeated) absl::StrAppend(&right, "; may be repeated");
    width = std::max(width, left.size());
    lines.emplace_back(std::move(left), std::move(right));
  }
  std::string text;
  for (const auto& [left, right] : lines) {
    absl::StrAppend(&text, "  ", left, std::string(width - left.size() + 2, ' '), right, "\n");
  }
  return text;
}

}  // namespace assay::gateway::ctl
