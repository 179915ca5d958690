#include "services/moderation/drawing.h"

#include <algorithm>
#include <set>
#include <tuple>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "services/moderation/commitment.h"
#include "services/moderation/errors.h"
#include "services/moderation/sampling/canonical.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/core/view.h"
#include "services/platform/error/error.h"

namespace assay::moderation {
namespace {

using platform::Error;
using platform::View;

constexpr int kExtensionRound = 1;

bool InOrder(const Pick& a, const Pick& b) { return a.candidate < b.candidate; }

Pick PickOf(const Candidate& candidate, std::string_view why, Stage stage) {
  return {.candidate = candidate.number, .reasons = {std::string(why)}, .stage = stage};
}

absl::Status ErrorOf(const DrawInput& input, const FactFault& fault) {
  using Kind = FactFault::Kind;
  switch (fault.kind) {
    case Kind::kRiskMissing:
      return Error(absl::StatusCode::kFailedPrecondition, kRiskMissing, fault.message)
          .With("policy", input.policy)
          .Field("centre_risk", "is not given");
    case Kind::kExclusionUnknown:
    case Kind::kExclusionTwice:
    case Kind::kExclusionNoReason: {
      std::size_t at = 0;
      while (at + 1 < input.facts.exclusions.size() &&
             input.facts.exclusions[at].candidate != fault.candidate) {
        ++at;
      }
      return Error(absl::StatusCode::kInvalidArgument, kExclusionInvalid, fault.message)
          .With("candidate", fault.candidate)
          .Field(absl::StrCat("exclusions[", at, "]"), fault.message);
    }
    case Kind::kAlgorithmTooOld:
      break;
  }
  return Error(absl::StatusCode::kFailedPrecondition, kDrawAlgorithmUnknown, fault.message)
      .With("algorithm", input.algorithm);
}

absl::StatusOr<DrawAlgorithm> CheckInput(const DrawInput& input) {
  const std::optional<DrawAlgorithm> algorithm = ParseDrawAlgorithm(input.algorithm);
  if (!algorithm.has_value()) {
    return Error(absl::StatusCode::kFailedPrecondition, kDrawAlgorithmUnknown,
                 "no algorithm of this name is known here")
        .With("algorithm", input.algorithm);
  }
  const bool names = input.rule.mode == SamplingRule::Mode::kBeforeMarks;
  const auto faults =
      FaultsOf(names ? input.entries : input.candidates, input.rule, input.facts, *algorithm);
  if (!faults.empty()) return ErrorOf(input, faults.front());
  return *algorithm;
}

// Who was drawn, why, and in which stage they are judged.
std::vector<Pick> PicksOf(std::span<const Candidate> candidates, const Draw& draw,
                          std::int64_t sub_sample, bool marks) {
  std::vector<Pick> picks;
  for (const Selected& selected : draw.selected) {
    picks.push_back(PickOf(candidates[selected.candidate], NameOf(selected.why), Stage::kSample));
  }
  if (marks) {
    // Counting needs the whole step; who comes first does not matter.
    if (draw.steps.size() == 1 && DecidesByCounting(draw.steps))
      sub_sample = std::ssize(draw.selected);
    for (std::int32_t i : SubSample(candidates, draw.selected, sub_sample)) {
      picks[i].stage = Stage::kSubSample;
    }
  }
  // A candidate who also stands for something else says so.
  for (const CoverageItem& item : draw.coverage) {
    if (item.candidate < 0) continue;
    const auto selected =
        std::find_if(draw.selected.begin(), draw.selected.end(),
                     [&](const Selected& s) { return s.candidate == item.candidate; });
    if (selected == draw.selected.end()) continue;
    std::vector<std::string>& reasons = picks[selected - draw.selected.begin()].reasons;
    const std::string_view reason = NameOf(item.kind);
    if (std::find(reasons.begin(), reasons.end(), reason) == reasons.end()) {
      reasons.emplace_back(reason);
    }
  }
  std::sort(picks.begin(), picks.end(), InOrder);
  return picks;
}

Seed SeedFrom(std::string_view bytes) {
  Seed seed{};
  std::copy_n(bytes.begin(), std::min(bytes.size(), seed.size()), seed.begin());
  return seed;
}

std::vector<Selected> AsNow(std::span<const Candidate> entries,
                            std::span<const Candidate> candidates, std::vector<Selected> selected) {
  absl::flat_hash_map<std::string_view, std::int32_t> now;
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    now[candidates[i].number] = static_cast<std::int32_t>(i);
  }
  std::vector<Selected> names;
  for (Selected& one : selected) {
    const auto it = now.find(entries[one.candidate].number);
    if (it == now.end()) continue;
    one.candidate = it->second;
    names.push_back(one);
  }
  return names;
}

}  // namespace

bool DecidesByCounting(std::span<const SampleStep> steps) {
  return std::any_of(steps.begin(), steps.end(), [](const SampleStep& step) {
    return step.accept_max.has_value() || step.reject_min.has_value();
  });
}

