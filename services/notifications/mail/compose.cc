#include "services/notifications/mail/compose.h"

#include <algorithm>
#include <string_view>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace assay::notifications {
namespace {

constexpr std::size_t kEncodedLine = 76;
constexpr std::size_t kWordBytes = 45;  // 60 in base64, 72 with the frame of RFC 2047.

bool IsPlain(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](unsigned char c) { return c >= 0x20 && c < 0x7f; });
}

std::string Base64(std::string_view bytes) {
  return absl::Base64Escape(absl::string_view(bytes.data(), bytes.size()));
}

// As it is if it can be, else as encoded words, none of which splits a character.
std::string HeaderText(std::string_view text) {
  if (IsPlain(text) && text.size() <= 900) return std::string(text);
  std::string out;
  while (!text.empty()) {
    std::size_t end = std::min(kWordBytes, text.size());
    while (end < text.size() && end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) {
      --end;
    }
    if (end == 0) end = std::min(kWordBytes, text.size());
    absl::StrAppend(&out, out.empty() ? "" : "\r\n ", "=?UTF-8?B?", Base64(text.substr(0, end)),
                    "?=");
    text.remove_prefix(end);
  }
  return out;
}

// Text has CRLF line ends before it is encoded (RFC 2046, 4.1.1).
std::string EncodedBody(std::string_view body) {
  std::string text;
  for (char c : body) {
    if (c == '\n') text.push_back('\r');
    text.push_back(c);
  }
  const std::string encoded = Base64(text);
  std::string out;
  for (std::size_t i = 0; i < encoded.size(); i += kEncodedLine) {
    out.append(encoded, i, kEncodedLine).append("\r\n");
  }
  return out;
}

}  // namespace

std::string Compose(const OutgoingMail& mail, const std::string& from) {
  return absl::StrCat(
      "Date: ", absl::FormatTime(absl::RFC1123_full, mail.date, absl::UTCTimeZone()),
      "\r\nFrom: Assay <", from, ">\r\nTo: <", mail.to, ">\r\nSubject: ", HeaderText(mail.subject),
      "\r\nMessage-ID: <", mail.message_id,
      ">\r\nAuto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\n"
      "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n",
      EncodedBody(mail.body));
}

}  // namespace assay::notifications
