// Uploads, downloads and JSON lines: nothing is held, nothing looks whole that is not.
#include <random>

#include "gateway/testing/gateway_fixture.h"
#include "gateway/text.h"

namespace assay::gateway {
namespace {

using nlohmann::json;
using testing::HttpAnswer;
using testing::HttpClient;
using testing::ReasonOf;

constexpr std::size_t kMiB = 1 << 20;

class StreamTest : public testing::GatewayTest {
 protected:
  static std::string Bytes(std::size_t size) {
    std::mt19937 random(static_cast<std::uint32_t>(size));
    std::string bytes(size, '\0');
    for (char& c : bytes) c = static_cast<char>(random());
    return bytes;
  }
  static std::string UploadHead(std::string_view query = "") {
    return Cat("POST /v1/shelves/1/books/2:uploadScan", query,
               " HTTP/1.1\r\nHost: a\r\nContent-Type: image/tiff\r\n");
  }
  static void ExpectReceipt(const HttpAnswer& answer, const std::string& sent) {
    ASSERT_EQ(answer.code, 200) << answer.body;
    const json receipt = json::parse(answer.body);
    EXPECT_EQ(receipt["name"], "shelves/1/books/2");
    EXPECT_EQ(receipt["contentType"], "image/tiff");
    EXPECT_EQ(receipt.value("sizeBytes", "0"), std::to_string(sent.size()));
    EXPECT_EQ(receipt["digest"], std::to_string(testing::Digest(sent)));
  }
  static std::string InChunks(const std::string& bytes, const std::vector<std::size_t>& cuts) {
    std::string out;
    for (std::size_t i = 0; i + 1 < cuts.size(); ++i) {
      const std::size_t size = cuts[i + 1] - cuts[i];
      if (size == 0) continue;
      char hex[20];
      std::snprintf(hex, sizeof hex, "%zx", size);
      Append(&out, hex, "\r\n", std::string_view(bytes).substr(cuts[i], size), "\r\n");
    }
    return out + "0\r\n\r\n";
  }
};

TEST_F(StreamTest, AnUploadArrivesAsItWasSentHoweverItWasCut) {
  HttpClient client(port());
  std::mt19937 random(7);
  for (const std::size_t size : {std::size_t{1}, std::size_t{1000}, 3 * kMiB + 7}) {
    const std::string bytes = Bytes(size);
    for (int parts = 1; parts <= 5; ++parts) {
      std::vector<std::size_t> cuts = {0, size};
      for (int i = 1; i < parts; ++i) cuts.push_back(random() % (size + 1));
      std::sort(cuts.begin(), cuts.end());
      const std::string request = Cat(UploadHead("?filename=a%20b"),
                                      "Transfer-Encoding: chunked\r\n\r\n", InChunks(bytes, cuts));
      // And the whole cut once more, in places that mean nothing to HTTP.
      std::vector<std::size_t> writes = {0, request.size()};
      for (int i = 0; i < 6; ++i) writes.push_back(random() % request.size());
      std::sort(writes.begin(), writes.end());
      for (std::size_t i = 0; i + 1 < writes.size(); ++i) {
        client.Send(std::string_view(request).substr(writes[i], writes[i + 1] - writes[i]));
      }
      ExpectReceipt(client.Read(), bytes);
    }
    client.Send(Cat(UploadHead(), "Content-Length: ", size, "\r\n\r\n", bytes));
    ExpectReceipt(client.Read(), bytes);
  }
}

TEST_F(StreamTest, AnEmptyUploadIsOneMessageThatSaysWhereItBelongs) {
  HttpClient client(port());
  client.Send(Cat(UploadHead("?filename=f"), "Content-Length: 0\r\n\r\n"));
  const HttpAnswer answer = client.Read();
  ExpectReceipt(answer, "");
  EXPECT_EQ(json::parse(answer.body)["messages"], "1");
  EXPECT_EQ(json::parse(answer.body)["filename"], "f");
  client.Send(Cat(UploadHead(), "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"));
  ExpectReceipt(client.Read(), "");
}

TEST_F(StreamTest, ManySmallChunksBecomeFewMessages) {
  std::string body;
  for (int i = 0; i < 20'000; ++i) body += "1\r\nx\r\n";
  HttpClient client(port());
  client.Send(Cat(UploadHead(), "Transfer-Encoding: chunked\r\n\r\n", body, "0\r\n\r\n"));
  const HttpAnswer answer = client.Read();
  ExpectReceipt(answer, std::string(20'000, 'x'));
  EXPECT_LT(std::stoi(json::parse(answer.body)["messages"].get<std::string>()), 200);
}

TEST_F(StreamTest, WhileTheServiceDoesNotReadTheClientCannotSend) {
  const std::string bytes = Bytes(64 * kMiB);
  HttpClient client(port());
  client.Send(Cat(UploadHead("?hold=true"), "Content-Length: ", bytes.size(), "\r\n\r\n"));
  const std::size_t taken = client.SendUntilBlocked(bytes);
  // Sockets' buffers on both sides of the gateway, HTTP/2's window, and ours.
  EXPECT_LT(taken, 24 * kMiB) << "the gateway holds what it should have left with the client";
  backend().Release();
  client.Send(std::string_view(bytes).substr(taken));
  ExpectReceipt(client.Read(), bytes);
}

TEST_F(StreamTest, AServiceMayRefuseAnUploadBeforeItsEnd) {
  HttpClient client(port());
  client.Send(Cat(UploadHead("?fail_after=1"), "Content-Length: 100000000\r\n\r\n", Bytes(kMiB)));
  const HttpAnswer answer = client.Read();
  EXPECT_EQ(answer.code, 403);
  EXPECT_EQ(ReasonOf(answer), "NO_MORE");
  EXPECT_EQ(answer.At("connection"), "close");
}

TEST_F(StreamTest, AnUploadWithABadParameterIsRefusedBeforeItsBody) {
  backend();
  HttpClient client(port());
  client.Send(Cat(UploadHead("?colour=red"), "Content-Length: 100000000\r\n\r\n"));
  EXPECT_EQ(ReasonOf(client.Read()), "FIELD_UNKNOWN");
  EXPECT_EQ(backend().calls(), 0);
}

TEST_F(StreamTest, AClientThatGoesAwayInTheMiddleCancelsTheUpload) {
  HttpClient client(port());
  client.Send(Cat(UploadHead(), "Content-Length: 1000\r\n\r\n", Bytes(500)));
  ASSERT_TRUE(testing::Eventually([&] { return backend().upload_bytes() == 500; }));
  client.Close();
  EXPECT_TRUE(testing::Eventually([&] { return backend().cancelled() == 1; }));
}

std::string Expected(std::size_t size) {
  std::string bytes(size, '\0');
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<char>(i);
  return bytes;
}

TEST_F(StreamTest, ADownloadIsTheBytesWithTheHeadersTheServiceGave) {
  HttpClient client(port());
  const HttpAnswer announced =
      client.Ask("GET", "/v1/shelves/1/books/2:downloadScan?size_bytes=1000001&announce=true");
  EXPECT_EQ(announced.code, 200);
  EXPECT_EQ(announced.At("content-type"), "application/pdf");
  EXPECT_EQ(announced.At("content-length"), "1000001");
  EXPECT_EQ(announced.At("content-disposition"), "attachment; filename=\"scan.bin\"");
  EXPECT_EQ(announced.At("etag"), "\"e1\"");
  EXPECT_EQ(announced.body, Expected(1'000'001));
  const HttpAnswer chunked =
      client.Ask("GET", "/v1/shelves/1/books/2:downloadScan?size_bytes=1000001");
  EXPECT_EQ(chunked.At("transfer-encoding"), "chunked");
  EXPECT_TRUE(chunked.whole);
  EXPECT_EQ(chunked.body, Expected(1'000'001));
  const HttpAnswer empty = client.Ask("GET", "/v1/shelves/1/books/2:downloadScan");
  EXPECT_EQ(empty.code, 200);
  EXPECT_TRUE(empty.whole);
  EXPECT_EQ(empty.body, "");
  const HttpAnswer head =
      client.Ask("HEAD", "/v1/shelves/1/books/2:downloadScan?size_bytes=1000001&announce=true");
  EXPECT_EQ(head.At("content-length"), "1000001");
  EXPECT_EQ(client.Ask("GET", "/healthz").code, 200);
}

TEST_F(StreamTest, ADownloadThatBreaksNeverLooksWhole) {
  const HttpAnswer before =
      Ask("GET", "/v1/shelves/1/books/2:downloadScan?size_bytes=9&fail_after=-1");
  EXPECT_EQ(before.code, 500);
  EXPECT_EQ(ReasonOf(before), "SCAN_TORN");
  for (const char* announce : {"true", "false"}) {
    HttpClient client(port());
    const HttpAnswer after = client.Ask(
        "GET", Cat("/v1/shelves/1/books/2:downloadScan?size_bytes=1000000&fail_after=300000"
                   "&announce=",
                   announce));
    EXPECT_EQ(after.code, 200);
    EXPECT_FALSE(after.whole) << announce;
    EXPECT_TRUE(client.AtEnd());
  }
}

TEST_F(StreamTest, ASlowReaderHoldsTheServiceBackAndIsNotServedForEver) {
  Configure([](GatewayConfig& c) { c.idle_timeout = absl::Milliseconds(1'000); });
  HttpClient client = HttpClient::WithSmallWindow(port());
  client.Send(
      "GET /v1/shelves/1/books/2:downloadScan?size_bytes=200000000 HTTP/1.1\r\n"
      "Host: a\r\n\r\n");
  EXPECT_TRUE(testing::Eventually([&] { return backend().cancelled() == 1; }));
  EXPECT_LT(backend().download_bytes(), 24 * static_cast<std::int64_t>(kMiB));
}

TEST_F(StreamTest, ADownloadIsCancelledWhenItsReaderGoesAway) {
  HttpClient client = HttpClient::WithSmallWindow(port());
  client.Send(
      "GET /v1/shelves/1/books/2:downloadScan?size_bytes=200000000 HTTP/1.1\r\n"
      "Host: a\r\n\r\n");
  ASSERT_TRUE(testing::Eventually([&] { return backend().download_bytes() > 0; }));
  client.Close();
  EXPECT_TRUE(testing::Eventually([&] { return backend().cancelled() == 1; }));
}

TEST_F(StreamTest, JsonLinesEndWithTheErrorIfThereIsOne) {
  const HttpAnswer good = Ask("GET", "/v1/shelves/1/books:watch?count=2");
  EXPECT_EQ(good.At("content-type"), "application/x-ndjson");
  EXPECT_EQ(good.body, "{\"name\":\"shelves/1/books/0\"}\n{\"name\":\"shelves/1/books/1\"}\n");
  const HttpAnswer late = Ask("GET", "/v1/shelves/1/books:watch?count=1&fail=true");
  EXPECT_EQ(late.code, 200);
  const std::string last = late.body.substr(late.body.find('\n') + 1);
  EXPECT_EQ(json::parse(last)["error"]["code"], 10);
  EXPECT_EQ(json::parse(last)["error"]["details"][0]["reason"], "SHELF_MOVED");
  const HttpAnswer early = Ask("GET", "/v1/shelves/1/books:watch?fail=true");
  EXPECT_EQ(early.code, 409);
  EXPECT_EQ(ReasonOf(early), "SHELF_MOVED");
}

}  // namespace
}  // namespace assay::gateway
