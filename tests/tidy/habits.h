// Habits of the tree that a compiler does not see.
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace assay::tidy {

// What is wrong with one file, as "path:line: what (what to do instead)".
std::vector<std::string> HabitsBroken(std::string_view path, std::string_view text);

}  // namespace assay::tidy
