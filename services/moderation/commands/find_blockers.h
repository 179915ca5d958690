// Gathers the facts that blockers are found in: what moderation keeps, in few indexed reads for a
// whole page of submissions, and then what approval and evidence say.
//
// Example:
//   ReadNow: ASSIGN_OR_RETURN(page, Examine(tx, context, caller, submissions));
//   Asker asker(context, call, {.approvals = true});
//   for (Examined& e : page) { asker.Complete(e); … BlockersOf(e.facts, call.now) … }
#pragma once
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "services/moderation/blockers/blockers.h"
#include "services/moderation/context.h"
#include "services/moderation/stores/award.h"

namespace assay::moderation {

inline constexpr int kCandidatesShown = 20;

struct Examined {
  Submission submission;
  Component component;
  SubmissionFacts facts;
};

// Submissions in the order of series and component.
absl::StatusOr<std::vector<Examined>> Examine(platform::Transaction& tx, const Context& context,
                                              std::string_view tenant,
                                              std::vector<Submission> submissions);
// The same about one learner in each.
absl::StatusOr<std::vector<Examined>> Examine(platform::Transaction& tx, const Context& context,
                                              std::string_view tenant,
                                              const std::vector<Entry>& entries);

// Asks other services about submissions, in the caller's name. A service that did not answer once
// is not asked again, so that a page costs one wait and not fifty.
class Asker {
 public:
  struct Options {
    bool approvals = true;        // Moderators are not told.
    bool each_candidate = false;  // Whose work of the sample is there: a question for each of them.
  };
  // They outlive it.
  Asker(const Context& context, const platform::Call& call, Options options)
      : context_(context), call_(call), options_(options) {}

  // Blocks.
  void Complete(Examined& examined);

 private:
  void AskApproval(Examined& examined);
  void AskLearner(Examined& examined);
  void AskEvidence(Examined& examined);
  absl::Status AskEachCandidate(Examined& examined);

  const Context& context_;
  const platform::Call& call_;
  const Options options_;
  std::string approval_gone_;  // Why; empty: it answers.
  std::string evidence_gone_;
  std::set<std::pair<std::string, std::string>> learners_asked_;  // Qualification and ULN.
};

}  // namespace assay::moderation
