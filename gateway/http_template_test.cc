#include "gateway/http_template.h"

#include <gtest/gtest.h>

#include "services/platform/testing/status_matchers.h"

namespace assay::gateway {
namespace {

using platform::testing::IsOk;

std::string Shape(const HttpTemplate& parsed) {
  std::string shape;
  for (const auto& segment : parsed.segments) {
    shape += '/';
    shape += segment.kind == TemplateSegment::Kind::kLiteral
                 ? segment.literal
                 : (segment.kind == TemplateSegment::Kind::kStar ? "*" : "**");
  }
  for (const auto& variable : parsed.variables) {
    shape += ' ';
    for (const auto& name : variable.field_path) shape += name + '.';
    shape += std::to_string(variable.first) + '-' + std::to_string(variable.last);
    shape += variable.single ? " single" : " multi";
  }
  return parsed.verb.empty() ? shape : shape + " :" + parsed.verb;
}

TEST(ParseHttpTemplateTest, TakesApartWhatTheGrammarAllows) {
  const std::pair<const char*, const char*> kCases[] = {
      {"/", ""},
      {"/v1/centres", "/v1/centres"},
      {"/v1/{name}", "/v1/* name.1-2 single"},
      {"/v1/{name=centres/*}", "/v1/centres/* name.1-3 multi"},
      {"/v1/{name=**}", "/v1/** name.1-2 multi"},
      {"/v1/{a.b.c=x}:go", "/v1/x a.b.c.1-2 single :go"},
      {"/v1/{p=a/*}/b/{q}:do", "/v1/a/*/b/* p.1-3 multi q.4-5 single :do"},
      {"/a%20b", "/a b"},
  };
  for (const auto& [text, shape] : kCases) {
    const auto parsed = ParseHttpTemplate(text);
    ASSERT_THAT(parsed, IsOk()) << text;
    EXPECT_EQ(Shape(*parsed), shape) << text;
  }
}

TEST(ParseHttpTemplateTest, RefusesEverythingElseAndSaysWhere) {
  for (const char* text :
       {"",      "v1",        "//",       "/a//b", "/a/",        "/:v",      "/a/:v",
        "/a:",   "/**:",      "/a:b:c/d", "/{",    "/{a",        "/{a=",     "/{a=/b}",
        "/{a}b", "/a{b}",     "/{1a}",    "/{a.}", "/{a=b/{c}}", "/{a}/{a}", "/***",
        "/**/a", "/{a=**}/b", "/a?b",     "/a b",  "/a%2",       "/a%zz",    "/a\xc3\xa9"}) {
    const auto parsed = ParseHttpTemplate(text);
    EXPECT_FALSE(parsed.ok()) << text;
    EXPECT_NE(parsed.status().message().find("template"), std::string::npos) << text;
  }
}

}  // namespace
}  // namespace assay::gateway
