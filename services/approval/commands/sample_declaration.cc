#include "services/approval/commands/sample_declaration.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "services/approval/commands/write_planner.h"
#include "services/approval/errors.h"
#include "services/platform/core/entropy.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/core/view.h"
#include "services/platform/error/error.h"

namespace assay::approval {
namespace {

using platform::Error;
using platform::View;
using Code = absl::StatusCode;

constexpr std::size_t kSecretBytes = 32;

absl::Status NotDeclared(const PlannerRecord& planner) {
  return Error(Code::kFailedPrecondition, kPlannerStateWrong,
               absl::StrCat(planner.Name(), " is ", View(NameOf(planner.state)),
                            "; evidence is sampled while it is declared (EI-14)"))
      .With("planner", planner.Name())
      .With("state", NameOf(planner.state))
      .With("step", "sample")
      .With("rule", "EI-14")
      .Field("name", absl::StrCat("is ", View(NameOf(planner.state))));
}

// Each piece of required evidence of an activity that counts for somebody.
absl::StatusOr<std::vector<ListItem>> ItemsOf(const Work& work, const PlannerRecord& record) {
  ASSIGN_OR_RETURN(const Planner planner, LoadPlanner(work, record));
  ASSIGN_OR_RETURN(const InvolvementFrame frame, FrameOf(work, record));
  const std::vector<bool> counts = ActivitiesThatCount(planner, CheckInvolvement(planner, frame));
  std::vector<ListItem> items;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    if (!counts[i]) continue;
    const Activity& activity = planner.activities[i];
    for (const Evidence& evidence : activity.evidence) {
      items.push_back({.item = absl::StrCat(activity.id, "/", evidence.name),
                       .group = std::string(NameOf(activity.kind)),
                       .site = activity.practitioner.has_value() ? activity.practitioner->employer
                                                                 : std::string()});
    }
  }
  return items;
}

}  // namespace

absl::Status CommitToDraw(const Work& work, const PlannerRecord& planner) {
  return DeclarationSampleStore().PutSecret(work.tx, work.reach.tenant, planner,
                                            work.context.entropy.Bytes(kSecretBytes));
}

absl::StatusOr<DeclarationToSample> ToSample(const Work& work, const PlannerTarget& target) {
  DeclarationToSample out;
  ASSIGN_OR_RETURN(out.planner, PlannerStore().Get(work.tx, work.reach, target.centre, target.id));
  RETURN_IF_ERROR(platform::CheckEtag(target.etag, out.planner.version, out.planner.Name()));
  if (out.planner.state != PlannerState::kDeclared) return NotDeclared(out.planner);
  DeclarationSampleStore store;
  const auto before = store.Get(work.tx, work.reach.tenant, out.planner, out.planner.declarations);
  if (before.ok()) {
    return Error(Code::kAlreadyExists, kDeclarationSampleExists,
                 "the evidence of this declaration has been sampled")
        .With("sample", absl::StrCat(out.planner.Name(), "/samples/", out.planner.declarations));
  }
  if (!absl::IsNotFound(before.status())) return before.status();
  ASSIGN_OR_RETURN(out.secret, store.Secret(work.tx, work.reach.tenant, out.planner));
  // Opened before there were samples: nothing was committed to, and the draw is as good as that.
  if (out.secret.empty()) out.secret = work.context.entropy.Bytes(kSecretBytes);
  ASSIGN_OR_RETURN(out.items, ItemsOf(work, out.planner));
  if (!out.items.empty()) return out;
  return Error(Code::kFailedPrecondition, kEvidenceMissing,
               "nothing that was declared counts, so there is no evidence to look at")
      .With("planner", out.planner.Name())
      .With("activities", "");
}

