// What moderation asks of approval: may this centre enter candidates today, and may what was
// assessed there on a day count?
//
// Of the first, positive answers are remembered in the cache, one entry a centre, until approval
// tells of a change (Forget) or their time is over; refusals are asked again each time, so that a
// fresh approval counts at once.
#pragma once
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "services/platform/cache/cache.h"
#include "services/platform/rpc/call.h"
#include "services/platform/rpc/client.h"

namespace assay::moderation {

class Approval {
 public:
  Approval(platform::Client& client, platform::Cache& cache, absl::Duration lifetime)
      : client_(client), cache_(cache), lifetime_(lifetime) {}

  // The centre's title, if it may offer the qualification today; with "" if it is approved as a
  // centre. NOT_FOUND (CENTRE_NOT_FOUND), FAILED_PRECONDITION (APPROVAL_NOT_IN_FORCE),
  // UNAVAILABLE (APPROVAL_UNAVAILABLE). Blocks.
  absl::StatusOr<std::string> TitleIfInForce(const platform::Call& call, std::string_view centre,
                                             std::string_view qualification);

  // How a centre stands for what was assessed on `day` (QUAL-9). Also noes are remembered, for at
  // most a minute. UNAVAILABLE (APPROVAL_UNAVAILABLE). Blocks.
  struct Standing {
    bool centre_approved = true;         // On that day; of no qualification: now.
    bool qualification_approved = true;  // On that day.
    std::string why;                     // What is wrong with these, for people.
    std::string sanction;                // What stops certification now; empty: nothing.
  };
  absl::StatusOr<Standing> StandingOn(const platform::Call& call, std::string_view centre,
                                      std::string_view qualification, absl::CivilDay day);

  // One of an award's conditions that the learner does not meet yet.
  struct Unmet {
    std::string message;
    std::string who;  // Must act: "centre", "quality" or nobody.
    std::optional<absl::CivilDay> due;
    bool unknown = false;  // The caller may not be told whether it is met.
  };
  // By kind ("INVOLVEMENT"). Who has no registration by the national number, or none is given, is
  // known by the candidate number, as the centre's planners of employer involvement have it: a body
  // need not register learners with approval, and involvement stands in the way all the same
  // (EI-1). UNAVAILABLE (APPROVAL_UNAVAILABLE). Not remembered. Blocks.
  struct Learner {
    std::string centre;  // "centres/…"
    std::string uln;     // May be empty.
    std::string candidate;
  };
  absl::StatusOr<std::map<std::string, Unmet>> UnmetOfLearner(const platform::Call& call,
                                                              std::string_view qualification,
                                                              const Learner& learner);

  // How closely the body watches the centre (MOD-14): "low", "medium" or "high". Not remembered.
  // NOT_FOUND (CENTRE_NOT_FOUND), UNAVAILABLE (APPROVAL_UNAVAILABLE). Blocks.
  absl::StatusOr<std::string> RiskOf(const platform::Call& call, std::string_view centre);

  // Something about the centre has changed.
  void Forget(std::string_view tenant, std::string_view centre);

 private:
  struct Answer {
    bool in_force = false;
    std::string why;
    std::string message;
    std::string title;
  };
  // By the planners alone; empty if the qualification asks for none.
  absl::StatusOr<std::map<std::string, Unmet>> AskInvolvement(const platform::Call& call,
                                                              std::string_view qualification,
                                                              const Learner& learner);
  // For those who are not told of learners.
  absl::StatusOr<std::map<std::string, Unmet>> UnknownInvolvement(const platform::Call& call,
                                                                  std::string_view qualification);
  absl::StatusOr<Answer> Ask(const platform::Call& call, std::string_view centre,
                             std::string_view qualification);
  // What stops certification today, in a sentence; "" if nothing does.
  absl::StatusOr<std::string> AskSanction(const platform::Call& call, std::string_view centre,
                                          std::string_view qualification);
  absl::StatusOr<Standing> AskStanding(const platform::Call& call, std::string_view centre,
                                       std::string_view qualification, absl::CivilDay day);

  platform::Client& client_;
  platform::Cache& cache_;
  const absl::Duration lifetime_;
};

}  // namespace assay::moderation
