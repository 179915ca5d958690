#include "services/moderation/drawing.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "services/moderation/commitment.h"
#include "services/moderation/errors.h"
#include "services/moderation/sampling/canonical.h"
#include "services/moderation/sampling/cohorts_for_test.h"
#include "services/platform/error/error.h"
#include "services/platform/testing/status_matchers.h"

namespace assay::moderation {
namespace {

using platform::testing::IsError;
using platform::testing::IsOk;
using ::testing::IsEmpty;
using ::testing::SizeIs;

DrawInput Input(int candidates) {
  DrawInput input{.submission = "series/s/components/c/submissions/u",
                  .candidates = MakeCohort({.candidates = candidates}, 3),
                  .policy = "ours@1",
                  .algorithm = "assay-draw@2",
                  .secret = std::string(32, 's')};
  input.rule.design = Ladder{{{.from = 1, .to = 15}, {.from = 16, .size = 15}}};
  return input;
}

DrawClaims Claims(const DrawInput& input, const MadeDraw& made) {
  return {.commitment = Sha256Hex(input.secret),
          .list_hash = made.list_hash,
          .facts_hash = made.facts_hash,
          .seed = made.seed,
          .picks = made.picks,
          .ladder_size = made.draw.ladder_size};
}

TEST(DrawingTest, WhatWasDrawnIsFoundToBeDrawn) {
  for (int size : {1, 15, 16, 80}) {
    const DrawInput input = Input(size);
    const auto made = MakeDraw(input);
    ASSERT_THAT(made, IsOk());
    EXPECT_THAT(*FindingsOf(input, Claims(input, *made)), IsEmpty());
  }
}

// MOD-5: names from the entries; when marks are in, whoever is absent is replaced and the highest
// and the lowest above zero are there.
TEST(DrawingTest, NamesBeforeMarksAreCompletedByTheSameDraw) {
  DrawInput input = Input(80);
  input.rule.mode = SamplingRule::Mode::kBeforeMarks;
  input.entries = input.candidates;
  for (Candidate& entry : input.entries) {
    entry.mark.reset();
    entry.flags = 0;
  }
  DrawInput names = input;
  names.candidates.clear();
  const auto drawn = MakeDraw(names);
  ASSERT_THAT(drawn, IsOk());
  EXPECT_THAT(drawn->picks, SizeIs(15));
  EXPECT_THAT(*FindingsOf(names, Claims(names, *drawn)), IsEmpty());

  for (Candidate& candidate : input.candidates) candidate.flags = 0;
  const std::string absent = drawn->picks[0].candidate;
  for (Candidate& candidate : input.candidates) {
    if (candidate.number == absent) candidate.flags = kAbsent;
    if (candidate.number == absent) candidate.mark.reset();
  }
  const auto complete = MakeDraw(input);
  ASSERT_THAT(complete, IsOk());
  EXPECT_EQ(complete->seed, drawn->seed);
  EXPECT_EQ(complete->list_hash, drawn->list_hash);
  EXPECT_THAT(*FindingsOf(input, Claims(input, *complete)), IsEmpty());
  const auto has = [&](const std::string& number) {
    return std::any_of(complete->picks.begin(), complete->picks.end(),
                       [&](const Pick& pick) { return pick.candidate == number; });
  };
  EXPECT_FALSE(has(absent));
  EXPECT_GE(complete->picks.size(), 15);
  EXPECT_LE(complete->picks.size(), 17);
  const Candidate* highest = nullptr;
  for (const Candidate& candidate : input.candidates) {
    if (!Drawable(candidate)) continue;
    if (highest == nullptr || *candidate.mark > *highest->mark) highest = &candidate;
  }
  const bool shown =
      std::any_of(complete->picks.begin(), complete->picks.end(), [&](const Pick& pick) {
        return std::any_of(input.candidates.begin(), input.candidates.end(),
                           [&](const Candidate& c) {
                             return c.number == pick.candidate && c.mark == highest->mark;
                           });
      });
  EXPECT_TRUE(shown);
}

TEST(DrawingTest, FactsArePartOfTheDraw) {
  DrawInput input = Input(60);
  input.facts.exclusions = {{MakeDraw(input)->picks[0].candidate, "", "under investigation"}};
  const auto made = MakeDraw(input);
  ASSERT_THAT(made, IsOk());
  const std::string excluded = input.facts.exclusions[0].candidate;
  EXPECT_TRUE(std::none_of(made->picks.begin(), made->picks.end(),
                           [&](const Pick& pick) { return pick.candidate == excluded; }));
  DrawInput other = input;
  other.facts.exclusions[0].reason = "another";
  const auto findings = FindingsOf(other, Claims(input, *made));
  ASSERT_THAT(findings, IsOk());
  ASSERT_FALSE(findings->empty());
  EXPECT_EQ(findings->front().reason, kFactsTampered);
}

TEST(DrawingTest, WhatKeepsADrawFromBeingMadeHasItsReasonAndPlace) {
  DrawInput input = Input(60);
  input.facts.exclusions = {{"nobody", "", "why"}};
  const auto unknown = MakeDraw(input);
  EXPECT_THAT(unknown, IsError(absl::StatusCode::kInvalidArgument, kExclusionInvalid));
  EXPECT_EQ(platform::MetadataOf(unknown.status(), "candidate"), "nobody");
  EXPECT_THAT(platform::FieldsOf(unknown.status()), SizeIs(1));
  input = Input(60);
  input.algorithm = "assay-draw@9";
  EXPECT_THAT(MakeDraw(input),
              IsError(absl::StatusCode::kFailedPrecondition, kDrawAlgorithmUnknown));
  input = Input(60);
  input.rule.design = RiskPercentages{};
  EXPECT_THAT(MakeDraw(input), IsError(absl::StatusCode::kFailedPrecondition, kRiskMissing));
}

}  // namespace
}  // namespace assay::moderation
