// Certificates between services: mutual TLS once they are configured, plain text on
// loopback until then.
#pragma once
#include <memory>
#include <string>

#include "absl/status/statusor.h"

namespace grpc {
class ChannelCredentials;
class ServerCredentials;
}  // namespace grpc

namespace assay::platform {

// Paths of PEM files; all or none.
struct TlsFiles {
  std::string certificate = {};  // This part's, with what is between it and the authority.
  std::string key = {};
  std::string authority = {};  // Signs the certificates of all parts.
  bool empty() const { return certificate.empty() && key.empty() && authority.empty(); }
};

// INVALID_ARGUMENT if only some are named, UNAVAILABLE if one cannot be read. The
// files are read once: a new certificate counts from the next start.
absl::StatusOr<std::shared_ptr<grpc::ServerCredentials>> ServerCredentialsOf(const TlsFiles& files);
absl::StatusOr<std::shared_ptr<grpc::ChannelCredentials>> ChannelCredentialsOf(
    const TlsFiles& files);

}  // namespace assay::platform
