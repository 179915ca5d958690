// What the second algorithm adds to the first; draw_test.cc has what both do.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "services/moderation/sampling/cohorts_for_test.h"
#include "services/moderation/sampling/draw.h"

namespace assay::moderation {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::IsSupersetOf;
using Kind = CoverageItem::Kind;
using Status = CoverageItem::Status;
using Rule = SamplingRule;

Ladder TenOf(std::int64_t from = 11) { return Ladder{{{1, from - 1, {}}, {from, {}, 10}}}; }

Draw DrawWith(const std::vector<Candidate>& cohort, const Rule& rule, const SamplingFacts& facts,
              int seed) {
  const DrawAlgorithm algorithm = AlgorithmFor(cohort, rule, facts);
  EXPECT_THAT(Contradictions(rule), IsEmpty());
  EXPECT_TRUE(FaultsOf(cohort, rule, facts, algorithm).empty());
  return DrawSample(cohort, rule, facts, algorithm, SeedOf(seed));
}

std::vector<Candidate> Plain(int candidates, int number = 1) {
  return MakeCohort(
      {.candidates = candidates, .absent_percent = 0, .withdrawn_percent = 0, .kin_percent = 0},
      number);
}

std::int64_t Counted(const Draw& draw) {
  return std::count_if(draw.selected.begin(), draw.selected.end(),
                       [](const Selected& s) { return !s.on_top; });
}

const CoverageItem* Find(const Draw& draw, Kind kind, const std::string& value,
                         const std::string& centre = "") {
  for (const CoverageItem& item : draw.coverage) {
    if (item.kind == kind && item.value == value && item.centre == centre) return &item;
  }
  return nullptr;
}

TEST(DrawAlgorithmTest, OnlyWhatTheFirstCannotSayIsNamedTheSecond) {
  const auto cohort = Plain(20);
  const Rule plain{.design = TenOf()};
  EXPECT_EQ(AlgorithmFor(cohort, plain, {}), DrawAlgorithm::k1);
  EXPECT_EQ(AlgorithmFor(cohort, plain, {.exclusions = {{"10000", "", "ill"}}}), DrawAlgorithm::k2);
  Rule other = plain;
  other.spread = Rule::Spread::kRandom;
  EXPECT_EQ(AlgorithmFor(cohort, other, {}), DrawAlgorithm::k2);
  auto pooled = cohort;
  pooled[3].centre = "centres/b";
  EXPECT_EQ(AlgorithmFor(pooled, plain, {}), DrawAlgorithm::k2);
  const auto faults = FaultsOf(pooled, plain, {}, DrawAlgorithm::k1);
  ASSERT_EQ(faults.size(), 1u);
  EXPECT_EQ(faults[0].kind, FactFault::Kind::kAlgorithmTooOld);
  for (DrawAlgorithm algorithm : {DrawAlgorithm::k1, DrawAlgorithm::k2}) {
    EXPECT_EQ(ParseDrawAlgorithm(NameOf(algorithm)), algorithm);
  }
  EXPECT_EQ(ParseDrawAlgorithm("assay-draw@3"), std::nullopt);
}

TEST(FaultsOfTest, NamesWhatIsMissingOrWrongAboutTheFacts) {
  const auto cohort = Plain(3);
  const Rule by_risk{.design =
                         RiskPercentages{{{{{1, {}, 1000}}, {{1, {}, 1000}}, {{1, {}, 1000}}}}}};
  EXPECT_EQ(FaultsOf(cohort, by_risk, {}, DrawAlgorithm::k2)[0].kind,
            FactFault::Kind::kRiskMissing);
  const SamplingFacts facts{
      .risk = CentreRisk::kLow,
      .exclusions = {{"10000", "", "ill"}, {"10000", "", ""}, {"x", "", "y"}}};
  std::vector<FactFault::Kind> kinds;
  for (const FactFault& fault : FaultsOf(cohort, by_risk, facts, DrawAlgorithm::k2)) {
    kinds.push_back(fault.kind);
  }
  EXPECT_THAT(kinds,
              ElementsAre(FactFault::Kind::kExclusionTwice, FactFault::Kind::kExclusionNoReason,
                          FactFault::Kind::kExclusionUnknown));
}

// MOD-5: each centre of a consortium is covered like a site, and its assessors are its own.
TEST(ConsortiumTest, IsOneGroupInWhichEveryCentreIsCovered) {
  std::vector<Candidate> cohort;
  for (int centre = 0; centre < 4; ++centre) {
    for (Candidate c : Plain(centre == 0 ? 60 : 5, centre)) {
      c.centre = absl::StrCat("centres/", centre);
      c.assessor = "Smith";
      cohort.push_back(c);
    }
  }
  for (int seed = 0; seed < 20; ++seed) {
    const Draw draw = DrawWith(cohort, {.design = TenOf()}, {}, seed);
    EXPECT_EQ(draw.cohort, 75);
    EXPECT_EQ(draw.selected.size(), 10u);
    for (int centre = 0; centre < 4; ++centre) {
      const std::string name = absl::StrCat("centres/", centre);
      EXPECT_EQ(Find(draw, Kind::kCentre, name)->status, Status::kCovered);
      EXPECT_EQ(Find(draw, Kind::kAssessor, "Smith", name)->status, Status::kCovered);
    }
    auto shuffled = cohort;
    DrawGenerator(SeedOf(99)).Shuffle(std::span(shuffled));
    const Draw again = DrawWith(shuffled, {.design = TenOf()}, {}, seed);
    for (std::size_t i = 0; i < draw.selected.size(); ++i) {
      const Candidate& a = cohort[draw.selected[i].candidate];
      const Candidate& b = shuffled[again.selected[i].candidate];
      EXPECT_EQ(a.centre + a.number, b.centre + b.number);
    }
  }
}

// MOD-3
TEST(NewAssessorsTest, AreLookedAtInFullOnTopOfTheSize) {
  auto cohort = Plain(60);
  for (int i = 0; i < 7; ++i) cohort[i].assessor = "new";
  const Rule rule{.design = TenOf(), .new_assessors = Rule::NewAssessors::kInFull};
  const Draw draw = DrawWith(cohort, rule, {.new_assessors = {"new", "nobody"}}, 1);
  EXPECT_EQ(Counted(draw), 10);
  EXPECT_EQ(draw.selected.size(), 17u);
  EXPECT_EQ(Find(draw, Kind::kAssessor, "new")->selected, 7);
  const auto first = SubSample(cohort, draw.selected, 6);
  EXPECT_EQ(first.size(), 13u);
  EXPECT_EQ(DrawWith(cohort, {.design = TenOf()}, {.new_assessors = {"new"}}, 1).selected.size(),
            10u);
}

TEST(ExclusionsTest, KeepOutOfTheDrawAndSayWhomTheyLeaveWithoutAVoice) {
  auto cohort = Plain(40);
  cohort[5].assessor = "only this";
  const SamplingFacts facts{.exclusions = {{cohort[5].number, "", "work lost in a fire"}}};
  const Draw draw = DrawWith(cohort, {.design = TenOf()}, facts, 1);
  EXPECT_EQ(draw.cohort, 39);
  EXPECT_EQ(draw.not_drawn[static_cast<int>(NotDrawn::kExcluded)], 1);
  const CoverageItem* item = Find(draw, Kind::kAssessor, "only this");
  EXPECT_EQ(item->status, Status::kNobodyToSelect);
  EXPECT_EQ(item->not_drawn[static_cast<int>(NotDrawn::kExcluded)], 1);
  EXPECT_THAT(GapOf(*item), HasSubstr("assessor only this: nobody there can be drawn"));
  for (const Selected& s : draw.selected) EXPECT_NE(s.candidate, 5);
  const auto more = ExtendSample(cohort, facts, {}, 100, SeedOf(1), 1);
  EXPECT_EQ(more.size(), 39u);
}

TEST(CoverageOrderTest, IsTheRulesOwn) {
  auto cohort = Plain(200);
  for (int i = 0; i < 200; ++i) {
    cohort[i].assessor = absl::StrCat("a", i % 10);
    cohort[i].site = absl::StrCat("s", i / 20);
    cohort[i].group = "";
  }
  // Ten places: the sites come first and take them all, unless one also is an assessor's.
  const Rule sites{.design = TenOf(), .coverage = {Kind::kSite, Kind::kAssessor}};
  const Draw draw = DrawWith(cohort, sites, {}, 3);
  for (int s = 0; s < 10; ++s) {
    EXPECT_EQ(Find(draw, Kind::kSite, absl::StrCat("s", s))->status, Status::kCovered);
  }
  const Rule nothing{.design = TenOf(), .coverage = {}, .spread = Rule::Spread::kRandom};
  const Draw random = DrawWith(cohort, nothing, {}, 3);
  EXPECT_EQ(random.selected.size(), 10u);
  int not_asked = 0;
  for (const CoverageItem& item : random.coverage) {
    EXPECT_NE(item.status, Status::kSizeUsedUp);
    if (item.status == Status::kNotAskedFor) ++not_asked;
  }
  EXPECT_GT(not_asked, 0);
}

TEST(StratifiedTest, TakesAsManyFromEveryBandOfTheMarkRange) {
  // 90 of 100 marks are in the top fifth: a systematic spread would all but ignore the rest.
  std::vector<Candidate> cohort;
  for (int i = 0; i < 100; ++i) {
    cohort.push_back({.number = absl::StrCat(1000 + i), .mark = (i < 10 ? i * 8 : 90) * kOneMark});
  }
  const Rule rule{
      .design = TenOf(), .coverage = {}, .spread = Rule::Spread::kStratified, .bands = 5};
  for (int seed = 0; seed < 10; ++seed) {
    std::map<Mark, int> bands;
    for (const Selected& s : DrawWith(cohort, rule, {}, seed).selected) {
      ++bands[*cohort[s.candidate].mark * 5 / (90 * kOneMark + 1)];
    }
    EXPECT_THAT(bands, ElementsAre(testing::Pair(0, 2), testing::Pair(1, 2), testing::Pair(2, 2),
                                   testing::Pair(3, 2), testing::Pair(4, 2)));
  }
}

Rule Names() {
  return {.design = TenOf(),
          .mode = Rule::Mode::kBeforeMarks,
          .extremes = Rule::Extremes::kOnTop,
          .spread = Rule::Spread::kRandom};
}

// MOD-5
TEST(BeforeMarksTest, NamesDoNotDependOnMarks) {
  const auto cohort = Plain(50);
  auto unmarked = cohort;
  for (Candidate& c : unmarked) c.mark.reset();
  const Draw draw = DrawWith(unmarked, Names(), {}, 4);
  EXPECT_EQ(draw.selected.size(), 10u);
  const Draw marked = DrawWith(cohort, Names(), {}, 4);
  for (std::size_t i = 0; i < 10; ++i) {
    EXPECT_EQ(draw.selected[i].candidate, marked.selected[i].candidate);
  }
}

TEST(BeforeMarksTest, MarksBringTheExtremesAndReplaceWhoIsAbsent) {
  auto cohort = Plain(50);
  const Draw names = DrawWith(cohort, Names(), {}, 4);
  std::set<std::int32_t> drawn;
  for (const Selected& s : names.selected) drawn.insert(s.candidate);
  // Somebody not drawn has the highest mark, and somebody drawn turns out absent.
  for (Candidate& c : cohort) c.mark = 30 * kOneMark;
  std::int32_t best = 0;
  while (drawn.contains(best)) ++best;
  cohort[best].mark = 59 * kOneMark;
  const std::int32_t gone = names.selected[3].candidate;
  cohort[gone].flags = kAbsent;
  cohort[gone].mark.reset();
  const Draw draw = CompleteSample(cohort, Names(), {}, names.selected, SeedOf(4));
  EXPECT_EQ(Counted(draw), 10);
  EXPECT_EQ(std::count_if(draw.selected.begin(), draw.selected.end(),
                          [](const Selected& s) { return s.why == Why::kReplacement; }),
            1);
  std::set<std::int32_t> all;
  for (const Selected& s : draw.selected) {
    EXPECT_TRUE(all.insert(s.candidate).second);
    EXPECT_NE(s.candidate, gone);
  }
  EXPECT_TRUE(all.contains(best));
  for (const Selected& s : names.selected) {
    EXPECT_EQ(all.contains(s.candidate), s.candidate != gone);
  }
  EXPECT_EQ(Find(draw, Kind::kHighest, "")->candidate, best);
}

// MOD-2, cxc-sequential: the steps are fixed by the seed, each spread over the marks.
TEST(SequentialTest, DealsTheSampleToItsSteps) {
  const Rule rule{.design = SequentialSampling{{{5, 0, {}}, {5, {}, {}}}}};
  auto cohort = Plain(40);
  cohort[7].flags = kParentalInterest;
  const Draw draw = DrawWith(cohort, rule, {}, 2);
  EXPECT_EQ(draw.ladder_size, 10);
  std::map<int, int> counted;
  for (const Selected& s : draw.selected) {
    if (!s.on_top) ++counted[s.step];
  }
  EXPECT_THAT(counted, ElementsAre(testing::Pair(1, 5), testing::Pair(2, 5)));
  ASSERT_EQ(draw.steps.size(), 2u);
  EXPECT_EQ(draw.steps[0].accept_max, 0);
  // The first step, and parental interest with it, whatever the tolerance policy's sub-sample.
  EXPECT_EQ(SubSample(cohort, draw.selected, 3).size(), 6u);
  EXPECT_EQ(DrawWith(Plain(7), rule, {}, 2).steps[1].size, 2);
}

TEST(AcceptanceTest, ReducedInspectionComesFromTheFacts) {
  const Rule rule{.design = AcceptanceSampling{}, .coverage = {}, .spread = Rule::Spread::kRandom};
  const auto cohort = Plain(3500);
  const Draw normal = DrawWith(cohort, rule, {}, 1);
  EXPECT_EQ(normal.selected.size(), 200u);
  EXPECT_EQ(normal.steps[0].accept_max, 7);
  EXPECT_EQ(normal.steps[0].reject_min, 8);
  const Draw reduced = DrawWith(cohort, rule, {.inspection = Inspection::kReduced}, 1);
  EXPECT_EQ(reduced.selected.size(), 80u);
}

TEST(SamplingRuleTest, EveryContradictionIsNamed) {
  const Rule rule{.design = Ladder{},
                  .mode = Rule::Mode::kBeforeMarks,
                  .extremes = Rule::Extremes::kWithinSize,
                  .coverage = {Kind::kSite, Kind::kHighest, Kind::kSite},
                  .spread = Rule::Spread::kStratified,
                  .bands = 1};
  EXPECT_THAT(Contradictions(rule),
              ElementsAre("the ladder has no rungs", "coverage names SITE twice",
                          HasSubstr("cannot begin with the highest"),
                          HasSubstr("cannot be spread over them"), HasSubstr("2 to 100 bands")));
  EXPECT_THAT(
      Contradictions(
          Rule{.design = TenOf(), .extremes = Rule::Extremes::kOnTop, .coverage = {Kind::kSite}}),
      ElementsAre(HasSubstr("coverage wants neither")));
}

}  // namespace
}  // namespace assay::moderation
