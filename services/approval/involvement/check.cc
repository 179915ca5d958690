#include "services/approval/involvement/check.h"

#include <algorithm>
#include <array>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace assay::approval {
namespace {

// Sessions of co-delivery that together make up the activity (EI-6).
constexpr int kSessionsNeeded = 2;

absl::string_view View(std::string_view text) { return {text.data(), text.size()}; }

// "15" covers "15", "15.1" and "15.2"; and "15.1" lies within "15".
bool Covers(std::string_view wide, std::string_view narrow) {
  return narrow.substr(0, wide.size()) == wide &&
         (narrow.size() == wide.size() || narrow[wide.size()] == '.');
}

// EI-3
bool SectorsFit(const std::vector<std::string>& qualification,
                const std::vector<std::string>& employer) {
  if (qualification.empty()) return true;
  for (const std::string& q : qualification) {
    for (const std::string& e : employer) {
      if (Covers(q, e) || Covers(e, q)) return true;
    }
  }
  return false;
}

// What is said of one activity once, whoever the learner.
struct Standing {
  bool creditable = false;  // Someone who completes it live gets credit.
  std::string rule;
  std::string why_not;
};

class Checker {
 public:
  Checker(const Planner& planner, const InvolvementFrame& frame)
      : planner_(planner), frame_(frame) {
    for (std::size_t i = 0; i < planner.learners.size(); ++i) {
      const Learner& learner = planner.learners[i];
      if (!by_enrolment_.emplace(learner.enrolment, static_cast<int>(i)).second) {
        Find("EI-8", "ENROLMENT_DUPLICATE", absl::StrCat("learners[", i, "].enrolment"),
             absl::StrCat("enrolment number ", learner.enrolment, " is given twice"), true);
      }
    }
    standings_.reserve(planner.activities.size());
    for (std::size_t i = 0; i < planner.activities.size(); ++i) {
      standings_.push_back(StandingOf(planner.activities[i], absl::StrCat("activities[", i, "]")));
    }
  }

  std::vector<InvolvementFinding> TakeFindings() { return std::move(findings_); }

  // `all_planned`: as if everything that is still planned were completed.
  std::vector<LearnerCheck> Learners() {
    std::vector<LearnerCheck> checks(planner_.learners.size());
    tallies_.assign(planner_.learners.size(), {});
    for (std::size_t i = 0; i < checks.size(); ++i) checks[i].learner = static_cast<int>(i);
    for (std::size_t a = 0; a < planner_.activities.size(); ++a)
      Attend(static_cast<int>(a), checks);
    for (std::size_t i = 0; i < checks.size(); ++i) Conclude(tallies_[i], checks[i]);
    return checks;
  }

 private:
  // What a learner has had of something, or would have.
  struct Count {
    int other = 0;     // Activities of another kind than sessions of co-delivery.
    int sessions = 0;  // Single sessions of co-delivery.

    bool Meets() const { return other > 0 || sessions >= kSessionsNeeded; }  // EI-5, EI-6
    Count operator+(const Count& more) const {
      return {other + more.other, sessions + more.sessions};
    }
    void Add(bool session) { ++(session ? sessions : other); }
  };
  struct Tally {
    Count live;
    Count recorded;  // As contingency, with a reason.
    Count planned;
    bool unexplained = false;  // Has a recording that was not explained.
  };

  void Find(std::string_view rule, std::string_view kind, std::string place, std::string message,
            bool refused = false) {
    findings_.push_back(
        {std::string(rule), std::string(kind), std::move(place), std::move(message), refused});
  }

