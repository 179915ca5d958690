// A series at a glance: what is missing and who is late first, then every stage and component.
//
// The numbers come counted from storage; nothing here grows with the number of submissions.
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "services/moderation/model.h"

namespace assay::moderation {

struct StageCounts {
  std::array<std::int64_t, kStates> submissions{};  // By State.
  std::int64_t candidates = 0;
  std::int64_t marked = 0;
  std::int64_t missing = 0;         // Marks that centres still owe.
  std::int64_t cohort_changed = 0;  // Their samples are void.
  std::int64_t submitted_late = 0;  // After marks were due.

  std::int64_t total() const;
  void Add(const StageCounts& other);
};

struct SeriesReport {
  bool whole = true;  // Of the awarding body; else only the submissions its reader reaches.
  absl::Time now;
  Series series;
  struct ComponentRow {
    std::string id;
    std::string title;
    StageCounts counts;
  };
  std::vector<ComponentRow> components;  // In the order of ids.
  bool more_components = false;          // Than are listed.
  struct Open {
    std::string centre;
    std::string component;
    std::int64_t candidates = 0;
    std::int64_t missing = 0;
  };
  std::vector<Open> open;  // Most missing marks first; not all of them.
  struct Waiting {
    std::string centre;
    std::string component;
    State state = State::kSubmitted;
    absl::Time since;  // Submitted.
  };
  std::vector<Waiting> waiting;  // Longest first; not all of them.
  struct ModeratorRow {
    std::string title;
    std::int64_t submissions = 0;
    absl::Time oldest;  // Submitted.
  };
  std::vector<ModeratorRow> moderators;  // Most submissions first; empty: not for this reader.
};

std::string RenderSeriesReport(const SeriesReport& report);

}  // namespace assay::moderation
