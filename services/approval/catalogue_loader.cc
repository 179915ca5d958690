#include "services/approval/catalogue_loader.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <initializer_list>
#include <iterator>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/approval/catalogue/checks.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/core/view.h"

namespace assay::approval {
namespace {

using nlohmann::json;
using platform::View;

constexpr int kRuleDepthMax = 16;

// Reads the members of one object, remembering what is wrong first and where.
class Reader {
 public:
  Reader(const json& object, std::string place, std::string& fault)
      : object_(object), place_(std::move(place)), fault_(fault) {
    if (!object_.is_object()) Fault("", "is not an object");
  }

  std::string Text(const char* key, bool required = true) {
    const json* value = Find(key, required);
    if (value == nullptr) return "";
    if (!value->is_string()) return Fault(key, "is not a text"), "";
    return value->get<std::string>();
  }

  int Number(const char* key, bool required = true) {
    const json* value = Find(key, required);
    if (value == nullptr) return 0;
    if (!value->is_number_integer() || value->get<std::int64_t>() < 0 ||
        value->get<std::int64_t>() > std::numeric_limits<int>::max()) {
      return Fault(key, "is not a whole number from 0"), 0;
    }
    return value->get<int>();
  }

  bool Flag(const char* key) {
    const json* value = Find(key, /*required=*/false);
    if (value == nullptr) return false;
    if (!value->is_boolean()) return Fault(key, "is not true or false"), false;
    return value->get<bool>();
  }

  std::optional<absl::CivilDay> Day(const char* key) {
    const std::string text = Text(key, /*required=*/false);
    if (text.empty()) return std::nullopt;
    absl::CivilDay day;
    // Only the full form: a bare year would be read as its first day.
    if (text.size() == 10 && absl::ParseCivilTime(text, &day)) return day;
    return Fault(key, "is not a day such as 2026-08-31"), std::nullopt;
  }

  std::vector<std::string> Texts(const char* key, bool required = true) {
    std::vector<std::string> texts;
    ForEach(key, required, [&](const json& item, const std::string& place) {
      if (item.is_string()) {
        texts.push_back(item.get<std::string>());
      } else {
        FaultAt(place, "is not a text");
      }
    });
    return texts;
  }

  template <typename T, typename Make>
  std::vector<T> Objects(const char* key, bool required, Make make) {
    std::vector<T> objects;
    ForEach(key, required, [&](const json& item, const std::string& place) {
      Reader reader(item, place, fault_);
      if (item.is_object()) objects.push_back(make(reader));
      reader.CheckKeys();
    });
    return objects;
  }

  template <typename T, typename Make>
  T Object(const char* key, bool required, Make make) {
    const json* value = Find(key, required);
    if (value == nullptr) return T();
    Reader reader(*value, absl::StrCat(place_, "/", key), fault_);
    T object = make(reader);
    reader.CheckKeys();
    return object;
  }

  // A key that nobody asked for is a misspelt one.
  void CheckKeys() {
    if (!object_.is_object()) return;
    for (const auto& [key, value] : object_.items()) {
      if (std::find(known_.begin(), known_.end(), key) == known_.end()) {
        Fault(key, "is not known");
      }
    }
  }

  void Fault(const std::string& key, std::string_view what) {
    FaultAt(key.empty() ? place_ : absl::StrCat(place_, "/", key), what);
  }

 private:
  void FaultAt(const std::string& place, std::string_view what) {
    if (fault_.empty()) fault_ = absl::StrCat(place.empty() ? "/" : place, " ", View(what));
  }

  const json* Find(const char* key, bool required) {
    known_.emplace_back(key);
    if (!object_.is_object()) return nullptr;
    const auto it = object_.find(key);
    if (it != object_.end()) return &*it;
    if (required) Fault(key, "is missing");
    return nullptr;
  }

  template <typename Each>
  void ForEach(const char* key, bool required, Each each) {
    const json* value = Find(key, required);
    if (value == nullptr) return;
    if (!value->is_array()) return Fault(key, "is not a list");
    int index = 0;
    for (const json& item : *value) each(item, absl::StrCat(place_, "/", key, "/", index++));
  }

