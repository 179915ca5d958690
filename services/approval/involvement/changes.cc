#include "services/approval/involvement/changes.h"

#include <algorithm>
#include <map>
#include <optional>
#include <string_view>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/string_view.h"

namespace assay::approval {
namespace {

// A longer text is told by its length: it stands whole in both versions, and half a name could not
// be erased from here.
constexpr std::size_t kQuotedMax = 200;
constexpr std::size_t kNamedMax = 20;  // Learners or pieces of evidence in a line.

absl::string_view View(std::string_view text) { return {text.data(), text.size()}; }

std::string DayOf(const std::optional<absl::CivilDay>& day) {
  return day.has_value() ? absl::FormatCivilTime(*day) : "no day";
}

// As it stands in a line of the history.
std::string Quoted(std::string_view text) {
  if (!HasText(text)) return "nothing";
  if (text.size() > kQuotedMax) return absl::StrCat("a text of ", text.size(), " bytes");
  return absl::StrReplaceAll(View(text), {{"\r", " "}, {"\n", " "}});
}

std::string EmployerOf(const Activity& activity) {
  return activity.practitioner.has_value() ? Quoted(activity.practitioner->employer) : "nobody yet";
}

std::string_view NameOf(Mode mode) {
  constexpr std::string_view kNames[] = {"in person", "live remote", "recorded"};
  return kNames[static_cast<int>(mode)];
}

std::string_view NameOf(Participation participation) {
  constexpr std::string_view kNames[] = {"planned", "completed", "incomplete", "absent",
                                         "contingency"};
  return kNames[static_cast<int>(participation)];
}

std::string Listed(const std::vector<std::string>& values) {
  return values.empty() ? "nothing" : Quoted(absl::StrJoin(values, ", "));
}

// The first of them, and how many more.
std::string FirstOf(std::vector<std::string> all) {
  const std::size_t more = all.size() - std::min(all.size(), kNamedMax);
  all.resize(all.size() - more);
  std::string text = absl::StrJoin(all, ", ");
  if (more > 0) absl::StrAppend(&text, " and ", more, " more");
  return text;
}

std::string TextOf(const Evidence& evidence) {
  return absl::StrCat(evidence.name, " (", View(NameOf(evidence.kind)), ")");
}

// Lines about one activity, or about the planner itself.
class Comparison {
 public:
  Comparison(std::string subject, std::vector<std::string>& lines)
      : subject_(std::move(subject)), lines_(lines) {}

  void Say(std::string_view what, std::string_view from, std::string_view to) {
    if (from == to) return;
    lines_.push_back(
        absl::StrCat(subject_, ": ", View(what), " was ", View(from), ", is ", View(to)));
  }
  // Compares what they are, and tells what can be told of it.
  void SayText(std::string_view what, const std::string& from, const std::string& to) {
    if (from == to) return;
    lines_.push_back(
        absl::StrCat(subject_, ": ", View(what), " was ", Quoted(from), ", is ", Quoted(to)));
  }
  void SayList(std::string_view what, const std::vector<std::string>& from,
               const std::vector<std::string>& to) {
    if (from == to) return;
    lines_.push_back(
        absl::StrCat(subject_, ": ", View(what), " were ", Listed(from), ", are ", Listed(to)));
  }
  void SayEvidence(std::string_view what, const std::vector<Evidence>& from,
                   const std::vector<Evidence>& to) {
    SayEach(absl::StrCat(View(what), " added"), to, from);
    SayEach(absl::StrCat(View(what), " removed"), from, to);
  }

 private:
  void SayEach(std::string_view what, const std::vector<Evidence>& of,
               const std::vector<Evidence>& in) {
    std::vector<std::string> names;
    for (const Evidence& evidence : of) {
      if (std::find(in.begin(), in.end(), evidence) == in.end()) names.push_back(TextOf(evidence));
    }
    if (names.empty()) return;
    lines_.push_back(absl::StrCat(subject_, ": ", View(what), ": ", FirstOf(std::move(names))));
  }

