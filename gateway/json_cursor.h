// A strict reader of RFC 8259 text: no trailing commas, comments, single quotes,
// bare control characters, lone surrogates or broken UTF-8.
//
// It remembers the first thing that was wrong; every call after that returns false.
#pragma once
#include <cstddef>
#include <string>
#include <string_view>

#include "absl/status/status.h"

namespace assay::gateway {

class JsonCursor {
 public:
  explicit JsonCursor(std::string_view text) : text_(text) {}

  // The next character that is not white space; 0 at the end.
  char Peek();
  bool AtEnd() { return Peek() == 0 && at_ == text_.size(); }
  // Takes `c` or fails, saying what was expected.
  bool Expect(char c, std::string_view expected);
  bool TakeIf(char c);
  // `*value` points into the text, or into `scratch` if there were escapes.
  bool String(std::string* scratch, std::string_view* value);
  bool Number(std::string_view* token);
  bool Literal(std::string_view word);  // true, false, null
  // Skips any value, checking it; `depth_left` nested arrays and objects at most.
  bool Skip(int depth_left);

  bool Fail(std::string_view what);
  std::size_t position() const { return at_; }
  void set_position(std::size_t at) { at_ = at; }
  // JSON_MALFORMED with line and column of the first failure.
  absl::Status Error() const;
  bool ok() const { return failure_.empty(); }

 private:
  void SkipSpace();
  bool Escape(std::string* out);
  bool FourHex(unsigned* value);

  std::string_view text_;
  std::size_t at_ = 0;
  std::string failure_;
  std::size_t failed_at_ = 0;
};

}  // namespace assay::gateway
