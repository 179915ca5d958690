// What each source says of a centre, what officers corrected, and the keys by which rows and
// duplicates find a centre.
//
// The tenant is part of every key; who may see what is the caller's question, for only officers
// come here.
#pragma once
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/approval/import/facts.h"

namespace assay::platform {
class Transaction;
}

namespace assay::approval {

struct StoredSource {
  std::string centre;
  SourceFacts said;
  absl::Time update_time;
};

// An officer's word on a fact; the last of a field counts.
struct Correction {
  std::string centre;
  std::string field;
  std::string value;
  bool withdrawn = false;
  std::string reason;
  std::string officer;
  absl::Time time;
};

struct CentreKey {
  std::string key;  // "ukprn:10000047"
  std::string centre;

  friend bool operator==(const CentreKey&, const CentreKey&) = default;
};

class CentreSourceStore {
 public:
  // What all say of `centres`, the officers' corrections in force among them as one source.
  absl::StatusOr<std::map<std::string, std::vector<SourceFacts>>> Load(
      platform::Transaction& tx, std::string_view tenant, std::span<const std::string> centres);

  // What files say of one centre, with times, by source and origin.
  absl::StatusOr<std::vector<StoredSource>> ListSources(platform::Transaction& tx,
                                                        std::string_view tenant,
                                                        std::string_view centre);

  // ALREADY_EXISTS, without a reason, if one is there.
  absl::Status Insert(platform::Transaction& tx, std::string_view tenant,
                      std::span<const StoredSource> sources);

  // Inserts or replaces.
  absl::Status Put(platform::Transaction& tx, std::string_view tenant, const StoredSource& source);

  // What files say of `from` is said of `to` from now on, as of a merged centre.
  absl::Status Move(platform::Transaction& tx, std::string_view tenant, std::string_view from,
                    std::string_view to);

  // Origin and centre of every row that `source` ever gave, in order of centres.
  absl::Status ForEachOrigin(
      platform::Transaction& tx, std::string_view tenant, std::string_view source,
      absl::FunctionRef<void(std::string_view origin, std::string_view centre)> visit);

  absl::Status AddCorrections(platform::Transaction& tx, std::string_view tenant,
                              std::span<const Correction> corrections);

  // Newest first.
  absl::StatusOr<std::vector<Correction>> ListCorrections(platform::Transaction& tx,
                                                          std::string_view tenant,
                                                          std::string_view centre, int limit);

  // Centres by key, in id order; keys that nobody has are not there.
  absl::StatusOr<std::map<std::string, std::vector<std::string>>> FindKeys(
      platform::Transaction& tx, std::string_view tenant, std::span<const std::string> keys);

  absl::Status InsertKeys(platform::Transaction& tx, std::string_view tenant,
                          std::span<const CentreKey> keys);

  // Replaces all keys of `centre`.
  absl::Status SetKeys(platform::Transaction& tx, std::string_view tenant, std::string_view centre,
                       std::span<const std::string> keys);
};

}  // namespace assay::approval
