#include "services/approval/import/facts.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <set>
#include <tuple>

#include "absl/strings/ascii.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "services/approval/import/layout.h"

namespace assay::approval {
namespace {

// How two values of a field are held against each other.
enum class Compare {
  kNever,    // Each source has words of its own for it.
  kExactly,  // As text.
  kLoosely,  // Letters and digits only, whatever their order and case.
};

struct Field {
  std::string_view name;
  Compare compare;
  bool is_number;  // A national number.
  std::string (*get)(const Establishment&);
  void (*set)(Establishment&, const std::string&);
};

std::vector<std::string> Lines(const std::string& text) {
  return absl::StrSplit(text, '\n', absl::SkipEmpty());
}

template <std::string Establishment::*Member>
std::string GetText(const Establishment& e) {
  return e.*Member;
}
template <std::string Establishment::*Member>
void SetText(Establishment& e, const std::string& value) {
  e.*Member = value;
}
template <std::vector<std::string> Establishment::*Member>
std::string GetLines(const Establishment& e) {
  return absl::StrJoin(e.*Member, "\n");
}
template <std::vector<std::string> Establishment::*Member>
void SetLines(Establishment& e, const std::string& value) {
  e.*Member = Lines(value);
}
template <int Establishment::*Member>
std::string GetAge(const Establishment& e) {
  return e.*Member == 0 ? "" : std::to_string(e.*Member);
}
template <int Establishment::*Member>
void SetAge(Establishment& e, const std::string& value) {
  e.*Member = 0;
  std::from_chars(value.data(), value.data() + value.size(), e.*Member);
}
template <std::optional<absl::CivilDay> Establishment::*Member>
std::string GetDay(const Establishment& e) {
  return (e.*Member).has_value() ? absl::FormatCivilTime(*(e.*Member)) : "";
}
template <std::optional<absl::CivilDay> Establishment::*Member>
void SetDay(Establishment& e, const std::string& value) {
  absl::CivilDay day;
  e.*Member = absl::ParseCivilTime(value, &day) ? std::optional(day) : std::nullopt;
}

std::string GetStatus(const Establishment& e) { return e.closed ? "closed" : ""; }
void SetStatus(Establishment& e, const std::string& value) { e.closed = value == "closed"; }

using E = Establishment;

const Field kFields[] = {
    {"title", Compare::kLoosely, false, GetText<&E::title>, SetText<&E::title>},
    {"title_cy", Compare::kLoosely, false, GetText<&E::title_cy>, SetText<&E::title_cy>},
    {"other_names", Compare::kNever, false, GetLines<&E::other_names>, SetLines<&E::other_names>},
    {"urn", Compare::kExactly, true, GetText<&E::urn>, SetText<&E::urn>},
    {"ukprn", Compare::kExactly, true, GetText<&E::ukprn>, SetText<&E::ukprn>},
    {"laestab", Compare::kExactly, true, GetText<&E::laestab>, SetText<&E::laestab>},
    {"reference", Compare::kExactly, false, GetText<&E::reference>, SetText<&E::reference>},
    {"address_lines", Compare::kNever, false, GetLines<&E::address_lines>,
     SetLines<&E::address_lines>},
    {"town", Compare::kNever, false, GetText<&E::town>, SetText<&E::town>},
    {"postcode", Compare::kExactly, false, GetText<&E::postcode>, SetText<&E::postcode>},
    {"region", Compare::kNever, false, GetText<&E::region>, SetText<&E::region>},
    {"authority", Compare::kNever, false, GetText<&E::authority>, SetText<&E::authority>},
    {"website", Compare::kNever, false, GetText<&E::website>, SetText<&E::website>},
    {"kind", Compare::kNever, false, GetText<&E::kind>, SetText<&E::kind>},
    {"age_low", Compare::kExactly, false, GetAge<&E::age_low>, SetAge<&E::age_low>},
    {"age_high", Compare::kExactly, false, GetAge<&E::age_high>, SetAge<&E::age_high>},
    {"open_date", Compare::kExactly, false, GetDay<&E::open_date>, SetDay<&E::open_date>},
    {"close_date", Compare::kExactly, false, GetDay<&E::close_date>, SetDay<&E::close_date>},
    {"predecessor_urn", Compare::kExactly, false, GetText<&E::predecessor_urn>,
     SetText<&E::predecessor_urn>},
    {"successor_urn", Compare::kExactly, false, GetText<&E::successor_urn>,
     SetText<&E::successor_urn>},
    {"status", Compare::kExactly, false, GetStatus, SetStatus},
};

// The words of a name without what is left out or moved about: "College, The" is "The College".
std::string Loosened(std::string_view text) {
  std::string letters;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (absl::ascii_isalnum(byte) || byte >= 0x80) {
      letters.push_back(absl::ascii_tolower(byte));
    } else if (c != '\'') {
      letters.push_back(' ');
    }
  }
  std::set<std::string> words = absl::StrSplit(letters, ' ', absl::SkipEmpty());
  for (const char* left_out : {"the", "and", "of", "ltd", "limited"}) words.erase(left_out);
  return absl::StrJoin(words, " ");
}

bool Agree(Compare compare, const std::string& a, const std::string& b) {
  switch (compare) {
    case Compare::kNever:
      return true;
    case Compare::kExactly:
      return a == b;
    case Compare::kLoosely:
      return a == b || Loosened(a) == Loosened(b);
  }
  return true;
}

std::size_t RankOf(const std::string& source) {
  if (source == kOfficer) return 0;
  std::size_t rank = 1;
  for (const Layout& layout : Layouts()) {
    if (layout.name == source) break;
    ++rank;
  }
  return rank;
}

// When a place opened and closed, before whom and after whom, is of that place alone.
bool IsOfOnePlace(std::string_view field) {
  return field == "status" || field.ends_with("_date") || field.ends_with("cessor_urn");
}

const std::string& ValueOf(const SourceFacts& source, std::string_view field) {
  static const std::string kNothing;
  if (source.merged && IsOfOnePlace(field)) return kNothing;
  const auto it = source.facts.find(std::string(field));
  return it == source.facts.end() ? kNothing : it->second;
}

// Decides one field, and tells who disagrees.
void Decide(const Field& field, std::span<const SourceFacts* const> ranked,
            const Establishment& known, Merged& merged) {
  std::string kept;
  std::string kept_source;
  const std::string before = field.is_number ? field.get(known) : "";
  for (const SourceFacts* source : ranked) {
    const std::string& value = ValueOf(*source, field.name);
    if (value.empty()) continue;
    // Of a number that is known, only who says the same is its source.
    if (source->source != kOfficer && !before.empty() && value != before && kept.empty()) continue;
    if (kept.empty()) {
      kept = value;
      kept_source = source->source;
    }
  }
  if (kept.empty()) kept = before;
  if (kept.empty()) return;
  field.set(merged.facts, kept);
  merged.sources[std::string(field.name)] = kept_source;
  for (const SourceFacts* source : ranked) {
    const std::string& value = ValueOf(*source, field.name);
    if (source->merged || value.empty() || Agree(field.compare, kept, value)) continue;
    ConflictReason reason = ConflictReason::kSourcesDisagree;
    if (kept_source == kOfficer) {
      reason = ConflictReason::kOfficerCorrected;
    } else if (field.is_number) {
      reason = ConflictReason::kNumberKept;
    }
    merged.conflicts.push_back(
        {std::string(field.name), kept, kept_source, value, source->source, reason});
  }
}

// Every name that is not the title: nobody who knows the centre by it should search in vain.
void GatherNames(std::span<const SourceFacts* const> ranked, Merged& merged) {
  std::vector<std::string> names;
  std::vector<std::string> from;
  for (const SourceFacts* source : ranked) {
    std::vector<std::string> said = Lines(ValueOf(*source, "other_names"));
    said.push_back(ValueOf(*source, "title"));
    bool gave = false;
    for (std::string& name : said) {
      if (name.empty() || name == merged.facts.title || name == merged.facts.title_cy) continue;
      if (std::find(names.begin(), names.end(), name) != names.end()) continue;
      names.push_back(std::move(name));
      gave = true;
    }
    if (gave) from.push_back(source->source);
    // An officer's list of names is the list.
    if (source->source == kOfficer && !ValueOf(*source, "other_names").empty()) break;
  }
  std::sort(names.begin(), names.end());
  merged.facts.other_names = std::move(names);
  merged.sources.erase("other_names");
  if (!from.empty()) {
    from.erase(std::unique(from.begin(), from.end()), from.end());
    merged.sources["other_names"] = absl::StrJoin(from, ",");
  }
}

}  // namespace

