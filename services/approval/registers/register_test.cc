#include "services/approval/registers/register.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace assay::approval {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using Cells = std::map<std::string, std::string, std::less<>>;

RegisterRow Read(std::string_view name, const Cells& cells) {
  const Register* reg = FindRegister(name);
  EXPECT_NE(reg, nullptr) << name;
  return ReadRow(*reg, [&](std::string_view column) -> std::string_view {
    const auto it = cells.find(column);
    return it == cells.end() ? std::string_view() : std::string_view(it->second);
  });
}

std::vector<std::string> Reasons(const std::vector<RegisterFault>& faults) {
  std::vector<std::string> reasons;
  for (const RegisterFault& fault : faults) reasons.push_back(fault.column + " " + fault.reason);
  return reasons;
}

TEST(RegisterTest, ReadsASpecialismWithThePathwayItBelongsTo) {
  const RegisterRow row = Read("specialisms", {{"Id", "83"},
                                               {"LarId", "10202106"},
                                               {"Name", "Refrigeration Engineering"},
                                               {"TlPathwayId", "22"},
                                               {"IsActive", "1"}});
  EXPECT_THAT(row.faults, IsEmpty());
  EXPECT_EQ(row.entry.id, "83");
  EXPECT_EQ(row.entry.code, "10202106");
  EXPECT_EQ(row.entry.belongs_to, "pathways/22");
  EXPECT_EQ(row.entry.facts.at("active"), "1");
}

TEST(RegisterTest, KnowsTheFormOfEachNumber) {
  const auto aim = [](const std::string& code) {
    return Reasons(Read("pathways", {{"Id", "1"}, {"LarId", code}, {"Name", "P"}}).faults);
  };
  for (const char* fits : {"60358300", "6037066X", "ZTLOS001"}) EXPECT_THAT(aim(fits), IsEmpty());
  for (const char* bad : {"6035830", "X0358300", "ZTLOS01", "603583000"}) {
    EXPECT_THAT(aim(bad), ElementsAre("LarId NUMBER_MALFORMED")) << bad;
  }
  const auto regulated = [](const std::string& code) {
    return Read("prior-qualifications", {{"Id", "1"},
                                         {"Code", code},
                                         {"Title", "T"},
                                         {"QualificationTypeId", "1"},
                                         {"TlLookupId", "8"}})
        .faults;
  };
  EXPECT_THAT(regulated("603/4268/7"), IsEmpty());
  EXPECT_THAT(regulated("100/2508/X"), IsEmpty());
  EXPECT_THAT(Reasons(regulated("603/4268/x")), ElementsAre("Code NUMBER_MALFORMED"));
  const auto bare = regulated("60342687");
  ASSERT_EQ(bare.size(), 1u);
  // Shown, not mended in silence.
  EXPECT_THAT(bare[0].message, ::testing::HasSubstr("603/4268/7, correct it"));
}

TEST(RegisterTest, ReadsDaysAsSpreadsheetsCountThem) {
  Cells cells = {{"EPA_organisation_identifier", "EPA0001"},
                 {"Standard_code", "79"},
                 {"StandardName (lookup auto-populated)", "Cyber Intrusion Analyst"},
                 {"Effective_from", "42643"},
                 {"Date standard Approved on the Register", "42522"}};
  const RegisterRow row = Read("assessment-approvals", cells);
  EXPECT_THAT(row.faults, IsEmpty());
  EXPECT_THAT(row.notes, IsEmpty());
  EXPECT_EQ(row.entry.id, "epa0001-79");
  EXPECT_EQ(row.entry.belongs_to, "assessment-organisations/epa0001");
  EXPECT_EQ(row.entry.first_day, absl::CivilDay(2016, 9, 30));
  EXPECT_EQ(row.entry.last_day, std::nullopt);
  EXPECT_EQ(row.entry.facts.at("approve_day"), "2016-06-01");

  cells["Standard_code"] = "TBC";
  EXPECT_THAT(Reasons(Read("assessment-approvals", cells).faults),
              ElementsAre("Standard_code NUMBER_MALFORMED"));
  cells["Standard_code"] = "79";
  cells["Effective_to"] = "42642";
  EXPECT_THAT(Reasons(Read("assessment-approvals", cells).faults), ElementsAre(" DAYS_CROSSED"));
  cells["Effective_to"] = "";
  // A day that decides nothing is told and left out; one that decides refuses the row.
  cells["Date standard Approved on the Register"] = "1//7/2016";
  EXPECT_THAT(Reasons(Read("assessment-approvals", cells).notes),
              ElementsAre("Date standard Approved on the Register DAY_MALFORMED"));
  EXPECT_THAT(Read("assessment-approvals", cells).faults, IsEmpty());
  cells["Date standard Approved on the Register"] = "42644";
  EXPECT_THAT(Reasons(Read("assessment-approvals", cells).notes),
              ElementsAre(" EFFECTIVE_BEFORE_APPROVED"));
  cells["Effective_from"] = "30/9/2016";
  EXPECT_THAT(Reasons(Read("assessment-approvals", cells).faults),
              ElementsAre("Effective_from DAY_MALFORMED"));
}

