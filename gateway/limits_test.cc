// What the gateway refuses before it costs anything: bad HTTP, too much, too slow.
#include "gateway/testing/gateway_fixture.h"
#include "gateway/text.h"

namespace assay::gateway {
namespace {

using testing::HttpAnswer;
using testing::HttpClient;
using testing::ReasonOf;

class LimitsTest : public testing::GatewayTest {};

TEST_F(LimitsTest, MalformedHttpIsRefusedAndTheConnectionClosed) {
  const char* kCases[] = {
      "GET /v1/query HTTP/1.1\r\n\r\n",  // No Host.
      "GET /v1/query HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
      "GET /v1/query HTTP/2.0\r\nHost: a\r\n\r\n",
      "GET /v1/query\r\nHost: a\r\n\r\n",
      "GET v1/query HTTP/1.1\r\nHost: a\r\n\r\n",
      "GET  /v1/query HTTP/1.1\r\nHost: a\r\n\r\n",
      "G\x01T /v1/query HTTP/1.1\r\nHost: a\r\n\r\n",
      "GET /v1/query HTTP/1.1\r\nHost: a\r\nNo colon\r\n\r\n",
      "GET /v1/query HTTP/1.1\r\nHost: a\r\nSpace : b\r\n\r\n",
      "GET /v1/query HTTP/1.1\r\nHost: a\r\nX: a\x01z\r\n\r\n",
      "GET /v1/query HTTP/1.1\nHost: a\n\n",
      "GET /v1/query HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer a\r\n"
      "Authorization: Bearer b\r\n\r\n",
      "POST /v1/echo HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
      "POST /v1/echo HTTP/1.1\r\nHost: a\r\nContent-Length: -2\r\n\r\n{}",
      "POST /v1/echo HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999\r\n\r\n{}",
      "POST /v1/echo HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n"
      "Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
      "POST /v1/echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n"
      "Content-Length: 2\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
      "POST /v1/echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
      "POST /v1/echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
      "POST /v1/echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n",
      "POST /v1/echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}xx0\r\n\r\n",
      "POST /v1/echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n-2\r\n{}\r\n",
  };
  backend();
  for (const char* request : kCases) {
    HttpClient client(port());
    // What follows would be served if the refused request were misjudged.
    client.Send(Cat(request, "GET /v1/shelves/1/books/2 HTTP/1.1\r\nHost: a\r\n\r\n"));
    const HttpAnswer answer = client.Read();
    EXPECT_EQ(answer.code, 400) << request;
    EXPECT_EQ(ReasonOf(answer), "HTTP_MALFORMED") << request;
    EXPECT_EQ(answer.At("connection"), "close") << request;
    EXPECT_EQ(client.Read().code, 0) << request;
  }
  EXPECT_EQ(backend().calls(), 0);
}

TEST_F(LimitsTest, AHeadHasALimit) {
  Configure([](GatewayConfig& c) { c.header_bytes_max = 4096; });
  EXPECT_EQ(Ask("GET", "/healthz", Cat("X-A: ", std::string(3900, 'a'), "\r\n")).code, 200);
  const HttpAnswer one = Ask("GET", "/healthz", Cat("X-A: ", std::string(5000, 'a'), "\r\n"));
  EXPECT_EQ(one.code, 431);
  EXPECT_EQ(ReasonOf(one), "HEADER_TOO_LARGE");
  std::string many;
  for (int i = 0; i < 500; ++i) Append(&many, "X-", i, ": b\r\n");
  EXPECT_EQ(Ask("GET", "/healthz", many).code, 431);
  const HttpAnswer line = Ask("GET", Cat("/healthz?", std::string(1 << 20, 'q')));
  EXPECT_EQ(line.code, 414);
  EXPECT_EQ(ReasonOf(line), "HEADER_TOO_LARGE");
  EXPECT_EQ(Ask("GET", std::string(4000, '/')).code, 404);
}

TEST_F(LimitsTest, ABodyHasALimitSaidOrNot) {
  Configure([](GatewayConfig& c) {
    c.body_bytes_max = 10'000;
    c.upload_bytes_max = 50'000;
  });
  backend();
  const std::string json = Cat("{\"optionalString\":\"", std::string(9'000, 'a'), "\"}");
  EXPECT_EQ(Ask("POST", "/v1/echo", "", json).code, 200);
  const std::int64_t before = backend().calls();
  struct Case {
    const char* target;
    std::size_t size;
  };
  for (const auto& [target, size] :
       {Case{"/v1/echo", 10'001}, Case{"/v1/shelves/1/books/2:uploadScan", 50'001},
        Case{"/v1/shelves/1/books/2/cover", 10'001}}) {
    const std::string head =
        Cat(std::string_view(target).ends_with("cover") ? "PUT " : "POST ", target,
            " HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n");
    HttpClient said(port());
    said.Send(Cat(head, "Content-Length: ", size, "\r\n\r\n"));
    const HttpAnswer early = said.Read();  // Not one byte of the body was needed.
    EXPECT_EQ(early.code, 413) << target;
    EXPECT_EQ(ReasonOf(early), "BODY_TOO_LARGE") << target;
    HttpClient unsaid(port());
    unsaid.Send(Cat(head, "Transfer-Encoding: chunked\r\n\r\n"));
    for (std::size_t sent = 0; sent < size; sent += 16) {
      if (!unsaid.Send("10\r\n0123456789abcdef\r\n")) break;
    }
    EXPECT_EQ(unsaid.Read().code, 413) << target;
  }
  EXPECT_LE(backend().calls(), before + 1) << "only the upload without a length may have begun";
}

TEST_F(LimitsTest, ExpectIsAnsweredBeforeTheBodyIsSent) {
  Configure([](GatewayConfig& c) { c.body_bytes_max = 2'000; });
  const std::string head =
      "POST /v1/echo HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n"
      "Content-Type: application/json\r\nContent-Length: ";
  HttpClient client(port());
  client.Send(head + "2\r\n\r\n");
  EXPECT_EQ(client.Read().code, 100);
  client.Send("{}");
  EXPECT_EQ(client.Read().code, 200);
  client.Send(head + "5000\r\n\r\n");
  EXPECT_EQ(client.Read().code, 413);
  EXPECT_TRUE(client.AtEnd());
}

TEST_F(LimitsTest, ASlowClientIsCutOff) {
  Configure([](GatewayConfig& c) {
    c.header_timeout = absl::Milliseconds(100);
    c.request_timeout = absl::Milliseconds(100);
    c.idle_timeout = absl::Milliseconds(200);
  });
  HttpClient silent(port());
  EXPECT_TRUE(silent.AtEnd()) << "a connection without a request";
  HttpClient head(port());
  head.Send("GET /healthz HTTP/1.1\r\nHos");
  EXPECT_EQ(head.Read().code, 408);
  HttpClient body(port());
  body.Send("POST /v1/echo HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n{");
  EXPECT_EQ(body.Read().code, 408);
  HttpClient upload(port());
  upload.Send(
      "POST /v1/shelves/1/books/2:uploadScan HTTP/1.1\r\nHost: a\r\n"
      "Content-Length: 10\r\n\r\n{");
  EXPECT_EQ(upload.Read().code, 408);
  EXPECT_TRUE(testing::Eventually([&] { return backend().cancelled() == 1; }))
      << "the service is told that the upload will not end";
  HttpClient idle(port());
  EXPECT_EQ(idle.Ask("GET", "/healthz").code, 200);
  EXPECT_TRUE(idle.AtEnd());
}

TEST_F(LimitsTest, AByteNowAndThenKeepsNoUploadOpen) {
  Configure([](GatewayConfig& c) { c.idle_timeout = absl::Milliseconds(200); });
  HttpClient client(port());
  client.Send(
      "POST /v1/shelves/1/books/2:uploadScan HTTP/1.1\r\nHost: a\r\n"
      "Content-Length: 100000\r\n\r\n");
  EXPECT_TRUE(testing::Eventually([&] {
    client.Send("x");
    return client.Readable();
  }));
  EXPECT_EQ(client.Read().code, 408);
}

TEST_F(LimitsTest, BodiesOfAllConnectionsTogetherHaveALimit) {
  Configure([](GatewayConfig& c) {
    c.body_bytes_max = 100'000;
    c.bodies_bytes_max = 150'000;
  });
  const std::string head =
      "POST /v1/echo HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
      "Content-Length: 100000\r\n\r\n";
  HttpClient one(port());
  one.Send(head + std::string(99'999, ' '));
  HttpAnswer refused;
  EXPECT_TRUE(testing::Eventually([&] {
    HttpClient two(port());
    two.Send(head + std::string(99'999, ' '));
    // Whichever arrives second.
    if (!two.Readable() && !one.Readable()) return false;
    refused = one.Readable() ? one.Read() : two.Read();
    return true;
  }));
  EXPECT_EQ(refused.code, 503);
  EXPECT_EQ(ReasonOf(refused), "SERVER_BUSY");
  one.Close();
  EXPECT_TRUE(testing::Eventually([&] {
    const std::string json = Cat("{\"optionalString\":\"", std::string(90'000, 'a'), "\"}");
    return Ask("POST", "/v1/echo", "", json).code == 200;
  })) << "what was held is given back";
}

TEST_F(LimitsTest, MoreConnectionsThanTheLimitAreTurnedAway) {
  Configure([](GatewayConfig& c) { c.connections_max = 2; });
  HttpClient one(port());
  HttpClient two(port());
  EXPECT_EQ(one.Ask("GET", "/healthz").code, 200);
  EXPECT_EQ(two.Ask("GET", "/healthz").code, 200);
  HttpClient three(port());
  const HttpAnswer answer = three.Read();
  EXPECT_EQ(answer.code, 503);
  EXPECT_EQ(ReasonOf(answer), "SERVER_BUSY");
  EXPECT_EQ(answer.At("retry-after"), "1");
  three.Close();
  two.Close();
  EXPECT_TRUE(testing::Eventually([&] { return Ask("GET", "/healthz").code == 200; }));
}

TEST_F(LimitsTest, CallsBeyondTheStreamsWaitAndBeyondTheQueueAreRefused) {
  Configure([](GatewayConfig& c) {
    c.threads = 1;
    c.backend_streams_max = 1;
    c.backend_queue_max = 1;
  });
  const std::string slow = "GET /v1/shelves/1/books/2?delay_ms=60000 HTTP/1.1\r\nHost: a\r\n\r\n";
  HttpClient running(port());
  running.Send(slow);
  ASSERT_TRUE(testing::Eventually([&] { return backend().calls() == 1; }));
  HttpClient waiting(port());
  waiting.Send("GET /v1/shelves/1/books/3 HTTP/1.1\r\nHost: a\r\n\r\n");
  HttpAnswer refused;
  ASSERT_TRUE(testing::Eventually([&] {
    refused = Ask("GET", "/v1/shelves/1/books/4", "Grpc-Timeout: 1m\r\n");
    return refused.code == 429;
  }));
  EXPECT_EQ(ReasonOf(refused), "SERVER_BUSY");
  EXPECT_EQ(refused.At("retry-after"), "1");
  running.Close();
  EXPECT_EQ(waiting.Read().code, 200);
}

}  // namespace
}  // namespace assay::gateway
