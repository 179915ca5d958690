#include "services/platform/config/config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

#include "services/platform/testing/fakes.h"
#include "services/platform/testing/status_matchers.h"

namespace assay::platform {
namespace {

using ::assay::platform::testing::IsOk;
using ::assay::platform::testing::TempDir;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

struct Config {
  std::string listen = "127.0.0.1:0";
  std::string database = "sqlite::memory:";
  bool reflection = false;
  std::int64_t page_size_max = 1000;
  absl::Duration drain = absl::Seconds(5);
  std::vector<std::string> origins = {"a.example"};
};

class ConfigTest : public ::testing::Test {
 protected:
  void SetUp() override {
    binder_.Bind("listen", &config_.listen, "where to listen")
        .Bind("database", &config_.database, "database URI", Secrecy::kSecret)
        .Bind("reflection", &config_.reflection, "serve reflection")
        .Bind("page_size_max", &config_.page_size_max, 1, 10'000, "largest page")
        .Bind("drain", &config_.drain, absl::ZeroDuration(), absl::Minutes(1), "how long to drain")
        .Bind("origins", &config_.origins, "allowed origins");
  }
  void TearDown() override {
    for (const std::string& name : set_) unsetenv(name.c_str());
  }

  void Env(const std::string& name, const std::string& value) {
    setenv(name.c_str(), value.c_str(), 1);
    set_.push_back(name);
  }
  absl::Status Parse(std::vector<const char*> words) {
    words.insert(words.begin(), "approval");
    return binder_.Parse(static_cast<int>(words.size()), words.data());
  }
  std::string ProblemsOf(std::vector<const char*> words) {
    const absl::Status status = Parse(std::move(words));
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << status;
    return std::string(status.message());
  }

  Config config_;
  ConfigBinder binder_{"ASSAY_APPROVAL"};
  std::vector<std::string> set_;
};

TEST_F(ConfigTest, KeepsInitialValuesIfNothingIsSet) {
  EXPECT_THAT(Parse({}), IsOk());
  EXPECT_EQ(config_.listen, "127.0.0.1:0");
  EXPECT_EQ(config_.page_size_max, 1000);
  EXPECT_THAT(config_.origins, ElementsAre("a.example"));
}

TEST_F(ConfigTest, TakesFlagsInBothForms) {
  EXPECT_THAT(Parse({"--listen=:1", "--page_size_max", "7", "--drain=1m", "--origins=x, y,,z"}),
              IsOk());
  EXPECT_EQ(config_.listen, ":1");
  EXPECT_EQ(config_.page_size_max, 7);
  EXPECT_EQ(config_.drain, absl::Minutes(1));
  EXPECT_THAT(config_.origins, ElementsAre("x", "y", "z"));
}

TEST_F(ConfigTest, TakesHyphensForUnderscores) {
  EXPECT_THAT(Parse({"--page-size-max=7"}), IsOk());
  EXPECT_EQ(config_.page_size_max, 7);
}

TEST_F(ConfigTest, KeepsEqualsSignsAndEmptyTextInValues) {
  EXPECT_THAT(Parse({"--listen=a=b", "--origins="}), IsOk());
  EXPECT_EQ(config_.listen, "a=b");
  EXPECT_THAT(config_.origins, IsEmpty());
}

struct BoolCase {
  std::vector<const char*> words;
  bool value;
  std::vector<std::string> positional;
};

TEST_F(ConfigTest, TakesBoolsBareAndWithAValue) {
  const BoolCase cases[] = {
      {{"--reflection"}, true, {}},      {{"--reflection=true"}, true, {}},
      {{"--reflection", "1"}, true, {}}, {{"--reflection", "false"}, false, {}},
      {{"--reflection=0"}, false, {}},   {{"--reflection", "migrate"}, true, {"migrate"}},
  };
  for (const BoolCase& c : cases) {
    SCOPED_TRACE(c.words.front() + std::string(c.words.size() > 1 ? c.words[1] : ""));
    bool value = !c.value;
    ConfigBinder binder("ASSAY_X");
    binder.Bind("reflection", &value, "");
    auto words = c.words;
    words.insert(words.begin(), "x");
    EXPECT_THAT(binder.Parse(static_cast<int>(words.size()), words.data()), IsOk());
    EXPECT_EQ(value, c.value);
    EXPECT_EQ(binder.positional(), c.positional);
  }
}

TEST_F(ConfigTest, PrefersFlagThenOwnVariableThenSharedVariable) {
  Env("ASSAY_LISTEN", "shared");
  EXPECT_THAT(Parse({}), IsOk());
  EXPECT_EQ(config_.listen, "shared");
  Env("ASSAY_APPROVAL_LISTEN", "own");
  EXPECT_THAT(Parse({}), IsOk());
  EXPECT_EQ(config_.listen, "own");
  EXPECT_THAT(Parse({"--listen=flag"}), IsOk());
  EXPECT_EQ(config_.listen, "flag");
}

TEST_F(ConfigTest, TakesASecretFromTheEnvironmentOrAFile) {
  TempDir dir;
  std::ofstream(dir / "own") << "postgresql://u:pw@h/own\n";
  std::ofstream(dir / "shared") << "postgresql://u:pw@h/shared\r\n";
  Env("ASSAY_DATABASE_FILE", dir / "shared");
  EXPECT_THAT(Parse({}), IsOk());
  EXPECT_EQ(config_.database, "postgresql://u:pw@h/shared");
  Env("ASSAY_APPROVAL_DATABASE_FILE", dir / "own");
  EXPECT_THAT(Parse({}), IsOk());
  EXPECT_EQ(config_.database, "postgresql://u:pw@h/own");
  Env("ASSAY_APPROVAL_DATABASE", "sqlite:direct");
  EXPECT_THAT(Parse({}), IsOk());
  EXPECT_EQ(config_.database, "sqlite:direct");
}

TEST_F(ConfigTest, RefusesASecretOnTheCommandLineWithoutRepeatingIt) {
  for (const auto& words :
       std::vector<std::vector<const char*>>{{"--database=hunter2"}, {"--database", "hunter2"}}) {
    const std::string problems = ProblemsOf(words);
    EXPECT_THAT(problems, HasSubstr("$ASSAY_APPROVAL_DATABASE_FILE"));
    EXPECT_THAT(problems, Not(HasSubstr("hunter2")));
    EXPECT_THAT(binder_.positional(), IsEmpty());
    EXPECT_EQ(config_.database, "sqlite::memory:");
  }
}

TEST_F(ConfigTest, NamesEveryProblemAtOnce) {
  Env("ASSAY_APPROVAL_REFLECTION", "yes");
  Env("ASSAY_APPROVAL_DATABASE_FILE", "/nowhere/secret");
  const std::string problems = ProblemsOf({"--page_size_max=0", "--drain=5", "--lisen=x"});
  EXPECT_THAT(problems,
              HasSubstr("--page_size_max: must be a whole number from 1 to 10000, not 0"));
  EXPECT_THAT(problems, HasSubstr("--drain: must be a duration from 0 to 1m"));
  EXPECT_THAT(problems, HasSubstr("--lisen: there is no such setting"));
  EXPECT_THAT(problems, HasSubstr("$ASSAY_APPROVAL_REFLECTION: must be true, false, 1 or 0"));
  EXPECT_THAT(problems, HasSubstr("cannot read the file /nowhere/secret"));
  EXPECT_THAT(ProblemsOf({"--listen"}), HasSubstr("--listen: needs a value"));
}

TEST_F(ConfigTest, RefusesNumbersBeyondItsRange) {
  for (const char* word :
       {"--page_size_max=10001", "--page_size_max=99999999999999999999", "--page_size_max=1x",
        "--page_size_max=", "--drain=61s", "--drain=-1s", "--drain=inf"}) {
    SCOPED_TRACE(word);
    ProblemsOf({word});
  }
}

TEST_F(ConfigTest, LeavesOtherWordsInOrder) {
  EXPECT_THAT(Parse({"migrate", "--listen=x", "now", "--", "--listen=y"}), IsOk());
  EXPECT_THAT(binder_.positional(), ElementsAre("migrate", "now", "--listen=y"));
  EXPECT_EQ(config_.listen, "x");
}

TEST_F(ConfigTest, GivesHelpEvenIfSomethingElseIsWrong) {
  EXPECT_THAT(Parse({"--help", "--nonsense=1"}), IsOk());
  EXPECT_TRUE(binder_.help_wanted());
  const std::string help = binder_.Help();
  EXPECT_THAT(help, HasSubstr("--page_size_max or $ASSAY_APPROVAL_PAGE_SIZE_MAX (default: 1000)  "
                              "largest page\n"));
  EXPECT_THAT(help, HasSubstr("$ASSAY_APPROVAL_DATABASE or $ASSAY_APPROVAL_DATABASE_FILE"));
  EXPECT_THAT(help, Not(HasSubstr("--database")));
  EXPECT_THAT(help, HasSubstr("(default: 5s)"));
}

TEST_F(ConfigTest, DescribesWhatHoldsWithSecretsMasked) {
  Env("ASSAY_APPROVAL_DATABASE", "postgresql://u:hunter2@h/d");
  EXPECT_THAT(Parse({"--drain=90ms"}), IsOk());
  const std::string text = binder_.Describe();
  EXPECT_THAT(text, HasSubstr("drain=90ms\n"));
  EXPECT_THAT(text, HasSubstr("database=***\n"));
  EXPECT_THAT(text, Not(HasSubstr("hunter2")));
}

}  // namespace
}  // namespace assay::platform
