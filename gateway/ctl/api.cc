#include "gateway/ctl/api.h"

#include <curl/curl.h>

#include <algorithm>
#include <cstdio>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "services/platform/core/bytes.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/core/view.h"
#include "services/platform/error/error.h"

namespace assay::gateway::ctl {
namespace {

using platform::Error;

constexpr std::size_t kAnswerMax = platform::MiB(256);
constexpr absl::Duration kBackoffMin = absl::Milliseconds(50);
constexpr absl::Duration kBackoffMax = absl::Seconds(1);

struct FileCloser {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
struct HeaderFreer {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
struct EasyFreer {
  void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
};

absl::StatusCode CodeNamed(std::string_view name) {
  for (int code = 1; code <= 16; ++code) {
    const auto candidate = static_cast<absl::StatusCode>(code);
    if (absl::StatusCodeToString(candidate) == name) return candidate;
  }
  return absl::StatusCode::kUnknown;
}

// For answers that did not come from the gateway, such as those of a proxy before it.
absl::StatusCode CodeOfHttp(long http) {
  switch (http) {
    case 400:
      return absl::StatusCode::kInvalidArgument;
    case 401:
      return absl::StatusCode::kUnauthenticated;
    case 403:
      return absl::StatusCode::kPermissionDenied;
    case 404:
      return absl::StatusCode::kNotFound;
    case 409:
      return absl::StatusCode::kAborted;
    case 413:
    case 429:
      return absl::StatusCode::kResourceExhausted;
    case 501:
      return absl::StatusCode::kUnimplemented;
    case 502:
    case 503:
      return absl::StatusCode::kUnavailable;
    case 504:
      return absl::StatusCode::kDeadlineExceeded;
    default:
      return absl::StatusCode::kUnknown;
  }
}

// A proxy of the environment is for the world outside.
bool IsLoopback(std::string_view url) {
  return url.starts_with("http://127.") || url.starts_with("http://localhost") ||
         url.starts_with("http://[::1]");
}

bool MayPass(const absl::Status& status) {
  return absl::IsUnavailable(status) || platform::ReasonOf(status) == "SERVER_BUSY";
}

}  // namespace

struct Api::Connection {
  std::unique_ptr<CURL, EasyFreer> easy;
};

// What one transfer reads and writes while libcurl drives it.
struct Api::Attempt {
  const ApiRequest& request;
  std::unique_ptr<std::FILE, FileCloser> file = {};
  std::int64_t size = 0;
  std::int64_t sent = 0;
  std::string answer = {};
  std::unique_ptr<curl_slist, HeaderFreer> headers = {};

  absl::Status Open();  // Finds the size of the body.
  void AddHeader(const std::string& line);
  void SendBody(CURL* easy);

  static std::size_t Read(char* to, std::size_t unit, std::size_t count, void* self) {
    auto& attempt = *static_cast<Attempt*>(self);
    std::size_t n = unit * count;
    if (attempt.file != nullptr) {
      n = std::fread(to, 1, n, attempt.file.get());
    } else {
      const auto at = static_cast<std::size_t>(attempt.sent);
      n = std::min(n, attempt.request.body.size() - at);
      std::copy_n(attempt.request.body.data() + at, n, to);
    }
    attempt.sent += static_cast<std::int64_t>(n);
    if (attempt.request.on_sent) attempt.request.on_sent(attempt.sent);
    return n;
  }

  // libcurl rewinds when a kept-alive connection turns out to be dead.
  static int Seek(void* self, curl_off_t offset, int origin) {
    auto& attempt = *static_cast<Attempt*>(self);
    if (origin != SEEK_SET) return CURL_SEEKFUNC_CANTSEEK;
    if (attempt.file != nullptr && std::fseek(attempt.file.get(), offset, SEEK_SET) != 0) {
      return CURL_SEEKFUNC_FAIL;
    }
    attempt.sent = offset;
    return CURL_SEEKFUNC_OK;
  }

