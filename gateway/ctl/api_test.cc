#include "gateway/ctl/api.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <fstream>
#include <thread>

#include "absl/strings/str_cat.h"
#include "services/platform/error/error.h"
#include "services/platform/testing/fakes.h"
#include "services/platform/testing/status_matchers.h"

namespace assay::gateway::ctl {
namespace {

using platform::FieldsOf;
using platform::MetadataOf;
using platform::ReasonOf;
using platform::testing::IsError;
using platform::testing::TempDir;

// Answers each request with the next of `answers` (the last one again and again) and keeps
// the connection. One connection at a time.
class CannedServer {
 public:
  explicit CannedServer(std::vector<std::string> answers) : answers_(std::move(answers)) {
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    ::bind(listener_, reinterpret_cast<sockaddr*>(&address), size);
    ::listen(listener_, 8);
    ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { Serve(); });
  }
  ~CannedServer() {
    ::shutdown(listener_, SHUT_RDWR);
    if (const int open = open_; open >= 0) ::shutdown(open, SHUT_RDWR);
    thread_.join();
    ::close(listener_);
  }
  std::string url() const { return absl::StrCat("http://127.0.0.1:", port_); }
  int connections() const { return connections_; }
  const std::vector<std::string>& requests() const { return requests_; }

 private:
  void Serve() {
    for (;;) {
      const int fd = ::accept(listener_, nullptr, nullptr);
      if (fd < 0) return;
      ++connections_;
      open_ = fd;
      std::string in;
      char buffer[65536];
      for (;;) {
        const ssize_t n = ::read(fd, buffer, sizeof buffer);
        if (n <= 0) break;
        in.append(buffer, static_cast<std::size_t>(n));
        while (TakeRequest(in)) {
          const std::string& answer = answers_[std::min(answered_++, answers_.size() - 1)];
          if (::write(fd, answer.data(), answer.size()) < 0) break;
        }
      }
      open_ = -1;
      ::close(fd);
    }
  }
  bool TakeRequest(std::string& in) {
    const std::size_t end = in.find("\r\n\r\n");
    if (end == std::string::npos) return false;
    std::size_t length = 0;
    if (const std::size_t at = in.find("Content-Length: "); at < end) {
      length = static_cast<std::size_t>(std::atoll(in.c_str() + at + 16));
    }
    if (in.size() < end + 4 + length) return false;
    requests_.push_back(in.substr(0, end + 4 + length));
    in.erase(0, end + 4 + length);
    return true;
  }

