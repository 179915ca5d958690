// Approval as its users meet it, through the gateway: a technical qualification from application to
// an accepted declaration whose evidence moderation has sampled, the centre's dashboard, and a
// consortium of two centres from draw to release.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "absl/time/clock.h"
#include "tests/e2e/world.h"

namespace assay::e2e {
namespace {

using nlohmann::json;

constexpr char kCentre[] = "centres/urn-100101";

json DateOf(absl::CivilDay day) {
  return {{"year", day.year()}, {"month", day.month()}, {"day", day.day()}};
}

class ApprovalE2eTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    system_ = System::Start().release();
    if (system_ == nullptr) return;
    MakeWorld(*system_);
    officer_ = Quality(*system_);
    head_ = system_->Token(
        {.subject = "users/head", .roles = {"centre_head"}, .centre = std::string(kCentre)});
  }
  static void TearDownTestSuite() { delete system_; }
  void SetUp() override { ASSERT_NE(system_, nullptr); }

  // The answer to a call that has to go well.
  static json Post(const std::string& path, const json& body, const std::string& token) {
    const HttpReply reply = system_->Post("/v1/" + path, body, token);
    EXPECT_EQ(reply.status, 200) << path << ": " << reply.body;
    return reply.status == 200 ? reply.Json() : json::object();
  }
  static json Get(const std::string& path, const std::string& token) {
    const HttpReply reply = system_->Get("/v1/" + path, token);
    EXPECT_EQ(reply.status, 200) << path << ": " << reply.body;
    return reply.status == 200 ? reply.Json() : json::object();
  }

  static System* system_;
  static std::string officer_, head_;
  const absl::CivilDay today_ = absl::ToCivilDay(absl::Now(), absl::UTCTimeZone());
};
System* ApprovalE2eTest::system_ = nullptr;
std::string ApprovalE2eTest::officer_;
std::string ApprovalE2eTest::head_;

json TechnicalQualification() {
  return {
      {"number", "9001-03"},
      {"title", "Level 3 in Shop Management"},
      {"level", 3},
      {"guidedLearningHours", 10},
      {"totalQualificationTime", 20},
      {"accreditationNumber", "A/1"},
      {"minimumAge", 16},
      {"regions", {"Wales"}},
      {"employerInvolvement", true},
      {"sectors", {"15"}},
      {"source", "made for tests"},
      {"units",
       {{{"number", "301"},
         {"title", "Selling"},
         {"level", 3},
         {"guidedLearningHours", 10},
         {"credits", 1},
         {"assessmentMethod", "assignment"},
         {"assessmentMinutes", 60},
         {"markTotal", 10},
         {"percentageTotal", 100},
         {"outcomes", {{{"number", 1}, {"title", "Sell"}, {"marks", 10}, {"percentage", 100}}}}}}},
      {"combination", {{"title", "All"}, {"creditsMin", 1}, {"units", {"301"}}}}};
}

