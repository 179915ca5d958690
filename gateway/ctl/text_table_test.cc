#include "gateway/ctl/text_table.h"

#include <gtest/gtest.h>

namespace assay::gateway::ctl {
namespace {

TEST(TextTableTest, AlignsWordsLeftAndNumbersRight) {
  TextTable table({"centre", ">marks"});
  table.Add({"Glan-y-Môr", "7"});
  table.Add({"A", "1,204"});
  table.AddRule();
  table.Add({"all"});
  EXPECT_EQ(table.Text("  "),
            "  centre      marks\n"
            "  Glan-y-Môr      7\n"
            "  A           1,204\n"
            "  ─────────────────\n"
            "  all\n");
}

TEST(TextTableTest, LaysRowsInBlocksReadDownwards) {
  TextTable table({"n"});
  for (const char* n : {"1", "2", "3"}) table.Add({n});
  EXPECT_EQ(table.Text("", 2),
            "n  │  n\n"
            "1  │  3\n"
            "2\n");
  EXPECT_EQ(table.Text("", 5), "n  │  n  │  n\n1  │  2  │  3\n");
}

TEST(TextTableTest, AValueCannotSteerTheTerminal) {
  TextTable table({"name"});
  table.Add({"a\x1b[31mb\nc"});
  EXPECT_EQ(table.Text(), "name\na [31mb c\n");
}

TEST(TextTableTest, NumbersReadWell) {
  EXPECT_EQ(WithCommas(0), "0");
  EXPECT_EQ(WithCommas(999), "999");
  EXPECT_EQ(WithCommas(12916), "12,916");
  EXPECT_EQ(WithCommas(-1234567), "-1,234,567");
  EXPECT_EQ(Plural(1, "cohort"), "1 cohort");
  EXPECT_EQ(Plural(1200, "cohort"), "1,200 cohorts");
  EXPECT_EQ(Short(6.0), "6");
  EXPECT_EQ(Short(8.25), "8.25");
  EXPECT_EQ(Short(10.0, 0), "10");
  EXPECT_EQ(Short(-0.001), "0");
}

TEST(TextTableTest, BarsGrowByEighthsAndNeverVanish) {
  EXPECT_EQ(Bar(0, 10, 4), "");
  EXPECT_EQ(Bar(10, 10, 4), "████");
  EXPECT_EQ(Bar(5, 10, 1), "▌");
  EXPECT_EQ(Bar(0.0001, 10, 4), "▏");
  EXPECT_EQ(Bar(20, 10, 2), "██");
}

TEST(TextTableTest, WrapsAtSpaces) {
  EXPECT_EQ(Wrap("one two three", 9, "> ", "  "), "> one two\n  three\n");
  EXPECT_EQ(Wrap("unbreakable", 3, "", ""), "unbreakable\n");
}

}  // namespace
}  // namespace assay::gateway::ctl
