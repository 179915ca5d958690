#include "gateway/json_cursor.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "gateway/percent.h"
#include "gateway/scalar.h"
#include "gateway/text.h"
#include "services/platform/error/error.h"

namespace assay::gateway {
namespace {

void AppendUtf8(unsigned code, std::string* out) {
  const auto byte = [&](unsigned value) { out->push_back(static_cast<char>(value)); };
  if (code < 0x80) {
    byte(code);
  } else if (code < 0x800) {
    byte(0xc0 | code >> 6);
    byte(0x80 | (code & 0x3f));
  } else if (code < 0x10000) {
    byte(0xe0 | code >> 12);
    byte(0x80 | (code >> 6 & 0x3f));
    byte(0x80 | (code & 0x3f));
  } else {
    byte(0xf0 | code >> 18);
    byte(0x80 | (code >> 12 & 0x3f));
    byte(0x80 | (code >> 6 & 0x3f));
    byte(0x80 | (code & 0x3f));
  }
}

}  // namespace

void JsonCursor::SkipSpace() {
  while (at_ < text_.size() &&
         (text_[at_] == ' ' || text_[at_] == '\n' || text_[at_] == '\r' || text_[at_] == '\t')) {
    ++at_;
  }
}

char JsonCursor::Peek() {
  SkipSpace();
  return at_ < text_.size() ? text_[at_] : '\0';
}

bool JsonCursor::Fail(std::string_view what) {
  if (failure_.empty()) {
    failure_ = std::string(what);
    failed_at_ = at_;
  }
  return false;
}

bool JsonCursor::Expect(char c, std::string_view expected) {
  if (Peek() != c || at_ == text_.size()) return Fail(Cat("expected ", expected));
  ++at_;
  return true;
}

bool JsonCursor::TakeIf(char c) {
  if (Peek() != c || at_ == text_.size()) return false;
  ++at_;
  return true;
}

bool JsonCursor::Literal(std::string_view word) {
  SkipSpace();
  if (text_.substr(at_, word.size()) != word) return Fail("expected a JSON value");
  at_ += word.size();
  if (at_ < text_.size() && absl::ascii_isalnum(text_[at_])) return Fail("expected a JSON value");
  return true;
}

bool JsonCursor::Number(std::string_view* token) {
  SkipSpace();
  const std::size_t begin = at_;
  const auto digits = [&] {
    const std::size_t first = at_;
    while (at_ < text_.size() && absl::ascii_isdigit(text_[at_])) ++at_;
    return at_ - first;
  };
  if (at_ < text_.size() && text_[at_] == '-') ++at_;
  const bool zero = at_ < text_.size() && text_[at_] == '0';
  const std::size_t whole = digits();
  if (whole == 0 || (zero && whole > 1)) return Fail("expected a number");
  if (at_ < text_.size() && text_[at_] == '.') {
    ++at_;
    if (digits() == 0) return Fail("expected a digit after '.'");
  }
  if (at_ < text_.size() && (text_[at_] == 'e' || text_[at_] == 'E')) {
    ++at_;
    if (at_ < text_.size() && (text_[at_] == '+' || text_[at_] == '-')) ++at_;
    if (digits() == 0) return Fail("expected a digit in the exponent");
  }
  *token = text_.substr(begin, at_ - begin);
  return true;
}

bool JsonCursor::String(std::string* scratch, std::string_view* value) {
  if (!Expect('"', "a string in double quotes")) return false;
  const std::size_t begin = at_;
  bool escaped = false;
  bool ascii = true;
  std::size_t copied = at_;
  while (true) {
    if (at_ == text_.size()) return Fail("the string has no end");
    const unsigned char c = static_cast<unsigned char>(text_[at_]);
    if (c == '"') break;
    if (c < 0x20) return Fail("a control character in a string must be escaped");
    ascii = ascii && c < 0x80;
    if (c != '\\') {
      ++at_;
      continue;
    }
    if (!escaped) scratch->clear();
    escaped = true;
    scratch->append(text_, copied, at_ - copied);
    ++at_;
    if (!Escape(scratch)) return false;
    copied = at_;
  }
  const std::string_view raw = text_.substr(begin, at_ - begin);
  if (!ascii && !IsUtf8(raw)) return Fail("the string before this is not UTF-8");
  if (escaped) {
    scratch->append(text_, copied, at_ - copied);
    *value = *scratch;
  } else {
    *value = raw;
  }
  ++at_;
  return true;
}

bool JsonCursor::FourHex(unsigned* value) {
  *value = 0;
  for (int i = 0; i < 4; ++i, ++at_) {
    const int digit = at_ < text_.size() ? HexValue(text_[at_]) : -1;
    if (digit < 0) return Fail("expected four hex digits after \\u");
    *value = *value * 16 + static_cast<unsigned>(digit);
  }
  return true;
}

bool JsonCursor::Escape(std::string* out) {
  static constexpr std::string_view kNames = "\"\\/bfnrt";
  static constexpr std::string_view kValues = "\"\\/\b\f\n\r\t";
  const char c = at_ < text_.size() ? text_[at_] : '\0';
  if (const std::size_t i = kNames.find(c); i != std::string_view::npos) {
    out->push_back(kValues[i]);
    ++at_;
    return true;
  }
  if (c != 'u') return Fail("no such escape in a string");
  ++at_;
  unsigned code = 0;
  if (!FourHex(&code)) return false;
  if (code >= 0xdc00 && code < 0xe000) return Fail("half of a surrogate pair");
  if (code >= 0xd800 && code < 0xdc00) {
    unsigned low = 0;
    if (text_.substr(at_, 2) != "\\u") return Fail("half of a surrogate pair");
    at_ += 2;
    if (!FourHex(&low)) return false;
    if (low < 0xdc00 || low >= 0xe000) return Fail("half of a surrogate pair");
    code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
  }
  AppendUtf8(code, out);
  return true;
}

bool JsonCursor::Skip(int depth_left) {
  const char c = Peek();
  std::string scratch;
  std::string_view ignored;
  if (c == '"') return String(&scratch, &ignored);
  if (c == 't') return Literal("true");
  if (c == 'f') return Literal("false");
  if (c == 'n') return Literal("null");
  if (c != '{' && c != '[') return Number(&ignored);
  if (depth_left == 0) return Fail("nested too deeply");
  ++at_;
  const char close = c == '{' ? '}' : ']';
  if (TakeIf(close)) return true;
  do {
    if (c == '{' && !(String(&scratch, &ignored) && Expect(':', "a ':'"))) return false;
    if (!Skip(depth_left - 1)) return false;
  } while (TakeIf(','));
  return Expect(close, c == '{' ? "',' or '}'" : "',' or ']'");
}

absl::Status JsonCursor::Error() const {
  const std::string_view before = text_.substr(0, failed_at_);
  const auto line = std::count(before.begin(), before.end(), '\n') + 1;
  const std::size_t line_begin =
      before.rfind('\n') == std::string_view::npos ? 0 : before.rfind('\n') + 1;
  const std::string line_text = Cat(line);
  const std::string column_text = Cat(failed_at_ - line_begin + 1);
  return platform::Error(absl::StatusCode::kInvalidArgument, "JSON_MALFORMED",
                         Cat("the body is not JSON: ", failure_, " (line ", line_text, ", column ",
                             column_text, ")"))
      .With("line", line_text)
      .With("column", column_text);
}

}  // namespace assay::gateway
