#include "tests/e2e/http.h"

#include <curl/curl.h>

#include <algorithm>
#include <cctype>
#include <memory>

namespace assay::e2e {
namespace {

std::size_t TakeBody(char* data, std::size_t, std::size_t size, void* out) {
  static_cast<std::string*>(out)->append(data, size);
  return size;
}

std::size_t TakeHeader(char* data, std::size_t, std::size_t size, void* out) {
  const std::string line(data, size);
  const auto colon = line.find(':');
  if (colon != std::string::npos) {
    std::string name = line.substr(0, colon);
    std::transform(name.begin(), name.end(), name.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    const auto begin = line.find_first_not_of(' ', colon + 1);
    const auto end = line.find_last_not_of("\r\n ");
    if (begin != std::string::npos && end >= begin) {
      (*static_cast<std::map<std::string, std::string>*>(out))[name] =
          line.substr(begin, end - begin + 1);
    }
  }
  return size;
}

}  // namespace

std::string HttpReply::Reason() const {
  const auto json = Json();
  if (!json.is_object() || !json.contains("details")) return "";
  for (const auto& detail : json["details"]) {
    if (detail.contains("reason")) return detail["reason"].get<std::string>();
  }
  return "";
}

std::vector<std::string> HttpReply::Fields() const {
  std::vector<std::string> fields;
  const auto json = Json();
  if (!json.is_object() || !json.contains("details")) return fields;
  for (const auto& detail : json["details"]) {
    if (!detail.contains("fieldViolations")) continue;
    for (const auto& violation : detail["fieldViolations"]) {
      fields.push_back(violation.value("field", "") + ": " + violation.value("description", ""));
    }
  }
  return fields;
}

HttpReply Http(const std::string& base, const HttpRequest& request) {
  thread_local std::unique_ptr<CURL, void (*)(CURL*)> curl(curl_easy_init(), curl_easy_cleanup);
  CURL* c = curl.get();
  curl_easy_reset(c);
  HttpReply reply;
  std::unique_ptr<curl_slist, void (*)(curl_slist*)> headers(nullptr, curl_slist_free_all);
  const auto add = [&](const std::string& line) {
    headers.reset(curl_slist_append(headers.release(), line.c_str()));
  };
  if (!request.token.empty()) add("Authorization: Bearer " + request.token);
  if (request.method != "GET") add("Content-Type: " + request.content_type);
  add("Expect:");
  for (const auto& line : request.headers) add(line);
  const std::string url = base + request.path;
  curl_easy_setopt(c, CURLOPT_URL, url.c_str());
  curl_easy_setopt(c, CURLOPT_PATH_AS_IS, 1L);
  curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(c, CURLOPT_TIMEOUT_MS, request.timeout_ms);
  curl_easy_setopt(c, CURLOPT_CUSTOMREQUEST, request.method.c_str());
  if (request.method != "GET") {
    curl_easy_setopt(c, CURLOPT_POSTFIELDS, request.body.data());
    curl_easy_setopt(c, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
  }
  curl_easy_setopt(c, CURLOPT_HTTPHEADER, headers.get());
  curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, TakeBody);
  curl_easy_setopt(c, CURLOPT_WRITEDATA, &reply.body);
  curl_easy_setopt(c, CURLOPT_HEADERFUNCTION, TakeHeader);
  curl_easy_setopt(c, CURLOPT_HEADERDATA, &reply.headers);
  if (curl_easy_perform(c) == CURLE_OK) {
    long status = 0;
    curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, &status);
    reply.status = static_cast<int>(status);
  }
  return reply;
}

}  // namespace assay::e2e
