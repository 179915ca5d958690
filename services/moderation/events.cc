#include "services/moderation/events.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "assay/moderation/v1/events.pb.h"
#include "services/moderation/blockers/checkpoints.h"
#include "services/moderation/convert.h"
#include "services/platform/rpc/emit.h"

namespace assay::moderation {
namespace {

// Every event says which submission and which centre.
template <typename Event>
Event About(const Submission& submission) {
  Event event;
  event.set_submission(submission.name.Text());
  event.set_centre(submission.centre);
  return event;
}

absl::Status Send(const Work& work, const Submission& submission,
                  const google::protobuf::Message& event) {
  return platform::Emit(work.tx, work.call, work.context.ids, submission.name.Text(), event);
}

std::string NameText(const std::string& series, const Checkpoint& checkpoint) {
  return absl::StrCat("series/", series, "/checkpoints/", checkpoint.Id());
}

// How a date stands today, in the fields that both events of a checkpoint have.
template <typename Event>
void SetWhen(Event& event, const Checkpoint& checkpoint, absl::Time now) {
  const absl::CivilDay due = absl::ToCivilDay(checkpoint.due, absl::UTCTimeZone());
  const auto days = static_cast<int>(due - absl::ToCivilDay(now, absl::UTCTimeZone()));
  const int distance = days < 0 ? -days : days;
  const std::string text = absl::StrCat(distance, distance == 1 ? " day" : " days");
  event.set_term(std::string(NameOf(checkpoint.term)));
  event.set_due_date(absl::FormatCivilTime(due));
  event.set_days_left(days);
  event.set_when(days > 0 ? "in " + text : days == 0 ? "today" : text + " overdue");
  event.set_timing(days > 0 ? "AHEAD" : days == 0 ? "TODAY" : "OVERDUE");
}

}  // namespace

absl::Status EmitCheckpointRaised(const Work& work, const Submission& submission,
                                  const Checkpoint& checkpoint, const Want& want) {
  auto event = About<v1::CheckpointRaised>(submission);
  event.set_centre_title(submission.centre_title);
  event.set_checkpoint(NameText(submission.name.series, checkpoint));
  SetWhen(event, checkpoint, work.caller.now);
  event.set_party(std::string(NameOf(want.party)));
  if (want.party == Party::kModerator) event.set_moderator_subject(submission.moderator_subject);
  event.set_message(want.message);
  event.set_action(want.action);
  return Send(work, submission, event);
}

absl::Status EmitCheckpointCompleted(const Work& work, const Series& series,
                                     const Checkpoint& checkpoint, std::int64_t notices) {
  v1::CheckpointCompleted event;
  event.set_checkpoint(NameText(series.id, checkpoint));
  event.set_series_title(series.title);
  SetWhen(event, checkpoint, work.caller.now);
  event.set_notice_count(notices);
  event.set_outcome(notices == 0 ? "NONE" : "SOME");
  return platform::Emit(work.tx, work.call, work.context.ids, event.checkpoint(), event);
}

absl::Status EmitOpened(const Work& work, const Submission& submission) {
  auto event = About<v1::SubmissionOpened>(submission);
  event.set_centre_title(submission.centre_title);
  return Send(work, submission, event);
}

absl::Status EmitMarksRecorded(const Work& work, const Submission& submission,
                               std::int64_t accepted) {
  auto event = About<v1::MarksRecorded>(submission);
  event.set_accepted_count(accepted);
  event.set_missing_count(submission.counts.missing);
  return Send(work, submission, event);
}

absl::Status EmitSubmitted(const Work& work, const Submission& submission) {
  auto event = About<v1::SubmissionSubmitted>(submission);
  event.set_centre_title(submission.centre_title);
  event.set_candidate_count(static_cast<std::int32_t>(submission.counts.candidates));
  event.set_missing_count(static_cast<std::int32_t>(submission.counts.missing));
  return Send(work, submission, event);
}

absl::Status EmitMarkCorrected(const Work& work, const Submission& submission,
                               std::string_view candidate, std::string_view reason,
                               bool sample_voided) {
  auto event = About<v1::MarkCorrected>(submission);
  event.set_candidate(std::string(candidate));
  event.set_reason(std::string(reason));
  event.set_sample_voided(sample_voided);
  return Send(work, submission, event);
}

absl::Status EmitSampleDrawn(const Work& work, const Submission& submission, std::int64_t drawn) {
  auto event = About<v1::SampleDrawn>(submission);
  event.set_centre_title(submission.centre_title);
  event.set_sample(SampleNameText(submission.name, submission.sample));
  event.set_drawn_count(static_cast<std::int32_t>(drawn));
  return Send(work, submission, event);
}

absl::Status EmitConsortiumDrawVoided(const Work& work, const Submission& submission,
                                      const Submission& changed, std::string_view moderator) {
  auto event = About<v1::ConsortiumDrawVoided>(submission);
  event.set_centre_title(submission.centre_title);
  event.set_consortium(
      ConsortiumName{submission.name.series, submission.name.component, submission.consortium}
          .Text());
  event.set_changed_submission(changed.name.Text());
  event.set_moderator_subject(std::string(moderator));
  return Send(work, submission, event);
}

absl::Status EmitAllocated(const Work& work, const Submission& submission,
                           std::string_view previous_moderator_subject) {
  auto event = About<v1::SubmissionAllocated>(submission);
  event.set_moderator(ModeratorNameText(submission.moderator));
  event.set_moderator_subject(submission.moderator_subject);
  event.set_previous_moderator_subject(std::string(previous_moderator_subject));
  return Send(work, submission, event);
}

absl::Status EmitJudged(const Work& work, const Submission& submission,
                        RecordedJudgement::Verdict verdict) {
  auto event = About<v1::SubmissionJudged>(submission);
  event.set_action(v1::Action_Name(ActionOf(verdict, submission.stage)));
  return Send(work, submission, event);
}

absl::Status EmitLifecycle(const Work& work, const Submission& submission, Step step,
                           std::string_view reason, bool sample_voided,
                           std::string_view moderator) {
  const auto send = [&](auto event) {
    event.set_centre_title(submission.centre_title);
    event.set_reason(std::string(reason));
    event.set_sample_voided(sample_voided);
    event.set_moderator_subject(std::string(moderator));
    return Send(work, submission, event);
  };
  if (step == Step::kWithdraw) return send(About<v1::SubmissionWithdrawn>(submission));
  if (step == Step::kReopen) return send(About<v1::SubmissionReopened>(submission));
  return send(About<v1::SubmissionVoided>(submission));
}

absl::Status EmitReleased(const Work& work, const Submission& submission,
                          RecordedJudgement::Verdict verdict, std::int64_t results) {
  auto event = About<v1::SubmissionReleased>(submission);
  event.set_centre_title(submission.centre_title);
  event.set_action(v1::Action_Name(ActionOf(verdict, submission.stage)));
  event.set_result_count(static_cast<std::int32_t>(results));
  return Send(work, submission, event);
}

absl::Status EmitStandingChanged(const Work& work, const Component& component,
                                 const ModeratorStanding& standing) {
  const std::string name = absl::StrCat("series/", component.series, "/components/", component.id);
  v1::ModeratorStandingChanged event;
  event.set_component(name);
  event.set_moderator_subject(standing.subject);
  event.set_standing(std::string(NameOf(standing.state)));
  event.set_reason(standing.reason);
  event.set_attempts_left(static_cast<std::int32_t>(standing.attempts_left));
  return platform::Emit(work.tx, work.call, work.context.ids, name, event);
}

}  // namespace assay::moderation
