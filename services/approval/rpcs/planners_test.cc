// Employer involvement from plan to award, through the RPCs, on the real wiring.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "assay/approval/v1/approval_service.pb.h"
#include "assay/approval/v1/centre_service.pb.h"
#include "assay/approval/v1/declaration_sample_service.pb.h"
#include "assay/approval/v1/involvement_policy_service.pb.h"
#include "assay/approval/v1/learner_service.pb.h"
#include "assay/approval/v1/oversight_service.pb.h"
#include "assay/approval/v1/planner_service.pb.h"
#include "assay/moderation/v1/replay_service.pb.h"
#include "services/approval/errors.h"
#include "services/approval/wiring.h"
#include "services/platform/core/sha256.h"
#include "services/platform/error/error.h"
#include "services/platform/testing/service_fixture.h"
#include "services/platform/testing/status_matchers.h"

namespace assay::approval {
namespace {

using platform::FieldsOf;
using platform::testing::IsError;
using platform::testing::IsOk;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using Code = absl::StatusCode;
using v1::Planner;

constexpr char kFile[] =
    "URN,LAESTAB,SCHNAME,STREET,TOWN,POSTCODE,ICLOSE,OPENDATE,CLOSEDATE,ISNEW,NFTYPE,AGEL,AGEH,"
    "OTHERURN\n"
    "100000,6813614,Hill College,Main Street,Leeds,LS1 4AP,1,,,0,College,16,19,\n"
    "100002,6816006,Vale College,Long Lane,Leeds,LS1 4AP,1,,,0,College,16,19,\n";
// A technical qualification of our own making, of the sector "15".
constexpr char kTechnical[] = R"({
  "number": "9001-03", "title": "Level 3 in Shop Management", "level": 3,
  "guided_learning_hours": 10, "total_qualification_time": 20, "accreditation_number": "A/1",
  "minimum_age": 16, "regions": ["Wales"], "employer_involvement": true, "sectors": ["15"],
  "source": "made for tests",
  "units": [{"number": "301", "title": "Selling", "level": 3, "guided_learning_hours": 10,
             "credits": 1, "assessment_method": "assignment", "assessment_minutes": 60,
             "mark_total": 10, "percentage_total": 100,
             "outcomes": [{"number": 1, "title": "Sell", "marks": 10, "percentage": 100}]}],
  "combination": {"title": "All", "credits_min": 1, "units": ["301"]}
})";

struct TechnicalCatalogue {
  TechnicalCatalogue() {
    folder = std::filesystem::path(::testing::TempDir()) /
             absl::StrCat("catalogue-", ::testing::UnitTest::GetInstance()->random_seed(), "-",
                          reinterpret_cast<std::uintptr_t>(this));
    std::filesystem::create_directories(folder);
    std::ofstream(folder / "9001-03.json") << kTechnical;
    config.catalogue_dir = folder.string();
  }
  ~TechnicalCatalogue() { std::filesystem::remove_all(folder); }
  std::filesystem::path folder;
  Config config;
};

google::type::Date DateOf(absl::CivilDay day) {
  google::type::Date date;
  date.set_year(static_cast<int>(day.year()));
  date.set_month(day.month());
  date.set_day(day.day());
  return date;
}

class PlannerTest : public ::testing::Test {
 protected:
  PlannerTest()
      : service_(
            Definition(catalogue_.config),
            {.others = [this](std::string_view method, const google::protobuf::Message& request,
                              google::protobuf::Message& response) {
              return Others(method, request, response);
            }}) {
    officer_ = service_.Token({.subject = "users/officer", .roles = {"quality"}});
    head_ = service_.Token(
        {.subject = "users/head", .roles = {"centre_head"}, .centre = "centres/urn-100000"});
    neighbour_ = service_.Token(
        {.subject = "users/other", .roles = {"centre_head"}, .centre = "centres/urn-100002"});
    today_ = absl::ToCivilDay(service_.clock().Now(), absl::UTCTimeZone());
    v1::ImportCentresRequest import;
    import.set_layout("england-establishments");
    import.mutable_content()->set_data(kFile);
    const std::vector<const google::protobuf::Message*> pieces = {&import};
    v1::ImportCentresResponse imported;
    EXPECT_THAT(service_.CallUpload("assay.approval.v1.CentreService/ImportCentres", pieces,
                                    imported, officer_),
                IsOk());
    v1::ApproveCentreRequest approve;
    approve.set_name("centres/urn-100000");
    EXPECT_THAT(Call<v1::Centre>("CentreService/ApproveCentre", approve, officer_), IsOk());
    approval_ = ApprovalFor("9001-03");
  }

  // Moderation, which draws the first two of what it is given.
  absl::Status Others(std::string_view method, const google::protobuf::Message& request,
                      google::protobuf::Message& response) {
    if (!moderation_status_.ok()) return moderation_status_;
    EXPECT_EQ(method, "assay.moderation.v1.ReplayService/DrawFromList");
    asked_ = static_cast<const moderation::v1::DrawFromListRequest&>(request);
    auto& draw = static_cast<moderation::v1::PublishedDraw&>(response);
    draw.set_seed_commitment(platform::Sha256Hex(absl::HexStringToBytes(asked_.secret())));
    draw.set_sampling_policy_version("evidence-check@1");
    for (int i = 0; i < std::min(2, asked_.items_size()); ++i) {
      draw.add_drawn()->set_candidate(asked_.items(i).item());
    }
    return absl::OkStatus();
  }

  absl::StatusOr<v1::DeclarationSample> Sample(const std::string& planner) {
    v1::CreateDeclarationSampleRequest request;
    request.set_parent(planner);
    return Call<v1::DeclarationSample>("DeclarationSampleService/CreateDeclarationSample", request,
                                       officer_);
  }
  absl::StatusOr<v1::DeclarationSample> Record(const v1::DeclarationSample& sample,
                                               const std::string& item, bool in_order,
                                               std::string note = "") {
    v1::RecordEvidenceChecksRequest request;
    request.set_name(sample.name());
    v1::EvidenceCheck& check = *request.add_checks();
    check.set_item(item);
    check.set_in_order(in_order);
    check.set_note(std::move(note));
    return Call<v1::DeclarationSample>("DeclarationSampleService/RecordEvidenceChecks", request,
                                       officer_);
  }
  // Draws, and finds all in order.
  void SampleInOrder(const std::string& planner) {
    const auto sample = Sample(planner);
    ASSERT_THAT(sample, IsOk());
    for (const v1::EvidenceCheck& check : sample->checks()) {
      ASSERT_THAT(Record(*sample, check.item(), true), IsOk());
    }
  }

  template <typename Response, typename Request>
  absl::StatusOr<Response> Call(const std::string& method, const Request& request,
                                const std::string& token) {
    return service_.Call<Response>("assay.approval.v1." + method, request, token);
  }

  std::string ApprovalFor(const std::string& qualification) {
    v1::CreateQualificationApprovalRequest apply;
    apply.set_parent("centres/urn-100000");
    apply.mutable_qualification_approval()->set_qualification("qualifications/" + qualification);
    const auto applied = Call<v1::QualificationApproval>(
        "ApprovalService/CreateQualificationApproval", apply, officer_);
    EXPECT_THAT(applied, IsOk());
    // The body gives approvals on the condition of a planner, so that both can be tried here.
    v1::UpdateApprovalPolicyRequest policy;
    policy.set_name("approvalPolicies/" + qualification);
    policy.mutable_policy()->set_planner_as_condition(true);
    policy.set_change_note("approve first");
    EXPECT_THAT(Call<v1::ApprovalPolicy>("ApprovalService/UpdateApprovalPolicy", policy, officer_),
                IsOk());
    v1::ApproveQualificationApprovalRequest approve;
    approve.set_name(applied->name());
    v1::ApprovalCondition& condition = *approve.add_conditions();
    condition.set_kind(v1::ApprovalCondition::KIND_PLANNER);
    condition.set_text("Hand in a planner.");
    *condition.mutable_due_date() = DateOf(today_ + 60);
    EXPECT_THAT(Call<v1::QualificationApproval>("ApprovalService/ApproveQualificationApproval",
                                                approve, officer_),
                IsOk());
    return applied->name();
  }

  // Two learners; the first has completed a placement, the second has it planned.
  v1::PlannerDocument Document() {
    v1::PlannerDocument document;
    for (const auto& [number, name] : {std::pair{"E1", "Ada"}, {"E2", "Ben"}}) {
      v1::PlannerLearner& learner = *document.add_learners();
      learner.set_enrolment(number);
      learner.set_learner_name(name);
    }
    AddActivity(document, "placement", v1::ACTIVITY_KIND_WORK_PLACEMENT,
                {{"E1", v1::PARTICIPATION_COMPLETED}, {"E2", v1::PARTICIPATION_PLANNED}});
    return document;
  }

  // Both learners have completed it.
  v1::PlannerDocument Done() { return With(v1::PARTICIPATION_COMPLETED); }
  // Something else came of the second learner's placement.
  v1::PlannerDocument With(v1::Participation second) {
    v1::PlannerDocument document = Document();
    document.mutable_activities(0)->mutable_attendances(1)->set_participation(second);
    return document;
  }
  // The second learner was absent and had a recording: the quality team decides (EI-7).
  v1::PlannerDocument Referring() {
    v1::PlannerDocument document = With(v1::PARTICIPATION_ABSENT);
    v1::PlannerActivity& recording = AddActivity(document, "recording", v1::ACTIVITY_KIND_SET_TASK,
                                                 {{"E2", v1::PARTICIPATION_CONTINGENCY}});
    recording.set_mode(v1::ACTIVITY_MODE_RECORDED);
    recording.mutable_attendances(0)->set_reason("was in hospital");
    v1::PlannerEvidence& brief = *recording.add_required_evidence();
    brief.set_evidence("centres/urn-100000/evidence/brief");
    brief.set_kind(v1::PLANNER_EVIDENCE_KIND_BRIEF);
    return document;
  }

