#include "services/platform/table/fold.h"

#include <unicode/uchar.h>
#include <unicode/unistr.h>
#include <unicode/unorm2.h>

namespace assay::platform {
namespace {

constexpr UChar32 kApostrophes[] = {0x27, 0x2018, 0x2019, 0x02BC, 0x60};

bool IsApostrophe(UChar32 c) {
  for (const UChar32 apostrophe : kApostrophes) {
    if (c == apostrophe) return true;
  }
  return false;
}

bool IsMark(UChar32 c) {
  const int8_t type = u_charType(c);
  return type == U_NON_SPACING_MARK || type == U_ENCLOSING_MARK || type == U_COMBINING_SPACING_MARK;
}

icu::UnicodeString Folded(std::string_view utf8) {
  icu::UnicodeString text =
      icu::UnicodeString::fromUTF8(icu::StringPiece(utf8.data(), static_cast<int>(utf8.size())));
  UErrorCode error = U_ZERO_ERROR;
  const UNormalizer2* nfkd = unorm2_getNFKDInstance(&error);
  icu::UnicodeString out;
  if (U_FAILURE(error)) return text.foldCase();
  text.foldCase();
  // Compatibility decomposition grows a character to 18 at most.
  const int capacity = text.length() * 18 + 1;
  UChar* buffer = out.getBuffer(capacity);
  const int length =
      unorm2_normalize(nfkd, text.getBuffer(), text.length(), buffer, capacity, &error);
  out.releaseBuffer(U_SUCCESS(error) ? length : 0);
  return out;
}

}  // namespace

std::string Fold(std::string_view utf8) {
  const icu::UnicodeString text = Folded(utf8);
  icu::UnicodeString kept;
  for (int i = 0; i < text.length(); i = text.moveIndex32(i, 1)) {
    const UChar32 c = text.char32At(i);
    if (!IsMark(c)) kept.append(c);
  }
  std::string folded;
  kept.toUTF8String(folded);
  return folded;
}

std::vector<std::string> Words(std::string_view utf8) {
  const icu::UnicodeString text = Folded(utf8);
  std::vector<std::string> words;
  icu::UnicodeString word;
  auto end_word = [&] {
    if (word.isEmpty()) return;
    word.toUTF8String(words.emplace_back());
    word.remove();
  };
  for (int i = 0; i < text.length(); i = text.moveIndex32(i, 1)) {
    const UChar32 c = text.char32At(i);
    if (IsMark(c) || IsApostrophe(c)) continue;
    if (u_isalnum(c)) {
      word.append(c);
    } else {
      end_word();
    }
  }
  end_word();
  return words;
}

}  // namespace assay::platform
