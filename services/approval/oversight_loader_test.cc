#include "services/approval/oversight_loader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <string>

#include "services/platform/testing/fakes.h"
#include "services/platform/testing/status_matchers.h"

namespace assay::approval {
namespace {

using platform::testing::IsOk;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr char kOwn[] = R"({
  "version": 3,
  "levels": [{"id": "frozen", "title": "frozen", "kinds": ["sanction"],
              "registrations_stopped": true}],
  "reminders": {"days_ahead": [14, 0], "days_overdue": [3], "stale_after_days": 7},
  "competence": {"required": ["experience of training"], "valid_days_max": 365}
})";

TEST(OversightLoaderTest, WhatShipsHasTheRemindersOfNot3AndTheEvidenceOfQual6) {
  const auto policy = LoadOversight("");
  ASSERT_THAT(policy, IsOk());
  EXPECT_THAT(policy->reminders.days_ahead, ElementsAre(28, 7, 1));
  EXPECT_THAT(policy->competence.required,
              ElementsAre(CompetenceKind::kOccupational, CompetenceKind::kRecentExperience,
                          CompetenceKind::kTraining));
  ASSERT_NE(policy->FindLevel("learner-cap"), nullptr);
  EXPECT_TRUE(policy->FindLevel("learner-cap")->effects.learners_capped);
  ASSERT_NE(policy->FindLevel("certification-stopped"), nullptr);
  EXPECT_TRUE(policy->FindLevel("certification-stopped")->effects.certification_stopped);
  EXPECT_FALSE(policy->FindLevel("certification-stopped")->condition);
}

TEST(OversightLoaderTest, ABodyMayGiveItsOwn) {
  platform::testing::TempDir dir;
  const std::string file = dir.path() + "/oversight.json";
  std::ofstream(file) << kOwn;
  const auto policy = LoadOversight(file);
  ASSERT_THAT(policy, IsOk());
  EXPECT_EQ(policy->version, 3);
  EXPECT_EQ(policy->FindLevel("learner-cap"), nullptr);
  EXPECT_TRUE(policy->FindLevel("frozen")->effects.registrations_stopped);
  EXPECT_THAT(policy->reminders.days_ahead, ElementsAre(14, 0));
  EXPECT_EQ(policy->competence.valid_days_max, 365);
  EXPECT_FALSE(LoadOversight(dir.path() + "/none.json").ok());
}

TEST(OversightLoaderTest, FaultsAreToldWithTheirPlace) {
  struct Case {
    const char* was;
    const char* is;
    const char* told;
  };
  const Case cases[] = {
      {"\"version\": 3,", "", "/version"},
      {"\"version\": 3", "\"version\": 0", "version is not from 1 on"},
      {"\"title\": \"frozen\"", "\"title\": 5", "/levels/0/title is not a text"},
      {"[\"sanction\"]", "[\"fine\"]", "/levels/0/kinds has neither condition nor sanction"},
      {"\"registrations_stopped\": true", "\"registrations_stoped\": true",
       "/levels/0/registrations_stoped is not known"},
      {"\"registrations_stopped\": true", "\"registrations_stopped\": 1",
       "/levels/0/registrations_stopped is not true or false"},
      {"[14, 0]", "[0, 14]", "days_ahead has 14 after 0"},
      {"[3]", "[-3]", "/reminders/days_overdue is not from 0 to 100000"},
      {"experience of training", "luck", "/competence/required has an unknown kind"},
      {"\"reminders\"", "\"reminder\"", "/reminder is not known"},
      {"365", "\"365\"", "/competence/valid_days_max is not a whole number"},
  };
  for (const Case& c : cases) {
    std::string text = kOwn;
    const std::size_t at = text.find(c.was);
    ASSERT_NE(at, text.npos) << c.was;
    text.replace(at, std::string(c.was).size(), c.is);
    const auto policy = ParseOversight("own.json", text);
    ASSERT_FALSE(policy.ok()) << c.is;
    EXPECT_THAT(std::string(policy.status().message()), HasSubstr(c.told));
    EXPECT_THAT(std::string(policy.status().message()), HasSubstr("own.json"));
  }
  EXPECT_FALSE(ParseOversight("x", "{").ok());
  EXPECT_FALSE(ParseOversight("x", "[]").ok());
}

}  // namespace
}  // namespace assay::approval
