#include "services/approval/registers/register.h"

#include <algorithm>
#include <cstdint>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"

namespace assay::approval {
namespace {

constexpr std::size_t kTextBytesMax = 1000;
// Spreadsheets count 1900 as a leap year, so serials are right from 1 March 1900 on.
constexpr int kSerialMin = 61;
constexpr int kSerialMax = 109'573;  // 31 December 2199.
constexpr std::string_view kEverywhere = "All";
constexpr std::string_view kRegions[] = {
    "East Midlands", "East of England", "London",
    "North East",    "North West",      "South East",
    "South West",    "West Midlands",   "Yorkshire and the Humber"};

constexpr RegisterColumn kPathways[] = {{"Id", Form::kNumber, Use::kId, "", true},
                                        {"LarId", Form::kLearningAim, Use::kCode, "", true},
                                        {"Name", Form::kText, Use::kTitle, "", true},
                                        {"TlevelTitle", Form::kText, Use::kFact, "title_in_full"},
                                        {"StartYear", Form::kNumber, Use::kFact, "start_year"},
                                        {"TlRouteId", Form::kNumber, Use::kFact, "route"}};
constexpr RegisterColumn kSpecialisms[] = {{"Id", Form::kNumber, Use::kId, "", true},
                                           {"LarId", Form::kLearningAim, Use::kCode, "", true},
                                           {"Name", Form::kText, Use::kTitle, "", true},
                                           {"TlPathwayId", Form::kNumber, Use::kParent, "", true},
                                           {"IsActive", Form::kFlag, Use::kFact, "active"}};
constexpr RegisterColumn kGrades[] = {
    {"Id", Form::kNumber, Use::kId, "", true},
    {"Grade", Form::kText, Use::kTitle, "", true},
    {"QualificationTypeId", Form::kNumber, Use::kFact, "type", true},
    {"GradeRank", Form::kNumber, Use::kFact, "rank", true},
    {"IsAllowable", Form::kFlag, Use::kFact, "allowable"},
    {"IsSendGrade", Form::kFlag, Use::kFact, "send"},
    {"IsActive", Form::kFlag, Use::kFact, "active"},
    {"section", Form::kText, Use::kFact, "section"}};
constexpr RegisterColumn kSeries[] = {
    {"Id", Form::kNumber, Use::kId, "", true},
    {"Name", Form::kText, Use::kTitle, "", true},
    {"StartDate", Form::kDay, Use::kFirstDay, "", true},
    {"EndDate", Form::kDay, Use::kLastDay, "", true},
    {"RommEndDate", Form::kDay, Use::kFact, "review_end", true},
    {"AppealEndDate", Form::kDay, Use::kFact, "appeal_end", true},
    {"ComponentType", Form::kNumber, Use::kFact, "component_type", true},
    {"Description", Form::kText, Use::kFact, "description"},
    {"Year", Form::kNumber, Use::kFact, "year", true},
    {"ResultCalculationYear", Form::kNumber, Use::kFact, "result_calculation_year"},
    {"ResultPublishDate", Form::kDay, Use::kFact, "result_publish_day"},
    {"PrintAvailableDate", Form::kDay, Use::kFact, "print_available_day"}};
constexpr RegisterColumn kPriorQualifications[] = {
    {"Id", Form::kNumber, Use::kId, "", true},
    {"Code", Form::kRegulated, Use::kCode, "", true},
    {"Title", Form::kText, Use::kTitle, "", true},
    {"QualificationTypeId", Form::kNumber, Use::kFact, "type", true},
    {"TlLookupId", Form::kNumber, Use::kFact, "subject", true},
    {"IsSendQualification", Form::kFlag, Use::kFact, "send"},
    {"IsActive", Form::kFlag, Use::kFact, "active"},
    {"section", Form::kText, Use::kFact, "section"}};
constexpr RegisterColumn kAreas[] = {
    {"qualification-sector-subject-area", Form::kArea, Use::kId, "", true},
    {"parent-qualification-sector-subject-area", Form::kArea, Use::kParent},
    {"name", Form::kText, Use::kTitle, "", true},
    {"start-date", Form::kDay, Use::kFirstDay},
    {"end-date", Form::kDay, Use::kLastDay}};
constexpr RegisterColumn kAwardingOrganisations[] = {
    {"Recognition Number", Form::kRecognition, Use::kId, "", true},
    {"Name", Form::kText, Use::kTitle, "", true},
    {"Legal Name", Form::kText, Use::kFact, "legal_name"},
    {"Acronym", Form::kText, Use::kFact, "acronym"},
    {"Website", Form::kText, Use::kFact, "website"},
    {"Status", Form::kText, Use::kFact, "status"}};
constexpr RegisterColumn kAssessmentOrganisations[] = {
    {"EPA_organisation_identifier", Form::kOrganisation, Use::kId, "", true},
    {"EPA_organisation", Form::kText, Use::kTitle, "", true},
    {"UKPRN", Form::kUkprn, Use::kFact, "ukprn", false, true},
    {"Organisation_type", Form::kText, Use::kFact, "kind"},
    {"Website_link", Form::kText, Use::kFact, "website"},
    {"Contact_postcode", Form::kText, Use::kFact, "postcode"},
    {"Legal Name", Form::kText, Use::kFact, "legal_name"}};
constexpr RegisterColumn kAssessmentApprovals[] = {
    {"EPA_organisation_identifier", Form::kOrganisation, Use::kId, "", true},
    {"Standard_code", Form::kNumber, Use::kId, "", true},
    {"EPA_organisation_identifier", Form::kOrganisation, Use::kParent, "", true},
    {"Standard_code", Form::kNumber, Use::kFact, "standard", true},
    {"StandardName (lookup auto-populated)", Form::kText, Use::kTitle, "", true},
    {"Effective_from", Form::kSerialDay, Use::kFirstDay, "", true},
    {"Effective_to", Form::kSerialDay, Use::kLastDay},
    {"Date standard Approved on the Register", Form::kSerialDay, Use::kFact, "approve_day", false,
     true},
    {"Comments", Form::kText, Use::kFact, "comments"}};
constexpr RegisterColumn kDeliveryAreas[] = {
    {"EPA_organisation_identifier", Form::kOrganisation, Use::kId, "", true},
    {"Standard_code", Form::kNumber, Use::kId, "", true},
    {"EPA_organisation_identifier", Form::kOrganisation, Use::kParent, "", true},
    {"Standard_code", Form::kNumber, Use::kParent, "", true},
    {"Standard_code", Form::kNumber, Use::kFact, "standard", true},
    {"StandardName (lookup auto-populated)", Form::kText, Use::kTitle, "", true},
    {"Delivery_area", Form::kRegions, Use::kFact, "regions", true},
    {"Comments", Form::kText, Use::kFact, "comments"}};

constexpr Register kAll[] = {
    {"pathways", ',', kPathways, ""},
    {"specialisms", ',', kSpecialisms, "pathways"},
    {"grades", ',', kGrades, ""},
    {"series", ',', kSeries, ""},
    {"prior-qualifications", ',', kPriorQualifications, "", "type", "grades"},
    {"sector-subject-areas", '\t', kAreas, "sector-subject-areas"},
    {"awarding-organisations", ',', kAwardingOrganisations, ""},
    {"assessment-organisations", ',', kAssessmentOrganisations, ""},
    {"assessment-approvals", ',', kAssessmentApprovals, "assessment-organisations"},
    {"delivery-areas", ',', kDeliveryAreas, "assessment-approvals"}};

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool AllDigits(std::string_view text) { return std::all_of(text.begin(), text.end(), IsDigit); }

bool IsRegulated(std::string_view v) {
  return v.size() == 10 && AllDigits(v.substr(0, 3)) && v[3] == '/' && AllDigits(v.substr(4, 4)) &&
         v[8] == '/' && (IsDigit(v[9]) || v[9] == 'X');
}

bool IsLearningAim(std::string_view v) {
  if (v.size() == 8 && v.starts_with("ZTLOS")) return AllDigits(v.substr(5));
  return v.size() == 8 && AllDigits(v.substr(0, 7)) && (IsDigit(v[7]) || v[7] == 'X');
}

bool IsArea(std::string_view v) {
  const std::size_t point = v.find('.');
  const std::string_view whole = v.substr(0, point);
  const std::string_view part = point == v.npos ? "0" : v.substr(point + 1);
  return whole.size() == 2 && AllDigits(whole) && !part.empty() && part.size() <= 2 &&
         AllDigits(part);
}

std::optional<absl::CivilDay> DayFrom(std::string_view text) {
  absl::CivilDay day;
  const std::string copy(text);
  if (text.size() != 10 || !absl::ParseCivilTime(copy, &day)) return std::nullopt;
  if (day.year() < 1900 || day.year() > 2199) return std::nullopt;
  return day;
}

std::optional<absl::CivilDay> SerialFrom(std::string_view text) {
  int serial = 0;
  if (text.empty() || text.size() > 6 || !AllDigits(text)) return std::nullopt;
  for (const char c : text) serial = serial * 10 + (c - '0');
  if (serial < kSerialMin || serial > kSerialMax) return std::nullopt;
  return absl::CivilDay(1899, 12, 30) + serial;
}

// The regions named, in the order of the alphabet; nullopt and the first unknown one otherwise.
std::optional<std::string> RegionsFrom(std::string_view text, std::string& unknown) {
  std::vector<std::string> regions;
  const std::string copy(text);
  for (absl::string_view part : absl::StrSplit(copy, absl::ByAnyChar(";,&"))) {
    part = absl::StripAsciiWhitespace(part);
    if (part.empty()) continue;
    const std::string_view name(part.data(), part.size());
    if (name != kEverywhere &&
        std::find(std::begin(kRegions), std::end(kRegions), name) == std::end(kRegions)) {
      unknown = name;
      return std::nullopt;
    }
    regions.emplace_back(name);
  }
  std::sort(regions.begin(), regions.end());
  regions.erase(std::unique(regions.begin(), regions.end()), regions.end());
  return absl::StrJoin(regions, "; ");
}

std::string Quoted(std::string_view value) {
  constexpr std::size_t kShown = 60;
  if (value.size() <= kShown) return "\"" + std::string(value) + "\"";
  std::size_t end = kShown;
  while (end > 0 && (static_cast<unsigned char>(value[end]) & 0xC0) == 0x80) --end;
  return "\"" + std::string(value.substr(0, end)) + "\u2026\"";
}

// What is wrong with a value, in words; its reason first.
struct Complaint {
  std::string reason;
  std::string message;
};

class RowReader {
 public:
  RowReader(const Register& reg, ColumnOf column) : register_(reg), column_(column) {}

