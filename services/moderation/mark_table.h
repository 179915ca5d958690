// The rows of a file of marks, CSV or TSV, with each column found once.
//
// Example:
//   MarkTable table({.required = {"candidate"}, .rows_max = 1'000'000});
//   RETURN_IF_ERROR(table.Feed(bytes, [&](const MarkTable::Row& row) { … }));
//   RETURN_IF_ERROR(table.Finish(on_row));
#pragma once
#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "services/moderation/commands/mark_rows.h"
#include "services/platform/table/table.h"

namespace assay::moderation {

class MarkTable {
 public:
  // Texts are valid until the callback returns.
  struct Row {
    std::int64_t line = 0;
    std::string_view fault;   // Of the row itself; then there are no texts.
    std::string_view centre;  // "" if the file has no such column.
    MarkTexts texts;
  };
  using OnRow = absl::FunctionRef<absl::Status(const Row&)>;

  // The separator is told from the header.
  explicit MarkTable(platform::TableOptions options) : options_(std::move(options)) {}

  // The errors of platform::TableReader, and on_row's.
  absl::Status Feed(std::string_view bytes, OnRow on_row);
  absl::Status Finish(OnRow on_row);

  // After Finish.
  std::string_view encoding() const { return reader_->encoding(); }
  bool truncated() const { return reader_->truncated(); }

 private:
  static constexpr std::size_t kColumns = 12;

  absl::Status Begin(OnRow on_row);
  absl::Status Take(const platform::TableRow& row, OnRow on_row);

  platform::TableOptions options_;
  std::string first_;  // Until the header line is whole.
  std::unique_ptr<platform::TableReader> reader_;
  bool found_ = false;
  std::array<int, kColumns> at_ = {};
};

// A refused row for people: "row 17, column mark".
std::string PlaceInFile(const RefusedRow& row);

}  // namespace assay::moderation
