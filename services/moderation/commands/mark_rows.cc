#include "services/moderation/commands/mark_rows.h"

#include <algorithm>
#include <numeric>
#include <optional>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "services/moderation/errors.h"
#include "services/platform/core/national_numbers.h"
#include "services/platform/core/view.h"

namespace assay::moderation {
namespace {

using platform::View;

constexpr std::size_t kNumberMax = 64;
constexpr std::size_t kTextMax = 200;

// UTF-8: bytes that begin a character. Few texts have so many bytes that they need counting.
bool IsLonger(std::string_view text, std::size_t characters) {
  if (text.size() <= characters) return false;
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](unsigned char c) {
           return (c & 0xC0) != 0x80;
         })) > characters;
}

bool HasSpaceOrControl(std::string_view text) {
  return std::any_of(text.begin(), text.end(),
                     [](unsigned char c) { return c <= ' ' || c == 0x7F; });
}

std::optional<bool> FlagOf(std::string_view text) {
  if (text.empty()) return false;
  for (std::string_view no : {"0", "no", "n", "false", "f"}) {
    if (absl::EqualsIgnoreCase(View(text), View(no))) return false;
  }
  for (std::string_view yes : {"1", "yes", "y", "true", "t"}) {
    if (absl::EqualsIgnoreCase(View(text), View(yes))) return true;
  }
  return std::nullopt;
}

// Why the candidate cannot be recorded; the row is the caller's.
std::optional<RefusedRow> FaultOf(const MarkScale& scale, const Candidate& c) {
  const auto refused = [&](std::string_view field, std::string_view reason, std::string message) {
    return RefusedRow{0, std::string(field), std::string(reason), std::move(message), c.number};
  };
  if (c.number.empty()) {
    return refused("candidate", kCandidateMissing, "the row names no candidate");
  }
  if (IsLonger(c.number, kNumberMax) || HasSpaceOrControl(c.number)) {
    return refused(
        "candidate", kCandidateInvalid,
        absl::StrCat("a candidate number has 1 to ", kNumberMax, " characters and no spaces"));
  }
  for (const auto& [field, text] :
       {std::pair<std::string_view, const std::string&>{"assessor", c.assessor},
        {"group", c.group},
        {"site", c.site},
        {"grade", c.grade}}) {
    if (IsLonger(text, kTextMax)) {
      return refused(field, kTextTooLong, absl::StrCat("is longer than ", kTextMax, " characters"));
    }
  }
  if (!c.uln.empty() && platform::CheckUln(c.uln) == platform::UlnCheck::kInvalid) {
    return refused("uln", kUlnInvalid,
                   "is not a learner number of ten digits whose last one checks the others "
                   "(QUAL-10); 9999999999 stands for one that is still to come");
  }
  if (!c.mark.has_value()) return std::nullopt;
  const Mark mark = *c.mark;
  if (c.Has(kAbsent) || c.Has(kWithdrawn)) {
    return refused("mark", kMarkForAbsent,
                   absl::StrCat("has the mark ", FormatMark(mark),
                                " but is absent or withdrawn; leave one of the two out"));
  }
  switch (FaultOf(scale, mark)) {
    case MarkFault::kNone:
      return std::nullopt;
    case MarkFault::kNegative:
      return refused("mark", kMarkNegative,
                     absl::StrCat("the mark ", FormatMark(mark), " is below zero"));
    case MarkFault::kAboveMaximum:
      return refused("mark", kMarkAboveMaximum,
                     absl::StrCat("the mark ", FormatMark(mark), " is above the maximum ",
                                  FormatMark(scale.maximum)));
    case MarkFault::kOffStep:
      return refused("mark", kMarkOffStep,
                     absl::StrCat("the mark ", FormatMark(mark), " is not a multiple of ",
                                  FormatMark(scale.step)));
  }
  return std::nullopt;
}

}  // namespace

void MarkRows::Add(std::int64_t row, Candidate candidate) {
  if (std::optional<RefusedRow> fault = FaultOf(scale_, candidate)) {
    fault->row = row;
    return Refuse(*std::move(fault));
  }
  ++row_count_;
  good_.push_back(std::move(candidate));
  rows_.push_back(row);
}

void MarkRows::Refuse(RefusedRow refused) {
  ++row_count_;
  ++refused_count_;
  if (static_cast<std::int64_t>(refused_.size()) < kListedRefusalsMax) {
    refused_.push_back(std::move(refused));
  }
}

void MarkRows::Finish() {
  const auto rising = [](const Candidate& a, const Candidate& b) { return a.number >= b.number; };
  // Files mostly come in order; then there is nothing to sort and nothing twice.
  if (std::adjacent_find(good_.begin(), good_.end(), rising) == good_.end()) return;
  std::vector<std::int32_t> order(good_.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](std::int32_t a, std::int32_t b) {
    return good_[a].number < good_[b].number;
  });
  std::vector<Candidate> kept;
  std::vector<std::int64_t> kept_rows;
  kept.reserve(good_.size());
  for (std::int32_t i : order) {
    if (kept.empty() || kept.back().number != good_[i].number) {
      kept.push_back(std::move(good_[i]));
      kept_rows.push_back(rows_[i]);
      continue;
    }
    --row_count_;  // Refuse counts it again.
    Refuse({rows_[i], "candidate", std::string(kCandidateDuplicate),
            absl::StrCat("the candidate came before, in row ", kept_rows.back()),
            kept.back().number});
  }
  good_ = std::move(kept);
  rows_ = std::move(kept_rows);
  std::stable_sort(refused_.begin(), refused_.end(),
                   [](const RefusedRow& a, const RefusedRow& b) { return a.row < b.row; });
}

std::int64_t MarkRows::missing_count() const {
  return std::count_if(good_.begin(), good_.end(), MarkMissing);
}

void AddTexts(MarkRows& rows, std::int64_t row, const MarkTexts& texts) {
  Candidate candidate{.number = std::string(texts.candidate),
                      .assessor = std::string(texts.assessor),
                      .group = std::string(texts.group),
                      .site = std::string(texts.site),
                      .grade = std::string(texts.grade),
                      .uln = std::string(texts.uln)};
  if (!texts.mark.empty()) {
    // A sign tells a mark below zero from what is no number at all.
    const bool below = texts.mark[0] == '-';
    candidate.mark = ParseMark(below ? texts.mark.substr(1) : texts.mark);
    if (!candidate.mark.has_value()) {
      return rows.Refuse({row, "mark", std::string(kMarkNotANumber),
                          absl::StrCat("\"", View(texts.mark.substr(0, 40)),
                                       "\" is not a mark such as 42 or 71.2"),
                          candidate.number});
    }
    if (below) candidate.mark = -*candidate.mark;
  }
  struct Flag {
    std::string_view field, text;
    CandidateFlag flag;
  };
  for (const Flag& f :
       {Flag{"absent", texts.absent, kAbsent}, Flag{"withdrawn", texts.withdrawn, kWithdrawn},
        Flag{"parental_interest", texts.parental_interest, kParentalInterest},
        Flag{"carried_forward", texts.carried_forward, kCarriedForward}}) {
    const std::optional<bool> set = FlagOf(f.text);
    if (!set.has_value()) {
      return rows.Refuse({row, std::string(f.field), std::string(kFlagInvalid),
                          absl::StrCat("\"", View(f.text.substr(0, 40)),
                                       "\" is neither yes nor no (1/0, yes/no, true/false)"),
                          candidate.number});
    }
    if (*set) candidate.flags |= f.flag;
  }
  rows.Add(row, std::move(candidate));
}

}  // namespace assay::moderation
