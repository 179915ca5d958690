#include "gateway/openapi_schema.h"

#include <algorithm>

#include "gateway/text.h"
#include "google/api/field_behavior.pb.h"
#include "google/api/field_info.pb.h"

namespace assay::gateway {
namespace {

namespace pb = google::protobuf;
using CppType = pb::FieldDescriptor::CppType;

OpenApiValue Reference(const std::string& name) {
  return {{"$ref", Cat("#/components/schemas/", name)}};
}

bool Behaves(const pb::FieldDescriptor& field, google::api::FieldBehavior wanted) {
  const auto& options = field.options();
  for (int i = 0; i < options.ExtensionSize(google::api::field_behavior); ++i) {
    if (options.GetExtension(google::api::field_behavior, i) == wanted) return true;
  }
  return false;
}

OpenApiValue Scalar(const pb::FieldDescriptor& field) {
  switch (field.cpp_type()) {
    case CppType::CPPTYPE_BOOL:
      return {{"type", "boolean"}};
    case CppType::CPPTYPE_INT32:
      return {{"type", "integer"}, {"format", "int32"}};
    case CppType::CPPTYPE_UINT32:
      return {{"type", "integer"}, {"format", "int64"}, {"minimum", 0}};
    case CppType::CPPTYPE_INT64:
      return {{"type", "string"}, {"format", "int64"}};
    case CppType::CPPTYPE_UINT64:
      return {{"type", "string"}, {"format", "uint64"}};
    case CppType::CPPTYPE_DOUBLE:
      return {{"type", "number"}, {"format", "double"}};
    case CppType::CPPTYPE_FLOAT:
      return {{"type", "number"}, {"format", "float"}};
    default:
      break;
  }
  if (field.type() == pb::FieldDescriptor::TYPE_BYTES) {
    return {{"type", "string"}, {"contentEncoding", "base64"}};
  }
  const auto format = field.options().GetExtension(google::api::field_info).format();
  if (format == google::api::FieldInfo::UUID4) return {{"type", "string"}, {"format", "uuid"}};
  return {{"type", "string"}};
}

}  // namespace

OpenApiValue OpenApiSchemas::Enum(const pb::EnumDescriptor& type) {
  if (type.full_name() == "google.protobuf.NullValue") return {{"type", "null"}};
  if (!components_.contains(type.full_name())) {
    OpenApiValue names = OpenApiValue::array();
    std::string text = CommentOf(type);
    for (int i = 0; i < type.value_count(); ++i) {
      names.push_back(type.value(i)->name());
      std::string comment = CommentOf(*type.value(i));
      std::replace(comment.begin(), comment.end(), '\n', ' ');
      if (!comment.empty()) Append(&text, "\n- `", type.value(i)->name(), "`: ", comment);
    }
    components_[type.full_name()] = {{"type", "string"}, {"enum", names}, {"description", text}};
  }
  return Reference(type.full_name());
}

OpenApiValue OpenApiSchemas::Message(const MessageInfo& info) {
  switch (info.kind) {
    case WellKnown::kTimestamp:
      return {{"type", "string"}, {"format", "date-time"}};
    case WellKnown::kDuration:
      return {{"type", "string"}, {"pattern", "^-?[0-9]+(\\.[0-9]{1,9})?s$"}};
    case WellKnown::kFieldMask:
      return {{"type", "string"}, {"description", "Field paths in lowerCamelCase, with commas."}};
    case WellKnown::kStruct:
      return {{"type", "object"}};
    case WellKnown::kValue:
      return OpenApiValue::object();
    case WellKnown::kListValue:
      return {{"type", "array"}};
    case WellKnown::kAny:
      return {{"type", "object"},
              {"properties", {{"@type", {{"type", "string"}}}}},
              {"required", {"@type"}}};
    case WellKnown::kWrapper: {
      OpenApiValue scalar = Scalar(*info.fields[0].field);
      scalar["type"] = {scalar["type"], "null"};
      return scalar;
    }
    case WellKnown::kNone:
      break;
  }
  const std::string& name = info.descriptor->full_name();
  if (!components_.contains(name)) wanted_.insert(name);
  return Reference(name);
}

OpenApiValue OpenApiSchemas::Type(const FieldInfo& field) {
  if (field.field->is_map()) {
    return {{"type", "object"}, {"additionalProperties", Type(field.message->fields[1])}};
  }
  OpenApiValue type = field.message != nullptr              ? Message(*field.message)
                      : field.field->enum_type() != nullptr ? Enum(*field.field->enum_type())
                                                            : Scalar(*field.field);
  if (!field.field->is_repeated()) return type;
  return {{"type", "array"}, {"items", type}};
}

OpenApiValue OpenApiSchemas::Field(const FieldInfo& field) {
  OpenApiValue type = Type(field);
  if (std::string comment = CommentOf(*field.field); !comment.empty()) {
    type["description"] = std::move(comment);
  }
  if (Behaves(*field.field, google::api::OUTPUT_ONLY)) type["readOnly"] = true;
  if (Behaves(*field.field, google::api::INPUT_ONLY)) type["writeOnly"] = true;
  if (field.field->options().deprecated()) type["deprecated"] = true;
  return type;
}

OpenApiValue OpenApiSchemas::Object(const MessageInfo& info,
                                    const std::set<const FieldInfo*>& without) {
  OpenApiValue properties = OpenApiValue::object();
  OpenApiValue required = OpenApiValue::array();
  for (const FieldInfo& field : info.fields) {
    if (without.contains(&field)) continue;
    properties[field.field->json_name()] = Field(field);
    if (Behaves(*field.field, google::api::REQUIRED)) required.push_back(field.field->json_name());
  }
  OpenApiValue object = {{"type", "object"}, {"properties", properties}};
  if (!required.empty()) object["required"] = required;
  if (std::string comment = CommentOf(*info.descriptor); !comment.empty()) {
    object["description"] = std::move(comment);
  }
  return object;
}

OpenApiValue OpenApiSchemas::Components() {
  // Describing one may want others.
  while (!wanted_.empty()) {
    const std::string name = *wanted_.begin();
    wanted_.erase(wanted_.begin());
    if (components_.contains(name)) continue;
    components_[name] = nullptr;
    components_[name] = Object(*schema_.Find(name), {});
  }
  return components_;
}

}  // namespace assay::gateway
