#include "services/approval/catalogue/regions.h"

#include <algorithm>
#include <span>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"

namespace assay::approval {
namespace {

constexpr std::string_view kEngland = "England";
constexpr std::string_view kWales = "Wales";

constexpr std::string_view kNations[] = {kEngland, kWales, "Scotland", "Northern Ireland"};
constexpr std::string_view kEverywhere[] = {"United Kingdom", "UK", "All", "International"};
// The regions into which statistics divide England; the last one has two names.
constexpr std::string_view kOfEngland[] = {"North East",
                                           "North West",
                                           "East Midlands",
                                           "West Midlands",
                                           "East of England",
                                           "London",
                                           "South East",
                                           "South West",
                                           "Yorkshire and the Humber",
                                           "Yorkshire and The Humber"};
// The national register of England says so of schools that the Welsh one keeps.
constexpr std::string_view kWalesOfEngland = "Wales (pseudo)";

bool Same(std::string_view a, std::string_view b) {
  return absl::EqualsIgnoreCase(absl::string_view(a.data(), a.size()),
                                absl::string_view(b.data(), b.size()));
}

bool IsOneOf(std::span<const std::string_view> texts, std::string_view text) {
  return std::any_of(texts.begin(), texts.end(),
                     [&](std::string_view one) { return Same(one, text); });
}

std::string_view NationOfRegion(std::string_view region) {
  if (Same(region, kWalesOfEngland)) return kWales;
  if (IsOneOf(kOfEngland, region)) return kEngland;
  const auto* nation = std::find_if(std::begin(kNations), std::end(kNations),
                                    [&](std::string_view one) { return Same(one, region); });
  return nation == std::end(kNations) ? std::string_view() : *nation;
}

// The first three digits are the authority: those of Wales begin at 660, and the seven hundreds are
// islands and forces abroad.
std::string_view NationOfAuthority(std::string_view laestab) {
  int authority = 0;
  const std::string_view code = laestab.substr(0, 3);
  if (!absl::SimpleAtoi(absl::string_view(code.data(), code.size()), &authority)) return "";
  if (authority >= 660 && authority < 700) return kWales;
  if (authority >= 700 && authority < 800) return "";
  return authority >= 200 && authority < 960 ? kEngland : std::string_view();
}

}  // namespace

std::string_view NationOf(const Whereabouts& centre) {
  const std::string_view nation = NationOfRegion(centre.region);
  return nation.empty() ? NationOfAuthority(centre.laestab) : nation;
}

Offer OfferIn(const std::vector<std::string>& regions, const Whereabouts& centre) {
  if (regions.empty()) return Offer::kHere;
  const std::string_view nation = NationOf(centre);
  const bool region_known = !nation.empty() && !IsOneOf(kNations, centre.region) &&
                            !NationOfRegion(centre.region).empty();
  bool maybe = nation.empty();
  for (const std::string& region : regions) {
    if (IsOneOf(kEverywhere, region) || Same(region, nation)) return Offer::kHere;
    if (!centre.region.empty() && Same(region, centre.region)) return Offer::kHere;
    // It may be that part of the nation in which the centre is, or a part that nobody here knows.
    const std::string_view of = NationOfRegion(region);
    if (!region_known && (of.empty() || of == nation) && !Same(region, of)) maybe = true;
  }
  return maybe ? Offer::kUnknown : Offer::kElsewhere;
}

}  // namespace assay::approval
