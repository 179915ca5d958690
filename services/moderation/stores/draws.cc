#include "services/moderation/stores/draws.h"

#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "services/moderation/sampling/canonical.h"
#include "services/moderation/sampling/canonical_reader.h"
#include "services/moderation/store.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/core/view.h"
#include "services/platform/storage/database.h"

namespace assay::moderation {
namespace {

using platform::SqlRow;
using platform::View;

std::int64_t NumberOf(const std::string& text) {
  std::int64_t number = 0;
  return absl::SimpleAtoi(text, &number) ? number : 0;
}

std::vector<std::vector<std::string>> TableOf(std::string_view text) {
  std::vector<std::vector<std::string>> table;
  for (absl::string_view line : absl::StrSplit(View(text), '\n', absl::SkipEmpty())) {
    std::vector<std::string>& columns = table.emplace_back();
    for (absl::string_view column : absl::StrSplit(line, '\t')) {
      columns.push_back(Unescaped(platform::StdView(column)).value_or(""));
    }
  }
  return table;
}

// One line an item; see CoverageOf for the columns.
std::string TextOf(const std::vector<Shown>& coverage) {
  std::string text;
  for (const auto& [item, by] : coverage) {
    absl::StrAppend(&text, static_cast<int>(item.kind), "\t", Escaped(item.value), "\t",
                    static_cast<int>(item.status), "\t", Escaped(by), "\t", Escaped(item.centre),
                    "\t", item.drawable, "\t", item.selected, "\t", item.wanted, "\t",
                    absl::StrJoin(item.not_drawn, "\t"), "\n");
  }
  return text;
}

std::vector<Shown> CoverageOf(std::string_view text) {
  std::vector<Shown> coverage;
  for (const auto& columns : TableOf(text)) {
    if (columns.size() != 8 + kNotDrawns) continue;
    auto& [item, by] = coverage.emplace_back();
    item.kind = static_cast<CoverageKind>(NumberOf(columns[0]));
    item.value = columns[1];
    item.status = static_cast<CoverageItem::Status>(NumberOf(columns[2]));
    by = columns[3];
    item.centre = columns[4];
    item.drawable = NumberOf(columns[5]);
    item.selected = NumberOf(columns[6]);
    item.wanted = NumberOf(columns[7]);
    for (int i = 0; i < kNotDrawns; ++i) item.not_drawn[i] = NumberOf(columns[8 + i]);
  }
  return coverage;
}

// "size accept reject" a step; -1 for what it does not say.
std::string TextOf(const std::vector<SampleStep>& steps) {
  std::string text;
  for (const SampleStep& step : steps) {
    absl::StrAppend(&text, step.size, "\t", step.accept_max.value_or(-1), "\t",
                    step.reject_min.value_or(-1), "\n");
  }
  return text;
}

std::vector<SampleStep> StepsOf(std::string_view text) {
  std::vector<SampleStep> steps;
  for (const auto& columns : TableOf(text)) {
    if (columns.size() != 3) continue;
    SampleStep& step = steps.emplace_back();
    step.size = NumberOf(columns[0]);
    if (NumberOf(columns[1]) >= 0) step.accept_max = NumberOf(columns[1]);
    if (NumberOf(columns[2]) >= 0) step.reject_min = NumberOf(columns[2]);
  }
  return steps;
}

}  // namespace

absl::Status DrawStore::Insert(Tx& tx, std::string_view tenant, std::int64_t submission,
                               std::string_view sample, const DrawRecord& record) {
  const std::string coverage = TextOf(record.coverage);
  const std::string steps = TextOf(record.steps);
  const std::string not_drawn = absl::StrJoin(record.not_drawn, "\t");
  return tx
      .Execute(
          "INSERT INTO sample_draws (tenant, submission, sample, facts, facts_hash, entries, "
          "names_only, consortium, coverage, steps, not_drawn, rank_gap_max, explanation, "
          "group_count) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
          {tenant, submission, sample, record.facts, record.facts_hash, record.entries,
           record.names_only ? 1 : 0, record.consortium, coverage, steps, not_drawn,
           record.rank_gap_max, record.explanation, record.group_count})
      .status();
}

absl::StatusOr<DrawRecord> DrawStore::Get(Tx& tx, std::string_view tenant, std::int64_t submission,
                                          std::string_view sample) {
  DrawRecord record;
  RETURN_IF_ERROR(tx.Query(
      "SELECT facts, facts_hash, entries, names_only, consortium, coverage, steps, not_drawn, "
      "rank_gap_max, explanation, group_count FROM sample_draws WHERE tenant = $1 AND submission = "
      "$2 AND "
      "sample = $3",
      {tenant, submission, sample}, [&](const SqlRow& row) {
        record.facts = row.Text(0);
        record.facts_hash = row.Text(1);
        record.entries = row.Text(2);
        record.names_only = row.Int(3) != 0;
        record.consortium = row.Text(4);
        record.coverage = CoverageOf(row.Text(5));
        record.steps = StepsOf(row.Text(6));
        const auto counts = TableOf(row.Text(7));
        for (int i = 0; i < kNotDrawns && !counts.empty() && i < std::ssize(counts[0]); ++i) {
          record.not_drawn[i] = NumberOf(counts[0][i]);
        }
        record.rank_gap_max = row.Int(8);
        record.explanation = row.Text(9);
        record.group_count = row.Int(10);
        return absl::OkStatus();
      }));
  return record;
}

absl::Status DrawStore::Complete(Tx& tx, std::string_view tenant, std::int64_t submission,
                                 const Sample& sample, const DrawRecord& record) {
  const std::string gaps = absl::StrJoin(sample.gaps, "\n");
  RETURN_IF_ERROR(tx.Execute("UPDATE samples SET pool_count = $1, gaps = $2 WHERE tenant = $3 AND "
                             "submission = $4 AND id = $5",
                             {sample.pool_count, gaps, tenant, submission, sample.id})
                      .status());
  for (const char* table : {"sample_candidates", "sample_draws"}) {
    RETURN_IF_ERROR(tx.Execute(absl::StrCat("DELETE FROM ", table,
                                            " WHERE tenant = $1 AND submission = $2 AND "
                                            "sample = $3"),
                               {tenant, submission, sample.id})
                        .status());
  }
  RETURN_IF_ERROR(Store().InsertPicks(tx, tenant, submission, sample.id, sample.picks));
  return Insert(tx, tenant, submission, sample.id, record);
}

absl::StatusOr<std::vector<std::string>> DrawStore::KnownAssessors(Tx& tx, std::string_view tenant,
                                                                   const Submission& submission) {
  static_assert(static_cast<int>(State::kReleased) == 5);
  std::vector<std::string> known;
  RETURN_IF_ERROR(tx.Query(
      "SELECT DISTINCT c.assessor FROM submissions s JOIN candidates c ON c.tenant = s.tenant AND "
      "c.submission = s.number WHERE s.tenant = $1 AND s.centre = $2 AND s.state = 5 AND "
      "s.series <> $3 AND s.created_at <= $4 ORDER BY c.assessor",
      {tenant, submission.centre, submission.name.series,
       absl::ToUnixMicros(submission.create_time)},
      [&](const SqlRow& row) {
        known.emplace_back(row.Text(0));
        return absl::OkStatus();
      }));
  return known;
}

}  // namespace assay::moderation
