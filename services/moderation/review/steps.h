// The states of a review of moderation and of an appeal, and who may move them (MOD-13).
//
//   review: requested ─accept→ accepted ─judge→ judged ─release→ released
//                  └─refuse→ refused        (withdrawn by the centre before it is judged)
//   appeal: lodged ─hear→ in hearing ─decide→ upheld or not upheld
//                  └─withdraw→ withdrawn
//
// What is not in a table is refused.
#pragma once
#include <cstdint>
#include <span>
#include <string_view>

namespace assay::moderation {

// Bits, as those of a submission's actors.
enum ReviewActor : std::uint32_t {
  kByCentre = 1,
  kByOfficer = 2,
  kByReviewer = 4,
  kByPanel = 8,
};

enum class ReviewState { kRequested, kAccepted, kJudged, kReleased, kRefused, kWithdrawn };
inline constexpr int kReviewStates = 6;
std::string_view NameOf(ReviewState state);  // "requested"

enum class ReviewStep {
  kAccept,       // Give it to a reviewer, or to another one while it is not judged.
  kRefuse,       // With reasons.
  kWithdraw,     // By the centre.
  kMark,         // Record the reviewer's marks.
  kJudge,        // See what follows from them.
  kRelease,      // Tell the centre.
  kGiveReasons,  // After the outcome, if they did not come with it.
};
inline constexpr int kReviewSteps = 7;
std::string_view NameOf(ReviewStep step);  // "accept"

struct ReviewEdge {
  ReviewState from;
  ReviewStep step;
  ReviewState to;
  std::uint32_t actors;
};
std::span<const ReviewEdge> ReviewEdges();
const ReviewEdge* FindEdge(ReviewState from, ReviewStep step);  // Null if it is not legal.

enum class AppealState { kLodged, kInHearing, kUpheld, kNotUpheld, kWithdrawn };
inline constexpr int kAppealStates = 5;
std::string_view NameOf(AppealState state);

enum class AppealStep {
  kHear,      // Name the panel, or another one.
  kUphold,    // The centre is right: the review is done again.
  kTurnDown,  // The outcome stays.
  kWithdraw,
};
inline constexpr int kAppealSteps = 4;
std::string_view NameOf(AppealStep step);

struct AppealEdge {
  AppealState from;
  AppealStep step;
  AppealState to;
  std::uint32_t actors;
};
std::span<const AppealEdge> AppealEdges();
const AppealEdge* FindEdge(AppealState from, AppealStep step);

// Whether somebody still has to act, so that the evidence stays locked whatever the day.
bool IsOpen(ReviewState state);
bool IsOpen(AppealState state);

}  // namespace assay::moderation
