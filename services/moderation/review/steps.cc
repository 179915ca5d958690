#include "services/moderation/review/steps.h"

#include <array>

namespace assay::moderation {
namespace {

using R = ReviewState;
using RS = ReviewStep;
constexpr ReviewEdge kReviewEdges[] = {
    {R::kRequested, RS::kAccept, R::kAccepted, kByOfficer},
    {R::kRequested, RS::kRefuse, R::kRefused, kByOfficer},
    {R::kRequested, RS::kWithdraw, R::kWithdrawn, kByCentre},
    {R::kAccepted, RS::kAccept, R::kAccepted, kByOfficer},
    {R::kAccepted, RS::kWithdraw, R::kWithdrawn, kByCentre},
    {R::kAccepted, RS::kMark, R::kAccepted, kByReviewer},
    {R::kAccepted, RS::kJudge, R::kJudged, kByReviewer},
    {R::kJudged, RS::kRelease, R::kReleased, kByOfficer},
    {R::kReleased, RS::kGiveReasons, R::kReleased, kByOfficer},
};
constexpr std::array<std::string_view, kReviewStates> kReviewStateNames = {
    "requested", "accepted", "judged", "released", "refused", "withdrawn"};
constexpr std::array<std::string_view, kReviewSteps> kReviewStepNames = {
    "accept", "refuse", "withdraw", "record marks", "judge", "release", "give reasons"};

using A = AppealState;
using AS = AppealStep;
constexpr AppealEdge kAppealEdges[] = {
    {A::kLodged, AS::kHear, A::kInHearing, kByOfficer},
    {A::kLodged, AS::kWithdraw, A::kWithdrawn, kByCentre},
    {A::kInHearing, AS::kHear, A::kInHearing, kByOfficer},
    {A::kInHearing, AS::kUphold, A::kUpheld, kByPanel},
    {A::kInHearing, AS::kTurnDown, A::kNotUpheld, kByPanel},
    {A::kInHearing, AS::kWithdraw, A::kWithdrawn, kByCentre},
};
constexpr std::array<std::string_view, kAppealStates> kAppealStateNames = {
    "lodged", "in hearing", "upheld", "not upheld", "withdrawn"};
constexpr std::array<std::string_view, kAppealSteps> kAppealStepNames = {"hear", "uphold",
                                                                         "turn down", "withdraw"};

}  // namespace

std::string_view NameOf(ReviewState state) { return kReviewStateNames[static_cast<int>(state)]; }
std::string_view NameOf(ReviewStep step) { return kReviewStepNames[static_cast<int>(step)]; }
std::string_view NameOf(AppealState state) { return kAppealStateNames[static_cast<int>(state)]; }
std::string_view NameOf(AppealStep step) { return kAppealStepNames[static_cast<int>(step)]; }

std::span<const ReviewEdge> ReviewEdges() { return kReviewEdges; }
std::span<const AppealEdge> AppealEdges() { return kAppealEdges; }

const ReviewEdge* FindEdge(ReviewState from, ReviewStep step) {
  for (const ReviewEdge& edge : kReviewEdges) {
    if (edge.from == from && edge.step == step) return &edge;
  }
  return nullptr;
}

const AppealEdge* FindEdge(AppealState from, AppealStep step) {
  for (const AppealEdge& edge : kAppealEdges) {
    if (edge.from == from && edge.step == step) return &edge;
  }
  return nullptr;
}

bool IsOpen(ReviewState state) {
  return state == R::kRequested || state == R::kAccepted || state == R::kJudged;
}
bool IsOpen(AppealState state) { return state == A::kLodged || state == A::kInHearing; }

}  // namespace assay::moderation
