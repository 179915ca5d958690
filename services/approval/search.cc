#include "services/approval/search.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "services/approval/errors.h"
#include "services/platform/error/error.h"
#include "services/platform/table/fold.h"

namespace assay::approval {
namespace {

std::size_t CharactersOf(std::string_view utf8) {
  return std::count_if(utf8.begin(), utf8.end(), [](char c) { return (c & 0xC0) != 0x80; });
}

std::vector<std::string> NamesOf(const Establishment& facts) {
  std::vector<std::string> names = facts.other_names;
  for (const std::string* name : {&facts.title, &facts.title_cy}) {
    if (!name->empty()) names.push_back(*name);
  }
  return names;
}

void Unique(std::vector<std::string>& words) {
  std::sort(words.begin(), words.end());
  words.erase(std::unique(words.begin(), words.end()), words.end());
}

}  // namespace

std::vector<std::string> WordsOf(const Establishment& facts) {
  std::vector<std::string> words = platform::Words(absl::StrCat(facts.town, " ", facts.postcode));
  for (const std::string& name : NamesOf(facts)) {
    std::vector<std::string> of_name = platform::Words(name);
    words.insert(words.end(), of_name.begin(), of_name.end());
    if (!of_name.empty()) words.push_back(NameWord(std::move(of_name)));
  }
  for (const std::string& whole :
       {absl::StrReplaceAll(facts.postcode, {{" ", ""}}), facts.urn, facts.ukprn, facts.laestab}) {
    for (std::string& word : platform::Words(whole)) words.push_back(std::move(word));
  }
  Unique(words);
  return words;
}

std::string NameWord(std::vector<std::string> words) {
  Unique(words);
  return "=" + absl::StrJoin(words, " ");
}

std::vector<std::string> KeysOf(const Establishment& facts, std::span<const SourceFacts> sources) {
  std::vector<std::string> keys;
  const auto number = [&](std::string_view kind, const std::string& value) {
    if (!value.empty()) keys.push_back(std::string(kind) + ":" + value);
  };
  number("urn", facts.urn);
  number("ukprn", facts.ukprn);
  number("laestab", facts.laestab);
  number("ref", facts.reference);
  for (const SourceFacts& source : sources) {
    for (const auto& [field, value] : source.facts) {
      if (field == "urn" || field == "ukprn" || field == "laestab") number(field, value);
      if (field == "reference") number("ref", value);
    }
  }
  number("pc", absl::StrReplaceAll(facts.postcode, {{" ", ""}}));
  for (const std::string& name : LikelyOf(facts).names) {
    number("nm", name);
    if (facts.postcode.empty()) number("np", name);
  }
  Unique(keys);
  return keys;
}

Likely LikelyOf(const Establishment& facts) {
  Likely likely{facts, {}};
  for (const std::string& name : NamesOf(facts)) {
    std::string key = NameKey(platform::Words(name));
    if (!key.empty()) likely.names.push_back(std::move(key));
  }
  Unique(likely.names);
  return likely;
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
