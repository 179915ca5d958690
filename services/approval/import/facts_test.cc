#include "services/approval/import/facts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace assay::approval {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

const SourceFacts kEngland = {"england-establishments",
                              "urn-100000",
                              {{"title", "Elm College"},
                               {"urn", "100000"},
                               {"postcode", "LS1 4AP"},
                               {"kind", "College"},
                               {"status", "open"}}};
const SourceFacts kProviders = {"uk-providers",
                                "ukprn-10000047",
                                {{"title", "College of Elm, The"},
                                 {"ukprn", "10000047"},
                                 {"other_names", "Elm Trading\nElms"},
                                 {"website", "elm.example"}}};

std::vector<std::string> Told(const Merged& merged) {
  std::vector<std::string> told;
  for (const FactConflict& c : merged.conflicts) {
    told.push_back(c.field + " " + c.kept + " of " + c.kept_source + ", not " + c.offered + " of " +
                   c.source + ": " + std::string(NameOf(c.reason)));
  }
  return told;
}

Establishment Every() {
  return {.urn = "100000",
          .ukprn = "10000047",
          .laestab = "2013614",
          .title = "Elm",
          .title_cy = "Llwyfen",
          .other_names = {"A", "B"},
          .address_lines = {"1 Street", "Village"},
          .town = "Leeds",
          .postcode = "LS1 4AP",
          .kind = "College",
          .age_low = 16,
          .age_high = 19,
          .open_date = absl::CivilDay(2018, 9, 1),
          .close_date = absl::CivilDay(2020, 8, 31),
          .predecessor_urn = "100002",
          .successor_urn = "100004",
          .closed = true,
          .region = "Wales",
          .authority = "AGY",
          .website = "elm.example",
          .reference = "further-education-college-uk:1"};
}

TEST(FactsTest, AreEveryFactAndBack) {
  EXPECT_EQ(FactsOf(Every()).size(), 21u);
  EXPECT_EQ(EstablishmentOf(FactsOf(Every())), Every());
  EXPECT_EQ(Decode(Encode(FactsOf(Every()))), FactsOf(Every()));
  EXPECT_THAT(FactsOf({}), IsEmpty());
  EXPECT_EQ(ChangesBetween({}, Every()).size(), 21u);
  EXPECT_THAT(ChangesBetween(Every(), Every()), IsEmpty());
}

TEST(MergeTest, KeepsWhatEachSourceGives) {
  const SourceFacts both[] = {kProviders, kEngland};
  const Merged merged = Merge(both, {}, "urn-100000");
  const Establishment expected = {.urn = "100000",
                                  .ukprn = "10000047",
                                  .title = "Elm College",
                                  .other_names = {"College of Elm, The", "Elm Trading", "Elms"},
                                  .postcode = "LS1 4AP",
                                  .kind = "College",
                                  .website = "elm.example"};
  EXPECT_EQ(merged.facts, expected);
  EXPECT_EQ(merged.sources.at("title"), "england-establishments");
  EXPECT_EQ(merged.sources.at("website"), "uk-providers");
  // "College of Elm, The" is the same name in other words.
  EXPECT_THAT(Told(merged), IsEmpty());
}

TEST(MergeTest, DoesNotDependOnTheOrderOfFilesNorOnHowOften) {
  const SourceFacts one[] = {kEngland, kProviders};
  const SourceFacts other[] = {kProviders, kEngland};
  const Merged merged = Merge(one, {}, "urn-100000");
  EXPECT_EQ(Merge(other, {}, "urn-100000").facts, merged.facts);
  EXPECT_EQ(Merge(one, merged.facts, "urn-100000").facts, merged.facts);
}

TEST(MergeTest, TellsWhereSourcesDisagree) {
  SourceFacts providers = kProviders;
  providers.facts["title"] = "Oak College";
  providers.facts["postcode"] = "LS9 9ZZ";
  const SourceFacts both[] = {kEngland, providers};
  EXPECT_THAT(Told(Merge(both, {}, "urn-100000")),
              ElementsAre("title Elm College of england-establishments, not Oak College of "
                          "uk-providers: SOURCES_DISAGREE",
                          "postcode LS1 4AP of england-establishments, not LS9 9ZZ of "
                          "uk-providers: SOURCES_DISAGREE"));
}

