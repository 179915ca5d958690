// The nouns of moderation and the states of a submission (MOD-1), free of transport
// and storage.
//
// A mark is a whole number of hundredths, so that 71.2 is exact, adds up the same on
// every machine and can never be 71.19999.
#pragma once
#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"

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
  std::string grade;  // Where work is graded: what the ladders by grade count (MOD-2).
  std::string uln;    // The learner's national number, if the centre gave it (QUAL-10).
  std::string
      centre;  // Whose candidate it is where several centres are one group (MOD-5); else "".

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
// A correction of the cohort after the draw leads back to submitted, and reopening to open: the
// sample is void, and the submission says that its cohort changed.
enum class State {
  kOpen,
  kSubmitted,
  kSampled,
  kAllocated,
  kJudged,
  kReleased,
  kRetracted,  // Withdrawn by the centre or an officer; kWithdrawn is a candidate's flag.
  kVoided,     // Never to count, for a reason.
};
inline constexpr int kStates = 8;
std::string_view NameOf(State state);  // "open"

enum class Step {
  kRecordMarks,  // Put candidates and their centre marks.
  kSubmit,       // The centre is done.
  kCorrectMark,  // Change a mark after that, with a reason.
  kDraw,         // Draw the sample, or complete the names.
  kDrawNames,    // Draw names before there are marks (MOD-5).
  kAllocate,     // Give it to a moderator, or to another one.
  kModerate,     // Record the moderator's marks.
  kLookFurther,  // Judged, and more work is called for: the next stage opens.
  kDecide,       // Judged for good.
  kRelease,      // Tell the centre.
  kWithdraw,     // Before the draw: there will be no results.
  kReopen,       // Let the centre record marks again, with a reason; a drawn sample is void.
  kVoid,         // End it without results, with a reason.
  kRevise,       // Put the outcome of a review into the results (MOD-13).
};
inline constexpr int kSteps = 14;
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

struct Series {
  std::string id;
  std::string title;
  // The dates it runs by, each not before the one above it (MOD-16).
  std::optional<absl::Time> marks_due;       // Centres have handed in.
  std::optional<absl::Time> samples_due;     // Samples are drawn and allocated.
  std::optional<absl::Time> moderation_due;  // Submissions are judged.
  std::optional<absl::Time> results_due;     // Results are released to centres.
  std::optional<absl::Time> release;         // Learners get them.
  std::string checkpoint_policy;             // When who is missing what is looked for.
  absl::Time create_time;
  std::int64_t version = 1;
};

struct Component {
  std::string series;
  std::string id;
  std::string title;
  std::string qualification;  // "qualifications/…", or empty: the centre's approval is enough.
  MarkScale scale;
  std::string sampling_policy;
  std::string tolerance_policy;
  std::string adjustment_policy;
  std::map<std::string, std::string> policies;  // Of further kinds, by kind; others are the usual.
  bool blind = false;                           // MOD-9
  absl::Time create_time;
  std::int64_t version = 1;
  std::string subject;  // "subjects/…", or empty: what moderators can be competent in (MOD-7).
};

// "series/{series}/components/{component}/submissions/{id}"
struct SubmissionName {
  std::string series;
  std::string component;
  std::string id;

  std::string Text() const;
  friend bool operator==(const SubmissionName&, const SubmissionName&) = default;
};

// "series/{series}/components/{component}/consortia/{id}"
struct ConsortiumName {
  std::string series;
  std::string component;
  std::string id;

  std::string Text() const;
  friend auto operator<=>(const ConsortiumName&, const ConsortiumName&) = default;
};

// Several centres whose submissions for a component are one group (MOD-5).
struct Consortium {
  ConsortiumName name;
  std::string title;
  std::string secret;  // Of the common draw: 32 bytes; its SHA-256 is the commitment (MOD-4).
  bool secret_revealed = false;  // A draw has used it.
  absl::Time create_time;
  std::int64_t version = 1;
};

// How a cohort's candidates divide.
struct Counts {
  std::int64_t candidates = 0;
  std::int64_t marked = 0;
  std::int64_t missing = 0;
  std::int64_t excluded = 0;  // Absent or withdrawn.

