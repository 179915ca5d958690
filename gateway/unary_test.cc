// Requests that are one message, through the gateway and a real gRPC server.
#include "gateway/http_request.h"
#include "gateway/testing/gateway_fixture.h"

namespace assay::gateway {
namespace {

using nlohmann::json;
using testing::HttpAnswer;
using testing::HttpClient;
using testing::MetadataOf;
using testing::ReasonOf;

class UnaryTest : public testing::GatewayTest {};

TEST_F(UnaryTest, AGetIsAnsweredWithTheMessageAsJson) {
  const HttpAnswer answer = Ask("GET", "/v1/shelves/one/books/a%2Fb");
  EXPECT_EQ(answer.code, 200);
  EXPECT_EQ(answer.At("content-type"), "application/json");
  EXPECT_EQ(answer.At("cache-control"), "no-store");
  const json book = json::parse(answer.body);
  EXPECT_EQ(book["name"], "shelves/one/books/a%2Fb");
  EXPECT_EQ(book["pages"], "321");
  EXPECT_EQ(book["tags"], json({"a", "b"}));
  EXPECT_EQ(book["boughtTime"], "2026-05-01T09:00:00Z");
}

TEST_F(UnaryTest, TheServiceSeesWhoAsksAndUnderWhichIdAndNothingElseOfTheHeaders) {
  const HttpAnswer answer = Ask("GET", "/v1/shelves/1/books/2",
                                "Authorization: Bearer t0\r\nX-Request-Id: id-7\r\n"
                                "Traceparent: 00-1-2-01\r\nCookie: a=b\r\nX-Other: c\r\n");
  const json seen = json::parse(answer.body)["seenMetadata"];
  EXPECT_EQ(seen["authorization"], "Bearer t0");
  EXPECT_EQ(seen["x-request-id"], "id-7");
  EXPECT_EQ(seen["traceparent"], "00-1-2-01");
  EXPECT_FALSE(seen.contains("cookie"));
  EXPECT_FALSE(seen.contains("x-other"));
  EXPECT_EQ(answer.At("x-request-id"), "id-7");
}

TEST_F(UnaryTest, ARequestIdThatCouldBreakALogIsReplaced) {
  for (const char* id : {"a b", "\"", "x\xc3\xa9", ""}) {
    const HttpAnswer answer =
        Ask("GET", "/v1/shelves/1/books/2", std::string("X-Request-Id: ") + id + "\r\n");
    EXPECT_EQ(answer.code, 200) << id;
    EXPECT_EQ(answer.At("x-request-id").size(), 32u) << id;
  }
}

TEST_F(UnaryTest, EveryWayToBindABodyWorks) {
  struct Case {
    const char* method;
    const char* target;
    const char* body;
    const char* expected;  // Members of the answer.
  };
  const Case kCases[] = {
      {"POST", "/v1/shelves/1/books?requestId=r1", R"({"title":"T"})",
       R"({"name":"shelves/1/books/r1","title":"T"})"},
      {"POST", "/v1/shelves/1/books?request_id=r%201", "", R"({"name":"shelves/1/books/r 1"})"},
      {"PATCH", "/v1/shelves/1/books/2?updateMask=title", R"({"title":"U"})",
       R"({"name":"shelves/1/books/2","title":"U"})"},
      {"POST", "/v1/shelves/1/books/2:lend", R"({"borrower":"Ann"})",
       R"({"name":"shelves/1/books/2","title":"lent to Ann"})"},
      {"DELETE", "/v1/shelves/1/books/2", "", "{}"},
      {"GET", "/v1/shelves/1/books?page_size=1&pageToken=t+1", "",
       R"({"books":[{"name":"shelves/1/books/0"}],"nextPageToken":"t 1+"})"},
      {"GET", "/v1/shelves/1/titles?pageSize=2", "",
       R"([{"name":"shelves/1/books/0"},{"name":"shelves/1/books/1"}])"},
      {"GET", "/v1/shelves/1/titles", "", "[]"},
      {"POST", "/v1/echo", R"({"optionalStruct":{"a":[1]}})", R"({"optionalStruct":{"a":[1]}})"},
      {"POST", "/v1/echo", "", "{}"},
      {"POST", "/v1/shelves/1/books:import", R"([{"title":"A"},{"title":"B"}])",
       R"({"messages":"2","name":"shelves/1"})"},
      {"POST", "/v1/shelves/1/books:import", "[]", R"({"messages":"1","name":"shelves/1"})"},
  };
  for (const auto& each : kCases) {
    const HttpAnswer answer = Ask(each.method, each.target, "", each.body);
    ASSERT_EQ(answer.code, 200) << each.target << answer.body;
    const json got = json::parse(answer.body);
    const json expected = json::parse(each.expected);
    if (!expected.is_object() || expected.empty()) {
      EXPECT_EQ(got, expected) << each.target;
      continue;
    }
    for (const auto& [key, value] : expected.items()) EXPECT_EQ(got[key], value) << each.target;
  }
}

TEST_F(UnaryTest, AFieldHasOneSource) {
  struct Case {
    const char* method;
    const char* target;
    const char* body;
    const char* reason;
    const char* field;
  };
  const Case kCases[] = {
      {"GET", "/v1/shelves/1/books/2?name=shelves/9/books/9", "", "FIELD_DUPLICATE", "name"},
      {"GET", "/v1/shelves/1/books/2?name=shelves/1/books/2", "", "FIELD_DUPLICATE", "name"},
      {"POST", "/v1/shelves/1/books?parent=shelves/9", "{}", "FIELD_DUPLICATE", "parent"},
      {"POST", "/v1/shelves/1/books?book.title=x", "{}", "FIELD_DUPLICATE", "book"},
      {"POST", "/v1/shelves/1/books/2:lend", R"({"name":"shelves/1/books/2"})", "FIELD_DUPLICATE",
       "name"},
      {"PATCH", "/v1/shelves/1/books/2", R"({"name":"shelves/9/books/9"})", "FIELD_DUPLICATE",
       "book.name"},
      {"PATCH", "/v1/shelves/1/books/2?book.name=x", "{}", "FIELD_DUPLICATE", "book"},
      {"POST", "/v1/shelves/1/books/2:lend?borrower=Ann", "{}", "FIELD_UNKNOWN", "borrower"},
      {"GET", "/v1/shelves/1/books?pageSize=1&page_size=2", "", "FIELD_DUPLICATE", "page_size"},
      {"GET", "/v1/shelves/1/books?colour=red", "", "FIELD_UNKNOWN", "colour"},
      {"GET", "/v1/shelves/1/books?pageSize=many", "", "FIELD_TYPE_WRONG", "page_size"},
      {"POST", "/v1/shelves/1/books", R"({"colour":1})", "FIELD_UNKNOWN", "book.colour"},
      {"POST", "/v1/shelves/1/books", R"({"pages":"x"})", "FIELD_TYPE_WRONG", "book.pages"},
      {"POST", "/v1/shelves/1/books:import", R"([{},{"pages":[]}])", "FIELD_TYPE_WRONG",
       "[1].book.pages"},
  };
  backend();
  for (const auto& each : kCases) {
    const HttpAnswer answer = Ask(each.method, each.target, "", each.body);
    EXPECT_EQ(answer.code, 400) << each.target << answer.body;
    EXPECT_EQ(ReasonOf(answer), each.reason) << each.target;
    EXPECT_EQ(MetadataOf(answer, "field"), each.field) << each.target;
  }
  EXPECT_EQ(backend().calls(), 0) << "a refused request must not reach the service";
}

TEST_F(UnaryTest, WhatIsNotServedSaysWhy) {
  EXPECT_EQ(ReasonOf(Ask("GET", "/v2/nothing")), "ROUTE_NOT_FOUND");
  EXPECT_EQ(Ask("GET", "/v2/nothing").code, 404);
  const HttpAnswer method = Ask("PUT", "/v1/shelves/1/books/2");
  EXPECT_EQ(method.code, 405);
  EXPECT_EQ(method.At("allow"), "DELETE, GET, PATCH");
  EXPECT_EQ(ReasonOf(method), "METHOD_NOT_ALLOWED");
  EXPECT_EQ(Ask("GET", "/v1/shelves/1/books/../2").code, 400);
  EXPECT_EQ(ReasonOf(Ask("GET", "/v1/shelves/%00/books/2")), "PATH_INVALID");
  EXPECT_EQ(ReasonOf(Ask("GET", "/v1/query?x=%zz")), "PATH_INVALID");
  const HttpAnswer type = Ask("POST", "/v1/echo", "Content-Type: text/plain\r\n", "{}");
  EXPECT_EQ(type.code, 415);
  EXPECT_EQ(ReasonOf(type), "CONTENT_TYPE_UNSUPPORTED");
  EXPECT_EQ(Ask("POST", "/v1/echo", "Content-Encoding: gzip\r\n", "{}").code, 415);
  EXPECT_EQ(Ask("POST", "/v1/echo", "Content-Type: application/json; charset=utf-8\r\n", "{}").code,
            200);
  EXPECT_EQ(ReasonOf(Ask("POST", "/v1/echo", "", "  ")), "JSON_MALFORMED");
  EXPECT_EQ(ReasonOf(Ask("GET", "/v1/shelves/1/books/2", "", "{}")), "HTTP_MALFORMED");
}

TEST_F(UnaryTest, AServicesErrorKeepsItsReasonAndDetails) {
  const HttpAnswer answer = Ask("GET", "/v1/shelves/1/books/error-9-SHELF_LOCKED");
  EXPECT_EQ(answer.code, 400);
  EXPECT_EQ(ReasonOf(answer), "SHELF_LOCKED");
  const json status = json::parse(answer.body);
  EXPECT_EQ(status["code"], 9);
  EXPECT_EQ(status["message"], "the shop says no");
  EXPECT_EQ(status["details"][0]["domain"], "shop.example");
}

TEST_F(UnaryTest, EveryCodeHasItsHttpCode) {
  const int kHttp[] = {0,   499, 500, 400, 504, 404, 409, 403, 429,
                       400, 409, 400, 501, 500, 503, 500, 401};
  for (int code = 1; code <= 16; ++code) {
    const HttpAnswer answer =
        Ask("GET", "/v1/shelves/1/books/error-" + std::to_string(code) + "-WHY");
    EXPECT_EQ(answer.code, kHttp[code]) << code;
    EXPECT_EQ(ReasonOf(answer), "WHY") << code;
    EXPECT_EQ(answer.At("retry-after"), code == 8 || code == 14 ? "1" : "") << code;
    EXPECT_EQ(answer.headers.contains("www-authenticate"), code == 16) << code;
  }
}

TEST_F(UnaryTest, AnErrorWithoutDetailsIsNotQuoted) {
  const HttpAnswer answer = Ask("GET", "/v1/shelves/1/books/plain-error-2");
  EXPECT_EQ(answer.code, 500);
  EXPECT_EQ(ReasonOf(answer), "INTERNAL");
  EXPECT_EQ(answer.body.find("secret"), std::string::npos);
  EXPECT_EQ(MetadataOf(answer, "reference"), answer.At("x-request-id"));
}

TEST_F(UnaryTest, WithoutAGoodTokenNothingReachesTheService) {
  Authenticate();
  const std::pair<const char*, const char*> kCases[] = {
      {"", "TOKEN_MISSING"},
      {"Authorization: Basic Z29vZA==\r\n", "TOKEN_MISSING"},
      {"Authorization: Bearer\r\n", "TOKEN_MISSING"},
      {"Authorization: Bearer old\r\n", "TOKEN_EXPIRED"},
      {"Authorization: Bearer forged\r\n", "TOKEN_MALFORMED"},
  };
  backend();
  for (const auto& [header, reason] : kCases) {
    const HttpAnswer answer = Ask("GET", "/v1/shelves/1/books/2", header);
    EXPECT_EQ(answer.code, 401) << header;
    EXPECT_EQ(ReasonOf(answer), reason) << header;
    const bool missing = std::string_view(reason) == "TOKEN_MISSING";
    EXPECT_EQ(
        answer.At("www-authenticate"),
        missing ? "Bearer realm=\"assay\"" : "Bearer realm=\"assay\", error=\"invalid_token\"");
  }
  EXPECT_EQ(Ask("POST", "/v1/shelves/1/books/2:uploadScan", "Content-Type: a/b\r\n", "bytes").code,
            401);
  EXPECT_EQ(backend().calls(), 0);
  EXPECT_EQ(Ask("GET", "/v1/shelves/1/books/2", "Authorization: bearer good\r\n").code, 200);
  EXPECT_EQ(Ask("GET", "/healthz").code, 200);
  EXPECT_EQ(Ask("GET", "/openapi.json").code, 200);
}

TEST_F(UnaryTest, HeadAndOptionsAnswerWithoutABody) {
  HttpClient client(port());
  const HttpAnswer get = client.Ask("GET", "/v1/shelves/1/books/2", "X-Request-Id: r\r\n");
  const HttpAnswer head = client.Ask("HEAD", "/v1/shelves/1/books/2", "X-Request-Id: r\r\n");
  EXPECT_EQ(head.code, 200);
  EXPECT_EQ(head.At("content-length"), std::to_string(get.body.size()));
  const HttpAnswer options = client.Ask("OPTIONS", "/v1/shelves/1/books/2");
  EXPECT_EQ(options.code, 200);
  EXPECT_EQ(options.At("allow"), "OPTIONS, DELETE, GET, HEAD, PATCH");
  EXPECT_EQ(client.Ask("GET", "/v1/shelves/1/books/2").code, 200) << "the connection stays usable";
}

TEST_F(UnaryTest, RawBodiesPassThroughInOneMessage) {
  const HttpAnswer cover = Ask("GET", "/v1/shelves/1/books/2/cover");
  EXPECT_EQ(cover.At("content-type"), "image/png");
  EXPECT_EQ(cover.body, std::string("\x89PNG\0bytes", 10));
  const HttpAnswer put = Ask("PUT", "/v1/shelves/1/books/2/cover", "Content-Type: image/gif\r\n",
                             std::string_view("\0\xff{", 3));
  EXPECT_EQ(put.code, 200) << put.body;
  const json receipt = json::parse(put.body);
  EXPECT_EQ(receipt["name"], "shelves/1/books/2");
  EXPECT_EQ(receipt["contentType"], "image/gif");
  EXPECT_EQ(receipt["sizeBytes"], "3");
}

TEST_F(UnaryTest, ADocumentMayNotRunOrLoadAnything) {
  const HttpAnswer page = Ask("GET", "/v1/shelves/1/books/page/cover");
  EXPECT_EQ(page.code, 200);
  EXPECT_EQ(page.body, "<!DOCTYPE html><p>Ahoj \xC3\xA9</p>");
  EXPECT_EQ(page.At("content-type"), "text/html; charset=utf-8");
  const std::string policy = page.At("content-security-policy");
  for (const char* part : {"default-src 'none'", "frame-ancestors 'none'", "form-action 'none'",
                           "base-uri 'none'", "sandbox"}) {
    EXPECT_NE(policy.find(part), std::string::npos) << policy;
  }
  EXPECT_EQ(policy.find("script"), std::string::npos) << policy;
  EXPECT_EQ(page.At("x-content-type-options"), "nosniff");
  EXPECT_EQ(page.At("cache-control"), "no-store");
  EXPECT_EQ(page.At("referrer-policy"), "no-referrer");
  EXPECT_EQ(Ask("HEAD", "/v1/shelves/1/books/page/cover").At("content-security-policy"), policy);
  EXPECT_FALSE(
      Ask("GET", "/v1/shelves/1/books/2/cover").headers.contains("content-security-policy"))
      << "a picture is no document";
  EXPECT_FALSE(Ask("GET", "/v1/shelves/1/books/2").headers.contains("content-security-policy"));
}

TEST(DocumentTest, IsWhateverABrowserWouldRunScriptsOf) {
  for (const char* type : {"text/html", "Text/HTML; charset=utf-8", "application/xhtml+xml",
                           "image/svg+xml", "text/xml ;x=y", "application/xml"}) {
    EXPECT_TRUE(IsDocument(type)) << type;
  }
  for (const char* type : {"", "application/json", "image/png", "application/pdf", "text/plain",
                           "text/html5", "application/x-ndjson"}) {
    EXPECT_FALSE(IsDocument(type)) << type;
  }
}

TEST_F(UnaryTest, PipelinedRequestsAreAnsweredInTheirOrder) {
  HttpClient client(port());
  std::string requests;
  for (int i = 0; i < 50; ++i) {
    requests += "GET /v1/shelves/1/books/" + std::to_string(i) + " HTTP/1.1\r\nHost: x\r\n\r\n";
    requests += "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n";
  }
  client.Send(requests);
  for (int i = 0; i < 50; ++i) {
    EXPECT_EQ(json::parse(client.Read().body)["name"], "shelves/1/books/" + std::to_string(i));
    EXPECT_EQ(json::parse(client.Read().body)["status"], "SERVING");
  }
}

TEST_F(UnaryTest, ARequestMayComeByteByByte) {
  HttpClient client(port());
  const std::string request =
      "POST /v1/echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n"
      "Content-Type: application/json\r\n\r\n5\r\n{\"opt\r\n10;a=b\r\nionalInt32\":77 }\r\n"
      "0\r\nTrailer: x\r\n\r\n";
  for (const char c : request) ASSERT_TRUE(client.Send(std::string_view(&c, 1)));
  const HttpAnswer answer = client.Read();
  EXPECT_EQ(answer.code, 200);
  EXPECT_EQ(answer.body, R"({"optionalInt32":77})");
}

TEST_F(UnaryTest, OldAndAbsoluteFormsAreTaken) {
  HttpClient old(port());
  old.Send("GET /v1/shelves/1/books/2 HTTP/1.0\r\n\r\n");
  const HttpAnswer answer = old.Read();
  EXPECT_EQ(answer.code, 200);
  EXPECT_EQ(answer.At("connection"), "close");
  EXPECT_TRUE(old.AtEnd());
  EXPECT_EQ(Ask("GET", "http://other.example/v1/shelves/1/books/2").code, 200);
  HttpClient spaced(port());
  spaced.Send("\r\nGET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  EXPECT_EQ(spaced.Read().code, 200);
  EXPECT_TRUE(spaced.AtEnd());
}

TEST_F(UnaryTest, ADeadlineIsTheClientsTheMethodsOrOurs) {
  const HttpAnswer late =
      Ask("GET", "/v1/shelves/1/books/2?delayMs=60000", "Grpc-Timeout: 50m\r\n");
  EXPECT_EQ(late.code, 504);
  EXPECT_EQ(ReasonOf(late), "DEADLINE_EXCEEDED");
  for (const char* bad : {"", "1", "m", "1x", "-1S", "12345678901S", "1.5S", " 1 S"}) {
    const HttpAnswer answer =
        Ask("GET", "/v1/shelves/1/books/2", std::string("Grpc-Timeout: ") + bad + "\r\n");
    EXPECT_EQ(answer.code, *bad == 0 ? 200 : 400) << bad;
  }
}

TEST_F(UnaryTest, AServiceThatDoesNotAnswerIsGivenUp) {
  Configure([](GatewayConfig& c) { c.request_timeout = absl::Milliseconds(100); });
  const HttpAnswer answer = Ask("GET", "/v1/shelves/1/books/2?delay_ms=60000");
  EXPECT_EQ(answer.code, 504);
}

TEST_F(UnaryTest, AClientThatGoesAwayCancelsItsCall) {
  HttpClient client(port());
  client.Send("GET /v1/shelves/1/books/2?delay_ms=60000 HTTP/1.1\r\nHost: x\r\n\r\n");
  ASSERT_TRUE(testing::Eventually([&] { return backend().calls() == 1; }));
  EXPECT_EQ(backend().cancelled(), 0);
  client.Close();
  EXPECT_TRUE(testing::Eventually([&] { return backend().cancelled() == 1; }));
}

TEST_F(UnaryTest, HealthTellsOfEveryService) {
  ASSERT_TRUE(testing::Eventually([&] {
    const json health = json::parse(Ask("GET", "/healthz").body);
    return health["backends"][backend().address()] == "ready";
  }));
  EXPECT_EQ(Ask("POST", "/healthz", "", "{}").code, 405);
}

}  // namespace
}  // namespace assay::gateway
