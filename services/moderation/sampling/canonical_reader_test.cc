#include "services/moderation/sampling/canonical_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/moderation/sampling/canonical.h"
#include "services/moderation/sampling/cohorts_for_test.h"

namespace assay::moderation {
namespace {

using ::testing::HasSubstr;

TEST(CanonicalReaderTest, ReadsBackWhatWasWritten) {
  for (int number = 0; number < 20; ++number) {
    std::vector<Candidate> cohort = MakeCohort({.candidates = 40, .unmarked_percent = 10}, number);
    cohort[0].assessor = "tab\there\\ and\nthere\r";
    cohort[1].grade = "pass";
    cohort[1].centre = "centres/urn-1";
    const std::string text = CanonicalCandidates(cohort);
    const auto read = ReadCanonicalCandidates(text);
    ASSERT_TRUE(read.ok()) << read.status();
    EXPECT_EQ(CanonicalCandidates(*read), text);
  }
  SamplingFacts facts{.risk = CentreRisk::kHigh,
                      .inspection = Inspection::kTightened,
                      .new_assessors = {"b\tc", "a"},
                      .exclusions = {{"7", "centres/urn-1", "under investigation"}}};
  const std::string text = CanonicalSamplingFacts(facts);
  const auto read = ReadCanonicalSamplingFacts(text);
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(CanonicalSamplingFacts(*read), text);
}

TEST(CanonicalReaderTest, NamesTheLineThatCannotBeRead) {
  struct Case {
    std::string text, what;
  };
  for (const Case& c : std::vector<Case>{
           {"1\t2\ta\tg\ts\t\n1\t3\ta\tg\ts\t\n", "line 2 has the candidate of the line before"},
           {"1\t2\ta\tg\ts\t", "line 1 does not end"},
           {"1\t2\ta\tg\ts\n", "line 1 has not 6 to 8 columns"},
           {"1\t2\ta\tg\ts\tx\n", "line 1 has a flag"},
           {"1\ttwo\ta\tg\ts\t\n", "line 1 has a mark"},
           {"1\t2\t\\a\tg\ts\t\n", "line 1 has a backslash"}}) {
    EXPECT_THAT(std::string(ReadCanonicalCandidates(c.text).status().message()), HasSubstr(c.what));
  }
  EXPECT_THAT(std::string(ReadCanonicalSamplingFacts("risk\tnone\n").status().message()),
              HasSubstr("line 1 names a risk"));
  EXPECT_THAT(std::string(ReadCanonicalSamplingFacts("rest\tnone\n").status().message()),
              HasSubstr("line 1 is not a fact"));
}

}  // namespace
}  // namespace assay::moderation
