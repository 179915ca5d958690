#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <re2/re2.h>

#include <string>
#include <vector>

#include "services/moderation/returns/layout.h"
#include "services/moderation/returns/row.h"

namespace assay::moderation {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

bool Fits(const ReturnColumn& column, const std::string& text) {
  return RE2::FullMatch(text, PatternOf(column).used);
}

TEST(PatternOfTest, AWellFormedPatternIsTakenAsItIs) {
  const ReturnColumn date{
      .name = "ReportingDate",
      .published = R"(^(20)\d\d[-](0[1-9]|1[012])[-](0[1-9]|[12][0-9]|3[01])$)"};
  EXPECT_EQ(PatternOf(date).used, date.published);
  EXPECT_EQ(PatternOf(date).note, "");
  EXPECT_TRUE(Fits(date, "2026-08-13"));
  EXPECT_FALSE(Fits(date, "2026-13-13"));
  EXPECT_FALSE(Fits(date, "13/08/2026"));
}

// "^A|B$" is "begins with A, or ends with B": more than anybody meant.
TEST(PatternOfTest, AlternativesThatEscapeTheAnchorsAreWrapped) {
  const ReturnColumn column{.published = "^GCSE|A level$"};
  EXPECT_TRUE(RE2::PartialMatch("GCSE and more", column.published));
  EXPECT_FALSE(Fits(column, "GCSE and more"));
  EXPECT_FALSE(Fits(column, "no A level"));
  EXPECT_TRUE(Fits(column, "GCSE"));
  EXPECT_TRUE(Fits(column, "A level"));
  EXPECT_THAT(PatternOf(column).note, HasSubstr("wrapped"));
  EXPECT_TRUE(Fits({.published = "\\d{5}"}, "12345"));
  EXPECT_FALSE(Fits({.published = "\\d{5}"}, "123456"));
  // A bar inside of a class or a group escapes nothing.
  EXPECT_EQ(PatternOf({.published = "^[|](a|b)[]|]$"}).note, "");
}

// Descriptions say "-2 if there is none"; several patterns do not.
TEST(PatternOfTest, WhatStandsForNothingIsLetIn) {
  const ReturnColumn urn{.published = R"(^\d{1,6}$)", .absent = "-2"};
  EXPECT_TRUE(Fits(urn, "-2"));
  EXPECT_TRUE(Fits(urn, "100000"));
  EXPECT_FALSE(Fits(urn, "-3"));
  EXPECT_THAT(PatternOf(urn).note, HasSubstr("-2"));
  const ReturnColumn knows{.published = R"(^(?:-2|\d{10})$)", .absent = "-2"};
  EXPECT_EQ(PatternOf(knows).used, knows.published);
  EXPECT_EQ(PatternOf(knows).note, "");
}

TEST(LayoutTest, APatternThatCannotBeUsedNeedsOneOfOursAndANote) {
  ReturnLayout layout{{{.name = "UKPRN",
                        .source = "centre_ukprn",
                        .published = "^.{10000000,99999999}$",
                        .absent = "-2"}}};
  EXPECT_THAT(Contradictions(layout), ElementsAre(HasSubstr("malformed")));
  layout.columns[0].pattern = R"(^1\d{7}$)";
  EXPECT_THAT(Contradictions(layout), ElementsAre(HasSubstr("without a note")));
  layout.columns[0].note = "a length was published where a range was meant";
  EXPECT_THAT(Contradictions(layout), IsEmpty());
  EXPECT_THAT(PatternOf(layout.columns[0]).note, HasSubstr("a range was meant"));
}

TEST(LayoutTest, EveryContradictionIsNamed) {
  const ReturnLayout layout{{{.name = "A", .source = "moon", .published = "^.$"},
                             {.name = "A", .source = "uln", .published = "^.$", .check = "moon"},
                             {.name = "", .source = "uln", .published = "(("},
                             {.name = "B", .source = "nothing", .published = "^.$"}}};
  EXPECT_THAT(Contradictions(layout), SizeIs(6));
  EXPECT_THAT(Contradictions(ReturnLayout{}), SizeIs(1));
}

TEST(CsvFieldTest, QuotesWhatRfc4180AsksFor) {
  EXPECT_EQ(CsvField("plain"), "plain");
  EXPECT_EQ(CsvField(""), "");
  EXPECT_EQ(CsvField("a,b"), "\"a,b\"");
  EXPECT_EQ(CsvField("say \"so\""), "\"say \"\"so\"\"\"");
  EXPECT_EQ(CsvField("two\r\nlines"), "\"two\r\nlines\"");
  EXPECT_EQ(CsvField(" edge "), "\" edge \"");
}

TEST(CsvFieldTest, NoSpreadsheetRunsIt) {
  EXPECT_EQ(CsvField("=1+1"), "'=1+1");
  EXPECT_EQ(CsvField("@SUM(A1)"), "'@SUM(A1)");
  EXPECT_EQ(CsvField("+cmd|' /C calc'!A0"), "'+cmd|' /C calc'!A0");
  EXPECT_EQ(CsvField("-2"), "-2");
  EXPECT_EQ(CsvField("-2.5"), "-2.5");
  EXPECT_EQ(CsvField("-2+3"), "'-2+3");
  EXPECT_EQ(CsvField("=\"a\",b"), "\"'=\"\"a\"\",b\"");
}

ReturnLayout Small() {
  return {{{.name = "Centre,URN",
            .source = "centre_urn",
            .published = R"(^\d{1,6}$)",
            .absent = "-2",
            .check = "urn"},
           {.name = "ULN",
            .source = "uln",
            .published = R"(^(?:-2|\d{10})$)",
            .absent = "-2",
            .check = "uln"},
           {.name = "Qualification",
            .source = "qualification",
            .published = "^.{10}$",
            .map = {{"3818-13", "600/1234/5"}}},
           {.name = "Title", .source = "centre_title", .published = "^.{1,20}$"},
           {.name = "Mark", .source = "final_mark", .published = R"(^\d{1,3}$)", .absent = "-2"}}};
}

TEST(RowWriterTest, WritesARowInTheOrderOfTheLayout) {
  const RowWriter writer(Small());
  EXPECT_EQ(writer.Header(), "\"Centre,URN\",ULN,Qualification,Title,Mark\r\n");
  std::string out;
  std::vector<ReturnFault> faults;
  writer.Write({.qualification = "3818-13",
                .centre = "urn-100000",
                .centre_title = "=Castle, \"Old\"",
                .uln = "1000000043",
                .final_mark = "57"},
               out, faults);
  writer.Write({.qualification = "3818-13",
                .centre = "ukprn-10000047",
                .centre_title = "B",
                .uln = "9999999999"},
               out, faults);
  EXPECT_THAT(faults, IsEmpty());
  EXPECT_EQ(out,
            "100000,1000000043,600/1234/5,\"'=Castle, \"\"Old\"\"\",57\r\n"
            "-2,-2,600/1234/5,B,-2\r\n");
}

// QUAL-10, and every field's own pattern: all that is wrong with a row, and no row.
TEST(RowWriterTest, EveryFaultOfARowIsToldByColumnAndReason) {
  const RowWriter writer(Small());
  std::string out = "before\r\n";
  std::vector<ReturnFault> faults;
  writer.Write({.qualification = "9", .centre = "urn-12", .uln = "1000000063", .final_mark = "1.5"},
               out, faults);
  std::vector<std::string> told;
  for (const ReturnFault& fault : faults) told.push_back(fault.column + " " + fault.reason);
  EXPECT_THAT(told, ElementsAre("Centre,URN URN_INVALID", "ULN ULN_INVALID",
                                "Qualification PATTERN_MISMATCH", "Title VALUE_MISSING",
                                "Mark PATTERN_MISMATCH"));
  EXPECT_EQ(out, "before\r\n");
}

TEST(RowWriterTest, NotesWhatWasDoneToPublishedPatterns) {
  const std::vector<RowWriter::Note> notes = RowWriter(Small()).Notes();
  std::vector<std::string> columns;
  for (const RowWriter::Note& note : notes) columns.push_back(note.column);
  EXPECT_THAT(columns, ElementsAre("Centre,URN", "Mark"));
}

}  // namespace
}  // namespace assay::moderation
