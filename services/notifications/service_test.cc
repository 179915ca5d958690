// The service as it runs, in process, with a real SMTP server behind it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "assay/approval/v1/events.pb.h"
#include "assay/moderation/v1/events.pb.h"
#include "assay/notifications/v1/inbox_service.pb.h"
#include "services/notifications/errors.h"
#include "services/notifications/mail/smtp_sink.h"
#include "services/notifications/wiring.h"
#include "services/platform/testing/service_fixture.h"
#include "services/platform/testing/status_matchers.h"

namespace assay::notifications {
namespace {

using ::assay::platform::Event;
using ::assay::platform::testing::IsError;
using ::assay::platform::testing::IsOk;
using ::assay::platform::testing::TestService;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr char kList[] = "assay.notifications.v1.InboxService/ListMessages";
constexpr char kGet[] = "assay.notifications.v1.InboxService/GetMessage";
constexpr char kMarkRead[] = "assay.notifications.v1.InboxService/MarkMessageRead";
constexpr char kGetContact[] = "assay.notifications.v1.InboxService/GetContact";
constexpr char kUpdateContact[] = "assay.notifications.v1.InboxService/UpdateContact";
constexpr char kDeliveries[] = "assay.notifications.v1.InboxService/ListDeliveries";

class InboxServiceTest : public ::testing::Test {
 protected:
  InboxServiceTest() { Start(""); }
  void Start(const std::string& smtp) {
    service_.reset();
    config_.smtp = smtp;
    config_.smtp_tls = false;
    service_ = std::make_unique<TestService>(Definition(config_));
    exams_ = service_->Token(
        {.subject = "users/exams", .roles = {"centre_exams"}, .centre = "centres/a"});
    head_ =
        service_->Token({.subject = "users/head", .roles = {"centre_head"}, .centre = "centres/a"});
    stranger_ = service_->Token(
        {.subject = "users/stranger", .roles = {"centre_exams"}, .centre = "centres/b"});
    quality_ = service_->Token({.subject = "users/q", .roles = {"quality"}});
    moderator_ = service_->Token({.subject = "users/m", .roles = {"moderator"}});
    other_body_ =
        service_->Token({.tenant = "tenant-b", .subject = "users/q", .roles = {"quality"}});
  }
  Event HandIn(const std::string& id) {
    moderation::v1::SubmissionSubmitted payload;
    payload.set_submission("series/j/components/c/submissions/s");
    payload.set_centre("centres/a");
    payload.set_centre_title("Abbey School");
    payload.set_candidate_count(30);
    return {.id = id,
            .type = "assay.moderation.v1.SubmissionSubmitted",
            .tenant = "tenant-a",
            .subject = payload.submission(),
            .actor = "users/exams",
            .trace = "t",
            .time = service_->clock().Now(),
            .payload = payload.SerializeAsString()};
  }
  std::vector<v1::Message> List(const std::string& token, bool unread_only = false) {
    v1::ListMessagesRequest request;
    request.set_unread_only(unread_only);
    auto response = service_->Call<v1::ListMessagesResponse>(kList, request, token);
    EXPECT_THAT(response, IsOk());
    return {response->messages().begin(), response->messages().end()};
  }
  absl::StatusOr<v1::Message> MarkRead(const std::string& name, const std::string& token) {
    v1::MarkMessageReadRequest request;
    request.set_name(name);
    return service_->Call<v1::Message>(kMarkRead, request, token);
  }
  absl::StatusOr<v1::Contact> GetContact(const std::string& name, const std::string& token) {
    v1::GetContactRequest request;
    request.set_name(name);
    return service_->Call<v1::Contact>(kGetContact, request, token);
  }
  absl::StatusOr<v1::Contact> SetContact(const std::string& name, const std::string& email,
                                         const std::string& token, const std::string& etag = "") {
    v1::UpdateContactRequest request;
    request.mutable_contact()->set_name(name);
    request.mutable_contact()->set_email(email);
    request.mutable_contact()->set_etag(etag);
    return service_->Call<v1::Contact>(kUpdateContact, request, token);
  }
  std::vector<v1::Delivery> Deliveries(v1::Delivery::State state) {
    v1::ListDeliveriesRequest request;
    request.set_state(state);
    auto response = service_->Call<v1::ListDeliveriesResponse>(kDeliveries, request, quality_);
    EXPECT_THAT(response, IsOk());
    return {response->deliveries().begin(), response->deliveries().end()};
  }

