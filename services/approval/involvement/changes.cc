#include "services/approval/involvement/changes.h"

#include <map>
#include <string_view>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace assay::approval {
namespace {

absl::string_view View(std::string_view text) { return {text.data(), text.size()}; }

std::string DayOf(const Activity& activity) {
  return activity.day.has_value() ? absl::FormatCivilTime(*activity.day) : "no day";
}

std::string EmployerOf(const Activity& activity) {
  return activity.practitioner.has_value() ? activity.practitioner->employer : "nobody yet";
}

std::string_view NameOf(Mode mode) {
  constexpr std::string_view kNames[] = {"in person", "live remote", "recorded"};
  return kNames[static_cast<int>(mode)];
}

bool SameAttendance(const Activity& a, const Activity& b) {
  if (a.learners.size() != b.learners.size()) return false;
  for (std::size_t i = 0; i < a.learners.size(); ++i) {
    const Attendance& x = a.learners[i];
    const Attendance& y = b.learners[i];
    if (x.enrolment != y.enrolment || x.participation != y.participation || x.reason != y.reason) {
      return false;
    }
  }
  return true;
}

void Compare(const Activity& before, const Activity& after, std::vector<std::string>& lines) {
  const auto say = [&](std::string_view what, std::string_view from, std::string_view to) {
    if (from == to) return;
    lines.push_back(absl::StrCat("activity ", after.id, ": ", View(what), " was ", View(from),
                                 ", is ", View(to)));
  };
  say("title", before.title, after.title);
  say("kind", NameOf(before.kind), NameOf(after.kind));
  say("mode", NameOf(before.mode), NameOf(after.mode));
  say("day", DayOf(before), DayOf(after));
  say("employer", EmployerOf(before), EmployerOf(after));
  if (before.whole_unit != after.whole_unit) {
    say("extent", before.whole_unit ? "a whole unit" : "a session",
        after.whole_unit ? "a whole unit" : "a session");
  }
  if (!SameAttendance(before, after)) {
    lines.push_back(absl::StrCat("activity ", after.id, ": who took part changed"));
  }
  if (before.evidence != after.evidence) {
    lines.push_back(absl::StrCat("activity ", after.id, ": evidence changed"));
  }
}

int Missing(const std::vector<Learner>& of, const std::vector<Learner>& in) {
  absl::flat_hash_set<std::string_view> numbers;
  for (const Learner& learner : in) numbers.insert(learner.enrolment);
  int missing = 0;
  for (const Learner& learner : of) missing += numbers.contains(learner.enrolment) ? 0 : 1;
  return missing;
}

}  // namespace

std::vector<std::string> ChangesBetween(const Planner& before, const Planner& after) {
  std::vector<std::string> lines;
  if (const int came = Missing(after.learners, before.learners); came > 0) {
    lines.push_back(absl::StrCat("learners added: ", came));
  }
  if (const int went = Missing(before.learners, after.learners); went > 0) {
    lines.push_back(absl::StrCat("learners removed: ", went));
  }
  std::map<std::string_view, const Activity*> old;
  for (const Activity& activity : before.activities) old.emplace(activity.id, &activity);
  for (const Activity& activity : after.activities) {
    const auto found = old.find(activity.id);
    if (found == old.end()) {
      lines.push_back(absl::StrCat("activity ", activity.id, " added: ", activity.title, ", ",
                                   View(NameOf(activity.kind)), ", ", EmployerOf(activity)));
      continue;
    }
    Compare(*found->second, activity, lines);
    old.erase(found);
  }
  for (const auto& [id, activity] : old) {
    lines.push_back(absl::StrCat("activity ", View(id), " removed: ", activity->title));
  }
  if (static_cast<int>(lines.size()) > kChangesMax) {
    const std::size_t more = lines.size() - kChangesMax;
    lines.resize(kChangesMax);
    lines.push_back(absl::StrCat("and ", more, " more"));
  }
  return lines;
}

}  // namespace assay::approval