  v1::PlannerActivity& AddActivity(
      v1::PlannerDocument& document, const std::string& id, v1::ActivityKind kind,
      const std::vector<std::pair<std::string, v1::Participation>>& learners) {
    v1::PlannerActivity& activity = *document.add_activities();
    activity.set_activity_id(id);
    activity.set_title("Title of " + id);
    activity.set_kind(kind);
    activity.set_mode(v1::ACTIVITY_MODE_IN_PERSON);
    activity.mutable_practitioner()->set_employer("Corner Shop Ltd");
    activity.mutable_practitioner()->add_sectors("15.2");
    activity.set_contingency("a second week");
    *activity.mutable_day() = DateOf(today_ - 10);
    activity.add_evidence("centres/urn-100000/evidence/register");
    for (const auto& [enrolment, participation] : learners) {
      v1::PlannerAttendance& attendance = *activity.add_attendances();
      attendance.set_enrolment(enrolment);
      attendance.set_participation(participation);
    }
    return activity;
  }

  // From 21 January to 9 August 2026, for the clock begins on 1 May 2026.
  v1::CreatePlannerRequest Opening(const v1::PlannerDocument& document) {
    v1::CreatePlannerRequest request;
    request.set_parent("centres/urn-100000");
    request.mutable_planner()->set_qualification_approval(approval_);
    *request.mutable_planner()->mutable_first_day() = DateOf(absl::CivilDay(2026, 1, 21));
    *request.mutable_planner()->mutable_last_day() = DateOf(absl::CivilDay(2026, 8, 9));
    *request.mutable_planner()->mutable_document() = document;
    return request;
  }
  absl::StatusOr<Planner> Open(const v1::CreatePlannerRequest& request, std::string token = "") {
    return Call<Planner>("PlannerService/CreatePlanner", request, token.empty() ? head_ : token);
  }
  absl::StatusOr<Planner> Create(const v1::PlannerDocument& document, std::string token = "") {
    return Open(Opening(document), token);
  }
  // Of the academic year that follows.
  absl::StatusOr<Planner> OpenNext(const v1::PlannerDocument& document) {
    v1::CreatePlannerRequest request = Opening(document);
    *request.mutable_planner()->mutable_first_day() = DateOf(absl::CivilDay(2026, 9, 1));
    *request.mutable_planner()->mutable_last_day() = DateOf(absl::CivilDay(2027, 6, 18));
    return Open(request);
  }
  std::string EtagOf(const std::string& name) {
    const auto planner = Get(name, officer_);
    EXPECT_THAT(planner, IsOk());
    return planner.ok() ? planner->etag() : "";
  }
  absl::StatusOr<Planner> Get(const std::string& name, const std::string& token) {
    v1::GetPlannerRequest request;
    request.set_name(name);
    return Call<Planner>("PlannerService/GetPlanner", request, token);
  }
  absl::StatusOr<Planner> Update(const Planner& planner, const v1::PlannerDocument& document,
                                 std::string note = "a new employer") {
    v1::UpdatePlannerRequest request;
    request.set_name(planner.name());
    request.set_etag(planner.etag());
    request.set_change_note(note);
    *request.mutable_document() = document;
    return Call<Planner>("PlannerService/UpdatePlanner", request, head_);
  }
  absl::StatusOr<Planner> Submit(const Planner& planner) {
    v1::SubmitPlannerRequest request;
    request.set_name(planner.name());
    return Call<Planner>("PlannerService/SubmitPlanner", request, head_);
  }
  absl::StatusOr<Planner> Judge(const Planner& planner, Planner::State outcome,
                                std::function<void(v1::JudgePlannerRequest&)> change = {}) {
    v1::JudgePlannerRequest request;
    request.set_name(planner.name());
    request.set_etag(EtagOf(planner.name()));
    request.set_outcome(outcome);
    request.set_feedback("We have seen the letters.");
    if (outcome != Planner::STATE_MEETS) Adverse(request);
    if (change) change(request);
    return Call<Planner>("PlannerService/JudgePlanner", request, officer_);
  }
  absl::StatusOr<Planner> Declare(const std::string& name) {
    const auto planner = Get(name, head_);
    v1::DeclareInvolvementRequest request;
    request.set_name(name);
    request.set_etag(planner->etag());
    request.mutable_declaration()->set_signed_by("Helen Head");
    request.mutable_declaration()->set_position("Head of centre");
    request.mutable_declaration()->set_confirmed(true);
    return Call<Planner>("PlannerService/DeclareInvolvement", request, head_);
  }
  absl::StatusOr<Planner> Conclude(const std::string& name, Planner::State outcome,
                                   std::vector<std::pair<std::string, bool>> decisions = {}) {
    v1::ConcludeInvolvementRequest request;
    request.set_name(name);
    request.set_etag(EtagOf(name));
    request.set_outcome(outcome);
    if (outcome != Planner::STATE_ACCEPTED) Adverse(request);
    for (const auto& [enrolment, met] : decisions) {
      v1::ReferredDecision& decision = *request.add_decisions();
      decision.set_enrolment(enrolment);
      decision.set_met(met);
      decision.set_reason("was in hospital");
    }
    return Call<Planner>("PlannerService/ConcludeInvolvement", request, officer_);
  }
  template <typename Request>
  void Adverse(Request& request) {
    request.set_feedback("No employer is named for half of the learners.");
    v1::ImprovementAction& action = *request.add_actions();
    action.set_text("Name employers");
    *action.mutable_due_day() = DateOf(today_ + 14);
    *request.mutable_deadline() = DateOf(today_ + 21);
  }
  absl::StatusOr<Planner> Waive(const std::string& name, absl::CivilDay until,
                                std::string reason = "The centre was flooded.") {
    v1::WaiveDeadlineRequest request;
    request.set_name(name);
    request.set_etag(EtagOf(name));
    *request.mutable_until() = DateOf(until);
    request.set_reason(std::move(reason));
    return Call<Planner>("PlannerService/WaiveDeadline", request, officer_);
  }
  void Pass(int days) {
    service_.clock().Advance(absl::Hours(24 * days));
    today_ += days;
  }
  std::vector<v1::PlannerJudgement> Judgements(const std::string& name, int page_size = 1) {
    v1::ListPlannerJudgementsRequest request;
    request.set_parent(name);
    request.set_page_size(page_size);
    std::vector<v1::PlannerJudgement> found;
    do {
      const auto page = Call<v1::ListPlannerJudgementsResponse>(
          "PlannerService/ListPlannerJudgements", request, head_);
      EXPECT_THAT(page, IsOk());
      if (!page.ok()) break;
      for (const auto& one : page->planner_judgements()) found.push_back(one);
      request.set_page_token(page->next_page_token());
    } while (!request.page_token().empty());
    return found;
  }
  absl::StatusOr<v1::CheckLearnerInvolvementResponse> DecideLearner(const std::string& name,
                                                                    const std::string& enrolment,
                                                                    bool met) {
    v1::DecideLearnerInvolvementRequest request;
    request.set_name(name);
    request.set_etag(EtagOf(name));
    request.set_enrolment(enrolment);
    request.set_met(met);
    request.set_reason("The employer has confirmed it.");
    return Call<v1::CheckLearnerInvolvementResponse>("PlannerService/DecideLearnerInvolvement",
                                                     request, officer_);
  }
  absl::StatusOr<v1::CheckLearnerInvolvementResponse> CheckLearner(const std::string& name,
                                                                   const std::string& enrolment) {
    v1::CheckLearnerInvolvementRequest request;
    request.set_name(name);
    request.set_enrolment(enrolment);
    return Call<v1::CheckLearnerInvolvementResponse>("PlannerService/CheckLearnerInvolvement",
                                                     request, head_);
  }
  std::vector<std::string> Missing(const std::string& parent, const std::string& token) {
    v1::ListMissingInvolvementRequest request;
    request.set_parent(parent);
    request.set_page_size(1);
    std::vector<std::string> found;
    do {
      const auto page = Call<v1::ListMissingInvolvementResponse>(
          "PlannerService/ListMissingInvolvement", request, token);
      EXPECT_THAT(page, IsOk());
      if (!page.ok()) break;
      for (const auto& missing : page->missing()) found.push_back(missing.enrolment());
      request.set_page_token(page->next_page_token());
    } while (!request.page_token().empty());
    return found;
  }
  // A planner that met the requirements.
  Planner Met(const v1::PlannerDocument& document) {
    const auto planner = Create(document);
    EXPECT_THAT(planner, IsOk());
    EXPECT_THAT(Submit(*planner), IsOk());
    const auto judged = Judge(*planner, Planner::STATE_MEETS);
    EXPECT_THAT(judged, IsOk());
    return *judged;
  }

  absl::Status moderation_status_;
  moderation::v1::DrawFromListRequest asked_;
  TechnicalCatalogue catalogue_;
  platform::testing::TestService service_;
  std::string officer_, head_, neighbour_, approval_;
  absl::CivilDay today_;
};

