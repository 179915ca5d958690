#include "services/moderation/blockers/blockers.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace assay::moderation {
namespace {

// What does not depend on the case. `term` is by when; none for what has no date of its own.
struct Row {
  BlockerKind kind;
  std::string_view name;
  Party party;
  std::optional<Term> term;
  std::string_view method;
  std::string_view rules[3];
};

constexpr Row kRows[kBlockerKinds] = {
    {BlockerKind::kCentreNotApproved,
     "CENTRE_NOT_APPROVED",
     Party::kQuality,
     Term::kResultsDue,
     "CentreService/ApproveCentre",
     {"QUAL-9"}},
    {BlockerKind::kQualificationNotApproved,
     "QUALIFICATION_NOT_APPROVED",
     Party::kCentreHead,
     Term::kResultsDue,
     "ApprovalService/CreateQualificationApproval",
     {"QUAL-9"}},
    {BlockerKind::kSanctionOpen,
     "SANCTION_OPEN",
     Party::kQuality,
     Term::kResultsDue,
     "CentreService/ApproveCentre",
     {"QUAL-9"}},
    {BlockerKind::kNotEntered,
     "NOT_ENTERED",
     Party::kCentreExams,
     Term::kMarksDue,
     "SubmissionService/RecordMarks",
     {"QUAL-9", "MOD-16"}},
    {BlockerKind::kLearnerAbsent,
     "LEARNER_ABSENT",
     Party::kCentreExams,
     std::nullopt,
     "",
     {"QUAL-9"}},
    {BlockerKind::kSubmissionEnded,
     "SUBMISSION_ENDED",
     Party::kQuality,
     std::nullopt,
     "",
     {"QUAL-9", "MOD-1"}},
    {BlockerKind::kNoCandidates,
     "NO_CANDIDATES",
     Party::kCentreExams,
     Term::kMarksDue,
     "SubmissionService/ImportMarks",
     {"MOD-16", "MOD-1"}},
    {BlockerKind::kMarksMissing,
     "MARKS_MISSING",
     Party::kCentreExams,
     Term::kMarksDue,
     "SubmissionService/RecordMarks",
     {"QUAL-9", "MOD-16", "MOD-1"}},
    {BlockerKind::kNotHandedIn,
     "NOT_HANDED_IN",
     Party::kCentreExams,
     Term::kMarksDue,
     "SubmissionService/SubmitSubmission",
     {"QUAL-9", "MOD-16", "MOD-1"}},
    {BlockerKind::kCohortChanged,
     "COHORT_CHANGED",
     Party::kQuality,
     Term::kSamplesDue,
     "SampleService/DrawSample",
     {"QUAL-9", "MOD-1"}},
    {BlockerKind::kNotDrawn,
     "NOT_DRAWN",
     Party::kQuality,
     Term::kSamplesDue,
     "SampleService/DrawSample",
     {"QUAL-9", "MOD-16", "MOD-2"}},
    {BlockerKind::kEvidenceMissing,
     "EVIDENCE_MISSING",
     Party::kCentreExams,
     Term::kModerationDue,
     "EvidenceService/UploadEvidence",
     {"MOD-16", "EVD-4"}},
    {BlockerKind::kNotAllocated,
     "NOT_ALLOCATED",
     Party::kQuality,
     Term::kSamplesDue,
     "ModerationService/AllocateSubmission",
     {"QUAL-9", "MOD-16", "MOD-7"}},
    {BlockerKind::kModeratorMarksOutstanding,
     "MODERATOR_MARKS_OUTSTANDING",
     Party::kModerator,
     Term::kModerationDue,
     "ModerationService/RecordModeratorMarks",
     {"QUAL-9", "MOD-16", "MOD-10"}},
    {BlockerKind::kNotJudged,
     "NOT_JUDGED",
     Party::kModerator,
     Term::kModerationDue,
     "ModerationService/JudgeSubmission",
     {"QUAL-9", "MOD-16", "MOD-10"}},
    {BlockerKind::kNotReleased,
     "NOT_RELEASED",
     Party::kQuality,
     Term::kResultsDue,
     "ModerationService/ReleaseSubmission",
     {"QUAL-9", "MOD-16", "MOD-12"}},
    {BlockerKind::kReviewOpen, "REVIEW_OPEN", Party::kLeadModerator, std::nullopt, "", {"MOD-13"}},
    {BlockerKind::kCombinationNotAchieved,
     "COMBINATION_NOT_ACHIEVED",
     Party::kCentreExams,
     Term::kResultsDue,
     "LearnerService/RecordAchievements",
     {"QUAL-9", "QUAL-3"}},
    {BlockerKind::kInvolvementNotMet,
     "INVOLVEMENT_NOT_MET",
     Party::kCentreHead,
     Term::kResultsDue,
     "PlannerService/DeclareInvolvement",
     {"QUAL-9", "EI-1", "EI-14"}},
    {BlockerKind::kRegistrationNotValid,
     "REGISTRATION_NOT_VALID",
     Party::kCentreExams,
     Term::kResultsDue,
     "LearnerService/ExtendRegistration",
     {"QUAL-9", "QUAL-5"}},
};

const Row& RowOf(BlockerKind kind) { return kRows[static_cast<int>(kind)]; }

// The states after released are ends without results.
bool Ended(State state) { return state > State::kReleased; }

absl::string_view Text(std::string_view text) { return {text.data(), text.size()}; }

std::string Candidates(std::int64_t count) {
  return count == 1 ? "1 candidate" : absl::StrCat(count, " candidates");
}

Blocker Make(BlockerKind kind, const TermDates& dates, absl::Time now, std::string where) {
  const Row& row = RowOf(kind);
  Blocker blocker{
      .kind = kind, .party = row.party, .where = std::move(where), .method = row.method};
  for (std::string_view rule : row.rules) {
    if (!rule.empty()) blocker.rules.push_back(rule);
  }
  if (row.term.has_value()) blocker.due = dates[*row.term];
  // What has no date for the results themselves is needed by the day learners get them.
  if (!blocker.due.has_value() && row.term == Term::kResultsDue) {
    blocker.due = dates[Term::kRelease];
  }
  blocker.overdue = blocker.due.has_value() && *blocker.due < now;
  return blocker;
}

// Collects the blockers of one submission.
class Report {
 public:
  Report(const SubmissionFacts& facts, absl::Time now) : facts_(facts), now_(now) {}

