// Moderation as its users meet it, through the gateway: blind until the own mark is in, planned,
// explained, and readable as a page.
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"
#include "tests/e2e/world.h"

namespace assay::e2e {
namespace {

using nlohmann::json;

constexpr char kSeries[] = "series/blind-2026";
constexpr char kCoursework[] = "series/blind-2026/components/coursework";
constexpr int kCandidates = 40;

// A centre mark that no other number in an answer looks like.
std::string CentreMark(int index) { return absl::StrFormat("%d.37", 20 + index); }

// As a number of its own: the seconds of a time may begin with the same digits, and have more.
bool Tells(const std::string& body, const std::string& mark) {
  const auto digit = [&](std::size_t i) { return i < body.size() && absl::ascii_isdigit(body[i]); };
  for (std::size_t at = body.find(mark); at != body.npos; at = body.find(mark, at + 1)) {
    if (!digit(at + mark.size()) && (at == 0 || !digit(at - 1))) return true;
  }
  return false;
}
std::string CandidateNumber(int index) { return absl::StrFormat("K%04d", index); }

class ModerationE2eTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    system_ = System::Start().release();
    if (system_ == nullptr) return;
    MakeWorld(*system_);
    officer_ = Quality(*system_);
    exams_ = Exams(*system_, "centres/urn-100101");
    moderator_ = system_->Token({.subject = "users/blind-moderator", .roles = {"moderator"}});
    ASSERT_EQ(
        system_->Post("/v1/series?seriesId=blind-2026", {{"title", "Blind 2026"}}, officer_).status,
        200);
    const HttpReply component =
        system_->Post(absl::StrCat("/v1/", kSeries, "/components?componentId=coursework"),
                      {{"title", "Coursework"},
                       {"qualification", "qualifications/3818-13"},
                       {"markMax", 100},
                       {"markStep", 0.01},
                       {"samplingPolicy", "pearson-2026"},
                       {"tolerancePolicy", "six-percent"},
                       {"adjustmentPolicy", "least-squares"},
                       {"blind", true}},
                      officer_);
    ASSERT_EQ(component.status, 200) << component.body;
    submission_ = absl::StrCat(kCoursework, "/submissions/urn-100101");
    ASSERT_EQ(system_
                  ->Post(absl::StrCat("/v1/", kCoursework, "/submissions"),
                         {{"centre", "centres/urn-100101"}}, exams_)
                  .status,
              200);
    std::string csv = "candidate,mark,assessor\n";
    for (int i = 1; i <= kCandidates; ++i) {
      absl::StrAppend(&csv, CandidateNumber(i), ",", CentreMark(i), ",A", i % 3, "\n");
    }
    const HttpReply marks = system_->Call({.method = "POST",
                                           .path = "/v1/" + submission_ + ":importMarks",
                                           .body = csv,
                                           .token = exams_,
                                           .content_type = "text/csv"});
    ASSERT_EQ(marks.status, 200) << marks.body;
    ASSERT_EQ(system_->Post("/v1/" + submission_ + ":submit", json::object(), exams_).status, 200);
    const HttpReply sample =
        system_->Post("/v1/" + submission_ + "/samples:draw", json::object(), officer_);
    ASSERT_EQ(sample.status, 200) << sample.body;
    sample_ = sample.Json()["name"];
    const HttpReply moderator = system_->Post(
        "/v1/moderators", {{"subject", "users/blind-moderator"}, {"title", "Blind"}}, officer_);
    ASSERT_EQ(moderator.status, 200) << moderator.body;
    moderator_name_ = moderator.Json()["name"];
    const HttpReply allocated =
        system_->Post("/v1/" + submission_ + ":allocate", json::object(), officer_);
    ASSERT_EQ(allocated.status, 200) << allocated.body;
  }
  static void TearDownTestSuite() { delete system_; }
  void SetUp() override { ASSERT_NE(system_, nullptr); }

  // Every route that reads, from the gateway's own description, with this world's names in it.
  static std::vector<std::string> ReadingPaths() {
    const json api = system_->Get("/openapi.json", officer_).Json();
    const auto id = [](const std::string& name) { return name.substr(name.rfind('/') + 1); };
    const std::map<std::string, std::string> names = {
        {"{series}", "blind-2026"},           {"{component}", "coursework"},
        {"{submission}", "urn-100101"},       {"{sample}", id(sample_)},
        {"{moderator}", id(moderator_name_)}, {"{centre}", "urn-100101"},
        {"{policy}", "pearson-2026"},         {"{qualification}", "3818-13"}};
    std::vector<std::string> paths;
    for (const auto& [path, operations] : api["paths"].items()) {
      if (operations.contains("get")) paths.push_back(absl::StrReplaceAll(path, names));
    }
    return paths;
  }

  static json Work() {
    return system_->Get("/v1/" + submission_ + "/work?pageSize=1000", moderator_).Json();
  }

  static System* system_;
  static std::string officer_, exams_, moderator_, submission_, sample_, moderator_name_;
};
System* ModerationE2eTest::system_ = nullptr;
std::string ModerationE2eTest::officer_;
std::string ModerationE2eTest::exams_;
std::string ModerationE2eTest::moderator_;
std::string ModerationE2eTest::submission_;
std::string ModerationE2eTest::sample_;
std::string ModerationE2eTest::moderator_name_;

