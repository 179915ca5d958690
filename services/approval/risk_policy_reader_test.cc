#include "services/approval/risk_policy_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_replace.h"

namespace assay::approval {
namespace {

using ::testing::Contains;
using ::testing::IsEmpty;

std::string Shipped() { return ShippedRiskPolicies().front().document; }
std::vector<std::string> Places(const std::string& document) {
  std::vector<PolicyFault> faults;
  ReadRiskPolicy(document, faults);
  std::vector<std::string> places;
  for (const PolicyFault& fault : faults) places.push_back(fault.place);
  return places;
}

// MOD-14, figure by figure.
TEST(RiskPolicyTest, WhatShipsIsMod14) {
  std::vector<PolicyFault> faults;
  const RiskPolicy policy = ReadRiskPolicy(Shipped(), faults);
  EXPECT_THAT(faults, IsEmpty());
  EXPECT_EQ(policy.version, 1);
  EXPECT_EQ(policy.one_review.grade_worst, 1);
  EXPECT_EQ(policy.one_review.reliability, Reliability::kA);
  EXPECT_FALSE(policy.one_review.open_actions);
  EXPECT_EQ(policy.one_review.learners_min, 3);
  EXPECT_EQ(policy.one_review.final_min, 2);
  EXPECT_EQ(policy.two_reviews.grade_worst, 3);
  EXPECT_EQ(policy.two_reviews.reliability, Reliability::kB);
  EXPECT_EQ(policy.two_reviews.final_min, 3);
  EXPECT_EQ(policy.apart_months_min, 1);
  EXPECT_EQ(policy.apart_months_max, 18);
}

TEST(RiskPolicyTest, EveryFaultIsNamedWithItsPlace) {
  for (const auto& [from, to, place] : std::vector<std::array<std::string, 3>>{
           {"\"grade_worst\": 4,", "", "grade_worst"},
           {"\"low\": 12", "\"low\": 0", "reviews.low"},
           {"\"interim\": 3", "\"interim\": 13", "reviews.interim"},
           {"\"id\": \"management\"", "\"id\": \"records\"", "criteria[9].id"},
           {"\"level\": \"high\"", "\"level\": \"huge\"", "criteria[1].level"},
           {"\"fails_from\": 4", "\"fails_from\": 5", "criteria[0].fails_from"},
           {"\"reviews\":", "\"intervals\":", "intervals"},
           {"\"apart_months_max\": 18", "\"apart_months_max\": 0", "direct_claims.two_reviews"},
           {"2020-01-01", "2020", "effective_from"},
           {"\"final_min\": 2", "\"final_min\": 4", "direct_claims.one_review.final_min"}}) {
    EXPECT_THAT(Places(absl::StrReplaceAll(Shipped(), {{from, to}})), Contains(place)) << to;
  }
  EXPECT_THAT(Places("[]"), Contains(""));
  EXPECT_THAT(Places("{"), Contains(""));
}

}  // namespace
}  // namespace assay::approval
