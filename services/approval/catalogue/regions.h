// Where a qualification may be offered, and whether a centre is there (QUAL-1).
//
// The regions of a qualification are nations ("Wales"), regions of England ("London"), or
// everywhere
// ("United Kingdom"; none at all). Where a centre is, is said by its region, else by the authority
// in its national number.
//
// Example:
//   OfferIn({"Wales"}, {.region = "London"});  // Offer::kElsewhere
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace assay::approval {

struct Whereabouts {
  std::string_view
      region;  // "London", "Wales", as a register or an officer says; "" if nobody does.
  std::string_view laestab;  // "6602130"
};

// "England", "Wales", "Scotland", "Northern Ireland", or "" if it cannot be told. Schools of
// England abroad have numbers of no nation.
std::string_view NationOf(const Whereabouts& centre);

enum class Offer { kHere, kElsewhere, kUnknown };

Offer OfferIn(const std::vector<std::string>& regions, const Whereabouts& centre);

}  // namespace assay::approval
