#include "gateway/ctl/journey_calls.h"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <thread>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include "gateway/ctl/request_id.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/core/view.h"
#include "services/platform/error/error.h"

namespace assay::gateway::ctl {
namespace {

using platform::Error;
using platform::ReasonOf;
using platform::View;

constexpr int kRoundsMax = 10;  // Stages 1 and 2, an extension, all called in: 4 at most today.

constexpr std::string_view kStates[] = {"STATE_OPEN",      "STATE_SUBMITTED", "STATE_SAMPLED",
                                        "STATE_ALLOCATED", "STATE_JUDGED",    "STATE_RELEASED"};

long StateOrder(std::string_view state) {
  return std::find(std::begin(kStates), std::end(kStates), state) - std::begin(kStates);
}

absl::Status MarkUnknown(const std::string& candidate) {
  return Error(absl::StatusCode::kNotFound, "SECOND_MARK_UNKNOWN",
               absl::StrCat("the moderator's file has no mark for candidate ", candidate));
}

}  // namespace

absl::StatusOr<std::string> OfficerToken(const Mint& mint) {
  return mint.Token("users/quality-officer", {"quality"});
}

absl::StatusOr<std::string> ExamsToken(const Mint& mint, const std::string& centre) {
  return mint.Token(absl::StrCat("users/exams-", absl::StripPrefix(centre, "centres/")),
                    {"centre_exams"}, centre);
}

absl::StatusOr<std::string> ModeratorToken(const Mint& mint, const std::string& subject) {
  return mint.Token(subject, {"moderator"});
}

absl::StatusOr<Json> JourneyCalls::Get(const std::string& token, const std::string& path,
                                       Query query) {
  return api_.Call({.path = absl::StrCat("/v1/", path), .query = std::move(query), .token = token});
}

absl::StatusOr<std::vector<Json>> JourneyCalls::List(const std::string& token,
                                                     const std::string& path,
                                                     std::string_view items, Query query) {
  std::vector<Json> all;
  query.emplace_back("pageSize", "1000");
  std::string page;
  do {
    Query paged = query;
    if (!page.empty()) paged.emplace_back("pageToken", page);
    ASSIGN_OR_RETURN(const Json answer, Get(token, path, std::move(paged)));
    for (const Json& item : Items(answer, items)) all.push_back(item);
    page = Text(answer, "nextPageToken");
  } while (!page.empty());
  return all;
}

absl::StatusOr<Json> JourneyCalls::Create(const std::string& token, const std::string& path,
                                          const Json& resource, Query query) {
  std::string body = resource.dump();
  query.emplace_back("requestId", RequestId({run_key_, path, body}));
  return api_.Call({.method = "POST",
                    .path = absl::StrCat("/v1/", path),
                    .query = std::move(query),
                    .token = token,
                    .body = std::move(body)});
}

absl::StatusOr<Json> JourneyCalls::Do(const std::string& token, const std::string& path, Json body,
                                      std::string_view step) {
  body["requestId"] = RequestId({run_key_, path, body.dump(), step});
  return api_.Call(
      {.method = "POST", .path = absl::StrCat("/v1/", path), .token = token, .body = body.dump()});
}

absl::StatusOr<Json> JourneyCalls::Send(const std::string& token, const std::string& path,
                                        Query query, std::string content_type, std::string bytes,
                                        bool with_request_id) {
  if (with_request_id) query.emplace_back("requestId", RequestId({run_key_, path, bytes}));
  return api_.Call({.method = "POST",
                    .path = absl::StrCat("/v1/", path),
                    .query = std::move(query),
                    .token = token,
                    .content_type = std::move(content_type),
                    .body = std::move(bytes)});
}

absl::StatusOr<Json> OrFound(absl::StatusOr<Json> done,
                             std::initializer_list<std::string_view> reasons,
                             const std::function<absl::StatusOr<Json>()>& found) {
  if (done.ok()) return done;
  const std::string reason = ReasonOf(done.status());
  if (std::find(reasons.begin(), reasons.end(), reason) == reasons.end()) return done;
  absl::StatusOr<Json> resource = found();
  return resource.ok() ? std::move(resource) : std::move(done);
}

absl::StatusOr<Json> FindSubmission(JourneyCalls& calls, const std::string& token,
                                    const std::string& name, std::string_view state) {
  ASSIGN_OR_RETURN(Json submission, calls.Get(token, name));
  if (StateOrder(Text(submission, "state")) < StateOrder(state)) {
    return Error(
        absl::StatusCode::kFailedPrecondition, "SUBMISSION_STATE_WRONG",
        absl::StrCat(name, " is in ", Text(submission, "state"), ", not yet in ", View(state)));
  }
  return submission;
}

absl::Status InParallel(int count, int workers, const std::function<absl::Status(int)>& body) {
  std::atomic<int> next{0};
  std::atomic<bool> failed{false};
  std::mutex mutex;
  int first_failed = count;
  absl::Status first_error;
  const auto work = [&] {
    for (int i = next++; i < count && !failed; i = next++) {
      absl::Status status = body(i);
      if (status.ok()) continue;
      failed = true;
      std::lock_guard lock(mutex);
      if (i < first_failed) {
        first_failed = i;
        first_error = std::move(status);
      }
    }
  };
  std::vector<std::thread> threads;
  threads.reserve(static_cast<std::size_t>(std::max(0, std::min(workers, count))));
  for (int i = 0; i < std::min(workers, count); ++i) threads.emplace_back(work);
  for (std::thread& thread : threads) thread.join();
  return first_error;
}

absl::StatusOr<std::vector<Round>> Moderate(
    JourneyCalls& calls, const std::string& moderator_token, const std::string& submission,
    const std::map<std::string, std::string>& second_marks) {
  std::vector<Round> rounds;
  for (int number = 0; number < kRoundsMax; ++number) {
    Round round;
    // Once judged for good there is no work to list; its judgement is all there is to read.
    const auto items = calls.List(moderator_token, submission + "/work", "items");
    if (!items.ok() && ReasonOf(items.status()) != "SUBMISSION_STATE_WRONG") return items.status();
    Json marks = Json::array();
    for (const Json& item : items.ok() ? *items : std::vector<Json>()) {
      if (MaybeNumber(item, "moderatorMark").has_value()) continue;
      const std::string candidate = Text(item, "candidate");
      const auto mark = second_marks.find(candidate);
      double value = 0;
      if (mark == second_marks.end() || !absl::SimpleAtod(mark->second, &value)) {
        return MarkUnknown(candidate);
      }
      ++round.due;
      if (MaybeNumber(item, "centreMark").has_value()) ++round.centre_marks_seen;
      marks.push_back({{"candidate", candidate}, {"mark", value}});
    }
    if (round.due > 0) {
      RETURN_IF_ERROR(
          calls.Do(moderator_token, submission + ":recordModeratorMarks", {{"marks", marks}})
              .status());
    }
    ASSIGN_OR_RETURN(round.judgement,
                     OrFound(calls.Do(moderator_token, submission + ":judge", Json::object(),
                                      absl::StrCat("round ", number)),
                             {"SUBMISSION_STATE_WRONG"}, [&] {
                               return calls.Get(moderator_token, submission + "/judgement");
                             }));
    const bool final = Flag(round.judgement, "final");
    rounds.push_back(std::move(round));
    if (final) return rounds;
  }
  return Error(absl::StatusCode::kInternal, "NO_OUTCOME",
               absl::StrCat(submission, " has no outcome after ", kRoundsMax, " rounds"));
}

absl::StatusOr<std::string> EnsureModerator(JourneyCalls& calls, const std::string& token,
                                            const std::string& subject, const std::string& title,
                                            int capacity) {
  const auto created = calls.Create(
      token, "moderators", {{"subject", subject}, {"title", title}, {"capacity", capacity}});
  if (created.ok()) return Text(*created, "name");
  if (ReasonOf(created.status()) != "MODERATOR_EXISTS") return created.status();
  ASSIGN_OR_RETURN(const auto moderators, calls.List(token, "moderators", "moderators"));
  for (const Json& moderator : moderators) {
    if (Text(moderator, "subject") == subject) return Text(moderator, "name");
  }
  return created.status();
}

absl::Status EnsureCentreApproved(JourneyCalls& calls, const std::string& token,
                                  const std::string& centre) {
  const auto approved = calls.Do(token, centre + ":approve", Json::object());
  if (approved.ok()) return absl::OkStatus();
  if (ReasonOf(approved.status()) != "CENTRE_STATE_WRONG") return approved.status();
  ASSIGN_OR_RETURN(const Json found, calls.Get(token, centre));
  return Text(found, "state") == "STATE_APPROVED" ? absl::OkStatus() : approved.status();
}

int DrawnCount(const Json& sample) {
  const Json& candidates = Items(sample, "candidates");
  return static_cast<int>(std::count_if(candidates.begin(), candidates.end(),
                                        [](const Json& c) { return Int(c, "stage") <= 2; }));
}

absl::StatusOr<SampleFacts> FetchSampleFacts(JourneyCalls& calls, const std::string& token,
                                             const std::string& sample) {
  const std::string submission = SubmissionOfSample(sample);
  if (submission.empty()) {
    return Error(absl::StatusCode::kInvalidArgument, "SAMPLE_NAME_INVALID",
                 absl::StrCat("\"", sample, "\" is not the name of a sample; it looks like ",
                              "series/S/components/C/submissions/U/samples/N"));
  }
  SampleFacts facts;
  ASSIGN_OR_RETURN(facts.sample, calls.Get(token, sample));
  ASSIGN_OR_RETURN(facts.submission, calls.Get(token, submission));
  ASSIGN_OR_RETURN(facts.verdict, calls.Get(token, sample + ":verify"));
  auto candidates = calls.List(token, submission + "/candidates", "candidates");
  facts.candidates_known = candidates.ok();
  if (candidates.ok()) {
    facts.candidates = *std::move(candidates);
  } else if (!absl::IsPermissionDenied(candidates.status())) {
    return candidates.status();
  }
  return facts;
}

std::string ActionWords(std::string_view action) {
  std::string words(absl::StripPrefix(View(action), "ACTION_"));
  return absl::StrReplaceAll(absl::AsciiStrToLower(words), {{"_", " "}});
}

}  // namespace assay::gateway::ctl
