#include "services/moderation/sampling/canonical.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "services/moderation/sampling/facts.h"

namespace assay::moderation {
namespace {

TEST(CanonicalCandidatesTest, WritesOneLineACandidateInTheOrderOfNumbers) {
  const std::vector<Candidate> candidates = {
      {.number = "0102", .mark = 7120, .assessor = "A1", .group = "11b", .site = "north"},
      {.number = "0011", .assessor = "A2", .flags = kAbsent | kParentalInterest},
      {.number = "0100", .mark = 0, .flags = kCarriedForward | kWithdrawn},
  };
  EXPECT_EQ(CanonicalCandidates(candidates),
            "0011\t-\tA2\t\t\tap\n"
            "0100\t0\t\t\t\twc\n"
            "0102\t71.2\tA1\t11b\tnorth\t\n");
}

// A cohort without grades keeps the text it had before there were any.
TEST(CanonicalCandidatesTest, EndsTheLineWithTheGradeOfThoseWhoHaveOne) {
  const std::vector<Candidate> candidates = {
      {.number = "1", .mark = 100, .grade = "A\tB", .uln = "1000000043"},
      {.number = "2", .mark = 200, .flags = kParentalInterest},
  };
  EXPECT_EQ(CanonicalCandidates(candidates), "1\t1\t\t\t\t\tA\\tB\n2\t2\t\t\t\tp\n");
}

// MOD-5: candidates of two centres may have the same number.
TEST(CanonicalCandidatesTest, NamesTheCentresOfAConsortiumAndSortsByThem) {
  const std::vector<Candidate> candidates = {
      {.number = "1", .mark = 100, .centre = "centres/b"},
      {.number = "2", .mark = 200, .grade = "pass", .centre = "centres/a"},
      {.number = "1", .centre = "centres/a"},
  };
  EXPECT_EQ(CanonicalCandidates(candidates),
            "1\t-\t\t\t\t\t\tcentres/a\n2\t2\t\t\t\t\tpass\tcentres/a\n"
            "1\t1\t\t\t\t\t\tcentres/b\n");
}

TEST(CanonicalEntriesTest, LeaveTheMarksOut) {
  const std::vector<Candidate> candidates = {{.number = "1", .mark = 100, .assessor = "A"}};
  EXPECT_EQ(CanonicalEntries(candidates), "1\t-\tA\t\t\t\n");
}

TEST(CanonicalSamplingFactsTest, AreSortedLinesAndEscaped) {
  const SamplingFacts facts{.risk = CentreRisk::kHigh,
                            .inspection = Inspection::kTightened,
                            .new_assessors = {"B\tb", "A"},
                            .exclusions = {{"7", "centres/a", "ill"}}};
  EXPECT_EQ(CanonicalSamplingFacts(facts),
            "excluded\t7\tcentres/a\till\ninspection\ttightened\nnew-assessor\tA\n"
            "new-assessor\tB\\tb\nrisk\thigh\n");
  EXPECT_EQ(CanonicalSamplingFacts({}), "");
}

TEST(CanonicalCandidatesTest, DoesNotDependOnTheOrderGiven) {
  std::vector<Candidate> candidates;
  for (int i = 0; i < 50; ++i) candidates.push_back({.number = std::to_string(i), .mark = i * 100});
  const std::string forwards = CanonicalCandidates(candidates);
  std::reverse(candidates.begin(), candidates.end());
  EXPECT_EQ(CanonicalCandidates(candidates), forwards);
}

TEST(CanonicalCandidatesTest, TextCannotPretendToBeAnotherField) {
  const std::vector<Candidate> split = {{.number = "1", .mark = 0, .assessor = "a\tb"}};
  const std::vector<Candidate> apart = {{.number = "1", .mark = 0, .assessor = "a", .group = "b"}};
  EXPECT_NE(CanonicalCandidates(split), CanonicalCandidates(apart));
  EXPECT_EQ(CanonicalCandidates(split), "1\t0\ta\\tb\t\t\t\n");
}

TEST(CanonicalFactsTest, HasOneFactALine) {
  EXPECT_EQ(CanonicalFacts({.submission = "series/s/components/c/submissions/x",
                            .policy = "pearson-2026@1",
                            .algorithm = "assay-draw@1",
                            .list_hash = "00ff"}),
            "assay-seed@1\nseries/s/components/c/submissions/x\npearson-2026@1\nassay-draw@1\n"
            "00ff\n");
}

}  // namespace
}  // namespace assay::moderation
