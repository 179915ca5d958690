// Moderation's real wiring with one component and a few people, for tests that call it as clients
// do. Approval and evidence answer as far as moderation asks them.
#pragma once
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "assay/approval/v1/approval_service.pb.h"
#include "assay/approval/v1/centre_service.pb.h"
#include "assay/approval/v1/learner_service.pb.h"
#include "assay/approval/v1/planner_service.pb.h"
#include "assay/approval/v1/qualification_service.pb.h"
#include "assay/approval/v1/quality_service.pb.h"
#include "assay/evidence/v1/evidence_service.pb.h"
#include "assay/moderation/v1/mark_import_service.pb.h"
#include "assay/moderation/v1/moderation_service.pb.h"
#include "assay/moderation/v1/policy_service.pb.h"
#include "assay/moderation/v1/sample_service.pb.h"
#include "assay/moderation/v1/series_service.pb.h"
#include "assay/moderation/v1/submission_service.pb.h"
#include "services/moderation/errors.h"
#include "services/moderation/wiring.h"
#include "services/platform/error/error.h"
#include "services/platform/testing/service_fixture.h"
#include "services/platform/testing/status_matchers.h"

namespace assay::moderation::testing {

using Code = absl::StatusCode;
using platform::testing::IsError;
using platform::testing::IsOk;

inline const std::string kComponent = "series/summer-2026/components/coursework";
inline const std::string kPackage = "assay.moderation.v1.";

class ModerationTest : public ::testing::Test {
 protected:
  explicit ModerationTest(std::string database = "")
      : service_(Definition(config_), {.database = std::move(database),
                                       .others = [this](std::string_view method,
                                                        const google::protobuf::Message& request,
                                                        google::protobuf::Message& response) {
                                         return Others(method, request, response);
                                       }}) {
    officer_ = service_.Token({.subject = "users/officer", .roles = {"quality"}});
    centre_ = service_.Token(
        {.subject = "users/exams", .roles = {"centre_exams"}, .centre = "centres/urn-1"});
    stranger_ = service_.Token(
        {.subject = "users/stranger", .roles = {"centre_exams"}, .centre = "centres/urn-2"});
    moderator_ = service_.Token({.subject = "users/mod", .roles = {"moderator"}});
  }

  // Approval and evidence, as far as moderation asks them.
  absl::Status Others(std::string_view method, const google::protobuf::Message& request,
                      google::protobuf::Message& response) {
    ++asked_;
    if (!others_status_.ok()) return others_status_;
    if (method.ends_with("/CheckApproval")) {
      const auto& check = static_cast<const approval::v1::CheckApprovalRequest&>(request);
      auto& answer = static_cast<approval::v1::CheckApprovalResponse&>(response);
      answer.set_in_force(approved_);
      answer.set_reason(approved_ ? "" : "NO_APPROVAL");
      answer.set_message("there is no approval");
      answer.set_centre_title("Title of " + check.centre());
    } else if (method.ends_with("/GetCentre")) {
      auto& centre = static_cast<approval::v1::Centre&>(response);
      centre.set_title("Castle School");
      centre.set_state(approved_ ? approval::v1::Centre::STATE_APPROVED
                                 : approval::v1::Centre::STATE_SUSPENDED);
    } else if (method.ends_with("/GetCentreRisk")) {
      static_cast<approval::v1::CentreRisk&>(response).set_level(risk_);
    } else if (method.ends_with("/FindRegistration")) {
      if (unmet_of_learner_.empty()) return absl::NotFoundError("not registered");
      static_cast<approval::v1::Registration&>(response).set_name("centres/urn-1/registrations/r1");
    } else if (method.ends_with("/CheckAwardEligibility")) {
      auto& answer = static_cast<approval::v1::CheckAwardEligibilityResponse&>(response);
      for (const auto& [kind, message] : unmet_of_learner_) {
        auto& condition = *answer.add_conditions();
        condition.set_kind(kind);
        condition.set_message(message);
        condition.set_who("centre");
      }
      answer.add_conditions()->set_met(true);
    } else if (method.ends_with("/CheckLearnerInvolvement")) {
      const auto& check = static_cast<const approval::v1::CheckLearnerInvolvementRequest&>(request);
      involvement_asked_ =
          absl::StrCat(check.name(), " ", check.qualification(), " ", check.enrolment());
      if (!involvement_status_.ok()) return involvement_status_;
      static_cast<approval::v1::CheckLearnerInvolvementResponse&>(response) = involvement_;
    } else if (method.ends_with("/GetQualification")) {
      static_cast<approval::v1::Qualification&>(response).set_employer_involvement(
          involvement_.required());
    } else if (method.ends_with("/CountEvidence")) {
      const auto& count = static_cast<const evidence::v1::CountEvidenceRequest&>(request);
      const auto own = evidence_of_.find(count.subject());
      static_cast<evidence::v1::CountEvidenceResponse&>(response).set_count(
          own == evidence_of_.end() ? evidence_count_ : own->second);
    } else if (method.ends_with("/ListEvidence") && evidence_of_all_) {
      static_cast<evidence::v1::ListEvidenceResponse&>(response).add_evidence();
    }
    return absl::OkStatus();
  }

