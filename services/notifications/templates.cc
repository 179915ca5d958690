#include "services/notifications/templates.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <algorithm>
#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "assay/approval/v1/events.pb.h"
#include "assay/evidence/v1/events.pb.h"
#include "assay/moderation/v1/events.pb.h"
#include "services/notifications/model.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/core/view.h"

namespace assay::notifications {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using nlohmann::json;
using platform::View;

constexpr std::size_t kTitleBytesMax = 200;

// Nothing else refers to the event messages; without this the linker leaves them out.
const void* const kLinked[] = {approval::v1::CentresImported::descriptor(),
                               evidence::v1::EvidenceUploaded::descriptor(),
                               moderation::v1::SubmissionOpened::descriptor()};

const Descriptor* FindType(const std::string& name) {
  return kLinked[0] == nullptr
             ? nullptr
             : google::protobuf::DescriptorPool::generated_pool()->FindMessageTypeByName(name);
}

std::string FieldText(const google::protobuf::Message& message, const FieldDescriptor& field) {
  const auto& reflection = *message.GetReflection();
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      return reflection.GetString(message, &field);
    case FieldDescriptor::CPPTYPE_INT32:
      return absl::StrCat(reflection.GetInt32(message, &field));
    case FieldDescriptor::CPPTYPE_INT64:
      return absl::StrCat(reflection.GetInt64(message, &field));
    case FieldDescriptor::CPPTYPE_BOOL:
      return reflection.GetBool(message, &field) ? "yes" : "no";
    default:
      return "";
  }
}

// A field that FieldText can show, or nullptr.
const FieldDescriptor* ShownField(const Descriptor& type, std::string_view name) {
  const FieldDescriptor* field = type.FindFieldByName(std::string(name));
  if (field == nullptr || field->is_repeated()) return nullptr;
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
    case FieldDescriptor::CPPTYPE_INT32:
    case FieldDescriptor::CPPTYPE_INT64:
    case FieldDescriptor::CPPTYPE_BOOL:
      return field;
    default:
      return nullptr;
  }
}

// `text` with each {name} replaced by what `value_of` gives for it.
std::string Fill(std::string_view text,
                 const std::function<std::string(std::string_view)>& value_of) {
  std::string out;
  for (;;) {
    const std::size_t open = text.find('{');
    const std::size_t close = text.find('}', open == std::string_view::npos ? open : open + 1);
    out.append(text.substr(0, close == std::string_view::npos ? close : open));
    if (close == std::string_view::npos) return out;
    out += value_of(text.substr(open + 1, close - open - 1));
    text.remove_prefix(close + 1);
  }
}

// One line that can stand in a mail's header, cut between characters.
std::string OneLine(std::string text) {
  std::replace_if(
      text.begin(), text.end(), [](unsigned char c) { return c < 0x20 || c == 0x7f; }, ' ');
  if (text.size() > kTitleBytesMax) {
    std::size_t end = kTitleBytesMax;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
    text.resize(end);
  }
  return text;
}

absl::Status Wrong(std::string_view event, std::string_view what) {
  return absl::InvalidArgumentError(
      absl::StrCat("message templates: ", View(event), ": ", View(what)));
}

std::string StringAt(const json& object, const char* key) {
  const auto it = object.find(key);
  return it != object.end() && it->is_string() ? it->get<std::string>() : "";
}

// A string, or an array of lines.
std::string LinesAt(const json& object, const char* key) {
  const auto it = object.find(key);
  if (it == object.end() || !it->is_array()) return StringAt(object, key);
  std::string text;
  for (const json& line : *it) {
    if (!line.is_string()) return "";
    text += line.get<std::string>() + "\n";
  }
  return text;
}

// What follows `prefix` in `text`, or "".
std::string After(std::string_view prefix, std::string_view text) {
  return text.substr(0, prefix.size()) == prefix ? std::string(text.substr(prefix.size())) : "";
}

}  // namespace

