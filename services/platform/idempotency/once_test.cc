#include "services/platform/idempotency/once.h"

#include <atomic>
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

using testing::EngineTest;
using testing::IsError;
using testing::IsOk;

constexpr char kId[] = "0b8c2f52-5b0f-4e0e-9a55-3a1c4b1d2e3f";
constexpr auto kInvalidArgument = absl::StatusCode::kInvalidArgument;

OnceKey Key() {
  return {.tenant = "tenant-a",
          .caller = "users/1",
          .method = "assay.x.v1.XService/Do",
          .request_id = kId,
          .body_hash = std::string_view("hash\0one", 8)};
}

class OnceTest : public EngineTest {
 protected:
  OnceTest() : EngineTest({&Migrations()}) {}

  // One call; its effect counts itself and replies "reply N".
  absl::StatusOr<std::string> Call(const OnceKey& key) {
    absl::StatusOr<std::string> reply;
    const absl::Status status = db().WriteNow([&](Transaction& tx) {
      reply = Once(tx, key, now_, [&]() -> absl::StatusOr<std::string> {
        return absl::StrCat("reply ", ++effects_, std::string("\0\xff", 2));
      });
      return reply.status();
    });
    if (!status.ok()) return status;
    return reply;
  }

  testing::FakeClock clock_;
  absl::Time now_ = clock_.Now();
  std::atomic<int> effects_ = 0;
};

TEST_P(OnceTest, ARepeatGetsTheFirstReplyWithoutASecondEffect) {
  const auto first = Call(Key());
  ASSERT_THAT(first, IsOk());
  const auto repeat = Call(Key());
  ASSERT_THAT(repeat, IsOk());
  EXPECT_EQ(*repeat, *first);
  EXPECT_EQ(*repeat, std::string("reply 1\0\xff", 9));
  EXPECT_EQ(effects_, 1);
}

TEST_P(OnceTest, TheCaseOfAnIdsDigitsDoesNotMatter) {
  ASSERT_THAT(Call(Key()), IsOk());
  OnceKey key = Key();
  key.request_id = "0B8C2F52-5B0F-4E0E-9A55-3A1C4B1D2E3F";
  ASSERT_THAT(Call(key), IsOk());
  EXPECT_EQ(effects_, 1);
}

TEST_P(OnceTest, AnotherBodyUnderTheSameIdIsRefused) {
  ASSERT_THAT(Call(Key()), IsOk());
  OnceKey key = Key();
  key.body_hash = std::string_view("hash\0two", 8);
  EXPECT_THAT(Call(key), IsError(kInvalidArgument, "REQUEST_ID_REUSED"));
  EXPECT_EQ(effects_, 1);
}

TEST_P(OnceTest, TenantsCallersAndMethodsDoNotShareIds) {
  ASSERT_THAT(Call(Key()), IsOk());
  OnceKey other_tenant = Key();
  other_tenant.tenant = "tenant-b";
  OnceKey other_caller = Key();
  other_caller.caller = "users/2";
  OnceKey other_method = Key();
  other_method.method = "assay.x.v1.XService/Undo";
  int expected = 1;
  for (const OnceKey& key : {other_tenant, other_caller, other_method}) {
    EXPECT_THAT(Call(key), IsOk());
    EXPECT_EQ(effects_, ++expected);
  }
}

TEST_P(OnceTest, AFailedEffectStoresNothingAndMayBeTriedAgain) {
  const absl::Status failed = db().WriteNow([&](Transaction& tx) {
    return Once(tx, Key(), now_,
                []() -> absl::StatusOr<std::string> { return absl::NotFoundError("not yet"); })
        .status();
  });
  EXPECT_TRUE(absl::IsNotFound(failed));
  ASSERT_THAT(Call(Key()), IsOk());
  EXPECT_EQ(effects_, 1);
}

TEST_P(OnceTest, AReplyThatWasUndoneWithItsTransactionIsNotGivenOut) {
  EXPECT_FALSE(db().WriteNow([&](Transaction& tx) -> absl::Status {
                     EXPECT_THAT(Once(tx, Key(), now_,
                                      []() -> absl::StatusOr<std::string> { return "lost"; }),
                                 IsOk());
                     return absl::AbortedError("after the effect");
                   })
                   .ok());
  EXPECT_THAT(Call(Key()), IsOk());
  EXPECT_EQ(effects_, 1);
}

