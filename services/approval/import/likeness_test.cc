#include "services/approval/import/likeness.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace assay::approval {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

Likely Make(Establishment facts, std::vector<std::string> names) {
  return {std::move(facts), std::move(names)};
}

TEST(LikenessTest, NamesAreAlikeWhateverTheirOrder) {
  EXPECT_EQ(NameKey({"the", "bournemouth", "and", "poole", "college"}),
            "bournemouth college poole");
  EXPECT_EQ(NameKey({"bournemouth", "and", "poole", "college", "the"}),
            "bournemouth college poole");
  EXPECT_EQ(NameKey({"the"}), "");
}

// "night" has nig igh ght, "nacht" has nac ach cht, "nights" has ght ghts … counted by hand.
TEST(LikenessTest, SimilarityIsTheShareOfCommonTrigrams) {
  EXPECT_EQ(Similarity("night", "night"), 100);
  EXPECT_EQ(Similarity("night", "nacht"), 0);
  EXPECT_EQ(Similarity("night", "nights"), 85);  // 2 * 3 of 3 + 4.
  EXPECT_EQ(Similarity("ab", "abc"), 0);
  EXPECT_EQ(Similarity("", ""), 0);
}

TEST(LikenessTest, NumbersSpeakFirst) {
  const Likely a = Make({.urn = "100000", .ukprn = "10000047"}, {"elm"});
  const Likely b = Make({.ukprn = "10000047"}, {"oak"});
  EXPECT_EQ(Compare(a, b), (Likeness{90, {"SAME_UKPRN"}}));
  const Likely c = Make({.urn = "100000"}, {"ash"});
  EXPECT_EQ(Compare(a, c), (Likeness{95, {"SAME_URN"}}));
  EXPECT_EQ(Compare(c, b).score, 0);
  const Likely d = Make({.laestab = "6602130"}, {"x"});
  const Likely e = Make({.urn = "400000", .laestab = "6602130"}, {"y"});
  EXPECT_EQ(Compare(d, e), (Likeness{85, {"SAME_LAESTAB"}}));
}

TEST(LikenessTest, NamesCountWithThePostcode) {
  const Likely a = Make({.urn = "100000", .postcode = "LS1 4AP"}, {"college elm"});
  const Likely same = Make({.ukprn = "10000047", .postcode = "LS1 4AP"}, {"oak", "college elm"});
  EXPECT_EQ(Compare(a, same), (Likeness{85, {"NAME_AND_POSTCODE"}}));
  const Likely unlike = Make({.ukprn = "10000047", .postcode = "LS1 4AP"}, {"university oak"});
  EXPECT_THAT(Compare(a, unlike).reasons, IsEmpty());
  const Likely elsewhere = Make({.ukprn = "10000047", .postcode = "B1 1AA"}, {"college elm"});
  EXPECT_THAT(Compare(a, elsewhere).reasons, IsEmpty());
  const Likely nowhere = Make({.reference = "further-education-college-uk:1"}, {"college elm"});
  EXPECT_EQ(Compare(a, nowhere), (Likeness{40, {"SAME_NAME"}}));
}

TEST(LikenessTest, WhatARegisterTellsApartIsNotAlikeByName) {
  const Likely a = Make({.urn = "100000", .postcode = "LS1 4AP"}, {"college elm"});
  const Likely b = Make({.urn = "100002", .postcode = "LS1 4AP"}, {"college elm"});
  EXPECT_EQ(Compare(a, b).score, 0);
  // Not even by the number that an academy takes over from its school.
  const Likely old_school = Make({.urn = "100000", .laestab = "2013614"}, {"elm"});
  const Likely academy = Make({.urn = "145210", .laestab = "2013614"}, {"elm"});
  EXPECT_EQ(Compare(old_school, academy).score, 0);
}

TEST(LikenessTest, FurtherReasonsMakeItLikelier) {
  const Likely a =
      Make({.urn = "100000", .ukprn = "10000047", .postcode = "LS1 4AP"}, {"college elm"});
  const Likely b = Make({.ukprn = "10000047", .postcode = "LS1 4AP"}, {"college elm"});
  const Likeness likeness = Compare(a, b);
  EXPECT_EQ(likeness.score, 93);
  EXPECT_THAT(likeness.reasons, ElementsAre("SAME_UKPRN", "NAME_AND_POSTCODE"));
}

}  // namespace
}  // namespace assay::approval
