// Writes HTML that nothing put into it can break: elements close in the order they were opened,
// and every text and attribute value is escaped. What comes out is also well-formed XML.
//
// Example:
//   Html html;
//   html.Open("p", {{"class", "note"}}).Text(centre_title).Close();
//   html.Element("h2", "Coverage");
//
// Names of elements and attributes are the program's own and are not escaped.
#pragma once
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace assay::platform {

struct HtmlAttribute {
  std::string_view name;
  std::string_view value;
};
using HtmlAttributes = std::initializer_list<HtmlAttribute>;

class Html {
 public:
  // First of all in a document of its own.
  Html& Doctype();
  Html& Open(std::string_view element, HtmlAttributes attributes = {});
  Html& Close();
  Html& Text(std::string_view text);
  // Opened, filled and closed.
  Html& Element(std::string_view element, std::string_view text, HtmlAttributes attributes = {});
  // Without content: <meta …/>, and the shapes of a drawing.
  Html& Empty(std::string_view element, HtmlAttributes attributes = {});
  // All of it, with what is still open closed. Nothing is left here.
  std::string Take();

 private:
  void Start(std::string_view element, HtmlAttributes attributes);

  std::string text_;
  std::vector<std::string_view> open_;
};

// & < > " as entities. What no document may hold (broken UTF-8, control characters) and what
// would turn the direction of the text around it becomes U+FFFD.
std::string EscapeHtml(std::string_view text);

// At most `decimals` digits after the point, without zeros at the end: 0.8200 is "0.82".
std::string NumberText(double value, int decimals);

}  // namespace assay::platform
