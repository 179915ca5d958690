// Journey A by the command that the README gives, on the real binaries, and what it must
// have left behind, read back through the gateway.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <set>
#include <sstream>

#include "tests/e2e/system.h"

namespace assay::e2e {
namespace {

std::string Read(const std::string& path) {
  std::ifstream in(path);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

int RunCtl(System& system, std::vector<std::string> words, const std::string& log) {
  std::vector<std::string> argv = {std::string(ASSAY_BIN) + "/assayctl"};
  argv.insert(argv.end(), words.begin(), words.end());
  argv.push_back("--gateway=" + system.base());
  argv.push_back("--keys=" + system.dir() + "/keys");
  auto child = platform::testing::Child::Start(argv, log);
  EXPECT_TRUE(child.ok()) << child.status();
  return child.ok() ? (*child)->Wait() : -1;
}

std::vector<nlohmann::json> All(System& system, const std::string& path, const std::string& field,
                                const std::string& token) {
  std::vector<nlohmann::json> all;
  std::string page;
  do {
    const std::string separator = path.find('?') == std::string::npos ? "?" : "&";
    const HttpReply reply = system.Get(path + separator + "pageSize=1000&pageToken=" + page, token);
    EXPECT_EQ(reply.status, 200) << reply.body;
    const auto json = reply.Json();
    if (!json.is_object()) break;
    if (json.contains(field)) {
      for (const auto& item : json[field]) all.push_back(item);
    }
    page = json.value("nextPageToken", "");
  } while (!page.empty());
  return all;
}

class JourneyTest : public ::testing::Test {
 protected:
  void SetUp() override {
    system_ = System::Start();
    ASSERT_NE(system_, nullptr);
    officer_ = system_->Token({.subject = "users/officer", .roles = {"quality"}});
  }
  std::unique_ptr<System> system_;
  std::string officer_;
};

TEST_F(JourneyTest, SmallDataRunsToReleasedResultsAndAgainChangesNothing) {
  const std::string log = system_->dir() + "/journey.txt";
  ASSERT_EQ(RunCtl(*system_, {"journey"}, log), 0) << Read(log);
  const auto submissions =
      All(*system_, "/v1/series/-/components/-/submissions", "submissions", officer_);
  ASSERT_GE(submissions.size(), 2u);
  std::set<std::string> actions;
  for (const auto& submission : submissions) {
    EXPECT_EQ(submission.value("state", ""), "STATE_RELEASED") << submission.dump();
    const std::string name = submission["name"];
    const auto judgement = system_->Get("/v1/" + name + "/judgement", officer_).Json();
    actions.insert(judgement.value("action", ""));
    EXPECT_TRUE(judgement.value("final", false));
    // MOD-4: anybody can check the draw.
    const auto verified =
        system_->Get("/v1/" + submission["sample"].get<std::string>() + ":verify", officer_);
    EXPECT_TRUE(verified.Json().value("verified", false)) << verified.body;
  }
  // The shipped data has a centre that marks right and one that does not.
  EXPECT_TRUE(actions.contains("ACTION_MARKS_STAND"));
  EXPECT_TRUE(actions.contains("ACTION_ADJUSTED"));
  // QUAL-10: the results leave as a regulator's return, a file with a name.
  const std::string series = submissions[0]["name"].get<std::string>();
  const std::string parent = series.substr(0, series.find("/components/"));
  const HttpReply exported = system_->Get(
      "/v1/" + parent + "/results:export?mode=MARKS_MODE_KEEP_GOOD&awardingOrganisation=Assay",
      officer_);
  ASSERT_EQ(exported.status, 200) << exported.body;
  EXPECT_EQ(exported.headers.at("content-type"), "text/csv; charset=utf-8");
  EXPECT_NE(exported.headers.at("content-disposition").find("component-results-"),
            std::string::npos);
  EXPECT_EQ(exported.body.rfind("ReportingDate,", 0), 0u);
  EXPECT_GT(std::count(exported.body.begin(), exported.body.end(), '\n'), 10);
  const std::size_t centres = All(*system_, "/v1/centres", "centres", officer_).size();

  ASSERT_EQ(RunCtl(*system_, {"journey"}, log), 0) << Read(log);
  EXPECT_EQ(All(*system_, "/v1/centres", "centres", officer_).size(), centres);
  EXPECT_EQ(All(*system_, "/v1/series/-/components/-/submissions", "submissions", officer_).size(),
            submissions.size());
}

TEST_F(JourneyTest, RealDataRunsFromRegisterToResults) {
  const char* data = std::getenv("ASSAY_DATA");
  if (data == nullptr) GTEST_SKIP() << "ASSAY_DATA does not name the folder of national files";
  const std::string log = system_->dir() + "/journey.txt";
  ASSERT_EQ(RunCtl(*system_, {"journey", "--data=" + std::string(data)}, log), 0) << Read(log);
  // 12,916 rows of the register (INDEX.md); the journey adds one centre a school and a cohort.
  int urn6 = 0;
  for (const auto& centre : All(*system_, "/v1/centres", "centres", officer_)) {
    urn6 += centre.value("urn", "").size() == 6;
  }
  EXPECT_EQ(urn6, 12'916);
  int schools = 0, marked = 0, missing = 0, cohorts = 0, cohort_candidates = 0;
  for (const auto& s :
       All(*system_, "/v1/series/-/components/-/submissions", "submissions", officer_)) {
    const std::string name = s["name"];
    const int candidates = s.value("candidateCount", 0);
    if (s.value("missingCount", 0) > 0 || name.find("coursework") != std::string::npos) {
      ++schools;
      marked += s.value("markedCount", 0);
      missing += s.value("missingCount", 0);
    } else {
      ++cohorts;
      cohort_candidates += candidates;
      EXPECT_LE(candidates, 60);
      EXPECT_EQ(s.value("state", ""), "STATE_RELEASED") << name;
    }
  }
  EXPECT_EQ(schools, 73);
  EXPECT_EQ(marked, 1'725);
  EXPECT_EQ(missing, 180);
  EXPECT_EQ(cohorts, 30);
  EXPECT_EQ(cohort_candidates, 1'783);
}

}  // namespace
}  // namespace assay::e2e
