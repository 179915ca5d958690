#include "services/moderation/commands/draw_sample.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "services/moderation/commands/evidence_locks.h"
#include "services/moderation/commands/find_policy.h"
#include "services/moderation/commitment.h"
#include "services/moderation/errors.h"
#include "services/moderation/events.h"
#include "services/moderation/sampling/canonical.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/core/view.h"
#include "services/platform/error/error.h"

namespace assay::moderation {
namespace {

using platform::Error;

constexpr int kExtensionRound = 1;

Pick PickOf(const Candidate& candidate, std::string_view why, Stage stage) {
  return {.candidate = candidate.number, .reasons = {std::string(why)}, .stage = stage};
}

// Who was drawn, why, and in which stage they are judged; in the order of candidates.
std::vector<Pick> PicksOf(std::span<const Candidate> candidates, const Draw& draw,
                          std::int64_t sub_sample) {
  std::vector<Pick> picks;
  for (const Selected& selected : draw.selected) {
    picks.push_back(PickOf(candidates[selected.candidate], NameOf(selected.why), Stage::kSample));
  }
  for (std::int32_t i : SubSample(candidates, draw.selected, sub_sample)) {
    picks[i].stage = Stage::kSubSample;
  }
  // A candidate who also stands for something else says so.
  for (const CoverageItem& item : draw.coverage) {
    if (item.candidate < 0) continue;
    const auto selected =
        std::find_if(draw.selected.begin(), draw.selected.end(),
                     [&](const Selected& s) { return s.candidate == item.candidate; });
    std::vector<std::string>& reasons = picks[selected - draw.selected.begin()].reasons;
    const std::string_view reason = NameOf(item.kind);
    if (std::find(reasons.begin(), reasons.end(), reason) == reasons.end()) {
      reasons.emplace_back(reason);
    }
  }
  std::sort(picks.begin(), picks.end(),
            [](const Pick& a, const Pick& b) { return a.candidate < b.candidate; });
  return picks;
}

Seed SeedFor(const Submission& submission, const Sample& sample) {
  return SeedOf(sample.secret, CanonicalFacts({.submission = submission.name.Text(),
                                               .policy = sample.sampling_policy,
                                               .algorithm = sample.algorithm,
                                               .list_hash = sample.list_hash}));
}

std::string BytesOf(const Seed& seed) { return std::string(seed.begin(), seed.end()); }

Seed SeedFrom(std::string_view bytes) {
  Seed seed{};
  std::copy_n(bytes.begin(), std::min(bytes.size(), seed.size()), seed.begin());
  return seed;
}

}  // namespace

absl::StatusOr<Drawn> DrawSample(const Work& work, const SubmissionName& name,
                                 std::string_view etag) {
  Store& store = work.store();
  const std::string& tenant = work.caller.tenant;
  ASSIGN_OR_RETURN(Submission submission, store.GetSubmission(work.tx, work.caller, name));
  RETURN_IF_ERROR(platform::CheckEtag(etag, submission.version, name.Text()));
  RETURN_IF_ERROR(CheckStep(work, submission, Step::kDraw));
  ASSIGN_OR_RETURN(const Component component,
                   store.GetComponent(work.tx, tenant, name.series, name.component));
  ASSIGN_OR_RETURN(const PolicyPtr sampling,
                   GoverningPolicy(work, component, PolicyKind::kSampling));
  ASSIGN_OR_RETURN(const PolicyPtr tolerance,
                   GoverningPolicy(work, component, PolicyKind::kTolerance));
  ASSIGN_OR_RETURN(const PolicyPtr adjustment,
                   GoverningPolicy(work, component, PolicyKind::kAdjustment));
  for (const PolicyPtr& policy : {sampling, tolerance, adjustment}) {
    RETURN_IF_ERROR(NoteUse(work, *policy));
  }
  ASSIGN_OR_RETURN(const std::vector<Candidate> candidates,
                   store.LoadCandidates(work.tx, tenant, submission.number));

  Sample sample{.id = work.context.ids.NextId(work.caller.now),
                .sampling_policy = sampling->VersionName(),
                .tolerance_policy = tolerance->VersionName(),
                .adjustment_policy = adjustment->VersionName(),
                .algorithm = std::string(NameOf(AlgorithmFor(candidates, sampling->sampling, {}))),
                .list_hash = Sha256Hex(CanonicalCandidates(candidates)),
                .commitment = Sha256Hex(submission.secret),
                .secret = submission.secret,
                .create_time = work.caller.now};
  const Seed seed = SeedFor(submission, sample);
  const Draw draw = DrawSample(candidates, sampling->sampling, seed);
  if (draw.selected.empty()) {
    return Error(absl::StatusCode::kFailedPrecondition, kNobodyToDraw,
                 "no candidate can be drawn: all are absent, withdrawn, carried forward or "
                 "without a mark")
        .With("submission", name.Text());
  }
  sample.seed = BytesOf(seed);
  sample.pool_count = draw.cohort;
  sample.ladder_size = draw.ladder_size;
  for (const CoverageItem& item : draw.coverage) {
    if (item.status != CoverageItem::Status::kCovered) sample.gaps.push_back(GapOf(item));
  }
  sample.picks = PicksOf(candidates, draw, tolerance->tolerance.sub_sample);
  RETURN_IF_ERROR(store.InsertSample(work.tx, tenant, submission.number, sample));

  Advance(submission, Step::kDraw);
  submission.sample = sample.id;
  submission.secret_revealed = true;
  submission.stage = Stage::kSubSample;
  RETURN_IF_ERROR(store.UpdateSubmission(work.tx, work.caller, submission));
  RETURN_IF_ERROR(
      EmitSampleDrawn(work, submission, static_cast<std::int64_t>(sample.picks.size())));
  RETURN_IF_ERROR(RefreshEvidenceLock(work, submission));
  return Drawn{std::move(submission), std::move(sample)};
}

absl::StatusOr<Drawn> FindSample(const Work& work, const SubmissionName& name,
                                 std::string_view id) {
  ASSIGN_OR_RETURN(Submission submission, work.store().GetSubmission(work.tx, work.caller, name));
  auto sample = work.store().GetSample(work.tx, work.caller.tenant, submission.number, id);
  if (absl::IsNotFound(sample.status())) {
    return Error(absl::StatusCode::kNotFound, kSampleNotFound, "there is no such sample")
        .With("sample", absl::StrCat(name.Text(), "/samples/", platform::View(id)));
  }
  if (!sample.ok()) return sample.status();
  return Drawn{std::move(submission), *std::move(sample)};
}

std::vector<Pick> PicksOfStage(Stage stage, const Sample& sample,
                               std::span<const Candidate> candidates) {
  absl::flat_hash_set<std::string> drawn;
  for (const Pick& pick : sample.picks) {
    if (pick.stage < stage) drawn.insert(pick.candidate);
  }
  std::vector<Pick> picks;
  if (stage == Stage::kExtended) {
    std::vector<std::int32_t> already;
    for (std::size_t i = 0; i < candidates.size(); ++i) {
      if (drawn.contains(candidates[i].number)) already.push_back(static_cast<std::int32_t>(i));
    }
    for (const Selected& selected : ExtendSample(candidates, already, sample.ladder_size,
                                                 SeedFrom(sample.seed), kExtensionRound)) {
      picks.push_back(PickOf(candidates[selected.candidate], NameOf(selected.why), stage));
    }
  } else if (stage == Stage::kAllWork) {
    for (const Candidate& candidate : candidates) {
      if (Drawable(candidate) && !drawn.contains(candidate.number)) {
        picks.push_back(PickOf(candidate, "CALLED_IN", stage));
      }
    }
  }
  std::sort(picks.begin(), picks.end(),
            [](const Pick& a, const Pick& b) { return a.candidate < b.candidate; });
  return picks;
}

absl::StatusOr<Verification> VerifySample(const Work& work, const SubmissionName& name,
                                          std::string_view id) {
  ASSIGN_OR_RETURN(const Drawn found, FindSample(work, name, id));
  const Sample& sample = found.sample;
  ASSIGN_OR_RETURN(
      const std::vector<Candidate> candidates,
      work.store().LoadCandidates(work.tx, work.caller.tenant, found.submission.number));
  Verification result;
  result.commitment_fits = Sha256Hex(sample.secret) == sample.commitment;
  result.candidate_list_fits = Sha256Hex(CanonicalCandidates(candidates)) == sample.list_hash;
  const Seed seed = SeedFor(found.submission, sample);
  result.seed_fits = BytesOf(seed) == sample.seed;
  ASSIGN_OR_RETURN(const PolicyPtr sampling,
                   RecordedPolicy(work, sample.sampling_policy, PolicyKind::kSampling));
  ASSIGN_OR_RETURN(const PolicyPtr tolerance,
                   RecordedPolicy(work, sample.tolerance_policy, PolicyKind::kTolerance));
  std::vector<Pick> again = PicksOf(candidates, DrawSample(candidates, sampling->sampling, seed),
                                    tolerance->tolerance.sub_sample);
  const auto last =
      std::max_element(sample.picks.begin(), sample.picks.end(),
                       [](const Pick& a, const Pick& b) { return a.stage < b.stage; });
  for (Stage stage : {Stage::kExtended, Stage::kAllWork}) {
    if (last == sample.picks.end() || last->stage < stage) break;
    const bool drawn = std::any_of(sample.picks.begin(), sample.picks.end(),
                                   [&](const Pick& pick) { return pick.stage == stage; });
    if (!drawn) continue;  // A body that never extends goes straight to all work.
    const std::vector<Pick> more = PicksOfStage(stage, sample, candidates);
    again.insert(again.end(), more.begin(), more.end());
  }
  std::sort(again.begin(), again.end(),
            [](const Pick& a, const Pick& b) { return a.candidate < b.candidate; });
  result.candidates_fit = std::equal(again.begin(), again.end(), sample.picks.begin(),
                                     sample.picks.end(), [](const Pick& a, const Pick& b) {
                                       return a.candidate == b.candidate && a.stage == b.stage;
                                     });
  return result;
}

}  // namespace assay::moderation
