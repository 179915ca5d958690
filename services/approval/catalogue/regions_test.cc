#include "services/approval/catalogue/regions.h"

#include <gtest/gtest.h>

namespace assay::approval {
namespace {

// QUAL-1
TEST(NationOfTest, IsToldByTheRegionElseByTheAuthority) {
  EXPECT_EQ(NationOf({.region = "Wales"}), "Wales");
  EXPECT_EQ(NationOf({.region = "London"}), "England");
  EXPECT_EQ(NationOf({.region = "Wales (pseudo)", .laestab = "9999999"}), "Wales");
  EXPECT_EQ(NationOf({.region = "northern ireland"}), "Northern Ireland");
  EXPECT_EQ(NationOf({.laestab = "2013614"}), "England");
  EXPECT_EQ(NationOf({.laestab = "9384000"}), "England");
  EXPECT_EQ(NationOf({.laestab = "6602130"}), "Wales");
  // An officer's word stands above the number.
  EXPECT_EQ(NationOf({.region = "Wales", .laestab = "2013614"}), "Wales");
}

// A school of the forces abroad has a number of the English register and is not in England.
TEST(NationOfTest, IsUnknownWhereNothingSaysIt) {
  EXPECT_EQ(NationOf({}), "");
  EXPECT_EQ(NationOf({.laestab = "7024001"}), "");
  EXPECT_EQ(NationOf({.region = "further-education-college-region-uk:9"}), "");
}

// QUAL-1, QUAL-2: seed 003 is for centres in Wales only.
TEST(OfferInTest, NeedsTheCentreToBeWhereTheQualificationIsOffered) {
  struct Case {
    std::vector<std::string> regions;
    Whereabouts centre;
    Offer expected;
  };
  for (const Case& c :
       std::vector<Case>{{{}, {.laestab = "2013614"}, Offer::kHere},
                         {{}, {}, Offer::kHere},
                         {{"Wales"}, {.laestab = "6602130"}, Offer::kHere},
                         {{"Wales"}, {.laestab = "2013614"}, Offer::kElsewhere},
                         {{"Wales"}, {.region = "London"}, Offer::kElsewhere},
                         {{"Wales"}, {}, Offer::kUnknown},
                         {{"Wales", "England"}, {.region = "South West"}, Offer::kHere},
                         {{"London"}, {.region = "London"}, Offer::kHere},
                         {{"London"}, {.region = "South West"}, Offer::kElsewhere},
                         {{"London"}, {.region = "England"}, Offer::kUnknown},
                         {{"London"}, {.laestab = "2013614"}, Offer::kUnknown},
                         {{"London"}, {.region = "Wales"}, Offer::kElsewhere},
                         {{"United Kingdom"}, {}, Offer::kHere},
                         {{"Jersey"}, {.region = "Jersey"}, Offer::kHere},
                         {{"Jersey"}, {.region = "London"}, Offer::kElsewhere}}) {
    EXPECT_EQ(OfferIn(c.regions, c.centre), c.expected)
        << (c.regions.empty() ? "" : c.regions[0]) << " for " << c.centre.region << "/"
        << c.centre.laestab;
  }
}

}  // namespace
}  // namespace assay::approval
