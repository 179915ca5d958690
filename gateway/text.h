// Joins pieces of text and numbers. (Debian's absl::StrCat does not take std::string_view.)
//
// Example: Cat("expected ", what, " at byte ", 17)
#pragma once
#include <charconv>
#include <string>
#include <string_view>
#include <type_traits>

namespace assay::gateway {

inline void AppendPiece(std::string* out, std::string_view piece) { out->append(piece); }
template <typename T>
requires(std::is_integral_v<T> && !std::is_same_v<T, bool> &&
         !std::is_same_v<T, char>) void AppendPiece(std::string* out, T number) {
  char buffer[24];
  out->append(buffer, std::to_chars(buffer, buffer + sizeof buffer, number).ptr);
}

template <typename... Pieces>
void Append(std::string* out, const Pieces&... pieces) {
  (AppendPiece(out, pieces), ...);
}

template <typename... Pieces>
std::string Cat(const Pieces&... pieces) {
  std::string out;
  Append(&out, pieces...);
  return out;
}

}  // namespace assay::gateway
