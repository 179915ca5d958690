#include "services/platform/page/chart.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <map>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"

namespace assay::platform {
namespace {

constexpr double kWidth = 680;
constexpr double kLeft = 64;  // Room for the numbers of the upright axis.
constexpr double kRight = 16;
constexpr double kBottom = 52;  // Room for the numbers and the label of the lying axis.
constexpr double kLegendRow = 20;
constexpr std::string_view kInk = "#1a1a1a";
constexpr std::string_view kGrid = "#c8c8c8";
constexpr std::string_view kBlue = "#00487c";
constexpr std::string_view kRed = "#a33200";
constexpr std::string_view kGrey = "#dcdcdc";
constexpr std::size_t kLabelMax = 34;  // Characters beside a lying bar.

std::string N(double value) { return NumberText(value, 1); }

// Straight from a range of values to a range of the drawing.
struct Scale {
  double low, high, from, to;
  double At(double value) const {
    return high > low ? from + (value - low) / (high - low) * (to - from) : from;
  }
};

// The rectangle that the axes enclose.
struct Plot {
  Scale x, y;
  double left() const { return x.from; }
  double right() const { return x.to; }
  double bottom() const { return y.from; }
  double top() const { return y.to; }
  ChartPoint At(const ChartPoint& point) const { return {x.At(point.x), y.At(point.y)}; }
};

void BeginDrawing(Html& html, std::string_view id, std::string_view title,
                  std::string_view description, double height) {
  const std::string of(id);
  html.Open("svg", {{"xmlns", "http://www.w3.org/2000/svg"},
                    {"id", id},
                    {"role", "img"},
                    {"aria-labelledby", of + "-title " + of + "-desc"},
                    {"viewBox", "0 0 " + N(kWidth) + " " + N(height)},
                    {"width", N(kWidth)},
                    {"height", N(height)}});
  html.Element("title", title, {{"id", of + "-title"}});
  html.Element("desc", description, {{"id", of + "-desc"}});
}

void Line(Html& html, double x1, double y1, double x2, double y2, std::string_view stroke) {
  html.Empty("line",
             {{"x1", N(x1)}, {"y1", N(y1)}, {"x2", N(x2)}, {"y2", N(y2)}, {"stroke", stroke}});
}

void Label(Html& html, double x, double y, std::string_view anchor, std::string_view text) {
  html.Element("text", text, {{"x", N(x)}, {"y", N(y)}, {"text-anchor", anchor}});
}

void Box(Html& html, double x, double y, double width, double height, std::string_view fill) {
  html.Empty("rect", {{"x", N(x)},
                      {"y", N(y)},
                      {"width", N(width)},
                      {"height", N(height)},
                      {"fill", fill},
                      {"stroke", kInk}});
}

void DrawAxes(Html& html, const Plot& plot, const Axis& x, const Axis& y) {
  for (const double tick : TicksOf(y.low, y.high, 11)) {
    const double at = plot.y.At(tick);
    Line(html, plot.left(), at, plot.right(), at, kGrid);
    Label(html, plot.left() - 8, at + 4, "end", NumberText(tick, 2));
  }
  for (const double tick : TicksOf(x.low, x.high, 13)) {
    const double at = plot.x.At(tick);
    Line(html, at, plot.bottom(), at, plot.bottom() + 5, kInk);
    Label(html, at, plot.bottom() + 20, "middle", NumberText(tick, 2));
  }
  Line(html, plot.left(), plot.bottom(), plot.right(), plot.bottom(), kInk);
  Line(html, plot.left(), plot.bottom(), plot.left(), plot.top(), kInk);
  Label(html, (plot.left() + plot.right()) / 2, plot.bottom() + 42, "middle", x.label);
  const double middle = (plot.bottom() + plot.top()) / 2;
  html.Element(
      "text", y.label,
      {{"transform", "translate(16 " + N(middle) + ") rotate(-90)"}, {"text-anchor", "middle"}});
}

std::string PathOf(const Plot& plot, const std::vector<ChartPoint>& points, bool reverse = false) {
  std::string path;
  for (std::size_t i = 0; i < points.size(); ++i) {
    const ChartPoint at = plot.At(points[reverse ? points.size() - 1 - i : i]);
    absl::StrAppend(&path, path.empty() ? "M" : "L", N(at.x), " ", N(at.y));
  }
  return path;
}

struct Stroke {
  std::string_view colour;
  double width;
  std::string_view dashes = "none";
};

void DrawPath(Html& html, const std::string& path, const Stroke& stroke) {
  html.Empty("path", {{"d", path},
                      {"fill", "none"},
                      {"stroke", stroke.colour},
                      {"stroke-width", N(stroke.width)},
                      {"stroke-dasharray", stroke.dashes},
                      {"stroke-linecap", stroke.dashes == "none" ? "round" : "butt"}});
}

Stroke StrokeOf(const ScatterChart::Path& path) {
  return path.dashed ? Stroke{kInk, 1.5, "7 5"} : Stroke{kInk, 2.5};
}

// One shape at each place, larger where several points fall together.
void DrawPoints(Html& html, ScatterChart::Shape shape, const std::vector<ChartPoint>& places) {
  std::map<std::pair<std::string, std::string>, int> counts;
  for (const ChartPoint& at : places) ++counts[{N(at.x), N(at.y)}];
  constexpr double kSizes[] = {6, 9, 12};
  std::string paths[3];
  for (const auto& [at, count] : counts) {
    const int size = count == 1 ? 0 : count < 5 ? 1 : 2;
    std::string& path = paths[size];
    if (shape == ScatterChart::Shape::kDot) {
      absl::StrAppend(&path, "M", at.first, " ", at.second, "h0");
    } else {
      const std::string arm = N(kSizes[size] / 2 + 1);
      const std::string across = N(kSizes[size] + 2);
      absl::StrAppend(&path, "M", at.first, " ", at.second, "m-", arm, " -", arm, "l", across, " ",
                      across, "m-", across, " 0l", across, " -", across);
    }
  }
  const bool dot = shape == ScatterChart::Shape::kDot;
  for (int i = 0; i < 3; ++i) {
    if (paths[i].empty()) continue;
    DrawPath(html, paths[i], dot ? Stroke{kBlue, kSizes[i]} : Stroke{kRed, 2});
  }
}

double DrawScatterLegend(Html& html, const ScatterChart& chart) {
  double y = 14;
  const auto row = [&](std::string_view label, auto draw) {
    draw(y - 4);
    Label(html, kLeft + 40, y, "start", label);
    y += kLegendRow;
  };
  for (const auto& points : chart.points) {
    row(points.label, [&](double at) { DrawPoints(html, points.shape, {{kLeft + 16, at}}); });
  }
  for (const auto& path : chart.paths) {
    row(path.label,
        [&](double at) { DrawPath(html, "M" + N(kLeft) + " " + N(at) + "h32", StrokeOf(path)); });
  }
  if (chart.band.has_value()) {
    row(chart.band->label, [&](double at) { Box(html, kLeft, at - 6, 32, 12, kGrey); });
  }
  return y;
}

// The fills that tell bars apart, as patterns named after the chart.
std::string FillOf(std::string_view id, std::size_t index) {
  switch (index) {
    case 0:
      return std::string(kBlue);
    case 1:
      return "url(#" + std::string(id) + "-hatch)";
    case 2:
      return "url(#" + std::string(id) + "-dots)";
    default:
      return "#ffffff";
  }
}

void DefineFills(Html& html, std::string_view id) {
  const auto pattern = [&](std::string_view name, std::string_view path, std::string_view width) {
    html.Open("pattern", {{"id", std::string(id) + std::string(name)},
                          {"width", "7"},
                          {"height", "7"},
                          {"patternUnits", "userSpaceOnUse"}});
    html.Empty("rect", {{"width", "7"}, {"height", "7"}, {"fill", "#ffffff"}});
    html.Empty(
        "path",
        {{"d", path}, {"stroke", kInk}, {"stroke-width", width}, {"stroke-linecap", "round"}});
    html.Close();
  };
  html.Open("defs");
  pattern("-hatch", "M-1 8L8 -1M-1 1L1 -1M6 8L8 6", "1.6");
  pattern("-dots", "M3.5 3.5h0", "2.4");
  html.Close();
}

double DrawFillLegend(Html& html, std::string_view id, const std::vector<std::string>& labels,
                      double left) {
  double y = 14;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    Box(html, left, y - 11, 24, 13, FillOf(id, i));
    Label(html, left + 32, y, "start", labels[i]);
    y += kLegendRow;
  }
  return y;
}

// Without its middle if it is too long: what tells names apart is often at their end.
std::string Shortened(std::string_view label) {
  std::vector<std::size_t> begins;  // Of characters.
  for (std::size_t i = 0; i < label.size(); ++i) {
    if ((static_cast<unsigned char>(label[i]) & 0xC0) != 0x80) begins.push_back(i);
  }
  if (begins.size() <= kLabelMax) return std::string(label);
  const std::size_t half = kLabelMax / 2;
  return std::string(label.substr(0, begins[half])) + "\u2026" +
         std::string(label.substr(begins[begins.size() - half + 1]));
}

}  // namespace

