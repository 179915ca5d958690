#include "services/platform/table/fold.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace assay::platform {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(FoldTest, MakesCaseAccentsAndWidthEqual) {
  EXPECT_EQ(Fold("\xC3\x89"
                 "COLE"),
            "ecole");
  EXPECT_EQ(Fold("e\xCC\x81"
                 "cole"),
            "ecole");
  EXPECT_EQ(Fold("T\xC5\xB7 Gwyn"), "ty gwyn");
  EXPECT_EQ(Fold("Stra\xC3\x9F"
                 "e"),
            "strasse");
  EXPECT_EQ(Fold("\xEF\xBC\xA1\xEF\xBC\x91"), "a1");  // Full-width A1.
  EXPECT_EQ(Fold(""), "");
}

TEST(WordsTest, AreRunsOfLettersAndDigits) {
  EXPECT_THAT(Words("St Mary's C.E. (Aided) School"),
              ElementsAre("st", "marys", "c", "e", "aided", "school"));
  EXPECT_THAT(Words("St Aelred\xE2\x80\x99s \xE2\x80\x93 a Catholic"),
              ElementsAre("st", "aelreds", "a", "catholic"));
  EXPECT_THAT(Words("St Thomas \xC3\xA0 Becket"), ElementsAre("st", "thomas", "a", "becket"));
  EXPECT_THAT(Words("EC3A 5DE"), ElementsAre("ec3a", "5de"));
  EXPECT_THAT(Words("\xF0\x9F\x98\x80 ,;- "), IsEmpty());
}

}  // namespace
}  // namespace assay::platform
