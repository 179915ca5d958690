// The world of the tests of learners and quality reviews: two approved centres, and a technical
// qualification of our own making with three units, a minimum age and employer involvement.
#pragma once
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "assay/approval/v1/approval_service.pb.h"
#include "assay/approval/v1/centre_service.pb.h"
#include "assay/approval/v1/planner_service.pb.h"
#include "assay/approval/v1/staff_service.pb.h"
#include "assay/moderation/v1/award_service.pb.h"
#include "services/approval/config.h"
#include "services/approval/wiring.h"
#include "services/platform/testing/service_fixture.h"
#include "services/platform/testing/status_matchers.h"

namespace assay::approval::testing {

inline constexpr char kCentresFile[] =
    "URN,LAESTAB,SCHNAME,STREET,TOWN,POSTCODE,ICLOSE,OPENDATE,CLOSEDATE,ISNEW,NFTYPE,AGEL,AGEH,"
    "OTHERURN\n"
    "100000,2013614,Hill College,Main Street,Leeds,LS1 4AP,1,,,0,College,16,19,\n"
    "100002,2016006,Vale College,Long Lane,Leeds,LS1 4AP,1,,,0,College,16,19,\n";
inline constexpr char kPlain[] = R"({
  "number": "9001-03", "title": "Level 3 in Shop Management", "level": 3,
  "guided_learning_hours": 10, "total_qualification_time": 20, "accreditation_number": "A/1",
  "minimum_age": 16, "registration_months": 36, "regions": ["England"],
  @INVOLVEMENT@ "sectors": ["15"], "source": "made for tests",
  "units": [
    {"number": "301", "title": "Selling", "level": 3, "guided_learning_hours": 5, "credits": 1,
     "assessment_method": "assignment", "assessment_minutes": 60, "mark_total": 10,
     "percentage_total": 100,
     "outcomes": [{"number": 1, "title": "Sell", "marks": 10, "percentage": 100}]},
    {"number": "302", "title": "Buying", "level": 3, "guided_learning_hours": 5, "credits": 2,
     "assessment_method": "assignment", "assessment_minutes": 60, "mark_total": 10,
     "percentage_total": 100,
     "outcomes": [{"number": 1, "title": "Buy", "marks": 10, "percentage": 100}]}],
  "combination": {"title": "All", "credits_min": 3, "units": ["301", "302"]}
})";

struct LearnerCatalogue {
  LearnerCatalogue() {
    folder = std::filesystem::path(::testing::TempDir()) /
             absl::StrCat("learners-", ::testing::UnitTest::GetInstance()->random_seed(), "-",
                          reinterpret_cast<std::uintptr_t>(this));
    std::filesystem::create_directories(folder);
    Write("9001-03", "");
    Write("9002-03", "\"employer_involvement\": true,");
    config.catalogue_dir = folder.string();
  }
  ~LearnerCatalogue() { std::filesystem::remove_all(folder); }
  void Write(const std::string& number, const std::string& involvement) {
    std::string text = kPlain;
    text.replace(text.find("@INVOLVEMENT@"), 13, involvement);
    text.replace(text.find("9001-03"), 7, number);
    std::ofstream(folder / (number + ".json")) << text;
  }
  std::filesystem::path folder;
  Config config;
};

inline google::type::Date DateOf(absl::CivilDay day) {
  google::type::Date date;
  date.set_year(static_cast<int>(day.year()));
  date.set_month(day.month());
  date.set_day(day.day());
  return date;
}

class LearnerFixture : public ::testing::Test {
 protected:
  static constexpr char kCentre[] = "centres/urn-100000";
  static constexpr char kNeighbour[] = "centres/urn-100002";

  LearnerFixture()
      : service_(
            Definition(catalogue_.config),
            {.others = [this](std::string_view method, const google::protobuf::Message& request,
                              google::protobuf::Message& response) {
              return AnswerForModeration(method, request, response);
            }}) {
    officer_ = service_.Token({.subject = "users/officer", .roles = {"quality"}});
    head_ = service_.Token({.subject = "users/head", .roles = {"centre_head"}, .centre = kCentre});
    assessor_ =
        service_.Token({.subject = "users/ann", .roles = {"centre_assessor"}, .centre = kCentre});
    neighbour_ =
        service_.Token({.subject = "users/other", .roles = {"centre_head"}, .centre = kNeighbour});
    v1::ImportCentresRequest import;
    import.set_layout("england-establishments");
    import.mutable_content()->set_data(kCentresFile);
    const std::vector<const google::protobuf::Message*> pieces = {&import};
    v1::ImportCentresResponse imported;
    EXPECT_THAT(service_.CallUpload("assay.approval.v1.CentreService/ImportCentres", pieces,
                                    imported, officer_),
                platform::testing::IsOk());
    for (const char* centre : {kCentre, kNeighbour}) {
      v1::ApproveCentreRequest approve;
      approve.set_name(centre);
      EXPECT_THAT(Call<v1::Centre>("CentreService/ApproveCentre", approve, officer_),
                  platform::testing::IsOk());
    }
    Approve(kCentre, "9001-03");
    exams_ =
        service_.Token({.subject = "users/exams", .roles = {"centre_exams"}, .centre = kCentre});
    ann_ = Employ("Ann", v1::STAFF_ROLE_ASSESSOR, {"9001-03", "9002-03"});
    bob_ = Employ("Bob", v1::STAFF_ROLE_INTERNAL_VERIFIER, {"9001-03", "9002-03"});
  }

