// The service through its RPCs: the real wiring in process, on SQLite.
#include "services/approval/service.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>

#include "absl/strings/str_cat.h"
#include "assay/approval/v1/approval_service.pb.h"
#include "assay/approval/v1/centre_service.pb.h"
#include "assay/approval/v1/events.pb.h"
#include "assay/approval/v1/qualification_service.pb.h"
#include "services/approval/wiring.h"
#include "services/platform/testing/service_fixture.h"
#include "services/platform/testing/status_matchers.h"

namespace assay::approval {
namespace {

using platform::MetadataOf;
using platform::testing::IsError;
using platform::testing::IsOk;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;
constexpr auto kNotFound = absl::StatusCode::kNotFound;
constexpr auto kPrecondition = absl::StatusCode::kFailedPrecondition;

constexpr char kHeader[] =
    "URN,LAESTAB,SCHNAME,STREET,TOWN,POSTCODE,ICLOSE,OPENDATE,CLOSEDATE,ISNEW,NFTYPE,AGEL,AGEH,"
    "OTHERURN\n";
constexpr char kThreeSchools[] =
    "100000,6813614,Sir John Cass's Primary,Duke's Place,London,ec3a5de,1,,,0,Aided,3,11,\n"
    "100002,6816006,St Thomas \xC3\xA0 Becket,Long Lane,Leeds,LS1 4AP,2,,43343,0,Aided,4,13,"
    "145210\n"
    "145210,6816007,Becket Academy,Long Lane,Leeds,LS1 4AP,1,43344,,1,Academy,4,13,100002\n";

class ApprovalServiceTest : public ::testing::Test {
 protected:
  ApprovalServiceTest() : service_(Definition(config_)) {}

  std::string Officer(const std::string& tenant = "tenant-a") {
    return service_.Token({.tenant = tenant, .roles = {"quality"}});
  }
  std::string CentreHead(const std::string& centre) {
    return service_.Token({.roles = {"centre_head"}, .centre = centre});
  }

  absl::StatusOr<v1::ImportCentresResponse> Import(const std::string& file,
                                                   const std::string& token,
                                                   v1::ImportCentresRequest settings = {},
                                                   std::size_t piece = 64 * 1024) {
    if (settings.layout().empty()) settings.set_layout("england-establishments");
    std::vector<v1::ImportCentresRequest> messages;
    for (std::size_t at = 0; at < file.size() || at == 0; at += piece) {
      v1::ImportCentresRequest& message = messages.emplace_back();
      if (at == 0) message = settings;
      message.mutable_content()->set_data(file.substr(at, piece));
    }
    std::vector<const google::protobuf::Message*> pointers;
    for (const auto& message : messages) pointers.push_back(&message);
    v1::ImportCentresResponse response;
    const absl::Status status = service_.CallUpload("assay.approval.v1.CentreService/ImportCentres",
                                                    pointers, response, token);
    if (!status.ok()) return status;
    return response;
  }

  void ImportThreeSchools(const std::string& tenant = "tenant-a") {
    ASSERT_THAT(Import(absl::StrCat(kHeader, kThreeSchools), Officer(tenant)), IsOk());
  }

  template <typename Response, typename Request>
  absl::StatusOr<Response> Call(const std::string& method, const Request& request,
                                const std::string& token) {
    return service_.Call<Response>("assay.approval.v1." + method, request, token);
  }

  absl::StatusOr<v1::Centre> Get(const std::string& name, const std::string& token) {
    v1::GetCentreRequest request;
    request.set_name(name);
    return Call<v1::Centre>("CentreService/GetCentre", request, token);
  }

  // Approve, Suspend or Withdraw.
  template <typename Request>
  absl::StatusOr<v1::Centre> Decide(const std::string& verb, Request request) {
    return Call<v1::Centre>("CentreService/" + verb + "Centre", request, Officer());
  }
  absl::StatusOr<v1::Centre> Approve(const std::string& name, const std::string& etag = "") {
    v1::ApproveCentreRequest request;
    request.set_name(name);
    request.set_etag(etag);
    return Decide("Approve", request);
  }
  absl::StatusOr<v1::Centre> Suspend(const std::string& name, const std::string& reason) {
    v1::SuspendCentreRequest request;
    request.set_name(name);
    request.set_reason(reason);
    return Decide("Suspend", request);
  }
  absl::StatusOr<v1::Centre> Withdraw(const std::string& name, const std::string& reason) {
    v1::WithdrawCentreRequest request;
    request.set_name(name);
    request.set_reason(reason);
    return Decide("Withdraw", request);
  }

