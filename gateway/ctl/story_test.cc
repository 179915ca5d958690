#include "gateway/ctl/story.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>

namespace assay::gateway::ctl {
namespace {

TEST(StoryTest, ChaptersCountThemselvesAndSentencesWrap) {
  std::ostringstream out;
  Story story({.width = 20}, platform::SystemClock(), out);
  story.Title("Môr");
  story.Chapter("Centres");
  story.Say("eight of nine rows taken");
  story.Point("three of the first are bad");
  TextTable table({"n"});
  story.Show(table);  // Empty: not shown.
  table.Add({"1"});
  story.Show(table);
  story.Chapter("Marks");
  EXPECT_EQ(out.str(),
            "\nMôr\n═══\n"
            "\n1. Centres\n   eight of nine\n   rows taken\n"
            "   · three of the\n     first are bad\n"
            "\n     n\n     1\n"
            "\n2. Marks\n");
}

TEST(StoryTest, TheHighestMarkIsInTheHighestBand) {
  const std::string chart = BeforeAndAfter({100, 95, 50}, {90, 45, 45}, 100, "");
  EXPECT_NE(chart.find("90 to 100  ████████████████████████ 2  ████████████ 1\n"),
            std::string::npos)
      << chart;
  EXPECT_NE(chart.find("40 to under 50                              ████████████████████████ 2"),
            std::string::npos)
      << chart;
}

TEST(StoryTest, ASmallScaleHasABandAMark) {
  const std::string chart = BeforeAndAfter({6, 0}, {6, 6}, 6, "");
  EXPECT_EQ(std::count(chart.begin(), chart.end(), '\n'), 8) << chart;  // 0 … 6 and a heading.
}

}  // namespace
}  // namespace assay::gateway::ctl
