#include "gateway/ctl/text_table.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "services/platform/core/view.h"

namespace assay::gateway::ctl {
namespace {

using platform::View;

constexpr std::string_view kBlockGap = "  │  ";

std::string Clean(std::string text) {
  for (char& c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
  }
  return text;
}

std::string Padded(const std::string& text, int width, bool right) {
  const std::string pad(std::max(0, width - WidthOf(text)), ' ');
  return right ? pad + text : text + pad;
}

void TrimEnd(std::string& line) {
  while (!line.empty() && line.back() == ' ') line.pop_back();
}

}  // namespace

TextTable::TextTable(std::vector<std::string> headings) {
  for (std::string& heading : headings) {
    const bool number = !heading.empty() && heading[0] == '>';
    numbers_.push_back(number);
    headings_.push_back(number ? heading.substr(1) : std::move(heading));
  }
}

void TextTable::Add(std::vector<std::string> cells) {
  cells.resize(headings_.size());
  for (std::string& cell : cells) cell = Clean(std::move(cell));
  rows_.push_back(std::move(cells));
}

void TextTable::AddRule() { rows_.emplace_back(); }

std::string TextTable::Text(std::string_view indent, int blocks) const {
  std::vector<int> widths;
  for (const std::string& heading : headings_) widths.push_back(WidthOf(heading));
  for (const auto& row : rows_) {
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], WidthOf(row[i]));
  }
  int total = 0;
  for (const int width : widths) total += width;
  total += 2 * (static_cast<int>(widths.size()) - 1);

  const auto line_of = [&](const std::vector<std::string>& cells) {
    std::string line;
    for (std::size_t i = 0; i < cells.size(); ++i) {
      absl::StrAppend(&line, i == 0 ? "" : "  ", Padded(cells[i], widths[i], numbers_[i]));
    }
    return line;
  };
  std::string rule;
  for (int i = 0; i < total; ++i) rule += "─";

  const std::size_t per_block =
      (rows_.size() + static_cast<std::size_t>(blocks) - 1) / static_cast<std::size_t>(blocks);
  std::string text;
  const auto emit = [&](auto&& cell_of_block) {
    std::string line(indent);
    for (int block = 0; block < blocks; ++block) {
      const std::string cell = cell_of_block(block);
      if (cell.empty()) continue;
      absl::StrAppend(&line, block == 0 ? "" : View(kBlockGap), cell);
    }
    TrimEnd(line);
    absl::StrAppend(&text, line, "\n");
  };
  emit([&](int block) {
    return static_cast<std::size_t>(block) * per_block < std::max<std::size_t>(rows_.size(), 1)
               ? line_of(headings_)
               : std::string();
  });
  for (std::size_t i = 0; i < per_block; ++i) {
    emit([&](int block) {
      const std::size_t at = static_cast<std::size_t>(block) * per_block + i;
      if (at >= rows_.size()) return std::string();
      return rows_[at].empty() ? rule : line_of(rows_[at]);
    });
  }
  return text;
}

std::string WithCommas(std::int64_t number) {
  std::string digits = absl::StrCat(number < 0 ? -number : number);
  for (int at = static_cast<int>(digits.size()) - 3; at > 0; at -= 3)
    digits.insert(static_cast<std::size_t>(at), 1, ',');
  return number < 0 ? "-" + digits : digits;
}

std::string Short(double number, int decimals_max) {
  std::string text = absl::StrFormat("%.*f", decimals_max, number);
  if (text.find('.') != std::string::npos) {
    while (text.back() == '0') text.pop_back();
    if (text.back() == '.') text.pop_back();
  }
  return text == "-0" ? "0" : text;
}

std::string Bar(double value, double most, int width) {
  static constexpr std::string_view kEighths[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
  if (most <= 0 || value <= 0) return "";
  const int eighths = std::max(1, static_cast<int>(std::lround(std::min(1.0, value / most) *
                                                               static_cast<double>(width) * 8)));
  std::string bar;
  for (int i = 0; i < eighths / 8; ++i) bar += "█";
  return bar.append(kEighths[eighths % 8]);
}

int WidthOf(std::string_view text) {
  return static_cast<int>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xc0) != 0x80;  // Not the inside of a character.
  }));
}

std::string Wrap(std::string_view text, int width, std::string_view indent,
                 std::string_view hanging) {
  std::string result;
  std::string line;
  for (const absl::string_view word : absl::StrSplit(View(text), ' ', absl::SkipEmpty())) {
    const std::string_view before = result.empty() ? indent : hanging;
    const int room = width - WidthOf(before);
    if (!line.empty() && WidthOf(line) + 1 + WidthOf(platform::StdView(word)) > room) {
      absl::StrAppend(&result, View(before), line, "\n");
      line.clear();
    }
    absl::StrAppend(&line, line.empty() ? "" : " ", word);
  }
  if (!line.empty()) {
    absl::StrAppend(&result, View(result.empty() ? indent : hanging), line, "\n");
  }
  return result;
}

std::string Plural(std::int64_t count, std::string_view noun) {
  return absl::StrCat(WithCommas(count), " ", View(noun), count == 1 ? "" : "s");
}

}  // namespace assay::gateway::ctl