  static std::size_t Write(char* from, std::size_t unit, std::size_t count, void* self) {
    auto& attempt = *static_cast<Attempt*>(self);
    const std::size_t n = unit * count;
    if (attempt.answer.size() + n > kAnswerMax) return 0;
    attempt.answer.append(from, n);
    return n;
  }
};

Api::Api(ApiOptions options, const platform::Clock& clock)
    : options_(std::move(options)), clock_(clock) {
  static const CURLcode started = curl_global_init(CURL_GLOBAL_DEFAULT);
  static_cast<void>(started);
}

Api::~Api() = default;

std::unique_ptr<Api::Connection> Api::Borrow() {
  std::lock_guard lock(mutex_);
  if (!idle_.empty()) {
    auto connection = std::move(idle_.back());
    idle_.pop_back();
    return connection;
  }
  auto connection = std::make_unique<Connection>();
  connection->easy.reset(curl_easy_init());
  return connection;
}

void Api::Return(std::unique_ptr<Connection> connection) {
  std::lock_guard lock(mutex_);
  idle_.push_back(std::move(connection));
}

absl::StatusOr<Json> Api::Call(const ApiRequest& request) {
  ASSIGN_OR_RETURN(const std::string body, Fetch(request));
  Json answer = ParseJson(body);
  if (answer.is_null()) {
    return Error(absl::StatusCode::kInternal, "ANSWER_NOT_JSON",
                 absl::StrCat("the answer to ", request.path, " is not JSON; is ", options_.url,
                              " the Assay gateway?"));
  }
  return answer;
}

absl::StatusOr<std::string> Api::Fetch(const ApiRequest& request) {
  const absl::Time start = clock_.Now();
  absl::Duration backoff = kBackoffMin;
  absl::StatusOr<std::string> answer;
  for (;;) {
    auto connection = Borrow();
    if (connection->easy == nullptr) {
      return Error(absl::StatusCode::kInternal, "CURL_FAILED", "libcurl could not start");
    }
    answer = TryOnce(*connection, request);
    Return(std::move(connection));
    if (answer.ok() || !request.repeatable || !MayPass(answer.status())) break;
    if (clock_.Now() - start + backoff > options_.retry_for) break;
    absl::SleepFor(backoff);
    backoff = std::min(backoff * 2, kBackoffMax);
    std::lock_guard lock(mutex_);
    ++repeats_;
  }
  std::lock_guard lock(mutex_);
  call_seconds_.push_back(absl::ToDoubleSeconds(clock_.Now() - start));
  return answer;
}

absl::Status Api::Attempt::Open() {
  size = static_cast<std::int64_t>(request.body.size());
  if (request.body_file.empty()) return absl::OkStatus();
  file.reset(std::fopen(request.body_file.c_str(), "rb"));
  if (file == nullptr || std::fseek(file.get(), 0, SEEK_END) != 0) {
    return Error(absl::StatusCode::kNotFound, "FILE_UNREADABLE",
                 absl::StrCat("cannot read ", request.body_file));
  }
  size = std::ftell(file.get());
  std::rewind(file.get());
  return absl::OkStatus();
}

void Api::Attempt::AddHeader(const std::string& line) {
  curl_slist* longer = curl_slist_append(headers.get(), line.c_str());
  if (longer == nullptr || longer == headers.get()) return;
  static_cast<void>(headers.release());
  headers.reset(longer);
}

void Api::Attempt::SendBody(CURL* easy) {
  AddHeader(absl::StrCat("Content-Type: ", request.content_type));
  curl_easy_setopt(easy, CURLOPT_POST, 1L);
  curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, request.method.c_str());
  curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(size));
  curl_easy_setopt(easy, CURLOPT_READFUNCTION, &Attempt::Read);
  curl_easy_setopt(easy, CURLOPT_READDATA, this);
  curl_easy_setopt(easy, CURLOPT_SEEKFUNCTION, &Attempt::Seek);
  curl_easy_setopt(easy, CURLOPT_SEEKDATA, this);
}

absl::StatusOr<std::string> Api::TryOnce(Connection& connection, const ApiRequest& request) {
  CURL* easy = connection.easy.get();
  curl_easy_reset(easy);  // Keeps the connection, forgets the options.
  Attempt attempt{.request = request};
  RETURN_IF_ERROR(attempt.Open());
  std::string url = absl::StrCat(options_.url, request.path);
  for (std::size_t i = 0; i < request.query.size(); ++i) {
    absl::StrAppend(&url, i == 0 ? "?" : "&", request.query[i].first, "=",
                    UrlEscape(request.query[i].second));
  }
  curl_easy_setopt(easy, CURLOPT_URL, url.c_str());
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
  if (IsLoopback(options_.url)) curl_easy_setopt(easy, CURLOPT_PROXY, "");
  curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1);
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy, CURLOPT_PATH_AS_IS, 1L);
  curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, 5000L);
  curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS,
                   static_cast<long>(absl::ToInt64Milliseconds(options_.timeout)));
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, &Attempt::Write);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, &attempt);
  if (request.method != "GET") attempt.SendBody(easy);
  if (!request.token.empty()) {
    attempt.AddHeader(absl::StrCat("Authorization: Bearer ", request.token));
  }
  // Without this libcurl waits for a "100 Continue" before it sends a large body.
  attempt.AddHeader("Expect:");
  curl_easy_setopt(easy, CURLOPT_HTTPHEADER, attempt.headers.get());
  const CURLcode code = curl_easy_perform(easy);
  long http = 0;
  curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &http);
  // A server that refuses a body early answers and closes; its answer says more than ours.
  const bool answered = http >= 400 && !attempt.answer.empty();
  if (code != CURLE_OK && !answered) {
    return Error(code == CURLE_OPERATION_TIMEDOUT ? absl::StatusCode::kDeadlineExceeded
                                                  : absl::StatusCode::kUnavailable,
                 "GATEWAY_UNREACHABLE",
                 absl::StrCat("no answer from ", options_.url, ": ", curl_easy_strerror(code)));
  }
  if (http < 200 || http > 299) return StatusOfAnswer(http, attempt.answer);
  return std::move(attempt.answer);
}

