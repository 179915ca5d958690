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
  EXPECT_THAT(WordsOf(facts),
              ElementsAre("100000", "10000047", "2013614", "5de", "=ecole john marys st", "ec3a",
                          "ec3a5de", "ecole", "john", "london", "marys", "st"));
}

TEST(WordsOfTest, FindsACentreByItsWelshAndTradingNames) {
  const Establishment facts = {
      .title = "Elm School", .title_cy = "Ysgol y Ll\xC5\xB5yfen", .other_names = {"Elm Trading"}};
  EXPECT_THAT(WordsOf(facts), ElementsAre("=elm school", "=elm trading", "=llwyfen y ysgol", "elm",
                                          "llwyfen", "school", "trading", "y", "ysgol"));
}

TEST(KeysOfTest, AreTheNumbersOfAllSourcesTheNamesAndThePostcode) {
  const Establishment facts = {
      .urn = "100000", .ukprn = "10000047", .title = "The Elm College", .postcode = "LS1 4AP"};
  const SourceFacts other = {"uk-providers", "ukprn-10000055", {{"ukprn", "10000055"}}};
  EXPECT_THAT(
      KeysOf(facts, {&other, 1}),
      ElementsAre("nm:college elm", "pc:LS14AP", "ukprn:10000047", "ukprn:10000055", "urn:100000"));
  const Establishment placeless = {.title = "Elm College", .reference = "further-education:1"};
  EXPECT_THAT(KeysOf(placeless, {}),
              ElementsAre("nm:college elm", "np:college elm", "ref:further-education:1"));
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
