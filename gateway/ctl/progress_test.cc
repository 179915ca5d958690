#include "gateway/ctl/progress.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>

#include "services/platform/testing/fakes.h"

namespace assay::gateway::ctl {
namespace {

TEST(ProgressTest, ElsewhereThanOnATerminalItSaysEachTenthOnceIfItTakesLong) {
  platform::testing::FakeClock clock;
  std::ostringstream out;
  {
    Progress progress({.what = "marks", .unit = "schools", .total = 20}, clock, out);
    for (int i = 0; i < 20; ++i) {
      clock.Advance(absl::Seconds(2));
      progress.Advance();
    }
  }
  const std::string text = out.str();
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 10);
  EXPECT_NE(text.find("  marks   50%  10 of 20 schools  20 s\n"), std::string::npos) << text;
  EXPECT_EQ(text.find('\r'), std::string::npos);
}

TEST(ProgressTest, ElsewhereThanOnATerminalWhatIsQuickIsNotMentioned) {
  platform::testing::FakeClock clock;
  std::ostringstream out;
  Progress progress({.what = "marks", .unit = "schools", .total = 2}, clock, out);
  clock.Advance(absl::Seconds(1));
  progress.Advance();
  progress.Advance();
  EXPECT_EQ(out.str(), "");
}

TEST(ProgressTest, OnATerminalItRedrawsAtMostSoOftenAndWipesItself) {
  platform::testing::FakeClock clock;
  std::ostringstream out;
  {
    Progress progress({.what = "a.csv", .unit = "B", .total = 2 << 20, .terminal = true}, clock,
                      out);
    progress.Set(1 << 20);
    progress.Set((1 << 20) + 1);  // Too soon: not drawn.
    clock.Advance(absl::Seconds(2));
    progress.Set((1 << 20) + 2);
    progress.Set(2 << 20);  // The end is always drawn.
  }
  const std::string text = out.str();
  EXPECT_EQ(std::count(text.begin(), text.end(), '\r'), 4) << text;
  EXPECT_NE(text.find("50%  1.0 MiB of 2.0 MiB  2 s"), std::string::npos) << text;
  EXPECT_NE(text.find("100%  2.0 MiB of 2.0 MiB"), std::string::npos) << text;
  EXPECT_EQ(text.substr(text.size() - 4), "\r\x1b[K");
}

TEST(ProgressTest, NothingToDoShowsNothing) {
  platform::testing::FakeClock clock;
  std::ostringstream out;
  Progress({.what = "x", .unit = "B", .total = 0, .terminal = true}, clock, out).Set(0);
  EXPECT_EQ(out.str(), "");
}

}  // namespace
}  // namespace assay::gateway::ctl