absl::StatusOr<MadeDraw> MakeDraw(const DrawInput& input) {
  ASSIGN_OR_RETURN(const DrawAlgorithm algorithm, CheckInput(input));
  const bool before = input.rule.mode == SamplingRule::Mode::kBeforeMarks;
  const std::vector<Candidate>& drawn_from = before ? input.entries : input.candidates;
  MadeDraw made;
  made.list_hash =
      Sha256Hex(before ? CanonicalEntries(drawn_from) : CanonicalCandidates(drawn_from));
  if (algorithm != DrawAlgorithm::k1) {
    made.facts_hash = Sha256Hex(CanonicalSamplingFacts(input.facts));
  }
  const Seed seed = SeedOf(input.secret, CanonicalFacts({.submission = input.submission,
                                                         .policy = input.policy,
                                                         .algorithm = input.algorithm,
                                                         .list_hash = made.list_hash,
                                                         .facts_hash = made.facts_hash}));
  made.seed.assign(seed.begin(), seed.end());
  made.draw = DrawSample(drawn_from, input.rule, input.facts, algorithm, seed);
  if (!before || input.candidates.empty()) {
    made.picks = PicksOf(drawn_from, made.draw, input.sub_sample, !before);
    return made;
  }
  const std::int64_t asked = made.draw.ladder_size;
  const std::vector<Selected> names =
      AsNow(input.entries, input.candidates, std::move(made.draw.selected));
  made.draw = CompleteSample(input.candidates, input.rule, input.facts, names, seed);
  made.draw.ladder_size = asked;
  made.picks = PicksOf(input.candidates, made.draw, input.sub_sample, true);
  return made;
}

std::vector<Pick> PicksOfStage(Stage stage, const Sample& sample,
                               std::span<const Candidate> candidates, const SamplingFacts& facts) {
  absl::flat_hash_set<std::string_view> drawn;
  for (const Pick& pick : sample.picks) {
    if (pick.stage < stage) drawn.insert(pick.candidate);
  }
  std::vector<Pick> picks;
  if (stage == Stage::kExtended) {
    std::vector<std::int32_t> already;
    for (std::size_t i = 0; i < candidates.size(); ++i) {
      if (drawn.contains(candidates[i].number)) already.push_back(static_cast<std::int32_t>(i));
    }
    for (const Selected& selected : ExtendSample(candidates, facts, already, sample.ladder_size,
                                                 SeedFrom(sample.seed), kExtensionRound)) {
      picks.push_back(PickOf(candidates[selected.candidate], NameOf(selected.why), stage));
    }
  } else if (stage == Stage::kAllWork) {
    for (const Candidate& candidate : candidates) {
      // All work means all: also of those who were kept out of the draw.
      if (Drawable(candidate) && !drawn.contains(candidate.number)) {
        picks.push_back(PickOf(candidate, "CALLED_IN", stage));
      }
    }
  }
  std::sort(picks.begin(), picks.end(), InOrder);
  return picks;
}

namespace {

// The first place at which the picks differ, if they do.
void ComparePicks(std::vector<Pick> again, std::vector<Pick> claimed,
                  std::vector<DrawFinding>& findings) {
  std::sort(again.begin(), again.end(), InOrder);
  std::sort(claimed.begin(), claimed.end(), InOrder);
  for (std::size_t i = 0; i < std::max(again.size(), claimed.size()); ++i) {
    const std::string place = absl::StrCat("drawn[", i, "]");
    const auto tell = [&](std::string message) {
      findings.push_back({kSelectionTampered, place, std::move(message)});
    };
    if (i >= claimed.size()) {
      return tell(absl::StrCat("the draw also gives ", again[i].candidate));
    }
    if (i >= again.size() || again[i].candidate > claimed[i].candidate) {
      return tell(absl::StrCat("the draw does not give ", claimed[i].candidate));
    }
    if (again[i].candidate < claimed[i].candidate) {
      return tell(absl::StrCat("the draw also gives ", again[i].candidate));
    }
    if (again[i].stage != claimed[i].stage) {
      return tell(absl::StrCat("the draw gives ", again[i].candidate, " in stage ",
                               static_cast<int>(again[i].stage), ", not ",
                               static_cast<int>(claimed[i].stage)));
    }
  }
}

// What later stages added, made again; only stages that anybody was drawn in.
void AddLaterStages(const DrawInput& input, const DrawClaims& claims, const MadeDraw& made,
                    std::vector<Pick>& picks) {
  Sample sample{.seed = made.seed, .ladder_size = made.draw.ladder_size, .picks = picks};
  for (Stage stage : {Stage::kExtended, Stage::kAllWork}) {
    const bool drawn = std::any_of(claims.picks.begin(), claims.picks.end(),
                                   [&](const Pick& pick) { return pick.stage == stage; });
    if (!drawn) continue;  // A body that never extends goes straight to all work.
    for (Pick& pick : PicksOfStage(stage, sample, input.candidates, input.facts)) {
      picks.push_back(pick);
      sample.picks.push_back(std::move(pick));
    }
  }
}

}  // namespace

absl::StatusOr<std::vector<DrawFinding>> FindingsOf(const DrawInput& input,
                                                    const DrawClaims& claims) {
  ASSIGN_OR_RETURN(const MadeDraw made, MakeDraw(input));
  std::vector<DrawFinding> findings;
  if (Sha256Hex(input.secret) != claims.commitment) {
    findings.push_back({kCommitmentTampered, "secret",
                        "the secret is not the one that was committed to while marks were open"});
  }
  if (made.list_hash != claims.list_hash) {
    findings.push_back({kCandidatesTampered, "candidates",
                        "the candidates are not those of the draw: their list has another hash"});
  }
  if (made.facts_hash != claims.facts_hash) {
    findings.push_back(
        {kFactsTampered, "facts", "the facts are not those of the draw: they have another hash"});
  }
  if (made.seed != claims.seed) {
    findings.push_back({kSeedTampered, "seed",
                        "the seed does not follow from secret, policy, algorithm, candidates and "
                        "facts"});
  }
  std::vector<Pick> picks = made.picks;
  AddLaterStages(input, claims, made, picks);
  ComparePicks(std::move(picks), claims.picks, findings);
  return findings;
}

}  // namespace assay::moderation
