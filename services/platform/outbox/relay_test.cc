#include "services/platform/outbox/relay.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <mutex>
#include <set>

#include "absl/strings/str_cat.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/outbox/outbox.h"
#include "services/platform/storage/migrate.h"
#include "services/platform/testing/engines.h"
#include "services/platform/testing/eventually.h"
#include "services/platform/testing/fakes.h"
#include "services/platform/testing/status_matchers.h"

namespace assay::platform {
namespace {

using ::assay::platform::testing::EngineTest;
using ::assay::platform::testing::Eventually;
using ::assay::platform::testing::FakeClock;
using ::assay::platform::testing::IsOk;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr absl::Duration kNever = absl::Hours(24);
constexpr absl::Duration kSoon = absl::Seconds(30);

// A stream in memory that can lose what it has, as Redis does.
class FakeStream final : public Publisher {
 public:
  absl::StatusOr<std::vector<std::string>> Publish(std::span<const Event> events) override {
    std::lock_guard lock(mutex_);
    ++calls_;
    if (!failure_.ok()) return failure_;
    if (last_ < seen_) return absl::AbortedError("lost");
    std::vector<std::string> ids;
    for (const Event& event : events) {
      entries_.push_back(event.id);
      // After a loss the new ids are above the old ones, as with a clock.
      last_ = ++clock_;
      ids.push_back(absl::StrCat(last_, "-0"));
    }
    seen_ = last_;
    if (!after_.ok()) return std::exchange(after_, absl::OkStatus());
    return ids;
  }
  absl::StatusOr<std::string> LastId() override {
    std::lock_guard lock(mutex_);
    if (!failure_.ok()) return failure_;
    seen_ = last_;
    return absl::StrCat(last_, "-0");
  }
  absl::Status Trim() override {
    std::lock_guard lock(mutex_);
    ++trims_;
    return failure_;
  }

  void FailWith(absl::Status failure) {
    std::lock_guard lock(mutex_);
    failure_ = std::move(failure);
  }
  // Appends the next call's events, and then claims not to have done so.
  void FailOnceAfterAppending() {
    std::lock_guard lock(mutex_);
    after_ = absl::UnavailableError("the answer was lost");
  }
  // Keeps the first `kept` entries.
  void Lose(std::size_t kept) {
    std::lock_guard lock(mutex_);
    entries_.resize(std::min(kept, entries_.size()));
    last_ = static_cast<std::int64_t>(entries_.size());
  }
  std::vector<std::string> Entries() {
    std::lock_guard lock(mutex_);
    return entries_;
  }
  bool Holds(const std::vector<std::string>& ids) {
    const auto entries = Entries();
    return std::ranges::all_of(ids, [&](const std::string& id) {
      return std::ranges::find(entries, id) != entries.end();
    });
  }
  int calls() {
    std::lock_guard lock(mutex_);
    return calls_;
  }
  int trims() {
    std::lock_guard lock(mutex_);
    return trims_;
  }

 private:
  std::mutex mutex_;
  std::vector<std::string> entries_;
  std::int64_t last_ = 0;
  std::int64_t seen_ = 0;
  std::int64_t clock_ = 0;
  absl::Status failure_;
  absl::Status after_;
  int calls_ = 0;
  int trims_ = 0;
};

class RelayTest : public EngineTest {
 protected:
  RelayTest() : EngineTest({&Migrations()}) {}

  // Appends events `first` to `last`, each in a transaction of its own.
  std::vector<std::string> Append(int first, int last) {
    std::vector<std::string> ids;
    for (int i = first; i <= last; ++i) {
      Event event;
      event.id = absl::StrCat("e", i);
      event.type = "assay.test.v1.Happened";
      event.time = clock_.Now();
      EXPECT_THAT(db().WriteNow([&](Transaction& tx) { return AppendEvent(tx, event); }), IsOk());
      ids.push_back(event.id);
    }
    return ids;
  }
  std::unique_ptr<Relay> Start(RelayOptions options = {}) {
    options.retry_min = absl::Milliseconds(1);
    options.retry_max = absl::Milliseconds(20);
    return Relay::Start(db(), stream_, clock_, options);
  }
  std::int64_t Rows() {
    std::int64_t rows = 0;
    EXPECT_THAT(db().ReadNow([&](Transaction& tx) {
      return tx.Query("SELECT COUNT(*) FROM outbox", {}, [&](const SqlRow& row) {
        rows = row.Int(0);
        return absl::OkStatus();
      });
    }),
                IsOk());
    return rows;
  }
  bool Lease(std::string_view owner) {
    bool held = false;
    EXPECT_THAT(db().WriteNow([&](Transaction& tx) -> absl::Status {
      ASSIGN_OR_RETURN(held, AcquireLease(tx, owner, clock_.Now(), absl::Seconds(2)));
      return absl::OkStatus();
    }),
                IsOk());
    return held;
  }

