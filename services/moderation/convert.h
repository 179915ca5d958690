// Between the protos of moderation and its model.
//
// What cannot be read is INVALID_ARGUMENT (FIELD_INVALID) and names the field, unless another
// reason is stated.
#pragma once
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "assay/moderation/v1/moderation_service.pb.h"
#include "assay/moderation/v1/policy_service.pb.h"
#include "assay/moderation/v1/sample_service.pb.h"
#include "assay/moderation/v1/series_service.pb.h"
#include "assay/moderation/v1/submission_service.pb.h"
#include "services/moderation/commands/draw_sample.h"
#include "services/moderation/commands/judge.h"
#include "services/moderation/commands/record_marks.h"
#include "services/moderation/context.h"

namespace assay::moderation {

// Resource names; `field` is where the name stands in the request.
absl::StatusOr<std::string> SeriesIdOf(std::string_view field, std::string_view name);
struct ComponentName {
  std::string series;
  std::string component;
};
absl::StatusOr<ComponentName> ComponentNameOf(std::string_view field, std::string_view name);
absl::StatusOr<SubmissionName> SubmissionNameOf(std::string_view field, std::string_view name);
struct SampleName {
  SubmissionName submission;
  std::string id;
};
absl::StatusOr<ConsortiumName> ConsortiumNameOf(std::string_view field, std::string_view name);
absl::StatusOr<SampleName> SampleNameOf(std::string_view field, std::string_view name);
absl::StatusOr<SubmissionName> JudgementNameOf(std::string_view field, std::string_view name);
absl::StatusOr<std::string> ModeratorIdOf(std::string_view field, std::string_view name);
absl::StatusOr<std::string> PolicyIdOf(std::string_view field, std::string_view name);
// "centres/urn-100000" → "urn-100000"
absl::StatusOr<std::string> CentreIdOf(std::string_view field, std::string_view name);
struct PolicyVersionName {
  std::string policy;
  int version = 0;
};
absl::StatusOr<PolicyVersionName> PolicyVersionNameOf(std::string_view field,
                                                      std::string_view name);
std::string SampleNameText(const SubmissionName& submission, std::string_view sample);
std::string ModeratorNameText(std::string_view id);

// Requests. ID_INVALID, MARK_SCALE_INVALID.
absl::StatusOr<Series> SeriesFrom(const v1::CreateSeriesRequest& request, absl::Time now);
absl::StatusOr<Series> SeriesFrom(const v1::UpdateSeriesRequest& request);
absl::StatusOr<Component> ComponentFrom(const v1::CreateComponentRequest& request, absl::Time now);
absl::StatusOr<MarksMode> MarksModeOf(v1::MarksMode mode);
absl::StatusOr<std::optional<State>> StateFilterOf(v1::Submission::State state);
// Adds the candidate at `row`, or refuses it.
void AddCandidate(MarkRows& rows, std::int64_t row, const v1::Candidate& candidate);
absl::StatusOr<Feedback> FeedbackFrom(const v1::Feedback& feedback);
// A text that may be empty and is at most `characters` long.
absl::Status CheckText(std::string_view field, std::string_view text, std::size_t characters);
// ID_INVALID unless it can stand in a resource name.
absl::Status CheckId(std::string_view field, std::string_view id);

// INVALID_ARGUMENT (REASON_MISSING) if a decision does not say why; 2000 characters at most.
absl::Status CheckReason(std::string_view field, std::string_view reason);

// Answers, as the caller may see them (MOD-9).
v1::Series ToProto(const Series& series);
v1::Component ToProto(const Component& component);
v1::Submission ToProto(const Submission& submission, const platform::Call& call);
v1::Candidate ToProto(const Candidate& candidate);
v1::RecordMarksResponse ToProto(const Submission& submission, const MarkRows& rows,
                                const platform::Call& call);
v1::WorkItem ToProto(const Marked& marked, bool blind, const Submission& submission,
                     const platform::Call& call);
v1::Judgement ToProto(const Judged& judged);
v1::Result ToProto(const Result& result);
v1::Feedback ToProto(const Feedback& feedback);
void SetTime(google::protobuf::Timestamp& out, absl::Time time);

// What a verdict is called outside; `stage` is the one that is due if it looks further.
v1::Action ActionOf(RecordedJudgement::Verdict verdict, Stage stage);

}  // namespace assay::moderation
