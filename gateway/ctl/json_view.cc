#include "gateway/ctl/json_view.h"

#include "absl/strings/numbers.h"

namespace assay::gateway::ctl {

const Json& At(const Json& object, std::string_view key) {
  static const Json* const kNull = new Json();
  if (!object.is_object()) return *kNull;
  const auto it = object.find(std::string(key));
  return it == object.end() ? *kNull : *it;
}

std::string Text(const Json& object, std::string_view key) {
  const Json& value = At(object, key);
  const auto* text = value.get_ptr<const Json::string_t*>();
  return text == nullptr ? std::string() : *text;
}

std::optional<double> MaybeNumber(const Json& object, std::string_view key) {
  const Json& value = At(object, key);
  if (value.is_number()) return value.get<double>();
  double number = 0;
  if (value.is_string() && absl::SimpleAtod(Text(object, key), &number)) return number;
  return std::nullopt;
}

double Number(const Json& object, std::string_view key) {
  return MaybeNumber(object, key).value_or(0);
}

std::int64_t Int(const Json& object, std::string_view key) {
  const Json& value = At(object, key);
  if (value.is_number_integer()) return value.get<std::int64_t>();
  std::int64_t number = 0;
  if (value.is_string() && absl::SimpleAtoi(Text(object, key), &number)) return number;
  return static_cast<std::int64_t>(Number(object, key));
}

bool Flag(const Json& object, std::string_view key) {
  const Json& value = At(object, key);
  return value.is_boolean() && value.get<bool>();
}

const Json& Items(const Json& object, std::string_view key) {
  static const Json* const kNone = new Json(Json::array());
  const Json& value = At(object, key);
  return value.is_array() ? value : *kNone;
}

Json ParseJson(std::string_view text) {
  Json value = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  return value.is_discarded() ? Json() : value;
}

}  // namespace assay::gateway::ctl
