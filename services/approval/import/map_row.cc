#include "services/approval/import/map_row.h"

#include <algorithm>
#include <charconv>

#include "services/platform/core/national_numbers.h"

namespace assay::approval {
namespace {

constexpr std::size_t kTextBytesMax = 400;
constexpr int kAgeMax = 130;
constexpr std::size_t kKeyDigitsMax = 9;
// Spreadsheets count 1900 as a leap year, so serials are right from 1 March 1900 on.
constexpr int kSerialMin = 61;
constexpr int kSerialMax = 109'573;  // 31 December 2199.

std::optional<int> ParseInt(std::string_view text) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

bool Contains(const std::vector<std::string>& values, std::string_view value) {
  return std::find(values.begin(), values.end(), value) != values.end();
}

std::string Quoted(std::string_view value) {
  constexpr std::size_t kShown = 60;
  if (value.size() <= kShown) return "\"" + std::string(value) + "\"";
  std::size_t end = kShown;
  while (end > 0 && (static_cast<unsigned char>(value[end]) & 0xC0) == 0x80) --end;
  return "\"" + std::string(value.substr(0, end)) + "\u2026\"";
}

class Mapper {
 public:
  Mapper(const Layout& layout, absl::CivilDay today, FieldOf field)
      : layout_(layout), today_(today), field_(field) {}

  MappedRow Run() {
    Establishment& e = row_.establishment;
    e.urn = Number(layout_.urn, platform::IsUrn, "URN_INVALID", "a URN has 5 or 6 digits");
    e.ukprn = Number(layout_.ukprn, platform::IsUkprn, "UKPRN_INVALID",
                     "a UKPRN has 8 digits and begins with 1");
    e.laestab = Laestab();
    e.reference = Reference();
    const bool has_number = !layout_.urn.empty() || !layout_.ukprn.empty()
                                ? !e.urn.empty() || !e.ukprn.empty()
                                : !e.laestab.empty() || !e.reference.empty();
    if (!has_number && row_.faults.empty()) {
      Fault(IdentityColumn(), "URN_MISSING",
            "the row has no national number, so it cannot be told from others");
    }
    e.title = Text(layout_.title);
    if (e.title.empty()) {
      Fault(layout_.title, "NAME_MISSING", "an establishment needs a name");
    }
    e.title_cy = Text(layout_.title_cy);
    MapOtherNames();
    MapAddress();
    MapRegion();
    e.authority = Keyed(layout_.authority, layout_.authority_name);
    e.website = Text(layout_.website);
    e.kind = Keyed(layout_.kind, layout_.kind_name);
    if (!layout_.status.empty()) MapStatus();
    MapDates();
    MapAges();
    e.predecessor_urn = Linked(layout_.predecessor_urn);
    e.successor_urn = Linked(layout_.successor_urn);
    row_.facts = FactsOf(e);
    const bool says_status = !layout_.status.empty() || !layout_.close_date.empty();
    if (says_status && !e.closed) row_.facts["status"] = "open";
    return std::move(row_);
  }

 private:
  void Fault(const std::string& column, std::string reason, std::string message) {
    row_.faults.push_back({column, std::move(reason), std::move(message)});
  }

  std::string_view Value(const std::string& column) {
    if (column.empty()) return {};
    const std::string_view value = field_(column);
    return Contains(layout_.placeholders, value) ? std::string_view() : value;
  }

  std::string Text(const std::string& column) {
    const std::string_view value = Value(column);
    if (value.size() > kTextBytesMax) {
      Fault(column, "TEXT_TOO_LONG",
            Quoted(value) + " is longer than " + std::to_string(kTextBytesMax) + " bytes");
    }
    // Line breaks and tabs inside of quoted fields are the spreadsheet's, not the name's.
    std::string text(value);
    std::replace_if(
        text.begin(), text.end(), [](char c) { return c >= 0 && c < ' '; }, ' ');
    return text;
  }

  const std::string& IdentityColumn() const {
    for (const std::string* column : {&layout_.urn, &layout_.ukprn, &layout_.reference}) {
      if (!column->empty()) return *column;
    }
    return layout_.laestab;
  }

