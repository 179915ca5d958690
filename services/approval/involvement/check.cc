#include "services/approval/involvement/check.h"

#include <algorithm>
#include <array>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"

namespace assay::approval {
namespace {

// Sessions of co-delivery that together make up the activity (EI-6).
constexpr int kSessionsNeeded = 2;

absl::string_view View(std::string_view text) { return {text.data(), text.size()}; }

// Published with and without a leading zero: "04.2" is "4.2".
std::string_view Bare(std::string_view sector) {
  return sector.size() > 1 && sector[0] == '0' ? sector.substr(1) : sector;
}

// "15" covers "15", "15.1" and "15.2"; and "15.1" lies within "15".
bool Covers(std::string_view wide, std::string_view narrow) {
  wide = Bare(wide);
  narrow = Bare(narrow);
  return narrow.substr(0, wide.size()) == wide &&
         (narrow.size() == wide.size() || narrow[wide.size()] == '.');
}

// EI-3
bool SectorsFit(const std::vector<std::string>& qualification,
                const std::vector<std::string>& employer) {
  for (const std::string& q : qualification) {
    for (const std::string& e : employer) {
      if (Covers(q, e) || Covers(e, q)) return true;
    }
  }
  return false;
}

// It has been, for this learner: in full, or as a recording.
bool IsDone(Participation participation) {
  return participation == Participation::kCompleted || participation == Participation::kContingency;
}

// What is said of one activity once, whoever the learner.
struct Standing {
  bool creditable = true;  // Someone who completes it live gets credit …
  bool plannable = true;   // … or would, once what it lacks is entered.
  std::string rule;
  std::string why_not;
  std::string repair;  // Empty: there is none.
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
    last_listed_.assign(planner.learners.size(), -1);
    standings_.reserve(planner.activities.size());
    for (std::size_t i = 0; i < planner.activities.size(); ++i) {
      standings_.push_back(StandingOf(planner.activities[i], absl::StrCat("activities[", i, "]")));
    }
  }

  std::vector<InvolvementFinding> TakeFindings() { return std::move(findings_); }

  std::vector<LearnerCheck> Learners() {
    std::vector<LearnerCheck> checks(planner_.learners.size());
    tallies_.assign(planner_.learners.size(), {});
    for (std::size_t i = 0; i < checks.size(); ++i) {
      checks[i].learner = static_cast<int>(i);
      checks[i].credits.reserve(planner_.activities.size());
    }
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
    int lost = -1;             // An activity that was done, and would count if it were mended.
  };

  void Find(std::string_view rule, std::string_view kind, std::string place, std::string message,
            bool refused = false) {
    findings_.push_back(
        {std::string(rule), std::string(kind), std::move(place), std::move(message), refused});
  }

  Standing StandingOf(const Activity& activity, const std::string& place) {
    Standing standing;
    bool done = false;
    for (const Attendance& attendance : activity.learners) done |= IsDone(attendance.participation);
    if (IsMeaningful(activity.kind)) {
      CheckPractitioner(activity, place, done, standing);
      CheckFramework(activity, place, standing);
    } else {
      Fail(standing, "EI-4",
           absl::StrCat("a ", View(NameOf(activity.kind)),
                        " never counts: ", View(WhyNotMeaningful(activity.kind))),
           "");
    }
    if (activity.mode == Mode::kRecorded && activity.claimed_live) {
      Find("EI-7", "RECORDING_CLAIMED_AS_LIVE", place + ".mode",
           "a recording is not live; enter it as the contingency of those who were absent", true);
    }
    CheckDays(activity, place, done, standing);
    CheckAttendance(activity, place);
    return standing;
  }

  // The first reason is enough; `yet`: it may still be entered, so that a plan can rely on it.
  static void Fail(Standing& standing, std::string_view rule, std::string why, std::string repair,
                   bool yet = false) {
    if (!yet) standing.plannable = false;
    if (!standing.creditable) return;
    standing.creditable = false;
    standing.rule = rule;
    standing.why_not = std::move(why);
    standing.repair = std::move(repair);
  }

