#include "services/notifications/store.h"

#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "services/notifications/errors.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/storage/migrate.h"
#include "services/platform/testing/engines.h"
#include "services/platform/testing/status_matchers.h"

namespace assay::notifications {

const platform::MigrationSet& Migrations();

namespace {

using ::assay::platform::Transaction;
using ::assay::platform::testing::IsError;
using ::assay::platform::testing::IsOk;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

absl::Time At(int seconds) { return absl::FromUnixSeconds(1'777'626'000 + seconds); }

class NotificationsStoreTest : public platform::testing::EngineTest {
 protected:
  NotificationsStoreTest() : EngineTest({&platform::Migrations(), &Migrations()}) {}

  template <typename T>
  T Do(absl::FunctionRef<absl::StatusOr<T>(Transaction&)> what) {
    T result{};
    EXPECT_THAT(db().WriteNow([&](Transaction& tx) -> absl::Status {
      ASSIGN_OR_RETURN(result, what(tx));
      return absl::OkStatus();
    }),
                IsOk());
    return result;
  }
  bool Post(const std::string& id, const std::string& event, const std::string& mailbox,
            const std::string& tenant = "t") {
    return Do<bool>([&](Transaction& tx) {
      return store_.InsertMessage(tx, tenant,
                                  {.id = id,
                                   .event = event,
                                   .mailbox = mailbox,
                                   .kind = "kind",
                                   .title = "title " + id,
                                   .body = "body",
                                   .subject = "subject",
                                   .create_time = At(1),
                                   .read_time = {}});
    });
  }
  std::vector<std::string> Ids(const Reader& reader, bool unread_only = false,
                               std::string after = "", int limit = 10) {
    const MessagePage page = Do<MessagePage>([&](Transaction& tx) {
      return store_.ListMessages(tx, reader, unread_only, after, limit);
    });
    std::vector<std::string> ids;
    for (const Message& message : page.messages) ids.push_back(message.id);
    next_ = page.next;
    return ids;
  }
  bool Queue(const std::string& id, const std::string& event, const std::string& address,
             int at = 0) {
    return Do<bool>([&](Transaction& tx) {
      return store_.QueueDelivery(tx, {.tenant = "t",
                                       .id = id,
                                       .message = "m",
                                       .event = event,
                                       .address = address,
                                       .error = "",
                                       .create_time = At(at)});
    });
  }
  std::vector<Mail> Lease(const std::string& lease, int now, int until, int limit = 10) {
    return Do<std::vector<Mail>>(
        [&](Transaction& tx) { return store_.LeaseDue(tx, lease, At(now), At(until), limit); });
  }
  std::vector<Delivery> Deliveries(std::optional<DeliveryState> state = {}) {
    return Do<DeliveryPage>(
               [&](Transaction& tx) { return store_.ListDeliveries(tx, "t", state, "", 10); })
        .deliveries;
  }

  const Reader reader_{.tenant = "t", .subject = "users/u", .mailboxes = {"users/u", "centres/a"}};
  std::string next_;
  Store store_;
};

TEST_P(NotificationsStoreTest, KeepsOneMessagePerEventAndMailboxNOT2) {
  EXPECT_TRUE(Post("1", "e1", "users/u"));
  EXPECT_FALSE(Post("2", "e1", "users/u"));
  EXPECT_TRUE(Post("3", "e1", "users/v"));
  EXPECT_TRUE(Post("1", "e1", "users/u", "other-tenant"));
  EXPECT_THAT(Ids(reader_), ElementsAre("1"));
}

TEST_P(NotificationsStoreTest, TellsAPersonWithTwoMailboxesOnceNOT2) {
  Post("1", "e1", "users/u");
  Post("2", "e1", "centres/a");
  Post("3", "e2", "centres/a");
  EXPECT_THAT(Ids(reader_), ElementsAre("3", "1"));
  EXPECT_THAT(Ids({"t", "users/w", {"users/w", "centres/a"}}), ElementsAre("3", "2"));
}

TEST_P(NotificationsStoreTest, ShowsNobodyAnotherMailboxOrTenant) {
  Post("1", "e1", "users/v");
  Post("2", "e2", "users/u", "other-tenant");
  EXPECT_THAT(Ids(reader_), IsEmpty());
  EXPECT_THAT(Ids({"t", "users/u", {}}), IsEmpty());
  for (const char* id : {"1", "2", "3"}) {
    EXPECT_THAT(
        db().ReadNow([&](Transaction& tx) { return store_.GetMessage(tx, reader_, id).status(); }),
        IsError(absl::StatusCode::kNotFound, kMessageNotFound));
  }
}

TEST_P(NotificationsStoreTest, ListsNewestFirstInPages) {
  for (const char* id : {"1", "2", "3"}) Post(id, id, "users/u");
  EXPECT_THAT(Ids(reader_, false, "", 2), ElementsAre("3", "2"));
  EXPECT_THAT(Ids(reader_, false, next_, 2), ElementsAre("1"));
  EXPECT_THAT(next_, IsEmpty());
}

TEST_P(NotificationsStoreTest, RemembersForEachReaderWhenTheyFirstRead) {
  Post("1", "e1", "centres/a");
  Post("2", "e2", "centres/a");
  for (int at : {10, 20}) {
    ASSERT_THAT(
        db().WriteNow([&](Transaction& tx) { return store_.MarkRead(tx, reader_, "1", At(at)); }),
        IsOk());
  }
  const Message message =
      Do<Message>([&](Transaction& tx) { return store_.GetMessage(tx, reader_, "1"); });
  EXPECT_EQ(message.read_time, At(10));
  EXPECT_EQ(message.title, "title 1");
  EXPECT_THAT(Ids(reader_, /*unread_only=*/true), ElementsAre("2"));
  const Reader colleague{.tenant = "t", .subject = "users/w", .mailboxes = {"centres/a"}};
  EXPECT_THAT(Ids(colleague, /*unread_only=*/true), ElementsAre("2", "1"));
}

TEST_P(NotificationsStoreTest, KeepsTheLastContact) {
  const auto find = [&](const char* tenant) {
    return Do<std::optional<Contact>>(
        [&](Transaction& tx) { return store_.FindContact(tx, tenant, "centres/a"); });
  };
  EXPECT_FALSE(find("t").has_value());
  for (int version : {1, 2}) {
    ASSERT_THAT(db().WriteNow([&](Transaction& tx) {
      return store_.PutContact(tx, "t",
                               {.mailbox = "centres/a",
                                .email = "x" + std::to_string(version) + "@a.example",
                                .version = version});
    }),
                IsOk());
  }
  EXPECT_EQ(find("t")->email, "x2@a.example");
  EXPECT_EQ(find("t")->version, 2);
  EXPECT_FALSE(find("u").has_value());
}

TEST_P(NotificationsStoreTest, QueuesOneMailPerEventAndAddressNOT2) {
  EXPECT_TRUE(Queue("1", "e1", "x@a.example"));
  EXPECT_FALSE(Queue("2", "e1", "x@a.example"));
  EXPECT_TRUE(Queue("3", "e2", "x@a.example"));
  EXPECT_EQ(Deliveries().size(), 2u);
}

TEST_P(NotificationsStoreTest, ALeasedMailIsNobodyElsesUntilTheLeaseEnds) {
  Post("m", "e1", "centres/a");
  Queue("1", "e1", "x@a.example");
  Queue("2", "e2", "x@a.example", /*at=*/50);
  std::vector<Mail> mails = Lease("first", 10, 40);
  ASSERT_EQ(mails.size(), 1u);
  EXPECT_EQ(mails[0].delivery.id, "1");
  EXPECT_EQ(mails[0].delivery.attempts, 1);
  EXPECT_EQ(mails[0].title, "title m");
  EXPECT_THAT(Lease("second", 39, 60), IsEmpty());
  mails = Lease("second", 40, 60);
  ASSERT_EQ(mails.size(), 1u);
  EXPECT_EQ(mails[0].delivery.attempts, 2);
  // The first worker comes back to life: what it says no longer counts.
  EXPECT_FALSE(
      Do<bool>([&](Transaction& tx) { return store_.MarkSent(tx, mails[0].delivery, "first"); }));
  EXPECT_TRUE(
      Do<bool>([&](Transaction& tx) { return store_.MarkSent(tx, mails[0].delivery, "second"); }));
  EXPECT_THAT(Lease("third", 45, 100), IsEmpty());
}

TEST_P(NotificationsStoreTest, AFailedAttemptComesAgainWhenItsTimeHasComeOrNever) {
  Post("m", "e1", "centres/a");
  Queue("1", "e1", "x@a.example");
  Queue("2", "e1", "y@a.example");
  std::vector<Mail> mails = Lease("first", 10, 40);
  ASSERT_EQ(mails.size(), 2u);
  EXPECT_TRUE(Do<bool>([&](Transaction& tx) {
    return store_.Retry(tx, mails[0].delivery, "first", "no answer", At(100));
  }));
  EXPECT_TRUE(Do<bool>([&](Transaction& tx) {
    return store_.MarkFailed(tx, mails[1].delivery, "first", "refused");
  }));
  EXPECT_THAT(Lease("second", 99, 120), IsEmpty());
  EXPECT_EQ(Lease("second", 100, 120).size(), 1u);
  const std::vector<Delivery> failed = Deliveries(DeliveryState::kFailed);
  ASSERT_EQ(failed.size(), 1u);
  EXPECT_EQ(failed[0].id, "2");
  EXPECT_EQ(failed[0].error, "refused");
  EXPECT_EQ(Deliveries(DeliveryState::kWaiting).size(), 1u);
}

TEST_P(NotificationsStoreTest, TakesNoMoreThanTheLimitAtOnce) {
  Post("m", "e1", "centres/a");
  for (int i = 0; i < 5; ++i) Queue(std::to_string(i), "e" + std::to_string(i), "x@a.example");
  EXPECT_EQ(Lease("first", 10, 40, 3).size(), 3u);
  EXPECT_EQ(Lease("second", 10, 40, 3).size(), 2u);
}

INSTANTIATE_TEST_SUITE_P(Engines, NotificationsStoreTest, platform::testing::Engines(),
                         platform::testing::EngineName);

}  // namespace
}  // namespace assay::notifications
