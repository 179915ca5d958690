#include "gateway/ctl/real_outcome.h"

#include <gtest/gtest.h>

#include <functional>

namespace assay::gateway::ctl {
namespace {

Json Result(const char* candidate, double from, double to) {
  return {{"candidate", candidate}, {"centreMark", from}, {"finalMark", to}};
}

// One school of 17 with a gap, and two cohorts of three scripts: the first stands, the second is
// adjusted. All as the files say.
RealOutcome Outcome() {
  RealOutcome outcome;
  outcome.register_import = {
      {"rowCount", "10"}, {"createdCount", "9"}, {"refusedCount", "1"}, {"closedCount", "2"}};
  outcome.schools = {{.urn = "20920",
                      .candidates = 18,
                      .marked = 17,
                      .missing = 1,
                      .pool = 17,
                      .ladder = 15,
                      .drawn = 16}};
  outcome.cohorts = {{.candidates = 3,
                      .pool = 3,
                      .ladder = 3,
                      .drawn = 3,
                      .judged = 2,
                      .in_tolerance = 2,
                      .action = "ACTION_MARKS_STAND",
                      .judged_candidates = {"1", "2"},
                      .results = {Result("1", 4, 4), Result("2", 5, 5), Result("3", 1, 1)}},
                     {.candidates = 3,
                      .pool = 3,
                      .ladder = 3,
                      .drawn = 3,
                      .judged = 3,
                      .in_tolerance = 2,
                      .action = "ACTION_ADJUSTED",
                      .judged_candidates = {"4", "5", "6"},
                      .results = {Result("4", 6, 4), Result("5", 3, 2), Result("6", 2, 2)}}};
  return outcome;
}

FileRecount Files() {
  return {.establishments = {.rows = 10, .closed = 2},
          .schools = {{"20920", {.candidates = 18, .marks = 17}}},
          .essays = {{1, {4, 4}}, {2, {5, 4}}, {3, {1, 3}}, {4, {6, 4}}, {5, {3, 2}}, {6, {2, 2}}}};
}

int Differences(const RealOutcome& outcome) {
  int count = 0;
  for (const Recounted& line : CompareWithFiles(outcome, Files(), 1, 3)) {
    count += line.agrees() ? 0 : 1;
  }
  return count;
}

TEST(CompareWithFilesTest, AgreesWithWhatTheFilesSay) {
  for (const Recounted& line : CompareWithFiles(Outcome(), Files(), 1, 3)) {
    EXPECT_EQ(line.expected, line.got) << line.what;
  }
}

TEST(CompareWithFilesTest, EveryLieIsSeen) {
  const std::pair<const char*, std::function<void(RealOutcome&)>> lies[] = {
      {"a row too few", [](auto& o) { o.register_import["createdCount"] = "8"; }},
      {"a row that was not in the file", [](auto& o) { o.register_import["rowCount"] = "11"; }},
      {"a closed one too few", [](auto& o) { o.register_import["closedCount"] = "1"; }},
      {"a mark lost", [](auto& o) { o.schools[0].marked = 16; }},
      {"a gap hidden", [](auto& o) { o.schools[0].missing = 0; }},
      {"another rung", [](auto& o) { o.schools[0].ladder = 14; }},
      {"more drawn than ladder and extremes", [](auto& o) { o.schools[0].drawn = 18; }},
      {"a cohort lost", [](auto& o) { o.cohorts.pop_back(); }},
      {"a script lost", [](auto& o) { o.cohorts[0].candidates = 2; }},
      {"one more in tolerance", [](auto& o) { o.cohorts[1].in_tolerance = 3; }},
      {"stands although one is out", [](auto& o) { o.cohorts[1].action = "ACTION_MARKS_STAND"; }},
      {"a standing mark changed", [](auto& o) { o.cohorts[0].results[2]["finalMark"] = 2; }},
      {"the order turned round", [](auto& o) { o.cohorts[1].results[0]["finalMark"] = 1; }},
      {"not the centre's mark", [](auto& o) { o.cohorts[1].results[1]["centreMark"] = 4; }},
      {"a result without a mark", [](auto& o) { o.cohorts[0].results[0].erase("finalMark"); }},
  };
  for (const auto& [what, lie] : lies) {
    RealOutcome outcome = Outcome();
    lie(outcome);
    EXPECT_GT(Differences(outcome), 0) << what;
  }
}

TEST(CompareWithFilesTest, CalledInMeansTheModeratorsMarks) {
  RealOutcome outcome = Outcome();
  outcome.cohorts[1].action = "ACTION_MODERATOR_MARKS_STAND";
  EXPECT_EQ(Differences(outcome), 0);
  outcome.cohorts[1].results[1]["finalMark"] = 3;
  EXPECT_EQ(Differences(outcome), 1);
}

TEST(StageTableTest, CountsEachStageOnce) {
  const Json figures = StageFigures(Outcome());
  EXPECT_EQ(figures["coursework"]["in"], 17);
  EXPECT_EQ(figures["coursework"]["missing"], 1);
  EXPECT_EQ(figures["double_marked"]["judged"], 5);
  EXPECT_EQ(figures["double_marked"]["stand"], 1);
  EXPECT_EQ(figures["double_marked"]["adjusted"], 1);
  EXPECT_EQ(figures["double_marked"]["called_in"], 0);
  const std::string table = StageTable(Outcome()).Text();
  EXPECT_NE(table.find("scripts, 2 cohorts"), std::string::npos);
}

}  // namespace
}  // namespace assay::gateway::ctl
