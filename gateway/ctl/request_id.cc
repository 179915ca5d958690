#include "gateway/ctl/request_id.h"

#include <openssl/sha.h>

#include "absl/strings/str_cat.h"
#include "services/platform/core/view.h"

namespace assay::gateway::ctl {
namespace {

std::string Sha256(std::string_view bytes) {
  std::string digest(SHA256_DIGEST_LENGTH, '\0');
  SHA256(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(),
         reinterpret_cast<unsigned char*>(digest.data()));
  return digest;
}

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

std::string RequestId(std::initializer_list<std::string_view> parts) {
  std::string text;
  // With the length before each part, ("ab", "c") and ("a", "bc") differ.
  for (const std::string_view part : parts) {
    absl::StrAppend(&text, part.size(), ":", platform::View(part));
  }
  std::string digest = Sha256(text).substr(0, 16);
  digest[6] = static_cast<char>((digest[6] & 0x0f) | 0x40);
  digest[8] = static_cast<char>((digest[8] & 0x3f) | 0x80);
  std::string hex = Hex(digest);
  for (const int dash : {20, 16, 12, 8}) hex.insert(static_cast<std::size_t>(dash), 1, '-');
  return hex;
}

std::string Sha256Hex(std::string_view bytes) { return Hex(Sha256(bytes)); }

std::string Hex(std::string_view bytes) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string hex;
  for (const char c : bytes) {
    hex += kDigits[static_cast<unsigned char>(c) >> 4];
    hex += kDigits[static_cast<unsigned char>(c) & 15];
  }
  return hex;
}

std::string Unhex(std::string_view hex) {
  if (hex.size() % 2 != 0) return "";
  std::string bytes;
  for (std::size_t i = 0; i < hex.size(); i += 2) {
    const int high = HexDigit(hex[i]);
    const int low = HexDigit(hex[i + 1]);
    if (high < 0 || low < 0) return "";
    bytes += static_cast<char>(high << 4 | low);
  }
  return bytes;
}

}  // namespace assay::gateway::ctl