ApiTally Api::tally() {
  std::lock_guard lock(mutex_);
  ApiTally tally{.calls = static_cast<std::int64_t>(call_seconds_.size()), .repeats = repeats_};
  if (call_seconds_.empty()) return tally;
  std::vector<double> sorted = call_seconds_;
  std::sort(sorted.begin(), sorted.end());
  tally.median = absl::Seconds(sorted[sorted.size() / 2]);
  tally.slowest = absl::Seconds(sorted.back());
  return tally;
}

absl::Status StatusOfAnswer(long http, std::string_view body) {
  const Json answer = ParseJson(body);
  // {"error": {…}} is how some gateways wrap the same message.
  const Json& status = At(answer, "error").is_object() ? At(answer, "error") : answer;
  const std::string message = Text(status, "message");
  if (!status.is_object() || (message.empty() && !status.contains("code"))) {
    return Error(CodeOfHttp(http), "HTTP_ERROR",
                 absl::StrCat("HTTP ", http, " without a message that can be read"));
  }
  const std::int64_t number = Int(status, "code");
  absl::StatusCode code = CodeOfHttp(http);
  if (const std::string name = Text(status, "status"); !name.empty()) {
    code = CodeNamed(name);
  } else if (number >= 1 && number <= 16) {
    code = static_cast<absl::StatusCode>(number);
  }
  std::string reason;
  Json metadata;
  std::vector<std::pair<std::string, std::string>> fields;
  for (const Json& detail : Items(status, "details")) {
    if (!Text(detail, "reason").empty()) {
      reason = Text(detail, "reason");
      metadata = At(detail, "metadata");
    }
    for (const Json& violation : Items(detail, "fieldViolations")) {
      fields.emplace_back(Text(violation, "field"), Text(violation, "description"));
    }
  }
  Error error(code, reason.empty() ? "REASON_UNKNOWN" : reason, message);
  if (metadata.is_object()) {
    for (const auto& [key, value] : metadata.items()) {
      if (const auto* text = value.get_ptr<const Json::string_t*>(); text != nullptr) {
        error.With(key, *text);
      }
    }
  }
  for (const auto& [field, description] : fields) error.Field(field, description);
  return error;
}

std::string UrlEscape(std::string_view text) {
  static constexpr char kHex[] = "0123456789ABCDEF";
  std::string escaped;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '-' || c == '.' || c == '_' || c == '~';
    if (plain) {
      escaped += c;
    } else {
      escaped += '%';
      escaped += kHex[byte >> 4];
      escaped += kHex[byte & 15];
    }
  }
  return escaped;
}

}  // namespace assay::gateway::ctl
