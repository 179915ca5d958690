// What reports count in storage, so that no report loads what it only counts.
//
// Example:
//   ASSIGN_OR_RETURN(const auto counts, CountStages(tx, caller, "summer-2026", due));
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/moderation/model.h"
#include "services/moderation/report/series_report.h"
#include "services/moderation/report/submission_report.h"
#include "services/moderation/store.h"

namespace assay::moderation {

// One component's submissions within the caller's reach.
struct ComponentCounts {
  std::string component;  // Id.
  StageCounts counts;
};
// In the order of components; those without submissions are not among them. Without `due` nothing
// is late.
absl::StatusOr<std::vector<ComponentCounts>> CountStages(platform::Transaction& tx,
                                                         const Caller& caller,
                                                         std::string_view series,
                                                         const std::optional<absl::Time>& due);

// Open submissions, most missing marks first, then most candidates; `component` is an id.
absl::StatusOr<std::vector<SeriesReport::Open>> ListOpen(platform::Transaction& tx,
                                                         const Caller& caller,
                                                         std::string_view series, int limit);

// Submitted and not released, longest wait first.
absl::StatusOr<std::vector<SeriesReport::Waiting>> ListWaiting(platform::Transaction& tx,
                                                               const Caller& caller,
                                                               std::string_view series, int limit);

// Moderators with submissions that they have to judge, most first.
absl::StatusOr<std::vector<SeriesReport::ModeratorRow>> ListBusyModerators(
    platform::Transaction& tx, std::string_view tenant, std::string_view series, int limit);

// How many candidates went from which mark to which, ascending by both.
absl::StatusOr<std::vector<SubmissionReport::Change>> CountChanges(platform::Transaction& tx,
                                                                   std::string_view tenant,
                                                                   std::int64_t submission);

// The judgements of the sample in force, oldest first, without their lines and distributions.
absl::StatusOr<std::vector<RecordedJudgement>> ListJudgements(platform::Transaction& tx,
                                                              std::string_view tenant,
                                                              const Submission& submission,
                                                              int limit);

}  // namespace assay::moderation