  Blocker& Add(BlockerKind kind, std::string message, std::string action) {
    Blocker& blocker = found_.emplace_back(Make(kind, facts_.dates, now_, facts_.name.Text()));
    blocker.message = std::move(message);
    blocker.action = std::move(action);
    if (blocker.party == Party::kCentreExams || blocker.party == Party::kCentreHead) {
      blocker.party_name = facts_.centre;
    } else if (blocker.party == Party::kModerator && !facts_.moderator.empty()) {
      blocker.party_name = absl::StrCat("moderators/", facts_.moderator);
    }
    return blocker;
  }

  void SetDue(Blocker& blocker, absl::Time due) {
    blocker.due = due;
    blocker.overdue = due < now_;
  }

  std::vector<Blocker> Take() {
    std::stable_sort(found_.begin(), found_.end(),
                     [](const Blocker& a, const Blocker& b) { return a.kind < b.kind; });
    return std::move(found_);
  }

 private:
  const SubmissionFacts& facts_;
  const absl::Time now_;
  std::vector<Blocker> found_;
};

std::string_view ActionOn(BlockerKind kind) {
  switch (kind) {
    case BlockerKind::kCentreNotApproved:
      return "Decide on the centre; a result of an assessment that no approval covers cannot "
             "count.";
    case BlockerKind::kQualificationNotApproved:
      return "Apply for the approval; the quality team decides it, with the day it holds from.";
    case BlockerKind::kSanctionOpen:
      return "Settle the sanction; certificates stop until it is lifted.";
    case BlockerKind::kEvidenceMissing:
      return "Upload the work and link it to the submission or to its candidates.";
    case BlockerKind::kCombinationNotAchieved:
      return "Record the units that are achieved and verified.";
    case BlockerKind::kInvolvementNotMet:
      return "Give the learner an activity that counts and declare it; the quality team concludes "
             "what is declared.";
    case BlockerKind::kRegistrationNotValid:
      return "Extend the registration, or register the learner again.";
    default:
      return "Settle it with the service that was asked.";
  }
}

std::string_view Subject(BlockerKind kind) {
  switch (kind) {
    case BlockerKind::kCentreNotApproved:
      return "the centre's approval on the day of assessment";
    case BlockerKind::kQualificationNotApproved:
      return "the approval for the qualification on the day of assessment";
    case BlockerKind::kSanctionOpen:
      return "an open sanction";
    case BlockerKind::kEvidenceMissing:
      return "the evidence";
    case BlockerKind::kCombinationNotAchieved:
      return "the combination of units";
    case BlockerKind::kInvolvementNotMet:
      return "employer involvement";
    case BlockerKind::kRegistrationNotValid:
      return "the learner's registration";
    default:
      return "it";
  }
}

// The centre has done its part.
void LeaveToQuality(BlockerKind kind, Blocker& blocker) {
  blocker.party = Party::kQuality;
  blocker.party_name.clear();
  if (kind != BlockerKind::kInvolvementNotMet) return;
  blocker.action = "Judge the planner, or conclude what the centre declared.";
  blocker.method = "PlannerService/ConcludeInvolvement";
}

// What is concluded nobody mends; an officer answers for it.
void LeaveToNobody(BlockerKind kind, Blocker& blocker) {
  if (kind != BlockerKind::kInvolvementNotMet) return;
  blocker.party = Party::kQuality;
  blocker.party_name.clear();
  blocker.action = "It is concluded: the learner needs a planner of a later period.";
  blocker.method = "";
}

void AddAsked(const SubmissionFacts& facts, Report& report) {
  for (const AskedFact& fact : facts.asked) {
    if (fact.answer == AskedFact::Answer::kHolds) continue;
    const bool unknown = fact.answer == AskedFact::Answer::kCouldNotBeAsked;
    Blocker& blocker =
        unknown ? report.Add(fact.kind,
                             absl::StrCat("Whether ", Text(Subject(fact.kind)),
                                          " stands in the way could not be asked: ", fact.why, "."),
                             "Ask again; if it lasts, tell who runs the system.")
                : report.Add(fact.kind, fact.why, std::string(ActionOn(fact.kind)));
    blocker.unknown = unknown;
    if (fact.kind != BlockerKind::kEvidenceMissing) blocker.where = facts.centre;
    if (fact.due.has_value()) report.SetDue(blocker, *fact.due);
    if (fact.who == AskedFact::Who::kQuality) LeaveToQuality(fact.kind, blocker);
    if (fact.who == AskedFact::Who::kNobody) LeaveToNobody(fact.kind, blocker);
  }
  // Nothing at all is a fact of its own; this is about some of those who were drawn.
  const bool told = std::any_of(facts.asked.begin(), facts.asked.end(), [](const AskedFact& fact) {
    return fact.kind == BlockerKind::kEvidenceMissing && fact.answer != AskedFact::Answer::kHolds;
  });
  if (facts.without_evidence.empty() || told) return;
  const auto count = static_cast<std::int64_t>(facts.without_evidence.size());
  Blocker& blocker =
      report.Add(BlockerKind::kEvidenceMissing,
                 absl::StrCat("No work is there of ", Candidates(count), " of the sample."),
                 std::string(ActionOn(BlockerKind::kEvidenceMissing)));
  blocker.count = count;
  blocker.candidates = facts.without_evidence;
}

// Who has no mark, and whom that leaves to act: the centre while it records marks, an officer
// after that, nobody once all is released.
void AddMissing(const SubmissionFacts& facts, Report& report) {
  if (Ended(facts.state)) return;
  const bool one = facts.learner.has_value();
  const std::int64_t count = one ? (facts.learner->mark_missing ? 1 : 0) : facts.counts.missing;
  if (count == 0) return;
  const std::string who =
      one ? absl::StrCat("Candidate ", facts.learner->candidate) : Candidates(count);
  const bool singular = count == 1;
  const std::string none = absl::StrCat(who, singular ? " has" : " have", " no mark");
  Blocker* blocker = nullptr;
  if (facts.state == State::kOpen) {
    blocker = &report.Add(BlockerKind::kMarksMissing, none + ".",
                          "Record a mark, or say that the candidate is absent or withdrawn.");
  } else if (facts.state != State::kReleased) {
    blocker = &report.Add(BlockerKind::kMarksMissing, none + ", and the marks are handed in.",
                          "Ask the centre; an officer adds the mark with a reason, after which "
                          "the sample is drawn again.");
    blocker->party = Party::kQuality;
    blocker->party_name.clear();
    blocker->method = "SubmissionService/CorrectMark";
  } else {
    blocker = &report.Add(BlockerKind::kMarksMissing,
                          none + ", so that " + (singular ? "there is" : "there are") +
                              " no result" + (singular ? "" : "s") +
                              " although the submission "
                              "is released.",
                          "Enter the candidate in a later series.");
    blocker->method = "";
  }
  blocker->count = count;
  if (one) {
    blocker->candidates = {facts.learner->candidate};
  } else {
    blocker->candidates = facts.missing;
  }
}

void AddStep(const SubmissionFacts& facts, Report& report) {
  switch (facts.state) {
    case State::kOpen:
      if (facts.counts.candidates == 0) {
        report.Add(BlockerKind::kNoCandidates, "The submission has no candidates.",
                   "Record the candidates and their marks.");
      }
      report.Add(BlockerKind::kNotHandedIn, "The centre has not handed its marks in.",
                 "Check the marks and hand them in.");
      return;
    case State::kSubmitted:
      if (facts.cohort_changed) {
        report.Add(BlockerKind::kCohortChanged,
                   "Marks changed after they were handed in, so that no sample stands.",
                   "Draw a sample of the cohort as it is now.");
      } else {
        report.Add(BlockerKind::kNotDrawn, "No sample is drawn.", "Draw the sample.");
      }
      return;
    case State::kSampled:
      report.Add(BlockerKind::kNotAllocated, "No moderator has the submission.",
                 "Give it to a moderator who has room and no conflict.");
      return;
    case State::kAllocated:
      if (facts.outstanding > 0) {
        const bool one = facts.outstanding == 1;
        report
            .Add(BlockerKind::kModeratorMarksOutstanding,
                 absl::StrCat(facts.outstanding, one ? " mark" : " marks", " of the moderator ",
                              one ? "is" : "are", " outstanding."),
                 "Mark the work that is due.")
            .count = facts.outstanding;
      } else {
        report.Add(BlockerKind::kNotJudged, "All that is due is marked, and not judged.",
                   "Judge the submission.");
      }
      return;
    case State::kJudged:
      report.Add(BlockerKind::kNotReleased, "The submission is judged, and not released.",
                 "Write the feedback and release the submission.");
      return;
    default:
      // Nobody waits for it as a whole, and a learner in it does.
      if (Ended(facts.state) && facts.learner.has_value()) {
        report.Add(BlockerKind::kSubmissionEnded,
                   absl::StrCat("The submission is ", Text(NameOf(facts.state)),
                                ": no results come of it."),
                   "Enter the candidate again, in a submission that goes on.");
      }
      return;
  }
}

}  // namespace

