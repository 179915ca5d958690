#include "services/platform/page/page.h"

#include <cstddef>
#include <string_view>
#include <utility>

namespace assay::platform {
namespace {

// Nothing here may need escaping: a style element's text is taken as it stands.
constexpr std::string_view kStyle = R"css(
:root { color-scheme: light; }
* { box-sizing: border-box; }
body { margin: 0; background: #fff; color: #1a1a1a;
  font: 16px/1.5 'Helvetica Neue', Helvetica, Arial, 'Liberation Sans', sans-serif; }
main { max-width: 60rem; margin: 0 auto; padding: 1.5rem 1rem 4rem; overflow-wrap: break-word; }
h1 { font-size: 1.7rem; line-height: 1.25; margin: 0 0 .25rem; }
h2 { font-size: 1.25rem; margin: 2.25rem 0 .5rem; padding-top: .5rem;
  border-top: 2px solid #1a1a1a; }
h3 { font-size: 1.05rem; margin: 1.25rem 0 .25rem; }
p { margin: .5rem 0; max-width: 46rem; }
ul { margin: .5rem 0; padding-left: 1.4rem; max-width: 46rem; }
.lead { font-size: 1.05rem; }
.quiet { color: #4a4a4a; }
.todo { border-left: 6px solid #1a1a1a; background: #f2f2f2; padding: .5rem 1rem; }
.todo p { margin: .25rem 0; }
.said { white-space: pre-wrap; }
table { border-collapse: collapse; width: 100%; margin: .75rem 0 1.25rem;
  font-size: .9rem; font-variant-numeric: tabular-nums; }
caption { text-align: left; font-weight: bold; padding: .25rem 0; }
th, td { text-align: left; vertical-align: top; padding: .3rem .5rem;
  border-bottom: 1px solid #8a8a8a; }
thead th { border-bottom: 2px solid #1a1a1a; vertical-align: bottom; }
tbody th { font-weight: normal; }
th.number, td.number { text-align: right; }
tr.marked { box-shadow: inset 5px 0 0 #1a1a1a; background: #f2f2f2; }
tr.marked th, tr.marked td { font-weight: bold; }
th.wide { width: 40%; }
table.facts { table-layout: fixed; }
table.facts th { width: 14rem; font-weight: bold; }
figure { margin: 1rem 0; }
figcaption { font-size: .9rem; color: #333; max-width: 46rem; }
svg { display: block; max-width: 100%; height: auto; }
svg text { font: 13px Helvetica, Arial, 'Liberation Sans', sans-serif; fill: #1a1a1a; }
@page { size: A4; margin: 16mm 14mm 18mm; }
@media print {
  body { font-size: 10pt; line-height: 1.4; }
  main { max-width: none; padding: 0; }
  h2, h3, caption { break-after: avoid; }
  figure, tr, .todo, table.facts { break-inside: avoid; }
  tbody tr:first-child { break-before: avoid; }
  thead { display: table-header-group; }
  figure svg { max-height: 150mm; width: auto; }
  .fresh { break-before: page; }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
)css";

constexpr std::string_view kSecurity =
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

}  // namespace

void BeginPage(Html& html, const PageFrame& frame) {
  html.Doctype().Open("html", {{"lang", frame.language}}).Open("head");
  html.Empty("meta", {{"charset", "utf-8"}});
  html.Empty("meta", {{"http-equiv", "Content-Security-Policy"}, {"content", kSecurity}});
  html.Empty("meta", {{"name", "viewport"}, {"content", "width=device-width, initial-scale=1"}});
  html.Empty("meta", {{"name", "robots"}, {"content", "noindex"}});
  html.Element("title", frame.title);
  html.Element("style", kStyle);
  html.Close();
  html.Open("body").Open("main");
}

void BeginSection(Html& html, std::string_view id, std::string_view heading, bool fresh) {
  const std::string of = std::string(id) + "-heading";
  html.Open("section",
            {{"id", id}, {"aria-labelledby", of}, {"class", fresh ? "fresh" : "running"}});
  html.Element("h2", heading, {{"id", of}});
}

Table::Table(Html& html, std::string_view caption, std::vector<Column> columns)
    : html_(html), columns_(std::move(columns)) {
  html_.Open("table").Element("caption", caption);
  html_.Open("thead").Open("tr");
  for (const Column& column : columns_) {
    if (column.number || column.wide) {
      html_.Element("th", column.heading,
                    {{"scope", "col"}, {"class", column.number ? "number" : "wide"}});
    } else {
      html_.Element("th", column.heading, {{"scope", "col"}});
    }
  }
  html_.Close().Close().Open("tbody");
}

Table::~Table() { html_.Close().Close(); }

void Table::Row(const std::vector<std::string>& cells, bool marked) {
  if (marked) {
    html_.Open("tr", {{"class", "marked"}});
  } else {
    html_.Open("tr");
  }
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (i == 0) {
      html_.Element("th", cells[i], {{"scope", "row"}});
    } else if (i < columns_.size() && columns_[i].number) {
      html_.Element("td", cells[i], {{"class", "number"}});
    } else {
      html_.Element("td", cells[i]);
    }
  }
  html_.Close();
}

void FactTable(Html& html, std::string_view caption,
               const std::vector<std::pair<std::string, std::string>>& facts) {
  html.Open("table", {{"class", "facts"}}).Element("caption", caption).Open("tbody");
  for (const auto& [what, value] : facts) {
    html.Open("tr").Element("th", what, {{"scope", "row"}}).Element("td", value).Close();
  }
  html.Close().Close();
}

}  // namespace assay::platform
