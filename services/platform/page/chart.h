// Charts as inline SVG: no script, legible in greyscale (shapes, dashes and hatching rather than
// colour), and named for assistive tools by a title and a description. Put a table of the same
// numbers beside each.
//
// Example:
//   DrawHistogram(html, {.id = "marks", .title = "Marks", .description = "…",
//                        .x_label = "Mark", .edges = {0, 20, 40, 60},
//                        .sets = {{"before", {3, 9, 2}}, {"after", {4, 8, 2}}}});
//
// What is drawn is bounded by the drawing, not by the data: equal points are drawn once.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "services/platform/page/html.h"

namespace assay::platform {

struct ChartPoint {
  double x = 0;
  double y = 0;
};

struct Axis {
  std::string label = {};
  double low = 0;
  double high = 1;
};

// Round numbers (1, 2 or 5 times a power of ten apart) from `low` to `high`, at most `count_max`.
std::vector<double> TicksOf(double low, double high, int count_max);

struct ScatterChart {
  enum class Shape { kDot, kCross };
  struct Points {
    std::string label = {};
    Shape shape = Shape::kDot;
    std::vector<ChartPoint> points = {};  // Where several lie, the shape is larger.
  };
  struct Path {
    std::string label = {};
    bool dashed = false;
    std::vector<ChartPoint> points = {};
  };
  struct Band {  // A grey area between two lines.
    std::string label = {};
    std::vector<ChartPoint> lower = {};
    std::vector<ChartPoint> upper = {};
  };
  std::string id = {};  // Unique on the page.
  std::string title = {};
  std::string description = {};
  Axis x = {};
  Axis y = {};
  std::optional<Band> band = {};
  std::vector<Path> paths = {};
  std::vector<Points> points = {};
};
void DrawScatter(Html& html, const ScatterChart& chart);

// How often values fall between edges: `counts` has one number fewer than there are edges.
struct HistogramChart {
  struct Set {
    std::string label = {};
    std::vector<std::int64_t> counts = {};
  };
  std::string id = {};
  std::string title = {};
  std::string description = {};
  std::string x_label = {};
  std::vector<double> edges = {};
  std::vector<Set> sets = {};  // Up to kChartFills, side by side.
};
void DrawHistogram(Html& html, const HistogramChart& chart);

// Lying bars whose parts follow one another.
struct BarChart {
  struct Bar {
    std::string label = {};
    std::vector<std::int64_t> parts = {};
  };
  std::string id = {};
  std::string title = {};
  std::string description = {};
  std::vector<std::string> parts =
      {};  // What they mean, up to kChartFills; empty: needs no legend.
  std::vector<Bar> bars = {};
};
void DrawBars(Html& html, const BarChart& chart);

inline constexpr int kChartFills = 4;  // Solid, hatched, dotted, white.

}  // namespace assay::platform
