// Checks candidates and marks row by row (MOD-1), whether they came in a file or in a call.
//
// Example:
//   MarkRows rows(component.scale);
//   rows.Add(17, candidate);                               // line 17 of the file
//   rows.Refuse({18, "mark", kMarkNotANumber, "…", "0102"});
//   rows.Finish();                                         // finds the duplicates
#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "services/moderation/model.h"

namespace assay::moderation {

struct RefusedRow {
  std::int64_t row = 0;  // Line of the file, or position in the call from 1.
  std::string field;     // The column; empty: the row as a whole.
  std::string reason;
  std::string message;
  std::string candidate;
};

inline constexpr std::int64_t kListedRefusalsMax = 10'000;

class MarkRows {
 public:
  explicit MarkRows(const MarkScale& scale) : scale_(scale) {}

  void Add(std::int64_t row, Candidate candidate);
  void Refuse(RefusedRow refused);
  // Refuses every row whose candidate came before. Call it once, after the last row.
  void Finish();

  // Until Finish in the order of rows, after it in the order of numbers, each once.
  std::span<const Candidate> good() const { return good_; }
  std::span<const RefusedRow> refused() const { return refused_; }  // By row; the first ones.
  std::int64_t row_count() const { return row_count_; }
  std::int64_t refused_count() const { return refused_count_; }
  std::int64_t missing_count() const;  // Of the good ones.

 private:
  MarkScale scale_;
  std::vector<Candidate> good_;
  std::vector<std::int64_t> rows_;  // Of the good ones.
  std::vector<RefusedRow> refused_;
  std::int64_t row_count_ = 0;
  std::int64_t refused_count_ = 0;
};

// One row's texts as a file has them; "" is absent. Adds the row or refuses it.
struct MarkTexts {
  std::string_view candidate, mark, assessor, group, site, absent, withdrawn, parental_interest,
      carried_forward, grade, uln;
};
void AddTexts(MarkRows& rows, std::int64_t row, const MarkTexts& texts);

}  // namespace assay::moderation
