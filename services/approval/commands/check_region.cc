#include "services/approval/commands/check_region.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "services/approval/catalogue/regions.h"
#include "services/approval/commands/find_qualification.h"
#include "services/approval/errors.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/core/view.h"
#include "services/platform/error/error.h"

namespace assay::approval {
namespace {

using platform::Error;
using platform::View;
using Code = absl::StatusCode;

Whereabouts WhereaboutsOf(const Centre& centre) {
  return {.region = centre.facts.region, .laestab = centre.facts.laestab};
}

Error NotServed(const Centre& centre, const Qualification& qualification) {
  const std::string regions = absl::StrJoin(qualification.regions, ", ");
  const std::string_view nation = NationOf(WhereaboutsOf(centre));
  const std::string where = centre.facts.region.empty() ? std::string(nation) : centre.facts.region;
  return Error(Code::kFailedPrecondition, kRegionNotServed,
               absl::StrCat("qualifications/", qualification.number, " is offered in ", regions,
                            " (QUAL-1); centres/", centre.id, " is in ", where))
      .With("centre", "centres/" + centre.id)
      .With("qualification", "qualifications/" + qualification.number)
      .With("nation", nation)
      .With("regions", regions)
      .Field("qualification", absl::StrCat("is offered in ", regions, " only (QUAL-1)"));
}

Error Unknown(const Centre& centre, const Qualification& qualification) {
  const std::string regions = absl::StrJoin(qualification.regions, ", ");
  return Error(Code::kFailedPrecondition, kRegionUnknown,
               absl::StrCat("qualifications/", qualification.number, " is offered in ", regions,
                            " (QUAL-1), and nobody has said where centres/", centre.id,
                            " is; correct its region, with a reason, before it is approved"))
      .With("centre", "centres/" + centre.id)
      .With("qualification", "qualifications/" + qualification.number)
      .With("regions", regions);
}

}  // namespace

absl::Status CheckRegionToApply(const Centre& centre, const Qualification& qualification) {
  if (OfferIn(qualification.regions, WhereaboutsOf(centre)) != Offer::kElsewhere) {
    return absl::OkStatus();
  }
  return NotServed(centre, qualification);
}

absl::Status CheckRegionToApprove(const Work& work, const Centre& centre,
                                  std::string_view qualification) {
  ASSIGN_OR_RETURN(const Qualification entry, FindQualification(work, qualification));
  RETURN_IF_ERROR(CheckRegionToApply(centre, entry));
  if (OfferIn(entry.regions, WhereaboutsOf(centre)) == Offer::kHere) return absl::OkStatus();
  return Unknown(centre, entry);
}

}  // namespace assay::approval
