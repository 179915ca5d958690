#include "services/platform/log/log.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <limits>
#include <nlohmann/json.hpp>
#include <sstream>
#include <thread>

namespace assay::platform {
namespace {

using ::testing::SizeIs;

class LogTest : public ::testing::Test {
 protected:
  void SetUp() override {
    file_ = std::filesystem::temp_directory_path() / ("assay-log-test-" + std::to_string(getpid()));
    std::filesystem::remove(file_);
  }
  void TearDown() override { std::filesystem::remove(file_); }

  void Start(Severity least = Severity::kInfo) {
    StartLogging({.service = "approval", .least = least, .file = file_.string()});
  }
  // Fails the test if a line is not JSON.
  std::vector<nlohmann::json> Lines() {
    FlushLogs();
    std::vector<nlohmann::json> lines;
    std::ifstream in(file_);
    for (std::string line; std::getline(in, line);) {
      lines.push_back(nlohmann::json::parse(line, nullptr, /*allow_exceptions=*/false));
      EXPECT_FALSE(lines.back().is_discarded()) << line;
    }
    return lines;
  }

  std::filesystem::path file_;
};

TEST_F(LogTest, WritesOneJsonObjectALine) {
  Start();
  Log(Severity::kInfo, "outbox.published",
      {{"stream", "s"}, {"count", 3}, {"seconds", 0.25}, {"last", true}});
  Log(Severity::kWarning, "redis.lost");
  const auto lines = Lines();
  ASSERT_THAT(lines, SizeIs(2));
  EXPECT_EQ(lines[0]["severity"], "info");
  EXPECT_EQ(lines[0]["service"], "approval");
  EXPECT_EQ(lines[0]["event"], "outbox.published");
  EXPECT_EQ(lines[0]["stream"], "s");
  EXPECT_EQ(lines[0]["count"], 3);
  EXPECT_EQ(lines[0]["seconds"], 0.25);
  EXPECT_EQ(lines[0]["last"], true);
  EXPECT_THAT(lines[0]["time"].get<std::string>(),
              ::testing::MatchesRegex("....-..-..T..:..:......Z"));
  EXPECT_EQ(lines[1]["severity"], "warning");
}

TEST_F(LogTest, StaysJsonWhateverTheValues) {
  Start();
  const std::string awkward = std::string("a\"b\\c\n\t\x01\0 \xff caf\xc3\xa9", 18);
  Log(Severity::kError, "odd \"event\"",
      {{"text", awkward},
       {"nan", std::nan("")},
       {"infinite", std::numeric_limits<double>::infinity()},
       {"least", std::numeric_limits<std::int64_t>::min()}});
  const auto lines = Lines();
  ASSERT_THAT(lines, SizeIs(1));
  EXPECT_EQ(lines[0]["event"], "odd \"event\"");
  EXPECT_EQ(lines[0]["text"], std::string("a\"b\\c\n\t\x01\0 \xef\xbf\xbd caf\xc3\xa9", 20));
  EXPECT_TRUE(lines[0]["nan"].is_null());
  EXPECT_TRUE(lines[0]["infinite"].is_null());
  EXPECT_EQ(lines[0]["least"], std::numeric_limits<std::int64_t>::min());
}

TEST_F(LogTest, LeavesOutWhatIsLessSevere) {
  Start(Severity::kWarning);
  EXPECT_FALSE(LogEnabled(Severity::kInfo));
  EXPECT_TRUE(LogEnabled(Severity::kError));
  Log(Severity::kInfo, "quiet");
  Log(Severity::kError, "loud");
  const auto lines = Lines();
  ASSERT_THAT(lines, SizeIs(1));
  EXPECT_EQ(lines[0]["event"], "loud");
}

TEST_F(LogTest, KeepsLinesOfManyThreadsWhole) {
  Start();
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([t] {
      for (int i = 0; i < 200; ++i) Log(Severity::kInfo, "line", {{"thread", t}, {"i", i}});
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_THAT(Lines(), SizeIs(800));
}

TEST_F(LogTest, DropsTheOldestForASlowReaderAndSaysHowMany) {
  ASSERT_EQ(mkfifo(file_.c_str(), 0600), 0);
  const int reader = open(file_.c_str(), O_RDONLY | O_NONBLOCK);
  ASSERT_GE(reader, 0);
  Start();
  constexpr int kLines = 20'000;  // Well beyond what the pipe and the buffer hold.
  for (int i = 0; i < kLines; ++i) Log(Severity::kInfo, "flood", {{"i", i}});
  std::string text;
  const auto read_all = [&] {
    char buffer[65536];
    for (ssize_t n; (n = read(reader, buffer, sizeof(buffer))) > 0;) text.append(buffer, n);
  };
  // The reader is back: it gets what is kept, and the next line brings the count.
  std::atomic<bool> flushed = false;
  std::thread flusher([&] {
    FlushLogs();
    Log(Severity::kInfo, "after");
    FlushLogs();
    flushed = true;
  });
  while (!flushed) read_all();
  flusher.join();
  read_all();
  close(reader);
  std::int64_t seen = 0, dropped = 0, last = -1;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) {
    const auto json = nlohmann::json::parse(line, nullptr, false);
    ASSERT_FALSE(json.is_discarded()) << line;
    if (json["event"] == "flood") {
      ++seen;
      last = json["i"];
    }
    if (json["event"] == "log.dropped") dropped += json["count"].get<std::int64_t>();
  }
  EXPECT_LT(seen, kLines);
  EXPECT_GT(dropped, 0);
  EXPECT_EQ(last, kLines - 1) << "the newest lines are the ones to keep";
  EXPECT_EQ(seen + dropped, kLines);
}

TEST(LogDeathTest, AFailedCheckLogsWhereAndAborts) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_DEATH(ASSAY_CHECK(1 + 1 == 3), "check.failed.*log_test.cc.*1 \\+ 1 == 3");
  ASSAY_CHECK(1 + 1 == 2);
}

}  // namespace
}  // namespace assay::platform
