#include "services/evidence/blobs/content_type.h"

#include <magic.h>

#include <mutex>

#include "absl/strings/str_cat.h"
#include "services/platform/log/log.h"

namespace assay::evidence {
namespace {

constexpr std::string_view kUnknown = "application/octet-stream";

// One loaded rule set. libmagic's handle keeps its answer in itself, so calls queue.
class Magic {
 public:
  Magic() : handle_(magic_open(MAGIC_MIME | MAGIC_NO_CHECK_COMPRESS)) {
    if (handle_ != nullptr && magic_load(handle_, nullptr) == 0) return;
    platform::Log(platform::Severity::kError, "evidence.magic_unavailable",
                  {{"error", handle_ == nullptr ? "no memory" : magic_error(handle_)}});
    Close();
  }
  ~Magic() { Close(); }
  Magic(const Magic&) = delete;
  Magic& operator=(const Magic&) = delete;

  std::string TypeOf(std::string_view bytes) {
    std::lock_guard lock(mutex_);
    if (handle_ == nullptr) return std::string(kUnknown);
    const char* text = magic_buffer(handle_, bytes.data(), bytes.size());
    return text == nullptr ? std::string(kUnknown) : std::string(text);
  }

 private:
  void Close() {
    if (handle_ != nullptr) magic_close(handle_);
    handle_ = nullptr;
  }
  std::mutex mutex_;
  magic_t handle_;
};

}  // namespace

std::string ContentTypeOf(std::string_view first_bytes) {
  static Magic& magic = *new Magic;
  std::string type = magic.TypeOf(first_bytes.substr(0, kContentTypeBytes));
  // "image/png; charset=binary" says nothing more than "image/png".
  const std::size_t semicolon = type.find("; charset=");
  if (semicolon == std::string::npos) return type;
  const bool is_text = type.compare(0, 5, "text/") == 0;
  std::string charset = type.substr(semicolon + 10);
  type.resize(semicolon);
  if (!is_text || charset == "binary" || charset == "unknown-8bit") return type;
  // A window may end inside a character; ASCII is UTF-8 too.
  if (charset == "us-ascii") charset = "utf-8";
  return absl::StrCat(type, "; charset=", charset);
}

}  // namespace assay::evidence
