// Reads a page as strict XML and finds what a reader with a screen reader, or a parser, would
// stumble over. For tests.
//
// Example:
//   const Outline page = Outline::Of(html);
//   EXPECT_THAT(page.Problems(), IsEmpty());
//   EXPECT_EQ(page.All("svg").size(), 2u);
#pragma once
#include <algorithm>
#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace assay::platform {

struct OutlineElement {
  std::string name = {};
  std::map<std::string, std::string> attributes = {};
  std::string text = {};  // With that of all it holds.
  int parent = -1;        // Index into the outline.
};

class Outline {
 public:
  static Outline Of(std::string_view html) {
    Outline outline;
    outline.Read(html);
    return outline;
  }

  std::vector<OutlineElement> All(std::string_view name) const {
    std::vector<OutlineElement> found;
    for (const OutlineElement& element : elements_) {
      if (element.name == name) found.push_back(element);
    }
    return found;
  }

  // The texts of the cells of every row of the table whose caption begins so.
  std::vector<std::vector<std::string>> Rows(std::string_view caption) const {
    std::vector<std::vector<std::string>> rows;
    int table = -1;
    for (const OutlineElement& element : elements_) {
      if (element.name == "caption" && element.text.starts_with(caption)) table = element.parent;
    }
    int row = -1;
    for (std::size_t i = 0; i < elements_.size(); ++i) {
      const OutlineElement& element = elements_[i];
      if (element.name != "td" && element.name != "th") continue;
      const int section = elements_[element.parent].parent;
      if (table < 0 || elements_[section].parent != table) continue;
      if (element.parent != row) rows.emplace_back();
      row = element.parent;
      rows.back().push_back(element.text);
    }
    return rows;
  }

  // The second cell of the row that begins with `what`, of any table; "" if there is none.
  std::string Fact(std::string_view what) const {
    for (std::size_t i = 0; i + 1 < elements_.size(); ++i) {
      if (elements_[i].name == "th" && elements_[i].text == what && elements_[i + 1].name == "td") {
        return elements_[i + 1].text;
      }
    }
    return "";
  }

  std::vector<std::string> Problems() const {
    std::vector<std::string> problems = problems_;
    std::set<std::string> ids;
    for (const OutlineElement& element : elements_) {
      const auto id = element.attributes.find("id");
      if (id != element.attributes.end() && !ids.insert(id->second).second) {
        problems.push_back("two elements have the id " + id->second);
      }
    }
    for (const OutlineElement& element : elements_) CheckElement(element, ids, problems);
    CheckTables(problems);
    CheckHeadings(problems);
    return problems;
  }

 private:
  static bool IsName(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
  }

  void Problem(std::string_view what, std::string_view where) {
    problems_.push_back(std::string(what) + " at " + std::string(where.substr(0, 60)));
  }

  std::string Unescaped(std::string_view text) {
    static const std::map<std::string_view, char> kEntities = {
        {"amp", '&'}, {"lt", '<'}, {"gt", '>'}, {"quot", '"'}};
    std::string out;
    while (!text.empty()) {
      if (text[0] == '&') {
        const std::size_t end = text.find(';');
        const auto entity = kEntities.find(text.substr(1, end == text.npos ? 0 : end - 1));
        if (entity == kEntities.end()) {
          Problem("a bare ampersand", text);
          return out;
        }
        out += entity->second;
        text.remove_prefix(end + 1);
        continue;
      }
      if (text[0] == '>' || text[0] == '<') Problem("a bare bracket", text);
      out += text[0];
      text.remove_prefix(1);
    }
    return out;
  }

  void Read(std::string_view html) {
    constexpr std::string_view kDoctype = "<!DOCTYPE html>\n";
    if (!html.starts_with(kDoctype)) Problem("no doctype", html);
    html.remove_prefix(kDoctype.size());
    std::vector<int> open;
    while (!html.empty() && problems_.empty()) {
      const std::size_t next = html.find('<');
      const std::string text = Unescaped(html.substr(0, next));
      for (const int element : open) elements_[element].text += text;
      if (next == html.npos) break;
      html.remove_prefix(next + 1);
      if (html[0] == '/') {
        const std::size_t end = html.find('>');
        if (open.empty() || html.substr(1, end - 1) != elements_[open.back()].name) {
          return Problem("closes what is not open", html);
        }
        open.pop_back();
        html.remove_prefix(end + 1);
      } else if (ReadElement(html, open.empty() ? -1 : open.back())) {
        open.push_back(static_cast<int>(elements_.size()) - 1);
      }
    }
    if (!open.empty() && problems_.empty()) Problem("not closed", elements_[open.back()].name);
  }

