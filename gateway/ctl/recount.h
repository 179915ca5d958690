// Counts what a journey over real files must come to, from the files alone.
//
// Shares no code with the preparation of the journey (journey_data) or with the services:
// it reads lines and splits them itself, so that a fault in one does not hide in the other.
#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace assay::gateway::ctl {

struct EstablishmentCount {
  std::int64_t rows = 0;
  std::int64_t closed = 0;  // ICLOSE is 2.
};
absl::StatusOr<EstablishmentCount> RecountEstablishments(const std::string& path);

struct SchoolCount {
  int candidates = 0;
  int marks = 0;
  int missing() const { return candidates - marks; }
};
// By school number.
absl::StatusOr<std::map<std::string, SchoolCount>> RecountSchools(const std::string& path);

// Essay → the marks of rater 1 and rater 2, of one set.
absl::StatusOr<std::map<int, std::pair<int, int>>> RecountDoubleMarked(const std::string& path,
                                                                       std::string_view set);

// MOD-2, the ladder pearson-2026: how many of a pool are drawn.
int PearsonLadder(int pool);

}  // namespace assay::gateway::ctl