TEST(MergeTest, KeepsANumberThatIsKnown) {
  SourceFacts gias = {"gias", "urn-100000", {{"urn", "100000"}, {"ukprn", "10000055"}}};
  const SourceFacts both[] = {gias, kProviders};
  const Establishment known = {.urn = "100000", .ukprn = "10000047"};
  const Merged merged = Merge(both, known, "urn-100000");
  EXPECT_EQ(merged.facts.ukprn, "10000047");
  EXPECT_THAT(Told(merged), ElementsAre("ukprn 10000047 of uk-providers, not 10000055 of gias: "
                                        "NUMBER_KEPT"));
  // Nobody says it any more, but nothing says that it was wrong.
  const SourceFacts alone[] = {gias};
  EXPECT_THAT(Told(Merge(alone, known, "urn-100000")),
              ElementsAre("ukprn 10000047 of , not 10000055 of gias: NUMBER_KEPT"));
}

TEST(MergeTest, AnOfficersWordIsAboveAllFiles) {
  const SourceFacts officer = {"officer", "", {{"title", "Elm"}, {"ukprn", "10000055"}}};
  const SourceFacts all[] = {kEngland, kProviders, officer};
  const Merged merged = Merge(all, {.urn = "100000", .ukprn = "10000047"}, "urn-100000");
  EXPECT_EQ(merged.facts.title, "Elm");
  EXPECT_EQ(merged.facts.ukprn, "10000055");
  EXPECT_THAT(merged.facts.other_names,
              ElementsAre("College of Elm, The", "Elm College", "Elm Trading", "Elms"));
  EXPECT_THAT(Told(merged), ElementsAre("title Elm of officer, not Elm College of "
                                        "england-establishments: OFFICER_CORRECTED",
                                        "title Elm of officer, not College of Elm, The of "
                                        "uk-providers: OFFICER_CORRECTED",
                                        "ukprn 10000055 of officer, not 10000047 of uk-providers: "
                                        "OFFICER_CORRECTED"));
}

TEST(MergeTest, OfTwoRowsOfOneFileTheCentresOwnCounts) {
  SourceFacts other = kEngland;
  other.origin = "urn-100002";
  other.facts["title"] = "Elm Annexe";
  other.facts["urn"] = "100002";
  other.facts["status"] = "closed";
  const SourceFacts both[] = {other, kEngland};
  const Merged merged = Merge(both, {.urn = "100000"}, "urn-100000");
  EXPECT_EQ(merged.facts.title, "Elm College");
  EXPECT_FALSE(merged.facts.closed);
  EXPECT_THAT(merged.facts.other_names, ElementsAre("Elm Annexe"));
}

TEST(MergeTest, WhatIsSaidOfAMergedCentreOnlyFillsUp) {
  const SourceFacts merged_in = {"gias",
                                 "urn-100002",
                                 {{"title", "Oak School"},
                                  {"urn", "100002"},
                                  {"ukprn", "10000047"},
                                  {"postcode", "LS9 9ZZ"},
                                  {"close_date", "2018-08-31"},
                                  {"status", "closed"}},
                                 true};
  const SourceFacts both[] = {merged_in, kEngland};
  const Merged merged = Merge(both, {.urn = "100000"}, "urn-100000");
  const Establishment expected = {.urn = "100000",
                                  .ukprn = "10000047",
                                  .title = "Elm College",
                                  .other_names = {"Oak School"},
                                  .postcode = "LS1 4AP",
                                  .kind = "College"};
  EXPECT_EQ(merged.facts, expected);
  EXPECT_THAT(merged.conflicts, IsEmpty());
}

TEST(MergeTest, OnlyFactsOfTheWorldAreCorrected) {
  EXPECT_TRUE(IsCorrectable("postcode"));
  EXPECT_FALSE(IsCorrectable("status"));
  EXPECT_FALSE(IsCorrectable("reference"));
  EXPECT_FALSE(IsCorrectable("colour"));
}

}  // namespace
}  // namespace assay::approval
