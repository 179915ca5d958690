// Inputs that nobody wrote: mutations of good ones, from fixed seeds. What must hold is
// that each is refused as the client's fault or has a meaning that survives a second
// reading; sanitizer builds see the rest.
#include <gtest/gtest.h>

#include <random>

#include "gateway/bind.h"
#include "gateway/grpc_frame.h"
#include "gateway/json_writer.h"
#include "gateway/path_matcher.h"
#include "gateway/testing/gateway_fixture.h"
#include "gateway/testing/test_schema.h"
#include "gateway/text.h"
#include "services/platform/testing/status_matchers.h"

namespace assay::gateway {
namespace {

using testing::RoundTrip;
using testing::TestMessage;
using testing::TestSchema;

class Mutator {
 public:
  explicit Mutator(std::uint32_t seed) : random_(seed) {}
  std::string operator()(std::string text, std::string_view words) {
    for (std::uint32_t n = 1 + random_() % 2; n > 0; --n) {
      const std::size_t at = text.empty() ? 0 : random_() % text.size();
      switch (random_() % 6) {
        case 0:
          text.insert(at, 1, static_cast<char>(random_()));
          break;
        case 1:
          if (!text.empty()) text.erase(at, 1 + random_() % 4);
          break;
        case 2:
          if (!text.empty()) text[at] = words[random_() % words.size()];
          break;
        case 3:
          text.insert(at, text.substr(at, random_() % 16));
          break;
        case 4:
          text.insert(at, 1, words[random_() % words.size()]);
          break;
        default:
          text.resize(at);
      }
    }
    return text;
  }
  std::uint32_t Next() { return random_(); }

