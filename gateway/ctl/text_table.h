// Tables and bars for people, in plain text.
//
// Example:
//   TextTable table({"centre", ">marks"});   // `>`: numbers, to the right.
//   table.Add({"centres/urn-900001", "24"});
//   out << table.Text("  ");
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace assay::gateway::ctl {

class TextTable {
 public:
  // A heading that begins with `>` is a column of numbers.
  explicit TextTable(std::vector<std::string> headings);
  // Missing cells are empty. Control characters become spaces, so that a value from a
  // file cannot steer the terminal.
  void Add(std::vector<std::string> cells);
  void AddRule();  // A line across, such as above a total.
  bool empty() const { return rows_.empty(); }
  // With `blocks` > 1 the rows are laid side by side in so many blocks, read downwards.
  std::string Text(std::string_view indent = "", int blocks = 1) const;

 private:
  std::vector<std::string> headings_;
  std::vector<bool> numbers_;
  std::vector<std::vector<std::string>> rows_;  // An empty row is a rule.
};

// "12,916"
std::string WithCommas(std::int64_t number);
// Without needless zeros: "6", "8.25", "-0.5".
std::string Short(double number, int decimals_max = 2);
// `value` of `most` as a bar of at most `width` cells: "██████▌".
std::string Bar(double value, double most, int width);
// Terminal columns of UTF-8 text, one per code point.
int WidthOf(std::string_view text);
// Breaks at spaces so that no line is wider than `width`, the first line after `indent` and the
// others after `hanging`.
std::string Wrap(std::string_view text, int width, std::string_view indent,
                 std::string_view hanging);
// "1 cohort", "30 cohorts".
std::string Plural(std::int64_t count, std::string_view noun);

}  // namespace assay::gateway::ctl
