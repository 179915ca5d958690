// What is drawn, allocated, judged and released as one (MOD-5): a submission alone, or those of the
// centres of a consortium.
//
// In a consortium a candidate goes by centre and number, "urn-100000/0042", because two centres may
// number alike; alone by the number. Pool() and OwnNumber() lead from one to the other.
//
// Example:
//   ASSIGN_OR_RETURN(const Group group, GroupOf(work, submission));
//   ASSIGN_OR_RETURN(const std::vector<Candidate> all, PooledCandidates(work, group));
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/moderation/context.h"
#include "services/moderation/stores/consortia.h"

namespace assay::moderation {

struct Group {
  std::optional<Consortium> consortium;  // None: one submission alone.
  // In the order of centres, without those that were withdrawn or are void.
  std::vector<Submission> members;

  std::string Name() const;  // Resource name of what is drawn.
  const std::string& Secret() const;
};

Group Alone(Submission submission);
// The submission alone, or with all of its consortium; it may be one that has ended.
absl::StatusOr<Group> GroupOf(const Work& work, const Submission& submission);
// Whether the caller must reach one of the submissions, or all of them, as whoever changes them
// must.
enum class Reaching { kOne, kAll };
// NOT_FOUND (CONSORTIUM_NOT_FOUND), also if it is out of reach.
absl::StatusOr<Group> LoadConsortium(const Work& work, const ConsortiumName& name,
                                     Reaching reaching);

// FAILED_PRECONDITION (IN_CONSORTIUM) if the step belongs to the whole consortium; `method` is the
// one to call instead.
absl::Status CheckAlone(const Submission& submission, std::string_view method);

// "urn-100000/0042" in a consortium, else the number itself.
std::string Pool(const Submission& submission, std::string_view number);
// The number alone, if it is the submission's, else nothing.
std::optional<std::string> OwnNumber(const Submission& submission, std::string_view pooled);
std::vector<Pick> OwnPicks(const Submission& submission, const std::vector<Pick>& pooled);

absl::StatusOr<std::vector<Candidate>> PooledCandidates(const Work& work, const Group& group);

}  // namespace assay::moderation
