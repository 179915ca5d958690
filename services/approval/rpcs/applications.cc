// The RPCs of LifecycleService by which a provider applies to become a centre.
#include "services/approval/stores/applications.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "assay/approval/v1/lifecycle_service.pb.h"
#include "services/approval/commands/apply_as_centre.h"
#include "services/approval/convert.h"
#include "services/approval/rpcs/requests.h"
#include "services/approval/rpcs/rpcs.h"
#include "services/platform/core/national_numbers.h"

namespace assay::approval {
namespace {

constexpr std::size_t kLineCharactersMax = 200;
constexpr std::size_t kTownCharactersMax = 100;
constexpr std::size_t kPostcodeCharactersMax = 20;
constexpr int kAddressLinesMax = 6;

absl::Status CheckNumber(std::string_view field, const std::string& number,
                         bool (*fits)(std::string_view), std::string_view form) {
  if (number.empty() || fits(number)) return absl::OkStatus();
  return FieldInvalid(field, form);
}

absl::StatusOr<Establishment> FactsFrom(const v1::CreateCentreRequest& request) {
  Establishment facts;
  ASSIGN_OR_RETURN(facts.title, LineFrom("title", request.title(), kLineCharactersMax));
  ASSIGN_OR_RETURN(facts.kind, OptionalLineFrom("kind", request.kind(), kLineCharactersMax));
  if (request.address_lines_size() > kAddressLinesMax) {
    return FieldInvalid("address_lines", absl::StrCat("has more than ", kAddressLinesMax));
  }
  for (int i = 0; i < request.address_lines_size(); ++i) {
    ASSIGN_OR_RETURN(std::string line, LineFrom(absl::StrCat("address_lines[", i, "]"),
                                                request.address_lines(i), kLineCharactersMax));
    facts.address_lines.push_back(std::move(line));
  }
  ASSIGN_OR_RETURN(facts.town, OptionalLineFrom("town", request.town(), kTownCharactersMax));
  ASSIGN_OR_RETURN(const std::string postcode,
                   LineFrom("postcode", request.postcode(), kPostcodeCharactersMax));
  facts.postcode = NormalPostcode(postcode);
  RETURN_IF_ERROR(
      CheckNumber("urn", request.urn(), platform::IsUrn, "is no URN of 5 or 6 digits (QUAL-10)"));
  RETURN_IF_ERROR(CheckNumber("ukprn", request.ukprn(), platform::IsUkprn,
                              "is no UKPRN of 8 digits that begins with 1 (QUAL-10)"));
  RETURN_IF_ERROR(
      CheckNumber("laestab", request.laestab(), platform::IsLaestab, "is no LAESTAB of 7 digits"));
  facts.urn = request.urn();
  facts.ukprn = request.ukprn();
  facts.laestab = request.laestab();
  return facts;
}

absl::StatusOr<v1::Centre> Create(const Work& work, const v1::CreateCentreRequest& request) {
  NewCentre wanted;
  ASSIGN_OR_RETURN(wanted.facts, FactsFrom(request));
  ASSIGN_OR_RETURN(wanted.applicant,
                   LineFrom("applicant", request.applicant(), kLineCharactersMax));
  ASSIGN_OR_RETURN(wanted.reason, ReasonFrom(request.reason()));
  wanted.allow_similar = request.allow_similar();
  ASSIGN_OR_RETURN(const Centre centre, CreateCentre(work, wanted));
  return ToProto(centre);
}

absl::StatusOr<v1::Centre> Apply(const Work& work, const v1::ApplyCentreRequest& request) {
  ASSIGN_OR_RETURN(const std::string id, CentreIdFrom("name", request.name()));
  CentreApplication application;
  ASSIGN_OR_RETURN(application.applicant,
                   LineFrom("applicant", request.applicant(), kLineCharactersMax));
  ASSIGN_OR_RETURN(application.reason, ReasonFrom(request.reason()));
  application.etag = request.etag();
  ASSIGN_OR_RETURN(const Centre centre, ApplyAsCentre(work, id, application));
  return ToProto(centre);
}

absl::StatusOr<v1::ListCentreApplicationsResponse> List(
    const Work& work, const v1::ListCentreApplicationsRequest& request) {
  ASSIGN_OR_RETURN(const std::string id, CentreIdFrom("parent", request.parent()));
  ASSIGN_OR_RETURN(
      const PageRequest page,
      PageRequest::From(request, work.reach, {"ListCentreApplications", request.parent()}));
  RETURN_IF_ERROR(work.context.store.GetCentre(work.tx, work.reach, id).status());
  ASSIGN_OR_RETURN(std::vector<ApplicationRecord> found,
                   ApplicationStore().List(work.tx, work.reach, id, page.after, page.size + 1));
  v1::ListCentreApplicationsResponse response;
  SetNextPage(found, page, response, [](const ApplicationRecord& record) { return record.id; });
  for (const ApplicationRecord& record : found) {
    v1::CentreApplication& out = *response.add_applications();
    out.set_applicant(record.applicant);
    out.set_reason(record.reason);
    out.set_actor(record.actor);
    *out.mutable_apply_time() = ToTimestamp(record.time);
  }
  return response;
}

}  // namespace

void RegisterApplications(platform::Router& router, const Context& context) {
  const std::string service = "assay.approval.v1.LifecycleService/";
  Write(router, context, service + "CreateCentre", Create);
  Write(router, context, service + "ApplyCentre", Apply);
  Read(router, context, service + "ListCentreApplications", List);
}

}  // namespace assay::approval
