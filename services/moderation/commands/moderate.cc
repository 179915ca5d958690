#include "services/moderation/commands/moderate.h"

#include <cmath>
#include <limits>
#include <optional>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "services/moderation/errors.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/core/view.h"
#include "services/platform/error/error.h"

namespace assay::moderation {
namespace {

constexpr int kAll = std::numeric_limits<std::int32_t>::max();

struct Fault {
  std::string_view reason;
  std::string message;
};

std::optional<Fault> FaultOf(const MarkScale& scale, double value) {
  const std::optional<Mark> mark = MarkOf(value);
  if (!mark.has_value()) {
    return Fault{std::isfinite(value) ? kMarkOffStep : kMarkNotANumber,
                 "is not a number with at most two decimals"};
  }
  switch (FaultOf(scale, *mark)) {
    case MarkFault::kNone:
      return std::nullopt;
    case MarkFault::kNegative:
      return Fault{kMarkNegative, "is below zero"};
    case MarkFault::kAboveMaximum:
      return Fault{kMarkAboveMaximum,
                   absl::StrCat("is above the maximum ", FormatMark(scale.maximum))};
    case MarkFault::kOffStep:
      return Fault{kMarkOffStep, absl::StrCat("is not a multiple of ", FormatMark(scale.step))};
  }
  return std::nullopt;
}

}  // namespace

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
    } else if (const std::optional<Fault> fault = FaultOf(scale, marks[i].mark)) {
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
                   store.ListMarked(work.tx, tenant, submission, submission.stage, "", kAll));
  std::vector<DueMark> open;
  open.reserve(due.size());
  for (const Marked& marked : due) {
    open.push_back({marked.pick.candidate, marked.pick.mark.has_value()});
  }
  RETURN_IF_ERROR(CheckOwnMarks(component.scale, open, marks));
  for (const OwnMark& own : marks) {
    ASSIGN_OR_RETURN(const bool recorded, store.RecordMark(work.tx, work.caller, submission,
                                                           own.candidate, *MarkOf(own.mark)));
    if (!recorded) return absl::InternalError("a mark that was open is not");
  }
  Recorded result{.recorded = static_cast<std::int64_t>(marks.size())};
  ASSIGN_OR_RETURN(result.outstanding,
                   store.CountOutstanding(work.tx, tenant, submission, submission.stage));
  return result;
}

}  // namespace assay::moderation
