#include "services/notifications/model.h"

#include <gtest/gtest.h>

namespace assay::notifications {
namespace {

TEST(MailboxTest, IsAPersonsACentresOrARoles) {
  for (const char* good :
       {"users/01h", "users/auth0|5f7c", "centres/urn-100000", "roles/quality"}) {
    EXPECT_TRUE(IsMailbox(good)) << good;
  }
  for (const char* bad :
       {"", "users", "users/", "centres/a/b", "teams/a", "roles/a b", "/users/a"}) {
    EXPECT_FALSE(IsMailbox(bad)) << bad;
  }
}

TEST(EmailAddressTest, TakesOrdinaryAddressesAndNothingThatBreaksAHeader) {
  for (const char* good : {"exams@centre.example", "a.b+c@mail.centre.example", "root@localhost"}) {
    EXPECT_TRUE(IsEmailAddress(good)) << good;
  }
  for (const char* bad :
       {"", "centre.example", "@centre.example", "a@", "a b@c.example", "a@b@c.example",
        "a@c.example\r\nBcc: x@y.example", "<a@c.example>", "a@c..example", ".a@c.example",
        "a@c.example,b@c.example", "é@c.example"}) {
    EXPECT_FALSE(IsEmailAddress(bad)) << bad;
  }
  EXPECT_FALSE(IsEmailAddress(std::string(65, 'a') + "@c.example"));
}

TEST(WaitAfterTest, DoublesWithinItsBoundsAndJitters) {
  const RetryPolicy policy{
      .attempts_max = 8, .first = absl::Seconds(30), .longest = absl::Minutes(10)};
  EXPECT_EQ(WaitAfter(policy, 1, 0.5), absl::Seconds(30));
  EXPECT_EQ(WaitAfter(policy, 2, 0.5), absl::Seconds(60));
  EXPECT_EQ(WaitAfter(policy, 3, 0.5), absl::Seconds(120));
  EXPECT_EQ(WaitAfter(policy, 1, 0.0), absl::Seconds(15));
  EXPECT_EQ(WaitAfter(policy, 100, 0.5), absl::Minutes(10));
  EXPECT_LT(WaitAfter(policy, 100, 0.999), absl::Minutes(15));
}

}  // namespace
}  // namespace assay::notifications
