#include "services/platform/metrics/metrics.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <thread>

#include "absl/cleanup/cleanup.h"

namespace assay::platform {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(MetricsTest, CountsByLabels) {
  const auto metrics = Metrics::Create();
  metrics->GetCounter("calls_total", "Calls answered", {{"code", "OK"}}).Add();
  metrics->GetCounter("calls_total", "Calls answered", {{"code", "OK"}}).Add(2);
  metrics->GetCounter("calls_total", "Calls answered", {{"code", "ABORTED"}}).Add();
  EXPECT_THAT(metrics->Text(), HasSubstr("# HELP calls_total Calls answered"));
  EXPECT_THAT(metrics->Text(), HasSubstr("calls_total{code=\"OK\"} 3"));
  EXPECT_THAT(metrics->Text(), HasSubstr("calls_total{code=\"ABORTED\"} 1"));
}

TEST(MetricsTest, GivesTheSameObjectForTheSameNameAndLabels) {
  const auto metrics = Metrics::Create();
  Gauge& gauge = metrics->GetGauge("depth", "Waiting", {});
  EXPECT_EQ(&gauge, &metrics->GetGauge("depth", "Waiting", {}));
  EXPECT_NE(&gauge, &metrics->GetGauge("depth", "Waiting", {{"part", "approval"}}));
  gauge.Set(7);
  gauge.Set(4);
  EXPECT_THAT(metrics->Text(), HasSubstr("\ndepth 4"));
}

TEST(MetricsTest, HistogramsTellFastFromSlow) {
  const auto metrics = Metrics::Create();
  Histogram& seconds = metrics->GetHistogram("seconds", "Latency", {{"method", "Get"}});
  seconds.Observe(0.00009);
  seconds.Observe(0.3);
  seconds.Observe(60);
  const std::string text = metrics->Text();
  EXPECT_THAT(text, HasSubstr("seconds_bucket{method=\"Get\",le=\"0.0001\"} 1"));
  EXPECT_THAT(text, HasSubstr("seconds_bucket{method=\"Get\",le=\"0.25\"} 1"));
  EXPECT_THAT(text, HasSubstr("seconds_bucket{method=\"Get\",le=\"10\"} 2"));
  EXPECT_THAT(text, HasSubstr("seconds_count{method=\"Get\"} 3"));
}

TEST(MetricsTest, CountsEveryAddOfManyThreads) {
  const auto metrics = Metrics::Create();
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 1000; ++i) metrics->GetCounter("adds_total", "Adds", {}).Add();
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_THAT(metrics->Text(), HasSubstr("adds_total 4000"));
}

std::string Fetch(int port, const std::string& path) {
  const int fd = socket(AF_INET, SOCK_STREAM, 0);
  const absl::Cleanup closer = [fd] { close(fd); };
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof(address)) != 0) return "";
  const std::string request = "GET " + path + " HTTP/1.0\r\n\r\n";
  if (write(fd, request.data(), request.size()) < 0) return "";
  std::string answer;
  char buffer[4096];
  for (ssize_t n; (n = read(fd, buffer, sizeof(buffer))) > 0;) answer.append(buffer, n);
  return answer;
}

TEST(MetricsTest, ServesOnAFreePortIfAskedForPortZero) {
  const auto metrics = Metrics::Create();
  metrics->GetCounter("served_total", "Served", {}).Add(5);
  const auto port = metrics->Serve("127.0.0.1:0");
  ASSERT_TRUE(port.ok()) << port.status();
  ASSERT_GT(*port, 0);
  EXPECT_THAT(Fetch(*port, "/metrics"), HasSubstr("served_total 5"));
  EXPECT_THAT(Fetch(*port, "/other"), Not(HasSubstr("served_total")));
}

TEST(MetricsTest, SaysSoIfItCannotListen) {
  const auto first = Metrics::Create();
  const auto port = first->Serve("127.0.0.1:0");
  ASSERT_TRUE(port.ok());
  EXPECT_EQ(Metrics::Create()->Serve("127.0.0.1:" + std::to_string(*port)).status().code(),
            absl::StatusCode::kUnavailable);
  EXPECT_EQ(Metrics::Create()->Serve("nonsense").status().code(), absl::StatusCode::kUnavailable);
}

}  // namespace
}  // namespace assay::platform
