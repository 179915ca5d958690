// National registers through the RPCs, on the real wiring.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "assay/approval/v1/register_service.pb.h"
#include "services/approval/wiring.h"
#include "services/platform/testing/service_fixture.h"
#include "services/platform/testing/status_matchers.h"

namespace assay::approval {
namespace {

using platform::testing::IsError;
using platform::testing::IsOk;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using Code = absl::StatusCode;
using v1::ImportRegisterResponse;
using v1::RegisterEntry;
using Day = absl::CivilDay;

constexpr char kPathways[] =
    "section,Id,LarId,TlevelTitle,Name,StartYear,TlRouteId\n"
    ",1,60358300,\"T Level in Design, for Construction\",Design,2020,1\n"
    ",2,6036917X,T Level in Onsite Construction,Onsite Construction,2021,1\n";
constexpr char kSpecialisms[] =
    "section,Id,LarId,Name,TlPathwayId,IsActive\n"
    ",1,ZTLOS001,Surveying \n"
    ",2,ZTLOS002,Civil Engineering ,1,1\n"
    ",3,ZTLOS003,Plumbing,9,1\n"
    ",4,ZTLOS04,Joinery,1,1\n"
    ",2,ZTLOS005,Civil Works,1,1\n";

class RegisterTest : public ::testing::Test {
 protected:
  RegisterTest() : service_(Definition(config_)) {
    officer_ = service_.Token({.roles = {"quality"}});
    head_ = service_.Token({.roles = {"centre_head"}, .centre = "centres/urn-100000"});
  }

  absl::StatusOr<ImportRegisterResponse> Import(const std::string& name, const std::string& file,
                                                bool validate_only = false,
                                                const std::string& tenant = "tenant-a") {
    v1::ImportRegisterRequest first;
    first.set_name("registers/" + name);
    first.set_validate_only(validate_only);
    v1::ImportRegisterRequest second;
    // In two pieces, so that a row lies across them.
    first.mutable_content()->set_data(file.substr(0, file.size() / 2));
    second.mutable_content()->set_data(file.substr(file.size() / 2));
    const std::vector<const google::protobuf::Message*> pieces = {&first, &second};
    ImportRegisterResponse response;
    const absl::Status status =
        service_.CallUpload("assay.approval.v1.RegisterService/ImportRegister", pieces, response,
                            service_.Token({.tenant = tenant, .roles = {"quality"}}));
    if (!status.ok()) return status;
    return response;
  }
  template <typename Response, typename Request>
  absl::StatusOr<Response> Call(const std::string& method, const Request& request) {
    return service_.Call<Response>("assay.approval.v1.RegisterService/" + method, request, head_);
  }
  std::vector<std::string> Ids(const v1::ListRegisterEntriesRequest& request) {
    const auto page = Call<v1::ListRegisterEntriesResponse>("ListRegisterEntries", request);
    EXPECT_THAT(page, IsOk());
    std::vector<std::string> names;
    if (page.ok()) {
      for (const RegisterEntry& entry : page->register_entries()) names.push_back(entry.name());
    }
    return names;
  }
  std::vector<std::string> Search(const std::string& name, const std::string& query) {
    v1::SearchRegisterEntriesRequest request;
    request.set_parent("registers/" + name);
    request.set_query(query);
    request.set_page_size(1000);
    const auto page = Call<v1::SearchRegisterEntriesResponse>("SearchRegisterEntries", request);
    EXPECT_THAT(page, IsOk());
    std::vector<std::string> titles;
    if (page.ok()) {
      for (const RegisterEntry& entry : page->register_entries()) titles.push_back(entry.title());
    }
    return titles;
  }
  absl::StatusOr<v1::CheckAssessmentScopeResponse> Check(const std::string& standard,
                                                         const std::string& region,
                                                         absl::CivilDay day,
                                                         const std::string& id = "epa0048") {
    v1::CheckAssessmentScopeRequest request;
    request.set_name("registers/assessment-organisations/entries/" + id);
    request.set_standard(standard);
    request.set_region(region);
    request.mutable_date()->set_year(static_cast<int>(day.year()));
    request.mutable_date()->set_month(day.month());
    request.mutable_date()->set_day(day.day());
    return Call<v1::CheckAssessmentScopeResponse>("CheckAssessmentScope", request);
  }
  static std::vector<std::string> Lines(
      const google::protobuf::RepeatedPtrField<v1::RefusedRow>& rows) {
    std::vector<std::string> lines;
    for (const v1::RefusedRow& row : rows) {
      lines.push_back(std::to_string(row.line()) + " " + row.reason());
    }
    return lines;
  }

