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

const std::vector<Layout>& All() {
  static const std::vector<Layout> kLayouts = {EnglandEstablishments()};
  return kLayouts;
}

}  // namespace

std::vector<std::string> Layout::Required() const {
  std::vector<std::string> columns;
  for (const std::string* column : {&urn, &ukprn, &title, &status}) {
    if (!column->empty()) columns.push_back(*column);
  }
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
