// SHA-256 of a text, for what has to be the same on every machine.
#pragma once
#include <string>
#include <string_view>

namespace assay::platform {

std::string Sha256(std::string_view bytes);     // 32 bytes.
std::string Sha256Hex(std::string_view bytes);  // Lower-case hexadecimal.

}  // namespace assay::platform