absl::StatusOr<DeclarationSample> KeepDraw(const Work& work, const DeclarationToSample& drawn_from,
                                           const ListDraw& draw) {
  ASSIGN_OR_RETURN(
      const PlannerRecord now,
      PlannerStore().Get(work.tx, work.reach, drawn_from.planner.centre, drawn_from.planner.id));
  if (now.version != drawn_from.planner.version) {
    return Error(Code::kAborted, "ETAG_MISMATCH", "the planner has changed meanwhile; try again")
        .With("name", now.Name());
  }
  DeclarationSample sample{.declaration = now.declarations,
                           .policy = draw.policy_version,
                           .commitment = draw.commitment,
                           .published = draw.published,
                           .drawn_by = std::string(work.call.subject()),
                           .time = work.call.now};
  for (const std::string& item : draw.drawn) sample.checks.push_back({.item = item});
  DeclarationSampleStore store;
  RETURN_IF_ERROR(store.Insert(work.tx, work.reach.tenant, now, sample));
  RETURN_IF_ERROR(CommitToDraw(work, now));
  return store.Get(work.tx, work.reach.tenant, now, sample.declaration);
}

absl::StatusOr<DeclarationSample> RecordChecks(const Work& work, const PlannerTarget& target,
                                               int declaration,
                                               const std::vector<EvidenceCheck>& checks) {
  ASSIGN_OR_RETURN(const PlannerRecord planner,
                   PlannerStore().Get(work.tx, work.reach, target.centre, target.id));
  DeclarationSampleStore store;
  RETURN_IF_ERROR(store.Get(work.tx, work.reach.tenant, planner, declaration).status());
  if (planner.state != PlannerState::kDeclared || planner.declarations != declaration) {
    return NotDeclared(planner);
  }
  for (std::size_t i = 0; i < checks.size(); ++i) {
    EvidenceCheck check = checks[i];
    const std::string place = absl::StrCat("checks[", i, "]");
    if (check.in_order == false && check.note.find_first_not_of(" \t\r\n") == check.note.npos) {
      return Error(Code::kInvalidArgument, kReasonMissing,
                   "say what is wrong with evidence that is not in order")
          .Field(place + ".note", "is empty");
    }
    check.checked_by = work.call.subject();
    check.time = work.call.now;
    ASSIGN_OR_RETURN(const bool there,
                     store.PutCheck(work.tx, work.reach.tenant, planner, declaration, check));
    if (there) continue;
    return Error(Code::kInvalidArgument, "FIELD_INVALID",
                 absl::StrCat(check.item, " was not drawn"))
        .Field(place + ".item", "was not drawn");
  }
  return store.Get(work.tx, work.reach.tenant, planner, declaration);
}

absl::Status CheckSampled(const Work& work, const PlannerRecord& planner) {
  const auto sample =
      DeclarationSampleStore().Get(work.tx, work.reach.tenant, planner, planner.declarations);
  if (absl::IsNotFound(sample.status())) {
    ASSIGN_OR_RETURN(const std::vector<ListItem> items, ItemsOf(work, planner));
    if (items.empty()) return absl::OkStatus();
    return Error(Code::kFailedPrecondition, kEvidenceNotChecked,
                 "draw a sample of the declared evidence and look at it first (EI-14)")
        .With("planner", planner.Name())
        .With("outstanding", absl::StrCat(items.size()));
  }
  if (!sample.ok()) return sample.status();
  int outstanding = 0;
  std::vector<std::string> wrong;
  for (const EvidenceCheck& check : sample->checks) {
    if (!check.in_order.has_value()) {
      ++outstanding;
    } else if (!*check.in_order) {
      wrong.push_back(check.item);
    }
  }
  if (outstanding > 0) {
    return Error(Code::kFailedPrecondition, kEvidenceNotChecked,
                 absl::StrCat(outstanding, " of ", sample->checks.size(),
                              " drawn pieces of evidence are not looked at (EI-14)"))
        .With("planner", planner.Name())
        .With("outstanding", absl::StrCat(outstanding));
  }
  if (wrong.empty()) return absl::OkStatus();
  return Error(Code::kFailedPrecondition, kEvidenceNotInOrder,
               absl::StrCat(wrong.size(), " drawn pieces of evidence are not in order, the first ",
                            wrong.front(), "; return the declaration to the centre (EI-14)"))
      .With("planner", planner.Name())
      .With("item", wrong.front());
}

}  // namespace assay::approval
