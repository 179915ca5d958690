#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "assay/moderation/v1/award_service.pb.h"
#include "google/protobuf/util/time_util.h"
#include "services/moderation/commands/find_blockers.h"
#include "services/moderation/convert.h"
#include "services/moderation/errors.h"
#include "services/moderation/rpcs/rpcs.h"
#include "services/platform/core/national_numbers.h"
#include "services/platform/error/error.h"

namespace assay::moderation {
namespace {

using google::protobuf::util::TimeUtil;
using platform::Call;
using platform::Error;
using platform::Router;
using platform::Transaction;

constexpr int kSubmissionsMost = 200;  // Looked at for one page.
constexpr int kEntriesMost = 200;      // Of one learner.
constexpr int kComponentsMost = 1000;  // Of one series.

absl::Status Invalid(std::string_view field, std::string_view what) {
  return Error(absl::StatusCode::kInvalidArgument, "FIELD_INVALID",
               absl::StrCat(platform::View(field), " ", platform::View(what)))
      .Field(field, what);
}

// --- what is asked -------------------------------------------------------------------------

struct Question {
  AwardFilter filter;
  LearnerKey key;
  bool one_submission = false;
  bool learner() const { return !key.candidate.empty() || !key.uln.empty(); }
};

absl::StatusOr<AwardFilter> FilterOf(const std::string& parent) {
  const auto any = [](std::string id) { return id == "-" ? std::string() : std::move(id); };
  const auto depth = std::count(parent.begin(), parent.end(), '/');
  AwardFilter filter;
  if (depth <= 1) {
    ASSIGN_OR_RETURN(const std::string series, SeriesIdOf("parent", parent));
    filter.series = any(series);
  } else if (depth <= 3) {
    ASSIGN_OR_RETURN(const ComponentName name, ComponentNameOf("parent", parent));
    filter.series = any(name.series);
    filter.component = any(name.component);
  } else {
    ASSIGN_OR_RETURN(const SubmissionName name, SubmissionNameOf("parent", parent));
    filter.series = any(name.series);
    filter.component = any(name.component);
    filter.id = any(name.id);
  }
  return filter;
}

absl::StatusOr<LearnerKey> LearnerOf(const std::string& uln, const std::string& centre,
                                     const std::string& candidate) {
  if (!centre.empty()) RETURN_IF_ERROR(CentreIdOf("centre", centre).status());
  if (!uln.empty()) {
    const platform::UlnCheck check = platform::CheckUln(uln);
    if (check == platform::UlnCheck::kTemporary) {
      return Invalid("uln", "is the temporary number of many learners (QUAL-10)");
    }
    if (check == platform::UlnCheck::kInvalid) {
      return Invalid("uln", "is not ten digits of which the last checks the others (QUAL-10)");
    }
  }
  RETURN_IF_ERROR(CheckText("candidate", candidate, 100));
  return LearnerKey{.uln = uln, .centre = centre, .candidate = candidate};
}

// What does not exist is told as such, and not as nothing that blocks.
absl::Status CheckThere(const Work& work, const AwardFilter& filter) {
  Store& store = work.store();
  const std::string& tenant = work.caller.tenant;
  if (filter.series.empty()) return absl::OkStatus();
  RETURN_IF_ERROR(store.GetSeries(work.tx, tenant, filter.series).status());
  if (filter.component.empty()) return absl::OkStatus();
  RETURN_IF_ERROR(store.GetComponent(work.tx, tenant, filter.series, filter.component).status());
  if (filter.id.empty()) return absl::OkStatus();
  return store.GetSubmission(work.tx, work.caller, {filter.series, filter.component, filter.id})
      .status();
}

absl::StatusOr<std::vector<Entry>> FindEntries(const Work& work, const Question& question) {
  ASSIGN_OR_RETURN(
      std::vector<Entry> entries,
      AwardStore().FindLearner(work.tx, work.caller, question.filter, question.key, kEntriesMost));
  if (!entries.empty()) return entries;
  return Error(absl::StatusCode::kNotFound, kLearnerNotFound,
               "no learner is entered under this number")
      .With("series",
            question.filter.series.empty() ? "series/-" : "series/" + question.filter.series);
}

// Components of the learner's qualifications in which they are not entered. Only a whole series
// can say so.
absl::StatusOr<std::vector<Blocker>> FindNotEntered(const Work& work, const Question& question,
                                                    const std::vector<Examined>& entered,
                                                    std::string_view qualification) {
  std::vector<Blocker> blockers;
  const std::string& series = question.filter.series;
  if (series.empty() || !question.filter.component.empty() || entered.empty()) return blockers;
  std::set<std::string, std::less<>> qualifications, components;
  if (!qualification.empty()) qualifications.emplace(qualification);
  for (const Examined& examined : entered) {
    components.insert(examined.component.id);
    if (qualification.empty() && !examined.component.qualification.empty()) {
      qualifications.insert(examined.component.qualification);
    }
  }
  if (qualifications.empty()) return blockers;
  ASSIGN_OR_RETURN(
      const std::vector<Component> all,
      work.store().ListComponents(work.tx, work.caller.tenant, series, "", kComponentsMost));
  for (const Component& component : all) {
    if (!qualifications.contains(component.qualification)) continue;
    if (components.contains(component.id)) continue;
    blockers.push_back(NotEntered(absl::StrCat("series/", series, "/components/", component.id),
                                  entered[0].submission.centre, entered[0].facts.dates,
                                  work.caller.now));
  }
  return blockers;
}

// --- answers -------------------------------------------------------------------------------

static_assert(static_cast<int>(BlockerKind::kReviewOpen) + 1 == v1::Blocker::KIND_REVIEW_OPEN);
static_assert(static_cast<int>(BlockerKind::kMarksMissing) + 1 == v1::Blocker::KIND_MARKS_MISSING);
static_assert(static_cast<int>(Party::kQuality) + 1 == v1::Blocker::PARTY_QUALITY);

v1::Blocker ToProto(const Blocker& blocker, const Call& call) {
  v1::Blocker out;
  out.set_kind(static_cast<v1::Blocker::Kind>(static_cast<int>(blocker.kind) + 1));
  out.set_state(blocker.unknown ? v1::Blocker::STATE_UNKNOWN : v1::Blocker::STATE_UNMET);
  for (std::string_view rule : blocker.rules) out.add_rules(std::string(rule));
  out.set_message(blocker.message);
  out.set_action(blocker.action);
  out.set_party(static_cast<v1::Blocker::Party>(static_cast<int>(blocker.party) + 1));
  // A centre never learns who moderates (MOD-9).
  if (blocker.party != Party::kModerator || !IsOfCentre(call)) {
    out.set_party_name(blocker.party_name);
  }
  if (blocker.due.has_value()) {
    *out.mutable_due_time() = TimeUtil::MicrosecondsToTimestamp(absl::ToUnixMicros(*blocker.due));
  }
  out.set_overdue(blocker.overdue);
  out.set_resource(blocker.where);
  out.set_method(std::string(blocker.method));
  out.set_count(blocker.count);
  for (const std::string& candidate : blocker.candidates) out.add_candidates(candidate);
  return out;
}

v1::Blocker ToProto(const Blocker& blocker, const Submission& submission, const Call& call) {
  v1::Blocker out = ToProto(blocker, call);
  out.set_submission(submission.name.Text());
  out.set_centre(submission.centre);
  out.set_centre_title(submission.centre_title);
  return out;
}

// Programs and officers hear of approvals; those who only moderate do not.
bool HearsOfApprovals(const Call& call) {
  const platform::Principal& principal = *call.principal;
  return IsOfCentre(call) || principal.roles != std::vector<std::string>{"moderator"};
}

// --- ListBlockers --------------------------------------------------------------------------

class BlockerLister {
 public:
  BlockerLister(const Context& context, const Call& call, const v1::ListBlockersRequest& request)
      : context_(context),
        call_(call),
        request_(request),
        caller_(CallerOf(call, Scope::kAllocated)) {}