  RegisterRow Run() {
    std::string parent;
    for (const RegisterColumn& column : register_.columns) {
      const std::string value = Value(column);
      if (value.empty()) continue;
      Put(column, value, parent);
    }
    RegisterEntry& entry = row_.entry;
    if (!parent.empty())
      entry.belongs_to = absl::StrCat(std::string(register_.parent), "/", parent);
    if (entry.code.empty()) entry.code = entry.id;
    CheckDays();
    return std::move(row_);
  }

 private:
  void Put(const RegisterColumn& column, const std::string& value, std::string& parent) {
    RegisterEntry& entry = row_.entry;
    const auto join = [&](std::string& to) {
      absl::StrAppend(&to, to.empty() ? "" : "-", absl::AsciiStrToLower(value));
    };
    switch (column.use) {
      case Use::kId:
        return join(entry.id);
      case Use::kParent:
        return join(parent);
      case Use::kCode:
        entry.code = value;
        return;
      case Use::kTitle:
        entry.title = value;
        return;
      case Use::kFirstDay:
        entry.first_day = DayFrom(value);
        return;
      case Use::kLastDay:
        entry.last_day = DayFrom(value);
        return;
      case Use::kFact:
        entry.facts[std::string(column.fact)] = value;
        return;
    }
  }

  // The value in its usual form; "" if it is missing or wrong, which is told once.
  std::string Value(const RegisterColumn& column) {
    std::string value(column_(column.column));
    // What would break a line of facts has no business in a cell.
    std::replace_if(
        value.begin(), value.end(), [](char c) { return c == '\t' || c == '\n' || c == '\r'; },
        ' ');
    if (value.empty()) {
      if (column.required) {
        Tell(column, {"VALUE_MISSING", absl::StrCat("the row needs a value here")});
      }
      return "";
    }
    if (value.size() > kTextBytesMax) {
      Tell(column, {"TEXT_TOO_LONG", absl::StrCat("is longer than ", kTextBytesMax, " bytes")});
      return "";
    }
    const std::optional<Complaint> complaint = Normalise(column.form, value);
    if (!complaint.has_value()) return value;
    Tell(column, *complaint);
    return "";
  }

