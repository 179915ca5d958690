// A centre's dashboard as a page that people look at and print: its status, what is missing first,
// what is due, conditions and sanctions, which learners have employer involvement from which
// activities (EI-15), approvals, and how the awarding body knows the centre.
//
// Pure: the facts come in, HTML comes out. What is missing is about everything; lists and matrices
// are cut, and say how much more there is and where. No script; every chart is a table of words, so
// that it reads in greyscale and aloud.
#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/civil_time.h"
#include "services/approval/involvement/check.h"
#include "services/approval/model.h"

namespace assay::approval {

struct CentreDashboard {
  // Something with a day by which somebody acts.
  struct Due {
    absl::CivilDay day;
    std::string what;
    std::string who;    // "centre", "awarding body"
    std::string where;  // Resource name.
  };
  // A condition or sanction on the centre or on one of its qualification approvals (QUAL-9).
  struct Limit {
    std::string kind;   // "sanction"
    std::string title;  // Of its level.
    std::string on;     // " in 9001-03"; "" on the whole centre.
    std::string stops;  // What it does, in words: "Registrations are stopped"; "" for nothing.
    absl::CivilDay from;
    std::optional<absl::CivilDay> until;  // First day no longer in force.
    std::string reason;
    std::string where;  // Resource name.
    bool in_force = true;
  };
  struct Approval {
    QualificationApproval approval;
    std::string title;  // Of the qualification.
  };
  // Learners of a planner without a met requirement (EI-15).
  struct Gap {
    std::string planner;  // Resource name.
    std::string title;    // Of the qualification.
    std::int64_t learners = 0;
    std::int64_t not_met = 0;
    std::int64_t referred = 0;  // And not decided (EI-7).
  };
  struct Coverage {
    std::string planner;  // Resource name.
    std::string title;    // Of the qualification.
    std::string state;
    absl::CivilDay first_day;
    absl::CivilDay last_day;
    absl::CivilDay deadline;
    Planner document;
    InvolvementCheck check;
    std::map<std::string, bool> decisions;  // On referred learners, by enrolment number (EI-7).
    Gap gap;                                // With the decisions.
  };

  absl::CivilDay today;
  Centre centre;
  std::vector<Limit> limits;
  std::int64_t limits_more = 0;  // Not among them.
  std::string risk;              // "low"; empty: never evaluated.
  std::optional<absl::CivilDay> next_review;
  std::vector<Due> due;        // The first ones.
  std::int64_t due_count = 0;  // Of all.
  std::int64_t due_overdue = 0;
  std::vector<Approval> approvals;     // The first ones, in force first.
  std::int64_t approvals_count = 0;    // Of all.
  std::vector<std::string> unplanned;  // Titles that ask for a planner and have none now (EI-1).
  std::vector<Gap> gaps;               // Of all planners that are not over.
  std::int64_t past_gaps = 0;          // Learners of those that are over.
  std::vector<Coverage> planners;      // Those with a matrix.
  std::int64_t planners_count = 0;     // Of all.
  std::int64_t learners = 0;           // Registered and not withdrawn.
};

inline constexpr int kDueShown = 200;
inline constexpr int kMissingShown = 50;  // Of one kind.
inline constexpr int kMatrixLearnersMax = 300;
inline constexpr int kMatrixActivitiesMax = 12;  // More go into further tables.
// Rows of all matrices of a page together, so that it stays one that a browser opens.
inline constexpr int kMatrixRowsMax = 6000;

std::string RenderDashboard(const CentreDashboard& dashboard);

}  // namespace assay::approval
