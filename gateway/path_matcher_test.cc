#include "gateway/path_matcher.h"

#include <gtest/gtest.h>

#include "absl/strings/str_join.h"
#include "services/platform/testing/status_matchers.h"

namespace assay::gateway {
namespace {

using platform::testing::IsOk;

class Paths {
 public:
  using Routes = std::vector<std::pair<std::string, std::string>>;
  explicit Paths(std::initializer_list<Routes::value_type> routes) : routes_(routes) {
    int id = 0;
    for (const auto& [method, path] : routes_) {
      auto parsed = ParseHttpTemplate(path);
      EXPECT_THAT(parsed, IsOk());
      EXPECT_THAT(matcher_.Add(method, *std::move(parsed), id++), IsOk());
    }
  }
  // "template | value | value", or "none [allowed methods]".
  std::string Find(const std::string& method, const std::string& path) const {
    const auto match = matcher_.Match(method, path);
    if (!match.ok()) return platform::ReasonOf(match.status());
    if (match->id < 0) return "none " + absl::StrJoin(match->allowed, ",");
    std::string found = routes_[match->id].second;
    for (const auto& value : match->values) found += " | " + value;
    return found;
  }

 private:
  Routes routes_;
  PathMatcher matcher_;
};

TEST(PathMatcherTest, PrefersLiteralToStarToDoubleStarAndGoesBack) {
  const Paths paths{{"GET", "/a/**"},    {"GET", "/c/*/d/**"}, {"GET", "/c/*/d/e"},
                    {"GET", "/c/f/d/e"}, {"GET", "/c/f/x"},    {"GET", "/"}};
  EXPECT_EQ(paths.Find("GET", "/c/f/d/e"), "/c/f/d/e");
  EXPECT_EQ(paths.Find("GET", "/c/g/d/e"), "/c/*/d/e");
  EXPECT_EQ(paths.Find("GET", "/c/f/d/z"), "/c/*/d/**");  // Back from the literal f.
  EXPECT_EQ(paths.Find("GET", "/c/v/d/w/x"), "/c/*/d/**");
  EXPECT_EQ(paths.Find("GET", "/c/x/y/d/z"), "none ");
  EXPECT_EQ(paths.Find("GET", "/c//d/e"), "none ");
  EXPECT_EQ(paths.Find("GET", "/"), "/");
  EXPECT_EQ(paths.Find("GET", "//"), "none ");
}

TEST(PathMatcherTest, DoubleStarTakesWhatFollowsItsSlash) {
  const Paths paths{{"GET", "/t/{rest=**}"}};
  EXPECT_EQ(paths.Find("GET", "/t/a/b"), "/t/{rest=**} | a/b");
  EXPECT_EQ(paths.Find("GET", "/t/a/"), "/t/{rest=**} | a");
  EXPECT_EQ(paths.Find("GET", "/t/"), "/t/{rest=**} | ");
  EXPECT_EQ(paths.Find("GET", "/t"), "none ");
  EXPECT_EQ(paths.Find("GET", "/t/a//b"), "none ");
}

TEST(PathMatcherTest, AVerbIsSplitOffOnlyIfSomebodyRegisteredIt) {
  const Paths paths{{"GET", "/p/{id}"}, {"POST", "/p/{id}:lend"}, {"GET", "/p:count"}};
  EXPECT_EQ(paths.Find("GET", "/p/x:y"), "/p/{id} | x:y");
  EXPECT_EQ(paths.Find("POST", "/p/x:lend"), "/p/{id}:lend | x");
  EXPECT_EQ(paths.Find("GET", "/p/x:lend"), "none POST");
  EXPECT_EQ(paths.Find("GET", "/p:count"), "/p:count");
  EXPECT_EQ(paths.Find("GET", "/p:count/"), "none ");
  EXPECT_EQ(paths.Find("GET", "/p/x%3Alend"), "/p/{id} | x:lend");
}

TEST(PathMatcherTest, DecodesOnceAndKeepsSlashesOfLongVariables) {
  const Paths paths{{"GET", "/one/{x}"}, {"GET", "/two/{x=a/*}"}, {"GET", "/lit%20eral"}};
  EXPECT_EQ(paths.Find("GET", "/one/a%2Fb%20c+d"), "/one/{x} | a/b c+d");
  EXPECT_EQ(paths.Find("GET", "/one/a%252Fb"), "/one/{x} | a%2Fb");
  EXPECT_EQ(paths.Find("GET", "/two/a/b%2fc"), "/two/{x=a/*} | a/b%2Fc");
  EXPECT_EQ(paths.Find("GET", "/two/%61/b"), "/two/{x=a/*} | a/b");
}

TEST(PathMatcherTest, RefusesPathsThatNoClientMeans) {
  const Paths paths{{"GET", "/{x=**}"}};
  for (const char* path : {"", "a", "/a%", "/a%2", "/a%zz", "/a%00", "/.", "/..", "/a/../b",
                           "/a/%2e%2E/b", "/a%2F..%2Fb", "/a/.", "/a b", "/\xc3\xa9"}) {
    EXPECT_EQ(paths.Find("GET", path), "PATH_INVALID") << path;
  }
  EXPECT_EQ(paths.Find("GET", "/a..b/..."), "/{x=**} | a..b/...");
}

TEST(PathMatcherTest, NamesTheMethodsThatAPathHas) {
  const Paths paths{{"GET", "/a/{x}"}, {"DELETE", "/a/{x}"}, {"POST", "/a/b"}};
  EXPECT_EQ(paths.Find("PUT", "/a/b"), "none DELETE,GET,POST");
  EXPECT_EQ(paths.Find("GET", "/a/b"), "/a/{x} | b");  // The literal has another method only.
}

TEST(PathMatcherTest, TwoTemplatesForTheSamePathsAreRefused) {
  PathMatcher matcher;
  EXPECT_THAT(matcher.Add("GET", *ParseHttpTemplate("/a/{x}/b"), 0), IsOk());
  EXPECT_THAT(matcher.Add("POST", *ParseHttpTemplate("/a/{x}/b"), 1), IsOk());
  EXPECT_THAT(matcher.Add("GET", *ParseHttpTemplate("/a/{x}/b:v"), 2), IsOk());
  const absl::Status again = matcher.Add("GET", *ParseHttpTemplate("/a/*/b"), 3);
  EXPECT_EQ(again.code(), absl::StatusCode::kAlreadyExists);
  EXPECT_NE(again.message().find("/a/{x}/b"), std::string::npos);
}

}  // namespace
}  // namespace assay::gateway