  void Tell(const RegisterColumn& column, const Complaint& complaint) {
    std::vector<RegisterFault>& to = column.lenient ? row_.notes : row_.faults;
    for (const RegisterFault& told : to) {
      if (told.column == column.column) return;
    }
    to.push_back({std::string(column.column), complaint.reason, complaint.message});
  }

  static std::optional<Complaint> Unless(bool fits, std::string_view value, const char* reason,
                                         const char* form) {
    if (fits) return std::nullopt;
    return Complaint{reason, absl::StrCat(Quoted(value), " is not ", form)};
  }

  static std::optional<Complaint> NormaliseDay(Form form, std::string& value) {
    const auto day = form == Form::kDay ? DayFrom(value) : SerialFrom(value);
    if (!day.has_value()) {
      return Unless(false, value, "DAY_MALFORMED",
                    form == Form::kDay ? "a day like 2026-06-30"
                                       : "a day as spreadsheets count them, like 42643");
    }
    value = absl::FormatCivilTime(*day);
    return std::nullopt;
  }

  static std::optional<Complaint> NormaliseRegulated(const std::string& value) {
    if (IsRegulated(value)) return std::nullopt;
    std::string message = absl::StrCat(Quoted(value), " is not a regulated number like 603/4268/7");
    if (value.size() == 8) {
      const std::string with =
          absl::StrCat(value.substr(0, 3), "/", value.substr(3, 4), "/", value.substr(7));
      if (IsRegulated(with)) {
        absl::StrAppend(&message, "; if it is meant to be ", with, ", correct it in the file");
      }
    }
    return Complaint{"NUMBER_MALFORMED", message};
  }