  Config config_;
  std::unique_ptr<TestService> service_;
  std::string exams_, head_, stranger_, quality_, moderator_, other_body_;
};

TEST_F(InboxServiceTest, TellsWhoActedAndTheCentreAndNobodyElseNOT1) {
  ASSERT_THAT(service_->Deliver(HandIn("e1")), IsOk());
  // The exams officer has the receipt as a person and as the centre: one of them shows (NOT-2).
  ASSERT_THAT(List(exams_), SizeIs(1));
  EXPECT_EQ(List(exams_)[0].mailbox(), "users/exams");
  ASSERT_THAT(List(head_), SizeIs(1));
  const v1::Message message = List(head_)[0];
  EXPECT_EQ(message.mailbox(), "centres/a");
  EXPECT_EQ(message.kind(), "assay.moderation.v1.SubmissionSubmitted");
  EXPECT_EQ(message.subject(), "series/j/components/c/submissions/s");
  EXPECT_EQ(message.title(), "Marks handed in: 30 candidates, 0 without a mark");
  EXPECT_FALSE(message.has_read_time());
  const auto not_found = IsError(absl::StatusCode::kNotFound, kMessageNotFound);
  v1::GetMessageRequest request;
  request.set_name(message.name());
  EXPECT_THAT(service_->Call<v1::Message>(kGet, request, head_), IsOk());
  for (const std::string& token : {stranger_, quality_, moderator_, other_body_}) {
    EXPECT_THAT(List(token), IsEmpty());
    EXPECT_THAT(service_->Call<v1::Message>(kGet, request, token), not_found);
    EXPECT_THAT(MarkRead(message.name(), token), not_found);
  }
}

TEST_F(InboxServiceTest, OpensARolesMailboxToItsRole) {
  moderation::v1::SubmissionJudged payload;
  payload.set_submission("series/j/components/c/submissions/s");
  payload.set_action("ACTION_ADJUSTED");
  Event event = HandIn("e1");
  event.type = "assay.moderation.v1.SubmissionJudged";
  event.payload = payload.SerializeAsString();
  ASSERT_THAT(service_->Deliver(event), IsOk());
  EXPECT_THAT(List(quality_), SizeIs(1));
  for (const std::string& token : {exams_, moderator_, other_body_}) {
    EXPECT_THAT(List(token), IsEmpty());
  }
}

TEST_F(InboxServiceTest, TheSameEventFiveTimesIsOneMessageNOT2) {
  for (int i = 0; i < 5; ++i) ASSERT_THAT(service_->Deliver(HandIn("e1")), IsOk());
  EXPECT_THAT(List(head_), SizeIs(1));
  ASSERT_THAT(service_->Deliver(HandIn("e2")), IsOk());
  EXPECT_THAT(List(head_), SizeIs(2));
}

TEST_F(InboxServiceTest, EachReaderMarksForThemselves) {
  ASSERT_THAT(service_->Deliver(HandIn("e1")), IsOk());
  const std::string name = List(head_)[0].name();
  service_->clock().Advance(absl::Minutes(5));
  auto read = MarkRead(name, head_);
  ASSERT_THAT(read, IsOk());
  EXPECT_EQ(read->read_time().seconds(), absl::ToUnixSeconds(service_->clock().Now()));
  service_->clock().Advance(absl::Minutes(5));
  auto again = MarkRead(name, head_);
  ASSERT_THAT(again, IsOk());
  EXPECT_EQ(again->read_time().seconds(), read->read_time().seconds());
  EXPECT_THAT(List(head_, /*unread_only=*/true), IsEmpty());
  const std::string colleague =
      service_->Token({.subject = "users/iqa", .roles = {"centre_iqa"}, .centre = "centres/a"});
  EXPECT_THAT(List(colleague, /*unread_only=*/true), SizeIs(1));
}

TEST_F(InboxServiceTest, ContactsBelongToTheirCentreAndTheAwardingBody) {
  const auto not_found = IsError(absl::StatusCode::kNotFound, kContactNotFound);
  EXPECT_THAT(GetContact("contacts/centres/a", exams_), not_found);
  auto contact = SetContact("contacts/centres/a", "exams@a.example", exams_);
  ASSERT_THAT(contact, IsOk());
  EXPECT_EQ(GetContact("contacts/centres/a", quality_)->email(), "exams@a.example");
  EXPECT_THAT(SetContact("contacts/users/exams", "me@a.example", exams_), IsOk());
  for (const char* name : {"contacts/centres/a", "contacts/users/exams"}) {
    EXPECT_THAT(GetContact(name, stranger_), not_found);
    EXPECT_THAT(SetContact(name, "x@b.example", stranger_), not_found);
    EXPECT_THAT(GetContact(name, other_body_), not_found);
  }
  EXPECT_THAT(SetContact("contacts/roles/quality", "x@a.example", exams_), not_found);
  EXPECT_THAT(SetContact("contacts/centres/a", "", quality_), IsOk());
  EXPECT_THAT(SetContact("contacts/centres/a", "y@a.example", exams_, contact->etag()),
              IsError(absl::StatusCode::kAborted, "ETAG_MISMATCH"));
}

TEST_F(InboxServiceTest, RefusesBadAddressesAndMailboxes) {
  EXPECT_THAT(SetContact("contacts/centres/a", "a@b.example\r\nBcc: c@d.example", exams_),
              IsError(absl::StatusCode::kInvalidArgument, kAddressInvalid));
  for (const char* name : {"contacts/teams/a", "centres/a", "contacts/"}) {
    EXPECT_THAT(SetContact(name, "a@b.example", quality_),
                IsError(absl::StatusCode::kInvalidArgument, kMailboxInvalid))
        << name;
  }
  EXPECT_THAT(MarkRead("messages/a/b", exams_),
              IsError(absl::StatusCode::kInvalidArgument, "FIELD_INVALID"));
}

TEST_F(InboxServiceTest, SendsOneMailForAnEventHoweverOftenItComesNOT2) {
  auto sink = SmtpSink::Start();
  if (!sink.ok()) GTEST_SKIP() << sink.status().message();
  Start((*sink)->url());
  // The person who acts and the centre share an address: one mail is enough.
  ASSERT_THAT(SetContact("contacts/centres/a", "exams@a.example", exams_), IsOk());
  ASSERT_THAT(SetContact("contacts/users/exams", "exams@a.example", exams_), IsOk());
  for (int i = 0; i < 5; ++i) {
    ASSERT_THAT(service_->Deliver(HandIn("e1")), IsOk());
    ASSERT_THAT(service_->RunPeriodic("notifications.mail"), IsOk());
  }
  const std::vector<TakenMail> mails = (*sink)->Mails();
  ASSERT_THAT(mails, SizeIs(1));
  EXPECT_EQ(mails[0].from, "noreply@assay.example");
  EXPECT_EQ(mails[0].to, "exams@a.example");
  EXPECT_EQ(mails[0].subject, List(exams_)[0].title());
  EXPECT_EQ(mails[0].body, List(exams_)[0].body());
  EXPECT_THAT(Deliveries(v1::Delivery::STATE_SENT), SizeIs(1));
  EXPECT_THAT(Deliveries(v1::Delivery::STATE_UNSPECIFIED), SizeIs(1));
}

TEST_F(InboxServiceTest, KeepsWhatWasRefusedInTheFailedList) {
  auto sink = SmtpSink::Start();
  if (!sink.ok()) GTEST_SKIP() << sink.status().message();
  Start((*sink)->url());
  ASSERT_THAT(SetContact("contacts/centres/a", "nobody@a.example", exams_), IsOk());
  ASSERT_THAT(service_->Deliver(HandIn("e1")), IsOk());
  ASSERT_THAT(service_->RunPeriodic("notifications.mail"), IsOk());
  const std::vector<v1::Delivery> failed = Deliveries(v1::Delivery::STATE_FAILED);
  ASSERT_THAT(failed, SizeIs(1));
  EXPECT_EQ(failed[0].error(), "the mail server refused with 550");
  EXPECT_EQ(failed[0].message(), List(head_)[0].name());
}

}  // namespace
}  // namespace assay::notifications
