// What a journey over real files came to, and whether it is what the files say.
#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "gateway/ctl/json_view.h"
#include "gateway/ctl/recount.h"
#include "gateway/ctl/text_table.h"

namespace assay::gateway::ctl {

// One school whose coursework came in.
struct SchoolOutcome {
  std::string urn = {};
  std::string title = {};
  int candidates = 0;
  int marked = 0;
  int missing = 0;
  int refused = 0;
  int pool = 0;
  int ladder = 0;
  int drawn = 0;
};

// One cohort of scripts that was moderated.
struct CohortOutcome {
  std::string urn = {};
  std::string title = {};
  int candidates = 0;
  int refused = 0;
  int pool = 0;
  int ladder = 0;
  int drawn = 0;
  int rounds = 0;
  int judged = 0;
  int in_tolerance = 0;
  std::string action = {};  // "ACTION_MARKS_STAND"
  std::string explanation = {};
  std::vector<std::string> judged_candidates = {};
  std::vector<Json> results = {};
};

struct RealOutcome {
  Json register_import = {};
  std::vector<SchoolOutcome> schools = {};
  std::vector<CohortOutcome> cohorts = {};
};

struct FileRecount {
  EstablishmentCount establishments;
  std::map<std::string, SchoolCount> schools;
  std::map<int, std::pair<int, int>> essays;  // → rater 1, rater 2
};

// One statement that was recounted.
struct Recounted {
  std::string what = {};
  std::string expected = {};
  std::string got = {};
  bool agrees() const { return expected == got; }
};

// Tolerance of a mark in marks, whole: |rater 1 - rater 2| at most this is in tolerance.
std::vector<Recounted> CompareWithFiles(const RealOutcome& outcome, const FileRecount& files,
                                        int tolerance, int cohort_size);

// In, refused, missing, drawn, judged, in tolerance, adjusted, called in: one row a stage.
TextTable StageTable(const RealOutcome& outcome);
Json StageFigures(const RealOutcome& outcome);

}  // namespace assay::gateway::ctl
