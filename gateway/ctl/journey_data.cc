#include "gateway/ctl/journey_data.h"

#include <algorithm>
#include <fstream>
#include <sstream>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "services/platform/core/bytes.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/core/view.h"
#include "services/platform/error/error.h"

namespace assay::gateway::ctl {
namespace {

using platform::Error;
using platform::TableRow;
using platform::View;

constexpr std::size_t kPiece = platform::KiB(256);

absl::Status Unreadable(const std::string& path) {
  return Error(absl::StatusCode::kNotFound, "FILE_UNREADABLE", absl::StrCat("cannot read ", path))
      .With("path", path);
}

absl::Status BadRow(const std::string& path, const TableRow& row, std::string_view what) {
  return Error(absl::StatusCode::kInvalidArgument, "ROW_MALFORMED",
               absl::StrCat(path, " line ", row.line(), ": ", View(what)));
}

}  // namespace

int Cohort::missing() const {
  return static_cast<int>(std::count_if(marks.begin(), marks.end(),
                                        [](const CandidateMark& m) { return m.mark.empty(); }));
}

absl::Status ReadRows(const std::string& path, platform::TableOptions options,
                      absl::FunctionRef<absl::Status(const TableRow&)> on_row) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return Unreadable(path);
  platform::TableReader reader(std::move(options));
  const auto checked = [&](const TableRow& row) -> absl::Status {
    if (!row.fault().empty()) return BadRow(path, row, row.fault());
    return on_row(row);
  };
  std::string piece(kPiece, '\0');
  while (in) {
    in.read(piece.data(), static_cast<std::streamsize>(piece.size()));
    const auto got = static_cast<std::size_t>(in.gcount());
    RETURN_IF_ERROR(reader.Feed(std::string_view(piece).substr(0, got), checked));
  }
  if (in.bad()) return Unreadable(path);
  return reader.Finish(checked);
}

absl::StatusOr<std::string> ReadFile(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  if (!in || !(text << in.rdbuf())) return Unreadable(path);
  return std::move(text).str();
}

absl::StatusOr<std::vector<Cohort>> ReadSchools(const std::string& path) {
  std::vector<Cohort> schools;
  std::map<std::string, std::size_t, std::less<>> place;
  RETURN_IF_ERROR(
      ReadRows(path, {.required = {"school", "student", "course"}}, [&](const TableRow& row) {
        const std::string number(row.Get("school"));
        if (number.empty() || row.Get("student").empty()) {
          return BadRow(path, row, "has no school or no student");
        }
        const auto [it, added] = place.emplace(number, schools.size());
        if (added) schools.push_back({.urn = number, .title = absl::StrCat("School ", number)});
        schools[it->second].marks.push_back(
            {std::string(row.Get("student")), std::string(row.Get("course"))});
        return absl::OkStatus();
      }));
  return schools;
}

absl::StatusOr<std::vector<Cohort>> ReadDoubleMarked(const std::string& path, std::string_view set,
                                                     int size, int first_urn) {
  struct Script {
    int essay = 0;
    std::string first;
    std::string second;
  };
  std::vector<Script> scripts;
  RETURN_IF_ERROR(
      ReadRows(path, {.required = {"essay_id", "essay_set", "rater1_domain1", "rater2_domain1"}},
               [&](const TableRow& row) {
                 if (row.Get("essay_set") != set) return absl::OkStatus();
                 Script script{.first = std::string(row.Get("rater1_domain1")),
                               .second = std::string(row.Get("rater2_domain1"))};
                 if (!absl::SimpleAtoi(View(row.Get("essay_id")), &script.essay) ||
                     script.first.empty() || script.second.empty()) {
                   return BadRow(path, row, "has no essay number or lacks a rater's mark");
                 }
                 scripts.push_back(std::move(script));
                 return absl::OkStatus();
               }));
  std::sort(scripts.begin(), scripts.end(),
            [](const Script& a, const Script& b) { return a.essay < b.essay; });
  std::vector<Cohort> cohorts;
  for (std::size_t i = 0; i < scripts.size(); ++i) {
    if (i % static_cast<std::size_t>(size) == 0) {
      const int n = static_cast<int>(cohorts.size());
      cohorts.push_back({.urn = absl::StrCat(first_urn + n),
                         .title = absl::StrFormat("Essays set %s, cohort %02d", View(set), n + 1)});
    }
    const std::string candidate = absl::StrCat(scripts[i].essay);
    cohorts.back().marks.push_back({candidate, scripts[i].first});
    cohorts.back().second_marks[candidate] = scripts[i].second;
  }
  return cohorts;
}

std::string CentresCsv(const std::vector<Cohort>& cohorts) {
  std::string csv =
      "URN,LA,ESTAB,LAESTAB,SCHNAME,OTHERSCHNAME,STREET,LOCALITY,ADDRESS3,TOWN,POSTCODE,ICLOSE,"
      "OPENDATE,CLOSEDATE,ISNEW,MINORGROUP,NFTYPE,OTHERNFTYPE,ISPRIMARY,ISSECONDARY,ISPOST16,AGEL,"
      "AGEH,GENDER,SIXFGENDER,RELDENOM,ADMPOL,OTHERURN,NEWACFLAG,RE-BROKERED\n";
  for (const Cohort& cohort : cohorts) {
    absl::StrAppend(&csv, cohort.urn, ",,,,\"", cohort.title,
                    "\",,,,,,,1,,,0,,Other,,0,1,0,11,18,Mixed,,,,,,\n");
  }
  return csv;
}

std::string MarksCsv(const Cohort& cohort) {
  std::string csv = "candidate,mark\n";
  for (const CandidateMark& m : cohort.marks) absl::StrAppend(&csv, m.candidate, ",", m.mark, "\n");
  return csv;
}

absl::StatusOr<std::map<std::string, std::string>> ReadMarks(const std::string& path) {
  std::map<std::string, std::string> marks;
  RETURN_IF_ERROR(ReadRows(path, {.required = {"candidate", "mark"}}, [&](const TableRow& row) {
    marks[std::string(row.Get("candidate"))] = std::string(row.Get("mark"));
    return absl::OkStatus();
  }));
  return marks;
}

}  // namespace assay::gateway::ctl
