#include "services/moderation/sampling/acceptance.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"

namespace assay::moderation {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// The published tables, which are not part of the tree.
std::vector<std::vector<std::string>> Rows(const std::string& file) {
  std::vector<std::vector<std::string>> rows;
  const char* folder = std::getenv("ASSAY_DATA");
  if (folder == nullptr) return rows;
  std::ifstream in(std::string(folder) + "/aql/" + file);
  std::string line;
  std::getline(in, line);
  while (std::getline(in, line)) rows.push_back(absl::StrSplit(line, ','));
  return rows;
}

// MOD-2: the example of the tables.
TEST(PlanForTest, GivesTheExampleOfTheTables) {
  const AcceptanceSampling design;  // Normal, level II, 1.5.
  for (std::int64_t lot : {3'201, 5'000, 10'000}) {
    const AcceptancePlan plan = PlanFor(design, lot);
    EXPECT_EQ(plan.letter, 'L');
    EXPECT_EQ(plan.size, 200);
    EXPECT_EQ(plan.accept, 7);
    EXPECT_EQ(plan.reject, 8);
  }
}

TEST(PlanForTest, FollowsAnArrowToAnotherLettersSample) {
  // Lots of 51 to 90 are E (13), whose plan for 1.5 is the one above it: 8, accept none.
  const AcceptancePlan plan = PlanFor({}, 60);
  EXPECT_EQ(plan.letter, 'E');
  EXPECT_EQ(plan.size, 8);
  EXPECT_EQ(plan.accept, 0);
}

TEST(PlanForTest, AgreesWithEveryPublishedPlan) {
  const auto rows = Rows("single_sampling_plans.csv");
  if (rows.empty()) GTEST_SKIP() << "ASSAY_DATA names no folder with aql/single_sampling_plans.csv";
  const auto letters = Rows("code_letters.csv");
  ASSERT_EQ(rows.size(), 1248u);
  int compared = 0;
  for (const auto& row : rows) {
    AcceptanceSampling design;
    for (int i = 0; i < kInspections; ++i) {
      const auto inspection = static_cast<Inspection>(i);
      if (NameOf(inspection) == row[0]) design.inspection = inspection;
    }
    double aql = 0;
    ASSERT_TRUE(absl::SimpleAtod(row[2], &aql));
    design.aql = std::llround(aql * 1000);
    EXPECT_THAT(Contradictions(design), IsEmpty()) << row[2];
    // Any lot and level with that letter will do.
    bool found = false;
    for (const auto& lot : letters) {
      for (int level = 0; level < kInspectionLevels && !found; ++level) {
        if (lot[static_cast<std::size_t>(level) + 2] != row[1]) continue;
        found = true;
        design.level = static_cast<InspectionLevel>(level);
        std::int64_t size = 0;
        ASSERT_TRUE(absl::SimpleAtoi(lot[0], &size));
        const AcceptancePlan plan = PlanFor(design, size);
        EXPECT_EQ(std::string(1, plan.letter), row[1]);
        EXPECT_EQ(std::to_string(plan.size), row[3]) << row[0] << row[1] << row[2];
        EXPECT_EQ(std::to_string(plan.accept), row[4]) << row[0] << row[1] << row[2];
        EXPECT_EQ(std::to_string(plan.reject), row[5]) << row[0] << row[1] << row[2];
        ++compared;
      }
    }
  }
  EXPECT_EQ(compared, 1248);
}

TEST(CodeLetterTest, AgreesWithTheTableAtBothEndsOfEveryLot) {
  const auto rows = Rows("code_letters.csv");
  if (rows.empty()) GTEST_SKIP() << "ASSAY_DATA names no folder with aql/code_letters.csv";
  for (const auto& row : rows) {
    for (int level = 0; level < kInspectionLevels; ++level) {
      for (int end : {0, 1}) {
        std::int64_t lot = 0;
        if (!absl::SimpleAtoi(row[static_cast<std::size_t>(end)], &lot)) continue;
        EXPECT_EQ(std::string(1, CodeLetter(static_cast<InspectionLevel>(level), lot)),
                  row[static_cast<std::size_t>(level) + 2])
            << lot;
      }
    }
  }
  EXPECT_EQ(CodeLetter(InspectionLevel::kII, 1), 'A');
  EXPECT_EQ(CodeLetter(InspectionLevel::kII, 10'000'000), 'Q');
}

TEST(AcceptanceSamplingTest, AnotherQualityLevelThanThoseOfTheTablesIsNamed) {
  EXPECT_THAT(Contradictions(AcceptanceSampling{.aql = 2000}),
              ElementsAre(HasSubstr("2000 thousandths is not one of the tables")));
}

}  // namespace
}  // namespace assay::moderation
