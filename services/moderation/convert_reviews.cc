#include "services/moderation/convert_reviews.h"

#include "absl/strings/str_cat.h"
#include "google/protobuf/util/time_util.h"
#include "services/moderation/convert.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/core/view.h"
#include "services/platform/error/error.h"
#include "services/platform/rpc/etag.h"

namespace assay::moderation {
namespace {

using google::protobuf::util::TimeUtil;
using platform::Error;
using platform::View;

constexpr std::size_t kIdMax = 64;
constexpr int kPanelMax = 20;

static_assert(v1::Review::STATE_REQUESTED == static_cast<int>(ReviewState::kRequested) + 1);
static_assert(v1::Review::STATE_ACCEPTED == static_cast<int>(ReviewState::kAccepted) + 1);
static_assert(v1::Review::STATE_JUDGED == static_cast<int>(ReviewState::kJudged) + 1);
static_assert(v1::Review::STATE_RELEASED == static_cast<int>(ReviewState::kReleased) + 1);
static_assert(v1::Review::STATE_REFUSED == static_cast<int>(ReviewState::kRefused) + 1);
static_assert(v1::Review::STATE_WITHDRAWN == static_cast<int>(ReviewState::kWithdrawn) + 1);
static_assert(v1::Appeal::STATE_LODGED == static_cast<int>(AppealState::kLodged) + 1);
static_assert(v1::Appeal::STATE_IN_HEARING == static_cast<int>(AppealState::kInHearing) + 1);
static_assert(v1::Appeal::STATE_UPHELD == static_cast<int>(AppealState::kUpheld) + 1);
static_assert(v1::Appeal::STATE_NOT_UPHELD == static_cast<int>(AppealState::kNotUpheld) + 1);
static_assert(v1::Appeal::STATE_WITHDRAWN == static_cast<int>(AppealState::kWithdrawn) + 1);

absl::Status Invalid(std::string_view field, std::string_view what) {
  return Error(absl::StatusCode::kInvalidArgument, "FIELD_INVALID",
               absl::StrCat(View(field), " ", View(what)))
      .Field(field, what);
}

google::protobuf::Timestamp Stamp(absl::Time time) {
  return TimeUtil::MicrosecondsToTimestamp(absl::ToUnixMicros(time));
}

// Parts "a/b/{collection}/id" into what stands before and the id.
struct Child {
  std::string_view parent;
  std::string id;
};
absl::StatusOr<Child> ChildOf(std::string_view field, std::string_view name,
                              std::string_view collection) {
  const std::string infix = absl::StrCat("/", View(collection), "/");
  const std::size_t at = name.rfind(infix);
  if (at == name.npos) return Invalid(field, absl::StrCat("names none of ", View(collection)));
  Child child{name.substr(0, at), std::string(name.substr(at + infix.size()))};
  if (child.id.empty() || child.id.size() > kIdMax || child.id.find('/') != child.id.npos) {
    return Invalid(field, absl::StrCat("does not end in ", View(collection), "/ and an id"));
  }
  return child;
}

std::string UnlessAny(std::string_view segment) {
  return segment == "-" ? "" : std::string(segment);
}

SubmissionName UnlessAny(const SubmissionName& name) {
  return {UnlessAny(name.series), UnlessAny(name.component), UnlessAny(name.id)};
}

template <typename State>
absl::StatusOr<std::optional<int>> StateOf(State state, bool valid) {
  if (!valid) return Invalid("state", "is not a known state");
  if (state == 0) return std::optional<int>();
  return std::optional<int>(static_cast<int>(state) - 1);
}

v1::Action ActionOf(const Review& review) {
  if (!review.verdict.has_value() || *review.verdict == Verdict::kLookFurther) {
    return v1::ACTION_UNSPECIFIED;
  }
  return ActionOf(static_cast<RecordedJudgement::Verdict>(*review.verdict), Stage::kSample);
}

}  // namespace

absl::StatusOr<ReviewName> ReviewNameOf(std::string_view field, std::string_view name) {
  ASSIGN_OR_RETURN(Child child, ChildOf(field, name, "reviews"));
  ASSIGN_OR_RETURN(SubmissionName submission, SubmissionNameOf(field, child.parent));
  return ReviewName{std::move(submission), std::move(child.id)};
}

absl::StatusOr<AppealName> AppealNameOf(std::string_view field, std::string_view name) {
  ASSIGN_OR_RETURN(Child child, ChildOf(field, name, "appeals"));
  ASSIGN_OR_RETURN(ReviewName review, ReviewNameOf(field, child.parent));
  return AppealName{std::move(review), std::move(child.id)};
}

absl::StatusOr<ReviewFilter> FilterOf(const v1::ListReviewsRequest& request) {
  ReviewFilter filter;
  ASSIGN_OR_RETURN(const SubmissionName name, SubmissionNameOf("parent", request.parent()));
  filter.submission = UnlessAny(name);
  ASSIGN_OR_RETURN(filter.state,
                   StateOf(request.state(), v1::Review::State_IsValid(request.state())));
  return filter;
}

absl::StatusOr<ReviewFilter> FilterOf(const v1::ListAppealsRequest& request) {
  ReviewFilter filter;
  ASSIGN_OR_RETURN(const ReviewName name, ReviewNameOf("parent", request.parent()));
  filter.submission = UnlessAny(name.submission);
  filter.review = UnlessAny(name.id);
  ASSIGN_OR_RETURN(filter.state,
                   StateOf(request.state(), v1::Appeal::State_IsValid(request.state())));
  return filter;
}

absl::StatusOr<std::vector<std::string>> PanelOf(const v1::HearAppealRequest& request) {
  if (request.panel_size() > kPanelMax) {
    return Invalid("panel", absl::StrCat("has more than ", kPanelMax));
  }
  std::vector<std::string> panel;
  for (int i = 0; i < request.panel_size(); ++i) {
    const std::string& member = request.panel(i);
    const bool subject = member.starts_with("users/") && member.size() > 6 &&
                         member.size() <= kIdMax && member.find('/', 6) == member.npos &&
                         member.find_first_of(" \r\n\t") == member.npos;
    if (!subject) return Invalid(absl::StrCat("panel[", i, "]"), "is not users/{user}");
    panel.push_back(member);
  }
  return panel;
}

v1::Review ToProto(const Review& review, std::string_view last_day, const platform::Call& call) {
  const bool of_centre = IsOfCentre(call);
  const bool told = !of_centre || review.outcome_time.has_value();
  v1::Review out;
  out.set_name(review.name.Text());
  out.set_grounds(review.grounds);
  // A centre is told of the outcome when it is released, not when it is found.
  const bool hidden = of_centre && review.state == ReviewState::kJudged;
  const ReviewState shown = hidden ? ReviewState::kAccepted : review.state;
  out.set_state(static_cast<v1::Review::State>(static_cast<int>(shown) + 1));
  out.set_centre(review.centre);
  out.set_policy_version(review.policy);
  out.set_requester(review.requested_by);
  out.set_ordered_by(review.ordered_by);
  if (!of_centre) {
    if (!review.reviewer.empty()) out.set_reviewer(ModeratorNameText(review.reviewer));
    out.set_outstanding_count(static_cast<std::int32_t>(review.outstanding));
  }
  if (told && review.verdict.has_value()) {
    out.set_action(ActionOf(review));
    out.set_moderation_stands(review.raised + review.lowered == 0);
    out.set_raised_count(static_cast<std::int32_t>(review.raised));
    out.set_lowered_count(static_cast<std::int32_t>(review.lowered));
  }
  out.set_reasons(review.reasons);
  if (review.outcome_time) *out.mutable_outcome_time() = Stamp(*review.outcome_time);
  if (review.reasons_time) *out.mutable_reasons_time() = Stamp(*review.reasons_time);
  out.set_appeal_last_day(std::string(last_day));
  *out.mutable_create_time() = Stamp(review.create_time);
  *out.mutable_update_time() = Stamp(review.update_time);
  out.set_etag(platform::EtagOf(review.version));
  return out;
}

v1::ReviewWorkItem ToProto(const ReviewMark& item, bool blind) {
  const auto marks = [](Mark mark) { return static_cast<double>(mark) / kOneMark; };
  v1::ReviewWorkItem out;
  out.set_candidate(item.candidate);
  if (item.mark.has_value()) out.set_reviewer_mark(marks(*item.mark));
  if (blind && !item.mark.has_value()) return out;  // MOD-9
  if (item.centre_mark.has_value()) out.set_centre_mark(marks(*item.centre_mark));
  if (item.moderator_mark.has_value()) out.set_moderator_mark(marks(*item.moderator_mark));
  return out;
}

v1::ReviewChange ToChange(const Reviewed& change) {
  const v1::Result after = ToProto(change.after);
  v1::ReviewChange out;
  out.set_candidate(after.candidate());
  out.set_before(static_cast<double>(change.before.final_mark.value_or(0)) / kOneMark);
  out.set_after(after.final_mark());
  out.set_basis(after.basis());
  return out;
}

v1::Appeal ToProto(const Appeal& appeal) {
  v1::Appeal out;
  out.set_name(appeal.name.Text());
  out.set_grounds(appeal.grounds);
  out.set_state(static_cast<v1::Appeal::State>(static_cast<int>(appeal.state) + 1));
  out.set_centre(appeal.centre);
  out.set_appellant(appeal.lodged_by);
  for (const std::string& member : appeal.panel) out.add_panel(member);
  out.set_reasons(appeal.reasons);
  if (!appeal.ordered_review.empty()) {
    out.set_ordered_review(ReviewName{appeal.name.review.submission, appeal.ordered_review}.Text());
  }
  if (appeal.decide_time) *out.mutable_decide_time() = Stamp(*appeal.decide_time);
  *out.mutable_create_time() = Stamp(appeal.create_time);
  *out.mutable_update_time() = Stamp(appeal.update_time);
  out.set_etag(platform::EtagOf(appeal.version));
  return out;
}

}  // namespace assay::moderation
