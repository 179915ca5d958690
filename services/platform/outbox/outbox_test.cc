#include "services/platform/outbox/outbox.h"

#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/storage/migrate.h"
#include "services/platform/testing/engines.h"
#include "services/platform/testing/status_matchers.h"

namespace assay::platform {
namespace {

using ::testing::ElementsAre;
using testing::EngineTest;
using ::testing::IsEmpty;
using testing::IsError;
using testing::IsOk;

Event MakeEvent(int n) {
  Event event;
  event.id = absl::StrCat("event-", n);
  event.type = "assay.test.v1.Happened";
  event.tenant = "tenant-a";
  event.subject = absl::StrCat("things/", n);
  event.actor = "users/1";
  event.trace = "trace-1";
  event.time = absl::FromUnixMicros(1'777'626'000'000'000 + n);
  event.payload = std::string("\0\xff\\x", 4);
  return event;
}

void ExpectSame(const Event& a, const Event& b) {
  EXPECT_EQ(a.id, b.id);
  EXPECT_EQ(a.type, b.type);
  EXPECT_EQ(a.tenant, b.tenant);
  EXPECT_EQ(a.subject, b.subject);
  EXPECT_EQ(a.actor, b.actor);
  EXPECT_EQ(a.trace, b.trace);
  EXPECT_EQ(a.time, b.time);
  EXPECT_EQ(a.payload, b.payload);
}

class OutboxTest : public EngineTest {
 protected:
  OutboxTest() : EngineTest({&Migrations()}) {}

  void SetUp() override {
    EngineTest::SetUp();
    if (IsSkipped()) return;
    now_ = testing::FakeClock().Now();
  }

  // What `work` returns, of a transaction that must succeed.
  template <typename Work>
  auto In(Work work) {
    decltype(work(std::declval<Transaction&>())) result = absl::UnknownError("did not run");
    EXPECT_THAT(db().WriteNow([&](Transaction& tx) {
      result = work(tx);
      return result.status();
    }),
                IsOk());
    return *std::move(result);
  }
  void Append(int from, int to) {
    EXPECT_THAT(db().WriteNow([&](Transaction& tx) -> absl::Status {
      for (int n = from; n <= to; ++n) RETURN_IF_ERROR(AppendEvent(tx, MakeEvent(n)));
      return absl::OkStatus();
    }),
                IsOk());
  }
  std::vector<OutboxRow> Waiting(int limit = 100) {
    return In([&](Transaction& tx) { return NextUnpublished(tx, limit); });
  }
  // Publishes what waits as 1000-0, 1000-1, …: the number counts up from `first`.
  void PublishAll(int first = 0, absl::Duration later = absl::ZeroDuration()) {
    std::vector<Published> published;
    for (const OutboxRow& row : Waiting()) {
      published.push_back({row.seq, absl::StrCat("1000-", first++)});
    }
    EXPECT_THAT(
        db().WriteNow([&](Transaction& tx) { return MarkPublished(tx, published, now_ + later); }),
        IsOk());
  }
  static std::vector<std::string> IdsOf(const std::vector<OutboxRow>& rows) {
    std::vector<std::string> ids;
    for (const OutboxRow& row : rows) ids.push_back(row.event.id);
    return ids;
  }
  std::vector<std::string> After(std::string_view stream_id, int limit = 100) {
    return IdsOf(In([&](Transaction& tx) { return PublishedAfter(tx, stream_id, limit); }));
  }

  absl::Time now_;
};

TEST_P(OutboxTest, GivesEventsOutAsTheyWereAppendedAndInOrder) {
  Append(1, 3);
  const std::vector<OutboxRow> rows = Waiting(2);
  ASSERT_EQ(rows.size(), 2u);
  ExpectSame(rows[0].event, MakeEvent(1));
  ExpectSame(rows[1].event, MakeEvent(2));
  EXPECT_LT(rows[0].seq, rows[1].seq);
}

TEST_P(OutboxTest, AnEventOfAnUndoneTransactionNeverHappened) {
  EXPECT_FALSE(db().WriteNow([&](Transaction& tx) -> absl::Status {
                     RETURN_IF_ERROR(AppendEvent(tx, MakeEvent(1)));
                     return absl::AbortedError("undone");
                   })
                   .ok());
  EXPECT_THAT(Waiting(), IsEmpty());
}

TEST_P(OutboxTest, TheSameEventIsAppendedOnlyOnce) {
  Append(1, 1);
  EXPECT_TRUE(absl::IsAlreadyExists(
      db().WriteNow([&](Transaction& tx) { return AppendEvent(tx, MakeEvent(1)); })));
}

TEST_P(OutboxTest, WhatIsMarkedPublishedNoLongerWaits) {
  Append(1, 3);
  const std::vector<OutboxRow> rows = Waiting();
  EXPECT_THAT(db().WriteNow([&](Transaction& tx) {
    const Published first[] = {{rows[0].seq, "5-0"}, {rows[1].seq, "5-1"}};
    return MarkPublished(tx, first, now_);
  }),
              IsOk());
  EXPECT_THAT(IdsOf(Waiting()), ElementsAre("event-3"));
}

TEST_P(OutboxTest, KnowsItsDepthAndItsOldestEvent) {
  auto depth = In([](Transaction& tx) { return DepthOfOutbox(tx); });
  EXPECT_EQ(depth.waiting, 0);
  EXPECT_EQ(depth.oldest, absl::InfiniteFuture());
  Append(1, 3);
  depth = In([](Transaction& tx) { return DepthOfOutbox(tx); });
  EXPECT_EQ(depth.waiting, 3);
  EXPECT_EQ(depth.oldest, MakeEvent(1).time);
}

TEST_P(OutboxTest, FindsWhatAStreamThatEndsEarlierHasLost) {
  Append(1, 12);
  PublishAll();
  EXPECT_EQ(In([](Transaction& tx) { return LastPublishedId(tx); }), "1000-11");
  EXPECT_THAT(After("1000-11"), IsEmpty());
  // 9 is less than 10 and 11, as numbers and not as text.
  EXPECT_THAT(After("1000-9"), ElementsAre("event-11", "event-12"));
  EXPECT_THAT(After("1000-9", 1), ElementsAre("event-11"));
  EXPECT_THAT(After("999-99"), ::testing::SizeIs(12));
  EXPECT_THAT(After("0-0"), ::testing::SizeIs(12));
  EXPECT_THAT(After("1001-0"), IsEmpty());
}

TEST_P(OutboxTest, LostRowsWaitAgainInTheirOldOrder) {
  Append(1, 3);
  PublishAll();
  Append(4, 4);
  EXPECT_EQ(In([](Transaction& tx) { return UnmarkPublishedAfter(tx, "1000-0"); }), 2);
  EXPECT_THAT(IdsOf(Waiting()), ElementsAre("event-2", "event-3", "event-4"));
  EXPECT_EQ(In([](Transaction& tx) { return LastPublishedId(tx); }), "1000-0");
}

TEST_P(OutboxTest, AnEmptyOutboxEndsAtTheStreamsBeginning) {
  EXPECT_EQ(In([](Transaction& tx) { return LastPublishedId(tx); }), "0-0");
}

TEST_P(OutboxTest, RefusesWhatIsNoStreamId) {
  for (const char* id : {"", "5", "-", "5-", "-5", "a-1", "1-b", "-1-1", "1--1"}) {
    EXPECT_TRUE(absl::IsInvalidArgument(db().WriteNow([&](Transaction& tx) {
      return PublishedAfter(tx, id, 1).status();
    }))) << id;
  }
}

TEST_P(OutboxTest, ForgetsOnlyWhatWasPublishedLongAgoAFewAtATime) {
  Append(1, 3);
  PublishAll();
  Append(4, 4);
  PublishAll(100, absl::Hours(2));
  Append(5, 5);
  const auto forget = [&](absl::Time before, int limit) {
    return In([&](Transaction& tx) { return ForgetPublished(tx, before, limit); });
  };
  EXPECT_EQ(forget(now_, 10), 0) << "not before, but at that time";
  EXPECT_EQ(forget(now_ + absl::Hours(1), 2), 2);
  EXPECT_EQ(forget(now_ + absl::Hours(1), 2), 1);
  EXPECT_EQ(forget(now_ + absl::Hours(1), 2), 0);
  EXPECT_THAT(After("0-0"), ElementsAre("event-4"));
  EXPECT_THAT(IdsOf(Waiting()), ElementsAre("event-5"));
}

TEST_P(OutboxTest, SequenceNumbersAreNotGivenTwice) {
  Append(1, 1);
  const std::int64_t first = Waiting()[0].seq;
  PublishAll();
  EXPECT_EQ(In([&](Transaction& tx) { return ForgetPublished(tx, absl::InfiniteFuture(), 9); }), 1);
  Append(2, 2);
  EXPECT_GT(Waiting()[0].seq, first);
}

TEST_P(OutboxTest, OneOwnerHoldsTheLeaseUntilItsTimeIsOver) {
  const auto acquire = [&](std::string_view owner, absl::Duration later) {
    return In(
        [&](Transaction& tx) { return AcquireLease(tx, owner, now_ + later, absl::Seconds(10)); });
  };
  EXPECT_TRUE(acquire("a", absl::ZeroDuration()));
  EXPECT_FALSE(acquire("b", absl::Seconds(9)));
  EXPECT_TRUE(acquire("a", absl::Seconds(9))) << "the holder may extend it";
  EXPECT_FALSE(acquire("b", absl::Seconds(18)));
  EXPECT_TRUE(acquire("b", absl::Seconds(19)));
  EXPECT_FALSE(acquire("a", absl::Seconds(20)));
  EXPECT_THAT(db().WriteNow([](Transaction& tx) { return ReleaseLease(tx, "a"); }), IsOk());
  EXPECT_FALSE(acquire("a", absl::Seconds(20))) << "a no longer had it to give up";
  EXPECT_THAT(db().WriteNow([](Transaction& tx) { return ReleaseLease(tx, "b"); }), IsOk());
  EXPECT_TRUE(acquire("a", absl::Seconds(20)));
}

TEST_P(OutboxTest, AConsumerClaimsAnEventOnce) {
  const auto claim = [&](std::string_view consumer, int n) {
    return In([&](Transaction& tx) { return ClaimEvent(tx, consumer, MakeEvent(n), now_); });
  };
  EXPECT_TRUE(claim("mailer", 1));
  EXPECT_FALSE(claim("mailer", 1));
  EXPECT_TRUE(claim("mailer", 2));
  EXPECT_TRUE(claim("inbox", 1)) << "each consumer for itself";
}

TEST_P(OutboxTest, AClaimThatWasUndoneCanBeMadeAgain) {
  EXPECT_FALSE(db().WriteNow([&](Transaction& tx) -> absl::Status {
                     RETURN_IF_ERROR(ClaimEvent(tx, "mailer", MakeEvent(1), now_).status());
                     return absl::UnavailableError("the effect failed");
                   })
                   .ok());
  EXPECT_TRUE(In([&](Transaction& tx) { return ClaimEvent(tx, "mailer", MakeEvent(1), now_); }));
}

TEST_P(OutboxTest, OfManyClaimsAtOnceOneSucceeds) {
  std::vector<std::thread> threads;
  std::vector<int> claimed(6);
  for (int& mine : claimed) {
    threads.emplace_back([&] {
      EXPECT_THAT(db().WriteNow([&](Transaction& tx) -> absl::Status {
        ASSIGN_OR_RETURN(const bool first, ClaimEvent(tx, "mailer", MakeEvent(1), now_));
        mine = first;
        return absl::OkStatus();
      }),
                  IsOk());
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(std::count(claimed.begin(), claimed.end(), 1), 1);
}

TEST_P(OutboxTest, ForgetsOldClaimsAFewAtATime) {
  for (int n = 1; n <= 3; ++n) {
    In([&](Transaction& tx) { return ClaimEvent(tx, "mailer", MakeEvent(n), now_); });
  }
  const auto forget = [&](absl::Time before) {
    return In([&](Transaction& tx) { return ForgetClaims(tx, before, 2); });
  };
  EXPECT_EQ(forget(now_), 0);
  EXPECT_EQ(forget(now_ + absl::Seconds(1)), 2);
  EXPECT_EQ(forget(now_ + absl::Seconds(1)), 1);
  EXPECT_TRUE(In([&](Transaction& tx) { return ClaimEvent(tx, "mailer", MakeEvent(1), now_); }));
}

DeadLetter MakeLetter(int n, std::string error = "could not be sent") {
  DeadLetter letter;
  letter.consumer = "mailer";
  letter.event = MakeEvent(n);
  letter.error = std::move(error);
  letter.attempts = 8;
  letter.time = absl::FromUnixSeconds(1'777'700'000);
  return letter;
}

TEST_P(OutboxTest, KeepsDeadLettersUntilTheyAreTaken) {
  EXPECT_THAT(db().WriteNow([](Transaction& tx) -> absl::Status {
    for (int n = 1; n <= 3; ++n) RETURN_IF_ERROR(InsertDeadLetter(tx, MakeLetter(n)));
    return absl::OkStatus();
  }),
              IsOk());
  const auto list = [&](std::int64_t after, int limit) {
    return In([&](Transaction& tx) { return ListDeadLetters(tx, after, limit); });
  };
  const std::vector<DeadLetter> first = list(0, 2);
  ASSERT_EQ(first.size(), 2u);
  ExpectSame(first[0].event, MakeEvent(1));
  EXPECT_EQ(first[0].consumer, "mailer");
  EXPECT_EQ(first[0].error, "could not be sent");
  EXPECT_EQ(first[0].attempts, 8);
  EXPECT_EQ(first[0].time, absl::FromUnixSeconds(1'777'700'000));
  ASSERT_EQ(list(first[1].number, 10).size(), 1u);

  const DeadLetter taken = In([&](Transaction& tx) { return TakeDeadLetter(tx, first[0].number); });
  ExpectSame(taken.event, MakeEvent(1));
  EXPECT_EQ(list(0, 10).size(), 2u);
  EXPECT_THAT(
      db().WriteNow([&](Transaction& tx) { return TakeDeadLetter(tx, first[0].number).status(); }),
      IsError(absl::StatusCode::kNotFound, "DEAD_LETTER_NOT_FOUND"));
}

TEST_P(OutboxTest, BuryingTheSameEventTwiceLeavesOneLetterWithTheNewestError) {
  for (const char* error : {"first", "second"}) {
    EXPECT_THAT(
        db().WriteNow([&](Transaction& tx) { return InsertDeadLetter(tx, MakeLetter(1, error)); }),
        IsOk());
  }
  const auto letters = In([](Transaction& tx) { return ListDeadLetters(tx, 0, 10); });
  ASSERT_EQ(letters.size(), 1u);
  EXPECT_EQ(letters[0].error, "second");
}

INSTANTIATE_TEST_SUITE_P(Engines, OutboxTest, testing::Engines(), testing::EngineName);

TEST(StreamOfTest, NamesTheServiceAndTheVersion) {
  EXPECT_EQ(StreamOf("approval"), "assay:events:v1:approval");
}

}  // namespace
}  // namespace assay::platform
