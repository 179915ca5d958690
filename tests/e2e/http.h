// Calls to the gateway, as any client makes them.
#pragma once
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace assay::e2e {

struct HttpReply {
  int status = 0;  // 0: no answer (refused, broken off, timed out).
  std::string body;
  std::map<std::string, std::string> headers;  // Names in lower case.

  nlohmann::json Json() const { return nlohmann::json::parse(body, nullptr, false); }
  // google.rpc.ErrorInfo.reason, or "".
  std::string Reason() const;
  // google.rpc.BadRequest's fields, "field: description".
  std::vector<std::string> Fields() const;
};

struct HttpRequest {
  std::string method = "GET";
  std::string path;
  std::string body = {};
  std::string token = {};
  std::string content_type = "application/json";
  std::vector<std::string> headers = {};  // "Name: value"
  long timeout_ms = 30'000;
};

// `base` is "http://127.0.0.1:8080".
HttpReply Http(const std::string& base, const HttpRequest& request);

}  // namespace assay::e2e
