// National files, one after another, and the centres that come of them, on the real wiring.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "assay/approval/v1/approval_service.pb.h"
#include "assay/approval/v1/centre_service.pb.h"
#include "assay/approval/v1/lifecycle_service.pb.h"
#include "assay/approval/v1/merge_service.pb.h"
#include "assay/approval/v1/oversight_service.pb.h"
#include "assay/approval/v1/staff_service.pb.h"
#include "services/approval/errors.h"
#include "services/approval/wiring.h"
#include "services/platform/error/error.h"
#include "services/platform/storage/database.h"
#include "services/platform/testing/service_fixture.h"
#include "services/platform/testing/status_matchers.h"

namespace assay::approval {
namespace {

using platform::FieldsOf;
using platform::MetadataOf;
using platform::testing::IsError;
using platform::testing::IsOk;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using Code = absl::StatusCode;

constexpr char kEngland[] =
    "URN,LAESTAB,SCHNAME,OTHERSCHNAME,STREET,TOWN,POSTCODE,ICLOSE,OPENDATE,CLOSEDATE,ISNEW,"
    "NFTYPE,AGEL,AGEH,OTHERURN\n"
    "100000,2013614,Hill College,,Main Street,Leeds,LS1 4AP,1,,,0,College,16,19,\n"
    "100002,2016006,Vale School,,Long Lane,Leeds,LS1 4AQ,1,,,0,School,11,16,\n";
constexpr char kProviders[] =
    "ukprn,name,trading_name,address,url\n"
    "10000047,\"Hill College, The\",Hill; Hill Training,\"Main Street, Leeds, LS1 4AP\",-\n"
    "10000055,Moor Training,-,\"Unit 2, High Street, York, YO1 1AA\",moor.example\n";
constexpr char kWelsh[] =
    "school-wls\tname\tname-cy\tschool-type-wls\tprincipal-local-authority\taddress\tstart-date\t"
    "end-date\n"
    "6602130\tBeech School\tYsgol y Ffawydd\t1\tAGY\t\t\t\n"
    "6602131\tCardiff Road School\tYsgol Heol Caerdydd\t1\tAGY\t\t\t2020-08-31\n";
constexpr char kColleges[] =
    "further-education-college-uk\tname\tregion\tstart-date\tend-date\n"
    "1\tMoor Training\tfurther-education-college-region-uk:1\t\t\n"
    "2\tLoch College\tfurther-education-college-region-uk:4\t\t\n";
constexpr char kGias[] =
    "URN,LA (code),LA (name),EstablishmentNumber,EstablishmentName,TypeOfEstablishment (name),"
    "EstablishmentStatus (code),OpenDate,CloseDate,StatutoryLowAge,StatutoryHighAge,UKPRN,Street,"
    "Locality,Address3,Town,Postcode,SchoolWebsite,GOR (name),SiteName\n"
    "100000,201,City of Leeds,3614,Hill College,College,1,01-09-1990,,16,19,10000047,Main Street,"
    ",,Leeds,LS1 4AP,hill.example,Yorkshire,Not applicable\n";

class MergeTest : public ::testing::Test {
 protected:
  MergeTest() : service_(Definition(config_)) {
    officer_ = service_.Token({.subject = "users/officer", .roles = {"quality"}});
  }

  absl::StatusOr<v1::ImportCentresResponse> Import(const std::string& layout,
                                                   const std::string& file,
                                                   v1::ImportCentresRequest settings = {}) {
    settings.set_layout(layout);
    std::vector<v1::ImportCentresRequest> messages;
    constexpr std::size_t kPiece = 256 * 1024;
    for (std::size_t at = 0; at < file.size(); at += kPiece) {
      v1::ImportCentresRequest& message = messages.emplace_back();
      if (at == 0) message = settings;
      message.mutable_content()->set_data(file.substr(at, kPiece));
    }
    std::vector<const google::protobuf::Message*> pointers;
    for (const auto& message : messages) pointers.push_back(&message);
    v1::ImportCentresResponse response;
    const absl::Status status = service_.CallUpload("assay.approval.v1.CentreService/ImportCentres",
                                                    pointers, response, officer_);
    if (!status.ok()) return status;
    return response;
  }
  static v1::ImportCentresRequest Preview() {
    v1::ImportCentresRequest settings;
    settings.set_validate_only(true);
    return settings;
  }