  template <typename Resp>
  absl::StatusOr<Resp> Call(std::string_view method, const google::protobuf::Message& request,
                            const std::string& token) {
    return service_.Call<Resp>(absl::StrCat(kPackage, std::string(method)), request, token);
  }

  void MakeComponent(std::function<void(v1::Component&)> change = [](v1::Component&) {}) {
    v1::CreateSeriesRequest series;
    series.set_series_id("summer-2026");
    series.mutable_series()->set_title("Summer 2026");
    ASSERT_THAT(Call<v1::Series>("SeriesService/CreateSeries", series, officer_), IsOk());
    v1::CreateComponentRequest request;
    request.set_parent("series/summer-2026");
    request.set_component_id("coursework");
    v1::Component& component = *request.mutable_component();
    component.set_title("Coursework");
    component.set_mark_max(60);
    component.set_sampling_policy("pearson-2026");
    component.set_tolerance_policy("six-percent");
    component.set_adjustment_policy("least-squares");
    component.set_blind(true);
    change(component);
    ASSERT_THAT(Call<v1::Component>("SeriesService/CreateComponent", request, officer_), IsOk());
  }

  absl::StatusOr<v1::Submission> Open(std::string centre = "centres/urn-1",
                                      std::string token = "") {
    v1::CreateSubmissionRequest request;
    request.set_parent(kComponent);
    request.mutable_submission()->set_centre(centre);
    return Call<v1::Submission>("SubmissionService/CreateSubmission", request,
                                token.empty() ? officer_ : token);
  }

  absl::StatusOr<v1::RecordMarksResponse> Import(const std::string& name, const std::string& csv,
                                                 v1::MarksMode mode = v1::MARKS_MODE_UNSPECIFIED,
                                                 std::string request_id = "",
                                                 std::size_t piece = 1000) {
    std::vector<v1::ImportMarksRequest> messages(1);
    messages[0].set_name(name);
    messages[0].set_mode(mode);
    messages[0].set_request_id(request_id);
    for (std::size_t at = 0; at < csv.size(); at += piece) {
      messages.emplace_back().mutable_content()->set_data(csv.substr(at, piece));
    }
    std::vector<const google::protobuf::Message*> pointers;
    for (const auto& message : messages) pointers.push_back(&message);
    v1::RecordMarksResponse response;
    const absl::Status status = service_.CallUpload(kPackage + "SubmissionService/ImportMarks",
                                                    pointers, response, centre_);
    if (!status.ok()) return status;
    return response;
  }

  absl::StatusOr<v1::Submission> Submit(const std::string& name, bool allow_missing = false) {
    v1::SubmitSubmissionRequest request;
    request.set_name(name);
    request.set_allow_missing(allow_missing);
    return Call<v1::Submission>("SubmissionService/SubmitSubmission", request, centre_);
  }

  absl::StatusOr<v1::Sample> Draw(const std::string& name) {
    v1::DrawSampleRequest request;
    request.set_parent(name);
    return Call<v1::Sample>("SampleService/DrawSample", request, officer_);
  }

  absl::StatusOr<v1::Submission> Get(const std::string& name, const std::string& token) {
    v1::GetSubmissionRequest request;
    request.set_name(name);
    return Call<v1::Submission>("SubmissionService/GetSubmission", request, token);
  }

  absl::StatusOr<v1::Moderator> MakeModerator(std::string subject,
                                              std::vector<std::string> conflicts = {},
                                              int capacity = 0) {
    v1::CreateModeratorRequest request;
    request.mutable_moderator()->set_subject(subject);
    request.mutable_moderator()->set_capacity(capacity);
    for (const std::string& c : conflicts) request.mutable_moderator()->add_conflicts(c);
    return Call<v1::Moderator>("ModerationService/CreateModerator", request, officer_);
  }

  absl::StatusOr<v1::Submission> Allocate(const std::string& name, std::string moderator = "",
                                          bool require_evidence = false) {
    v1::AllocateSubmissionRequest request;
    request.set_name(name);
    request.set_moderator(moderator);
    request.set_require_evidence(require_evidence);
    return Call<v1::Submission>("ModerationService/AllocateSubmission", request, officer_);
  }

