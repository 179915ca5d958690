// The words by which a centre is found, and the words of a search.
#pragma once
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "services/approval/import/facts.h"
#include "services/approval/import/likeness.h"
#include "services/approval/model.h"

namespace assay::approval {

inline constexpr std::size_t kQueryCharactersMax = 200;
inline constexpr std::size_t kQueryWordsMax = 10;

// Sorted, each once: of all names, town, postcode (whole and in its two parts) and numbers, and
// each whole name as NameWord has it.
std::vector<std::string> WordsOf(const Establishment& facts);

// "=becket st thomas": no word that is typed, so that a whole name is found as such.
std::string NameWord(std::vector<std::string> words);

// The keys by which rows of files and duplicates find a centre: "urn:100000" and the like of all
// that is said of it, "pc:LS14AP", "nm:college vale" for each name, and "np:college vale" too if
// it has no postcode.
std::vector<std::string> KeysOf(const Establishment& facts, std::span<const SourceFacts> sources);

// What is held against others to find duplicates.
Likely LikelyOf(const Establishment& facts);

// INVALID_ARGUMENT: QUERY_EMPTY without a word, FIELD_INVALID if too long.
absl::StatusOr<std::vector<std::string>> WordsOfQuery(std::string_view query);

}  // namespace assay::approval
