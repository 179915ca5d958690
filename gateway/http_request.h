// The head of an HTTP/1.1 request, and Beast's parser made to keep only what a
// gateway needs of it.
#pragma once
#include <boost/beast/http/basic_parser.hpp>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace assay::gateway {

struct RequestHead {
  std::string method;
  std::string target;
  std::string authorization;
  std::string content_type;
  std::string content_encoding;
  std::string request_id;
  std::string traceparent;
  std::string grpc_timeout;
  std::string expect;
  bool http11 = true;
  int hosts = 0;
  bool repeated = false;               // A header that may come once came twice.
  bool odd_transfer_encoding = false;  // Anything but "chunked".

  void Clear();                    // Keeps the memory.
  std::string_view path() const;   // Without the query, raw.
  std::string_view query() const;  // Raw; "" if there is none.
};

class BodySink {
 public:
  virtual ~BodySink() = default;
  virtual void OnBody(std::string_view data) = 0;
};

class RequestParser final : public boost::beast::http::basic_parser<true> {
 public:
  RequestParser(RequestHead& head, BodySink& sink) : head_(head), sink_(sink) {}

 private:
  using Code = boost::beast::error_code;
  using Text = boost::beast::string_view;
  void on_request_impl(boost::beast::http::verb, Text method, Text target, int, Code&) override;
  void on_response_impl(int, Text, int, Code&) override {}
  void on_field_impl(boost::beast::http::field field, Text name, Text value, Code&) override;
  void on_header_impl(Code&) override { head_done_ = true; }
  void on_body_init_impl(const boost::optional<std::uint64_t>&, Code&) override {}
  std::size_t on_body_impl(Text data, Code&) override;
  void on_chunk_header_impl(std::uint64_t, Text, Code&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, Text data, Code&) override;
  void on_finish_impl(Code&) override {}

  RequestHead& head_;
  BodySink& sink_;
  bool head_done_ = false;  // Fields after it are trailers, which mean nothing to us.
};

// Checks what HTTP asks of a head and the parser does not: one Host, nothing twice,
// no other transfer coding. HTTP_MALFORMED otherwise.
absl::Status CheckHead(const RequestHead& head);

// The value of a Grpc-Timeout header ("30S", "1500m"): at most ten digits and a unit.
// HTTP_MALFORMED otherwise.
absl::StatusOr<absl::Duration> ParseGrpcTimeout(std::string_view text);

// "application/json; charset=utf-8" → true.
bool IsJsonContentType(std::string_view content_type);

// Whether a browser would take it for a document, whose scripts it would run.
bool IsDocument(std::string_view content_type);

}  // namespace assay::gateway