  // EI-2, EI-3: whoever is left out cannot be of the sector.
  void CheckPractitioner(const Activity& activity, const std::string& place, bool done,
                         Standing& standing) {
    if (LacksPractitioner(activity)) {
      Fail(standing, "EI-2", "no employer or practitioner is named",
           absl::StrCat("name the employer or practitioner of activity ", activity.id), true);
      if (!done) return;
      Find("EI-2", "PRACTITIONER_MISSING", place + ".practitioner",
           "learners took part and nobody is named with whom; it yields no credit until the "
           "employer "
           "or practitioner is entered");
      return;
    }
    if (frame_.sectors.empty()) {
      Fail(standing, "EI-3", "the qualification states no sector that an employer could be of",
           "ask the awarding body to enter the sectors of the qualification");
      if (std::exchange(sector_told_, true)) return;
      Find(
          "EI-3", "QUALIFICATION_SECTOR_UNKNOWN", place + ".practitioner.sectors",
          "the qualification states no sector subject area, so that no employer can be shown to be "
          "relevant; the awarding body enters it in its catalogue");
      return;
    }
    if (SectorsFit(frame_.sectors, activity.practitioner->sectors)) return;
    Fail(standing, "EI-3", "the employer is of another sector than the qualification",
         absl::StrCat("enter the sectors of the employer of activity ", activity.id,
                      ", or arrange an activity with one of the qualification's sector"));
    Find("EI-3", "EMPLOYER_OUTSIDE_SECTOR", place + ".practitioner.sectors",
         absl::StrCat(activity.practitioner->employer,
                      " is of another sector than the qualification; its activity yields no "
                      "credit"));
  }

  void CheckFramework(const Activity& activity, const std::string& place, Standing& standing) {
    if (activity.kind != ActivityKind::kExpertWitness || HasText(activity.framework)) return;
    Fail(standing, "EI-2", "no framework of assessment is stated",
         absl::StrCat("state the framework of assessment of activity ", activity.id));
    Find("EI-2", "FRAMEWORK_MISSING", place + ".framework",
         "an expert witness works inside a stated framework of assessment; state it");
  }

  void CheckDays(const Activity& activity, const std::string& place, bool done,
                 Standing& standing) {
    if (!activity.day.has_value()) {
      Fail(standing, "EI-13", "it has no day, so that it is not shown to lie in the series",
           absl::StrCat("enter the day of activity ", activity.id), true);
      if (!done) return;
      Find("EI-13", "ACTIVITY_UNDATED", place + ".day",
           "learners took part and no day says when; it yields no credit until the day is entered");
      return;
    }
    const absl::CivilDay end = *EndOf(activity);
    const std::string last = place + (activity.last_day.has_value() ? ".last_day" : ".day");
    if (end < *activity.day) {
      Fail(standing, "EI-13", "it ends before it begins", "");
      Find("EI-13", "ACTIVITY_DAYS_REVERSED", last, "the last day is before the first", true);
    }
    CheckWithinSeries(*activity.day, place + ".day", standing);
    if (end != *activity.day) CheckWithinSeries(end, last, standing);
    if (end > frame_.today) {
      Fail(standing, "EI-5", "it is not over yet",
           absl::StrCat("wait for activity ", activity.id, " to end"), true);
      if (!done) return;
      Find("EI-5", "COMPLETED_TOO_EARLY", last,
           absl::StrCat("it ends on ", absl::FormatCivilTime(end), ", after today, ",
                        absl::FormatCivilTime(frame_.today),
                        "; until then learners are entered as planned"),
           true);
    }
  }

  void CheckWithinSeries(absl::CivilDay day, const std::string& place, Standing& standing) {
    if (day >= frame_.first_day && day <= frame_.last_day) return;
    Fail(standing, "EI-13", "it lies outside the series", "");
    Find("EI-13", "ACTIVITY_OUTSIDE_SERIES", place,
         absl::StrCat("the day ", absl::FormatCivilTime(day), " is not within ",
                      absl::FormatCivilTime(frame_.first_day), " to ",
                      absl::FormatCivilTime(frame_.last_day)),
         true);
  }