  void Add(const Candidate& candidate, int times);  // -1: takes it out.
  friend bool operator==(const Counts&, const Counts&) = default;
};

// What the centre is told with its results (MOD-12).
struct Feedback {
  std::string tasks;
  std::string accuracy;
  std::string administration;
};

struct Submission {
  std::int64_t number = 0;  // Names it in storage.
  SubmissionName name;
  std::string centre;  // "centres/…"
  std::string centre_title;
  State state = State::kOpen;
  Stage stage = Stage::kSubSample;  // The stage that is due; while allocated.
  Counts counts;
  bool cohort_changed = false;
  std::string secret;            // 32 bytes; its SHA-256 is the commitment (MOD-4).
  bool secret_revealed = false;  // A draw has used it.
  std::string sample;            // Id of the one in force, or empty.
  std::string moderator;         // Id, or empty.
  std::string moderator_subject;
  std::optional<absl::Time> submit_time;
  absl::Time create_time;
  absl::Time update_time;
  std::int64_t version = 1;
  Feedback feedback;
  std::string consortium;  // Id of the group that it belongs to, or empty (MOD-5).
};

// A drawn candidate and what the moderator gave.
struct Pick {
  std::string candidate;
  std::vector<std::string> reasons;  // "HIGHEST", "ASSESSOR", …
  Stage stage = Stage::kSample;
  std::optional<Mark> mark;
  std::string marked_by;  // Subject.
};

struct Sample {
  std::string id;
  bool is_void = false;         // The cohort changed after the draw.
  std::string sampling_policy;  // "pearson-2026@1"; those in force when it was drawn …
  std::string tolerance_policy;
  std::string adjustment_policy;  // … govern all that follows.
  std::string algorithm;
  std::string list_hash;  // Hexadecimal, as is the commitment.
  std::string commitment;
  std::string secret;  // Bytes, as is the seed.
  std::string seed;
  std::int64_t pool_count = 0;
  std::int64_t ladder_size = 0;
  std::vector<std::string> gaps;  // What it does not represent, and why.
  absl::Time create_time;
  std::vector<Pick> picks;  // In the order of candidates.
};

// Why somebody should not moderate a centre (MOD-7).
enum class ConflictKind {
  kDeclared = 0,    // Without saying why.
  kEmployment = 1,  // They work or worked there.
  kRelation = 2,    // Family, friends, business.
  kSupport = 3,     // They trained or supported it.
};
struct Conflict {
  std::string centre;  // "centres/…"
  ConflictKind kind = ConflictKind::kDeclared;
  std::optional<absl::CivilDay> first_day;
  std::optional<absl::CivilDay> last_day;  // None: it goes on.
  std::string reason;
};

struct Moderator {
  std::string id;
  std::string subject;
  std::string title;
  std::int64_t capacity = 10;
  std::int64_t script_capacity = 0;  // 0: no limit of its own.
  std::int64_t seniority = 0;
  std::vector<std::string> competences;
  std::vector<Conflict> conflicts;
  bool unavailable = false;
  std::string unavailable_reason;
  std::int64_t allocated = 0;  // Submissions they have now.
  std::int64_t scripts = 0;    // Of these, still to be marked by them.
  absl::Time create_time;
  std::int64_t version = 1;
};

// Where a final mark comes from.
enum class Basis { kCentre, kAdjusted, kModerator, kAbsent, kWithdrawn, kMissing };

struct Result {
  std::string candidate;
  std::optional<Mark> centre_mark;
  std::optional<Mark> final_mark;
  Basis basis = Basis::kCentre;
};

// Whose rows a caller reaches within the tenant. What is out of reach does not exist for them.
struct Reach {
  bool all = false;
  std::string centre;     // Those of this centre, "centres/…".
  std::string moderator;  // Those allocated to this subject.
};

// Who calls, as commands and the store see it.
struct Caller {
  std::string tenant;
  std::string subject;
  std::uint32_t actors = 0;  // What they may act as.
  Reach reach;
  absl::Time now;
};

}  // namespace assay::moderation
