#include "services/moderation/sampling/canonical_reader.h"

#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace assay::moderation {
namespace {

constexpr std::string_view kFlags = "awpc";
constexpr CandidateFlag kFlagOf[] = {kAbsent, kWithdrawn, kParentalInterest, kCarriedForward};

absl::Status Bad(std::size_t line, std::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat("line ", line, " ", std::string(what)));
}

// The columns of every line, without their escapes; each line ends with a line feed.
absl::StatusOr<std::vector<std::vector<std::string>>> LinesOf(std::string_view text) {
  std::vector<std::vector<std::string>> lines;
  while (!text.empty()) {
    const std::size_t number = lines.size() + 1;
    if (number > kCanonicalLinesMax) return Bad(number, "is one too many");
    const std::size_t end = text.find('\n');
    if (end == text.npos) return Bad(number, "does not end with a line feed");
    std::string_view line = text.substr(0, end);
    text.remove_prefix(end + 1);
    std::vector<std::string>& columns = lines.emplace_back();
    for (;;) {
      const std::size_t tab = line.find('\t');
      std::optional<std::string> column = Unescaped(line.substr(0, tab));
      if (!column.has_value()) return Bad(number, "has a backslash that stands for nothing");
      columns.push_back(*std::move(column));
      if (tab == line.npos) break;
      line.remove_prefix(tab + 1);
    }
  }
  return lines;
}

}  // namespace

std::optional<std::string> Unescaped(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\') {
      out += text[i];
      continue;
    }
    if (++i == text.size()) return std::nullopt;
    switch (text[i]) {
      case '\\':
        out += '\\';
        break;
      case 't':
        out += '\t';
        break;
      case 'n':
        out += '\n';
        break;
      case 'r':
        out += '\r';
        break;
      default:
        return std::nullopt;
    }
  }
  return out;
}

absl::StatusOr<std::vector<Candidate>> ReadCanonicalCandidates(std::string_view text) {
  auto lines = LinesOf(text);
  if (!lines.ok()) return lines.status();
  std::vector<Candidate> candidates;
  for (std::size_t i = 0; i < lines->size(); ++i) {
    std::vector<std::string>& columns = (*lines)[i];
    if (columns.size() < 6 || columns.size() > 8) return Bad(i + 1, "has not 6 to 8 columns");
    Candidate& c = candidates.emplace_back();
    c.number = std::move(columns[0]);
    if (columns[1] != "-") {
      c.mark = ParseMark(columns[1]);
      if (!c.mark.has_value()) return Bad(i + 1, "has a mark that is no number");
    }
    c.assessor = std::move(columns[2]);
    c.group = std::move(columns[3]);
    c.site = std::move(columns[4]);
    for (char flag : columns[5]) {
      const std::size_t at = kFlags.find(flag);
      if (at == kFlags.npos) return Bad(i + 1, "has a flag that is not one of awpc");
      c.flags |= kFlagOf[at];
    }
    if (columns.size() > 6) c.grade = std::move(columns[6]);
    if (columns.size() > 7) c.centre = std::move(columns[7]);
    const bool twice =
        i > 0 && candidates[i - 1].centre == c.centre && candidates[i - 1].number == c.number;
    if (twice) return Bad(i + 1, "has the candidate of the line before");
  }
  return candidates;
}

std::optional<CentreRisk> CentreRiskOf(std::string_view name) {
  for (int i = 0; i < kCentreRisks; ++i) {
    if (NameOf(static_cast<CentreRisk>(i)) == name) return static_cast<CentreRisk>(i);
  }
  return std::nullopt;
}

std::optional<Inspection> InspectionOf(std::string_view name) {
  for (int i = 0; i < kInspections; ++i) {
    if (NameOf(static_cast<Inspection>(i)) == name) return static_cast<Inspection>(i);
  }
  return std::nullopt;
}

absl::StatusOr<SamplingFacts> ReadCanonicalSamplingFacts(std::string_view text) {
  auto lines = LinesOf(text);
  if (!lines.ok()) return lines.status();
  SamplingFacts facts;
  for (std::size_t i = 0; i < lines->size(); ++i) {
    std::vector<std::string>& columns = (*lines)[i];
    const std::string& what = columns[0];
    if (what == "risk" && columns.size() == 2) {
      facts.risk = CentreRiskOf(columns[1]);
      if (!facts.risk.has_value()) return Bad(i + 1, "names a risk that is not known");
    } else if (what == "inspection" && columns.size() == 2) {
      facts.inspection = InspectionOf(columns[1]);
      if (!facts.inspection.has_value()) return Bad(i + 1, "names no inspection that is known");
    } else if (what == "new-assessor" && columns.size() == 2) {
      facts.new_assessors.push_back(std::move(columns[1]));
    } else if (what == "excluded" && columns.size() == 4) {
      facts.exclusions.push_back(
          {std::move(columns[1]), std::move(columns[2]), std::move(columns[3])});
    } else {
      return Bad(i + 1, "is not a fact of a draw");
    }
  }
  return facts;
}

}  // namespace assay::moderation