 private:
  std::mt19937 random_;
};

TEST(HostileTest, JsonIsRefusedOrMeansTheSameTwice) {
  const std::string kSeeds[] = {
      R"({"optionalInt32":-12,"optionalUint64":"18446744073709551615","optionalDouble":1.5e-3})",
      R"({"optionalString":"a\u00e9\ud83d\ude00\n","optionalBytes":"-_8=","optionalBool":true})",
      R"({"repeatedNestedMessage":[{"a":1},{"corecursive":{"optionalInt32":2}}]})",
      R"({"mapInt32Int32":{"1":2},"mapStringNestedEnum":{"k":"BAZ"},"oneofNullValue":null})",
      R"({"optionalStruct":{"a":[1,null,{"b":"c"}]},"optionalValue":[true],"repeatedValue":[{}]})",
      R"({"optionalTimestamp":"2026-05-01T09:00:00.5+01:00","optionalDuration":"-1.5s"})",
      R"({"optionalFieldMask":"a,bC.d","optionalBoolWrapper":false,"optionalInt64Wrapper":"5"})",
      R"({"optionalAny":{"@type":"t/google.protobuf.Any","value":{"@type":"t/x"}}})",
      R"({"optionalAny":{"a":3,"@type":"t/assay.gateway.test.v1.Everything.Inner"}})",
  };
  const MessageInfo& info = TestMessage("Everything");
  Mutator mutate(1);
  int taken = 0;
  for (int i = 0; i < 40'000; ++i) {
    const std::string text =
        mutate(kSeeds[i % std::size(kSeeds)], "{}[]\",:\\0123456789-+.eEntfu/");
    const auto once = RoundTrip(info, text);
    if (!once.ok()) {
      // The writer refuses with INTERNAL; what was read must always be writable.
      ASSERT_EQ(once.status().code(), absl::StatusCode::kInvalidArgument) << text << once.status();
      ASSERT_NE(platform::ReasonOf(once.status()), "") << text;
      continue;
    }
    ++taken;
    const auto twice = RoundTrip(info, *once);
    ASSERT_TRUE(twice.ok()) << text << "\n" << *once << twice.status();
    ASSERT_EQ(*twice, *once) << text;
  }
  EXPECT_GT(taken, 500) << "mutations that are all refused test only the first check";
}

TEST(HostileTest, PathsAndQueriesAreRefusedOrBound) {
  PathMatcher matcher;
  int id = 0;
  for (const char* path :
       {"/v1/{name=shelves/*/books/*}", "/v1/{name=shelves/**}:lend", "/v1/{x}", "/{y=**}"}) {
    ASSERT_TRUE(matcher.Add("GET", *ParseHttpTemplate(path), id++).ok());
  }
  const MessageInfo& info = TestMessage("QueryShape");
  Route route;
  route.request = &info;
  Mutator mutate(2);
  for (int i = 0; i < 40'000; ++i) {
    const std::string path = mutate("/v1/shelves/a%2Fb/books/c:lend", "/%:.2fF0*{}~");
    const auto match = matcher.Match("GET", path);
    if (match.ok()) {
      for (const auto& value : match->values) {
        ASSERT_EQ(value.find('\0'), std::string::npos) << path;
        ASSERT_EQ(Cat("/", value, "/").find("/../"), std::string::npos) << path;
      }
    } else {
      ASSERT_EQ(platform::ReasonOf(match.status()), "PATH_INVALID") << path;
    }
    const std::string query = mutate(
        "nested.nested.repeatedValue=a%20b&float_value=1.5&repeated_enum=X&duration=3s&"
        "struct_value=%7B%22a%22:1%7D&oneof_bool_value=true",
        "&=.%+_aX1");
    const std::unique_ptr<google::protobuf::Message> message(info.prototype->New());
    const absl::Status bound = BindQuery(TestSchema(), route, query, message.get());
    ASSERT_TRUE(bound.ok() || !platform::ReasonOf(bound).empty()) << query << bound;
    ASSERT_TRUE(message->IsInitialized() && message->SerializeAsString().size() < 10'000);
  }
}

TEST(HostileTest, FramesAndHttpBodiesAreTakenOrRefusedHoweverTheyAreCut) {
  HttpBodyMessage whole(2, "\x0a\x01p", "a/b", 100);
  whole.Append(std::string(50, 'd'));
  const auto frame = std::move(whole).Finish();
  const std::string good = frame.bytes.substr(frame.begin) + std::string("\0\0\0\0\0", 5);
  Mutator mutate(3);
  for (int i = 0; i < 40'000; ++i) {
    const std::string bytes = i % 4 == 0 ? good : mutate(good, std::string_view("\0\1\2\377", 4));
    std::vector<std::string> at_once;
    std::vector<std::string> in_pieces;
    GrpcDeframer one(1000);
    const auto result = one.Feed(bytes, [&](std::string m) {
      at_once.push_back(std::move(m));
      return true;
    });
    GrpcDeframer two(1000);
    auto cut_result = GrpcDeframer::Result::kOk;
    for (std::size_t at = 0; at < bytes.size() && cut_result == GrpcDeframer::Result::kOk;) {
      const std::size_t size = std::min<std::size_t>(1 + mutate.Next() % 20, bytes.size() - at);
      cut_result = two.Feed(std::string_view(bytes).substr(at, size), [&](std::string m) {
        in_pieces.push_back(std::move(m));
        return true;
      });
      at += size;
    }
    ASSERT_EQ(at_once, in_pieces);
    ASSERT_EQ(result, cut_result);
    for (const auto& message : at_once) {
      HttpBodyView view;
      if (!ParseHttpBody(message, &view)) continue;
      ASSERT_LE(view.data.size() + view.content_type.size(), message.size());
    }
  }
}

class HostileGatewayTest : public testing::GatewayTest {};

TEST_F(HostileGatewayTest, NoRequestTakesItDown) {
  Configure([](GatewayConfig& c) {
    c.header_timeout = absl::Milliseconds(50);
    c.request_timeout = absl::Milliseconds(100);
    c.idle_timeout = absl::Milliseconds(100);
  });
  const std::string kSeeds[] = {
      "GET /v1/shelves/1/books/2 HTTP/1.1\r\nHost: a\r\nX-Request-Id: r\r\n\r\n",
      "POST /v1/echo HTTP/1.1\r\nHost: a\r\nContent-Length: 19\r\n\r\n{\"optionalInt32\": 1}",
      "POST /v1/shelves/1/books/2:uploadScan HTTP/1.1\r\nHost: a\r\n"
      "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
      "GET /v1/shelves/1/books/2:downloadScan?size_bytes=300000 HTTP/1.1\r\nHost: a\r\n\r\n",
  };
  Mutator mutate(4);
  for (int i = 0; i < 150; ++i) {
    testing::HttpClient client(port());
    client.Send(mutate(kSeeds[i % std::size(kSeeds)], "\r\n :;/%,0123456789abcdef\t"));
    const int code = client.Read().code;
    ASSERT_TRUE(code == 0 || code == 100 || (code >= 200 && code < 505)) << code;
    ASSERT_NE(code, 500);
  }
  EXPECT_EQ(Ask("GET", "/v1/shelves/1/books/2").code, 200);
}

}  // namespace
}  // namespace assay::gateway
