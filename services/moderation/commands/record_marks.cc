#include "services/moderation/commands/record_marks.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/moderation/commands/draw_sample.h"
#include "services/moderation/errors.h"
#include "services/moderation/events.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/error/error.h"

namespace assay::moderation {
namespace {

constexpr std::size_t kViolationsMax = 100;
// Up to here replacing single rows is cheaper than writing the cohort anew.
constexpr std::size_t kReplacedSinglyMax = 200;
// A call with a smaller share of the cohort looks its candidates up one by one.
constexpr std::int64_t kLookUpShare = 10;

// What is recorded for some of `good`, or for the whole cohort, in the order of numbers.
struct Recorded {
  std::vector<Candidate> candidates;
  bool whole = true;
};

absl::StatusOr<Recorded> LoadRecorded(const Work& work, const Submission& submission,
                                      std::span<const Candidate> good) {
  Recorded recorded;
  if (submission.counts.candidates == 0) return recorded;
  const std::string& tenant = work.caller.tenant;
  if (static_cast<std::int64_t>(good.size()) * kLookUpShare >= submission.counts.candidates) {
    ASSIGN_OR_RETURN(recorded.candidates,
                     work.store().LoadCandidates(work.tx, tenant, submission.number));
    return recorded;
  }
  recorded.whole = false;
  for (const Candidate& candidate : good) {
    auto found = work.store().GetCandidate(work.tx, tenant, submission.number, candidate.number);
    if (absl::IsNotFound(found.status())) continue;
    if (!found.ok()) return found.status();
    recorded.candidates.push_back(*std::move(found));
  }
  return recorded;
}

// Both lists are in the order of numbers: one walk tells new candidates from replaced ones.
absl::Status Merge(const Work& work, Submission& submission, Recorded recorded,
                   std::span<const Candidate> good) {
  Store& store = work.store();
  const std::string& tenant = work.caller.tenant;
  for (const Candidate& candidate : good) submission.counts.Add(candidate, 1);
  if (recorded.candidates.empty()) {
    return store.InsertCandidates(work.tx, tenant, submission.number, good);
  }
  std::vector<Candidate> fresh;
  std::vector<const Candidate*> replaced;
  std::vector<Candidate> merged;  // The whole cohort, if `recorded` is.
  auto old = recorded.candidates.begin();
  const auto end = recorded.candidates.end();
  for (const Candidate& candidate : good) {
    while (old != end && old->number < candidate.number) merged.push_back(std::move(*old++));
    if (old != end && old->number == candidate.number) {
      submission.counts.Add(*old++, -1);
      replaced.push_back(&candidate);
    } else {
      fresh.push_back(candidate);
    }
    merged.push_back(candidate);
  }
  if (recorded.whole && replaced.size() > kReplacedSinglyMax) {
    std::move(old, end, std::back_inserter(merged));
    RETURN_IF_ERROR(store.DeleteCandidates(work.tx, tenant, submission.number));
    return store.InsertCandidates(work.tx, tenant, submission.number, merged);
  }
  for (const Candidate* candidate : replaced) {
    RETURN_IF_ERROR(store.PutCandidate(work.tx, tenant, submission.number, *candidate));
  }
  return store.InsertCandidates(work.tx, tenant, submission.number, fresh);
}

}  // namespace

absl::Status CheckRefused(MarksMode mode, const MarkRows& rows, PlaceOf place) {
  if (mode != MarksMode::kAllOrNothing || rows.refused_count() == 0) return absl::OkStatus();
  platform::Error error(
      absl::StatusCode::kInvalidArgument, kMarksRefused,
      absl::StrCat(rows.refused_count(), " of ", rows.row_count(),
                   " rows are bad and nothing was kept; correct them, or keep the good ones with "
                   "MARKS_MODE_KEEP_GOOD"));
  error.With("refused_count", absl::StrCat(rows.refused_count()));
  for (const RefusedRow& row :
       rows.refused().first(std::min(kViolationsMax, rows.refused().size()))) {
    error.Field(place(row), absl::StrCat(row.reason, ": ", row.message));
  }
  return error;
}

absl::StatusOr<Submission> FindOpen(const Work& work, const SubmissionName& name) {
  ASSIGN_OR_RETURN(Submission submission, work.store().GetSubmission(work.tx, work.caller, name));
  RETURN_IF_ERROR(CheckStep(work, submission, Step::kRecordMarks));
  return submission;
}

absl::StatusOr<Submission> RecordMarks(const Work& work, const SubmissionName& name,
                                       std::string_view etag, MarksMode mode,
                                       const MarkRows& rows) {
  ASSIGN_OR_RETURN(Submission submission, FindOpen(work, name));
  RETURN_IF_ERROR(platform::CheckEtag(etag, submission.version, name.Text()));
  if (mode == MarksMode::kValidateOnly || rows.good().empty()) return submission;
  ASSIGN_OR_RETURN(Recorded recorded, LoadRecorded(work, submission, rows.good()));
  RETURN_IF_ERROR(Merge(work, submission, std::move(recorded), rows.good()));
  RETURN_IF_ERROR(VoidNamesIfEntriesChanged(work, submission));
  RETURN_IF_ERROR(work.store().UpdateSubmission(work.tx, work.caller, submission));
  RETURN_IF_ERROR(
      EmitMarksRecorded(work, submission, static_cast<std::int64_t>(rows.good().size())));
  return submission;
}

}  // namespace assay::moderation
