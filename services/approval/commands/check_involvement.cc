#include "services/approval/commands/check_involvement.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "services/approval/commands/find_qualification.h"
#include "services/approval/errors.h"
#include "services/approval/evidence_loader.h"
#include "services/approval/stores/planner_erasure.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/error/error.h"

namespace assay::approval {
namespace {

using platform::Error;

constexpr std::size_t kViolationsMax = 100;
// Moderation asks about an award without knowing when the learner was registered.
constexpr std::pair kEver(absl::CivilDay(1900, 1, 1), absl::CivilDay(9999, 12, 31));

}  // namespace

std::vector<EvidenceGap> EvidenceGapsOf(const PlannerRecord& record, const Planner& planner,
                                        const InvolvementCheck& check) {
  const EvidencePolicy* policy = PolicyOn(ShippedEvidence(), record.first_day);
  if (policy == nullptr) return {};
  return FindEvidenceGaps(planner, check, *policy);
}

absl::Status CheckEvidence(const PlannerRecord& record, const Planner& planner,
                           const InvolvementCheck& check) {
  const std::vector<EvidenceGap> gaps = EvidenceGapsOf(record, planner, check);
  if (gaps.empty()) return absl::OkStatus();
  Error error(
      absl::StatusCode::kFailedPrecondition, kEvidenceMissing,
      absl::StrCat("required evidence is missing (EI-8): ", FindingOf(planner, gaps[0]).message,
                   gaps.size() > 1 ? absl::StrCat("; and ", gaps.size() - 1, " more") : ""));
  std::vector<std::string> ids;
  for (std::size_t i = 0; i < std::min(gaps.size(), kViolationsMax); ++i) {
    const InvolvementFinding finding = FindingOf(planner, gaps[i]);
    error.Field("document." + finding.place, finding.message);
    ids.push_back(planner.activities[gaps[i].activities[0]].id);
  }
  error.With("planner", record.Name()).With("activities", absl::StrJoin(ids, ", "));
  return error;
}

absl::StatusOr<std::optional<LearnerBlock>> CheckLearnerOfAny(const Work& work,
                                                              const std::string& centre,
                                                              const std::string& qualification,
                                                              const std::string& enrolment) {
  RETURN_IF_ERROR(work.context.store.GetCentre(work.tx, work.reach, centre).status());
  ASSIGN_OR_RETURN(const Qualification entry, FindQualification(work, qualification));
  if (!entry.employer_involvement) return std::nullopt;
  ASSIGN_OR_RETURN(
      const std::vector<std::string> planners,
      PlannerErasureStore().PlannersOf(work.tx, work.reach.tenant, centre, qualification, enrolment,
                                       kEver.first, kEver.second));
  std::optional<LearnerBlock> best;
  for (const std::string& planner : planners) {
    ASSIGN_OR_RETURN(LearnerBlock block, CheckLearner(work, {centre, planner, ""}, enrolment));
    block.message = absl::StrCat("centres/", centre, "/planners/", planner, ": ", block.message);
    // One that clears the learner is the best, and what can still be mended is better than an end.
    const bool better = !best.has_value() || (best->blocks && !block.blocks) ||
                        (best->blocks && best->final && !block.final);
    if (better) best = std::move(block);
  }
  if (best.has_value()) return best;
  return LearnerBlock{
      .blocks = true,
      .who = "centre",
      .message = absl::StrCat("no planner of employer involvement names the learner ", enrolment,
                              " for qualifications/", qualification, " (EI-1)")};
}

}  // namespace assay::approval