std::vector<double> TicksOf(double low, double high, int count_max) {
  if (!(high > low) || count_max < 2) return {low};
  const double least = (high - low) / (count_max - 1);
  double step = std::pow(10, std::floor(std::log10(least)));
  for (const double factor : {1.0, 2.0, 5.0, 10.0}) {
    if (step * factor >= least * (1 - 1e-9)) {
      step *= factor;
      break;
    }
  }
  std::vector<double> ticks;
  const double first = std::ceil(low / step - 1e-9);
  for (int i = 0; i < count_max; ++i) {
    const double tick = (first + i) * step;
    if (tick > high + step * 1e-9) break;
    ticks.push_back(tick);
  }
  return ticks;
}

void DrawScatter(Html& html, const ScatterChart& chart) {
  constexpr double kSide = 520;
  const double rows = static_cast<double>(chart.points.size() + chart.paths.size() +
                                          (chart.band.has_value() ? 1 : 0));
  const double top = 14 + rows * kLegendRow + 8;
  const double height = top + kSide + kBottom;
  BeginDrawing(html, chart.id, chart.title, chart.description, height);
  DrawScatterLegend(html, chart);
  const Plot plot{{chart.x.low, chart.x.high, kLeft, kWidth - kRight},
                  {chart.y.low, chart.y.high, top + kSide, top}};
  if (chart.band.has_value()) {
    std::string area = PathOf(plot, chart.band->lower);
    std::string back = PathOf(plot, chart.band->upper, /*reverse=*/true);
    if (!area.empty() && !back.empty()) {
      back[0] = 'L';
      html.Empty("path", {{"d", area + back + "Z"}, {"fill", kGrey}});
    }
  }
  DrawAxes(html, plot, chart.x, chart.y);
  for (const auto& path : chart.paths) {
    if (path.points.size() > 1) DrawPath(html, PathOf(plot, path.points), StrokeOf(path));
  }
  for (const auto& points : chart.points) {
    std::vector<ChartPoint> places;
    for (const ChartPoint& point : points.points) places.push_back(plot.At(point));
    DrawPoints(html, points.shape, places);
  }
  html.Close();
}

