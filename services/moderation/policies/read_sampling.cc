#include <algorithm>
#include <cmath>

#include "services/moderation/policies/readers.h"

namespace assay::moderation {
namespace {

using Rule = SamplingRule;

void ReadLadder(Members& members, Ladder& ladder) {
  members.EachObject("ladder", [&](Members& rung) {
    Rung& read = ladder.rungs.emplace_back();
    read.from = rung.Whole("from", 0);
    if (rung.Has("to")) read.to = rung.Whole("to", 0);
    if (rung.Is("size", "all")) {
      rung.Text("size");
    } else {
      read.size = rung.Whole("size", 0);
    }
    read.more = rung.Whole("more", 0);
    read.every = rung.Whole("every", 0);
  });
}

GradeQuotas ReadQuotas(Members& members) {
  GradeQuotas design;
  if (members.Has("ladder")) ReadLadder(members, design.ladder.emplace());
  if (members.Has("quotas")) {
    members.EachObject("quotas", [&](Members& quota) {
      GradeQuota& read = design.quotas.emplace_back();
      read.grades = quota.Texts("grades");
      read.count = quota.Whole("count", 0);
      read.substitutes = quota.Texts("substitutes");
    });
  }
  design.each_grade = members.Whole("each_grade", 0);
  design.minimum = members.Whole("minimum", 0);
  return design;
}

RiskPercentages ReadRisk(Members& members) {
  RiskPercentages design;
  for (const auto& [name, risk] : {std::pair("low", CentreRisk::kLow),
                                   {"medium", CentreRisk::kMedium},
                                   {"high", CentreRisk::kHigh}}) {
    members.EachObject(name, [&](Members& rung) {
      PercentRung& read = design.bands[static_cast<std::size_t>(risk)].emplace_back();
      read.from = rung.Whole("from", 0);
      if (rung.Has("to")) read.to = rung.Whole("to", 0);
      read.basis_points = rung.Hundredths("percent", 0);
    });
  }
  design.minimum = members.Whole("minimum", design.minimum);
  return design;
}

AcceptanceSampling ReadAcceptance(Members& members) {
  using enum InspectionLevel;
  AcceptanceSampling design;
  design.level = members.OneOf<InspectionLevel>("level",
                                                {{"S-1", kS1},
                                                 {"S-2", kS2},
                                                 {"S-3", kS3},
                                                 {"S-4", kS4},
                                                 {"I", kI},
                                                 {"II", kII},
                                                 {"III", kIII}},
                                                kII);
  design.inspection = members.OneOf<Inspection>("inspection",
                                                {{"normal", Inspection::kNormal},
                                                 {"tightened", Inspection::kTightened},
                                                 {"reduced", Inspection::kReduced}},
                                                Inspection::kNormal);
  if (!members.Has("aql")) members.Wrong("aql", "is missing");
  const double thousandths = members.Number("aql", 0) * 1000;
  // What no table can hold is left to the design's own contradictions.
  const bool whole =
      std::abs(thousandths) <= 1e9 && std::abs(thousandths - std::round(thousandths)) <= 1e-6;
  design.aql = whole ? std::llround(thousandths) : 0;
  return design;
}

SequentialSampling ReadSteps(Members& members) {
  SequentialSampling design;
  members.EachObject("steps", [&](Members& step) {
    SampleStep& read = design.steps.emplace_back();
    read.size = step.Whole("size", 0);
    if (step.Has("accept_max")) read.accept_max = step.Whole("accept_max", 0);
    if (step.Has("reject_min")) read.reject_min = step.Whole("reject_min", 0);
  });
  return design;
}

enum class Design { kLadder, kQuotas, kRisk, kAcceptance, kSequential };

void ReadDesign(Members& members, SamplingDesign& design) {
  switch (members.OneOf<Design>("design",
                                {{"ladder", Design::kLadder},
                                 {"grade quotas", Design::kQuotas},
                                 {"percent by risk", Design::kRisk},
                                 {"acceptance sampling", Design::kAcceptance},
                                 {"sequential", Design::kSequential}},
                                Design::kLadder)) {
    case Design::kLadder:
      return ReadLadder(members, design.emplace<Ladder>());
    case Design::kQuotas:
      design = ReadQuotas(members);
      return;
    case Design::kRisk:
      design = ReadRisk(members);
      return;
    case Design::kAcceptance:
      design = ReadAcceptance(members);
      return;
    case Design::kSequential:
      design = ReadSteps(members);
      return;
  }
}

void ReadCoverage(Members& members, std::vector<CoverageKind>& coverage) {
  if (!members.Has("coverage")) return;
  constexpr std::pair<std::string_view, CoverageKind> kWords[] = {
      {"highest", CoverageKind::kHighest},
      {"lowest above zero", CoverageKind::kLowestNonZero},
      {"assessor", CoverageKind::kAssessor},
      {"site", CoverageKind::kSite},
      {"teaching group", CoverageKind::kTeachingGroup},
      {"centre", CoverageKind::kCentre},
      {"grade", CoverageKind::kGrade}};
  coverage.clear();
  for (const std::string& word : members.Texts("coverage")) {
    const auto* found = std::find_if(std::begin(kWords), std::end(kWords),
                                     [&](const auto& known) { return known.first == word; });
    if (found == std::end(kWords)) {
      members.Wrong("coverage", "names \"" + word + "\", which nothing can be covered by");
    } else {
      coverage.push_back(found->second);
    }
  }
}

}  // namespace

void ReadSampling(Members& members, PolicyRules& rules) {
  Rule& rule = rules.sampling;
  ReadDesign(members, rule.design);
  rule.mode = members.OneOf<Rule::Mode>(
      "mode",
      {{"after marks", Rule::Mode::kAfterMarks}, {"before marks", Rule::Mode::kBeforeMarks}},
      rule.mode);
  rule.extremes = members.OneOf<Rule::Extremes>(
      "extremes",
      {{"within size", Rule::Extremes::kWithinSize}, {"on top", Rule::Extremes::kOnTop}},
      rule.extremes);
  ReadCoverage(members, rule.coverage);
  rule.spread = members.OneOf<Rule::Spread>("spread",
                                            {{"systematic", Rule::Spread::kSystematic},
                                             {"stratified", Rule::Spread::kStratified},
                                             {"random", Rule::Spread::kRandom}},
                                            rule.spread);
  rule.bands = members.Whole("bands", rule.bands);
  rule.new_assessors = members.OneOf<Rule::NewAssessors>(
      "new_assessors",
      {{"like others", Rule::NewAssessors::kLikeOthers}, {"in full", Rule::NewAssessors::kInFull}},
      rule.new_assessors);
}

}  // namespace assay::moderation
