// Every sampling policy that ships, drawn over generated cohorts: never more than the design asks
// for and the stated additions, never fewer, the same whatever the order (MOD-2 to MOD-5).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "absl/strings/str_cat.h"
#include "services/moderation/policies/loader.h"
#include "services/moderation/sampling/cohorts_for_test.h"
#include "services/moderation/sampling/draw.h"
#include "services/moderation/sampling/size.h"

namespace assay::moderation {
namespace {

using Cohort = std::vector<Candidate>;

std::vector<Policy> SamplingPolicies() {
  std::vector<Policy> found;
  const auto book = LoadPolicies(ShippedPolicies());
  if (!book.ok()) return found;
  for (const Policy& policy : book->all()) {
    if (policy.kind == PolicyKind::kSampling) found.push_back(policy);
  }
  return found;
}

// Grades of all three bodies, unevenly, and some without.
void Grade(Cohort& cohort, const std::string& policy) {
  const std::vector<std::string> grades =
      policy == "nzqa"           ? std::vector<std::string>{"N", "A", "M", "E", "A", "A"}
      : policy == "sqa-national" ? std::vector<std::string>{"4", "5", "5", "5", "6", ""}
                                 : std::vector<std::string>{"pass", "merit", "merit", "fail"};
  for (std::size_t i = 0; i < cohort.size(); ++i) cohort[i].grade = grades[i % grades.size()];
}

std::vector<std::pair<std::string, Cohort>> Cohorts() {
  std::vector<std::pair<std::string, Cohort>> all;
  for (int n : {0, 1, 2, 3, 5, 6, 7, 10, 11, 18, 19, 30, 31, 60, 100, 101, 201, 501, 1500, 5000}) {
    all.emplace_back(absl::StrCat("plain ", n), MakeCohort({.candidates = n}, n));
  }
  all.emplace_back("one assessor", MakeCohort({.candidates = 90, .assessors = 1}, 1));
  all.emplace_back("300 assessors", MakeCohort({.candidates = 900, .assessors = 300}, 2));
  all.emplace_back("all kin", MakeCohort({.candidates = 140, .kin_percent = 100}, 3));
  all.emplace_back("much kin", MakeCohort({.candidates = 70, .kin_percent = 60}, 4));
  auto same = MakeCohort({.candidates = 120}, 5);
  for (Candidate& c : same) c.mark = 30 * kOneMark;
  all.emplace_back("all the same mark", same);
  auto lonely = MakeCohort({.candidates = 60}, 6);
  for (Candidate& c : lonely) c.flags |= kAbsent;
  lonely[33].flags = 0;
  lonely[33].mark = 100;
  all.emplace_back("all absent but one", lonely);
  auto pooled = MakeCohort({.candidates = 80}, 7);
  for (std::size_t i = 0; i < pooled.size(); ++i) pooled[i].centre = absl::StrCat("c", i % 3);
  all.emplace_back("a consortium", pooled);
  return all;
}

bool CanBeDrawn(const Candidate& c, const Policy& policy) {
  const bool here = (c.flags & (kAbsent | kWithdrawn | kCarriedForward)) == 0;
  return here && (c.mark.has_value() || policy.sampling.mode == SamplingRule::Mode::kBeforeMarks);
}

std::vector<std::string> Numbers(const Cohort& cohort, const Draw& draw) {
  std::vector<std::string> numbers;
  for (const Selected& s : draw.selected) {
    numbers.push_back(
        absl::StrCat(cohort[s.candidate].centre, "/", cohort[s.candidate].number, "/", s.step));
  }
  return numbers;
}

class ShippedSampleTest : public ::testing::TestWithParam<Policy> {
 protected:
  SamplingFacts facts() const { return {.risk = CentreRisk::kHigh, .new_assessors = {"a1"}}; }
  Draw DrawOf(const Cohort& cohort, int seed) const {
    const SamplingRule& rule = GetParam().sampling;
    const SamplingFacts given = facts();
    return DrawSample(cohort, rule, given, AlgorithmFor(cohort, rule, given), SeedOf(seed));
  }
};
INSTANTIATE_TEST_SUITE_P(, ShippedSampleTest, ::testing::ValuesIn(SamplingPolicies()),
                         [](const auto& info) {
                           std::string name = info.param.id;
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

TEST_P(ShippedSampleTest, HoldsTheSizeAndTheStatedAdditionsAndNobodyElse) {
  const Policy& policy = GetParam();
  for (auto& [name, cohort] : Cohorts()) {
    Grade(cohort, policy.id);
    GradeCounts counts;
    std::int64_t drawable = 0;
    std::int64_t besides = 0;  // Parental interest, and new assessors where the policy wants them.
    for (const Candidate& c : cohort) {
      if (!CanBeDrawn(c, policy)) continue;
      ++drawable;
      ++counts[c.grade];
      const bool is_new = c.assessor == "a1" &&
                          policy.sampling.new_assessors == SamplingRule::NewAssessors::kInFull;
      if (c.Has(kParentalInterest) || is_new) ++besides;
    }
    const std::int64_t size = SizeOf(policy.sampling, facts(), counts).size;
    for (int seed = 0; seed < (cohort.size() > 1000 ? 2 : 6); ++seed) {
      const Draw draw = DrawOf(cohort, seed);
      EXPECT_EQ(draw.cohort, drawable) << name;
      EXPECT_EQ(draw.ladder_size, size) << name;
      EXPECT_LE(size, drawable) << name;
      std::int64_t counted = 0;
      std::int64_t added = 0;
      std::int64_t extremes = 0;
      std::set<std::int32_t> once;
      for (const Selected& s : draw.selected) {
        EXPECT_TRUE(once.insert(s.candidate).second) << name;
        EXPECT_TRUE(CanBeDrawn(cohort[s.candidate], policy)) << name;
        const bool extreme = s.why == Why::kHighest || s.why == Why::kLowestNonZero;
        ++(!s.on_top ? counted : extreme ? extremes : added);
      }
      const bool everyone = size >= drawable;
      EXPECT_EQ(counted, everyone ? drawable : std::min(size, drawable - besides)) << name;
      EXPECT_EQ(added, everyone ? 0 : besides) << name;
      EXPECT_LE(extremes, policy.sampling.extremes == SamplingRule::Extremes::kOnTop ? 2 : 0);
      std::int64_t stepped = 0;
      for (const SampleStep& step : draw.steps) stepped += step.size;
      EXPECT_EQ(stepped, counted) << name;
    }
  }
}

TEST_P(ShippedSampleTest, DependsOnTheSeedAndNotOnTheOrderOfTheCandidates) {
  for (auto& [name, cohort] : Cohorts()) {
    if (cohort.size() > 1000) continue;
    Grade(cohort, GetParam().id);
    const auto numbers = Numbers(cohort, DrawOf(cohort, 3));
    EXPECT_EQ(Numbers(cohort, DrawOf(cohort, 3)), numbers) << name;
    Cohort shuffled = cohort;
    DrawGenerator(SeedOf(99)).Shuffle(std::span(shuffled));
    EXPECT_EQ(Numbers(shuffled, DrawOf(shuffled, 3)), numbers) << name;
  }
  const Cohort cohort = MakeCohort({.candidates = 100}, 1);
  EXPECT_NE(Numbers(cohort, DrawOf(cohort, 1)), Numbers(cohort, DrawOf(cohort, 2)));
}

TEST_P(ShippedSampleTest, QuotasByGradeHoldAsFarAsThereAreCandidates) {
  const auto* design = std::get_if<GradeQuotas>(&GetParam().sampling.design);
  if (design == nullptr) GTEST_SKIP() << "not a design by grade";
  for (auto& [name, cohort] : Cohorts()) {
    Grade(cohort, GetParam().id);
    const Draw draw = DrawOf(cohort, 5);
    std::map<std::string, std::int64_t> there;
    std::map<std::string, std::int64_t> drawn;
    for (const Candidate& c : cohort) {
      if (CanBeDrawn(c, GetParam())) ++there[c.grade];
    }
    for (const Selected& s : draw.selected) ++drawn[cohort[s.candidate].grade];
    for (const auto& [grade, count] : there) {
      std::int64_t wanted = grade.empty() ? 0 : design->each_grade;
      for (const GradeQuota& quota : design->quotas) {
        if (quota.grades == std::vector<std::string>{grade}) wanted = quota.count;
      }
      EXPECT_GE(drawn[grade], std::min(wanted, count)) << name << " " << grade;
    }
  }
}

}  // namespace
}  // namespace assay::moderation
