// Results as a regulator's return, through the service.
#include <gmock/gmock.h>
#include <google/api/httpbody.pb.h>
#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "assay/moderation/v1/return_service.pb.h"
#include "services/moderation/errors.h"
#include "services/moderation/testing/moderation_fixture.h"
#include "services/platform/error/error.h"

namespace assay::moderation {
namespace {

using platform::FieldsOf;
using platform::MetadataOf;
using platform::testing::IsError;
using platform::testing::IsOk;
using testing::Code;
using ::testing::Contains;
using ::testing::HasSubstr;
using testing::kComponent;
using testing::kPackage;

class ReturnTest : public testing::ModerationTest {
 protected:
  // A released submission of the centre whose marks stand.
  void Releasing(const std::string& csv) {
    MakeComponent([](v1::Component& c) { c.set_qualification("qualifications/3818-13"); });
    // The fixture's centres have no URN of five or six digits; this one has.
    centre_ = service_.Token(
        {.subject = "users/exams", .roles = {"centre_exams"}, .centre = "centres/urn-100000"});
    const std::string name = Open("centres/urn-100000")->name();
    ASSERT_THAT(Import(name, csv), IsOk());
    ASSERT_THAT(Submit(name, true), IsOk());
    ASSERT_THAT(Draw(name), IsOk());
    ASSERT_THAT(MakeModerator("users/mod"), IsOk());
    ASSERT_THAT(Allocate(name), IsOk());
    const auto work = Work(name);
    ASSERT_THAT(work, IsOk());
    std::map<std::string, double> marks;
    for (absl::string_view line : absl::StrSplit(csv, '\n', absl::SkipEmpty())) {
      const std::vector<std::string> cells = absl::StrSplit(line, ',');
      if (cells[0] != "candidate" && !cells[1].empty()) marks[cells[0]] = std::stod(cells[1]);
    }
    MarkDue(name, [&](const std::string& number) { return marks[number]; });
    ASSERT_THAT(Judge(name), IsOk());
    ASSERT_THAT(Release(name), IsOk());
  }

  std::pair<std::string, absl::Status> Export(
      const std::string& token, v1::MarksMode mode = v1::MARKS_MODE_UNSPECIFIED,
      const std::function<void(v1::ExportResultsRequest&)>& change = {}) {
    v1::ExportResultsRequest request;
    request.set_parent("series/summer-2026");
    request.set_mode(mode);
    request.set_awarding_organisation("Assay");
    request.mutable_reporting_date()->set_year(2026);
    request.mutable_reporting_date()->set_month(8);
    request.mutable_reporting_date()->set_day(20);
    if (change) change(request);
    std::string all;
    head_.clear();
    type_.clear();
    const absl::Status status = service_.CallDownload(
        kPackage + "ReturnService/ExportResults", request,
        [&](const std::string& bytes) {
          google::api::HttpBody body;
          ASSERT_TRUE(body.ParseFromString(bytes));
          all += body.data();
          if (!body.content_type().empty()) type_ = body.content_type();
        },
        token, &head_);
    return {all, status};
  }
  static std::vector<std::string> Lines(const std::string& text) {
    return absl::StrSplit(text, "\r\n", absl::SkipEmpty());
  }