// EI-1, EI-9, EI-11, EI-13, EI-14: the planner before the approval, the sample before the
// acceptance.
TEST_F(ApprovalE2eTest, ATechnicalQualificationFromApplicationToAcceptedInvolvement) {
  Post("qualifications", {{"qualification", TechnicalQualification()}, {"changeNote", "a new one"}},
       officer_);
  const std::string approval = Post(absl::StrCat(kCentre, "/qualificationApprovals"),
                                    {{"qualification", "qualifications/9001-03"}}, head_)["name"];
  const HttpReply early = system_->Post("/v1/" + approval + ":approve", json::object(), officer_);
  EXPECT_EQ(early.status, 400) << early.body;
  EXPECT_NE(early.body.find("PLANNER_MISSING"), std::string::npos) << early.body;

  const json activity = {{"activityId", "placement"},
                         {"title", "A week in the shop"},
                         {"kind", "ACTIVITY_KIND_WORK_PLACEMENT"},
                         {"mode", "ACTIVITY_MODE_IN_PERSON"},
                         {"practitioner", {{"employer", "Corner Shop Ltd"}, {"sectors", {"15.2"}}}},
                         {"contingency", "a second week"},
                         {"day", DateOf(today_)},
                         {"attendances",
                          {{{"enrolment", "E1"}, {"participation", "PARTICIPATION_COMPLETED"}},
                           {{"enrolment", "E2"}, {"participation", "PARTICIPATION_COMPLETED"}}}},
                         {"evidence", {absl::StrCat(kCentre, "/evidence/register")}}};
  const json document = {{"learners",
                          {{{"enrolment", "E1"}, {"learnerName", "Ada"}},
                           {{"enrolment", "E2"}, {"learnerName", "Ben"}}}},
                         {"activities", {activity}}};
  const json planner = Post(absl::StrCat(kCentre, "/planners"),
                            {{"qualificationApproval", approval},
                             {"firstDay", DateOf(today_ - 100)},
                             {"lastDay", DateOf(today_ + 100)},
                             {"document", document}},
                            head_);
  const std::string name = planner["name"];
  const std::string committed = planner["nextSampleCommitment"];
  const json handed_in = Post(name + ":submit", json::object(), head_);
  Post(name + ":judge", {{"outcome", "STATE_MEETS"}, {"etag", handed_in["etag"]}}, officer_);
  Post(approval + ":approve", json::object(), officer_);
  const std::string etag = Get(name, head_)["etag"];
  Post(name + ":declare",
       {{"etag", etag},
        {"declaration",
         {{"signedBy", "Helen Head"}, {"position", "Head of centre"}, {"confirmed", true}}}},
       head_);

  const json sample = Post(name + "/samples", json::object(), officer_);
  EXPECT_EQ(sample["seedCommitment"], committed) << "shown when the planner was opened (MOD-4)";
  // Whoever has the published draw can have it made again, a person of the centre too.
  const json verified =
      Post("samples:verifyDraw",
           {{"draw", json::parse(sample["publishedDraw"].get<std::string>())}}, head_);
  EXPECT_TRUE(verified.value("verified", false)) << verified.dump();
  json checks = json::array();
  for (const json& check : sample["checks"]) {
    checks.push_back({{"item", check["item"]}, {"inOrder", true}});
  }
  ASSERT_FALSE(checks.empty());
  Post(sample["name"].get<std::string>() + ":recordChecks", {{"checks", checks}}, officer_);
  Post(name + ":conclude", {{"outcome", "STATE_ACCEPTED"}, {"etag", Get(name, officer_)["etag"]}},
       officer_);

  const HttpReply page = system_->Get(absl::StrCat("/v1/", kCentre, ":dashboard"), head_);
  EXPECT_EQ(page.status, 200) << page.body;
  EXPECT_NE(page.body.find("<h1>Northgate College</h1>"), std::string::npos);
  EXPECT_NE(page.body.find("A week in the shop"), std::string::npos);
  EXPECT_NE(page.body.find("Ada (E1)"), std::string::npos);
}

// MOD-5
TEST_F(ApprovalE2eTest, AConsortiumIsOneGroupFromDrawToRelease) {
  json members = json::array();
  for (const std::string centre : {"centres/urn-100101", "centres/urn-100102"}) {
    Post(absl::StrCat(kComponent, "/submissions"), {{"centre", centre}}, officer_);
    const HttpReply marks = system_->Call({.method = "POST",
                                           .path = "/v1/" + SubmissionOf(centre) + ":importMarks",
                                           .body = MarksCsv(20),
                                           .token = Exams(*system_, centre),
                                           .content_type = "text/csv"});
    ASSERT_EQ(marks.status, 200) << marks.body;
    members.push_back(SubmissionOf(centre));
  }
  const std::string consortium =
      Post(absl::StrCat(kComponent, "/consortia?consortiumId=leeds"),
           {{"title", "Leeds"}, {"submissions", members}}, officer_)["name"];
  for (const json& member : members) {
    Post(member.get<std::string>() + ":submit", json::object(), officer_);
  }
  const json drawn = Post(consortium + ":draw", json::object(), officer_);
  ASSERT_EQ(drawn["samples"].size(), 2u);
  EXPECT_EQ(drawn["samples"][0]["poolCount"], 40);
  Post("moderators", {{"subject", "users/m"}, {"title", "M"}}, officer_);
  Post(consortium + ":allocate", json::object(), officer_);
  const std::string moderator = system_->Token({.subject = "users/m", .roles = {"moderator"}});
  json judged;
  // Four stages at most.
  for (int stage = 0; stage < 4; ++stage) {
    for (const json& member : members) {
      const std::string name = member;
      json marks = json::array();
      const json work = Get(name + "/work?pageSize=1000", moderator);
      for (const json& item : work["items"]) {
        if (item.contains("moderatorMark")) continue;
        const std::string candidate = item["candidate"];
        marks.push_back(
            {{"candidate", candidate}, {"mark", MarkOf(std::stoi(candidate.substr(1)))}});
      }
      if (!marks.empty()) Post(name + ":recordModeratorMarks", {{"marks", marks}}, moderator);
    }
    judged = Post(consortium + ":judge", json::object(), moderator);
    ASSERT_TRUE(judged.contains("judgements"));
    if (judged["judgements"][0].value("final", false)) break;
  }
  EXPECT_EQ(judged["judgements"][0].value("action", ""), "ACTION_MARKS_STAND");
  Post(consortium + ":release",
       {{"feedback", {{"tasks", "Fine."}, {"accuracy", "Fine."}, {"administration", "Fine."}}}},
       officer_);
  const json results = Get(SubmissionOf("centres/urn-100102") + "/results?pageSize=100",
                           Exams(*system_, "centres/urn-100102"));
  EXPECT_EQ(results["results"].size(), 20u);
}

}  // namespace
}  // namespace assay::e2e