  // Moderation, as a test wants it: nothing is moderated unless it says so.
  absl::Status AnswerForModeration(std::string_view method,
                                   const google::protobuf::Message& request,
                                   google::protobuf::Message& response) {
    EXPECT_EQ(method, "assay.moderation.v1.AwardService/CheckComponents");
    asked_.push_back(static_cast<const moderation::v1::CheckComponentsRequest&>(request));
    if (!moderation_status_.ok()) return moderation_status_;
    static_cast<moderation::v1::CheckComponentsResponse&>(response) = moderated_;
    return absl::OkStatus();
  }

  // Somebody of the centre's staff with every competence that QUAL-6 asks for; answers the name.
  // Ann is users/ann.
  std::string Employ(const std::string& name, v1::StaffRole role,
                     const std::vector<std::string>& competent_for) {
    v1::CreateStaffRequest create;
    create.set_parent(kCentre);
    create.mutable_staff_member()->set_display_name(name);
    create.mutable_staff_member()->set_subject("users/" + absl::AsciiStrToLower(name));
    create.mutable_staff_member()->add_roles()->set_role(role);
    const auto made = Call<v1::StaffMember>("StaffService/CreateStaff", create, head_);
    EXPECT_THAT(made, platform::testing::IsOk());
    if (!made.ok()) return "";
    for (const std::string& qualification : competent_for) {
      for (const v1::CompetenceKind kind :
           {v1::COMPETENCE_KIND_OCCUPATIONAL, v1::COMPETENCE_KIND_RECENT_EXPERIENCE,
            v1::COMPETENCE_KIND_TRAINING}) {
        v1::RecordCompetenceRequest record;
        record.set_parent(made->name());
        record.mutable_competence()->set_qualification("qualifications/" + qualification);
        record.mutable_competence()->set_kind(kind);
        record.mutable_competence()->set_level(3);
        record.mutable_competence()->set_what("shown by papers");
        const auto kept = Call<v1::StaffCompetence>("StaffService/RecordCompetence", record, head_);
        EXPECT_THAT(kept, platform::testing::IsOk());
        v1::VerifyCompetenceRequest verify;
        if (kept.ok()) verify.set_name(kept->name());
        *verify.mutable_valid_until() = DateOf(Today() + 300);
        EXPECT_THAT(Call<v1::StaffCompetence>("StaffService/VerifyCompetence", verify, officer_),
                    platform::testing::IsOk());
      }
    }
    return made->name();
  }

  // As it is when a test asks: clocks are moved.
  absl::CivilDay Today() { return absl::ToCivilDay(service_.clock().Now(), absl::UTCTimeZone()); }

  template <typename Response, typename Request>
  absl::StatusOr<Response> Call(const std::string& method, const Request& request,
                                const std::string& token) {
    return service_.Call<Response>("assay.approval.v1." + method, request, token);
  }

  // Also 9002-03, whose planner meets the requirements first (EI-9): `planner_` is its name.
  std::string Approve(const std::string& centre, const std::string& qualification) {
    v1::CreateQualificationApprovalRequest apply;
    apply.set_parent(centre);
    apply.mutable_qualification_approval()->set_qualification("qualifications/" + qualification);
    const auto applied = Call<v1::QualificationApproval>(
        "ApprovalService/CreateQualificationApproval", apply, officer_);
    EXPECT_THAT(applied, platform::testing::IsOk());
    if (qualification == "9002-03") PlanFor(centre, applied->name());
    v1::ApproveQualificationApprovalRequest approve;
    approve.set_name(applied->name());
    EXPECT_THAT(Call<v1::QualificationApproval>("ApprovalService/ApproveQualificationApproval",
                                                approve, officer_),
                platform::testing::IsOk());
    return applied->name();
  }

  void PlanFor(const std::string& centre, const std::string& approval) {
    v1::CreatePlannerRequest create;
    create.set_parent(centre);
    create.mutable_planner()->set_qualification_approval(approval);
    *create.mutable_planner()->mutable_first_day() = DateOf(Today());
    *create.mutable_planner()->mutable_last_day() = DateOf(Today() + 100);
    const auto made = Call<v1::Planner>("PlannerService/CreatePlanner", create, head_);
    ASSERT_THAT(made, platform::testing::IsOk());
    planner_ = made->name();
    v1::SubmitPlannerRequest submit;
    submit.set_name(planner_);
    const auto submitted = Call<v1::Planner>("PlannerService/SubmitPlanner", submit, head_);
    ASSERT_THAT(submitted, platform::testing::IsOk());
    v1::JudgePlannerRequest judge;
    judge.set_name(planner_);
    judge.set_etag(submitted->etag());
    judge.set_outcome(v1::Planner::STATE_MEETS);
    judge.set_feedback("The learners are not enrolled yet.");
    ASSERT_THAT(Call<v1::Planner>("PlannerService/JudgePlanner", judge, officer_),
                platform::testing::IsOk());
  }

  LearnerCatalogue catalogue_;
  absl::Status moderation_status_;
  moderation::v1::CheckComponentsResponse moderated_;
  std::vector<moderation::v1::CheckComponentsRequest> asked_;
  platform::testing::TestService service_;
  std::string officer_, head_, exams_, assessor_, neighbour_;
  std::string planner_;
  std::string ann_, bob_;  // An assessor and an internal verifier.
};

}  // namespace assay::approval::testing
