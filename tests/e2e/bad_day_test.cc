// A first bad day: Redis dies in the middle of the journey; the moderation service dies
// in the middle of bulk marks and draws. Nothing acknowledged is lost, nothing is done
// twice, and the journey completes.
#include <gtest/gtest.h>

#include <atomic>
#include <map>
#include <mutex>
#include <set>
#include <thread>

#include "absl/strings/str_cat.h"
#include "tests/e2e/world.h"

namespace assay::e2e {
namespace {

using nlohmann::json;

// A UUID that follows from a number, so that a repeat is recognised.
std::string RequestId(int number) {
  char text[40];
  std::snprintf(text, sizeof text, "00000000-0000-4000-8000-%012d", number);
  return text;
}

// Centres urn-200001 … urn-2000NN, approved for the component's qualification.
std::vector<std::string> MakeCentres(System& system, int count) {
  const std::string officer = Quality(system);
  // Their numbers are of Wales, where the qualification is offered (QUAL-1).
  std::string csv = "URN,LAESTAB,SCHNAME,ICLOSE\n";
  std::vector<std::string> centres;
  for (int i = 1; i <= count; ++i) {
    absl::StrAppend(&csv, 200000 + i, ",681", 4000 + i, ",College ", i, ",1\n");
    centres.push_back(absl::StrCat("centres/urn-", 200000 + i));
  }
  EXPECT_EQ(system
                .Call({.method = "POST",
                       .path = "/v1/centres:import?layout=england-establishments",
                       .body = csv,
                       .token = officer,
                       .content_type = "text/csv"})
                .status,
            200);
  for (const auto& centre : centres) {
    EXPECT_EQ(system.Post("/v1/" + centre + ":approve", json::object(), officer).status, 200);
    const HttpReply applied =
        system.Post("/v1/" + centre + "/qualificationApprovals",
                    {{"qualification", "qualifications/3818-13"}}, Exams(system, centre));
    EXPECT_EQ(applied.status, 200) << applied.body;
    if (applied.status != 200) continue;
    EXPECT_EQ(system
                  .Post("/v1/" + applied.Json()["name"].get<std::string>() + ":approve",
                        json::object(), officer)
                  .status,
              200);
  }
  return centres;
}

// Repeats a call with the same request id until it is answered with something else than
// "not there" or "busy"; what a careful client does.
HttpReply Insist(System& system, const HttpRequest& request) {
  HttpReply reply;
  Eventually(60, [&] {
    reply = system.Call(request);
    return reply.status != 0 && reply.status != 503 && reply.status != 504 && reply.status != 429;
  });
  return reply;
}

int CountMessages(System& system, const std::string& token, const std::string& kind) {
  int count = 0;
  std::string page;
  do {
    const json list = system.Get("/v1/messages?pageSize=1000&pageToken=" + page, token).Json();
    if (!list.is_object()) return -1;
    if (list.contains("messages")) {
      for (const auto& message : list["messages"]) count += message.value("kind", "") == kind;
    }
    page = list.value("nextPageToken", "");
  } while (!page.empty());
  return count;
}

TEST(BadDayTest, RedisDiesInTheMiddleAndEverybodyIsStillToldOnce) {
  auto system = System::Start();
  ASSERT_NE(system, nullptr);
  MakeWorld(*system);
  const std::string officer = Quality(*system);
  const auto centres = MakeCentres(*system, 6);
  for (std::size_t i = 0; i < centres.size(); ++i) {
    const std::string exams = Exams(*system, centres[i]);
    const std::string submission = "/v1/" + SubmissionOf(centres[i]);
    ASSERT_EQ(system
                  ->Post(absl::StrCat("/v1/", kComponent, "/submissions"), {{"centre", centres[i]}},
                         exams)
                  .status,
              200);
    if (i == 2) system->redis().Kill();
    // With Redis gone every write still succeeds, and at once.
    const HttpReply marks = system->Call({.method = "POST",
                                          .path = submission + ":importMarks",
                                          .body = MarksCsv(40),
                                          .token = exams,
                                          .content_type = "text/csv"});
    ASSERT_EQ(marks.status, 200) << marks.body;
    ASSERT_EQ(system->Post(submission + ":submit", json::object(), exams).status, 200);
    const HttpReply drawn = system->Post(submission + "/samples:draw", json::object(), officer);
    ASSERT_EQ(drawn.status, 200) << drawn.body;
    if (i == 4) {
      const auto restarted = system->redis().Restart();
      ASSERT_TRUE(restarted.ok()) << restarted;
    }
  }
  for (const auto& centre : centres) {
    const std::string exams = Exams(*system, centre);
    EXPECT_TRUE(Eventually(40,
                           [&] {
                             return CountMessages(*system, exams,
                                                  "assay.moderation.v1.SubmissionSubmitted") >= 1;
                           }))
        << centre << " was not told";
  }
  // Once each, also after everything has settled: the last one told is a fence for the rest.
  for (const auto& centre : centres) {
    EXPECT_EQ(
        CountMessages(*system, Exams(*system, centre), "assay.moderation.v1.SubmissionSubmitted"),
        1)
        << centre;
  }
}

TEST(BadDayTest, RedisComesBackEmptyAndNothingIsLost) {
  auto system = System::Start();
  ASSERT_NE(system, nullptr);
  MakeWorld(*system);
  // Notifications is down while the events are published, and Redis forgets them.
  system->Kill("notifications");
  const auto centres = MakeCentres(*system, 3);
  auto flush = platform::testing::Child::Start(
      {"redis-cli", "-p", std::to_string(system->redis().port()), "FLUSHALL"}, "");
  ASSERT_TRUE(flush.ok()) << flush.status();
  ASSERT_EQ((*flush)->Wait(), 0);
  system->redis().Kill();
  const auto restarted = system->redis().Restart();
  ASSERT_TRUE(restarted.ok()) << restarted;
  ASSERT_TRUE(system->Restart("notifications"));
  for (const auto& centre : centres) {
    const std::string exams = Exams(*system, centre);
    EXPECT_TRUE(Eventually(40, [&] {
      return CountMessages(*system, exams, "assay.approval.v1.CentreStateChanged") == 1;
    })) << centre;
  }
}

TEST(BadDayTest, ModerationIsKilledDuringBulkMarksAndDrawsAndNothingAcknowledgedIsLost) {
  auto system = System::Start();
  ASSERT_NE(system, nullptr);
  MakeWorld(*system);
  const std::string officer = Quality(*system);
  const auto centres = MakeCentres(*system, 24);
  std::mutex mutex;
  std::map<std::string, std::string> drawn;  // Submission → acknowledged sample.
  std::atomic<std::size_t> next{0};
  std::atomic<int> marks_acknowledged{0};
  std::atomic<bool> finished{false};

  const auto work = [&] {
    for (std::size_t i = next++; i < centres.size(); i = next++) {
      const std::string exams = Exams(*system, centres[i]);
      const std::string name = SubmissionOf(centres[i]);
      const int id = static_cast<int>(i) * 10;
      HttpReply reply = Insist(
          *system,
          {.method = "POST",
           .path = absl::StrCat("/v1/", kComponent, "/submissions?requestId=", RequestId(id)),
           .body = json{{"centre", centres[i]}}.dump(),
           .token = exams});
      EXPECT_EQ(reply.status, 200) << reply.body;
      reply =
          Insist(*system,
                 {.method = "POST",
                  .path = absl::StrCat("/v1/", name, ":importMarks?requestId=", RequestId(id + 1)),
                  .body = MarksCsv(200),
                  .token = exams,
                  .content_type = "text/csv"});
      EXPECT_EQ(reply.status, 200) << reply.body;
      if (reply.status == 200) ++marks_acknowledged;
      reply = Insist(*system, {.method = "POST",
                               .path = absl::StrCat("/v1/", name, ":submit"),
                               .body = json{{"requestId", RequestId(id + 2)}}.dump(),
                               .token = exams});
      EXPECT_EQ(reply.status, 200) << reply.body;
      reply = Insist(*system, {.method = "POST",
                               .path = absl::StrCat("/v1/", name, "/samples:draw"),
                               .body = json{{"requestId", RequestId(id + 3)}}.dump(),
                               .token = officer});
      EXPECT_EQ(reply.status, 200) << reply.body;
      if (reply.status == 200) {
        std::lock_guard lock(mutex);
        drawn[name] = reply.Json().value("name", "");
      }
    }
  };
  std::thread killer([&] {
    int kills = 0;
    int at = 1;
    while (!finished && kills < 5) {
      Eventually(30, [&] { return finished || marks_acknowledged >= at; });
      if (finished) break;
      system->Kill("moderation");
      ++kills;
      at = marks_acknowledged + 3;
      if (!system->Restart("moderation")) break;
    }
    EXPECT_GE(kills, 3);
  });
  std::vector<std::thread> workers;
  for (int i = 0; i < 4; ++i) workers.emplace_back(work);
  for (auto& worker : workers) worker.join();
  finished = true;
  killer.join();

  EXPECT_EQ(drawn.size(), centres.size());
  for (const auto& [name, sample] : drawn) {
    const json submission = system->Get("/v1/" + name, officer).Json();
    EXPECT_EQ(submission.value("candidateCount", 0), 200) << name;
    EXPECT_EQ(submission.value("markedCount", 0), 200) << name;
    EXPECT_EQ(submission.value("sample", ""), sample) << name;
    // One draw, not two: a repeat after the kill got the first one's answer.
    const json samples = system->Get("/v1/" + name + "/samples", officer).Json();
    EXPECT_EQ(samples.value("samples", json::array()).size(), 1u) << name;
    const json verified = system->Get("/v1/" + sample + ":verify", officer).Json();
    EXPECT_TRUE(verified.value("verified", false)) << name;
    const json candidates =
        system->Get("/v1/" + name + "/candidates?pageSize=1000", officer).Json();
    int right = 0;
    for (const auto& c : candidates.value("candidates", json::array())) {
      const int index = std::stoi(c.value("candidate", "C0").substr(1));
      right += c.value("mark", -1.0) == MarkOf(index);
    }
    EXPECT_EQ(right, 200) << name;
  }
  for (const auto& centre : centres) {
    const std::string exams = Exams(*system, centre);
    EXPECT_TRUE(Eventually(40, [&] {
      return CountMessages(*system, exams, "assay.moderation.v1.SampleDrawn") == 1 ||
             CountMessages(*system, exams, "assay.moderation.v1.SubmissionSubmitted") == 1;
    })) << centre;
  }
}

TEST(BadDayTest, SigtermDuringLoadLosesNoAcceptedCall) {
  auto system = System::Start();
  ASSERT_NE(system, nullptr);
  MakeWorld(*system);
  const std::string officer = Quality(*system);
  std::atomic<bool> stop{false};
  std::atomic<int> wrong{0};
  std::atomic<int> answered{0};
  std::thread load([&] {
    while (!stop) {
      const HttpReply reply = system->Get("/v1/centres", officer);
      if (reply.status == 200) ++answered;
      // Refused while it drains is an answer; a broken one is not.
      if (reply.status != 200 && reply.status != 503) ++wrong;
    }
  });
  Eventually(10, [&] { return answered > 50; });
  EXPECT_EQ(system->Stop("approval"), 0);
  stop = true;
  load.join();
  EXPECT_EQ(wrong, 0);
  EXPECT_GT(answered, 50);
}

}  // namespace
}  // namespace assay::e2e
