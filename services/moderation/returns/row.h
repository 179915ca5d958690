// One row of a return: values in the layout's order, each checked, and written as CSV.
//
// Example:
//   RowWriter writer(layout);
//   std::string text = writer.Header();
//   writer.Write(facts, text, faults);   // appends a line if `faults` stays empty
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "services/moderation/returns/layout.h"

namespace assay::moderation {

// What there is to say about one candidate's result; "" where there is nothing.
struct ReturnFacts {
  std::string reporting_date;  // "2026-08-13"
  std::string awarding_organisation;
  std::string series;
  std::string series_title;
  std::string component;
  std::string component_title;
  std::string qualification;
  std::string centre;  // "urn-100000", "ukprn-10000047" or another id.
  std::string centre_title;
  std::string candidate;
  std::string uln;
  std::string centre_mark;
  std::string final_mark;
  std::string maximum_mark;
  std::string basis;
};

struct ReturnFault {
  std::string column;
  std::string value;
  std::string reason;  // "VALUE_MISSING", "PATTERN_MISMATCH", "ULN_INVALID", …
  std::string message;
};

// RFC 4180: quoted where it must be. What a spreadsheet would run as a formula gets an apostrophe
// before it; a number does not, so that -2 stays -2.
std::string CsvField(std::string_view text);

class RowWriter {
 public:
  explicit RowWriter(const ReturnLayout& layout);  // Without contradictions.
  ~RowWriter();

  std::string Header() const;
  // Appends the row, with CR LF. What does not fit is added to `faults`, and no row then.
  void Write(const ReturnFacts& facts, std::string& out, std::vector<ReturnFault>& faults) const;

  // What was done to published patterns: column, used pattern and note.
  struct Note {
    std::string column;
    std::string published;
    std::string used;
    std::string note;
  };
  std::vector<Note> Notes() const;

 private:
  struct Column;
  std::vector<Column> columns_;
};

}  // namespace assay::moderation
