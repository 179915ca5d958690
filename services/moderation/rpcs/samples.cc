#include <algorithm>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "services/moderation/commands/draw_sample.h"
#include "services/moderation/convert.h"
#include "services/moderation/draw_all.h"
#include "services/moderation/rpcs/rpcs.h"
#include "services/moderation/stores/standardisation.h"

namespace assay::moderation {
namespace {

using platform::Router;

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

absl::StatusOr<v1::Sample> DrawSample(const Work& work, const v1::DrawSampleRequest& request) {
  ASSIGN_OR_RETURN(const SubmissionName name, SubmissionNameOf("parent", request.parent()));
  ASSIGN_OR_RETURN(const Drawn drawn, DrawSample(work, name, request.etag()));
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
  ASSIGN_OR_RETURN(v1::ListSamplesResponse response,
                   (Page<v1::ListSamplesResponse>(
                       work, request, request.parent(),
                       [&](const std::string& after, int limit) {
                         return work.store().ListSamples(work.tx, work.caller.tenant,
                                                         submission.number, after, limit);
                       },
                       [&](auto& response, const Sample& sample) {
                         auto seen = AsSeen(work, Drawn{submission, sample});
                         failed.Update(seen.status());
                         if (seen.ok()) *response.add_samples() = *std::move(seen);
                       },
                       [](const Sample& sample) { return sample.id; })));
  RETURN_IF_ERROR(failed);
  return response;
}

absl::StatusOr<v1::VerifySampleResponse> VerifySample(const Work& work,
                                                      const v1::VerifySampleRequest& request) {
  ASSIGN_OR_RETURN(const SampleName name, SampleNameOf("name", request.name()));
  ASSIGN_OR_RETURN(const Verification verification, VerifySample(work, name.submission, name.id));
  return ToProto(verification);
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
  Write<v1::DrawSampleRequest, v1::Sample>(router, context, service + "DrawSample", Scope::kCentre,
                                           DrawSample);
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
}

}  // namespace assay::moderation
