#include "services/platform/core/national_numbers.h"

#include <gtest/gtest.h>

namespace assay::platform {
namespace {

// QUAL-10
TEST(NumbersTest, HaveTheirNationalForms) {
  struct Case {
    const char* text;
    bool urn;
    bool ukprn;
    bool laestab;
  };
  for (const Case& c : {Case{"10000", true, false, false}, Case{"100000", true, false, false},
                        Case{"1000", false, false, false}, Case{"1000000", false, false, true},
                        Case{"10000047", false, true, false}, Case{"20000047", false, false, false},
                        Case{"1000004x", false, false, false}, Case{"", false, false, false},
                        Case{"1OOOOO", false, false, false}, Case{" 10000", false, false, false}}) {
    EXPECT_EQ(IsUrn(c.text), c.urn) << c.text;
    EXPECT_EQ(IsUkprn(c.text), c.ukprn) << c.text;
    EXPECT_EQ(IsLaestab(c.text), c.laestab) << c.text;
  }
}

// QUAL-10, with the numbers it gives; the other check digits are worked by hand:
// 1234567890 weighs 10+18+24+28+30+30+28+24+18 = 210 = 19 x 11 + 1, so it ends in 9.
TEST(NumbersTest, UlnHasACheckDigit) {
  EXPECT_EQ(CheckUln("1000000043"), UlnCheck::kValid);
  EXPECT_EQ(CheckUln("7673614579"), UlnCheck::kValid);
  EXPECT_EQ(CheckUln("1000000063"), UlnCheck::kInvalid);
  EXPECT_EQ(CheckUln("1234567899"), UlnCheck::kValid);
  EXPECT_EQ(CheckUln("1234567890"), UlnCheck::kInvalid);
  EXPECT_EQ(CheckUln("9999999999"), UlnCheck::kTemporary);
  EXPECT_EQ(CheckUln("0000000000"), UlnCheck::kInvalid);  // Remainder 0.
  EXPECT_EQ(CheckUln("100000004"), UlnCheck::kInvalid);
  EXPECT_EQ(CheckUln("10000000433"), UlnCheck::kInvalid);
  EXPECT_EQ(CheckUln("100000004X"), UlnCheck::kInvalid);
}

}  // namespace
}  // namespace assay::platform
