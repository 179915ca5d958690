// The words by which a centre is found, and the words of a search.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "services/approval/model.h"

namespace assay::approval {

inline constexpr std::size_t kQueryCharactersMax = 200;
inline constexpr std::size_t kQueryWordsMax = 10;

// Sorted, each once: of title, town, postcode (whole and in its two parts) and numbers.
std::vector<std::string> WordsOf(const Establishment& facts);

// INVALID_ARGUMENT: QUERY_EMPTY without a word, FIELD_INVALID if too long.
absl::StatusOr<std::vector<std::string>> WordsOfQuery(std::string_view query);

}  // namespace assay::approval
