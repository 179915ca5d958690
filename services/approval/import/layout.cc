#include "services/approval/import/layout.h"

#include "absl/strings/str_join.h"

namespace assay::approval {
namespace {

// School and college facts of England, 2017-18. The column OTHERURN links two
// establishments of which one took over from the other: in a new one's row it is the
// one before, in a closed one's row the one after. 999999 stands for none. ICLOSE 3 is
// an establishment that is proposed to close and open until then.
Layout EnglandEstablishments() {
  Layout layout;
  layout.name = "england-establishments";
  layout.urn = "URN";
  layout.laestab = "LAESTAB";
  layout.title = "SCHNAME";
  layout.other_names = "OTHERSCHNAME";
  layout.address_lines = {"STREET", "LOCALITY", "ADDRESS3"};
  layout.town = "TOWN";
  layout.postcode = "POSTCODE";
  layout.kind = "NFTYPE";
  layout.age_low = "AGEL";
  layout.age_high = "AGEH";
  layout.open_date = "OPENDATE";
  layout.close_date = "CLOSEDATE";
  layout.predecessor_urn = {"OTHERURN", "ISNEW", "1"};
  layout.successor_urn = {"OTHERURN", "ICLOSE", "2"};
  layout.status = "ICLOSE";
  layout.status_open = {"1", "3"};
  layout.status_closed = {"2"};
  layout.urn_placeholders = {"999999"};
  return layout;
}

// The extract of the register of establishments with all its columns. What does not apply is
// spelled out. 3 is proposed to close, 4 is proposed to open.
Layout Gias() {
  Layout layout;
  layout.name = "gias";
  layout.urn = "URN";
  layout.ukprn = "UKPRN";
  layout.laestab = "LA (code)";
  layout.laestab_second = "EstablishmentNumber";
  layout.title = "EstablishmentName";
  layout.other_names = "SiteName";
  layout.address_lines = {"Street", "Locality", "Address3"};
  layout.town = "Town";
  layout.postcode = "Postcode";
  layout.region = "GOR (name)";
  layout.authority = "LA (name)";
  layout.website = "SchoolWebsite";
  layout.kind = "TypeOfEstablishment (name)";
  layout.age_low = "StatutoryLowAge";
  layout.age_high = "StatutoryHighAge";
  layout.open_date = "OpenDate";
  layout.close_date = "CloseDate";
  layout.status = "EstablishmentStatus (code)";
  layout.status_open = {"1", "3", "4"};
  layout.status_closed = {"2"};
  layout.placeholders = {"Not applicable", "Not recorded", "Does not apply"};
  return layout;
}

// The register of schools in Wales, with both names. Its key is the number of authority and
// establishment; kinds and authorities are keys of registers of their own.
Layout WelshSchools() {
  Layout layout;
  layout.name = "welsh-schools";
  layout.separator = '\t';
  layout.laestab = "school-wls";
  layout.title = "name";
  layout.title_cy = "name-cy";
  layout.address = "address";
  layout.region_of_all = "Wales";
  layout.authority = "principal-local-authority";
  layout.authority_name = "principal-local-authority";
  layout.kind = "school-type-wls";
  layout.kind_name = "school-type-wls";
  layout.open_date = "start-date";
  layout.close_date = "end-date";
  return layout;
}

// Learning providers by UKPRN. A hyphen stands for nothing.
Layout UkProviders() {
  Layout layout;
  layout.name = "uk-providers";
  layout.ukprn = "ukprn";
  layout.title = "name";
  layout.other_names = "trading_name";
  layout.other_names_separator = ';';
  layout.address = "address";
  layout.website = "url";
  layout.placeholders = {"-"};
  return layout;
}

// The register of colleges of further education, which has neither URN nor UKPRN. Regions are
// keys of the register further-education-college-region-uk.
Layout UkFurtherEducation() {
  Layout layout;
  layout.name = "uk-further-education";
  layout.separator = '\t';
  layout.reference = "further-education-college-uk";
  layout.reference_name = "further-education-college-uk";
  layout.title = "name";
  layout.region = "region";
  layout.regions = {{"further-education-college-region-uk:1", "England"},
                    {"further-education-college-region-uk:2", "Northern Ireland"},
                    {"further-education-college-region-uk:3", "Wales"},
                    {"further-education-college-region-uk:4", "Scotland"}};
  layout.open_date = "start-date";
  layout.close_date = "end-date";
  return layout;
}

// The first says more, and more lately, than the next: where two disagree, it decides.
const std::vector<Layout>& All() {
  static const std::vector<Layout> kLayouts = {Gias(), EnglandEstablishments(), WelshSchools(),
                                               UkProviders(), UkFurtherEducation()};
  return kLayouts;
}

}  // namespace

std::vector<std::string> Layout::Required() const {
  std::vector<std::string> columns;
  for (const std::string* column : {&urn, &ukprn, &reference, &title, &title_cy, &status}) {
    if (!column->empty()) columns.push_back(*column);
  }
  if (urn.empty() && ukprn.empty() && !laestab.empty()) columns.push_back(laestab);
  return columns;
}

std::span<const Layout> Layouts() { return All(); }

const Layout* FindLayout(std::string_view name) {
  for (const Layout& layout : All()) {
    if (layout.name == name) return &layout;
  }
  return nullptr;
}

std::string LayoutNames() {
  return absl::StrJoin(All(), ", ",
                       [](std::string* out, const Layout& layout) { out->append(layout.name); });
}

}  // namespace assay::approval
