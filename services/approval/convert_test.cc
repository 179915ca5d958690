#include "services/approval/convert.h"

#include <gtest/gtest.h>

#include "services/platform/testing/status_matchers.h"

namespace assay::approval {
namespace {

using platform::testing::IsError;

constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;
constexpr auto kNotFound = absl::StatusCode::kNotFound;

TEST(NamesTest, OfCentres) {
  EXPECT_EQ(*CentreIdFrom("name", "centres/urn-100000"), "urn-100000");
  for (const char* name : {"", "urn-100000", "centres/", "centres/-", "centres/urn-100000/x",
                           "centre/urn-100000", "/centres/urn-100000"}) {
    EXPECT_THAT(CentreIdFrom("name", name), IsError(kInvalid, "FIELD_INVALID")) << name;
  }
  // The right form, but no such centre can be: as if it were merely not there.
  for (const char* name : {"centres/urn-1", "centres/x", "centres/URN-100000"}) {
    EXPECT_THAT(CentreIdFrom("name", name), IsError(kNotFound, "CENTRE_NOT_FOUND")) << name;
  }
  EXPECT_EQ(*ParentFrom("centres/-"), "");
  EXPECT_EQ(*ParentFrom("centres/urn-100000"), "urn-100000");
}

TEST(NamesTest, OfApprovals) {
  const std::string id = "01h00000000000000000000000";
  const auto name = ApprovalNameFrom("name", "centres/urn-100000/qualificationApprovals/" + id);
  ASSERT_TRUE(name.ok());
  EXPECT_EQ(name->centre, "urn-100000");
  EXPECT_EQ(name->id, id);
  for (const std::string& bad :
       {std::string(), std::string("centres/urn-100000"), "centres//qualificationApprovals/" + id,
        "centres/a/b/qualificationApprovals/" + id,
        "centres/urn-100000/qualificationApprovals/" + id + "/x",
        std::string("centres/urn-100000/qualificationApprovals/")}) {
    EXPECT_THAT(ApprovalNameFrom("name", bad), IsError(kInvalid, "FIELD_INVALID")) << bad;
  }
  EXPECT_THAT(ApprovalNameFrom("name", "centres/urn-100000/qualificationApprovals/x"),
              IsError(kNotFound, "APPROVAL_NOT_FOUND"));
}

TEST(DayFromTest, TakesWholeDaysOnly) {
  google::type::Date date;
  EXPECT_EQ(*DayFrom("date", false, date), std::nullopt);
  EXPECT_THAT(DayFrom("date", true, date), IsError(kInvalid, "FIELD_INVALID"));
  date.set_year(2026);
  date.set_month(2);
  EXPECT_THAT(DayFrom("date", true, date), IsError(kInvalid, "FIELD_INVALID"));
  date.set_day(28);
  EXPECT_EQ(*DayFrom("date", true, date), absl::CivilDay(2026, 2, 28));
  date.set_day(29);
  EXPECT_THAT(DayFrom("date", true, date), IsError(kInvalid, "FIELD_INVALID"));
}

TEST(ReasonFromTest, NeedsWords) {
  EXPECT_THAT(ReasonFrom(" \n"), IsError(kInvalid, "REASON_MISSING"));
  EXPECT_EQ(*ReasonFrom("  no visit\n"), "no visit");
  EXPECT_THAT(ReasonFrom(std::string(2001, 'x')), IsError(kInvalid, "FIELD_INVALID"));
  EXPECT_TRUE(ReasonFrom(std::string(2000, 'x')).ok());
}

TEST(StateFromTest, KnowsEveryStateOfTheProtoAndNoOther) {
  const auto* states = v1::Centre::State_descriptor();
  for (int i = 0; i < states->value_count(); ++i) {
    const auto state = static_cast<v1::Centre::State>(states->value(i)->number());
    const auto known = StateFrom(state);
    ASSERT_TRUE(known.ok());
    if (!known->has_value()) {
      EXPECT_EQ(state, v1::Centre::STATE_UNSPECIFIED);
      continue;
    }
    Centre centre;
    centre.state = **known;
    EXPECT_EQ(ToProto(centre).state(), state);
  }
  EXPECT_THAT(StateFrom(static_cast<v1::Centre::State>(77)), IsError(kInvalid, "FIELD_INVALID"));
}

}  // namespace
}  // namespace assay::approval
