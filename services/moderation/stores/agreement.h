// Pairs of marks, counted (MOD-15): the centre's and the moderator's of every candidate that was
// marked in a sample in force. The database counts; a million pairs come back as some hundred
// cells a group.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/moderation/adjustment/mapping.h"
#include "services/moderation/model.h"

namespace assay::platform {
class Transaction;
}

namespace assay::moderation {

enum class AgreementBy { kSeries, kComponent, kCentre, kModerator, kAssessor };

struct AgreementFilter {
  AgreementBy by = AgreementBy::kSeries;
  std::string series;
  std::string component;  // Empty, as the others: any.
  std::string centre;
  std::string moderator;  // Subject.
};

// What an entry is about: one text, two for an assessor (centre and assessor), "" for the series.
struct AgreementKey {
  std::string first;
  std::string second;
  friend auto operator<=>(const AgreementKey&, const AgreementKey&) = default;
};

struct AgreementCell {
  AgreementKey key;
  std::string component;
  std::string tolerance_policy;  // "six-percent@1", in force when the sample was drawn.
  Mark centre = 0;
  Mark moderator = 0;
  std::int64_t count = 0;
};

class AgreementStore {
 public:
  using Tx = platform::Transaction;

  // Up to `limit` keys after `after` (null: from the first) that have pairs within reach.
  absl::StatusOr<std::vector<AgreementKey>> ListKeys(Tx& tx, const Caller& caller,
                                                     const AgreementFilter& filter,
                                                     const AgreementKey* after, int limit);
  // The cells of the keys from `first` to `last`, in the order of keys.
  absl::StatusOr<std::vector<AgreementCell>> CountCells(Tx& tx, const Caller& caller,
                                                        const AgreementFilter& filter,
                                                        const AgreementKey& first,
                                                        const AgreementKey& last);

  // What the judgement's mapping left unexplained (MOD-11).
  absl::Status InsertResiduals(Tx& tx, std::string_view tenant, std::int64_t submission,
                               std::string_view sample, std::int64_t judgement,
                               const std::vector<Residual>& residuals);
  absl::StatusOr<std::vector<Residual>> ListResiduals(Tx& tx, std::string_view tenant,
                                                      std::int64_t submission,
                                                      std::string_view sample,
                                                      std::int64_t judgement,
                                                      std::string_view after, int limit);
};

}  // namespace assay::moderation
