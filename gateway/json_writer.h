// Message → JSON, as protobuf's JSON mapping has it: lowerCamelCase names, enum
// names, 64-bit integers as strings, fields without presence left out at their
// default, no white space.
#pragma once
#include <google/protobuf/message.h>

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "gateway/schema.h"

namespace assay::gateway {

// Appends. INTERNAL if the message holds what JSON has no form for: a Timestamp out
// of range, a FieldMask path that would not come back, an Any of bytes that are not
// of its type. `out` is then of no use.
absl::Status WriteJson(const Schema& schema, const MessageInfo& info,
                       const google::protobuf::Message& message, std::string* out);
// One field's value on its own: what `response_body: "field"` means.
absl::Status WriteJsonField(const Schema& schema, const FieldInfo& field,
                            const google::protobuf::Message& message, std::string* out);

// Appends `text` in quotes, escaped.
void AppendJsonString(std::string_view text, std::string* out);

}  // namespace assay::gateway
