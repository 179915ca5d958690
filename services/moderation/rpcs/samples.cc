#include <algorithm>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/moderation/commands/draw_sample.h"
#include "services/moderation/commands/find_policy.h"
#include "services/moderation/convert.h"
#include "services/moderation/convert_draw.h"
#include "services/moderation/draw_all.h"
#include "services/moderation/errors.h"
#include "services/moderation/risk_facts.h"
#include "services/moderation/rpcs/rpcs.h"
#include "services/moderation/sampling/plan.h"
#include "services/moderation/sampling/power.h"
#include "services/moderation/sampling/size.h"
#include "services/moderation/stores/standardisation.h"
#include "services/platform/error/error.h"

namespace assay::moderation {
namespace {

using platform::Error;
using platform::Router;

constexpr double kUsually = .95;  // Probability and confidence, unless said otherwise.

// As the caller may see it: whoever moderates the submission finds here what the work list has,
// so that comparing the two does not give the seeds away (MOD-8).
absl::StatusOr<v1::Sample> AsSeen(const Work& work, const Drawn& drawn) {
  v1::Sample out = ToProto(drawn, work.call);
  if (!SeesAsModerator(work.call, drawn.submission) || drawn.submission.sample != drawn.sample.id) {
    return out;
  }
  ASSIGN_OR_RETURN(const std::vector<SeedItem> seeds,
                   StandardisationStore().ListSeeds(work.tx, work.caller.tenant, drawn.submission,
                                                    Stage::kAllWork, "",
                                                    std::numeric_limits<std::int32_t>::max()));
  if (seeds.empty()) return out;
  for (const SeedItem& seed : seeds) {
    v1::DrawnCandidate& candidate = *out.add_candidates();
    candidate.set_candidate(seed.candidate);
    candidate.set_stage(static_cast<int>(seed.stage));
  }
  std::sort(out.mutable_candidates()->begin(), out.mutable_candidates()->end(),
            [](const auto& a, const auto& b) { return a.candidate() < b.candidate(); });
  return out;
}

// Approval is asked before the command runs, and only where the policy goes by the centre's risk
// and the officer did not give it (MOD-14).
absl::StatusOr<std::optional<CentreRisk>> AskRiskFor(const Context& context,
                                                     const platform::Call& call,
                                                     const v1::DrawSampleRequest& request) {
  std::optional<CentreRisk> risk;
  if (request.centre_risk() != v1::CENTRE_RISK_UNSPECIFIED) return risk;
  ASSIGN_OR_RETURN(const SubmissionName name, SubmissionNameOf("parent", request.parent()));
  Submission submission;
  RETURN_IF_ERROR(context.database.ReadNow([&](platform::Transaction& tx) -> absl::Status {
    ASSIGN_OR_RETURN(submission,
                     context.store.GetSubmission(tx, CallerOf(call, Scope::kCentre), name));
    return absl::OkStatus();
  }));
  ASSIGN_OR_RETURN(const bool by_risk, DrawsByRisk(context, call, name.series, name.component));
  if (!by_risk) return risk;
  ASSIGN_OR_RETURN(risk, AskRisk(context, call, submission.centre));
  return risk;
}

absl::StatusOr<v1::Sample> DrawSample(const Work& work, const v1::DrawSampleRequest& request,
                                      const std::optional<CentreRisk>& asked) {
  ASSIGN_OR_RETURN(DrawParams params, DrawParamsFrom(request));
  if (!params.facts.risk.has_value()) params.facts.risk = asked;
  ASSIGN_OR_RETURN(const Drawn drawn, DrawSample(work, params));
  return ToProto(drawn, work.call);
}

absl::StatusOr<v1::Sample> GetSample(const Work& work, const v1::GetSampleRequest& request) {
  ASSIGN_OR_RETURN(const SampleName name, SampleNameOf("name", request.name()));
  ASSIGN_OR_RETURN(const Drawn drawn, FindSample(work, name.submission, name.id));
  return AsSeen(work, drawn);
}

absl::StatusOr<v1::ListSamplesResponse> ListSamples(const Work& work,
                                                    const v1::ListSamplesRequest& request) {
  ASSIGN_OR_RETURN(const SubmissionName name, SubmissionNameOf("parent", request.parent()));
  ASSIGN_OR_RETURN(const Submission submission,
                   work.store().GetSubmission(work.tx, work.caller, name));
  absl::Status failed;
  ASSIGN_OR_RETURN(
      v1::ListSamplesResponse response,
      (Page<v1::ListSamplesResponse>(
          work, request, request.parent(),
          [&](const std::string& after, int limit) -> absl::StatusOr<std::vector<Drawn>> {
            ASSIGN_OR_RETURN(auto samples,
                             work.store().ListSamples(work.tx, work.caller.tenant,
                                                      submission.number, after, limit));
            std::vector<Drawn> drawn;
            for (Sample& sample : samples) {
              ASSIGN_OR_RETURN(DrawRecord record, DrawStore().Get(work.tx, work.caller.tenant,
                                                                  submission.number, sample.id));
              drawn.push_back({submission, std::move(sample), std::move(record)});
            }
            return drawn;
          },
          [&](auto& response, const Drawn& drawn) {
            auto seen = AsSeen(work, drawn);
            failed.Update(seen.status());
            if (seen.ok()) *response.add_samples() = *std::move(seen);
          },
          [](const Drawn& drawn) { return drawn.sample.id; })));
  RETURN_IF_ERROR(failed);
  return response;
}

absl::StatusOr<v1::VerifySampleResponse> VerifySample(const Work& work,
                                                      const v1::VerifySampleRequest& request) {
  ASSIGN_OR_RETURN(const SampleName name, SampleNameOf("name", request.name()));
  ASSIGN_OR_RETURN(const auto findings, VerifySample(work, name.submission, name.id));
  return ToProto(findings);
}

absl::Status Invalid(std::string_view field, std::string_view what) {
  return Error(absl::StatusCode::kInvalidArgument, "FIELD_INVALID",
               absl::StrCat(platform::View(field), " ", platform::View(what)))
      .Field(field, what);
}

absl::StatusOr<double> ShareOf(std::string_view field, double share) {
  if (share == 0) return kUsually;
  if (!(share > 0 && share < 1)) return Invalid(field, "is not above 0 and below 1");
  return share;
}

// The smallest sample that supports what is claimed; none if nothing is.
absl::StatusOr<std::optional<std::int64_t>> SizeFor(const v1::PlanSampleRequest& request) {
  const bool detect = request.rate_percent() != 0;
  if (detect && request.has_outside_max()) {
    return Invalid("outside_max", "is another claim than rate_percent; make one of them");
  }
  ASSIGN_OR_RETURN(const double probability, ShareOf("probability", request.probability()));
  ASSIGN_OR_RETURN(const double confidence, ShareOf("confidence", request.confidence()));
  std::optional<std::int64_t> size;
  if (detect) {
    if (!(request.rate_percent() > 0 && request.rate_percent() <= 100)) {
      return Invalid("rate_percent", "is not above 0 and at most 100");
    }
    const auto rate = static_cast<std::int64_t>(request.rate_percent() * 100 + .5);
    size = SizeToDetect(request.cohort(), OutsideAtRate(request.cohort(), rate), probability);
  } else if (request.has_outside_max()) {
    if (request.outside_max() < 0 || request.accept() < 0) {
      return Invalid("outside_max", "and accept are not below 0");
    }
    size = SizeForBound(request.cohort(), request.outside_max(), request.accept(), confidence);
  } else {
    return size;
  }
  if (size.has_value()) return size;
  return Error(absl::StatusCode::kInvalidArgument, kClaimImpossible,
               "no sample of the cohort supports the claim")
      .With("cohort", absl::StrCat(request.cohort()))
      .Field(detect ? "rate_percent" : "outside_max", "cannot be shown by any sample");
}

absl::StatusOr<v1::PlanSampleResponse> PlanSample(const Work& work,
                                                  const v1::PlanSampleRequest& request) {
  if (request.cohort() < 1 || request.cohort() > kPlanCohortMax) {
    return Invalid("cohort", absl::StrCat("is not 1 to ", kPlanCohortMax));
  }
  ASSIGN_OR_RETURN(const std::optional<std::int64_t> size, SizeFor(request));
  v1::PlanSampleResponse out;
  std::string text;
  if (size.has_value()) {
    out.set_size(static_cast<std::int32_t>(*size));
    text = absl::StrCat("The claim needs a sample of ", *size, " of ", request.cohort(), ".");
  }
  std::int64_t shown = size.value_or(0);
  if (!request.policy().empty()) {
    ASSIGN_OR_RETURN(const std::string id, PolicyIdOf("policy", request.policy()));
    ASSIGN_OR_RETURN(const PolicyPtr policy,
                     FindPolicy(work, id, PolicyKind::kSampling, Today(work)));
    SamplingFacts facts;
    ASSIGN_OR_RETURN(facts.risk, CentreRiskFrom(request.centre_risk()));
    const std::int64_t asked = SizeOf(policy->sampling, facts, request.cohort()).size;
    out.set_policy_size(static_cast<std::int32_t>(asked));
    if (!size.has_value()) shown = asked;
    absl::StrAppend(&text, text.empty() ? "" : " ", policy->VersionName(), " asks for ", asked,
                    size.has_value() && asked < *size ? ", which is too few for it." : ".");
  }
  if (size.has_value() || out.has_policy_size()) {
    *out.mutable_shows() = EvidenceOf(request.cohort(), shown, 0);
  }
  out.set_explanation(text);
  return out;
}

absl::StatusOr<v1::DrawSamplesResponse> DrawSamples(const Context& context,
                                                    const platform::Call& call,
                                                    const v1::DrawSamplesRequest& request) {
  ASSIGN_OR_RETURN(ComponentName parent, ComponentNameOf("parent", request.parent()));
  if (parent.component == "-") parent.component.clear();
  RETURN_IF_ERROR(context.database.ReadNow([&](platform::Transaction& tx) {
    if (parent.component.empty()) {
      return context.store.GetSeries(tx, call.tenant(), parent.series).status();
    }
    return context.store.GetComponent(tx, call.tenant(), parent.series, parent.component).status();
  }));
  ASSIGN_OR_RETURN(const DrawnSamples drawn,
                   DrawSamples(context, call, parent.series, parent.component));
  v1::DrawSamplesResponse response;
  response.set_drawn_count(drawn.drawn);
  response.set_not_drawn_count(drawn.not_drawn_count);
  for (const Undrawn& one : drawn.not_drawn) {
    auto& told = *response.add_not_drawn();
    told.set_submission(one.submission);
    told.set_reason(one.reason);
    told.set_message(one.message);
  }
  response.set_complete(drawn.complete);
  return response;
}

}  // namespace

void RegisterSamples(Router& router, const Context& context) {
  const std::string service = "assay.moderation.v1.SampleService/";
  router.AskThenWrite<v1::DrawSampleRequest, v1::Sample, std::optional<CentreRisk>>(
      service + "DrawSample",
      [&context](const platform::Call& call, const v1::DrawSampleRequest& request) {
        return AskRiskFor(context, call, request);
      },
      [&context](const platform::Call& call, const v1::DrawSampleRequest& request,
                 const std::optional<CentreRisk>& asked, platform::Transaction& tx) {
        return DrawSample(Work{tx, call, context, CallerOf(call, Scope::kCentre)}, request, asked);
      });
  router.Ask<v1::DrawSamplesRequest, v1::DrawSamplesResponse>(
      service + "DrawSamples",
      [&context](const platform::Call& call, const v1::DrawSamplesRequest& request) {
        return DrawSamples(context, call, request);
      });
  Read<v1::GetSampleRequest, v1::Sample>(router, context, service + "GetSample", Scope::kAllocated,
                                         GetSample);
  Read<v1::ListSamplesRequest, v1::ListSamplesResponse>(router, context, service + "ListSamples",
                                                        Scope::kAllocated, ListSamples);
  Read<v1::VerifySampleRequest, v1::VerifySampleResponse>(router, context, service + "VerifySample",
                                                          Scope::kAllocated, VerifySample);
  Read<v1::PlanSampleRequest, v1::PlanSampleResponse>(router, context, service + "PlanSample",
                                                      Scope::kTenant, PlanSample);
}

}  // namespace assay::moderation
