#include "services/moderation/commands/find_blockers.h"

#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "services/moderation/clients/approval.h"
#include "services/moderation/clients/evidence.h"
#include "services/moderation/stores/reviews.h"
#include "services/platform/core/national_numbers.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/core/view.h"

namespace assay::moderation {
namespace {

using platform::Transaction;

// A sample is rarely larger; of a larger one, or of all work, the first are asked about.
constexpr int kAskedCandidatesMax = 50;

// Those of a page, read once each: it has far fewer components than submissions.
class Shared {
 public:
  Shared(Transaction& tx, const Context& context, std::string_view tenant)
      : tx_(tx), context_(context), tenant_(tenant) {}

  absl::StatusOr<const Component*> ComponentOf(const SubmissionName& name) {
    const auto key = std::pair(name.series, name.component);
    const auto found = components_.find(key);
    if (found != components_.end()) return &found->second;
    ASSIGN_OR_RETURN(Component component,
                     context_.store.GetComponent(tx_, tenant_, name.series, name.component));
    return &components_.emplace(key, std::move(component)).first->second;
  }
  absl::StatusOr<TermDates> DatesOf(const std::string& series) {
    const auto found = dates_.find(series);
    if (found != dates_.end()) return found->second;
    ASSIGN_OR_RETURN(const Series read, context_.store.GetSeries(tx_, tenant_, series));
    return dates_.emplace(series, moderation::DatesOf(read)).first->second;
  }