  absl::StatusOr<v1::QualificationApproval> Apply(const std::string& centre,
                                                  const std::string& token,
                                                  const std::string& number = "3818-13") {
    v1::CreateQualificationApprovalRequest request;
    request.set_parent(centre);
    request.mutable_qualification_approval()->set_qualification("qualifications/" + number);
    return Call<v1::QualificationApproval>("ApprovalService/CreateQualificationApproval", request,
                                           token);
  }
  absl::StatusOr<v1::QualificationApproval> ApproveQualification(
      const std::string& name, std::optional<absl::CivilDay> day = std::nullopt) {
    v1::ApproveQualificationApprovalRequest request;
    request.set_name(name);
    if (day.has_value()) {
      request.mutable_effective_date()->set_year(static_cast<int>(day->year()));
      request.mutable_effective_date()->set_month(day->month());
      request.mutable_effective_date()->set_day(day->day());
    }
    return Call<v1::QualificationApproval>("ApprovalService/ApproveQualificationApproval", request,
                                           Officer());
  }
  absl::StatusOr<v1::CheckApprovalResponse> Check(
      const std::string& centre, const std::string& token,
      std::optional<absl::CivilDay> day = std::nullopt) {
    v1::CheckApprovalRequest request;
    request.set_centre(centre);
    request.set_qualification("qualifications/3818-13");
    if (day.has_value()) {
      request.mutable_date()->set_year(static_cast<int>(day->year()));
      request.mutable_date()->set_month(day->month());
      request.mutable_date()->set_day(day->day());
    }
    return Call<v1::CheckApprovalResponse>("ApprovalService/CheckApproval", request, token);
  }

  std::vector<std::string> List(const std::string& token, int page_size = 0,
                                v1::Centre::State state = v1::Centre::STATE_UNSPECIFIED) {
    std::vector<std::string> names;
    v1::ListCentresRequest request;
    request.set_page_size(page_size);
    request.set_state(state);
    do {
      const auto page = Call<v1::ListCentresResponse>("CentreService/ListCentres", request, token);
      EXPECT_THAT(page, IsOk());
      if (!page.ok()) break;
      for (const v1::Centre& centre : page->centres()) names.push_back(centre.name());
      request.set_page_token(page->next_page_token());
    } while (!request.page_token().empty());
    return names;
  }

  std::vector<std::string> EventTypes() {
    std::vector<std::string> types;
    for (const platform::Event& event : service_.Outbox()) {
      types.push_back(event.type.substr(event.type.rfind('.') + 1) + " " + event.subject);
    }
    return types;
  }