  Standing StandingOf(const Activity& activity, const std::string& place) {
    Standing standing{.creditable = true};
    const auto fail = [&](std::string_view rule, std::string why) {
      if (!standing.creditable) return;  // The first reason is enough.
      standing = {false, std::string(rule), std::move(why)};
    };
    if (!IsMeaningful(activity.kind)) {
      fail("EI-4", absl::StrCat("a ", View(NameOf(activity.kind)),
                                " never counts: ", View(WhyNotMeaningful(activity.kind))));
    }
    if (activity.practitioner.has_value() && IsMeaningful(activity.kind) &&
        !SectorsFit(frame_.sectors, activity.practitioner->sectors)) {
      fail("EI-3", "the employer is of another sector than the qualification");
      Find("EI-3", "EMPLOYER_OUTSIDE_SECTOR", place + ".practitioner.sectors",
           absl::StrCat(activity.practitioner->employer,
                        " is of another sector than the qualification; its activity yields no "
                        "credit"));
    }
    if (activity.kind == ActivityKind::kExpertWitness && activity.framework.empty()) {
      fail("EI-2", "no framework of assessment is stated");
      Find("EI-2", "FRAMEWORK_MISSING", place + ".framework",
           "an expert witness works inside a stated framework of assessment; state it");
    }
    if (activity.mode == Mode::kRecorded && activity.claimed_live) {
      Find("EI-7", "RECORDING_CLAIMED_AS_LIVE", place + ".mode",
           "a recording is not live; enter it as the contingency of those who were absent", true);
    }
    if (activity.day.has_value() &&
        (*activity.day < frame_.first_day || *activity.day > frame_.last_day)) {
      fail("EI-13", "it lies outside the series");
      Find("EI-13", "ACTIVITY_OUTSIDE_SERIES", place + ".day",
           absl::StrCat("the day ", absl::FormatCivilTime(*activity.day), " is not within ",
                        absl::FormatCivilTime(frame_.first_day), " to ",
                        absl::FormatCivilTime(frame_.last_day)),
           true);
    }
    CheckAttendance(activity, place);
    return standing;
  }

  void CheckAttendance(const Activity& activity, const std::string& place) {
    absl::flat_hash_set<std::string_view> seen;
    for (std::size_t i = 0; i < activity.learners.size(); ++i) {
      const Attendance& attendance = activity.learners[i];
      const auto where = [&] { return absl::StrCat(place, ".learners[", i, "]"); };
      if (!by_enrolment_.contains(attendance.enrolment)) {
        Find("EI-8", "LEARNER_UNKNOWN", where() + ".enrolment",
             absl::StrCat(attendance.enrolment, " is not among the planner's learners"), true);
      }
      if (!seen.insert(attendance.enrolment).second) {
        Find("EI-8", "LEARNER_TWICE", where() + ".enrolment",
             absl::StrCat(attendance.enrolment, " is listed twice for the activity"), true);
      }
      if (attendance.participation == Participation::kContingency && attendance.reason.empty()) {
        Find("EI-7", "CONTINGENCY_UNEXPLAINED", where() + ".reason",
             absl::StrCat("why did ", attendance.enrolment, " need the recording?"));
      }
      if (activity.mode == Mode::kRecorded &&
          attendance.participation == Participation::kCompleted) {
        Find("EI-7", "RECORDING_NOT_CONTINGENCY", where() + ".participation",
             absl::StrCat("a recording counts for ", attendance.enrolment,
                          " only as contingency, with its reason"));
      }
    }
  }

  void Attend(int index, std::vector<LearnerCheck>& checks) {
    const Activity& activity = planner_.activities[index];
    const Standing& standing = standings_[index];
    const bool session = activity.kind == ActivityKind::kCoDelivery && !activity.whole_unit;
    for (const Attendance& attendance : activity.learners) {
      const auto found = by_enrolment_.find(attendance.enrolment);
      if (found == by_enrolment_.end()) continue;
      Tally& tally = tallies_[found->second];
      Credit credit{.activity = index};
      const auto explain = [&](std::string_view rule, std::string_view why) {
        credit.rule = rule;
        credit.why = why;
      };
      const bool recording = activity.mode == Mode::kRecorded;
      if (!standing.creditable) {
        explain(standing.rule, standing.why_not);
      } else if (attendance.participation == Participation::kCompleted && !recording) {
        credit.counts = true;
        explain(session ? "EI-6" : "EI-5", session ? "one session of co-delivery" : "fully met");
        tally.live.Add(session);
      } else if (attendance.participation == Participation::kPlanned && !recording) {
        explain("EI-5", "still to come");
        tally.planned.Add(session);
      } else if (attendance.participation == Participation::kContingency &&
                 !attendance.reason.empty()) {
        explain("EI-7", "a recording, in place of what was missed");
        tally.recorded.Add(session);
      } else if (recording || attendance.participation == Participation::kContingency) {
        explain("EI-7", "a recording counts only as contingency, with its reason");
        tally.unexplained = true;
      } else {
        explain("EI-5", attendance.participation == Participation::kAbsent ? "was absent"
                                                                           : "not fully met");
      }
      checks[found->second].credits.push_back(std::move(credit));
    }
  }

