// Every HTTP route, made from the google.api.http options of the descriptors.
//
// What cannot work stops the start, with the method's name: a template that does not
// parse, two methods on one path, a variable or body that is not such a field.
#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "gateway/json_reader.h"
#include "gateway/path_matcher.h"
#include "gateway/schema.h"

namespace assay::gateway {

// How bytes travel, by the types of the method.
enum class RouteShape {
  kUnary,         // JSON (or a raw body, see below) in, JSON or a raw body out.
  kUpload,        // Client streaming; the `body` field is google.api.HttpBody.
  kClientStream,  // Client streaming of a JSON array.
  kDownload,      // Server streaming of google.api.HttpBody.
  kServerStream,  // Server streaming of JSON lines.
};

struct Route {
  int id = 0;
  std::string http_method;
  HttpTemplate path;
  const google::protobuf::MethodDescriptor* method = nullptr;
  std::string grpc_path;  // "/assay.approval.v1.CentreService/GetCentre"
  RouteShape shape = RouteShape::kUnary;
  const MessageInfo* request = nullptr;
  const MessageInfo* response = nullptr;
  std::vector<std::vector<const FieldInfo*>> variables;  // As in path.variables.
  std::vector<Bound> bound;                              // The same as a tree.
  bool body_all = false;                                 // body: "*"
  const FieldInfo* body_field = nullptr;                 // body: "field"
  const FieldInfo* response_field = nullptr;             // response_body: "field"
  bool raw_request = false;   // The body is HttpBody: bytes of any content type.
  bool raw_response = false;  // The answer is HttpBody.
  int backend = -1;           // In RouteTable::backends(); -1: nobody serves it.
  absl::Duration deadline = absl::ZeroDuration();  // access.deadline_seconds, if given.

  bool takes_body() const { return body_all || body_field != nullptr; }
};

// "assay.approval.v1=127.0.0.1:7101": a package or a full service name, and its address.
struct BackendRule {
  std::string prefix;
  std::string address;
};
absl::StatusOr<std::vector<BackendRule>> ParseBackends(const std::vector<std::string>& settings);

struct RouteMatch {
  const Route* route = nullptr;
  std::vector<std::string> values;   // One per path variable.
  std::vector<std::string> allowed;  // If no route: the methods the path has.
};

class RouteTable {
 public:
  static absl::StatusOr<std::unique_ptr<RouteTable>> Build(
      const Schema& schema, const std::vector<BackendRule>& backends);

  // INVALID_ARGUMENT (PATH_INVALID) for paths that no client means.
  absl::StatusOr<RouteMatch> Match(std::string_view http_method, std::string_view path) const;
  std::vector<std::string> MethodsOf(std::string_view path) const {
    return matcher_.MethodsOf(path);
  }

  const std::vector<std::unique_ptr<Route>>& routes() const { return routes_; }
  const std::vector<std::string>& backends() const { return backends_; }  // Addresses.

 private:
  absl::Status AddMethod(const Schema& schema, const google::protobuf::MethodDescriptor& method,
                         int backend);

  PathMatcher matcher_;
  std::vector<std::unique_ptr<Route>> routes_;
  std::vector<std::string> backends_;
};

}  // namespace assay::gateway
