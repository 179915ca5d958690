#include "services/platform/core/backoff.h"

#include <gtest/gtest.h>

#include <set>

#include "services/platform/testing/fakes.h"

namespace assay::platform {
namespace {

constexpr absl::Duration kMin = absl::Milliseconds(100);
constexpr absl::Duration kMax = absl::Seconds(10);

struct BackoffCase {
  int failures;
  absl::Duration middle;
};

TEST(BackoffTest, DoublesUpToItsMaximumAndVariesByHalf) {
  const BackoffCase cases[] = {
      {0, kMin},      {1, kMin}, {2, 2 * kMin}, {3, 4 * kMin},
      {7, 64 * kMin}, {8, kMax}, {1000, kMax},  {-5, kMin},
  };
  testing::FakeEntropy entropy;
  for (const BackoffCase& c : cases) {
    SCOPED_TRACE(c.failures);
    std::set<absl::Duration> seen;
    for (int i = 0; i < 100; ++i) {
      const absl::Duration wait = Backoff(c.failures, kMin, kMax, entropy);
      EXPECT_GE(wait, c.middle * 0.5);
      EXPECT_LE(wait, c.middle * 1.5);
      seen.insert(wait);
    }
    EXPECT_GT(seen.size(), 50u);
    EXPECT_LT(*seen.begin(), c.middle * 0.7);
    EXPECT_GT(*seen.rbegin(), c.middle * 1.3);
  }
}

}  // namespace
}  // namespace assay::platform
