#include "services/notifications/mail/smtp_mailer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "services/notifications/mail/smtp_sink.h"
#include "services/platform/testing/status_matchers.h"

namespace assay::notifications {
namespace {

using ::assay::platform::testing::IsOk;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

OutgoingMail To(std::string address) {
  return {.message_id = "01h@assay.example",
          .to = std::move(address),
          .subject = "Canlyniadau: Llŷn",
          .body = "First line\n.\n.. a line with dots\nŵ\n",
          .date = absl::FromUnixSeconds(1'777'626'000)};
}

class SmtpMailerTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto sink = SmtpSink::Start();
    if (!sink.ok()) GTEST_SKIP() << sink.status().message();
    sink_ = *std::move(sink);
    auto mailer = MakeSmtpMailer(
        {.url = sink_->url(), .from = "noreply@assay.example", .require_tls = false});
    ASSERT_THAT(mailer, IsOk());
    mailer_ = *std::move(mailer);
  }
  std::unique_ptr<SmtpSink> sink_;
  std::unique_ptr<Mailer> mailer_;
};

TEST_F(SmtpMailerTest, DeliversWordForWord) {
  ASSERT_THAT(mailer_->Send(To("exams@centre.example")), IsOk());
  ASSERT_THAT(mailer_->Send(To("head@centre.example")), IsOk());
  const std::vector<TakenMail> mails = sink_->Mails();
  ASSERT_THAT(mails, SizeIs(2));
  EXPECT_EQ(mails[0].from, "noreply@assay.example");
  EXPECT_EQ(mails[0].to, "exams@centre.example");
  EXPECT_EQ(mails[0].message_id, "<01h@assay.example>");
  EXPECT_EQ(mails[0].subject, To("").subject);
  EXPECT_EQ(mails[0].body, To("").body);
  EXPECT_EQ(mails[1].to, "head@centre.example");
}

TEST_F(SmtpMailerTest, TellsForGoodFromForNowAndNamesNobody) {
  const absl::Status refused = mailer_->Send(To("nobody@centre.example"));
  EXPECT_EQ(refused.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(refused.message(), HasSubstr("550"));
  const absl::Status later = mailer_->Send(To("later@centre.example"));
  EXPECT_EQ(later.code(), absl::StatusCode::kUnavailable);
  for (const absl::Status& status : {refused, later}) {
    EXPECT_THAT(status.ToString(), Not(HasSubstr("@")));
  }
  EXPECT_THAT(sink_->Mails(), IsEmpty());
  // The connection is still good for others.
  EXPECT_THAT(mailer_->Send(To("exams@centre.example")), IsOk());
}

TEST_F(SmtpMailerTest, SendsNothingInTheClearWhenTlsIsRequired) {
  auto mailer =
      MakeSmtpMailer({.url = sink_->url(), .from = "noreply@assay.example", .require_tls = true});
  ASSERT_THAT(mailer, IsOk());
  EXPECT_EQ((*mailer)->Send(To("exams@centre.example")).code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(sink_->Mails(), IsEmpty());
}

TEST(MakeSmtpMailerTest, AServerThatIsNotThereIsForNow) {
  auto mailer =
      MakeSmtpMailer({.url = "smtp://127.0.0.1:" + std::to_string(platform::testing::FreePort()),
                      .from = "noreply@assay.example",
                      .require_tls = false});
  ASSERT_THAT(mailer, IsOk());
  EXPECT_EQ((*mailer)->Send(To("exams@centre.example")).code(), absl::StatusCode::kUnavailable);
}

TEST(MakeSmtpMailerTest, RefusesWhatCannotBeRight) {
  EXPECT_FALSE(MakeSmtpMailer({.url = "http://mail", .from = "a@b.example"}).ok());
  EXPECT_FALSE(MakeSmtpMailer({.url = "smtp://mail", .from = "nobody"}).ok());
}

}  // namespace
}  // namespace assay::notifications