std::string_view NameOf(ConflictReason reason) {
  switch (reason) {
    case ConflictReason::kSourcesDisagree:
      return "SOURCES_DISAGREE";
    case ConflictReason::kOfficerCorrected:
      return "OFFICER_CORRECTED";
    case ConflictReason::kNumberKept:
      return "NUMBER_KEPT";
    case ConflictReason::kNumberElsewhere:
      return "NUMBER_ELSEWHERE";
    case ConflictReason::kClosureNotAccepted:
      return "CLOSURE_NOT_ACCEPTED";
  }
  return "";
}

Facts FactsOf(const Establishment& establishment) {
  Facts facts;
  for (const Field& field : kFields) {
    std::string value = field.get(establishment);
    if (!value.empty()) facts.emplace(field.name, std::move(value));
  }
  return facts;
}

Establishment EstablishmentOf(const Facts& facts) {
  Establishment establishment;
  for (const Field& field : kFields) {
    const auto it = facts.find(std::string(field.name));
    if (it != facts.end()) field.set(establishment, it->second);
  }
  return establishment;
}

SourceFacts FirstFactsOf(std::string_view id, const Establishment& establishment) {
  SourceFacts first{"england-establishments", std::string(id), FactsOf(establishment)};
  if (!establishment.closed) first.facts["status"] = "open";
  return first;
}

