#include "gateway/http_request.h"

#include <algorithm>
#include <charconv>
#include <iterator>

#include "absl/strings/ascii.h"
#include "services/platform/error/error.h"

namespace assay::gateway {
namespace {

std::string_view ViewOf(boost::beast::string_view text) { return {text.data(), text.size()}; }

bool EqualsIgnoreCase(std::string_view a, std::string_view b) {
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) {
           return absl::ascii_tolower(x) == absl::ascii_tolower(y);
         });
}

absl::Status Malformed(std::string_view what) {
  return platform::Error(absl::StatusCode::kInvalidArgument, "HTTP_MALFORMED", what);
}

}  // namespace

void RequestHead::Clear() {
  for (std::string* text : {&method, &target, &authorization, &content_type, &content_encoding,
                            &request_id, &traceparent, &grpc_timeout, &expect}) {
    text->clear();
  }
  hosts = 0;
  repeated = false;
  odd_transfer_encoding = false;
}

std::string_view RequestHead::path() const {
  return std::string_view(target).substr(0, target.find('?'));
}

std::string_view RequestHead::query() const {
  const std::size_t mark = target.find('?');
  return mark == std::string::npos ? "" : std::string_view(target).substr(mark + 1);
}

void RequestParser::on_request_impl(boost::beast::http::verb, Text method, Text target, int version,
                                    Code&) {
  head_.method.assign(method.data(), method.size());
  head_.http11 = version == 11;
  std::string_view at = ViewOf(target);
  // The absolute form names the host again, which is nothing to us.
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (!at.starts_with(scheme)) continue;
    at.remove_prefix(std::min(at.find('/', scheme.size()), at.size()));
    if (at.empty()) at = "/";
  }
  head_.target.assign(at);
}

void RequestParser::on_field_impl(boost::beast::http::field field, Text name, Text value, Code&) {
  using Field = boost::beast::http::field;
  if (head_done_) return;
  const auto take = [&](std::string& into) {
    head_.repeated = head_.repeated || !into.empty();
    into.assign(value.data(), value.size());
  };
  switch (field) {
    case Field::host:
      ++head_.hosts;
      break;
    case Field::authorization:
      take(head_.authorization);
      break;
    case Field::content_type:
      take(head_.content_type);
      break;
    case Field::content_encoding:
      take(head_.content_encoding);
      break;
    case Field::expect:
      take(head_.expect);
      break;
    case Field::transfer_encoding:
      head_.odd_transfer_encoding =
          head_.odd_transfer_encoding || !EqualsIgnoreCase(ViewOf(value), "chunked");
      break;
    case Field::unknown:
      if (EqualsIgnoreCase(ViewOf(name), "x-request-id")) {
        take(head_.request_id);
      } else if (EqualsIgnoreCase(ViewOf(name), "traceparent")) {
        take(head_.traceparent);
      } else if (EqualsIgnoreCase(ViewOf(name), "grpc-timeout")) {
        take(head_.grpc_timeout);
      }
      break;
    default:
      break;
  }
}

std::size_t RequestParser::on_body_impl(Text data, Code&) {
  sink_.OnBody(ViewOf(data));
  return data.size();
}

std::size_t RequestParser::on_chunk_body_impl(std::uint64_t, Text data, Code&) {
  sink_.OnBody(ViewOf(data));
  return data.size();
}

absl::Status CheckHead(const RequestHead& head) {
  if (head.odd_transfer_encoding) return Malformed("the only transfer coding taken is 'chunked'");
  if (head.hosts > 1 || (head.http11 && head.hosts == 0)) {
    return Malformed("a request has exactly one Host header");
  }
  if (head.repeated) return Malformed("a header that may come once came twice");
  if (head.target.empty() || (head.target[0] != '/' && head.target != "*")) {
    return Malformed("the request target must be a path");
  }
  return absl::OkStatus();
}

absl::StatusOr<absl::Duration> ParseGrpcTimeout(std::string_view text) {
  std::int64_t number = 0;
  const bool digits = text.size() >= 2 && text.size() <= 11 &&
                      std::all_of(text.begin(), text.end() - 1, absl::ascii_isdigit);
  if (digits) std::from_chars(text.data(), text.data() + text.size() - 1, number);
  switch (digits ? text.back() : '\0') {
    case 'H':
      return absl::Hours(number);
    case 'M':
      return absl::Minutes(number);
    case 'S':
      return absl::Seconds(number);
    case 'm':
      return absl::Milliseconds(number);
    case 'u':
      return absl::Microseconds(number);
    case 'n':
      return absl::Nanoseconds(number);
    default:
      return Malformed("Grpc-Timeout must be up to ten digits and one of H, M, S, m, u, n");
  }
}

namespace {

std::string_view MediaTypeOf(std::string_view content_type) {
  std::string_view type = content_type.substr(0, content_type.find(';'));
  while (!type.empty() && absl::ascii_isspace(type.back())) type.remove_suffix(1);
  return type;
}

}  // namespace

bool IsJsonContentType(std::string_view content_type) {
  return EqualsIgnoreCase(MediaTypeOf(content_type), "application/json");
}

bool IsDocument(std::string_view content_type) {
  constexpr std::string_view kDocuments[] = {"text/html", "application/xhtml+xml", "image/svg+xml",
                                             "text/xml", "application/xml"};
  const std::string_view type = MediaTypeOf(content_type);
  return std::any_of(std::begin(kDocuments), std::end(kDocuments),
                     [&](std::string_view document) { return EqualsIgnoreCase(type, document); });
}

}  // namespace assay::gateway
