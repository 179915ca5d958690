#include "gateway/scalar.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <limits>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "gateway/text.h"
#include "services/platform/core/view.h"

namespace assay::gateway {
namespace {

constexpr std::int64_t kTimestampMin = -62'135'596'800;  // 0001-01-01T00:00:00Z
constexpr std::int64_t kTimestampMax = 253'402'300'799;  // 9999-12-31T23:59:59Z
constexpr std::int64_t kDurationMax = 315'576'000'000;
constexpr std::int32_t kNanosPerSecond = 1'000'000'000;

bool IsDigits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), absl::ascii_isdigit);
}

std::string_view TakeDigits(std::string_view* text) {
  std::size_t n = 0;
  while (n < text->size() && absl::ascii_isdigit((*text)[n])) ++n;
  const std::string_view digits = text->substr(0, n);
  text->remove_prefix(n);
  return digits;
}

// A JSON number as sign and plain digits, if it is whole and has at most 20 of them.
struct Whole {
  bool negative = false;
  std::string digits;
};

bool ParseWhole(std::string_view text, Whole* whole) {
  if (!text.empty() && text[0] == '-') {
    whole->negative = true;
    text.remove_prefix(1);
  }
  const std::string_view integer = TakeDigits(&text);
  if (integer.empty() || (integer.size() > 1 && integer[0] == '0')) return false;
  std::string_view fraction;
  if (!text.empty() && text[0] == '.') {
    text.remove_prefix(1);
    fraction = TakeDigits(&text);
    if (fraction.empty()) return false;
  }
  int exponent = 0;
  if (!text.empty() && (text[0] == 'e' || text[0] == 'E')) {
    text.remove_prefix(1);
    const bool negative = !text.empty() && text[0] == '-';
    if (!text.empty() && (text[0] == '-' || text[0] == '+')) text.remove_prefix(1);
    if (!IsDigits(text) || text.size() > 4) return false;
    std::from_chars(text.data(), text.data() + text.size(), exponent);
    if (negative) exponent = -exponent;
    text = "";
  }
  if (!text.empty()) return false;

  std::string& digits = whole->digits;
  digits = Cat(integer, fraction);
  digits.erase(0, std::min(digits.find_first_not_of('0'), digits.size()));
  if (digits.empty()) {
    digits = "0";
    return true;
  }
  int shift = exponent - static_cast<int>(fraction.size());
  while (shift < 0 && digits.back() == '0') {
    digits.pop_back();
    ++shift;
  }
  if (shift < 0 || digits.size() + shift > 20) return false;
  digits.append(shift, '0');
  return true;
}

template <typename T>
bool ParseIntegerOf(std::string_view text, T* value) {
  const char* end = text.data() + text.size();
  const bool leading_zero = (text.size() > 1 && text[0] == '0') || text.substr(0, 2) == "-0";
  if (!leading_zero) {
    const auto [stop, error] = std::from_chars(text.data(), end, *value);
    if (error == std::errc() && stop == end) return true;
  }
  Whole whole;
  if (!ParseWhole(text, &whole)) return false;
  if (whole.negative && whole.digits != "0") whole.digits.insert(0, "-");
  end = whole.digits.data() + whole.digits.size();
  const auto [stop, error] = std::from_chars(whole.digits.data(), end, *value);
  return error == std::errc() && stop == end;
}

bool IsJsonNumber(std::string_view text) {
  if (!text.empty() && text[0] == '-') text.remove_prefix(1);
  const std::string_view integer = TakeDigits(&text);
  if (integer.empty() || (integer.size() > 1 && integer[0] == '0')) return false;
  if (!text.empty() && text[0] == '.') {
    text.remove_prefix(1);
    if (TakeDigits(&text).empty()) return false;
  }
  if (!text.empty() && (text[0] == 'e' || text[0] == 'E')) {
    text.remove_prefix(1);
    if (!text.empty() && (text[0] == '-' || text[0] == '+')) text.remove_prefix(1);
    if (TakeDigits(&text).empty()) return false;
  }
  return text.empty();
}

template <typename T>
bool ParseFloatingOf(std::string_view text, T* value) {
  if (!IsJsonNumber(text)) return false;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), *value);
  if (error == std::errc()) return true;
  // Too small is zero to the nearest; too large has no nearest.
  const double wide = std::strtod(std::string(text).c_str(), nullptr);
  if (std::fabs(wide) > 1) return false;
  *value = static_cast<T>(wide);
  return true;
}

template <typename T>
bool ParseQuotedFloatingOf(std::string_view text, T* value) {
  using Limits = std::numeric_limits<T>;
  if (text == "NaN") {
    *value = Limits::quiet_NaN();
  } else if (text == "Infinity") {
    *value = Limits::infinity();
  } else if (text == "-Infinity") {
    *value = -Limits::infinity();
  } else {
    return ParseFloatingOf(text, value);
  }
  return true;
}

template <typename T>
void AppendFloatingOf(T value, std::string* out) {
  if (std::isnan(value)) {
    out->append("\"NaN\"");
  } else if (std::isinf(value)) {
    out->append(value > 0 ? "\"Infinity\"" : "\"-Infinity\"");
  } else {
    char buffer[32];
    const auto end = std::to_chars(buffer, buffer + sizeof buffer, value).ptr;
    out->append(buffer, end);
  }
}