  absl::StatusOr<v1::ListBlockersResponse> Run() {
    RETURN_IF_ERROR(Read());
    Asker asker(context_, call_,
                {.approvals = HearsOfApprovals(call_) && WantsApprovals(),
                 .each_candidate = question_.one_submission || question_.learner()});
    for (std::size_t i = 0; i < page_.size(); ++i) {
      asker.Complete(page_[i]);
      if (!Take(page_[i])) return std::move(response_);
    }
    for (const Blocker& blocker : not_entered_) {
      if (Wanted(blocker)) *response_.add_blockers() = ToProto(blocker, call_);
    }
    if (more_) SetToken(page_.back().submission.name, kBlockerKinds);
    return std::move(response_);
  }

 private:
  absl::Status Read() {
    RETURN_IF_ERROR(ReadQuestion());
    query_ = absl::StrCat(caller_.tenant, "\n", caller_.reach.all, "\n", caller_.reach.centre, "\n",
                          caller_.reach.moderator, "\n", call_.method, "\n", request_.parent());
    absl::StrAppend(&query_, "\n", request_.centre(), "\n", request_.uln(), "\n",
                    request_.candidate(), "\n", request_.party(), "\n", request_.overdue_only(),
                    "\n", request_.include_released());
    ASSIGN_OR_RETURN(size_, platform::PageSize(request_.page_size()));
    ASSIGN_OR_RETURN(const std::string after,
                     platform::DecodePageToken(request_.page_token(), query_));
    if (!after.empty()) {
      const std::vector<std::string> parts = absl::StrSplit(after, '\n');
      AwardFrom& from = from_.emplace();
      ASSIGN_OR_RETURN(from.name, SubmissionNameOf("page_token", parts[0]));
      if (parts.size() != 2 || !absl::SimpleAtoi(parts[1], &from_kind_)) {
        return Invalid("page_token", "is not one that a page gave");
      }
      from.inclusive = from_kind_ < kBlockerKinds;
    }
    return context_.database.ReadNow([&](Transaction& tx) { return ReadFacts(tx); });
  }

