#include "gateway/testing/http_client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>

#include "gateway/text.h"
#include "services/platform/log/log.h"

namespace assay::gateway::testing {

HttpClient::HttpClient(int port) : HttpClient(port, 0) {}

HttpClient::HttpClient(int port, int receive_buffer) : fd_(::socket(AF_INET, SOCK_STREAM, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (receive_buffer > 0) {
    ::setsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
  }
  const timeval limit{10, 0};
  ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  ::setsockopt(fd_, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
  const int one = 1;
  ::setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  ASSAY_CHECK(::connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
}

HttpClient::~HttpClient() { Close(); }

void HttpClient::Close() {
  if (fd_ >= 0) ::close(fd_);
  fd_ = -1;
}

bool HttpClient::Send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

std::size_t HttpClient::SendUntilBlocked(std::string_view bytes) {
  std::size_t total = 0;
  pollfd room{fd_, POLLOUT, 0};
  while (total < bytes.size() && ::poll(&room, 1, 200) > 0) {
    const ssize_t sent =
        ::send(fd_, bytes.data() + total, bytes.size() - total, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent <= 0) break;
    total += static_cast<std::size_t>(sent);
  }
  return total;
}

bool HttpClient::Readable() {
  pollfd come{fd_, POLLIN, 0};
  return !in_.empty() || ::poll(&come, 1, 20) > 0;
}

bool HttpClient::Fill() {
  char buffer[16384];
  const ssize_t size = ::recv(fd_, buffer, sizeof buffer, 0);
  if (size <= 0) return false;
  in_.append(buffer, static_cast<std::size_t>(size));
  return true;
}

bool HttpClient::Line(std::string* line) {
  std::size_t end;
  while ((end = in_.find("\r\n")) == std::string::npos) {
    if (!Fill()) return false;
  }
  *line = in_.substr(0, end);
  in_.erase(0, end + 2);
  return true;
}

bool HttpClient::Take(std::size_t size, std::string* to) {
  while (size > 0) {
    if (in_.empty() && !Fill()) return false;
    const std::size_t n = std::min(size, in_.size());
    to->append(in_, 0, n);
    in_.erase(0, n);
    size -= n;
  }
  return true;
}

HttpAnswer HttpClient::Read(bool head_request) {
  HttpAnswer answer;
  std::string line;
  if (!Line(&line) || !line.starts_with("HTTP/1.1 ")) return answer;
  answer.code = std::atoi(line.c_str() + 9);
  while (Line(&line) && !line.empty()) {
    const std::size_t colon = line.find(": ");
    std::string name = line.substr(0, colon);
    for (char& c : name) c = static_cast<char>(std::tolower(c));
    answer.headers[name] = line.substr(colon + 2);
  }
  if (answer.code == 100 || head_request) {
    answer.whole = true;
    return answer;
  }
  if (!answer.headers.contains("transfer-encoding")) {
    answer.whole =
        Take(std::strtoull(answer.At("content-length").c_str(), nullptr, 10), &answer.body);
    return answer;
  }
  while (Line(&line)) {
    const std::size_t size = std::strtoull(line.c_str(), nullptr, 16);
    if (size > 0 && !Take(size, &answer.body)) return answer;
    if (!Line(&line)) return answer;
    if (size > 0) continue;
    answer.whole = true;
    return answer;
  }
  return answer;
}

HttpAnswer HttpClient::Ask(std::string_view method, std::string_view target,
                           std::string_view headers, std::string_view body) {
  std::string request = Cat(method, " ", target, " HTTP/1.1\r\nHost: test\r\n", headers);
  if (!body.empty()) {
    Append(&request, "Content-Length: ", body.size(), "\r\n");
    if (headers.find("Content-Type") == std::string_view::npos) {
      request += "Content-Type: application/json\r\n";
    }
  }
  Append(&request, "\r\n", body);
  Send(request);
  return Read(method == "HEAD");
}

bool HttpClient::AtEnd() {
  char byte;
  if (!in_.empty()) return false;
  const ssize_t size = ::recv(fd_, &byte, 1, 0);
  return size == 0 || (size < 0 && errno == ECONNRESET);
}

}  // namespace assay::gateway::testing
