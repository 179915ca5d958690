// The groups of centres that are drawn, allocated, judged and released together (MOD-5). Which
// submissions belong to one is kept with the submissions.
//
// Every promise is tested by consortia_test.cc on both engines. Stateless, like Store.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/moderation/model.h"

namespace assay::platform {
class Transaction;
}

namespace assay::moderation {

class ConsortiumStore {
 public:
  using Tx = platform::Transaction;

  // ALREADY_EXISTS (CONSORTIUM_EXISTS).
  absl::Status Insert(Tx& tx, std::string_view tenant, const Consortium& consortium);
  // NOT_FOUND (CONSORTIUM_NOT_FOUND).
  absl::StatusOr<Consortium> Get(Tx& tx, std::string_view tenant, const ConsortiumName& name);
  // In the order of ids; of those only that have a submission within reach.
  absl::StatusOr<std::vector<Consortium>> List(Tx& tx, const Caller& caller,
                                               std::string_view series, std::string_view component,
                                               std::string_view after, int limit);
  // The secret and whether it is known. ABORTED (ETAG_MISMATCH) if it is no longer as it was read;
  // the version is increased there and here.
  absl::Status Update(Tx& tx, std::string_view tenant, Consortium& consortium);
  absl::Status Delete(Tx& tx, std::string_view tenant, const ConsortiumName& name);

  // Puts the submission into a consortium, or out of any if the id is empty.
  absl::Status SetMember(Tx& tx, std::string_view tenant, Submission& submission,
                         std::string_view consortium);
  // In the order of ids, whoever asks: what happens to one happens to all.
  absl::StatusOr<std::vector<Submission>> Members(Tx& tx, const Caller& caller,
                                                  const ConsortiumName& name);
};

}  // namespace assay::moderation
