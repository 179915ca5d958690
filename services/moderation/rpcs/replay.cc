#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "services/moderation/commands/draw_sample.h"
#include "services/moderation/commands/find_policy.h"
#include "services/moderation/commands/replay_decision.h"
#include "services/moderation/commitment.h"
#include "services/moderation/convert.h"
#include "services/moderation/convert_draw.h"
#include "services/moderation/errors.h"
#include "services/moderation/rpcs/rpcs.h"
#include "services/moderation/sampling/canonical.h"
#include "services/platform/error/error.h"

namespace assay::moderation {
namespace {

using platform::Error;
using platform::Router;

constexpr std::string_view kFormat = "assay-decision@1";
// A list is not judged in stages; a draw has a tolerance policy all the same, and names this one.
constexpr std::string_view kUsualTolerance = "six-percent";
constexpr int kItemsMax = 10'000;
constexpr std::size_t kItemTextMax = 200;

absl::Status Invalid(std::string_view field, std::string_view what) {
  return Error(absl::StatusCode::kInvalidArgument, "FIELD_INVALID",
               absl::StrCat(platform::View(field), " ", platform::View(what)))
      .Field(field, what);
}

// What is published of a consortium's draw has the marks of all its centres.
absl::Status CheckMaySeeAll(const Work& work, const Drawn& drawn) {
  if (drawn.record.consortium.empty() || !IsOfCentre(work.call)) return absl::OkStatus();
  return Error(absl::StatusCode::kPermissionDenied, "ROLE_NOT_ALLOWED",
               "the draw of a consortium tells the marks of other centres; use VerifySample")
      .With("method", work.call.method);
}

absl::StatusOr<v1::PublishedDraw> PublishDraw(const Work& work,
                                              const v1::PublishDrawRequest& request) {
  ASSIGN_OR_RETURN(const SampleName name, SampleNameOf("name", request.name()));
  ASSIGN_OR_RETURN(const Drawn drawn, FindSample(work, name.submission, name.id));
  if (SeesAsModerator(work.call, drawn.submission)) {
    return Error(
               absl::StatusCode::kPermissionDenied, "ROLE_NOT_ALLOWED",
               "whoever moderates a submission does not read its centre's marks; use VerifySample")
        .With("method", work.call.method);
  }
  RETURN_IF_ERROR(CheckMaySeeAll(work, drawn));
  ASSIGN_OR_RETURN(const PublishedDraw published, Publish(work, drawn));
  return ToProto(drawn, published);
}

absl::StatusOr<v1::VerifySampleResponse> VerifyDraw(const Work&,
                                                    const v1::VerifyDrawRequest& request) {
  ASSIGN_OR_RETURN(ReadDraw read, ReadDrawFrom(request.draw(), "draw"));
  ASSIGN_OR_RETURN(std::vector<DrawFinding> findings, FindingsOf(read.input, read.claims));
  findings.insert(findings.begin(), read.findings.begin(), read.findings.end());
  return ToProto(findings);
}

void SetJudgement(const RecordedJudgement& record, v1::DecidedJudgement& out) {
  out.set_action(ActionOf(record.verdict, record.stage));
  out.set_finding(record.finding);
  out.set_stage(static_cast<int>(record.stage));
  out.set_tolerance(FormatMark(record.tolerance));
  out.set_judged_count(static_cast<std::int32_t>(record.judged));
  out.set_in_tolerance_count(static_cast<std::int32_t>(record.inside));
  out.set_difference_sum(FormatMark(record.difference_sum));
  out.set_adjustment(record.line);
  out.set_before(record.before);
  out.set_after(record.after);
}

absl::StatusOr<v1::Decision> ExportDecision(const Work& work,
                                            const v1::ExportDecisionRequest& request) {
  ASSIGN_OR_RETURN(const SubmissionName name, SubmissionNameOf("name", request.name()));
  ASSIGN_OR_RETURN(const StoredDecision stored, LoadDecision(work, name));
  const Submission& submission = stored.drawn.submission;
  const bool hidden = submission.state != State::kReleased &&
                      (IsOfCentre(work.call) || SeesAsModerator(work.call, submission));
  if (hidden) {
    return Error(absl::StatusCode::kFailedPrecondition, kResultsNotReady,
                 "the results of the submission are not released")
        .With("submission", name.Text())
        .With("state", NameOf(submission.state));
  }
  RETURN_IF_ERROR(CheckMaySeeAll(work, stored.drawn));
  v1::Decision out;
  out.set_format(std::string(kFormat));
  *out.mutable_draw() = ToProto(stored.drawn, stored.published);
  out.set_mark_max(FormatMark(stored.scale.maximum));
  out.set_mark_step(FormatMark(stored.scale.step));
  out.set_adjustment_policy(stored.adjustment->document);
  out.set_adjustment_policy_version(stored.adjustment->VersionName());
  for (const Pick& pick : stored.published.claims.picks) {
    if (!pick.mark.has_value()) continue;
    v1::ModeratedMark& mark = *out.add_marks();
    mark.set_candidate(pick.candidate);
    mark.set_mark(FormatMark(*pick.mark));
  }
  SetJudgement(stored.record, *out.mutable_judgement());
  for (const Result& result : stored.results) *out.add_results() = ToProto(result);
  return out;
}

absl::StatusOr<Mark> MarkFrom(const std::string& place, const std::string& text) {
  const std::optional<Mark> mark = ParseMark(text);
  if (!mark.has_value()) return Invalid(place, "is not a mark such as 41.5");
  return *mark;
}

// Puts the moderator's marks to the drawn candidates.
absl::Status AddMarks(const v1::Decision& decision, std::vector<Pick>& picks) {
  for (int i = 0; i < decision.marks_size(); ++i) {
    const std::string place = absl::StrCat("decision.marks[", i, "]");
    const auto pick = std::find_if(picks.begin(), picks.end(), [&](const Pick& p) {
      return p.candidate == decision.marks(i).candidate();
    });
    if (pick == picks.end()) return Invalid(place + ".candidate", "was not drawn");
    ASSIGN_OR_RETURN(pick->mark, MarkFrom(place + ".mark", decision.marks(i).mark()));
  }
  return absl::OkStatus();
}

// The first field of the judgement that comes out otherwise.
void CompareJudgements(const v1::DecidedJudgement& claimed, const v1::DecidedJudgement& again,
                       std::vector<DrawFinding>& findings) {
  const auto* descriptor = v1::DecidedJudgement::descriptor();
  const auto* reflection = v1::DecidedJudgement::GetReflection();
  const auto text = [&](const v1::DecidedJudgement& judgement,
                        const google::protobuf::FieldDescriptor* field) -> std::string {
    switch (field->cpp_type()) {
      case google::protobuf::FieldDescriptor::CPPTYPE_STRING:
        return reflection->GetString(judgement, field);
      case google::protobuf::FieldDescriptor::CPPTYPE_ENUM:
        return reflection->GetEnum(judgement, field)->name();
      default:
        return absl::StrCat(reflection->GetInt32(judgement, field));
    }
  };
  for (int i = 0; i < descriptor->field_count(); ++i) {
    const auto* field = descriptor->field(i);
    const std::string then = text(claimed, field);
    const std::string now = text(again, field);
    if (then == now) continue;
    findings.push_back({kJudgementDiffers, "judgement." + field->name(),
                        absl::StrCat("is \"", now, "\", not \"", then, "\"")});
  }
}

void CompareResults(const v1::Decision& claimed, const std::vector<Result>& again,
                    std::vector<DrawFinding>& findings) {
  const int count = std::max(claimed.results_size(), static_cast<int>(again.size()));
  for (int i = 0; i < count; ++i) {
    const std::string now =
        i < static_cast<int>(again.size()) ? ToProto(again[i]).ShortDebugString() : "nothing";
    const std::string then =
        i < claimed.results_size() ? claimed.results(i).ShortDebugString() : "nothing";
    if (then == now) continue;
    findings.push_back({kResultsDiffer, absl::StrCat("results[", i, "]"),
                        absl::StrCat("is {", now, "}, not {", then, "}")});
    return;  // One that differs says enough; a wrong line moves them all.
  }
}

absl::StatusOr<std::vector<DrawFinding>> DifferencesOf(const v1::Decision& decision) {
  if (decision.format() != kFormat) {
    return Invalid("decision.format", absl::StrCat("is not ", platform::View(kFormat)));
  }
  ASSIGN_OR_RETURN(ReadDraw read, ReadDrawFrom(decision.draw(), "decision.draw"));
  DecisionInput input{.candidates = read.input.candidates,
                      .picks = read.claims.picks,
                      .tolerance = read.tolerance.tolerance};
  std::vector<DrawFinding> differences = std::move(read.findings);
  ASSIGN_OR_RETURN(
      const Policy adjustment,
      ReadNamedPolicy(decision.adjustment_policy(), decision.adjustment_policy_version(),
                      PolicyKind::kAdjustment, "decision.adjustment_policy", differences));
  input.adjustment = adjustment.adjustment;
  ASSIGN_OR_RETURN(input.scale.maximum, MarkFrom("decision.mark_max", decision.mark_max()));
  ASSIGN_OR_RETURN(input.scale.step, MarkFrom("decision.mark_step", decision.mark_step()));
  if (input.scale.maximum <= 0 || input.scale.maximum > kMarkMax || input.scale.step <= 0) {
    return Invalid("decision.mark_max", "and mark_step are no scale");
  }
  ASSIGN_OR_RETURN(const MadeDraw made, MakeDraw(read.input));
  input.pool_count = made.draw.cohort;
  input.steps = made.draw.steps;
  RETURN_IF_ERROR(AddMarks(decision, input.picks));
  ASSIGN_OR_RETURN(const auto findings, FindingsOf(read.input, read.claims));
  differences.insert(differences.end(), findings.begin(), findings.end());
  absl::StatusOr<MadeDecision> again = MakeDecision(input);
  if (!again.ok()) {
    differences.push_back(
        {kJudgementDiffers, "marks", std::string(platform::StdView(again.status().message()))});
    return differences;
  }
  v1::DecidedJudgement judgement;
  SetJudgement(again->record, judgement);
  CompareJudgements(decision.judgement(), judgement, differences);
  CompareResults(decision, again->results, differences);
  return differences;
}

absl::StatusOr<v1::ReplayDecisionResponse> ReplayDecision(
    const Work& work, const v1::ReplayDecisionRequest& request) {
  v1::Decision decision = request.decision();
  if (!request.name().empty()) {
    if (request.has_decision()) return Invalid("name", "is given together with decision");
    v1::ExportDecisionRequest stored;
    stored.set_name(request.name());
    ASSIGN_OR_RETURN(decision, ExportDecision(work, stored));
  }
  ASSIGN_OR_RETURN(const auto differences, DifferencesOf(decision));
  v1::ReplayDecisionResponse out;
  out.set_same(differences.empty());
  for (const DrawFinding& difference : differences) AddFinding(difference, *out.add_differences());
  return out;
}

absl::StatusOr<std::string> SecretFrom(std::string_view field, const std::string& hex) {
  const bool fits =
      hex.size() == 2 * kSecretBytes && hex.find_first_not_of("0123456789abcdefABCDEF") == hex.npos;
  if (!fits) return Invalid(field, absl::StrCat("is not ", kSecretBytes, " bytes in hexadecimal"));
  return absl::HexStringToBytes(hex);
}

absl::StatusOr<std::vector<Candidate>> EntriesFrom(const v1::DrawFromListRequest& request) {
  if (request.items().empty() || request.items_size() > kItemsMax) {
    return Invalid("items", absl::StrCat("has not 1 to ", kItemsMax));
  }
  std::vector<Candidate> entries;
  std::set<std::string> seen;
  for (int i = 0; i < request.items_size(); ++i) {
    const auto& item = request.items(i);
    const std::string place = absl::StrCat("items[", i, "]");
    if (item.item().empty()) return Invalid(place + ".item", "is empty");
    for (const std::string* text : {&item.item(), &item.group(), &item.site(), &item.assessor()}) {
      RETURN_IF_ERROR(CheckText(place, *text, kItemTextMax));
    }
    if (!seen.insert(item.item()).second) return Invalid(place + ".item", "came before");
    entries.push_back({.number = item.item(),
                       .assessor = item.assessor(),
                       .group = item.group(),
                       .site = item.site()});
  }
  return entries;
}

absl::StatusOr<v1::PublishedDraw> DrawFromList(const Work& work,
                                               const v1::DrawFromListRequest& request) {
  RETURN_IF_ERROR(CheckText("subject", request.subject(), kItemTextMax));
  if (request.subject().empty()) return Invalid("subject", "is empty");
  ASSIGN_OR_RETURN(const std::string id, PolicyIdOf("policy", request.policy()));
  PublishedDraw published;
  ASSIGN_OR_RETURN(published.sampling, FindPolicy(work, id, PolicyKind::kSampling, Today(work)));
  ASSIGN_OR_RETURN(published.tolerance,
                   FindPolicy(work, kUsualTolerance, PolicyKind::kTolerance, Today(work)));
  DrawInput& input = published.input;
  input.rule = published.sampling->sampling;
  if (input.rule.mode != SamplingRule::Mode::kBeforeMarks) {
    return Invalid("policy", "draws by marks, and a list has none");
  }
  ASSIGN_OR_RETURN(input.secret, SecretFrom("secret", request.secret()));
  ASSIGN_OR_RETURN(input.entries, EntriesFrom(request));
  input.submission = request.subject();
  input.policy = published.sampling->VersionName();
  input.sub_sample = published.tolerance->tolerance.sub_sample;
  input.algorithm = NameOf(AlgorithmFor(input.entries, input.rule, input.facts));
  ASSIGN_OR_RETURN(const MadeDraw made, MakeDraw(input));
  if (made.picks.empty()) {
    return Error(absl::StatusCode::kFailedPrecondition, kNobodyToDraw, "nothing can be drawn")
        .With("submission", request.subject());
  }
  published.claims = {.commitment = Sha256Hex(input.secret),
                      .list_hash = made.list_hash,
                      .facts_hash = made.facts_hash,
                      .seed = made.seed,
                      .picks = made.picks,
                      .ladder_size = made.draw.ladder_size};
  Drawn drawn;
  drawn.record.entries = CanonicalEntries(input.entries);
  if (!made.facts_hash.empty()) drawn.record.facts = CanonicalSamplingFacts(input.facts);
  return ToProto(drawn, published);
}

}  // namespace

void RegisterReplay(Router& router, const Context& context) {
  const std::string service = "assay.moderation.v1.ReplayService/";
  Read<v1::PublishDrawRequest, v1::PublishedDraw>(router, context, service + "PublishDraw",
                                                  Scope::kCentre, PublishDraw);
  Read<v1::VerifyDrawRequest, v1::VerifySampleResponse>(router, context, service + "VerifyDraw",
                                                        Scope::kTenant, VerifyDraw);
  Read<v1::DrawFromListRequest, v1::PublishedDraw>(router, context, service + "DrawFromList",
                                                   Scope::kTenant, DrawFromList);
  Read<v1::ExportDecisionRequest, v1::Decision>(router, context, service + "ExportDecision",
                                                Scope::kCentre, ExportDecision);
  Read<v1::ReplayDecisionRequest, v1::ReplayDecisionResponse>(
      router, context, service + "ReplayDecision", Scope::kCentre, ReplayDecision);
}

}  // namespace assay::moderation
