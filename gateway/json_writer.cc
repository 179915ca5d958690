#include "gateway/json_writer.h"

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "gateway/scalar.h"
#include "gateway/text.h"

namespace assay::gateway {
namespace {

namespace pb = google::protobuf;
using CppType = pb::FieldDescriptor::CppType;

// Services answer with messages that their own parsers took, so this only stops loops.
constexpr int kWriteDepthMax = 200;

class Writer {
 public:
  Writer(const Schema& schema, std::string* out) : schema_(schema), out_(*out) {}

  bool Message(const MessageInfo& info, const pb::Message& message) {
    if (++depth_ > kWriteDepthMax) return Wrong("nested too deeply");
    const bool written = Kind(info, message);
    --depth_;
    return written;
  }

  bool Field(const FieldInfo& info, const pb::Message& message) {
    if (info.field->is_map()) return Map(info, message);
    if (info.field->is_repeated()) return List(info, message);
    if (info.message == nullptr) return Scalar(info, message, -1);
    return Message(*info.message, message.GetReflection()->GetMessage(message, info.field));
  }

  absl::Status status() const { return status_; }

 private:
  bool Wrong(std::string_view what) {
    if (status_.ok()) status_ = absl::InternalError(Cat("response cannot be JSON: ", what));
    return false;
  }

  bool Kind(const MessageInfo& info, const pb::Message& message) {
    switch (info.kind) {
      case WellKnown::kNone: {
        out_.push_back('{');
        bool first = true;
        return Members(info, message, &first) && (out_.push_back('}'), true);
      }
      case WellKnown::kAny:
        return Any(info, message);
      case WellKnown::kTimestamp:
      case WellKnown::kDuration:
        return Time(info, message);
      case WellKnown::kFieldMask:
        return FieldMask(info, message);
      case WellKnown::kStruct:
        return Map(info.fields[0], message);
      case WellKnown::kListValue:
        return List(info.fields[0], message);
      case WellKnown::kValue:
        return DynamicValue(info, message);
      case WellKnown::kWrapper:
        return Scalar(info.fields[0], message, -1);
    }
    return false;
  }

  bool Members(const MessageInfo& info, const pb::Message& message, bool* first) {
    const auto* reflection = message.GetReflection();
    for (const FieldInfo& field : info.fields) {
      if (field.field->is_repeated() ? reflection->FieldSize(message, field.field) == 0
                                     : !reflection->HasField(message, field.field)) {
        continue;
      }
      if (!std::exchange(*first, false)) out_.push_back(',');
      out_.append(field.key);
      if (!Field(field, message)) return false;
    }
    return true;
  }

  bool List(const FieldInfo& info, const pb::Message& message) {
    const auto* reflection = message.GetReflection();
    const int size = reflection->FieldSize(message, info.field);
    out_.push_back('[');
    for (int i = 0; i < size; ++i) {
      if (i > 0) out_.push_back(',');
      const bool written =
          info.message == nullptr
              ? Scalar(info, message, i)
              : Message(*info.message, reflection->GetRepeatedMessage(message, info.field, i));
      if (!written) return false;
    }
    out_.push_back(']');
    return true;
  }

  // In the order of the keys' texts, so that equal messages have equal JSON.
  bool Map(const FieldInfo& info, const pb::Message& message) {
    const auto* reflection = message.GetReflection();
    const FieldInfo& key = info.message->fields[0];
    const FieldInfo& value = info.message->fields[1];
    std::vector<std::pair<std::string, const pb::Message*>> entries;
    for (int i = 0; i < reflection->FieldSize(message, info.field); ++i) {
      const auto& entry = reflection->GetRepeatedMessage(message, info.field, i);
      entries.emplace_back(KeyText(key, entry), &entry);
    }
    std::sort(entries.begin(), entries.end(),
              [](const auto& a, const auto& b) { return a.first < b.first; });
    out_.push_back('{');
    for (std::size_t i = 0; i < entries.size(); ++i) {
      if (i > 0) out_.push_back(',');
      AppendJsonString(entries[i].first, &out_);
      out_.push_back(':');
      if (!Field(value, *entries[i].second)) return false;
    }
    out_.push_back('}');
    return true;
  }