  Config config_;
  platform::testing::TestService service_;
  std::string officer_;
  std::string head_;
};

TEST_F(RegisterTest, TakesGoodRowsReportsTheOthersAndChangesNothingASecondTime) {
  EXPECT_EQ(Import("pathways", kPathways)->created_count(), 2);
  const auto preview = Import("specialisms", kSpecialisms, /*validate_only=*/true);
  ASSERT_THAT(preview, IsOk());
  EXPECT_EQ(preview->created_count(), 1);
  EXPECT_EQ(preview->absent_count(), 0);
  EXPECT_EQ(preview->changed_rows(0).entry(), "registers/specialisms/entries/2");
  v1::ListRegisterEntriesRequest list;
  list.set_parent("registers/specialisms");
  EXPECT_THAT(Ids(list), IsEmpty());

  const auto report = Import("specialisms", kSpecialisms);
  ASSERT_THAT(report, IsOk());
  EXPECT_EQ(report->row_count(), 5);
  EXPECT_EQ(report->created_count(), 1);
  EXPECT_EQ(report->refused_count(), 4);
  // What is found while a batch is written comes after what is found while it is read.
  EXPECT_THAT(Lines(report->refused_rows()),
              ElementsAre("2 ROW_MALFORMED", "5 NUMBER_MALFORMED", "6 ROW_DUPLICATE", "4 ORPHAN"));
  EXPECT_THAT(report->refused_rows(3).message(), HasSubstr("register pathways does not have"));
  EXPECT_EQ(Import("specialisms", kSpecialisms)->unchanged_count(), 1);
}

TEST_F(RegisterTest, ShowsWhatANewFileChangesAndKeepsWhatItLeavesOut) {
  ASSERT_THAT(Import("pathways", kPathways), IsOk());
  const std::string next =
      "section,Id,LarId,TlevelTitle,Name,StartYear,TlRouteId\n"
      ",2,6036917X,T Level in Onsite Construction,On-site Construction,2021,1\n";
  for (const bool validate_only : {true, false}) {
    const auto report = Import("pathways", next, validate_only);
    ASSERT_THAT(report, IsOk());
    EXPECT_EQ(report->updated_count(), 1);
    EXPECT_EQ(report->absent_count(), 1);
    ASSERT_EQ(report->changed_rows_size(), 1);
    EXPECT_FALSE(report->changed_rows(0).created());
    EXPECT_THAT(report->changed_rows(0).changes(),
                ElementsAre("title: \"Onsite Construction\" to \"On-site Construction\""));
  }
  EXPECT_THAT(Search("pathways", "constr"), ElementsAre("On-site Construction"));
  EXPECT_THAT(Search("pathways", "6036917x"), ElementsAre("On-site Construction"));
  EXPECT_THAT(Search("pathways", "onsite"), IsEmpty());
}

TEST_F(RegisterTest, ListsByWhatEntriesBelongToAndByDay) {
  ASSERT_THAT(Import("pathways", kPathways), IsOk());
  ASSERT_THAT(Import("specialisms", kSpecialisms), IsOk());
  v1::ListRegisterEntriesRequest list;
  list.set_parent("registers/specialisms");
  list.set_belongs_to("registers/pathways/entries/1");
  EXPECT_THAT(Ids(list), ElementsAre("registers/specialisms/entries/2"));
  list.set_belongs_to("registers/pathways/entries/2");
  EXPECT_THAT(Ids(list), IsEmpty());
  v1::GetRegisterEntryRequest get;
  get.set_name("registers/specialisms/entries/2");
  const auto entry = Call<RegisterEntry>("GetRegisterEntry", get);
  ASSERT_THAT(entry, IsOk());
  EXPECT_EQ(entry->title(), "Civil Engineering");
  EXPECT_EQ(entry->belongs_to(), "registers/pathways/entries/1");
  EXPECT_EQ(entry->facts().at("active"), "1");
  get.set_name("registers/specialisms/entries/77");
  EXPECT_THAT(Call<RegisterEntry>("GetRegisterEntry", get),
              IsError(Code::kNotFound, "ENTRY_NOT_FOUND"));
  get.set_name("registers/unheard/entries/77");
  EXPECT_THAT(Call<RegisterEntry>("GetRegisterEntry", get),
              IsError(Code::kNotFound, "REGISTER_UNKNOWN"));
  EXPECT_THAT(Import("unheard", "a\n"), IsError(Code::kNotFound, "REGISTER_UNKNOWN"));
}

TEST_F(RegisterTest, KeepsTheRegistersOfTenantsApart) {
  ASSERT_THAT(Import("pathways", kPathways, false, "tenant-b"), IsOk());
  v1::ListRegisterEntriesRequest list;
  list.set_parent("registers/pathways");
  EXPECT_THAT(Ids(list), IsEmpty());
}

TEST_F(RegisterTest, SaysWhoMayAssessWhatWhereAndWhen) {
  ASSERT_THAT(Import("assessment-organisations",
                     "EPA_organisation_identifier,EPA_organisation,Organisation_type,Website_link,"
                     "Contact_postcode,UKPRN,Legal Name\n"
                     "EPA0048,Assessors Ltd,Other,,LS1 4AP,-,Assessors Limited\n"),
              IsOk());
  const std::string header =
      "EPA_organisation_identifier,Standard_code,StandardName (lookup auto-populated),";
  // 43009 is 1 October 2017, 43122 is 22 January 2018.
  ASSERT_THAT(Import("assessment-approvals",
                     header + "Effective_from,Effective_to,Date standard Approved on the Register,"
                              "Comments\n"
                              "EPA0048,104,Butcher,43009,43122,,\n"
                              "EPA0048,105,Baker,43009,,,\n"),
              IsOk());
  ASSERT_THAT(Import("delivery-areas",
                     header + "Delivery_area,Comments\nEPA0048,104,Butcher,South West; London,\n"),
              IsOk());
  const auto reason = [&](const std::string& standard, const std::string& region,
                          absl::CivilDay day) {
    const auto answer = Check(standard, region, day);
    EXPECT_THAT(answer, IsOk());
    if (!answer.ok()) return std::string("failed");
    EXPECT_EQ(answer->in_scope(), answer->reason().empty());
    return answer->reason();
  };
  EXPECT_EQ(reason("104", "London", Day(2017, 9, 30)), "NOT_YET_EFFECTIVE");
  EXPECT_EQ(reason("104", "London", Day(2017, 10, 1)), "");
  EXPECT_EQ(reason("104", "", Day(2018, 1, 22)), "");
  EXPECT_EQ(reason("104", "London", Day(2018, 1, 23)), "ENDED");
  EXPECT_EQ(reason("104", "North West", Day(2018, 1, 1)), "REGION_NOT_COVERED");
  EXPECT_EQ(reason("105", "London", Day(2018, 1, 1)), "NO_DELIVERY_AREA");
  EXPECT_EQ(reason("106", "London", Day(2018, 1, 1)), "NO_APPROVAL");
  EXPECT_THAT(Check("104", "", Day(2018, 1, 1), "epa0009"),
              IsError(Code::kNotFound, "ENTRY_NOT_FOUND"));
}

// The counts were taken from the files with another language's csv module.
TEST_F(RegisterTest, TakesTheRealRegisters) {
  const char* data = std::getenv("ASSAY_DATA");
  if (data == nullptr) GTEST_SKIP() << "set ASSAY_DATA to the folder of the real data files";
  struct Case {
    const char* name;
    const char* file;
    int rows, created, refused, noted;
  };
  for (const Case& c :
       {Case{"pathways", "qualifications/tl_pathways.csv", 28, 28, 0, 0},
        {"specialisms", "qualifications/tl_specialisms.csv", 96, 96, 0, 0},
        {"grades", "qualifications/tl_qualification_grades.csv", 126, 126, 0, 0},
        {"series", "qualifications/tl_assessment_series.csv", 19, 19, 0, 0},
        {"prior-qualifications", "qualifications/tl_prior_qualifications.csv", 650, 649, 1, 0},
        {"sector-subject-areas", "qualifications/qualification-sector-subject-area.tsv", 65, 65, 0,
         0},
        {"awarding-organisations", "qualifications/awarding_organisations_2017.csv", 210, 210, 0,
         0},
        // One UKPRN begins with 9.
        {"assessment-organisations", "approvals/epao_organisations_june2018.csv", 149, 149, 0, 1},
        // A standard "TBC"; a day "1//7/2016", two in force before they were approved.
        {"assessment-approvals", "approvals/epao_standards_june2018.csv", 587, 586, 1, 3},
        // Ten of approvals that the file above does not have, one without a standard, one twice.
        {"delivery-areas", "approvals/epao_delivery_areas_june2018.csv", 576, 564, 12, 0}}) {
    std::ifstream in(std::string(data) + "/" + c.file, std::ios::binary);
    if (!in.good()) GTEST_SKIP() << "no " << c.file << " in " << data;
    const std::string file{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
    const auto report = Import(c.name, file);
    ASSERT_THAT(report, IsOk()) << c.name;
    EXPECT_EQ(report->row_count(), c.rows) << c.name;
    EXPECT_EQ(report->created_count(), c.created) << c.name;
    EXPECT_EQ(report->refused_count(), c.refused) << c.name;
    EXPECT_EQ(report->noted_rows_size(), c.noted) << c.name;
    const auto again = Import(c.name, file);
    EXPECT_EQ(again->unchanged_count(), c.created) << c.name;
    EXPECT_EQ(again->absent_count(), 0) << c.name;
  }
  v1::ListRegisterEntriesRequest list;
  list.set_page_size(1000);
  list.set_parent("registers/specialisms");
  list.set_belongs_to("registers/pathways/entries/22");
  EXPECT_EQ(Ids(list).size(), 7u);
  list.clear_belongs_to();
  list.set_parent("registers/series");
  list.mutable_date()->set_year(2025);
  list.mutable_date()->set_month(9);
  list.mutable_date()->set_day(15);
  EXPECT_THAT(Ids(list), ElementsAre("registers/series/entries/14", "registers/series/entries/18"));
  list.set_parent("registers/assessment-approvals");
  list.mutable_date()->set_year(2018);
  list.mutable_date()->set_month(1);
  list.mutable_date()->set_day(1);
  EXPECT_EQ(Ids(list).size(), 325u);
  EXPECT_EQ(Search("specialisms", "engineering").size(), 26u);
  EXPECT_EQ(Check("104", "South West", Day(2019, 1, 1))->reason(), "");
  EXPECT_EQ(Check("104", "London", Day(2019, 1, 1))->reason(), "REGION_NOT_COVERED");
  EXPECT_EQ(Check("65", "London", Day(2018, 1, 23), "epa0016")->reason(), "ENDED");
}

}  // namespace
}  // namespace assay::approval
