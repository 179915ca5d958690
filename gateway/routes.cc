#include "gateway/routes.h"

#include <algorithm>

#include "assay/common/v1/access.pb.h"
#include "gateway/text.h"
#include "google/api/annotations.pb.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/core/view.h"

namespace assay::gateway {
namespace {

namespace pb = google::protobuf;

constexpr std::string_view kHttpBody = "google.api.HttpBody";

struct Pattern {
  std::string method;
  std::string path;
};

Pattern PatternOf(const google::api::HttpRule& rule) {
  switch (rule.pattern_case()) {
    case google::api::HttpRule::kGet:
      return {"GET", rule.get()};
    case google::api::HttpRule::kPut:
      return {"PUT", rule.put()};
    case google::api::HttpRule::kPost:
      return {"POST", rule.post()};
    case google::api::HttpRule::kDelete:
      return {"DELETE", rule.delete_()};
    case google::api::HttpRule::kPatch:
      return {"PATCH", rule.patch()};
    case google::api::HttpRule::kCustom:
      return {rule.custom().kind(), rule.custom().path()};
    default:
      return {};
  }
}

absl::Status Wrong(const Route& route, std::string_view what) {
  return absl::InvalidArgumentError(
      Cat(route.method->full_name(), ": ", route.http_method, " '", route.path.text, "': ", what));
}

void AddBound(std::vector<Bound>& tree, const std::vector<const FieldInfo*>& path) {
  std::vector<Bound>* level = &tree;
  for (std::size_t i = 0; i < path.size(); ++i) {
    auto it = std::find_if(level->begin(), level->end(),
                           [&](const Bound& each) { return each.field == path[i]; });
    if (it == level->end()) it = level->insert(level->end(), Bound{path[i], false, {}});
    if (i + 1 == path.size()) it->whole = true;
    level = &it->below;
  }
}

absl::Status ResolveVariables(Route& route) {
  for (const auto& variable : route.path.variables) {
    const MessageInfo* info = route.request;
    std::vector<const FieldInfo*> path;
    for (const auto& name : variable.field_path) {
      const FieldInfo* field = info == nullptr ? nullptr : info->Find(name);
      if (field == nullptr || field->field->name() != name) {
        return Wrong(route, Cat("no field '", name, "' for a path variable"));
      }
      if (field->field->is_repeated()) {
        return Wrong(route, Cat("path variable '", name, "' is repeated"));
      }
      path.push_back(field);
      info = field->message;
    }
    if (path.back()->message != nullptr) {
      return Wrong(route, Cat("path variable '", path.back()->field->name(), "' is a message"));
    }
    AddBound(route.bound, path);
    route.variables.push_back(std::move(path));
  }
  return absl::OkStatus();
}

absl::Status ResolveBodies(Route& route, const google::api::HttpRule& rule) {
  route.body_all = rule.body() == "*";
  if (!rule.body().empty() && !route.body_all) {
    route.body_field = route.request->Find(rule.body());
    if (route.body_field == nullptr || route.body_field->field->name() != rule.body()) {
      return Wrong(route, Cat("no field '", rule.body(), "' for the body"));
    }
    const Bound* bound = FindBound(&route.bound, *route.body_field);
    if (bound != nullptr && bound->whole) return Wrong(route, "the body is also a path variable");
  }
  if (!rule.response_body().empty()) {
    route.response_field = route.response->Find(rule.response_body());
    if (route.response_field == nullptr) {
      return Wrong(route, Cat("no field '", rule.response_body(), "' to respond with"));
    }
  }
  if (route.takes_body() && (route.http_method == "GET" || route.http_method == "DELETE")) {
    return Wrong(route, "GET and DELETE take no body");
  }
  return absl::OkStatus();
}

absl::Status ResolveShape(Route& route) {
  const auto is_http_body = [](const MessageInfo* info) {
    return info != nullptr && info->descriptor->full_name() == kHttpBody;
  };
  route.raw_request =
      route.body_all ? is_http_body(route.request)
                     : (route.body_field != nullptr && !route.body_field->field->is_repeated() &&
                        is_http_body(route.body_field->message));
  route.raw_response = route.response_field == nullptr && is_http_body(route.response);
  const bool client = route.method->client_streaming();
  const bool server = route.method->server_streaming();
  if (client && server) return Wrong(route, "streams both ways, which HTTP/1.1 cannot");
  if (client) {
    if (!route.takes_body()) return Wrong(route, "client streaming needs a body");
    route.shape = route.raw_request ? RouteShape::kUpload : RouteShape::kClientStream;
  } else if (server) {
    route.shape = route.raw_response ? RouteShape::kDownload : RouteShape::kServerStream;
  }
  return absl::OkStatus();
}

int BackendOf(const pb::ServiceDescriptor& service, const std::vector<BackendRule>& rules,
              const std::vector<std::string>& addresses) {
  const BackendRule* best = nullptr;
  for (const auto& rule : rules) {
    const bool fits =
        service.full_name() == rule.prefix || service.full_name().starts_with(rule.prefix + ".");
    if (fits && (best == nullptr || rule.prefix.size() > best->prefix.size())) best = &rule;
  }
  if (best == nullptr) return -1;
  return static_cast<int>(std::find(addresses.begin(), addresses.end(), best->address) -
                          addresses.begin());
}

}  // namespace

absl::StatusOr<std::vector<BackendRule>> ParseBackends(const std::vector<std::string>& settings) {
  std::vector<BackendRule> rules;
  for (const auto& setting : settings) {
    const std::size_t equals = setting.find('=');
    const std::size_t colon = setting.rfind(':');
    if (equals == std::string::npos || equals == 0 || colon == std::string::npos ||
        colon < equals + 2 || colon + 1 == setting.size()) {
      return absl::InvalidArgumentError(
          Cat("backends: '", setting, "' is not of the form package=host:port"));
    }
    rules.push_back({setting.substr(0, equals), setting.substr(equals + 1)});
  }
  return rules;
}

absl::StatusOr<std::unique_ptr<RouteTable>> RouteTable::Build(
    const Schema& schema, const std::vector<BackendRule>& backends) {
  auto table = std::make_unique<RouteTable>();
  for (const auto& rule : backends) {
    auto& known = table->backends_;
    if (std::find(known.begin(), known.end(), rule.address) == known.end()) {
      known.push_back(rule.address);
    }
  }
  for (const auto* service : schema.services()) {
    const int backend = BackendOf(*service, backends, table->backends_);
    for (int i = 0; i < service->method_count(); ++i) {
      RETURN_IF_ERROR(table->AddMethod(schema, *service->method(i), backend));
    }
  }
  return table;
}

absl::Status RouteTable::AddMethod(const Schema& schema, const pb::MethodDescriptor& method,
                                   int backend) {
  if (!method.options().HasExtension(google::api::http)) return absl::OkStatus();
  const google::api::HttpRule& first = method.options().GetExtension(google::api::http);
  std::vector<const google::api::HttpRule*> rules = {&first};
  for (const auto& more : first.additional_bindings()) rules.push_back(&more);
  const auto& access = method.options().GetExtension(common::v1::access);

  for (const auto* rule : rules) {
    auto route = std::make_unique<Route>();
    const Pattern pattern = PatternOf(*rule);
    route->method = &method;
    route->http_method = pattern.method;
    auto path = ParseHttpTemplate(pattern.path);
    if (!path.ok()) {
      return absl::InvalidArgumentError(
          Cat(method.full_name(), ": ", platform::StdView(path.status().message())));
    }
    route->path = *std::move(path);
    route->id = static_cast<int>(routes_.size());
    route->grpc_path = Cat("/", method.service()->full_name(), "/", method.name());
    route->request = &schema.Info(method.input_type());
    route->response = &schema.Info(method.output_type());
    route->backend = backend;
    route->deadline = absl::Seconds(access.deadline_seconds());
    RETURN_IF_ERROR(ResolveVariables(*route));
    RETURN_IF_ERROR(ResolveBodies(*route, *rule));
    RETURN_IF_ERROR(ResolveShape(*route));
    if (absl::Status added = matcher_.Add(route->http_method, route->path, route->id);
        !added.ok()) {
      return Wrong(*route, platform::StdView(added.message()));
    }
    routes_.push_back(std::move(route));
  }
  return absl::OkStatus();
}

absl::StatusOr<RouteMatch> RouteTable::Match(std::string_view http_method,
                                             std::string_view path) const {
  ASSIGN_OR_RETURN(PathMatch found, matcher_.Match(http_method, path));
  RouteMatch match;
  match.allowed = std::move(found.allowed);
  if (found.id >= 0) {
    match.route = routes_[found.id].get();
    match.values = std::move(found.values);
  }
  return match;
}

}  // namespace assay::gateway
