#include "services/approval/oversight/restriction.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

namespace assay::approval {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

const absl::CivilDay kDay(2026, 3, 10);

Restriction Make(const std::string& name, Effects effects, const std::string& qualification = "") {
  return {.name = name,
          .level = "level-of-" + name,
          .qualification = qualification,
          .effects = effects,
          .reason = "because of " + name,
          .from = kDay};
}
Restriction Cap(const std::string& name, std::int64_t most, const std::string& qualification = "") {
  Restriction cap = Make(name, {.learners_capped = true}, qualification);
  cap.learners_max = most;
  return cap;
}

std::vector<std::string> Sources(const LimitsInForceOn& limits) {
  std::vector<std::string> names;
  for (const LimitCause& cause : limits.causes) names.push_back(cause.source);
  return names;
}

// QUAL-9
TEST(RestrictionTest, IsInForceFromItsFirstDayUntilItsEnd) {
  Restriction r = Make("a", {.registrations_stopped = true});
  r.until = kDay + 5;
  EXPECT_EQ(StateOn(r, kDay - 1), RestrictionState::kPlanned);
  EXPECT_EQ(StateOn(r, kDay), RestrictionState::kInForce);
  EXPECT_EQ(StateOn(r, kDay + 4), RestrictionState::kInForce);
  EXPECT_EQ(StateOn(r, kDay + 5), RestrictionState::kEnded);
  r.until.reset();
  EXPECT_EQ(StateOn(r, kDay + 5000), RestrictionState::kInForce);
  // Lifted on the day on which it was to begin, or before: never in force.
  r.until = kDay - 2;
  EXPECT_EQ(StateOn(r, kDay), RestrictionState::kEnded);
}

// QUAL-9
TEST(LimitsOnTest, TakeTheLowestCapThatBears) {
  const std::vector<Restriction> all = {Cap("centre", 100), Cap("other", 5, "9002-03"),
                                        Cap("own", 30, "9001-03"), Cap("own more", 40, "9001-03")};
  const LimitsInForceOn own = LimitsOn(all, "9001-03", kDay);
  EXPECT_EQ(own.learners_max, 30);
  EXPECT_EQ(own.centre_learners_max, 100);
  EXPECT_THAT(Sources(own), ElementsAre("own", "own more", "centre"));
  // A cap on the whole centre caps a qualification that has none of its own.
  EXPECT_EQ(LimitsOn(all, "9003-03", kDay).learners_max, 100);
  EXPECT_EQ(LimitsOn(all, "9002-03", kDay).learners_max, 5);
  EXPECT_EQ(LimitsOn({}, "9002-03", kDay).learners_max, std::nullopt);
}

TEST(LimitsOnTest, ACapOfNoneIsACap) {
  const std::vector<Restriction> all = {Cap("none", 0)};
  EXPECT_EQ(LimitsOn(all, "", kDay).learners_max, 0);
}

// QUAL-9
TEST(LimitsOnTest, StopsAddUpAndTheHardestIsToldFirst) {
  const std::vector<Restriction> all = {
      Cap("cap", 3), Make("claims", {.direct_claims_stopped = true}, "9001-03"),
      Make("certificates", {.registrations_stopped = true, .certification_stopped = true}),
      Make("requirement", {})};
  const LimitsInForceOn limits = LimitsOn(all, "9001-03", kDay);
  EXPECT_TRUE(limits.registrations_stopped);
  EXPECT_TRUE(limits.direct_claims_stopped);
  EXPECT_TRUE(limits.certification_stopped);
  // What only asks for something limits nothing.
  EXPECT_THAT(Sources(limits), ElementsAre("certificates", "claims", "cap"));
  EXPECT_EQ(limits.causes[0].reason, "because of certificates");
  EXPECT_TRUE(limits.causes[0].whole_centre);
  EXPECT_FALSE(limits.causes[1].whole_centre);
  EXPECT_FALSE(LimitsOn(all, "9002-03", kDay).direct_claims_stopped);
  EXPECT_THAT(LimitsOn(all, "9001-03", kDay - 1).causes, IsEmpty());
}

// QUAL-9
TEST(LimitsOnTest, EachLimitNamesTheRestrictionThatMakesIt) {
  const std::vector<Restriction> all = {Make("certificates", {.certification_stopped = true}),
                                        Cap("cap", 3, "9001-03"), Cap("wider", 50),
                                        Make("claims", {.direct_claims_stopped = true}, "9001-03"),
                                        Make("entries", {.registrations_stopped = true})};
  const LimitsInForceOn limits = LimitsOn(all, "9001-03", kDay);
  EXPECT_EQ(limits.learners_cap->source, "cap");
  EXPECT_EQ(limits.centre_learners_cap->source, "wider");
  EXPECT_EQ(limits.registrations_stop->source, "entries");
  EXPECT_EQ(limits.direct_claims_stop->source, "claims");
  EXPECT_EQ(limits.certification_stop->source, "certificates");
  const LimitsInForceOn none = LimitsOn({}, "9001-03", kDay);
  EXPECT_FALSE(none.learners_cap.has_value() || none.registrations_stop.has_value());
}

// Whatever is imposed on top never allows more.
TEST(LimitsOnTest, OneMoreNeverAllowsMore) {
  std::mt19937 random(7);
  const auto pick = [&](int n) { return static_cast<int>(random() % n); };
  for (int round = 0; round < 500; ++round) {
    std::vector<Restriction> all;
    LimitsInForceOn before;
    for (int i = 0; i < 6; ++i) {
      Restriction r = Make(std::to_string(i),
                           {.learners_capped = pick(2) == 0,
                            .registrations_stopped = pick(3) == 0,
                            .direct_claims_stopped = pick(3) == 0,
                            .certification_stopped = pick(3) == 0},
                           pick(2) == 0   ? ""
                           : pick(2) == 0 ? "q"
                                          : "other");
      if (r.effects.learners_capped) r.learners_max = pick(50);
      r.from = kDay + pick(3) - 1;
      if (pick(2) == 0) r.until = r.from + pick(4);
      all.push_back(r);
      const LimitsInForceOn after = LimitsOn(all, "q", kDay);
      EXPECT_GE(after.registrations_stopped, before.registrations_stopped);
      EXPECT_GE(after.direct_claims_stopped, before.direct_claims_stopped);
      EXPECT_GE(after.certification_stopped, before.certification_stopped);
      if (before.learners_max.has_value()) {
        ASSERT_TRUE(after.learners_max.has_value());
        EXPECT_LE(*after.learners_max, *before.learners_max);
      }
      before = after;
    }
  }
}

}  // namespace
}  // namespace assay::approval
