// Facts about a submission, or about one learner in it → everything that still stands between it
// and a result: what is missing, who must act, by when, where and how (QUAL-9, MOD-16).
//
// Example:
//   for (const Blocker& blocker : BlockersOf(facts, now)) …
//
// What other services must be asked comes in as AskedFacts: a further condition of an award that
// one of them answers is one more BlockerKind with its row in the table of blockers.cc.
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "services/moderation/blockers/terms.h"
#include "services/moderation/model.h"

namespace assay::moderation {

// What an award needs and does not have, in the order in which it is reported.
enum class BlockerKind {
  kCentreNotApproved,         // On the day of assessment.
  kQualificationNotApproved,  // On the day of assessment.
  kSanctionOpen,              // One that stops certification, now.
  kNotEntered,                // The learner is in no submission for the component.
  kLearnerAbsent,
  kSubmissionEnded,  // Without results: withdrawn or void.
  kNoCandidates,
  kMarksMissing,
  kNotHandedIn,
  kCohortChanged,  // The sample is void.
  kNotDrawn,
  kEvidenceMissing,
  kNotAllocated,
  kModeratorMarksOutstanding,
  kNotJudged,
  kNotReleased,
  kReviewOpen,
  // What approval says of the learner as a whole.
  kCombinationNotAchieved,
  kInvolvementNotMet,
  kRegistrationNotValid,
};
inline constexpr int kBlockerKinds = 20;
std::string_view NameOf(BlockerKind kind);  // "MARKS_MISSING"

enum class Party { kCentreExams, kCentreHead, kModerator, kLeadModerator, kQuality };
std::string_view NameOf(Party party);  // "CENTRE_EXAMS"

// The answer of another service to a question of the given kind.
struct AskedFact {
  enum class Answer { kHolds, kFails, kCouldNotBeAsked };
  BlockerKind kind = BlockerKind::kCentreNotApproved;
  Answer answer = Answer::kHolds;
  std::string why;  // In the words of who was asked, or why they could not be.
  // Who was asked may say who must act, and by when; else the table of kinds says so.
  enum class Who { kUnsaid, kCentre, kQuality, kNobody };
  Who who = Who::kUnsaid;
  std::optional<absl::Time> due;
};

// A review of the moderation or an appeal that is not decided (MOD-13).
struct OpenReview {
  std::string name;
  std::optional<absl::Time> due;
  bool appeal = false;
};

// The learner that the question is about, as the submission has them.
struct LearnerFacts {
  std::string candidate;
  bool mark_missing = false;
  bool absent = false;
  bool withdrawn = false;
  std::string uln;  // By which other services know them; may be empty.
};

struct SubmissionFacts {
  SubmissionName name;
  std::string centre;
  State state = State::kOpen;
  Counts counts;
  bool cohort_changed = false;
  std::vector<std::string> missing;           // Candidates without a mark, the first of them.
  std::string sample;                         // Id of the one in force, or empty.
  std::string moderator;                      // Id, or empty.
  std::int64_t outstanding = 0;               // Moderator's marks of the stage that is due.
  std::vector<std::string> without_evidence;  // Sampled candidates, as far as asked.
  std::optional<OpenReview> review;
  std::vector<AskedFact> asked;
  std::optional<LearnerFacts> learner;  // None: the question is about the whole cohort.
  TermDates dates;
};

struct Blocker {
  BlockerKind kind = BlockerKind::kNotReleased;
  bool unknown = false;    // Whether the condition holds could not be asked.
  std::int64_t count = 0;  // Candidates, or marks, that are concerned; 0: the submission.
  std::vector<std::string> candidates;  // The first of them.
  std::string message;                  // What is missing.
  std::string action;                   // What to do.
  Party party = Party::kQuality;        // Who must act …
  std::string party_name;               // … "centres/…" or "moderators/…", or empty.
  std::optional<absl::Time> due;
  bool overdue = false;
  std::string where;                    // Resource name.
  std::string_view method;              // That mends it, "SubmissionService/RecordMarks", or empty.
  std::vector<std::string_view> rules;  // "QUAL-9", "MOD-1"
};

// In the order of kinds, at most one a kind. Empty if nothing stands in the way.
std::vector<Blocker> BlockersOf(const SubmissionFacts& facts, absl::Time now);

// A condition of an award as a whole, and how it stands; of several blockers the surest counts.
struct AwardCondition {
  enum class Standing { kMet, kUnmet, kUnknown };
  std::string_view name;  // "MODERATION_FINAL", "CENTRE_APPROVED", …
  Standing standing = Standing::kMet;
};
// Those of QUAL-9 that are looked at; `with_qualification`: the components are of one. What
// approval says of the learner is among them only where it is not met.
std::vector<AwardCondition> ConditionsOf(std::span<const Blocker> blockers,
                                         bool with_qualification);

// The learner is in no submission for a component of the qualification.
Blocker NotEntered(std::string_view component, std::string_view centre, const TermDates& dates,
                   absl::Time now);

}  // namespace assay::moderation