  static Involvement OutcomeOf(const Count& live, const Count& recorded) {
    if (live.Meets()) return Involvement::kMet;
    return (live + recorded).Meets() ? Involvement::kReferred : Involvement::kNotMet;
  }

  static void Conclude(const Tally& tally, LearnerCheck& check) {
    check.outcome = OutcomeOf(tally.live, tally.recorded);
    check.prospect = OutcomeOf(tally.live + tally.planned, tally.recorded);
    if (check.outcome == Involvement::kMet) {
      check.rule = tally.live.other > 0 ? "EI-5" : "EI-6";
    } else if (check.outcome == Involvement::kReferred) {
      check.rule = "EI-7";
      check.repair =
          "only recordings make it up: ask the quality team, or let the learner take part in "
          "something live";
    } else if (tally.live.sessions > 0) {
      check.rule = "EI-6";
      check.repair =
          "one session of co-delivery is not enough: a second one, or an activity of "
          "another kind";
    } else if (tally.unexplained) {
      check.rule = "EI-7";
      check.repair = "say why the learner had a recording, or arrange something live";
    } else {
      check.rule = "EI-5";
      check.repair = check.prospect == Involvement::kMet
                         ? "complete what is planned"
                         : "one meaningful activity, completed in full";
    }
  }

  const Planner& planner_;
  const InvolvementFrame& frame_;
  absl::flat_hash_map<std::string_view, int> by_enrolment_;
  std::vector<Standing> standings_;
  std::vector<Tally> tallies_;
  std::vector<InvolvementFinding> findings_;
};

}  // namespace

std::string_view NameOf(Involvement involvement) {
  constexpr std::array<std::string_view, 3> kNames = {"not met", "referred", "met"};
  return kNames[static_cast<int>(involvement)];
}

InvolvementCheck CheckInvolvement(const Planner& planner, const InvolvementFrame& frame) {
  Checker checker(planner, frame);
  InvolvementCheck check;
  check.learners = checker.Learners();
  check.findings = checker.TakeFindings();
  for (const LearnerCheck& learner : check.learners) {
    ++(learner.outcome == Involvement::kMet        ? check.met
       : learner.outcome == Involvement::kReferred ? check.referred
                                                   : check.not_met);
  }
  std::stable_sort(
      check.learners.begin(), check.learners.end(),
      [](const LearnerCheck& a, const LearnerCheck& b) { return a.outcome < b.outcome; });
  return check;
}

PlanCheck CheckPlan(const Planner& planner, const InvolvementFrame& frame) {
  Checker checker(planner, frame);
  PlanCheck plan;
  for (const LearnerCheck& learner : checker.Learners()) {
    if (learner.prospect != Involvement::kMet) plan.unreached.push_back(learner.learner);
  }
  plan.findings = checker.TakeFindings();
  const auto find = [&](std::string_view rule, std::string_view kind, std::string place,
                        std::string message) {
    plan.findings.push_back(
        {std::string(rule), std::string(kind), std::move(place), std::move(message)});
  };
  if (planner.learners.empty()) {
    find("EI-10", "LEARNERS_MISSING", "learners", "a plan names the learners whom it reaches");
  }
  for (std::size_t i = 0; i < planner.activities.size(); ++i) {
    const Activity& activity = planner.activities[i];
    if (!IsMeaningful(activity.kind)) continue;
    const std::string place = absl::StrCat("activities[", i, "]");
    if (!activity.practitioner.has_value() && activity.source.empty()) {
      find("EI-10", "PRACTITIONER_SOURCE_MISSING", place + ".source",
           "say who comes, or where a practitioner is to come from");
    }
    if (activity.contingency.empty()) {
      find("EI-7", "CONTINGENCY_MISSING", place + ".contingency",
           "say what learners get who are absent");
    }
  }
  plan.complete = plan.findings.empty() && plan.unreached.empty();
  return plan;
}

std::vector<bool> ActivitiesThatCount(const Planner& planner, const InvolvementCheck& check) {
  std::vector<bool> counts(planner.activities.size());
  for (const LearnerCheck& learner : check.learners) {
    for (const Credit& credit : learner.credits) {
      if (credit.counts || credit.rule == "EI-7") counts[credit.activity] = true;
    }
  }
  return counts;
}

}  // namespace assay::approval
