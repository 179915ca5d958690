#include "services/moderation/draw_all.h"

#include <algorithm>
#include <iterator>
#include <mutex>
#include <optional>
#include <set>
#include <span>
#include <thread>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "services/moderation/commands/consortia.h"
#include "services/moderation/commands/draw_sample.h"
#include "services/moderation/risk_facts.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/error/error.h"
#include "services/platform/storage/deferred.h"

namespace assay::moderation {
namespace {

using platform::Transaction;

constexpr int kGroup = 100;  // Submissions of one transaction.
// One more than cores to think on, because each waits while its group is written.
constexpr int kThreads = 3;
constexpr std::size_t kNotDrawnMax = 1'000;

class Drawing {
 public:
  Drawing(const Context& context, const platform::Call& call, SubmissionFilter filter)
      : context_(context), call_(call), filter_(std::move(filter)) {}

  absl::StatusOr<DrawnSamples> Run() {
    std::vector<std::thread> others;
    for (int i = 1; i < kThreads; ++i) others.emplace_back([this] { Work(); });
    Work();
    for (std::thread& other : others) other.join();
    RETURN_IF_ERROR(failed_);
    for (const ConsortiumName& name : consortia_) RETURN_IF_ERROR(DrawTogether(name));
    result_.complete = exhausted_;
    std::sort(result_.not_drawn.begin(), result_.not_drawn.end(),
              [](const Undrawn& a, const Undrawn& b) { return a.submission < b.submission; });
    return std::move(result_);
  }

 private:
  void Work() {
    for (;;) {
      absl::StatusOr<std::vector<Submission>> group = NextGroup();
      absl::Status status = group.status();
      if (status.ok() && group->empty()) return;
      if (status.ok()) status = DrawGroup(*group);
      if (status.ok()) continue;
      std::lock_guard lock(mutex_);
      if (failed_.ok()) failed_ = status;
      return;
    }
  }

  // Empty: there is no more to do.
  absl::StatusOr<std::vector<Submission>> NextGroup() {
    std::lock_guard lock(mutex_);
    std::vector<Submission> group;
    if (exhausted_ || !failed_.ok() || call_.cancelled()) return group;
    RETURN_IF_ERROR(context_.database.ReadNow([&](Transaction& tx) -> absl::Status {
      const SubmissionName* after = last_.has_value() ? &*last_ : nullptr;
      ASSIGN_OR_RETURN(group, context_.store.ListSubmissions(tx, CallerOf(call_, Scope::kCentre),
                                                             filter_, after, kGroup));
      return absl::OkStatus();
    }));
    exhausted_ = static_cast<int>(group.size()) < kGroup;
    if (!group.empty()) last_ = group.back().name;
    return group;
  }

  moderation::Work WorkOn(Transaction& tx) const {
    return {tx, call_, context_, CallerOf(call_, Scope::kCentre)};
  }

  struct Outcome {
    std::int64_t drawn = 0;
    std::vector<Undrawn> not_drawn;
    std::vector<const Submission*> to_write;
  };

  // Of the centres of the group whose policy draws by it (MOD-14); asked outside of transactions.
  using Risks = absl::flat_hash_map<std::string, CentreRisk>;
  absl::StatusOr<Risks> RisksOf(const std::vector<Submission>& group) {
    Risks risks;
    for (const Submission& submission : group) {
      ASSIGN_OR_RETURN(const bool by_risk, ByRisk(submission.name));
      if (!by_risk || risks.contains(submission.centre)) continue;
      ASSIGN_OR_RETURN(const CentreRisk risk, AskRisk(context_, call_, submission.centre));
      risks[submission.centre] = risk;
    }
    return risks;
  }
  absl::StatusOr<bool> ByRisk(const SubmissionName& name) {
    {
      std::lock_guard lock(mutex_);
      const auto found = by_risk_.find(name.component);
      if (found != by_risk_.end()) return found->second;
    }
    ASSIGN_OR_RETURN(const bool by_risk, DrawsByRisk(context_, call_, name.series, name.component));
    std::lock_guard lock(mutex_);
    by_risk_[name.component] = by_risk;
    return by_risk;
  }