  void CheckAttendance(const Activity& activity, const std::string& place) {
    const int index = static_cast<int>(attending_.size());
    std::vector<int>& who = attending_.emplace_back(activity.learners.size(), -1);
    for (std::size_t i = 0; i < activity.learners.size(); ++i) {
      const Attendance& attendance = activity.learners[i];
      const auto where = [&] { return absl::StrCat(place, ".attendances[", i, "]"); };
      const auto found = by_enrolment_.find(attendance.enrolment);
      if (found == by_enrolment_.end()) {
        Find("EI-8", "LEARNER_UNKNOWN", where() + ".enrolment",
             absl::StrCat(attendance.enrolment, " is not among the planner's learners"), true);
      } else if (std::exchange(last_listed_[found->second], index) == index) {
        Find("EI-8", "LEARNER_TWICE", where() + ".enrolment",
             absl::StrCat(attendance.enrolment, " is listed twice for the activity"), true);
      } else {
        who[i] = found->second;
      }
      if (attendance.participation == Participation::kContingency && !HasText(attendance.reason)) {
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
    for (std::size_t i = 0; i < activity.learners.size(); ++i) {
      const Attendance& attendance = activity.learners[i];
      const int learner = attending_[index][i];
      if (learner < 0) continue;
      Tally& tally = tallies_[learner];
      Credit credit{.activity = index};
      const auto explain = [&](std::string_view rule, std::string_view why) {
        credit.rule = rule;
        credit.why = why;
      };
      const bool recording = activity.mode == Mode::kRecorded;
      const bool done = IsDone(attendance.participation);
      if (!standing.plannable || (done && !standing.creditable)) {
        explain(standing.rule, standing.why_not);
        if (done && tally.lost < 0 && !standing.repair.empty()) tally.lost = index;
      } else if (attendance.participation == Participation::kCompleted && !recording) {
        credit.counts = true;
        explain(session ? "EI-6" : "EI-5", session ? "one session of co-delivery" : "fully met");
        tally.live.Add(session);
      } else if (attendance.participation == Participation::kPlanned && !recording) {
        explain("EI-5", "still to come");
        tally.planned.Add(session);
      } else if (attendance.participation == Participation::kContingency &&
                 HasText(attendance.reason)) {
        credit.referable = true;
        explain("EI-7", "a recording, in place of what was missed");
        tally.recorded.Add(session);
      } else if (recording || attendance.participation == Participation::kContingency) {
        explain("EI-7", "a recording counts only as contingency, with its reason");
        tally.unexplained = true;
      } else {
        explain("EI-5", attendance.participation == Participation::kAbsent ? "was absent"
                                                                           : "not fully met");
      }
      checks[learner].credits.push_back(std::move(credit));
    }
  }

  static Involvement OutcomeOf(const Count& live, const Count& recorded) {
    if (live.Meets()) return Involvement::kMet;
    return (live + recorded).Meets() ? Involvement::kReferred : Involvement::kNotMet;
  }

  void Conclude(const Tally& tally, LearnerCheck& check) const {
    check.outcome = OutcomeOf(tally.live, tally.recorded);
    check.prospect = OutcomeOf(tally.live + tally.planned, tally.recorded);
    if (check.outcome == Involvement::kMet) {
      check.rule = tally.live.other > 0 ? "EI-5" : "EI-6";
    } else if (check.outcome == Involvement::kReferred) {
      check.rule = "EI-7";
      check.repair =
          "only recordings make it up: ask the quality team, or let the learner take part in "
          "something live";
    } else if (tally.lost >= 0) {
      check.rule = standings_[tally.lost].rule;
      check.repair = standings_[tally.lost].repair;
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
  std::vector<std::vector<int>> attending_;  // By activity: each attendance's learner, or -1.
  std::vector<int> last_listed_;             // By learner: the last activity that lists them.
  std::vector<Tally> tallies_;
  std::vector<InvolvementFinding> findings_;
  bool sector_told_ = false;  // It is the same for every activity.
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
    if (LacksPractitioner(activity) && !HasText(activity.source)) {
      find("EI-10", "PRACTITIONER_SOURCE_MISSING", place + ".source",
           "say who comes, or where a practitioner is to come from");
    }
    if (!HasText(activity.contingency)) {
      find("EI-7", "CONTINGENCY_MISSING", place + ".contingency",
           "say what learners get who are absent");
    }
  }
  plan.complete = plan.findings.empty() && plan.unreached.empty();
  return plan;
}

std::string OpenPointsOf(const PlanCheck& plan) {
  constexpr std::size_t kNamed = 3;
  std::vector<std::string> points;
  for (std::size_t i = 0; i < std::min(kNamed, plan.findings.size()); ++i) {
    const InvolvementFinding& finding = plan.findings[i];
    points.push_back(absl::StrCat(finding.place, ": ", finding.kind, " (", finding.rule, ")"));
  }
  if (plan.findings.size() > kNamed) {
    points.push_back(absl::StrCat(plan.findings.size() - kNamed, " more findings"));
  }
  if (!plan.unreached.empty()) {
    points.push_back(absl::StrCat(plan.unreached.size(), " learners whom no plan reaches (EI-10)"));
  }
  return absl::StrJoin(points, "; ");
}

std::vector<bool> ActivitiesThatCount(const Planner& planner, const InvolvementCheck& check) {
  std::vector<bool> counts(planner.activities.size());
  for (const LearnerCheck& learner : check.learners) {
    for (const Credit& credit : learner.credits) {
      if (credit.counts || credit.referable) counts[credit.activity] = true;
    }
  }
  return counts;
}

}  // namespace assay::approval
