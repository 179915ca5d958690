#include "tests/tidy/habits.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

namespace assay::tidy {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::string Read(const fs::path& path) {
  std::ifstream in(path);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

std::vector<fs::path> Tree() {
  std::vector<fs::path> files;
  for (const char* top : {"protos/assay", "services", "gateway", "deploy", "tests"}) {
    for (const auto& entry : fs::recursive_directory_iterator(fs::path(ASSAY_ROOT) / top)) {
      if (entry.is_regular_file()) files.push_back(entry.path());
    }
  }
  files.push_back(fs::path(ASSAY_ROOT) / "README.md");
  return files;
}

TEST(HabitsTest, TheWholeTreeKeepsThem) {
  for (const auto& file : Tree()) {
    for (const auto& what : HabitsBroken(fs::relative(file, ASSAY_ROOT).string(), Read(file))) {
      ADD_FAILURE() << what;
    }
  }
}

TEST(HabitsTest, TheTopLevelIsWhatWeAgreed) {
  std::set<std::string> names;
  for (const auto& entry : fs::directory_iterator(ASSAY_ROOT)) {
    const std::string name = entry.path().filename();
    if (name[0] != '.' && name.rfind("LICEN", 0) != 0) names.insert(name);
  }
  EXPECT_THAT(names, ::testing::ElementsAre("CMakeLists.txt", "README.md", "deploy", "gateway",
                                            "protos", "services", "tests"));
}

TEST(HabitsTest, EveryMigrationNumberExistsOnBothEnginesWithoutGaps) {
  for (const auto& entry : fs::recursive_directory_iterator(fs::path(ASSAY_ROOT) / "services")) {
    if (entry.path().filename() != "migrations" || !entry.is_directory()) continue;
    std::set<std::string> sqlite;
    std::set<std::string> postgres;
    for (const auto& file : fs::directory_iterator(entry.path() / "sqlite")) {
      sqlite.insert(file.path().filename());
    }
    for (const auto& file : fs::directory_iterator(entry.path() / "postgres")) {
      postgres.insert(file.path().filename());
    }
    EXPECT_EQ(sqlite, postgres) << entry.path();
    int expected = 1;
    for (const auto& name : sqlite) EXPECT_EQ(std::stoi(name.substr(0, 4)), expected++) << name;
  }
}

TEST(HabitsTest, EveryServiceHasTheSameShape) {
  for (const char* service : {"approval", "evidence", "moderation", "notifications"}) {
    const fs::path dir = fs::path(ASSAY_ROOT) / "services" / service;
    for (const char* file : {"README.md", "CMakeLists.txt", "main.cc", "wiring.cc", "service.cc",
                             "model.h", "store.h", "errors.h", "migrations/sqlite"}) {
      EXPECT_TRUE(fs::exists(dir / file)) << service << "/" << file;
    }
  }
}

TEST(HabitsTest, NamesThePlaceAndTheRemedy) {
  EXPECT_THAT(HabitsBroken("services/x/a.cc",
                           "int a;\nauto t = absl::"
                           "Now();\n"),
              ElementsAre(HasSubstr("services/x/a.cc:2: absl::"
                                    "Now( (take a Clock")));
  EXPECT_THAT(HabitsBroken("services/platform/core/clock.cc",
                           "absl::"
                           "Now()"),
              IsEmpty());
  EXPECT_THAT(HabitsBroken("gateway/a.cc", std::string(101, 'x')),
              ElementsAre(HasSubstr("longer than 100 characters")));
  EXPECT_THAT(HabitsBroken("gateway/a.h", "int a;"), ElementsAre(HasSubstr("no #pragma once")));
}

TEST(HabitsTest, AMarkdownPageHasOneTitle) {
  EXPECT_THAT(HabitsBroken("deploy/README.md", "# One\n```\n# in code\n```\n"), IsEmpty());
  EXPECT_THAT(HabitsBroken("deploy/README.md", "# One\n# Two\n"),
              ElementsAre(HasSubstr("has 2 titles")));
}

TEST(HabitsTest, AMainIsShort) {
  std::string text;
  for (int i = 0; i < 60; ++i) text += "x;\n";
  EXPECT_THAT(HabitsBroken("services/approval/main.cc", text),
              ElementsAre(HasSubstr("main is at most 40")));
}

}  // namespace
}  // namespace assay::tidy
