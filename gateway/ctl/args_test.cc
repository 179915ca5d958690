#include "gateway/ctl/args.h"

#include <gtest/gtest.h>

#include <cstdlib>

namespace assay::gateway::ctl {
namespace {

const std::vector<FlagSpec>& Specs() {
  static const auto* specs = new std::vector<FlagSpec>{
      {.name = "layout", .value = "NAME", .help = "how the file is laid out", .initial = "plain"},
      {.name = "role", .value = "ROLE", .help = "what they do", .kind = FlagSpec::Kind::kRepeated},
      {.name = "validate-only", .help = "keep nothing", .kind = FlagSpec::Kind::kSwitch},
      {.name = "url", .value = "URL", .help = "where", .env = "ASSAY_ARGS_TEST_URL"},
  };
  return *specs;
}

absl::StatusOr<Args> Parse(std::vector<std::string> words, int min = 0, int max = 1) {
  return Args::Parse(Specs(), min, max, words);
}

TEST(ArgsTest, ReadsBothFormsOfAValueAndLeavesWords) {
  const auto args = Parse({"FILE", "--layout", "a", "--role=x", "--role", "y", "--validate-only"});
  ASSERT_TRUE(args.ok()) << args.status();
  EXPECT_EQ(args->Get("layout"), "a");
  EXPECT_EQ(args->All("role"), (std::vector<std::string>{"x", "y"}));
  EXPECT_TRUE(args->Is("validate-only"));
  EXPECT_EQ(args->words(), std::vector<std::string>{"FILE"});
}

TEST(ArgsTest, FallsBackToEnvironmentThenDefault) {
  ::setenv("ASSAY_ARGS_TEST_URL", "http://there", 1);
  const auto args = Parse({});
  ::unsetenv("ASSAY_ARGS_TEST_URL");
  ASSERT_TRUE(args.ok());
  EXPECT_EQ(args->Get("url"), "http://there");
  EXPECT_EQ(args->Get("layout"), "plain");
  EXPECT_FALSE(args->Given("layout"));
  EXPECT_TRUE(args->All("role").empty());
  EXPECT_FALSE(args->Is("validate-only"));
}

TEST(ArgsTest, WordsAfterTheDoubleDashAreNotFlags) {
  const auto args = Parse({"--", "--layout"});
  ASSERT_TRUE(args.ok());
  EXPECT_EQ(args->words(), std::vector<std::string>{"--layout"});
}

TEST(ArgsTest, SaysWhatIsWrong) {
  const struct {
    std::vector<std::string> words;
    std::string says;
  } cases[] = {
      {{"--colour"}, "does not know the flag --colour"},
      {{"-x"}, "does not know the flag -x"},
      {{"--layout"}, "--layout needs a value (NAME)"},
      {{"--layout=a", "--layout=b"}, "--layout is given twice"},
      {{"--validate-only=yes"}, "--validate-only is a switch and takes no value"},
      {{"a", "b"}, "does not take the word \"b\""},
  };
  for (const auto& c : cases) {
    const auto args = Parse(c.words);
    ASSERT_FALSE(args.ok()) << c.says;
    EXPECT_TRUE(IsUsageError(args.status()));
    EXPECT_EQ(args.status().message(), c.says);
  }
  EXPECT_EQ(Parse({}, 1).status().message(), "needs 1 word after it, got none");
}

TEST(ArgsTest, HelpNeedsNoWords) {
  const auto args = Parse({"--help"}, 1);
  ASSERT_TRUE(args.ok());
  EXPECT_TRUE(args->help_wanted());
}

}  // namespace
}  // namespace assay::gateway::ctl
