// A small awarding body to test on: centres, approvals, a series, submissions.
#pragma once
#include <string>
#include <vector>

#include "tests/e2e/system.h"

namespace assay::e2e {

inline constexpr char kComponent[] = "series/summer-2026/components/coursework";

// Two approved centres, urn-100101 and urn-100102, and one that is only listed,
// urn-100103; series and component (maximum 60, step 1, pearson-2026, six-percent, blind).
// Every step is asserted. Tenant "demo".
void MakeWorld(System& system);

std::string Quality(const System& system);                           // Token of an officer.
std::string Exams(const System& system, const std::string& centre);  // Of a centre's exams officer.

// "candidate,mark,assessor" with `count` candidates C0001… and marks that rise and wrap.
std::string MarksCsv(int count);
int MarkOf(int index);  // The mark of candidate number `index` (from 1) in MarksCsv.

std::string SubmissionOf(const std::string& centre);  // Its resource name.

}  // namespace assay::e2e
