#include "services/moderation/policies/members.h"

#include <cmath>

namespace assay::moderation {

using platform::View;

bool Members::Is(const char* name, std::string_view text) const {
  const auto it = object_.find(name);
  return it != object_.end() && it->is_string() && it->get_ref<const std::string&>() == text;
}

std::string Members::Text(const char* name) {
  const Json* value = Find(name, true);
  if (value == nullptr) return "";
  if (!value->is_string()) return Wrong(name, "is not a text"), "";
  return value->get<std::string>();
}

std::int64_t Members::Whole(const char* name, std::int64_t otherwise) {
  constexpr double kLargest = 1e12;
  const Json* value = Find(name, false);
  if (value == nullptr) return otherwise;
  if (!value->is_number_integer()) return Wrong(name, "is not a whole number"), otherwise;
  if (std::abs(value->get<double>()) > kLargest) return Wrong(name, "is out of range"), otherwise;
  return value->get<std::int64_t>();
}

double Members::Number(const char* name, double otherwise) {
  const Json* value = Find(name, false);
  if (value == nullptr) return otherwise;
  if (!value->is_number()) return Wrong(name, "is not a number"), otherwise;
  return value->get<double>();
}

bool Members::Flag(const char* name, bool otherwise) {
  const Json* value = Find(name, false);
  if (value == nullptr) return otherwise;
  if (!value->is_boolean()) return Wrong(name, "is neither true nor false"), otherwise;
  return value->get<bool>();
}

std::int64_t Members::Hundredths(const char* name, std::int64_t otherwise) {
  const double hundredths = Number(name, static_cast<double>(otherwise) / 100) * 100;
  if (!(std::abs(hundredths) <= 1e9) || std::abs(hundredths - std::round(hundredths)) > 1e-6) {
    return Wrong(name, "has more than two decimals"), otherwise;
  }
  return std::llround(hundredths);
}

absl::CivilDay Members::Day(const char* name) {
  const std::string text = Text(name);
  absl::CivilDay day;
  // Only the full form: a bare year would be read as its first day.
  if (text.size() != 10 || !absl::ParseCivilTime(text, &day)) {
    Wrong(name, "is not a day such as 2026-01-01");
  }
  return day;
}

std::vector<std::string> Members::Texts(const char* name) {
  std::vector<std::string> texts;
  const Json* list = Array(name, false);
  for (std::size_t i = 0; list != nullptr && i < list->size(); ++i) {
    if ((*list)[i].is_string()) {
      texts.push_back((*list)[i].get<std::string>());
    } else {
      Wrong(absl::StrCat(name, "[", i, "]"), "is not a text");
    }
  }
  return texts;
}

std::vector<std::int64_t> Members::Wholes(const char* name) {
  std::vector<std::int64_t> wholes;
  const Json* list = Array(name, false);
  for (std::size_t i = 0; list != nullptr && i < list->size(); ++i) {
    if ((*list)[i].is_number_integer()) {
      wholes.push_back((*list)[i].get<std::int64_t>());
    } else {
      Wrong(absl::StrCat(name, "[", i, "]"), "is not a whole number");
    }
  }
  return wholes;
}

void Members::EachObject(const char* name, const std::function<void(Members&)>& read) {
  const Json* list = Array(name, true);
  for (std::size_t i = 0; list != nullptr && i < list->size(); ++i) {
    const std::string place = absl::StrCat(name, "[", i, "]");
    if (!(*list)[i].is_object()) {
      Wrong(place, "is not an object");
      continue;
    }
    Members item((*list)[i], PlaceOf(place), problems_);
    read(item);
    item.RefuseOthers();
  }
}

void Members::Object(const char* name, const std::function<void(Members&)>& read) {
  const Json* value = Find(name, false);
  if (value == nullptr) return;
  if (!value->is_object()) return Wrong(name, "is not an object");
  Members object(*value, PlaceOf(name), problems_);
  read(object);
  object.RefuseOthers();
}

void Members::RefuseOthers() {
  for (const auto& [name, value] : object_.items()) {
    if (!asked_.contains(name)) Wrong(name, "is not known");
  }
}

void Members::Wrong(std::string_view name, std::string_view what) {
  problems_.push_back({PlaceOf(name), std::string(what)});
}

const Members::Json* Members::Find(const char* name, bool needed) {
  asked_.insert(name);
  const auto it = object_.find(name);
  if (it != object_.end()) return &*it;
  if (needed) Wrong(name, "is missing");
  return nullptr;
}

const Members::Json* Members::Array(const char* name, bool needed) {
  const Json* value = Find(name, needed);
  if (value == nullptr) return nullptr;
  if (!value->is_array()) return Wrong(name, "is not a list"), nullptr;
  if (value->size() > kListMax) {
    return Wrong(name, absl::StrCat("has more than ", kListMax, " items")), nullptr;
  }
  return value;
}

std::string Members::PlaceOf(std::string_view name) const {
  return where_.empty() ? std::string(name) : absl::StrCat(where_, ".", View(name));
}

}  // namespace assay::moderation
