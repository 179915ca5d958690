#include "services/platform/queue/redis.h"

#include <hiredis/hiredis.h>
#include <signal.h>

#include <algorithm>
#include <mutex>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/core/view.h"

namespace assay::platform {
namespace {

struct FreeContext {
  void operator()(redisContext* context) const { redisFree(context); }
};
struct FreeReply {
  void operator()(redisReply* reply) const { freeReplyObject(reply); }
};
using ContextPtr = std::unique_ptr<redisContext, FreeContext>;
using ReplyPtr = std::unique_ptr<redisReply, FreeReply>;

struct Address {
  std::string unix_path;  // Else host and port.
  std::string host;
  int port = 6379;
  std::string user;
  std::string password;
  std::string database;
};

std::string Unescape(std::string_view text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    int byte = 0;
    if (text[i] == '%' && absl::SimpleHexAtoi(View(text.substr(i + 1, 2)), &byte)) {
      plain.push_back(static_cast<char>(byte));
      i += 2;
    } else {
      plain.push_back(text[i]);
    }
  }
  return plain;
}

absl::Status BadUri(std::string_view why) {
  // Without the URI itself: it may hold a password.
  return absl::InvalidArgumentError(
      absl::StrCat("the Redis URI ", View(why),
                   "; it must be redis://[[user]:password@]host[:port][/db] or unix:/path"));
}

absl::StatusOr<Address> ParseUri(std::string_view uri) {
  Address address;
  if (uri.starts_with("unix:")) {
    address.unix_path = uri.substr(5);
    if (!address.unix_path.starts_with('/')) return BadUri("names no socket");
    return address;
  }
  constexpr std::string_view kScheme = "redis://";
  if (!uri.starts_with(kScheme)) return BadUri("has no known scheme");
  uri.remove_prefix(kScheme.size());
  if (const auto at = uri.rfind('@'); at != uri.npos) {
    const std::string_view login = uri.substr(0, at);
    const auto colon = login.find(':');
    if (colon == login.npos) return BadUri("has a login without a password");
    address.user = Unescape(login.substr(0, colon));
    address.password = Unescape(login.substr(colon + 1));
    uri.remove_prefix(at + 1);
  }
  if (const auto slash = uri.find('/'); slash != uri.npos) {
    address.database = uri.substr(slash + 1);
    int number = 0;
    if (!address.database.empty() && (!absl::SimpleAtoi(address.database, &number) || number < 0)) {
      return BadUri("has a database that is not a number");
    }
    uri = uri.substr(0, slash);
  }
  const auto bracket = uri.find(']');  // [::1]:6379
  const auto colon = uri.find(':', bracket == uri.npos ? 0 : bracket);
  address.host = uri.substr(0, colon);
  if (colon != uri.npos && (!absl::SimpleAtoi(View(uri.substr(colon + 1)), &address.port) ||
                            address.port < 1 || address.port > 65535)) {
    return BadUri("has a port that is not a number from 1 to 65535");
  }
  if (bracket != uri.npos && address.host.size() > 2) {
    address.host = address.host.substr(1, address.host.size() - 2);
  }
  if (address.host.empty()) return BadUri("names no host");
  return address;
}

RedisReply Convert(const redisReply& reply) {
  RedisReply result;
  switch (reply.type) {
    case REDIS_REPLY_INTEGER:
      result.kind = RedisReply::Kind::kInteger;
      result.integer = reply.integer;
      break;
    case REDIS_REPLY_STRING:
    case REDIS_REPLY_STATUS:
    case REDIS_REPLY_ERROR:
      result.kind = reply.type == REDIS_REPLY_STRING   ? RedisReply::Kind::kString
                    : reply.type == REDIS_REPLY_STATUS ? RedisReply::Kind::kStatus
                                                       : RedisReply::Kind::kError;
      result.text.assign(reply.str, static_cast<std::size_t>(reply.len));
      break;
    case REDIS_REPLY_ARRAY:
      result.kind = RedisReply::Kind::kArray;
      result.items.reserve(reply.elements);
      for (std::size_t i = 0; i < reply.elements; ++i) {
        result.items.push_back(Convert(*reply.element[i]));
      }
      break;
    default:
      break;
  }
  return result;
}

timeval SocketTimeout(absl::Duration duration) {
  // Zero would mean "for ever" to the socket.
  return absl::ToTimeval(std::max(duration, absl::Milliseconds(1)));
}

// hiredis writes with write(2): a server that went away would end the process.
void IgnoreBrokenPipes() {
  static std::once_flag once;
  std::call_once(once, [] {
    struct sigaction now {};
    if (sigaction(SIGPIPE, nullptr, &now) == 0 && now.sa_handler == SIG_DFL) {
      signal(SIGPIPE, SIG_IGN);
    }
  });
}

class HiredisConnection final : public RedisConnection {
 public:
  explicit HiredisConnection(RedisOptions options)
      : options_(std::move(options)), address_(ParseUri(options_.uri)) {
    IgnoreBrokenPipes();
  }