  absl::Status ReadQuestion() {
    ASSIGN_OR_RETURN(question_.filter, FilterOf(request_.parent()));
    ASSIGN_OR_RETURN(question_.key,
                     LearnerOf(request_.uln(), request_.centre(), request_.candidate()));
    question_.one_submission = !question_.filter.id.empty();
    question_.filter.centre = request_.centre();
    if (!request_.candidate().empty() && request_.centre().empty() && request_.uln().empty() &&
        !question_.one_submission && caller_.reach.centre.empty()) {
      return Invalid("candidate", "needs the centre: each has numbers of its own");
    }
    if (question_.key.centre.empty()) question_.key.centre = caller_.reach.centre;
    question_.filter.unfinished_only = !request_.include_released() && request_.centre().empty() &&
                                       !question_.one_submission && caller_.reach.centre.empty();
    return absl::OkStatus();
  }

  absl::Status ReadFacts(Transaction& tx) {
    const Work work{tx, call_, context_, caller_};
    RETURN_IF_ERROR(CheckThere(work, question_.filter));
    if (question_.learner()) {
      ASSIGN_OR_RETURN(const std::vector<Entry> entries, FindEntries(work, question_));
      ASSIGN_OR_RETURN(page_, Examine(tx, context_, caller_.tenant, entries));
      ASSIGN_OR_RETURN(not_entered_, FindNotEntered(work, question_, page_, ""));
      size_ = kEntriesMost * kBlockerKinds + kComponentsMost;  // One learner's are one page.
      return absl::OkStatus();
    }
    const int limit = std::min(size_, kSubmissionsMost);
    ASSIGN_OR_RETURN(
        std::vector<Submission> submissions,
        AwardStore().ListSubmissions(tx, caller_, question_.filter,
                                     from_.has_value() ? &*from_ : nullptr, limit + 1));
    more_ = static_cast<int>(submissions.size()) > limit;
    if (more_) submissions.pop_back();
    ASSIGN_OR_RETURN(page_, Examine(tx, context_, caller_.tenant, std::move(submissions)));
    return absl::OkStatus();
  }

  // Nobody else acts on an approval; on what a learner lacks the exams office acts too.
  bool WantsApprovals() const {
    if (question_.learner() && request_.party() == v1::Blocker::PARTY_CENTRE_EXAMS) return true;
    return request_.party() == v1::Blocker::PARTY_UNSPECIFIED ||
           request_.party() == v1::Blocker::PARTY_QUALITY ||
           request_.party() == v1::Blocker::PARTY_CENTRE_HEAD;
  }

  bool Wanted(const Blocker& blocker) const {
    if (request_.overdue_only() && !blocker.overdue) return false;
    return request_.party() == v1::Blocker::PARTY_UNSPECIFIED ||
           static_cast<int>(request_.party()) == static_cast<int>(blocker.party) + 1;
  }

