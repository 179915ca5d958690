#include "gateway/schema.h"

#include <algorithm>
#include <fstream>
#include <utility>

#include "absl/status/status.h"
#include "gateway/text.h"
#include "google/api/annotations.pb.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "services/platform/core/status_macros.h"

namespace assay::gateway {
namespace {

namespace pb = google::protobuf;

WellKnown KindOf(const pb::Descriptor& descriptor) {
  static constexpr std::pair<std::string_view, WellKnown> kKinds[] = {
      {"google.protobuf.Any", WellKnown::kAny},
      {"google.protobuf.Timestamp", WellKnown::kTimestamp},
      {"google.protobuf.Duration", WellKnown::kDuration},
      {"google.protobuf.FieldMask", WellKnown::kFieldMask},
      {"google.protobuf.Struct", WellKnown::kStruct},
      {"google.protobuf.Value", WellKnown::kValue},
      {"google.protobuf.ListValue", WellKnown::kListValue},
      {"google.protobuf.BoolValue", WellKnown::kWrapper},
      {"google.protobuf.BytesValue", WellKnown::kWrapper},
      {"google.protobuf.DoubleValue", WellKnown::kWrapper},
      {"google.protobuf.FloatValue", WellKnown::kWrapper},
      {"google.protobuf.Int32Value", WellKnown::kWrapper},
      {"google.protobuf.Int64Value", WellKnown::kWrapper},
      {"google.protobuf.StringValue", WellKnown::kWrapper},
      {"google.protobuf.UInt32Value", WellKnown::kWrapper},
      {"google.protobuf.UInt64Value", WellKnown::kWrapper},
  };
  for (const auto& [name, kind] : kKinds) {
    if (descriptor.full_name() == name) return kind;
  }
  return WellKnown::kNone;
}

// Remembers the first thing wrong with a file, for the start-up message.
class Errors final : public pb::DescriptorPool::ErrorCollector {
 public:
  void AddError(const std::string& filename, const std::string& element, const pb::Message*,
                ErrorLocation, const std::string& message) override {
    if (first.empty()) first = Cat(filename, ": ", element, ": ", message);
  }
  std::string first;
};

// Adds a generated file that the pool lacks, with what it imports.
void AddGenerated(const pb::FileDescriptor& file, pb::DescriptorPool& pool) {
  if (pool.FindFileByName(file.name()) != nullptr) return;
  for (int i = 0; i < file.dependency_count(); ++i) AddGenerated(*file.dependency(i), pool);
  pb::FileDescriptorProto proto;
  file.CopyTo(&proto);
  pool.BuildFile(proto);
}

}  // namespace

Schema::Schema() : factory_(&pool_) {}

absl::StatusOr<std::unique_ptr<Schema>> Schema::Load(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  pb::FileDescriptorSet files;
  // Parsed with google/api/annotations linked in, so the http options are known fields.
  if (!in.is_open()) return absl::NotFoundError(Cat("cannot open descriptors ", path));
  if (!files.ParseFromIstream(&in) || files.file().empty()) {
    return absl::InvalidArgumentError(Cat(path, " is not a FileDescriptorSet"));
  }
  return FromFiles(files);
}

absl::StatusOr<std::unique_ptr<Schema>> Schema::FromFiles(const pb::FileDescriptorSet& files) {
  std::unique_ptr<Schema> schema(new Schema());
  Errors errors;
  std::vector<const pb::FileDescriptor*> built;
  for (const auto& file : files.file()) {
    const auto* descriptor = schema->pool_.BuildFileCollectingErrors(file, &errors);
    if (descriptor == nullptr) {
      return absl::InvalidArgumentError(Cat("descriptors: ", errors.first));
    }
    built.push_back(descriptor);
  }
  // Errors are rendered from these, whether or not the services import them.
  for (const auto* file :
       {google::rpc::Status::descriptor()->file(), google::rpc::ErrorInfo::descriptor()->file()}) {
    AddGenerated(*file, schema->pool_);
    built.push_back(schema->pool_.FindFileByName(file->name()));
  }
  for (const auto* file : built) {
    for (int i = 0; i < file->message_type_count(); ++i) schema->AddMessage(file->message_type(i));
    for (int i = 0; i < file->service_count(); ++i) schema->services_.push_back(file->service(i));
  }
  for (auto& [descriptor, info] : schema->messages_) schema->AddFields(*info);
  return schema;
}

void Schema::AddMessage(const pb::Descriptor* descriptor) {
  if (messages_.contains(descriptor)) return;
  auto info = std::make_unique<MessageInfo>();
  info->descriptor = descriptor;
  info->prototype = factory_.GetPrototype(descriptor);
  info->kind = KindOf(*descriptor);
  messages_.emplace(descriptor, std::move(info));
  for (int i = 0; i < descriptor->nested_type_count(); ++i) AddMessage(descriptor->nested_type(i));
  // Types of imported files that the set's own list may hold under another entry.
  for (int i = 0; i < descriptor->field_count(); ++i) {
    if (const auto* type = descriptor->field(i)->message_type()) AddMessage(type);
  }
}

void Schema::AddFields(MessageInfo& info) {
  for (int i = 0; i < info.descriptor->field_count(); ++i) {
    FieldInfo field;
    field.field = info.descriptor->field(i);
    field.key = Cat("\"", field.field->json_name(), "\":");
    if (const auto* type = field.field->message_type()) {
      field.message = messages_.at(type).get();
      field.null_is_value = field.message->kind == WellKnown::kValue;
    } else if (const auto* values = field.field->enum_type()) {
      field.null_is_value = values->full_name() == "google.protobuf.NullValue";
    }
    info.fields.push_back(std::move(field));
  }
  std::sort(info.fields.begin(), info.fields.end(), [](const FieldInfo& a, const FieldInfo& b) {
    return a.field->number() < b.field->number();
  });
  for (std::size_t i = 0; i < info.fields.size(); ++i) {
    FieldInfo& field = info.fields[i];
    field.position = static_cast<int>(i);
    info.by_name.emplace(field.field->name(), &field);
  }
  // A proto name wins over another field's JSON name, so they go in second.
  for (const FieldInfo& field : info.fields) info.by_name.emplace(field.field->json_name(), &field);
}

const MessageInfo* Schema::Find(std::string_view full_name) const {
  const auto* descriptor = pool_.FindMessageTypeByName(std::string(full_name));
  if (descriptor == nullptr) return nullptr;
  const auto it = messages_.find(descriptor);
  return it == messages_.end() ? nullptr : it->second.get();
}

}  // namespace assay::gateway
