#include "services/approval/stores/learner_traces.h"

#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "services/approval/stores/learner_texts.h"
#include "services/approval/stores/rows.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/core/view.h"
#include "services/platform/storage/database.h"

namespace assay::approval {
namespace {

using platform::SqlRow;
using platform::View;

// The texts of the centre that hold one of the words. A pattern that finds more than it should does
// no harm: `change` looks again. Columns are compared byte by byte on both engines, so that LOWER
// folds ASCII there as patterns are folded here, and nothing else.
absl::StatusOr<std::vector<std::string>> Holding(platform::Transaction& tx, const LearnerText& text,
                                                 std::string_view tenant, std::string_view centre,
                                                 std::span<const std::string> patterns) {
  Statement sql(absl::StrCat("SELECT DISTINCT ", View(text.column), " FROM ", View(text.table),
                             " WHERE tenant = "));
  sql.Bind(tenant);
  sql.Add(absl::StrCat(" AND ", View(text.centre), " = ")).Bind(centre).Add(" AND (1 = 0");
  for (const std::string& pattern : patterns) {
    sql.Add(absl::StrCat(" OR LOWER(", View(text.column), ") LIKE ")).Bind(pattern);
  }
  sql.Add(")");
  return Collect<std::string>(
      tx, sql.sql(), sql.values(),
      [](const SqlRow& row) -> absl::StatusOr<std::string> { return std::string(row.Text(0)); });
}

}  // namespace

absl::Status LearnerTraces::Rewrite(Tx& tx, std::string_view tenant, std::string_view centre,
                                    std::span<const std::string> words,
                                    absl::FunctionRef<bool(std::string&)> change) {
  std::vector<std::string> patterns;
  for (const std::string& word : words) {
    if (!word.empty()) patterns.push_back(absl::StrCat("%", absl::AsciiStrToLower(word), "%"));
  }
  if (patterns.empty()) return absl::OkStatus();
  for (const LearnerText& text : kLearnerTexts) {
    ASSIGN_OR_RETURN(const std::vector<std::string> texts,
                     Holding(tx, text, tenant, centre, patterns));
    for (const std::string& before : texts) {
      std::string after = before;
      if (!change(after)) continue;
      RETURN_IF_ERROR(
          tx.Execute(absl::StrCat("UPDATE ", View(text.table), " SET ", View(text.column),
                                  " = $4 WHERE tenant = $1 AND ", View(text.centre), " = $2 AND ",
                                  View(text.column), " = $3"),
                     {tenant, centre, before, after})
              .status());
    }
  }
  return absl::OkStatus();
}

absl::Status LearnerTraces::RewriteReviews(
    Tx& tx, std::string_view tenant, std::string_view centre,
    absl::FunctionRef<absl::StatusOr<bool>(std::string&)> change) {
  std::vector<std::pair<std::string, std::string>> documents;
  RETURN_IF_ERROR(
      tx.Query("SELECT id, document FROM quality_reviews WHERE tenant = $1 AND centre = $2",
               {tenant, centre}, [&](const SqlRow& row) {
                 documents.emplace_back(row.Text(0), row.Bytes(1));
                 return absl::OkStatus();
               }));
  for (auto& [id, document] : documents) {
    ASSIGN_OR_RETURN(const bool changed, change(document));
    if (!changed) continue;
    RETURN_IF_ERROR(tx.Execute("UPDATE quality_reviews SET document = $4 WHERE tenant = $1 AND "
                               "centre = $2 AND id = $3",
                               {tenant, centre, id, platform::Blob{document}})
                        .status());
  }
  return absl::OkStatus();
}

}  // namespace assay::approval
