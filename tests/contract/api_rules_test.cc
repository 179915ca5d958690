// What every RPC and every reason of every part must have, read from the descriptors,
// so that a new one is held to it from its first day.
#include <google/protobuf/descriptor.h>
#include <gtest/gtest.h>

#include <functional>
#include <set>
#include <string>
#include <vector>

#include "assay/approval/v1/approval_service.pb.h"
#include "assay/approval/v1/centre_service.pb.h"
#include "assay/approval/v1/error_reason.pb.h"
#include "assay/approval/v1/events.pb.h"
#include "assay/approval/v1/involvement_policy_service.pb.h"
#include "assay/approval/v1/learner_service.pb.h"
#include "assay/approval/v1/lifecycle_service.pb.h"
#include "assay/approval/v1/merge_service.pb.h"
#include "assay/approval/v1/oversight_service.pb.h"
#include "assay/approval/v1/qualification_service.pb.h"
#include "assay/approval/v1/quality_service.pb.h"
#include "assay/approval/v1/recording_form_service.pb.h"
#include "assay/approval/v1/register_service.pb.h"
#include "assay/approval/v1/staff_service.pb.h"
#include "assay/common/v1/access.pb.h"
#include "assay/common/v1/error_reason.pb.h"
#include "assay/common/v1/operations_service.pb.h"
#include "assay/evidence/v1/error_reason.pb.h"
#include "assay/evidence/v1/evidence_service.pb.h"
#include "assay/moderation/v1/allocation_service.pb.h"
#include "assay/moderation/v1/award_service.pb.h"
#include "assay/moderation/v1/checkpoint_service.pb.h"
#include "assay/moderation/v1/error_reason.pb.h"
#include "assay/moderation/v1/mark_import_service.pb.h"
#include "assay/moderation/v1/moderation_service.pb.h"
#include "assay/moderation/v1/policy_service.pb.h"
#include "assay/moderation/v1/report_service.pb.h"
#include "assay/moderation/v1/return_service.pb.h"
#include "assay/moderation/v1/review_service.pb.h"
#include "assay/moderation/v1/sample_service.pb.h"
#include "assay/moderation/v1/series_service.pb.h"
#include "assay/moderation/v1/submission_service.pb.h"
#include "assay/notifications/v1/error_reason.pb.h"
#include "assay/notifications/v1/inbox_service.pb.h"
#include "google/api/annotations.pb.h"

