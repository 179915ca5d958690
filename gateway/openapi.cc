#include "gateway/openapi.h"

#include <map>
#include <set>
#include <utility>

#include "absl/strings/ascii.h"
#include "assay/common/v1/access.pb.h"
#include "gateway/openapi_schema.h"
#include "gateway/text.h"

namespace assay::gateway {
namespace {

namespace pb = google::protobuf;

// Messages inside of query parameters are named by dots, to this depth.
constexpr int kQueryDepthMax = 3;

std::string Lower(std::string text) {
  for (char& c : text) c = absl::ascii_tolower(c);
  return text;
}

// "centres" → "centre": what one of a collection is called.
std::string SingularOf(std::string word) {
  const std::string_view text = word;
  if (text.ends_with("series") || !text.ends_with("s") || text.ends_with("ss")) return word;
  if (text.ends_with("ies")) return word.substr(0, word.size() - 3) + "y";
  if (text.ends_with("sses")) return word.substr(0, word.size() - 2);
  return word.substr(0, word.size() - 1);
}

// First sentence of a comment.
std::string SummaryOf(const std::string& comment) {
  std::string summary = comment.substr(0, comment.find("\n\n"));
  summary = summary.substr(0, summary.find(". "));
  for (char& c : summary) {
    if (c == '\n') c = ' ';
  }
  if (summary.ends_with('.')) summary.pop_back();
  return summary;
}

class Writer {
 public:
  Writer(const Schema& schema, const RouteTable& routes)
      : schema_(schema), routes_(routes), schemas_(schema) {}

  std::string Write() {
    OpenApiValue paths = OpenApiValue::object();
    OpenApiValue tags = OpenApiValue::array();
    std::set<std::string> tagged;
    for (const auto& route : routes_.routes()) {
      const auto* service = route->method->service();
      if (tagged.insert(service->full_name()).second) {
        tags.push_back({{"name", service->name()}, {"description", CommentOf(*service)}});
      }
      OpenApiValue parameters = OpenApiValue::array();
      const std::string path = PathOf(*route, parameters);
      paths[path][Lower(route->http_method)] = Operation(*route, std::move(parameters));
    }
    schemas_.Message(*schema_.Find("google.rpc.Status"));
    const OpenApiValue doc = {
        {"openapi", "3.1.0"},
        {"info",
         {{"title", "Assay"},
          {"version", "v1"},
          {"description",
           "The REST form of every Assay service. Errors are google.rpc.Status; compare "
           "the reason and domain of their ErrorInfo, not their text."}}},
        {"servers", {{{"url", "/"}}}},
        {"security", {{{"bearer", OpenApiValue::array()}}}},
        {"tags", tags},
        {"paths", paths},
        {"components",
         {{"securitySchemes",
           {{"bearer", {{"type", "http"}, {"scheme", "bearer"}, {"bearerFormat", "JWT"}}}}},
          {"schemas", schemas_.Components()}}}};
    return doc.dump();
  }

 private:
  // A variable such as {name=centres/*} becomes /centres/{centre}.
  std::string PathOf(const Route& route, OpenApiValue& parameters) {
    std::string path;
    std::set<std::string> names;
    const auto& segments = route.path.segments;
    for (std::size_t i = 0; i < segments.size(); ++i) {
      if (segments[i].kind == TemplateSegment::Kind::kLiteral) {
        Append(&path, "/", segments[i].literal);
        continue;
      }
      const bool after_literal = i > 0 && segments[i - 1].kind == TemplateSegment::Kind::kLiteral &&
                                 segments[i].kind == TemplateSegment::Kind::kStar;
      const FieldInfo* field = nullptr;
      bool single = false;
      for (std::size_t v = 0; v < route.path.variables.size(); ++v) {
        const auto& variable = route.path.variables[v];
        if (static_cast<int>(i) < variable.first || static_cast<int>(i) >= variable.last) continue;
        field = route.variables[v].back();
        single = variable.single;
      }
      std::string name = field != nullptr && (single || !after_literal)
                             ? field->field->json_name()
                             : (after_literal ? SingularOf(segments[i - 1].literal) : "segment");
      while (!names.insert(name).second) name += "2";
      Append(&path, "/{", name, "}");
      OpenApiValue parameter = {
          {"name", name}, {"in", "path"}, {"required", true}, {"schema", {{"type", "string"}}}};
      if (field != nullptr) {
        if (single) parameter["schema"] = schemas_.Field(*field);
        if (std::string text = CommentOf(*field->field); !text.empty()) {
          parameter["description"] = Cat("Part of `", field->field->name(), "`: ", text);
        }
      }
      parameters.push_back(std::move(parameter));
    }
    if (!route.path.verb.empty()) Append(&path, ":", route.path.verb);
    return path.empty() ? "/" : path;
  }

