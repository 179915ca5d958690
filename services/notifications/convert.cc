#include "services/notifications/convert.h"

#include <google/protobuf/util/time_util.h>

#include <algorithm>
#include <string_view>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "services/notifications/errors.h"
#include "services/platform/error/error.h"
#include "services/platform/rpc/etag.h"

namespace assay::notifications {
namespace {

using platform::Error;

constexpr std::string_view kMessages = "messages/";
constexpr std::string_view kContacts = "contacts/";

google::protobuf::Timestamp ToTimestamp(absl::Time time) {
  return google::protobuf::util::TimeUtil::MicrosecondsToTimestamp(absl::ToUnixMicros(time));
}

bool IsOfACentre(const platform::Principal& principal) {
  return !principal.centre.empty() &&
         std::any_of(principal.roles.begin(), principal.roles.end(), [](const std::string& role) {
           return absl::StartsWith(role, "centre_") || role == "portal";
         });
}

// Officers and portals of the tenant act for all of it; people of a centre for the centre
// and for themselves.
bool MayActFor(const platform::Principal& principal, const std::string& mailbox) {
  if (principal.centre.empty() &&
      (principal.Has("admin") || principal.Has("quality") || principal.Has("portal"))) {
    return true;
  }
  return mailbox == principal.subject || (IsOfACentre(principal) && mailbox == principal.centre);
}

}  // namespace

Reader ReaderOf(const platform::Call& call) {
  const platform::Principal& principal = *call.principal;
  Reader reader{
      .tenant = principal.tenant, .subject = principal.subject, .mailboxes = {principal.subject}};
  if (IsOfACentre(principal)) reader.mailboxes.push_back(principal.centre);
  // What is for a role of the awarding body is not for one centre's people.
  if (principal.centre.empty()) {
    for (const std::string& role : principal.roles) reader.mailboxes.push_back("roles/" + role);
  }
  return reader;
}

absl::StatusOr<std::string> MessageIdOf(const std::string& name) {
  if (name.size() > kMessages.size() && name.size() <= 128 &&
      name.compare(0, kMessages.size(), kMessages) == 0 &&
      name.find('/', kMessages.size()) == std::string::npos) {
    return name.substr(kMessages.size());
  }
  return Error(absl::StatusCode::kInvalidArgument, "FIELD_INVALID",
               "name is not messages/{message}")
      .Field("name", "is not messages/{message}");
}

absl::Status ContactNotFound(const std::string& mailbox) {
  const std::string name = "contacts/" + mailbox;
  return Error(absl::StatusCode::kNotFound, kContactNotFound,
               absl::StrCat("there is no contact ", name, " that you act for"))
      .With("contact", name);
}

absl::StatusOr<std::string> MailboxOf(const platform::Call& call, const std::string& field,
                                      const std::string& name) {
  if (name.compare(0, kContacts.size(), kContacts) != 0 ||
      !IsMailbox(std::string_view(name).substr(kContacts.size()))) {
    return Error(absl::StatusCode::kInvalidArgument, kMailboxInvalid,
                 absl::StrCat("\"", absl::CHexEscape(name),
                              "\" is not contacts/ followed by users/…, centres/… or roles/…"))
        .With("mailbox", name)
        .Field(field, "is not a contact's name");
  }
  std::string mailbox = name.substr(kContacts.size());
  if (!MayActFor(*call.principal, mailbox)) return ContactNotFound(mailbox);
  return mailbox;
}

absl::Status CheckAddress(const std::string& email) {
  if (email.empty() || IsEmailAddress(email)) return absl::OkStatus();
  return Error(absl::StatusCode::kInvalidArgument, kAddressInvalid,
               "contact.email is not an e-mail address of the form name@host")
      .With("field", "contact.email")
      .Field("contact.email", "is not an e-mail address");
}

v1::Message ToProto(const Message& message) {
  v1::Message out;
  out.set_name("messages/" + message.id);
  out.set_mailbox(message.mailbox);
  out.set_kind(message.kind);
  out.set_title(message.title);
  out.set_body(message.body);
  out.set_subject(message.subject);
  *out.mutable_create_time() = ToTimestamp(message.create_time);
  if (message.read_time.has_value()) *out.mutable_read_time() = ToTimestamp(*message.read_time);
  return out;
}

v1::Contact ToProto(const Contact& contact) {
  v1::Contact out;
  out.set_name("contacts/" + contact.mailbox);
  out.set_email(contact.email);
  out.set_etag(platform::EtagOf(contact.version));
  return out;
}

v1::Delivery ToProto(const Delivery& delivery) {
  v1::Delivery out;
  out.set_message("messages/" + delivery.message);
  out.set_state(static_cast<v1::Delivery::State>(delivery.state));
  out.set_attempts(delivery.attempts);
  out.set_error(delivery.error);
  *out.mutable_create_time() = ToTimestamp(delivery.create_time);
  return out;
}

}  // namespace assay::notifications
