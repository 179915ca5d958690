#include "services/moderation/commands/create.h"

#include <map>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/moderation/commands/find_policy.h"
#include "services/moderation/commands/update_series.h"
#include "services/moderation/commitment.h"
#include "services/moderation/errors.h"
#include "services/moderation/events.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/core/view.h"
#include "services/platform/error/error.h"

namespace assay::moderation {
namespace {

absl::Status CheckPolicy(const Work& work, std::string_view field, std::string_view name,
                         PolicyKind kind) {
  const absl::Status found = FindPolicy(work, name, kind, Today(work)).status();
  if (!absl::IsNotFound(found)) return found;
  const absl::string_view kind_name = platform::View(NameOf(kind));
  return platform::Error(absl::StatusCode::kNotFound, kPolicyNotFound,
                         absl::StrCat("no ", kind_name, " policy \"", platform::View(name),
                                      "\" is in force today; ListPolicies has those that are"))
      .With("policy", name)
      .With("kind", NameOf(kind))
      .Field(field, absl::StrCat("is not a ", kind_name, " policy in force"));
}

// What the component names besides the three policies that have a field of their own.
absl::Status CheckChoices(const Work& work, const std::map<std::string, std::string>& choices) {
  for (const auto& [name, policy] : choices) {
    const std::string field = absl::StrCat("component.policies[\"", name, "\"]");
    const std::optional<PolicyKind> kind = PolicyKindOf(name);
    if (!kind.has_value() || *kind == PolicyKind::kSampling || *kind == PolicyKind::kTolerance ||
        *kind == PolicyKind::kAdjustment) {
      return platform::Error(absl::StatusCode::kInvalidArgument, kPolicyKindWrong,
                             kind.has_value()
                                 ? absl::StrCat("a component has a field of its own for ", name)
                                 : absl::StrCat("there is no kind of policy \"", name, "\""))
          .With("kind", name)
          .Field(field, "is not a kind of policy that is named here");
    }
    RETURN_IF_ERROR(CheckPolicy(work, field, policy, *kind));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CreateSeries(const Work& work, const Series& series) {
  RETURN_IF_ERROR(CheckSeries(work, series));
  return work.store().InsertSeries(work.tx, work.caller.tenant, series);
}

absl::Status CreateComponent(const Work& work, const Component& component) {
  RETURN_IF_ERROR(work.store().GetSeries(work.tx, work.caller.tenant, component.series).status());
  RETURN_IF_ERROR(CheckPolicy(work, "component.sampling_policy", component.sampling_policy,
                              PolicyKind::kSampling));
  RETURN_IF_ERROR(CheckPolicy(work, "component.tolerance_policy", component.tolerance_policy,
                              PolicyKind::kTolerance));
  RETURN_IF_ERROR(CheckPolicy(work, "component.adjustment_policy", component.adjustment_policy,
                              PolicyKind::kAdjustment));
  RETURN_IF_ERROR(CheckChoices(work, component.policies));
  RETURN_IF_ERROR(work.store().InsertComponent(work.tx, work.caller.tenant, component));
  return work.context.policies.store().PutChoices(work.tx, work.caller.tenant, component.series,
                                                  component.id, component.policies);
}

absl::StatusOr<Submission> CreateSubmission(const Work& work, const SubmissionName& name,
                                            std::string_view centre,
                                            std::string_view centre_title) {
  RETURN_IF_ERROR(
      work.store().GetComponent(work.tx, work.caller.tenant, name.series, name.component).status());
  RETURN_IF_ERROR(CheckNotHeld(work, name));
  Submission submission{.name = name,
                        .centre = std::string(centre),
                        .centre_title = std::string(centre_title),
                        .secret = work.context.entropy.Bytes(kSecretBytes),
                        .create_time = work.caller.now,
                        .update_time = work.caller.now};
  RETURN_IF_ERROR(work.store().InsertSubmission(work.tx, work.caller.tenant, submission));
  RETURN_IF_ERROR(EmitOpened(work, submission));
  return submission;
}

absl::StatusOr<Moderator> CreateModerator(const Work& work, Moderator moderator) {
  moderator.id = work.context.ids.NextId(work.caller.now);
  moderator.create_time = work.caller.now;
  RETURN_IF_ERROR(work.store().InsertModerator(work.tx, work.caller.tenant, moderator));
  return moderator;
}

}  // namespace assay::moderation
