#include <string>

#include "assay/moderation/v1/report_service.pb.h"
#include "google/api/httpbody.pb.h"
#include "services/moderation/testing/moderation_fixture.h"
#include "services/platform/page/outline_for_test.h"

namespace assay::moderation {
namespace {

using platform::Outline;
using testing::Code;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::IsError;
using testing::IsOk;
using testing::kComponent;
using ::testing::Not;

class ReportsTest : public testing::ModerationTest {
 protected:
  absl::StatusOr<std::string> Report(const std::string& name, const std::string& token) {
    v1::GetSubmissionReportRequest request;
    request.set_name(name);
    return PageOf("GetSubmissionReport", request, token);
  }
  absl::StatusOr<std::string> SeriesReport(const std::string& name, const std::string& token) {
    v1::GetSeriesReportRequest request;
    request.set_name(name);
    return PageOf("GetSeriesReport", request, token);
  }
  absl::StatusOr<std::string> PageOf(const std::string& method,
                                     const google::protobuf::Message& request,
                                     const std::string& token) {
    const auto body = Call<google::api::HttpBody>("ReportService/" + method, request, token);
    if (!body.ok()) return body.status();
    EXPECT_EQ(body->content_type(), "text/html; charset=utf-8");
    EXPECT_THAT(Outline::Of(body->data()).Problems(), IsEmpty()) << method;
    return body->data();
  }
  // Marks of both beside each other, without the heading.
  static std::size_t PairsShown(const std::string& page) {
    const std::size_t rows = Outline::Of(page).Rows("Marks of both").size();
    return rows == 0 ? 0 : rows - 1;
  }
};

TEST_F(ReportsTest, TheOfficeSeesASubmissionGrowFromMarksToResults) {
  MakeComponent();
  ASSERT_THAT(Open(), IsOk());
  const std::string name = kComponent + "/submissions/urn-1";
  auto page = Report(name, officer_);
  ASSERT_THAT(page, IsOk());
  EXPECT_THAT(*page, HasSubstr("The centre has not submitted its marks."));
  EXPECT_THAT(*page, HasSubstr("No sample is in force."));

  ASSERT_THAT(Import(name, Csv(40)), IsOk());
  ASSERT_THAT(Submit(name), IsOk());
  const auto sample = Draw(name);
  ASSERT_THAT(sample, IsOk());
  ASSERT_THAT(MakeModerator("users/mod"), IsOk());
  ASSERT_THAT(Allocate(name), IsOk());
  page = Report(name, officer_);
  ASSERT_THAT(page, IsOk());
  const Outline allocated = Outline::Of(*page);
  EXPECT_EQ(allocated.Fact("Cohort"),
            "40 candidates: 40 marked, 0 without a mark, 0 absent or withdrawn");
  EXPECT_EQ(allocated.Fact("Sampling policy"), sample->policy_version());
  EXPECT_THAT(*page, HasSubstr("at most " + std::to_string(sample->clean_upper_bound()) +
                               " of the 40 candidates"));
  // The fixture's cohort has three assessors and four groups, and a sample of 15 reaches them all.
  EXPECT_EQ(allocated.Rows("Assessor: 3 of 3 represented").size(), 4u);
  EXPECT_EQ(allocated.Rows("Teaching group: 4 of 4 represented").size(), 5u);

  // A centre that is 6 too generous throughout, above a tolerance of 4 (6 % of 60, rounded).
  const auto severe = [](const std::string& c) { return std::max(0, MarkOf(c) - 6); };
  MarkDue(name, severe);
  const auto stage1 = Judge(name);
  ASSERT_THAT(stage1, IsOk());
  ASSERT_FALSE(stage1->final());
  MarkDue(name, severe);
  const auto judged = Judge(name);
  ASSERT_THAT(judged, IsOk());
  ASSERT_EQ(judged->action(), v1::ACTION_ADJUSTED);
  ASSERT_THAT(Release(name, "Tasks < fine & clear."), IsOk());

  page = Report(name, officer_);
  ASSERT_THAT(page, IsOk());
  const Outline outline = Outline::Of(*page);
  EXPECT_EQ(outline.Fact("Stage"), "released");
  EXPECT_EQ(outline.Fact("Candidates marked by both"), std::to_string(judged->judged_count()));
  EXPECT_EQ(outline.Fact("Within tolerance"), std::to_string(judged->in_tolerance_count()));
  EXPECT_EQ(PairsShown(*page), static_cast<std::size_t>(sample->candidates_size()));
  EXPECT_EQ(outline.Rows("Judgements").size(), 3u) << "a heading and two judgements";
  EXPECT_EQ(outline.Rows("Judgements")[2][6], judged->explanation());
  EXPECT_THAT(outline.Rows("Marks in summary")[1],
              ElementsAre("Before", "40", ::testing::_, ::testing::_, ::testing::_, ::testing::_));
  EXPECT_THAT(*page, HasSubstr("Adjustment: from the centre's mark to the final mark"));
  EXPECT_THAT(*page, HasSubstr("Tasks &lt; fine &amp; clear."));
  EXPECT_EQ(outline.All("svg").size(), 2u);
}

// MOD-9: of every pair of marks that the report shows, the moderator has recorded one.
TEST_F(ReportsTest, AModeratorLearnsNoMarkOfTheCentreBeforeTheOwnOne) {
  MakeComponent();
  const std::string name = Allocated(40);
  auto page = Report(name, moderator_);
  ASSERT_THAT(page, IsOk());
  EXPECT_EQ(PairsShown(*page), 0u);
  const Outline before = Outline::Of(*page);
  EXPECT_THAT(before.All("svg"), IsEmpty());
  EXPECT_THAT(before.Rows("Marks"), IsEmpty()) << "ranges of marks tell how they lie";
  EXPECT_THAT(before.Rows("Assessor").size(), 4u);

  v1::RecordModeratorMarksRequest one;
  one.set_name(name);
  const auto work = Work(name);
  ASSERT_THAT(work, IsOk());
  auto& mark = *one.add_marks();
  mark.set_candidate(work->items(0).candidate());
  mark.set_mark(7);
  ASSERT_THAT(Call<v1::RecordModeratorMarksResponse>("ModerationService/RecordModeratorMarks", one,
                                                     moderator_),
              IsOk());
  page = Report(name, moderator_);
  ASSERT_THAT(page, IsOk());
  ASSERT_EQ(PairsShown(*page), 1u);
  EXPECT_EQ(Outline::Of(*page).Rows("Marks of both")[1][0], work->items(0).candidate());

  // Whoever takes it over has not marked that candidate, nor judged anything.
  ASSERT_THAT(MakeModerator("users/second"), IsOk());
  MarkDue(name, [](const std::string& c) { return std::max(0, MarkOf(c) - 9); });
  ASSERT_THAT(Judge(name), IsOk());
  v1::ListModeratorsRequest list;
  const auto moderators =
      Call<v1::ListModeratorsResponse>("ModerationService/ListModerators", list, officer_);
  ASSERT_THAT(moderators, IsOk());
  for (const auto& moderator : moderators->moderators()) {
    if (moderator.subject() != "users/second") continue;
    ASSERT_THAT(Allocate(name, moderator.name()), IsOk());
  }
  const std::string second = service_.Token({.subject = "users/second", .roles = {"moderator"}});
  page = Report(name, second);
  ASSERT_THAT(page, IsOk());
  EXPECT_EQ(PairsShown(*page), 0u);
  EXPECT_THAT(*page, HasSubstr("It has not been judged."));
  EXPECT_THAT(Outline::Of(*page).All("svg"), IsEmpty());
  EXPECT_THAT(Report(name, moderator_), IsError(Code::kNotFound, kSubmissionNotFound))
      << "it is no longer allocated to the first one";
}

TEST_F(ReportsTest, ACentreSeesStageAndCoverageUntilTheRelease) {
  MakeComponent();
  const std::string name = Allocated(12);  // All of 12 are drawn.
  MarkDue(name, [](const std::string& c) { return MarkOf(c); });
  auto page = Report(name, centre_);
  ASSERT_THAT(page, IsOk());
  EXPECT_EQ(PairsShown(*page), 0u);
  EXPECT_THAT(Outline::Of(*page).All("svg"), IsEmpty());
  EXPECT_THAT(*page, HasSubstr("The submission is being moderated."));
  EXPECT_THAT(Outline::Of(*page).Rows("Assessor: 3 of 3").size(), 4u);
  EXPECT_EQ(Outline::Of(*page).Fact("Moderator"), "");

  ASSERT_THAT(Judge(name), IsOk());
  page = Report(name, centre_);
  ASSERT_THAT(page, IsOk());
  EXPECT_EQ(PairsShown(*page), 0u) << "judged is not released";
  EXPECT_THAT(*page, Not(HasSubstr("within the tolerance")));
  EXPECT_EQ(PairsShown(*Report(name, officer_)), 6u) << "the first stage was enough";

  ASSERT_THAT(Release(name, "Well chosen."), IsOk());
  page = Report(name, centre_);
  ASSERT_THAT(page, IsOk());
  EXPECT_EQ(PairsShown(*page), 6u);
  EXPECT_EQ(Outline::Of(*page).All("svg").size(), 2u);
  EXPECT_THAT(*page, HasSubstr("Well chosen."));
  EXPECT_EQ(Outline::Of(*page).Fact("Moderator"), "") << "centres do not learn who moderated";
  EXPECT_THAT(*page, Not(HasSubstr("users/mod")));
}

TEST_F(ReportsTest, WhatIsOutOfReachDoesNotExist) {
  MakeComponent();
  const std::string name = Allocated(12);
  const std::string idle = service_.Token({.subject = "users/idle", .roles = {"moderator"}});
  const std::string elsewhere =
      service_.Token({.tenant = "tenant-b", .subject = "users/officer", .roles = {"quality"}});
  for (const std::string& token : {stranger_, idle, elsewhere}) {
    EXPECT_THAT(Report(name, token), IsError(Code::kNotFound, kSubmissionNotFound));
  }
  EXPECT_THAT(SeriesReport("series/summer-2026", elsewhere),
              IsError(Code::kNotFound, kSeriesNotFound));
  EXPECT_THAT(SeriesReport("series/other", officer_), IsError(Code::kNotFound, kSeriesNotFound));
  EXPECT_THAT(SeriesReport("summer-2026", officer_),
              IsError(Code::kInvalidArgument, "FIELD_INVALID"));
}

TEST_F(ReportsTest, ASeriesCountsWhatItsReaderReaches) {
  MakeComponent();
  Allocated(12);
  ASSERT_THAT(Open("centres/urn-2"), IsOk());
  auto page = SeriesReport("series/summer-2026", officer_);
  ASSERT_THAT(page, IsOk());
  EXPECT_EQ(Outline::Of(*page).Fact("Submissions"), "2");
  EXPECT_THAT(Outline::Of(*page).Rows("Submissions by component")[1],
              ElementsAre("Coursework", "2", "1", "0", "0", "1", "0", "0", "0", "0", "0", "0"));
  EXPECT_THAT(Outline::Of(*page).Rows("Open submissions")[1],
              ElementsAre("Castle School", "Coursework", "0", "0"));
  EXPECT_THAT(Outline::Of(*page).Rows("Moderators with")[1][1], "1");

  page = SeriesReport("series/summer-2026", centre_);
  ASSERT_THAT(page, IsOk());
  EXPECT_EQ(Outline::Of(*page).Fact("Submissions"), "1");
  EXPECT_THAT(*page, Not(HasSubstr("urn-2")));
  EXPECT_THAT(*page, Not(HasSubstr("Who is moderating")));

  page = SeriesReport("series/summer-2026", moderator_);
  ASSERT_THAT(page, IsOk());
  EXPECT_EQ(Outline::Of(*page).Fact("Submissions"), "1");

  const std::string idle = service_.Token({.subject = "users/idle", .roles = {"moderator"}});
  page = SeriesReport("series/summer-2026", idle);
  ASSERT_THAT(page, IsOk());
  EXPECT_EQ(Outline::Of(*page).Fact("Submissions"), "0");
  EXPECT_THAT(*page, Not(HasSubstr("urn-")));
}

}  // namespace
}  // namespace assay::moderation
