#include "services/moderation/convert_allocation.h"

#include <google/protobuf/util/field_mask_util.h>
#include <google/protobuf/util/time_util.h>

#include <algorithm>
#include <set>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/civil_time.h"
#include "services/moderation/convert.h"
#include "services/moderation/errors.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/core/view.h"
#include "services/platform/error/error.h"
#include "services/platform/rpc/etag.h"

namespace assay::moderation {
namespace {

using google::protobuf::util::FieldMaskUtil;
using google::protobuf::util::TimeUtil;
using platform::Error;
using platform::View;

constexpr std::size_t kTitleMax = 200;
constexpr std::size_t kReasonMax = 500;
constexpr std::size_t kSegmentMax = 100;
constexpr std::int64_t kCapacityDefault = 10;
constexpr std::int64_t kCapacityMax = 1000;
constexpr std::int64_t kScriptCapacityMax = 100'000;
constexpr std::int64_t kSeniorityMax = 100;
constexpr int kConflictsMax = 1000;
constexpr int kCompetencesMax = 200;

const std::set<std::string>& Changeable() {
  static const auto& paths = *new std::set<std::string>{
      "title",     "capacity",           "script_capacity", "seniority",         "competences",
      "conflicts", "declared_conflicts", "unavailable",     "unavailable_reason"};
  return paths;
}

absl::Status Invalid(std::string_view field, std::string_view what) {
  return Error(absl::StatusCode::kInvalidArgument, "FIELD_INVALID",
               absl::StrCat(View(field), " ", View(what)))
      .Field(field, what);
}

absl::Status CheckNumber(std::string_view field, std::int64_t value, std::int64_t lowest,
                         std::int64_t highest) {
  if (value >= lowest && value <= highest) return absl::OkStatus();
  return Invalid(field, absl::StrCat("is not ", lowest, " to ", highest));
}

// "components/{…}", "series/{…}/components/{…}", "qualifications/{…}" or "subjects/{…}"
absl::Status CheckCompetence(std::string_view field, std::string_view name) {
  const std::vector<absl::string_view> parts = absl::StrSplit(View(name), '/');
  const bool filled = std::all_of(parts.begin(), parts.end(), [](absl::string_view part) {
    return !part.empty() && part.size() <= kSegmentMax;
  });
  const bool one = parts.size() == 2 && (parts[0] == "components" || parts[0] == "qualifications" ||
                                         parts[0] == "subjects");
  const bool of_series = parts.size() == 4 && parts[0] == "series" && parts[2] == "components";
  if (filled && (one || of_series)) return absl::OkStatus();
  return Invalid(field, "names no component, qualification or subject");
}

absl::StatusOr<std::optional<absl::CivilDay>> DayOf(std::string_view field,
                                                    const std::string& text) {
  if (text.empty()) return std::optional<absl::CivilDay>();
  absl::CivilDay day;
  // Only the full form: a bare year would be read as its first day.
  if (text.size() != 10 || !absl::ParseCivilTime(text, &day)) {
    return Invalid(field, "is not a day such as 2024-07-31");
  }
  return std::optional<absl::CivilDay>(day);
}

absl::StatusOr<Conflict> ConflictFrom(const std::string& field, const v1::DeclaredConflict& from) {
  RETURN_IF_ERROR(CentreIdOf(field + ".centre", from.centre()).status());
  RETURN_IF_ERROR(CheckText(field + ".reason", from.reason(), kReasonMax));
  Conflict conflict{.centre = from.centre(), .reason = from.reason()};
  switch (from.kind()) {
    case v1::DeclaredConflict::KIND_EMPLOYMENT:
      conflict.kind = ConflictKind::kEmployment;
      break;
    case v1::DeclaredConflict::KIND_RELATION:
      conflict.kind = ConflictKind::kRelation;
      break;
    case v1::DeclaredConflict::KIND_SUPPORT:
      conflict.kind = ConflictKind::kSupport;
      break;
    default:
      return Invalid(field + ".kind", "is not employment, relation or support");
  }
  ASSIGN_OR_RETURN(conflict.first_day, DayOf(field + ".first_day", from.first_day()));
  ASSIGN_OR_RETURN(conflict.last_day, DayOf(field + ".last_day", from.last_day()));
  if (conflict.first_day.has_value() && conflict.last_day.has_value() &&
      *conflict.last_day < *conflict.first_day) {
    return Invalid(field + ".last_day", "is before the first day");
  }
  return conflict;
}

absl::StatusOr<std::vector<Conflict>> ConflictsFrom(const v1::Moderator& from) {
  if (from.conflicts_size() + from.declared_conflicts_size() > kConflictsMax) {
    return Invalid("moderator.conflicts", absl::StrCat("has more than ", kConflictsMax));
  }
  const std::set<std::string> centres(from.conflicts().begin(), from.conflicts().end());
  std::vector<Conflict> conflicts;
  for (int i = 0; i < from.conflicts_size(); ++i) {
    RETURN_IF_ERROR(
        CentreIdOf(absl::StrCat("moderator.conflicts[", i, "]"), from.conflicts(i)).status());
  }
  for (const std::string& centre : centres) conflicts.push_back({.centre = centre});
  for (int i = 0; i < from.declared_conflicts_size(); ++i) {
    ASSIGN_OR_RETURN(Conflict conflict,
                     ConflictFrom(absl::StrCat("moderator.declared_conflicts[", i, "]"),
                                  from.declared_conflicts(i)));
    conflicts.push_back(std::move(conflict));
  }
  return conflicts;
}

std::string DayText(const std::optional<absl::CivilDay>& day) {
  return day.has_value() ? absl::FormatCivilTime(*day) : "";
}

std::string NameOrNothing(const std::string& moderator) {
  return moderator.empty() ? "" : ModeratorNameText(moderator);
}

v1::AllocationReason ReasonOf(int reason) { return static_cast<v1::AllocationReason>(reason); }
static_assert(static_cast<int>(Grounds::kOnlyOne) == v1::ALLOCATION_REASON_ONLY_ONE);
static_assert(static_cast<int>(Grounds::kContinuity) == v1::ALLOCATION_REASON_CONTINUITY);
static_assert(static_cast<int>(Grounds::kMadeRoom) == v1::ALLOCATION_REASON_MADE_ROOM);
static_assert(static_cast<int>(Grounds::kLeastLoad) == v1::ALLOCATION_REASON_LEAST_LOAD);
static_assert(kReasonNamed == v1::ALLOCATION_REASON_NAMED);

}  // namespace

absl::StatusOr<RunName> RunNameOf(std::string_view field, std::string_view name) {
  const std::vector<std::string> parts = absl::StrSplit(View(name), '/');
  if (parts.size() == 4 && parts[0] == "series" && parts[2] == "allocationRuns" &&
      !parts[1].empty() && !parts[3].empty() && parts[1].size() <= kSegmentMax &&
      parts[3].size() <= kSegmentMax) {
    return RunName{parts[1], parts[3]};
  }
  return Invalid(field, "does not have the form series/*/allocationRuns/*");
}

absl::StatusOr<Moderator> ModeratorFrom(const v1::Moderator& from) {
  const std::vector<std::string> subject = absl::StrSplit(from.subject(), '/');
  if (subject.size() != 2 || subject[0] != "users" || subject[1].empty() ||
      subject[1].size() > kSegmentMax) {
    return Invalid("moderator.subject", "does not have the form users/*");
  }
  RETURN_IF_ERROR(CheckText("moderator.title", from.title(), kTitleMax));
  RETURN_IF_ERROR(CheckText("moderator.unavailable_reason", from.unavailable_reason(), kReasonMax));
  Moderator moderator{.subject = from.subject(),
                      .title = from.title(),
                      .capacity = from.capacity() == 0 ? kCapacityDefault : from.capacity(),
                      .script_capacity = from.script_capacity(),
                      .seniority = from.seniority(),
                      .competences = {from.competences().begin(), from.competences().end()},
                      .unavailable = from.unavailable()};
  if (from.unavailable()) moderator.unavailable_reason = from.unavailable_reason();
  RETURN_IF_ERROR(CheckNumber("moderator.capacity", moderator.capacity, 1, kCapacityMax));
  RETURN_IF_ERROR(
      CheckNumber("moderator.script_capacity", moderator.script_capacity, 0, kScriptCapacityMax));
  RETURN_IF_ERROR(CheckNumber("moderator.seniority", moderator.seniority, 0, kSeniorityMax));
  if (from.competences_size() > kCompetencesMax) {
    return Invalid("moderator.competences", absl::StrCat("has more than ", kCompetencesMax));
  }
  for (int i = 0; i < from.competences_size(); ++i) {
    RETURN_IF_ERROR(
        CheckCompetence(absl::StrCat("moderator.competences[", i, "]"), from.competences(i)));
  }
  auto& competences = moderator.competences;
  std::sort(competences.begin(), competences.end());
  competences.erase(std::unique(competences.begin(), competences.end()), competences.end());
  ASSIGN_OR_RETURN(moderator.conflicts, ConflictsFrom(from));
  return moderator;
}

absl::Status Merge(const v1::UpdateModeratorRequest& request, v1::Moderator& moderator) {
  google::protobuf::FieldMask mask;
  const auto& paths = request.update_mask().paths();
  const bool all = paths.size() == 1 && paths[0] == "*";
  if (paths.empty()) {
    std::vector<const google::protobuf::FieldDescriptor*> set;
    request.moderator().GetReflection()->ListFields(request.moderator(), &set);
    for (const auto* field : set) {
      if (Changeable().contains(field->name())) mask.add_paths(field->name());
    }
  } else if (all) {
    for (const std::string& path : Changeable()) mask.add_paths(path);
  } else {
    for (const std::string& path : paths) {
      if (!Changeable().contains(path)) {
        return Error(absl::StatusCode::kInvalidArgument, kFieldMaskInvalid,
                     "the mask names what cannot be changed")
            .With("path", path)
            .Field("update_mask", absl::StrCat(path, " cannot be changed"));
      }
      mask.add_paths(path);
    }
  }
  FieldMaskUtil::MergeOptions options;
  options.set_replace_repeated_fields(true);
  FieldMaskUtil::MergeMessageTo(request.moderator(), mask, options, &moderator);
  return absl::OkStatus();
}

v1::Moderator ToProto(const Moderator& moderator) {
  v1::Moderator out;
  out.set_name(ModeratorNameText(moderator.id));
  out.set_subject(moderator.subject);
  out.set_title(moderator.title);
  out.set_capacity(static_cast<std::int32_t>(moderator.capacity));
  out.set_script_capacity(static_cast<std::int32_t>(moderator.script_capacity));
  out.set_seniority(static_cast<std::int32_t>(moderator.seniority));
  for (const std::string& competence : moderator.competences) out.add_competences(competence);
  for (const Conflict& conflict : moderator.conflicts) {
    if (conflict.kind == ConflictKind::kDeclared) {
      out.add_conflicts(conflict.centre);
      continue;
    }
    v1::DeclaredConflict& declared = *out.add_declared_conflicts();
    declared.set_centre(conflict.centre);
    declared.set_kind(static_cast<v1::DeclaredConflict::Kind>(conflict.kind));
    declared.set_first_day(DayText(conflict.first_day));
    declared.set_last_day(DayText(conflict.last_day));
    declared.set_reason(conflict.reason);
  }
  out.set_unavailable(moderator.unavailable);
  out.set_unavailable_reason(moderator.unavailable_reason);
  out.set_allocated_count(static_cast<std::int32_t>(moderator.allocated));
  out.set_allocated_script_count(static_cast<std::int32_t>(moderator.scripts));
  *out.mutable_create_time() =
      TimeUtil::MicrosecondsToTimestamp(absl::ToUnixMicros(moderator.create_time));
  out.set_etag(platform::EtagOf(moderator.version));
  return out;
}

v1::AllocationRun ToProto(const AllocationRun& run) {
  v1::AllocationRun out;
  out.set_name(absl::StrCat("series/", run.series, "/allocationRuns/", run.id));
  out.set_state(static_cast<v1::AllocationRun::State>(run.state));
  out.set_considered_count(static_cast<std::int32_t>(run.considered));
  out.set_planned_count(static_cast<std::int32_t>(run.planned));
  out.set_unplaced_count(static_cast<std::int32_t>(run.considered - run.planned));
  out.set_allocated_count(static_cast<std::int32_t>(run.allocated));
  out.set_skipped_count(static_cast<std::int32_t>(run.skipped));
  out.set_moderator_count(static_cast<std::int32_t>(run.moderators));
  for (const std::string& policy : run.policies) out.add_policy_versions(policy);
  out.set_creator(run.creator);
  *out.mutable_create_time() =
      TimeUtil::MicrosecondsToTimestamp(absl::ToUnixMicros(run.create_time));
  return out;
}

v1::PlannedAllocation ToProto(const PlannedAllocation& planned) {
  v1::PlannedAllocation out;
  out.set_submission(planned.name.Text());
  out.set_centre(planned.centre);
  out.set_moderator(NameOrNothing(planned.moderator));
  out.set_script_count(static_cast<std::int32_t>(planned.scripts));
  out.set_reason(ReasonOf(planned.reason));
  out.set_explanation(planned.explanation);
  out.set_policy_version(planned.policy);
  out.set_outcome(static_cast<v1::PlannedAllocation::Outcome>(planned.outcome));
  out.set_skipped_because(planned.skipped_because);
  return out;
}

v1::Allocation ToProto(const Allocation& allocation) {
  v1::Allocation out;
  out.set_moderator(NameOrNothing(allocation.moderator));
  out.set_previous_moderator(NameOrNothing(allocation.previous));
  out.set_reason(ReasonOf(allocation.reason));
  out.set_explanation(allocation.explanation);
  out.set_policy_version(allocation.policy);
  out.set_script_count(static_cast<std::int32_t>(allocation.scripts));
  out.set_allocator(allocation.allocator);
  *out.mutable_allocate_time() =
      TimeUtil::MicrosecondsToTimestamp(absl::ToUnixMicros(allocation.time));
  return out;
}

}  // namespace assay::moderation