  const json& object_;
  const std::string place_;
  std::string& fault_;
  std::vector<std::string> known_;
};

Outcome ReadOutcome(Reader& in) {
  return {.number = in.Number("number"),
          .title = in.Text("title"),
          .marks = in.Number("marks"),
          .percentage = in.Number("percentage")};
}

Unit ReadUnit(Reader& in) {
  Unit unit;
  unit.number = in.Text("number");
  unit.title = in.Text("title");
  unit.other_titles = in.Objects<OtherTitle>("other_titles", false, [](Reader& other) {
    return OtherTitle{.place = other.Text("place"), .title = other.Text("title")};
  });
  unit.level = in.Number("level");
  unit.guided_learning_hours = in.Number("guided_learning_hours");
  unit.credits = in.Number("credits");
  unit.assessment_method = in.Text("assessment_method");
  unit.assessment_minutes = in.Number("assessment_minutes");
  unit.mark_total = in.Number("mark_total");
  unit.percentage_total = in.Number("percentage_total");
  unit.outcomes = in.Objects<Outcome>("outcomes", true, ReadOutcome);
  return unit;
}

Combination ReadRule(Reader& in, int depth) {
  Combination rule;
  rule.title = in.Text("title");
  rule.credits_min = in.Number("credits_min", false);
  rule.credits_max = in.Number("credits_max", false);
  rule.units_min = in.Number("units_min", false);
  rule.units_max = in.Number("units_max", false);
  rule.units = in.Texts("units", false);
  if (depth == kRuleDepthMax) {
    in.Fault("parts", "is nested too deep");
    return rule;
  }
  rule.parts = in.Objects<Combination>("parts", false,
                                       [depth](Reader& part) { return ReadRule(part, depth + 1); });
  return rule;
}

bool IsEmpty(const Combination& rule) {
  return rule.units.empty() && rule.parts.empty() && rule.credits_min == 0 && rule.units_min == 0;
}

Qualification ReadQualification(Reader& in) {
  Qualification q;
  q.bare = in.Flag("bare");
  const bool whole = !q.bare;
  q.number = in.Text("number");
  q.title = in.Text("title");
  q.level = in.Number("level");
  q.guided_learning_hours = in.Number("guided_learning_hours", whole);
  q.total_qualification_time = in.Number("total_qualification_time", whole);
  q.accreditation_number = in.Text("accreditation_number", whole);
  q.minimum_age = in.Number("minimum_age", whole);
  q.registration_months = in.Number("registration_months", false);
  q.last_registration_day = in.Day("last_registration_day");
  q.last_certification_day = in.Day("last_certification_day");
  q.regions = in.Texts("regions", whole);
  q.fast_track_from = in.Texts("fast_track_from", false);
  q.employer_involvement = in.Flag("employer_involvement");
  q.sectors = in.Texts("sectors", false);
  q.source = in.Text("source", whole);
  q.units = in.Objects<Unit>("units", whole, ReadUnit);
  q.combination =
      in.Object<Combination>("combination", whole, [](Reader& rule) { return ReadRule(rule, 0); });
  in.CheckKeys();
  if (q.bare && !q.units.empty()) in.Fault("units", "are there, though the entry is bare (QUAL-7)");
  if (q.bare && !IsEmpty(q.combination)) {
    in.Fault("combination", "is there, though the entry is bare (QUAL-7)");
  }
  return q;
}

// A number is part of a resource name.
bool IsPlainNumber(const std::string& number) {
  return !number.empty() && number.size() <= 40 &&
         std::all_of(number.begin(), number.end(), [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || c == '-';
         });
}

json ToJson(const Unit& unit) {
  json out = {{"number", unit.number},
              {"title", unit.title},
              {"level", unit.level},
              {"guided_learning_hours", unit.guided_learning_hours},
              {"credits", unit.credits},
              {"assessment_method", unit.assessment_method},
              {"assessment_minutes", unit.assessment_minutes},
              {"mark_total", unit.mark_total},
              {"percentage_total", unit.percentage_total},
              {"other_titles", json::array()},
              {"outcomes", json::array()}};
  for (const OtherTitle& other : unit.other_titles) {
    out["other_titles"].push_back({{"place", other.place}, {"title", other.title}});
  }
  for (const Outcome& outcome : unit.outcomes) {
    out["outcomes"].push_back({{"number", outcome.number},
                               {"title", outcome.title},
                               {"marks", outcome.marks},
                               {"percentage", outcome.percentage}});
  }
  return out;
}

json ToJson(const Combination& rule) {
  json out = {{"title", rule.title},
              {"credits_min", rule.credits_min},
              {"credits_max", rule.credits_max},
              {"units_min", rule.units_min},
              {"units_max", rule.units_max},
              {"units", rule.units},
              {"parts", json::array()}};
  for (const Combination& part : rule.parts) out["parts"].push_back(ToJson(part));
  return out;
}

absl::Status Refused(std::string_view file, std::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat("catalogue: ", View(file), ": ", View(what)));
}

// One that can be used: what an officer could not add by RPC is no better as a file (QUAL-3).
absl::StatusOr<Qualification> ParseUsable(std::string_view file, std::string_view text) {
  ASSIGN_OR_RETURN(Qualification q, ParseQualification(file, text));
  const auto refusing = std::find_if(q.findings.begin(), q.findings.end(), IsRefusing);
  if (refusing == q.findings.end()) return q;
  return Refused(file, absl::StrCat(refusing->place, ": ", refusing->kind, " (",
                                    View(RuleOf(*refusing)), "): ", refusing->message));
}

}  // namespace

