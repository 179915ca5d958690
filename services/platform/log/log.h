// JSON lines: a fixed event name, values in fields, no personal data.
//
// Example:
//   Log(Severity::kInfo, "outbox.published", {{"stream", s}, {"count", n}});
//
// Names of people, marks, e-mail addresses and request bodies never go in;
// resource names and ids do.
#pragma once
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>

namespace assay::platform {

enum class Severity { kDebug, kInfo, kWarning, kError };

struct LogField {
  std::string_view key;
  std::variant<std::string_view, std::int64_t, double, bool> value;
  LogField(std::string_view k, std::string_view v) : key(k), value(v) {}
  LogField(std::string_view k, const std::string& v) : key(k), value(std::string_view(v)) {}
  LogField(std::string_view k, const char* v) : key(k), value(std::string_view(v)) {}
  LogField(std::string_view k, bool v) : key(k), value(v) {}
  LogField(std::string_view k, double v) : key(k), value(v) {}
  template <typename T>
  requires(std::is_integral_v<T> && !std::is_same_v<T, bool>) LogField(std::string_view k, T v)
      : key(k), value(static_cast<std::int64_t>(v)) {}
};

// Thread-safe; never blocks on a slow reader (a full buffer drops the oldest
// lines and says how many).
void Log(Severity severity, std::string_view event, std::initializer_list<LogField> fields = {});
bool LogEnabled(Severity severity);

struct LogOptions {
  std::string service;  // On every line.
  Severity least = Severity::kInfo;
  std::string file;  // Empty: standard error.
};
void StartLogging(const LogOptions& options);  // Before it, lines go to standard error.
void FlushLogs();

// Programmer errors, not operating errors: logs and aborts.
[[noreturn]] void CheckFailed(const char* file, int line, const char* expression);

}  // namespace assay::platform

#define ASSAY_CHECK(expression)        \
  ((expression) ? static_cast<void>(0) \
                : ::assay::platform::CheckFailed(__FILE__, __LINE__, #expression))