  static std::optional<Complaint> NormaliseRegions(std::string& value) {
    std::string unknown;
    auto regions = RegionsFrom(value, unknown);
    if (!regions.has_value()) {
      return Complaint{"REGION_UNKNOWN",
                       absl::StrCat(Quoted(unknown), " is no region; known are All, ",
                                    absl::StrJoin(kRegions, ", ", [](std::string* out, auto name) {
                                      out->append(name);
                                    }))};
    }
    if (regions->empty()) return Complaint{"VALUE_MISSING", "no region is named"};
    value = *std::move(regions);
    return std::nullopt;
  }

  static std::optional<Complaint> Normalise(Form form, std::string& value) {
    constexpr const char* kNumber = "NUMBER_MALFORMED";
    switch (form) {
      case Form::kText:
        return std::nullopt;
      case Form::kNumber:
        return Unless(value.size() <= 9 && AllDigits(value), value, kNumber, "a number");
      case Form::kFlag:
        return Unless(value == "0" || value == "1", value, "FLAG_MALFORMED", "0 or 1");
      case Form::kDay:
      case Form::kSerialDay:
        return NormaliseDay(form, value);
      case Form::kUkprn:
        if (value == "-") return value.clear(), std::nullopt;
        return Unless(value.size() == 8 && value[0] == '1' && AllDigits(value), value, kNumber,
                      "a UKPRN, which has 8 digits and begins with 1 (QUAL-10)");
      case Form::kLearningAim:
        return Unless(IsLearningAim(value), value, kNumber,
                      "a learning aim like 60358300, 6037066X or ZTLOS001");
      case Form::kRegulated:
        return NormaliseRegulated(value);
      case Form::kRecognition:
        return Unless(value.size() == 6 && absl::ascii_isupper(value[0]) &&
                          absl::ascii_isupper(value[1]) &&
                          AllDigits(std::string_view(value).substr(2)),
                      value, kNumber, "a recognition number like RN5112");
      case Form::kOrganisation:
        return Unless(value.size() == 7 && value.starts_with("EPA") &&
                          AllDigits(std::string_view(value).substr(3)),
                      value, kNumber, "an organisation like EPA0001");
      case Form::kArea:
        return Unless(IsArea(value), value, kNumber, "a sector subject area like 15 or 15.1");
      case Form::kRegions:
        return NormaliseRegions(value);
    }
    return std::nullopt;
  }

