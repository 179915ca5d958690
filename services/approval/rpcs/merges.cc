// CentreMergeService: where facts come from, officers' corrections, duplicates.
#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "assay/approval/v1/merge_service.pb.h"
#include "services/approval/commands/correct_centre.h"
#include "services/approval/commands/merge_centres.h"
#include "services/approval/convert.h"
#include "services/approval/errors.h"
#include "services/approval/import/facts.h"
#include "services/approval/import/map_row.h"
#include "services/approval/rpcs/rpcs.h"
#include "services/approval/stores/centre_sources.h"
#include "services/approval/stores/duplicates.h"
#include "services/platform/core/national_numbers.h"
#include "services/platform/core/view.h"
#include "services/platform/error/error.h"

namespace assay::approval {
namespace {

using platform::Call;
using platform::Transaction;

constexpr int kCorrectionsMax = 20;
constexpr int kCorrectionsShown = 200;
constexpr std::size_t kValueBytesMax = 400;
constexpr int kAgeMax = 130;
constexpr std::string_view kProvenance = "/provenance";
constexpr std::string_view kPairs = "duplicateCentres/";

v1::FactCorrection ToProto(const Correction& correction) {
  v1::FactCorrection out;
  out.set_field(correction.field);
  out.set_value(correction.value);
  out.set_withdrawn(correction.withdrawn);
  out.set_reason(correction.reason);
  out.set_officer(correction.officer);
  *out.mutable_correct_time() = ToTimestamp(correction.time);
  return out;
}

absl::StatusOr<v1::CentreProvenance> GetProvenance(const Work& work,
                                                   const v1::GetCentreProvenanceRequest& request) {
  std::string_view centre_name = request.name();
  if (!centre_name.ends_with(kProvenance)) {
    return FieldInvalid("name", "is not centres/{centre}/provenance");
  }
  centre_name.remove_suffix(kProvenance.size());
  ASSIGN_OR_RETURN(const std::string id, CentreIdFrom("name", std::string(centre_name)));
  ASSIGN_OR_RETURN(const Centre centre, work.context.store.GetCentre(work.tx, work.reach, id));
  CentreSourceStore store;
  const std::string& tenant = work.reach.tenant;
  ASSIGN_OR_RETURN(const std::vector<StoredSource> sources, store.ListSources(work.tx, tenant, id));
  const std::string ids[] = {id};
  ASSIGN_OR_RETURN(auto said, store.Load(work.tx, tenant, ids));
  ASSIGN_OR_RETURN(const std::vector<Correction> corrections,
                   store.ListCorrections(work.tx, tenant, id, kCorrectionsShown));
  const Merged merged = Merge(said[id], centre.facts, id);
  v1::CentreProvenance out;
  out.set_name(request.name());
  for (const auto& [field, value] : FactsOf(centre.facts)) {
    v1::KeptFact& fact = *out.add_facts();
    fact.set_field(field);
    fact.set_value(value);
    const auto source = merged.sources.find(field);
    if (source != merged.sources.end()) fact.set_source(source->second);
  }
  for (const StoredSource& source : sources) {
    v1::SourceFacts& to = *out.add_sources();
    to.set_source(source.said.source);
    to.set_origin(source.said.origin);
    for (const auto& [field, value] : source.said.facts) (*to.mutable_facts())[field] = value;
    *to.mutable_update_time() = ToTimestamp(source.update_time);
  }
  for (const FactConflict& conflict : merged.conflicts) *out.add_conflicts() = ToProto(conflict);
  for (const Correction& correction : corrections) *out.add_corrections() = ToProto(correction);
  return out;
}

// What is wrong with a value that an officer gives; "" if nothing.
std::string WrongWith(std::string_view field, std::string_view value) {
  const auto number = [&](bool (*fits)(std::string_view), const char* form) {
    return fits(value) ? std::string() : std::string(form);
  };
  if (value.empty()) return "is empty; to take a correction back, say withdrawn";
  if (value.size() > kValueBytesMax) {
    return absl::StrCat("is longer than ", kValueBytesMax, " bytes");
  }
  const bool lines = field == "address_lines" || field == "other_names";
  for (const char c : value) {
    if (static_cast<unsigned char>(c) < ' ' && !(lines && c == '\n')) {
      return "has control characters";
    }
  }
  if (field.ends_with("urn")) return number(platform::IsUrn, "is no URN of 5 or 6 digits");
  if (field == "ukprn") {
    return number(platform::IsUkprn, "is no UKPRN of 8 digits that begins with 1");
  }
  if (field == "laestab") return number(platform::IsLaestab, "is no LAESTAB of 7 digits");
  if (field.ends_with("_date")) {
    const bool is_day = value.size() == 10 && value[4] == '-' && ParseDate(value).has_value();
    return is_day ? "" : "is no day like 2018-09-01";
  }
  if (field.starts_with("age_")) {
    int age = 0;
    const bool is_age = absl::SimpleAtoi(platform::View(value), &age) && age > 0 && age <= kAgeMax;
    return is_age ? "" : absl::StrCat("is no age from 1 to ", kAgeMax);
  }
  return "";
}

absl::StatusOr<v1::Centre> Correct(const Work& work, const v1::CorrectCentreRequest& request) {
  ASSIGN_OR_RETURN(const std::string id, CentreIdFrom("name", request.name()));
  ASSIGN_OR_RETURN(const std::string reason, ReasonFrom(request.reason()));
  if (request.corrections_size() == 0) return FieldInvalid("corrections", "is empty");
  if (request.corrections_size() > kCorrectionsMax) {
    return FieldInvalid("corrections", absl::StrCat("has more than ", kCorrectionsMax));
  }
  std::vector<FactToSet> facts;
  std::set<std::string> fields;
  for (int i = 0; i < request.corrections_size(); ++i) {
    const v1::FactCorrection& correction = request.corrections(i);
    const std::string place = absl::StrCat("corrections[", i, "]");
    // That a centre is open is an officer's word only by reopening it; it may be taken back.
    const bool taken_back = correction.field() == "status" && correction.withdrawn();
    if (!taken_back && !IsCorrectable(correction.field())) {
      return FieldInvalid(place + ".field", "is no fact that is corrected");
    }
    if (!fields.insert(correction.field()).second) {
      return FieldInvalid(place + ".field", "is there twice");
    }
    std::string value = correction.value();
    if (correction.withdrawn()) {
      if (!value.empty()) return FieldInvalid(place + ".value", "is set, but withdrawn as well");
    } else {
      if (correction.field() == "postcode") value = NormalPostcode(value);
      const std::string wrong = WrongWith(correction.field(), value);
      if (!wrong.empty()) return FieldInvalid(place + ".value", wrong);
    }
    facts.push_back({correction.field(), std::move(value), correction.withdrawn()});
  }
  ASSIGN_OR_RETURN(const Centre centre, CorrectCentre(work, id, facts, reason, request.etag()));
  return ToProto(centre);
}

v1::DuplicateCentre::State StateOf(DuplicateState state) {
  return static_cast<v1::DuplicateCentre::State>(static_cast<int>(state) + 1);
}

// With the titles, which are read for all of them at once.
absl::StatusOr<std::vector<v1::DuplicateCentre>> ToProtos(const Work& work,
                                                          const std::vector<Duplicate>& pairs) {
  std::set<std::string> ids;
  for (const Duplicate& pair : pairs) ids.insert({pair.first, pair.second});
  const std::vector<std::string> asked(ids.begin(), ids.end());
  ASSIGN_OR_RETURN(const auto centres,
                   work.context.store.FindCentres(work.tx, work.reach.tenant, asked));
  const auto title = [&](const std::string& id) {
    const auto it = centres.find(id);
    return it == centres.end() ? std::string() : it->second.facts.title;
  };
  std::vector<v1::DuplicateCentre> protos;
  for (const Duplicate& pair : pairs) {
    v1::DuplicateCentre& out = protos.emplace_back();
    out.set_name(pair.Name());
    out.set_first_centre("centres/" + pair.first);
    out.set_second_centre("centres/" + pair.second);
    out.set_first_title(title(pair.first));
    out.set_second_title(title(pair.second));
    out.set_score(pair.score);
    for (const std::string& reason : pair.reasons) out.add_reasons(reason);
    out.set_state(StateOf(pair.state));
    out.set_officer(pair.officer);
    out.set_decision_reason(pair.decision_reason);
    if (pair.decide_time.has_value()) *out.mutable_decide_time() = ToTimestamp(*pair.decide_time);
  }
  return protos;
}

absl::StatusOr<v1::DuplicateCentre> ToProto(const Work& work, const Duplicate& pair) {
  ASSIGN_OR_RETURN(std::vector<v1::DuplicateCentre> protos, ToProtos(work, {pair}));
  return std::move(protos[0]);
}

struct PairName {
  std::string first;
  std::string second;
};

absl::StatusOr<PairName> PairFrom(const std::string& name) {
  const std::vector<std::string> parts =
      name.starts_with(kPairs) ? absl::StrSplit(absl::string_view(name).substr(kPairs.size()), '.')
                               : std::vector<std::string>();
  const bool has_slash = std::any_of(parts.begin(), parts.end(), [](const std::string& part) {
    return part.empty() || part.find('/') != part.npos;
  });
  if (parts.empty() || has_slash) {
    return FieldInvalid("name", "is not duplicateCentres/{duplicate_centre}");
  }
  if (parts.size() == 2 && IsCentreId(parts[0]) && IsCentreId(parts[1])) {
    return PairName{parts[0], parts[1]};
  }
  return platform::Error(absl::StatusCode::kNotFound, kDuplicateNotFound,
                         absl::StrCat("there is no ", name, " that you may see"))
      .With("duplicate", name);
}

absl::StatusOr<v1::DuplicateCentre> GetDuplicate(const Work& work,
                                                 const v1::GetDuplicateCentreRequest& request) {
  ASSIGN_OR_RETURN(const PairName name, PairFrom(request.name()));
  ASSIGN_OR_RETURN(const Duplicate pair,
                   DuplicateStore().Get(work.tx, work.reach.tenant, name.first, name.second));
  return ToProto(work, pair);
}

// "90/urn-1/urn-2".
absl::StatusOr<std::optional<Duplicate>> PlaceFrom(const std::string& after) {
  if (after.empty()) return std::nullopt;
  const std::vector<std::string> parts = absl::StrSplit(after, '/');
  Duplicate place;
  if (parts.size() != 3 || !absl::SimpleAtoi(parts[0], &place.score)) {
    return FieldInvalid("page_token", "is no token of this list");
  }
  place.first = parts[1];
  place.second = parts[2];
  return place;
}

absl::StatusOr<v1::ListDuplicateCentresResponse> ListDuplicates(
    const Work& work, const v1::ListDuplicateCentresRequest& request) {
  DuplicateState state = DuplicateState::kOpen;
  if (request.state() != v1::DuplicateCentre::STATE_UNSPECIFIED) {
    if (!v1::DuplicateCentre::State_IsValid(request.state())) {
      return FieldInvalid("state", "is no state of a pair");
    }
    state = static_cast<DuplicateState>(static_cast<int>(request.state()) - 1);
  }
  std::string centre;
  if (!request.centre().empty()) {
    ASSIGN_OR_RETURN(centre, CentreIdFrom("centre", request.centre()));
  }
  ASSIGN_OR_RETURN(const PageRequest page,
                   PageRequest::From(request, work.reach,
                                     {"ListDuplicateCentres", request.centre(),
                                      absl::StrCat(static_cast<int>(request.state()))}));
  ASSIGN_OR_RETURN(const std::optional<Duplicate> after, PlaceFrom(page.after));
  ASSIGN_OR_RETURN(
      std::vector<Duplicate> found,
      DuplicateStore().List(work.tx, work.reach.tenant, state, centre, after, page.size + 1));
  v1::ListDuplicateCentresResponse response;
  if (static_cast<int>(found.size()) > page.size) {
    found.pop_back();
    const Duplicate& last = found.back();
    response.set_next_page_token(
        page.TokenAfter(absl::StrCat(last.score, "/", last.first, "/", last.second)));
  }
  ASSIGN_OR_RETURN(std::vector<v1::DuplicateCentre> protos, ToProtos(work, found));
  for (v1::DuplicateCentre& pair : protos) *response.add_duplicate_centres() = std::move(pair);
  return response;
}

absl::StatusOr<v1::Centre> MergeTwo(const Work& work, const v1::MergeCentresRequest& request) {
  CentresToMerge what;
  ASSIGN_OR_RETURN(what.survivor, CentreIdFrom("name", request.name()));
  ASSIGN_OR_RETURN(what.duplicate, CentreIdFrom("duplicate", request.duplicate()));
  ASSIGN_OR_RETURN(what.reason, ReasonFrom(request.reason()));
  what.etag = request.etag();
  ASSIGN_OR_RETURN(const Centre centre, MergeCentres(work, what));
  return ToProto(centre);
}

absl::StatusOr<v1::DuplicateCentre> Dismiss(const Work& work,
                                            const v1::DismissDuplicateRequest& request) {
  ASSIGN_OR_RETURN(const PairName name, PairFrom(request.name()));
  ASSIGN_OR_RETURN(const std::string reason, ReasonFrom(request.reason()));
  ASSIGN_OR_RETURN(const Duplicate pair, DismissDuplicate(work, name.first, name.second, reason));
  return ToProto(work, pair);
}

}  // namespace

void RegisterMerges(platform::Router& router, const Context& context) {
  const std::string service = "assay.approval.v1.CentreMergeService/";
  Read<v1::GetCentreProvenanceRequest, v1::CentreProvenance>(
      router, context, service + "GetCentreProvenance", GetProvenance);
  Write<v1::CorrectCentreRequest, v1::Centre>(router, context, service + "CorrectCentre", Correct);
  Read<v1::ListDuplicateCentresRequest, v1::ListDuplicateCentresResponse>(
      router, context, service + "ListDuplicateCentres", ListDuplicates);
  Read<v1::GetDuplicateCentreRequest, v1::DuplicateCentre>(
      router, context, service + "GetDuplicateCentre", GetDuplicate);
  Write<v1::MergeCentresRequest, v1::Centre>(router, context, service + "MergeCentres", MergeTwo);
  Write<v1::DismissDuplicateRequest, v1::DuplicateCentre>(router, context,
                                                          service + "DismissDuplicate", Dismiss);
}

}  // namespace assay::approval