std::string_view NameOf(BlockerKind kind) { return RowOf(kind).name; }

std::string_view NameOf(Party party) {
  constexpr std::string_view kNames[] = {"CENTRE_EXAMS", "CENTRE_HEAD", "MODERATOR",
                                         "LEAD_MODERATOR", "QUALITY"};
  return kNames[static_cast<int>(party)];
}

std::vector<Blocker> BlockersOf(const SubmissionFacts& facts, absl::Time now) {
  Report report(facts, now);
  // Nobody waits for the result of a learner who has withdrawn.
  if (facts.learner.has_value() && facts.learner->withdrawn) return {};
  AddAsked(facts, report);
  if (facts.learner.has_value() && facts.learner->absent) {
    report.Add(BlockerKind::kLearnerAbsent,
               absl::StrCat("Candidate ", facts.learner->candidate,
                            " was absent, and gets no mark for this component."),
               "Enter the candidate in a later series, or put the flag right.");
  }
  AddMissing(facts, report);
  AddStep(facts, report);
  if (facts.review.has_value()) {
    Blocker& blocker = report.Add(
        BlockerKind::kReviewOpen,
        facts.review->appeal ? "An appeal is open." : "A review of the moderation is open.",
        "Decide it.");
    blocker.where = facts.review->name;
    blocker.due = facts.review->due;
    blocker.overdue = blocker.due.has_value() && *blocker.due < now;
    if (facts.review->appeal) blocker.party = Party::kQuality;
  }
  return report.Take();
}

