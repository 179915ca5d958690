// Queries over lists of values that are too long for one statement.
//
// Example: QueryIn(tx, "SELECT key, centre FROM centre_keys WHERE tenant = $1 AND key IN ",
//                  {tenant}, keys, "", on_row);
#pragma once
#include <algorithm>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/storage/database.h"

namespace assay::approval {

// Few enough that the text stays small, many enough that a batch needs a handful of queries.
inline constexpr std::size_t kListedPerQuery = 200;

// `values` are $1, $2, … of `sql`, which ends where the list goes; `rest` follows it. The list's
// last part is filled up with its own first value, so that two texts serve all calls.
inline absl::Status QueryIn(platform::Transaction& tx, std::string_view sql,
                            std::initializer_list<platform::SqlValue> values,
                            std::span<const std::string> list, std::string_view rest,
                            absl::FunctionRef<absl::Status(const platform::SqlRow&)> row) {
  for (std::size_t at = 0; at < list.size(); at += kListedPerQuery) {
    const auto part = list.subspan(at, std::min(kListedPerQuery, list.size() - at));
    const std::size_t size = part.size() > 1 ? kListedPerQuery : 1;
    std::string text(sql);
    std::vector<platform::SqlValue> bound(values);
    for (std::size_t i = 0; i < size; ++i) {
      bound.emplace_back(i < part.size() ? part[i] : part[0]);
      text += (i == 0 ? "($" : ", $") + std::to_string(bound.size());
    }
    text += ")";
    text += rest;
    RETURN_IF_ERROR(tx.Query(text, bound, row));
  }
  return absl::OkStatus();
}

}  // namespace assay::approval
