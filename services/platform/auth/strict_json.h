// JSON as security decisions need it. Internal to platform/auth.
#pragma once
#include <nlohmann/json.hpp>
#include <optional>
#include <string_view>

namespace assay::platform::auth_internal {

// An object, without duplicate members at any depth, at most 8 levels deep. Two
// parsers that read one text differently are how tokens get forged.
std::optional<nlohmann::json> ParseStrictObject(std::string_view text);

// The member's text, or nullopt if it is absent or not a string.
std::optional<std::string> StringMember(const nlohmann::json& object, const char* name);

}  // namespace assay::platform::auth_internal