  Config config_;
  platform::testing::TestService service_;
};

TEST_F(ApprovalServiceTest, ImportsCentresWithTheirFacts) {
  const auto report = Import(absl::StrCat(kHeader, kThreeSchools), Officer());
  ASSERT_THAT(report, IsOk());
  EXPECT_EQ(report->row_count(), 3);
  EXPECT_EQ(report->created_count(), 3);
  EXPECT_EQ(report->closed_count(), 1);
  EXPECT_EQ(report->refused_count(), 0);
  EXPECT_EQ(report->encoding(), "UTF-8");
  EXPECT_FALSE(report->truncated());
  const auto open = Get("centres/urn-145210", Officer());
  ASSERT_THAT(open, IsOk());
  EXPECT_EQ(open->title(), "Becket Academy");
  EXPECT_EQ(open->state(), v1::Centre::STATE_LISTED);
  EXPECT_EQ(open->open_date().year(), 2018);
  EXPECT_EQ(open->open_date().month(), 9);
  EXPECT_EQ(open->open_date().day(), 1);
  EXPECT_EQ(open->predecessor_urn(), "100002");
  EXPECT_EQ(open->etag(), "\"1\"");
  EXPECT_EQ(open->create_time().seconds(), absl::ToUnixSeconds(service_.clock().Now()));
  EXPECT_EQ(Get("centres/urn-100000", Officer())->postcode(), "EC3A 5DE");
  EXPECT_EQ(Get("centres/urn-100002", Officer())->state(), v1::Centre::STATE_CLOSED);
  EXPECT_EQ(Get("centres/urn-100002", Officer())->successor_urn(), "145210");
  EXPECT_THAT(EventTypes(), ElementsAre("CentresImported centres"));
}

TEST_F(ApprovalServiceTest, ImportingAgainChangesNothingAndAChangedRowIsUpdated) {
  ImportThreeSchools();
  const auto again = Import(absl::StrCat(kHeader, kThreeSchools), Officer(), {}, /*piece=*/7);
  ASSERT_THAT(again, IsOk());
  EXPECT_EQ(again->unchanged_count(), 3);
  EXPECT_EQ(again->created_count() + again->updated_count() + again->refused_count(), 0);
  EXPECT_EQ(again->closed_count(), 1);
  EXPECT_EQ(Get("centres/urn-100000", Officer())->etag(), "\"1\"");

  const auto changed = Import(
      absl::StrCat(kHeader,
                   "100000,6813614,New Name,Duke's Place,London,EC3A 5DE,1,,,0,Aided,3,11,\n"),
      Officer());
  ASSERT_THAT(changed, IsOk());
  EXPECT_EQ(changed->updated_count(), 1);
  EXPECT_EQ(Get("centres/urn-100000", Officer())->title(), "New Name");
  EXPECT_EQ(Get("centres/urn-100000", Officer())->etag(), "\"2\"");
}

TEST_F(ApprovalServiceTest, ReportsEveryBadRowByLineAndFieldAndTakesTheOthers) {
  const std::string file =
      absl::StrCat(kHeader, "1000,6813614,Too short,,,,1,,,0,,,,\n",  // 2
                   "100000,6813614,\"Good\nschool\",,,,1,,,0,,,,\n",  // 3 and 4
                   "100002,201361,,,,,7,,,0,,,,\n",                   // 5
                   "100000,6813614,Again,,,,1,,,0,,,,\n",             // 6
                   "100004,6813614,Fields missing\n",                 // 7
                   "100006,6813614,Caf\xE9,,,,1,soon,,0,,,,\n",       // 8
                   "100008,6813614,Last\xE9,,,,1,,,0,,,,");           // 9, cut short
  const auto report = Import(file, Officer());
  ASSERT_THAT(report, IsOk());
  EXPECT_EQ(report->row_count(), 7);
  EXPECT_EQ(report->created_count(), 2);
  EXPECT_EQ(report->refused_count(), 5);
  EXPECT_EQ(report->encoding(), "windows-1252");
  EXPECT_TRUE(report->truncated());
  std::vector<std::string> refused;
  for (const v1::RefusedRow& row : report->refused_rows()) {
    refused.push_back(absl::StrCat(row.line(), " ", row.field(), " ", row.reason()));
  }
  EXPECT_THAT(refused,
              ElementsAre("2 URN URN_INVALID", "5 LAESTAB LAESTAB_INVALID",
                          "5 SCHNAME NAME_MISSING", "5 ICLOSE STATUS_UNKNOWN",
                          "6 URN URN_DUPLICATE", "7  ROW_MALFORMED", "8 OPENDATE DATE_INVALID"));
  EXPECT_THAT(report->refused_rows(4).message(), HasSubstr("line 3"));
  EXPECT_EQ(Get("centres/urn-100000", Officer())->title(), "Good school");
  EXPECT_EQ(Get("centres/urn-100008", Officer())->title(), "Last\xC3\xA9");

  v1::ImportCentresRequest two;
  two.set_refused_rows_max(2);
  const auto listed = Import(file, Officer(), two);
  ASSERT_THAT(listed, IsOk());
  EXPECT_EQ(listed->refused_rows_size(), 2);
  EXPECT_EQ(listed->refused_count(), 5);
  EXPECT_EQ(listed->unchanged_count(), 2);
}

TEST_F(ApprovalServiceTest, ValidatingAnImportKeepsNothing) {
  v1::ImportCentresRequest settings;
  settings.set_validate_only(true);
  const auto report = Import(absl::StrCat(kHeader, kThreeSchools), Officer(), settings);
  ASSERT_THAT(report, IsOk());
  EXPECT_EQ(report->created_count(), 3);
  EXPECT_THAT(List(Officer()), IsEmpty());
  EXPECT_THAT(EventTypes(), IsEmpty());
  ImportThreeSchools();
  EXPECT_EQ(Import(absl::StrCat(kHeader, kThreeSchools), Officer(), settings)->unchanged_count(),
            3);
}

TEST_F(ApprovalServiceTest, AnImportClosesButNeverReopensOrApproves) {
  ImportThreeSchools();
  ASSERT_THAT(Approve("centres/urn-100000"), IsOk());
  const std::string closed =
      "100000,6813614,Sir John Cass's Primary,Duke's Place,London,ec3a5de,2,,43343,0,Aided,3,11,\n";
  ASSERT_THAT(Import(absl::StrCat(kHeader, closed), Officer()), IsOk());
  const auto centre = Get("centres/urn-100000", Officer());
  EXPECT_EQ(centre->state(), v1::Centre::STATE_CLOSED);
  EXPECT_THAT(centre->state_reason(), HasSubstr("closed"));
  EXPECT_EQ(centre->close_date().year(), 2018);
  EXPECT_THAT(EventTypes(),
              ElementsAre("CentresImported centres", "CentreStateChanged centres/urn-100000",
                          "CentreStateChanged centres/urn-100000", "CentresImported centres"));
  ImportThreeSchools();  // Says that it is open after all.
  EXPECT_EQ(Get("centres/urn-100000", Officer())->state(), v1::Centre::STATE_CLOSED);
  EXPECT_FALSE(Get("centres/urn-100000", Officer())->has_close_date());
}

TEST_F(ApprovalServiceTest, RefusesFilesThatAreNotOfTheLayout) {
  v1::ImportCentresRequest unknown;
  unknown.set_layout("scotland");
  const auto layout = Import("x", Officer(), unknown);
  EXPECT_THAT(layout, IsError(kInvalid, "LAYOUT_UNKNOWN"));
  EXPECT_EQ(MetadataOf(layout.status(), "known"),
            "gias, england-establishments, welsh-schools, uk-providers, uk-further-education");
  const auto header = Import("URN,NAME\n100000,x\n", Officer());
  EXPECT_THAT(header, IsError(kInvalid, "TABLE_HEADER_MISSING_COLUMN"));
  EXPECT_EQ(MetadataOf(header.status(), "column"), "SCHNAME, ICLOSE");
  EXPECT_THAT(Import(std::string(100, '\0'), Officer()), IsError(kInvalid, "TABLE_NOT_TEXT"));
  v1::ImportCentresRequest negative;
  negative.set_refused_rows_max(-1);
  EXPECT_THAT(Import(kHeader, Officer(), negative), IsError(kInvalid, "FIELD_INVALID"));
  EXPECT_THAT(Import(kHeader, CentreHead("centres/urn-100000")),
              IsError(absl::StatusCode::kPermissionDenied, "ROLE_NOT_ALLOWED"));
}

// Two batches and a bit: what was committed before a fault stays, and the file goes on
// from there when it comes again.
TEST_F(ApprovalServiceTest, KeepsEarlierBatchesWhenTheFileTurnsOutBroken) {
  std::string file = kHeader;
  for (int i = 0; i < 4500; ++i) absl::StrAppend(&file, 100000 + i, ",,School,,,,1,,,0,,,,\n");
  EXPECT_THAT(Import(file + std::string(50, '\0') + "\n", Officer()),
              IsError(kInvalid, "TABLE_NOT_TEXT"));
  EXPECT_EQ(List(Officer(), 1000).size(), 4000u);
  const auto report = Import(file, Officer());
  ASSERT_THAT(report, IsOk());
  EXPECT_EQ(report->unchanged_count(), 4000);
  EXPECT_EQ(report->created_count(), 500);
}

TEST_F(ApprovalServiceTest, ListsByPageAndByState) {
  ImportThreeSchools();
  EXPECT_THAT(List(Officer(), 1),
              ElementsAre("centres/urn-100000", "centres/urn-100002", "centres/urn-145210"));
  EXPECT_THAT(List(Officer(), 0, v1::Centre::STATE_CLOSED), ElementsAre("centres/urn-100002"));
  v1::ListCentresRequest request;
  request.set_page_size(1);
  const auto page = Call<v1::ListCentresResponse>("CentreService/ListCentres", request, Officer());
  ASSERT_THAT(page, IsOk());
  request.set_page_token(page->next_page_token());
  request.set_state(v1::Centre::STATE_CLOSED);
  EXPECT_THAT(Call<v1::ListCentresResponse>("CentreService/ListCentres", request, Officer()),
              IsError(kInvalid, "PAGE_TOKEN_INVALID"));
  request.set_state(v1::Centre::STATE_UNSPECIFIED);
  EXPECT_THAT(
      Call<v1::ListCentresResponse>("CentreService/ListCentres", request, Officer("tenant-b")),
      IsError(kInvalid, "PAGE_TOKEN_INVALID"));
  request.set_page_size(-1);
  EXPECT_THAT(Call<v1::ListCentresResponse>("CentreService/ListCentres", request, Officer()),
              IsError(kInvalid, "PAGE_SIZE_NEGATIVE"));
}

TEST_F(ApprovalServiceTest, SearchesByBeginningsOfWords) {
  ImportThreeSchools();
  auto search = [&](const std::string& query) {
    std::vector<std::string> names;
    v1::SearchCentresRequest request;
    request.set_query(query);
    const auto page =
        Call<v1::SearchCentresResponse>("CentreService/SearchCentres", request, Officer());
    EXPECT_THAT(page, IsOk());
    for (const v1::Centre& centre : page->centres()) names.push_back(centre.name());
    return names;
  };
  EXPECT_THAT(search("bECK"), ElementsAre("centres/urn-100002", "centres/urn-145210"));
  EXPECT_THAT(search("becket a leeds"), ElementsAre("centres/urn-100002", "centres/urn-145210"));
  EXPECT_THAT(search("thomas becket"), ElementsAre("centres/urn-100002"));
  EXPECT_THAT(search("ec3a 5de"), ElementsAre("centres/urn-100000"));
  EXPECT_THAT(search("zebra"), IsEmpty());
  v1::SearchCentresRequest empty;
  empty.set_query("  ");
  EXPECT_THAT(Call<v1::SearchCentresResponse>("CentreService/SearchCentres", empty, Officer()),
              IsError(kInvalid, "QUERY_EMPTY"));
}

TEST_F(ApprovalServiceTest, DecidesOnCentresAlongTheStateMachine) {
  ImportThreeSchools();
  const std::string name = "centres/urn-100000";
  EXPECT_THAT(Suspend(name, "x"), IsError(kPrecondition, "CENTRE_STATE_WRONG"));
  const auto approved = Approve(name, "\"1\"");
  ASSERT_THAT(approved, IsOk());
  EXPECT_EQ(approved->state(), v1::Centre::STATE_APPROVED);
  EXPECT_EQ(approved->etag(), "\"2\"");
  EXPECT_THAT(Approve(name), IsError(kPrecondition, "CENTRE_STATE_WRONG"));
  EXPECT_THAT(Suspend(name, "  "), IsError(kInvalid, "REASON_MISSING"));
  const auto suspended = Suspend(name, " no internal quality assurer ");
  ASSERT_THAT(suspended, IsOk());
  EXPECT_EQ(suspended->state_reason(), "no internal quality assurer");
  const auto stale = Approve(name, "\"1\"");
  EXPECT_THAT(stale, IsError(absl::StatusCode::kAborted, "ETAG_MISMATCH"));
  EXPECT_EQ(MetadataOf(stale.status(), "etag"), "\"3\"");
  ASSERT_THAT(Approve(name), IsOk());
  EXPECT_EQ(Get(name, Officer())->state_reason(), "");
  ASSERT_THAT(Withdraw(name, "merged"), IsOk());
  const auto wrong = Approve(name);
  EXPECT_THAT(wrong, IsError(kPrecondition, "CENTRE_STATE_WRONG"));
  EXPECT_EQ(MetadataOf(wrong.status(), "state"), "withdrawn");
  EXPECT_THAT(Approve("centres/urn-100002"), IsError(kPrecondition, "CENTRE_STATE_WRONG"));
  EXPECT_THAT(Approve("centres/urn-999998"), IsError(kNotFound, "CENTRE_NOT_FOUND"));
  const auto events = service_.Outbox();
  ASSERT_EQ(events.size(), 5u);
  v1::CentreStateChanged last;
  ASSERT_TRUE(last.ParseFromString(events.back().payload));
  EXPECT_EQ(last.centre(), name);
  EXPECT_EQ(last.state(), "withdrawn");
  EXPECT_EQ(last.reason(), "merged");
  EXPECT_EQ(events.back().actor, "users/test");
}

TEST_F(ApprovalServiceTest, ARepeatedRequestIdDecidesOnce) {
  ImportThreeSchools();
  v1::ApproveCentreRequest request;
  request.set_name("centres/urn-100000");
  request.set_request_id("6f0f3d5e-3b60-4f3c-9d0a-0a4d9bb0a3a1");
  const auto first = Decide("Approve", request);
  ASSERT_THAT(first, IsOk());
  const auto second = Decide("Approve", request);
  ASSERT_THAT(second, IsOk());
  EXPECT_EQ(second->etag(), first->etag());
  EXPECT_EQ(EventTypes().size(), 2u);
  request.set_name("centres/urn-145210");
  EXPECT_THAT(Decide("Approve", request), IsError(kInvalid, "REQUEST_ID_REUSED"));
}

TEST_F(ApprovalServiceTest, PeopleOfACentreSeeTheirOwnAndNothingElse) {
  ImportThreeSchools();
  const std::string own = "centres/urn-100000";
  const std::string other = "centres/urn-145210";
  const std::string head = CentreHead(own);
  EXPECT_THAT(Get(own, head), IsOk());
  EXPECT_THAT(List(head), ElementsAre(own));
  const auto hidden = Get(other, head);
  const auto absent = Get("centres/urn-999998", head);
  EXPECT_THAT(hidden, IsError(kNotFound, "CENTRE_NOT_FOUND"));
  EXPECT_THAT(absent, IsError(kNotFound, "CENTRE_NOT_FOUND"));
  EXPECT_THAT(Check(other, head), IsError(kNotFound, "CENTRE_NOT_FOUND"));
  EXPECT_THAT(Apply(other, head), IsError(kNotFound, "CENTRE_NOT_FOUND"));
  const auto approval = Apply(other, Officer());
  ASSERT_THAT(approval, IsOk());
  v1::GetQualificationApprovalRequest get;
  get.set_name(approval->name());
  EXPECT_THAT(
      Call<v1::QualificationApproval>("ApprovalService/GetQualificationApproval", get, head),
      IsError(kNotFound, "APPROVAL_NOT_FOUND"));
  v1::ListQualificationApprovalsRequest list;
  for (const char* parent : {"centres/-", "centres/urn-145210"}) {
    list.set_parent(parent);
    const auto page = Call<v1::ListQualificationApprovalsResponse>(
        "ApprovalService/ListQualificationApprovals", list, head);
    ASSERT_THAT(page, IsOk());
    EXPECT_EQ(page->qualification_approvals_size(), 0);
  }
  EXPECT_THAT(Get(own, service_.Token({.roles = {"centre_head"}})).ok(), false);
  EXPECT_THAT(Get(own, Officer("tenant-b")), IsError(kNotFound, "CENTRE_NOT_FOUND"));
}

TEST_F(ApprovalServiceTest, TwoBodiesKeepTheSameCentreApart) {
  ImportThreeSchools("tenant-a");
  ImportThreeSchools("tenant-b");
  ASSERT_THAT(Approve("centres/urn-100000"), IsOk());
  EXPECT_EQ(Get("centres/urn-100000", Officer("tenant-b"))->state(), v1::Centre::STATE_LISTED);
  EXPECT_THAT(List(Officer("tenant-b")).size(), 3u);
}

// QUAL-1, QUAL-4
TEST_F(ApprovalServiceTest, ShowsTheCatalogueWithItsFindings) {
  v1::GetQualificationRequest get;
  get.set_name("qualifications/3818-13");
  const auto q = Call<v1::Qualification>("QualificationService/GetQualification", get,
                                         CentreHead("centres/urn-100000"));
  ASSERT_THAT(q, IsOk());
  EXPECT_EQ(q->units_size(), 13);
  EXPECT_EQ(q->units(4).number(), "308");
  EXPECT_EQ(q->units(4).outcomes(0).percentage(), 64);
  EXPECT_EQ(q->combination().credits_min(), 10);
  EXPECT_EQ(q->combination().parts(1).credits_max(), 2);
  EXPECT_EQ(q->findings_size(), 6);
  get.set_name("qualifications/9999-99");
  EXPECT_THAT(Call<v1::Qualification>("QualificationService/GetQualification", get, Officer()),
              IsError(kNotFound, "QUALIFICATION_NOT_FOUND"));
  const auto list = Call<v1::ListQualificationsResponse>(
      "QualificationService/ListQualifications", v1::ListQualificationsRequest(), Officer());
  ASSERT_THAT(list, IsOk());
  ASSERT_EQ(list->qualifications_size(), 1);
  EXPECT_EQ(list->qualifications(0).units_size(), 0);
  EXPECT_EQ(list->qualifications(0).findings_size(), 6);
}

TEST_F(ApprovalServiceTest, ACentreAppliesAndTheBodyDecides) {
  ImportThreeSchools();
  const std::string centre = "centres/urn-100000";
  EXPECT_THAT(Apply(centre, Officer(), "9999-99"), IsError(kNotFound, "QUALIFICATION_NOT_FOUND"));
  EXPECT_THAT(Apply("centres/urn-100002", Officer()), IsError(kPrecondition, "CENTRE_STATE_WRONG"));
  const auto applied = Apply(centre, CentreHead(centre));
  ASSERT_THAT(applied, IsOk());
  EXPECT_EQ(applied->state(), v1::QualificationApproval::STATE_APPLIED);
  const auto twice = Apply(centre, Officer());
  EXPECT_THAT(twice, IsError(absl::StatusCode::kAlreadyExists, "APPROVAL_EXISTS"));
  EXPECT_EQ(MetadataOf(twice.status(), "approval"), applied->name());

  EXPECT_THAT(ApproveQualification(applied->name()), IsError(kPrecondition, "CENTRE_STATE_WRONG"));
  v1::RefuseQualificationApprovalRequest refuse;
  refuse.set_name(applied->name());
  EXPECT_THAT(Call<v1::QualificationApproval>("ApprovalService/RefuseQualificationApproval", refuse,
                                              Officer()),
              IsError(kInvalid, "REASON_MISSING"));
  refuse.set_reason("no competent assessor");
  const auto refused = Call<v1::QualificationApproval>(
      "ApprovalService/RefuseQualificationApproval", refuse, Officer());
  ASSERT_THAT(refused, IsOk());
  EXPECT_EQ(refused->state(), v1::QualificationApproval::STATE_REFUSED);
  EXPECT_THAT(ApproveQualification(applied->name()),
              IsError(kPrecondition, "APPROVAL_STATE_WRONG"));

  ASSERT_THAT(Approve(centre), IsOk());
  const auto again = Apply(centre, Officer());
  ASSERT_THAT(again, IsOk());
  const auto approved = ApproveQualification(again->name());
  ASSERT_THAT(approved, IsOk());
  EXPECT_EQ(approved->effective_date().year(), 2026);
  EXPECT_EQ(approved->effective_date().month(), 5);
  EXPECT_EQ(approved->effective_date().day(), 1);
  v1::ListQualificationApprovalsRequest list;
  list.set_parent(centre);
  list.set_page_size(1);
  const auto page = Call<v1::ListQualificationApprovalsResponse>(
      "ApprovalService/ListQualificationApprovals", list, CentreHead(centre));
  ASSERT_THAT(page, IsOk());
  EXPECT_EQ(page->qualification_approvals(0).name(), applied->name());
  EXPECT_NE(page->next_page_token(), "");
}

// QUAL-9: approval in force at the time of assessment.
TEST_F(ApprovalServiceTest, SaysWhetherApprovalWasInForceOnADay) {
  ImportThreeSchools();
  const std::string centre = "centres/urn-100000";
  const absl::CivilDay today(2026, 5, 1);
  auto reason = [&](std::optional<absl::CivilDay> day = std::nullopt) {
    const auto answer = Check(centre, service_.Token({.roles = {"service"}}), day);
    EXPECT_THAT(answer, IsOk());
    if (!answer.ok()) return std::string("failed");
    EXPECT_EQ(answer->in_force(), answer->reason().empty());
    EXPECT_EQ(answer->message().empty(), answer->in_force());
    EXPECT_EQ(answer->centre_title(), "Sir John Cass's Primary");
    return answer->reason();
  };
  EXPECT_EQ(reason(), "CENTRE_NOT_APPROVED");
  ASSERT_THAT(Approve(centre), IsOk());
  EXPECT_EQ(reason(), "NO_APPROVAL");
  const auto applied = Apply(centre, Officer());
  ASSERT_THAT(applied, IsOk());
  EXPECT_EQ(reason(), "NO_APPROVAL");
  ASSERT_THAT(ApproveQualification(applied->name(), absl::CivilDay(2026, 5, 3)), IsOk());
  EXPECT_EQ(reason(), "NOT_YET_EFFECTIVE");
  EXPECT_EQ(reason(absl::CivilDay(2026, 5, 3)), "");

  service_.clock().Advance(absl::Hours(24 * 9));  // 10 May.
  EXPECT_EQ(reason(), "");
  ASSERT_THAT(Suspend(centre, "late"), IsOk());
  service_.clock().Advance(absl::Hours(24 * 10));  // 20 May.
  EXPECT_EQ(reason(), "CENTRE_NOT_APPROVED");
  EXPECT_EQ(reason(absl::CivilDay(2026, 5, 9)), "");
  EXPECT_EQ(reason(absl::CivilDay(2026, 5, 10)), "CENTRE_NOT_APPROVED");
  EXPECT_EQ(reason(absl::CivilDay(2026, 4, 30)), "CENTRE_NOT_APPROVED");
  ASSERT_THAT(Approve(centre), IsOk());

  v1::WithdrawQualificationApprovalRequest withdraw;
  withdraw.set_name(applied->name());
  withdraw.set_reason("no learners");
  ASSERT_THAT(Call<v1::QualificationApproval>("ApprovalService/WithdrawQualificationApproval",
                                              withdraw, Officer()),
              IsOk());
  EXPECT_EQ(reason(), "WITHDRAWN");
  EXPECT_EQ(reason(absl::CivilDay(2026, 5, 9)), "");
  EXPECT_THAT(Check(centre, Officer(), absl::CivilDay(1000, 1, 1)),
              IsError(kInvalid, "FIELD_INVALID"));
  EXPECT_EQ(absl::ToCivilDay(service_.clock().Now(), absl::UTCTimeZone()) - today, 19);
}

// The counts were taken from the file with another language's csv and unicodedata modules.
TEST_F(ApprovalServiceTest, TakesTheEstablishmentsOfEngland) {
  const char* data = std::getenv("ASSAY_DATA");
  if (data == nullptr) GTEST_SKIP() << "set ASSAY_DATA to the folder of the real data files";
  std::ifstream in(std::string(data) + "/centres/england_establishments.csv", std::ios::binary);
  if (!in.good()) GTEST_SKIP() << "no centres/england_establishments.csv in " << data;
  const std::string file{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  const auto report = Import(file, Officer());
  ASSERT_THAT(report, IsOk());
  EXPECT_EQ(report->row_count(), 12'916);
  EXPECT_EQ(report->created_count(), 12'916);
  EXPECT_EQ(report->closed_count(), 1'035);
  EXPECT_EQ(report->refused_count(), 0);
  EXPECT_EQ(report->encoding(), "UTF-8");
  EXPECT_FALSE(report->truncated());
  EXPECT_EQ(Import(file, Officer())->unchanged_count(), 12'916);

  int closed = 0;
  int without_postcode = 0;
  int predecessors = 0;
  int successors = 0;
  v1::ListCentresRequest list;
  list.set_page_size(1000);
  do {
    const auto page = Call<v1::ListCentresResponse>("CentreService/ListCentres", list, Officer());
    ASSERT_THAT(page, IsOk());
    for (const v1::Centre& centre : page->centres()) {
      closed += centre.state() == v1::Centre::STATE_CLOSED;
      without_postcode += centre.postcode().empty();
      predecessors += !centre.predecessor_urn().empty();
      successors += !centre.successor_urn().empty();
    }
    list.set_page_token(page->next_page_token());
  } while (!list.page_token().empty());
  EXPECT_EQ(closed, 1'035);
  EXPECT_EQ(without_postcode, 14);
  EXPECT_EQ(predecessors, 893);
  EXPECT_EQ(successors, 861);
  for (const auto& [query, count] :
       std::vector<std::pair<std::string, int>>{{"st mary leeds", 3},
                                                {"becket", 4},
                                                {"2032266", 2},
                                                {"le114sq", 4},
                                                {"academy birmingham prim", 11}}) {
    v1::SearchCentresRequest search;
    search.set_query(query);
    search.set_page_size(1000);
    const auto found =
        Call<v1::SearchCentresResponse>("CentreService/SearchCentres", search, Officer());
    ASSERT_THAT(found, IsOk());
    EXPECT_EQ(found->centres_size(), count) << query;
  }
}

}  // namespace
}  // namespace assay::approval