TEST_P(OnceTest, WithoutAnIdEveryCallHasItsEffect) {
  OnceKey key = Key();
  key.request_id = "";
  ASSERT_THAT(Call(key), IsOk());
  ASSERT_THAT(Call(key), IsOk());
  EXPECT_EQ(effects_, 2);
}

TEST_P(OnceTest, AnIdThatIsNoUuidIsRefused) {
  for (const char* id :
       {"1", "0b8c2f52-5b0f-4e0e-9a55-3a1c4b1d2e3", "0b8c2f52-5b0f-4e0e-9a55-3a1c4b1d2e3f0",
        "0b8c2f525b0f-4e0e-9a55-3a1c4b1d2e3f0", "0b8c2f52-5b0f-4e0e-9a55-3a1c4b1d2e3g",
        "{0b8c2f52-5b0f-4e0e-9a55-3a1c4b1d2e}", "' OR 1=1 --aaaaaaaaaaaaaaaaaaaaaaaaa"}) {
    OnceKey key = Key();
    key.request_id = id;
    EXPECT_THAT(Call(key), IsError(kInvalidArgument, "REQUEST_ID_INVALID")) << id;
  }
  EXPECT_EQ(effects_, 0);
}

TEST_P(OnceTest, ManyAtOnceHaveOneEffectAndOneReply) {
  std::vector<std::thread> threads;
  std::vector<absl::StatusOr<std::string>> replies(6, absl::UnknownError(""));
  ASSERT_THAT(db().WriteNow([](Transaction& tx) {
    return tx.ExecuteScript("CREATE TABLE effects (n BIGINT)");
  }),
              IsOk());
  for (auto& reply : replies) {
    threads.emplace_back([&] {
      const absl::Status status = db().WriteNow([&](Transaction& tx) {
        reply = Once(tx, Key(), now_, [&]() -> absl::StatusOr<std::string> {
          RETURN_IF_ERROR(tx.Execute("INSERT INTO effects VALUES (1)", {}).status());
          return absl::StrCat("reply ", ++effects_);
        });
        return reply.status();
      });
      if (!status.ok()) reply = status;
    });
  }
  for (auto& thread : threads) thread.join();
  for (const auto& reply : replies) {
    ASSERT_THAT(reply, IsOk());
    EXPECT_EQ(*reply, *replies[0]);
  }
  EXPECT_THAT(db().ReadNow([](Transaction& tx) {
    return tx.Query("SELECT COUNT(*) FROM effects", {}, [](const SqlRow& row) {
      EXPECT_EQ(row.Int(0), 1) << "bodies may rerun; what they did must not be there twice";
      return absl::OkStatus();
    });
  }),
              IsOk());
}

TEST_P(OnceTest, ForgetsOldRequestsAFewAtATime) {
  for (int i = 0; i < 3; ++i) {
    const std::string id = absl::StrCat("0b8c2f52-5b0f-4e0e-9a55-3a1c4b1d2e3", i);
    OnceKey key = Key();
    key.request_id = id;
    ASSERT_THAT(Call(key), IsOk());
  }
  const auto forget = [&](absl::Duration later, int limit) {
    std::int64_t forgotten = -1;
    EXPECT_THAT(db().WriteNow([&](Transaction& tx) -> absl::Status {
      ASSIGN_OR_RETURN(forgotten, ForgetOldRequests(tx, now_ + later, limit));
      return absl::OkStatus();
    }),
                IsOk());
    return forgotten;
  };
  EXPECT_EQ(forget(kRequestIdLifetime, 10), 0) << "a repeat must still find them";
  EXPECT_EQ(forget(kRequestIdLifetime + absl::Seconds(1), 2), 2);
  EXPECT_EQ(forget(kRequestIdLifetime + absl::Seconds(1), 2), 1);
  EXPECT_EQ(forget(kRequestIdLifetime + absl::Seconds(1), 2), 0);
}

INSTANTIATE_TEST_SUITE_P(Engines, OnceTest, testing::Engines(), testing::EngineName);

}  // namespace
}  // namespace assay::platform
