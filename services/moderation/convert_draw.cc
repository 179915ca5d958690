#include "services/moderation/convert_draw.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "services/moderation/convert.h"
#include "services/moderation/errors.h"
#include "services/moderation/policies/loader.h"
#include "services/moderation/sampling/canonical.h"
#include "services/moderation/sampling/canonical_reader.h"
#include "services/moderation/sampling/power.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/core/view.h"
#include "services/platform/error/error.h"

namespace assay::moderation {
namespace {

using platform::Error;
using platform::View;

constexpr int kDetectionRates[] = {5, 10, 20};  // Per cent.
constexpr double kConfidence = .95;
constexpr int kFactsMax = 1000;
constexpr std::size_t kTextMax = 200;
constexpr std::size_t kReasonMax = 2000;

absl::Status Invalid(std::string_view field, std::string_view what) {
  return Error(absl::StatusCode::kInvalidArgument, "FIELD_INVALID",
               absl::StrCat(View(field), " ", View(what)))
      .Field(field, what);
}

std::string_view NameOf(CoverageItem::Status status) {
  switch (status) {
    case CoverageItem::Status::kCovered:
      return "COVERED";
    case CoverageItem::Status::kSizeUsedUp:
      return "SIZE_USED_UP";
    case CoverageItem::Status::kNotAskedFor:
      return "NOT_ASKED_FOR";
    case CoverageItem::Status::kNobodyToSelect:
      return "NOBODY_TO_SELECT";
    case CoverageItem::Status::kTooFew:
      return "TOO_FEW";
  }
  return "";
}

template <typename Map>
void SetNotDrawn(const std::array<std::int64_t, kNotDrawns>& counts, Map& out) {
  for (int i = 0; i < kNotDrawns; ++i) {
    if (counts[i] == 0) continue;
    out[std::string(NameOf(static_cast<NotDrawn>(i)))] = static_cast<std::int32_t>(counts[i]);
  }
}

template <typename Out>
void AddDetections(std::int64_t pool, std::int64_t size, std::span<const SampleStep> steps,
                   Out& out) {
  const bool counts = DecidesByCounting(steps);
  for (int rate : kDetectionRates) {
    v1::Detection& detection = *out.add_detections();
    const std::int64_t outside = OutsideAtRate(pool, rate * 100);
    detection.set_rate_percent(rate);
    detection.set_outside_count(static_cast<std::int32_t>(outside));
    detection.set_probability(DetectionProbability(pool, outside, std::min(size, pool)));
    if (counts) detection.set_accept_probability(AcceptanceProbability(pool, outside, steps));
  }
}

void AddCoverage(const CoverageItem& item, std::string candidate, v1::Coverage& out) {
  out.set_kind(std::string(NameOf(item.kind)));
  out.set_value(item.value);
  out.set_centre(item.centre);
  out.set_status(std::string(NameOf(item.status)));
  out.set_candidate(std::move(candidate));
  out.set_drawable_count(static_cast<std::int32_t>(item.drawable));
  out.set_selected_count(static_cast<std::int32_t>(item.selected));
  out.set_wanted_count(static_cast<std::int32_t>(item.wanted));
  SetNotDrawn(item.not_drawn, *out.mutable_not_drawn());
  if (item.status != CoverageItem::Status::kCovered) out.set_gap(GapOf(item));
}

}  // namespace

absl::StatusOr<std::optional<CentreRisk>> CentreRiskFrom(v1::CentreRisk risk) {
  if (risk == v1::CENTRE_RISK_UNSPECIFIED) return std::optional<CentreRisk>();
  if (!v1::CentreRisk_IsValid(risk)) return Invalid("centre_risk", "is not a known risk");
  return std::optional<CentreRisk>(static_cast<CentreRisk>(static_cast<int>(risk) - 1));
}
static_assert(v1::CENTRE_RISK_LOW == static_cast<int>(CentreRisk::kLow) + 1);
static_assert(v1::CENTRE_RISK_HIGH == static_cast<int>(CentreRisk::kHigh) + 1);
static_assert(v1::INSPECTION_NORMAL == static_cast<int>(Inspection::kNormal) + 1);
static_assert(v1::INSPECTION_REDUCED == static_cast<int>(Inspection::kReduced) + 1);

namespace {

// Two requests have the same fields for it.
template <typename Request>
absl::StatusOr<SamplingFacts> FactsFrom(const Request& request) {
  SamplingFacts facts;
  ASSIGN_OR_RETURN(facts.risk, CentreRiskFrom(request.centre_risk()));
  if (!v1::Inspection_IsValid(request.inspection())) {
    return Invalid("inspection", "is not a known inspection");
  }
  if (request.inspection() != v1::INSPECTION_UNSPECIFIED) {
    facts.inspection = static_cast<Inspection>(static_cast<int>(request.inspection()) - 1);
  }
  if (request.new_assessors_size() > kFactsMax) return Invalid("new_assessors", "has too many");
  for (int i = 0; i < request.new_assessors_size(); ++i) {
    const std::string field = absl::StrCat("new_assessors[", i, "]");
    if (request.new_assessors(i).empty()) return Invalid(field, "is empty");
    RETURN_IF_ERROR(CheckText(field, request.new_assessors(i), kTextMax));
    facts.new_assessors.push_back(request.new_assessors(i));
  }
  if (request.exclusions_size() > kFactsMax) return Invalid("exclusions", "has too many");
  for (int i = 0; i < request.exclusions_size(); ++i) {
    const v1::Exclusion& exclusion = request.exclusions(i);
    RETURN_IF_ERROR(
        CheckText(absl::StrCat("exclusions[", i, "].reason"), exclusion.reason(), kReasonMax));
    facts.exclusions.push_back({exclusion.candidate(), "", exclusion.reason()});
  }
  return facts;
}

}  // namespace

absl::StatusOr<DrawParams> DrawParamsFrom(const v1::DrawSampleRequest& request) {
  DrawParams params{.etag = request.etag()};
  ASSIGN_OR_RETURN(params.name, SubmissionNameOf("parent", request.parent()));
  ASSIGN_OR_RETURN(params.facts, FactsFrom(request));
  return params;
}

absl::StatusOr<SamplingFacts> SamplingFactsFrom(const v1::DrawConsortiumRequest& request) {
  return FactsFrom(request);
}

namespace {

// What a centre of a consortium is not told: whom the others entered, and who marked there.
void LeaveOutOthers(const Submission& submission, v1::Sample& out) {
  out.clear_facts();
  out.clear_entries();
  out.clear_gaps();
  auto& coverage = *out.mutable_coverage();
  coverage.erase(std::remove_if(coverage.begin(), coverage.end(),
                                [&](const v1::Coverage& item) {
                                  const bool whole =
                                      item.centre().empty() && item.kind() != "CENTRE";
                                  const bool own = item.centre() == submission.centre ||
                                                   item.value() == submission.centre;
                                  return !whole && !own;
                                }),
                 coverage.end());
  for (v1::Coverage& item : coverage) {
    if (!OwnNumber(submission, item.candidate()).has_value()) item.clear_candidate();
    if (!item.gap().empty()) out.add_gaps(item.gap());
  }
}

}  // namespace

v1::Sample ToProto(const Drawn& drawn, const platform::Call& call) {
  const Sample& sample = drawn.sample;
  const DrawRecord& record = drawn.record;
  v1::Sample out;
  out.set_name(SampleNameText(drawn.submission.name, sample.id));
  out.set_state(sample.is_void ? v1::Sample::STATE_VOID : v1::Sample::STATE_IN_FORCE);
  // Why somebody was drawn tells of the mark (MOD-9), and so would the order of drawing.
  const bool show_reasons = !SeesAsModerator(call, drawn.submission);
  for (const Pick& pick : sample.picks) {
    v1::DrawnCandidate& candidate = *out.add_candidates();
    candidate.set_candidate(pick.candidate);
    candidate.set_stage(static_cast<int>(pick.stage));
    if (!show_reasons) continue;
    for (const std::string& reason : pick.reasons) candidate.add_reasons(reason);
  }
  out.set_policy_version(sample.sampling_policy);
  out.set_algorithm(sample.algorithm);
  out.set_candidate_list_sha256(sample.list_hash);
  out.set_secret(absl::BytesToHexString(sample.secret));
  out.set_seed(absl::BytesToHexString(sample.seed));
  out.set_pool_count(static_cast<std::int32_t>(sample.pool_count));
  out.set_ladder_size(static_cast<std::int32_t>(sample.ladder_size));
  for (const std::string& gap : sample.gaps) out.add_gaps(gap);
  const bool shared = !record.consortium.empty();
  const auto drawn_count =
      shared ? record.group_count : static_cast<std::int64_t>(sample.picks.size());
  const auto size = std::min(drawn_count, sample.pool_count);
  AddDetections(sample.pool_count, size, record.steps, out);
  out.set_clean_upper_bound(
      static_cast<std::int32_t>(CleanSampleBound(sample.pool_count, size, kConfidence)));
  SetTime(*out.mutable_create_time(), sample.create_time);
  out.set_facts(record.facts);
  out.set_facts_sha256(record.facts_hash);
  for (const auto& [item, by] : record.coverage) {
    AddCoverage(item, show_reasons ? by : "", *out.add_coverage());
  }
  for (const SampleStep& step : record.steps) {
    v1::SampleStep& step_out = *out.add_steps();
    step_out.set_size(static_cast<std::int32_t>(step.size));
    if (step.accept_max) step_out.set_accept_max(static_cast<std::int32_t>(*step.accept_max));
    if (step.reject_min) step_out.set_reject_min(static_cast<std::int32_t>(*step.reject_min));
  }
  out.set_names_only(record.names_only);
  SetNotDrawn(record.not_drawn, *out.mutable_not_drawn());
  out.set_rank_gap_max(static_cast<std::int32_t>(record.rank_gap_max));
  out.set_explanation(record.explanation);
  out.set_entries(record.entries);
  out.set_consortium(record.consortium);
  out.set_group_count(static_cast<std::int32_t>(drawn_count));
  if (shared && IsOfCentre(call)) LeaveOutOthers(drawn.submission, out);
  return out;
}

void AddFinding(const DrawFinding& finding, v1::DrawFinding& out) {
  out.set_reason(std::string(finding.reason));
  out.set_place(finding.place);
  out.set_message(finding.message);
}

v1::VerifySampleResponse ToProto(const std::vector<DrawFinding>& findings) {
  const auto holds = [&](std::string_view reason) {
    return std::none_of(findings.begin(), findings.end(),
                        [&](const DrawFinding& finding) { return finding.reason == reason; });
  };
  v1::VerifySampleResponse out;
  out.set_verified(findings.empty());
  out.set_commitment_fits(holds(kCommitmentTampered));
  out.set_candidate_list_fits(holds(kCandidatesTampered));
  out.set_seed_fits(holds(kSeedTampered));
  out.set_candidates_fit(holds(kSelectionTampered));
  for (const DrawFinding& finding : findings) AddFinding(finding, *out.add_findings());
  return out;
}

v1::SampleEvidence EvidenceOf(std::int64_t pool, std::int64_t judged, std::int64_t outside) {
  judged = std::min(judged, pool);
  outside = std::min(outside, judged);
  v1::SampleEvidence out;
  out.set_pool_count(static_cast<std::int32_t>(pool));
  out.set_judged_count(static_cast<std::int32_t>(judged));
  out.set_outside_count(static_cast<std::int32_t>(outside));
  const std::int64_t most = OutsideUpperBound(pool, judged, outside, kConfidence);
  out.set_outside_upper_bound(static_cast<std::int32_t>(most));
  out.set_outside_lower_bound(
      static_cast<std::int32_t>(OutsideLowerBound(pool, judged, outside, kConfidence)));
  AddDetections(pool, judged, {}, out);
  out.set_explanation(absl::StrFormat(
      "%d of %d candidates were judged and %d of them were out of tolerance; with 95 %% confidence "
      "at most %d of all %d are. Had one in ten been, a sample of this size would have shown one "
      "with a probability of %.2f.",
      judged, pool, outside, most, pool, out.detections(1).probability()));
  return out;
}

v1::PublishedDraw ToProto(const Drawn& drawn, const PublishedDraw& published) {
  const DrawInput& input = published.input;
  const DrawClaims& claims = published.claims;
  v1::PublishedDraw out;
  out.set_submission(input.submission);
  out.set_seed_commitment(claims.commitment);
  out.set_secret(absl::BytesToHexString(input.secret));
  out.set_candidates(CanonicalCandidates(input.candidates));
  out.set_entries(drawn.record.entries);
  out.set_candidate_list_sha256(claims.list_hash);
  out.set_sampling_policy(published.sampling->document);
  out.set_sampling_policy_version(published.sampling->VersionName());
  out.set_tolerance_policy(published.tolerance->document);
  out.set_tolerance_policy_version(published.tolerance->VersionName());
  out.set_algorithm(input.algorithm);
  out.set_facts(drawn.record.facts);
  out.set_facts_sha256(claims.facts_hash);
  out.set_seed(absl::BytesToHexString(claims.seed));
  for (const Pick& pick : claims.picks) {
    v1::DrawnCandidate& candidate = *out.add_drawn();
    candidate.set_candidate(pick.candidate);
    for (const std::string& reason : pick.reasons) candidate.add_reasons(reason);
    candidate.set_stage(static_cast<int>(pick.stage));
  }
  return out;
}

absl::StatusOr<Policy> ReadNamedPolicy(const std::string& document, const std::string& version,
                                       PolicyKind kind, const std::string& place,
                                       std::vector<DrawFinding>& findings) {
  std::vector<PolicyProblem> problems;
  std::optional<Policy> policy = ReadPolicy(document, problems);
  if (policy.has_value()) AddContradictions(*policy, problems);
  if (policy.has_value() && policy->kind != kind) {
    problems.push_back({"kind", absl::StrCat("is not ", View(NameOf(kind)))});
  }
  if (!problems.empty()) {
    Error error(absl::StatusCode::kInvalidArgument, kPolicyInvalid,
                absl::StrCat("the document of the policy ", version,
                             " cannot be used: ", problems[0].place, " ", problems[0].what));
    error.With("policy", version);
    for (const PolicyProblem& problem : problems) {
      error.Field(problem.place.empty() ? place : absl::StrCat(place, ".", problem.place),
                  problem.what);
    }
    return error;
  }
  if (policy->VersionName() != version) {
    findings.push_back(
        {kPolicyTampered, place,
         absl::StrCat("the document is that of ", policy->VersionName(), ", not of ", version)});
  }
  return *std::move(policy);
}

namespace {

absl::StatusOr<std::string> BytesFrom(const std::string& hex, const std::string& place) {
  const bool fits = hex.size() % 2 == 0 && std::all_of(hex.begin(), hex.end(), [](unsigned char c) {
                      return absl::ascii_isxdigit(c);
                    });
  if (!fits) return Invalid(place, "is not hexadecimal");
  return absl::HexStringToBytes(hex);
}

template <typename T>
absl::StatusOr<T> At(const std::string& place, absl::StatusOr<T> read) {
  if (read.ok()) return read;
  return Invalid(place, platform::StdView(read.status().message()));
}

}  // namespace

absl::StatusOr<ReadDraw> ReadDrawFrom(const v1::PublishedDraw& draw, std::string_view place) {
  const auto at = [&](std::string_view field) {
    return absl::StrCat(View(place), ".", View(field));
  };
  ReadDraw read;
  ASSIGN_OR_RETURN(const Policy sampling,
                   ReadNamedPolicy(draw.sampling_policy(), draw.sampling_policy_version(),
                                   PolicyKind::kSampling, at("sampling_policy"), read.findings));
  ASSIGN_OR_RETURN(read.tolerance,
                   ReadNamedPolicy(draw.tolerance_policy(), draw.tolerance_policy_version(),
                                   PolicyKind::kTolerance, at("tolerance_policy"), read.findings));
  DrawInput& input = read.input;
  input.submission = draw.submission();
  input.policy = draw.sampling_policy_version();
  input.rule = sampling.sampling;
  input.sub_sample = read.tolerance.tolerance.sub_sample;
  input.algorithm = draw.algorithm();
  ASSIGN_OR_RETURN(input.secret, BytesFrom(draw.secret(), at("secret")));
  ASSIGN_OR_RETURN(input.candidates,
                   At(at("candidates"), ReadCanonicalCandidates(draw.candidates())));
  ASSIGN_OR_RETURN(input.entries, At(at("entries"), ReadCanonicalCandidates(draw.entries())));
  ASSIGN_OR_RETURN(input.facts, At(at("facts"), ReadCanonicalSamplingFacts(draw.facts())));
  DrawClaims& claims = read.claims;
  claims.commitment = draw.seed_commitment();
  claims.list_hash = draw.candidate_list_sha256();
  claims.facts_hash = draw.facts_sha256();
  ASSIGN_OR_RETURN(claims.seed, BytesFrom(draw.seed(), at("seed")));
  for (int i = 0; i < draw.drawn_size(); ++i) {
    const v1::DrawnCandidate& one = draw.drawn(i);
    if (one.stage() < 1 || one.stage() > 4) {
      return Invalid(absl::StrCat(at("drawn"), "[", i, "].stage"), "is not 1 to 4");
    }
    claims.picks.push_back(
        {.candidate = one.candidate(), .stage = static_cast<Stage>(one.stage())});
  }
  return read;
}

}  // namespace assay::moderation
