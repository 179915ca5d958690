#include "services/platform/table/table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "services/platform/core/view.h"
#include "services/platform/testing/status_matchers.h"

namespace assay::platform {
namespace {

using ::assay::platform::testing::IsError;
using ::assay::platform::testing::IsOk;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

struct Reading {
  absl::Status status;
  std::string error;              // Its text: payloads list their entries in any order.
  std::vector<std::string> rows;  // "2: x|y" or "2: x|y (fault)".
  bool truncated = false;
  std::string encoding;

  friend bool operator==(const Reading& a, const Reading& b) {
    return a.error == b.error && a.rows == b.rows && a.truncated == b.truncated &&
           a.encoding == b.encoding;
  }
};

// Reads `bytes` in pieces of `piece` bytes, showing the columns a and b of each row.
Reading Read(std::string_view bytes, std::size_t piece = 0, TableOptions options = {}) {
  TableReader reader(options);
  Reading reading;
  auto on_row = [&](const TableRow& row) {
    std::string text = absl::StrCat(row.line(), ": ", View(row.Get("a")), "|", View(row.Get("b")));
    if (!row.fault().empty()) absl::StrAppend(&text, " (", View(row.fault()), ")");
    reading.rows.push_back(std::move(text));
    return absl::OkStatus();
  };
  if (piece == 0) piece = bytes.size() + 1;
  for (std::size_t at = 0; at < bytes.size() && reading.status.ok(); at += piece) {
    reading.status = reader.Feed(bytes.substr(at, piece), on_row);
  }
  if (reading.status.ok()) reading.status = reader.Finish(on_row);
  reading.error = std::string(reading.status.message());
  reading.truncated = reader.truncated();
  reading.encoding = std::string(reader.encoding());
  return reading;
}

std::string Utf16(std::u16string_view text, bool little) {
  std::string bytes;
  for (const char16_t unit : text) {
    const char low = static_cast<char>(unit & 0xFF);
    const char high = static_cast<char>(unit >> 8);
    bytes += little ? std::string{low, high} : std::string{high, low};
  }
  return bytes;
}

struct Case {
  const char* name;
  std::string bytes;
  std::vector<std::string> rows;
  bool truncated = false;
  std::string encoding = "UTF-8";
  char separator = ',';
};

std::vector<Case> Cases() {
  return {
      {"plain", "a,b\n1,2\n3,4\n", {"2: 1|2", "3: 3|4"}},
      {"crlf", "a,b\r\n1,2\r\n3,4\r\n", {"2: 1|2", "3: 3|4"}},
      {"lone cr", "a,b\r1,2\r3,4\r", {"2: 1|2", "3: 3|4"}},
      {"mixed line ends", "a,b\n1,2\r\n3,4\r5,6\n", {"2: 1|2", "3: 3|4", "4: 5|6"}},
      {"blank lines count as lines", "\na,b\n\n \r\n1,2\n", {"5: 1|2"}},
      {"byte order mark",
       "\xEF\xBB\xBF"
       "a,b\n1,2\n",
       {"2: 1|2"}},
      {"quoted line breaks", "a,b\n\"1\n1\r\n1\",2\n3,4\n", {"2: 1\n1\r\n1|2", "5: 3|4"}},
      {"quoted separator and quote", "a,b\n\"1,1\",\"2 \"\"two\"\"\"\n", {"2: 1,1|2 \"two\""}},
      {"quote inside an unquoted field", "a,b\n1\" pipe,2\n", {"2: 1\" pipe|2"}},
      {"trimmed",
       "a , b\n 1 ,\" 2 \"\n\xC2\xA0"
       "3,4\t\n",
       {"2: 1|2", "3: 3|4"}},
      {"last line without an end", "a,b\n1,2\n3,4", {"2: 1|2", "3: 3|4"}, true},
      {"cut inside a field count",
       "a,b\n1,2\n3",
       {"2: 1|2", "3: 3| (has 1 field, the header has 2)"},
       true},
      {"too many fields",
       "a,b\n1,2,3\n4,5\n",
       {"2: 1|2 (has 3 fields, the header has 2)", "3: 4|5"}},
      {"nameless last columns", "a,b,,\n1,2,,\n", {"2: 1|2"}},
      {"column order is free", "b,c,a\n2,9,1\n", {"2: 1|2"}},
      {"tabs", "a\tb\n1 1\t2\n\t4\n", {"2: 1 1|2", "3: |4"}, false, "UTF-8", '\t'},
      {"empty fields of a tabbed row", "a\tb\n\t\n", {"2: |"}, false, "UTF-8", '\t'},
      {"header only", "a,b\n", {}},
      {"utf-8",
       "a,b\n\xC3\x89"
       "cole,\xE2\x82\xAC\n",
       {"2: \xC3\x89"
        "cole|\xE2\x82\xAC"}},
      {"cp1252",
       "a,b\n\xC9"
       "cole,\x80\x92\n",
       {"2: \xC3\x89"
        "cole|\xE2\x82\xAC\xE2\x80\x99"},
       false,
       "windows-1252"},
      {"each line by itself",
       "a,b\n\xC3\xA9,1\n\xE9,2\n\xC3\xA9,3\n",
       {"2: \xC3\xA9|1", "3: \xC3\xA9|2", "4: \xC3\xA9|3"},
       false,
       "UTF-8 and windows-1252"},
      {"cp1252 within a quoted field over lines",
       "a,b\n\"\xE9\n\xE8\",1\n",
       {"2: \xC3\xA9\n\xC3\xA8|1"},
       false,
       "windows-1252"},
      {"byte that no encoding has",
       "a,b\n1,\x81\n3,4\n",
       {"2: 1|\xC2\x81 (is neither UTF-8 nor Windows-1252: byte 0x81 on line 2 is no character)",
        "3: 3|4"},
       false,
       "windows-1252"},
      {"overlong form is not utf-8",
       "a,b\n\xC0\xAF,2\n",
       {"2: \xC3\x80\xC2\xAF|2"},
       false,
       "windows-1252"},
      {"surrogate is not utf-8",
       "a,b\n\xED\xA0\x9C,2\n",
       {"2: \xC3\xAD\xC2\xA0\xC5\x93|2"},
       false,
       "windows-1252"},
      {"file cut inside a character",
       "a,b\n\xC3\xA9,1\n2,\xC3",
       {"2: \xC3\xA9|1", "3: 2| (the file ends in the middle of a character)"},
       true},
      {"cp1252 file that ends in a letter",
       "a,b\n1,Caf\xE9",
       {"2: 1|Caf\xC3\xA9"},
       true,
       "windows-1252"},
      {"quote never closed",
       "a,b\n1,2\n\"3,4\n5,6\n",
       {"2: 1|2",
        "3: 3,4\n5,6| (a quote is opened and never closed: lines 3 to 4 were read as one row)"}},
      {"utf-16le",
       "\xFF\xFE" + Utf16(u"a,b\r\n\u00C9,\U0001F600\r\n", true),
       {"2: \xC3\x89|\xF0\x9F\x98\x80"},
       false,
       "UTF-16LE"},
      {"utf-16be",
       "\xFE\xFF" + Utf16(u"a,b\n1,\u20AC", false),
       {"2: 1|\xE2\x82\xAC"},
       true,
       "UTF-16BE"},
  };
}

TEST(TableReaderTest, ReadsTheDirtThatFilesCarry) {
  for (const Case& c : Cases()) {
    SCOPED_TRACE(c.name);
    const Reading reading = Read(c.bytes, 0, {.separator = c.separator});
    EXPECT_THAT(reading.status, IsOk());
    EXPECT_EQ(reading.rows, c.rows);
    EXPECT_EQ(reading.truncated, c.truncated);
    EXPECT_EQ(reading.encoding, c.encoding);
  }
}

TEST(TableReaderTest, GivesTheSameForPiecesOfEverySize) {
  for (const Case& c : Cases()) {
    const TableOptions options{.separator = c.separator};
    const Reading whole = Read(c.bytes, 0, options);
    for (std::size_t piece = 1; piece < c.bytes.size(); ++piece) {
      EXPECT_TRUE(Read(c.bytes, piece, options) == whole) << c.name << ", pieces of " << piece;
    }
  }
}

TEST(TableReaderTest, GivesTheSameForPiecesOfRandomDirt) {
  const std::vector<std::string> words = {"a",        ",",    "\"", "\r",
                                          "\n",       "\r\n", " ",  "\xC3\xA9",
                                          "\xE9",     "\x81", "\t", "\xF0\x9F\x98\x80",
                                          "long long"};
  std::mt19937 random(7);
  for (int i = 0; i < 2000; ++i) {
    std::string bytes = i % 5 == 0 ? "\xEF\xBB\xBF" : "";
    bytes += "a,b\n";
    const int size = static_cast<int>(random() % 40);
    for (int k = 0; k < size; ++k) bytes += words[random() % words.size()];
    const TableOptions options{.rows_max = 6, .field_bytes_max = 24};
    const Reading whole = Read(bytes, 0, options);
    for (const std::size_t piece : {1, 2, 3, 5, 7}) {
      const Reading pieces = Read(bytes, piece, options);
      ASSERT_EQ(pieces.error, whole.error) << ::testing::PrintToString(bytes);
      ASSERT_EQ(pieces.rows, whole.rows) << ::testing::PrintToString(bytes);
      ASSERT_TRUE(pieces == whole) << ::testing::PrintToString(bytes);
    }
  }
}

// An oracle of its own: what was written, quoted by the rules of RFC 4180, comes back.
TEST(TableReaderTest, ReadsBackWhatWasWritten) {
  const std::vector<std::string> words = {"x",        ",",   "\"", "\n", "\r\n",
                                          "\xC3\xA9", "y z", "'",  ";"};
  std::mt19937 random(11);
  std::string bytes = "a,b\n";
  std::vector<std::string> expected;
  std::int64_t line = 2;
  for (int i = 0; i < 1000; ++i) {
    std::string fields[2];
    for (std::string& field : fields) {
      field = "<";
      const int size = static_cast<int>(random() % 6);
      for (int k = 0; k < size; ++k) field += words[random() % words.size()];
      field += ">";
    }
    expected.push_back(absl::StrCat(line, ": ", fields[0], "|", fields[1]));
    const std::string written =
        absl::StrCat("\"", absl::StrReplaceAll(fields[0], {{"\"", "\"\""}}), "\",\"",
                     absl::StrReplaceAll(fields[1], {{"\"", "\"\""}}), "\"\r\n");
    line += std::count(written.begin(), written.end(), '\n');
    bytes += written;
  }
  EXPECT_EQ(Read(bytes).rows, expected);
}

TEST(TableReaderTest, NamesEveryMissingColumn) {
  const Reading reading = Read("a,b\n1,2\n", 0, {.required = {"a", "URN", "b", "SCHNAME"}});
  EXPECT_THAT(reading.status,
              IsError(absl::StatusCode::kInvalidArgument, "TABLE_HEADER_MISSING_COLUMN"));
  EXPECT_EQ(MetadataOf(reading.status, "column"), "URN, SCHNAME");
  EXPECT_THAT(reading.rows, IsEmpty());
}

TEST(TableReaderTest, AnEmptyFileLacksItsHeader) {
  EXPECT_THAT(Read("", 0, {.required = {"a"}}).status,
              IsError(absl::StatusCode::kInvalidArgument, "TABLE_HEADER_MISSING_COLUMN"));
}

TEST(TableReaderTest, RefusesAColumnGivenTwice) {
  const Reading reading = Read("a,b,a\n1,2,3\n");
  EXPECT_THAT(reading.status,
              IsError(absl::StatusCode::kInvalidArgument, "TABLE_HEADER_DUPLICATE_COLUMN"));
  EXPECT_EQ(MetadataOf(reading.status, "column"), "a");
}

TEST(TableReaderTest, HandsOverAsManyRowsAsAllowedAndThenRefuses) {
  const Reading reading = Read("a,b\n1,2\n3,4\n5,6\n", 0, {.rows_max = 2});
  EXPECT_THAT(reading.status, IsError(absl::StatusCode::kInvalidArgument, "TABLE_TOO_MANY_ROWS"));
  EXPECT_THAT(reading.rows, ElementsAre("2: 1|2", "3: 3|4"));
}

TEST(TableReaderTest, BoundsAFieldALineAndARowOverManyLines) {
  const TableOptions options{.field_bytes_max = 10};
  EXPECT_THAT(Read("a,b\n0123456789,2\n", 0, options).status, IsOk());
  const std::string many_short_lines = [] {
    std::string text = "a,b\n";
    for (int i = 0; i < 40; ++i) text += "\"x\n345\",";
    return text;
  }();
  for (const std::string& bytes :
       {std::string("a,b\n0123456789x,2\n"), std::string("a,b\n\"0123\n4567\n89\",2\n"),
        "a,b\n" + std::string(500, 'x'), many_short_lines}) {
    const Reading reading = Read(bytes, 0, options);
    EXPECT_THAT(reading.status,
                IsError(absl::StatusCode::kInvalidArgument, "TABLE_FIELD_TOO_LONG"));
    EXPECT_EQ(MetadataOf(reading.status, "line"), "2");
  }
}

TEST(TableReaderTest, RefusesWhatIsNotText) {
  using std::string_literals::operator""s;
  for (const std::string& bytes :
       {"a,b\n1,\0\n"s, Utf16(u"a,b\n1,2\n", true), "\xFF\xFE\0\0a\0\0\0"s,
        "\xFF\xFE" + Utf16(u"a,b\n", true) + "\x00\xD8x\0"s,
        "\xFF\xFE"
        "a\0,\0b"s}) {
    EXPECT_THAT(Read(bytes, 0, {.required = {}}).status,
                IsError(absl::StatusCode::kInvalidArgument, "TABLE_NOT_TEXT"));
  }
}

TEST(TableReaderTest, StopsAtTheCallersFirstErrorAndKeepsIt) {
  TableReader reader({});
  int rows = 0;
  auto refuse = [&](const TableRow&) {
    ++rows;
    return absl::CancelledError("enough");
  };
  EXPECT_EQ(reader.Feed("a,b\n1,2\n3,4\n", refuse), absl::CancelledError("enough"));
  EXPECT_EQ(reader.Feed("5,6\n", refuse), absl::CancelledError("enough"));
  EXPECT_EQ(reader.Finish(refuse), absl::CancelledError("enough"));
  EXPECT_EQ(rows, 1);
}

TEST(TableReaderTest, AnUnknownColumnIsEmpty) {
  TableReader reader({});
  std::string got = "unset";
  auto on_row = [&](const TableRow& row) {
    got = std::string(row.Get("nowhere"));
    return absl::OkStatus();
  };
  ASSERT_THAT(reader.Feed("a\n1\n", on_row), IsOk());
  EXPECT_EQ(got, "");
}

}  // namespace
}  // namespace assay::platform
