#include "gateway/ctl/import_report.h"

#include "absl/strings/str_cat.h"
#include "services/platform/core/view.h"

namespace assay::gateway::ctl {

std::string ImportSentence(std::string_view file, const Json& report) {
  std::string text =
      absl::StrCat(platform::View(file), ": ", Plural(Int(report, "rowCount"), "row"), " (",
                   Text(report, "encoding"), "): ", WithCommas(Int(report, "createdCount")),
                   " new, ", WithCommas(Int(report, "updatedCount")), " changed, ",
                   WithCommas(Int(report, "unchangedCount")), " the same, ",
                   WithCommas(Int(report, "refusedCount")), " refused.");
  if (const std::int64_t closed = Int(report, "closedCount"); closed > 0) {
    absl::StrAppend(&text, " ", WithCommas(closed), " of those taken ", closed == 1 ? "is" : "are",
                    " closed.");
  }
  if (Flag(report, "truncated")) {
    text += " The last line has no line end: the file may have been cut short.";
  }
  return text;
}

TextTable RefusedTable(const Json& report) {
  TextTable table({">line", "field", "reason", "what is wrong"});
  for (const Json& row : Items(report, "refusedRows")) {
    table.Add({WithCommas(Int(row, "line")), Text(row, "field"), Text(row, "reason"),
               Text(row, "message")});
  }
  return table;
}

}  // namespace assay::gateway::ctl
