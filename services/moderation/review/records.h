// A review of moderation and an appeal, as they are kept (MOD-13).
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "services/moderation/adjustment/judge.h"
#include "services/moderation/model.h"
#include "services/moderation/review/steps.h"

namespace assay::moderation {

// "series/…/submissions/…/reviews/{id}"
struct ReviewName {
  SubmissionName submission;
  std::string id;

  std::string Text() const { return absl::StrCat(submission.Text(), "/reviews/", id); }
};

// "…/reviews/{review}/appeals/{id}"
struct AppealName {
  ReviewName review;
  std::string id;

  std::string Text() const { return absl::StrCat(review.Text(), "/appeals/", id); }
};

struct Review {
  std::int64_t submission = 0;  // Its number in storage.
  ReviewName name;
  std::string centre;  // "centres/…"
  std::string centre_title;
  ReviewState state = ReviewState::kRequested;
  std::string policy;  // "post-results@1"
  std::string grounds;
  std::string requested_by;  // Subjects, here and below.
  std::string ordered_by;    // The appeal that ordered it, by its name, or "".
  std::string reviewer;      // Id of a moderator, or "".
  std::string reviewer_subject;
  std::string accepted_by;
  std::int64_t outstanding = 0;    // Marks that the reviewer still owes.
  std::optional<Verdict> verdict;  // Once judged.
  std::int64_t raised = 0;
  std::int64_t lowered = 0;
  std::string reasons;
  std::string released_by;  // Or refused by.
  std::optional<absl::Time> outcome_time;
  std::optional<absl::Time> reasons_time;
  std::optional<absl::Time> appeal_end;  // The first moment after the window.
  absl::Time create_time;
  absl::Time update_time;
  std::int64_t version = 1;
};

struct Appeal {
  std::int64_t submission = 0;
  AppealName name;
  std::string centre;
  std::string centre_title;
  AppealState state = AppealState::kLodged;
  std::string grounds;
  std::string lodged_by;
  std::vector<std::string> panel;  // Subjects.
  std::string opened_by;
  std::string reasons;
  std::string decided_by;
  std::string ordered_review;  // Id, if it was upheld.
  std::optional<absl::Time> decide_time;
  absl::Time create_time;
  absl::Time update_time;
  std::int64_t version = 1;
};

// A piece of the original sample and what the reviewer gave.
struct ReviewMark {
  std::string candidate;
  std::optional<Mark> centre_mark;
  std::optional<Mark> moderator_mark;
  std::optional<Mark> mark;
};

// What became final when, and until when a review can be asked for.
struct ReleaseRecord {
  std::string policy;  // "post-results@1"
  std::string released_by;
  absl::Time release_time;
  absl::Time review_end;  // The first moment after the window.
};

}  // namespace assay::moderation
