// The versions of policies that bodies made, the days on which decisions used a policy, and what
// components name.
//
// Every promise is tested by policies_test.cc on both engines. Stateless, like Store.
#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"

namespace assay::platform {
class Transaction;
}

namespace assay::moderation {

struct StoredPolicy {
  std::string policy;
  int version = 1;
  std::string document;
  std::string created_by;
  absl::Time create_time;
};

struct PolicyUse {
  int version = 1;
  absl::CivilDay day;
};

class PolicyStore {
 public:
  using Tx = platform::Transaction;

  // What the tenant's versions are known by: another one after each Insert, "" before the first.
  absl::StatusOr<std::string> Generation(Tx& tx, std::string_view tenant);
  // Adds the version, from which on the generation is `generation`; it was never one before, not
  // even in a transaction that came to nothing. Returns false if there is such a version.
  absl::StatusOr<bool> Insert(Tx& tx, std::string_view tenant, const StoredPolicy& policy,
                              std::string_view generation);
  // In the order of policies and versions.
  absl::StatusOr<std::vector<StoredPolicy>> Load(Tx& tx, std::string_view tenant);
  // None if the tenant made no such version.
  absl::StatusOr<std::optional<StoredPolicy>> Get(Tx& tx, std::string_view tenant,
                                                  std::string_view policy, int version);

  // A decision was made by the version on that day.
  absl::Status NoteUse(Tx& tx, std::string_view tenant, std::string_view policy,
                       const PolicyUse& use);
  // The last use of the policy, in whatever version, on `from` or later.
  absl::StatusOr<std::optional<PolicyUse>> LastUse(Tx& tx, std::string_view tenant,
                                                   std::string_view policy, absl::CivilDay from);

  // Policies by kind, of a component that is new.
  absl::Status PutChoices(Tx& tx, std::string_view tenant, std::string_view series,
                          std::string_view component,
                          const std::map<std::string, std::string>& choices);
  // The choices of a series' components, by component; of one component if it is not empty.
  absl::StatusOr<std::map<std::string, std::map<std::string, std::string>>> Choices(
      Tx& tx, std::string_view tenant, std::string_view series, std::string_view component);
};

}  // namespace assay::moderation
