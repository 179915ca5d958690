// Services that stop, come back, restart and drain; and the gateway's own end.
#include <atomic>
#include <thread>

#include "gateway/testing/gateway_fixture.h"
#include "gateway/text.h"

namespace assay::gateway {
namespace {

using nlohmann::json;
using testing::Eventually;
using testing::HttpAnswer;
using testing::HttpClient;
using testing::ReasonOf;

class BackendTest : public testing::GatewayTest {};

TEST_F(BackendTest, WhatIsDownIsUnavailableAndComesBack) {
  EXPECT_EQ(Ask("GET", "/v1/shelves/1/books/2").code, 200);
  StopBackend();
  HttpAnswer down;
  ASSERT_TRUE(Eventually([&] {
    down = Ask("GET", "/v1/shelves/1/books/2");
    return down.code == 503;
  }));
  EXPECT_EQ(ReasonOf(down), "UNAVAILABLE");
  EXPECT_EQ(down.At("retry-after"), "1");
  EXPECT_TRUE(Eventually(
      [&] { return Ask("GET", "/healthz").body.find("\"down\"") != std::string::npos; }));
  const HttpAnswer upload =
      Ask("POST", "/v1/shelves/1/books/2:uploadScan", "Content-Type: a/b\r\n", "bytes");
  EXPECT_EQ(upload.code, 503);
  StartBackend();
  EXPECT_TRUE(Eventually([&] { return Ask("GET", "/v1/shelves/1/books/2").code == 200; }));
}

TEST_F(BackendTest, ACallUnderWayWhenTheServiceDiesFails) {
  HttpClient post(port());
  post.Send(
      "POST /v1/shelves/1/books/2:uploadScan?hold=true HTTP/1.1\r\nHost: a\r\n"
      "Content-Length: 10\r\n\r\n12345");
  HttpClient get(port());
  get.Send("GET /v1/shelves/1/books/2?delay_ms=60000 HTTP/1.1\r\nHost: a\r\n\r\n");
  ASSERT_TRUE(Eventually([&] { return backend().calls() == 2; }));
  StopBackend();
  EXPECT_EQ(post.Read().code / 100, 5);
  EXPECT_EQ(get.Read().code / 100, 5);
}

TEST_F(BackendTest, ARestartInTheMiddleOfReadsIsSeenAsUnavailableAtWorst) {
  backend();
  std::atomic<bool> done{false};
  std::atomic<int> good{0};
  std::atomic<int> unavailable{0};
  std::atomic<int> other{0};
  std::atomic<int> last_other{0};
  std::thread reader([&, port = port()] {
    HttpClient client(port);
    while (!done) {
      const int code = client.Ask("GET", "/v1/shelves/1/books/2").code;
      ++(code == 200 ? good : code == 503 ? unavailable : other);
      if (code != 200 && code != 503) last_other = code;
    }
  });
  for (const bool politely : {true, false, true}) {
    const int before = good;
    ASSERT_TRUE(Eventually([&] { return good > before + 20; }));
    StopBackend(politely);
    StartBackend();
  }
  const int before = good;
  EXPECT_TRUE(Eventually([&] { return good > before + 20; }));
  done = true;
  reader.join();
  EXPECT_EQ(other, 0) << last_other;
}

TEST_F(BackendTest, StoppingLetsARequestEndAndTakesNoNewOnes) {
  HttpClient busy(port());
  HttpClient idle(port());
  EXPECT_EQ(idle.Ask("GET", "/healthz").code, 200);
  busy.Send(
      "POST /v1/shelves/1/books/2:uploadScan?hold=true HTTP/1.1\r\nHost: a\r\n"
      "Content-Length: 5\r\n\r\n12345");
  ASSERT_TRUE(Eventually([&] { return backend().upload_bytes() == 5; }));
  std::thread stop([&] { gateway().Stop(); });
  EXPECT_TRUE(idle.AtEnd()) << "a connection at rest is closed";
  backend().Release();
  const HttpAnswer answer = busy.Read();
  EXPECT_EQ(answer.code, 200);
  EXPECT_EQ(json::parse(answer.body)["sizeBytes"], "5");
  busy.Close();
  stop.join();
}

TEST_F(BackendTest, StoppingDoesNotWaitForEver) {
  Configure([](GatewayConfig& c) { c.drain_limit = absl::Milliseconds(50); });
  HttpClient busy(port());
  busy.Send("GET /v1/shelves/1/books/2?delay_ms=60000 HTTP/1.1\r\nHost: a\r\n\r\n");
  ASSERT_TRUE(Eventually([&] { return backend().calls() == 1; }));
  gateway().Stop();
  EXPECT_EQ(busy.Read().code, 0);
  EXPECT_TRUE(Eventually([&] { return backend().cancelled() == 1; }));
}

}  // namespace
}  // namespace assay::gateway
