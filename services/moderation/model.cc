#include "services/moderation/model.h"

#include <array>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

namespace assay::moderation {
namespace {

using enum State;
using enum Step;

constexpr Edge kEdges[] = {
    {kOpen, kRecordMarks, kOpen, kCentre | kOfficer},
    {kOpen, kDrawNames, kOpen, kOfficer},
    {kOpen, kSubmit, kSubmitted, kCentre | kOfficer},
    {kSubmitted, kCorrectMark, kSubmitted, kOfficer},
    {kSubmitted, kDraw, kSampled, kOfficer},
    {kSampled, kCorrectMark, kSubmitted, kOfficer},
    {kSampled, kAllocate, kAllocated, kOfficer},
    {kAllocated, kCorrectMark, kSubmitted, kOfficer},
    {kAllocated, kAllocate, kAllocated, kOfficer},
    {kAllocated, kModerate, kAllocated, kModerator},
    {kAllocated, kLookFurther, kAllocated, kModerator | kOfficer},
    {kAllocated, kDecide, kJudged, kModerator | kOfficer},
    {kJudged, kCorrectMark, kSubmitted, kOfficer},
    {kJudged, kRelease, kReleased, kOfficer},
    {kReleased, kRevise, kReleased, kOfficer},
    {kOpen, kWithdraw, kRetracted, kCentre | kOfficer},
    {kSubmitted, kWithdraw, kRetracted, kCentre | kOfficer},
    {kSubmitted, kReopen, kOpen, kOfficer},
    {kSampled, kReopen, kOpen, kOfficer},
    {kAllocated, kReopen, kOpen, kOfficer},
    {kJudged, kReopen, kOpen, kOfficer},
    {kRetracted, kReopen, kOpen, kOfficer},
    {kOpen, kVoid, kVoided, kOfficer},
    {kSubmitted, kVoid, kVoided, kOfficer},
    {kSampled, kVoid, kVoided, kOfficer},
    {kAllocated, kVoid, kVoided, kOfficer},
    {kJudged, kVoid, kVoided, kOfficer},
};

constexpr std::array<std::string_view, kStates> kStateNames = {
    "open", "submitted", "sampled", "allocated", "judged", "released", "withdrawn", "void"};

constexpr std::array<std::string_view, kSteps> kStepNames = {
    "record marks", "submit",   "correct a mark", "draw",          "draw names",
    "allocate",     "moderate", "look further",   "decide",        "release",
    "withdraw",     "reopen",   "void",           "revise results"};

}  // namespace

std::optional<Mark> ParseMark(std::string_view text) {
  Mark value = 0;
  int decimals = -1;  // Digits after the point; -1: no point yet.
  int digits = 0;
  for (char c : text) {
    if (c == '.' && decimals < 0 && digits > 0) {
      decimals = 0;
    } else if (absl::ascii_isdigit(static_cast<unsigned char>(c)) && digits < 9) {
      value = value * 10 + (c - '0');
      ++digits;
      if (decimals >= 0 && ++decimals > 2) return std::nullopt;
    } else {
      return std::nullopt;
    }
  }
  if (digits == 0 || decimals == 0) return std::nullopt;
  for (int d = decimals < 0 ? 0 : decimals; d < 2; ++d) value *= 10;
  return value;
}

std::string FormatMark(Mark mark) {
  const Mark size = mark < 0 ? -mark : mark;
  std::string text = absl::StrCat(mark < 0 ? "-" : "", size / kOneMark);
  const Mark rest = size % kOneMark;
  if (rest == 0) return text;
  absl::StrAppend(&text, ".", rest / 10);
  if (rest % 10 != 0) absl::StrAppend(&text, rest % 10);
  return text;
}

MarkFault FaultOf(const MarkScale& scale, Mark mark) {
  if (mark < 0) return MarkFault::kNegative;
  if (mark > scale.maximum) return MarkFault::kAboveMaximum;
  return mark % scale.step == 0 ? MarkFault::kNone : MarkFault::kOffStep;
}

std::string_view NameOf(State state) { return kStateNames[static_cast<int>(state)]; }
std::string_view NameOf(Step step) { return kStepNames[static_cast<int>(step)]; }

std::span<const Edge> Edges() { return kEdges; }

std::string SubmissionName::Text() const {
  return absl::StrCat("series/", series, "/components/", component, "/submissions/", id);
}

std::string ConsortiumName::Text() const {
  return absl::StrCat("series/", series, "/components/", component, "/consortia/", id);
}

void Counts::Add(const Candidate& candidate, int times) {
  candidates += times;
  if (candidate.mark.has_value()) marked += times;
  if (MarkMissing(candidate)) missing += times;
  if (candidate.Has(kAbsent) || candidate.Has(kWithdrawn)) excluded += times;
}

const Edge* FindEdge(State from, Step step) {
  for (const Edge& edge : kEdges) {
    if (edge.from == from && edge.step == step) return &edge;
  }
  return nullptr;
}

}  // namespace assay::moderation
