// Between the protos of draws and their model: samples, their evidence, published draws.
#pragma once
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "assay/moderation/v1/consortium_service.pb.h"
#include "assay/moderation/v1/replay_service.pb.h"
#include "assay/moderation/v1/sample_service.pb.h"
#include "services/moderation/commands/draw_sample.h"

namespace assay::moderation {

// INVALID_ARGUMENT (FIELD_INVALID) naming the field.
absl::StatusOr<DrawParams> DrawParamsFrom(const v1::DrawSampleRequest& request);
absl::StatusOr<SamplingFacts> SamplingFactsFrom(const v1::DrawConsortiumRequest& request);
absl::StatusOr<std::optional<CentreRisk>> CentreRiskFrom(v1::CentreRisk risk);

// As the caller may see it (MOD-9).
v1::Sample ToProto(const Drawn& drawn, const platform::Call& call);
v1::VerifySampleResponse ToProto(const std::vector<DrawFinding>& findings);
void AddFinding(const DrawFinding& finding, v1::DrawFinding& out);

// What a judged sample shows (MOD-6); `outside` of the `judged` are out of tolerance.
v1::SampleEvidence EvidenceOf(std::int64_t pool, std::int64_t judged, std::int64_t outside);

v1::PublishedDraw ToProto(const Drawn& drawn, const PublishedDraw& published);
// What a published draw says, read from its texts; `place` is where it stands in the request.
struct ReadDraw {
  DrawInput input;
  DrawClaims claims;
  Policy tolerance;
  std::vector<DrawFinding> findings;  // Of the texts themselves: POLICY_TAMPERED.
};
absl::StatusOr<ReadDraw> ReadDrawFrom(const v1::PublishedDraw& draw, std::string_view place);
// A policy's document as a decision names it. INVALID_ARGUMENT (POLICY_INVALID); `findings` says if
// it is another than is named.
absl::StatusOr<Policy> ReadNamedPolicy(const std::string& document, const std::string& version,
                                       PolicyKind kind, const std::string& place,
                                       std::vector<DrawFinding>& findings);

}  // namespace assay::moderation
