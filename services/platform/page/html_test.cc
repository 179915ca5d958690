#include "services/platform/page/html.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "services/platform/page/outline_for_test.h"
#include "services/platform/page/page.h"

namespace assay::platform {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

TEST(EscapeHtmlTest, LeavesNothingThatMarkupCouldBeMadeOf) {
  const std::pair<const char*, const char*> kCases[] = {
      {"St Mary & St John", "St Mary &amp; St John"},
      {"<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"},
      {"\" onload=\"x", "&quot; onload=&quot;x"},
      {"&lt;", "&amp;lt;"},
      {"Ysgol Gynradd Llanfair \xE2\x80\x93 \xC5\xB5",
       "Ysgol Gynradd Llanfair \xE2\x80\x93 \xC5\xB5"},
      {"a\tb\nc", "a\tb\nc"},
      {"", ""},
  };
  for (const auto& [text, expected] : kCases) EXPECT_EQ(EscapeHtml(text), expected);
}

TEST(EscapeHtmlTest, ReplacesWhatNoDocumentMayHold) {
  const std::string r = "\xEF\xBF\xBD";
  EXPECT_EQ(EscapeHtml(std::string("a\0b", 3)), "a" + r + "b");
  EXPECT_EQ(EscapeHtml("\x1b[31m"), r + "[31m");
  EXPECT_EQ(EscapeHtml("\xC2\x85"), r) << "a control character of two bytes";
  EXPECT_EQ(EscapeHtml("\xC0\xBC"), r + r) << "an overlong <";
  EXPECT_EQ(EscapeHtml("\xE0\x80\xBC"), r + r + r) << "another";
  EXPECT_EQ(EscapeHtml("\xED\xA0\x80"), r + r + r) << "half a surrogate pair";
  EXPECT_EQ(EscapeHtml("\xF4\x90\x80\x80"), r + r + r + r) << "beyond the last character";
  EXPECT_EQ(EscapeHtml("cut \xE2\x80"), "cut " + r + r);
  EXPECT_EQ(EscapeHtml("\xEF\xBF\xBF"), r) << "U+FFFF is no character";
  EXPECT_EQ(EscapeHtml("\xE2\x80\xAE"
                       "txt.exe"),
            r + "txt.exe")
      << "an override of direction";
  EXPECT_EQ(EscapeHtml("\xF0\x9F\x8E\x93"), "\xF0\x9F\x8E\x93");
}

TEST(NumberTextTest, HasNoZerosAtTheEnd) {
  EXPECT_EQ(NumberText(0.82, 4), "0.82");
  EXPECT_EQ(NumberText(12, 2), "12");
  EXPECT_EQ(NumberText(100, 0), "100");
  EXPECT_EQ(NumberText(-0.001, 2), "0");
  EXPECT_EQ(NumberText(2.0 / 3, 3), "0.667");
  EXPECT_EQ(NumberText(std::numeric_limits<double>::quiet_NaN(), 2), "-");
}

TEST(HtmlTest, ClosesWhatIsOpen) {
  Html html;
  html.Open("ul", {{"class", "a\"b"}}).Element("li", "1 < 2").Empty("br");
  EXPECT_EQ(html.Take(), "<ul class=\"a&quot;b\"><li>1 &lt; 2</li>\n<br/></ul>\n");
  EXPECT_EQ(html.Take(), "");
}

TEST(PageTest, IsWellFormedAndForbidsScripts) {
  Html html;
  BeginPage(html, {.title = "A & B"});
  html.Element("h1", "A & B");
  BeginSection(html, "first", "First");
  FactTable(html, "Facts", {{"Centre", "<b>bold</b>"}});
  {
    Table table(html, "Counts", {{"What"}, {"How many", true}});
    table.Row({"one", "1"});
    table.Row({"two", "2"}, /*marked=*/true);
  }
  const std::string text = html.Take();
  const Outline page = Outline::Of(text);
  EXPECT_THAT(page.Problems(), IsEmpty());
  EXPECT_EQ(page.All("title")[0].text, "A & B");
  EXPECT_EQ(page.Fact("Centre"), "<b>bold</b>");
  EXPECT_THAT(page.Rows("Counts"), ElementsAre(ElementsAre("What", "How many"),
                                               ElementsAre("one", "1"), ElementsAre("two", "2")));
  EXPECT_THAT(text, HasSubstr("default-src 'none'"));
  EXPECT_THAT(text, Not(HasSubstr("script-src")));
  EXPECT_EQ(page.All("html")[0].attributes.at("lang"), "en-GB");
}

TEST(OutlineTest, FindsWhatIsWrong) {
  const auto problems = [](std::string body) {
    return Outline::Of("<!DOCTYPE html>\n<html lang=\"en\"><h1>x</h1>" + body + "</html>")
        .Problems();
  };
  EXPECT_THAT(problems(""), IsEmpty());
  for (const char* bad :
       {"<p>", "</p>", "a & b", "<p id=\"a\"/><p id=\"a\"/>", "<svg></svg>", "<script></script>",
        "<p onclick=\"x\"/>", "<table></table>", "<h3>x</h3>", "<h1>y</h1>", "<h2></h2>",
        "<p aria-labelledby=\"nobody\"/>", "<img src=\"x\"/>",
        "<table><caption>c</caption><tr><th>x</th></tr></table>"}) {
    EXPECT_THAT(problems(bad), Not(IsEmpty())) << bad;
  }
}

}  // namespace
}  // namespace assay::platform