  const std::vector<std::string> answers_;
  std::size_t answered_ = 0;
  int listener_ = -1;
  int port_ = 0;
  std::atomic<int> open_{-1};
  std::atomic<int> connections_{0};
  std::vector<std::string> requests_;
  std::thread thread_;
};

std::string Answer(int http, std::string_view body) {
  return absl::StrCat("HTTP/1.1 ", http, " X\r\nContent-Type: application/json\r\n",
                      "Content-Length: ", body.size(), "\r\n\r\n",
                      absl::string_view(body.data(), body.size()));
}

constexpr std::string_view kBusy =
    R"({"code":14,"message":"not now","details":[{"reason":"UNAVAILABLE","metadata":{}}]})";

TEST(ApiTest, KeepsTheConnectionAndSendsWhatItIsGiven) {
  CannedServer server({Answer(200, R"({"rowCount":"7"})")});
  Api api({.url = server.url()}, platform::SystemClock());
  const auto first = api.Call({.method = "POST",
                               .path = "/v1/centres:import",
                               .query = {{"layout", "a b&c"}},
                               .token = "t0",
                               .content_type = "text/csv",
                               .body = "URN\n1"});
  ASSERT_TRUE(first.ok()) << first.status();
  EXPECT_EQ(Int(*first, "rowCount"), 7);
  ASSERT_TRUE(api.Call({.path = "/v1/centres/urn-1"}).ok());
  EXPECT_EQ(server.connections(), 1);
  const std::string& sent = server.requests().at(0);
  EXPECT_EQ(sent.find("POST /v1/centres:import?layout=a%20b%26c HTTP/1.1\r\n"), 0u) << sent;
  EXPECT_NE(sent.find("Authorization: Bearer t0\r\n"), std::string::npos);
  EXPECT_NE(sent.find("Content-Type: text/csv\r\n"), std::string::npos);
  EXPECT_TRUE(sent.ends_with("\r\n\r\nURN\n1"));
  EXPECT_TRUE(server.requests().at(1).starts_with("GET /v1/centres/urn-1 HTTP/1.1\r\n"));
}

TEST(ApiTest, RepeatsWhatMayBeRepeatedWhileTheServiceIsAway) {
  CannedServer server({Answer(503, kBusy), Answer(503, kBusy), Answer(200, R"({"a":1})")});
  Api api({.url = server.url()}, platform::SystemClock());
  const auto answer = api.Call({.method = "POST", .path = "/v1/x", .body = "{}"});
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_EQ(server.requests().size(), 3u);
  EXPECT_EQ(api.tally().repeats, 2);
  EXPECT_EQ(api.tally().calls, 1);
}

TEST(ApiTest, DoesNotRepeatWhatMayHaveATwofoldEffect) {
  CannedServer server({Answer(503, kBusy)});
  Api api({.url = server.url()}, platform::SystemClock());
  EXPECT_THAT(api.Call({.method = "POST", .path = "/v1/x", .repeatable = false}),
              IsError(absl::StatusCode::kUnavailable, "UNAVAILABLE"));
  EXPECT_EQ(server.requests().size(), 1u);
}

TEST(ApiTest, StopsRepeatingWhenTheTimeForItIsOver) {
  Api api({.url = "http://127.0.0.1:1", .retry_for = absl::Milliseconds(120)},
          platform::SystemClock());
  EXPECT_THAT(api.Call({.path = "/v1/x"}),
              IsError(absl::StatusCode::kUnavailable, "GATEWAY_UNREACHABLE"));
  EXPECT_EQ(api.tally().repeats, 1);  // After 50 ms; the next would wait 100 ms more.
}

TEST(ApiTest, SendsAFileFromTheDisk) {
  TempDir dir;
  const std::string bytes(300'000, 'x');
  std::ofstream(dir / "big.csv") << bytes;
  CannedServer server({Answer(200, "{}")});
  Api api({.url = server.url()}, platform::SystemClock());
  std::int64_t sent = 0;
  ASSERT_TRUE(api.Call({.method = "POST",
                        .path = "/v1/x",
                        .body_file = dir / "big.csv",
                        .on_sent = [&](std::int64_t n) { sent = n; }})
                  .ok());
  EXPECT_EQ(sent, 300'000);
  EXPECT_TRUE(server.requests().at(0).ends_with(bytes));
  EXPECT_THAT(api.Call({.method = "POST", .path = "/v1/x", .body_file = dir / "none.csv"}),
              IsError(absl::StatusCode::kNotFound, "FILE_UNREADABLE"));
}

TEST(ApiTest, AnAnswerThatIsNotJsonIsNotTakenForOne) {
  CannedServer server({Answer(200, "<html>")});
  Api api({.url = server.url()}, platform::SystemClock());
  EXPECT_THAT(api.Call({.path = "/"}), IsError(absl::StatusCode::kInternal, "ANSWER_NOT_JSON"));
}

TEST(StatusOfAnswerTest, KeepsReasonMetadataAndPlaces) {
  const absl::Status status = StatusOfAnswer(400, R"({
    "code": 3, "message": "2 marks are bad",
    "details": [
      {"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "MARKS_REFUSED",
       "domain": "moderation.assay.example", "metadata": {"refused_count": "2"}},
      {"@type": "type.googleapis.com/google.rpc.BadRequest", "fieldViolations": [
        {"field": "row 3, column mark", "description": "104 is above the maximum 100"}]}]})");
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(status.message(), "2 marks are bad");
  EXPECT_EQ(ReasonOf(status), "MARKS_REFUSED");
  EXPECT_EQ(MetadataOf(status, "refused_count"), "2");
  EXPECT_EQ(FieldsOf(status),
            std::vector<std::string>{"row 3, column mark: 104 is above the maximum 100"});
}

TEST(StatusOfAnswerTest, ReadsTheWrappedFormAndAnswersOfOthers) {
  EXPECT_THAT(
      StatusOfAnswer(404, R"({"error":{"code":404,"status":"NOT_FOUND","message":"no centre"}})"),
      IsError(absl::StatusCode::kNotFound, "REASON_UNKNOWN"));
  EXPECT_THAT(StatusOfAnswer(502, "<html>bad gateway</html>"),
              IsError(absl::StatusCode::kUnavailable, "HTTP_ERROR"));
  EXPECT_THAT(StatusOfAnswer(418, ""), IsError(absl::StatusCode::kUnknown, "HTTP_ERROR"));
}

TEST(JsonViewTest, ReadsWhatIsThereAndNothingElse) {
  const Json answer = ParseJson(R"({"n":"12","d":1.5,"s":"x","b":true,"a":[1],"z":null})");
  EXPECT_EQ(Int(answer, "n"), 12);
  EXPECT_EQ(Int(answer, "s"), 0);
  EXPECT_EQ(Text(answer, "d"), "");
  EXPECT_EQ(Number(answer, "d"), 1.5);
  EXPECT_EQ(MaybeNumber(answer, "z"), std::nullopt);
  EXPECT_TRUE(Flag(answer, "b"));
  EXPECT_FALSE(Flag(answer, "missing"));
  EXPECT_EQ(Items(answer, "a").size(), 1u);
  EXPECT_TRUE(Items(answer, "s").empty());
  EXPECT_TRUE(At(ParseJson("nonsense"), "x").is_null());
}

}  // namespace
}  // namespace assay::gateway::ctl
