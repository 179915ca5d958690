#include "services/platform/rpc/download_head.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

namespace assay::platform {
namespace {

// RFC 5987's attr-char: what may stand unescaped in an extended value.
bool IsAttrChar(unsigned char c) {
  return absl::ascii_isalnum(c) ||
         std::string_view("!#$&+-.^_`|~").find(static_cast<char>(c)) != std::string_view::npos;
}

// A client that knows no extended value gets this one; what could end the quotes, part folders
// or break the header becomes an underscore.
char Plain(unsigned char c) {
  const bool harmless = c >= 0x20 && c < 0x7f && c != '"' && c != '\\' && c != '/' && c != '%';
  return harmless ? static_cast<char>(c) : '_';
}

}  // namespace

std::string ContentDisposition(std::string_view filename) {
  if (filename.empty()) return "";
  std::string plain;
  std::string extended;
  for (const char character : filename) {
    const auto c = static_cast<unsigned char>(character);
    plain.push_back(Plain(c));
    if (c < 0x20 || c == 0x7f || c == '/' || c == '\\') {
      extended.push_back('_');
    } else if (IsAttrChar(c)) {
      extended.push_back(character);
    } else {
      absl::StrAppend(&extended, "%", absl::Hex(c, absl::kZeroPad2));
    }
  }
  std::string value = absl::StrCat("attachment; filename=\"", plain, "\"");
  if (extended != plain) absl::StrAppend(&value, "; filename*=UTF-8''", extended);
  return value;
}

}  // namespace assay::platform
