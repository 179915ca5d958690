#include "services/approval/learners/recording_form.h"

#include <gtest/gtest.h>

namespace assay::approval {
namespace {

using enum FormState;
using Day = absl::CivilDay;

// QUAL-8
TEST(RecordingFormTest, IsApprovedBeforeItIsUsed) {
  const Day from(2026, 3, 1), until(2026, 6, 1);
  const struct {
    FormState state;
    std::optional<Day> from, until;
    Day day;
    bool usable;
  } kCases[] = {{kProposed, std::nullopt, std::nullopt, from, false},
                {kRefused, std::nullopt, std::nullopt, from, false},
                {kApproved, from, std::nullopt, from - 1, false},
                {kApproved, from, std::nullopt, from, true},
                {kWithdrawn, from, until, until - 1, true},
                {kWithdrawn, from, until, until, false}};
  for (const auto& c : kCases) {
    const FormFacts form{"9001-03", c.state, c.from, c.until};
    EXPECT_EQ(FormUsableOn(form, "9001-03", c.day), c.usable) << NameOf(c.state) << " " << c.day;
    EXPECT_FALSE(FormUsableOn(form, "9002-03", c.day)) << "of another qualification";
  }
}

TEST(RecordingFormTest, OnlyLegalChangesHappen) {
  for (int from = 0; from < kFormStates; ++from) {
    for (int to = 0; to < kFormStates; ++to) {
      const auto a = static_cast<FormState>(from), b = static_cast<FormState>(to);
      const bool legal = (a == kProposed && (b == kApproved || b == kRefused)) ||
                         (a == kApproved && b == kWithdrawn);
      EXPECT_EQ(MayChange(a, b), legal) << NameOf(a) << " to " << NameOf(b);
    }
  }
}

}  // namespace
}  // namespace assay::approval
