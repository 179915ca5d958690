#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "assay/approval/v1/declaration_sample_service.pb.h"
#include "services/approval/commands/sample_declaration.h"
#include "services/approval/convert.h"
#include "services/approval/rpcs/rpcs.h"

namespace assay::approval {
namespace {

using platform::Call;
using platform::Transaction;

constexpr int kChecksMax = 100;
constexpr std::size_t kNoteMax = 2000;
constexpr std::size_t kDigitsMax = 9;
constexpr char kPolicy[] = "policies/evidence-check";

struct Name {
  PlannerTarget planner;
  int declaration = 0;  // Only of samples.
};

// "centres/{centre}/planners/{planner}", and with `sample` the number of its declaration.
absl::StatusOr<Name> NameFrom(std::string_view field, const std::string& text, bool sample) {
  const std::vector<std::string> parts = absl::StrSplit(text, '/');
  bool fits = parts.size() == (sample ? 6u : 4u) && parts[0] == "centres" &&
              parts[2] == "planners" && !parts[1].empty() && !parts[3].empty();
  Name name;
  if (fits && sample) {
    fits = parts[4] == "samples" && parts[5].size() <= kDigitsMax &&
           absl::SimpleAtoi(parts[5], &name.declaration) && name.declaration > 0;
  }
  if (!fits) {
    return FieldInvalid(field, sample ? "is not centres/*/planners/*/samples/{number}"
                                      : "is not centres/{centre}/planners/{planner}");
  }
  name.planner = {parts[1], parts[3], ""};
  return name;
}

v1::DeclarationSample ToProto(const std::string& planner, const DeclarationSample& sample) {
  v1::DeclarationSample out;
  out.set_name(absl::StrCat(planner, "/samples/", sample.declaration));
  for (const EvidenceCheck& check : sample.checks) {
    v1::EvidenceCheck& to = *out.add_checks();
    to.set_item(check.item);
    if (check.in_order.has_value()) to.set_in_order(*check.in_order);
    to.set_note(check.note);
    to.set_checked_by(check.checked_by);
    if (check.time.has_value()) *to.mutable_check_time() = ToTimestamp(*check.time);
  }
  out.set_policy_version(sample.policy);
  out.set_seed_commitment(sample.commitment);
  out.set_published_draw(sample.published);
  out.set_drawn_by(sample.drawn_by);
  *out.mutable_create_time() = ToTimestamp(sample.time);
  return out;
}

// What is asked before the write: the draw, and from what it was made.
struct Asked {
  DeclarationToSample from;
  ListDraw draw;
};

absl::StatusOr<Asked> Draw(const Context& context, const Call& call,
                           const v1::CreateDeclarationSampleRequest& request) {
  ASSIGN_OR_RETURN(Name name, NameFrom("parent", request.parent(), /*sample=*/false));
  name.planner.etag = request.etag();
  Asked asked;
  RETURN_IF_ERROR(context.database.ReadNow([&](Transaction& tx) -> absl::Status {
    ASSIGN_OR_RETURN(asked.from, ToSample(WorkOf(context, call, tx), name.planner));
    return absl::OkStatus();
  }));
  ASSIGN_OR_RETURN(asked.draw,
                   context.moderation.DrawFromList(call, asked.from.planner.Name(), kPolicy,
                                                   asked.from.secret, asked.from.items));
  return asked;
}

absl::StatusOr<v1::DeclarationSample> Create(const Work& work, const Asked& asked) {
  ASSIGN_OR_RETURN(const DeclarationSample sample, KeepDraw(work, asked.from, asked.draw));
  return ToProto(asked.from.planner.Name(), sample);
}

absl::StatusOr<v1::DeclarationSample> Get(const Work& work,
                                          const v1::GetDeclarationSampleRequest& request) {
  ASSIGN_OR_RETURN(const Name name, NameFrom("name", request.name(), /*sample=*/true));
  ASSIGN_OR_RETURN(const PlannerRecord planner,
                   PlannerStore().Get(work.tx, work.reach, name.planner.centre, name.planner.id));
  ASSIGN_OR_RETURN(
      const DeclarationSample sample,
      DeclarationSampleStore().Get(work.tx, work.reach.tenant, planner, name.declaration));
  return ToProto(planner.Name(), sample);
}

absl::StatusOr<v1::ListDeclarationSamplesResponse> List(
    const Work& work, const v1::ListDeclarationSamplesRequest& request) {
  ASSIGN_OR_RETURN(const Name name, NameFrom("parent", request.parent(), /*sample=*/false));
  ASSIGN_OR_RETURN(
      const PageRequest page,
      PageRequest::From(request, work.reach, {"ListDeclarationSamples", request.parent()}));
  int after = 0;
  if (!page.after.empty() && !absl::SimpleAtoi(page.after, &after)) {
    return FieldInvalid("page_token", "is not a page of this list");
  }
  ASSIGN_OR_RETURN(const PlannerRecord planner,
                   PlannerStore().Get(work.tx, work.reach, name.planner.centre, name.planner.id));
  ASSIGN_OR_RETURN(
      std::vector<DeclarationSample> found,
      DeclarationSampleStore().List(work.tx, work.reach.tenant, planner, after, page.size + 1));
  v1::ListDeclarationSamplesResponse response;
  if (static_cast<int>(found.size()) > page.size) {
    found.pop_back();
    response.set_next_page_token(page.TokenAfter(absl::StrCat(found.back().declaration)));
  }
  for (const DeclarationSample& sample : found) {
    *response.add_declaration_samples() = ToProto(planner.Name(), sample);
  }
  return response;
}

absl::StatusOr<v1::DeclarationSample> Record(const Work& work,
                                             const v1::RecordEvidenceChecksRequest& request) {
  ASSIGN_OR_RETURN(const Name name, NameFrom("name", request.name(), /*sample=*/true));
  if (request.checks().empty() || request.checks_size() > kChecksMax) {
    return FieldInvalid("checks", absl::StrCat("has not 1 to ", kChecksMax));
  }
  std::vector<EvidenceCheck> checks;
  for (int i = 0; i < request.checks_size(); ++i) {
    const v1::EvidenceCheck& check = request.checks(i);
    const std::string place = absl::StrCat("checks[", i, "]");
    if (!check.has_in_order()) return FieldInvalid(place + ".in_order", "is missing");
    if (check.note().size() > kNoteMax) {
      return FieldInvalid(place + ".note", absl::StrCat("has more than ", kNoteMax, " bytes"));
    }
    checks.push_back({.item = check.item(), .in_order = check.in_order(), .note = check.note()});
  }
  ASSIGN_OR_RETURN(const DeclarationSample sample,
                   RecordChecks(work, name.planner, name.declaration, checks));
  return ToProto(absl::StrCat("centres/", name.planner.centre, "/planners/", name.planner.id),
                 sample);
}

}  // namespace

void RegisterDeclarationSamples(platform::Router& router, const Context& context) {
  const std::string service = "assay.approval.v1.DeclarationSampleService/";
  router.AskThenWrite<v1::CreateDeclarationSampleRequest, v1::DeclarationSample, Asked>(
      service + "CreateDeclarationSample",
      [&context](const Call& call, const v1::CreateDeclarationSampleRequest& request) {
        return Draw(context, call, request);
      },
      [&context](const Call& call, const v1::CreateDeclarationSampleRequest&, const Asked& asked,
                 Transaction& tx) { return Create(WorkOf(context, call, tx), asked); });
  Read<v1::GetDeclarationSampleRequest, v1::DeclarationSample>(
      router, context, service + "GetDeclarationSample", Get);
  Read<v1::ListDeclarationSamplesRequest, v1::ListDeclarationSamplesResponse>(
      router, context, service + "ListDeclarationSamples", List);
  Write<v1::RecordEvidenceChecksRequest, v1::DeclarationSample>(
      router, context, service + "RecordEvidenceChecks", Record);
}

}  // namespace assay::approval
