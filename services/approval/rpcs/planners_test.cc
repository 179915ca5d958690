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
    "100000,2013614,Hill College,Main Street,Leeds,LS1 4AP,1,,,0,College,16,19,\n"
    "100002,2016006,Vale College,Long Lane,Leeds,LS1 4AP,1,,,0,College,16,19,\n";
// A technical qualification of our own making, of the sector "15".
constexpr char kTechnical[] = R"({
  "number": "9001-03", "title": "Level 3 in Shop Management", "level": 3,
  "guided_learning_hours": 10, "total_qualification_time": 20, "accreditation_number": "A/1",
  "minimum_age": 16, "regions": ["England"], "employer_involvement": true, "sectors": ["15"],
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
    *activity.mutable_day() = DateOf(today_ + 10);
    activity.add_evidence("centres/urn-100000/evidence/register");
    for (const auto& [enrolment, participation] : learners) {
      v1::PlannerAttendance& attendance = *activity.add_attendances();
      attendance.set_enrolment(enrolment);
      attendance.set_participation(participation);
    }
    return activity;
  }

  absl::StatusOr<Planner> Create(const v1::PlannerDocument& document, std::string token = "") {
    v1::CreatePlannerRequest request;
    request.set_parent("centres/urn-100000");
    request.mutable_planner()->set_qualification_approval(approval_);
    *request.mutable_planner()->mutable_first_day() = DateOf(today_ - 100);
    *request.mutable_planner()->mutable_last_day() = DateOf(today_ + 100);
    *request.mutable_planner()->mutable_declaration_deadline() = DateOf(today_ + 110);
    *request.mutable_planner()->mutable_document() = document;
    return Call<Planner>("PlannerService/CreatePlanner", request, token.empty() ? head_ : token);
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
    request.set_outcome(outcome);
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
  EXPECT_THAT(Update(*declared, better), IsError(Code::kFailedPrecondition, kPlannerStateWrong));
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
  const std::string name = Met(Document()).name();
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
  service_.clock().Advance(absl::Hours(24 * 22));  // The deadline was 21 days away.
  today_ += 22;
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

// EI-7, EI-14
TEST_F(PlannerTest, ReferredLearnersAreDecidedOneByOne) {
  v1::PlannerDocument document = Document();
  v1::PlannerActivity& recording = AddActivity(document, "recording", v1::ACTIVITY_KIND_SET_TASK,
                                               {{"E2", v1::PARTICIPATION_CONTINGENCY}});
  recording.set_mode(v1::ACTIVITY_MODE_RECORDED);
  recording.mutable_attendances(0)->set_reason("was in hospital");
  document.mutable_activities(0)->mutable_attendances(1)->set_participation(
      v1::PARTICIPATION_ABSENT);
  const Planner planner = Met(document);
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
  ASSERT_THAT(Conclude(planner.name(), Planner::STATE_ACCEPTED, {{"E2", true}}), IsOk());
  EXPECT_FALSE(CheckLearner(planner.name(), "E2")->blocks());
}

// EI-14
TEST_F(PlannerTest, ADeclarationIsReturnedBeforeItFails) {
  v1::PlannerDocument document = Document();
  document.mutable_activities(0)->mutable_attendances(1)->set_participation(
      v1::PARTICIPATION_ABSENT);
  const Planner planner = Met(document);
  ASSERT_THAT(Declare(planner.name()), IsOk());
  EXPECT_THAT(Conclude(planner.name(), Planner::STATE_FAILED),
              IsError(Code::kFailedPrecondition, kLastResortTooEarly));
  ASSERT_THAT(Conclude(planner.name(), Planner::STATE_RETURNED), IsOk());
  ASSERT_THAT(Declare(planner.name()), IsOk());
  ASSERT_THAT(Conclude(planner.name(), Planner::STATE_FAILED), IsOk());
  EXPECT_FALSE(CheckLearner(planner.name(), "E1")->blocks());
  const auto blocked = CheckLearner(planner.name(), "E2");
  EXPECT_TRUE(blocked->blocks());
  EXPECT_TRUE(blocked->final());
  EXPECT_THAT(blocked->message(), HasSubstr("EI-14"));
}

// EI-13
TEST_F(PlannerTest, ALateDeclarationNeedsAWaiver) {
  const Planner planner = Met(Document());
  service_.clock().Advance(absl::Hours(24 * 111));
  today_ += 111;
  EXPECT_THAT(Declare(planner.name()), IsError(Code::kFailedPrecondition, kDeadlinePassed));
  v1::WaiveDeadlineRequest waive;
  waive.set_name(planner.name());
  *waive.mutable_until() = DateOf(today_ + 5);
  EXPECT_THAT(Call<Planner>("PlannerService/WaiveDeadline", waive, officer_),
              IsError(Code::kInvalidArgument, kReasonMissing));
  waive.set_reason("The centre was flooded.");
  *waive.mutable_until() = DateOf(today_);
  EXPECT_THAT(Call<Planner>("PlannerService/WaiveDeadline", waive, officer_),
              IsError(Code::kInvalidArgument, kDeadlineInvalid));
  *waive.mutable_until() = DateOf(today_ + 5);
  ASSERT_THAT(Call<Planner>("PlannerService/WaiveDeadline", waive, officer_), IsOk());
  EXPECT_THAT(Declare(planner.name()), IsOk());
}

// EI-8
TEST_F(PlannerTest, ADeclarationNeedsEvidenceOfWhatCounts) {
  v1::PlannerDocument document = Document();
  document.mutable_activities(0)->clear_evidence();
  const Planner planner = Met(document);
  const auto declared = Declare(planner.name());
  EXPECT_THAT(declared, IsError(Code::kFailedPrecondition, kEvidenceMissing));
  EXPECT_THAT(std::string(declared.status().message()), HasSubstr("placement"));
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
           {[](auto& d) { d.mutable_activities(0)->set_kind(v1::ACTIVITY_KIND_UNSPECIFIED); },
            "document.activities[0].kind", "is not one of"},
           {[](auto& d) { *d.add_activities() = d.activities(0); },
            "document.activities[1].activity_id", "names another activity"}}) {
    v1::PlannerDocument document = Document();
    c.spoil(document);
    const auto created = Create(document);
    EXPECT_THAT(created, IsError(Code::kInvalidArgument, kPlannerRefused));
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
