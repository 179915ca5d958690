// What a journey sends, made from the files of a folder: schools with coursework marks,
// cohorts of scripts that were marked twice, and the centres that both need.
#pragma once
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/platform/table/table.h"

namespace assay::gateway::ctl {

struct CandidateMark {
  std::string candidate;
  std::string mark;  // As the file has it; "" if it is missing.
};

// A centre with the marks it gives.
struct Cohort {
  std::string urn;
  std::string title;
  std::vector<CandidateMark> marks = {};
  // The second marker's, by candidate; empty if nobody marked again.
  std::map<std::string, std::string> second_marks = {};

  std::string centre() const { return "centres/urn-" + urn; }
  std::string submission_id() const { return "urn-" + urn; }
  int missing() const;
};

// Schools of a file with columns school, student, course, in file order. The school's
// number becomes its URN.
absl::StatusOr<std::vector<Cohort>> ReadSchools(const std::string& path);

// One set of a file with columns essay_id, essay_set, rater1_domain1, rater2_domain1, in the
// order of the essay ids, cut into cohorts of `size`; the last may be smaller. Rater 1 is the
// centre and rater 2 marks again. URNs count up from `first_urn`.
absl::StatusOr<std::vector<Cohort>> ReadDoubleMarked(const std::string& path, std::string_view set,
                                                     int size, int first_urn);

// The centres as a file in the layout england-establishments.
std::string CentresCsv(const std::vector<Cohort>& cohorts);
// candidate,mark
std::string MarksCsv(const Cohort& cohort);

// Candidate → mark, from a file with those columns.
absl::StatusOr<std::map<std::string, std::string>> ReadMarks(const std::string& path);

absl::StatusOr<std::string> ReadFile(const std::string& path);
absl::Status ReadRows(const std::string& path, platform::TableOptions options,
                      absl::FunctionRef<absl::Status(const platform::TableRow&)> on_row);

}  // namespace assay::gateway::ctl