  // Puts the blockers of one submission on the page; false if it is full, with a token to go on.
  bool Take(const Examined& examined) {
    const SubmissionName& name = examined.submission.name;
    for (const Blocker& blocker : BlockersOf(examined.facts, call_.now)) {
      const int kind = static_cast<int>(blocker.kind);
      if (from_.has_value() && from_->inclusive && name == from_->name && kind < from_kind_) {
        continue;
      }
      if (!Wanted(blocker)) continue;
      if (response_.blockers_size() == size_) {
        SetToken(name, kind);
        return false;
      }
      *response_.add_blockers() = ToProto(blocker, examined.submission, call_);
    }
    return true;
  }

  // The next page goes on with this kind of this submission.
  void SetToken(const SubmissionName& name, int kind) {
    response_.set_next_page_token(
        platform::EncodePageToken(absl::StrCat(name.Text(), "\n", kind), query_));
  }

  const Context& context_;
  const Call& call_;
  const v1::ListBlockersRequest& request_;
  const Caller caller_;
  Question question_;
  std::string query_;
  std::int32_t size_ = 0;
  std::optional<AwardFrom> from_;
  int from_kind_ = 0;
  std::vector<Examined> page_;
  bool more_ = false;
  std::vector<Blocker> not_entered_;
  v1::ListBlockersResponse response_;
};

// --- GetLearnerResult ----------------------------------------------------------------------

// A result as far as the caller may see it: the centre when it is released, officers when it is
// judged; who moderates a submission sees no centre's mark (MOD-9).
absl::StatusOr<v1::ComponentResult> ResultOf(const Work& work, const Examined& examined,
                                             const Candidate& candidate) {
  const Submission& submission = examined.submission;
  v1::ComponentResult out;
  out.set_submission(submission.name.Text());
  out.set_component_title(examined.component.title);
  out.set_qualification(examined.component.qualification);
  out.set_centre(submission.centre);
  out.set_centre_title(submission.centre_title);
  out.set_candidate(candidate.number);
  out.set_state(static_cast<v1::Submission::State>(static_cast<int>(submission.state) + 1));
  out.set_mark_max(static_cast<double>(examined.component.scale.maximum) / kOneMark);
  out.set_absent(candidate.Has(kAbsent));
  out.set_withdrawn(candidate.Has(kWithdrawn));
  out.set_carried_forward(candidate.Has(kCarriedForward));
  out.set_released(submission.state == State::kReleased);
  if (examined.facts.review.has_value()) out.set_open_review(examined.facts.review->name);
  const bool final_seen =
      out.released() || (submission.state == State::kJudged && !IsOfCentre(work.call));
  if (candidate.mark.has_value() && (final_seen || !SeesAsModerator(work.call, submission))) {
    out.set_centre_mark(static_cast<double>(*candidate.mark) / kOneMark);
  }
  if (!final_seen) return out;
  ASSIGN_OR_RETURN(const auto result, AwardStore().FindResult(work.tx, work.caller.tenant,
                                                              submission.number, candidate.number));
  if (!result.has_value()) return out;
  const v1::Result shown = ToProto(*result);
  if (shown.has_final_mark()) out.set_final_mark(shown.final_mark());
  out.set_basis(shown.basis());
  return out;
}

void AddConditions(v1::LearnerResult& out, const std::vector<Blocker>& blockers,
                   bool with_qualification) {
  using Standing = AwardCondition::Standing;
  out.set_conditions_met(true);
  for (const AwardCondition& condition : ConditionsOf(blockers, with_qualification)) {
    v1::AwardCondition& shown = *out.add_conditions();
    shown.set_condition(std::string(condition.name));
    shown.set_rule("QUAL-9");
    shown.set_state(condition.standing == Standing::kMet     ? v1::AwardCondition::STATE_MET
                    : condition.standing == Standing::kUnmet ? v1::AwardCondition::STATE_UNMET
                                                             : v1::AwardCondition::STATE_UNKNOWN);
    if (condition.standing != Standing::kMet) out.set_conditions_met(false);
  }
}

absl::StatusOr<v1::LearnerResult> GetLearnerResult(const Context& context, const Call& call,
                                                   const v1::GetLearnerResultRequest& request) {
  const Caller caller = CallerOf(call, Scope::kCentre);
  Question question;
  ASSIGN_OR_RETURN(question.filter, FilterOf(request.parent()));
  ASSIGN_OR_RETURN(question.key, LearnerOf(request.uln(), request.centre(), request.candidate()));
  if (question.key.centre.empty()) question.key.centre = caller.reach.centre;
  if (question.key.uln.empty() && question.key.candidate.empty()) {
    return Invalid("uln", "is empty, and so is candidate: nobody is meant");
  }
  if (question.key.uln.empty() && question.key.centre.empty()) {
    return Invalid("centre", "is empty: each centre has candidate numbers of its own");
  }
  v1::LearnerResult out;
  std::vector<Examined> page;
  std::vector<Blocker> not_entered;
  RETURN_IF_ERROR(context.database.ReadNow([&](Transaction& tx) -> absl::Status {
    const Work work{tx, call, context, caller};
    RETURN_IF_ERROR(CheckThere(work, question.filter));
    ASSIGN_OR_RETURN(const std::vector<Entry> entries, FindEntries(work, question));
    ASSIGN_OR_RETURN(std::vector<Examined> all, Examine(tx, context, caller.tenant, entries));
    ASSIGN_OR_RETURN(not_entered, FindNotEntered(work, question, all, request.qualification()));
    for (std::size_t i = 0; i < all.size(); ++i) {
      if (!request.qualification().empty() &&
          all[i].component.qualification != request.qualification()) {
        continue;
      }
      ASSIGN_OR_RETURN(*out.add_components(), ResultOf(work, all[i], entries[i].candidate));
      if (out.uln().empty()) out.set_uln(entries[i].candidate.uln);
      page.push_back(std::move(all[i]));
    }
    return absl::OkStatus();
  }));
  out.set_series(request.parent());
  Asker asker(context, call, {.approvals = true, .each_candidate = true});
  std::vector<Blocker> blockers;
  bool with_qualification = false;
  for (Examined& examined : page) {
    with_qualification = with_qualification || !examined.component.qualification.empty();
    asker.Complete(examined);
    for (Blocker& blocker : BlockersOf(examined.facts, call.now)) {
      *out.add_blockers() = ToProto(blocker, examined.submission, call);
      blockers.push_back(std::move(blocker));
    }
  }
  for (Blocker& blocker : not_entered) {
    *out.add_blockers() = ToProto(blocker, call);
    blockers.push_back(std::move(blocker));
  }
  AddConditions(out, blockers, with_qualification);
  return out;
}

// --- CheckComponents -----------------------------------------------------------------------

// One learner's entries for a qualification, from what is kept here alone.
class ComponentChecker {
 public:
  ComponentChecker(const Work& work, const v1::CheckComponentsRequest& request)
      : work_(work), request_(request) {}