  std::string Laestab() {
    if (layout_.laestab_second.empty()) {
      return Number(layout_.laestab, platform::IsLaestab, "LAESTAB_INVALID",
                    "a LAESTAB has 7 digits");
    }
    const std::string_view authority = Value(layout_.laestab);
    const std::string_view establishment = Value(layout_.laestab_second);
    if (authority.empty() || establishment.empty()) return "";
    std::string laestab = std::string(authority) + std::string(establishment);
    if (!platform::IsLaestab(laestab)) {
      Fault(layout_.laestab_second, "LAESTAB_INVALID",
            Quoted(laestab) + ": a LAESTAB has 3 digits of the authority and 4 more");
    }
    return laestab;
  }

  // A register's key is digits, so that it can be part of an id.
  std::string Reference() {
    const std::string_view key = Value(layout_.reference);
    if (key.empty()) return "";
    const bool digits =
        std::all_of(key.begin(), key.end(), [](char c) { return c >= '0' && c <= '9'; });
    if (!digits || key.size() > kKeyDigitsMax) {
      Fault(layout_.reference, "REFERENCE_INVALID",
            Quoted(key) + ": a reference has 1 to " + std::to_string(kKeyDigitsMax) + " digits");
    }
    return layout_.reference_name + ":" + std::string(key);
  }

  std::string Keyed(const std::string& column, const std::string& name) {
    std::string text = Text(column);
    return name.empty() || text.empty() ? text : name + ":" + text;
  }

  static std::vector<std::string> Parts(std::string_view text, char separator) {
    std::vector<std::string> parts;
    while (!text.empty()) {
      const std::size_t end =
          separator == 0 ? text.size() : std::min(text.find(separator), text.size());
      std::string_view part = text.substr(0, end);
      text.remove_prefix(std::min(end + 1, text.size()));
      while (part.starts_with(' ')) part.remove_prefix(1);
      while (part.ends_with(' ')) part.remove_suffix(1);
      if (!part.empty()) parts.emplace_back(part);
    }
    return parts;
  }

  void MapOtherNames() {
    Establishment& e = row_.establishment;
    for (std::string& name : Parts(Text(layout_.other_names), layout_.other_names_separator)) {
      if (name != e.title) e.other_names.push_back(std::move(name));
    }
    std::sort(e.other_names.begin(), e.other_names.end());
    e.other_names.erase(std::unique(e.other_names.begin(), e.other_names.end()),
                        e.other_names.end());
  }

  void MapAddress() {
    Establishment& e = row_.establishment;
    if (layout_.address.empty()) {
      for (const std::string& column : layout_.address_lines) {
        std::string line = Text(column);
        if (!line.empty()) e.address_lines.push_back(std::move(line));
      }
      e.town = Text(layout_.town);
      e.postcode = NormalPostcode(Text(layout_.postcode));
      return;
    }
    e.address_lines = Parts(Text(layout_.address), ',');
    if (!e.address_lines.empty() && IsPostcode(e.address_lines.back())) {
      e.postcode = NormalPostcode(e.address_lines.back());
      e.address_lines.pop_back();
    }
    // A single line is a street as well as a town: it stays a line.
    if (e.address_lines.size() > 1) {
      e.town = e.address_lines.back();
      e.address_lines.pop_back();
    }
  }

  void MapRegion() {
    Establishment& e = row_.establishment;
    e.region = layout_.region_of_all.empty() ? Text(layout_.region) : layout_.region_of_all;
    for (const auto& [value, meaning] : layout_.regions) {
      if (e.region == value) {
        e.region = meaning;
        return;
      }
    }
  }

  std::string Number(const std::string& column, bool (*fits)(std::string_view), const char* reason,
                     const char* rule) {
    const std::string_view value = Value(column);
    if (!value.empty() && !fits(value)) Fault(column, reason, Quoted(value) + ": " + rule);
    return std::string(value);
  }