  const std::string subject_;
  std::vector<std::string>& lines_;
};

// Begins with "learners", and names them by number alone: so it can be erased.
void CompareAttendance(const Activity& before, const Activity& after,
                       std::vector<std::string>& lines) {
  absl::flat_hash_map<std::string_view, const Attendance*> old;
  for (const Attendance& attendance : before.learners) {
    old.emplace(attendance.enrolment, &attendance);
  }
  std::vector<std::string> changed;
  for (const Attendance& now : after.learners) {
    const auto found = old.find(now.enrolment);
    if (found == old.end()) {
      changed.push_back(absl::StrCat(now.enrolment, " is ", View(NameOf(now.participation))));
      continue;
    }
    const Attendance& was = *found->second;
    if (was.participation != now.participation) {
      changed.push_back(absl::StrCat(now.enrolment, " was ", View(NameOf(was.participation)),
                                     " is ", View(NameOf(now.participation))));
    } else if (was.reason != now.reason) {
      changed.push_back(absl::StrCat(now.enrolment, " has another reason"));
    }
    old.erase(found);
  }
  for (const Attendance& was : before.learners) {
    if (old.contains(was.enrolment)) {
      changed.push_back(absl::StrCat(was.enrolment, " is no longer in it"));
    }
  }
  if (changed.empty()) return;
  lines.push_back(
      absl::StrCat("learners of activity ", after.id, ": ", FirstOf(std::move(changed))));
}

void Compare(const Activity& before, const Activity& after, std::vector<std::string>& lines) {
  Comparison activity(absl::StrCat("activity ", after.id), lines);
  const Practitioner from = before.practitioner.value_or(Practitioner{});
  const Practitioner to = after.practitioner.value_or(Practitioner{});
  activity.SayText("title", before.title, after.title);
  activity.Say("kind", NameOf(before.kind), NameOf(after.kind));
  activity.Say("mode", NameOf(before.mode), NameOf(after.mode));
  activity.Say("claim", before.claimed_live ? "live" : "not live",
               after.claimed_live ? "live" : "not live");
  activity.Say("extent", before.whole_unit ? "a whole unit" : "a session",
               after.whole_unit ? "a whole unit" : "a session");
  activity.Say("day", DayOf(before.day), DayOf(after.day));
  activity.Say("last day", DayOf(before.last_day), DayOf(after.last_day));
  if (from.employer != to.employer) {
    activity.Say("employer", EmployerOf(before), EmployerOf(after));
  }
  activity.SayText("practitioner", from.name, to.name);
  activity.SayList("sectors", from.sectors, to.sectors);
  activity.SayList("SIC codes", from.sic_codes, to.sic_codes);
  activity.SayText("source", before.source, after.source);
  activity.SayText("framework", before.framework, after.framework);
  activity.SayText("contingency", before.contingency, after.contingency);
  CompareAttendance(before, after, lines);
  activity.SayEvidence("evidence", before.evidence, after.evidence);
}

// Their names stay out of the lines: both versions have them, and there they can be erased.
void CompareLearners(const Planner& before, const Planner& after, std::vector<std::string>& lines) {
  absl::flat_hash_map<std::string_view, std::string_view> old;
  for (const Learner& learner : before.learners) old.emplace(learner.enrolment, learner.name);
  std::vector<std::string> came, renamed, went;
  absl::flat_hash_set<std::string_view> still;
  for (const Learner& learner : after.learners) {
    still.insert(learner.enrolment);
    const auto found = old.find(learner.enrolment);
    if (found == old.end()) {
      came.push_back(learner.enrolment);
    } else if (found->second != learner.name) {
      renamed.push_back(learner.enrolment);
    }
  }
  for (const Learner& learner : before.learners) {
    if (!still.contains(learner.enrolment)) went.push_back(learner.enrolment);
  }
  const auto say = [&](std::string_view what, std::vector<std::string>& who) {
    if (who.empty()) return;
    lines.push_back(absl::StrCat("learners ", View(what), ": ", FirstOf(std::move(who))));
  };
  say("added", came);
  say("removed", went);
  say("named otherwise", renamed);
}

}  // namespace

std::vector<std::string> ChangesBetween(const Planner& before, const Planner& after) {
  std::vector<std::string> lines;
  CompareLearners(before, after, lines);
  Comparison("planner", lines)
      .SayEvidence("supporting evidence", before.supporting, after.supporting);
  std::map<std::string_view, const Activity*> old;
  for (const Activity& activity : before.activities) old.emplace(activity.id, &activity);
  for (const Activity& activity : after.activities) {
    const auto found = old.find(activity.id);
    if (found == old.end()) {
      lines.push_back(absl::StrCat("activity ", activity.id, " added: ", Quoted(activity.title),
                                   ", ", View(NameOf(activity.kind)), ", ", EmployerOf(activity)));
      continue;
    }
    Compare(*found->second, activity, lines);
    old.erase(found);
  }
  for (const auto& [id, activity] : old) {
    lines.push_back(absl::StrCat("activity ", View(id), " removed: ", Quoted(activity->title)));
  }
  if (static_cast<int>(lines.size()) > kChangesMax) {
    const std::size_t more = lines.size() - kChangesMax;
    lines.resize(kChangesMax);
    lines.push_back(absl::StrCat("and ", more, " more"));
  }
  return lines;
}

}  // namespace assay::approval
