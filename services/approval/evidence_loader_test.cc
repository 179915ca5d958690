#include "services/approval/evidence_loader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "services/platform/testing/status_matchers.h"

namespace assay::approval {
namespace {

using platform::testing::IsOk;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

constexpr char kPolicy[] = R"({"policies": [
  {"from": "2026-09-01", "required": {
    "work placement": [["learner record"]], "task set with a practitioner": [],
    "co-delivery": [["attendance register"]], "expert witness": [["witness testimony", "other"]]}},
  {"from": "2020-09-01", "required": {
    "work placement": [], "task set with a practitioner": [], "co-delivery": [],
    "expert witness": []}}]})";

// EI-8: each kind that counts shows at least who took part.
TEST(ShippedEvidenceTest, WhatShipsAsksForALearnerListOfEachKindThatCounts) {
  const std::vector<EvidencePolicy>& shipped = ShippedEvidence();
  ASSERT_THAT(shipped, SizeIs(1));
  for (const auto& needs : shipped[0].needs) {
    ASSERT_FALSE(needs.empty());
    EXPECT_THAT(needs[0].any_of, ::testing::Contains(EvidenceKind::kAttendanceRegister));
  }
  EXPECT_THAT(shipped[0].needs[3], SizeIs(2)) << "an expert witness also testifies";
}

TEST(ParseEvidenceTest, ReadsPoliciesInTheOrderOfTheirDays) {
  const auto policies = ParseEvidence("p", kPolicy);
  ASSERT_THAT(policies, IsOk());
  ASSERT_THAT(*policies, SizeIs(2));
  EXPECT_EQ(policies->at(0).from, absl::CivilDay(2020, 9, 1));
  EXPECT_THAT(policies->at(1).needs[0][0].any_of, ElementsAre(EvidenceKind::kLearnerRecord));
  EXPECT_THAT(policies->at(1).needs[3][0].any_of,
              ElementsAre(EvidenceKind::kWitnessTestimony, EvidenceKind::kOther));
}

TEST(ParseEvidenceTest, NamesTheFirstFaultAndItsPlace) {
  struct Case {
    std::string from, to, told;
  };
  for (const Case& c : {Case{"\"policies\"", "\"others\"", "policies"},
                        {"2026-09-01", "2026", "/policies/0/from"},
                        {"\"learner record\"", "\"gossip\"", "/required/work placement/0"},
                        {"\"co-delivery\": [],", "", "each of the four kinds"},
                        {"\"co-delivery\": [],", "\"job reference\": [],", "job reference"},
                        {"[[\"learner record\"]]", "[[]]", "/required/work placement/0"}}) {
    const std::string text = absl::StrReplaceAll(kPolicy, {{c.from, c.to}});
    const auto parsed = ParseEvidence("p", text);
    EXPECT_EQ(parsed.status().code(), absl::StatusCode::kInvalidArgument) << c.told;
    EXPECT_THAT(std::string(parsed.status().message()), HasSubstr(c.told));
  }
  EXPECT_FALSE(ParseEvidence("p", "{").ok());
}

}  // namespace
}  // namespace assay::approval
