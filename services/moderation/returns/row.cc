#include "services/moderation/returns/row.h"

#include <re2/re2.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "services/platform/core/national_numbers.h"

namespace assay::moderation {
namespace {

bool IsNumber(std::string_view text) {
  static const RE2 number("[-+]?[0-9]+(\\.[0-9]+)?");
  return RE2::FullMatch(re2::StringPiece(text.data(), text.size()), number);
}

// What follows `prefix` in a centre's id, or "".
std::string After(std::string_view prefix, std::string_view id) {
  return id.starts_with(prefix) ? std::string(id.substr(prefix.size())) : "";
}

std::string ValueOf(std::string_view source, const ReturnFacts& facts) {
  if (source == "reporting_date") return facts.reporting_date;
  if (source == "awarding_organisation") return facts.awarding_organisation;
  if (source == "series") return facts.series;
  if (source == "series_title") return facts.series_title;
  if (source == "component") return facts.component;
  if (source == "component_title") return facts.component_title;
  if (source == "qualification") return facts.qualification;
  if (source == "centre_urn") return After("urn-", facts.centre);
  if (source == "centre_ukprn") return After("ukprn-", facts.centre);
  if (source == "centre_other") {
    const bool known = facts.centre.starts_with("urn-") || facts.centre.starts_with("ukprn-");
    return known ? "" : facts.centre;
  }
  if (source == "centre_title") return facts.centre_title;
  if (source == "candidate") return facts.candidate;
  if (source == "uln") return facts.uln;
  if (source == "centre_mark") return facts.centre_mark;
  if (source == "final_mark") return facts.final_mark;
  if (source == "maximum_mark") return facts.maximum_mark;
  if (source == "basis") return facts.basis;
  return "";
}

// Why a national number is none (QUAL-10), or "".
std::string_view NumberFault(std::string_view check, const std::string& value) {
  if (check == "uln" && platform::CheckUln(value) == platform::UlnCheck::kInvalid) {
    return "ULN_INVALID";
  }
  if (check == "urn" && !platform::IsUrn(value)) return "URN_INVALID";
  if (check == "ukprn" && !platform::IsUkprn(value)) return "UKPRN_INVALID";
  return "";
}

// A learner whose number is still to come has none yet (QUAL-10).
bool IsTemporary(std::string_view check, const std::string& value) {
  return check == "uln" && platform::CheckUln(value) == platform::UlnCheck::kTemporary;
}

}  // namespace

struct RowWriter::Column {
  ReturnColumn column;
  CheckedPattern checked;
  std::unique_ptr<RE2> pattern;
};

std::string CsvField(std::string_view text) {
  std::string field;
  const bool formula = !text.empty() &&
                       std::string_view("=+-@\t\r").find(text.front()) != std::string_view::npos &&
                       !IsNumber(text);
  if (formula) field.push_back('\'');
  field.append(text);
  const bool plain = field.find_first_of(",\"\r\n") == std::string::npos &&
                     (field.empty() || (field.front() != ' ' && field.back() != ' '));
  if (plain) return field;
  std::string quoted = "\"";
  for (const char c : field) {
    if (c == '"') quoted.push_back('"');
    quoted.push_back(c);
  }
  quoted.push_back('"');
  return quoted;
}

RowWriter::RowWriter(const ReturnLayout& layout) {
  RE2::Options options;
  options.set_log_errors(false);
  for (const ReturnColumn& column : layout.columns) {
    CheckedPattern checked = PatternOf(column);
    auto pattern = std::make_unique<RE2>(checked.used, options);
    columns_.push_back({column, std::move(checked), std::move(pattern)});
  }
}

RowWriter::~RowWriter() = default;

std::string RowWriter::Header() const {
  std::string line;
  for (const Column& c : columns_) {
    absl::StrAppend(&line, line.empty() ? "" : ",", CsvField(c.column.name));
  }
  return line + "\r\n";
}

void RowWriter::Write(const ReturnFacts& facts, std::string& out,
                      std::vector<ReturnFault>& faults) const {
  const std::size_t faults_before = faults.size();
  const std::size_t begin = out.size();
  bool first = true;
  for (const Column& c : columns_) {
    std::string value = ValueOf(c.column.source, facts);
    if (const auto mapped = c.column.map.find(value); mapped != c.column.map.end()) {
      value = mapped->second;
    }
    if (IsTemporary(c.column.check, value)) value.clear();
    const bool none = value.empty();
    if (none) value = c.column.absent;
    if (value.empty()) {
      faults.push_back({c.column.name, value, "VALUE_MISSING",
                        "there is no value, and the return takes none for it"});
    } else if (const std::string_view fault = none ? "" : NumberFault(c.column.check, value);
               !fault.empty()) {
      faults.push_back({c.column.name, value, std::string(fault),
                        "the number is not one: digits or check digit are wrong"});
    } else if (!RE2::FullMatch(value, *c.pattern)) {
      faults.push_back({c.column.name, value, "PATTERN_MISMATCH",
                        absl::StrCat("does not fit ", c.checked.used)});
    }
    if (!std::exchange(first, false)) out.push_back(',');
    out += CsvField(value);
  }
  if (faults.size() > faults_before) {
    out.resize(begin);
  } else {
    out += "\r\n";
  }
}

std::vector<RowWriter::Note> RowWriter::Notes() const {
  std::vector<Note> notes;
  for (const Column& c : columns_) {
    if (c.checked.note.empty()) continue;
    notes.push_back({c.column.name, c.column.published, c.checked.used, c.checked.note});
  }
  return notes;
}

}  // namespace assay::moderation
