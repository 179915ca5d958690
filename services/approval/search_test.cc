#include "services/approval/search.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/platform/testing/status_matchers.h"

namespace assay::approval {
namespace {

using platform::testing::IsError;
using ::testing::ElementsAre;

TEST(WordsOfTest, FindsACentreByNameTownPostcodeAndNumbers) {
  const Establishment facts = {.urn = "100000",
                               .ukprn = "10000047",
                               .laestab = "2013614",
                               .title =
                                   "St Mary\xE2\x80\x99s \xC3\x89"
                                   "cole St John",
                               .town = "London",
                               .postcode = "EC3A 5DE"};
  EXPECT_THAT(WordsOf(facts), ElementsAre("100000", "10000047", "2013614", "5de", "ec3a", "ec3a5de",
                                          "ecole", "john", "london", "marys", "st"));
}

TEST(WordsOfQueryTest, TakesEachWordOnce) {
  EXPECT_THAT(*WordsOfQuery("  St MARY st. leeds"), ElementsAre("leeds", "mary", "st"));
}

TEST(WordsOfQueryTest, RefusesNoWordsAndTooMuch) {
  constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;
  EXPECT_THAT(WordsOfQuery(""), IsError(kInvalid, "QUERY_EMPTY"));
  EXPECT_THAT(WordsOfQuery(" -'- "), IsError(kInvalid, "QUERY_EMPTY"));
  EXPECT_THAT(WordsOfQuery("a b c d e f g h i j k"), IsError(kInvalid, "FIELD_INVALID"));
  EXPECT_THAT(WordsOfQuery(std::string(201, 'x')), IsError(kInvalid, "FIELD_INVALID"));
  std::string accented;
  for (int i = 0; i < 200; ++i) accented += "\xC3\xA9";  // 200 characters, 400 bytes.
  EXPECT_TRUE(WordsOfQuery(accented).ok());
}

}  // namespace
}  // namespace assay::approval
