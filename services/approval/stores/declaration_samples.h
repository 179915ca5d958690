// The samples of declared involvement and what was found in them (EI-14). Stateless, like Store,
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
#include "services/approval/stores/planners.h"

namespace assay::approval {

struct EvidenceCheck {
  std::string item;              // "activity/evidence"
  std::optional<bool> in_order;  // None: not looked at yet.
  std::string note;
  std::string checked_by;
  std::optional<absl::Time> time;
};

struct DeclarationSample {
  int declaration = 0;  // Which of the planner's it is about, from 1.
  std::string policy;   // "evidence-check@1"
  std::string commitment;
  std::string published;  // JSON.
  std::string drawn_by;
  absl::Time time;
  std::vector<EvidenceCheck> checks;  // In the order of items.
};

class DeclarationSampleStore {
 public:
  using Tx = platform::Transaction;

  // Replaces it: once a draw has revealed one, the next needs another.
  absl::Status PutSecret(Tx& tx, std::string_view tenant, const PlannerRecord& planner,
                         std::string_view secret);
  // "" if there is none.
  absl::StatusOr<std::string> Secret(Tx& tx, std::string_view tenant, const PlannerRecord& planner);

  // ALREADY_EXISTS (DECLARATION_SAMPLE_EXISTS) if the declaration has one.
  absl::Status Insert(Tx& tx, std::string_view tenant, const PlannerRecord& planner,
                      const DeclarationSample& sample);
  // NOT_FOUND (DECLARATION_SAMPLE_NOT_FOUND).
  absl::StatusOr<DeclarationSample> Get(Tx& tx, std::string_view tenant,
                                        const PlannerRecord& planner, int declaration);
  // Oldest first, after `after`.
  absl::StatusOr<std::vector<DeclarationSample>> List(Tx& tx, std::string_view tenant,
                                                      const PlannerRecord& planner, int after,
                                                      int limit);
  // False if the sample has no such item.
  absl::StatusOr<bool> PutCheck(Tx& tx, std::string_view tenant, const PlannerRecord& planner,
                                int declaration, const EvidenceCheck& check);
};

}  // namespace assay::approval
