#include "services/platform/rpc/etag.h"

#include "absl/strings/str_cat.h"
#include "services/platform/error/error.h"

namespace assay::platform {

std::string EtagOf(std::int64_t version) { return absl::StrCat("\"", version, "\""); }

absl::Status CheckEtag(std::string_view etag, std::int64_t version, std::string_view name) {
  const std::string current = EtagOf(version);
  if (etag.empty() || etag == current) return absl::OkStatus();
  return Error(absl::StatusCode::kAborted, "ETAG_MISMATCH",
               "the resource has changed since; read it again and repeat the change on that")
      .With("name", name)
      .With("etag", current);
}

}  // namespace assay::platform
