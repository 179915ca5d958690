#include "services/approval/commands/link_centres.h"

#include <set>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/approval/errors.h"
#include "services/approval/timeline.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/error/error.h"

namespace assay::approval {
namespace {

using platform::Error;
using Code = absl::StatusCode;

// A chain of takeovers is short; a longer one is as good as a circle.
constexpr int kCentresMost = 500;
constexpr int kLinksOfOne = 100;

absl::StatusOr<LinkedCentres> Both(const Work& work, const std::string& predecessor,
                                   const std::string& successor) {
  LinkedCentres both;
  Store& store = work.context.store;
  ASSIGN_OR_RETURN(both.predecessor, store.GetCentre(work.tx, work.reach, predecessor));
  ASSIGN_OR_RETURN(both.successor, store.GetCentre(work.tx, work.reach, successor));
  return both;
}

// Whether `target` comes after `from`, over any number of takeovers.
absl::StatusOr<bool> ComesAfter(const Work& work, const Centre& from, const std::string& target) {
  std::set<std::string> seen;
  std::vector<std::string> left = {from.id};
  for (int visited = 0; !left.empty(); ++visited) {
    if (visited > kCentresMost) return true;
    const std::string id = std::move(left.back());
    left.pop_back();
    if (id == target) return true;
    const std::string ids[] = {id};
    ASSIGN_OR_RETURN(const auto found,
                     work.context.store.FindCentres(work.tx, work.reach.tenant, ids));
    if (found.empty()) continue;
    ASSIGN_OR_RETURN(const std::vector<LinkRecord> links,
                     LinkStore().List(work.tx, work.reach.tenant, found.begin()->second,
                                      /*after=*/"1/", kLinksOfOne));
    for (const LinkRecord& link : links) {
      if (!link.predecessor && seen.insert(link.other).second) left.push_back(link.other);
    }
  }
  return false;
}

// In the timelines of both.
absl::Status Record(const Work& work, const LinkedCentres& both, const std::string& verb,
                    const std::string& reason) {
  const std::string before = "centres/" + both.predecessor.id;
  const std::string after = "centres/" + both.successor.id;
  RETURN_IF_ERROR(RecordDecision(work, {TimelineKind::kLink, both.predecessor.id, before,
                                        absl::StrCat(verb, ": ", after, " takes over"), reason}));
  return RecordDecision(work, {TimelineKind::kLink, both.successor.id, after,
                               absl::StrCat(verb, ": takes over from ", before), reason});
}

}  // namespace

absl::StatusOr<LinkedCentres> LinkSuccessor(const Work& work, const std::string& predecessor,
                                            const std::string& successor,
                                            const std::string& reason) {
  ASSIGN_OR_RETURN(LinkedCentres both, Both(work, predecessor, successor));
  ASSIGN_OR_RETURN(const bool circle, ComesAfter(work, both.successor, both.predecessor.id));
  if (circle) {
    return Error(Code::kFailedPrecondition, kLinkInvalid,
                 absl::StrCat("centres/", successor, " is centres/", predecessor,
                              " or came before it; it cannot come after it"))
        .With("predecessor", "centres/" + predecessor)
        .With("successor", "centres/" + successor)
        .Field("successor", "is the centre itself or came before it");
  }
  ASSIGN_OR_RETURN(const bool added,
                   LinkStore().Add(work.tx, work.reach.tenant, both.predecessor.id,
                                   both.successor.id, reason, work.call.now));
  if (added) RETURN_IF_ERROR(Record(work, both, "linked", reason));
  return both;
}

absl::StatusOr<LinkedCentres> UnlinkSuccessor(const Work& work, const std::string& predecessor,
                                              const std::string& successor,
                                              const std::string& reason) {
  ASSIGN_OR_RETURN(LinkedCentres both, Both(work, predecessor, successor));
  ASSIGN_OR_RETURN(const bool removed, LinkStore().Remove(work.tx, work.reach.tenant,
                                                          both.predecessor.id, both.successor.id));
  if (!removed) {
    return Error(Code::kNotFound, kLinkNotFound,
                 absl::StrCat("no officer has said that centres/", successor,
                              " took over from centres/", predecessor))
        .With("predecessor", "centres/" + predecessor)
        .With("successor", "centres/" + successor);
  }
  RETURN_IF_ERROR(Record(work, both, "unlinked", reason));
  return both;
}

}  // namespace assay::approval
