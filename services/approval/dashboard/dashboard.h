// A centre's dashboard as a page that people look at and print: what is missing first, what is due,
// which learners have employer involvement from which activities (EI-15), approvals, and how the
// awarding body stands to the centre.
//
// Pure: the facts come in, HTML comes out. No script; every chart is a table of words, so that it
// reads in greyscale and aloud.
#pragma once
#include <cstdint>
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
  struct Approval {
    QualificationApproval approval;
    std::string title;           // Of the qualification.
    bool planner_asked = false;  // EI-1
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
  };

  absl::CivilDay today;
  Centre centre;
  std::vector<std::string> limits;  // What a sanction or condition does, in words.
  std::string risk;                 // "low"; empty: never evaluated.
  std::optional<absl::CivilDay> next_review;
  std::vector<Due> due;
  std::vector<Approval> approvals;
  std::vector<Coverage> planners;
  std::int64_t learners = 0;  // Registered and not withdrawn.
};

inline constexpr int kMatrixLearnersMax = 300;
inline constexpr int kMatrixActivitiesMax = 12;  // More go into further tables.

std::string RenderDashboard(const CentreDashboard& dashboard);

// What one cell of the matrix says: "counts", "no credit", "planned", "absent", … ; "" if the
// learner has no part in the activity.
std::string CellOf(const Planner& planner, const LearnerCheck& learner, int activity);

}  // namespace assay::approval
