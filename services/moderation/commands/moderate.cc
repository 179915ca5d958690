#include "services/moderation/commands/moderate.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>
#include <optional>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "services/moderation/commands/standardise.h"
#include "services/moderation/errors.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/core/view.h"
#include "services/platform/error/error.h"

namespace assay::moderation {
namespace {

constexpr int kAll = std::numeric_limits<std::int32_t>::max();

}  // namespace

std::optional<MarkRefusal> RefusalOf(const MarkScale& scale, double value) {
  const std::optional<Mark> mark = MarkOf(value);
  if (!mark.has_value()) {
    return MarkRefusal{std::isfinite(value) ? kMarkOffStep : kMarkNotANumber,
                       "is not a number with at most two decimals"};
  }
  switch (FaultOf(scale, *mark)) {
    case MarkFault::kNone:
      return std::nullopt;
    case MarkFault::kNegative:
      return MarkRefusal{kMarkNegative, "is below zero"};
    case MarkFault::kAboveMaximum:
      return MarkRefusal{kMarkAboveMaximum,
                         absl::StrCat("is above the maximum ", FormatMark(scale.maximum))};
    case MarkFault::kOffStep:
      return MarkRefusal{kMarkOffStep,
                         absl::StrCat("is not a multiple of ", FormatMark(scale.step))};
  }
  return std::nullopt;
}

std::optional<Mark> MarkOf(double value) {
  const double hundredths = value * kOneMark;
  if (!(std::abs(hundredths) <= static_cast<double>(kMarkMax * kOneMark))) return std::nullopt;
  const double rounded = std::round(hundredths);
  if (std::abs(hundredths - rounded) > 1e-6) return std::nullopt;
  return static_cast<Mark>(rounded);
}

absl::Status CheckOwnMarks(const MarkScale& scale, std::span<const DueMark> due,
                           std::span<const OwnMark> marks) {
  enum class Seen { kOpen, kRecorded, kInThisCall };
  absl::flat_hash_map<std::string, Seen> picks;
  for (const DueMark& mark : due) {
    picks[mark.candidate] = mark.recorded ? Seen::kRecorded : Seen::kOpen;
  }
  std::vector<std::pair<std::string, std::string>> violations;
  for (std::size_t i = 0; i < marks.size(); ++i) {
    const auto refuse = [&](std::string_view field, std::string_view reason,
                            std::string_view message) {
      violations.emplace_back(absl::StrCat("marks[", i, "].", platform::View(field)),
                              absl::StrCat(platform::View(reason), ": ", platform::View(message)));
    };
    const auto pick = picks.find(marks[i].candidate);
    if (pick == picks.end()) {
      refuse("candidate", kCandidateNotInSample, "is not among the work that is due");
    } else if (pick->second == Seen::kRecorded) {
      refuse("candidate", kMarkAlreadyRecorded, "has a mark, which is not changed");
    } else if (pick->second == Seen::kInThisCall) {
      refuse("candidate", kCandidateDuplicate, "came before in this call");
    } else if (const std::optional<MarkRefusal> fault = RefusalOf(scale, marks[i].mark)) {
      refuse("mark", fault->reason, fault->message);
    } else {
      pick->second = Seen::kInThisCall;
    }
  }
  if (!violations.empty()) {
    platform::Error error(absl::StatusCode::kInvalidArgument, kMarksRefused,
                          absl::StrCat(violations.size(), " of ", marks.size(),
                                       " marks are bad and none was recorded"));
    error.With("refused_count", absl::StrCat(violations.size()));
    for (const auto& [field, description] : violations) error.Field(field, description);
    return error;
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<Marked>> ListDue(const Work& work, const Submission& submission,
                                            bool with_seeds, std::string_view after, int limit) {
  const std::string& tenant = work.caller.tenant;
  ASSIGN_OR_RETURN(
      std::vector<Marked> due,
      work.store().ListMarked(work.tx, tenant, submission, submission.stage, after, limit));
  if (!with_seeds) return due;
  ASSIGN_OR_RETURN(std::vector<Marked> seeds,
                   StandardisationStore().ListSeedsAsWork(work.tx, tenant, submission,
                                                          submission.stage, after, limit));
  std::vector<Marked> all;
  std::merge(std::make_move_iterator(due.begin()), std::make_move_iterator(due.end()),
             std::make_move_iterator(seeds.begin()), std::make_move_iterator(seeds.end()),
             std::back_inserter(all),
             [](const Marked& a, const Marked& b) { return a.pick.candidate < b.pick.candidate; });
  if (all.size() > static_cast<std::size_t>(limit)) all.resize(limit);
  return all;
}

absl::StatusOr<std::int64_t> CountDue(const Work& work, const Submission& submission,
                                      bool with_seeds) {
  const std::string& tenant = work.caller.tenant;
  ASSIGN_OR_RETURN(const std::int64_t work_due,
                   work.store().CountOutstanding(work.tx, tenant, submission, submission.stage));
  if (!with_seeds) return work_due;
  ASSIGN_OR_RETURN(
      const std::int64_t seeds_due,
      StandardisationStore().CountSeedsOutstanding(work.tx, tenant, submission, submission.stage));
  return work_due + seeds_due;
}

absl::StatusOr<Recorded> RecordOwnMarks(const Work& work, const SubmissionName& name,
                                        std::span<const OwnMark> marks) {
  Store& store = work.store();
  const std::string& tenant = work.caller.tenant;
  ASSIGN_OR_RETURN(const Submission submission, store.GetSubmission(work.tx, work.caller, name));
  RETURN_IF_ERROR(CheckStep(work, submission, Step::kModerate));
  // Whoever is of the centre does not moderate it, whoever gave it to them (MOD-7).
  if (work.call.centre() == submission.centre) {
    return platform::Error(absl::StatusCode::kFailedPrecondition, kModeratorConflict,
                           "you are of this centre, and its work is for somebody else")
        .With("moderator", "moderators/" + submission.moderator)
        .With("centre", submission.centre);
  }
  ASSIGN_OR_RETURN(const Component component,
                   store.GetComponent(work.tx, tenant, name.series, name.component));
  ASSIGN_OR_RETURN(const std::vector<Marked> due,
                   ListDue(work, submission, /*with_seeds=*/true, "", kAll));
  std::vector<DueMark> open;
  open.reserve(due.size());
  for (const Marked& marked : due) {
    open.push_back({marked.pick.candidate, marked.pick.mark.has_value()});
  }
  RETURN_IF_ERROR(CheckOwnMarks(component.scale, open, marks));
  bool seeds = false;
  for (const OwnMark& own : marks) {
    const Mark mark = *MarkOf(own.mark);
    ASSIGN_OR_RETURN(bool recorded,
                     store.RecordMark(work.tx, work.caller, submission, own.candidate, mark));
    if (!recorded) {
      ASSIGN_OR_RETURN(recorded, StandardisationStore().RecordSeedMark(
                                     work.tx, work.caller, submission, own.candidate, mark));
      seeds = true;
    }
    if (!recorded) return absl::InternalError("a mark that was open is not");
  }
  if (seeds) RETURN_IF_ERROR(CheckSeeds(work, component));
  Recorded result{.recorded = static_cast<std::int64_t>(marks.size())};
  ASSIGN_OR_RETURN(result.outstanding, CountDue(work, submission, /*with_seeds=*/true));
  return result;
}

}  // namespace assay::moderation
