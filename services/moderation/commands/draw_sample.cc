#include "services/moderation/commands/draw_sample.h"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/moderation/commands/evidence_locks.h"
#include "services/moderation/commands/find_policy.h"
#include "services/moderation/commands/forget_draw.h"
#include "services/moderation/commitment.h"
#include "services/moderation/errors.h"
#include "services/moderation/events.h"
#include "services/moderation/sampling/canonical.h"
#include "services/moderation/sampling/canonical_reader.h"
#include "services/moderation/sampling/size.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/core/view.h"
#include "services/platform/error/error.h"

namespace assay::moderation {
namespace {

using platform::Error;

constexpr auto kBeforeMarks = SamplingRule::Mode::kBeforeMarks;

// The policies that govern a draw today.
struct Policies {
  PolicyPtr sampling, tolerance, adjustment;
};

absl::StatusOr<Policies> PoliciesFor(const Work& work, const Component& component) {
  Policies policies;
  ASSIGN_OR_RETURN(policies.sampling, GoverningPolicy(work, component, PolicyKind::kSampling));
  ASSIGN_OR_RETURN(policies.tolerance, GoverningPolicy(work, component, PolicyKind::kTolerance));
  ASSIGN_OR_RETURN(policies.adjustment, GoverningPolicy(work, component, PolicyKind::kAdjustment));
  return policies;
}

// Where the rule wants new assessors in full: those without released work of their centre in an
// earlier series, and those whom the officer names.
absl::Status AddNewAssessors(const Work& work, const Group& group,
                             std::span<const Candidate> candidates, const SamplingRule& rule,
                             SamplingFacts& facts) {
  std::set<std::string> fresh(facts.new_assessors.begin(), facts.new_assessors.end());
  if (rule.new_assessors == SamplingRule::NewAssessors::kInFull) {
    for (const Submission& member : group.members) {
      ASSIGN_OR_RETURN(const std::vector<std::string> known,
                       DrawStore().KnownAssessors(work.tx, work.caller.tenant, member));
      for (const Candidate& candidate : candidates) {
        if (candidate.assessor.empty()) continue;
        if (group.consortium.has_value() && candidate.centre != member.centre) continue;
        if (std::binary_search(known.begin(), known.end(), candidate.assessor)) continue;
        fresh.insert(candidate.assessor);
      }
    }
  }
  facts.new_assessors.assign(fresh.begin(), fresh.end());
  return absl::OkStatus();
}

// What the made draw says, as sample and record keep it.
void Take(const DrawInput& input, const MadeDraw& made, Sample& sample, DrawRecord& record) {
  sample.list_hash = made.list_hash;
  sample.seed = made.seed;
  sample.pool_count = made.draw.cohort;
  sample.ladder_size = made.draw.ladder_size;
  sample.gaps.clear();
  for (const CoverageItem& item : made.draw.coverage) {
    if (item.status != CoverageItem::Status::kCovered) sample.gaps.push_back(GapOf(item));
  }
  sample.picks = made.picks;
  if (!made.facts_hash.empty()) record.facts = CanonicalSamplingFacts(input.facts);
  record.facts_hash = made.facts_hash;
  const auto& counted = record.names_only ? input.entries : input.candidates;
  record.coverage.clear();
  for (const CoverageItem& item : made.draw.coverage) {
    record.coverage.push_back({item, item.candidate < 0 ? "" : counted[item.candidate].number});
  }
  record.steps = made.draw.steps;
  record.not_drawn = made.draw.not_drawn;
  record.rank_gap_max = made.draw.rank_gap_max;
  GradeCounts counts;
  for (const Candidate& candidate : counted) {
    if (record.names_only ? !candidate.Has(kWithdrawn) : Drawable(candidate)) {
      ++counts[candidate.grade];
    }
  }
  record.explanation = ExplainSize(input.rule, input.facts, counts);
}

absl::StatusOr<Drawn> LoadDrawn(const Work& work, Submission submission, std::string_view id) {
  auto sample = work.store().GetSample(work.tx, work.caller.tenant, submission.number, id);
  if (absl::IsNotFound(sample.status())) {
    return Error(absl::StatusCode::kNotFound, kSampleNotFound, "there is no such sample")
        .With("sample", absl::StrCat(submission.name.Text(), "/samples/", platform::View(id)));
  }
  if (!sample.ok()) return sample.status();
  ASSIGN_OR_RETURN(DrawRecord record,
                   DrawStore().Get(work.tx, work.caller.tenant, submission.number, id));
  return Drawn{std::move(submission), *std::move(sample), std::move(record)};
}

// Those who have a part in the draw, whatever became of their submissions since.
absl::StatusOr<Group> DrawnWith(const Work& work, const Drawn& drawn) {
  if (drawn.record.consortium.empty()) return Alone(drawn.submission);
  const std::string& text = drawn.record.consortium;
  const ConsortiumName name{drawn.submission.name.series, drawn.submission.name.component,
                            text.substr(text.rfind('/') + 1)};
  Group group{.consortium = Consortium{.name = name}};
  ASSIGN_OR_RETURN(std::vector<Submission> members,
                   ConsortiumStore().Members(work.tx, work.caller, name));
  for (Submission& member : members) {
    const absl::Status part =
        work.store()
            .GetSample(work.tx, work.caller.tenant, member.number, drawn.sample.id)
            .status();
    if (absl::IsNotFound(part)) continue;
    RETURN_IF_ERROR(part);
    group.members.push_back(std::move(member));
  }
  std::sort(group.members.begin(), group.members.end(),
            [](const Submission& a, const Submission& b) { return a.centre < b.centre; });
  return group;
}

absl::Status NobodyToDraw(const Group& group) {
  return Error(absl::StatusCode::kFailedPrecondition, kNobodyToDraw,
               "no candidate can be drawn: all are absent, withdrawn, carried forward, excluded or "
               "without a mark")
      .With("submission", group.Name());
}

absl::Status NamesDrawn(const Group& group) {
  return Error(absl::StatusCode::kFailedPrecondition, kNamesDrawn,
               "names are drawn already; they are completed when the submission is handed in, and "
               "void when its entries change")
      .With("submission", group.Name());
}

// What each member has of the draw of all.
std::vector<Drawn> Share(Group group, const Sample& sample, DrawRecord record) {
  if (group.consortium.has_value()) {
    record.consortium = group.Name();
    record.group_count = static_cast<std::int64_t>(sample.picks.size());
  }
  std::vector<Drawn> shares;
  for (Submission& member : group.members) {
    Sample own = sample;
    own.picks = OwnPicks(member, sample.picks);
    shares.push_back({std::move(member), std::move(own), record});
  }
  return shares;
}

// Of the names, once marks are in: the same draw, completed.
absl::StatusOr<std::vector<Drawn>> Complete(const Work& work, Group group) {
  const Submission& first = group.members.front();
  ASSIGN_OR_RETURN(Drawn drawn, LoadDrawn(work, first, first.sample));
  drawn.record.names_only = false;
  ASSIGN_OR_RETURN(const PublishedDraw published, Publish(work, drawn));
  ASSIGN_OR_RETURN(const MadeDraw made, MakeDraw(published.input));
  if (made.seed != drawn.sample.seed) return absl::DataLossError("the draw of names has changed");
  Take(published.input, made, drawn.sample, drawn.record);
  if (drawn.sample.picks.empty()) return NobodyToDraw(group);
  std::vector<Drawn> shares = Share(std::move(group), drawn.sample, std::move(drawn.record));
  for (const Drawn& share : shares) {
    RETURN_IF_ERROR(DrawStore().Complete(work.tx, work.caller.tenant, share.submission.number,
                                         share.sample, share.record));
  }
  return shares;
}

absl::Status Move(const Work& work, Drawn& drawn, Step step) {
  Submission& submission = drawn.submission;
  Advance(submission, step);
  submission.sample = drawn.sample.id;
  // In a consortium it is the common secret that is known now.
  if (submission.consortium.empty()) submission.secret_revealed = true;
  submission.stage = Stage::kSubSample;
  RETURN_IF_ERROR(work.store().UpdateSubmission(work.tx, work.caller, submission));
  RETURN_IF_ERROR(
      EmitSampleDrawn(work, submission, static_cast<std::int64_t>(drawn.sample.picks.size())));
  return RefreshEvidenceLock(work, submission);
}

absl::Status MoveAll(const Work& work, std::optional<Consortium> consortium,
                     std::vector<Drawn>& shares, Step step) {
  for (Drawn& share : shares) RETURN_IF_ERROR(Move(work, share, step));
  if (!consortium.has_value()) return absl::OkStatus();
  consortium->secret_revealed = true;
  return ConsortiumStore().Update(work.tx, work.caller.tenant, *consortium);
}

// A text of the entries in which only what voids names is left.
std::string Lasting(std::vector<Candidate> entries) {
  for (Candidate& entry : entries) {
    entry.flags &= ~static_cast<std::uint32_t>(kAbsent | kWithdrawn);
    entry.grade.clear();
  }
  return CanonicalEntries(entries);
}

}  // namespace

absl::StatusOr<Drawn> DrawSample(const Work& work, const DrawParams& params) {
  const SubmissionName& name = params.name;
  ASSIGN_OR_RETURN(Submission submission, work.store().GetSubmission(work.tx, work.caller, name));
  RETURN_IF_ERROR(platform::CheckEtag(params.etag, submission.version, name.Text()));
  RETURN_IF_ERROR(CheckAlone(submission, "DrawConsortium"));
  ASSIGN_OR_RETURN(std::vector<Drawn> drawn,
                   DrawGroup(work, Alone(std::move(submission)), params.facts));
  return std::move(drawn.front());
}

absl::StatusOr<std::vector<Drawn>> DrawGroup(const Work& work, Group group,
                                             const SamplingFacts& facts) {
  const std::string& tenant = work.caller.tenant;
  const SubmissionName name = group.members.front().name;
  ASSIGN_OR_RETURN(const Component component,
                   work.store().GetComponent(work.tx, tenant, name.series, name.component));
  ASSIGN_OR_RETURN(const Policies policies, PoliciesFor(work, component));
  const SamplingRule& rule = policies.sampling->sampling;
  const bool all_open = std::all_of(group.members.begin(), group.members.end(),
                                    [](const auto& m) { return m.state == State::kOpen; });
  const bool names = rule.mode == kBeforeMarks && all_open;
  const Step step = names ? Step::kDrawNames : Step::kDraw;
  for (const Submission& member : group.members) RETURN_IF_ERROR(CheckStep(work, member, step));
  const bool names_drawn = !group.members.front().sample.empty();
  if (names && names_drawn) return NamesDrawn(group);
  const std::optional<Consortium> consortium = group.consortium;
  if (names_drawn) {
    ASSIGN_OR_RETURN(std::vector<Drawn> shares, Complete(work, std::move(group)));
    RETURN_IF_ERROR(MoveAll(work, consortium, shares, step));
    return shares;
  }
  for (const PolicyPtr& policy : {policies.sampling, policies.tolerance, policies.adjustment}) {
    RETURN_IF_ERROR(NoteUse(work, *policy));
  }

  DrawInput input{.submission = group.Name(),
                  .policy = policies.sampling->VersionName(),
                  .rule = rule,
                  .sub_sample = policies.tolerance->tolerance.sub_sample,
                  .facts = facts,
                  .secret = group.Secret()};
  ASSIGN_OR_RETURN(input.candidates, PooledCandidates(work, group));
  RETURN_IF_ERROR(AddNewAssessors(work, group, input.candidates, rule, input.facts));
  input.algorithm = NameOf(AlgorithmFor(input.candidates, rule, input.facts));
  DrawRecord record;
  if (rule.mode == kBeforeMarks) {
    input.entries = input.candidates;
    record.entries = CanonicalEntries(input.entries);
  }
  if (names) input.candidates.clear();
  record.names_only = names;
  ASSIGN_OR_RETURN(const MadeDraw made, MakeDraw(input));
  if (made.picks.empty()) return NobodyToDraw(group);
  Sample sample{.id = work.context.ids.NextId(work.caller.now),
                .sampling_policy = input.policy,
                .tolerance_policy = policies.tolerance->VersionName(),
                .adjustment_policy = policies.adjustment->VersionName(),
                .algorithm = input.algorithm,
                .commitment = Sha256Hex(input.secret),
                .secret = input.secret,
                .create_time = work.caller.now};
  Take(input, made, sample, record);
  std::vector<Drawn> shares = Share(std::move(group), sample, std::move(record));
  for (const Drawn& share : shares) {
    const std::int64_t number = share.submission.number;
    RETURN_IF_ERROR(work.store().InsertSample(work.tx, tenant, number, share.sample));
    RETURN_IF_ERROR(DrawStore().Insert(work.tx, tenant, number, sample.id, share.record));
  }
  RETURN_IF_ERROR(MoveAll(work, consortium, shares, step));
  return shares;
}

absl::StatusOr<Drawn> FindSample(const Work& work, const SubmissionName& name,
                                 std::string_view id) {
  ASSIGN_OR_RETURN(Submission submission, work.store().GetSubmission(work.tx, work.caller, name));
  return LoadDrawn(work, submission, id);
}

absl::Status VoidNamesIfEntriesChanged(const Work& work, Submission& submission) {
  if (submission.sample.empty() || submission.state != State::kOpen) return absl::OkStatus();
  ASSIGN_OR_RETURN(const DrawRecord record, DrawStore().Get(work.tx, work.caller.tenant,
                                                            submission.number, submission.sample));
  ASSIGN_OR_RETURN(std::vector<Candidate> then, ReadCanonicalCandidates(record.entries));
  ASSIGN_OR_RETURN(const Group group, GroupOf(work, submission));
  ASSIGN_OR_RETURN(std::vector<Candidate> now, PooledCandidates(work, group));
  if (Lasting(std::move(then)) == Lasting(std::move(now))) return absl::OkStatus();
  return ForgetDraw(work, submission);
}

absl::StatusOr<PublishedDraw> Publish(const Work& work, const Drawn& drawn) {
  const Sample& sample = drawn.sample;
  PublishedDraw out;
  ASSIGN_OR_RETURN(out.sampling,
                   RecordedPolicy(work, sample.sampling_policy, PolicyKind::kSampling));
  ASSIGN_OR_RETURN(out.tolerance,
                   RecordedPolicy(work, sample.tolerance_policy, PolicyKind::kTolerance));
  DrawInput& input = out.input;
  input.submission = drawn.submission.name.Text();
  input.policy = sample.sampling_policy;
  input.rule = out.sampling->sampling;
  input.sub_sample = out.tolerance->tolerance.sub_sample;
  input.algorithm = sample.algorithm;
  input.secret = sample.secret;
  ASSIGN_OR_RETURN(input.facts, ReadCanonicalSamplingFacts(drawn.record.facts));
  std::vector<Pick> picks = sample.picks;
  ASSIGN_OR_RETURN(const Group group, DrawnWith(work, drawn));
  if (!drawn.record.consortium.empty()) {
    input.submission = drawn.record.consortium;
    picks.clear();
    for (const Submission& member : group.members) {
      ASSIGN_OR_RETURN(const Sample own, work.store().GetSample(work.tx, work.caller.tenant,
                                                                member.number, sample.id));
      for (Pick pick : own.picks) {
        pick.candidate = Pool(member, pick.candidate);
        picks.push_back(std::move(pick));
      }
    }
  }
  if (!drawn.record.names_only) {
    ASSIGN_OR_RETURN(input.candidates, PooledCandidates(work, group));
  }
  if (!drawn.record.entries.empty()) {
    ASSIGN_OR_RETURN(input.entries, ReadCanonicalCandidates(drawn.record.entries));
  }
  out.claims = {.commitment = sample.commitment,
                .list_hash = sample.list_hash,
                .facts_hash = drawn.record.facts_hash,
                .seed = sample.seed,
                .picks = std::move(picks),
                .ladder_size = sample.ladder_size};
  return out;
}

absl::StatusOr<std::vector<DrawFinding>> VerifySample(const Work& work, const SubmissionName& name,
                                                      std::string_view id) {
  ASSIGN_OR_RETURN(const Drawn drawn, FindSample(work, name, id));
  ASSIGN_OR_RETURN(const PublishedDraw published, Publish(work, drawn));
  return FindingsOf(published.input, published.claims);
}

absl::StatusOr<std::vector<Pick>> DrawStage(const Work& work, const Group& group,
                                            const Sample& sample, Stage stage) {
  ASSIGN_OR_RETURN(
      const DrawRecord record,
      DrawStore().Get(work.tx, work.caller.tenant, group.members.front().number, sample.id));
  ASSIGN_OR_RETURN(const SamplingFacts facts, ReadCanonicalSamplingFacts(record.facts));
  ASSIGN_OR_RETURN(const std::vector<Candidate> candidates, PooledCandidates(work, group));
  return PicksOfStage(stage, sample, candidates, facts);
}

}  // namespace assay::moderation
