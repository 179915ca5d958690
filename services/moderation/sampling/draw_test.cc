#include "services/moderation/sampling/draw.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "services/moderation/sampling/cohorts_for_test.h"

namespace assay::moderation {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using Kind = CoverageItem::Kind;
using Status = CoverageItem::Status;

SamplingRule Pearson() {
  return {.design = Ladder{{{1, 15, {}}, {16, 100, 15}, {101, 200, 20}, {201, {}, 25}}},
          .extremes = SamplingRule::Extremes::kOnTop};
}
SamplingRule Classic() {
  return {.design = Ladder{{{1, 10, {}}, {11, 100, 10}, {101, 200, 15}, {201, {}, 20}}},
          .extremes = SamplingRule::Extremes::kWithinSize};
}

std::vector<std::string> Numbers(const std::vector<Candidate>& cohort, const Draw& draw) {
  std::vector<std::string> numbers;
  for (const Selected& s : draw.selected) numbers.push_back(cohort[s.candidate].number);
  return numbers;
}

// Every shape that the brief of MOD-2 and MOD-3 worries about, and plain ones of all sizes.
std::vector<std::pair<std::string, std::vector<Candidate>>> Cohorts() {
  std::vector<std::pair<std::string, std::vector<Candidate>>> all;
  for (int n : {0, 1, 2, 9, 10, 11, 15, 16, 17, 60, 100, 101, 200, 201, 700, 2000}) {
    all.emplace_back(absl::StrCat("plain ", n), MakeCohort({.candidates = n}, n));
  }
  all.emplace_back("one assessor", MakeCohort({.candidates = 90, .assessors = 1}, 1));
  all.emplace_back("300 assessors", MakeCohort({.candidates = 900, .assessors = 300}, 2));
  all.emplace_back("as many sites as candidates", MakeCohort({.candidates = 50, .sites = 50}, 3));
  all.emplace_back("much kin", MakeCohort({.candidates = 80, .kin_percent = 50}, 4));
  all.emplace_back("all kin", MakeCohort({.candidates = 40, .kin_percent = 100}, 5));
  all.emplace_back("many unmarked", MakeCohort({.candidates = 150, .unmarked_percent = 40}, 6));
  auto same = MakeCohort({.candidates = 120}, 7);
  auto zero = same;
  for (Candidate& c : same) c.mark = 30 * kOneMark;
  for (Candidate& c : zero) c.mark = 0;
  all.emplace_back("all the same mark", same);
  all.emplace_back("all zero", zero);
  auto lonely = MakeCohort({.candidates = 60}, 8);
  for (Candidate& c : lonely) c.flags |= kAbsent;
  lonely[33].flags = 0;
  lonely[33].mark = 100;
  all.emplace_back("all absent but one", lonely);
  auto nobody = MakeCohort({.candidates = 60, .absent_percent = 100}, 9);
  all.emplace_back("all absent", nobody);
  return all;
}

struct Expected {
  std::int64_t drawable = 0;
  std::int64_t kin = 0;
  Mark highest = -1;
  Mark lowest = 0;
};
Expected Look(const std::vector<Candidate>& cohort) {
  Expected e;
  for (const Candidate& c : cohort) {
    if (!c.mark || c.Has(kAbsent) || c.Has(kWithdrawn) || c.Has(kCarriedForward)) continue;
    ++e.drawable;
    if (c.Has(kParentalInterest)) ++e.kin;
    e.highest = std::max(e.highest, *c.mark);
    if (*c.mark > 0 && (e.lowest == 0 || *c.mark < e.lowest)) e.lowest = *c.mark;
  }
  return e;
}

class DrawSampleTest : public ::testing::TestWithParam<bool> {
 protected:
  SamplingRule rule() const { return GetParam() ? Pearson() : Classic(); }
};
INSTANTIATE_TEST_SUITE_P(, DrawSampleTest, ::testing::Values(true, false), [](const auto& info) {
  return info.param ? "ExtremesOnTop" : "ExtremesWithinSize";
});

// MOD-2
TEST_P(DrawSampleTest, HoldsTheLadderAndTheStatedAdditionsAndNobodyElse) {
  for (const auto& [name, cohort] : Cohorts()) {
    for (int s = 0; s < 20; ++s) {
      const Draw draw = DrawSample(cohort, rule(), SeedOf(s));
      const Expected e = Look(cohort);
      EXPECT_EQ(draw.cohort, e.drawable) << name;
      const std::int64_t size = SampleSize(std::get<Ladder>(rule().design), e.drawable);
      EXPECT_EQ(draw.ladder_size, size) << name;
      std::int64_t counted = 0, kin = 0, extremes = 0;
      for (const Selected& selected : draw.selected) {
        if (!selected.on_top) ++counted;
        if (selected.on_top && selected.why == Why::kParentalInterest) ++kin;
        if (selected.on_top && selected.why != Why::kParentalInterest) ++extremes;
      }
      if (size == e.drawable) {
        EXPECT_EQ(counted, e.drawable) << name;
        EXPECT_EQ(kin, 0) << name;
      } else {
        EXPECT_EQ(counted, std::min(size, e.drawable - e.kin)) << name;
        EXPECT_EQ(kin, e.kin) << name;
      }
      EXPECT_LE(extremes, GetParam() ? 2 : 0) << name;
      const auto numbers = Numbers(cohort, draw);
      EXPECT_EQ(std::set<std::string>(numbers.begin(), numbers.end()).size(), numbers.size())
          << name;
      for (const Selected& selected : draw.selected) {
        EXPECT_TRUE(Drawable(cohort[selected.candidate])) << name;
      }
    }
  }
}

// MOD-4
TEST_P(DrawSampleTest, DependsOnTheSeedAndNotOnTheOrderOfTheCandidates) {
  for (const auto& [name, cohort] : Cohorts()) {
    const auto numbers = Numbers(cohort, DrawSample(cohort, rule(), SeedOf(3)));
    EXPECT_EQ(Numbers(cohort, DrawSample(cohort, rule(), SeedOf(3))), numbers) << name;
    std::vector<Candidate> shuffled = cohort;
    DrawGenerator(SeedOf(99)).Shuffle(std::span(shuffled));
    EXPECT_EQ(Numbers(shuffled, DrawSample(shuffled, rule(), SeedOf(3))), numbers) << name;
  }
  const auto cohort = MakeCohort({.candidates = 100}, 1);
  std::set<std::vector<std::string>> outcomes;
  for (int s = 0; s < 20; ++s) {
    auto numbers = Numbers(cohort, DrawSample(cohort, rule(), SeedOf(s)));
    std::sort(numbers.begin(), numbers.end());
    outcomes.insert(numbers);
  }
  EXPECT_EQ(outcomes.size(), 20u);
}

// MOD-3
TEST_P(DrawSampleTest, TheHighestAndTheLowestAboveZeroAreAlwaysThere) {
  for (const auto& [name, cohort] : Cohorts()) {
    const Expected e = Look(cohort);
    const Draw draw = DrawSample(cohort, rule(), SeedOf(5));
    std::set<Mark> marks;
    for (const Selected& s : draw.selected) marks.insert(*cohort[s.candidate].mark);
    if (e.drawable > 0) {
      EXPECT_TRUE(marks.contains(e.highest)) << name;
    }
    if (e.lowest > 0) {
      EXPECT_TRUE(marks.contains(e.lowest)) << name;
    }
  }
}

TEST_P(DrawSampleTest, TheProofAgreesWithTheSample) {
  for (const auto& [name, cohort] : Cohorts()) {
    const Draw draw = DrawSample(cohort, rule(), SeedOf(11));
    std::set<std::int32_t> selected;
    std::map<Kind, std::set<std::string>> shown;
    for (const Selected& s : draw.selected) {
      const Candidate& c = cohort[s.candidate];
      selected.insert(s.candidate);
      shown[Kind::kAssessor].insert(c.assessor);
      shown[Kind::kSite].insert(c.site);
      shown[Kind::kTeachingGroup].insert(c.group);
    }
    std::map<Kind, std::set<std::string>> listed;
    for (const CoverageItem& item : draw.coverage) {
      if (item.status == Status::kCovered) {
        EXPECT_TRUE(selected.contains(item.candidate)) << name;
      }
      if (item.kind == Kind::kHighest || item.kind == Kind::kLowestNonZero) continue;
      EXPECT_TRUE(listed[item.kind].insert(item.value).second) << name;
      EXPECT_EQ(item.status == Status::kCovered, shown[item.kind].contains(item.value))
          << name << " " << item.value;
      const bool selectable = std::any_of(cohort.begin(), cohort.end(), [&](const Candidate& c) {
        return Drawable(c) && (item.kind == Kind::kAssessor ? c.assessor
                               : item.kind == Kind::kSite   ? c.site
                                                            : c.group) == item.value;
      });
      EXPECT_EQ(item.status == Status::kNobodyToSelect, !selectable) << name << item.value;
    }
    for (const auto& [kind, values] : shown) {
      for (const std::string& value : values) EXPECT_TRUE(listed[kind].contains(value)) << name;
    }
  }
}

// MOD-3: assessors before sites before groups before the spread, until the size is used up.
TEST_P(DrawSampleTest, NothingLaterIsTakenWhileSomethingEarlierIsLeftOut) {
  for (const auto& [name, cohort] : Cohorts()) {
    const Draw draw = DrawSample(cohort, rule(), SeedOf(12));
    const auto left_out = [&](Kind kind) {
      return std::any_of(draw.coverage.begin(), draw.coverage.end(), [&](const CoverageItem& i) {
        return i.kind == kind && i.status == Status::kSizeUsedUp;
      });
    };
    const auto taken = [&](Why why) {
      return std::any_of(draw.selected.begin(), draw.selected.end(),
                         [&](const Selected& s) { return s.why == why && !s.on_top; });
    };
    if (left_out(Kind::kAssessor)) {
      EXPECT_FALSE(taken(Why::kSite)) << name;
    }
    if (left_out(Kind::kAssessor) || left_out(Kind::kSite)) {
      EXPECT_FALSE(taken(Why::kTeachingGroup)) << name;
    }
    if (left_out(Kind::kAssessor) || left_out(Kind::kSite) || left_out(Kind::kTeachingGroup)) {
      EXPECT_FALSE(taken(Why::kSpread)) << name;
    }
  }
  const auto crowded = MakeCohort({.candidates = 900, .assessors = 300}, 2);
  const Draw draw = DrawSample(crowded, rule(), SeedOf(1));
  EXPECT_TRUE(std::any_of(draw.coverage.begin(), draw.coverage.end(), [](const CoverageItem& i) {
    return i.kind == Kind::kAssessor && i.status == Status::kSizeUsedUp;
  }));
}

TEST_P(DrawSampleTest, TheSpreadLeavesNoLongStretchOfMarksUnseen) {
  const auto cohort = MakeCohort({.candidates = 200,
                                  .assessors = 1,
                                  .sites = 1,
                                  .groups = 1,
                                  .absent_percent = 0,
                                  .withdrawn_percent = 0,
                                  .kin_percent = 0},
                                 4);
  for (int s = 0; s < 50; ++s) {
    const Draw draw = DrawSample(cohort, rule(), SeedOf(s));
    // Steps are 200 / 15 and 200 / 20 at most; two neighbouring picks are one step apart, plus
    // the places taken in between.
    EXPECT_LE(draw.rank_gap_max, 200 / 12) << s;
  }
}

// Over many seeds every candidate has nearly the chance that the ladder gives.
TEST_P(DrawSampleTest, NobodyIsFavoured) {
  auto cohort = MakeCohort({.candidates = 60,
                            .assessors = 1,
                            .sites = 1,
                            .groups = 1,
                            .absent_percent = 0,
                            .withdrawn_percent = 0,
                            .kin_percent = 0},
                           4);
  for (Candidate& c : cohort) c.mark = 3000;  // So that nobody is there for an extreme.
  std::map<std::string, int> counts;
  const int draws = 4000;
  double size = 0;
  for (int s = 0; s < draws; ++s) {
    const Draw draw = DrawSample(cohort, rule(), SeedOf(s));
    size = static_cast<double>(draw.selected.size());
    for (const std::string& number : Numbers(cohort, draw)) ++counts[number];
  }
  const double expected = draws * size / 60;
  for (const Candidate& c : cohort) EXPECT_NEAR(counts[c.number], expected, expected * .15);
}

// The expectations come from a second implementation, in another language, of the order of
// selection in draw.h: whoever writes a third one can check it here (MOD-4).
TEST(DrawSampleExampleTest, AgreesWithASecondImplementation) {
  std::vector<Candidate> cohort;
  for (int i = 0; i < 60; ++i) {
    cohort.push_back({.number = absl::StrCat(100 + i),
                      .mark = (i * 37) % 61 * kOneMark,
                      .assessor = absl::StrCat("a", i % 4),
                      .group = absl::StrCat("g", i % 7),
                      .site = absl::StrCat("s", i % 3)});
    if (i % 11 == 5) cohort.back().flags |= kAbsent;
    if (i == 8 || i == 30) cohort.back().flags |= kParentalInterest;
  }
  Seed seed;
  for (int i = 0; i < 32; ++i) seed[i] = static_cast<std::uint8_t>(i);
  EXPECT_THAT(Numbers(cohort, DrawSample(cohort, Pearson(), seed)),
              ElementsAre("108", "130", "113", "103", "114", "126", "104", "133", "120", "135",
                          "117", "137", "119", "101", "144", "136", "123", "128"));
  EXPECT_THAT(Numbers(cohort, DrawSample(cohort, Classic(), seed)),
              ElementsAre("108", "130", "128", "133", "103", "104", "155", "115", "112", "114",
                          "139", "113"));
}

// FNV-1a over whom draws, sub-samples and extensions of many cohorts select, and who shows what.
std::uint64_t DigestOf(const SamplingRule& rule) {
  std::uint64_t digest = 0xcbf29ce484222325ull;
  const auto add = [&](std::string_view text) {
    for (unsigned char c : text) digest = (digest ^ c) * 0x100000001b3ull;
  };
  for (int n : {0, 1, 5, 10, 11, 16, 40, 100, 101, 201, 600}) {
    for (int s = 0; s < 25; ++s) {
      const auto cohort =
          MakeCohort({.candidates = n, .assessors = 1 + s, .kin_percent = s % 4}, 100 * n + s);
      const Draw draw = DrawSample(cohort, rule, {}, DrawAlgorithm::k1, SeedOf(s));
      std::vector<std::int32_t> already;
      for (const Selected& selected : draw.selected) {
        add(cohort[selected.candidate].number);
        add(selected.on_top ? "+" : "-");
        already.push_back(selected.candidate);
      }
      for (const CoverageItem& item : draw.coverage) {
        add(item.value);
        add(item.candidate < 0 ? "none" : cohort[item.candidate].number);
      }
      for (std::int32_t i : SubSample(cohort, draw.selected, 6)) add(std::to_string(i));
      for (const Selected& selected : ExtendSample(cohort, already, 10, SeedOf(s), 1)) {
        add(cohort[selected.candidate].number);
      }
    }
  }
  return digest;
}

// MOD-4: samples that are stored under the first algorithm have to come out of it for ever. The
// digests were computed by an implementation of it in another language, from its description.
TEST(DrawSampleExampleTest, TheFirstAlgorithmNeverChanges) {
  EXPECT_EQ(DigestOf(Pearson()), 0x2e1fde8d43b65ea7ull);
  EXPECT_EQ(DigestOf(Classic()), 0x48423d0a305ad01cull);
}

TEST(DrawSampleExampleTest, ParentalInterestComesOnTopAndCountsAsCovered) {
  auto cohort = MakeCohort({.candidates = 50, .kin_percent = 0}, 1);
  cohort[7].flags = kParentalInterest;
  cohort[7].mark = 60 * kOneMark;
  cohort[7].assessor = "only kin";
  const Draw draw = DrawSample(cohort, Classic(), SeedOf(2));
  EXPECT_EQ(draw.selected.size(), 11u);
  EXPECT_EQ(draw.selected[0].candidate, 7);
  EXPECT_TRUE(draw.selected[0].on_top);
  EXPECT_EQ(draw.coverage[0].candidate, 7);  // The highest mark.
}

// MOD-2: never drawn for being lowest, but drawn like anybody else.
TEST(DrawSampleExampleTest, AZeroIsNotTheLowestMark) {
  auto cohort = MakeCohort({.candidates = 30, .absent_percent = 0, .withdrawn_percent = 0}, 1);
  for (Candidate& c : cohort) c.mark = 0;
  cohort[3].mark = 500;
  const Draw draw = DrawSample(cohort, Classic(), SeedOf(2));
  EXPECT_EQ(draw.coverage[0].candidate, 3);
  EXPECT_EQ(draw.coverage[1].candidate, 3);
  EXPECT_EQ(draw.selected.size(), 10u);
}

TEST(DrawSampleExampleTest, WhoeverHasWithdrawnIsNoLongerPartOfWhatIsToBeCovered) {
  const std::vector<Candidate> cohort = {
      {.number = "1", .mark = 100, .assessor = "here"},
      {.number = "2", .assessor = "away", .flags = kAbsent},
      {.number = "3", .mark = 100, .assessor = "gone", .flags = kWithdrawn}};
  std::map<std::string, Status> assessors;
  for (const CoverageItem& item : DrawSample(cohort, Classic(), SeedOf(1)).coverage) {
    if (item.kind == Kind::kAssessor) assessors[item.value] = item.status;
  }
  EXPECT_THAT(assessors, ElementsAre(testing::Pair("away", Status::kNobodyToSelect),
                                     testing::Pair("here", Status::kCovered)));
}

TEST(ExtendSampleTest, AddsOthersThatCanBeDrawnAndRepeatsItself) {
  const auto cohort = MakeCohort({.candidates = 80, .absent_percent = 20}, 1);
  const Draw draw = DrawSample(cohort, Classic(), SeedOf(2));
  std::vector<std::int32_t> already;
  for (const Selected& s : draw.selected) already.push_back(s.candidate);
  const auto more = ExtendSample(cohort, already, 10, SeedOf(2), 1);
  EXPECT_EQ(more.size(), 10u);
  std::set<std::int32_t> all(already.begin(), already.end());
  for (const Selected& s : more) {
    EXPECT_TRUE(all.insert(s.candidate).second);
    EXPECT_TRUE(Drawable(cohort[s.candidate]));
  }
  EXPECT_TRUE(std::equal(more.begin(), more.end(),
                         ExtendSample(cohort, already, 10, SeedOf(2), 1).begin(),
                         [](auto a, auto b) { return a.candidate == b.candidate; }));
  EXPECT_EQ(ExtendSample(cohort, already, 1000, SeedOf(2), 1).size(),
            static_cast<std::size_t>(Look(cohort).drawable) - draw.selected.size());
}

// MOD-10
TEST(SubSampleTest, TakesTheEndsAndEvenStepsBetweenAndAllKin) {
  std::vector<Candidate> cohort;
  std::vector<Selected> selected;
  for (int i = 0; i < 16; ++i) {
    cohort.push_back({.number = std::to_string(100 + i), .mark = i * 100});
    selected.push_back({.candidate = i});
  }
  EXPECT_THAT(SubSample(cohort, selected, 6), ElementsAre(0, 3, 6, 9, 12, 15));
  EXPECT_THAT(SubSample(cohort, selected, 1), ElementsAre(8));
  EXPECT_EQ(SubSample(cohort, selected, 16).size(), 16u);
  EXPECT_EQ(SubSample(cohort, selected, 40).size(), 16u);
  EXPECT_THAT(SubSample(cohort, {}, 6), IsEmpty());
  cohort[5].flags = kParentalInterest;
  const auto with_kin = SubSample(cohort, selected, 6);
  EXPECT_EQ(with_kin.size(), 7u);
  EXPECT_TRUE(std::count(with_kin.begin(), with_kin.end(), 5));
}

}  // namespace
}  // namespace assay::moderation