TEST(RegisterTest, ReadsRegionsHoweverTheyAreParted) {
  const auto regions = [](const std::string& text) {
    const RegisterRow row = Read("delivery-areas", {{"EPA_organisation_identifier", "EPA0002"},
                                                    {"Standard_code", "23"},
                                                    {"StandardName (lookup auto-populated)", "S"},
                                                    {"Delivery_area", text}});
    return row.faults.empty() ? row.entry.facts.at("regions") : row.faults[0].reason;
  };
  EXPECT_EQ(regions("All"), "All");
  EXPECT_EQ(regions("East of England; London; South East; "),
            "East of England; London; South East");
  EXPECT_EQ(regions("North West, East Midlands & West Midlands"),
            "East Midlands; North West; West Midlands");
  EXPECT_EQ(regions("Yorkshire and the Humber"), "Yorkshire and the Humber");
  EXPECT_EQ(regions("Middle Earth; London"), "REGION_UNKNOWN");
  EXPECT_EQ(regions(" ; "), "VALUE_MISSING");
  EXPECT_TRUE(Covers("London; North East", "North East"));
  EXPECT_FALSE(Covers("London; North East", "North West"));
  EXPECT_TRUE(Covers("All", "North West"));
}

TEST(RegisterTest, RefusesASeriesWhoseDaysCross) {
  Cells cells = {{"Id", "14"},
                 {"Name", "Autumn 2025"},
                 {"ComponentType", "1"},
                 {"Year", "2025"},
                 {"StartDate", "2025-08-05"},
                 {"EndDate", "2026-03-09"},
                 {"RommEndDate", "2026-04-30"},
                 {"AppealEndDate", "2026-05-31"}};
  EXPECT_THAT(Read("series", cells).faults, IsEmpty());
  cells["AppealEndDate"] = "2026-04-29";
  EXPECT_THAT(Reasons(Read("series", cells).faults), ElementsAre(" DAYS_CROSSED"));
  cells["AppealEndDate"] = "2026-02-30";
  EXPECT_THAT(Reasons(Read("series", cells).faults), ElementsAre("AppealEndDate DAY_MALFORMED"));
  cells.erase("AppealEndDate");
  EXPECT_THAT(Reasons(Read("series", cells).faults), ElementsAre("AppealEndDate VALUE_MISSING"));
}

TEST(RegisterTest, SaysWhatDiffersAndKeepsFactsAsTheyAre) {
  RegisterEntry before = {.id = "1", .code = "c", .title = "Old", .facts = {{"a", "1"}, {"b", ""}}};
  RegisterEntry after = before;
  after.title = "New";
  after.first_day = absl::CivilDay(2025, 1, 2);
  after.facts["c"] = "x y";
  EXPECT_THAT(ChangesBetween(before, after),
              ElementsAre("title: \"Old\" to \"New\"", "first_day: \"\" to \"2025-01-02\"",
                          "c: \"\" to \"x y\""));
  EXPECT_EQ(ReadFacts(WriteFacts(after.facts)), after.facts);
  EXPECT_THAT(ReadFacts(""), IsEmpty());
}

}  // namespace
}  // namespace assay::approval