TEST_F(PlannerTest, AJourneyFromAWantingPlanToAnAcceptedDeclaration) {
  const auto opened = Create(Document());
  ASSERT_THAT(opened, IsOk());
  EXPECT_EQ(opened->state(), Planner::STATE_DRAFT);
  ASSERT_THAT(Submit(*opened), IsOk());
  const auto wanting = Judge(*opened, Planner::STATE_NEEDS_DEVELOPMENT);
  ASSERT_THAT(wanting, IsOk());
  EXPECT_EQ(wanting->judgement().outcome(), "needs development");
  EXPECT_EQ(wanting->judgement().actions(0).text(), "Name employers");
  EXPECT_EQ(wanting->judgement().officer(), "users/officer");

  v1::PlannerDocument better = Document();
  better.mutable_activities(0)->mutable_practitioner()->set_employer("Market Hall plc");
  const auto updated = Update(*wanting, better);
  ASSERT_THAT(updated, IsOk());
  EXPECT_EQ(updated->document_version(), 2);
  ASSERT_THAT(Submit(*updated), IsOk());
  ASSERT_THAT(Judge(*updated, Planner::STATE_MEETS), IsOk());

  // EI-15: the second learner is still without.
  EXPECT_THAT(Missing(opened->name(), head_), ElementsAre("E2"));
  better.mutable_activities(0)->mutable_attendances(1)->set_participation(
      v1::PARTICIPATION_COMPLETED);
  ASSERT_THAT(Update(*Get(opened->name(), head_), better, "Ben's placement is done"), IsOk());
  EXPECT_THAT(Missing(opened->name(), head_), IsEmpty());
  const auto before = CheckLearner(opened->name(), "E2");
  ASSERT_THAT(before, IsOk());
  EXPECT_TRUE(before->blocks());
  EXPECT_EQ(before->who(), "centre");

  const auto declared = Declare(opened->name());
  ASSERT_THAT(declared, IsOk());
  EXPECT_EQ(declared->declaration().signed_by(), "Helen Head");
  const auto closed = Update(*declared, better);
  EXPECT_THAT(closed, IsError(Code::kFailedPrecondition, kPlannerStateWrong));
  EXPECT_EQ(platform::MetadataOf(closed.status(), "rule"), "EI-12");
  EXPECT_THAT(FieldsOf(closed.status()), ElementsAre("name: is declared"));
  SampleInOrder(opened->name());
  const auto accepted = Conclude(opened->name(), Planner::STATE_ACCEPTED);
  ASSERT_THAT(accepted, IsOk());
  EXPECT_EQ(accepted->state(), Planner::STATE_ACCEPTED);
  EXPECT_FALSE(CheckLearner(opened->name(), "E2")->blocks());

  // EI-12: every version stays, with what changed and why.
  v1::ListPlannerVersionsRequest versions;
  versions.set_parent(opened->name());
  const auto history = Call<v1::ListPlannerVersionsResponse>("PlannerService/ListPlannerVersions",
                                                             versions, officer_);
  ASSERT_THAT(history, IsOk());
  ASSERT_EQ(history->planner_versions_size(), 3);
  EXPECT_EQ(history->planner_versions(1).change_note(), "a new employer");
  EXPECT_THAT(history->planner_versions(1).changes(0),
              "activity placement: employer was Corner Shop Ltd, is Market Hall plc");
  v1::GetPlannerVersionRequest first;
  first.set_name(opened->name() + "/versions/1");
  const auto original =
      Call<v1::PlannerVersion>("PlannerService/GetPlannerVersion", first, officer_);
  ASSERT_THAT(original, IsOk());
  EXPECT_EQ(original->document().activities(0).practitioner().employer(), "Corner Shop Ltd");
}

// EI-14, MOD-4: what is looked at is drawn from a secret that was committed to before there was
// anything to draw from.
TEST_F(PlannerTest, ADeclarationIsAcceptedOnlyWhenTheDrawnEvidenceIsInOrder) {
  v1::PlannerDocument document = Document();
  document.mutable_activities(0)->mutable_attendances(1)->set_participation(
      v1::PARTICIPATION_COMPLETED);
  document.mutable_activities(0)->add_evidence("centres/urn-100000/evidence/letter");
  const std::string name = Met(document).name();
  const std::string committed = Get(name, head_)->next_sample_commitment();
  EXPECT_EQ(committed.size(), 64u);
  EXPECT_THAT(Sample(name), IsError(Code::kFailedPrecondition, kPlannerStateWrong));
  ASSERT_THAT(Declare(name), IsOk());
  EXPECT_THAT(Conclude(name, Planner::STATE_ACCEPTED),
              IsError(Code::kFailedPrecondition, kEvidenceNotChecked));

  const auto sample = Sample(name);
  ASSERT_THAT(sample, IsOk());
  EXPECT_EQ(sample->name(), name + "/samples/1");
  EXPECT_EQ(sample->seed_commitment(), committed);
  EXPECT_EQ(asked_.subject(), name);
  EXPECT_EQ(asked_.items_size(), 2);
  EXPECT_EQ(asked_.items(0).group(), "work placement");
  ASSERT_EQ(sample->checks_size(), 2);
  EXPECT_NE(Get(name, head_)->next_sample_commitment(), committed) << "a secret is used once";
  EXPECT_THAT(Sample(name), IsError(Code::kAlreadyExists, kDeclarationSampleExists));

  const std::string item = sample->checks(0).item();
  ASSERT_THAT(Record(*sample, item, true), IsOk());
  EXPECT_THAT(Conclude(name, Planner::STATE_ACCEPTED),
              IsError(Code::kFailedPrecondition, kEvidenceNotChecked));
  EXPECT_THAT(Record(*sample, "another/thing", true),
              IsError(Code::kInvalidArgument, "FIELD_INVALID"));
  const std::string second = sample->checks(1).item();
  EXPECT_THAT(Record(*sample, second, false), IsError(Code::kInvalidArgument, kReasonMissing));
  ASSERT_THAT(Record(*sample, second, false, "The register names other learners."), IsOk());
  EXPECT_THAT(Conclude(name, Planner::STATE_ACCEPTED),
              IsError(Code::kFailedPrecondition, kEvidenceNotInOrder));

  // Returned and declared again, another sample is drawn, from another secret.
  ASSERT_THAT(Conclude(name, Planner::STATE_RETURNED), IsOk());
  EXPECT_THAT(Record(*sample, second, true),
              IsError(Code::kFailedPrecondition, kPlannerStateWrong));
  ASSERT_THAT(Declare(name), IsOk());
  SampleInOrder(name);
  ASSERT_THAT(Conclude(name, Planner::STATE_ACCEPTED), IsOk());
  v1::ListDeclarationSamplesRequest list;
  list.set_parent(name);
  const auto samples = Call<v1::ListDeclarationSamplesResponse>(
      "DeclarationSampleService/ListDeclarationSamples", list, head_);
  ASSERT_THAT(samples, IsOk());
  ASSERT_EQ(samples->declaration_samples_size(), 2);
  EXPECT_EQ(samples->declaration_samples(0).checks(1).note(), "The register names other learners.");
  EXPECT_NE(samples->declaration_samples(1).seed_commitment(), committed);
  v1::GetDeclarationSampleRequest get;
  get.set_name(name + "/samples/2");
  EXPECT_THAT(
      Call<v1::DeclarationSample>("DeclarationSampleService/GetDeclarationSample", get, neighbour_),
      IsError(Code::kNotFound, kPlannerNotFound));
}

TEST_F(PlannerTest, ADrawThatModerationCannotMakeIsTriedAgain) {
  const std::string name = Met(Done()).name();
  ASSERT_THAT(Declare(name), IsOk());
  moderation_status_ = absl::UnavailableError("gone");
  EXPECT_THAT(Sample(name), IsError(Code::kUnavailable, kModerationUnavailable));
  moderation_status_ = absl::OkStatus();
  EXPECT_THAT(Sample(name), IsOk());
}

// EI-11
TEST_F(PlannerTest, AnApprovalIsRemovedOnlyAfterASecondChance) {
  const auto planner = Create({});
  ASSERT_THAT(planner, IsOk());
  ASSERT_THAT(Judge(*planner, Planner::STATE_NOT_COMPLETED), IsOk());
  v1::RemoveApprovalForPlannerRequest remove;
  remove.set_name(planner->name());
  remove.set_reason("No plan came after two requests.");
  const auto Remove = [&] {
    return Call<Planner>("PlannerService/RemoveApprovalForPlanner", remove, officer_);
  };
  EXPECT_THAT(Remove(), IsError(Code::kFailedPrecondition, kLastResortTooEarly));
  EXPECT_THAT(Judge(*planner, Planner::STATE_NOT_COMPLETED),
              IsError(Code::kFailedPrecondition, kLastResortTooEarly));
  Pass(22);  // The deadline was 21 days away.
  ASSERT_THAT(Judge(*planner, Planner::STATE_NOT_COMPLETED), IsOk());
  const auto removed = Remove();
  ASSERT_THAT(removed, IsOk());
  EXPECT_EQ(removed->state(), Planner::STATE_REMOVED);
  v1::GetQualificationApprovalRequest request;
  request.set_name(approval_);
  EXPECT_EQ(
      Call<v1::QualificationApproval>("ApprovalService/GetQualificationApproval", request, head_)
          ->state(),
      v1::QualificationApproval::STATE_WITHDRAWN);
}

