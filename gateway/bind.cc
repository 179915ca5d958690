#include "gateway/bind.h"

#include <algorithm>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/ascii.h"
#include "gateway/json_writer.h"
#include "gateway/percent.h"
#include "gateway/scalar.h"
#include "gateway/text.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/error/error.h"

namespace assay::gateway {
namespace {

namespace pb = google::protobuf;
using CppType = pb::FieldDescriptor::CppType;

absl::Status Refuse(std::string_view reason, std::string_view where, std::string_view what) {
  return platform::Error(absl::StatusCode::kInvalidArgument, reason, Cat("'", where, "' ", what))
      .With("field", where)
      .Field(where, what);
}

// The JSON that says the same as the plain text of a path or query.
std::string JsonOf(const FieldInfo& info, std::string_view text) {
  if (info.message != nullptr) {
    switch (info.message->kind) {
      case WellKnown::kWrapper:
        return JsonOf(info.message->fields[0], text);
      case WellKnown::kStruct:
      case WellKnown::kListValue:
      case WellKnown::kValue:
        return std::string(text);
      default:
        break;
    }
  }
  const CppType type = info.field->cpp_type();
  const bool number = !text.empty() && std::all_of(text.begin(), text.end(), absl::ascii_isdigit);
  const bool plain = (type == CppType::CPPTYPE_BOOL && (text == "true" || text == "false")) ||
                     (type == CppType::CPPTYPE_ENUM && number);
  std::string json;
  if (plain) return std::string(text);
  AppendJsonString(text, &json);
  return json;
}

absl::Status SetFromText(const Schema& schema, const FieldInfo& info, std::string_view text,
                         std::string_view where, pb::Message* message) {
  if (!IsUtf8(text)) return Refuse("FIELD_TYPE_WRONG", where, "must be UTF-8");
  if (info.field->type() == pb::FieldDescriptor::TYPE_STRING) {
    const auto* reflection = message->GetReflection();
    info.field->is_repeated() ? reflection->AddString(message, info.field, std::string(text))
                              : reflection->SetString(message, info.field, std::string(text));
    return absl::OkStatus();
  }
  const bool leaf = info.message == nullptr || (info.message->kind != WellKnown::kNone &&
                                                info.message->kind != WellKnown::kAny);
  if (!leaf || info.field->is_map()) {
    return Refuse("FIELD_TYPE_WRONG", where, "is a message; name a field of it");
  }
  std::string json = JsonOf(info, text);
  if (info.field->is_repeated()) json = Cat("[", json, "]");
  JsonReader reader(schema, json);
  absl::Status status = reader.ReadField(info, nullptr, message);
  if (status.ok()) status = reader.Finish();
  if (status.ok()) return status;
  // The reader's own words are about a body; only a violation's description fits here.
  const auto fields = platform::FieldsOf(status);
  const std::size_t colon = fields.empty() ? std::string::npos : fields[0].find(": ");
  return Refuse("FIELD_TYPE_WRONG", where,
                colon == std::string::npos ? "has a value that its type does not allow"
                                           : std::string_view(fields[0]).substr(colon + 2));
}

// Makes the messages along `path` and returns the last; refuses to change a oneof's case.
absl::StatusOr<pb::Message*> Descend(const std::vector<const FieldInfo*>& path,
                                     std::string_view where, pb::Message* message) {
  for (std::size_t i = 0; i < path.size(); ++i) {
    const auto* field = path[i]->field;
    const auto* reflection = message->GetReflection();
    const bool last = i + 1 == path.size();
    if (const auto* oneof = field->real_containing_oneof(); oneof != nullptr) {
      const auto* set = reflection->GetOneofFieldDescriptor(*message, oneof);
      if (set != nullptr && (set != field || last)) {
        return Refuse("FIELD_DUPLICATE", where,
                      Cat("cannot be given together with another field of '", oneof->name(), "'"));
      }
    }
    if (!last) message = reflection->MutableMessage(message, field);
  }
  return message;
}

absl::StatusOr<std::vector<const FieldInfo*>> Resolve(const Route& route, std::string_view name) {
  std::vector<const FieldInfo*> path;
  const MessageInfo* info = route.request;
  const std::vector<Bound>* bound = &route.bound;
  std::string where;
  for (std::size_t at = 0; at <= name.size();) {
    const std::size_t dot = std::min(name.find('.', at), name.size());
    const std::string_view part = name.substr(at, dot - at);
    at = dot + 1;
    if (info == nullptr || info->kind != WellKnown::kNone ||
        path.size() == static_cast<std::size_t>(kMessageDepthMax)) {
      return Refuse("FIELD_TYPE_WRONG", name, Cat("has nothing below '", where, "'"));
    }
    const FieldInfo* field = info->Find(part);
    if (field == nullptr) return Refuse("FIELD_UNKNOWN", name, "is not a parameter of this method");
    Append(&where, where.empty() ? "" : ".", field->field->name());
    if (path.empty() && field == route.body_field) {
      return Refuse("FIELD_DUPLICATE", where, "is the body; leave it out of the query");
    }
    const Bound* taken = FindBound(bound, *field);
    if (taken != nullptr && taken->whole) {
      return Refuse("FIELD_DUPLICATE", where, "is set by the path; leave it out of the query");
    }
    bound = taken == nullptr ? nullptr : &taken->below;
    path.push_back(field);
    info = field->field->is_repeated() ? nullptr : field->message;
  }
  return path;
}

std::string NameOf(const std::vector<const FieldInfo*>& path) {
  std::string name;
  for (const auto* field : path) {
    Append(&name, name.empty() ? "" : ".", field->field->name());
  }
  return name;
}

}  // namespace

absl::Status BindPath(const Schema& schema, const Route& route,
                      const std::vector<std::string>& values, pb::Message* message) {
  for (std::size_t i = 0; i < route.variables.size(); ++i) {
    const auto& path = route.variables[i];
    const std::string where = NameOf(path);
    ASSIGN_OR_RETURN(pb::Message * parent, Descend(path, where, message));
    RETURN_IF_ERROR(SetFromText(schema, *path.back(), values[i], where, parent));
  }
  return absl::OkStatus();
}

absl::Status BindQuery(const Schema& schema, const Route& route, std::string_view query,
                       pb::Message* message) {
  absl::flat_hash_set<std::string> seen;
  while (!query.empty()) {
    const std::string_view pair = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(pair.size() + 1, query.size()));
    const std::size_t equals = pair.find('=');
    if (equals == std::string_view::npos || equals == 0) continue;
    std::string name;
    std::string value;
    if (!PercentDecode(pair.substr(0, equals), PercentMode::kQuery, &name) ||
        !PercentDecode(pair.substr(equals + 1), PercentMode::kQuery, &value)) {
      return platform::Error(absl::StatusCode::kInvalidArgument, "PATH_INVALID",
                             "the query has a '%' that two hex digits do not follow");
    }
    if (route.body_all) {
      return Refuse("FIELD_UNKNOWN", name, "must be in the body; this method takes no parameters");
    }
    ASSIGN_OR_RETURN(const auto path, Resolve(route, name));
    const std::string where = NameOf(path);
    if (!path.back()->field->is_repeated() && !seen.insert(where).second) {
      return Refuse("FIELD_DUPLICATE", where, "is given twice");
    }
    ASSIGN_OR_RETURN(pb::Message * parent, Descend(path, where, message));
    RETURN_IF_ERROR(SetFromText(schema, *path.back(), value, where, parent));
  }
  return absl::OkStatus();
}

}  // namespace assay::gateway