namespace assay {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::EnumDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::FileDescriptor;
using google::protobuf::MethodDescriptor;

std::vector<const FileDescriptor*> Files() {
  return {approval::v1::Centre::descriptor()->file(),
          approval::v1::CentreProvenance::descriptor()->file(),
          approval::v1::Qualification::descriptor()->file(),
          approval::v1::QualificationApproval::descriptor()->file(),
          approval::v1::RecordingForm::descriptor()->file(),
          approval::v1::InvolvementPolicy::descriptor()->file(),
          approval::v1::RegisterEntry::descriptor()->file(),
          approval::v1::Site::descriptor()->file(),
          approval::v1::Restriction::descriptor()->file(),
          approval::v1::StaffMember::descriptor()->file(),
          approval::v1::Registration::descriptor()->file(),
          approval::v1::QualityReview::descriptor()->file(),
          common::v1::QueueStatus::descriptor()->file(),
          evidence::v1::Evidence::descriptor()->file(),
          moderation::v1::Blocker::descriptor()->file(),
          moderation::v1::ExportResultsRequest::descriptor()->file(),
          moderation::v1::Review::descriptor()->file(),
          moderation::v1::Checkpoint::descriptor()->file(),
          moderation::v1::Series::descriptor()->file(),
          moderation::v1::Submission::descriptor()->file(),
          moderation::v1::MarkImport::descriptor()->file(),
          moderation::v1::Sample::descriptor()->file(),
          moderation::v1::Judgement::descriptor()->file(),
          moderation::v1::Policy::descriptor()->file(),
          moderation::v1::Allocation::descriptor()->file(),
          moderation::v1::GetSeriesReportRequest::descriptor()->file(),
          notifications::v1::Message::descriptor()->file()};
}

void ForEachMethod(const std::function<void(const MethodDescriptor&)>& visit) {
  int seen = 0;
  for (const FileDescriptor* file : Files()) {
    for (int s = 0; s < file->service_count(); ++s) {
      for (int m = 0; m < file->service(s)->method_count(); ++m) {
        visit(*file->service(s)->method(m));
        ++seen;
      }
    }
  }
  EXPECT_GT(seen, 50);
}

bool HasField(const Descriptor& message, const char* name, FieldDescriptor::Type type) {
  const FieldDescriptor* field = message.FindFieldByName(name);
  return field != nullptr && field->type() == type;
}

TEST(ApiRulesTest, EveryMethodSaysWhoMayCallIt) {
  ForEachMethod([](const MethodDescriptor& method) {
    const auto& access = method.options().GetExtension(common::v1::access);
    EXPECT_GT(access.roles_size(), 0) << method.full_name();
    EXPECT_NE(access.scope(), common::v1::SCOPE_UNSPECIFIED) << method.full_name();
    std::set<int> roles(access.roles().begin(), access.roles().end());
    EXPECT_EQ(static_cast<int>(roles.size()), access.roles_size()) << method.full_name();
    EXPECT_FALSE(roles.contains(common::v1::ROLE_UNSPECIFIED)) << method.full_name();
  });
}

TEST(ApiRulesTest, CentrePeopleReachOnlyMethodsThatAreScopedToTheirCentre) {
  const std::set<int> centre_roles = {common::v1::ROLE_CENTRE_HEAD, common::v1::ROLE_CENTRE_EXAMS,
                                      common::v1::ROLE_CENTRE_ASSESSOR,
                                      common::v1::ROLE_CENTRE_IQA};
  // What belongs to no centre: read alike by everybody of the tenant.
  const std::set<std::string> shared = {"QualificationService", "RegisterService", "SeriesService",
                                        "PolicyService", "InvolvementPolicyService"};
  ForEachMethod([&](const MethodDescriptor& method) {
    const auto& access = method.options().GetExtension(common::v1::access);
    // PlanSample is arithmetic: it reads nothing of anybody.
    if (access.scope() != common::v1::SCOPE_TENANT || shared.contains(method.service()->name()) ||
        method.name() == "PlanSample") {
      return;
    }
    for (const int role : access.roles()) {
      EXPECT_FALSE(centre_roles.contains(role)) << method.full_name();
    }
  });
}

TEST(ApiRulesTest, EveryMethodButTheOperatorsHasARoute) {
  ForEachMethod([](const MethodDescriptor& method) {
    const bool routed = method.options().HasExtension(google::api::http);
    EXPECT_EQ(routed, method.service()->name() != "OperationsService") << method.full_name();
  });
}

TEST(ApiRulesTest, EveryListIsPaged) {
  ForEachMethod([](const MethodDescriptor& method) {
    if (method.name().rfind("List", 0) != 0 && method.name().rfind("Search", 0) != 0) return;
    EXPECT_TRUE(HasField(*method.input_type(), "page_size", FieldDescriptor::TYPE_INT32))
        << method.full_name();
    EXPECT_TRUE(HasField(*method.input_type(), "page_token", FieldDescriptor::TYPE_STRING))
        << method.full_name();
    EXPECT_TRUE(HasField(*method.output_type(), "next_page_token", FieldDescriptor::TYPE_STRING))
        << method.full_name();
  });
}

TEST(ApiRulesTest, EveryChangeIsSafeToRepeat) {
  // Changes that come to the same when they are repeated, and say so.
  const std::set<std::string> naturally = {"ImportCentres",    "ImportRegister", "MarkMessageRead",
                                           "ReplayDeadLetter", "UploadMarks",    "StreamMarks",
                                           "FinishMarkImport", "DrawSamples"};
  ForEachMethod([&](const MethodDescriptor& method) {
    const auto& http = method.options().GetExtension(google::api::http);
    const bool changes = !http.post().empty() || !http.patch().empty() || !http.put().empty() ||
                         !http.delete_().empty();
    if (!changes || naturally.contains(method.name())) return;
    EXPECT_TRUE(HasField(*method.input_type(), "request_id", FieldDescriptor::TYPE_STRING))
        << method.full_name();
  });
}

TEST(ApiRulesTest, EveryReasonIsOneWord) {
  for (const EnumDescriptor* reasons :
       {common::v1::ErrorReason_descriptor(), approval::v1::ErrorReason_descriptor(),
        evidence::v1::ErrorReason_descriptor(), moderation::v1::ErrorReason_descriptor(),
        notifications::v1::ErrorReason_descriptor()}) {
    for (int i = 0; i < reasons->value_count(); ++i) {
      const std::string& name = reasons->value(i)->name();
      ASSERT_EQ(name.rfind("ERROR_REASON_", 0), 0u) << name;
      EXPECT_LE(name.size() - 13, 63u) << name;
    }
  }
}

}  // namespace
}  // namespace assay
