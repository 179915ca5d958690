// Planners of employer involvement as they are kept: the record, every version of its document,
// how each learner stands, and what officers ruled. Stateless, like Store, and tested on both
// engines; `within` a reach is the one centre that the caller may see.
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/approval/involvement/check.h"
#include "services/approval/involvement/stages.h"
#include "services/approval/store.h"

namespace assay::platform {
class SqlRow;
}

namespace assay::approval {

struct PlannerAction {
  std::string text;
  absl::CivilDay due;
};

// A judgement of a planner or the conclusion of its declaration.
struct PlannerRuling {
  int number = 0;       // From 1, within the planner; not read by InsertRuling.
  std::string outcome;  // The state that it led to; of a waiver, kWaived.
  std::string feedback;
  std::vector<PlannerAction> actions;
  std::optional<absl::CivilDay> deadline;
  std::string officer;
  absl::Time time;
};

inline constexpr std::string_view kWaived = "waived";

struct PlannerRecord {
  std::string centre;  // Ids.
  std::string id;
  std::string approval;
  std::string qualification;  // Number.
  absl::CivilDay first_day;
  absl::CivilDay last_day;
  absl::CivilDay declaration_deadline;
  PlannerState state = PlannerState::kDraft;
  int document_version = 1;
  int submissions = 0;
  int declarations = 0;
  int adverse_judgements = 0;
  int returns = 0;
  int rulings = 0;  // Number of the last one.
  std::string signed_by;
  std::string position;
  std::optional<absl::Time> sign_time;
  absl::Time create_time;
  absl::Time update_time;
  std::int64_t version = 1;
  // By which judgement it meets the requirements (EI-9): of itself or of an earlier planner of the
  // approval. No time: by none yet.
  std::string met_planner;  // Id.
  int met_ruling = 0;
  std::optional<absl::Time> met_time;
  int declared_version = 0;  // Of the document, when it was last declared; 0: never.
  int deadline_policy = 0;   // Version that gave the deadline; 0: none did.

  std::string Name() const;  // "centres/…/planners/…"
};

struct PlannerVersion {
  int number = 1;
  std::string change_note;
  std::string author;
  std::vector<std::string> changes;
  std::string document;  // Bytes of a v1::PlannerDocument; empty in lists.
  absl::Time time;
};

struct LearnerStanding {
  std::string enrolment;
  std::string name;
  Involvement outcome = Involvement::kNotMet;
  Involvement prospect = Involvement::kNotMet;
  std::string rule;
  std::string repair;
  std::optional<bool> decision;
  std::string decision_reason;

  // As far as the tracker and what was decided say; an officer's decision goes first.
  bool Met() const { return decision.value_or(outcome == Involvement::kMet); }
};

// enrolment, name, outcome, prospect, rule, repair, decision, decision_reason from column `at` on.
absl::StatusOr<LearnerStanding> LearnerStandingAt(const platform::SqlRow& row, int at);

class PlannerStore {
 public:
  using Tx = platform::Transaction;

  // ALREADY_EXISTS (PLANNER_EXISTS) if the approval has one from the same first day.
  absl::Status Insert(Tx& tx, std::string_view tenant, const PlannerRecord& planner);
  // NOT_FOUND (PLANNER_NOT_FOUND).
  absl::StatusOr<PlannerRecord> Get(Tx& tx, const Reach& reach, std::string_view centre,
                                    std::string_view id);
  // Replaces the planner whose version is planner.version, and adds one to it there and here.
  // ABORTED (ETAG_MISMATCH) if it has another.
  absl::Status Update(Tx& tx, std::string_view tenant, PlannerRecord& planner);
  // Of one centre ("": of all), in order of centre and id, after `after` ("centre/id").
  absl::StatusOr<std::vector<PlannerRecord>> List(Tx& tx, const Reach& reach,
                                                  std::string_view centre,
                                                  std::optional<PlannerState> state,
                                                  std::string_view after, int limit);

  // Those of one approval, by first day, at most 1,000.
  absl::StatusOr<std::vector<PlannerRecord>> OfApproval(Tx& tx, std::string_view tenant,
                                                        std::string_view centre,
                                                        std::string_view approval);

  absl::Status InsertVersion(Tx& tx, std::string_view tenant, const PlannerRecord& planner,
                             const PlannerVersion& version);
  // NOT_FOUND (PLANNER_NOT_FOUND).
  absl::StatusOr<PlannerVersion> GetVersion(Tx& tx, std::string_view tenant,
                                            const PlannerRecord& planner, int number);
  absl::StatusOr<std::vector<PlannerVersion>> ListVersions(Tx& tx, std::string_view tenant,
                                                           const PlannerRecord& planner, int after,
                                                           int limit);

  // Replaces how the learners stand; decisions on referred ones are forgotten with the version
  // that they were made on.
  absl::Status ReplaceLearners(Tx& tx, std::string_view tenant, const PlannerRecord& planner,
                               std::span<const LearnerStanding> learners);
  absl::Status Decide(Tx& tx, std::string_view tenant, const PlannerRecord& planner,
                      std::string_view enrolment, bool met, std::string_view reason);
  // NOT_FOUND (LEARNER_NOT_FOUND).
  absl::StatusOr<LearnerStanding> GetLearner(Tx& tx, std::string_view tenant,
                                             const PlannerRecord& planner,
                                             std::string_view enrolment);
  // Everybody of the latest version, by enrolment number.
  absl::StatusOr<std::vector<LearnerStanding>> ListLearners(Tx& tx, std::string_view tenant,
                                                            const PlannerRecord& planner);
  // Nothing is decided of anybody any more.
  absl::Status ReopenDecisions(Tx& tx, std::string_view tenant, const PlannerRecord& planner);

  // As number planner.rulings.
  absl::Status InsertRuling(Tx& tx, std::string_view tenant, const PlannerRecord& planner,
                            const PlannerRuling& ruling);
  // The last one; none if there is none.
  absl::StatusOr<std::optional<PlannerRuling>> LastRuling(Tx& tx, std::string_view tenant,
                                                          const PlannerRecord& planner);
  // What one ruling asks for.
  absl::StatusOr<std::vector<PlannerAction>> ActionsOf(Tx& tx, std::string_view tenant,
                                                       const PlannerRecord& planner, int ruling);
};

}  // namespace assay::approval
