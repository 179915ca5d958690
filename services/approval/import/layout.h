// Layouts of national establishment files: which column means what.
//
// A layout is data. Another file is another entry in layout.cc, and no code.
#pragma once
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace assay::approval {

// A column that counts only in rows where another column has a value.
struct LinkedColumn {
  std::string column;  // "": the layout has none.
  std::string when_column;
  std::string when_value;
};

// Another way to say the same: "further-education-college-region-uk:1" is "England".
struct Meaning {
  std::string value;
  std::string meaning;
};

struct Layout {
  std::string name;  // "england-establishments"
  char separator = ',';
  // Column names; "" where the layout has none.
  std::string urn;
  std::string ukprn;
  std::string laestab;
  std::string laestab_second;  // Where it comes in two columns: authority, establishment.
  std::string reference;       // A register's own key, and …
  std::string reference_name;  // … the register's name, which goes before it: name:key.
  std::string title;
  std::string title_cy;
  std::string other_names;
  char other_names_separator = 0;  // 0: one name.
  std::string address;             // All in one, parted by commas: lines, town, postcode.
  std::vector<std::string> address_lines;
  std::string town;
  std::string postcode;
  std::string region;
  std::string region_of_all;  // Where the whole file is of one.
  std::vector<Meaning> regions;
  std::string authority;
  std::string authority_name;  // Goes before the key: name:key.
  std::string website;
  std::string kind;
  std::string kind_name;  // Goes before the key: name:key.
  std::string age_low;
  std::string age_high;
  std::string open_date;
  std::string close_date;
  LinkedColumn predecessor_urn;
  LinkedColumn successor_urn;
  // "" where the layout has none: then an establishment is closed from its close date on, or
  // nothing is said if there is no close date either.
  std::string status;
  std::vector<std::string> status_open;       // Values of `status` that mean open.
  std::vector<std::string> status_closed;     // … and closed. Any other is a fault.
  std::vector<std::string> placeholders;      // Values that mean "not known" in any column.
  std::vector<std::string> urn_placeholders;  // … in the columns of linked URNs only.

  // The columns without which a file is not of this layout.
  std::vector<std::string> Required() const;
};

std::span<const Layout> Layouts();
const Layout* FindLayout(std::string_view name);
std::string LayoutNames();  // For messages: "england-establishments".

}  // namespace assay::approval
