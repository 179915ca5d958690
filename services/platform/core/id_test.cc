#include "services/platform/core/id.h"

#include <algorithm>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/platform/testing/fakes.h"

namespace assay::platform {
namespace {

using ::testing::MatchesRegex;

constexpr char kCrockford[] = "[0-9abcdefghjkmnpqrstvwxyz]*";

class OnlyOnes final : public Entropy {
 public:
  void Fill(std::span<std::uint8_t> bytes) override { std::ranges::fill(bytes, 0xff); }
};

TEST(IdSourceTest, GivesTwentySixLowerCaseCrockfordCharacters) {
  testing::FakeEntropy entropy;
  const std::string id = MakeIdSource(entropy)->NextId(absl::FromUnixMillis(1));
  EXPECT_EQ(id.size(), 26u);
  EXPECT_THAT(id, MatchesRegex(kCrockford));
  EXPECT_EQ(id.substr(0, 10), "0000000001") << "ten characters of milliseconds come first";
}

TEST(IdSourceTest, KeepsTheOrderOfCreationWithinOneMillisecond) {
  testing::FakeEntropy entropy;
  auto ids = MakeIdSource(entropy);
  const absl::Time now = absl::FromUnixSeconds(1'777'626'000);
  std::vector<std::string> made;
  for (int i = 0; i < 10'000; ++i) made.push_back(ids->NextId(now));
  EXPECT_TRUE(std::ranges::is_sorted(made));
  EXPECT_EQ(std::set<std::string>(made.begin(), made.end()).size(), made.size());
}

TEST(IdSourceTest, SortsByTimeAcrossMilliseconds) {
  testing::FakeEntropy entropy;
  auto ids = MakeIdSource(entropy);
  std::string last;
  for (std::int64_t ms : {1ll, 31ll, 32ll, 1'000'000'000ll, 1'777'626'000'000ll}) {
    std::string id = ids->NextId(absl::FromUnixMillis(ms));
    EXPECT_LT(last, id);
    last = id;
  }
}

TEST(IdSourceTest, StaysAboveTheLastIdWhenTheClockGoesBack) {
  testing::FakeEntropy entropy;
  auto ids = MakeIdSource(entropy);
  const std::string before = ids->NextId(absl::FromUnixMillis(5000));
  EXPECT_GT(ids->NextId(absl::FromUnixMillis(4000)), before);
}

TEST(IdSourceTest, CarriesIntoTheMillisecondWhenTheRandomPartIsUsedUp) {
  OnlyOnes entropy;
  auto ids = MakeIdSource(entropy);
  const std::string full = ids->NextId(absl::FromUnixMillis(7));
  const std::string next = ids->NextId(absl::FromUnixMillis(7));
  EXPECT_EQ(full.substr(0, 10), "0000000007");
  EXPECT_EQ(next.substr(0, 10), "0000000008");
  EXPECT_LT(full, next);
}

TEST(IdSourceTest, NeverRepeatsAcrossThreads) {
  auto ids = MakeIdSource(SystemEntropy());
  std::vector<std::vector<std::string>> made(4);
  std::vector<std::thread> threads;
  for (auto& mine : made) {
    threads.emplace_back([&] {
      for (int i = 0; i < 5'000; ++i) mine.push_back(ids->NextId(absl::FromUnixMillis(9)));
    });
  }
  for (auto& thread : threads) thread.join();
  std::set<std::string> all;
  for (const auto& mine : made) {
    EXPECT_TRUE(std::ranges::is_sorted(mine));
    all.insert(mine.begin(), mine.end());
  }
  EXPECT_EQ(all.size(), 20'000u);
}

TEST(SystemEntropyTest, FillsEverythingAndDiffers) {
  const std::string a = SystemEntropy().Bytes(4096);
  EXPECT_EQ(a.size(), 4096u);
  EXPECT_NE(a, SystemEntropy().Bytes(4096));
  EXPECT_EQ(std::set<char>(a.begin(), a.end()).size(), 256u)
      << "4096 random bytes lack one of the 256 values with a chance below 1 in 30,000";
}

TEST(SystemEntropyTest, GivesNoBytesWhenAskedForNone) { EXPECT_EQ(SystemEntropy().Bytes(0), ""); }

}  // namespace
}  // namespace assay::platform
