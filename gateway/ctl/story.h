// How a journey tells what it does: chapters, plain sentences, tables.
#pragma once
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/ctl/text_table.h"
#include "services/platform/core/clock.h"

namespace assay::gateway::ctl {

struct StoryOptions {
  bool terminal = false;  // Progress bars are drawn on one.
  int width = 96;
};

class Story {
 public:
  Story(StoryOptions options, const platform::Clock& clock, std::ostream& out)
      : options_(options), clock_(clock), out_(out) {}

  void Title(std::string_view text);
  void Chapter(std::string_view text);  // Numbered by itself.
  void Say(std::string_view text);      // A paragraph, wrapped.
  void Point(std::string_view text);    // One of several, with a dot before it.
  // With an empty line before and after; nothing if there are no rows.
  void Show(const TextTable& table, int blocks = 1);
  void Space();  // One empty line, however often it is asked for.
  // Lines as they are, with an empty line before and after.
  void ShowLines(std::string_view lines);

  std::ostream& out() { return out_; }
  const platform::Clock& clock() const { return clock_; }
  bool terminal() const { return options_.terminal; }

 private:
  void Write(std::string_view lines);

  const StoryOptions options_;
  const platform::Clock& clock_;
  std::ostream& out_;
  int chapters_ = 0;
  bool spaced_ = false;  // The last line was empty.
};

// Marks of a cohort before and after, in bands, as two bars a band.
std::string BeforeAndAfter(const std::vector<double>& before, const std::vector<double>& after,
                           double mark_max, std::string_view indent);

}  // namespace assay::gateway::ctl
