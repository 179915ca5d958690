#include "services/approval/erased_document.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>

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
