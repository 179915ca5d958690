#include "services/approval/catalogue_loader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "services/approval/catalogue/combination.h"
#include "services/platform/testing/fakes.h"
#include "services/platform/testing/status_matchers.h"

namespace assay::approval {
namespace {

using platform::testing::IsOk;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

const Qualification& OperationalDelivery() {
  static const Catalogue kCatalogue = *LoadCatalogue("");
  return kCatalogue.at("3818-13");
}

// QUAL-2: the figures of the rule, unit by unit.
TEST(ShippedCatalogueTest, HasOperationalDeliveryComplete) {
  const Qualification& q = OperationalDelivery();
  EXPECT_EQ(q.level, 3);
  EXPECT_EQ(q.guided_learning_hours, 94);
  EXPECT_EQ(q.total_qualification_time, 127);
  EXPECT_EQ(q.minimum_age, 16);
  EXPECT_EQ(q.accreditation_number, "C00/1229/8");
  EXPECT_THAT(q.regions, ElementsAre("Wales"));
  EXPECT_THAT(q.fast_track_from, ElementsAre("3815-03"));  // QUAL-7
  std::vector<std::string> numbers;
  std::vector<int> credits;
  std::vector<int> hours;
  for (const Unit& unit : q.units) {
    numbers.push_back(unit.number);
    credits.push_back(unit.credits);
    hours.push_back(unit.guided_learning_hours);
    EXPECT_EQ(unit.level, 3);
    EXPECT_GE(unit.outcomes.size(), 2u);
    EXPECT_GE(unit.assessment_minutes, 60);
  }
  EXPECT_THAT(numbers, ElementsAre("304", "305", "306", "307", "308", "309", "310", "311", "312",
                                   "313", "314", "315", "316"));
  EXPECT_THAT(credits, ElementsAre(1, 1, 1, 1, 1, 1, 2, 3, 2, 1, 1, 1, 4));
  EXPECT_THAT(hours, ElementsAre(10, 10, 10, 12, 6, 8, 22, 27, 20, 8, 8, 10, 45));
}

// QUAL-4: what the handbook contradicts itself in, worked out from its tables by hand.
// 9 of 17 marks are 53 %, not 64 %; 65 % and 34 % make 99 %; unit 310 prints one outcome's
// title twice; unit 316 has another title in two tables.
TEST(ShippedCatalogueTest, ShowsWhatThePublicationContradictsItselfIn) {
  std::vector<std::string> found;
  for (const Finding& f : OperationalDelivery().findings) found.push_back(f.kind + ", " + f.place);
  EXPECT_THAT(found, ElementsAre("PERCENTAGE_DIFFERS_FROM_MARKS, unit 308, outcome 1",
                                 "PERCENTAGE_DIFFERS_FROM_MARKS, unit 308, outcome 2",
                                 "PERCENTAGES_DO_NOT_SUM, unit 309",
                                 "OUTCOME_TITLE_REPEATED, unit 310, outcome 3",
                                 "TITLE_DIFFERS, unit 316, table of assessments",
                                 "TITLE_DIFFERS, unit 316, test specification"));
}

// QUAL-2
TEST(ShippedCatalogueTest, TakesTenCreditsOfTheRightUnits) {
  const Qualification& q = OperationalDelivery();
  struct Case {
    UnitNumbers achieved;
    bool complete;
    int credits;
  };
  for (const Case& c : std::vector<Case>{
           {{"304", "305", "306", "316", "311"}, true, 10},
           {{"304", "305", "316", "311", "310"}, false, 11},               // 306 is missing.
           {{"304", "305", "306", "307", "312", "316"}, false, 9},         // 3 count as 2.
           {{"304", "305", "306", "307", "312", "316", "308"}, true, 10},  // … and one more.
           {{"304", "305", "306", "307", "316", "308"}, false, 9},
           {{"304", "305", "306", "312", "308", "309", "313", "314", "315"}, true, 10}}) {
    const Progress progress = Evaluate(q, c.achieved);
    EXPECT_EQ(progress.complete, c.complete);
    EXPECT_EQ(progress.credits, c.credits);
  }
}

// 91 sets, 90 of them of exactly 10 credits: counted with itertools over all 8,192 subsets
// in another language.
TEST(ShippedCatalogueTest, CanBeCompletedInNinetyOneWays) {
  const Completions completions = FindCompletions(OperationalDelivery(), {});
  EXPECT_TRUE(completions.all);
  ASSERT_EQ(completions.sets.size(), 91u);
  int of_ten = 0;
  for (const auto& set : completions.sets) {
    int credits = 0;
    for (const std::string& number : set)
      credits += OperationalDelivery().FindUnit(number)->credits;
    of_ten += credits == 10;
  }
  EXPECT_EQ(of_ten, 90);
  const Completions rest = FindCompletions(OperationalDelivery(), {"304", "305", "316", "307"});
  ASSERT_EQ(rest.sets.size(), 17u);
  EXPECT_THAT(rest.sets[0], ElementsAre("306", "308", "309"));
}

nlohmann::json Entry() {
  for (const platform::EmbeddedFile& file : ShippedCatalogue()) {
    if (file.name == "3818-13.json") return nlohmann::json::parse(file.text);
  }
  return {};
}

TEST(ParseQualificationTest, NamesThePlaceOfWhatIsWrong) {
  struct Case {
    const char* pointer;
    nlohmann::json value;
    const char* expected;
  };
  for (const Case& c : std::vector<Case>{
           {"/level", "three", "/level is not a whole number"},
           {"/level", -1, "/level is not a whole number"},
           {"/level", 3.5, "/level is not a whole number"},
           {"/level", 30000000000, "/level is not a whole number"},
           {"/title", 3, "/title is not a text"},
           {"/regions", "Wales", "/regions is not a list"},
           {"/regions/0", 1, "/regions/0 is not a text"},
           {"/units/2/credits", nullptr, "/units/2/credits is not a whole number"},
           {"/units/2/outcomes/1", 5, "/units/2/outcomes/1 is not an object"},
           {"/units/2/marks", 5, "/units/2/marks is not known"},
           {"/combination/parts/1/credit_max", 5, "/combination/parts/1/credit_max is not known"},
           {"/combination", 1, "/combination is not an object"},
           {"/number", "3818/13", "/number is not made of"}}) {
    nlohmann::json entry = Entry();
    entry[nlohmann::json::json_pointer(c.pointer)] = c.value;
    EXPECT_THAT(ParseQualification("x.json", entry.dump()).status().message(),
                HasSubstr(std::string("x.json: ") + c.expected));
  }
  nlohmann::json entry = Entry();
  entry["units"][3].erase("title");
  EXPECT_THAT(ParseQualification("x.json", entry.dump()).status().message(),
              HasSubstr("/units/3/title is missing"));
  EXPECT_THAT(ParseQualification("x.json", "{").status().message(), HasSubstr("is not JSON"));
}

TEST(ParseQualificationTest, RefusesRulesThatNestTooDeep) {
  nlohmann::json rule = {{"title", "r"}};
  for (int i = 0; i < 20; ++i) rule = {{"title", "r"}, {"parts", {rule}}};
  nlohmann::json entry = Entry();
  entry["combination"] = rule;
  EXPECT_THAT(ParseQualification("x.json", entry.dump()).status().message(),
              HasSubstr("is nested too deep"));
}

TEST(LoadCatalogueTest, AddsAndReplacesEntriesFromAFolder) {
  const platform::testing::TempDir dir;
  nlohmann::json entry = Entry();
  entry["title"] = "Another edition";
  std::ofstream(dir / "a.json") << entry;
  entry["number"] = "4000-01";
  std::ofstream(dir / "b.json") << entry;
  std::ofstream(dir / "notes.txt") << "not an entry";
  const absl::StatusOr<Catalogue> catalogue = LoadCatalogue(dir.path());
  ASSERT_THAT(catalogue, IsOk());
  EXPECT_EQ(catalogue->size(), 2u);
  EXPECT_EQ(catalogue->at("3818-13").title, "Another edition");
  EXPECT_EQ(catalogue->at("4000-01").units.size(), 13u);
}

TEST(LoadCatalogueTest, RefusesAFolderThatIsNotThereAndANumberGivenTwice) {
  const platform::testing::TempDir dir;
  EXPECT_THAT(LoadCatalogue(dir / "nowhere").status().message(), HasSubstr("nowhere"));
  std::ofstream(dir / "a.json") << Entry();
  std::ofstream(dir / "b.json") << Entry();
  EXPECT_THAT(LoadCatalogue(dir.path()).status().message(), HasSubstr("another file has number"));
}

// QUAL-3, QUAL-4: a file is held to what an officer's entry is held to.
TEST(LoadCatalogueTest, RefusesWhatCouldNotBeAddedByRpcEither) {
  struct Case {
    const char* pointer;
    nlohmann::json value;
    const char* expected;
  };
  for (const Case& c :
       std::vector<Case>{{"/combination/credits_min", 500, "COMBINATION_UNSATISFIABLE (QUAL-3)"},
                         {"/combination/units", {"399"}, "UNIT_UNKNOWN (QUAL-3)"},
                         {"/combination/parts/1/title", Entry()["combination"]["parts"][0]["title"],
                          "RULE_TITLE_REPEATED (QUAL-3)"},
                         {"/registration_months", 1201, "REGISTRATION_MONTHS_TOO_MANY (QUAL-4)"}}) {
    const platform::testing::TempDir dir;
    nlohmann::json entry = Entry();
    entry[nlohmann::json::json_pointer(c.pointer)] = c.value;
    std::ofstream(dir / "a.json") << entry;
    EXPECT_THAT(LoadCatalogue(dir.path()).status().message(), HasSubstr(c.expected));
  }
}

// QUAL-4: a figure that cannot be meant is shown, not cut down.
TEST(ParseQualificationTest, KeepsTheMonthsOfARegistrationAsPublished) {
  nlohmann::json entry = Entry();
  entry["registration_months"] = 1201;
  const auto q = ParseQualification("x.json", entry.dump());
  ASSERT_THAT(q, IsOk());
  EXPECT_EQ(q->registration_months, 1201);
  EXPECT_EQ(q->findings.front().kind, "REGISTRATION_MONTHS_TOO_MANY");
}

// QUAL-7
TEST(ParseQualificationTest, TakesABareEntryByNumberTitleAndLevel) {
  const nlohmann::json entry = {
      {"bare", true}, {"number", "3815-03"}, {"title", "Operational Delivery"}, {"level", 3}};
  const auto q = ParseQualification("x.json", entry.dump());
  ASSERT_THAT(q, IsOk());
  ASSERT_EQ(q->findings.size(), 1u);
  EXPECT_EQ(q->findings[0].kind, "ENTRY_BARE");
  const auto again = ParseQualification("x.json", WriteQualification(*q));
  ASSERT_THAT(again, IsOk());
  EXPECT_TRUE(again->bare);
  nlohmann::json not_bare = entry;
  not_bare.erase("bare");
  EXPECT_THAT(ParseQualification("x.json", not_bare.dump()).status().message(),
              HasSubstr("is missing"));
  nlohmann::json with_units = Entry();
  with_units["bare"] = true;
  EXPECT_THAT(ParseQualification("x.json", with_units.dump()).status().message(),
              HasSubstr("the entry is bare"));
}

}  // namespace
}  // namespace assay::approval
