// Debian builds Abseil with a string_view of its own. The tree uses std::string_view;
// this is the one bridge for calls into Abseil.
//
// Example: absl::StrCat("unknown column ", View(name))
#pragma once
#include <string_view>

#include "absl/strings/string_view.h"

namespace assay::platform {

inline absl::string_view View(std::string_view text) { return {text.data(), text.size()}; }
inline std::string_view StdView(absl::string_view text) { return {text.data(), text.size()}; }

}  // namespace assay::platform
