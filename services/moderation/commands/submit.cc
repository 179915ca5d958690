#include "services/moderation/commands/submit.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "services/moderation/commands/evidence_locks.h"
#include "services/moderation/commands/forget_draw.h"
#include "services/moderation/errors.h"
#include "services/moderation/events.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/error/error.h"

namespace assay::moderation {
namespace {

using platform::Error;

absl::Status CheckMark(const MarkScale& scale, Mark mark) {
  const std::string text = FormatMark(mark);
  switch (FaultOf(scale, mark)) {
    case MarkFault::kNone:
      return absl::OkStatus();
    case MarkFault::kAboveMaximum:
      return Error(absl::StatusCode::kInvalidArgument, kMarkAboveMaximum,
                   absl::StrCat("the mark ", text, " is above the maximum ",
                                FormatMark(scale.maximum)))
          .With("mark", text)
          .With("mark_max", FormatMark(scale.maximum))
          .Field("mark", absl::StrCat("is above the maximum ", FormatMark(scale.maximum)));
    case MarkFault::kOffStep:
      return Error(
                 absl::StatusCode::kInvalidArgument, kMarkOffStep,
                 absl::StrCat("the mark ", text, " is not a multiple of ", FormatMark(scale.step)))
          .With("mark", text)
          .With("mark_step", FormatMark(scale.step))
          .Field("mark", absl::StrCat("is not a multiple of ", FormatMark(scale.step)));
    case MarkFault::kNegative:
      return Error(absl::StatusCode::kInvalidArgument, "FIELD_INVALID", "a mark is not below zero")
          .Field("mark", "is below zero");
  }
  return absl::OkStatus();
}

absl::StatusOr<Candidate> FindCandidate(const Work& work, const Submission& submission,
                                        std::string_view number) {
  auto candidate =
      work.store().GetCandidate(work.tx, work.caller.tenant, submission.number, number);
  if (absl::IsNotFound(candidate.status())) {
    return Error(absl::StatusCode::kNotFound, kCandidateNotFound,
                 "the submission has no such candidate")
        .With("submission", submission.name.Text())
        .With("candidate", number);
  }
  return candidate;
}

}  // namespace

absl::StatusOr<Submission> Submit(const Work& work, const SubmissionName& name,
                                  std::string_view etag, bool allow_missing) {
  ASSIGN_OR_RETURN(Submission submission, work.store().GetSubmission(work.tx, work.caller, name));
  RETURN_IF_ERROR(platform::CheckEtag(etag, submission.version, name.Text()));
  RETURN_IF_ERROR(CheckStep(work, submission, Step::kSubmit));
  if (submission.counts.candidates == 0) {
    return Error(absl::StatusCode::kFailedPrecondition, kSubmissionEmpty,
                 "no candidates are recorded; record their marks first")
        .With("submission", name.Text());
  }
  const std::int64_t missing = submission.counts.missing;
  if (missing > 0 && !allow_missing) {
    return Error(absl::StatusCode::kFailedPrecondition, kMarksMissing,
                 absl::StrCat(missing,
                              " candidates have no mark; give one, mark them absent or "
                              "withdrawn, or hand in with allow_missing"))
        .With("submission", name.Text())
        .With("missing_count", absl::StrCat(missing));
  }
  Advance(submission, Step::kSubmit);
  submission.submit_time = work.caller.now;
  RETURN_IF_ERROR(work.store().UpdateSubmission(work.tx, work.caller, submission));
  RETURN_IF_ERROR(EmitSubmitted(work, submission));
  return submission;
}

absl::StatusOr<Submission> CorrectMark(const Work& work, const SubmissionName& name,
                                       std::string_view etag, std::string_view number, Mark mark,
                                       std::string_view reason) {
  Store& store = work.store();
  const std::string& tenant = work.caller.tenant;
  ASSIGN_OR_RETURN(Submission submission, store.GetSubmission(work.tx, work.caller, name));
  RETURN_IF_ERROR(platform::CheckEtag(etag, submission.version, name.Text()));
  RETURN_IF_ERROR(CheckStep(work, submission, Step::kCorrectMark));
  ASSIGN_OR_RETURN(const Component component,
                   store.GetComponent(work.tx, tenant, name.series, name.component));
  RETURN_IF_ERROR(CheckMark(component.scale, mark));
  ASSIGN_OR_RETURN(Candidate candidate, FindCandidate(work, submission, number));
  if (candidate.Has(kAbsent) || candidate.Has(kWithdrawn)) {
    return Error(absl::StatusCode::kInvalidArgument, "FIELD_INVALID",
                 "the candidate is absent or withdrawn and can have no mark")
        .Field("candidate", "is absent or withdrawn");
  }
  const std::optional<Mark> before = candidate.mark;
  submission.counts.Add(candidate, -1);
  candidate.mark = mark;
  submission.counts.Add(candidate, 1);
  RETURN_IF_ERROR(store.PutCandidate(work.tx, tenant, submission.number, candidate));

  const bool sample_voided = !submission.sample.empty();
  RETURN_IF_ERROR(ForgetDraw(work, submission));
  Advance(submission, Step::kCorrectMark);
  RETURN_IF_ERROR(store.UpdateSubmission(work.tx, work.caller, submission));
  RETURN_IF_ERROR(store.InsertCorrection(work.tx, work.caller, submission,
                                         {.candidate = candidate.number,
                                          .before = before,
                                          .after = mark,
                                          .reason = std::string(reason)}));
  RETURN_IF_ERROR(RefreshEvidenceLock(work, submission));
  RETURN_IF_ERROR(EmitMarkCorrected(work, submission, candidate.number, reason, sample_voided));
  return submission;
}

}  // namespace assay::moderation