namespace {

// What approval answers for the learner as a whole; "" for every other kind.
std::string_view ConditionOfLearner(BlockerKind kind) {
  switch (kind) {
    case BlockerKind::kCombinationNotAchieved:
      return "COMBINATION_ACHIEVED";
    case BlockerKind::kInvolvementNotMet:
      return "INVOLVEMENT_MET";
    case BlockerKind::kRegistrationNotValid:
      return "REGISTRATION_VALID";
    default:
      return "";
  }
}

}  // namespace

std::vector<AwardCondition> ConditionsOf(std::span<const Blocker> blockers,
                                         bool with_qualification) {
  using Standing = AwardCondition::Standing;
  enum Which { kModeration, kCentre, kNoSanction, kQualification };
  std::vector<AwardCondition> conditions = {
      {"MODERATION_FINAL"}, {"CENTRE_APPROVED"}, {"NO_SANCTION"}};
  if (with_qualification) conditions.push_back({"QUALIFICATION_APPROVED"});
  for (const Blocker& blocker : blockers) {
    const std::string_view of_learner = ConditionOfLearner(blocker.kind);
    if (!of_learner.empty()) {
      conditions.push_back({of_learner, blocker.unknown ? Standing::kUnknown : Standing::kUnmet});
      continue;
    }
    const Which which = blocker.kind == BlockerKind::kCentreNotApproved          ? kCentre
                        : blocker.kind == BlockerKind::kQualificationNotApproved ? kQualification
                        : blocker.kind == BlockerKind::kSanctionOpen             ? kNoSanction
                                                                                 : kModeration;
    if (which == kQualification && !with_qualification) continue;
    // What evidence says matters to the moderator and not to the award.
    if (blocker.kind == BlockerKind::kEvidenceMissing) continue;
    Standing& standing = conditions[which].standing;
    if (!blocker.unknown) {
      standing = Standing::kUnmet;
    } else if (standing == Standing::kMet) {
      standing = Standing::kUnknown;
    }
  }
  return conditions;
}

Blocker NotEntered(std::string_view component, std::string_view centre, const TermDates& dates,
                   absl::Time now) {
  Blocker blocker = Make(BlockerKind::kNotEntered, dates, now, std::string(component));
  blocker.message = "The learner is entered for no submission of this component.";
  blocker.action = "Record the candidate in the centre's submission for the component.";
  blocker.party_name = std::string(centre);
  return blocker;
}

}  // namespace assay::moderation
