#include "services/moderation/commands/find_policy.h"

#include "absl/strings/str_cat.h"
#include "services/moderation/errors.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/core/view.h"
#include "services/platform/error/error.h"

namespace assay::moderation {

using platform::Error;
using platform::View;

absl::CivilDay Today(const Work& work) {
  return absl::ToCivilDay(work.caller.now, absl::UTCTimeZone());
}

absl::StatusOr<BookPtr> BookOf(const Work& work) {
  return work.context.policies.BookOf(work.tx, work.caller.tenant);
}

absl::StatusOr<PolicyPtr> FindPolicy(const Work& work, std::string_view name, PolicyKind kind,
                                     absl::CivilDay day) {
  ASSIGN_OR_RETURN(const BookPtr book, BookOf(work));
  const Policy* policy = book->InForce(name, kind, day);
  if (policy != nullptr) return PolicyPtr(book, policy);
  return Error(
             absl::StatusCode::kNotFound, kPolicyNotFound,
             absl::StrCat("no ", View(NameOf(kind)), " policy \"", View(name), "\" is in force on ",
                          absl::FormatCivilTime(day), "; ListPolicies has those that are"))
      .With("policy", name)
      .With("kind", NameOf(kind));
}

absl::StatusOr<PolicyPtr> RecordedPolicy(const Work& work, std::string_view version,
                                         PolicyKind kind) {
  ASSIGN_OR_RETURN(const BookPtr book, BookOf(work));
  const Policy* policy = book->InForce(version, kind, absl::CivilDay());
  if (policy != nullptr) return PolicyPtr(book, policy);
  return Error(absl::StatusCode::kNotFound, kPolicyNotFound,
               absl::StrCat("the policy ", View(version),
                            ", by which it was decided, is no longer among the policies"))
      .With("policy", version)
      .With("kind", NameOf(kind));
}

absl::StatusOr<NamedPolicy> NamedPolicyOf(const Work& work, const Component& component,
                                          PolicyKind kind) {
  if (kind == PolicyKind::kSampling) return NamedPolicy{component.sampling_policy};
  if (kind == PolicyKind::kTolerance) return NamedPolicy{component.tolerance_policy};
  if (kind == PolicyKind::kAdjustment) return NamedPolicy{component.adjustment_policy};
  ASSIGN_OR_RETURN(auto choices, work.context.policies.store().Choices(
                                     work.tx, work.caller.tenant, component.series, component.id));
  auto& own = choices[component.id];
  const auto choice = own.find(std::string(NameOf(kind)));
  if (choice != own.end()) return NamedPolicy{std::move(choice->second)};
  return NamedPolicy{std::string(FactsOf(kind).usual), true};
}

absl::StatusOr<PolicyPtr> GoverningPolicy(const Work& work, const Component& component,
                                          PolicyKind kind) {
  return GoverningPolicy(work, component, kind, Today(work));
}

absl::StatusOr<PolicyPtr> GoverningPolicy(const Work& work, const Component& component,
                                          PolicyKind kind, absl::CivilDay day) {
  ASSIGN_OR_RETURN(const NamedPolicy named, NamedPolicyOf(work, component, kind));
  return FindPolicy(work, named.name, kind, day);
}

absl::Status NoteUse(const Work& work, const Policy& policy) {
  return work.context.policies.store().NoteUse(work.tx, work.caller.tenant, policy.id,
                                               {.version = policy.version, .day = Today(work)});
}

}  // namespace assay::moderation
