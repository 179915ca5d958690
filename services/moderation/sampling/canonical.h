// The texts whose digests make a draw verifiable (MOD-4).
//
// Digests are made outside (services/moderation/commitment.h); here is what goes into them,
// spelled so that anyone can write it again with a text editor and sha256sum:
//   commitment = SHA-256(secret)                     published while the marks are open
//   list hash  = SHA-256(CanonicalCandidates(…))
//   seed       = HMAC-SHA256(secret, CanonicalFacts(…))
#pragma once
#include <span>
#include <string>
#include <string_view>

#include "services/moderation/model.h"

namespace assay::moderation {

// One line a candidate, in the order of the numbers' bytes, each ended by a line feed:
// number, mark ("-" if none), assessor, teaching group, site, flags, separated by tabs. Flags
// are the letters of "awpc" (absent, withdrawn, parental interest, carried forward) that apply.
// Where work is graded, the grade follows as one more field of those who have one. In a
// consortium (MOD-5) the grade, which may be empty, and the centre follow, and the lines are in
// the order of the centres first.
// Backslash, tab, line feed and carriage return are written \\, \t, \n and \r.
std::string CanonicalCandidates(std::span<const Candidate> candidates);

// The same for a draw before marks (MOD-5): no mark counts as given.
std::string CanonicalEntries(std::span<const Candidate> candidates);

// A text as it stands in a column.
std::string Escaped(std::string_view text);

struct DrawFacts {
  std::string submission;  // Resource name.
  std::string policy;      // "pearson-2026@1"
  std::string algorithm;   // "assay-draw@1"
  std::string list_hash;   // Lower-case hexadecimal.
  // SHA-256 of CanonicalSamplingFacts(), in hexadecimal; empty under the first algorithm, which
  // takes no facts.
  std::string facts_hash = {};
};

// "assay-seed@1", then the facts in the order above, one a line, without the last if it is empty.
std::string CanonicalFacts(const DrawFacts& facts);

}  // namespace assay::moderation
