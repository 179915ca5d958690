#include "services/approval/erased_document.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "assay/approval/v1/planner_service.pb.h"
#include "assay/approval/v1/quality_service.pb.h"

namespace assay::approval {
namespace {

TEST(ErasedTextTest, TakesWholeWordsOnly) {
  const Pseudonym who = {"E1", "Zoë Ng", "erased-x"};
  for (const auto& [before, after] : {std::pair<std::string, std::string>{"E1", "erased-x"},
                                      {"E12", "E12"},
                                      {"AE1", "AE1"},
                                      {"(E1), E1.", "(erased-x), erased-x."},
                                      {"Zoë Ng left", "[erased] left"},
                                      {"Zoë Ngũgĩ", "Zoë Ngũgĩ"},
                                      {"nobody", "nobody"},
                                      {"", ""}}) {
    std::string text = before;
    EXPECT_EQ(EraseFrom(text, who), before != after) << before;
    EXPECT_EQ(text, after);
  }
}

// EVD-5
TEST(ErasedTextTest, TakesNamesInAnyCaseAndTheNationalNumber) {
  const Pseudonym who = {"E1", "Zoë Ng", "erased-x", "1000000043"};
  for (const auto& [before, after] : {std::pair<std::string, std::string>{"ZOë NG", "[erased]"},
                                      {"zoë ng, e1", "[erased], erased-x"},
                                      {"ULN 1000000043.", "ULN erased-x."},
                                      {"11000000043", "11000000043"}}) {
    std::string text = before;
    EraseFrom(text, who);
    EXPECT_EQ(text, after);
  }
}

// EVD-5
TEST(ErasedTextTest, TakesTheLearnerOutOfCommentsOnGrades) {
  v1::QualityReview review;
  review.add_grades()->set_comment("ADA LOVELACE was seen");
  review.mutable_grades(0)->set_grade(2);
  std::string document = review.SerializeAsString();
  const auto changed = EraseFromReview(document, {"E1", "Ada Lovelace", "erased-x"});
  ASSERT_TRUE(changed.ok());
  EXPECT_TRUE(*changed);
  ASSERT_TRUE(review.ParseFromString(document));
  EXPECT_EQ(review.grades(0).comment(), "[erased] was seen");
  EXPECT_EQ(review.grades(0).grade(), 2);
  EXPECT_FALSE(*EraseFromReview(document, {"E1", "Ada Lovelace", "erased-x"}));
}

// A planner's draft may have a learner without a number yet.
TEST(ErasedTextTest, NobodyIsWhoHasNoNumber) {
  v1::PlannerDocument document;
  document.add_learners()->set_learner_name("Ben");
  PlannerVersion version;
  version.document = document.SerializeAsString();
  EXPECT_FALSE(*EraseFrom(version, {"", "Ada Lovelace", "erased-x"}));
}

TEST(ErasedTextTest, LeavesShortPlainNumbersThatMayBeAnything) {
  std::string text = "unit 301 is done";
  EXPECT_FALSE(EraseFrom(text, {"301", "", "erased-x"}));
  text = "number 100301 has left";
  EXPECT_TRUE(EraseFrom(text, {"100301", "", "erased-x"}));
  EXPECT_EQ(text, "number erased-x has left");
}

TEST(ErasedTextTest, TakesAnyNumberOutOfWhatListsLearners) {
  PlannerVersion version;
  version.changes = {"learners removed: 301, 302", "activity 301 added: Selling"};
  const auto changed = EraseFrom(version, {"301", "", "erased-x"});
  ASSERT_TRUE(changed.ok());
  EXPECT_TRUE(*changed);
  EXPECT_EQ(version.changes[0], "learners removed: erased-x, 302");
  EXPECT_EQ(version.changes[1], "activity 301 added: Selling");
}

// A pseudonym that holds the number must not be found in itself for ever.
TEST(ErasedTextTest, EndsAlsoIfThePseudonymHoldsTheNumber) {
  std::string text = "E1 and E1";
  EXPECT_TRUE(EraseFrom(text, {"E1", "", "erased-E1"}));
  EXPECT_EQ(text, "erased-E1 and erased-E1");
}

}  // namespace
}  // namespace assay::approval
