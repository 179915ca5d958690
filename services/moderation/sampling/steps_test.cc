#include "services/moderation/sampling/steps.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace assay::moderation {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::IsSupersetOf;

const SequentialSampling kFiveAndFive{{{5, 0, {}}, {5, {}, {}}}};
const SequentialSampling kDouble{{{20, 1, 4}, {20, 4, 5}}};

// MOD-2, cxc-sequential: five more only if the first five fail.
TEST(DecideTest, OpensTheNextStepOnlyIfTheFirstFails) {
  EXPECT_EQ(Decide(kFiveAndFive.steps, 1, 0), StepVerdict::kAccept);
  EXPECT_EQ(Decide(kFiveAndFive.steps, 1, 1), StepVerdict::kNextStep);
  EXPECT_EQ(Decide(kFiveAndFive.steps, 2, 1), StepVerdict::kOpen);
}

TEST(DecideTest, AcceptsAndRejectsByAllThatWasFoundSoFar) {
  EXPECT_EQ(Decide(kDouble.steps, 1, 1), StepVerdict::kAccept);
  EXPECT_EQ(Decide(kDouble.steps, 1, 3), StepVerdict::kNextStep);
  EXPECT_EQ(Decide(kDouble.steps, 1, 4), StepVerdict::kReject);
  EXPECT_EQ(Decide(kDouble.steps, 2, 4), StepVerdict::kAccept);
  EXPECT_EQ(Decide(kDouble.steps, 2, 5), StepVerdict::kReject);
  EXPECT_EQ(Decide({}, 1, 0), StepVerdict::kOpen);
}

TEST(StepsForTest, EndsWhereTheSampleEnds) {
  EXPECT_EQ(SampleSize(kFiveAndFive, 8), 8);
  EXPECT_EQ(SampleSize(kFiveAndFive, 80), 10);
  const auto sizes = [](std::int64_t size) {
    std::vector<std::int64_t> sizes;
    for (const SampleStep& step : StepsFor(kFiveAndFive, size)) sizes.push_back(step.size);
    return sizes;
  };
  EXPECT_THAT(sizes(10), ElementsAre(5, 5));
  EXPECT_THAT(sizes(8), ElementsAre(5, 3));
  EXPECT_THAT(sizes(5), ElementsAre(5));
  EXPECT_THAT(sizes(0), ElementsAre(0));
}

TEST(SequentialSamplingTest, EveryContradictionIsNamed) {
  EXPECT_THAT(Contradictions(kFiveAndFive), IsEmpty());
  EXPECT_THAT(Contradictions(kDouble), IsEmpty());
  EXPECT_THAT(Contradictions(SequentialSampling{}), ElementsAre("the design has no steps"));
  EXPECT_THAT(
      Contradictions(SequentialSampling{{{0, {}, {}}, {5, 3, 3}, {5, 2, 11}}}),
      IsSupersetOf({HasSubstr("step 1 adds fewer than one"), HasSubstr("step 1 decides nothing"),
                    HasSubstr("step 2 rejects what it accepts"),
                    HasSubstr("step 3 accepts fewer than a step before"),
                    HasSubstr("step 3 rejects 11 out of tolerance of only 10"),
                    HasSubstr("step 3 is the last and leaves numbers between")}));
  EXPECT_THAT(Contradictions(SequentialSampling{{{5, 5, {}}}}),
              ElementsAre(HasSubstr("so it cannot fail")));
  EXPECT_THAT(Contradictions(SequentialSampling{{{5, -1, {}}}}),
              ElementsAre(HasSubstr("accepts fewer than none")));
}

}  // namespace
}  // namespace assay::moderation
