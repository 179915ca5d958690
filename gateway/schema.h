// The messages and services of a descriptor file, with what JSON needs to know of
// each message looked up once.
//
// Immutable after loading, so every loop reads it without a lock.
#pragma once
#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/dynamic_message.h>
#include <google/protobuf/message.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "services/platform/core/view.h"

namespace assay::gateway {

// Messages whose JSON is not an object of their fields.
enum class WellKnown {
  kNone,
  kAny,
  kTimestamp,
  kDuration,
  kFieldMask,
  kStruct,
  kValue,
  kListValue,
  kWrapper,
};

struct MessageInfo;

struct FieldInfo {
  const google::protobuf::FieldDescriptor* field = nullptr;
  const MessageInfo* message = nullptr;  // Of message fields (the entry's, of maps).
  int position = 0;                      // In MessageInfo::fields.
  bool null_is_value = false;            // google.protobuf.Value and NullValue take `null`.
  std::string key;                       // `"jsonName":`
};

struct MessageInfo {
  const google::protobuf::Descriptor* descriptor = nullptr;
  const google::protobuf::Message* prototype = nullptr;
  WellKnown kind = WellKnown::kNone;
  std::vector<FieldInfo> fields;                               // By number.
  absl::flat_hash_map<std::string, const FieldInfo*> by_name;  // JSON and proto names.

  const FieldInfo* Find(std::string_view name) const {
    const auto it = by_name.find(platform::View(name));
    return it == by_name.end() ? nullptr : it->second;
  }
  const FieldInfo& Of(const google::protobuf::FieldDescriptor* field) const {
    return *by_name.at(field->name());
  }
};

class Schema {
 public:
  // Reads a serialised google.protobuf.FileDescriptorSet, dependencies included.
  static absl::StatusOr<std::unique_ptr<Schema>> Load(const std::string& path);
  static absl::StatusOr<std::unique_ptr<Schema>> FromFiles(
      const google::protobuf::FileDescriptorSet& files);

  // Of any message of the pool.
  const MessageInfo& Info(const google::protobuf::Descriptor* descriptor) const {
    return *messages_.at(descriptor);
  }
  const MessageInfo* Find(std::string_view full_name) const;
  // In the order of the file.
  const std::vector<const google::protobuf::ServiceDescriptor*>& services() const {
    return services_;
  }

 private:
  Schema();
  void AddMessage(const google::protobuf::Descriptor* descriptor);
  void AddFields(MessageInfo& info);

  google::protobuf::DescriptorPool pool_;
  google::protobuf::DynamicMessageFactory factory_;
  absl::flat_hash_map<const google::protobuf::Descriptor*, std::unique_ptr<MessageInfo>> messages_;
  std::vector<const google::protobuf::ServiceDescriptor*> services_;
};

}  // namespace assay::gateway
