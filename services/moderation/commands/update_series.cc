#include "services/moderation/commands/update_series.h"

#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "services/moderation/blockers/terms.h"
#include "services/moderation/commands/find_policy.h"
#include "services/moderation/errors.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/core/view.h"
#include "services/platform/error/error.h"
#include "services/platform/rpc/etag.h"

namespace assay::moderation {
namespace {

std::string_view FieldOf(Term term) {
  switch (term) {
    case Term::kMarksDue:
      return "series.marks_due_time";
    case Term::kSamplesDue:
      return "series.samples_due_time";
    case Term::kModerationDue:
      return "series.moderation_due_time";
    case Term::kResultsDue:
      return "series.results_due_time";
    case Term::kRelease:
      return "series.release_time";
  }
  return "";
}

}  // namespace

absl::Status CheckSeries(const Work& work, const Series& series) {
  if (const std::optional<Term> term = DatesOf(series).Disordered()) {
    return platform::Error(absl::StatusCode::kInvalidArgument, kTermDatesDisordered,
                           absl::StrCat("the date \"", platform::View(NameOf(*term)),
                                        "\" is before one that it follows"))
        .With("date", NameOf(*term))
        .Field(FieldOf(*term), "is before a date that it follows");
  }
  if (series.checkpoint_policy.empty()) return absl::OkStatus();
  return FindPolicy(work, series.checkpoint_policy, PolicyKind::kCheckpoints, Today(work)).status();
}

absl::StatusOr<Series> UpdateSeries(const Work& work, const Series& wanted, std::string_view etag) {
  ASSIGN_OR_RETURN(Series series, work.store().GetSeries(work.tx, work.caller.tenant, wanted.id));
  RETURN_IF_ERROR(platform::CheckEtag(etag, series.version, "series/" + series.id));
  RETURN_IF_ERROR(CheckSeries(work, wanted));
  Series updated = wanted;
  updated.create_time = series.create_time;
  updated.version = series.version;
  RETURN_IF_ERROR(work.store().UpdateSeries(work.tx, work.caller.tenant, updated));
  return updated;
}

}  // namespace assay::moderation
