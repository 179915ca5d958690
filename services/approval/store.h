// What approval keeps in its database, and what it promises about keeping it.
//
// Every promise below is tested by store_test.cc on both engines. Stateless: works on
// the caller's transaction, so a command writes state, outbox and request id at once.
// `within` is the one centre that the caller reaches, or "" for all of the tenant; what
// lies outside answers like what does not exist.
#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/approval/model.h"

namespace assay::platform {
class Transaction;
}

namespace assay::approval {

struct Reach {
  std::string tenant;
  std::string within;
};

struct CentrePage {
  std::vector<Centre> centres;
  std::string next;  // Empty at the end.
};

struct ApprovalPage {
  std::vector<QualificationApproval> approvals;
  std::string next;
};

struct ApprovalFilter {
  std::string centre;         // "": of all.
  std::string qualification;  // "": any.
  std::optional<ApprovalState> state;
  std::optional<absl::CivilDay> answer_due_before;     // Only applications.
  std::optional<absl::CivilDay> condition_due_before;  // Only with such an open condition.
};

// A centre and the folded words by which it is found.
struct IndexedCentre {
  Centre centre;
  std::vector<std::string> words;
};

class Store {
 public:
  // Returns NOT_FOUND (CENTRE_NOT_FOUND).
  absl::StatusOr<Centre> GetCentre(platform::Transaction& tx, const Reach& reach,
                                   std::string_view id);

  // Those of `ids` that exist, by id.
  absl::StatusOr<std::map<std::string, Centre>> FindCentres(platform::Transaction& tx,
                                                            std::string_view tenant,
                                                            std::span<const std::string> ids);

  // In id order, after `after` (empty: from the first).
  absl::StatusOr<CentrePage> ListCentres(platform::Transaction& tx, const Reach& reach,
                                         std::optional<CentreState> state, std::string_view after,
                                         int limit);

  // Closes the centre into another one under the same condition as UpdateCentreState, and takes
  // away its words: it is found as that one.
  absl::Status UpdateMerged(platform::Transaction& tx, std::string_view tenant,
                            const Centre& centre, std::string_view actor);

  // ALREADY_EXISTS, without a reason, if another transaction made one of them meanwhile.
  absl::Status InsertCentres(platform::Transaction& tx, std::string_view tenant,
                             std::span<const IndexedCentre> centres);

  // Replaces the facts, the state and the words of the centre whose version is one less
  // than centre.version. ABORTED (ETAG_MISMATCH) if it has another version.
  absl::Status UpdateCentre(platform::Transaction& tx, std::string_view tenant,
                            const IndexedCentre& centre);

  // Replaces state, reason and times only, under the same condition, and records the
  // change in the centre's history.
  absl::Status UpdateCentreState(platform::Transaction& tx, std::string_view tenant,
                                 const Centre& centre, std::string_view actor);

  // The state that a centre had when `before` came: nullopt if nothing had changed yet.
  absl::StatusOr<std::optional<CentreState>> LastStateBefore(platform::Transaction& tx,
                                                             std::string_view tenant,
                                                             std::string_view centre,
                                                             absl::Time before);

  // The last state that the centre came into and that was not closed; nullopt if there is none.
  absl::StatusOr<std::optional<CentreState>> StateBeforeClosing(platform::Transaction& tx,
                                                                std::string_view tenant,
                                                                std::string_view centre);

  // Returns ALREADY_EXISTS (APPROVAL_EXISTS) if one is applied for or in force.
  absl::Status InsertApproval(platform::Transaction& tx, std::string_view tenant,
                              const QualificationApproval& approval);

  // Returns NOT_FOUND (APPROVAL_NOT_FOUND).
  absl::StatusOr<QualificationApproval> GetApproval(platform::Transaction& tx, const Reach& reach,
                                                    std::string_view centre, std::string_view id);

  // Those that `filter` lets through, in order of centre and id, after `after`.
  absl::StatusOr<ApprovalPage> ListApprovals(platform::Transaction& tx, const Reach& reach,
                                             const ApprovalFilter& filter, std::string_view after,
                                             int limit);

  // All that a centre ever had for a qualification ("": for any), in id order, without suspensions.
  absl::StatusOr<std::vector<QualificationApproval>> ApprovalsOf(platform::Transaction& tx,
                                                                 std::string_view tenant,
                                                                 std::string_view centre,
                                                                 std::string_view qualification);

  // Of one centre: in force, suspended, applied for, then what has ended; the last changed first.
  absl::StatusOr<std::vector<QualificationApproval>> CurrentApprovals(platform::Transaction& tx,
                                                                      const Reach& reach,
                                                                      std::string_view centre,
                                                                      int limit);
  absl::StatusOr<std::int64_t> CountApprovals(platform::Transaction& tx, const Reach& reach,
                                              std::string_view centre);

  // All that each of several centres ever had, by centre, each in id order.
  absl::StatusOr<std::map<std::string, std::vector<QualificationApproval>>> ApprovalsOfCentres(
      platform::Transaction& tx, std::string_view tenant, std::span<const std::string> centres);

  // When each of several centres came into which state, by centre, oldest first.
  absl::StatusOr<std::map<std::string, std::vector<std::pair<absl::Time, CentreState>>>>
  StatesOfCentres(platform::Transaction& tx, std::string_view tenant,
                  std::span<const std::string> centres);

  // Replaces the approval whose version is one less than approval.version.
  // ABORTED (ETAG_MISMATCH) if it has another.
  absl::Status UpdateApproval(platform::Transaction& tx, std::string_view tenant,
                              const QualificationApproval& approval);
};

}  // namespace assay::approval
