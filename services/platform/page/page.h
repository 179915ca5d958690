// The frame of a page that people read and print: head, style for screen and A4, main part.
//
// Pages run no script and load nothing; they say so themselves (Content-Security-Policy), so
// that a saved copy is as safe as the one that was sent.
//
// Example:
//   Html html;
//   BeginPage(html, {.title = "Moderation report"});
//   html.Element("h1", "Moderation report");
//   return html.Take();
#pragma once
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "services/platform/page/html.h"

namespace assay::platform {

inline constexpr std::string_view kPageContentType = "text/html; charset=utf-8";

struct PageFrame {
  std::string title = {};
  std::string language = "en-GB";
};

// Leaves <main> open for the page's content.
void BeginPage(Html& html, const PageFrame& frame);

// A section with its heading and a name that the heading gives to assistive tools; left open.
// A fresh one begins on a new page when it is printed.
void BeginSection(Html& html, std::string_view id, std::string_view heading, bool fresh = false);

// A table with its caption and column headings; the first cell of a row is its heading.
struct Column {
  std::string heading;
  bool number = false;  // Set to the right.
  bool wide = false;    // Holds sentences.
};
class Table {
 public:
  Table(Html& html, std::string_view caption, std::vector<Column> columns);
  ~Table();
  Table(const Table&) = delete;
  Table& operator=(const Table&) = delete;

  // A marked row stands out, by a bar and bold type rather than by colour.
  void Row(const std::vector<std::string>& cells, bool marked = false);

 private:
  Html& html_;
  const std::vector<Column> columns_;
};

// Two columns, what and what it is, without a row of headings.
void FactTable(Html& html, std::string_view caption,
               const std::vector<std::pair<std::string, std::string>>& facts);

}  // namespace assay::platform
