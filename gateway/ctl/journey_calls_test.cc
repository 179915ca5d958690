#include "gateway/ctl/journey_calls.h"

#include <gtest/gtest.h>

#include <atomic>
#include <mutex>
#include <set>

#include "services/platform/error/error.h"
#include "services/platform/testing/status_matchers.h"

namespace assay::gateway::ctl {
namespace {

using platform::Error;
using platform::testing::IsError;

absl::Status Refused(std::string_view reason) {
  return Error(absl::StatusCode::kFailedPrecondition, reason, "not again");
}

TEST(OrFoundTest, ReadsBackOnlyWhatWasDoneBefore) {
  const auto found = [] { return absl::StatusOr<Json>(Json{{"name", "found"}}); };
  EXPECT_EQ(Text(*OrFound(Json{{"name", "done"}}, {"EXISTS"}, found), "name"), "done");
  EXPECT_EQ(Text(*OrFound(Refused("EXISTS"), {"GONE", "EXISTS"}, found), "name"), "found");
  EXPECT_THAT(OrFound(Refused("OTHER"), {"EXISTS"}, found),
              IsError(absl::StatusCode::kFailedPrecondition, "OTHER"));
  EXPECT_THAT(OrFound(Refused("EXISTS"), {"EXISTS"},
                      [] { return absl::StatusOr<Json>(Refused("NOT_THERE")); }),
              IsError(absl::StatusCode::kFailedPrecondition, "EXISTS"));
}

TEST(InParallelTest, DoesEachOnceAndReportsTheFirstThatFailed) {
  std::mutex mutex;
  std::multiset<int> done;
  ASSERT_TRUE(InParallel(100, 8, [&](int i) {
                std::lock_guard lock(mutex);
                done.insert(i);
                return absl::OkStatus();
              }).ok());
  EXPECT_EQ(done.size(), 100u);
  EXPECT_EQ(std::set<int>(done.begin(), done.end()).size(), 100u);

  std::atomic<int> begun{0};
  const absl::Status status = InParallel(1000, 1, [&](int i) {
    ++begun;
    return i == 3 ? Refused("THREE") : absl::OkStatus();
  });
  EXPECT_THAT(status, IsError(absl::StatusCode::kFailedPrecondition, "THREE"));
  EXPECT_EQ(begun, 4);
  EXPECT_TRUE(InParallel(0, 8, [](int) { return Refused("NEVER"); }).ok());
}

TEST(DrawnCountTest, WhatAJudgementCalledForIsNotDrawn) {
  const Json sample = {
      {"candidates", {{{"stage", 1}}, {{"stage", 2}}, {{"stage", 3}}, {{"stage", 4}}}}};
  EXPECT_EQ(DrawnCount(sample), 2);
}

TEST(ActionWordsTest, ReadLikeASentence) {
  EXPECT_EQ(ActionWords("ACTION_MODERATOR_MARKS_STAND"), "moderator marks stand");
}

}  // namespace
}  // namespace assay::gateway::ctl
