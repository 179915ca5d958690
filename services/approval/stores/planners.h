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

namespace assay::approval {

struct PlannerAction {
  std::string text;
  absl::CivilDay due;
};

// A judgement of a planner or the conclusion of its declaration.
struct PlannerRuling {
  std::string outcome;  // The state that it led to.
  std::string feedback;
  std::vector<PlannerAction> actions;
  std::optional<absl::CivilDay> deadline;
  std::string officer;
  absl::Time time;
};

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
  std::string planner_name;  // Set by lists across planners.
  std::string enrolment;
  std::string name;
  Involvement outcome = Involvement::kNotMet;
  Involvement prospect = Involvement::kNotMet;
  std::string rule;
  std::string repair;
  std::optional<bool> decision;
  std::string decision_reason;
  absl::CivilDay declaration_deadline;  // Set by lists across planners.
};

class PlannerStore {
 public:
  using Tx = platform::Transaction;

  // ALREADY_EXISTS (PLANNER_EXISTS) if the approval has one for the period.
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
  // Those who were referred and on whom nothing is decided, by enrolment number.
  absl::StatusOr<std::vector<std::string>> ListReferred(Tx& tx, std::string_view tenant,
                                                        const PlannerRecord& planner);
  // Those without a met requirement (EI-15), in order of centre, planner and enrolment, after
  // `after` ("centre/planner/enrolment"). Empty centre or planner: of all.
  absl::StatusOr<std::vector<LearnerStanding>> ListMissing(Tx& tx, const Reach& reach,
                                                           std::string_view centre,
                                                           std::string_view planner,
                                                           std::string_view after, int limit);

  // As number planner.rulings.
  absl::Status InsertRuling(Tx& tx, std::string_view tenant, const PlannerRecord& planner,
                            const PlannerRuling& ruling);
  // The last one; none if there is none.
  absl::StatusOr<std::optional<PlannerRuling>> LastRuling(Tx& tx, std::string_view tenant,
                                                          const PlannerRecord& planner);
};

}  // namespace assay::approval