TEST_F(PlannerTest, AnAdverseRulingSaysWhatToDoAndByWhen) {
  const auto planner = Create(Document());
  ASSERT_THAT(Submit(*planner), IsOk());
  struct Case {
    std::function<void(v1::JudgePlannerRequest&)> change;
    std::string_view reason;
    std::string field;
  };
  for (const Case& c : std::vector<Case>{
           {[](auto& r) { r.clear_feedback(); }, kFeedbackMissing, "feedback"},
           {[](auto& r) { r.clear_actions(); }, kActionsMissing, "actions"},
           {[](auto& r) { r.clear_deadline(); }, kDeadlineInvalid, "deadline"},
           {[&](auto& r) { *r.mutable_deadline() = DateOf(today_); }, kDeadlineInvalid, "deadline"},
           {[](auto& r) { r.set_outcome(Planner::STATE_ACCEPTED); }, "FIELD_INVALID", "outcome"}}) {
    const auto judged = Judge(*planner, Planner::STATE_NEEDS_DEVELOPMENT, c.change);
    EXPECT_THAT(judged, IsError(Code::kInvalidArgument, c.reason));
    EXPECT_THAT(FieldsOf(judged.status()), Contains(HasSubstr(c.field)));
  }
}

// EI-10
TEST_F(PlannerTest, APlanWithOpenPointsMeetsOnlyWithWords) {
  const auto wordless = [](v1::JudgePlannerRequest& request) { request.clear_feedback(); };
  const auto open = Create(With(v1::PARTICIPATION_ABSENT));
  ASSERT_THAT(open, IsOk());
  ASSERT_THAT(Submit(*open), IsOk());
  const auto refused = Judge(*open, Planner::STATE_MEETS, wordless);
  EXPECT_THAT(refused, IsError(Code::kInvalidArgument, kFeedbackMissing));
  EXPECT_EQ(platform::MetadataOf(refused.status(), "rule"), "EI-10");
  EXPECT_THAT(refused.status().message(), HasSubstr("1 learners whom no plan reaches"));
  const auto judged = Judge(*open, Planner::STATE_MEETS);
  ASSERT_THAT(judged, IsOk());
  EXPECT_EQ(judged->judgement().feedback(), "We have seen the letters.");
}

// EI-7, EI-14
TEST_F(PlannerTest, ReferredLearnersAreDecidedOneByOne) {
  const Planner planner = Met(Referring());
  v1::CheckPlannerRequest check;
  check.set_name(planner.name());
  const auto checked = Call<v1::CheckPlannerResponse>("PlannerService/CheckPlanner", check, head_);
  ASSERT_THAT(checked, IsOk());
  EXPECT_EQ(checked->referred_count(), 1);
  EXPECT_EQ(checked->learners(0).enrolment(), "E2");
  EXPECT_EQ(checked->learners(0).rule(), "EI-7");
  ASSERT_THAT(Declare(planner.name()), IsOk());
  SampleInOrder(planner.name());
  EXPECT_THAT(Conclude(planner.name(), Planner::STATE_ACCEPTED),
              IsError(Code::kFailedPrecondition, kReferredUndecided));
  EXPECT_THAT(Conclude(planner.name(), Planner::STATE_ACCEPTED, {{"E1", true}}),
              IsError(Code::kInvalidArgument, kLearnerNotReferred));
  EXPECT_TRUE(CheckLearner(planner.name(), "E2")->blocks());
  EXPECT_THAT(Missing(planner.name(), head_), ElementsAre("E2"));
  ASSERT_THAT(Conclude(planner.name(), Planner::STATE_ACCEPTED, {{"E2", true}}), IsOk());
  const auto decided = CheckLearner(planner.name(), "E2");
  EXPECT_FALSE(decided->blocks());
  EXPECT_TRUE(decided->learner().decision().met());
  EXPECT_EQ(decided->learner().decision().reason(), "was in hospital");
  ASSERT_EQ(decided->decisions_size(), 1);
  EXPECT_EQ(decided->decisions(0).officer(), "users/officer");
  // EI-15: whom an officer found to meet it lacks nothing, and CheckPlanner says why.
  EXPECT_THAT(Missing(planner.name(), head_), IsEmpty());
  const auto after = Call<v1::CheckPlannerResponse>("PlannerService/CheckPlanner", check, head_);
  EXPECT_EQ(after->learners(0).enrolment(), "E2");
  EXPECT_EQ(after->learners(0).decision().reason(), "was in hospital");
  EXPECT_FALSE(after->learners(1).has_decision());
}

// EI-7, EI-14: what was decided on one declaration does not bind the next, and is kept.
TEST_F(PlannerTest, ANewDeclarationOpensDecisionsAgain) {
  const std::string name = Met(Referring()).name();
  ASSERT_THAT(Declare(name), IsOk());
  ASSERT_THAT(Conclude(name, Planner::STATE_RETURNED, {{"E2", false}}), IsOk());
  EXPECT_FALSE(CheckLearner(name, "E2")->learner().decision().met());
  ASSERT_THAT(Declare(name), IsOk());
  EXPECT_FALSE(CheckLearner(name, "E2")->learner().has_decision());
  SampleInOrder(name);
  EXPECT_THAT(Conclude(name, Planner::STATE_ACCEPTED),
              IsError(Code::kFailedPrecondition, kReferredUndecided));
  ASSERT_THAT(Conclude(name, Planner::STATE_ACCEPTED, {{"E2", true}}), IsOk());
  const auto learner = CheckLearner(name, "E2");
  EXPECT_FALSE(learner->blocks());
  ASSERT_EQ(learner->decisions_size(), 2);
  EXPECT_EQ(learner->decisions(0).declaration(), 2);
  EXPECT_FALSE(learner->decisions(1).met());
  EXPECT_EQ(learner->decisions(1).declaration(), 1);
}

// EI-14
TEST_F(PlannerTest, ADeclarationIsReturnedBeforeItFails) {
  const Planner planner = Met(With(v1::PARTICIPATION_ABSENT));
  ASSERT_THAT(Declare(planner.name()), IsOk());
  EXPECT_THAT(Conclude(planner.name(), Planner::STATE_FAILED),
              IsError(Code::kFailedPrecondition, kLastResortTooEarly));
  ASSERT_THAT(Conclude(planner.name(), Planner::STATE_RETURNED), IsOk());
  ASSERT_THAT(Declare(planner.name()), IsOk());
  ASSERT_THAT(Conclude(planner.name(), Planner::STATE_FAILED), IsOk());
  const auto blocked = CheckLearner(planner.name(), "E2");
  EXPECT_TRUE(blocked->blocks());
  EXPECT_TRUE(blocked->final());
  EXPECT_THAT(blocked->message(), HasSubstr("EI-14"));
  EXPECT_THAT(blocked->message(), HasSubstr("No employer is named"));
}

// EI-14: the tracker of a failed component shows nothing, least of all a version that nobody
// signed.
TEST_F(PlannerTest, AFailedComponentPassesOnlyWhomAnOfficerDecided) {
  const Planner planner = Met(With(v1::PARTICIPATION_ABSENT));
  ASSERT_THAT(Declare(planner.name()), IsOk());
  ASSERT_THAT(Conclude(planner.name(), Planner::STATE_RETURNED), IsOk());
  ASSERT_THAT(Update(*Get(planner.name(), head_), Done(), "all is well now"), IsOk());
  EXPECT_THAT(Conclude(planner.name(), Planner::STATE_FAILED),
              IsError(Code::kFailedPrecondition, kLastResortTooEarly));
  Pass(61);  // 30 June has passed.
  ASSERT_THAT(Conclude(planner.name(), Planner::STATE_FAILED, {{"E1", true}}), IsOk());
  EXPECT_FALSE(CheckLearner(planner.name(), "E1")->blocks());
  const auto other = CheckLearner(planner.name(), "E2");
  EXPECT_EQ(other->learner().outcome(), v1::INVOLVEMENT_OUTCOME_MET) << "by the tracker";
  EXPECT_TRUE(other->blocks());
  EXPECT_TRUE(other->final());
  EXPECT_THAT(Missing(planner.name(), head_), ElementsAre("E2"));

  EXPECT_THAT(DecideLearner(planner.name(), "E9", true),
              IsError(Code::kNotFound, kLearnerNotFound));
  const auto decided = DecideLearner(planner.name(), "E2", true);
  ASSERT_THAT(decided, IsOk());
  EXPECT_FALSE(decided->blocks());
  EXPECT_THAT(Missing(planner.name(), head_), IsEmpty());
  ASSERT_THAT(DecideLearner(planner.name(), "E1", false), IsOk());
  const auto taken_back = CheckLearner(planner.name(), "E1");
  EXPECT_TRUE(taken_back->blocks());
  EXPECT_THAT(taken_back->message(), HasSubstr("The employer has confirmed it."));
  EXPECT_EQ(taken_back->decisions_size(), 2);
  EXPECT_EQ(Get(planner.name(), head_)->state(), Planner::STATE_FAILED);
}

TEST_F(PlannerTest, SingleLearnersAreDecidedOfAFailedComponentOnly) {
  const Planner planner = Met(Done());
  EXPECT_THAT(DecideLearner(planner.name(), "E1", true),
              IsError(Code::kFailedPrecondition, kPlannerStateWrong));
}

// EI-14: feedback, actions and another submission come first.
TEST_F(PlannerTest, NobodyIsLeftWithoutBeforeASecondChance) {
  const std::string name = Met(With(v1::PARTICIPATION_ABSENT)).name();
  ASSERT_THAT(Declare(name), IsOk());
  SampleInOrder(name);
  const auto early = Conclude(name, Planner::STATE_ACCEPTED);
  EXPECT_THAT(early, IsError(Code::kFailedPrecondition, kInvolvementNotMet));
  EXPECT_EQ(platform::MetadataOf(early.status(), "rule"), "EI-14");
  EXPECT_EQ(platform::MetadataOf(early.status(), "learners"), "E2");
  EXPECT_THAT(FieldsOf(early.status()), Contains(HasSubstr("outcome")));
  ASSERT_THAT(Conclude(name, Planner::STATE_RETURNED), IsOk());
  ASSERT_THAT(Declare(name), IsOk());
  SampleInOrder(name);
  // Then the component is accepted for those who met it.
  ASSERT_THAT(Conclude(name, Planner::STATE_ACCEPTED), IsOk());
  EXPECT_FALSE(CheckLearner(name, "E1")->blocks());
  EXPECT_TRUE(CheckLearner(name, "E2")->blocks());
  EXPECT_TRUE(CheckLearner(name, "E2")->final());
}