  absl::StatusOr<v1::CheckComponentsResponse> Run() {
    RETURN_IF_ERROR(Read());
    ASSIGN_OR_RETURN(
        const std::vector<ComponentKey> components,
        AwardStore().ComponentsOf(work_.tx, work_.caller.tenant, request_.qualification(),
                                  question_.filter.series, kComponentsMost));
    ASSIGN_OR_RETURN(std::vector<Entry> entries, Entries(components));
    ASSIGN_OR_RETURN(const std::vector<Examined> examined,
                     Examine(work_.tx, work_.context, work_.caller.tenant, entries));
    for (const ComponentKey& component : components) {
      const bool room = response_.components_size() < kComponentsMost;
      if (room) RETURN_IF_ERROR(Add(component, entries, examined));
    }
    return std::move(response_);
  }

 private:
  absl::Status Read() {
    ASSIGN_OR_RETURN(question_.filter, FilterOf(request_.parent()));
    ASSIGN_OR_RETURN(question_.key,
                     LearnerOf(request_.uln(), request_.centre(), request_.candidate()));
    if (request_.qualification().empty()) return Invalid("qualification", "is missing");
    if (request_.uln().empty() && request_.candidate().empty()) {
      return Invalid("uln", "is empty, and so is candidate: nobody is meant");
    }
    if (!request_.candidate().empty() && request_.centre().empty()) {
      return Invalid("centre", "is empty: each centre has candidate numbers of its own");
    }
    return CheckThere(work_, question_.filter);
  }