  static std::string KeyText(const FieldInfo& key, const pb::Message& entry) {
    const auto* reflection = entry.GetReflection();
    switch (key.field->cpp_type()) {
      case CppType::CPPTYPE_BOOL:
        return reflection->GetBool(entry, key.field) ? "true" : "false";
      case CppType::CPPTYPE_INT32:
        return Cat(reflection->GetInt32(entry, key.field));
      case CppType::CPPTYPE_INT64:
        return Cat(reflection->GetInt64(entry, key.field));
      case CppType::CPPTYPE_UINT32:
        return Cat(reflection->GetUInt32(entry, key.field));
      case CppType::CPPTYPE_UINT64:
        return Cat(reflection->GetUInt64(entry, key.field));
      default:
        return reflection->GetString(entry, key.field);
    }
  }

  // `index` is -1 for a singular field.
  bool Scalar(const FieldInfo& info, const pb::Message& message, int index) {
    const auto* r = message.GetReflection();
    const auto* field = info.field;
    const bool one = index < 0;
    std::string scratch;
    switch (field->cpp_type()) {
      case CppType::CPPTYPE_BOOL:
        out_.append((one ? r->GetBool(message, field) : r->GetRepeatedBool(message, field, index))
                        ? "true"
                        : "false");
        return true;
      case CppType::CPPTYPE_INT32:
        Append(&out_,
               one ? r->GetInt32(message, field) : r->GetRepeatedInt32(message, field, index));
        return true;
      case CppType::CPPTYPE_UINT32:
        Append(&out_,
               one ? r->GetUInt32(message, field) : r->GetRepeatedUInt32(message, field, index));
        return true;
      case CppType::CPPTYPE_INT64:
        Append(&out_, "\"",
               one ? r->GetInt64(message, field) : r->GetRepeatedInt64(message, field, index),
               "\"");
        return true;
      case CppType::CPPTYPE_UINT64:
        Append(&out_, "\"",
               one ? r->GetUInt64(message, field) : r->GetRepeatedUInt64(message, field, index),
               "\"");
        return true;
      case CppType::CPPTYPE_DOUBLE:
        AppendDouble(
            one ? r->GetDouble(message, field) : r->GetRepeatedDouble(message, field, index),
            &out_);
        return true;
      case CppType::CPPTYPE_FLOAT:
        AppendFloat(one ? r->GetFloat(message, field) : r->GetRepeatedFloat(message, field, index),
                    &out_);
        return true;
      case CppType::CPPTYPE_ENUM:
        Enum(info, one ? r->GetEnumValue(message, field)
                       : r->GetRepeatedEnumValue(message, field, index));
        return true;
      default:
        Text(*field, one ? r->GetStringReference(message, field, &scratch)
                         : r->GetRepeatedStringReference(message, field, index, &scratch));
        return true;
    }
  }

  void Enum(const FieldInfo& info, int number) {
    const auto* value = info.field->enum_type()->FindValueByNumber(number);
    if (info.null_is_value) {
      out_.append("null");
    } else if (value == nullptr) {
      Append(&out_, number);
    } else {
      Append(&out_, "\"", value->name(), "\"");
    }
  }

  void Text(const pb::FieldDescriptor& field, const std::string& text) {
    if (field.type() != pb::FieldDescriptor::TYPE_BYTES) return AppendJsonString(text, &out_);
    out_.push_back('"');
    AppendBase64(text, &out_);
    out_.push_back('"');
  }

  bool Time(const MessageInfo& info, const pb::Message& message) {
    const auto* reflection = message.GetReflection();
    const SecondsNanos value{reflection->GetInt64(message, info.fields[0].field),
                             reflection->GetInt32(message, info.fields[1].field)};
    out_.push_back('"');
    const bool is_time = info.kind == WellKnown::kTimestamp;
    if (!(is_time ? AppendTimestamp(value, &out_) : AppendDuration(value, &out_))) {
      return Wrong(is_time ? "a timestamp out of range" : "a duration out of range");
    }
    out_.push_back('"');
    return true;
  }

