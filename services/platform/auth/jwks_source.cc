#include "services/platform/auth/jwks_source.h"

#include <fstream>
#include <iterator>
#include <optional>
#include <sstream>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/platform/auth/http_get.h"
#include "services/platform/auth/strict_json.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/log/log.h"

namespace assay::platform::auth_internal {
namespace {

constexpr std::string_view kFile = "file:";
constexpr std::size_t kBytesMax = 1024 * 1024;

absl::StatusOr<std::string> ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return absl::UnavailableError(absl::StrCat("cannot read the key set ", path));
  std::string text;
  text.resize(kBytesMax);
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(file.gcount()));
  return text;
}

std::chrono::nanoseconds Chrono(absl::Duration d) { return absl::ToChronoNanoseconds(d); }

}  // namespace

JwksSource::JwksSource(AuthOptions options) : options_(std::move(options)) {}

JwksSource::~JwksSource() {
  stopping_ = true;
  { std::lock_guard lock(mutex_); }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

absl::Status JwksSource::Start() {
  RETURN_IF_ERROR(FetchOnce());
  thread_ = std::thread([this] { Run(); });
  return absl::OkStatus();
}

JwksSource::Keys JwksSource::Current() const {
  std::lock_guard lock(mutex_);
  return {keys_, generation_.load(std::memory_order_relaxed)};
}

void JwksSource::WantNewer() {
  {
    std::lock_guard lock(mutex_);
    if (wanted_) return;
    wanted_ = true;
  }
  wake_.notify_all();
}

void JwksSource::Run() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    const absl::Duration pause = wanted_ || failed_ ? options_.cooldown : options_.refresh;
    const Steady::time_point due = tried_ + Chrono(pause);
    if (Steady::now() < due) {
      wake_.wait_until(lock, due);
      continue;  // Woken early, `due` may have moved.
    }
    lock.unlock();
    if (absl::Status status = FetchOnce(); !status.ok()) {
      Log(Severity::kWarning, "auth.key_set_fetch_failed", {{"error", status.ToString()}});
      DropIfStale();
    }
    lock.lock();
  }
}

absl::Status JwksSource::FetchOnce() {
  {
    std::lock_guard lock(mutex_);
    wanted_ = false;
    tried_ = Steady::now();
    failed_ = true;
  }
  ASSIGN_OR_RETURN(std::string text, Load());
  absl::StatusOr<KeySet> keys = ParseJwks(text);
  if (!keys.ok()) return absl::UnavailableError(keys.status().message());
  std::lock_guard lock(mutex_);
  failed_ = false;
  succeeded_ = Steady::now();
  if (keys_ != nullptr && text == text_) return absl::OkStatus();
  keys_ = std::make_shared<const KeySet>(*std::move(keys));
  text_ = std::move(text);
  generation_.fetch_add(1, std::memory_order_release);
  return absl::OkStatus();
}

void JwksSource::DropIfStale() {
  std::lock_guard lock(mutex_);
  if (keys_->empty() || Steady::now() - succeeded_ < Chrono(options_.stale_max)) return;
  keys_ = std::make_shared<const KeySet>();
  text_.clear();
  generation_.fetch_add(1, std::memory_order_release);
  Log(Severity::kError, "auth.key_set_too_old");
}

absl::StatusOr<std::string> JwksSource::Load() {
  if (options_.jwks.rfind(kFile, 0) == 0) return ReadFile(options_.jwks.substr(kFile.size()));
  std::string url = options_.jwks;
  if (url.empty()) {
    ASSIGN_OR_RETURN(url, Discover());
  }
  return HttpGet(url, kBytesMax, stopping_);
}

absl::StatusOr<std::string> JwksSource::Discover() {
  std::string issuer = options_.issuer;
  while (!issuer.empty() && issuer.back() == '/') issuer.pop_back();
  ASSIGN_OR_RETURN(
      const std::string text,
      HttpGet(absl::StrCat(issuer, "/.well-known/openid-configuration"), kBytesMax, stopping_));
  const std::optional<nlohmann::json> document = ParseStrictObject(text);
  if (!document.has_value() || StringMember(*document, "issuer") != options_.issuer) {
    return absl::UnavailableError("the issuer's configuration names another issuer");
  }
  const std::string url = StringMember(*document, "jwks_uri").value_or("");
  if (options_.issuer.rfind("https:", 0) == 0 && url.rfind("https:", 0) != 0) {
    return absl::UnavailableError("the issuer's jwks_uri is not https");
  }
  return url;
}

}  // namespace assay::platform::auth_internal
