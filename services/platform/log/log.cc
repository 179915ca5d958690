#include "services/platform/log/log.h"

#include <fcntl.h>
#include <spdlog/async.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/base_sink.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <cmath>
#include <condition_variable>
#include <cstdlib>
#include <memory>
#include <mutex>
#include <nlohmann/json.hpp>
#include <span>
#include <vector>

#include "absl/time/time.h"
#include "services/platform/core/clock.h"

namespace assay::platform {
namespace {

constexpr std::size_t kLinesMax = 4096;  // Waiting to be written.
constexpr auto kFlushWait = std::chrono::seconds(1);

std::string_view NameOf(Severity severity) {
  switch (severity) {
    case Severity::kDebug:
      return "debug";
    case Severity::kInfo:
      return "info";
    case Severity::kWarning:
      return "warning";
    case Severity::kError:
      return "error";
  }
  return "error";
}

void AppendQuoted(std::string_view text, std::string& line) {
  bool plain = true;
  for (const char c : text) plain = plain && c >= 0x20 && c < 0x7f && c != '"' && c != '\\';
  if (plain) {  // Almost always; saves the library's allocations.
    line.append(1, '"').append(text).append(1, '"');
    return;
  }
  line.append(nlohmann::json(std::string(text))
                  .dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
}

template <typename Number>
void AppendNumber(Number number, std::string& line) {
  char digits[32];
  const auto end = std::to_chars(digits, digits + sizeof(digits), number);
  line.append(digits, end.ptr);
}

void AppendValue(std::string_view value, std::string& line) { AppendQuoted(value, line); }
void AppendValue(bool value, std::string& line) { line.append(value ? "true" : "false"); }
void AppendValue(std::int64_t value, std::string& line) { AppendNumber(value, line); }
void AppendValue(double value, std::string& line) {
  if (std::isfinite(value)) {
    AppendNumber(value, line);
  } else {
    line.append("null");  // JSON has no other way to say it.
  }
}

std::string Line(std::string_view service, Severity severity, std::string_view event,
                 std::span<const LogField> fields) {
  std::string line;
  line.reserve(256);
  line.append(R"({"time":")")
      .append(absl::FormatTime("%Y-%m-%dT%H:%M:%E3SZ", SystemClock().Now(), absl::UTCTimeZone()))
      .append(R"(","severity":")")
      .append(NameOf(severity))
      .append(R"(","service":)");
  AppendQuoted(service, line);
  line.append(R"(,"event":)");
  AppendQuoted(event, line);
  for (const LogField& field : fields) {
    line.append(1, ',');
    AppendQuoted(field.key, line);
    line.append(1, ':');
    std::visit([&](const auto& value) { AppendValue(value, line); }, field.value);
  }
  line.append("}\n");
  return line;
}

void WriteAll(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(fd, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return;  // A log that cannot be written must not stop the service.
    text.remove_prefix(static_cast<std::size_t>(written));
  }
}

// Each line in one write, so that lines of several processes do not mix in one file.
class LineSink final : public spdlog::sinks::base_sink<spdlog::details::null_mutex> {
 public:
  LineSink(int fd, bool owned, std::string service)
      : fd_(fd), owned_(owned), service_(std::move(service)) {}
  ~LineSink() override {
    if (owned_) ::close(fd_);
  }
  // Before the first line: whose losses to tell.
  void Watch(spdlog::details::thread_pool& pool) { pool_ = &pool; }
  std::int64_t flushes() {
    std::lock_guard lock(count_mutex_);
    return flushes_;
  }
  bool WaitBeyond(std::int64_t flushes, std::chrono::milliseconds limit) {
    std::unique_lock lock(count_mutex_);
    return flushed_.wait_for(lock, limit, [&] { return flushes_ > flushes; });
  }

 protected:
  void sink_it_(const spdlog::details::log_msg& message) override {
    TellLosses();
    WriteAll(fd_, {message.payload.data(), message.payload.size()});
  }
  void flush_() override {
    std::lock_guard lock(count_mutex_);
    ++flushes_;
    flushed_.notify_all();
  }

 private:
  // Here, on the writing side: a line about losses that queued with the others would be lost too.
  void TellLosses() {
    const auto dropped = static_cast<std::int64_t>(pool_->overrun_counter());
    if (dropped == told_) return;
    const LogField fields[] = {{"count", dropped - told_}};
    told_ = dropped;
    WriteAll(fd_, Line(service_, Severity::kWarning, "log.dropped", fields));
  }

  const int fd_;
  const bool owned_;
  const std::string service_;
  spdlog::details::thread_pool* pool_ = nullptr;
  std::int64_t told_ = 0;
  std::mutex count_mutex_;
  std::condition_variable flushed_;
  std::int64_t flushes_ = 0;
};

class Writer {
 public:
  explicit Writer(const LogOptions& options)
      : service_(options.service),
        least_(options.least),
        sink_(OpenSink(options)),
        pool_(std::make_shared<spdlog::details::thread_pool>(kLinesMax, 1)),
        logger_(std::make_shared<spdlog::async_logger>(
            "assay", sink_, pool_, spdlog::async_overflow_policy::overrun_oldest)) {
    sink_->Watch(*pool_);
    logger_->set_level(spdlog::level::trace);
    logger_->set_error_handler([](const std::string&) {});
  }

  bool Enabled(Severity severity) const { return severity >= least_; }

  void Write(Severity severity, std::string_view event, std::span<const LogField> fields) {
    const std::string line = Line(service_, severity, event, fields);
    logger_->log(spdlog::level::info, spdlog::string_view_t(line.data(), line.size()));
  }

  void Flush() {
    const std::int64_t before = sink_->flushes();
    logger_->flush();
    sink_->WaitBeyond(before, kFlushWait);
  }

 private:
  static std::shared_ptr<LineSink> OpenSink(const LogOptions& options) {
    const std::string& file = options.file;
    if (!file.empty()) {
      const int fd = ::open(file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0640);
      if (fd >= 0) return std::make_shared<LineSink>(fd, true, options.service);
      const LogField fields[] = {{"file", file}, {"errno", errno}};
      WriteAll(STDERR_FILENO, Line("", Severity::kError, "log.file_unusable", fields));
    }
    return std::make_shared<LineSink>(STDERR_FILENO, false, options.service);
  }

  const std::string service_;
  const Severity least_;
  const std::shared_ptr<LineSink> sink_;
  const std::shared_ptr<spdlog::details::thread_pool> pool_;
  const std::shared_ptr<spdlog::async_logger> logger_;
};

std::atomic<Writer*> current{nullptr};

}  // namespace

void StartLogging(const LogOptions& options) {
  static std::mutex mutex;
  // Never destroyed: other threads may log until the process has ended.
  static auto& all = *new std::vector<std::unique_ptr<Writer>>;
  std::lock_guard lock(mutex);
  FlushLogs();
  if (all.empty()) std::atexit(FlushLogs);
  current.store(all.emplace_back(std::make_unique<Writer>(options)).get());
}

void Log(Severity severity, std::string_view event, std::initializer_list<LogField> fields) {
  if (!LogEnabled(severity)) return;
  if (Writer* writer = current.load()) {
    writer->Write(severity, event, fields);
  } else {
    WriteAll(STDERR_FILENO, Line("", severity, event, fields));
  }
}

bool LogEnabled(Severity severity) {
  const Writer* writer = current.load();
  return writer == nullptr ? severity >= Severity::kInfo : writer->Enabled(severity);
}

void FlushLogs() {
  if (Writer* writer = current.load()) writer->Flush();
}

void CheckFailed(const char* file, int line, const char* expression) {
  Log(Severity::kError, "check.failed", {{"file", file}, {"line", line}, {"check", expression}});
  FlushLogs();
  std::abort();
}

}  // namespace assay::platform