  void QueryOf(const MessageInfo& info, const std::vector<Bound>* bound, const FieldInfo* body,
               const std::string& prefix, int depth, OpenApiValue& parameters) {
    for (const FieldInfo& field : info.fields) {
      const Bound* taken = FindBound(bound, field);
      if (&field == body || (taken != nullptr && taken->whole) || field.field->is_map()) continue;
      const std::string name = prefix + field.field->json_name();
      const bool nested = field.message != nullptr && field.message->kind == WellKnown::kNone;
      if (nested) {
        if (field.field->is_repeated() || depth == kQueryDepthMax) continue;
        QueryOf(*field.message, taken == nullptr ? nullptr : &taken->below, nullptr, name + ".",
                depth + 1, parameters);
        continue;
      }
      OpenApiValue schema = schemas_.Field(field);
      OpenApiValue parameter = {{"name", name}, {"in", "query"}};
      if (schema.contains("description")) {
        parameter["description"] = schema["description"];
        schema.erase("description");
      }
      parameter["schema"] = std::move(schema);
      parameters.push_back(std::move(parameter));
    }
  }

  OpenApiValue BodyOf(const Route& route) {
    if (route.raw_request) {
      return {{"required", true},
              {"content", {{"application/octet-stream", OpenApiValue::object()}}}};
    }
    OpenApiValue schema;
    if (route.body_field != nullptr) {
      schema = schemas_.Field(*route.body_field);
    } else if (route.bound.empty()) {
      schema = schemas_.Message(*route.request);
    } else {
      std::set<const FieldInfo*> without;
      for (const Bound& bound : route.bound) {
        if (bound.whole) without.insert(bound.field);
      }
      schema = schemas_.Object(*route.request, without);
    }
    if (route.shape == RouteShape::kClientStream) schema = {{"type", "array"}, {"items", schema}};
    return {{"required", true}, {"content", {{"application/json", {{"schema", schema}}}}}};
  }

  OpenApiValue AnswerOf(const Route& route) {
    OpenApiValue content;
    if (route.raw_response) {
      content = {{"application/octet-stream", OpenApiValue::object()}};
    } else {
      const OpenApiValue schema = route.response_field != nullptr
                                      ? schemas_.Field(*route.response_field)
                                      : schemas_.Message(*route.response);
      const bool lines = route.shape == RouteShape::kServerStream;
      content[lines ? "application/x-ndjson" : "application/json"] = {{"schema", schema}};
    }
    OpenApiValue error = {{"$ref", "#/components/schemas/google.rpc.Status"}};
    return {
        {"200", {{"description", "OK"}, {"content", content}}},
        {"default",
         {{"description", "An error."}, {"content", {{"application/json", {{"schema", error}}}}}}}};
  }

  OpenApiValue Operation(const Route& route, OpenApiValue parameters) {
    const pb::MethodDescriptor& method = *route.method;
    if (!route.body_all) {
      QueryOf(*route.request, &route.bound, route.body_field, "", 0, parameters);
    }
    std::string id = Cat(method.service()->name(), "_", method.name());
    for (int again = ++operations_[id]; again > 1; again = 0) Append(&id, "_", again);
    const std::string comment = CommentOf(method);
    OpenApiValue operation = {{"operationId", id}, {"tags", {method.service()->name()}}};
    if (!comment.empty()) {
      operation["summary"] = SummaryOf(comment);
      operation["description"] = comment;
    }
    if (!parameters.empty()) operation["parameters"] = std::move(parameters);
    if (route.takes_body()) operation["requestBody"] = BodyOf(route);
    operation["responses"] = AnswerOf(route);
    if (method.options().deprecated()) operation["deprecated"] = true;
    const auto& access = method.options().GetExtension(common::v1::access);
    if (access.roles_size() > 0) {
      OpenApiValue roles = OpenApiValue::array();
      for (int i = 0; i < access.roles_size(); ++i) {
        roles.push_back(Lower(common::v1::Role_Name(access.roles(i)).substr(5)));
      }
      operation["x-assay-roles"] = roles;
    }
    return operation;
  }

  const Schema& schema_;
  const RouteTable& routes_;
  OpenApiSchemas schemas_;
  std::map<std::string, int> operations_;
};

}  // namespace

std::string OpenApiJson(const Schema& schema, const RouteTable& routes) {
  return Writer(schema, routes).Write();
}

}  // namespace assay::gateway
