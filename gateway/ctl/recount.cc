#include "gateway/ctl/recount.h"

#include <cstdlib>
#include <fstream>
#include <functional>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/error/error.h"

namespace assay::gateway::ctl {
namespace {

using Fields = std::vector<std::string>;

// One character at a time: a comma or line end inside quotes belongs to the field.
absl::Status EachLine(const std::string& path, const std::function<void(const Fields&)>& on_line) {
  std::ifstream in(path, std::ios::binary);
  if (!in) {
    return platform::Error(absl::StatusCode::kNotFound, "FILE_UNREADABLE",
                           absl::StrCat("cannot read ", path));
  }
  Fields fields(1);
  bool quoted = false;
  for (char c = 0; in.get(c);) {
    if (c == '"') {
      quoted = !quoted;
    } else if (c == ',' && !quoted) {
      fields.emplace_back();
    } else if (c == '\n' && !quoted) {
      on_line(fields);
      fields.assign(1, "");
    } else if (c != '\r') {
      fields.back() += c;
    }
  }
  if (fields.size() > 1 || !fields[0].empty()) on_line(fields);
  return absl::OkStatus();
}

// Hands over the named columns of every data line, in the order of `names`.
absl::Status EachRow(const std::string& path, const Fields& names,
                     const std::function<void(const Fields&)>& on_row) {
  std::vector<std::size_t> at;
  bool header = true;
  RETURN_IF_ERROR(EachLine(path, [&](const Fields& fields) {
    if (header) {
      header = false;
      for (const std::string& name : names) {
        for (std::size_t i = 0; i < fields.size(); ++i) {
          if (fields[i] == name) at.push_back(i);
        }
      }
      return;
    }
    Fields row;
    for (const std::size_t i : at) row.push_back(i < fields.size() ? fields[i] : "");
    if (row.size() == names.size()) on_row(row);
  }));
  if (at.size() == names.size()) return absl::OkStatus();
  return platform::Error(absl::StatusCode::kInvalidArgument, "TABLE_HEADER_MISSING_COLUMN",
                         absl::StrCat(path, " lacks a column that is counted"));
}

}  // namespace

absl::StatusOr<EstablishmentCount> RecountEstablishments(const std::string& path) {
  EstablishmentCount count;
  RETURN_IF_ERROR(EachRow(path, {"URN", "ICLOSE"}, [&](const Fields& row) {
    ++count.rows;
    if (row[1] == "2") ++count.closed;
  }));
  return count;
}

absl::StatusOr<std::map<std::string, SchoolCount>> RecountSchools(const std::string& path) {
  std::map<std::string, SchoolCount> schools;
  RETURN_IF_ERROR(EachRow(path, {"school", "course"}, [&](const Fields& row) {
    SchoolCount& school = schools[row[0]];
    ++school.candidates;
    if (!row[1].empty()) ++school.marks;
  }));
  return schools;
}

absl::StatusOr<std::map<int, std::pair<int, int>>> RecountDoubleMarked(const std::string& path,
                                                                       std::string_view set) {
  std::map<int, std::pair<int, int>> essays;
  RETURN_IF_ERROR(EachRow(
      path, {"essay_id", "essay_set", "rater1_domain1", "rater2_domain1"}, [&](const Fields& row) {
        if (row[1] != set) return;
        essays[std::atoi(row[0].c_str())] = {std::atoi(row[2].c_str()), std::atoi(row[3].c_str())};
      }));
  return essays;
}

int PearsonLadder(int pool) {
  if (pool <= 15) return pool;
  if (pool <= 100) return 15;
  if (pool <= 200) return 20;
  return 25;
}

}  // namespace assay::gateway::ctl
