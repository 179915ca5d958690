// Protobuf ↔ model, and what a request must look like.
#pragma once
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "assay/notifications/v1/inbox_service.pb.h"
#include "services/notifications/model.h"
#include "services/notifications/store.h"
#include "services/platform/rpc/call.h"

namespace assay::notifications {

// The mailboxes that the caller's token opens: their own, their roles', and for people and
// portals of a centre the centre's.
Reader ReaderOf(const platform::Call& call);

// "messages/x" → "x". INVALID_ARGUMENT (FIELD_INVALID) if it is not one.
absl::StatusOr<std::string> MessageIdOf(const std::string& name);

// "contacts/centres/x" → "centres/x". INVALID_ARGUMENT (MAILBOX_INVALID) if it is not one,
// NOT_FOUND (CONTACT_NOT_FOUND) if the caller may not act for the mailbox.
absl::StatusOr<std::string> MailboxOf(const platform::Call& call, const std::string& field,
                                      const std::string& name);
absl::Status ContactNotFound(const std::string& mailbox);

// INVALID_ARGUMENT (ADDRESS_INVALID) unless it is empty or an address.
absl::Status CheckAddress(const std::string& email);

v1::Message ToProto(const Message& message);
v1::Contact ToProto(const Contact& contact);
v1::Delivery ToProto(const Delivery& delivery);

}  // namespace assay::notifications