  template <typename Response, typename Request>
  absl::StatusOr<Response> Call(const std::string& method, const Request& request) {
    return service_.Call<Response>("assay.approval.v1." + method, request, officer_);
  }
  absl::StatusOr<v1::Centre> Get(const std::string& id) {
    v1::GetCentreRequest request;
    request.set_name("centres/" + id);
    return Call<v1::Centre>("CentreService/GetCentre", request);
  }
  v1::CentreProvenance Provenance(const std::string& id) {
    v1::GetCentreProvenanceRequest request;
    request.set_name("centres/" + id + "/provenance");
    const auto found =
        Call<v1::CentreProvenance>("CentreMergeService/GetCentreProvenance", request);
    EXPECT_THAT(found, IsOk());
    return *found;
  }
  std::map<std::string, std::string> SourcesOf(const std::string& id) {
    std::map<std::string, std::string> sources;
    const v1::CentreProvenance provenance = Provenance(id);
    for (const v1::KeptFact& fact : provenance.facts()) sources[fact.field()] = fact.source();
    return sources;
  }
  std::vector<std::string> Search(const std::string& query, bool approximate = false) {
    v1::SearchCentresRequest request;
    request.set_query(query);
    request.set_include_approximate(approximate);
    const auto page = Call<v1::SearchCentresResponse>("CentreService/SearchCentres", request);
    EXPECT_THAT(page, IsOk());
    std::vector<std::string> ids;
    for (const v1::Centre& centre : page->centres()) ids.push_back(centre.name().substr(8));
    return ids;
  }
  std::vector<v1::DuplicateCentre> Duplicates(
      v1::DuplicateCentre::State state = v1::DuplicateCentre::STATE_UNSPECIFIED,
      int page_size = 1000) {
    std::vector<v1::DuplicateCentre> pairs;
    v1::ListDuplicateCentresRequest request;
    request.set_state(state);
    request.set_page_size(page_size);
    do {
      const auto page = Call<v1::ListDuplicateCentresResponse>(
          "CentreMergeService/ListDuplicateCentres", request);
      EXPECT_THAT(page, IsOk());
      if (!page.ok()) break;
      pairs.insert(pairs.end(), page->duplicate_centres().begin(), page->duplicate_centres().end());
      request.set_page_token(page->next_page_token());
    } while (!request.page_token().empty());
    return pairs;
  }
  std::vector<std::string> Pairs(
      v1::DuplicateCentre::State state = v1::DuplicateCentre::STATE_UNSPECIFIED) {
    std::vector<std::string> told;
    for (const v1::DuplicateCentre& pair : Duplicates(state)) {
      std::string line = pair.name().substr(pair.name().find('/') + 1);
      for (const std::string& reason : pair.reasons()) line += " " + reason;
      told.push_back(line);
    }
    return told;
  }
  absl::StatusOr<v1::Centre> Correct(const std::string& id, const std::string& field,
                                     const std::string& value) {
    v1::CorrectCentreRequest request;
    request.set_name("centres/" + id);
    request.set_reason("the head wrote to us");
    request.add_corrections()->set_field(field);
    request.mutable_corrections(0)->set_value(value);
    request.mutable_corrections(0)->set_withdrawn(value.empty());
    return Call<v1::Centre>("CentreMergeService/CorrectCentre", request);
  }
  absl::StatusOr<v1::Centre> Merge(const std::string& survivor, const std::string& duplicate,
                                   const std::string& reason = "one college") {
    v1::MergeCentresRequest request;
    request.set_name("centres/" + survivor);
    request.set_duplicate("centres/" + duplicate);
    request.set_reason(reason);
    return Call<v1::Centre>("CentreMergeService/MergeCentres", request);
  }
  // "what: why", newest first.
  std::vector<std::string> Timeline(const std::string& id) {
    v1::ListTimelineRequest request;
    request.set_parent("centres/" + id);
    const auto page = Call<v1::ListTimelineResponse>("OversightService/ListTimeline", request);
    EXPECT_THAT(page, IsOk());
    std::vector<std::string> told;
    for (const auto& entry : page->entries()) {
      told.push_back(absl::StrCat(entry.what(), ": ", entry.reason()));
    }
    return told;
  }
  // "2 NEW urn-100000: field was → is; ukprn NUMBER_KEPT".
  static std::vector<std::string> Rows(const v1::ImportCentresResponse& report) {
    std::vector<std::string> told;
    for (const v1::ImportedRow& row : report.rows()) {
      std::string line =
          absl::StrCat(row.line(), " ", v1::ImportedRow::Outcome_Name(row.outcome()).substr(8), " ",
                       row.centre().substr(8));
      for (const v1::FactChange& c : row.changes()) {
        absl::StrAppend(&line, "; ", c.field(), " \"", c.before(), "\" \"", c.after(), "\"");
      }
      for (const v1::FactConflict& c : row.conflicts()) {
        absl::StrAppend(&line, "; ", c.field(), " ", c.reason());
      }
      told.push_back(line);
    }
    return told;
  }
  std::string DataFile(const std::string& name) {
    const char* data = std::getenv("ASSAY_DATA");
    if (data == nullptr) return "";
    std::ifstream in(std::string(data) + "/centres/" + name, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  }

  Config config_;
  platform::testing::TestService service_;
  std::string officer_;
};

TEST_F(MergeTest, TakesEveryLayout) {
  ASSERT_THAT(Import("welsh-schools", kWelsh), IsOk());
  const auto beech = Get("laestab-6602130");
  ASSERT_THAT(beech, IsOk());
  EXPECT_EQ(beech->title(), "Beech School");
  EXPECT_EQ(beech->title_cy(), "Ysgol y Ffawydd");
  EXPECT_EQ(beech->laestab(), "6602130");
  EXPECT_EQ(beech->region(), "Wales");
  EXPECT_EQ(beech->authority(), "principal-local-authority:AGY");
  EXPECT_EQ(beech->kind(), "school-type-wls:1");
  EXPECT_EQ(beech->state(), v1::Centre::STATE_LISTED);
  EXPECT_EQ(Get("laestab-6602131")->state(), v1::Centre::STATE_CLOSED);

  ASSERT_THAT(Import("uk-providers", kProviders), IsOk());
  const auto hill = Get("ukprn-10000047");
  ASSERT_THAT(hill, IsOk());
  EXPECT_EQ(hill->title(), "Hill College, The");
  EXPECT_THAT(hill->other_names(), ElementsAre("Hill", "Hill Training"));
  EXPECT_THAT(hill->address_lines(), ElementsAre("Main Street"));
  EXPECT_EQ(hill->town(), "Leeds");
  EXPECT_EQ(hill->postcode(), "LS1 4AP");
  EXPECT_EQ(hill->website(), "");
  EXPECT_THAT(Get("ukprn-10000055")->address_lines(), ElementsAre("Unit 2", "High Street"));

  ASSERT_THAT(Import("uk-further-education", kColleges), IsOk());
  const auto loch = Get("fec-2");
  ASSERT_THAT(loch, IsOk());
  EXPECT_EQ(loch->region(), "Scotland");
  EXPECT_EQ(loch->reference(), "further-education-college-uk:2");
}

TEST_F(MergeTest, ARowFindsItsCentreByAnyNumberAndAddsToIt) {
  ASSERT_THAT(Import("england-establishments", kEngland), IsOk());
  const auto added = Import("gias", kGias);
  ASSERT_THAT(added, IsOk());
  EXPECT_EQ(added->updated_count(), 1);
  EXPECT_THAT(Rows(*added),
              ElementsAre("2 CHANGED urn-100000; ukprn \"\" \"10000047\"; region \"\" "
                          "\"Yorkshire\"; authority \"\" \"City of Leeds\"; website \"\" "
                          "\"hill.example\"; open_date \"\" \"1990-09-01\""));
  const auto providers = Import("uk-providers", kProviders);
  ASSERT_THAT(providers, IsOk());
  EXPECT_EQ(providers->created_count(), 1);
  EXPECT_EQ(providers->updated_count(), 1);
  const auto hill = Get("urn-100000");
  ASSERT_THAT(hill, IsOk());
  EXPECT_EQ(hill->title(), "Hill College");
  EXPECT_EQ(hill->kind(), "College");
  EXPECT_THAT(hill->other_names(), ElementsAre("Hill", "Hill College, The", "Hill Training"));
  EXPECT_THAT(Get("ukprn-10000047"), IsError(Code::kNotFound, "CENTRE_NOT_FOUND"));
  const auto sources = SourcesOf("urn-100000");
  EXPECT_EQ(sources.at("postcode"), "gias");
  EXPECT_EQ(sources.at("other_names"), "uk-providers");
}

TEST_F(MergeTest, NothingIsChangedOrLostByASecondRunInAnyOrder) {
  const std::vector<std::pair<std::string, std::string>> files = {
      {"england-establishments", kEngland},
      {"gias", kGias},
      {"uk-providers", kProviders},
      {"welsh-schools", kWelsh},
      {"uk-further-education", kColleges}};
  for (const auto& [layout, file] : files) ASSERT_THAT(Import(layout, file), IsOk());
  std::map<std::string, std::string> before;
  for (const char* id : {"urn-100000", "urn-100002", "ukprn-10000055", "laestab-6602130",
                         "laestab-6602131", "fec-1", "fec-2"}) {
    before[id] = Get(id)->SerializeAsString();
  }
  const auto pairs = Pairs();
  for (auto it = files.rbegin(); it != files.rend(); ++it) {
    const auto again = Import(it->first, it->second);
    ASSERT_THAT(again, IsOk());
    EXPECT_EQ(again->unchanged_count(), again->row_count()) << it->first;
    EXPECT_EQ(again->missing_count(), 0) << it->first;
  }
  for (const auto& [id, bytes] : before) EXPECT_EQ(Get(id)->SerializeAsString(), bytes) << id;
  EXPECT_EQ(Pairs(), pairs);
}

TEST_F(MergeTest, APreviewSaysWhatWouldBeAndKeepsNothing) {
  ASSERT_THAT(Import("england-establishments", kEngland), IsOk());
  const std::string changed =
      "URN,LAESTAB,SCHNAME,OTHERSCHNAME,STREET,TOWN,POSTCODE,ICLOSE,OPENDATE,CLOSEDATE,ISNEW,"
      "NFTYPE,AGEL,AGEH,OTHERURN\n"
      "100000,2013614,Hill Sixth Form,,Main Street,Leeds,LS1 4AP,1,,,0,College,16,19,\n"
      "100002,2016006,Vale School,,Long Lane,Leeds,LS1 4AQ,2,,2018-08-31,0,School,11,16,\n"
      "100004,,Dale School,,,,,1,,,0,,,,\n";
  const auto preview = Import("england-establishments", changed, Preview());
  ASSERT_THAT(preview, IsOk());
  EXPECT_THAT(Rows(*preview),
              ElementsAre("2 CHANGED urn-100000; title \"Hill College\" \"Hill Sixth Form\"",
                          "3 CLOSED urn-100002; close_date \"\" \"2018-08-31\"; status \"\" "
                          "\"closed\"",
                          "4 NEW urn-100004"));
  EXPECT_EQ(preview->closing_count(), 1);
  EXPECT_EQ(Get("urn-100000")->title(), "Hill College");
  EXPECT_THAT(Get("urn-100004"), IsError(Code::kNotFound, "CENTRE_NOT_FOUND"));
  EXPECT_THAT(Rows(*Import("england-establishments", changed)), Rows(*preview));
  EXPECT_EQ(Get("urn-100002")->state(), v1::Centre::STATE_CLOSED);
}

TEST_F(MergeTest, APreviewIsReadInPieces) {
  v1::ImportCentresRequest settings = Preview();
  settings.set_rows_max(1);
  const auto first = Import("england-establishments", kEngland, settings);
  ASSERT_THAT(first, IsOk());
  EXPECT_THAT(Rows(*first), ElementsAre("2 NEW urn-100000"));
  EXPECT_EQ(first->next_line(), 3);
  EXPECT_EQ(first->created_count(), 2);
  settings.set_rows_from_line(first->next_line());
  const auto second = Import("england-establishments", kEngland, settings);
  ASSERT_THAT(second, IsOk());
  EXPECT_THAT(Rows(*second), ElementsAre("3 NEW urn-100002"));
  EXPECT_EQ(second->next_line(), 0);
  settings.set_rows_from_line(-1);
  EXPECT_THAT(Import("england-establishments", kEngland, settings),
              IsError(Code::kInvalidArgument, "FIELD_INVALID"));
}

TEST_F(MergeTest, TellsWhatAFileNoLongerHas) {
  ASSERT_THAT(Import("uk-providers", kProviders), IsOk());
  const std::string file(kProviders);
  const auto shorter = Import("uk-providers", file.substr(0, file.find("10000055")));
  ASSERT_THAT(shorter, IsOk());
  EXPECT_EQ(shorter->missing_count(), 1);
  EXPECT_THAT(shorter->missing_centres(), ElementsAre("centres/ukprn-10000055"));
  EXPECT_EQ(Get("ukprn-10000055")->state(), v1::Centre::STATE_LISTED);
}

TEST_F(MergeTest, ANumberThatIsKnownIsNotOverwrittenByAFile) {
  ASSERT_THAT(Import("gias", kGias), IsOk());
  std::string other = kGias;
  other.replace(other.find("10000047"), 8, "10000091");
  const auto report = Import("gias", other);
  ASSERT_THAT(report, IsOk());
  EXPECT_EQ(report->conflict_count(), 1);
  EXPECT_EQ(report->unchanged_count(), 1);
  EXPECT_THAT(Rows(*report), ElementsAre("2 UNCHANGED urn-100000; ukprn NUMBER_KEPT"));
  EXPECT_EQ(Get("urn-100000")->ukprn(), "10000047");
  ASSERT_THAT(Correct("urn-100000", "ukprn", "10000091"), IsOk());
  EXPECT_EQ(Import("gias", other)->conflict_count(), 0);
  EXPECT_EQ(Get("urn-100000")->ukprn(), "10000091");
}

TEST_F(MergeTest, AnOfficersCorrectionStaysUntilItIsTakenBack) {
  ASSERT_THAT(Import("england-establishments", kEngland), IsOk());
  const auto corrected = Correct("urn-100000", "title", "Hill Further Education");
  ASSERT_THAT(corrected, IsOk());
  EXPECT_EQ(corrected->title(), "Hill Further Education");
  EXPECT_THAT(corrected->other_names(), ElementsAre("Hill College"));
  const auto again = Import("england-establishments", kEngland);
  ASSERT_THAT(again, IsOk());
  EXPECT_THAT(Rows(*again), ElementsAre("2 UNCHANGED urn-100000; title OFFICER_CORRECTED"));
  EXPECT_THAT(Search("hill further"), ElementsAre("urn-100000"));
  EXPECT_THAT(Search("hill college"), ElementsAre("urn-100000"));
  const v1::CentreProvenance provenance = Provenance("urn-100000");
  ASSERT_EQ(provenance.corrections_size(), 1);
  EXPECT_EQ(provenance.corrections(0).officer(), "users/officer");
  EXPECT_EQ(provenance.corrections(0).reason(), "the head wrote to us");
  EXPECT_EQ(provenance.conflicts(0).reason(), "OFFICER_CORRECTED");
  EXPECT_EQ(Correct("urn-100000", "title", "")->title(), "Hill College");
  EXPECT_EQ(Provenance("urn-100000").corrections_size(), 2);
}

TEST_F(MergeTest, RefusesCorrectionsThatCannotBe) {
  ASSERT_THAT(Import("england-establishments", kEngland), IsOk());
  for (const auto& [field, value] :
       std::vector<std::pair<std::string, std::string>>{{"ukprn", "20000047"},
                                                        {"urn", "1"},
                                                        {"open_date", "2018-02-30"},
                                                        {"age_low", "200"},
                                                        {"status", "closed"},
                                                        {"title", "a\nb"}}) {
    EXPECT_THAT(Correct("urn-100000", field, value),
                IsError(Code::kInvalidArgument, "FIELD_INVALID"))
        << field;
  }
  EXPECT_THAT(Correct("urn-999999", "title", "x"), IsError(Code::kNotFound, "CENTRE_NOT_FOUND"));
}

TEST_F(MergeTest, FindsDuplicatesByNumberNameAndPostcode) {
  ASSERT_THAT(Import("england-establishments", kEngland), IsOk());
  ASSERT_THAT(Import("uk-providers", kProviders), IsOk());
  ASSERT_THAT(Import("uk-further-education", kColleges), IsOk());
  EXPECT_THAT(Pairs(), ElementsAre("ukprn-10000047.urn-100000 NAME_AND_POSTCODE",
                                   "fec-1.ukprn-10000055 SAME_NAME"));
  const auto gias = Import("gias", kGias);
  ASSERT_THAT(gias, IsOk());
  EXPECT_EQ(gias->rows(0).conflicts(0).reason(), "NUMBER_ELSEWHERE");
  EXPECT_EQ(gias->rows(0).conflicts(0).kept_source(), "centres/ukprn-10000047");
  EXPECT_THAT(Pairs(), ElementsAre("ukprn-10000047.urn-100000 SAME_UKPRN NAME_AND_POSTCODE",
                                   "fec-1.ukprn-10000055 SAME_NAME"));
  EXPECT_EQ(Duplicates(v1::DuplicateCentre::STATE_OPEN, 1).size(), 2u);
}

TEST_F(MergeTest, MergingLosesNothingAndHoldsForLaterImports) {
  ASSERT_THAT(Import("england-establishments", kEngland), IsOk());
  ASSERT_THAT(Import("uk-providers", kProviders), IsOk());
  const auto merged = Merge("urn-100000", "ukprn-10000047");
  ASSERT_THAT(merged, IsOk());
  EXPECT_EQ(merged->ukprn(), "10000047");
  EXPECT_THAT(merged->other_names(), ElementsAre("Hill", "Hill College, The", "Hill Training"));
  const auto gone = Get("ukprn-10000047");
  ASSERT_THAT(gone, IsOk());
  EXPECT_EQ(gone->merged_into(), "centres/urn-100000");
  EXPECT_EQ(gone->state(), v1::Centre::STATE_CLOSED);
  EXPECT_EQ(gone->title(), "Hill College, The");
  EXPECT_THAT(Search("hill training"), ElementsAre("urn-100000"));
  EXPECT_THAT(Search("10000047"), ElementsAre("urn-100000"));
  EXPECT_THAT(Pairs(), IsEmpty());
  const auto decided = Duplicates(v1::DuplicateCentre::STATE_MERGED);
  ASSERT_EQ(decided.size(), 1u);
  EXPECT_EQ(decided[0].officer(), "users/officer");
  EXPECT_EQ(decided[0].decision_reason(), "one college");
  for (const auto& [layout, file] : std::vector<std::pair<std::string, std::string>>{
           {"uk-providers", kProviders}, {"england-establishments", kEngland}}) {
    const auto again = Import(layout, file);
    ASSERT_THAT(again, IsOk());
    EXPECT_EQ(again->unchanged_count(), again->row_count()) << layout;
  }
  EXPECT_EQ(Get("urn-100000")->etag(), merged->etag());
  EXPECT_THAT(Merge("urn-100002", "ukprn-10000047"),
              IsError(Code::kFailedPrecondition, "CENTRE_MERGED"));
  EXPECT_THAT(Correct("ukprn-10000047", "title", "x"),
              IsError(Code::kFailedPrecondition, "CENTRE_MERGED"));
}

TEST_F(MergeTest, ACentreInUseDoesNotGo) {
  ASSERT_THAT(Import("england-establishments", kEngland), IsOk());
  v1::ApproveCentreRequest approve;
  approve.set_name("centres/urn-100000");
  ASSERT_THAT(Call<v1::Centre>("CentreService/ApproveCentre", approve), IsOk());
  // Where the qualification is offered (QUAL-1).
  ASSERT_THAT(Correct("urn-100000", "region", "Wales"), IsOk());
  v1::CreateQualificationApprovalRequest apply;
  apply.set_parent("centres/urn-100000");
  apply.mutable_qualification_approval()->set_qualification("qualifications/3818-13");
  const std::string head =
      service_.Token({.roles = {"centre_head"}, .centre = "centres/urn-100000"});
  ASSERT_THAT(service_.Call<v1::QualificationApproval>(
                  "assay.approval.v1.ApprovalService/CreateQualificationApproval", apply, head),
              IsOk());
  EXPECT_THAT(Merge("urn-100002", "urn-100000"),
              IsError(Code::kFailedPrecondition, "CENTRE_IN_USE"));
  EXPECT_THAT(Merge("urn-100000", "urn-100000"), IsError(Code::kInvalidArgument, "FIELD_INVALID"));
  EXPECT_THAT(Merge("urn-100000", "urn-100002", " "),
              IsError(Code::kInvalidArgument, "REASON_MISSING"));
  // Two rows of one file may be one centre, too.
  ASSERT_THAT(Merge("urn-100000", "urn-100002"), IsOk());
  EXPECT_EQ(Import("england-establishments", kEngland)->unchanged_count(), 2);
  EXPECT_EQ(Get("urn-100000")->title(), "Hill College");
  EXPECT_THAT(Search("vale school"), ElementsAre("urn-100000"));
}

// QUAL-9: what was imposed on a centre, or hangs on it, is not lost by calling it another's
// duplicate.
TEST_F(MergeTest, WhatACentreHasOfItsOwnIsNamedAndNotShed) {
  ASSERT_THAT(Import("england-establishments", kEngland), IsOk());
  const std::string vale = "centres/urn-100002";
  v1::ApproveCentreRequest approve;
  approve.set_name(vale);
  ASSERT_THAT(Call<v1::Centre>("CentreService/ApproveCentre", approve), IsOk());
  const auto today = absl::ToCivilDay(service_.clock().Now(), absl::UTCTimeZone());
  const auto refused = [&](const std::string& uses) {
    const auto merged = Merge("urn-100000", "urn-100002");
    EXPECT_THAT(merged, IsError(Code::kFailedPrecondition, "CENTRE_IN_USE")) << uses;
    EXPECT_EQ(MetadataOf(merged.status(), "uses"), uses);
    EXPECT_EQ(MetadataOf(merged.status(), "rule"), "QUAL-9");
    EXPECT_THAT(FieldsOf(merged.status()), ElementsAre("duplicate: has " + uses));
  };
  v1::ImposeRestrictionRequest cap;
  cap.set_parent(vale);
  cap.mutable_restriction()->set_kind(v1::Restriction::KIND_SANCTION);
  cap.mutable_restriction()->set_level("learner-cap");
  cap.mutable_restriction()->set_learners_max(5);
  cap.mutable_restriction()->set_reason("one room");
  const absl::CivilDay later = today + 3;  // A planned one counts, too.
  cap.mutable_restriction()->mutable_from_day()->set_year(static_cast<int>(later.year()));
  cap.mutable_restriction()->mutable_from_day()->set_month(later.month());
  cap.mutable_restriction()->mutable_from_day()->set_day(later.day());
  const auto capped = Call<v1::Restriction>("OversightService/ImposeRestriction", cap);
  ASSERT_THAT(capped, IsOk());
  refused("conditions or sanctions");
  v1::LiftRestrictionRequest lift;
  lift.set_name(capped->name());
  lift.set_reason("imposed on the other record");
  ASSERT_THAT(Call<v1::Restriction>("OversightService/LiftRestriction", lift), IsOk());

  v1::CreateActionRequest give;
  give.set_parent(vale);
  give.mutable_action()->set_text("Train the verifiers");
  *give.mutable_action()->mutable_due_day() = cap.restriction().from_day();
  const auto action = Call<v1::CentreAction>("OversightService/CreateAction", give);
  ASSERT_THAT(action, IsOk());
  refused("open improvement actions");
  v1::CancelActionRequest cancel;
  cancel.set_name(action->name());
  cancel.set_reason("given to the other record");
  ASSERT_THAT(Call<v1::CentreAction>("OversightService/CancelAction", cancel), IsOk());

  v1::CreateSiteRequest propose;
  propose.set_parent(vale);
  propose.mutable_site()->set_title("North");
  propose.mutable_site()->set_postcode("LS2 4AP");
  const auto site = Call<v1::Site>("LifecycleService/CreateSite", propose);
  ASSERT_THAT(site, IsOk());
  v1::CreateStaffRequest employ;
  employ.set_parent(vale);
  employ.mutable_staff_member()->set_display_name("Ann");
  employ.mutable_staff_member()->set_subject("users/ann");
  employ.mutable_staff_member()->add_roles()->set_role(v1::STAFF_ROLE_ASSESSOR);
  const auto ann = Call<v1::StaffMember>("StaffService/CreateStaff", employ);
  ASSERT_THAT(ann, IsOk());
  refused("staff, sites");
  v1::SuspendCentreRequest suspend;
  suspend.set_name(vale);
  suspend.set_reason("No verifier.");
  ASSERT_THAT(Call<v1::Centre>("CentreService/SuspendCentre", suspend), IsOk());
  refused("staff, sites, a suspension");
}

// QUAL-7: who applied before the register's row was found has still applied.
TEST_F(MergeTest, AnApplicationGoesAlongWithTheCentre) {
  ASSERT_THAT(Import("england-establishments", kEngland), IsOk());
  v1::CreateCentreRequest create;
  create.set_title("Hill Academy");
  create.set_postcode("LS9 9ZZ");
  create.set_applicant("Nia Price");
  create.set_reason("We want to teach.");
  const auto made = Call<v1::Centre>("LifecycleService/CreateCentre", create);
  ASSERT_THAT(made, IsOk());
  const auto merged = Merge("urn-100000", made->name().substr(8));
  ASSERT_THAT(merged, IsOk());
  EXPECT_EQ(merged->state(), v1::Centre::STATE_APPLIED);
  v1::ListCentreApplicationsRequest list;
  list.set_parent("centres/urn-100000");
  const auto page =
      Call<v1::ListCentreApplicationsResponse>("LifecycleService/ListCentreApplications", list);
  ASSERT_THAT(page, IsOk());
  ASSERT_EQ(page->applications_size(), 1);
  EXPECT_EQ(page->applications(0).applicant(), "Nia Price");
}

TEST_F(MergeTest, TheTimelineTellsOfMergesCorrectionsAndDismissals) {
  ASSERT_THAT(Import("england-establishments", kEngland), IsOk());
  ASSERT_THAT(Import("uk-providers", kProviders), IsOk());
  ASSERT_THAT(Import("uk-further-education", kColleges), IsOk());
  ASSERT_THAT(Correct("urn-100000", "town", "York"), IsOk());
  ASSERT_THAT(Correct("urn-100000", "town", ""), IsOk());
  ASSERT_THAT(Merge("urn-100000", "ukprn-10000047"), IsOk());
  EXPECT_THAT(Timeline("urn-100000"),
              ElementsAre("merged: takes in centres/ukprn-10000047: one college",
                          "corrected: town (taken back): the head wrote to us",
                          "corrected: town: the head wrote to us"));
  EXPECT_THAT(Timeline("ukprn-10000047"), ElementsAre("merged into centres/urn-100000: one college",
                                                      "closed: it is one with centres/urn-100000"));
  v1::DismissDuplicateRequest dismiss;
  dismiss.set_name("duplicateCentres/fec-1.ukprn-10000055");
  dismiss.set_reason("two towns");
  ASSERT_THAT(Call<v1::DuplicateCentre>("CentreMergeService/DismissDuplicate", dismiss), IsOk());
  EXPECT_THAT(Timeline("fec-1"), ElementsAre("is another than centres/ukprn-10000055: two towns"));
  EXPECT_THAT(Timeline("ukprn-10000055"), ElementsAre("is another than centres/fec-1: two towns"));
}

// A wrong row must not end a centre that teaches without anybody having looked.
TEST_F(MergeTest, AFileClosesACentreThatTeachesOnlyIfThatIsAccepted) {
  ASSERT_THAT(Import("england-establishments", kEngland), IsOk());
  ASSERT_THAT(Correct("urn-100000", "region", "Wales"), IsOk());
  v1::ApproveCentreRequest approve;
  approve.set_name("centres/urn-100000");
  ASSERT_THAT(Call<v1::Centre>("CentreService/ApproveCentre", approve), IsOk());
  v1::CreateQualificationApprovalRequest apply;
  apply.set_parent("centres/urn-100000");
  apply.mutable_qualification_approval()->set_qualification("qualifications/3818-13");
  const auto applied =
      Call<v1::QualificationApproval>("ApprovalService/CreateQualificationApproval", apply);
  ASSERT_THAT(applied, IsOk());
  v1::ApproveQualificationApprovalRequest give;
  give.set_name(applied->name());
  ASSERT_THAT(Call<v1::QualificationApproval>("ApprovalService/ApproveQualificationApproval", give),
              IsOk());
  std::string closed = kEngland;
  closed.replace(closed.find("LS1 4AP,1,,"), 11, "LS1 4AP,2,,");
  closed.replace(closed.find("LS1 4AQ,1,,"), 11, "LS1 4AQ,2,,");  // Nobody learns there.
  const auto held = [](const absl::StatusOr<v1::ImportCentresResponse>& report, int closing) {
    ASSERT_THAT(report, IsOk());
    EXPECT_EQ(report->closing_count(), closing);
    EXPECT_EQ(report->closure_held_count(), 1);
    EXPECT_EQ(report->conflict_count(), 1);
    const v1::ImportedRow& row = report->rows(0);
    EXPECT_EQ(row.centre(), "centres/urn-100000");
    ASSERT_EQ(row.conflicts_size(), 1);
    EXPECT_EQ(row.conflicts(0).field(), "status");
    EXPECT_EQ(row.conflicts(0).offered(), "closed");
    EXPECT_EQ(row.conflicts(0).reason(), "CLOSURE_NOT_ACCEPTED");
  };
  held(Import("england-establishments", closed, Preview()), 1);
  held(Import("england-establishments", closed), 1);
  EXPECT_EQ(Get("urn-100000")->state(), v1::Centre::STATE_APPROVED);
  EXPECT_EQ(Get("urn-100002")->state(), v1::Centre::STATE_CLOSED);
  // It stays a conflict for as long as the file says so.
  held(Import("england-establishments", closed), 0);
  EXPECT_EQ(Get("urn-100000")->state(), v1::Centre::STATE_APPROVED);
  v1::ImportCentresRequest accept;
  accept.set_accept_closures(true);
  const auto done = Import("england-establishments", closed, accept);
  ASSERT_THAT(done, IsOk());
  EXPECT_EQ(done->closing_count(), 1);
  EXPECT_EQ(done->closure_held_count(), 0);
  EXPECT_EQ(Get("urn-100000")->state(), v1::Centre::STATE_CLOSED);
  EXPECT_THAT(Timeline("urn-100000")[0], HasSubstr("an officer has accepted it"));
  const auto again = Import("england-establishments", closed, accept);
  ASSERT_THAT(again, IsOk());
  EXPECT_EQ(again->unchanged_count(), 2);
  EXPECT_EQ(again->closing_count(), 0);
}

// Centres that were imported before sources were kept apart have facts and no source.
TEST_F(MergeTest, WhatWasKnownBeforeSourcesWereKeptApartIsNotLost) {
  ASSERT_THAT(Import("england-establishments", kEngland), IsOk());
  ASSERT_THAT(service_.database().WriteNow([](platform::Transaction& tx) {
    return tx.Execute("DELETE FROM centre_sources", {}).status();
  }),
              IsOk());
  std::string gias = kGias;
  gias.replace(gias.find("Main Street"), 11, "");
  ASSERT_THAT(Import("gias", gias), IsOk());
  const auto hill = Get("urn-100000");
  EXPECT_EQ(hill->website(), "hill.example");
  EXPECT_THAT(hill->address_lines(), ElementsAre("Main Street"));
  EXPECT_EQ(SourcesOf("urn-100000").at("address_lines"), "england-establishments");
  EXPECT_EQ(Import("england-establishments", kEngland)->unchanged_count(), 2);
  EXPECT_THAT(Correct("urn-100002", "town", "York"), IsOk());
  EXPECT_EQ(Get("urn-100002")->postcode(), "LS1 4AQ");
}

TEST_F(MergeTest, TheEndOfTheOneThatWentIsNotTheEndOfTheOther) {
  ASSERT_THAT(Import("england-establishments", kEngland), IsOk());
  ASSERT_THAT(Merge("urn-100000", "urn-100002"), IsOk());
  std::string closed = kEngland;
  closed.replace(closed.find("LS1 4AQ,1,,"), 11, "LS1 4AQ,2,,");
  const auto report = Import("england-establishments", closed);
  ASSERT_THAT(report, IsOk());
  EXPECT_EQ(report->unchanged_count(), 2);
  EXPECT_EQ(report->closing_count(), 0);
  EXPECT_EQ(report->conflict_count(), 0);
  std::string gias = kGias;  // A file that ranks higher, and had not told of it before.
  gias.replace(gias.find("100000,"), 7, "100002,");
  gias.replace(gias.find("College,1,"), 10, "College,2,");
  const auto other = Import("gias", gias);
  ASSERT_THAT(other, IsOk());
  EXPECT_EQ(other->rows(0).centre(), "centres/urn-100000");
  EXPECT_EQ(other->closing_count(), 0);
  EXPECT_EQ(Get("urn-100000")->state(), v1::Centre::STATE_LISTED);
  EXPECT_EQ(Get("urn-100000")->ukprn(), "10000047");
}

TEST_F(MergeTest, ARowWithMoreNumbersTakesOnTheCentreThatHasOneOfThem) {
  ASSERT_THAT(Import("uk-providers", kProviders), IsOk());
  const auto gias = Import("gias", kGias);
  ASSERT_THAT(gias, IsOk());
  EXPECT_EQ(gias->updated_count(), 1);
  EXPECT_EQ(gias->rows(0).centre(), "centres/ukprn-10000047");
  EXPECT_EQ(Get("ukprn-10000047")->urn(), "100000");
  EXPECT_THAT(Get("urn-100000"), IsError(Code::kNotFound, "CENTRE_NOT_FOUND"));
  const auto england = Import("england-establishments", kEngland);
  ASSERT_THAT(england, IsOk());
  EXPECT_EQ(england->created_count(), 1);
  EXPECT_EQ(Import("gias", kGias)->unchanged_count(), 1);
}

TEST_F(MergeTest, ARowThatSeveralCouldClaimIsRefused) {
  ASSERT_THAT(Import("england-establishments", kEngland), IsOk());
  ASSERT_THAT(Correct("urn-100000", "ukprn", "10000047"), IsOk());
  ASSERT_THAT(Correct("urn-100002", "ukprn", "10000047"), IsOk());
  EXPECT_THAT(Pairs(), ElementsAre("urn-100000.urn-100002 SAME_UKPRN"));
  const auto report = Import("uk-providers", kProviders);
  ASSERT_THAT(report, IsOk());
  EXPECT_EQ(report->refused_count(), 1);
  EXPECT_EQ(report->refused_rows(0).reason(), "NUMBER_SHARED");
  EXPECT_EQ(report->refused_rows(0).line(), 2);
  EXPECT_EQ(report->created_count(), 1);
}

TEST_F(MergeTest, OneBodyKnowsNothingOfAnothersCentres) {
  ASSERT_THAT(Import("uk-providers", kProviders), IsOk());
  ASSERT_THAT(Import("uk-further-education", kColleges), IsOk());
  const std::string name = Duplicates()[0].name();
  officer_ = service_.Token({.tenant = "tenant-b", .roles = {"quality"}});
  EXPECT_THAT(Pairs(), IsEmpty());
  v1::GetDuplicateCentreRequest get;
  get.set_name(name);
  EXPECT_THAT(Call<v1::DuplicateCentre>("CentreMergeService/GetDuplicateCentre", get),
              IsError(Code::kNotFound, "DUPLICATE_NOT_FOUND"));
  EXPECT_THAT(Search("traning"), IsEmpty());
  EXPECT_THAT(Merge("ukprn-10000055", "fec-1"), IsError(Code::kNotFound, "CENTRE_NOT_FOUND"));
  EXPECT_EQ(Import("uk-providers", kProviders)->created_count(), 2);
}

TEST_F(MergeTest, ADismissedPairIsNotProposedAgain) {
  ASSERT_THAT(Import("uk-providers", kProviders), IsOk());
  ASSERT_THAT(Import("uk-further-education", kColleges), IsOk());
  ASSERT_EQ(Duplicates().size(), 1u);
  v1::DismissDuplicateRequest dismiss;
  dismiss.set_name(Duplicates()[0].name());
  EXPECT_THAT(Call<v1::DuplicateCentre>("CentreMergeService/DismissDuplicate", dismiss),
              IsError(Code::kInvalidArgument, "REASON_MISSING"));
  dismiss.set_reason("a company and a college");
  const auto dismissed = Call<v1::DuplicateCentre>("CentreMergeService/DismissDuplicate", dismiss);
  ASSERT_THAT(dismissed, IsOk());
  EXPECT_EQ(dismissed->state(), v1::DuplicateCentre::STATE_DISMISSED);
  EXPECT_THAT(Call<v1::DuplicateCentre>("CentreMergeService/DismissDuplicate", dismiss),
              IsError(Code::kFailedPrecondition, "DUPLICATE_DECIDED"));
  std::string renamed = kColleges;
  renamed.replace(renamed.find("Loch"), 4, "Lake");
  ASSERT_THAT(Import("uk-further-education", renamed), IsOk());
  EXPECT_THAT(Pairs(), IsEmpty());
  v1::GetDuplicateCentreRequest get;
  get.set_name(dismiss.name());
  EXPECT_EQ(
      Call<v1::DuplicateCentre>("CentreMergeService/GetDuplicateCentre", get)->decision_reason(),
      "a company and a college");
  get.set_name("duplicateCentres/urn-1");
  EXPECT_THAT(Call<v1::DuplicateCentre>("CentreMergeService/GetDuplicateCentre", get),
              IsError(Code::kNotFound, "DUPLICATE_NOT_FOUND"));
}

TEST_F(MergeTest, FindsWhatIsSpelledNearlySoAndWelshNames) {
  ASSERT_THAT(Import("england-establishments", kEngland), IsOk());
  ASSERT_THAT(Import("welsh-schools", kWelsh), IsOk());
  EXPECT_THAT(Search("colege hill"), ElementsAre("urn-100000"));
  EXPECT_THAT(Search("ysgol ffawydd"), ElementsAre("laestab-6602130"));
  EXPECT_THAT(Search("ysgol heol gaerdydd"), ElementsAre("laestab-6602131"));
  EXPECT_THAT(Search("Ysgol Heol C\xC3\xA2"
                     "erdydd"),
              ElementsAre("laestab-6602131"));
  EXPECT_THAT(Search("zebra"), IsEmpty());
  EXPECT_THAT(Search("100001"), IsEmpty());
  EXPECT_THAT(Search("school vale"), ElementsAre("urn-100002"));
}

// The counts were taken from the files with another language's csv and unicodedata modules: 125
// pairs of a provider and a school at one postcode under like names, and 185, 117 and 1 colleges or
// Welsh schools under the name of a provider, of an English establishment, of a provider.
TEST_F(MergeTest, MergesTheRealFilesAndFindsTheirDuplicates) {
  struct File {
    const char* layout;
    const char* name;
    int rows;
    int created;
  };
  const std::vector<File> files = {
      {"england-establishments", "england_establishments.csv", 12'916, 12'916},
      {"welsh-schools", "school-wls.tsv", 1'616, 1'616},
      {"uk-providers", "uk_providers_ukprn.csv", 806, 806},
      {"uk-further-education", "further-education-college-uk.tsv", 312, 312},
      // Two of its four are of the even numbers of the English file.
      {"gias", "gias_full_layout_sample.csv", 4, 2}};
  for (const File& file : files) {
    const std::string bytes = DataFile(file.name);
    if (bytes.empty()) {
      GTEST_SKIP() << "set ASSAY_DATA to the folder of the real data files";
    }
    const auto report = Import(file.layout, bytes);
    ASSERT_THAT(report, IsOk()) << file.name;
    EXPECT_EQ(report->row_count(), file.rows) << file.name;
    EXPECT_EQ(report->created_count(), file.created) << file.name;
    EXPECT_EQ(report->refused_count(), 0) << file.name;
    EXPECT_EQ(report->conflict_count(), 0) << file.name;
  }
  int by_postcode = 0;
  int by_name = 0;
  for (const v1::DuplicateCentre& pair : Duplicates()) {
    ASSERT_EQ(pair.reasons_size(), 1) << pair.name();
    by_postcode += pair.reasons(0) == "NAME_AND_POSTCODE";
    by_name += pair.reasons(0) == "SAME_NAME";
  }
  EXPECT_EQ(by_postcode, 125);
  EXPECT_EQ(by_name, 185 + 117 + 1);
  for (const File& file : files) {
    const auto again = Import(file.layout, DataFile(file.name));
    ASSERT_THAT(again, IsOk()) << file.name;
    EXPECT_EQ(again->unchanged_count(), file.rows) << file.name;
    EXPECT_EQ(again->missing_count(), 0) << file.name;
  }
  EXPECT_EQ(Get("urn-100492")->ukprn(), "10079297");
  EXPECT_THAT(Search("abingdon witney college"), ElementsAre("fec-1", "ukprn-10000055"));
  EXPECT_THAT(Search("abindgon and witny collage"), ElementsAre("fec-1", "ukprn-10000055"));
  EXPECT_THAT(Search("llechan lan"), ElementsAre(::testing::StartsWith("laestab-")));
  EXPECT_THAT(Search("langors"), ElementsAre(::testing::StartsWith("laestab-")));
}

}  // namespace
}  // namespace assay::approval