  // What begins after it ends, or may be appealed against before it can be reviewed.
  void CheckDays() {
    RegisterEntry& entry = row_.entry;
    if (entry.first_day.has_value() && entry.last_day.has_value() &&
        *entry.last_day < *entry.first_day) {
      row_.faults.push_back(
          {"", "DAYS_CROSSED",
           absl::StrCat("it ends on ", absl::FormatCivilTime(*entry.last_day),
                        ", before it begins on ", absl::FormatCivilTime(*entry.first_day))});
    }
    const auto review = entry.facts.find("review_end");
    const auto appeal = entry.facts.find("appeal_end");
    if (review != entry.facts.end() && appeal != entry.facts.end() &&
        appeal->second < review->second) {
      row_.faults.push_back({"", "DAYS_CROSSED",
                             absl::StrCat("appeals end on ", appeal->second,
                                          ", before reviews do on ", review->second)});
    }
    const auto approved = entry.facts.find("approve_day");
    if (approved != entry.facts.end() && entry.first_day.has_value() &&
        absl::FormatCivilTime(*entry.first_day) < approved->second) {
      row_.notes.push_back(
          {"", "EFFECTIVE_BEFORE_APPROVED",
           absl::StrCat("it is in force from ", absl::FormatCivilTime(*entry.first_day),
                        ", before it was approved on ", approved->second)});
    }
  }

  const Register& register_;
  const ColumnOf column_;
  RegisterRow row_;
};

std::string DayText(const std::optional<absl::CivilDay>& day) {
  return day.has_value() ? absl::FormatCivilTime(*day) : "";
}

}  // namespace

std::span<const Register> Registers() { return kAll; }

const Register* FindRegister(std::string_view name) {
  for (const Register& reg : kAll) {
    if (reg.name == name) return &reg;
  }
  return nullptr;
}

std::string RegisterNames() {
  return absl::StrJoin(kAll, ", ",
                       [](std::string* out, const Register& reg) { out->append(reg.name); });
}

RegisterRow ReadRow(const Register& reg, ColumnOf column) { return RowReader(reg, column).Run(); }

std::vector<std::string> ChangesBetween(const RegisterEntry& before, const RegisterEntry& after) {
  std::vector<std::string> changes;
  const auto compare = [&](const std::string& name, const std::string& from,
                           const std::string& to) {
    if (from != to) changes.push_back(absl::StrCat(name, ": ", Quoted(from), " to ", Quoted(to)));
  };
  compare("code", before.code, after.code);
  compare("title", before.title, after.title);
  compare("belongs_to", before.belongs_to, after.belongs_to);
  compare("first_day", DayText(before.first_day), DayText(after.first_day));
  compare("last_day", DayText(before.last_day), DayText(after.last_day));
  for (const auto& [name, value] : before.facts) {
    const auto now = after.facts.find(name);
    compare(name, value, now == after.facts.end() ? "" : now->second);
  }
  for (const auto& [name, value] : after.facts) {
    if (!before.facts.contains(name)) compare(name, "", value);
  }
  return changes;
}

std::string WriteFacts(const std::map<std::string, std::string>& facts) {
  std::string text;
  for (const auto& [name, value] : facts) absl::StrAppend(&text, name, "\t", value, "\n");
  return text;
}

std::map<std::string, std::string> ReadFacts(std::string_view text) {
  std::map<std::string, std::string> facts;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    const std::size_t tab = line.find('\t');
    if (tab != line.npos) facts.emplace(line.substr(0, tab), line.substr(tab + 1));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return facts;
}

bool Covers(std::string_view regions, std::string_view region) {
  const std::string copy(regions);
  for (const absl::string_view name : absl::StrSplit(copy, "; ")) {
    const std::string_view one(name.data(), name.size());
    if (one == kEverywhere || one == region) return true;
  }
  return false;
}

}  // namespace assay::approval
