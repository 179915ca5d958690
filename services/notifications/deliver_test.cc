#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "assay/approval/v1/events.pb.h"
#include "services/notifications/commands/deliver_due.h"
#include "services/notifications/commands/notify.h"
#include "services/notifications/templates.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/storage/migrate.h"
#include "services/platform/testing/fakes.h"
#include "services/platform/testing/status_matchers.h"

namespace assay::notifications {

const platform::MigrationSet& Migrations();

namespace {

using ::assay::platform::testing::IsOk;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// Answers as told, else OK; remembers what it took.
class ScriptedMailer final : public Mailer {
 public:
  absl::Status Send(const OutgoingMail& mail) override {
    tried.push_back(mail);
    if (answers.empty()) return absl::OkStatus();
    absl::Status answer = answers.front();
    answers.pop_front();
    return answer;
  }
  std::deque<absl::Status> answers;
  std::vector<OutgoingMail> tried;
};

class DeliverDueTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto database = platform::OpenDatabase(
        {.uri = "sqlite:" + (dir_ / "notifications.db"), .on_commit = {}, .on_broken = {}});
    ASSERT_THAT(database, IsOk());
    database_ = *std::move(database);
    ASSERT_THAT(platform::Migrate(*database_, platform::Migrations()), IsOk());
    ASSERT_THAT(platform::Migrate(*database_, Migrations()), IsOk());
    auto templates = Templates::Parse(ShippedTemplates());
    ASSERT_THAT(templates, IsOk());
    templates_ = *std::move(templates);
    ASSERT_THAT(database_->WriteNow([&](platform::Transaction& tx) {
      return store_.PutContact(tx, "t",
                               {.mailbox = "centres/a", .email = "exams@a.example", .version = 1});
    }),
                IsOk());
  }
  absl::Status Happens(const std::string& event_id, bool with_mail = true) {
    approval::v1::CentreStateChanged payload;
    payload.set_centre("centres/a");
    payload.set_centre_title("Abbey School");
    payload.set_state("approved");
    return Notify(*database_, clock_, *ids_, store_, templates_, with_mail,
                  {.id = event_id,
                   .type = "assay.approval.v1.CentreStateChanged",
                   .tenant = "t",
                   .subject = "centres/a",
                   .actor = "users/q",
                   .trace = "",
                   .time = clock_.Now(),
                   .payload = payload.SerializeAsString()});
  }
  Delivered Run() {
    auto delivered = DeliverDue(*database_, clock_, *ids_, entropy_, store_, mailer_, options_);
    EXPECT_THAT(delivered, IsOk());
    return delivered.value_or(Delivered{});
  }
  std::vector<Delivery> Deliveries() {
    std::vector<Delivery> all;
    EXPECT_THAT(database_->ReadNow([&](platform::Transaction& tx) -> absl::Status {
      ASSIGN_OR_RETURN(DeliveryPage page, store_.ListDeliveries(tx, "t", std::nullopt, "", 100));
      all = std::move(page.deliveries);
      return absl::OkStatus();
    }),
                IsOk());
    return all;
  }
  // A worker that takes a lease and dies.
  void DieWithALease() {
    ASSERT_THAT(database_->WriteNow([&](platform::Transaction& tx) {
      return store_
          .LeaseDue(tx, ids_->NextId(clock_.Now()), clock_.Now(), clock_.Now() + options_.lease, 10)
          .status();
    }),
                IsOk());
  }

  platform::testing::TempDir dir_;
  platform::testing::FakeClock clock_;
  platform::testing::FakeEntropy entropy_;
  std::unique_ptr<platform::IdSource> ids_ = platform::MakeIdSource(entropy_);
  std::unique_ptr<platform::Database> database_;
  Templates templates_;
  Store store_;
  ScriptedMailer mailer_;
  DeliverOptions options_{
      .message_id_domain = "assay.example",
      .retry = {.attempts_max = 3, .first = absl::Seconds(30), .longest = absl::Minutes(10)}};
};