// MOD-9: whatever a moderator can read tells no centre mark of what is not marked yet.
TEST_F(ModerationE2eTest, NoAnswerToAModeratorTellsACentreMarkBeforeTheOwnMark) {
  const std::vector<std::string> paths = ReadingPaths();
  EXPECT_GT(paths.size(), 30u);
  int answered = 0;
  const auto expect_blind = [&](const std::vector<int>& hidden) {
    for (const std::string& path : paths) {
      const HttpReply reply = system_->Get(path, moderator_);
      answered += reply.status == 200 ? 1 : 0;
      for (const int index : hidden) {
        EXPECT_FALSE(Tells(reply.body, CentreMark(index)))
            << path << " tells the mark of " << CandidateNumber(index);
      }
    }
  };
  std::vector<int> all;
  for (int i = 1; i <= kCandidates; ++i) all.push_back(i);
  expect_blind(all);
  EXPECT_GT(answered, 5) << "the walk reached nothing that a moderator may read";

  // One own mark shows that candidate's centre mark and no other.
  const json work = Work();
  ASSERT_FALSE(work["items"].empty());
  const std::string first = work["items"][0]["candidate"];
  const HttpReply recorded =
      system_->Post("/v1/" + submission_ + ":recordModeratorMarks",
                    {{"marks", {{{"candidate", first}, {"mark", 50}}}}}, moderator_);
  ASSERT_EQ(recorded.status, 200) << recorded.body;
  std::vector<int> rest;
  for (const int i : all) {
    if (CandidateNumber(i) != first) rest.push_back(i);
  }
  expect_blind(rest);
  const HttpReply again =
      system_->Post("/v1/" + submission_ + ":recordModeratorMarks",
                    {{"marks", {{{"candidate", first}, {"mark", 51}}}}}, moderator_);
  EXPECT_EQ(again.Reason(), "MARKS_REFUSED") << again.body;
  const std::string shown = Work().dump();
  EXPECT_TRUE(Tells(shown, CentreMark(std::stoi(first.substr(1)))))
      << "the own mark is in, so the centre's may be compared";
}

// MOD-6: what a sample shows is in the answer; anybody can draw again (MOD-4).
TEST_F(ModerationE2eTest, ASampleSaysWhatItShowsAndVerifies) {
  const json sample = system_->Get("/v1/" + sample_, officer_).Json();
  EXPECT_EQ(sample["poolCount"], kCandidates);
  EXPECT_FALSE(sample["detections"].empty());
  EXPECT_GT(sample["cleanUpperBound"].get<int>(), 0);
  const json verified = system_->Get("/v1/" + sample_ + ":verify", exams_).Json();
  EXPECT_EQ(verified["verified"], true) << verified;
}

TEST_F(ModerationE2eTest, ReportsArePagesThatRunNothing) {
  for (const std::string& path :
       {"/v1/" + submission_ + ":report", absl::StrCat("/v1/", kSeries, ":report")}) {
    const HttpReply page = system_->Get(path, officer_);
    ASSERT_EQ(page.status, 200) << page.body;
    EXPECT_EQ(page.headers.at("content-type").rfind("text/html", 0), 0u);
    EXPECT_NE(page.headers.at("content-security-policy").find("default-src 'none'"),
              std::string::npos);
    EXPECT_EQ(page.headers.at("x-content-type-options"), "nosniff");
    EXPECT_NE(page.body.find("<html lang=\"en"), std::string::npos);
    EXPECT_NE(page.body.find("Coursework"), std::string::npos);
    EXPECT_EQ(page.body.find("<script"), std::string::npos);
  }
}

// MOD-16, QUAL-9
TEST_F(ModerationE2eTest, WhatBlocksAResultSaysWhoMustAct) {
  const HttpReply blockers = system_->Get("/v1/" + submission_ + "/blockers", officer_);
  ASSERT_EQ(blockers.status, 200) << blockers.body;
  const json answer = blockers.Json();
  ASSERT_TRUE(answer.contains("blockers")) << blockers.body;
  bool moderator_acts = false;
  for (const json& blocker : answer["blockers"]) {
    EXPECT_FALSE(blocker.value("message", "").empty()) << blocker;
    moderator_acts = moderator_acts || blocker.value("party", "") == "PARTY_MODERATOR";
  }
  EXPECT_TRUE(moderator_acts) << blockers.body;
  // The neighbour's blockers are nobody else's business.
  const HttpReply foreign =
      system_->Get("/v1/" + submission_ + "/blockers", Exams(*system_, "centres/urn-100102"));
  EXPECT_EQ(foreign.body.find("K00"), std::string::npos) << foreign.body;
}

// MOD-2: a policy with a gap is refused with its place; what is good takes effect by date.
TEST_F(ModerationE2eTest, PoliciesAreDataThatABodyAddsAndThatContradictionsAreNamedIn) {
  const json ladder = {
      {"kind", "sampling"},
      {"id", "our-ladder"},
      {"version", 1},
      {"effective_from", "2030-09-01"},
      {"description", "Ours."},
      {"ladder", {{{"from", 1}, {"to", 10}, {"size", "all"}}, {{"from", 12}, {"size", 10}}}},
      {"extremes", "on top"}};
  const auto add = [&](const json& document) {
    return system_->Post("/v1/policies/our-ladder/versions",
                         {{"policyVersion", {{"document", document.dump()}}}}, officer_);
  };
  const HttpReply gap = add(ladder);
  EXPECT_EQ(gap.status, 400) << gap.body;
  EXPECT_EQ(gap.Reason(), "POLICY_GAP") << gap.body;
  json good = ladder;
  good["ladder"][1]["from"] = 11;
  const HttpReply added = add(good);
  EXPECT_EQ(added.status, 200) << added.body;
  const HttpReply as_centre = system_->Post(
      "/v1/policies/our-ladder/versions", {{"policyVersion", {{"document", good.dump()}}}}, exams_);
  EXPECT_EQ(as_centre.Reason(), "ROLE_NOT_ALLOWED");
}

}  // namespace
}  // namespace assay::e2e