// Takes ".123456789" of one to nine digits, if it is there.
bool TakeNanos(std::string_view* text, std::int32_t* nanos) {
  *nanos = 0;
  if (text->empty() || (*text)[0] != '.') return true;
  text->remove_prefix(1);
  const std::string_view digits = TakeDigits(text);
  if (digits.empty() || digits.size() > 9) return false;
  for (std::size_t i = 0; i < 9; ++i) {
    *nanos = *nanos * 10 + (i < digits.size() ? digits[i] - '0' : 0);
  }
  return true;
}

// Takes exactly `width` digits followed by `after` (0: nothing).
bool TakeField(std::string_view* text, std::size_t width, char after, int* value) {
  if (text->size() < width || !IsDigits(text->substr(0, width))) return false;
  std::from_chars(text->data(), text->data() + width, *value);
  text->remove_prefix(width);
  if (after == 0) return true;
  if (text->empty() || (*text)[0] != after) return false;
  text->remove_prefix(1);
  return true;
}

bool TakeOffset(std::string_view text, std::int64_t* offset) {
  if (text == "Z") {
    *offset = 0;
    return true;
  }
  if (text.empty() || (text[0] != '+' && text[0] != '-')) return false;
  const int sign = text[0] == '+' ? 1 : -1;
  text.remove_prefix(1);
  int hours = 0;
  int minutes = 0;
  if (!TakeField(&text, 2, ':', &hours) || !TakeField(&text, 2, 0, &minutes)) return false;
  if (!text.empty() || hours > 23 || minutes > 59) return false;
  *offset = sign * (hours * 3600 + minutes * 60);
  return true;
}

// ".500", ".000001" or ".000000001": groups of three, as the standard prints them.
void AppendNanos(std::int32_t nanos, std::string* out) {
  if (nanos == 0) return;
  char buffer[16];
  if (nanos % 1'000'000 == 0) {
    std::snprintf(buffer, sizeof buffer, ".%03d", nanos / 1'000'000);
  } else if (nanos % 1'000 == 0) {
    std::snprintf(buffer, sizeof buffer, ".%06d", nanos / 1'000);
  } else {
    std::snprintf(buffer, sizeof buffer, ".%09d", nanos);
  }
  out->append(buffer);
}

}  // namespace

bool ParseInt64(std::string_view text, std::int64_t* value) { return ParseIntegerOf(text, value); }
bool ParseUint64(std::string_view text, std::uint64_t* value) {
  return ParseIntegerOf(text, value);
}
bool ParseInt32(std::string_view text, std::int32_t* value) { return ParseIntegerOf(text, value); }
bool ParseUint32(std::string_view text, std::uint32_t* value) {
  return ParseIntegerOf(text, value);
}
bool ParseDouble(std::string_view text, double* value) { return ParseFloatingOf(text, value); }
bool ParseFloat(std::string_view text, float* value) { return ParseFloatingOf(text, value); }
bool ParseQuotedDouble(std::string_view text, double* value) {
  return ParseQuotedFloatingOf(text, value);
}
bool ParseQuotedFloat(std::string_view text, float* value) {
  return ParseQuotedFloatingOf(text, value);
}

bool DecodeBase64(std::string_view text, std::string* bytes) {
  if (text.size() % 4 == 0) {
    for (int i = 0; i < 2 && !text.empty() && text.back() == '='; ++i) text.remove_suffix(1);
  }
  if (text.size() % 4 == 1) return false;
  bytes->clear();
  bytes->reserve(text.size() / 4 * 3 + 2);
  std::uint32_t bits = 0;
  int have = 0;
  for (const char c : text) {
    int six = 0;
    if (c >= 'A' && c <= 'Z') {
      six = c - 'A';
    } else if (c >= 'a' && c <= 'z') {
      six = c - 'a' + 26;
    } else if (c >= '0' && c <= '9') {
      six = c - '0' + 52;
    } else if (c == '+' || c == '-') {
      six = 62;
    } else if (c == '/' || c == '_') {
      six = 63;
    } else {
      return false;
    }
    bits = bits << 6 | static_cast<std::uint32_t>(six);
    have += 6;
    if (have >= 8) {
      have -= 8;
      bytes->push_back(static_cast<char>(bits >> have & 0xff));
    }
  }
  return true;
}

void AppendBase64(std::string_view bytes, std::string* out) {
  std::string text;
  absl::Base64Escape(platform::View(bytes), &text);
  out->append(text);
}

