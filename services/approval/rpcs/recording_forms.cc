#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "assay/approval/v1/recording_form_service.pb.h"
#include "services/approval/commands/manage_forms.h"
#include "services/approval/convert.h"
#include "services/approval/rpcs/requests.h"
#include "services/approval/rpcs/rpcs.h"

namespace assay::approval {
namespace {

constexpr std::size_t kTitleCharactersMax = 200;

v1::RecordingForm ToProto(const RecordingFormRecord& record) {
  v1::RecordingForm out;
  out.set_name(record.Name());
  out.set_qualification("qualifications/" + record.facts.qualification);
  out.set_title(record.title);
  out.set_changes(record.changes);
  out.set_evidence(record.evidence);
  out.set_state(static_cast<v1::RecordingForm::State>(static_cast<int>(record.facts.state) + 1));
  if (record.facts.from.has_value()) *out.mutable_from_day() = ToDate(*record.facts.from);
  if (record.facts.until.has_value()) *out.mutable_until_day() = ToDate(*record.facts.until);
  out.set_state_reason(record.state_reason);
  out.set_officer(record.officer);
  out.set_approved_by(record.approved_by);
  if (record.approve_time.has_value()) {
    *out.mutable_approve_time() = ToTimestamp(*record.approve_time);
  }
  *out.mutable_create_time() = ToTimestamp(record.create_time);
  *out.mutable_update_time() = ToTimestamp(record.update_time);
  out.set_etag(platform::EtagOf(record.version));
  return out;
}

absl::StatusOr<v1::RecordingForm> Create(const Work& work,
                                         const v1::CreateRecordingFormRequest& request) {
  const v1::RecordingForm& asked = request.recording_form();
  FormDraft draft;
  ASSIGN_OR_RETURN(draft.centre, CentreIdFrom("parent", request.parent()));
  ASSIGN_OR_RETURN(draft.qualification,
                   QualificationFrom("recording_form.qualification", asked.qualification()));
  ASSIGN_OR_RETURN(draft.title,
                   LineFrom("recording_form.title", asked.title(), kTitleCharactersMax));
  ASSIGN_OR_RETURN(draft.changes, ProseFrom("recording_form.changes", asked.changes()));
  ASSIGN_OR_RETURN(const ChildName evidence,
                   ChildNameFrom("recording_form.evidence", asked.evidence(), "evidence"));
  if (evidence.centre != draft.centre) {
    return FieldInvalid("recording_form.evidence", "is no evidence of this centre");
  }
  draft.evidence = asked.evidence();
  ASSIGN_OR_RETURN(const RecordingFormRecord form, ProposeForm(work, draft));
  return ToProto(form);
}

absl::StatusOr<v1::RecordingForm> Get(const Work& work,
                                      const v1::GetRecordingFormRequest& request) {
  ASSIGN_OR_RETURN(const ChildName name, ChildNameFrom("name", request.name(), "recordingForms"));
  ASSIGN_OR_RETURN(const RecordingFormRecord form,
                   RecordingFormStore().Get(work.tx, work.reach, name.centre, name.id));
  return ToProto(form);
}

absl::StatusOr<v1::ListRecordingFormsResponse> List(const Work& work,
                                                    const v1::ListRecordingFormsRequest& request) {
  ASSIGN_OR_RETURN(const std::string centre, ParentFrom(request.parent()));
  std::optional<FormState> state;
  if (request.state() != v1::RecordingForm::STATE_UNSPECIFIED) {
    if (!v1::RecordingForm::State_IsValid(request.state())) {
      return FieldInvalid("state", "is no state of a form");
    }
    state = static_cast<FormState>(static_cast<int>(request.state()) - 1);
  }
  ASSIGN_OR_RETURN(const PageRequest page,
                   PageRequest::From(request, work.reach,
                                     {"ListRecordingForms", request.parent(),
                                      absl::StrCat(static_cast<int>(request.state()))}));
  ASSIGN_OR_RETURN(
      std::vector<RecordingFormRecord> found,
      RecordingFormStore().List(work.tx, work.reach, centre, state, page.after, page.size + 1));
  v1::ListRecordingFormsResponse response;
  SetNextPage(found, page, response,
              [](const auto& form) { return absl::StrCat(form.centre, "/", form.id); });
  for (const RecordingFormRecord& form : found) *response.add_recording_forms() = ToProto(form);
  return response;
}

template <typename Request>
absl::StatusOr<FormDecision> DecisionFrom(const Request& request, FormState to) {
  ASSIGN_OR_RETURN(ChildName name, ChildNameFrom("name", request.name(), "recordingForms"));
  FormDecision decision{.centre = std::move(name.centre), .id = std::move(name.id)};
  decision.etag = request.etag();
  decision.to = to;
  return decision;
}

absl::StatusOr<v1::RecordingForm> Approve(const Work& work,
                                          const v1::ApproveRecordingFormRequest& request) {
  ASSIGN_OR_RETURN(FormDecision decision, DecisionFrom(request, FormState::kApproved));
  ASSIGN_OR_RETURN(decision.from, DayFrom("from_day", request.has_from_day(), request.from_day()));
  ASSIGN_OR_RETURN(const RecordingFormRecord form, DecideForm(work, decision));
  return ToProto(form);
}

template <typename Request, FormState to>
absl::StatusOr<v1::RecordingForm> End(const Work& work, const Request& request) {
  ASSIGN_OR_RETURN(FormDecision decision, DecisionFrom(request, to));
  ASSIGN_OR_RETURN(decision.reason, ReasonFrom(request.reason()));
  ASSIGN_OR_RETURN(const RecordingFormRecord form, DecideForm(work, decision));
  return ToProto(form);
}

}  // namespace

void RegisterRecordingForms(platform::Router& router, const Context& context) {
  const std::string service = "assay.approval.v1.RecordingFormService/";
  Write(router, context, service + "CreateRecordingForm", Create);
  Read(router, context, service + "GetRecordingForm", Get);
  Read(router, context, service + "ListRecordingForms", List);
  Write(router, context, service + "ApproveRecordingForm", Approve);
  Write<v1::RefuseRecordingFormRequest, v1::RecordingForm>(
      router, context, service + "RefuseRecordingForm",
      End<v1::RefuseRecordingFormRequest, FormState::kRefused>);
  Write<v1::WithdrawRecordingFormRequest, v1::RecordingForm>(
      router, context, service + "WithdrawRecordingForm",
      End<v1::WithdrawRecordingFormRequest, FormState::kWithdrawn>);
}

}  // namespace assay::approval
