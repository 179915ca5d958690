// Sites of centres, and which centre took over from which, as they are kept. Stateless, like Store,
// and tested on both engines.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/approval/oversight/site.h"
#include "services/approval/store.h"

namespace assay::approval {

struct SiteRecord {
  std::string centre;  // Ids.
  std::string id;
  std::string title;
  std::vector<std::string> address_lines;
  std::string town;
  std::string postcode;
  SiteState state = SiteState::kProposed;
  std::optional<absl::CivilDay> open_day;
  std::optional<absl::CivilDay> close_day;
  std::string state_reason;
  absl::Time create_time;
  absl::Time update_time;
  std::int64_t version = 1;

  std::string Name() const;  // "centres/…/sites/…"
};

class SiteStore {
 public:
  using Tx = platform::Transaction;

  absl::Status Insert(Tx& tx, std::string_view tenant, const SiteRecord& site);
  // NOT_FOUND (SITE_NOT_FOUND).
  absl::StatusOr<SiteRecord> Get(Tx& tx, const Reach& reach, std::string_view centre,
                                 std::string_view id);
  // Replaces all but its names, and adds one to the version there and here. ABORTED (ETAG_MISMATCH)
  // if it has another version.
  absl::Status Update(Tx& tx, std::string_view tenant, SiteRecord& site);
  absl::Status Delete(Tx& tx, std::string_view tenant, const SiteRecord& site);
  // Of one centre ("": of all), in order of centre and id, after `after` ("centre/id").
  absl::StatusOr<std::vector<SiteRecord>> List(Tx& tx, const Reach& reach, std::string_view centre,
                                               std::optional<SiteState> state,
                                               std::string_view after, int limit);
  absl::StatusOr<int> Count(Tx& tx, std::string_view tenant, std::string_view centre);
};

// `other` came before the centre, or after it.
struct LinkRecord {
  bool predecessor = false;
  std::string other;        // Id.
  std::string other_title;  // "" if it is not known here.
  bool by_officer = false;
  std::string reason;
  std::optional<absl::Time> time;

  std::string Position() const;  // "0/urn-100000"
};

class LinkStore {
 public:
  using Tx = platform::Transaction;

  // False if officers have linked them already.
  absl::StatusOr<bool> Add(Tx& tx, std::string_view tenant, std::string_view predecessor,
                           std::string_view successor, std::string_view reason, absl::Time now);
  // False if no officer has linked them.
  absl::StatusOr<bool> Remove(Tx& tx, std::string_view tenant, std::string_view predecessor,
                              std::string_view successor);
  // Predecessors, then successors, each in order of id: what officers said, what the centre's own
  // row says, and what the others' rows say of it.
  absl::StatusOr<std::vector<LinkRecord>> List(Tx& tx, std::string_view tenant,
                                               const Centre& centre, std::string_view after,
                                               int limit);
};

}  // namespace assay::approval
