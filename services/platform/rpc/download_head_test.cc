#include "services/platform/rpc/download_head.h"

#include <gtest/gtest.h>

namespace assay::platform {
namespace {

TEST(ContentDispositionTest, NamesAPlainFilePlainly) {
  EXPECT_EQ(ContentDisposition("register.pdf"), "attachment; filename=\"register.pdf\"");
  EXPECT_EQ(ContentDisposition(""), "");
}

// The extended form of RFC 5987 for whoever understands it, and an ASCII one for others.
TEST(ContentDispositionTest, NamesOtherScriptsTwice) {
  EXPECT_EQ(ContentDisposition("Si\xC3\xA2n 1.pdf"),
            "attachment; filename=\"Si__n 1.pdf\"; filename*=UTF-8''Si%c3%a2n%201.pdf");
}

TEST(ContentDispositionTest, CannotEndTheHeaderOrNameAFolder) {
  for (const char* name :
       {"a\r\nSet-Cookie: x", "a\"; filename=\"b", "../../etc/passwd", "..\\x", "\x7f\x01"}) {
    const std::string value = ContentDisposition(name);
    EXPECT_EQ(value.find_first_of("\r\n\\/"), std::string::npos) << value;
    std::size_t quotes = 0;
    for (const char c : value) {
      quotes += c == '"' ? 1 : 0;
      EXPECT_TRUE(c >= 0x20 && c < 0x7f);
    }
    EXPECT_EQ(quotes, 2u) << value;
  }
}

}  // namespace
}  // namespace assay::platform
