#include "services/approval/import/map_row.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

namespace assay::approval {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

using Fields = std::map<std::string, std::string, std::less<>>;

Fields GoodRow() {
  return {{"URN", "100008"},       {"LAESTAB", "2022019"},
          {"SCHNAME", "Argyle"},   {"STREET", "Tonbridge Street"},
          {"LOCALITY", ""},        {"ADDRESS3", "Kings Cross"},
          {"TOWN", "London"},      {"POSTCODE", "wc1h9eg"},
          {"ICLOSE", "1"},         {"OPENDATE", "43344"},
          {"CLOSEDATE", ""},       {"ISNEW", "0"},
          {"NFTYPE", "Community"}, {"AGEL", "3"},
          {"AGEH", "11"},          {"OTHERURN", ""}};
}

MappedRow Map(const Fields& fields) {
  return MapRow(*FindLayout("england-establishments"), absl::CivilDay(2018, 10, 1),
                [&](std::string_view column) {
                  const auto it = fields.find(column);
                  return it == fields.end() ? std::string_view() : std::string_view(it->second);
                });
}

std::vector<std::string> Faults(const MappedRow& row) {
  std::vector<std::string> text;
  for (const RowFault& f : row.faults) text.push_back(f.field + " " + f.reason);
  return text;
}

TEST(MapRowTest, TakesEveryFact) {
  const MappedRow row = Map(GoodRow());
  EXPECT_THAT(row.faults, IsEmpty());
  const Establishment expected = {.urn = "100008",
                                  .laestab = "2022019",
                                  .title = "Argyle",
                                  .address_lines = {"Tonbridge Street", "Kings Cross"},
                                  .town = "London",
                                  .postcode = "WC1H 9EG",
                                  .kind = "Community",
                                  .age_low = 3,
                                  .age_high = 11,
                                  .open_date = absl::CivilDay(2018, 9, 1)};
  EXPECT_EQ(row.establishment, expected);
}

TEST(MapRowTest, KeepsTextOnOneLine) {
  Fields fields = GoodRow();
  fields["STREET"] = "Tonbridge\nStreet";
  EXPECT_EQ(Map(fields).establishment.address_lines[0], "Tonbridge Street");
}

TEST(MapRowTest, TellsEachFaultWithItsColumn) {
  struct Case {
    Fields change;
    std::vector<std::string> expected;
  };
  for (const Case& c : std::vector<Case>{
           {{{"URN", ""}}, {"URN URN_MISSING"}},
           {{{"URN", "1234"}}, {"URN URN_INVALID"}},
           {{{"URN", "1000000"}}, {"URN URN_INVALID"}},
           {{{"URN", "10000A"}}, {"URN URN_INVALID"}},
           {{{"LAESTAB", "202201"}}, {"LAESTAB LAESTAB_INVALID"}},
           {{{"LAESTAB", ""}}, {}},
           {{{"SCHNAME", ""}}, {"SCHNAME NAME_MISSING"}},
           {{{"SCHNAME", std::string(401, 'x')}}, {"SCHNAME TEXT_TOO_LONG"}},
           {{{"SCHNAME", std::string(400, 'x')}}, {}},
           {{{"POSTCODE", ""}}, {}},
           {{{"POSTCODE", "BFPO 57"}}, {}},
           {{{"ICLOSE", "3"}}, {}},
           {{{"ICLOSE", "4"}}, {"ICLOSE STATUS_UNKNOWN"}},
           {{{"ICLOSE", ""}}, {"ICLOSE STATUS_UNKNOWN"}},
           {{{"OPENDATE", "soon"}}, {"OPENDATE DATE_INVALID"}},
           {{{"OPENDATE", "31/02/2018"}}, {"OPENDATE DATE_INVALID"}},
           {{{"OPENDATE", "43344"}, {"CLOSEDATE", "43343"}}, {"CLOSEDATE DATES_CROSSED"}},
           {{{"AGEL", "three"}}, {"AGEL AGE_INVALID"}},
           {{{"AGEH", "131"}}, {"AGEH AGE_INVALID"}},
           {{{"AGEL", "12"}}, {"AGEH AGES_CROSSED"}},
           {{{"AGEL", "0"}, {"AGEH", "0"}}, {}},
           {{{"ISNEW", "1"}, {"OTHERURN", "12"}}, {"OTHERURN URN_INVALID"}},
           {{{"URN", "x"}, {"SCHNAME", ""}, {"ICLOSE", "9"}, {"AGEL", "-1"}},
            {"URN URN_INVALID", "SCHNAME NAME_MISSING", "ICLOSE STATUS_UNKNOWN",
             "AGEL AGE_INVALID"}}}) {
    Fields fields = GoodRow();
    for (const auto& [column, value] : c.change) fields[column] = value;
    EXPECT_EQ(Faults(Map(fields)), c.expected) << ::testing::PrintToString(c.change);
  }
}

TEST(MapRowTest, ShowsTheValueThatIsWrong) {
  Fields fields = GoodRow();
  fields["URN"] = "10000A";
  EXPECT_EQ(Map(fields).faults[0].message, "\"10000A\": a URN has 5 or 6 digits");
  fields["URN"] = "\xC3\xA9" + std::string(58, 'x') +
                  "\xC3\xA9"
                  "9";
  EXPECT_EQ(Map(fields).faults[0].message,
            "\"\xC3\xA9" + std::string(58, 'x') + "\xE2\x80\xA6\": a URN has 5 or 6 digits");
}

TEST(MapRowTest, TheOtherUrnIsWhoCameBeforeOrWhoComesAfter) {
  Fields fields = GoodRow();
  fields["OTHERURN"] = "145210";
  EXPECT_EQ(Map(fields).establishment.predecessor_urn, "");
  EXPECT_EQ(Map(fields).establishment.successor_urn, "");
  fields["ISNEW"] = "1";
  EXPECT_EQ(Map(fields).establishment.predecessor_urn, "145210");
  fields["OTHERURN"] = "999999";
  EXPECT_EQ(Map(fields).establishment.predecessor_urn, "");
  fields = GoodRow();
  fields["OTHERURN"] = "145210";
  fields["ICLOSE"] = "2";
  EXPECT_TRUE(Map(fields).establishment.closed);
  EXPECT_EQ(Map(fields).establishment.successor_urn, "145210");
  EXPECT_EQ(Map(fields).establishment.predecessor_urn, "");
}

TEST(MapRowTest, APlaceholderIsNoValue) {
  Layout layout = *FindLayout("england-establishments");
  layout.ukprn = "UKPRN";
  layout.placeholders = {"-"};
  Fields fields = GoodRow();
  fields["UKPRN"] = "-";
  const MappedRow row = MapRow(layout, absl::CivilDay(2018, 10, 1), [&](std::string_view column) {
    const auto it = fields.find(column);
    return it == fields.end() ? std::string_view() : std::string_view(it->second);
  });
  EXPECT_THAT(row.faults, IsEmpty());
  EXPECT_EQ(row.establishment.ukprn, "");
}

// Serial numbers checked against a spreadsheet: 1 is 1 January 1900, 61 is 1 March 1900
// (60 is a 29 February that never was), 43344 is 1 September 2018.
TEST(ParseDateTest, KnowsTheWaysThatFilesWriteDates) {
  EXPECT_EQ(ParseDate("43344"), absl::CivilDay(2018, 9, 1));
  EXPECT_EQ(ParseDate("61"), absl::CivilDay(1900, 3, 1));
  EXPECT_EQ(ParseDate("2018-09-01"), absl::CivilDay(2018, 9, 1));
  EXPECT_EQ(ParseDate("01-09-2018"), absl::CivilDay(2018, 9, 1));
  EXPECT_EQ(ParseDate("29/02/2020"), absl::CivilDay(2020, 2, 29));
  for (const char* text :
       {"", "60", "999999", "29/02/2019", "2018-13-01", "01-09/2018", "1/9/2018", "43344.5",
        "-43344", "09/31/2018", "0x1234", "2018/09-01", "----------"}) {
    EXPECT_EQ(ParseDate(text), std::nullopt) << text;
  }
}

TEST(LayoutTest, IsFoundByItsName) {
  EXPECT_EQ(FindLayout("nowhere"), nullptr);
  EXPECT_EQ(LayoutNames(),
            "gias, england-establishments, welsh-schools, uk-providers, uk-further-education");
  EXPECT_THAT(FindLayout("welsh-schools")->Required(),
              ElementsAre("name", "name-cy", "school-wls"));
  EXPECT_THAT(FindLayout("uk-further-education")->Required(),
              ElementsAre("further-education-college-uk", "name"));
  EXPECT_THAT(FindLayout("england-establishments")->Required(),
              ElementsAre("URN", "SCHNAME", "ICLOSE"));
}

MappedRow MapAs(const char* layout, const Fields& fields,
                absl::CivilDay today = absl::CivilDay(2018, 10, 1)) {
  return MapRow(*FindLayout(layout), today, [&](std::string_view column) {
    const auto it = fields.find(column);
    return it == fields.end() ? std::string_view() : std::string_view(it->second);
  });
}

TEST(MapRowTest, TakesARowOfTheNationalRegister) {
  const Fields fields = {{"URN", "100492"},
                         {"LA (code)", "207"},
                         {"LA (name)", "Kensington"},
                         {"EstablishmentNumber", "3402"},
                         {"EstablishmentName", "Elm School"},
                         {"TypeOfEstablishment (name)", "Voluntary aided school"},
                         {"EstablishmentStatus (code)", "1"},
                         {"OpenDate", "01-09-2001"},
                         {"StatutoryLowAge", "3"},
                         {"StatutoryHighAge", "11"},
                         {"UKPRN", "10079297"},
                         {"Street", "Elm Road"},
                         {"Town", "London"},
                         {"Postcode", "W10 5EF"},
                         {"SchoolWebsite", "elm.example"},
                         {"GOR (name)", "London"},
                         {"SiteName", "Not applicable"}};
  const MappedRow row = MapAs("gias", fields);
  EXPECT_THAT(row.faults, IsEmpty());
  const Establishment expected = {.urn = "100492",
                                  .ukprn = "10079297",
                                  .laestab = "2073402",
                                  .title = "Elm School",
                                  .address_lines = {"Elm Road"},
                                  .town = "London",
                                  .postcode = "W10 5EF",
                                  .kind = "Voluntary aided school",
                                  .age_low = 3,
                                  .age_high = 11,
                                  .open_date = absl::CivilDay(2001, 9, 1),
                                  .region = "London",
                                  .authority = "Kensington",
                                  .website = "elm.example"};
  EXPECT_EQ(row.establishment, expected);
  EXPECT_EQ(row.facts.at("status"), "open");
  Fields wrong = fields;
  wrong["EstablishmentNumber"] = "34";
  EXPECT_THAT(Faults(MapAs("gias", wrong)), ElementsAre("EstablishmentNumber LAESTAB_INVALID"));
  wrong["EstablishmentNumber"] = "";
  EXPECT_EQ(MapAs("gias", wrong).establishment.laestab, "");
}

TEST(MapRowTest, TakesARowOfTheWelshRegister) {
  Fields fields = {{"school-wls", "6602130"},
                   {"name", "Elm School"},
                   {"name-cy", "Ysgol y Llwyfen"},
                   {"school-type-wls", "1"},
                   {"principal-local-authority", "AGY"}};
  const MappedRow row = MapAs("welsh-schools", fields);
  EXPECT_THAT(row.faults, IsEmpty());
  const Establishment expected = {.laestab = "6602130",
                                  .title = "Elm School",
                                  .title_cy = "Ysgol y Llwyfen",
                                  .kind = "school-type-wls:1",
                                  .region = "Wales",
                                  .authority = "principal-local-authority:AGY"};
  EXPECT_EQ(row.establishment, expected);
  fields["end-date"] = "2018-10-02";
  EXPECT_FALSE(MapAs("welsh-schools", fields).establishment.closed);
  EXPECT_TRUE(MapAs("welsh-schools", fields, absl::CivilDay(2018, 10, 2)).establishment.closed);
  fields["school-wls"] = "";
  EXPECT_THAT(Faults(MapAs("welsh-schools", fields)), ElementsAre("school-wls URN_MISSING"));
}

TEST(MapRowTest, TakesARowOfTheProviders) {
  const Fields fields = {{"ukprn", "10000047"},
                         {"name", "Elm College"},
                         {"trading_name", "Elm; Elm College; The Elms"},
                         {"address", "Elm House, 1 High Street, BRIGHTON,  ,  , bn24gj"},
                         {"url", "-"}};
  const MappedRow row = MapAs("uk-providers", fields);
  EXPECT_THAT(row.faults, IsEmpty());
  const Establishment expected = {.ukprn = "10000047",
                                  .title = "Elm College",
                                  .other_names = {"Elm", "The Elms"},
                                  .address_lines = {"Elm House", "1 High Street"},
                                  .town = "BRIGHTON",
                                  .postcode = "BN2 4GJ"};
  EXPECT_EQ(row.establishment, expected);
  // The file says nothing of who is open.
  EXPECT_FALSE(row.facts.contains("status"));
  EXPECT_THAT(Faults(MapAs("uk-providers", {{"ukprn", "-"}, {"name", "Elm"}})),
              ElementsAre("ukprn URN_MISSING"));
}

TEST(MapRowTest, TakesARowOfTheColleges) {
  Fields fields = {{"further-education-college-uk", "12"},
                   {"name", "Elm College"},
                   {"region", "further-education-college-region-uk:4"}};
  const MappedRow row = MapAs("uk-further-education", fields);
  EXPECT_THAT(row.faults, IsEmpty());
  const Establishment expected = {
      .title = "Elm College", .region = "Scotland", .reference = "further-education-college-uk:12"};
  EXPECT_EQ(row.establishment, expected);
  EXPECT_EQ(CentreId(row.establishment), "fec-12");
  fields["region"] = "further-education-college-region-uk:9";  // One that the layout does not know.
  EXPECT_EQ(MapAs("uk-further-education", fields).establishment.region,
            "further-education-college-region-uk:9");
  fields["further-education-college-uk"] = "1/2";
  EXPECT_THAT(Faults(MapAs("uk-further-education", fields)),
              ElementsAre("further-education-college-uk REFERENCE_INVALID"));
}

}  // namespace
}  // namespace assay::approval