  bool FieldMask(const MessageInfo& info, const pb::Message& message) {
    const auto* reflection = message.GetReflection();
    const auto* paths = info.fields[0].field;
    out_.push_back('"');
    for (int i = 0; i < reflection->FieldSize(message, paths); ++i) {
      if (i > 0) out_.push_back(',');
      if (!AppendFieldMaskPath(reflection->GetRepeatedString(message, paths, i), &out_)) {
        return Wrong("a field mask path that would not come back");
      }
    }
    out_.push_back('"');
    return true;
  }

  bool DynamicValue(const MessageInfo& info, const pb::Message& message) {
    const auto* set =
        message.GetReflection()->GetOneofFieldDescriptor(message, info.descriptor->oneof_decl(0));
    if (set == nullptr) return Wrong("a google.protobuf.Value that has none");
    const FieldInfo& field = info.Of(set);
    if (set->cpp_type() == CppType::CPPTYPE_DOUBLE) {
      const double number = message.GetReflection()->GetDouble(message, set);
      if (number != number || number - number != 0) return Wrong("a Value that is no number");
    }
    return Field(field, message);
  }

  bool Any(const MessageInfo& info, const pb::Message& message) {
    const auto* reflection = message.GetReflection();
    const std::string url = reflection->GetString(message, info.fields[0].field);
    const std::string bytes = reflection->GetString(message, info.fields[1].field);
    if (url.empty() && bytes.empty()) {
      out_.append("{}");
      return true;
    }
    out_.append("{\"@type\":");
    AppendJsonString(url, &out_);
    const MessageInfo* inner = schema_.Find(std::string_view(url).substr(url.rfind('/') + 1));
    if (inner == nullptr) {
      // A detail of a type that nobody told us of is still worth passing on.
      out_.append(",\"value\":\"");
      AppendBase64(bytes, &out_);
      out_.append("\"}");
      return true;
    }
    std::unique_ptr<pb::Message> value(inner->prototype->New());
    if (!value->ParseFromString(bytes)) return Wrong("an Any whose bytes are not of its type");
    bool first = false;
    if (inner->kind == WellKnown::kNone) {
      if (!Members(*inner, *value, &first)) return false;
    } else {
      out_.append(",\"value\":");
      if (!Message(*inner, *value)) return false;
    }
    out_.push_back('}');
    return true;
  }

  const Schema& schema_;
  std::string& out_;
  absl::Status status_;
  int depth_ = 0;
};

}  // namespace

void AppendJsonString(std::string_view text, std::string* out) {
  static constexpr char kHex[] = "0123456789abcdef";
  out->push_back('"');
  std::size_t copied = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const unsigned char c = static_cast<unsigned char>(text[i]);
    if (c >= 0x20 && c != '"' && c != '\\' && c != 0x7f) continue;
    out->append(text, copied, i - copied);
    copied = i + 1;
    switch (c) {
      case '"':
        out->append("\\\"");
        break;
      case '\\':
        out->append("\\\\");
        break;
      case '\n':
        out->append("\\n");
        break;
      case '\r':
        out->append("\\r");
        break;
      case '\t':
        out->append("\\t");
        break;
      default:
        out->append("\\u00");
        out->push_back(kHex[c >> 4]);
        out->push_back(kHex[c & 15]);
    }
  }
  out->append(text, copied);
  out->push_back('"');
}

absl::Status WriteJson(const Schema& schema, const MessageInfo& info, const pb::Message& message,
                       std::string* out) {
  Writer writer(schema, out);
  writer.Message(info, message);
  return writer.status();
}

absl::Status WriteJsonField(const Schema& schema, const FieldInfo& field,
                            const pb::Message& message, std::string* out) {
  Writer writer(schema, out);
  writer.Field(field, message);
  return writer.status();
}

}  // namespace assay::gateway
