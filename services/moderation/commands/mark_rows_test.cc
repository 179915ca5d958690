#include "services/moderation/commands/mark_rows.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/moderation/errors.h"

namespace assay::moderation {
namespace {

using ::testing::ElementsAre;
using ::testing::Field;

constexpr MarkScale kSixty{.maximum = 60 * kOneMark, .step = 50};

TEST(AddTextsTest, TellsEveryBadFieldByColumnAndReason) {
  struct Case {
    MarkTexts texts;
    std::string_view field, reason;
  };
  const std::string long_number(65, '1');
  const std::string long_text(201, 'x');
  for (const Case& c : std::vector<Case>{
           {{.candidate = "", .mark = "3"}, "candidate", kCandidateMissing},
           {{.candidate = "a b", .mark = "3"}, "candidate", kCandidateInvalid},
           {{.candidate = long_number, .mark = "3"}, "candidate", kCandidateInvalid},
           {{.candidate = "1", .mark = "60.5"}, "mark", kMarkAboveMaximum},
           {{.candidate = "1", .mark = "3.2"}, "mark", kMarkOffStep},
           {{.candidate = "1", .mark = "-3"}, "mark", kMarkNegative},
           {{.candidate = "1", .mark = "three"}, "mark", kMarkNotANumber},
           {{.candidate = "1", .mark = "1e1"}, "mark", kMarkNotANumber},
           {{.candidate = "1", .mark = "3", .absent = "perhaps"}, "absent", kFlagInvalid},
           {{.candidate = "1", .mark = "3", .absent = "yes"}, "mark", kMarkForAbsent},
           {{.candidate = "1", .mark = "3", .withdrawn = "1"}, "mark", kMarkForAbsent},
           {{.candidate = "1", .mark = "3", .assessor = long_text}, "assessor", kTextTooLong},
           {{.candidate = "1", .mark = "3", .grade = long_text}, "grade", kTextTooLong},
           {{.candidate = "1", .mark = "3", .uln = "1000000063"}, "uln", kUlnInvalid},
           {{.candidate = "1", .mark = "3", .uln = "100000004"}, "uln", kUlnInvalid},
       }) {
    MarkRows rows(kSixty);
    AddTexts(rows, 7, c.texts);
    rows.Finish();
    ASSERT_EQ(rows.refused().size(), 1u) << c.reason;
    EXPECT_EQ(rows.refused()[0].row, 7);
    EXPECT_EQ(rows.refused()[0].field, c.field);
    EXPECT_EQ(rows.refused()[0].reason, c.reason);
    EXPECT_TRUE(rows.good().empty());
    EXPECT_EQ(rows.row_count(), 1);
  }
}

TEST(AddTextsTest, TakesGoodRowsWithTheirFlags) {
  MarkRows rows(kSixty);
  AddTexts(rows, 2, {.candidate = "1", .mark = "60", .assessor = "A", .group = "G", .site = "S"});
  AddTexts(rows, 3, {.candidate = "2", .mark = "0", .parental_interest = "TRUE"});
  AddTexts(rows, 4, {.candidate = "3", .absent = "Yes"});
  AddTexts(rows, 5, {.candidate = "4", .mark = "12.5", .absent = "no", .carried_forward = "1"});
  AddTexts(rows, 6, {.candidate = "5", .grade = "Merit", .uln = "1000000043"});
  AddTexts(rows, 7, {.candidate = "6", .mark = "1", .uln = "9999999999"});
  rows.Finish();
  EXPECT_EQ(rows.refused_count(), 0);
  ASSERT_EQ(rows.good().size(), 6u);
  EXPECT_EQ(rows.good()[0].mark, 6000);
  EXPECT_EQ(rows.good()[0].site, "S");
  EXPECT_EQ(rows.good()[1].flags, static_cast<std::uint32_t>(kParentalInterest));
  EXPECT_EQ(rows.good()[2].flags, static_cast<std::uint32_t>(kAbsent));
  EXPECT_EQ(rows.good()[3].mark, 1250);
  EXPECT_EQ(rows.good()[4].grade, "Merit");
  EXPECT_EQ(rows.good()[4].uln, "1000000043");
  EXPECT_EQ(rows.good()[5].uln, "9999999999");  // QUAL-10: a number that is still to come.
  EXPECT_EQ(rows.missing_count(), 1);
}

TEST(MarkRowsTest, KeepsTheFirstOfADuplicateAndRefusesTheOthersInOrder) {
  MarkRows rows(kSixty);
  rows.Add(2, {.number = "9", .mark = 100});
  rows.Add(3, {.number = "1", .mark = 200});
  rows.Refuse({4, "", std::string(kRowMalformed), "bad", ""});
  rows.Add(5, {.number = "9", .mark = 300});
  rows.Add(6, {.number = "1", .mark = 400});
  rows.Finish();
  EXPECT_THAT(rows.good(), ElementsAre(Field(&Candidate::mark, 200), Field(&Candidate::mark, 100)));
  EXPECT_THAT(rows.refused(), ElementsAre(Field(&RefusedRow::row, 4), Field(&RefusedRow::row, 5),
                                          Field(&RefusedRow::row, 6)));
  EXPECT_EQ(rows.row_count(), 5);
  EXPECT_EQ(rows.refused_count(), 3);
}

}  // namespace
}  // namespace assay::moderation
