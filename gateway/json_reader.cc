#include "gateway/json_reader.h"

#include <cstdint>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/container/inlined_vector.h"
#include "gateway/scalar.h"
#include "gateway/text.h"
#include "services/platform/core/view.h"
#include "services/platform/error/error.h"

namespace assay::gateway {
namespace {

namespace pb = google::protobuf;
using CppType = pb::FieldDescriptor::CppType;

// Any inside Any is read twice a level, to find its type; nobody nests further.
constexpr int kAnyDepthMax = 4;

class SeenFields {
 public:
  explicit SeenFields(std::size_t fields) : bits_((fields + 63) / 64) {}
  bool Insert(int position) {
    std::uint64_t& word = bits_[position / 64];
    const std::uint64_t bit = std::uint64_t{1} << (position % 64);
    if ((word & bit) != 0) return false;
    word |= bit;
    return true;
  }

 private:
  absl::InlinedVector<std::uint64_t, 2> bits_;
};

const FieldInfo& FieldNamed(const MessageInfo& info, std::string_view name) {
  return *info.by_name.at(platform::View(name));
}

void SetSecondsNanos(const MessageInfo& info, SecondsNanos value, pb::Message* message) {
  const auto* reflection = message->GetReflection();
  reflection->SetInt64(message, FieldNamed(info, "seconds").field, value.seconds);
  reflection->SetInt32(message, FieldNamed(info, "nanos").field, value.nanos);
}

}  // namespace

const Bound* FindBound(const std::vector<Bound>* bound, const FieldInfo& field) {
  if (bound == nullptr) return nullptr;
  for (const Bound& each : *bound) {
    if (each.field == &field) return &each;
  }
  return nullptr;
}

std::string JsonReader::Where() const {
  std::string where;
  if (elements_ >= 0) Append(&where, "[", elements_, "]");
  for (const Place& place : place_) {
    if (place.field != nullptr) {
      Append(&where, where.empty() ? "" : ".", place.field->field->name());
    }
    if (place.index >= 0) Append(&where, "[", place.index, "]");
    if (!place.key.empty()) Append(&where, "[\"", place.key, "\"]");
  }
  return where;
}

bool JsonReader::Refuse(std::string_view reason, std::string_view what) {
  if (!refusal_.ok() || !cursor_.ok()) return false;
  const std::string where = Where();
  refusal_ = platform::Error(absl::StatusCode::kInvalidArgument, reason,
                             where.empty() ? Cat("the body ", what) : Cat("'", where, "' ", what))
                 .With("field", where)
                 .Field(where, what);
  return false;
}

bool JsonReader::WrongType(std::string_view expected) {
  return Refuse("FIELD_TYPE_WRONG", Cat("must be ", expected));
}

absl::Status JsonReader::Result(bool read) const {
  if (!refusal_.ok()) return refusal_;
  return read && cursor_.ok() ? absl::OkStatus() : cursor_.Error();
}

bool JsonReader::Enter() {
  if (++depth_ > kMessageDepthMax) return cursor_.Fail("nested too deeply");
  return true;
}

absl::Status JsonReader::ReadMessage(const MessageInfo& info, const std::vector<Bound>* bound,
                                     Message* message) {
  return Result(Value(info, bound, message));
}

absl::Status JsonReader::ReadField(const FieldInfo& field, const std::vector<Bound>* bound,
                                   Message* message) {
  if (cursor_.Peek() == 'n' && !field.null_is_value) {
    if (!cursor_.Literal("null")) return cursor_.Error();
    WrongType("given, not null");
    return refusal_;
  }
  place_.push_back({&field, -1, ""});
  const bool read = Enter() && (field.field->is_map()        ? Map(field, message)
                                : field.field->is_repeated() ? Repeated(field, message)
                                                             : Singular(field, bound, message));
  const absl::Status result = Result(read);
  place_.pop_back();
  return result;
}

absl::Status JsonReader::NextElement(bool* more) {
  *more = false;
  if (elements_ < 0) {
    if (!cursor_.Expect('[', "an array of messages")) return cursor_.Error();
    elements_ = 0;
    if (cursor_.TakeIf(']')) return absl::OkStatus();
    *more = true;
    return absl::OkStatus();
  }
  if (cursor_.TakeIf(',')) {
    ++elements_;
    *more = true;
    return absl::OkStatus();
  }
  return Result(cursor_.Expect(']', "',' or ']'"));
}

absl::Status JsonReader::Finish() {
  if (cursor_.AtEnd()) return absl::OkStatus();
  cursor_.Fail("expected the end");
  return cursor_.Error();
}

bool JsonReader::Value(const MessageInfo& info, const std::vector<Bound>* bound, Message* message) {
  if (!Enter()) return false;
  bool read = false;
  switch (info.kind) {
    case WellKnown::kNone:
      read = Object(info, bound, message, /*skip_type=*/false);
      break;
    case WellKnown::kAny:
      read = Any(info, message);
      break;
    case WellKnown::kTimestamp:
    case WellKnown::kDuration:
    case WellKnown::kFieldMask:
      read = TextForm(info, message);
      break;
    case WellKnown::kStruct:
      read = StructFields(info, message);
      break;
    case WellKnown::kValue:
      read = DynamicValue(info, message);
      break;
    case WellKnown::kListValue:
      read = ListValues(info, message);
      break;
    case WellKnown::kWrapper:
      read = Scalar(info.fields[0], message, /*add=*/false);
      break;
  }
  Leave();
  return read;
}

bool JsonReader::Unknown(const MessageInfo& info, const std::string& name) {
  // Whether it is JSON at all is the first question, also of what follows the name.
  if (!cursor_.Skip(kMessageDepthMax)) return false;
  std::string where = Where();
  Append(&where, where.empty() ? "" : ".", name);
  refusal_ = platform::Error(absl::StatusCode::kInvalidArgument, "FIELD_UNKNOWN",
                             Cat("'", info.descriptor->full_name(), "' has no field '", name, "'"))
                 .With("field", where)
                 .Field(where, "there is no such field");
  return false;
}

bool JsonReader::Object(const MessageInfo& info, const std::vector<Bound>* bound, Message* message,
                        bool skip_type) {
  const char next = cursor_.Peek();
  if (next == '[' || next == '"' || next == 't' || next == 'f' || next == 'n' || next == '-' ||
      (next >= '0' && next <= '9')) {
    return cursor_.Skip(kMessageDepthMax) && WrongType("an object");
  }
  if (!cursor_.Expect('{', "an object")) return false;
  if (cursor_.TakeIf('}')) return true;
  SeenFields seen(info.fields.size());
  do {
    std::string_view name;
    if (!cursor_.String(&scratch_, &name)) return false;
    const FieldInfo* field = info.Find(name);
    const std::string unknown = field == nullptr ? std::string(name) : "";
    if (!cursor_.Expect(':', "a ':'")) return false;
    if (skip_type && unknown == "@type") {
      if (!cursor_.Skip(kMessageDepthMax)) return false;
      continue;
    }
    if (field == nullptr) return Unknown(info, unknown);
    place_.push_back({field, -1, ""});
    if (!seen.Insert(field->position)) return Refuse("FIELD_DUPLICATE", "is given twice");
    if (!Member(info, *field, bound, message)) return false;
    place_.pop_back();
  } while (cursor_.TakeIf(','));
  return cursor_.Expect('}', "',' or '}'");
}

bool JsonReader::Member(const MessageInfo& info, const FieldInfo& field,
                        const std::vector<Bound>* bound, Message* message) {
  const Bound* taken = FindBound(bound, field);
  if (taken != nullptr && taken->whole) {
    return Refuse("FIELD_DUPLICATE", "is set by the path; leave it out of the body");
  }
  if (cursor_.Peek() == 'n' && !field.null_is_value) return cursor_.Literal("null");
  if (const auto* oneof = field.field->real_containing_oneof();
      oneof != nullptr && message->GetReflection()->HasOneof(*message, oneof)) {
    return Refuse("FIELD_DUPLICATE",
                  Cat("cannot be given together with another field of '", oneof->name(), "'"));
  }
  if (field.field->is_map()) return Map(field, message);
  if (field.field->is_repeated()) return Repeated(field, message);
  return Singular(field, taken == nullptr ? nullptr : &taken->below, message);
}

bool JsonReader::Repeated(const FieldInfo& field, Message* message) {
  if (cursor_.Peek() != '[') return cursor_.Skip(kMessageDepthMax) && WrongType("an array");
  cursor_.TakeIf('[');
  if (cursor_.TakeIf(']')) return true;
  Place& place = place_.back();
  const std::size_t depth = place_.size();
  place.index = 0;
  do {
    if (cursor_.Peek() == 'n' && !field.null_is_value) {
      return cursor_.Literal("null") && WrongType("a value, not null");
    }
    const bool read = field.message != nullptr
                          ? Value(*field.message, nullptr,
                                  message->GetReflection()->AddMessage(message, field.field))
                          : Scalar(field, message, /*add=*/true);
    if (!read) return false;
    ++place_[depth - 1].index;
  } while (cursor_.TakeIf(','));
  place_[depth - 1].index = -1;
  return cursor_.Expect(']', "',' or ']'");
}

bool JsonReader::MapKey(const FieldInfo& key_field, std::string_view key, Message* entry) {
  const auto* reflection = entry->GetReflection();
  std::int64_t s64 = 0;
  std::uint64_t u64 = 0;
  std::int32_t s32 = 0;
  std::uint32_t u32 = 0;
  switch (key_field.field->cpp_type()) {
    case CppType::CPPTYPE_STRING:
      reflection->SetString(entry, key_field.field, std::string(key));
      return true;
    case CppType::CPPTYPE_BOOL:
      if (key != "true" && key != "false") return WrongType("keyed by \"true\" or \"false\"");
      reflection->SetBool(entry, key_field.field, key == "true");
      return true;
    case CppType::CPPTYPE_INT64:
      if (!ParseInt64(key, &s64)) return WrongType("keyed by 64-bit integers");
      reflection->SetInt64(entry, key_field.field, s64);
      return true;
    case CppType::CPPTYPE_UINT64:
      if (!ParseUint64(key, &u64)) return WrongType("keyed by unsigned 64-bit integers");
      reflection->SetUInt64(entry, key_field.field, u64);
      return true;
    case CppType::CPPTYPE_INT32:
      if (!ParseInt32(key, &s32)) return WrongType("keyed by 32-bit integers");
      reflection->SetInt32(entry, key_field.field, s32);
      return true;
    default:
      if (!ParseUint32(key, &u32)) return WrongType("keyed by unsigned 32-bit integers");
      reflection->SetUInt32(entry, key_field.field, u32);
      return true;
  }
}

bool JsonReader::Map(const FieldInfo& field, Message* message) {
  if (cursor_.Peek() != '{') return cursor_.Skip(kMessageDepthMax) && WrongType("an object");
  cursor_.TakeIf('{');
  if (cursor_.TakeIf('}')) return true;
  const FieldInfo& key_field = field.message->fields[0];
  const FieldInfo& value_field = field.message->fields[1];
  const std::size_t depth = place_.size();
  absl::flat_hash_set<std::string> seen;
  do {
    std::string_view key;
    if (!cursor_.String(&scratch_, &key)) return false;
    place_[depth - 1].key = std::string(key);
    if (!seen.emplace(std::string(key)).second) return Refuse("FIELD_DUPLICATE", "is given twice");
    Message* entry = message->GetReflection()->AddMessage(message, field.field);
    if (!MapKey(key_field, place_[depth - 1].key, entry)) return false;
    if (!cursor_.Expect(':', "a ':'")) return false;
    if (cursor_.Peek() == 'n' && !value_field.null_is_value) {
      return cursor_.Literal("null") && WrongType("a value, not null");
    }
    if (!Enter() || !Singular(value_field, nullptr, entry)) return false;
    Leave();
  } while (cursor_.TakeIf(','));
  place_[depth - 1].key.clear();
  return cursor_.Expect('}', "',' or '}'");
}

bool JsonReader::Singular(const FieldInfo& field, const std::vector<Bound>* bound,
                          Message* message) {
  if (field.message == nullptr) return Scalar(field, message, /*add=*/false);
  return Value(*field.message, bound,
               message->GetReflection()->MutableMessage(message, field.field));
}

bool JsonReader::NumberText(std::string_view* text, bool* quoted) {
  const char next = cursor_.Peek();
  *quoted = next == '"';
  if (*quoted) return cursor_.String(&scratch_, text);
  if (next == '-' || (next >= '0' && next <= '9')) return cursor_.Number(text);
  return cursor_.Skip(kMessageDepthMax) && WrongType("a number");
}

bool JsonReader::Scalar(const FieldInfo& info, Message* message, bool add) {
  const auto* field = info.field;
  const auto* reflection = message->GetReflection();
  const CppType type = field->cpp_type();
  if (type == CppType::CPPTYPE_STRING) return Text(info, message, add);
  if (type == CppType::CPPTYPE_ENUM) return Enum(info, message, add);
  if (type == CppType::CPPTYPE_BOOL) {
    const char next = cursor_.Peek();
    if (next != 't' && next != 'f') {
      return cursor_.Skip(kMessageDepthMax) && WrongType("true or false");
    }
    const bool value = next == 't';
    if (!cursor_.Literal(value ? "true" : "false")) return false;
    add ? reflection->AddBool(message, field, value) : reflection->SetBool(message, field, value);
    return true;
  }
  std::string_view text;
  bool quoted = false;
  if (!NumberText(&text, &quoted)) return false;
  const auto number = [&](auto value, auto parse, auto set, auto append, std::string_view what) {
    if (!parse(text, &value)) return WrongType(what);
    (reflection->*(add ? append : set))(message, field, value);
    return true;
  };
  using R = pb::Reflection;
  switch (type) {
    case CppType::CPPTYPE_INT32:
      return number(std::int32_t{}, ParseInt32, &R::SetInt32, &R::AddInt32,
                    "a whole number of 32 bits");
    case CppType::CPPTYPE_INT64:
      return number(std::int64_t{}, ParseInt64, &R::SetInt64, &R::AddInt64,
                    "a whole number of 64 bits");
    case CppType::CPPTYPE_UINT32:
      return number(std::uint32_t{}, ParseUint32, &R::SetUInt32, &R::AddUInt32,
                    "a whole number from 0, of 32 bits");
    case CppType::CPPTYPE_UINT64:
      return number(std::uint64_t{}, ParseUint64, &R::SetUInt64, &R::AddUInt64,
                    "a whole number from 0, of 64 bits");
    case CppType::CPPTYPE_DOUBLE:
      return number(double{}, quoted ? ParseQuotedDouble : ParseDouble, &R::SetDouble,
                    &R::AddDouble, "a number that a double can hold");
    case CppType::CPPTYPE_FLOAT:
      return number(float{}, quoted ? ParseQuotedFloat : ParseFloat, &R::SetFloat, &R::AddFloat,
                    "a number that a float can hold");
    default:
      return cursor_.Fail("expected another value");
  }
}

bool JsonReader::Enum(const FieldInfo& info, Message* message, bool add) {
  const auto* type = info.field->enum_type();
  const auto* reflection = message->GetReflection();
  const char next = cursor_.Peek();
  std::int32_t number = 0;
  if (next == '"') {
    std::string_view name;
    if (!cursor_.String(&scratch_, &name)) return false;
    const auto* value = type->FindValueByName(std::string(name));
    if (value == nullptr) {
      return WrongType(Cat("one of ", type->full_name(), ", and '", name, "' is not"));
    }
    number = value->number();
  } else if (next == 'n' && info.null_is_value) {
    if (!cursor_.Literal("null")) return false;
  } else if (next == '-' || (next >= '0' && next <= '9')) {
    std::string_view text;
    if (!cursor_.Number(&text)) return false;
    if (!ParseInt32(text, &number)) return WrongType("the name or number of an enum value");
  } else {
    return cursor_.Skip(kMessageDepthMax) && WrongType("the name of an enum value");
  }
  add ? reflection->AddEnumValue(message, info.field, number)
      : reflection->SetEnumValue(message, info.field, number);
  return true;
}

bool JsonReader::Text(const FieldInfo& info, Message* message, bool add) {
  const bool bytes = info.field->type() == pb::FieldDescriptor::TYPE_BYTES;
  if (cursor_.Peek() != '"') {
    return cursor_.Skip(kMessageDepthMax) && WrongType(bytes ? "base64 in a string" : "a string");
  }
  std::string_view text;
  if (!cursor_.String(&scratch_, &text)) return false;
  std::string value;
  if (!bytes) {
    value = std::string(text);
  } else if (!DecodeBase64(text, &value)) {
    return WrongType("base64");
  }
  const auto* reflection = message->GetReflection();
  add ? reflection->AddString(message, info.field, std::move(value))
      : reflection->SetString(message, info.field, std::move(value));
  return true;
}

bool JsonReader::TextForm(const MessageInfo& info, Message* message) {
  const std::string_view expected =
      info.kind == WellKnown::kTimestamp
          ? "a time such as \"2026-05-01T09:00:00Z\""
          : (info.kind == WellKnown::kDuration ? "a duration such as \"1.5s\""
                                               : "field paths such as \"name,contact.email\"");
  if (cursor_.Peek() != '"') return cursor_.Skip(kMessageDepthMax) && WrongType(expected);
  std::string_view text;
  if (!cursor_.String(&scratch_, &text)) return false;
  SecondsNanos value;
  std::vector<std::string> paths;
  switch (info.kind) {
    case WellKnown::kTimestamp:
      if (!ParseTimestamp(text, &value)) return WrongType(expected);
      SetSecondsNanos(info, value, message);
      return true;
    case WellKnown::kDuration:
      if (!ParseDuration(text, &value)) return WrongType(expected);
      SetSecondsNanos(info, value, message);
      return true;
    default:
      if (!ParseFieldMask(text, &paths)) return WrongType(expected);
      for (auto& path : paths) {
        message->GetReflection()->AddString(message, info.fields[0].field, std::move(path));
      }
      return true;
  }
}

bool JsonReader::DynamicValue(const MessageInfo& info, Message* message) {
  const auto* reflection = message->GetReflection();
  const auto field = [&](std::string_view name) -> const FieldInfo& {
    return FieldNamed(info, name);
  };
  switch (cursor_.Peek()) {
    case 'n':
      reflection->SetEnumValue(message, field("null_value").field, 0);
      return cursor_.Literal("null");
    case 't':
    case 'f':
      return Scalar(field("bool_value"), message, /*add=*/false);
    case '"':
      return Scalar(field("string_value"), message, /*add=*/false);
    case '{':
      return Singular(field("struct_value"), nullptr, message);
    case '[':
      return Singular(field("list_value"), nullptr, message);
    default:
      return Scalar(field("number_value"), message, /*add=*/false);
  }
}

bool JsonReader::StructFields(const MessageInfo& info, Message* message) {
  place_.push_back({nullptr, -1, ""});
  const bool read = Map(info.fields[0], message);
  if (read) place_.pop_back();
  return read;
}

bool JsonReader::ListValues(const MessageInfo& info, Message* message) {
  place_.push_back({nullptr, -1, ""});
  const bool read = Repeated(info.fields[0], message);
  if (read) place_.pop_back();
  return read;
}

// "@type" may stand anywhere in the object, and what the rest means depends on it.
bool JsonReader::FindType(std::string* type_url, bool* empty) {
  const std::size_t begin = cursor_.position();
  if (!cursor_.Expect('{', "an object")) return false;
  *empty = cursor_.TakeIf('}');
  if (*empty) return true;
  bool found = false;
  do {
    std::string_view name;
    if (!cursor_.String(&scratch_, &name)) return false;
    const bool is_type = name == "@type";
    if (!cursor_.Expect(':', "a ':'")) return false;
    if (!is_type) {
      if (!cursor_.Skip(kMessageDepthMax)) return false;
      continue;
    }
    if (found) return Refuse("FIELD_DUPLICATE", "has '@type' twice");
    if (cursor_.Peek() != '"') return WrongType("an object with a string '@type'");
    if (!cursor_.String(&scratch_, &name)) return false;
    *type_url = std::string(name);
    found = true;
  } while (cursor_.TakeIf(','));
  if (!cursor_.Expect('}', "',' or '}'")) return false;
  if (!found) return WrongType("an object with '@type'");
  cursor_.set_position(begin);
  return true;
}

bool JsonReader::Any(const MessageInfo& info, Message* message) {
  if (cursor_.Peek() != '{') return cursor_.Skip(kMessageDepthMax) && WrongType("an object");
  if (any_depth_ == kAnyDepthMax) return cursor_.Fail("Any nested too deeply");
  std::string type_url;
  bool empty = false;
  if (!FindType(&type_url, &empty)) return false;
  if (empty) return true;
  const std::size_t slash = type_url.rfind('/');
  const MessageInfo* inner =
      slash == std::string::npos ? nullptr : schema_.Find(type_url.substr(slash + 1));
  if (inner == nullptr) {
    return WrongType(Cat("of a type that is known here, and '", type_url, "' is not"));
  }
  ++any_depth_;
  std::unique_ptr<Message> value(inner->prototype->New());
  if (inner->kind == WellKnown::kNone) {
    if (!Enter() || !Object(*inner, nullptr, value.get(), /*skip_type=*/true)) return false;
    Leave();
  } else if (!AnyMembers(*inner, value.get())) {
    return false;
  }
  --any_depth_;
  const auto* reflection = message->GetReflection();
  reflection->SetString(message, FieldNamed(info, "type_url").field, std::move(type_url));
  reflection->SetString(message, FieldNamed(info, "value").field, value->SerializeAsString());
  return true;
}

// {"@type": …, "value": …}: of types whose JSON is not an object of their fields.
bool JsonReader::AnyMembers(const MessageInfo& inner, Message* value) {
  cursor_.Expect('{', "an object");
  bool seen = false;
  do {
    std::string_view name;
    if (!cursor_.String(&scratch_, &name)) return false;
    const bool is_value = name == "value";
    const bool is_type = name == "@type";
    cursor_.Expect(':', "a ':'");
    if (is_type) {
      if (!cursor_.Skip(kMessageDepthMax)) return false;
      continue;
    }
    if (!is_value || seen) return WrongType("an object of '@type' and 'value'");
    seen = true;
    if (!Value(inner, nullptr, value)) return false;
  } while (cursor_.TakeIf(','));
  return cursor_.Expect('}', "',' or '}'");
}

}  // namespace assay::gateway