absl::Status Templates::Check(const Template& entry) {
  const Descriptor* type = FindType(entry.event);
  if (type == nullptr) return Wrong(entry.event, "is not an event");
  if (entry.title.empty() || entry.body.empty()) return Wrong(entry.event, "has no title or body");
  if (entry.to.empty()) return Wrong(entry.event, "goes to nobody");
  for (const auto& [field, value] : entry.when) {
    if (ShownField(*type, field) == nullptr) return Wrong(entry.event, "has no field " + field);
  }
  for (const std::string& to : entry.to) {
    const std::string field = to == "centre" ? to : After("field:", to);
    if (!field.empty() && ShownField(*type, field) == nullptr) {
      return Wrong(entry.event, "has no field " + field);
    }
    if (field.empty() && to != "actor" && !IsMailbox("roles/" + After("role:", to))) {
      return Wrong(entry.event, "has an audience that is not known: " + to);
    }
  }
  std::string unknown;
  Fill(entry.title + entry.body, [&](std::string_view field) {
    if (ShownField(*type, field) == nullptr) unknown = std::string(field);
    return "";
  });
  return unknown.empty() ? absl::OkStatus() : Wrong(entry.event, "has no field " + unknown);
}

absl::StatusOr<Templates> Templates::Parse(std::string_view text) {
  const json root = json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!root.is_object() || !root.contains("templates") || !root["templates"].is_array()) {
    return absl::InvalidArgumentError("message templates: not a JSON object with `templates`");
  }
  Templates out;
  for (const json& item : root["templates"]) {
    if (!item.is_object()) return Wrong("templates", "one is not an object");
    Template entry{.event = StringAt(item, "event"),
                   .when = {},
                   .to = {},
                   .email = item.contains("email") && item["email"] == true,
                   .title = StringAt(item, "title"),
                   .body = LinesAt(item, "body")};
    if (item.contains("when")) {
      for (const auto& [field, value] : item["when"].items()) {
        if (!value.is_string()) return Wrong(entry.event, "`when` takes strings");
        entry.when[field] = value.get<std::string>();
      }
    }
    if (item.contains("to")) {
      for (const json& to : item["to"]) {
        if (!to.is_string()) return Wrong(entry.event, "`to` takes strings");
        entry.to.push_back(to.get<std::string>());
      }
    }
    RETURN_IF_ERROR(Check(entry));
    out.templates_.push_back(std::move(entry));
  }
  if (root.contains("silent")) {
    for (const auto& [event, reason] : root["silent"].items()) {
      if (FindType(event) == nullptr) return Wrong(event, "is not an event");
      if (!reason.is_string()) return Wrong(event, "is silent without a reason");
      out.silent_[event] = reason.get<std::string>();
    }
  }
  return out;
}

bool Templates::Knows(std::string_view event_type) const {
  return silent_.find(event_type) != silent_.end() ||
         std::any_of(templates_.begin(), templates_.end(),
                     [&](const Template& entry) { return entry.event == event_type; });
}

absl::StatusOr<std::vector<Draft>> Templates::Render(const platform::Event& event) const {
  std::vector<Draft> drafts;
  const Descriptor* type = FindType(event.type);
  if (type == nullptr) return drafts;
  const std::unique_ptr<google::protobuf::Message> payload(
      google::protobuf::MessageFactory::generated_factory()->GetPrototype(type)->New());
  if (!payload->ParseFromString(event.payload)) {
    return absl::InvalidArgumentError(absl::StrCat(event.type, " does not parse"));
  }
  const auto value_of = [&](std::string_view name) {
    const FieldDescriptor* field = ShownField(*type, name);
    return field == nullptr ? "" : FieldText(*payload, *field);
  };
  const auto mailbox_of = [&](const std::string& to) -> std::string {
    if (to == "actor") return event.actor;
    if (to == "centre") return value_of("centre");
    if (std::string role = After("role:", to); !role.empty()) return "roles/" + role;
    return value_of(After("field:", to));
  };
  std::set<std::string> told;
  for (const Template& entry : templates_) {
    if (entry.event != event.type) continue;
    if (!std::all_of(entry.when.begin(), entry.when.end(),
                     [&](const auto& item) { return value_of(item.first) == item.second; })) {
      continue;
    }
    for (const std::string& to : entry.to) {
      std::string mailbox = mailbox_of(to);
      // A program that acted, or an empty field, has no mailbox.
      if (!IsMailbox(mailbox) || !told.insert(mailbox).second) continue;
      drafts.push_back({.mailbox = std::move(mailbox),
                        .title = OneLine(Fill(entry.title, value_of)),
                        .body = Fill(entry.body, value_of),
                        .email = entry.email});
    }
  }
  return drafts;
}

}  // namespace assay::notifications
