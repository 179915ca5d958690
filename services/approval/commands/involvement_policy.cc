#include "services/approval/commands/involvement_policy.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "services/approval/errors.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/core/view.h"
#include "services/platform/error/error.h"

namespace assay::approval {

using platform::Error;
using platform::View;

absl::StatusOr<std::vector<InvolvementPolicyRecord>> InvolvementPolicies(const Work& work) {
  std::vector<InvolvementPolicyRecord> all = {InvolvementPolicyRecord()};
  ASSIGN_OR_RETURN(std::vector<InvolvementPolicyRecord> own,
                   InvolvementPolicyStore().List(work.tx, work.reach.tenant));
  for (InvolvementPolicyRecord& record : own) all.push_back(std::move(record));
  return all;
}

absl::StatusOr<InvolvementPolicyRecord> InvolvementPolicyFor(const Work& work,
                                                             absl::CivilDay last_day) {
  ASSIGN_OR_RETURN(std::vector<InvolvementPolicyRecord> all, InvolvementPolicies(work));
  std::size_t found = 0;
  for (std::size_t i = 1; i < all.size(); ++i) {
    if (all[i].policy.effective_day <= last_day) found = i;
  }
  return std::move(all[found]);
}

absl::StatusOr<InvolvementPolicyRecord> InvolvementPolicyOf(const Work& work, int version) {
  ASSIGN_OR_RETURN(std::vector<InvolvementPolicyRecord> all, InvolvementPolicies(work));
  for (InvolvementPolicyRecord& record : all) {
    if (record.policy.version == version) return std::move(record);
  }
  const std::string name = absl::StrCat("involvementPolicies/", version);
  return Error(absl::StatusCode::kNotFound, kInvolvementPolicyNotFound,
               absl::StrCat("there is no ", name))
      .With("involvement_policy", name);
}

absl::StatusOr<InvolvementPolicyRecord> CreateInvolvementPolicy(const Work& work,
                                                                InvolvementPolicy policy,
                                                                const std::string& change_note) {
  ASSIGN_OR_RETURN(const std::vector<InvolvementPolicyRecord> all, InvolvementPolicies(work));
  const InvolvementPolicy& newest = all.back().policy;
  std::vector<InvolvementPolicyFault> faults = FaultsOf(policy);
  // What was decided by the version before stays explained by it.
  if (policy.effective_day < Today(work)) {
    faults.push_back({"effective_day", "is before today"});
  } else if (policy.effective_day <= newest.effective_day) {
    faults.push_back(
        {"effective_day", absl::StrCat("is not after ", absl::FormatCivilTime(newest.effective_day),
                                       ", from when the newest version is in force")});
  }
  if (!faults.empty()) {
    Error error(absl::StatusCode::kInvalidArgument, "FIELD_INVALID",
                absl::StrCat("the policy has ", faults.size(), " faults; nothing was kept"));
    for (const InvolvementPolicyFault& fault : faults) {
      error.Field(absl::StrCat("involvement_policy.", View(fault.field)), fault.what);
    }
    return error;
  }
  policy.version = newest.version + 1;
  InvolvementPolicyRecord record{policy, change_note, std::string(work.call.subject()),
                                 work.call.now};
  ASSIGN_OR_RETURN(const bool inserted,
                   InvolvementPolicyStore().Insert(work.tx, work.reach.tenant, record));
  if (inserted) return record;
  return Error(absl::StatusCode::kAborted, "ETAG_MISMATCH",
               "another version was made meanwhile; read it again")
      .With("resource", absl::StrCat("involvementPolicies/", policy.version));
}

}  // namespace assay::approval
