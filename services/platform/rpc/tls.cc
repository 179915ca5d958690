#include "services/platform/rpc/tls.h"

#include <grpcpp/security/credentials.h>
#include <grpcpp/security/server_credentials.h>

#include <fstream>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "services/platform/core/status_macros.h"

namespace assay::platform {
namespace {

struct Pems {
  std::string certificate;
  std::string key;
  std::string authority;
};

absl::StatusOr<std::string> ReadPem(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return absl::UnavailableError(absl::StrCat("cannot read ", path));
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

absl::StatusOr<Pems> ReadAll(const TlsFiles& files) {
  if (files.certificate.empty() || files.key.empty() || files.authority.empty()) {
    return absl::InvalidArgumentError(
        "TLS needs all of tls_certificate, tls_key and tls_authority, or none");
  }
  Pems pems;
  ASSIGN_OR_RETURN(pems.certificate, ReadPem(files.certificate));
  ASSIGN_OR_RETURN(pems.key, ReadPem(files.key));
  ASSIGN_OR_RETURN(pems.authority, ReadPem(files.authority));
  return pems;
}

}  // namespace

absl::StatusOr<std::shared_ptr<grpc::ServerCredentials>> ServerCredentialsOf(
    const TlsFiles& files) {
  if (files.empty()) return grpc::InsecureServerCredentials();
  ASSIGN_OR_RETURN(Pems pems, ReadAll(files));
  grpc::SslServerCredentialsOptions options(
      GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY);
  options.pem_root_certs = std::move(pems.authority);
  options.pem_key_cert_pairs.push_back({std::move(pems.key), std::move(pems.certificate)});
  return grpc::SslServerCredentials(options);
}

absl::StatusOr<std::shared_ptr<grpc::ChannelCredentials>> ChannelCredentialsOf(
    const TlsFiles& files) {
  if (files.empty()) return grpc::InsecureChannelCredentials();
  ASSIGN_OR_RETURN(Pems pems, ReadAll(files));
  grpc::SslCredentialsOptions options;
  options.pem_root_certs = std::move(pems.authority);
  options.pem_private_key = std::move(pems.key);
  options.pem_cert_chain = std::move(pems.certificate);
  return grpc::SslCredentials(options);
}

}  // namespace assay::platform