void DrawHistogram(Html& html, const HistogramChart& chart) {
  constexpr double kHigh = 280;
  const double top = 14 + static_cast<double>(chart.sets.size()) * kLegendRow + 8;
  BeginDrawing(html, chart.id, chart.title, chart.description, top + kHigh + kBottom);
  DefineFills(html, chart.id);
  std::vector<std::string> labels;
  std::int64_t most = 1;
  for (const auto& set : chart.sets) {
    labels.push_back(set.label);
    for (const std::int64_t count : set.counts) most = std::max(most, count);
  }
  DrawFillLegend(html, chart.id, labels, kLeft);
  const double low = chart.edges.empty() ? 0 : chart.edges.front();
  const double high = chart.edges.empty() ? 1 : chart.edges.back();
  const Plot plot{{low, high, kLeft, kWidth - kRight},
                  {0, static_cast<double>(most), top + kHigh, top}};
  DrawAxes(html, plot, {chart.x_label, low, high}, {"Candidates", 0, static_cast<double>(most)});
  for (std::size_t set = 0; set < chart.sets.size(); ++set) {
    const auto& counts = chart.sets[set].counts;
    for (std::size_t i = 0; i < counts.size() && i + 1 < chart.edges.size(); ++i) {
      if (counts[i] == 0) continue;
      const double from = plot.x.At(chart.edges[i]) + 1.5;
      const double share =
          (plot.x.At(chart.edges[i + 1]) - from - 1.5) / static_cast<double>(chart.sets.size());
      const double y = plot.y.At(static_cast<double>(counts[i]));
      Box(html, from + share * static_cast<double>(set), y, share, plot.bottom() - y,
          FillOf(chart.id, set));
    }
  }
  html.Close();
}

void DrawBars(Html& html, const BarChart& chart) {
  constexpr double kNames = 236;
  constexpr double kRow = 28;
  constexpr double kTotals = 64;
  const double top = 14 + static_cast<double>(chart.parts.size()) * kLegendRow;
  const double height = top + static_cast<double>(chart.bars.size()) * kRow + 8;
  BeginDrawing(html, chart.id, chart.title, chart.description, height);
  DefineFills(html, chart.id);
  DrawFillLegend(html, chart.id, chart.parts, kNames);
  std::int64_t most = 1;
  for (const auto& bar : chart.bars) {
    std::int64_t total = 0;
    for (const std::int64_t part : bar.parts) total += part;
    most = std::max(most, total);
  }
  const Scale scale{0, static_cast<double>(most), kNames, kWidth - kTotals};
  double y = top;
  for (const auto& bar : chart.bars) {
    Label(html, kNames - 8, y + 16, "end", Shortened(bar.label));
    std::int64_t total = 0;
    for (std::size_t i = 0; i < bar.parts.size(); ++i) {
      const double from = scale.At(static_cast<double>(total));
      total += bar.parts[i];
      const double to = scale.At(static_cast<double>(total));
      if (bar.parts[i] > 0) Box(html, from, y + 3, to - from, kRow - 10, FillOf(chart.id, i));
    }
    Label(html, scale.At(static_cast<double>(total)) + 8, y + 16, "start", absl::StrCat(total));
    y += kRow;
  }
  html.Close();
}

}  // namespace assay::platform
