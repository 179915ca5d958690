// A client that sends exactly the bytes it is told to, and reads strictly.
#pragma once
#include <map>
#include <string>
#include <string_view>

namespace assay::gateway::testing {

struct HttpAnswer {
  int code = 0;                                // 0: none came.
  std::map<std::string, std::string> headers;  // Names in lower case.
  std::string body;                            // Decoded, if it was in chunks.
  bool whole = false;                          // Its end was there.
  std::string At(const std::string& name) const {
    const auto it = headers.find(name);
    return it == headers.end() ? "" : it->second;
  }
};

class HttpClient {
 public:
  explicit HttpClient(int port);
  ~HttpClient();
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  bool Send(std::string_view bytes);  // All of them; false: the other side is gone.
  // As many as go without waiting longer than 200 ms for room.
  std::size_t SendUntilBlocked(std::string_view bytes);
  bool Readable();  // Something has come, or comes within 20 ms.
  HttpAnswer Read(bool head_request = false);
  // One request with what every request needs; `headers` end with CRLF each.
  HttpAnswer Ask(std::string_view method, std::string_view target, std::string_view headers = "",
                 std::string_view body = "");
  bool AtEnd();  // The other side closes, within ten seconds.
  void Close();
  // A small window, so that a reader that does not read is noticed early.
  static HttpClient WithSmallWindow(int port) { return HttpClient(port, 16 * 1024); }

 private:
  HttpClient(int port, int receive_buffer);
  bool Fill();
  bool Line(std::string* line);
  bool Take(std::size_t size, std::string* to);

  int fd_ = -1;
  std::string in_;
};

// Waits for `condition`, ten seconds at most; its last value.
template <typename Condition>
bool Eventually(Condition condition);

}  // namespace assay::gateway::testing

#include <chrono>
#include <condition_variable>
#include <mutex>

namespace assay::gateway::testing {

template <typename Condition>
bool Eventually(Condition condition) {
  std::mutex mutex;
  std::condition_variable never;
  std::unique_lock lock(mutex);
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (!condition()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    never.wait_for(lock, std::chrono::milliseconds(2));
  }
  return true;
}

}  // namespace assay::gateway::testing
