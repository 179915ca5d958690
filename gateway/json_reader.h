// JSON → message, as protobuf's JSON mapping has it, and strictly: unknown fields,
// a field twice (under either name), a value of another type, two members of a
// oneof, and fields that the path has already bound are refused, each with its path.
//
// Example:
//   JsonReader reader(schema, body);
//   RETURN_IF_ERROR(reader.ReadMessage(info, &bound, message));
//   RETURN_IF_ERROR(reader.Finish());
#pragma once
#include <google/protobuf/message.h>

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "gateway/json_cursor.h"
#include "gateway/schema.h"

namespace assay::gateway {

// Fields that something else has set already: a tree of field paths.
struct Bound {
  const FieldInfo* field = nullptr;
  bool whole = false;  // The field itself, not one below it.
  std::vector<Bound> below;
};
const Bound* FindBound(const std::vector<Bound>* bound, const FieldInfo& field);

// Levels of messages in one request, the same as protobuf's own parsers take, so that
// what passes here also passes there. A level of Struct counts for three.
inline constexpr int kMessageDepthMax = 100;

class JsonReader {
 public:
  JsonReader(const Schema& schema, std::string_view text) : schema_(schema), cursor_(text) {}

  // Reads one value into `message`, whatever kind of message it is. `null` is refused.
  absl::Status ReadMessage(const MessageInfo& info, const std::vector<Bound>* bound,
                           google::protobuf::Message* message);
  // Reads one value into a field of `message`: what `body: "field"` means.
  absl::Status ReadField(const FieldInfo& field, const std::vector<Bound>* bound,
                         google::protobuf::Message* message);
  // For a body that is an array of messages: takes '[' first, then ',' or ']'.
  // `*more` is false after the last.
  absl::Status NextElement(bool* more);
  // Nothing but white space may follow.
  absl::Status Finish();

 private:
  struct Place {
    const FieldInfo* field;
    int index;        // Of a repeated field; -1 otherwise.
    std::string key;  // Of a map.
  };
  using Message = google::protobuf::Message;

  bool Value(const MessageInfo& info, const std::vector<Bound>* bound, Message* message);
  bool Object(const MessageInfo& info, const std::vector<Bound>* bound, Message* message,
              bool skip_type);
  bool Member(const MessageInfo& info, const FieldInfo& field, const std::vector<Bound>* bound,
              Message* message);
  bool Repeated(const FieldInfo& field, Message* message);
  bool Map(const FieldInfo& field, Message* message);
  bool MapKey(const FieldInfo& key_field, std::string_view key, Message* entry);
  bool Singular(const FieldInfo& field, const std::vector<Bound>* bound, Message* message);
  bool Scalar(const FieldInfo& field, Message* message, bool add);
  bool NumberText(std::string_view* text, bool* quoted);
  bool Enum(const FieldInfo& field, Message* message, bool add);
  bool Text(const FieldInfo& field, Message* message, bool add);
  bool Any(const MessageInfo& info, Message* message);
  bool FindType(std::string* type_url, bool* empty);
  bool AnyMembers(const MessageInfo& inner, Message* value);
  bool TextForm(const MessageInfo& info, Message* message);
  bool DynamicValue(const MessageInfo& info, Message* message);
  bool StructFields(const MessageInfo& info, Message* message);
  bool ListValues(const MessageInfo& info, Message* message);
  bool Enter();
  void Leave() { --depth_; }

  std::string Where() const;
  bool Refuse(std::string_view reason, std::string_view what);
  bool Unknown(const MessageInfo& info, const std::string& name);
  bool WrongType(std::string_view expected);
  absl::Status Result(bool read) const;

  const Schema& schema_;
  JsonCursor cursor_;
  std::vector<Place> place_;
  std::string scratch_;
  absl::Status refusal_;
  int depth_ = 0;
  int any_depth_ = 0;
  int elements_ = -1;  // Of the top-level array, once it is begun.
};

}  // namespace assay::gateway
