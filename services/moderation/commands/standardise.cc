#include "services/moderation/commands/standardise.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "services/moderation/commands/find_policy.h"
#include "services/moderation/errors.h"
#include "services/moderation/events.h"
#include "services/moderation/standardisation/rule.h"
#include "services/moderation/standardisation/seeds.h"
#include "services/moderation/tolerance/tolerance.h"
#include "services/platform/core/entropy.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/core/view.h"
#include "services/platform/error/error.h"

namespace assay::moderation {
namespace {

using platform::Error;

constexpr int kAll = std::numeric_limits<std::int32_t>::max();

std::string NameOf(const Component& component) {
  return absl::StrCat("series/", component.series, "/components/", component.id);
}

// What a component asks of its moderators.
struct Demand {
  PolicyPtr policy;
  Mark tolerance = 0;

  const StandardisationRule& rule() const { return policy->standardisation; }
};

absl::StatusOr<Demand> DemandOf(const Work& work, const Component& component) {
  Demand demand;
  ASSIGN_OR_RETURN(demand.policy, GoverningPolicy(work, component, PolicyKind::kStandardisation));
  ASSIGN_OR_RETURN(const PolicyPtr tolerance,
                   GoverningPolicy(work, component, PolicyKind::kTolerance));
  demand.tolerance = ToleranceOf(tolerance->tolerance, component.scale);
  return demand;
}

absl::Status CheckAsked(const Demand& demand, const Component& component) {
  if (demand.rule().required) return absl::OkStatus();
  return Error(absl::StatusCode::kFailedPrecondition, kStandardisationNotAsked,
               "the component's policy asks nobody to qualify")
      .With("component", NameOf(component))
      .With("policy", demand.policy->VersionName());
}

absl::StatusOr<std::vector<GivenScript>> Given(const Work& work, const Component& component) {
  return StandardisationStore().ListGiven(work.tx, work.caller.tenant, component.series,
                                          component.id, work.caller.subject, "", kAll);
}

absl::Status Keep(const Work& work, const Component& component, ModeratorStanding& standing) {
  standing.change_time = work.caller.now;
  return StandardisationStore().PutStanding(work.tx, work.caller.tenant, component.series,
                                            component.id, standing);
}

ScriptMarks MarksOf(const GivenScript& given) {
  return {given.script.id, given.script.definitive, given.mark.value_or(0)};
}

// What the caller may be told of a script.
ScriptFeedback FeedbackOf(const Demand& demand, const ModeratorStanding& standing,
                          GivenScript given) {
  ScriptFeedback feedback{.given = std::move(given)};
  const bool decided =
      feedback.given.attempt < standing.attempt || standing.state != StandingState::kQualifying;
  feedback.shown = feedback.given.mark.has_value() && (feedback.given.attempt == 0 || decided);
  feedback.inside = feedback.shown && IsInside(demand.tolerance, MarksOf(feedback.given));
  return feedback;
}

// Decides the attempt if all of it is marked.
absl::Status DecideAttempt(const Work& work, const Component& component, const Demand& demand,
                           std::span<const GivenScript> given, RecordedScripts& recorded) {
  ModeratorStanding& standing = recorded.standing;
  if (standing.state != StandingState::kQualifying) return absl::OkStatus();
  std::vector<ScriptMarks> marks;
  for (const GivenScript& script : given) {
    if (script.attempt != standing.attempt) continue;
    if (script.mark.has_value()) {
      marks.push_back(MarksOf(script));
    } else {
      ++recorded.outstanding;
    }
  }
  if (recorded.outstanding > 0) return absl::OkStatus();
  const Attempt attempt = JudgeAttempt(demand.rule(), component.scale, demand.tolerance, marks);
  standing.state = attempt.qualified ? StandingState::kQualified : StandingState::kNotQualified;
  standing.marked = attempt.marked;
  standing.inside = attempt.inside;
  standing.difference_sum = attempt.difference_sum;
  standing.reason = attempt.why;
  if (attempt.qualified) standing.attempts_left = demand.rule().attempts_max;
  RETURN_IF_ERROR(Keep(work, component, standing));
  return EmitStandingChanged(work, component, standing);
}

using Violations = std::vector<std::pair<std::string, std::string>>;

// The marks by script, or what is wrong with them.
absl::flat_hash_map<std::string, Mark> CheckMarks(const Component& component,
                                                  std::span<const OwnMark> marks,
                                                  std::span<const GivenScript> given,
                                                  std::int64_t attempt, Violations& violations) {
  absl::flat_hash_map<std::string, Mark> good;
  for (std::size_t i = 0; i < marks.size(); ++i) {
    const auto refuse = [&](std::string_view field, std::string_view reason,
                            std::string_view what) {
      violations.emplace_back(absl::StrCat("marks[", i, "].", platform::View(field)),
                              absl::StrCat(platform::View(reason), ": ", platform::View(what)));
    };
    const auto found = std::find_if(given.begin(), given.end(), [&](const GivenScript& g) {
      return g.script.id == marks[i].candidate && (g.attempt == 0 || g.attempt == attempt);
    });
    const std::optional<MarkRefusal> refusal = RefusalOf(component.scale, marks[i].mark);
    if (found == given.end()) {
      refuse("script", kScriptNotGiven, "is not among the scripts to mark");
    } else if (found->mark.has_value()) {
      refuse("script", kMarkAlreadyRecorded, "has a mark, which is not changed");
    } else if (good.contains(marks[i].candidate)) {
      refuse("script", kCandidateDuplicate, "came before in this call");
    } else if (refusal.has_value()) {
      refuse("mark", refusal->reason, refusal->message);
    } else {
      good[marks[i].candidate] = *MarkOf(marks[i].mark);
    }
  }
  return good;
}

absl::Status Refused(const Violations& violations, std::size_t marks) {
  Error error(
      absl::StatusCode::kInvalidArgument, kMarksRefused,
      absl::StrCat(violations.size(), " of ", marks, " marks are bad and none was recorded"));
  error.With("refused_count", absl::StrCat(violations.size()));
  for (const auto& [field, description] : violations) error.Field(field, description);
  return error;
}

Seed AnySeed(const Work& work) {
  Seed seed{};
  work.context.entropy.Fill(seed);
  return seed;
}

absl::StatusOr<Component> ComponentOf(const Work& work, const Submission& submission) {
  return work.store().GetComponent(work.tx, work.caller.tenant, submission.name.series,
                                   submission.name.component);
}

}  // namespace

absl::Status CreateScript(const Work& work, Script script) {
  ASSIGN_OR_RETURN(
      const Component component,
      work.store().GetComponent(work.tx, work.caller.tenant, script.series, script.component));
  if (script.kind == ScriptKind::kSeed && !script.centre_mark.has_value()) {
    return Error(absl::StatusCode::kInvalidArgument, kScriptIncomplete,
                 "a seed needs the mark that stands as the centre's beside it in a work list")
        .Field("script.centre_mark", "is missing");
  }
  const auto check = [&](std::string_view field, Mark mark) -> absl::Status {
    const MarkFault fault = FaultOf(component.scale, mark);
    if (fault == MarkFault::kNone) return absl::OkStatus();
    const bool step = fault == MarkFault::kOffStep;
    return Error(absl::StatusCode::kInvalidArgument, step ? kMarkOffStep : kMarkAboveMaximum,
                 "the mark is not one that the component has")
        .With("mark", FormatMark(mark))
        .With(step ? "mark_step" : "mark_max",
              FormatMark(step ? component.scale.step : component.scale.maximum))
        .Field(field, "is not a mark of the component");
  };
  RETURN_IF_ERROR(check("script.definitive_mark", script.definitive));
  if (script.centre_mark.has_value()) {
    RETURN_IF_ERROR(check("script.centre_mark", *script.centre_mark));
  }
  return StandardisationStore().InsertScript(work.tx, work.caller.tenant, script);
}

absl::StatusOr<ModeratorStanding> StandingOf(const Work& work, const Component& component) {
  ASSIGN_OR_RETURN(std::optional<ModeratorStanding> standing,
                   StandardisationStore().GetStanding(work.tx, work.caller.tenant, component.series,
                                                      component.id, work.caller.subject));
  if (standing.has_value()) return *std::move(standing);
  ASSIGN_OR_RETURN(const Demand demand, DemandOf(work, component));
  return ModeratorStanding{.subject = work.caller.subject,
                           .attempts_left = demand.rule().attempts_max,
                           .policy = demand.policy->VersionName(),
                           .change_time = work.caller.now};
}

absl::StatusOr<ModeratorStanding> BeginQualification(const Work& work, const Component& component) {
  StandardisationStore store;
  ASSIGN_OR_RETURN(const Demand demand, DemandOf(work, component));
  RETURN_IF_ERROR(CheckAsked(demand, component));
  ASSIGN_OR_RETURN(ModeratorStanding standing, StandingOf(work, component));
  if (standing.state == StandingState::kQualifying || standing.state == StandingState::kQualified) {
    return standing;
  }
  ASSIGN_OR_RETURN(const std::vector<GivenScript> given, Given(work, component));
  const auto practised = std::count_if(given.begin(), given.end(), [](const GivenScript& g) {
    return g.attempt == 0 && g.mark.has_value();
  });
  if (practised < demand.rule().practice_min) {
    const std::int64_t outstanding = demand.rule().practice_min - practised;
    return Error(absl::StatusCode::kFailedPrecondition, kPracticeOutstanding,
                 absl::StrCat("mark ", outstanding, " more practice scripts first"))
        .With("component", NameOf(component))
        .With("outstanding_count", absl::StrCat(outstanding));
  }
  if (standing.attempts_left < 1) {
    return Error(absl::StatusCode::kFailedPrecondition, kAttemptsUsedUp,
                 "no attempt is left; an officer can allow another")
        .With("component", NameOf(component))
        .With("attempts", absl::StrCat(standing.attempt));
  }
  ASSIGN_OR_RETURN(std::vector<std::string> unseen,
                   store.UnseenScripts(work.tx, work.caller.tenant, component.series, component.id,
                                       work.caller.subject, ScriptKind::kQualification));
  const auto needed = static_cast<std::size_t>(demand.rule().scripts);
  if (unseen.size() < needed) {
    return Error(absl::StatusCode::kFailedPrecondition, kScriptsMissing,
                 absl::StrCat("an attempt needs ", needed,
                              " qualification scripts that you have "
                              "not seen, and the component has ",
                              unseen.size(), "; an officer can add some"))
        .With("component", NameOf(component))
        .With("needed", absl::StrCat(needed))
        .With("available", absl::StrCat(unseen.size()));
  }
  // Which of them is by chance, so that moderators cannot tell each other.
  DrawGenerator chance(AnySeed(work));
  chance.Shuffle(std::span(unseen));
  unseen.resize(needed);
  ++standing.attempt;
  --standing.attempts_left;
  standing.state = StandingState::kQualifying;
  standing.policy = demand.policy->VersionName();
  standing.reason.clear();
  RETURN_IF_ERROR(store.GiveScripts(work.tx, work.caller.tenant, component.series, component.id,
                                    work.caller.subject, standing.attempt, unseen));
  RETURN_IF_ERROR(Keep(work, component, standing));
  return standing;
}

absl::StatusOr<RecordedScripts> RecordScriptMarks(const Work& work, const Component& component,
                                                  std::span<const OwnMark> marks) {
  StandardisationStore store;
  ASSIGN_OR_RETURN(Demand demand, DemandOf(work, component));
  RETURN_IF_ERROR(CheckAsked(demand, component));
  RecordedScripts recorded;
  ASSIGN_OR_RETURN(recorded.standing, StandingOf(work, component));
  if (recorded.standing.state == StandingState::kQualifying) {
    // What an attempt began under decides it.
    ASSIGN_OR_RETURN(demand.policy,
                     RecordedPolicy(work, recorded.standing.policy, PolicyKind::kStandardisation));
  }
  ASSIGN_OR_RETURN(std::vector<GivenScript> given, Given(work, component));
  Violations violations;
  const auto good = CheckMarks(component, marks, given, recorded.standing.attempt, violations);
  if (!violations.empty()) return Refused(violations, marks.size());
  for (GivenScript& script : given) {
    const auto own = good.find(script.script.id);
    if (own == good.end()) continue;
    ASSIGN_OR_RETURN(const bool done, store.RecordScriptMark(work.tx, work.caller, component.series,
                                                             component.id, script, own->second));
    if (!done) return absl::InternalError("a script that was open has a mark");
    script.mark = own->second;
  }
  RETURN_IF_ERROR(DecideAttempt(work, component, demand, given, recorded));
  for (const GivenScript& script : given) {
    if (!good.contains(script.script.id)) continue;
    recorded.feedback.push_back(FeedbackOf(demand, recorded.standing, script));
  }
  return recorded;
}

absl::StatusOr<std::vector<ScriptFeedback>> ListScriptWork(const Work& work,
                                                           const Component& component,
                                                           std::string_view after, int limit) {
  ASSIGN_OR_RETURN(const Demand demand, DemandOf(work, component));
  ASSIGN_OR_RETURN(const ModeratorStanding standing, StandingOf(work, component));
  ASSIGN_OR_RETURN(
      std::vector<GivenScript> given,
      StandardisationStore().ListGiven(work.tx, work.caller.tenant, component.series, component.id,
                                       work.caller.subject, after, limit));
  std::vector<ScriptFeedback> items;
  for (GivenScript& script : given) {
    items.push_back(FeedbackOf(demand, standing, std::move(script)));
  }
  return items;
}

absl::StatusOr<ModeratorStanding> AllowAttempt(const Work& work, const Component& component,
                                               std::string_view subject, std::string_view reason) {
  if (reason.find_first_not_of(" \t\r\n") == reason.npos) {
    return Error(absl::StatusCode::kInvalidArgument, kReasonMissing,
                 "say why the moderator is given another attempt")
        .Field("reason", "is empty");
  }
  ASSIGN_OR_RETURN(std::optional<ModeratorStanding> standing,
                   StandardisationStore().GetStanding(work.tx, work.caller.tenant, component.series,
                                                      component.id, subject));
  if (!standing.has_value()) {
    return Error(absl::StatusCode::kNotFound, kStandingNotFound,
                 "the moderator has not begun to qualify for the component")
        .With("component", NameOf(component))
        .With("subject", subject);
  }
  ++standing->attempts_left;
  standing->reason = std::string(reason);
  RETURN_IF_ERROR(Keep(work, component, *standing));
  return *std::move(standing);
}

absl::Status PlantSeeds(const Work& work, const Submission& submission,
                        std::span<const Pick> picks) {
  ASSIGN_OR_RETURN(const Component component, ComponentOf(work, submission));
  ASSIGN_OR_RETURN(const PolicyPtr policy,
                   GoverningPolicy(work, component, PolicyKind::kStandardisation));
  const std::int64_t share = policy->standardisation.seed_share;
  if (!policy->standardisation.required || share == 0 || picks.empty()) return absl::OkStatus();
  StandardisationStore store;
  ASSIGN_OR_RETURN(const std::vector<std::string> scripts,
                   store.UnseenScripts(work.tx, work.caller.tenant, component.series, component.id,
                                       submission.moderator_subject, ScriptKind::kSeed));
  if (scripts.empty()) return absl::OkStatus();
  std::vector<std::string> taken;
  ASSIGN_OR_RETURN(const std::vector<Candidate> cohort,
                   work.store().LoadCandidates(work.tx, work.caller.tenant, submission.number));
  for (const Candidate& candidate : cohort) taken.push_back(candidate.number);
  ASSIGN_OR_RETURN(
      const std::vector<SeedItem> there,
      store.ListSeeds(work.tx, work.caller.tenant, submission, Stage::kAllWork, "", kAll));
  for (const SeedItem& seed : there) taken.push_back(seed.candidate);
  std::vector<SeedItem> seeds;
  for (const PlantedSeed& planted : PlanSeeds(share, picks, taken, scripts.size(), AnySeed(work))) {
    seeds.push_back({.candidate = planted.candidate,
                     .script = scripts[planted.script],
                     .subject = submission.moderator_subject,
                     .stage = planted.stage});
  }
  return store.InsertSeeds(work.tx, work.caller.tenant, submission, seeds);
}

absl::Status ReplantSeeds(const Work& work, const Submission& submission) {
  ASSIGN_OR_RETURN(const Component component, ComponentOf(work, submission));
  ASSIGN_OR_RETURN(const PolicyPtr policy,
                   GoverningPolicy(work, component, PolicyKind::kStandardisation));
  // Most components have none, and thousands are allocated at once.
  if (!policy->standardisation.required || policy->standardisation.seed_share == 0) {
    return absl::OkStatus();
  }
  const std::string& tenant = work.caller.tenant;
  RETURN_IF_ERROR(StandardisationStore().DeleteUnmarkedSeeds(work.tx, tenant, submission));
  ASSIGN_OR_RETURN(const Sample sample,
                   work.store().GetSample(work.tx, tenant, submission.number, submission.sample));
  std::vector<Pick> open;
  for (const Pick& pick : sample.picks) {
    if (!pick.mark.has_value()) open.push_back(pick);
  }
  return PlantSeeds(work, submission, open);
}

absl::Status CheckSeeds(const Work& work, const Component& component) {
  StandardisationStore store;
  const std::string& tenant = work.caller.tenant;
  ASSIGN_OR_RETURN(
      std::optional<ModeratorStanding> standing,
      store.GetStanding(work.tx, tenant, component.series, component.id, work.caller.subject));
  if (!standing.has_value() || standing->state != StandingState::kQualified) {
    return absl::OkStatus();
  }
  ASSIGN_OR_RETURN(const Demand demand, DemandOf(work, component));
  ASSIGN_OR_RETURN(
      const std::vector<SeedItem> seeds,
      store.LatestSeeds(work.tx, tenant, component.series, component.id, work.caller.subject,
                        standing->change_time, static_cast<int>(demand.rule().seed_window)));
  std::vector<ScriptMarks> marks;
  for (const SeedItem& seed : seeds) marks.push_back({seed.script, seed.definitive, *seed.mark});
  if (!LeftTolerance(demand.rule(), demand.tolerance, marks)) return absl::OkStatus();
  standing->state = StandingState::kStopped;
  standing->attempts_left = demand.rule().attempts_max;
  standing->reason = absl::StrCat("too many of the last ", marks.size(),
                                  " scripts with a definitive mark are out of tolerance");
  RETURN_IF_ERROR(Keep(work, component, *standing));
  return EmitStandingChanged(work, component, *standing);
}

}  // namespace assay::moderation