  absl::Status DrawGroup(const std::vector<Submission>& group) {
    platform::DeferredWrites writes;
    Outcome outcome;
    ASSIGN_OR_RETURN(const Risks risks, RisksOf(group));
    RETURN_IF_ERROR(context_.database.ReadNow([&](Transaction& tx) -> absl::Status {
      platform::DeferredTransaction deferred(tx, writes);
      for (const Submission& submission : group) {
        if (!submission.consortium.empty()) {
          std::lock_guard lock(mutex_);
          consortia_.insert(
              {submission.name.series, submission.name.component, submission.consortium});
          continue;
        }
        const auto begin = writes.Here();
        RETURN_IF_ERROR(DrawOne(deferred, submission, risks, outcome));
        if (outcome.to_write.empty() || outcome.to_write.back() != &submission) {
          writes.BackTo(begin);
        }
      }
      return absl::OkStatus();
    }));
    Outcome again;
    bool changed = false;
    RETURN_IF_ERROR(context_.database.WriteNow([&](Transaction& tx) -> absl::Status {
      again = {};
      ASSIGN_OR_RETURN(changed, Changed(tx, outcome.to_write));
      if (!changed) return writes.Apply(tx);
      for (const Submission* submission : outcome.to_write) {
        RETURN_IF_ERROR(DrawOne(tx, *submission, risks, again));
      }
      return absl::OkStatus();
    }));
    if (changed) {
      outcome.drawn = again.drawn;
      std::move(again.not_drawn.begin(), again.not_drawn.end(),
                std::back_inserter(outcome.not_drawn));
    }
    Note(std::move(outcome));
    return absl::OkStatus();
  }

  // One draw for all of a consortium (MOD-5), which can be told of only as a whole.
  absl::Status DrawTogether(const ConsortiumName& name) {
    Outcome outcome;
    SamplingFacts facts;
    ASSIGN_OR_RETURN(facts.risk, AskGroupRisk(context_, call_, name));
    const absl::Status status = context_.database.WriteNow([&](Transaction& tx) -> absl::Status {
      outcome = {};
      const auto drawn = DrawConsortium(WorkOn(tx), name, "", facts);
      RETURN_IF_ERROR(drawn.status());
      outcome.drawn = static_cast<std::int64_t>(drawn->shares.size());
      return absl::OkStatus();
    });
    std::string reason = platform::ReasonOf(status);
    if (!status.ok() && reason.empty()) return status;
    if (!status.ok()) {
      outcome = {};
      outcome.not_drawn.push_back({name.Text(), std::move(reason), std::string(status.message())});
    }
    Note(std::move(outcome));
    return absl::OkStatus();
  }

  // A refusal is the submission's; any other error ends the whole.
  absl::Status DrawOne(Transaction& tx, const Submission& submission, const Risks& risks,
                       Outcome& outcome) {
    DrawParams params{.name = submission.name};
    const auto risk = risks.find(submission.centre);
    if (risk != risks.end()) params.facts.risk = risk->second;
    const auto drawn = DrawSample(WorkOn(tx), params);
    if (drawn.ok()) {
      ++outcome.drawn;
      outcome.to_write.push_back(&submission);
      return absl::OkStatus();
    }
    std::string reason = platform::ReasonOf(drawn.status());
    if (reason.empty()) return drawn.status();
    outcome.not_drawn.push_back(
        {submission.name.Text(), std::move(reason), std::string(drawn.status().message())});
    return absl::OkStatus();
  }

  absl::StatusOr<bool> Changed(Transaction& tx, std::span<const Submission* const> submissions) {
    const Caller caller = CallerOf(call_, Scope::kCentre);
    for (const Submission* submission : submissions) {
      const auto now = context_.store.GetSubmission(tx, caller, submission->name);
      if (absl::IsNotFound(now.status())) return true;
      if (!now.ok()) return now.status();
      if (now->version != submission->version) return true;
    }
    return false;
  }

  void Note(Outcome outcome) {
    std::lock_guard lock(mutex_);
    result_.drawn += outcome.drawn;
    result_.not_drawn_count += static_cast<std::int64_t>(outcome.not_drawn.size());
    for (Undrawn& one : outcome.not_drawn) {
      if (result_.not_drawn.size() < kNotDrawnMax) result_.not_drawn.push_back(std::move(one));
    }
  }

  const Context& context_;
  const platform::Call& call_;
  const SubmissionFilter filter_;
  std::mutex mutex_;
  std::optional<SubmissionName> last_;
  bool exhausted_ = false;
  absl::Status failed_;
  absl::flat_hash_map<std::string, bool> by_risk_;  // By component.
  std::set<ConsortiumName> consortia_;              // That were met.
  DrawnSamples result_;
};

}  // namespace

absl::StatusOr<DrawnSamples> DrawSamples(const Context& context, const platform::Call& call,
                                         const std::string& series, const std::string& component) {
  return Drawing(context, call,
                 {.series = series, .component = component, .state = State::kSubmitted})
      .Run();
}

}  // namespace assay::moderation
