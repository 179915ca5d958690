// What sources say of a centre, fact by fact, and what the centre's facts are by all of them.
//
// Each source is kept as it is, so that no file takes away what another gave, and the result does
// not depend on the order in which files came (but for national numbers: see Merge).
//
// Example:
//   const Merged merged = Merge({{"uk-providers", "ukprn-10000055", facts}}, centre.facts);
#pragma once
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "services/approval/model.h"

namespace assay::approval {

// By field, "postcode"; what is not there is not said. Several values are parted by line breaks.
using Facts = std::map<std::string, std::string>;

inline constexpr std::string_view kOfficer = "officer";
// What a centre said of itself when it applied; every file knows better.
inline constexpr std::string_view kApplication = "application";

struct SourceFacts {
  std::string source;  // A layout's name, or kOfficer.
  std::string origin;  // The id of the row; "" for an officer.
  Facts facts;
  bool merged = false;  // Said of a centre that turned out to be this one.

  friend bool operator==(const SourceFacts&, const SourceFacts&) = default;
};

struct FactChange {
  std::string field;
  std::string before;
  std::string after;

  friend bool operator==(const FactChange&, const FactChange&) = default;
};

enum class ConflictReason {
  kSourcesDisagree,
  kOfficerCorrected,
  kNumberKept,
  kNumberElsewhere,
  kClosureNotAccepted,
};

std::string_view NameOf(ConflictReason reason);  // "SOURCES_DISAGREE"

struct FactConflict {
  std::string field;
  std::string kept;
  std::string kept_source;  // "": it was known before.
  std::string offered;
  std::string source;
  ConflictReason reason = ConflictReason::kSourcesDisagree;

  friend bool operator==(const FactConflict&, const FactConflict&) = default;
};

struct Merged {
  Establishment facts;
  std::map<std::string, std::string> sources;  // Who gave each field.
  std::vector<FactConflict> conflicts;         // In order of the fields.
};

// All that is known; `status` is there if the establishment is closed.
Facts FactsOf(const Establishment& establishment);
Establishment EstablishmentOf(const Facts& facts);

// What the first layout said of a centre that was made before sources were kept apart.
SourceFacts FirstFactsOf(std::string_view id, const Establishment& establishment);

// In order of the fields.
std::vector<FactChange> ChangesBetween(const Establishment& before, const Establishment& after);

// The facts of the centre `id` by all of `sources`: an officer's word first, then layouts in the
// order of Layouts(), and of two rows of one layout that of the centre's own id. National numbers
// stay as `known` has them unless an officer says otherwise, because a wrong one makes one centre
// of two. Names that do not become the title become other names.
//
// What is said of a centre that was merged into this one only fills what nobody else gives, tells
// nothing of opening and closing, and is no conflict: an officer has looked at it.
Merged Merge(std::span<const SourceFacts> sources, const Establishment& known, std::string_view id);

// True if an officer may set it.
bool IsCorrectable(std::string_view field);

// One text, and back. Fields and values have no control characters but line breaks in values.
std::string Encode(const Facts& facts);
Facts Decode(std::string_view text);

}  // namespace assay::approval