  // Returns whether the element is left open.
  bool ReadElement(std::string_view& html, int parent) {
    OutlineElement element{.parent = parent};
    while (!html.empty() && IsName(html[0])) {
      element.name += html[0];
      html.remove_prefix(1);
    }
    if (element.name.empty()) Problem("no element's name", html);
    while (!html.empty() && html[0] == ' ') {
      html.remove_prefix(1);
      const std::size_t equals = html.find("=\"");
      const std::size_t end = equals == html.npos ? html.npos : html.find('"', equals + 2);
      if (end == html.npos) {
        Problem("an attribute without a value", html);
        return false;
      }
      const std::string name(html.substr(0, equals));
      const std::string value = Unescaped(html.substr(equals + 2, end - equals - 2));
      if (!element.attributes.emplace(name, value).second) Problem("an attribute twice", html);
      html.remove_prefix(end + 1);
    }
    const bool empty = html.starts_with("/>");
    if (!empty && !html.starts_with(">")) Problem("no end of the element", html);
    html.remove_prefix(empty ? 2 : 1);
    elements_.push_back(element);
    return !empty;
  }

  static void CheckElement(const OutlineElement& element, const std::set<std::string>& ids,
                           std::vector<std::string>& problems) {
    const auto attribute = [&](const char* name) {
      const auto found = element.attributes.find(name);
      return found == element.attributes.end() ? std::string() : found->second;
    };
    std::string labels = attribute("aria-labelledby");
    for (std::size_t at = 0; at < labels.size();) {
      const std::size_t end = std::min(labels.find(' ', at), labels.size());
      const std::string label = labels.substr(at, end - at);
      if (!ids.contains(label)) problems.push_back("a label that is not there: " + label);
      at = end + 1;
    }
    for (const auto& [name, value] : element.attributes) {
      if (name.starts_with("on")) problems.push_back("an event handler: " + name);
      if (name == "src" || name == "href") problems.push_back("loads something: " + value);
    }
    if (element.name == "script") problems.push_back("a script");
    if (element.name == "html" && attribute("lang").empty()) problems.push_back("no language");
    if (element.name == "svg" && (attribute("role") != "img" || labels.empty())) {
      problems.push_back("a drawing without a name");
    }
    if ((element.name == "title" || element.name == "desc" || element.name == "caption" ||
         element.name == "h1" || element.name == "h2") &&
        element.text.empty()) {
      problems.push_back("an empty " + element.name);
    }
    if (element.name == "th" && attribute("scope").empty()) {
      problems.push_back("a heading of neither row nor column: " + element.text);
    }
  }

  // Every table has a caption, and its rows have as many cells as it has columns.
  void CheckTables(std::vector<std::string>& problems) const {
    std::map<int, std::size_t> cells;  // By row.
    std::map<int, std::set<std::size_t>> widths;
    std::set<int> captioned;
    for (const OutlineElement& element : elements_) {
      if (element.name == "caption") captioned.insert(element.parent);
      if (element.name == "td" || element.name == "th") ++cells[element.parent];
    }
    for (const auto& [row, count] : cells) {
      widths[elements_[elements_[row].parent].parent].insert(count);
    }
    for (const auto& [table, counts] : widths) {
      if (counts.size() != 1) problems.push_back("a table whose rows differ in length");
    }
    for (std::size_t i = 0; i < elements_.size(); ++i) {
      if (elements_[i].name == "table" && !captioned.contains(static_cast<int>(i))) {
        problems.push_back("a table without a caption");
      }
    }
  }

  // One h1, and no level is left out on the way down.
  void CheckHeadings(std::vector<std::string>& problems) const {
    int level = 0, first = 0;
    for (const OutlineElement& element : elements_) {
      if (element.name.size() != 2 || element.name[0] != 'h' || element.name[1] > '6') continue;
      const int now = element.name[1] - '0';
      if (now > level + 1) problems.push_back("a heading skips a level: " + element.text);
      first += now == 1 ? 1 : 0;
      level = now;
    }
    if (first != 1) problems.push_back("not one h1");
  }

  std::vector<OutlineElement> elements_;
  std::vector<std::string> problems_;
};

}  // namespace assay::platform