  absl::StatusOr<RedisReply> Run(std::span<const std::string_view> words,
                                 absl::Duration extra_wait) override {
    RETURN_IF_ERROR(Connect());
    RETURN_IF_ERROR(SetTimeout(options_.command_timeout + extra_wait));
    return RunConnected(words);
  }

  absl::StatusOr<std::vector<RedisReply>> Pipeline(
      std::span<const std::vector<std::string>> commands) override {
    RETURN_IF_ERROR(Connect());
    RETURN_IF_ERROR(SetTimeout(options_.command_timeout));
    for (const auto& command : commands) {
      const std::vector<std::string_view> words(command.begin(), command.end());
      RETURN_IF_ERROR(Append(words));
    }
    std::vector<RedisReply> replies;
    replies.reserve(commands.size());
    while (replies.size() < commands.size()) {
      ASSIGN_OR_RETURN(RedisReply reply, Receive());
      replies.push_back(std::move(reply));
    }
    return replies;
  }

 private:
  absl::Status Connect() {
    if (context_ != nullptr) return absl::OkStatus();
    if (!address_.ok()) return address_.status();
    const timeval limit = SocketTimeout(options_.connect_timeout);
    context_.reset(address_->unix_path.empty()
                       ? redisConnectWithTimeout(address_->host.c_str(), address_->port, limit)
                       : redisConnectUnixWithTimeout(address_->unix_path.c_str(), limit));
    if (context_ == nullptr || context_->err != 0) return Lost("connect to");
    timeout_ = absl::InfiniteDuration();
    RETURN_IF_ERROR(SetTimeout(options_.command_timeout));
    if (address_->unix_path.empty()) redisEnableKeepAlive(context_.get());
    const absl::Status greeted = Greet();
    if (!greeted.ok()) context_.reset();
    return greeted;
  }

  absl::Status Greet() {
    if (!address_->password.empty()) {
      std::vector<std::string_view> words = {"AUTH"};
      if (!address_->user.empty()) words.push_back(address_->user);
      words.push_back(address_->password);
      RETURN_IF_ERROR(RunConnected(words).status());
    }
    if (address_->database.empty()) return absl::OkStatus();
    const std::string_view words[] = {"SELECT", address_->database};
    return RunConnected(words).status();
  }

  absl::StatusOr<RedisReply> RunConnected(std::span<const std::string_view> words) {
    RETURN_IF_ERROR(Append(words));
    ASSIGN_OR_RETURN(RedisReply reply, Receive());
    if (reply.kind == RedisReply::Kind::kError) return StatusOfReply(reply.text);
    return reply;
  }

  absl::Status SetTimeout(absl::Duration timeout) {
    if (timeout == timeout_) return absl::OkStatus();
    if (redisSetTimeout(context_.get(), SocketTimeout(timeout)) != REDIS_OK)
      return Lost("configure");
    timeout_ = timeout;
    return absl::OkStatus();
  }

  absl::Status Append(std::span<const std::string_view> words) {
    argv_.clear();
    lengths_.clear();
    for (const std::string_view word : words) {
      argv_.push_back(word.data());
      lengths_.push_back(word.size());
    }
    if (redisAppendCommandArgv(context_.get(), static_cast<int>(argv_.size()), argv_.data(),
                               lengths_.data()) != REDIS_OK) {
      return Lost("write to");
    }
    return absl::OkStatus();
  }

  absl::StatusOr<RedisReply> Receive() {
    void* raw = nullptr;
    if (redisGetReply(context_.get(), &raw) != REDIS_OK || raw == nullptr) return Lost("ask");
    const ReplyPtr reply(static_cast<redisReply*>(raw));
    return Convert(*reply);
  }

  // hiredis says a context is dead after any error, so it goes and the next call connects anew.
  absl::Status Lost(absl::string_view verb) {
    const std::string why = context_ == nullptr ? "out of memory" : context_->errstr;
    context_.reset();
    return absl::UnavailableError(absl::StrCat("cannot ", verb, " Redis: ", why));
  }

  const RedisOptions options_;
  const absl::StatusOr<Address> address_;
  ContextPtr context_;
  absl::Duration timeout_;
  std::vector<const char*> argv_;
  std::vector<std::size_t> lengths_;
};

}  // namespace

absl::Status StatusOfReply(std::string_view error_text) {
  const absl::string_view text = View(error_text);
  const absl::string_view code = text.substr(0, text.find(' '));
  for (const absl::string_view later : {"LOADING", "BUSY", "TRYAGAIN", "MASTERDOWN", "READONLY",
                                        "CLUSTERDOWN", "MISCONF", "NOREPLICAS"}) {
    if (code == later) return absl::UnavailableError(text);
  }
  if (code == "OOM") return absl::ResourceExhaustedError(text);
  return absl::FailedPreconditionError(text);
}

std::unique_ptr<RedisConnection> RedisConnection::Create(RedisOptions options) {
  return std::make_unique<HiredisConnection>(std::move(options));
}

}  // namespace assay::platform