bool ParseTimestamp(std::string_view text, SecondsNanos* value) {
  int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0;
  std::int32_t nanos = 0;
  std::int64_t offset = 0;
  if (!TakeField(&text, 4, '-', &year) || !TakeField(&text, 2, '-', &month) ||
      !TakeField(&text, 2, 'T', &day) || !TakeField(&text, 2, ':', &hour) ||
      !TakeField(&text, 2, ':', &minute) || !TakeField(&text, 2, 0, &second) ||
      !TakeNanos(&text, &nanos) || !TakeOffset(text, &offset)) {
    return false;
  }
  const absl::CivilSecond civil(year, month, day, hour, minute, second);
  // Civil times roll over; a date that rolled was not one.
  if (civil.year() != year || civil.month() != month || civil.day() != day ||
      civil.hour() != hour || civil.minute() != minute || civil.second() != second) {
    return false;
  }
  const std::int64_t seconds = civil - absl::CivilSecond(1970) - offset;
  if (year < 1 || seconds < kTimestampMin || seconds > kTimestampMax) return false;
  *value = {seconds, nanos};
  return true;
}

bool AppendTimestamp(SecondsNanos value, std::string* out) {
  if (value.seconds < kTimestampMin || value.seconds > kTimestampMax || value.nanos < 0 ||
      value.nanos >= kNanosPerSecond) {
    return false;
  }
  const absl::CivilSecond civil = absl::CivilSecond(1970) + value.seconds;
  char buffer[32];
  std::snprintf(buffer, sizeof buffer, "%04d-%02d-%02dT%02d:%02d:%02d",
                static_cast<int>(civil.year()), civil.month(), civil.day(), civil.hour(),
                civil.minute(), civil.second());
  out->append(buffer);
  AppendNanos(value.nanos, out);
  out->push_back('Z');
  return true;
}

bool ParseDuration(std::string_view text, SecondsNanos* value) {
  if (text.empty() || text.back() != 's') return false;
  text.remove_suffix(1);
  const bool negative = !text.empty() && text[0] == '-';
  if (negative) text.remove_prefix(1);
  const std::string_view digits = TakeDigits(&text);
  if (digits.empty() || digits.size() > 12) return false;
  SecondsNanos parsed;
  std::from_chars(digits.data(), digits.data() + digits.size(), parsed.seconds);
  if (!TakeNanos(&text, &parsed.nanos) || !text.empty() || parsed.seconds > kDurationMax) {
    return false;
  }
  if (negative) parsed = {-parsed.seconds, -parsed.nanos};
  *value = parsed;
  return true;
}

bool AppendDuration(SecondsNanos value, std::string* out) {
  const bool mixed =
      (value.seconds > 0 && value.nanos < 0) || (value.seconds < 0 && value.nanos > 0);
  if (mixed || value.seconds < -kDurationMax || value.seconds > kDurationMax ||
      value.nanos <= -kNanosPerSecond || value.nanos >= kNanosPerSecond) {
    return false;
  }
  if (value.seconds < 0 || value.nanos < 0) out->push_back('-');
  Append(out, std::abs(value.seconds));
  AppendNanos(std::abs(value.nanos), out);
  out->push_back('s');
  return true;
}

bool ParseFieldMask(std::string_view text, std::vector<std::string>* paths) {
  paths->clear();
  if (text.empty()) return true;
  while (true) {
    const std::size_t comma = text.find(',');
    const std::string_view part = text.substr(0, comma);
    std::string path;
    for (const char c : part) {
      if (absl::ascii_isupper(c)) {
        path.push_back('_');
        path.push_back(absl::ascii_tolower(c));
      } else if (absl::ascii_isalnum(c) || c == '.') {
        path.push_back(c);
      } else {
        return false;
      }
    }
    if (path.empty()) return false;
    paths->push_back(std::move(path));
    if (comma == std::string_view::npos) return true;
    text.remove_prefix(comma + 1);
  }
}

bool AppendFieldMaskPath(std::string_view path, std::string* out) {
  for (std::size_t i = 0; i < path.size(); ++i) {
    if (path[i] != '_') {
      if (absl::ascii_isupper(path[i])) return false;
      out->push_back(path[i]);
      continue;
    }
    ++i;
    if (i == path.size() || !absl::ascii_islower(path[i])) return false;
    out->push_back(absl::ascii_toupper(path[i]));
  }
  return true;
}

void AppendDouble(double value, std::string* out) { AppendFloatingOf(value, out); }
void AppendFloat(float value, std::string* out) { AppendFloatingOf(value, out); }

bool IsUtf8(std::string_view text) {
  const auto* p = reinterpret_cast<const unsigned char*>(text.data());
  const auto* const end = p + text.size();
  const auto follows = [&](int i, unsigned low = 0x80, unsigned high = 0xbf) {
    return p + i < end && p[i] >= low && p[i] <= high;
  };
  while (p < end) {
    if (*p < 0x80) {
      p += 1;
    } else if (*p >= 0xc2 && *p <= 0xdf && follows(1)) {
      p += 2;
    } else if ((*p & 0xf0) == 0xe0 &&
               follows(1, *p == 0xe0 ? 0xa0 : 0x80, *p == 0xed ? 0x9f : 0xbf) && follows(2)) {
      p += 3;
    } else if (*p >= 0xf0 && *p <= 0xf4 &&
               follows(1, *p == 0xf0 ? 0x90 : 0x80, *p == 0xf4 ? 0x8f : 0xbf) && follows(2) &&
               follows(3)) {
      p += 4;
    } else {
      return false;
    }
  }
  return true;
}

}  // namespace assay::gateway