// EI-14: whom an officer decides against is without, too.
TEST_F(PlannerTest, AReferredLearnerIsNotDecidedAgainstWithoutASecondChance) {
  const std::string name = Met(Referring()).name();
  ASSERT_THAT(Declare(name), IsOk());
  SampleInOrder(name);
  EXPECT_THAT(Conclude(name, Planner::STATE_ACCEPTED, {{"E2", false}}),
              IsError(Code::kFailedPrecondition, kInvolvementNotMet));
}

// EI-9, EI-12
TEST_F(PlannerTest, AnApprovalIsJudgedByItsPlanOnce) {
  const Planner first = Met(With(v1::PARTICIPATION_ABSENT));
  EXPECT_EQ(first.met_planner(), first.name());
  EXPECT_EQ(first.met_judgement(), 1);
  // Whatever comes of the first year's component.
  ASSERT_THAT(Declare(first.name()), IsOk());
  ASSERT_THAT(Conclude(first.name(), Planner::STATE_RETURNED), IsOk());
  ASSERT_THAT(Declare(first.name()), IsOk());
  ASSERT_THAT(Conclude(first.name(), Planner::STATE_FAILED), IsOk());
  const auto second = OpenNext({});
  ASSERT_THAT(second, IsOk());
  EXPECT_EQ(second->state(), Planner::STATE_MEETS);
  EXPECT_EQ(second->met_planner(), first.name());
  EXPECT_EQ(second->met_judgement(), 1);
  EXPECT_EQ(second->meet_time().seconds(), first.meet_time().seconds());
  EXPECT_THAT(Submit(*second), IsError(Code::kFailedPrecondition, kPlannerStateWrong));
  EXPECT_THAT(Judge(*second, Planner::STATE_NOT_COMPLETED),
              IsError(Code::kFailedPrecondition, kPlannerStateWrong));
  v1::RemoveApprovalForPlannerRequest remove;
  remove.set_name(second->name());
  remove.set_reason("No plan came.");
  EXPECT_THAT(Call<Planner>("PlannerService/RemoveApprovalForPlanner", remove, officer_),
              IsError(Code::kFailedPrecondition, kPlannerStateWrong));
  // It is judged at submission, as the first one was.
  ASSERT_THAT(Update(*second, Document(), "the new cohort"),
              IsError(Code::kInvalidArgument, kPlannerRefused))
      << "an activity of the year before";
}

// EI-9: what waits to be judged when one of the approval's planners meets the requirements.
TEST_F(PlannerTest, APlannerThatMeetsTakesTheOthersOfTheApprovalWithIt) {
  const auto first = Create(Document());
  const auto second = OpenNext({});
  ASSERT_THAT(second, IsOk());
  EXPECT_EQ(second->state(), Planner::STATE_DRAFT);
  ASSERT_THAT(Judge(*second, Planner::STATE_NOT_COMPLETED), IsOk());
  ASSERT_THAT(Submit(*first), IsOk());
  ASSERT_THAT(Judge(*first, Planner::STATE_MEETS), IsOk());
  const auto now = Get(second->name(), head_);
  EXPECT_EQ(now->state(), Planner::STATE_MEETS);
  EXPECT_EQ(now->met_planner(), first->name());
}

// EI-13
TEST_F(PlannerTest, ThePolicyGivesTheDeadlineAndOnlyAnOfficerAnotherOne) {
  v1::CreatePlannerRequest request = Opening(Document());
  *request.mutable_planner()->mutable_declaration_deadline() = DateOf(absl::CivilDay(2199, 12, 31));
  const auto refused = Open(request);
  EXPECT_THAT(refused, IsError(Code::kInvalidArgument, kDeadlineNotOfPolicy));
  EXPECT_THAT(FieldsOf(refused.status()), Contains(HasSubstr("planner.declaration_deadline")));
  EXPECT_EQ(platform::MetadataOf(refused.status(), "rule"), "EI-13");
  EXPECT_EQ(platform::MetadataOf(refused.status(), "deadline"), "2026-06-30");
  request.mutable_planner()->clear_declaration_deadline();
  *request.mutable_planner()->mutable_last_day() = DateOf(absl::CivilDay(2199, 12, 31));
  EXPECT_THAT(Open(request), IsError(Code::kInvalidArgument, "FIELD_INVALID"));

  // The next year's, by a policy of the body's own.
  v1::CreateInvolvementPolicyRequest create;
  v1::InvolvementPolicy& policy = *create.mutable_involvement_policy();
  *policy.mutable_effective_day() = DateOf(absl::CivilDay(2026, 9, 1));
  policy.set_year_month(9);
  policy.set_deadline_month(5);
  policy.set_deadline_day(31);
  policy.set_period_days_max(1000);
  policy.set_change_note("June is too late");
  const std::string method = "InvolvementPolicyService/CreateInvolvementPolicy";
  EXPECT_THAT(Call<v1::InvolvementPolicy>(method, create, head_),
              IsError(Code::kPermissionDenied, "ROLE_NOT_ALLOWED"));
  const auto made = Call<v1::InvolvementPolicy>(method, create, officer_);
  ASSERT_THAT(made, IsOk());
  EXPECT_EQ(made->name(), "involvementPolicies/2");
  EXPECT_THAT(Call<v1::InvolvementPolicy>(method, create, officer_),
              IsError(Code::kInvalidArgument, "FIELD_INVALID"));

  const auto this_year = Create(Document());
  ASSERT_THAT(this_year, IsOk());
  EXPECT_EQ(this_year->declaration_deadline().month(), 6);
  EXPECT_EQ(this_year->involvement_policy(), "involvementPolicies/1");
  const auto next_year = OpenNext({});
  ASSERT_THAT(next_year, IsOk());
  EXPECT_EQ(next_year->declaration_deadline().year(), 2027);
  EXPECT_EQ(next_year->declaration_deadline().month(), 5);
  EXPECT_EQ(next_year->declaration_deadline().day(), 31);
  EXPECT_EQ(next_year->involvement_policy(), "involvementPolicies/2");
  *request.mutable_planner()->mutable_first_day() = DateOf(absl::CivilDay(2027, 9, 1));
  *request.mutable_planner()->mutable_last_day() = DateOf(absl::CivilDay(2028, 5, 1));
  *request.mutable_planner()->mutable_declaration_deadline() = DateOf(absl::CivilDay(2028, 7, 7));
  request.mutable_planner()->clear_document();
  EXPECT_THAT(Open(request), IsError(Code::kInvalidArgument, kDeadlineNotOfPolicy));
  const auto set = Open(request, officer_);
  ASSERT_THAT(set, IsOk());
  EXPECT_EQ(set->declaration_deadline().month(), 7);
  EXPECT_EQ(set->involvement_policy(), "involvementPolicies/2");
  v1::GetInvolvementPolicyRequest get;
  get.set_name("involvementPolicies/current");
  EXPECT_EQ(Call<v1::InvolvementPolicy>("InvolvementPolicyService/GetInvolvementPolicy", get, head_)
                ->name(),
            "involvementPolicies/1");
  get.set_name("involvementPolicies/3");
  EXPECT_THAT(
      Call<v1::InvolvementPolicy>("InvolvementPolicyService/GetInvolvementPolicy", get, head_),
      IsError(Code::kNotFound, kInvolvementPolicyNotFound));
  v1::ListInvolvementPoliciesRequest list;
  EXPECT_EQ(Call<v1::ListInvolvementPoliciesResponse>(
                "InvolvementPolicyService/ListInvolvementPolicies", list, head_)
                ->involvement_policies_size(),
            2);
}

// EI-13
TEST_F(PlannerTest, ALateDeclarationNeedsAWaiver) {
  const std::string name = Met(Done()).name();
  Pass(61);
  EXPECT_THAT(Declare(name), IsError(Code::kFailedPrecondition, kDeadlinePassed));
  EXPECT_THAT(Waive(name, today_ + 5, ""), IsError(Code::kInvalidArgument, kReasonMissing));
  EXPECT_THAT(Waive(name, today_), IsError(Code::kInvalidArgument, kDeadlineInvalid));
  ASSERT_THAT(Waive(name, today_ + 5), IsOk());
  EXPECT_THAT(Declare(name), IsOk());
}

