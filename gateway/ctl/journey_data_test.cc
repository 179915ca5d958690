#include "gateway/ctl/journey_data.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

#include "absl/strings/numbers.h"
#include "gateway/ctl/recount.h"
#include "services/platform/testing/fakes.h"
#include "services/platform/testing/status_matchers.h"

namespace assay::gateway::ctl {
namespace {

using platform::testing::IsError;
using platform::testing::IsOk;
using platform::testing::TempDir;

std::string Write(const TempDir& dir, std::string_view name, std::string_view text) {
  const std::string path = dir / name;
  std::ofstream(path, std::ios::binary) << text;
  return path;
}

TEST(JourneyDataTest, EachSchoolBecomesACohortWithItsMissingMarks) {
  TempDir dir;
  const auto schools = ReadSchools(Write(dir, "m.csv",
                                         "rownames,school,student,gender,written,course\n"
                                         "1,20920,16,M,23,\n2,20920,25,F,,71.2\n"
                                         "3,22520,1,F,39,76.8\n4,20920,26,F,,9.25\n"));
  ASSERT_THAT(schools, IsOk());
  ASSERT_EQ(schools->size(), 2u);
  const Cohort& first = schools->at(0);
  EXPECT_EQ(first.title, "School 20920");
  EXPECT_EQ(first.centre(), "centres/urn-20920");
  EXPECT_EQ(first.missing(), 1);
  EXPECT_EQ(MarksCsv(first), "candidate,mark\n16,\n25,71.2\n26,9.25\n");
  EXPECT_EQ(schools->at(1).marks.size(), 1u);
}

TEST(JourneyDataTest, ScriptsAreCutIntoCohortsInEssayOrder) {
  TempDir dir;
  const auto cohorts =
      ReadDoubleMarked(Write(dir, "d.csv",
                             "essay_id,essay_set,rater1_domain1,rater2_domain1\n"
                             "10,1,4,5\n9,1,3,3\n2,1,1,2\n7,2,6,6\n11,1,2,2\n12,1,5,4\n"),
                       "1", 2, 10001);
  ASSERT_THAT(cohorts, IsOk());
  ASSERT_EQ(cohorts->size(), 3u);
  EXPECT_EQ(MarksCsv(cohorts->at(0)), "candidate,mark\n2,1\n9,3\n");
  EXPECT_EQ(MarksCsv(cohorts->at(1)), "candidate,mark\n10,4\n11,2\n");
  EXPECT_EQ(cohorts->at(1).second_marks.at("10"), "5");
  EXPECT_EQ(MarksCsv(cohorts->at(2)), "candidate,mark\n12,5\n");
  EXPECT_EQ(cohorts->at(2).urn, "10003");
  EXPECT_EQ(cohorts->at(2).title, "Essays set 1, cohort 03");
}

TEST(JourneyDataTest, CentresCsvHasOneCompleteRowPerCohort) {
  const std::string csv = CentresCsv({{.urn = "20920", .title = "School 20920"}});
  TempDir dir;
  int rows = 0;
  EXPECT_THAT(ReadRows(Write(dir, "c.csv", csv), {.required = {"URN", "SCHNAME", "ICLOSE"}},
                       [&](const platform::TableRow& row) {
                         ++rows;
                         EXPECT_EQ(row.Get("URN"), "20920");
                         EXPECT_EQ(row.Get("SCHNAME"), "School 20920");
                         EXPECT_EQ(row.Get("ICLOSE"), "1");
                         return absl::OkStatus();
                       }),
              IsOk());
  EXPECT_EQ(rows, 1);
}

TEST(JourneyDataTest, SaysWhichLineOfWhichFileIsWrong) {
  TempDir dir;
  const std::string path = Write(dir, "m.csv", "school,student,course\n20920,1,5\n,2,6\n");
  const auto schools = ReadSchools(path);
  EXPECT_THAT(schools, IsError(absl::StatusCode::kInvalidArgument, "ROW_MALFORMED"));
  EXPECT_NE(schools.status().message().find("m.csv line 3"), absl::string_view::npos);
  EXPECT_THAT(ReadSchools(dir / "none.csv"),
              IsError(absl::StatusCode::kNotFound, "FILE_UNREADABLE"));
}

TEST(RecountTest, CountsLinesAndNotLineEnds) {
  TempDir dir;
  const auto count = RecountEstablishments(
      Write(dir, "e.csv", "URN,NAME,ICLOSE\r\n1,\"a, b\nc\",2\r\n2,d,1\r\n3,\"e \"\"f\"\"\",2"));
  ASSERT_THAT(count, IsOk());
  EXPECT_EQ(count->rows, 3);
  EXPECT_EQ(count->closed, 2);
  EXPECT_THAT(RecountEstablishments(Write(dir, "x.csv", "URN\n1\n")),
              IsError(absl::StatusCode::kInvalidArgument, "TABLE_HEADER_MISSING_COLUMN"));
}

TEST(RecountTest, LadderStepsWhereMod2Says) {
  const std::pair<int, int> cases[] = {{0, 0},    {1, 1},    {15, 15},  {16, 15},  {100, 15},
                                       {101, 20}, {200, 20}, {201, 25}, {9999, 25}};
  for (const auto& [pool, drawn] : cases) EXPECT_EQ(PearsonLadder(pool), drawn) << pool;
}

// The figures of the index that comes with the data, from both readings of the files.
class RealDataTest : public ::testing::Test {
 protected:
  void SetUp() override {
    const char* dir = std::getenv("ASSAY_DATA");
    if (dir == nullptr) GTEST_SKIP() << "ASSAY_DATA does not name the folder of the real data";
    dir_ = dir;
  }
  std::string dir_;
};

TEST_F(RealDataTest, SchoolsAndMissingMarksAreThoseOfTheIndex) {
  const std::string path = dir_ + "/marks/mlmRev_Gcsemv.csv";
  const auto schools = ReadSchools(path);
  const auto recount = RecountSchools(path);
  ASSERT_THAT(schools, IsOk());
  ASSERT_THAT(recount, IsOk());
  EXPECT_EQ(schools->size(), 73u);
  EXPECT_EQ(recount->size(), 73u);
  int missing = 0;
  int marks = 0;
  for (const Cohort& school : *schools) {
    missing += school.missing();
    marks += static_cast<int>(school.marks.size()) - school.missing();
    EXPECT_EQ(school.missing(), recount->at(school.urn).missing()) << school.urn;
  }
  EXPECT_EQ(missing, 180);
  EXPECT_EQ(marks, 1725);
}

TEST_F(RealDataTest, SetOneIsThirtyCohorts) {
  const std::string path = dir_ + "/double_marked/asap_sets_1_2_3_7.csv";
  const auto cohorts = ReadDoubleMarked(path, "1", 60, 10001);
  const auto recount = RecountDoubleMarked(path, "1");
  ASSERT_THAT(cohorts, IsOk());
  ASSERT_THAT(recount, IsOk());
  ASSERT_EQ(cohorts->size(), 30u);
  std::size_t scripts = 0;
  for (const Cohort& cohort : *cohorts) {
    scripts += cohort.marks.size();
    for (const CandidateMark& m : cohort.marks) {
      int essay = 0;
      ASSERT_TRUE(absl::SimpleAtoi(m.candidate, &essay));
      EXPECT_EQ(m.mark, std::to_string(recount->at(essay).first));
      EXPECT_EQ(cohort.second_marks.at(m.candidate), std::to_string(recount->at(essay).second));
    }
  }
  EXPECT_EQ(scripts, recount->size());
  EXPECT_EQ(cohorts->back().marks.size(), recount->size() % 60);
}

TEST_F(RealDataTest, EstablishmentsAreThoseOfTheIndex) {
  const auto count = RecountEstablishments(dir_ + "/centres/england_establishments.csv");
  ASSERT_THAT(count, IsOk());
  EXPECT_EQ(count->rows, 12'916);
}

}  // namespace
}  // namespace assay::gateway::ctl
