// The calls of a journey: each with a request id that a second run makes again, so that a
// journey that broke off, or is run twice, does nothing twice.
#pragma once
#include <functional>
#include <initializer_list>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "gateway/ctl/api.h"
#include "gateway/ctl/json_view.h"
#include "gateway/ctl/mint.h"
#include "gateway/ctl/verify_sample.h"

namespace assay::gateway::ctl {

using Query = std::vector<std::pair<std::string, std::string>>;

// Thread-safe. `token` says who calls; paths are resource names without "/v1/".
class JourneyCalls {
 public:
  JourneyCalls(Api& api, std::string run_key) : api_(api), run_key_(std::move(run_key)) {}

  absl::StatusOr<Json> Get(const std::string& token, const std::string& path, Query query = {});
  // All pages of the list `items`.
  absl::StatusOr<std::vector<Json>> List(const std::string& token, const std::string& path,
                                         std::string_view items, Query query = {});
  // A resource is the body; its request id goes into the query.
  absl::StatusOr<Json> Create(const std::string& token, const std::string& path,
                              const Json& resource, Query query = {});
  // A custom method; its request id goes into the body. `step` tells apart calls of one method
  // with the same body.
  absl::StatusOr<Json> Do(const std::string& token, const std::string& path, Json body,
                          std::string_view step = "");
  // A file's bytes as the body. Methods without request_id are safe to repeat by nature.
  absl::StatusOr<Json> Send(const std::string& token, const std::string& path, Query query,
                            std::string content_type, std::string bytes, bool with_request_id);

  Api& api() { return api_; }

 private:
  Api& api_;
  const std::string run_key_;
};

// The people of a journey, as tokens.
absl::StatusOr<std::string> OfficerToken(const Mint& mint);
absl::StatusOr<std::string> ExamsToken(const Mint& mint, const std::string& centre);
absl::StatusOr<std::string> ModeratorToken(const Mint& mint, const std::string& subject);

// `done`, or what `found` reads if `done` failed because it had been done before: with one of
// `reasons`. If `found` fails too, the first error stands.
absl::StatusOr<Json> OrFound(absl::StatusOr<Json> done,
                             std::initializer_list<std::string_view> reasons,
                             const std::function<absl::StatusOr<Json>()>& found);

// The submission once it is in `state` or beyond; FAILED_PRECONDITION otherwise.
absl::StatusOr<Json> FindSubmission(JourneyCalls& calls, const std::string& token,
                                    const std::string& name, std::string_view state);

// Runs body(0) … body(count - 1) on up to `workers` threads. Returns the first error in order
// of the index; after an error no further ones are begun.
absl::Status InParallel(int count, int workers, const std::function<absl::Status(int)>& body);

// How one submission was moderated.
struct Round {
  int due = 0;                // Candidates to mark in this round; 0 if marked by an earlier run.
  int centre_marks_seen = 0;  // Of these, how many came with the centre's mark (MOD-9: none).
  Json judgement;
};

// Marks what is due with `second_marks` and judges, until the outcome is final.
absl::StatusOr<std::vector<Round>> Moderate(JourneyCalls& calls, const std::string& moderator_token,
                                            const std::string& submission,
                                            const std::map<std::string, std::string>& second_marks);

// Registers a moderator, or finds the one that `subject` is. Returns the resource name.
absl::StatusOr<std::string> EnsureModerator(JourneyCalls& calls, const std::string& token,
                                            const std::string& subject, const std::string& title,
                                            int capacity);

// Approves a centre that is listed or has applied; fine if it is approved already.
absl::Status EnsureCentreApproved(JourneyCalls& calls, const std::string& token,
                                  const std::string& centre);

// Candidates that the draw itself chose: not those that a judgement called for later.
int DrawnCount(const Json& sample);

// What is needed to check a sample (MOD-4), read with `token`.
absl::StatusOr<SampleFacts> FetchSampleFacts(JourneyCalls& calls, const std::string& token,
                                             const std::string& sample);

// "ACTION_MARKS_STAND" → "marks stand".
std::string ActionWords(std::string_view action);

}  // namespace assay::gateway::ctl
