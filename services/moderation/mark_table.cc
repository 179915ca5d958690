#include "services/moderation/mark_table.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "services/platform/core/status_macros.h"

namespace assay::moderation {
namespace {

constexpr std::size_t kFirstLineMax = 64 * 1024;
constexpr std::string_view kNames[] = {"centre",          "candidate", "mark",
                                       "assessor",        "group",     "site",
                                       "absent",          "withdrawn", "parental_interest",
                                       "carried_forward", "grade",     "uln"};

}  // namespace

absl::Status MarkTable::Feed(std::string_view bytes, OnRow on_row) {
  if (reader_ == nullptr) {
    first_.append(bytes);
    if (first_.find('\n') == first_.npos && first_.size() < kFirstLineMax) {
      return absl::OkStatus();
    }
    return Begin(on_row);
  }
  if (bytes.empty()) return absl::OkStatus();
  return reader_->Feed(bytes, [&](const platform::TableRow& row) { return Take(row, on_row); });
}

absl::Status MarkTable::Finish(OnRow on_row) {
  if (reader_ == nullptr) RETURN_IF_ERROR(Begin(on_row));
  return reader_->Finish([&](const platform::TableRow& row) { return Take(row, on_row); });
}

// The header line says whether commas or tabs separate the columns.
absl::Status MarkTable::Begin(OnRow on_row) {
  const std::string header = first_.substr(0, first_.find('\n'));
  const bool tabs = header.find('\t') != header.npos && header.find(',') == header.npos;
  options_.separator = tabs ? '\t' : ',';
  reader_ = std::make_unique<platform::TableReader>(options_);
  const std::string bytes = std::exchange(first_, {});
  return bytes.empty() ? absl::OkStatus() : Feed(bytes, on_row);
}

absl::Status MarkTable::Take(const platform::TableRow& row, OnRow on_row) {
  if (!found_) {
    static_assert(std::size(kNames) == kColumns);
    for (std::size_t i = 0; i < kColumns; ++i) at_[i] = row.Find(kNames[i]);
    found_ = true;
  }
  const auto text = [&](std::size_t column) { return row.At(at_[column]); };
  if (!row.fault().empty()) return on_row({.line = row.line(), .fault = row.fault()});
  return on_row({.line = row.line(),
                 .centre = text(0),
                 .texts = {.candidate = text(1),
                           .mark = text(2),
                           .assessor = text(3),
                           .group = text(4),
                           .site = text(5),
                           .absent = text(6),
                           .withdrawn = text(7),
                           .parental_interest = text(8),
                           .carried_forward = text(9),
                           .grade = text(10),
                           .uln = text(11)}});
}

std::string PlaceInFile(const RefusedRow& row) {
  if (row.field.empty()) return absl::StrCat("row ", row.row);
  return absl::StrCat("row ", row.row, ", column ", row.field);
}

}  // namespace assay::moderation