  std::map<std::string, std::string> head_;
  std::string type_;
};

TEST_F(ReturnTest, ReleasedResultsLeaveAsTheReturnAsksForThem) {
  Releasing(
      "candidate,mark,absent,uln\n"
      "c1,57,,1000000043\n"
      "c2,12,,9999999999\n"
      "c3,,yes,\n");
  const auto [csv, status] = Export(officer_);
  ASSERT_THAT(status, IsOk());
  EXPECT_EQ(type_, "text/csv; charset=utf-8");
  EXPECT_EQ(head_["x-http-content-disposition"],
            "attachment; filename=\"component-results-summer-2026.csv\"");
  const std::vector<std::string> lines = Lines(csv);
  ASSERT_EQ(lines.size(), 4u);
  EXPECT_EQ(lines[0],
            "ReportingDate,AssessmentSeries,AwardingOrganisation,QualificationNumber,"
            "AssessmentCode,CentreURN,UKPRN,CentreIdentifierOther,Centre_name,"
            "UniqueLearnerNumber,CandidateIdentifierOther,MaximumMark,CentreMark,FinalMark,"
            "MarkBasis");
  EXPECT_EQ(lines[1],
            "2026-08-20,Summer 2026,Assay,3818-13,coursework,100000,-2,-2,"
            "Title of centres/urn-100000,1000000043,c1,60,57,57,CENTRE");
  EXPECT_THAT(lines[2], HasSubstr(",-2,c2,60,12,12,CENTRE"));
  EXPECT_THAT(lines[3], HasSubstr(",-2,c3,60,-2,-2,ABSENT"));
  const auto [again, repeated] = Export(officer_);
  EXPECT_EQ(again, csv);
}

TEST_F(ReturnTest, AValueThatDoesNotFitRefusesTheWholeOrItsRow) {
  Releasing(
      "candidate,mark,uln\n"
      "c1,57,1000000043\n"
      "c23456789012345678901234,12,\n");
  const auto [nothing, refused] = Export(officer_);
  EXPECT_THAT(refused, IsError(Code::kFailedPrecondition, kExportRefused));
  EXPECT_EQ(nothing, "");
  EXPECT_EQ(MetadataOf(refused, "fault_count"), "1");
  EXPECT_THAT(FieldsOf(refused), Contains(::testing::AllOf(HasSubstr("CandidateIdentifierOther"),
                                                           HasSubstr("PATTERN_MISMATCH"))));
  const auto [kept, status] = Export(officer_, v1::MARKS_MODE_KEEP_GOOD);
  ASSERT_THAT(status, IsOk());
  EXPECT_EQ(Lines(kept).size(), 2u);
  const auto [report, validated] = Export(officer_, v1::MARKS_MODE_VALIDATE_ONLY);
  ASSERT_THAT(validated, IsOk());
  EXPECT_THAT(report, HasSubstr("fault,CandidateIdentifierOther,"));
  EXPECT_THAT(report, HasSubstr("note,UKPRN,,,\"^.{10000000,99999999}$\""));
  EXPECT_THAT(report, HasSubstr("note,CentreURN,"));
}

TEST_F(ReturnTest, OnlyOfficersExportAndOnlyWhatIsReleased) {
  MakeComponent();
  Allocated(20);
  const auto [empty, status] = Export(officer_);
  ASSERT_THAT(status, IsOk());
  EXPECT_EQ(Lines(empty).size(), 1u);  // The header.
  EXPECT_THAT(Export(centre_).second, IsError(Code::kPermissionDenied, "ROLE_NOT_ALLOWED"));
  EXPECT_THAT(Export(moderator_).second, IsError(Code::kPermissionDenied, "ROLE_NOT_ALLOWED"));
  const std::string abroad =
      service_.Token({.tenant = "tenant-b", .subject = "users/officer", .roles = {"quality"}});
  EXPECT_THAT(Export(abroad).second, IsError(Code::kNotFound, kSeriesNotFound));
  const auto with = [&](const std::function<void(v1::ExportResultsRequest&)>& change) {
    return Export(officer_, v1::MARKS_MODE_UNSPECIFIED, change).second;
  };
  EXPECT_THAT(with([](auto& r) { r.set_parent("series/none"); }),
              IsError(Code::kNotFound, kSeriesNotFound));
  EXPECT_THAT(with([](auto& r) { r.set_layout("policies/pearson-2026"); }),
              IsError(Code::kNotFound, kPolicyNotFound));
  EXPECT_THAT(with([](auto& r) { r.set_component("series/other/components/c"); }),
              IsError(Code::kInvalidArgument, "FIELD_INVALID"));
  EXPECT_THAT(with([](auto& r) { r.mutable_reporting_date()->set_day(31 + 1); }),
              IsError(Code::kInvalidArgument, "FIELD_INVALID"));
}

}  // namespace
}  // namespace assay::moderation
