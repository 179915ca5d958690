// JSON Schemas of messages, as their JSON is read and written here.
#pragma once
#include <google/protobuf/descriptor.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "gateway/schema.h"

namespace assay::gateway {

// In the order of the file, so that people can read the document.
using OpenApiValue = nlohmann::ordered_json;

// The comment before a declaration; "" if it has none.
template <typename Descriptor>
std::string CommentOf(const Descriptor& descriptor) {
  google::protobuf::SourceLocation location;
  if (!descriptor.GetSourceLocation(&location)) return "";
  std::string text;
  for (std::size_t at = 0; at < location.leading_comments.size();) {
    // Each line comes with the space that stood after its slashes.
    const std::size_t end =
        std::min(location.leading_comments.find('\n', at), location.leading_comments.size());
    const std::size_t begin = at < end && location.leading_comments[at] == ' ' ? at + 1 : at;
    text.append(location.leading_comments, begin, end - begin);
    text.push_back('\n');
    at = end + 1;
  }
  while (!text.empty() && text.back() == '\n') text.pop_back();
  return text;
}

// Collects the components that schemas refer to.
class OpenApiSchemas {
 public:
  explicit OpenApiSchemas(const Schema& schema) : schema_(schema) {}

  OpenApiValue Message(const MessageInfo& info);  // A reference, or a well-known type's form.
  OpenApiValue Field(const FieldInfo& field);     // With its comment.
  // The message's own object, without some of its fields (what the path binds).
  OpenApiValue Object(const MessageInfo& info, const std::set<const FieldInfo*>& without);
  OpenApiValue Components();  // Of all that was referred to.

 private:
  OpenApiValue Type(const FieldInfo& field);
  OpenApiValue Enum(const google::protobuf::EnumDescriptor& type);

  const Schema& schema_;
  std::set<std::string> wanted_;  // Messages still to be described.
  OpenApiValue components_ = OpenApiValue::object();
};

}  // namespace assay::gateway