absl::StatusOr<Qualification> ParseQualification(std::string_view file, std::string_view text) {
  const json parsed = json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (parsed.is_discarded()) return Refused(file, "is not JSON");
  std::string fault;
  Reader reader(parsed, "", fault);
  Qualification qualification = ReadQualification(reader);
  if (fault.empty() && !IsPlainNumber(qualification.number)) {
    fault = "/number is not made of digits, lower-case letters and hyphens";
  }
  if (!fault.empty()) return Refused(file, fault);
  qualification.findings = CheckQualification(qualification);
  return qualification;
}

std::string WriteQualification(const Qualification& q) {
  json out = {{"number", q.number},
              {"title", q.title},
              {"level", q.level},
              {"bare", q.bare},
              {"guided_learning_hours", q.guided_learning_hours},
              {"total_qualification_time", q.total_qualification_time},
              {"accreditation_number", q.accreditation_number},
              {"minimum_age", q.minimum_age},
              {"regions", q.regions},
              {"fast_track_from", q.fast_track_from},
              {"employer_involvement", q.employer_involvement},
              {"registration_months", q.registration_months},
              {"sectors", q.sectors},
              {"source", q.source},
              {"units", json::array()},
              {"combination", ToJson(q.combination)}};
  if (q.last_registration_day.has_value()) {
    out["last_registration_day"] = absl::FormatCivilTime(*q.last_registration_day);
  }
  if (q.last_certification_day.has_value()) {
    out["last_certification_day"] = absl::FormatCivilTime(*q.last_certification_day);
  }
  for (const Unit& unit : q.units) out["units"].push_back(ToJson(unit));
  return out.dump(-1, ' ', false, json::error_handler_t::replace);
}

absl::StatusOr<Catalogue> LoadCatalogue(const std::string& directory) {
  Catalogue catalogue;
  for (const platform::EmbeddedFile& file : ShippedCatalogue()) {
    ASSIGN_OR_RETURN(Qualification q, ParseUsable(file.name, file.text));
    std::string number = q.number;
    catalogue.insert_or_assign(std::move(number), std::move(q));
  }
  if (directory.empty()) return catalogue;
  std::error_code error;
  std::vector<std::filesystem::path> files;
  for (std::filesystem::directory_iterator it(directory, error), end; !error && it != end;
       it.increment(error)) {
    if (it->path().extension() == ".json") files.push_back(it->path());
  }
  if (error) return Refused(directory, error.message());
  std::sort(files.begin(), files.end());
  Catalogue added;
  for (const std::filesystem::path& file : files) {
    std::ifstream in(file, std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
    if (!in.good()) return Refused(file.string(), "cannot be read");
    ASSIGN_OR_RETURN(Qualification q, ParseUsable(file.string(), text));
    const std::string number = q.number;
    if (!added.emplace(number, std::move(q)).second) {
      return Refused(file.string(), absl::StrCat("another file has number ", number, " too"));
    }
  }
  for (auto& [number, q] : added) catalogue.insert_or_assign(number, std::move(q));
  return catalogue;
}

}  // namespace assay::approval
