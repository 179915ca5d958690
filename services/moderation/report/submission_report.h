// What a submission's report shows, and the page made of it (MOD-6, MOD-9, MOD-12).
//
// The report shows what it is given and nothing else: whoever fills it leaves out what its reader
// must not learn yet, and says with `reader` and `decided` why a part is not there.
//
// Example:
//   SubmissionReport report{.reader = Reader::kOffice, …};
//   return RenderSubmissionReport(report);
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "services/moderation/model.h"
#include "services/moderation/report/coverage.h"

namespace assay::moderation {

enum class Reader {
  kOffice,     // The awarding body: everything.
  kModerator,  // Own marks, and the centre's only beside them.
  kCentre,     // What is released; before that the stage and the coverage.
};

// A candidate with both marks.
struct ReportPair {
  std::string candidate;
  Stage stage = Stage::kSample;
  Mark centre = 0;
  Mark moderator = 0;
};

struct ReportJudgement {
  std::int64_t number = 0;
  absl::Time time;
  std::string outcome;      // "Adjusted"
  std::string explanation;  // A sentence.
  std::int64_t judged = 0;
  std::int64_t inside = 0;
  double mean_difference = 0;  // Centre less moderator, in marks.
  std::optional<double> rank_correlation;
};

// What the sample can and cannot show (MOD-6).
struct ReportPower {
  struct Detection {
    double rate_percent = 0;
    double probability = 0;
  };
  std::int64_t pool = 0;
  std::int64_t size = 0;
  std::vector<Detection> detections;
  std::int64_t clean_upper_bound = 0;  // At 95 % confidence.
};

struct ReportSample {
  bool is_void = false;
  absl::Time draw_time;
  std::string sampling_policy;  // "pearson-2026@1"
  std::string tolerance_policy;
  std::string adjustment_policy;
  Mark tolerance = 0;
  std::int64_t ladder_size = 0;
  std::int64_t drawn = 0;
  std::int64_t due = 0;          // To be marked by the moderator up to the stage that is due …
  std::int64_t outstanding = 0;  // … and not marked.
  Coverage coverage;
  bool show_mark_ranges = true;  // They tell how the centre's marks lie.
  std::vector<std::string> gaps;
  ReportPower power;
};

// The line of an adjustment: moderator's mark = intercept + slope x centre's mark.
struct ReportLine {
  double intercept = 0;
  double slope = 1;
  double residual_spread = 0;
};

struct SubmissionReport {
  Reader reader = Reader::kOffice;
  absl::Time now;
  std::string series_title;
  std::optional<absl::Time> marks_due;
  std::string component_title;
  MarkScale scale;
  Submission submission;
  std::string moderator;  // Title; empty: none, or not for this reader.
  std::optional<ReportSample> sample;
  bool pairs_shown = false;       // For this reader, now.
  std::vector<ReportPair> pairs;  // In the order of candidates.
  bool results_shown = false;
  // How often a centre's mark became a final mark, over the whole cohort.
  struct Change {
    Mark before = 0;
    Mark after = 0;
    std::int64_t count = 0;
    bool adjusted = false;  // By the adjustment, and not for another reason.
  };
  std::vector<Change> changes;  // Ascending by `before`, then `after`.
  std::optional<ReportLine> line;
  std::vector<ReportJudgement> judgements;  // Oldest first.
  std::optional<Feedback> feedback;
};

inline constexpr std::size_t kReportPairsMax = 5000;  // More are not drawn, and the page says so.
inline constexpr std::size_t kReportRowsMax = 1000;   // Of one table.

std::string RenderSubmissionReport(const SubmissionReport& report);

// "2 June 2026, 14:05 UTC"
std::string TimeText(absl::Time time);

}  // namespace assay::moderation
