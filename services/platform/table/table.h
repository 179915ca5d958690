// Rows from the files that people send: CSV and TSV with the dirt they carry.
//
// Takes UTF-8 (with or without BOM), UTF-16 with BOM and Windows-1252, CRLF or LF,
// quoted fields with line breaks, a last line without an end. Reads in pieces, so a
// file is never held whole. The CSV grammar is libcsv's; text conversion is ICU's.
//
// Example:
//   TableReader reader({.separator = ',', .required = {"URN", "SCHNAME"}});
//   RETURN_IF_ERROR(reader.Feed(bytes, on_row));   // as often as bytes arrive
//   RETURN_IF_ERROR(reader.Finish(on_row));
#pragma once
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace assay::platform {

// One data row. Values are trimmed of spaces, valid UTF-8, and "" if absent.
class TableRow {
 public:
  virtual ~TableRow() = default;
  // The line of the file on which the row begins; the header is line 1.
  virtual std::int64_t line() const = 0;
  virtual std::string_view Get(std::string_view column) const = 0;  // "" if unknown.
  // The same by number, for many rows: Find once (-1: the header has no such column), then At.
  virtual int Find(std::string_view column) const = 0;
  virtual std::string_view At(int column) const = 0;  // "" for -1.
  // What is wrong with the row itself ("has 7 fields, the header has 9"), or "".
  virtual std::string_view fault() const = 0;
};

struct TableOptions {
  char separator = ',';
  std::vector<std::string> required;  // Columns that must be in the header.
  std::int64_t rows_max = 5'000'000;
  std::size_t field_bytes_max = 64 * 1024;
};

class TableReader {
 public:
  using OnRow = absl::FunctionRef<absl::Status(const TableRow&)>;

  explicit TableReader(TableOptions options);
  ~TableReader();
  // Stops at, and returns, on_row's first error. INVALID_ARGUMENT with reason
  // TABLE_HEADER_MISSING_COLUMN, TABLE_HEADER_DUPLICATE_COLUMN, TABLE_TOO_MANY_ROWS,
  // TABLE_FIELD_TOO_LONG or TABLE_NOT_TEXT.
  absl::Status Feed(std::string_view bytes, OnRow on_row);
  // Hands over the last row. A quote left open is that row's fault().
  absl::Status Finish(OnRow on_row);
  // True if the last line had no line end: a file may have been cut short.
  bool truncated() const;
  // So far: "UTF-8", "UTF-16LE", "UTF-16BE", "windows-1252", or "UTF-8 and windows-1252".
  // It is told line by line: one that is not valid UTF-8 is taken as Windows-1252.
  std::string_view encoding() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace assay::platform
