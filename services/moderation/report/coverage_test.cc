#include "services/moderation/report/coverage.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace assay::moderation {
namespace {

using ::testing::ElementsAre;
using ::testing::Field;

constexpr MarkScale kOutOf60{.maximum = 60 * kOneMark};

Candidate Of(std::string number, std::optional<int> mark, std::string assessor,
             std::uint32_t flags = 0) {
  Candidate candidate{.number = std::move(number), .assessor = std::move(assessor), .flags = flags};
  if (mark.has_value()) candidate.mark = *mark * kOneMark;
  return candidate;
}

TEST(CoverageTest, SaysWhoIsRepresentedWhoIsNotAndWhy) {
  const std::vector<Candidate> cohort = {
      Of("1", 50, "Ann"), Of("2", 0, "Ann"),          Of("3", 12, "Bo"),
      Of("4", 60, "Bo"),  Of("5", 30, "Cy", kAbsent), Of("6", std::nullopt, "Di"),
  };
  const std::vector<Pick> picks = {{.candidate = "1"}, {.candidate = "2"}};
  const Coverage coverage = CoverageOf(cohort, picks, kOutOf60);
  EXPECT_FALSE(coverage.highest) << "60 was not drawn";
  EXPECT_FALSE(coverage.lowest) << "the lowest above zero is 12, and only 0 was drawn";
  ASSERT_THAT(coverage.assessors,
              ElementsAre(Field(&Represented::value, "Bo"), Field(&Represented::value, "Cy"),
                          Field(&Represented::value, "Di"), Field(&Represented::value, "Ann")))
      << "those not represented come first";
  const auto& [bo, cy, di, ann] = std::tie(coverage.assessors[0], coverage.assessors[1],
                                           coverage.assessors[2], coverage.assessors[3]);
  EXPECT_EQ(StandingOf(ann), "Represented");
  EXPECT_EQ(ann.candidates, 2);
  EXPECT_EQ(ann.drawn, 2);
  EXPECT_EQ(bo.drawable, 2);
  EXPECT_EQ(StandingOf(bo), "Not represented: the size of the sample was used up");
  EXPECT_THAT(StandingOf(cy), ::testing::HasSubstr("nobody can be drawn"));
  EXPECT_THAT(StandingOf(di), ::testing::HasSubstr("nobody can be drawn"));
  EXPECT_TRUE(coverage.sites.empty()) << "no candidate names one";
}

TEST(CoverageTest, CountsMarksInFiveEqualParts) {
  std::vector<Candidate> cohort;
  for (int mark = 0; mark <= 60; ++mark) cohort.push_back(Of(std::to_string(mark), mark, "A"));
  const std::vector<Pick> picks = {{.candidate = "60"}, {.candidate = "1"}, {.candidate = "11"}};
  const Coverage coverage = CoverageOf(cohort, picks, kOutOf60);
  EXPECT_TRUE(coverage.highest);
  EXPECT_TRUE(coverage.lowest);
  std::vector<std::string> values;
  std::vector<std::int64_t> candidates, drawn;
  for (const Represented& part : coverage.marks) {
    values.push_back(part.value);
    candidates.push_back(part.candidates);
    drawn.push_back(part.drawn);
  }
  EXPECT_THAT(values, ElementsAre("0 to 11", "12 to 23", "24 to 35", "36 to 47", "48 to 60"));
  EXPECT_THAT(candidates, ElementsAre(12, 12, 12, 12, 13));
  EXPECT_THAT(drawn, ElementsAre(2, 0, 0, 0, 1));
}

TEST(CoverageTest, NamesPartsByTheStepsOfTheScale) {
  const Coverage coverage = CoverageOf({}, {}, {.maximum = 7 * kOneMark, .step = kOneMark / 2});
  // Fifths of 7 are at 1.4, 2.8, 4.2 and 5.6; the steps at or above them begin the parts.
  std::vector<std::string> values;
  for (const Represented& part : coverage.marks) values.push_back(part.value);
  EXPECT_THAT(values, ElementsAre("0 to 1", "1.5 to 2.5", "3 to 4", "4.5 to 5.5", "6 to 7"));
}

}  // namespace
}  // namespace assay::moderation
