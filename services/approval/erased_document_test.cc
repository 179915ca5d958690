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

// A pseudonym that holds the number must not be found in itself for ever.
TEST(ErasedTextTest, EndsAlsoIfThePseudonymHoldsTheNumber) {
  std::string text = "E1 and E1";
  EXPECT_TRUE(EraseFrom(text, {"E1", "", "erased-E1"}));
  EXPECT_EQ(text, "erased-E1 and erased-E1");
}

}  // namespace
}  // namespace assay::approval
