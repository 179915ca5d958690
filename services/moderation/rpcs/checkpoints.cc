#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "assay/moderation/v1/checkpoint_service.pb.h"
#include "google/protobuf/util/time_util.h"
#include "services/moderation/commands/run_checkpoints.h"
#include "services/moderation/convert.h"
#include "services/moderation/rpcs/rpcs.h"
#include "services/platform/error/error.h"

namespace assay::moderation {
namespace {

using google::protobuf::util::TimeUtil;
using platform::Router;

constexpr int kRunsMost = 1000;
constexpr int kBatchesOfACall = 5;

std::string NameText(const std::string& series, const Checkpoint& checkpoint) {
  return absl::StrCat("series/", series, "/checkpoints/", checkpoint.Id());
}

google::protobuf::Timestamp Stamp(absl::Time time) {
  return TimeUtil::MicrosecondsToTimestamp(absl::ToUnixMicros(time));
}

// A checkpoint of the plan, and what is known of its run.
struct Listed {
  std::size_t position = 0;
  Checkpoint checkpoint;
  v1::Checkpoint::State state = v1::Checkpoint::STATE_PLANNED;
  std::int64_t notices = 0;
};

absl::StatusOr<std::vector<Listed>> ListAll(const Work& work, const CheckpointPlan& plan) {
  ASSIGN_OR_RETURN(const std::vector<CheckpointRun> runs,
                   CheckpointStore().List(work.tx, work.caller.tenant, plan.series.id, kRunsMost));
  const std::vector<Checkpoint> due = DueAt(plan.checkpoints, work.caller.now);
  std::vector<Listed> all;
  for (const Checkpoint& checkpoint : plan.checkpoints) {
    const std::string id = checkpoint.Id();
    Listed& listed = all.emplace_back(Listed{all.size() + 1, checkpoint});
    const auto run = std::find_if(runs.begin(), runs.end(), [&](const CheckpointRun& r) {
      return r.id == id && r.due == checkpoint.due;
    });
    if (run != runs.end()) listed.notices = run->notices;
    const bool is_due =
        std::any_of(due.begin(), due.end(), [&](const Checkpoint& d) { return d.Id() == id; });
    if (run != runs.end() && run->finished.has_value()) {
      listed.state = v1::Checkpoint::STATE_DONE;
    } else if (is_due) {
      listed.state = v1::Checkpoint::STATE_RUNNING;
    } else if (checkpoint.at <= work.caller.now) {
      listed.state = v1::Checkpoint::STATE_PASSED;
    }
  }
  return all;
}

absl::StatusOr<v1::ListCheckpointsResponse> ListCheckpoints(
    const Work& work, const v1::ListCheckpointsRequest& request) {
  ASSIGN_OR_RETURN(const std::string series, SeriesIdOf("parent", request.parent()));
  ASSIGN_OR_RETURN(const CheckpointPlan plan, PlanCheckpoints(work, series));
  ASSIGN_OR_RETURN(const std::vector<Listed> all, ListAll(work, plan));
  return Page<v1::ListCheckpointsResponse>(
      work, request, request.parent(),
      [&](const std::string& after, int limit) -> absl::StatusOr<std::vector<Listed>> {
        std::size_t begin = 0;
        if (!after.empty() && !absl::SimpleAtoi(after, &begin)) begin = all.size();
        begin = std::min(begin, all.size());
        const std::size_t end = std::min(begin + limit, all.size());
        return std::vector<Listed>(all.begin() + begin, all.begin() + end);
      },
      [&](auto& response, const Listed& listed) {
        v1::Checkpoint& out = *response.add_checkpoints();
        out.set_name(NameText(series, listed.checkpoint));
        out.set_term(std::string(NameOf(listed.checkpoint.term)));
        out.set_days_ahead(listed.checkpoint.days_ahead);
        *out.mutable_due_time() = Stamp(listed.checkpoint.due);
        *out.mutable_run_time() = Stamp(listed.checkpoint.at);
        out.set_state(listed.state);
        out.set_notice_count(listed.notices);
      },
      [](const Listed& listed) { return absl::StrCat(listed.position); });
}

// Where a preview goes on: in which of the checkpoints that are due, after which submission.
struct PreviewFrom {
  std::string checkpoint;
  std::optional<AwardFrom> after;
};

absl::StatusOr<PreviewFrom> PreviewFromOf(const std::string& position) {
  PreviewFrom from;
  if (position.empty()) return from;
  const std::vector<std::string> parts = absl::StrSplit(position, '\n');
  from.checkpoint = parts[0];
  if (parts.size() > 1 && !parts[1].empty()) {
    ASSIGN_OR_RETURN(from.after.emplace().name, SubmissionNameOf("page_token", parts[1]));
  }
  return from;
}

// Those that would run at the time: what has run already raises nothing again.
absl::StatusOr<std::vector<Checkpoint>> Unfinished(const Work& work, const CheckpointPlan& plan,
                                                   absl::Time time) {
  std::vector<Checkpoint> left;
  for (const Checkpoint& checkpoint : DueAt(plan.checkpoints, time)) {
    ASSIGN_OR_RETURN(const auto run,
                     CheckpointStore().Find(work.tx, work.caller.tenant, plan.series.id,
                                            checkpoint.Id(), checkpoint.due));
    if (!run.has_value() || !run->finished.has_value()) left.push_back(checkpoint);
  }
  return left;
}

v1::CheckpointNotice ToProto(const std::string& checkpoint, const Found& found) {
  v1::CheckpointNotice out;
  const Submission& submission = found.examined.submission;
  out.set_checkpoint(checkpoint);
  out.set_submission(submission.name.Text());
  out.set_centre(submission.centre);
  out.set_centre_title(submission.centre_title);
  out.set_party(std::string(NameOf(found.want.party)));
  out.set_message(found.want.message);
  out.set_action(found.want.action);
  return out;
}

// A page is one batch of one checkpoint, so that it costs the same in every series.
absl::StatusOr<v1::PreviewCheckpointsResponse> PreviewCheckpoints(
    const Work& work, const v1::PreviewCheckpointsRequest& request) {
  ASSIGN_OR_RETURN(const std::string series, SeriesIdOf("parent", request.parent()));
  absl::Time time = work.caller.now;
  if (request.has_time()) {
    time = absl::FromUnixSeconds(request.time().seconds());
  }
  const std::string query = absl::StrCat(work.caller.tenant, "\n", work.call.method, "\n", series,
                                         "\n", request.has_time() ? request.time().seconds() : 0);
  ASSIGN_OR_RETURN(const std::int32_t size, platform::PageSize(request.page_size()));
  ASSIGN_OR_RETURN(const std::string position,
                   platform::DecodePageToken(request.page_token(), query));
  ASSIGN_OR_RETURN(PreviewFrom from, PreviewFromOf(position));
  ASSIGN_OR_RETURN(const CheckpointPlan plan, PlanCheckpoints(work, series));
  ASSIGN_OR_RETURN(const std::vector<Checkpoint> due, Unfinished(work, plan, time));
  v1::PreviewCheckpointsResponse response;
  auto at = due.begin();
  while (at != due.end() && !from.checkpoint.empty() && at->Id() != from.checkpoint) ++at;
  if (at == due.end()) return response;
  ASSIGN_OR_RETURN(const FoundBatch batch,
                   FindWants(work, series, *at, from.after.has_value() ? &*from.after : nullptr,
                             std::min<int>(size, kCheckpointBatch)));
  const std::string name = NameText(series, *at);
  for (const Found& found : batch.found) *response.add_notices() = ToProto(name, found);
  std::string next;
  if (batch.more) {
    next = absl::StrCat(at->Id(), "\n", batch.last->Text());
  } else if (++at != due.end()) {
    next = absl::StrCat(at->Id(), "\n");
  }
  if (!next.empty()) response.set_next_page_token(platform::EncodePageToken(next, query));
  return response;
}

absl::StatusOr<v1::RunCheckpointsResponse> RunNow(const Work& work,
                                                  const v1::RunCheckpointsRequest& request) {
  ASSIGN_OR_RETURN(const std::string series, SeriesIdOf("parent", request.parent()));
  v1::RunCheckpointsResponse response;
  for (int i = 0; i < kBatchesOfACall; ++i) {
    ASSIGN_OR_RETURN(const CheckpointProgress progress, RunCheckpoints(work, series));
    response.set_notice_count(response.notice_count() + progress.notices);
    response.set_more(progress.more);
    if (!progress.more) break;
  }
  return response;
}

}  // namespace

void RegisterCheckpoints(Router& router, const Context& context) {
  const std::string service = "assay.moderation.v1.CheckpointService/";
  const Scope scope = Scope::kTenant;
  Read<v1::ListCheckpointsRequest, v1::ListCheckpointsResponse>(
      router, context, service + "ListCheckpoints", scope, ListCheckpoints);
  Read<v1::PreviewCheckpointsRequest, v1::PreviewCheckpointsResponse>(
      router, context, service + "PreviewCheckpoints", scope, PreviewCheckpoints);
  Write<v1::RunCheckpointsRequest, v1::RunCheckpointsResponse>(
      router, context, service + "RunCheckpoints", scope, RunNow);
}

}  // namespace assay::moderation
