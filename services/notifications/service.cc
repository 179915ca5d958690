#include "services/notifications/service.h"

#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "assay/notifications/v1/inbox_service.pb.h"
#include "services/notifications/commands/update_contact.h"
#include "services/notifications/convert.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/error/error.h"
#include "services/platform/rpc/page.h"

namespace assay::notifications {
namespace {

using platform::Call;
using platform::Transaction;

absl::StatusOr<v1::ListMessagesResponse> ListMessages(Store& store, const Call& call,
                                                      const v1::ListMessagesRequest& request,
                                                      Transaction& tx) {
  const Reader reader = ReaderOf(call);
  const std::string query =
      absl::StrCat("messages\n", reader.tenant, "\n", reader.subject, "\n",
                   absl::StrJoin(reader.mailboxes, "\n"), "\n", request.unread_only());
  ASSIGN_OR_RETURN(const std::int32_t size, platform::PageSize(request.page_size()));
  ASSIGN_OR_RETURN(const std::string after, platform::DecodePageToken(request.page_token(), query));
  ASSIGN_OR_RETURN(const MessagePage page,
                   store.ListMessages(tx, reader, request.unread_only(), after, size));
  v1::ListMessagesResponse response;
  for (const Message& message : page.messages) *response.add_messages() = ToProto(message);
  if (!page.next.empty()) {
    response.set_next_page_token(platform::EncodePageToken(page.next, query));
  }
  return response;
}

absl::StatusOr<v1::Message> MarkRead(Store& store, const Call& call,
                                     const v1::MarkMessageReadRequest& request, Transaction& tx) {
  const Reader reader = ReaderOf(call);
  ASSIGN_OR_RETURN(const std::string id, MessageIdOf(request.name()));
  ASSIGN_OR_RETURN(Message message, store.GetMessage(tx, reader, id));
  if (!message.read_time.has_value()) {
    RETURN_IF_ERROR(store.MarkRead(tx, reader, id, call.now));
    message.read_time = call.now;
  }
  return ToProto(message);
}

absl::StatusOr<v1::Contact> GetContact(Store& store, const Call& call,
                                       const v1::GetContactRequest& request, Transaction& tx) {
  ASSIGN_OR_RETURN(const std::string mailbox, MailboxOf(call, "name", request.name()));
  ASSIGN_OR_RETURN(const std::optional<Contact> contact,
                   store.FindContact(tx, call.tenant(), mailbox));
  if (!contact.has_value()) return ContactNotFound(mailbox);
  return ToProto(*contact);
}

absl::StatusOr<v1::Contact> Update(Store& store, const Call& call,
                                   const v1::UpdateContactRequest& request, Transaction& tx) {
  const v1::Contact& wanted = request.contact();
  ASSIGN_OR_RETURN(const std::string mailbox, MailboxOf(call, "contact.name", wanted.name()));
  RETURN_IF_ERROR(CheckAddress(wanted.email()));
  ASSIGN_OR_RETURN(const Contact contact,
                   UpdateContact(tx, store, call.tenant(), mailbox, wanted.email(), wanted.etag()));
  return ToProto(contact);
}

absl::StatusOr<v1::ListDeliveriesResponse> ListDeliveries(Store& store, const Call& call,
                                                          const v1::ListDeliveriesRequest& request,
                                                          Transaction& tx) {
  if (!v1::Delivery::State_IsValid(request.state())) {
    return platform::Error(absl::StatusCode::kInvalidArgument, "FIELD_INVALID",
                           "state is not a known value")
        .Field("state", "is not a known value");
  }
  std::optional<DeliveryState> state;
  if (request.state() != v1::Delivery::STATE_UNSPECIFIED) {
    state = static_cast<DeliveryState>(request.state());
  }
  const std::string query =
      absl::StrCat("deliveries\n", call.principal->tenant, "\n", request.state());
  ASSIGN_OR_RETURN(const std::int32_t size, platform::PageSize(request.page_size()));
  ASSIGN_OR_RETURN(const std::string after, platform::DecodePageToken(request.page_token(), query));
  ASSIGN_OR_RETURN(const DeliveryPage page,
                   store.ListDeliveries(tx, call.tenant(), state, after, size));
  v1::ListDeliveriesResponse response;
  for (const Delivery& delivery : page.deliveries) *response.add_deliveries() = ToProto(delivery);
  if (!page.next.empty()) {
    response.set_next_page_token(platform::EncodePageToken(page.next, query));
  }
  return response;
}

}  // namespace

void RegisterRpcs(platform::Router& router, Store& store) {
  router.Read<v1::ListMessagesRequest, v1::ListMessagesResponse>(
      "assay.notifications.v1.InboxService/ListMessages",
      [&store](const Call& call, const v1::ListMessagesRequest& request, Transaction& tx) {
        return ListMessages(store, call, request, tx);
      });
  router.Read<v1::GetMessageRequest, v1::Message>(
      "assay.notifications.v1.InboxService/GetMessage",
      [&store](const Call& call, const v1::GetMessageRequest& request,
               Transaction& tx) -> absl::StatusOr<v1::Message> {
        ASSIGN_OR_RETURN(const std::string id, MessageIdOf(request.name()));
        ASSIGN_OR_RETURN(const Message message, store.GetMessage(tx, ReaderOf(call), id));
        return ToProto(message);
      });
  router.Write<v1::MarkMessageReadRequest, v1::Message>(
      "assay.notifications.v1.InboxService/MarkMessageRead",
      [&store](const Call& call, const v1::MarkMessageReadRequest& request, Transaction& tx) {
        return MarkRead(store, call, request, tx);
      });
  router.Read<v1::GetContactRequest, v1::Contact>(
      "assay.notifications.v1.InboxService/GetContact",
      [&store](const Call& call, const v1::GetContactRequest& request, Transaction& tx) {
        return GetContact(store, call, request, tx);
      });
  router.Write<v1::UpdateContactRequest, v1::Contact>(
      "assay.notifications.v1.InboxService/UpdateContact",
      [&store](const Call& call, const v1::UpdateContactRequest& request, Transaction& tx) {
        return Update(store, call, request, tx);
      });
  router.Read<v1::ListDeliveriesRequest, v1::ListDeliveriesResponse>(
      "assay.notifications.v1.InboxService/ListDeliveries",
      [&store](const Call& call, const v1::ListDeliveriesRequest& request, Transaction& tx) {
        return ListDeliveries(store, call, request, tx);
      });
}

}  // namespace assay::notifications
