#include "gateway/ctl/real_outcome.h"

#include <algorithm>
#include <cstdlib>

#include "absl/strings/str_cat.h"

namespace assay::gateway::ctl {
namespace {

constexpr char kStand[] = "ACTION_MARKS_STAND";
constexpr char kAdjusted[] = "ACTION_ADJUSTED";
constexpr char kModerators[] = "ACTION_MODERATOR_MARKS_STAND";

struct Totals {
  std::int64_t in = 0, refused = 0, missing = 0, drawn = 0, judged = 0, in_tolerance = 0;
  std::int64_t stand = 0, adjusted = 0, called_in = 0;
};

Totals OfSchools(const std::vector<SchoolOutcome>& schools) {
  Totals totals;
  for (const SchoolOutcome& school : schools) {
    totals.in += school.marked;
    totals.refused += school.refused;
    totals.missing += school.missing;
    totals.drawn += school.drawn;
  }
  return totals;
}

Totals OfCohorts(const std::vector<CohortOutcome>& cohorts) {
  Totals totals;
  for (const CohortOutcome& cohort : cohorts) {
    totals.in += cohort.candidates;
    totals.refused += cohort.refused;
    totals.drawn += cohort.drawn;
    totals.judged += cohort.judged;
    totals.in_tolerance += cohort.in_tolerance;
    totals.stand += cohort.action == kStand ? 1 : 0;
    totals.adjusted += cohort.action == kAdjusted ? 1 : 0;
    totals.called_in += cohort.action == kModerators ? 1 : 0;
  }
  return totals;
}

// The final marks must be what the outcome says they are; returns how many are not.
int WrongResults(const CohortOutcome& cohort, const FileRecount& files) {
  int wrong = 0;
  std::vector<std::pair<double, double>> pairs;
  for (const Json& result : cohort.results) {
    const auto essay = files.essays.find(std::atoi(Text(result, "candidate").c_str()));
    const auto from = MaybeNumber(result, "centreMark");
    const auto to = MaybeNumber(result, "finalMark");
    if (essay == files.essays.end() || !from.has_value() || !to.has_value()) {
      ++wrong;
      continue;
    }
    const auto [first, second] = essay->second;
    if (*from != first) ++wrong;
    if (cohort.action == kStand && *to != first) ++wrong;
    if (cohort.action == kModerators && *to != second) ++wrong;
    pairs.emplace_back(*from, *to);
  }
  // MOD-11: an adjustment keeps the order of the cohort.
  std::sort(pairs.begin(), pairs.end());
  for (std::size_t i = 1; i < pairs.size() && cohort.action == kAdjusted; ++i) {
    if (pairs[i].second < pairs[i - 1].second) ++wrong;
  }
  return wrong;
}

std::string Count(std::int64_t n) { return WithCommas(n); }

// A school or cohort is as the files say in everything that follows from them alone.
bool LadderFits(int pool, int ladder, int drawn) {
  // pearson-2026 adds the highest and the lowest mark above zero if they were not drawn.
  return ladder == PearsonLadder(pool) && drawn >= ladder && drawn <= std::min(pool, ladder + 2);
}

}  // namespace

std::vector<Recounted> CompareWithFiles(const RealOutcome& outcome, const FileRecount& files,
                                        int tolerance, int cohort_size) {
  std::vector<Recounted> compared;
  const auto say = [&](std::string what, std::int64_t expected, std::int64_t got) {
    compared.push_back({std::move(what), Count(expected), Count(got)});
  };
  const Json& import = outcome.register_import;
  say("rows of the register", files.establishments.rows, Int(import, "rowCount"));
  say("rows that were neither taken nor refused", 0,
      Int(import, "rowCount") - Int(import, "createdCount") - Int(import, "updatedCount") -
          Int(import, "unchangedCount") - Int(import, "refusedCount"));
  say("closed establishments", files.establishments.closed, Int(import, "closedCount"));

  std::int64_t marks = 0, missing = 0, ladder = 0;
  for (const auto& [urn, school] : files.schools) {
    marks += school.marks;
    missing += school.missing();
    ladder += PearsonLadder(school.marks);
  }
  const Totals schools = OfSchools(outcome.schools);
  std::int64_t schools_right = 0, schools_ladder = 0, schools_sum = 0;
  for (const SchoolOutcome& school : outcome.schools) {
    const auto file = files.schools.find(school.urn);
    schools_sum += school.ladder;
    schools_ladder += LadderFits(school.pool, school.ladder, school.drawn) ? 1 : 0;
    if (file == files.schools.end()) continue;
    schools_right +=
        file->second.candidates == school.candidates && file->second.marks == school.marked &&
                file->second.missing() == school.missing && file->second.marks == school.pool
            ? 1
            : 0;
  }
  const auto school_count = static_cast<std::int64_t>(files.schools.size());
  say("coursework marks", marks, schools.in);
  say("missing coursework marks", missing, schools.missing);
  say("schools with the candidates, marks and gaps of the file", school_count, schools_right);
  say("ladder sizes of the schools, summed", ladder, schools_sum);
  say("schools drawn by the ladder (MOD-2)", school_count, schools_ladder);

  const auto essay_count = static_cast<std::int64_t>(files.essays.size());
  const std::int64_t cohort_count = (essay_count + cohort_size - 1) / cohort_size;
  std::int64_t ladders = 0, tolerance_right = 0, stand_right = 0, wrong = 0;
  for (const CohortOutcome& cohort : outcome.cohorts) {
    ladders += LadderFits(cohort.pool, cohort.ladder, cohort.drawn) ? 1 : 0;
    int in = 0;
    for (const std::string& candidate : cohort.judged_candidates) {
      const auto essay = files.essays.find(std::atoi(candidate.c_str()));
      if (essay == files.essays.end()) continue;
      in += std::abs(essay->second.first - essay->second.second) <= tolerance ? 1 : 0;
    }
    const int judged = static_cast<int>(cohort.judged_candidates.size());
    tolerance_right += judged == cohort.judged && in == cohort.in_tolerance ? 1 : 0;
    stand_right += (cohort.action == kStand) == (in == judged) ? 1 : 0;
    wrong += WrongResults(cohort, files);
  }
  say("scripts marked twice", essay_count, OfCohorts(outcome.cohorts).in);
  say("cohorts of them", cohort_count, static_cast<std::int64_t>(outcome.cohorts.size()));
  say("cohorts drawn by the ladder (MOD-2)", cohort_count, ladders);
  say("cohorts whose marks in tolerance are those of the file (MOD-10)", cohort_count,
      tolerance_right);
  say("cohorts that stand exactly if all judged are in tolerance", cohort_count, stand_right);
  say("final marks that are not what the outcome says (MOD-11)", 0, wrong);
  return compared;
}

TextTable StageTable(const RealOutcome& outcome) {
  TextTable table({"stage", ">in", ">refused", ">missing", ">drawn", ">judged", ">in tolerance",
                   ">stand", ">adjusted", ">called in"});
  const Json& import = outcome.register_import;
  table.Add({"establishments", Count(Int(import, "rowCount") - Int(import, "refusedCount")),
             Count(Int(import, "refusedCount"))});
  const Totals schools = OfSchools(outcome.schools);
  table.Add({absl::StrCat("coursework, ", outcome.schools.size(), " schools"), Count(schools.in),
             Count(schools.refused), Count(schools.missing), Count(schools.drawn)});
  const Totals cohorts = OfCohorts(outcome.cohorts);
  table.Add({absl::StrCat("scripts, ", outcome.cohorts.size(), " cohorts"), Count(cohorts.in),
             Count(cohorts.refused), "0", Count(cohorts.drawn), Count(cohorts.judged),
             Count(cohorts.in_tolerance), Count(cohorts.stand), Count(cohorts.adjusted),
             Count(cohorts.called_in)});
  return table;
}

Json StageFigures(const RealOutcome& outcome) {
  const Json& import = outcome.register_import;
  const Totals schools = OfSchools(outcome.schools);
  const Totals cohorts = OfCohorts(outcome.cohorts);
  return {{"establishments",
           {{"rows", Int(import, "rowCount")},
            {"refused", Int(import, "refusedCount")},
            {"closed", Int(import, "closedCount")}}},
          {"coursework",
           {{"schools", outcome.schools.size()},
            {"in", schools.in},
            {"refused", schools.refused},
            {"missing", schools.missing},
            {"drawn", schools.drawn}}},
          {"double_marked",
           {{"cohorts", outcome.cohorts.size()},
            {"in", cohorts.in},
            {"refused", cohorts.refused},
            {"drawn", cohorts.drawn},
            {"judged", cohorts.judged},
            {"in_tolerance", cohorts.in_tolerance},
            {"stand", cohorts.stand},
            {"adjusted", cohorts.adjusted},
            {"called_in", cohorts.called_in}}}};
}

}  // namespace assay::gateway::ctl
