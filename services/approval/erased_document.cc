#include "services/approval/erased_document.h"

#include <algorithm>
#include <string_view>

#include "absl/strings/ascii.h"
#include "services/approval/planner_document.h"
#include "services/approval/quality_document.h"
#include "services/platform/core/status_macros.h"

namespace assay::approval {
namespace {

constexpr std::string_view kName = "[erased]";

bool IsWordByte(char c) {
  return absl::ascii_isalnum(static_cast<unsigned char>(c)) ||
         static_cast<unsigned char>(c) >= 0x80;
}

// People write a name as ADA and a number as e1.
std::size_t Find(const std::string& text, const std::string& what, std::size_t from) {
  const auto found = std::search(text.begin() + static_cast<std::ptrdiff_t>(from), text.end(),
                                 what.begin(), what.end(), [](unsigned char a, unsigned char b) {
                                   return absl::ascii_tolower(a) == absl::ascii_tolower(b);
                                 });
  return found == text.end() ? std::string::npos : static_cast<std::size_t>(found - text.begin());
}

bool Replace(std::string& text, const std::string& what, std::string_view with) {
  if (what.empty()) return false;
  bool replaced = false;
  std::size_t at = Find(text, what, 0);
  while (at != std::string::npos) {
    const std::size_t end = at + what.size();
    const bool whole = (at == 0 || !IsWordByte(text[at - 1]) || !IsWordByte(what.front())) &&
                       (end == text.size() || !IsWordByte(text[end]) || !IsWordByte(what.back()));
    if (whole) {
      text.replace(at, what.size(), with);
      replaced = true;
    }
    at = Find(text, what, whole ? at + with.size() : at + 1);
  }
  return replaced;
}

// A short plain number in a sentence is as likely a unit, a day or a count as a learner.
bool IsTelling(const std::string& enrolment) {
  constexpr std::size_t kDigitsMin = 6;
  return enrolment.size() >= kDigitsMin ||
         !std::all_of(enrolment.begin(), enrolment.end(),
                      [](char c) { return c >= '0' && c <= '9'; });
}

// The lines that name learners by their numbers (involvement/changes).
bool ListsLearners(const std::string& change) { return change.rfind("learners ", 0) == 0; }

}  // namespace

bool EraseFrom(std::string& text, const Pseudonym& who) {
  bool changed = Replace(text, who.name, kName);
  changed |= Replace(text, who.uln, who.pseudonym);
  if (IsTelling(who.enrolment)) changed |= Replace(text, who.enrolment, who.pseudonym);
  return changed;
}

absl::StatusOr<bool> EraseFromReview(std::string& document, const Pseudonym& who) {
  ASSIGN_OR_RETURN(v1::QualityReview review, ReviewFromBytes(document));
  bool changed = false;
  for (v1::CriterionGrade& grade : *review.mutable_grades()) {
    changed |= EraseFrom(*grade.mutable_comment(), who);
  }
  if (changed) document = review.SerializeAsString();
  return changed;
}

absl::StatusOr<bool> EraseFrom(PlannerVersion& version, const Pseudonym& who) {
  ASSIGN_OR_RETURN(v1::PlannerDocument document, DocumentFromBytes(version.document));
  bool changed = false;
  for (v1::PlannerLearner& learner : *document.mutable_learners()) {
    if (who.enrolment.empty() || learner.enrolment() != who.enrolment) continue;
    learner.set_enrolment(who.pseudonym);
    learner.set_learner_name(std::string(kName));
    changed = true;
  }
  for (v1::PlannerActivity& activity : *document.mutable_activities()) {
    for (v1::PlannerAttendance& attendance : *activity.mutable_attendances()) {
      if (who.enrolment.empty() || attendance.enrolment() != who.enrolment) continue;
      attendance.set_enrolment(who.pseudonym);
      // Why somebody was absent is about that person.
      if (!attendance.reason().empty()) attendance.set_reason(std::string(kName));
      changed = true;
    }
    for (std::string* text : {activity.mutable_title(), activity.mutable_source(),
                              activity.mutable_framework(), activity.mutable_contingency()}) {
      changed |= EraseFrom(*text, who);
    }
    for (v1::PlannerAttendance& attendance : *activity.mutable_attendances()) {
      changed |= EraseFrom(*attendance.mutable_reason(), who);
    }
  }
  changed |= EraseFrom(version.change_note, who);
  for (std::string& change : version.changes) {
    changed |= EraseFrom(change, who);
    if (ListsLearners(change)) changed |= Replace(change, who.enrolment, who.pseudonym);
  }
  if (changed) version.document = document.SerializeAsString();
  return changed;
}

}  // namespace assay::approval
