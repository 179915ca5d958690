#include "gateway/ctl/request_id.h"

#include <gtest/gtest.h>

namespace assay::gateway::ctl {
namespace {

TEST(RequestIdTest, SameStepSameIdOtherStepOtherId) {
  EXPECT_EQ(RequestId({"summer-2026", "submit"}), RequestId({"summer-2026", "submit"}));
  EXPECT_NE(RequestId({"summer-2026", "submit"}), RequestId({"summer-2026", "draw"}));
  EXPECT_NE(RequestId({"ab", "c"}), RequestId({"a", "bc"}));
}

TEST(RequestIdTest, HasTheFormOfARandomUuid) {
  for (const char* step : {"a", "b", "c", "d", "e", "f"}) {
    const std::string id = RequestId({step});
    ASSERT_EQ(id.size(), 36u);
    for (const int dash : {8, 13, 18, 23}) EXPECT_EQ(id[static_cast<std::size_t>(dash)], '-');
    EXPECT_EQ(id[14], '4');
    EXPECT_NE(std::string("89ab").find(id[19]), std::string::npos) << id;
  }
}

TEST(RequestIdTest, DigestIsTheStandardsExample) {
  // FIPS 180-4, the message "abc".
  EXPECT_EQ(Sha256Hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(RequestIdTest, HexGoesBothWaysAndRefusesOtherText) {
  EXPECT_EQ(Hex(std::string("\x00\xff\x10", 3)), "00ff10");
  EXPECT_EQ(Unhex("00FF10"), std::string("\x00\xff\x10", 3));
  EXPECT_EQ(Unhex("abc"), "");
  EXPECT_EQ(Unhex("zz"), "");
}

}  // namespace
}  // namespace assay::gateway::ctl