// EI-13, EI-14: what a return asked for stays, and is due, when its deadline is waived.
TEST_F(PlannerTest, AWaiverKeepsWhatAReturnAskedFor) {
  const std::string name = Met(With(v1::PARTICIPATION_ABSENT)).name();
  ASSERT_THAT(Declare(name), IsOk());
  ASSERT_THAT(Conclude(name, Planner::STATE_RETURNED), IsOk());
  Pass(1);
  const auto waived = Waive(name, absl::CivilDay(2026, 7, 15));
  ASSERT_THAT(waived, IsOk());
  EXPECT_EQ(waived->judgement().outcome(), "returned");
  ASSERT_EQ(waived->judgement().actions_size(), 1);
  v1::ListDueActionsRequest due;
  due.set_parent("centres/urn-100000");
  const auto list = Call<v1::ListDueActionsResponse>("OversightService/ListDueActions", due, head_);
  ASSERT_THAT(list, IsOk());
  std::vector<std::string> texts;
  for (const auto& item : list->due_actions()) texts.push_back(item.text());
  EXPECT_THAT(texts, Contains("Name employers"));

  const std::vector<v1::PlannerJudgement> judgements = Judgements(name);
  ASSERT_EQ(judgements.size(), 3u);
  EXPECT_EQ(judgements[0].outcome(), "meets");
  EXPECT_EQ(judgements[1].outcome(), "returned");
  EXPECT_EQ(judgements[1].number(), 2);
  EXPECT_EQ(judgements[1].actions(0).text(), "Name employers");
  EXPECT_EQ(judgements[2].outcome(), "waived");
  EXPECT_EQ(judgements[2].feedback(), "The centre was flooded.");
  EXPECT_EQ(judgements[2].officer(), "users/officer");
  EXPECT_EQ(judgements[2].deadline().day(), 15);
}

// EI-14: the centre has the time that it was told.
TEST_F(PlannerTest, AReturnedDeclarationFailsOnlyAfterItsDeadline) {
  const std::string name = Met(With(v1::PARTICIPATION_ABSENT)).name();
  ASSERT_THAT(Declare(name), IsOk());
  ASSERT_THAT(Conclude(name, Planner::STATE_RETURNED), IsOk());
  EXPECT_EQ(Get(name, head_)->declaration_deadline().month(), 6);
  Pass(22);  // The return said 21 days; the later deadline is 30 June.
  EXPECT_THAT(Conclude(name, Planner::STATE_FAILED),
              IsError(Code::kFailedPrecondition, kLastResortTooEarly));
  Pass(38);
  EXPECT_THAT(Conclude(name, Planner::STATE_FAILED),
              IsError(Code::kFailedPrecondition, kLastResortTooEarly))
      << "30 June itself is in time";
  Pass(1);
  EXPECT_THAT(Conclude(name, Planner::STATE_FAILED), IsOk());
}

// EI-13, EI-14
TEST_F(PlannerTest, WhatIsNeverDeclaredIsReturnedAndThenFails) {
  const std::string name = Met(Done()).name();
  EXPECT_THAT(Conclude(name, Planner::STATE_RETURNED),
              IsError(Code::kFailedPrecondition, kLastResortTooEarly));
  Pass(61);
  EXPECT_THAT(Conclude(name, Planner::STATE_FAILED),
              IsError(Code::kFailedPrecondition, kPlannerStateWrong));
  const auto returned = Conclude(name, Planner::STATE_RETURNED);
  ASSERT_THAT(returned, IsOk());
  EXPECT_EQ(returned->declaration_deadline().month(), 7);
  EXPECT_THAT(Conclude(name, Planner::STATE_FAILED),
              IsError(Code::kFailedPrecondition, kLastResortTooEarly));
  Pass(22);
  ASSERT_THAT(Conclude(name, Planner::STATE_FAILED), IsOk());
  EXPECT_TRUE(CheckLearner(name, "E1")->blocks());
}

// EI-13
TEST_F(PlannerTest, ADeclaredTrackerIsCompleted) {
  const std::string name = Met(Document()).name();
  const auto planned = Declare(name);
  EXPECT_THAT(planned, IsError(Code::kFailedPrecondition, kTrackerIncomplete));
  EXPECT_THAT(FieldsOf(planned.status()),
              ElementsAre("document.activities[0].attendances[1].participation: activity placement "
                          "is still planned for learner E2 (EI-13)"));
  ASSERT_THAT(Update(*Get(name, head_), {}, "nobody came"), IsOk());
  const auto empty = Declare(name);
  EXPECT_THAT(empty, IsError(Code::kFailedPrecondition, kTrackerIncomplete));
  EXPECT_THAT(FieldsOf(empty.status()), Contains(HasSubstr("document.learners")));
}

// EI-13: who signed which version, and when.
TEST_F(PlannerTest, EveryDeclarationIsKeptWithTheVersionThatWasSigned) {
  const std::string name = Met(Done()).name();
  ASSERT_THAT(Declare(name), IsOk());
  EXPECT_EQ(Get(name, head_)->declaration().document_version(), 1);
  EXPECT_TRUE(Get(name, head_)->declaration().confirmed());
  ASSERT_THAT(Conclude(name, Planner::STATE_RETURNED), IsOk());
  const auto edited = Update(*Get(name, head_), Done(), "better evidence");
  ASSERT_THAT(edited, IsOk());
  EXPECT_EQ(edited->declaration().document_version(), 1);
  EXPECT_FALSE(edited->declaration().confirmed()) << "signed was what came before";
  ASSERT_THAT(Declare(name), IsOk());
  v1::ListPlannerDeclarationsRequest request;
  request.set_parent(name);
  const auto all = Call<v1::ListPlannerDeclarationsResponse>(
      "PlannerService/ListPlannerDeclarations", request, officer_);
  ASSERT_THAT(all, IsOk());
  ASSERT_EQ(all->planner_declarations_size(), 2);
  EXPECT_EQ(all->planner_declarations(0).document_version(), 1);
  EXPECT_FALSE(all->planner_declarations(0).confirmed());
  EXPECT_EQ(all->planner_declarations(1).number(), 2);
  EXPECT_EQ(all->planner_declarations(1).document_version(), 2);
  EXPECT_EQ(all->planner_declarations(1).signed_by(), "Helen Head");
  EXPECT_EQ(all->planner_declarations(1).declared_by(), "users/head");
}

// EI-11, EI-14: a ruling is on what was seen.
TEST_F(PlannerTest, RulingsNeedTheEtagOfWhatTheyRuleOn) {
  const auto planner = Create(Done());
  ASSERT_THAT(Submit(*planner), IsOk());
  for (const std::string& etag : {std::string(), planner->etag()}) {
    const auto judged = Judge(*planner, Planner::STATE_MEETS, [&](auto& r) { r.set_etag(etag); });
    if (etag.empty()) {
      EXPECT_THAT(judged, IsError(Code::kInvalidArgument, "FIELD_INVALID"));
    } else {
      EXPECT_THAT(judged, IsError(Code::kAborted, "ETAG_MISMATCH"));
    }
  }
  v1::ConcludeInvolvementRequest conclude;
  conclude.set_name(planner->name());
  conclude.set_outcome(Planner::STATE_ACCEPTED);
  EXPECT_THAT(Call<Planner>("PlannerService/ConcludeInvolvement", conclude, officer_),
              IsError(Code::kInvalidArgument, "FIELD_INVALID"));
  v1::WaiveDeadlineRequest waive;
  waive.set_name(planner->name());
  *waive.mutable_until() = DateOf(today_ + 200);
  waive.set_reason("why not");
  EXPECT_THAT(Call<Planner>("PlannerService/WaiveDeadline", waive, officer_),
              IsError(Code::kInvalidArgument, "FIELD_INVALID"));
}

TEST_F(PlannerTest, TextsAreBounded) {
  const auto planner = Create(Done());
  ASSERT_THAT(Submit(*planner), IsOk());
  const std::string long_text(2001, 'x');
  const auto judged = Judge(*planner, Planner::STATE_NEEDS_DEVELOPMENT,
                            [&](auto& r) { r.mutable_actions(0)->set_text(long_text); });
  EXPECT_THAT(judged, IsError(Code::kInvalidArgument, "FIELD_INVALID"));
  EXPECT_THAT(FieldsOf(judged.status()), Contains(HasSubstr("actions[0].text")));
  ASSERT_THAT(Judge(*planner, Planner::STATE_MEETS), IsOk());
  v1::DeclareInvolvementRequest declare;
  declare.set_name(planner->name());
  declare.set_etag(EtagOf(planner->name()));
  declare.mutable_declaration()->set_signed_by(std::string(201, 'x'));
  const auto declared = Call<Planner>("PlannerService/DeclareInvolvement", declare, head_);
  EXPECT_THAT(FieldsOf(declared.status()), Contains(HasSubstr("declaration.signed_by")));
  ASSERT_THAT(Declare(planner->name()), IsOk());
  v1::ConcludeInvolvementRequest conclude;
  conclude.set_name(planner->name());
  conclude.set_etag(EtagOf(planner->name()));
  conclude.set_outcome(Planner::STATE_RETURNED);
  Adverse(conclude);
  v1::ReferredDecision& decision = *conclude.add_decisions();
  decision.set_enrolment("E1");
  decision.set_reason(long_text);
  EXPECT_THAT(
      FieldsOf(Call<Planner>("PlannerService/ConcludeInvolvement", conclude, officer_).status()),
      Contains(HasSubstr("decisions[0].reason")));
}