 private:
  Transaction& tx_;
  const Context& context_;
  const std::string_view tenant_;
  std::map<std::pair<std::string, std::string>, Component> components_;
  std::map<std::string, TermDates> dates_;
};

absl::StatusOr<Examined> Begin(Shared& shared, Submission submission) {
  ASSIGN_OR_RETURN(const Component* component, shared.ComponentOf(submission.name));
  ASSIGN_OR_RETURN(const TermDates dates, shared.DatesOf(submission.name.series));
  Examined examined{.submission = std::move(submission), .component = *component, .facts = {}};
  const Submission& s = examined.submission;
  examined.facts = {.name = s.name,
                    .centre = s.centre,
                    .state = s.state,
                    .counts = s.counts,
                    .cohort_changed = s.cohort_changed,
                    .sample = s.sample,
                    .moderator = s.moderator,
                    .dates = dates};
  return examined;
}

// What is asked about after a release: until it is decided, what was released may change (MOD-13).
absl::StatusOr<std::optional<OpenReview>> OpenReviewOf(Transaction& tx, std::string_view tenant,
                                                       const Submission& submission) {
  std::optional<OpenReview> open;
  if (submission.state != State::kReleased) return open;
  ReviewStore store;
  ASSIGN_OR_RETURN(const std::vector<Appeal> appeals, store.AppealsOf(tx, tenant, submission));
  for (const Appeal& appeal : appeals) {
    if (appeal.state < AppealState::kUpheld) {
      open = OpenReview{.name = appeal.name.Text(), .due = std::nullopt, .appeal = true};
    }
  }
  if (open.has_value()) return open;
  ASSIGN_OR_RETURN(const std::vector<Review> reviews, store.ReviewsOf(tx, tenant, submission));
  for (const Review& review : reviews) {
    if (review.state < ReviewState::kReleased) open = OpenReview{.name = review.name.Text()};
  }
  return open;
}

AskedFact Answered(BlockerKind kind, bool holds, std::string_view why) {
  return {kind, holds ? AskedFact::Answer::kHolds : AskedFact::Answer::kFails, std::string(why)};
}

AskedFact Unanswered(BlockerKind kind, const std::string& why) {
  return {kind, AskedFact::Answer::kCouldNotBeAsked, why};
}

// A sentence, whatever its words come from.
std::string Sentence(std::string text) {
  if (text.empty()) return text;
  if (text[0] >= 'a' && text[0] <= 'z') text[0] = static_cast<char>(text[0] - 'a' + 'A');
  if (text.back() != '.') text += '.';
  return text;
}

// With whom approval says must act, and by when: to the end of its day.
AskedFact FactOf(BlockerKind kind, const Approval::Unmet& unmet) {
  AskedFact fact = unmet.unknown ? Unanswered(kind, unmet.message)
                                 : Answered(kind, false, Sentence(unmet.message));
  if (unmet.who == "centre") fact.who = AskedFact::Who::kCentre;
  if (unmet.who == "quality") fact.who = AskedFact::Who::kQuality;
  if (unmet.who.empty() && !unmet.unknown) fact.who = AskedFact::Who::kNobody;
  if (unmet.due.has_value()) {
    fact.due = absl::FromCivil(*unmet.due + 1, absl::UTCTimeZone()) - absl::Seconds(1);
  }
  return fact;
}

}  // namespace

absl::StatusOr<std::vector<Examined>> Examine(Transaction& tx, const Context& context,
                                              std::string_view tenant,
                                              std::vector<Submission> submissions) {
  AwardStore store;
  ASSIGN_OR_RETURN(const auto outstanding, store.CountOutstanding(tx, tenant, submissions));
  Shared shared(tx, context, tenant);
  std::vector<Examined> page;
  for (Submission& submission : submissions) {
    ASSIGN_OR_RETURN(Examined examined, Begin(shared, std::move(submission)));
    const auto found = outstanding.find(examined.submission.number);
    if (found != outstanding.end()) examined.facts.outstanding = found->second;
    if (examined.submission.counts.missing > 0) {
      ASSIGN_OR_RETURN(examined.facts.missing,
                       store.ListMissing(tx, tenant, examined.submission.number, kCandidatesShown));
    }
    ASSIGN_OR_RETURN(examined.facts.review, OpenReviewOf(tx, tenant, examined.submission));
    page.push_back(std::move(examined));
  }
  return page;
}

absl::StatusOr<std::vector<Examined>> Examine(Transaction& tx, const Context& context,
                                              std::string_view tenant,
                                              const std::vector<Entry>& entries) {
  std::vector<Submission> submissions;
  for (const Entry& entry : entries) submissions.push_back(entry.submission);
  ASSIGN_OR_RETURN(std::vector<Examined> page,
                   Examine(tx, context, tenant, std::move(submissions)));
  for (std::size_t i = 0; i < page.size(); ++i) {
    const Candidate& candidate = entries[i].candidate;
    page[i].facts.learner = LearnerFacts{.candidate = candidate.number,
                                         .mark_missing = MarkMissing(candidate),
                                         .absent = candidate.Has(kAbsent),
                                         .withdrawn = candidate.Has(kWithdrawn),
                                         .uln = candidate.uln};
  }
  return page;
}

void Asker::Complete(Examined& examined) {
  if (options_.approvals) AskApproval(examined);
  if (options_.approvals) AskLearner(examined);
  const State state = examined.submission.state;
  // Work is sent in for the sample, and has done its part when it is judged.
  if (state == State::kSampled || state == State::kAllocated) AskEvidence(examined);
}

void Asker::AskApproval(Examined& examined) {
  const Submission& submission = examined.submission;
  const std::string& qualification = examined.component.qualification;
  std::vector<AskedFact>& asked = examined.facts.asked;
  if (approval_gone_.empty()) {
    const absl::CivilDay day =
        absl::ToCivilDay(submission.submit_time.value_or(call_.now), absl::UTCTimeZone());
    const auto standing =
        context_.approval.StandingOn(call_, submission.centre, qualification, day);
    if (standing.ok()) {
      const std::string why = Sentence(standing->why);
      asked.push_back(Answered(BlockerKind::kCentreNotApproved, standing->centre_approved, why));
      asked.push_back(
          Answered(BlockerKind::kQualificationNotApproved, standing->qualification_approved, why));
      asked.push_back(
          Answered(BlockerKind::kSanctionOpen, standing->sanction.empty(), standing->sanction));
      return;
    }
    approval_gone_ = std::string(standing.status().message());
  }
  asked.push_back(Unanswered(BlockerKind::kCentreNotApproved, approval_gone_));
  if (!qualification.empty()) {
    asked.push_back(Unanswered(BlockerKind::kQualificationNotApproved, approval_gone_));
  }
  asked.push_back(Unanswered(BlockerKind::kSanctionOpen, approval_gone_));
}

// Once for a learner and qualification, however many components it has.
void Asker::AskLearner(Examined& examined) {
  const std::string& qualification = examined.component.qualification;
  if (!examined.facts.learner.has_value() || qualification.empty()) return;
  const Approval::Learner learner = {.centre = examined.submission.centre,
                                     .uln = examined.facts.learner->uln,
                                     .candidate = examined.facts.learner->candidate};
  const std::string who = platform::CheckUln(learner.uln) == platform::UlnCheck::kValid
                              ? learner.uln
                              : absl::StrCat(learner.centre, "/", learner.candidate);
  if (!learners_asked_.emplace(qualification, who).second) return;
  constexpr std::pair<std::string_view, BlockerKind> kKinds[] = {
      {"COMBINATION", BlockerKind::kCombinationNotAchieved},
      {"INVOLVEMENT", BlockerKind::kInvolvementNotMet},
      {"REGISTRATION_VALID", BlockerKind::kRegistrationNotValid}};
  std::vector<AskedFact>& asked = examined.facts.asked;
  if (approval_gone_.empty()) {
    const auto unmet = context_.approval.UnmetOfLearner(call_, qualification, learner);
    if (unmet.ok()) {
      for (const auto& [name, kind] : kKinds) {
        const auto found = unmet->find(std::string(name));
        if (found != unmet->end()) asked.push_back(FactOf(kind, found->second));
      }
      return;
    }
    approval_gone_ = std::string(unmet.status().message());
  }
  for (const auto& [name, kind] : kKinds) asked.push_back(Unanswered(kind, approval_gone_));
}

void Asker::AskEvidence(Examined& examined) {
  if (evidence_gone_.empty()) {
    const auto count = context_.evidence.Count(call_, examined.submission.name.Text());
    absl::Status status = count.status();
    if (status.ok()) {
      examined.facts.asked.push_back(Answered(BlockerKind::kEvidenceMissing, *count > 0,
                                              "No work is linked to the submission."));
      if (*count > 0 && options_.each_candidate) status = AskEachCandidate(examined);
    }
    if (status.ok()) return;
    evidence_gone_ = std::string(status.message());
  }
  examined.facts.asked.push_back(Unanswered(BlockerKind::kEvidenceMissing, evidence_gone_));
}

absl::Status Asker::AskEachCandidate(Examined& examined) {
  const Submission& submission = examined.submission;
  const std::string name = submission.name.Text();
  ASSIGN_OR_RETURN(const bool of_all, context_.evidence.OfAll(call_, submission.centre, name));
  if (of_all) return absl::OkStatus();
  std::vector<std::string> drawn;
  RETURN_IF_ERROR(context_.database.ReadNow([&](Transaction& tx) -> absl::Status {
    ASSIGN_OR_RETURN(drawn,
                     AwardStore().ListDrawn(tx, call_.tenant(), submission, kAskedCandidatesMax));
    return absl::OkStatus();
  }));
  const auto& learner = examined.facts.learner;
  for (const std::string& candidate : drawn) {
    if (learner.has_value() && learner->candidate != candidate) continue;
    ASSIGN_OR_RETURN(const std::int64_t count,
                     context_.evidence.Count(call_, absl::StrCat(name, "/candidates/", candidate)));
    if (count == 0) examined.facts.without_evidence.push_back(candidate);
  }
  return absl::OkStatus();
}

}  // namespace assay::moderation