std::vector<FactChange> ChangesBetween(const Establishment& before, const Establishment& after) {
  std::vector<FactChange> changes;
  for (const Field& field : kFields) {
    std::string was = field.get(before);
    std::string is = field.get(after);
    if (was != is) changes.push_back({std::string(field.name), std::move(was), std::move(is)});
  }
  return changes;
}

Merged Merge(std::span<const SourceFacts> sources, const Establishment& known,
             std::string_view id) {
  std::vector<const SourceFacts*> ranked;
  for (const SourceFacts& source : sources) ranked.push_back(&source);
  std::sort(ranked.begin(), ranked.end(), [&](const SourceFacts* a, const SourceFacts* b) {
    const auto order = [&](const SourceFacts* s) {
      return std::tuple(s->merged, RankOf(s->source), s->origin != id, std::string_view(s->origin));
    };
    return order(a) < order(b);
  });
  Merged merged;
  for (const Field& field : kFields) Decide(field, ranked, known, merged);
  GatherNames(ranked, merged);
  return merged;
}

bool IsCorrectable(std::string_view field) {
  // Closing is a decision of its own, and a reference is no fact of the world.
  if (field == "status" || field == "reference") return false;
  return std::any_of(std::begin(kFields), std::end(kFields),
                     [&](const Field& known) { return known.name == field; });
}

std::string Encode(const Facts& facts) {
  std::string text;
  for (const auto& [field, value] : facts) {
    std::string escaped = value;
    std::replace(escaped.begin(), escaped.end(), '\n', '\x1e');
    text += field + "\t" + escaped + "\n";
  }
  return text;
}

Facts Decode(std::string_view text) {
  Facts facts;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    const std::size_t tab = line.find('\t');
    if (tab == line.npos) continue;
    std::string value(line.substr(tab + 1));
    std::replace(value.begin(), value.end(), '\x1e', '\n');
    facts.emplace(line.substr(0, tab), std::move(value));
  }
  return facts;
}

}  // namespace assay::approval
