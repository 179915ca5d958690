// The nouns of moderation and the states of a submission (MOD-1), free of transport
// and storage.
//
// A mark is a whole number of hundredths, so that 71.2 is exact, adds up the same on
// every machine and can never be 71.19999.
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace assay::moderation {

using Mark = std::int64_t;  // Hundredths of a mark: 71.2 is 7120.
inline constexpr Mark kOneMark = 100;
inline constexpr Mark kMarkMax = 10'000 * kOneMark;  // Above any component's maximum.

// "71.2" → 7120. Digits with at most two decimals; no sign, exponent or spaces.
std::optional<Mark> ParseMark(std::string_view text);
std::string FormatMark(Mark mark);  // 7120 → "71.2"

// What a component is marked out of.
struct MarkScale {
  Mark maximum = 0;
  Mark step = kOneMark;  // Marks are multiples of it.
};

enum class MarkFault { kNone, kNegative, kAboveMaximum, kOffStep };
MarkFault FaultOf(const MarkScale& scale, Mark mark);

enum CandidateFlag : std::uint32_t {
  kAbsent = 1,
  kWithdrawn = 2,
  kParentalInterest = 4,  // Of kin to whoever marked the work.
  kCarriedForward = 8,    // The mark comes from an earlier series.
};

struct Candidate {
  std::string number;        // Names the candidate within the submission.
  std::optional<Mark> mark;  // The centre's; none: not given yet.
  std::string assessor;
  std::string group;  // Teaching group.
  std::string site;
  std::uint32_t flags = 0;

  bool Has(CandidateFlag flag) const { return (flags & flag) != 0; }
};

// Whether a draw may select the candidate (MOD-3): marked in this series and present.
inline bool Drawable(const Candidate& candidate) {
  return candidate.mark.has_value() &&
         (candidate.flags & (kAbsent | kWithdrawn | kCarriedForward)) == 0;
}

// Whether the centre still owes a mark (MOD-16).
inline bool MarkMissing(const Candidate& candidate) {
  return !candidate.mark.has_value() && (candidate.flags & (kAbsent | kWithdrawn)) == 0;
}

// open ─submit→ submitted ─draw→ sampled ─allocate→ allocated ─judge→ judged ─release→ released.
// A correction of the cohort after the draw leads back to submitted: the sample is void, and
// the submission says that its cohort changed.
enum class State { kOpen, kSubmitted, kSampled, kAllocated, kJudged, kReleased };
inline constexpr int kStates = 6;
std::string_view NameOf(State state);  // "open"

enum class Step {
  kRecordMarks,  // Put candidates and their centre marks.
  kSubmit,       // The centre is done.
  kCorrectMark,  // Change a mark after that, with a reason.
  kDraw,         // Draw the sample.
  kAllocate,     // Give it to a moderator, or to another one.
  kModerate,     // Record the moderator's marks.
  kLookFurther,  // Judged, and more work is called for: the next stage opens.
  kDecide,       // Judged for good.
  kRelease,      // Tell the centre.
};
inline constexpr int kSteps = 9;
std::string_view NameOf(Step step);  // "record marks"

enum Actor : std::uint32_t {
  kCentre = 1,
  kOfficer = 2,
  kModerator = 4,
};

// One legal move. What is not in the table is refused.
struct Edge {
  State from;
  Step step;
  State to;
  std::uint32_t actors;  // Any of these.
};
std::span<const Edge> Edges();

// Where `step` leads from `from`, or null if it is not legal there.
const Edge* FindEdge(State from, Step step);

// How much work the moderator looks at (MOD-10, MOD-11). Each stage adds to the one before.
enum class Stage {
  kSubSample = 1,  // A few of the sample.
  kSample = 2,     // All of it.
  kExtended = 3,   // And as many again.
  kAllWork = 4,    // Everything is called in.
};

}  // namespace assay::moderation
