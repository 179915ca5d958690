#include "gateway/ctl/story.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "services/platform/core/view.h"

namespace assay::gateway::ctl {
namespace {

using platform::View;

constexpr std::string_view kIndent = "   ";
constexpr std::string_view kPoint = "   · ";
constexpr std::string_view kAfterPoint = "     ";
constexpr std::string_view kTableIndent = "     ";
constexpr int kBandWidth = 24;

std::vector<int> CountBands(const std::vector<double>& marks, int bands, double band) {
  std::vector<int> counts(static_cast<std::size_t>(bands), 0);
  for (const double mark : marks) {
    const int at = std::clamp(static_cast<int>(mark / band), 0, bands - 1);
    ++counts[static_cast<std::size_t>(at)];
  }
  return counts;
}

}  // namespace

void Story::Write(std::string_view lines) {
  out_ << lines << std::flush;
  spaced_ = false;
}

void Story::Space() {
  if (!spaced_) out_ << "\n";
  spaced_ = true;
}

void Story::Title(std::string_view text) {
  std::string line;
  for (int i = 0; i < WidthOf(text); ++i) line += "═";
  Space();
  Write(absl::StrCat(View(text), "\n", line, "\n"));
}

void Story::Chapter(std::string_view text) {
  Space();
  Write(absl::StrCat(++chapters_, ". ", View(text), "\n"));
}

void Story::Say(std::string_view text) { Write(Wrap(text, options_.width, kIndent, kIndent)); }

void Story::Point(std::string_view text) { Write(Wrap(text, options_.width, kPoint, kAfterPoint)); }

void Story::Show(const TextTable& table, int blocks) {
  if (!table.empty()) ShowLines(table.Text(kTableIndent, blocks));
}

void Story::ShowLines(std::string_view lines) {
  Space();
  Write(lines);
  Space();
}

std::string BeforeAndAfter(const std::vector<double>& before, const std::vector<double>& after,
                           double mark_max, std::string_view indent) {
  // Up to ten bands of a whole number of marks; small scales get a band a mark.
  const double band = mark_max <= 12 ? 1 : mark_max / 10;
  const int bands = mark_max <= 12 ? static_cast<int>(mark_max) + 1 : 10;
  const auto before_counts = CountBands(before, bands, band);
  const auto after_counts = CountBands(after, bands, band);
  const int most = std::max(*std::max_element(before_counts.begin(), before_counts.end()),
                            *std::max_element(after_counts.begin(), after_counts.end()));
  const auto bar = [&](int count) {
    std::string text = Bar(count, most, kBandWidth);
    return count == 0 ? text : absl::StrCat(text, " ", count);
  };
  TextTable table({">marks", "before", "after"});
  for (int i = bands - 1; i >= 0; --i) {
    const double low = i * band;
    const double high = i == bands - 1 ? mark_max : (i + 1) * band;
    const auto at = static_cast<std::size_t>(i);
    const std::string label =
        band == 1 ? Short(low)
                  : absl::StrCat(Short(low), i == bands - 1 ? " to " : " to under ", Short(high));
    table.Add({label, bar(before_counts[at]), bar(after_counts[at])});
  }
  return table.Text(indent);
}

}  // namespace assay::gateway::ctl
