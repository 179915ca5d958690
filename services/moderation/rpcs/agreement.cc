#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "assay/moderation/v1/agreement_service.pb.h"
#include "services/moderation/commands/measure_agreement.h"
#include "services/moderation/convert.h"
#include "services/moderation/errors.h"
#include "services/moderation/rpcs/rpcs.h"
#include "services/platform/error/error.h"

namespace assay::moderation {
namespace {

using platform::Error;
using platform::Router;

absl::StatusOr<AgreementBy> ByOf(v1::AgreementGrouping by) {
  switch (by) {
    case v1::AGREEMENT_GROUPING_UNSPECIFIED:
    case v1::AGREEMENT_GROUPING_SERIES:
      return AgreementBy::kSeries;
    case v1::AGREEMENT_GROUPING_COMPONENT:
      return AgreementBy::kComponent;
    case v1::AGREEMENT_GROUPING_CENTRE:
      return AgreementBy::kCentre;
    case v1::AGREEMENT_GROUPING_MODERATOR:
      return AgreementBy::kModerator;
    case v1::AGREEMENT_GROUPING_ASSESSOR:
      return AgreementBy::kAssessor;
    default:
      break;
  }
  return Error(absl::StatusCode::kInvalidArgument, "FIELD_INVALID",
               "by is not a known way to group")
      .Field("by", "is not a known way to group");
}

absl::StatusOr<AgreementFilter> FilterFrom(const Work& work,
                                           const v1::ListAgreementsRequest& request) {
  AgreementFilter filter{.moderator = request.moderator_subject()};
  ASSIGN_OR_RETURN(filter.by, ByOf(request.by()));
  ASSIGN_OR_RETURN(filter.series, SeriesIdOf("parent", request.parent()));
  RETURN_IF_ERROR(work.store().GetSeries(work.tx, work.caller.tenant, filter.series).status());
  if (!request.component().empty()) {
    ASSIGN_OR_RETURN(const ComponentName name, ComponentNameOf("component", request.component()));
    if (name.series != filter.series) {
      return Error(absl::StatusCode::kInvalidArgument, "FIELD_INVALID",
                   "component is not of the series that parent names")
          .Field("component", "is of another series");
    }
    RETURN_IF_ERROR(work.store()
                        .GetComponent(work.tx, work.caller.tenant, name.series, name.component)
                        .status());
    filter.component = name.component;
  }
  if (!request.centre().empty()) {
    RETURN_IF_ERROR(CentreIdOf("centre", request.centre()).status());
    filter.centre = request.centre();
  }
  return filter;
}

void Set(v1::Estimate& out, const Estimate& estimate) {
  if (estimate.value.has_value()) out.set_value(*estimate.value);
  if (estimate.standard_error.has_value()) out.set_standard_error(*estimate.standard_error);
  if (!estimate.interval.has_value()) return;
  out.set_low(estimate.interval->low);
  out.set_high(estimate.interval->high);
}

v1::Agreement ToProto(const Agreement& agreement, const AgreementFilter& filter) {
  v1::Agreement out;
  const AgreementKey& key = agreement.key;
  if (filter.by == AgreementBy::kComponent) {
    out.set_component(absl::StrCat("series/", filter.series, "/components/", key.first));
  } else if (filter.by == AgreementBy::kModerator) {
    out.set_moderator_subject(key.first);
  } else {
    out.set_centre(key.first);
    out.set_assessor(key.second);
  }
  out.set_pair_count(agreement.pairs);
  out.set_unit(agreement.percent ? v1::MARK_UNIT_PERCENT : v1::MARK_UNIT_MARKS);
  Set(*out.mutable_mean_difference(), agreement.mean_difference);
  Set(*out.mutable_exact_agreement(), agreement.exact);
  Set(*out.mutable_tolerance_agreement(), agreement.within_tolerance);
  Set(*out.mutable_kappa(), agreement.kappa.kappa);
  Set(*out.mutable_linear_kappa(), agreement.linear_kappa.kappa);
  Set(*out.mutable_quadratic_kappa(), agreement.quadratic_kappa.kappa);
  const Intraclass& icc = agreement.intraclass;
  Set(*out.mutable_icc_one_way(), icc.one_way.single);
  Set(*out.mutable_icc_agreement(), icc.agreement.single);
  Set(*out.mutable_icc_consistency(), icc.consistency.single);
  Set(*out.mutable_icc_one_way_average(), icc.one_way.average);
  Set(*out.mutable_icc_agreement_average(), icc.agreement.average);
  Set(*out.mutable_icc_consistency_average(), icc.consistency.average);
  Set(*out.mutable_pearson(), agreement.pearson);
  Set(*out.mutable_spearman(), agreement.spearman);
  return out;
}

// A key as a page's position; the first part is a name, which has no line feed.
std::string PositionOf(const AgreementKey& key) {
  return absl::StrCat(key.first, "\n", key.second);
}
AgreementKey KeyAt(const std::string& position) {
  const std::size_t end = position.find('\n');
  if (end == position.npos) return {position, ""};
  return {position.substr(0, end), position.substr(end + 1)};
}

absl::StatusOr<v1::ListAgreementsResponse> ListAgreements(
    const Work& work, const v1::ListAgreementsRequest& request) {
  ASSIGN_OR_RETURN(const AgreementFilter filter, FilterFrom(work, request));
  AgreementStore store;
  std::vector<AgreementKey> keys;
  const std::string what =
      absl::StrCat(request.parent(), "\n", request.by(), "\n", request.component(), "\n",
                   request.centre(), "\n", request.moderator_subject());
  ASSIGN_OR_RETURN(v1::ListAgreementsResponse response,
                   (Page<v1::ListAgreementsResponse>(
                       work, request, what,
                       [&](const std::string& position, int limit) {
                         const AgreementKey after = KeyAt(position);
                         return store.ListKeys(work.tx, work.caller, filter,
                                               position.empty() ? nullptr : &after, limit);
                       },
                       [&](auto&, const AgreementKey& key) { keys.push_back(key); }, PositionOf)));
  ASSIGN_OR_RETURN(const std::vector<Agreement> agreements, MeasureAgreements(work, filter, keys));
  for (const Agreement& agreement : agreements) {
    *response.add_agreements() = ToProto(agreement, filter);
  }
  return response;
}

v1::ResidualMark ToProto(const Residual& residual) {
  const auto marks = [](Mark mark) { return static_cast<double>(mark) / kOneMark; };
  v1::ResidualMark out;
  out.set_candidate(residual.number);
  out.set_centre_mark(marks(residual.centre));
  out.set_moderator_mark(marks(residual.moderator));
  out.set_result_mark(marks(residual.result));
  out.set_residual(residual.unexplained);
  return out;
}

absl::StatusOr<v1::ListResidualsResponse> ListResiduals(const Work& work,
                                                        const v1::ListResidualsRequest& request) {
  ASSIGN_OR_RETURN(const SubmissionName name, SubmissionNameOf("parent", request.parent()));
  ASSIGN_OR_RETURN(const Judged judged, FindJudgement(work, name));
  const Submission& submission = judged.submission;
  // MOD-9: until it is judged a residual would tell the centre's mark of what another marked.
  const bool open = submission.state == State::kAllocated;
  if ((open && SeesAsModerator(work.call, submission)) ||
      (IsOfCentre(work.call) && submission.state != State::kReleased)) {
    return Error(absl::StatusCode::kNotFound, kJudgementNotFound,
                 "the residuals are shown once the submission is judged, to centres once it is "
                 "released")
        .With("submission", name.Text());
  }
  return Page<v1::ListResidualsResponse>(
      work, request, request.parent(),
      [&](const std::string& after, int limit) {
        return AgreementStore().ListResiduals(work.tx, work.caller.tenant, submission.number,
                                              judged.sample.id, judged.judgement.number, after,
                                              limit);
      },
      [](auto& response, const Residual& residual) {
        *response.add_residuals() = ToProto(residual);
      },
      [](const Residual& residual) { return residual.number; });
}

}  // namespace

void RegisterAgreement(Router& router, const Context& context) {
  const std::string service = "assay.moderation.v1.AgreementService/";
  Read<v1::ListAgreementsRequest, v1::ListAgreementsResponse>(
      router, context, service + "ListAgreements", Scope::kAllocated, ListAgreements);
  Read<v1::ListResidualsRequest, v1::ListResidualsResponse>(
      router, context, service + "ListResiduals", Scope::kAllocated, ListResiduals);
}

}  // namespace assay::moderation