// EI-1, EI-15: also whom no planner names.
TEST_F(PlannerTest, RegisteredLearnersWhomNoPlannerNamesAreMissingToo) {
  v1::RegisterLearnersRequest request;
  request.set_parent("centres/urn-100000");
  request.set_qualification("qualifications/9001-03");
  request.set_mode(v1::REGISTRATION_MODE_ALL_OR_NOTHING);
  *request.mutable_end_day() = DateOf(absl::CivilDay(2026, 7, 31));
  for (const char* enrolment : {"E1", "E3", "E4"}) {
    v1::LearnerRow& row = *request.add_learners();
    row.set_enrolment(enrolment);
    row.set_learner_name("Name");
    *row.mutable_birth_day() = DateOf(absl::CivilDay(2008, 1, 1));
  }
  ASSERT_THAT(Call<v1::RegisterLearnersResponse>("LearnerService/RegisterLearners", request, head_),
              IsOk());
  EXPECT_THAT(Missing("centres/urn-100000/planners/-", head_), ElementsAre("E1", "E3", "E4"))
      << "there is no planner at all";
  const auto planner = Create(Document());
  ASSERT_THAT(planner, IsOk());
  EXPECT_THAT(Missing("centres/urn-100000/planners/-", head_), ElementsAre("E3", "E4", "E2"));
  EXPECT_THAT(Missing("centres/-/planners/-", officer_), ElementsAre("E3", "E4", "E2"));
  EXPECT_THAT(Missing("centres/-/planners/-", neighbour_), IsEmpty());
  EXPECT_THAT(Missing(planner->name(), head_), ElementsAre("E2"));
  v1::ListMissingInvolvementRequest list;
  list.set_parent("centres/urn-100000/planners/-");
  const auto found = Call<v1::ListMissingInvolvementResponse>(
      "PlannerService/ListMissingInvolvement", list, head_);
  ASSERT_THAT(found, IsOk());
  EXPECT_THAT(found->missing(0).registration(), HasSubstr("centres/urn-100000/registrations/"));
  EXPECT_EQ(found->missing(0).rule(), "EI-1");
  EXPECT_EQ(found->missing(0).repair(), "name the learner in a planner for qualifications/9001-03");
  EXPECT_EQ(found->missing(0).planner(), "");
}

// EI-8
TEST_F(PlannerTest, ADeclarationNeedsEvidenceOfWhatCounts) {
  v1::PlannerDocument document = Done();
  document.mutable_activities(0)->clear_evidence();
  const Planner planner = Met(document);
  const auto declared = Declare(planner.name());
  EXPECT_THAT(declared, IsError(Code::kFailedPrecondition, kEvidenceMissing));
  EXPECT_THAT(std::string(declared.status().message()), HasSubstr("placement"));
  v1::CheckPlannerRequest check;
  check.set_name(planner.name());
  const auto checked = Call<v1::CheckPlannerResponse>("PlannerService/CheckPlanner", check, head_);
  ASSERT_EQ(checked->findings_size(), 1) << "a centre hears of it before it declares";
  EXPECT_EQ(checked->findings(0).kind(), "EVIDENCE_MISSING");
}

// EI-8: of a series a sample of registers is enough; each kind shows what it asks for.
TEST_F(PlannerTest, LikeActivitiesShowTheirEvidenceTogether) {
  v1::PlannerDocument document = With(v1::PARTICIPATION_ABSENT);
  for (const char* id : {"lecture-1", "lecture-2", "lecture-3"}) {
    AddActivity(document, id, v1::ACTIVITY_KIND_CO_DELIVERY, {{"E2", v1::PARTICIPATION_COMPLETED}})
        .clear_evidence();
  }
  AddActivity(document, "task", v1::ACTIVITY_KIND_SET_TASK, {{"E2", v1::PARTICIPATION_COMPLETED}});
  Planner planner = Met(document);
  auto declared = Declare(planner.name());
  EXPECT_THAT(declared, IsError(Code::kFailedPrecondition, kEvidenceMissing));
  EXPECT_THAT(FieldsOf(declared.status()), Contains(HasSubstr("lecture-1, lecture-2, lecture-3")));
  EXPECT_THAT(FieldsOf(declared.status()), Contains(HasSubstr("no brief or employer statement")));
  document.mutable_activities(2)->add_evidence("centres/urn-100000/evidence/lecture");
  v1::PlannerEvidence& brief = *document.mutable_activities(4)->add_required_evidence();
  brief.set_evidence("centres/urn-100000/evidence/brief");
  brief.set_kind(v1::PLANNER_EVIDENCE_KIND_BRIEF);
  ASSERT_THAT(Update(*Get(planner.name(), head_), document, "the evidence"), IsOk());
  declared = Declare(planner.name());
  ASSERT_THAT(declared, IsOk());
  ASSERT_THAT(Sample(planner.name()), IsOk());
  EXPECT_EQ(asked_.items_size(), 4) << "the register, the lecture's, and two of the task";
}

// EI-3, EI-10: kept and shown.
TEST_F(PlannerTest, IndustryCodesAndSupportingEvidenceArePartOfThePlan) {
  v1::PlannerDocument document = Document();
  v1::PlannerActivity& activity = *document.mutable_activities(0);
  activity.mutable_practitioner()->add_sic_codes("47110");
  *activity.mutable_last_day() = DateOf(today_ - 6);
  v1::PlannerEvidence& letter = *document.add_supporting_evidence();
  letter.set_evidence("centres/urn-100000/evidence/letter");
  letter.set_kind(v1::PLANNER_EVIDENCE_KIND_CORRESPONDENCE);
  const auto planner = Create(document);
  ASSERT_THAT(planner, IsOk());
  const auto got = Get(planner->name(), officer_);
  ASSERT_THAT(got, IsOk());
  EXPECT_EQ(got->document().activities(0).practitioner().sic_codes(0), "47110");
  EXPECT_EQ(got->document().supporting_evidence(0).evidence(), letter.evidence());
}

// EI-1, QUAL-9: as moderation asks, which does not know the planners.
TEST_F(PlannerTest, ALearnerIsFoundByQualificationInAnyPlanner) {
  const auto ask = [&](const std::string& enrolment, const std::string& qualification) {
    v1::CheckLearnerInvolvementRequest request;
    request.set_name("centres/urn-100000/planners/-");
    request.set_enrolment(enrolment);
    request.set_qualification(qualification);
    return Call<v1::CheckLearnerInvolvementResponse>("PlannerService/CheckLearnerInvolvement",
                                                     request, head_);
  };
  const std::string technical = "qualifications/9001-03";
  auto answer = ask("E1", technical);
  ASSERT_THAT(answer, IsOk());
  EXPECT_TRUE(answer->required());
  EXPECT_TRUE(answer->blocks());
  EXPECT_EQ(answer->who(), "centre");
  EXPECT_THAT(answer->message(), HasSubstr("EI-1"));
  EXPECT_FALSE(answer->has_learner());
  v1::PlannerDocument document = Document();
  document.mutable_activities(0)->mutable_attendances(1)->set_participation(
      v1::PARTICIPATION_COMPLETED);
  const Planner planner = Met(document);
  ASSERT_THAT(Declare(planner.name()), IsOk());
  answer = ask("E1", technical);
  EXPECT_EQ(answer->who(), "quality");
  EXPECT_EQ(answer->learner().enrolment(), "E1");
  EXPECT_THAT(answer->message(), HasSubstr(planner.name()));
  SampleInOrder(planner.name());
  ASSERT_THAT(Conclude(planner.name(), Planner::STATE_ACCEPTED), IsOk());
  EXPECT_FALSE(ask("E1", technical)->blocks());
  const auto other = ask("E1", "qualifications/3818-13");
  ASSERT_THAT(other, IsOk());
  EXPECT_FALSE(other->required());
  EXPECT_FALSE(other->blocks());
  EXPECT_THAT(ask("E1", "qualifications/9999-99"),
              IsError(Code::kNotFound, kQualificationNotFound));
  EXPECT_THAT(ask("E1", ""), IsError(Code::kInvalidArgument, "FIELD_INVALID"));
}

TEST_F(PlannerTest, FaultsAreRefusedWithRuleAndPlace) {
  struct Case {
    std::function<void(v1::PlannerDocument&)> spoil;
    std::string place, what;
  };
  for (const Case& c : std::vector<Case>{
           {[](auto& d) {
              d.mutable_activities(0)->set_mode(v1::ACTIVITY_MODE_RECORDED);
              d.mutable_activities(0)->set_claimed_live(true);
            },
            "document.activities[0].mode", "RECORDING_CLAIMED_AS_LIVE (EI-7)"},
           {[](auto& d) { d.mutable_learners(1)->set_enrolment("E1"); },
            "document.learners[1].enrolment", "ENROLMENT_DUPLICATE (EI-8)"},
           {[&](auto& d) { *d.mutable_activities(0)->mutable_day() = DateOf(today_ + 101); },
            "document.activities[0].day", "ACTIVITY_OUTSIDE_SERIES (EI-13)"},
           {[&](auto& d) { *d.mutable_activities(0)->mutable_day() = DateOf(today_ + 1); },
            "document.activities[0].day", "COMPLETED_TOO_EARLY (EI-5)"},
           {[&](auto& d) { *d.mutable_activities(0)->mutable_last_day() = DateOf(today_ - 11); },
            "document.activities[0].last_day", "ACTIVITY_DAYS_REVERSED (EI-13)"},
           {[&](auto& d) {
              d.mutable_activities(0)->clear_day();
              *d.mutable_activities(0)->mutable_last_day() = DateOf(today_ - 6);
            },
            "document.activities[0].day", "is missing beside the last day (EI-13)"},
           {[](auto& d) { d.mutable_activities(0)->set_kind(v1::ACTIVITY_KIND_UNSPECIFIED); },
            "document.activities[0].kind", "is not one of the values that it can have (EI-2)"},
           {[](auto& d) { *d.add_activities() = d.activities(0); },
            "document.activities[1].activity_id", "names another activity already (EI-12)"},
           {[](auto& d) { d.mutable_activities(0)->set_evidence(0, "register"); },
            "document.activities[0].evidence[0]", "is no evidence of this centre (EI-8)"},
           {[](auto& d) {
              d.mutable_activities(0)->set_evidence(0, "centres/urn-100002/evidence/register");
            },
            "document.activities[0].evidence[0]", "is no evidence of this centre (EI-8)"},
           {[](auto& d) {
              d.mutable_activities(0)->set_evidence(
                  0, "centres/urn-100000/evidence/" + std::string(101, 'x'));
            },
            "document.activities[0].evidence[0]", "is no evidence of this centre (EI-8)"},
           {[](auto& d) {
              d.mutable_activities(0)->add_required_evidence()->set_evidence(
                  d.activities(0).evidence(0));
            },
            "document.activities[0].required_evidence", "twice (EI-8)"},
           {[](auto& d) {
              d.add_supporting_evidence()->set_evidence("centres/urn-100000/evidence/x");
            },
            "document.supporting_evidence[0].kind", "(EI-10)"},
           {[](auto& d) {
              d.mutable_activities(0)->mutable_practitioner()->set_employer(std::string(201, 'x'));
            },
            "document.activities[0].practitioner.employer", "longer than 200 characters (EI-3)"},
           {[](auto& d) {
              d.mutable_activities(0)->mutable_practitioner()->set_sectors(0, "retail");
            },
            "document.activities[0].practitioner.sectors[0]", "(EI-3)"},
           {[](auto& d) { d.mutable_activities(0)->mutable_practitioner()->add_sic_codes("4711"); },
            "document.activities[0].practitioner.sic_codes[0]", "is not five digits"},
           {[](auto& d) {
              for (int a = 1; a <= 101; ++a) {
                v1::PlannerActivity& more = *d.add_activities();
                more = d.activities(0);
                more.set_activity_id(absl::StrCat("a", a));
                for (int e = 0; e < 99; ++e) {
                  more.add_evidence(absl::StrCat("centres/urn-100000/evidence/e", e));
                }
              }
            },
            "document.activities.required_evidence", "has more than 10000 (EI-14)"}}) {
    v1::PlannerDocument document = Document();
    c.spoil(document);
    const auto created = Create(document);
    EXPECT_THAT(created, IsError(Code::kInvalidArgument, kPlannerRefused)) << c.what;
    EXPECT_NE(platform::MetadataOf(created.status(), "rule"), "");
    EXPECT_THAT(FieldsOf(created.status()), Contains(HasSubstr(c.place + ": ")));
    EXPECT_THAT(FieldsOf(created.status()), Contains(HasSubstr(c.what)));
  }
}

