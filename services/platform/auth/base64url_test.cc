#include "services/platform/auth/base64url.h"

#include <gtest/gtest.h>

#include <string>

namespace assay::platform::auth_internal {
namespace {

TEST(Base64UrlTest, EncodesTheExamplesOfRfc4648) {
  EXPECT_EQ(EncodeBase64Url(""), "");
  EXPECT_EQ(EncodeBase64Url("f"), "Zg");
  EXPECT_EQ(EncodeBase64Url("fo"), "Zm8");
  EXPECT_EQ(EncodeBase64Url("foo"), "Zm9v");
  EXPECT_EQ(EncodeBase64Url("foobar"), "Zm9vYmFy");
  EXPECT_EQ(EncodeBase64Url("\xfb\xff"), "-_8");
}

TEST(Base64UrlTest, DecodesWhatItEncodes) {
  std::string bytes;
  for (int i = 0; i < 256; ++i) {
    bytes += static_cast<char>(i);
    EXPECT_EQ(DecodeBase64Url(EncodeBase64Url(bytes)), bytes);
  }
}

TEST(Base64UrlTest, RefusesEverySpellingButTheCanonicalOne) {
  EXPECT_EQ(DecodeBase64Url("Zg"), "f");
  for (const char* text : {"Zg==", "Zh", "Z", "Zg\n", " Zg", "Zm+v", "Zm/v", "Zm9v=", "Zm9w="}) {
    EXPECT_EQ(DecodeBase64Url(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace assay::platform::auth_internal
