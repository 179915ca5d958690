#include "services/approval/search.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "services/approval/errors.h"
#include "services/platform/error/error.h"
#include "services/platform/table/fold.h"

namespace assay::approval {
namespace {

std::size_t CharactersOf(std::string_view utf8) {
  return std::count_if(utf8.begin(), utf8.end(), [](char c) { return (c & 0xC0) != 0x80; });
}

void Unique(std::vector<std::string>& words) {
  std::sort(words.begin(), words.end());
  words.erase(std::unique(words.begin(), words.end()), words.end());
}

}  // namespace

std::vector<std::string> WordsOf(const Establishment& facts) {
  std::vector<std::string> words =
      platform::Words(absl::StrCat(facts.title, " ", facts.town, " ", facts.postcode));
  for (const std::string& whole :
       {absl::StrReplaceAll(facts.postcode, {{" ", ""}}), facts.urn, facts.ukprn, facts.laestab}) {
    for (std::string& word : platform::Words(whole)) words.push_back(std::move(word));
  }
  Unique(words);
  return words;
}

absl::StatusOr<std::vector<std::string>> WordsOfQuery(std::string_view query) {
  using platform::Error;
  if (CharactersOf(query) > kQueryCharactersMax) {
    return Error(absl::StatusCode::kInvalidArgument, "FIELD_INVALID",
                 absl::StrCat("query is longer than ", kQueryCharactersMax, " characters"))
        .Field("query", absl::StrCat("is longer than ", kQueryCharactersMax, " characters"));
  }
  std::vector<std::string> words = platform::Words(query);
  Unique(words);
  if (words.empty()) {
    return Error(absl::StatusCode::kInvalidArgument, kQueryEmpty,
                 "the search has no words; give the beginning of a name, town or number")
        .With("query", query)
        .Field("query", "has no words");
  }
  if (words.size() > kQueryWordsMax) {
    return Error(absl::StatusCode::kInvalidArgument, "FIELD_INVALID",
                 absl::StrCat("query has more than ", kQueryWordsMax, " words"))
        .Field("query", absl::StrCat("has more than ", kQueryWordsMax, " words"));
  }
  return words;
}

}  // namespace assay::approval
