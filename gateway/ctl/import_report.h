// What became of an imported file, for people.
#pragma once
#include <string>
#include <string_view>

#include "gateway/ctl/json_view.h"
#include "gateway/ctl/text_table.h"

namespace assay::gateway::ctl {

// "centres.csv: 9 rows (windows-1252): 8 new, 0 changed, 0 the same, 1 refused. 1 of those taken is
// closed."
std::string ImportSentence(std::string_view file, const Json& report);
// Line, field, reason and message of each refused row that is listed.
TextTable RefusedTable(const Json& report);

}  // namespace assay::gateway::ctl
