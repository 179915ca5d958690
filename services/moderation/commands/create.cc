#include "services/moderation/commands/create.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
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
  const absl::CivilDay today = absl::ToCivilDay(work.caller.now, absl::UTCTimeZone());
  if (work.context.policies.InForce(name, kind, today) != nullptr) return absl::OkStatus();
  const absl::string_view kind_name = platform::View(NameOf(kind));
  return platform::Error(absl::StatusCode::kNotFound, kPolicyNotFound,
                         absl::StrCat("no ", kind_name, " policy \"", platform::View(name),
                                      "\" is in force today; ListPolicies has those that are"))
      .With("policy", name)
      .With("kind", NameOf(kind))
      .Field(field, absl::StrCat("is not a ", kind_name, " policy in force"));
}

}  // namespace

absl::Status CreateSeries(const Work& work, const Series& series) {
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
  return work.store().InsertComponent(work.tx, work.caller.tenant, component);
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
