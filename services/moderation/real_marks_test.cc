// Real marks through draw, tolerance and adjustment, without the service: set 1 of the scripts
// that two raters marked (1 to 6), rater 1 as the centre and rater 2 as the moderator, cut into
// cohorts of 60. Skips itself where the data are not.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "services/moderation/adjustment/judge.h"
#include "services/moderation/commitment.h"
#include "services/moderation/policies/loader.h"
#include "services/moderation/sampling/canonical.h"
#include "services/moderation/sampling/draw.h"

namespace assay::moderation {
namespace {

constexpr MarkScale kOneToSix{.maximum = 6 * kOneMark};

struct Script {
  std::string id;
  Mark first = 0;
  Mark second = 0;
};

// Of set 1, in the order of the file, which is that of the essays' ids.
std::vector<Script> SetOne(const std::string& path) {
  std::vector<Script> scripts;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    const std::vector<std::string> fields = absl::StrSplit(line, ',');
    int first = 0, second = 0;
    if (fields.size() < 4 || fields[1] != "1") continue;
    if (!absl::SimpleAtoi(fields[2], &first) || !absl::SimpleAtoi(fields[3], &second)) continue;
    scripts.push_back({fields[0], first * kOneMark, second * kOneMark});
  }
  return scripts;
}

struct Moderated {
  Stage stage = Stage::kSubSample;
  Judgement judgement;
};

// Every stage until it is decided.
Moderated Moderate(const std::vector<Candidate>& cohort, const std::map<std::string, Mark>& own,
                   const Draw& draw, const Seed& seed, const ToleranceRule& tolerance,
                   const AdjustmentRule& rule) {
  std::vector<std::int32_t> all;
  for (const Selected& selected : draw.selected) all.push_back(selected.candidate);
  std::vector<std::int32_t> due;
  for (std::int32_t i : SubSample(cohort, draw.selected, tolerance.sub_sample)) {
    due.push_back(all[i]);
  }
  Moderated result;
  for (;;) {
    std::vector<MarkPair> pairs;
    for (std::int32_t c : due) {
      pairs.push_back({cohort[c].number, *cohort[c].mark, own.at(cohort[c].number)});
    }
    result.judgement =
        Judge(ToleranceOf(tolerance, kOneToSix), rule, kOneToSix, result.stage, pairs);
    if (result.judgement.verdict != Verdict::kLookFurther) return result;
    result.stage =
        NextStage(result.stage, rule, static_cast<std::int64_t>(cohort.size() - all.size()));
    if (result.stage == Stage::kExtended) {
      for (const Selected& more : ExtendSample(cohort, all, draw.ladder_size, seed, 1)) {
        all.push_back(more.candidate);
      }
    } else if (result.stage == Stage::kAllWork) {
      all.resize(cohort.size());
      for (std::size_t i = 0; i < cohort.size(); ++i) all[i] = static_cast<std::int32_t>(i);
    }
    due = all;
  }
}

TEST(RealMarksTest, ThirtyCohortsAreAllDecided) {
  const char* data = std::getenv("ASSAY_DATA");
  if (data == nullptr) GTEST_SKIP() << "set ASSAY_DATA to the folder with double_marked/";
  const std::string path = std::string(data) + "/double_marked/asap_sets_1_2_3_7.csv";
  const std::vector<Script> scripts = SetOne(path);
  if (scripts.empty()) GTEST_SKIP() << path << " is not there";
  const auto book = LoadPolicies(ShippedPolicies());
  ASSERT_TRUE(book.ok());
  const absl::CivilDay day(2026, 5, 1);
  const Policy& sampling = *book->InForce("pearson-2026", day);
  const ToleranceRule& tolerance = book->InForce("one-mark", day)->tolerance;
  const AdjustmentRule& rule = book->InForce("least-squares", day)->adjustment;

  std::map<std::string, int> outcomes;
  int cohorts = 0;
  for (std::size_t first = 0; first < scripts.size(); first += 60, ++cohorts) {
    std::vector<Candidate> cohort;
    std::map<std::string, Mark> own;
    for (std::size_t i = first; i < std::min(first + 60, scripts.size()); ++i) {
      cohort.push_back({.number = scripts[i].id, .mark = scripts[i].first});
      own[scripts[i].id] = scripts[i].second;
    }
    const Seed seed = SeedOf("secret", CanonicalCandidates(cohort));
    const Draw draw = DrawSample(cohort, sampling.sampling, seed);
    EXPECT_GE(draw.selected.size(), std::min<std::size_t>(15, cohort.size()));
    const Moderated moderated = Moderate(cohort, own, draw, seed, tolerance, rule);
    ++outcomes[std::string(NameOf(moderated.judgement.finding))];
    if (moderated.judgement.verdict != Verdict::kAdjust) continue;
    for (Mark mark = 2 * kOneMark; mark <= kOneToSix.maximum; mark += kOneMark) {
      EXPECT_LE(Apply(*moderated.judgement.mapping, kOneToSix, mark - kOneMark),
                Apply(*moderated.judgement.mapping, kOneToSix, mark));
    }
  }
  EXPECT_EQ(cohorts, 30);
  for (const auto& [finding, count] : outcomes) {
    GTEST_LOG_(INFO) << finding << ": " << count;
  }
}

}  // namespace
}  // namespace assay::moderation
