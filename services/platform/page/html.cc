#include "services/platform/page/html.h"

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "absl/strings/str_format.h"

namespace assay::platform {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

// One character of UTF-8 at the front of `text`; a size of 0 if there is none.
struct Character {
  std::uint32_t code = 0;
  std::size_t size = 0;
};

Character First(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(0);
  if (lead < 0x80) return {lead, 1};
  const std::size_t size = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || text.size() < size) return {};
  std::uint32_t code = lead & (0x7Fu >> size);
  for (std::size_t i = 1; i < size; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return {};
    code = code << 6 | (byte(i) & 0x3Fu);
  }
  constexpr std::uint32_t kLowest[] = {0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = code >= 0xD800 && code <= 0xDFFF;
  if (code < kLowest[size] || code > 0x10FFFF || surrogate) return {};
  return {code, size};
}

bool Allowed(std::uint32_t code) {
  if (code < 0x20) return code == '\t' || code == '\n' || code == '\r';
  if (code >= 0x7F && code < 0xA0) return false;
  if (code >= 0x202A && code <= 0x202E) return false;  // Embeddings and overrides of direction,
  if (code >= 0x2066 && code <= 0x2069) return false;  // and isolates.
  return (code & 0xFFFE) != 0xFFFE;
}

}  // namespace

std::string EscapeHtml(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const Character character = First(text);
    const std::string_view bytes = text.substr(0, character.size == 0 ? 1 : character.size);
    if (character.size == 0 || !Allowed(character.code)) {
      out += kReplacement;
    } else if (character.code == '&') {
      out += "&amp;";
    } else if (character.code == '<') {
      out += "&lt;";
    } else if (character.code == '>') {
      out += "&gt;";
    } else if (character.code == '"') {
      out += "&quot;";
    } else {
      out += bytes;
    }
    text.remove_prefix(bytes.size());
  }
  return out;
}

std::string NumberText(double value, int decimals) {
  if (!std::isfinite(value)) return "-";
  std::string text = absl::StrFormat("%.*f", decimals, value);
  if (text.find('.') != text.npos) {
    while (text.back() == '0') text.pop_back();
    if (text.back() == '.') text.pop_back();
  }
  return text == "-0" ? "0" : text;
}

void Html::Start(std::string_view element, HtmlAttributes attributes) {
  text_ += '<';
  text_ += element;
  for (const HtmlAttribute& attribute : attributes) {
    text_ += ' ';
    text_ += attribute.name;
    text_ += "=\"";
    text_ += EscapeHtml(attribute.value);
    text_ += '"';
  }
}

Html& Html::Doctype() {
  text_ += "<!DOCTYPE html>\n";
  return *this;
}

Html& Html::Open(std::string_view element, HtmlAttributes attributes) {
  Start(element, attributes);
  text_ += '>';
  open_.push_back(element);
  return *this;
}

Html& Html::Close() {
  if (open_.empty()) return *this;
  text_ += "</";
  text_ += open_.back();
  text_ += ">\n";
  open_.pop_back();
  return *this;
}

Html& Html::Text(std::string_view text) {
  text_ += EscapeHtml(text);
  return *this;
}

Html& Html::Element(std::string_view element, std::string_view text, HtmlAttributes attributes) {
  return Open(element, attributes).Text(text).Close();
}

Html& Html::Empty(std::string_view element, HtmlAttributes attributes) {
  Start(element, attributes);
  text_ += "/>";
  return *this;
}

std::string Html::Take() {
  while (!open_.empty()) Close();
  return std::exchange(text_, {});
}

}  // namespace assay::platform