// EI-3: told, and kept.
TEST_F(PlannerTest, AnEmployerOfAnotherSectorIsAFindingNotASilentPass) {
  v1::PlannerDocument document = Document();
  document.mutable_activities(0)->mutable_practitioner()->clear_sectors();
  document.mutable_activities(0)->mutable_practitioner()->add_sectors("06.1");
  const auto planner = Create(document);
  ASSERT_THAT(planner, IsOk());
  v1::CheckPlannerRequest check;
  check.set_name(planner->name());
  const auto checked = Call<v1::CheckPlannerResponse>("PlannerService/CheckPlanner", check, head_);
  ASSERT_THAT(checked, IsOk());
  ASSERT_EQ(checked->findings_size(), 1);
  EXPECT_EQ(checked->findings(0).rule(), "EI-3");
  EXPECT_EQ(checked->met_count(), 0);
}

TEST_F(PlannerTest, OfTwoWhoEditAtOnceTheSecondIsTold) {
  const auto planner = Create(Document());
  v1::PlannerDocument first = Document(), second = Document();
  first.mutable_activities(0)->set_title("First");
  second.mutable_activities(0)->set_title("Second");
  ASSERT_THAT(Update(*planner, first), IsOk());
  EXPECT_THAT(Update(*planner, second), IsError(Code::kAborted, "ETAG_MISMATCH"));
  EXPECT_EQ(Get(planner->name(), head_)->document().activities(0).title(), "First");
  Planner without = *planner;
  without.clear_etag();
  EXPECT_THAT(Update(without, second), IsError(Code::kInvalidArgument, "FIELD_INVALID"));
}

// EI-1
TEST_F(PlannerTest, AQualificationThatAsksForNoInvolvementHasNoPlanner) {
  approval_ = ApprovalFor("3818-13");
  EXPECT_THAT(Create(Document()), IsError(Code::kFailedPrecondition, kInvolvementNotRequired));
}

TEST_F(PlannerTest, AnApprovalHasOnePlannerForAPeriod) {
  ASSERT_THAT(Create(Document()), IsOk());
  EXPECT_THAT(Create(Document()), IsError(Code::kAlreadyExists, kPlannerExists));
}

// EI-9: no second planner for the same time by shifting a day.
TEST_F(PlannerTest, PlannersOfAnApprovalShareNoDay) {
  ASSERT_THAT(Create(Document()), IsOk());
  v1::CreatePlannerRequest request = Opening({});
  *request.mutable_planner()->mutable_first_day() = DateOf(absl::CivilDay(2026, 8, 9));
  *request.mutable_planner()->mutable_last_day() = DateOf(absl::CivilDay(2027, 5, 9));
  const auto overlapping = Open(request);
  EXPECT_THAT(overlapping, IsError(Code::kAlreadyExists, kPlannerExists));
  EXPECT_THAT(FieldsOf(overlapping.status()), Contains(HasSubstr("planner.first_day")));
  *request.mutable_planner()->mutable_first_day() = DateOf(absl::CivilDay(2026, 8, 10));
  EXPECT_THAT(Open(request), IsOk());
}

TEST_F(PlannerTest, AnApprovalThatHasEndedGetsNoPlanner) {
  v1::WithdrawQualificationApprovalRequest withdraw;
  withdraw.set_name(approval_);
  withdraw.set_reason("No longer offered.");
  ASSERT_THAT(Call<v1::QualificationApproval>("ApprovalService/WithdrawQualificationApproval",
                                              withdraw, officer_),
              IsOk());
  const auto created = Create(Document());
  EXPECT_THAT(created, IsError(Code::kFailedPrecondition, kApprovalStateWrong));
  EXPECT_THAT(FieldsOf(created.status()), Contains(HasSubstr("planner.qualification_approval")));
}

// EI-11, EI-12, EI-13: who wrote and decided what, and what is due because of it.
TEST_F(PlannerTest, TheTimelineAndWhatIsDueFollowAPlanner) {
  const auto planner = Create(Document());
  ASSERT_THAT(planner, IsOk());
  ASSERT_THAT(Submit(*planner), IsOk());
  ASSERT_THAT(Judge(*planner, Planner::STATE_NEEDS_DEVELOPMENT), IsOk());
  v1::ListDueActionsRequest due;
  due.set_parent("centres/urn-100000");
  // Beside what is due of the approval itself.
  const auto due_now = [&] {
    const auto list =
        Call<v1::ListDueActionsResponse>("OversightService/ListDueActions", due, head_);
    EXPECT_THAT(list, IsOk());
    std::vector<v1::DueAction> found;
    for (const v1::DueAction& one : list->due_actions()) {
      if (one.kind() <= v1::DUE_KIND_DECLARATION) found.push_back(one);
    }
    return found;
  };
  const auto wanting = due_now();
  ASSERT_EQ(wanting.size(), 2u);
  EXPECT_EQ(wanting[0].text(), "Name employers");
  EXPECT_EQ(wanting[0].kind(), v1::DUE_KIND_PLANNER_ACTION);
  EXPECT_EQ(wanting[0].days_left(), 14);
  EXPECT_EQ(wanting[1].item(), planner->name());
  EXPECT_EQ(wanting[1].rule(), "EI-11");
  ASSERT_THAT(Update(*Get(planner->name(), head_), Document(), "employers are named"), IsOk());
  ASSERT_THAT(Submit(*planner), IsOk());
  ASSERT_THAT(Judge(*planner, Planner::STATE_MEETS), IsOk());
  const auto met = due_now();
  ASSERT_EQ(met.size(), 1u);
  EXPECT_EQ(met[0].kind(), v1::DUE_KIND_DECLARATION);
  EXPECT_EQ(met[0].rule(), "EI-13");
  v1::ListTimelineRequest timeline;
  timeline.set_parent("centres/urn-100000");
  timeline.set_subject(planner->name());
  const auto told =
      Call<v1::ListTimelineResponse>("OversightService/ListTimeline", timeline, head_);
  ASSERT_THAT(told, IsOk());
  std::vector<std::string> what;
  for (const auto& entry : told->entries()) what.push_back(entry.what());
  EXPECT_THAT(what, ElementsAre("meets", "submitted", "version 2 written", "needs development",
                                "submitted", "version 1 written"));
  EXPECT_EQ(told->entries(2).reason(), "employers are named");
  EXPECT_EQ(told->entries(2).actor(), "users/head");
  EXPECT_EQ(told->entries(2).rule(), "EI-12");
  EXPECT_EQ(told->entries(0).rule(), "EI-11");
  EXPECT_EQ(told->entries(3).rule(), "EI-11");
}

TEST_F(PlannerTest, AnotherCentreFindsNothing) {
  const auto planner = Create(Document());
  EXPECT_THAT(Get(planner->name(), neighbour_), IsError(Code::kNotFound, kPlannerNotFound));
  EXPECT_THAT(Missing("centres/-/planners/-", neighbour_), IsEmpty());
  EXPECT_THAT(Missing("centres/-/planners/-", officer_), ElementsAre("E2"));
  v1::ListPlannersRequest list;
  list.set_parent("centres/-");
  EXPECT_EQ(Call<v1::ListPlannersResponse>("PlannerService/ListPlanners", list, neighbour_)
                ->planners_size(),
            0);
  EXPECT_EQ(
      Call<v1::ListPlannersResponse>("PlannerService/ListPlanners", list, head_)->planners_size(),
      1);
}

}  // namespace
}  // namespace assay::approval
