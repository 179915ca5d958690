#include "services/platform/page/chart.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/platform/page/outline_for_test.h"
#include "services/platform/page/page.h"

namespace assay::platform {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// The chart on a page of its own.
template <typename Draw>
std::string PageWith(Draw draw) {
  Html html;
  BeginPage(html, {.title = "Charts"});
  html.Element("h1", "Charts");
  draw(html);
  return html.Take();
}

TEST(TicksOfTest, AreRoundAndInside) {
  EXPECT_THAT(TicksOf(0, 60, 7), ElementsAre(0, 10, 20, 30, 40, 50, 60));
  EXPECT_THAT(TicksOf(0, 100, 6), ElementsAre(0, 20, 40, 60, 80, 100));
  EXPECT_THAT(TicksOf(0, 7, 5), ElementsAre(0, 2, 4, 6));
  EXPECT_THAT(TicksOf(3, 11, 5), ElementsAre(4, 6, 8, 10));
  EXPECT_THAT(TicksOf(5, 5, 5), ElementsAre(5));
  for (const double high : {0.5, 1.0, 9.0, 13.0, 99.0, 10'000.0}) {
    for (int count = 2; count < 14; ++count) {
      EXPECT_LE(TicksOf(0, high, count).size(), static_cast<std::size_t>(count)) << high;
    }
  }
}

TEST(ScatterTest, PutsEveryPointWhereItBelongs) {
  const std::string page = PageWith([](Html& html) {
    DrawScatter(html, {.id = "s",
                       .title = "Centre & moderator",
                       .description = "Two of three agree.",
                       .x = {"Centre", 0, 60},
                       .y = {"Moderator", 0, 60},
                       .band = {{"Tolerance", {{0, 0}, {4, 0}}, {{0, 0}, {0, 4}}}},
                       .paths = {{"Line", false, {{0, 0}, {60, 60}}}},
                       .points = {{"Inside", ScatterChart::Shape::kDot, {{0, 0}, {60, 60}}},
                                  {"Outside", ScatterChart::Shape::kCross, {{30, 0}}}}});
  });
  const Outline outline = Outline::Of(page);
  EXPECT_THAT(outline.Problems(), IsEmpty());
  // Four rows of legend, 14 + 4 * 20 + 8 above a square from x 64 to 664 and 520 high.
  EXPECT_THAT(page, HasSubstr("M64 622h0"));
  EXPECT_THAT(page, HasSubstr("M664 102h0"));
  EXPECT_THAT(page, HasSubstr("M364 622m-")) << "the cross";
  for (const char* label : {"Inside", "Outside", "Line", "Tolerance", "Centre", "Moderator"}) {
    EXPECT_THAT(page, HasSubstr(std::string(">") + label + "</text>"));
  }
}

TEST(ScatterTest, DrawsEqualPointsOnceSoItsSizeIsBounded) {
  ScatterChart chart{
      .id = "s", .title = "t", .description = "d", .x = {"x", 0, 10}, .y = {"y", 0, 10}};
  chart.points.push_back({"p", ScatterChart::Shape::kDot, {}});
  for (int i = 0; i < 100'000; ++i) {
    chart.points[0].points.push_back({static_cast<double>(i % 11), static_cast<double>(i % 7)});
  }
  const std::string page = PageWith([&](Html& html) { DrawScatter(html, chart); });
  EXPECT_LT(page.size(), 20'000u);
}

TEST(HistogramTest, HasABarForEveryCountThatIsNotZero) {
  const std::string page = PageWith([](Html& html) {
    DrawHistogram(html, {.id = "h",
                         .title = "Marks",
                         .description = "Three bins.",
                         .x_label = "Mark",
                         .edges = {0, 10, 20, 30},
                         .sets = {{"After", {2, 0, 4}}, {"Before", {1, 5, 0}}}});
  });
  const Outline outline = Outline::Of(page);
  EXPECT_THAT(outline.Problems(), IsEmpty());
  // Four bars, two boxes of the legend, two grounds of patterns.
  EXPECT_EQ(outline.All("rect").size(), 8u);
  int hatched = 0;
  for (const OutlineElement& rect : outline.All("rect")) {
    hatched += rect.attributes.at("fill") == "url(#h-hatch)" ? 1 : 0;
  }
  EXPECT_EQ(hatched, 3) << "two bars and the legend";
}

TEST(BarsTest, WritesTheTotalBesideEachBar) {
  const std::string page = PageWith([](Html& html) {
    DrawBars(html, {.id = "b",
                    .title = "Stages",
                    .description = "Two components.",
                    .parts = {"Released", "Open"},
                    .bars = {{"Coursework", {30, 12}},
                             {"A component whose name is longer than fits beside it", {0, 0}}}});
  });
  EXPECT_THAT(Outline::Of(page).Problems(), IsEmpty());
  EXPECT_THAT(page, HasSubstr(">42</text>"));
  EXPECT_THAT(page, HasSubstr(">0</text>"));
  EXPECT_THAT(page, HasSubstr(">A component whose\u2026n fits beside it</text>"));
}

TEST(ChartsTest, WithoutDataAreStillWellFormed) {
  const std::string page = PageWith([](Html& html) {
    DrawScatter(html, {.id = "s", .title = "t", .description = "d"});
    DrawHistogram(html, {.id = "h", .title = "t", .description = "d"});
    DrawBars(html, {.id = "b", .title = "t", .description = "d"});
  });
  EXPECT_THAT(Outline::Of(page).Problems(), IsEmpty());
}

}  // namespace
}  // namespace assay::platform