  std::string Linked(const LinkedColumn& linked) {
    if (linked.column.empty() || Value(linked.when_column) != linked.when_value) return "";
    if (Contains(layout_.urn_placeholders, Value(linked.column))) return "";
    return Number(linked.column, platform::IsUrn, "URN_INVALID", "a URN has 5 or 6 digits");
  }

  void MapStatus() {
    const std::string_view value = Value(layout_.status);
    row_.establishment.closed = Contains(layout_.status_closed, value);
    if (row_.establishment.closed || Contains(layout_.status_open, value)) return;
    Fault(layout_.status, "STATUS_UNKNOWN", Quoted(value) + " means neither open nor closed");
  }

  std::optional<absl::CivilDay> Date(const std::string& column) {
    const std::string_view value = Value(column);
    if (value.empty()) return std::nullopt;
    const std::optional<absl::CivilDay> date = ParseDate(value);
    if (!date.has_value()) {
      Fault(column, "DATE_INVALID",
            Quoted(value) + " is no date; write 2018-09-01, 01/09/2018 or a spreadsheet's number");
    }
    return date;
  }

  void MapDates() {
    Establishment& e = row_.establishment;
    e.open_date = Date(layout_.open_date);
    e.close_date = Date(layout_.close_date);
    if (e.open_date.has_value() && e.close_date.has_value() && *e.close_date < *e.open_date) {
      Fault(layout_.close_date, "DATES_CROSSED", "it closed before it opened");
    }
    if (layout_.status.empty() && e.close_date.has_value()) e.closed = *e.close_date <= today_;
  }

  int Age(const std::string& column) {
    const std::string_view value = Value(column);
    if (value.empty()) return 0;
    const std::optional<int> age = ParseInt(value);
    if (!age.has_value() || *age < 0 || *age > kAgeMax) {
      Fault(column, "AGE_INVALID",
            Quoted(value) + " is no age from 0 to " + std::to_string(kAgeMax));
      return 0;
    }
    return *age;
  }

  void MapAges() {
    Establishment& e = row_.establishment;
    e.age_low = Age(layout_.age_low);
    e.age_high = Age(layout_.age_high);
    if (e.age_low > 0 && e.age_high > 0 && e.age_low > e.age_high) {
      Fault(layout_.age_high, "AGES_CROSSED", "the oldest age is below the youngest");
    }
  }

  const Layout& layout_;
  const absl::CivilDay today_;
  FieldOf field_;
  MappedRow row_;
};

// Day, month and year if they are a day of the calendar between 1800 and 2199.
std::optional<absl::CivilDay> MakeDay(std::optional<int> year, std::optional<int> month,
                                      std::optional<int> day) {
  if (!year.has_value() || !month.has_value() || !day.has_value()) return std::nullopt;
  if (*year < 1800 || *year > 2199) return std::nullopt;
  const absl::CivilDay date(*year, *month, *day);
  // CivilDay carries 31 February into March; a file that says so is wrong.
  if (date.year() != *year || date.month() != *month || date.day() != *day) return std::nullopt;
  return date;
}

}  // namespace

std::optional<absl::CivilDay> ParseDate(std::string_view text) {
  const bool digits = std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= '0' && c <= '9') || c == '-' || c == '/';
  });
  if (text.empty() || !digits || text.front() == '-') return std::nullopt;
  if (text.size() == 10) {
    if (text[4] == '-' && text[7] == '-') {
      return MakeDay(ParseInt(text.substr(0, 4)), ParseInt(text.substr(5, 2)),
                     ParseInt(text.substr(8, 2)));
    }
    if (text[2] == text[5] && (text[2] == '-' || text[2] == '/')) {
      return MakeDay(ParseInt(text.substr(6, 4)), ParseInt(text.substr(3, 2)),
                     ParseInt(text.substr(0, 2)));
    }
    return std::nullopt;
  }
  const std::optional<int> serial = ParseInt(text);
  if (!serial.has_value() || *serial < kSerialMin || *serial > kSerialMax) return std::nullopt;
  return absl::CivilDay(1899, 12, 30) + *serial;
}

MappedRow MapRow(const Layout& layout, absl::CivilDay today, FieldOf field) {
  return Mapper(layout, today, field).Run();
}

}  // namespace assay::approval