  // By national number wherever that is, and by number at the centre unless it is somebody else's.
  absl::StatusOr<std::vector<Entry>> Entries(const std::vector<ComponentKey>& components) {
    std::vector<Entry> entries;
    if (!request_.uln().empty()) {
      ASSIGN_OR_RETURN(entries, AwardStore().FindLearner(work_.tx, work_.caller, question_.filter,
                                                         {.uln = request_.uln()}, kEntriesMost));
    }
    if (request_.candidate().empty()) return entries;
    for (const ComponentKey& component : components) {
      if (static_cast<int>(entries.size()) >= kEntriesMost) break;
      AwardFilter filter = question_.filter;
      filter.series = component.series;
      filter.component = component.id;
      ASSIGN_OR_RETURN(
          const std::vector<Entry> found,
          AwardStore().FindLearner(work_.tx, work_.caller, filter,
                                   {.centre = request_.centre(), .candidate = request_.candidate()},
                                   kEntriesMost));
      for (const Entry& entry : found) {
        if (request_.uln().empty() || entry.candidate.uln.empty()) entries.push_back(entry);
      }
    }
    return entries;
  }

  absl::Status Add(const ComponentKey& component, const std::vector<Entry>& entries,
                   const std::vector<Examined>& examined) {
    ASSIGN_OR_RETURN(const absl::Time end, EndOf(component.series));
    v1::ComponentCheck blank;
    blank.set_component(absl::StrCat("series/", component.series, "/components/", component.id));
    blank.set_component_title(component.title);
    *blank.mutable_series_end_time() = TimeUtil::MicrosecondsToTimestamp(absl::ToUnixMicros(end));
    bool entered = false;
    for (std::size_t i = 0; i < examined.size(); ++i) {
      const Submission& submission = examined[i].submission;
      if (submission.name.series != component.series || submission.name.component != component.id) {
        continue;
      }
      entered = true;
      v1::ComponentCheck& out = *response_.add_components();
      out = blank;
      out.set_submission(submission.name.Text());
      out.set_candidate(entries[i].candidate.number);
      out.set_withdrawn(entries[i].candidate.Has(kWithdrawn));
      for (const Blocker& blocker : BlockersOf(examined[i].facts, work_.caller.now)) {
        *out.add_blockers() = ToProto(blocker, submission, work_.call);
      }
      out.set_final(!out.withdrawn() && out.blockers().empty() &&
                    submission.state == State::kReleased);
    }
    if (!entered) *response_.add_components() = blank;
    return absl::OkStatus();
  }

  // A series without dates goes on for as long as nobody says otherwise: its beginning is known.
  absl::StatusOr<absl::Time> EndOf(const std::string& id) {
    const auto known = ends_.find(id);
    if (known != ends_.end()) return known->second;
    ASSIGN_OR_RETURN(const Series series,
                     work_.store().GetSeries(work_.tx, work_.caller.tenant, id));
    absl::Time end = series.create_time;
    for (const auto& date : {series.marks_due, series.samples_due, series.moderation_due,
                             series.results_due, series.release}) {
      if (date.has_value()) end = std::max(end, *date);
    }
    return ends_.emplace(id, end).first->second;
  }

  const Work& work_;
  const v1::CheckComponentsRequest& request_;
  Question question_;
  std::map<std::string, absl::Time> ends_;
  v1::CheckComponentsResponse response_;
};

}  // namespace

void RegisterAwards(Router& router, const Context& context) {
  const std::string service = "assay.moderation.v1.AwardService/";
  router.Ask<v1::GetLearnerResultRequest, v1::LearnerResult>(
      service + "GetLearnerResult",
      [&context](const Call& call, const v1::GetLearnerResultRequest& request) {
        return GetLearnerResult(context, call, request);
      });
  router.Ask<v1::ListBlockersRequest, v1::ListBlockersResponse>(
      service + "ListBlockers",
      [&context](const Call& call, const v1::ListBlockersRequest& request) {
        return BlockerLister(context, call, request).Run();
      });
  // Not on the pool: who is asked from this pool asks it, and neither waits for the other (QUAL-9).
  router.Read<v1::CheckComponentsRequest, v1::CheckComponentsResponse>(
      service + "CheckComponents",
      [&context](const Call& call, const v1::CheckComponentsRequest& request, Transaction& tx) {
        return ComponentChecker({tx, call, context, CallerOf(call, Scope::kCentre)}, request).Run();
      });
}

}  // namespace assay::moderation