TEST_F(DeliverDueTest, AnEventThatComesFiveTimesSendsOneMailNOT2) {
  for (int i = 0; i < 5; ++i) {
    ASSERT_THAT(Happens("e1"), IsOk());
    Run();
  }
  ASSERT_THAT(mailer_.tried, SizeIs(1));
  EXPECT_EQ(mailer_.tried[0].to, "exams@a.example");
  EXPECT_EQ(mailer_.tried[0].subject, "Abbey School is an approved centre");
  EXPECT_THAT(mailer_.tried[0].message_id, HasSubstr("@assay.example"));
  ASSERT_THAT(Deliveries(), SizeIs(1));
  EXPECT_EQ(Deliveries()[0].state, DeliveryState::kSent);
}

TEST_F(DeliverDueTest, QueuesNothingWithoutAMailServer) {
  ASSERT_THAT(Happens("e1", /*with_mail=*/false), IsOk());
  EXPECT_THAT(Deliveries(), IsEmpty());
}

TEST_F(DeliverDueTest, TriesAgainLaterUnderTheSameMessageId) {
  mailer_.answers = {absl::UnavailableError("no answer")};
  ASSERT_THAT(Happens("e1"), IsOk());
  EXPECT_EQ(Run().delayed, 1);
  EXPECT_EQ(Deliveries()[0].error, "no answer");
  EXPECT_EQ(Run().sent, 0);
  clock_.Advance(absl::Seconds(46));  // Once and a half of the first wait, at most.
  EXPECT_EQ(Run().sent, 1);
  ASSERT_THAT(mailer_.tried, SizeIs(2));
  EXPECT_EQ(mailer_.tried[0].message_id, mailer_.tried[1].message_id);
  EXPECT_EQ(Deliveries()[0].state, DeliveryState::kSent);
  EXPECT_EQ(Deliveries()[0].attempts, 2);
}

TEST_F(DeliverDueTest, GivesUpAfterTheLastAttempt) {
  mailer_.answers.assign(10, absl::UnavailableError("no answer"));
  ASSERT_THAT(Happens("e1"), IsOk());
  for (int i = 0; i < 10; ++i) {
    Run();
    clock_.Advance(absl::Hours(1));
  }
  EXPECT_THAT(mailer_.tried, SizeIs(3));
  EXPECT_EQ(Deliveries()[0].state, DeliveryState::kFailed);
  EXPECT_EQ(Deliveries()[0].error, "no answer");
}

TEST_F(DeliverDueTest, DoesNotRepeatWhatWasRefusedForGood) {
  mailer_.answers = {absl::FailedPreconditionError("refused with 550")};
  ASSERT_THAT(Happens("e1"), IsOk());
  EXPECT_EQ(Run().failed, 1);
  clock_.Advance(absl::Hours(24));
  Run();
  EXPECT_THAT(mailer_.tried, SizeIs(1));
  EXPECT_EQ(Deliveries()[0].state, DeliveryState::kFailed);
}

TEST_F(DeliverDueTest, AMailOfADeadWorkerWaitsForItsLeaseAndThenGoesOnceNOT2) {
  ASSERT_THAT(Happens("e1"), IsOk());
  DieWithALease();
  Run();
  EXPECT_THAT(mailer_.tried, IsEmpty());
  clock_.Advance(options_.lease);
  Run();
  Run();
  EXPECT_THAT(mailer_.tried, SizeIs(1));
}

TEST_F(DeliverDueTest, AMailThatKillsItsWorkersIsGivenUpWithoutBeingSent) {
  ASSERT_THAT(Happens("e1"), IsOk());
  for (int i = 0; i < 3; ++i) {
    DieWithALease();
    clock_.Advance(options_.lease);
  }
  EXPECT_EQ(Run().failed, 1);
  EXPECT_THAT(mailer_.tried, IsEmpty());
  EXPECT_EQ(Deliveries()[0].state, DeliveryState::kFailed);
}

}  // namespace
}  // namespace assay::notifications
