#include "services/platform/core/national_numbers.h"

#include <algorithm>

namespace assay::platform {
namespace {

bool AllDigits(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

bool IsUrn(std::string_view text) {
  return (text.size() == 5 || text.size() == 6) && AllDigits(text);
}

bool IsUkprn(std::string_view text) {
  return text.size() == 8 && text[0] == '1' && AllDigits(text);
}

bool IsLaestab(std::string_view text) { return text.size() == 7 && AllDigits(text); }

UlnCheck CheckUln(std::string_view text) {
  if (text.size() != 10 || !AllDigits(text)) return UlnCheck::kInvalid;
  if (text == "9999999999") return UlnCheck::kTemporary;
  int sum = 0;
  for (int i = 0; i < 9; ++i) sum += (10 - i) * (text[i] - '0');
  const int remainder = sum % 11;
  if (remainder == 0) return UlnCheck::kInvalid;
  return text[9] - '0' == 10 - remainder ? UlnCheck::kValid : UlnCheck::kInvalid;
}

}  // namespace assay::platform