  FakeClock clock_;
  FakeStream stream_;
};
INSTANTIATE_TEST_SUITE_P(Engines, RelayTest, testing::Engines(), testing::EngineName);

TEST_P(RelayTest, PublishesInTheOrderOfAppendingAndOnce) {
  const auto ids = Append(1, 25);
  const auto relay = Start({.batch_max = 10});
  EXPECT_THAT(relay->Drain(kSoon), IsOk());
  EXPECT_EQ(stream_.Entries(), ids);
  EXPECT_THAT(relay->Drain(kSoon), IsOk());
  EXPECT_EQ(stream_.Entries(), ids);
}

TEST_P(RelayTest, PublishesSoonAfterItIsWoken) {
  const auto relay = Start({.sweep = kNever});
  EXPECT_THAT(relay->Drain(kSoon), IsOk());
  const auto ids = Append(1, 1);
  relay->Wake();
  EXPECT_TRUE(Eventually([&] { return stream_.Entries() == ids; }));
}

TEST_P(RelayTest, FindsWhatNobodyWokeItFor) {
  const auto relay = Start({.sweep = absl::Milliseconds(5)});
  const auto ids = Append(1, 3);
  EXPECT_TRUE(Eventually([&] { return stream_.Entries() == ids; }));
}

TEST_P(RelayTest, KeepsEventsWhileTheQueueIsAwayAndPublishesThemAfterwards) {
  stream_.FailWith(absl::UnavailableError("gone"));
  const auto relay = Start();
  const auto ids = Append(1, 5);
  relay->Wake();
  EXPECT_EQ(relay->Drain(absl::Milliseconds(50)).code(), absl::StatusCode::kDeadlineExceeded);
  EXPECT_THAT(stream_.Entries(), IsEmpty());
  stream_.FailWith(absl::OkStatus());
  EXPECT_THAT(relay->Drain(kSoon), IsOk());
  EXPECT_EQ(stream_.Entries(), ids);
}

TEST_P(RelayTest, TrimsAndWaitsIfTheStreamIsFull) {
  const auto relay = Start({.tidy = kNever});
  EXPECT_THAT(relay->Drain(kSoon), IsOk());
  const int trims = stream_.trims();
  stream_.FailWith(absl::ResourceExhaustedError("full"));
  const auto ids = Append(1, 1);
  relay->Wake();
  EXPECT_TRUE(Eventually([&] { return stream_.trims() > trims; }));
  stream_.FailWith(absl::OkStatus());
  EXPECT_THAT(relay->Drain(kSoon), IsOk());
  EXPECT_EQ(stream_.Entries(), ids);
}

TEST_P(RelayTest, PublishesAgainIfTheAnswerWasLost) {
  stream_.FailOnceAfterAppending();
  const auto ids = Append(1, 3);
  const auto relay = Start();
  EXPECT_THAT(relay->Drain(kSoon), IsOk());
  EXPECT_THAT(stream_.Entries(), ElementsAre("e1", "e2", "e3", "e1", "e2", "e3"));
}

TEST_P(RelayTest, PublishesAgainOnlyWhatTheStreamLost) {
  const auto relay = Start({.sweep = absl::Milliseconds(5)});
  Append(1, 10);
  EXPECT_THAT(relay->Drain(kSoon), IsOk());
  stream_.Lose(7);
  EXPECT_TRUE(Eventually([&] { return stream_.Entries().size() == 10; }));
  EXPECT_THAT(stream_.Entries(),
              ElementsAre("e1", "e2", "e3", "e4", "e5", "e6", "e7", "e8", "e9", "e10"));
}

TEST_P(RelayTest, PublishesEverythingKeptIfTheStreamWasWiped) {
  const auto relay = Start({.batch_max = 100, .sweep = absl::Milliseconds(5)});
  const auto ids = Append(1, 40);
  EXPECT_THAT(relay->Drain(kSoon), IsOk());
  stream_.Lose(0);
  EXPECT_TRUE(Eventually([&] { return stream_.Entries().size() >= 40; }));
  EXPECT_EQ(stream_.Entries(), ids);
}

TEST_P(RelayTest, NoticesALossBeforeItAppendsAnythingBeyondIt) {
  const auto relay = Start({.sweep = kNever});  // So that no sweep finds it first.
  auto ids = Append(1, 5);
  relay->Wake();
  EXPECT_THAT(relay->Drain(kSoon), IsOk());
  stream_.Lose(2);
  ids.push_back(Append(6, 6).front());
  EXPECT_THAT(relay->Drain(kSoon), IsOk());
  EXPECT_EQ(stream_.Entries(), ids) << "in the old order, and nothing twice";
}

TEST_P(RelayTest, NoticesAtTheStartWhatWasLostWhileNobodyLooked) {
  auto relay = Start();
  const auto ids = Append(1, 5);
  EXPECT_THAT(relay->Drain(kSoon), IsOk());
  relay.reset();
  stream_.Lose(1);
  relay = Start({.sweep = kNever});
  EXPECT_TRUE(Eventually([&] { return stream_.Entries().size() == 5; }));
  EXPECT_EQ(stream_.Entries(), ids);
}

TEST_P(RelayTest, LeavesPublishingToWhoHoldsTheLease) {
  ASSERT_TRUE(Lease("another replica"));
  const auto ids = Append(1, 2);
  const auto relay = Start({.sweep = absl::Milliseconds(2)});
  EXPECT_EQ(relay->Drain(absl::Milliseconds(100)).code(), absl::StatusCode::kDeadlineExceeded);
  EXPECT_EQ(stream_.calls(), 0);
  // It died: its lease runs out.
  clock_.Advance(absl::Seconds(3));
  EXPECT_THAT(relay->Drain(kSoon), IsOk());
  EXPECT_EQ(stream_.Entries(), ids);
}

TEST_P(RelayTest, DrainsAlsoIfAnotherRelayDoesTheWork) {
  const auto first = Start({.sweep = absl::Milliseconds(2)});
  const auto second = Start({.sweep = absl::Milliseconds(2)});
  const auto ids = Append(1, 20);
  EXPECT_THAT(second->Drain(kSoon), IsOk());
  EXPECT_THAT(first->Drain(kSoon), IsOk());
  EXPECT_EQ(stream_.Entries(), ids) << "each once: two relays did not both publish";
}

TEST_P(RelayTest, LetsTheNextOneInWhenItStops) {
  auto first = Start();
  const auto ids = Append(1, 2);
  EXPECT_THAT(first->Drain(kSoon), IsOk());
  EXPECT_FALSE(Lease("next"));
  first.reset();
  EXPECT_TRUE(Lease("next"));
}

TEST_P(RelayTest, ForgetsPublishedRowsAfterTheirTimeAndWaitingRowsNever) {
  const auto relay = Start(
      {.sweep = absl::Milliseconds(2), .keep = absl::Hours(1), .tidy = absl::Milliseconds(2)});
  Append(1, 3);
  EXPECT_THAT(relay->Drain(kSoon), IsOk());
  stream_.FailWith(absl::UnavailableError("gone"));
  Append(4, 5);
  EXPECT_EQ(Rows(), 5);
  clock_.Advance(absl::Hours(2));
  stream_.FailWith(absl::OkStatus());
  EXPECT_TRUE(Eventually([&] { return Rows() == 2; }));
  EXPECT_TRUE(stream_.Holds({"e4", "e5"}));
}

TEST_P(RelayTest, StopsAtOnceWhateverItWaitsFor) {
  stream_.FailWith(absl::UnavailableError("gone"));
  Append(1, 1);
  RelayOptions options{.sweep = kNever, .retry_min = kNever, .retry_max = kNever};
  auto failing = Relay::Start(db(), stream_, clock_, options);
  failing.reset();
  stream_.FailWith(absl::OkStatus());
  auto idle = Relay::Start(db(), stream_, clock_, options);
  EXPECT_THAT(idle->Drain(kSoon), IsOk());
  idle.reset();  // The test ends only if both did.
}

}  // namespace
}  // namespace assay::platform
