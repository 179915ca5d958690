#include <cmath>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "assay/moderation/v1/standardisation_service.pb.h"
#include "services/moderation/commands/standardise.h"
#include "services/moderation/convert.h"
#include "services/moderation/errors.h"
#include "services/moderation/rpcs/rpcs.h"
#include "services/platform/error/error.h"
#include "services/platform/rpc/etag.h"

namespace assay::moderation {
namespace {

using platform::Error;
using platform::Router;

constexpr int kMarksMax = 1000;
constexpr std::size_t kTitleMax = 200;
constexpr std::size_t kTextMax = 4000;

double Marks(Mark mark) { return static_cast<double>(mark) / kOneMark; }

absl::Status Invalid(std::string_view field, std::string_view what) {
  return Error(absl::StatusCode::kInvalidArgument, "FIELD_INVALID",
               absl::StrCat(platform::View(field), " ", platform::View(what)))
      .Field(field, what);
}

absl::StatusOr<Component> ComponentIn(const Work& work, std::string_view field,
                                      std::string_view text) {
  ASSIGN_OR_RETURN(const ComponentName name, ComponentNameOf(field, text));
  return work.store().GetComponent(work.tx, work.caller.tenant, name.series, name.component);
}

std::string NameOf(const Script& script) {
  return absl::StrCat("series/", script.series, "/components/", script.component, "/scripts/",
                      script.id);
}

absl::StatusOr<Mark> MarkFrom(std::string_view field, double value) {
  const std::optional<Mark> mark = MarkOf(value);
  if (!mark.has_value() || *mark < 0) {
    return Invalid(field, "is not a mark of 0 or more with at most two decimals");
  }
  return *mark;
}

absl::StatusOr<Script> ScriptFrom(const Work& work, const v1::CreateScriptRequest& request) {
  ASSIGN_OR_RETURN(const ComponentName parent, ComponentNameOf("parent", request.parent()));
  RETURN_IF_ERROR(CheckId("script_id", request.script_id()));
  const v1::Script& from = request.script();
  Script script{.series = parent.series,
                .component = parent.component,
                .id = request.script_id(),
                .title = from.title(),
                .commentary = from.commentary(),
                .created_by = work.caller.subject,
                .create_time = work.caller.now};
  if (from.kind() < v1::Script::KIND_PRACTICE || from.kind() > v1::Script::KIND_SEED) {
    return Invalid("script.kind", "is not a known kind");
  }
  script.kind = static_cast<ScriptKind>(from.kind());
  if (from.title().empty()) return Invalid("script.title", "is empty");
  RETURN_IF_ERROR(CheckText("script.title", from.title(), kTitleMax));
  RETURN_IF_ERROR(CheckText("script.commentary", from.commentary(), kTextMax));
  if (!from.has_definitive_mark()) return Invalid("script.definitive_mark", "is missing");
  ASSIGN_OR_RETURN(script.definitive, MarkFrom("script.definitive_mark", from.definitive_mark()));
  if (from.has_centre_mark()) {
    ASSIGN_OR_RETURN(script.centre_mark, MarkFrom("script.centre_mark", from.centre_mark()));
  }
  return script;
}

v1::Script ToProto(const Script& script, const platform::Call& call) {
  v1::Script out;
  out.set_name(NameOf(script));
  out.set_kind(static_cast<v1::Script::Kind>(script.kind));
  out.set_title(script.title);
  // Whoever may come to mark it does not learn here what it is to get (MOD-8).
  const bool marks = call.principal->Has("moderator") || call.principal->Has("lead_moderator");
  if (!marks) {
    out.set_definitive_mark(Marks(script.definitive));
    if (script.centre_mark.has_value()) out.set_centre_mark(Marks(*script.centre_mark));
    out.set_commentary(script.commentary);
  }
  SetTime(*out.mutable_create_time(), script.create_time);
  out.set_etag(platform::EtagOf(script.version));
  return out;
}

v1::Standing ToProto(const ModeratorStanding& standing, const Component& component) {
  v1::Standing out;
  out.set_moderator_subject(standing.subject);
  out.set_component(absl::StrCat("series/", component.series, "/components/", component.id));
  out.set_state(static_cast<v1::Standing::State>(standing.state));
  out.set_attempt(static_cast<std::int32_t>(standing.attempt));
  out.set_attempts_left(static_cast<std::int32_t>(standing.attempts_left));
  out.set_policy_version(standing.policy);
  out.set_marked_count(static_cast<std::int32_t>(standing.marked));
  out.set_in_tolerance_count(static_cast<std::int32_t>(standing.inside));
  if (standing.marked > 0) {
    out.set_mean_difference(Marks(standing.difference_sum) / static_cast<double>(standing.marked));
  }
  out.set_reason(standing.reason);
  SetTime(*out.mutable_update_time(), standing.change_time);
  return out;
}

v1::ScriptWorkItem ToProto(const ScriptFeedback& feedback) {
  const GivenScript& given = feedback.given;
  v1::ScriptWorkItem out;
  out.set_script(given.script.id);
  out.set_title(given.script.title);
  out.set_attempt(static_cast<std::int32_t>(given.attempt));
  if (given.mark.has_value()) out.set_own_mark(Marks(*given.mark));
  if (!feedback.shown) return out;
  out.set_definitive_mark(Marks(given.script.definitive));
  out.set_in_tolerance(feedback.inside);
  out.set_commentary(given.script.commentary);
  return out;
}

absl::StatusOr<v1::Script> CreateScript(const Work& work, const v1::CreateScriptRequest& request) {
  ASSIGN_OR_RETURN(const Script script, ScriptFrom(work, request));
  RETURN_IF_ERROR(CreateScript(work, script));
  return ToProto(script, work.call);
}

absl::StatusOr<v1::Script> GetScript(const Work& work, const v1::GetScriptRequest& request) {
  const std::string& name = request.name();
  const std::size_t at = name.find("/scripts/");
  if (at == name.npos || at + 9 == name.size() || name.find('/', at + 9) != name.npos) {
    return Invalid("name", "does not have the form series/*/components/*/scripts/*");
  }
  ASSIGN_OR_RETURN(const ComponentName parent, ComponentNameOf("name", name.substr(0, at)));
  ASSIGN_OR_RETURN(const Script script,
                   StandardisationStore().GetScript(work.tx, work.caller.tenant, parent.series,
                                                    parent.component, name.substr(at + 9)));
  return ToProto(script, work.call);
}

absl::StatusOr<v1::ListScriptsResponse> ListScripts(const Work& work,
                                                    const v1::ListScriptsRequest& request) {
  ASSIGN_OR_RETURN(const Component component, ComponentIn(work, "parent", request.parent()));
  return Page<v1::ListScriptsResponse>(
      work, request, request.parent(),
      [&](const std::string& after, int limit) {
        return StandardisationStore().ListScripts(work.tx, work.caller.tenant, component.series,
                                                  component.id, after, limit);
      },
      [&](auto& response, const Script& script) {
        *response.add_scripts() = ToProto(script, work.call);
      },
      [](const Script& script) { return script.id; });
}

absl::StatusOr<v1::ListScriptWorkResponse> ListScriptWork(
    const Work& work, const v1::ListScriptWorkRequest& request) {
  ASSIGN_OR_RETURN(const Component component, ComponentIn(work, "parent", request.parent()));
  ASSIGN_OR_RETURN(
      v1::ListScriptWorkResponse response,
      (Page<v1::ListScriptWorkResponse>(
          work, request, absl::StrCat(request.parent(), "\n", work.caller.subject),
          [&](const std::string& after, int limit) {
            return ListScriptWork(work, component, after, limit);
          },
          [](auto& page, const ScriptFeedback& item) { *page.add_items() = ToProto(item); },
          [](const ScriptFeedback& item) { return item.given.script.id; })));
  ASSIGN_OR_RETURN(const ModeratorStanding standing, StandingOf(work, component));
  *response.mutable_standing() = ToProto(standing, component);
  return response;
}

absl::StatusOr<v1::Standing> BeginQualification(const Work& work,
                                                const v1::BeginQualificationRequest& request) {
  ASSIGN_OR_RETURN(const Component component, ComponentIn(work, "name", request.name()));
  ASSIGN_OR_RETURN(const ModeratorStanding standing, BeginQualification(work, component));
  return ToProto(standing, component);
}

absl::StatusOr<v1::RecordScriptMarksResponse> RecordScriptMarks(
    const Work& work, const v1::RecordScriptMarksRequest& request) {
  ASSIGN_OR_RETURN(const Component component, ComponentIn(work, "name", request.name()));
  if (request.marks_size() > kMarksMax) {
    return Error(absl::StatusCode::kInvalidArgument, kTooManyCandidates,
                 absl::StrCat("a call takes at most ", kMarksMax, " marks"))
        .With("candidates_max", absl::StrCat(kMarksMax))
        .Field("marks", absl::StrCat("has more than ", kMarksMax));
  }
  std::vector<OwnMark> marks;
  for (const v1::ScriptMark& mark : request.marks()) marks.push_back({mark.script(), mark.mark()});
  ASSIGN_OR_RETURN(const RecordedScripts recorded, RecordScriptMarks(work, component, marks));
  v1::RecordScriptMarksResponse response;
  for (const ScriptFeedback& item : recorded.feedback) *response.add_items() = ToProto(item);
  *response.mutable_standing() = ToProto(recorded.standing, component);
  response.set_outstanding_count(static_cast<std::int32_t>(recorded.outstanding));
  return response;
}

absl::StatusOr<v1::ListStandingsResponse> ListStandings(const Work& work,
                                                        const v1::ListStandingsRequest& request) {
  ASSIGN_OR_RETURN(const Component component, ComponentIn(work, "parent", request.parent()));
  return Page<v1::ListStandingsResponse>(
      work, request, request.parent(),
      [&](const std::string& after, int limit) {
        return StandardisationStore().ListStandings(work.tx, work.caller.tenant, component.series,
                                                    component.id, after, limit);
      },
      [&](auto& response, const ModeratorStanding& standing) {
        *response.add_standings() = ToProto(standing, component);
      },
      [](const ModeratorStanding& standing) { return standing.subject; });
}

absl::StatusOr<v1::Standing> AllowAttempt(const Work& work,
                                          const v1::AllowAttemptRequest& request) {
  ASSIGN_OR_RETURN(const Component component, ComponentIn(work, "name", request.name()));
  RETURN_IF_ERROR(CheckText("reason", request.reason(), kTextMax));
  ASSIGN_OR_RETURN(const ModeratorStanding standing,
                   AllowAttempt(work, component, request.moderator_subject(), request.reason()));
  return ToProto(standing, component);
}

absl::StatusOr<v1::ListSeedsResponse> ListSeeds(const Work& work,
                                                const v1::ListSeedsRequest& request) {
  ASSIGN_OR_RETURN(const SubmissionName name, SubmissionNameOf("parent", request.parent()));
  ASSIGN_OR_RETURN(const Submission submission,
                   work.store().GetSubmission(work.tx, work.caller, name));
  if (SeesAsModerator(work.call, submission) || work.call.principal->Has("moderator") ||
      work.call.principal->Has("lead_moderator")) {
    return Error(absl::StatusCode::kPermissionDenied, "ROLE_NOT_ALLOWED",
                 "whoever moderates does not see what is mixed in among the work")
        .With("method", work.call.method);
  }
  return Page<v1::ListSeedsResponse>(
      work, request, request.parent(),
      [&](const std::string& after, int limit) {
        return StandardisationStore().ListSeeds(work.tx, work.caller.tenant, submission,
                                                Stage::kAllWork, after, limit);
      },
      [&](auto& response, const SeedItem& seed) {
        v1::SeedItem& out = *response.add_seeds();
        out.set_candidate(seed.candidate);
        out.set_script(absl::StrCat("series/", name.series, "/components/", name.component,
                                    "/scripts/", seed.script));
        out.set_stage(static_cast<int>(seed.stage));
        out.set_moderator_subject(seed.subject);
        if (seed.mark.has_value()) out.set_moderator_mark(Marks(*seed.mark));
        out.set_definitive_mark(Marks(seed.definitive));
      },
      [](const SeedItem& seed) { return seed.candidate; });
}

}  // namespace

void RegisterStandardisation(Router& router, const Context& context) {
  const std::string service = "assay.moderation.v1.StandardisationService/";
  const Scope scope = Scope::kTenant;
  Write<v1::CreateScriptRequest, v1::Script>(router, context, service + "CreateScript", scope,
                                             CreateScript);
  Read<v1::GetScriptRequest, v1::Script>(router, context, service + "GetScript", scope, GetScript);
  Read<v1::ListScriptsRequest, v1::ListScriptsResponse>(router, context, service + "ListScripts",
                                                        scope, ListScripts);
  Read<v1::ListScriptWorkRequest, v1::ListScriptWorkResponse>(
      router, context, service + "ListScriptWork", scope, ListScriptWork);
  Write<v1::BeginQualificationRequest, v1::Standing>(
      router, context, service + "BeginQualification", scope, BeginQualification);
  Write<v1::RecordScriptMarksRequest, v1::RecordScriptMarksResponse>(
      router, context, service + "RecordScriptMarks", scope, RecordScriptMarks);
  Read<v1::ListStandingsRequest, v1::ListStandingsResponse>(
      router, context, service + "ListStandings", scope, ListStandings);
  Write<v1::AllowAttemptRequest, v1::Standing>(router, context, service + "AllowAttempt", scope,
                                               AllowAttempt);
  Read<v1::ListSeedsRequest, v1::ListSeedsResponse>(router, context, service + "ListSeeds",
                                                    Scope::kCentre, ListSeeds);
}

}  // namespace assay::moderation