  absl::StatusOr<v1::ListWorkResponse> Work(const std::string& name, std::string token = "") {
    v1::ListWorkRequest request;
    request.set_parent(name);
    request.set_page_size(1000);
    return Call<v1::ListWorkResponse>("ModerationService/ListWork", request,
                                      token.empty() ? moderator_ : token);
  }

  // The moderator marks all that is due and not marked: what `judge` says of the candidate.
  void MarkDue(const std::string& name, const std::function<double(const std::string&)>& judge) {
    const auto work = Work(name);
    ASSERT_THAT(work, IsOk());
    v1::RecordModeratorMarksRequest request;
    request.set_name(name);
    for (const v1::WorkItem& item : work->items()) {
      if (item.has_moderator_mark()) continue;
      v1::ModeratorMark& mark = *request.add_marks();
      mark.set_candidate(item.candidate());
      mark.set_mark(judge(item.candidate()));
    }
    const auto recorded = Call<v1::RecordModeratorMarksResponse>(
        "ModerationService/RecordModeratorMarks", request, moderator_);
    ASSERT_THAT(recorded, IsOk());
    EXPECT_EQ(recorded->outstanding_count(), 0);
  }

  absl::StatusOr<v1::Judgement> Judge(const std::string& name) {
    v1::JudgeSubmissionRequest request;
    request.set_name(name);
    return Call<v1::Judgement>("ModerationService/JudgeSubmission", request, moderator_);
  }

  absl::StatusOr<v1::Submission> Release(const std::string& name, std::string tasks = "Fine.") {
    v1::ReleaseSubmissionRequest request;
    request.set_name(name);
    request.mutable_feedback()->set_tasks(tasks);
    request.mutable_feedback()->set_accuracy("Generous.");
    request.mutable_feedback()->set_administration("In time.");
    return Call<v1::Submission>("ModerationService/ReleaseSubmission", request, officer_);
  }

  absl::StatusOr<v1::ListResultsResponse> Results(const std::string& name,
                                                  const std::string& token) {
    v1::ListResultsRequest request;
    request.set_parent(name);
    request.set_page_size(1000);
    return Call<v1::ListResultsResponse>("ModerationService/ListResults", request, token);
  }

  // n candidates c001 … with marks 1 to 59, from three assessors.
  static std::string Csv(int n) {
    std::string csv = "candidate,mark,assessor,group,site\n";
    for (int i = 1; i <= n; ++i) {
      absl::StrAppend(&csv, NumberOf(i), ",", MarkOf(i), ",a", i % 3, ",g", i % 4, ",main\n");
    }
    return csv;
  }
  static std::string NumberOf(int i) { return absl::StrCat("c", absl::Dec(i, absl::kZeroPad3)); }
  static int MarkOf(int i) { return (i * 17) % 59 + 1; }
  static int MarkOf(const std::string& number) { return MarkOf(std::stoi(number.substr(1))); }

  // An allocated submission of n candidates.
  std::string Allocated(int n) {
    EXPECT_THAT(Open(), IsOk());
    const std::string name = kComponent + "/submissions/urn-1";
    EXPECT_THAT(Import(name, Csv(n)), IsOk());
    EXPECT_THAT(Submit(name), IsOk());
    EXPECT_THAT(Draw(name), IsOk());
    EXPECT_THAT(MakeModerator("users/mod"), IsOk());
    EXPECT_THAT(Allocate(name), IsOk());
    return name;
  }

  std::vector<std::string> EventTypes() {
    std::vector<std::string> types;
    for (const platform::Event& event : service_.Outbox()) {
      types.push_back(event.type.substr(kPackage.size()));
    }
    return types;
  }

  Config config_;
  bool approved_ = true;
  int evidence_count_ = 0;
  approval::v1::RiskLevel risk_ = approval::v1::RISK_LEVEL_LOW;
  std::map<std::string, std::string> unmet_of_learner_;        // By kind; empty: not registered.
  approval::v1::CheckLearnerInvolvementResponse involvement_;  // Of who is not registered.
  absl::Status involvement_status_;
  std::string involvement_asked_;
  std::map<std::string, int> evidence_of_;  // By subject, where it is not evidence_count_.
  bool evidence_of_all_ = false;            // Some is linked to the submission itself.
  std::atomic<int> asked_ = 0;
  absl::Status others_status_;
  platform::testing::TestService service_;
  std::string officer_, centre_, stranger_, moderator_;
};

}  // namespace assay::moderation::testing
