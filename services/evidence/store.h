// What evidence keeps in its database, and what it promises about keeping it.
//
// Every promise below is tested by store_test.cc on both engines. Stateless: works on
// the caller's transaction, so a command writes state, outbox and request id at once.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/evidence/model.h"

namespace assay::platform {
class Transaction;
}

namespace assay::evidence {

struct EvidencePage {
  std::vector<Evidence> evidence;
  std::string next;  // Empty at the end.
};

struct ListFilter {
  std::string centre;   // Empty: any that the caller reaches.
  std::string subject;  // Linked to exactly this; empty: all.
};

struct AccessPage {
  std::vector<AccessRecord> accesses;
  std::string next;
};

class Store {
 public:
  // The record and its subjects.
  absl::Status Insert(platform::Transaction& tx, std::string_view tenant, const Evidence& evidence);

  // Returns NOT_FOUND (EVIDENCE_NOT_FOUND) if there is none or `reach` does not include it.
  absl::StatusOr<Evidence> Get(platform::Transaction& tx, const Reach& reach,
                               const EvidenceName& name);

  // Newest first, after `after` (empty: from the newest).
  absl::StatusOr<EvidencePage> List(platform::Transaction& tx, const Reach& reach,
                                    const ListFilter& filter, std::string_view after, int limit);

  // Adds the subject and one to the version; false if it was there already.
  absl::StatusOr<bool> AddSubject(platform::Transaction& tx, std::string_view tenant,
                                  std::string_view evidence_id, std::string_view subject);

  // Evidence that is linked to `subject` or to something below it.
  absl::StatusOr<std::int64_t> Count(platform::Transaction& tx, const Reach& reach,
                                     std::string_view subject);

  // Lets `reader`, and nobody who was let before, reach what is linked to `submission`.
  // Does nothing if a later event already said who.
  absl::Status Allocate(platform::Transaction& tx, std::string_view tenant,
                        std::string_view submission, std::string_view reader, absl::Time time);

  absl::Status InsertAccess(platform::Transaction& tx, std::string_view tenant,
                            const AccessRecord& access);
  // Newest first.
  absl::StatusOr<AccessPage> ListAccesses(platform::Transaction& tx, std::string_view tenant,
                                          std::string_view evidence_id, std::string_view after,
                                          int limit);

  // For the sweep: who has content, and whether a row names this one.
  absl::StatusOr<std::vector<std::string>> Tenants(platform::Transaction& tx);
  absl::StatusOr<bool> IsNamed(platform::Transaction& tx, std::string_view tenant,
                               std::string_view sha256);
};

}  // namespace assay::evidence
