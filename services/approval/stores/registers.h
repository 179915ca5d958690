// Entries of national registers, by tenant. Tested by registers_test.cc on both engines.
#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/approval/registers/register.h"

namespace assay::platform {
class Transaction;
}

namespace assay::approval {

struct RegisterRecord {
  RegisterEntry entry;
  std::vector<std::string> words;  // By which it is found; only written.
  absl::Time create_time;
  absl::Time update_time;
};

struct RegisterFilter {
  std::string belongs_to;             // "pathways/1"; "": any.
  std::optional<absl::CivilDay> day;  // In force then.
  std::vector<std::string> words;     // Each begins a word of the entry.
};

class RegisterStore {
 public:
  // nullopt if there is none.
  absl::StatusOr<std::optional<RegisterRecord>> Get(platform::Transaction& tx,
                                                    std::string_view tenant,
                                                    std::string_view register_name,
                                                    std::string_view id);
  // Those of `ids` that exist, by id.
  absl::StatusOr<std::map<std::string, RegisterRecord>> FindMany(platform::Transaction& tx,
                                                                 std::string_view tenant,
                                                                 std::string_view register_name,
                                                                 std::span<const std::string> ids);
  // In id order, after `after`.
  absl::StatusOr<std::vector<RegisterRecord>> List(platform::Transaction& tx,
                                                   std::string_view tenant,
                                                   std::string_view register_name,
                                                   const RegisterFilter& filter,
                                                   std::string_view after, int limit);
  absl::StatusOr<std::int64_t> Count(platform::Transaction& tx, std::string_view tenant,
                                     std::string_view register_name);
  // The different values that a fact has in a register.
  absl::StatusOr<std::set<std::string>> ValuesOf(platform::Transaction& tx, std::string_view tenant,
                                                 std::string_view register_name,
                                                 const std::string& fact);

  // ALREADY_EXISTS, without a reason, if another transaction made one of them meanwhile.
  absl::Status Insert(platform::Transaction& tx, std::string_view tenant,
                      std::string_view register_name, std::span<const RegisterRecord> records);
  // Replaces everything but the time it was made.
  absl::Status Update(platform::Transaction& tx, std::string_view tenant,
                      std::string_view register_name, const RegisterRecord& record);
};

}  // namespace assay::approval
