#include "services/notifications/mail/compose.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>
#include <string>

namespace assay::notifications {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

OutgoingMail SomeMail() {
  return {.message_id = "01h@assay.example",
          .to = "exams@centre.example",
          .subject = "Results are final",
          .body = "Hello\nworld\n",
          .date = absl::FromUnixSeconds(1'777'626'000)};
}

TEST(ComposeTest, HasTheHeadersThatMailNeeds) {
  EXPECT_EQ(Compose(SomeMail(), "noreply@assay.example"),
            "Date: Fri, 01 May 2026 09:00:00 +0000\r\n"
            "From: Assay <noreply@assay.example>\r\n"
            "To: <exams@centre.example>\r\n"
            "Subject: Results are final\r\n"
            "Message-ID: <01h@assay.example>\r\n"
            "Auto-Submitted: auto-generated\r\n"
            "MIME-Version: 1.0\r\n"
            "Content-Type: text/plain; charset=utf-8\r\n"
            "Content-Transfer-Encoding: base64\r\n"
            "\r\n"
            "SGVsbG8NCndvcmxkDQo=\r\n");
}

TEST(ComposeTest, EncodesASubjectThatIsNotAsciiWithoutSplittingCharacters) {
  OutgoingMail mail = SomeMail();
  mail.subject = "Canlyniadau Ysgol Gymraeg Llŷn";
  EXPECT_THAT(Compose(mail, "a@b.example"),
              HasSubstr("Subject: =?UTF-8?B?Q2FubHluaWFkYXUgWXNnb2wgR3ltcmFlZyBMbMW3bg==?=\r\n"));
  mail.subject = std::string(44, 'x') + "ŷ" + std::string(44, 'x');
  const std::string text = Compose(mail, "a@b.example");
  // The two bytes of the character go into the second word together.
  EXPECT_THAT(text, HasSubstr("?=\r\n =?UTF-8?B?xbd4"));
}

TEST(ComposeTest, KeepsEveryLineShort) {
  OutgoingMail mail = SomeMail();
  mail.subject = std::string(200, '\xc3') + "x";
  mail.body = std::string(10'000, 'y');
  std::istringstream lines(Compose(mail, "a@b.example"));
  for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 100u);
}

}  // namespace
}  // namespace assay::notifications
