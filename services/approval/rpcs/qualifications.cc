#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "assay/approval/v1/qualification_service.pb.h"
#include "services/approval/catalogue/combination.h"
#include "services/approval/commands/find_qualification.h"
#include "services/approval/commands/write_qualification.h"
#include "services/approval/convert.h"
#include "services/approval/errors.h"
#include "services/approval/rpcs/rpcs.h"
#include "services/approval/stores/catalogue.h"
#include "services/platform/rpc/etag.h"

namespace assay::approval {
namespace {

using platform::Call;
using platform::Transaction;

constexpr int kUnitsNamedMax = 500;
// Only the best so many completions can be paged through: each page works out those before it.
constexpr int kCompletionsMax = 10'000;

v1::Qualification ToProto(const CatalogueEntry& entry, Detail detail) {
  v1::Qualification out = ToProto(entry.qualification, detail);
  out.set_version(entry.version);
  if (entry.effective_day.has_value()) *out.mutable_effective_date() = ToDate(*entry.effective_day);
  out.set_etag(platform::EtagOf(entry.version));
  return out;
}

absl::StatusOr<CatalogueEntry> Find(const Work& work, const std::string& name, bool has_date,
                                    const google::type::Date& date) {
  ASSIGN_OR_RETURN(const std::string number, QualificationFrom("name", name));
  ASSIGN_OR_RETURN(const auto day, DayFrom("date", has_date, date));
  return FindEntry(work, number, day);
}

absl::StatusOr<v1::Qualification> Get(const Work& work,
                                      const v1::GetQualificationRequest& request) {
  ASSIGN_OR_RETURN(const CatalogueEntry entry,
                   Find(work, request.name(), request.has_date(), request.date()));
  return ToProto(entry, Detail::kFull);
}

// What ships and what the tenant has added, as one list in number order.
absl::StatusOr<v1::ListQualificationsResponse> List(const Work& work,
                                                    const v1::ListQualificationsRequest& request) {
  ASSIGN_OR_RETURN(const PageRequest page,
                   PageRequest::From(request, work.reach, {"ListQualifications"}));
  ASSIGN_OR_RETURN(
      std::vector<std::string> numbers,
      CatalogueStore().ListNumbers(work.tx, work.reach.tenant, page.after, page.size + 1));
  const Catalogue& ships = work.context.catalogue;
  for (auto it = ships.upper_bound(page.after); it != ships.end(); ++it) {
    numbers.push_back(it->first);
  }
  std::sort(numbers.begin(), numbers.end());
  numbers.erase(std::unique(numbers.begin(), numbers.end()), numbers.end());
  v1::ListQualificationsResponse response;
  for (const std::string& number : numbers) {
    if (response.qualifications_size() == page.size) {
      response.set_next_page_token(
          page.TokenAfter(response.qualifications(page.size - 1).number()));
      break;
    }
    ASSIGN_OR_RETURN(const CatalogueEntry entry, FindEntry(work, number));
    *response.add_qualifications() = ToProto(entry, Detail::kBasic);
  }
  return response;
}

template <typename Request>
absl::StatusOr<QualificationDraft> DraftFrom(const Request& request) {
  QualificationDraft draft;
  ASSIGN_OR_RETURN(draft.qualification, FromProto(request.qualification()));
  ASSIGN_OR_RETURN(draft.effective_day, DayFrom("effective_date", request.has_effective_date(),
                                                request.effective_date()));
  ASSIGN_OR_RETURN(draft.change_note, ReasonFrom(request.change_note(), "change_note"));
  draft.validate_only = request.validate_only();
  return draft;
}

absl::StatusOr<v1::Qualification> Create(const Work& work,
                                         const v1::CreateQualificationRequest& request) {
  ASSIGN_OR_RETURN(const QualificationDraft draft, DraftFrom(request));
  ASSIGN_OR_RETURN(const CatalogueEntry entry, CreateQualification(work, draft));
  return ToProto(entry, Detail::kFull);
}

absl::StatusOr<v1::Qualification> Update(const Work& work,
                                         const v1::UpdateQualificationRequest& request) {
  ASSIGN_OR_RETURN(QualificationDraft draft, DraftFrom(request));
  ASSIGN_OR_RETURN(const std::string number, QualificationFrom("name", request.name()));
  if (draft.qualification.number.empty()) draft.qualification.number = number;
  if (draft.qualification.number != number) {
    return FieldInvalid("qualification.number", "is not the number of the entry");
  }
  draft.etag = request.etag();
  ASSIGN_OR_RETURN(const CatalogueEntry entry, UpdateQualification(work, draft));
  return ToProto(entry, Detail::kFull);
}

absl::StatusOr<v1::ListQualificationVersionsResponse> ListVersions(
    const Work& work, const v1::ListQualificationVersionsRequest& request) {
  ASSIGN_OR_RETURN(const std::string number, QualificationFrom("parent", request.parent()));
  RETURN_IF_ERROR(FindEntry(work, number).status());
  ASSIGN_OR_RETURN(
      const PageRequest page,
      PageRequest::From(request, work.reach, {"ListQualificationVersions", request.parent()}));
  int after = 0;
  if (!page.after.empty() && !absl::SimpleAtoi(page.after, &after)) {
    return FieldInvalid("page_token", "is of another list");
  }
  ASSIGN_OR_RETURN(auto versions, CatalogueStore().ListVersions(work.tx, work.reach.tenant, number,
                                                                after, page.size + 1));
  v1::ListQualificationVersionsResponse response;
  for (const CatalogueRecord& record : versions) {
    if (response.versions_size() == page.size) {
      response.set_next_page_token(
          page.TokenAfter(absl::StrCat(response.versions(page.size - 1).number())));
      break;
    }
    v1::QualificationVersion& out = *response.add_versions();
    out.set_number(record.version);
    *out.mutable_effective_date() = ToDate(record.effective_day);
    out.set_change_note(record.change_note);
    out.set_author(record.author);
    *out.mutable_create_time() = ToTimestamp(record.time);
    out.set_finding_count(record.finding_count);
  }
  return response;
}

// Units are named, so a misspelt one is told instead of counting nothing.
template <typename Numbers>
absl::StatusOr<UnitNumbers> UnitsFrom(const Qualification& qualification, std::string_view field,
                                      const Numbers& numbers) {
  if (numbers.size() > kUnitsNamedMax) {
    return FieldInvalid(field, absl::StrCat("has more than ", kUnitsNamedMax, " units"));
  }
  UnitNumbers units;
  for (int i = 0; i < numbers.size(); ++i) {
    if (qualification.FindUnit(numbers[i]) == nullptr) {
      return platform::Error(absl::StatusCode::kInvalidArgument, kUnitUnknown,
                             absl::StrCat("qualifications/", qualification.number, " has no unit ",
                                          numbers[i], " (QUAL-3)"))
          .With("qualification", "qualifications/" + qualification.number)
          .With("unit", numbers[i])
          .Field(absl::StrCat(std::string(field), "[", i, "]"), "is no unit of the qualification");
    }
    units.insert(numbers[i]);
  }
  return units;
}

std::string Explain(const v1::RuleProgress& rule) {
  std::vector<std::string> missing;
  if (rule.credits_missing() > 0) {
    missing.push_back(absl::StrCat(rule.credits_missing(), " more credits"));
  }
  if (rule.units_missing() > 0) {
    missing.push_back(absl::StrCat(rule.units_missing(), " more units"));
  }
  const std::string from = rule.choose_from().empty()
                               ? "no unit can give them"
                               : "from " + absl::StrJoin(rule.choose_from(), ", ");
  return absl::StrCat(rule.place(), ": ", absl::StrJoin(missing, " and "), ", ", from, " (QUAL-3)");
}

absl::StatusOr<v1::EvaluateCombinationResponse> EvaluateRule(
    const Work& work, const v1::EvaluateCombinationRequest& request) {
  ASSIGN_OR_RETURN(const CatalogueEntry entry,
                   Find(work, request.name(), request.has_date(), request.date()));
  ASSIGN_OR_RETURN(const UnitNumbers achieved,
                   UnitsFrom(entry.qualification, "achieved_units", request.achieved_units()));
  const Progress progress = Evaluate(entry.qualification, achieved);
  v1::EvaluateCombinationResponse response;
  response.set_complete(progress.complete);
  response.set_credits(progress.credits);
  response.set_units(progress.units);
  for (const RuleTally& rule : progress.rules) {
    v1::RuleProgress& out = *response.add_rules();
    out.set_place(rule.place);
    out.set_met(rule.met);
    out.set_credits(rule.credits);
    out.set_units(rule.units);
    out.set_credits_over(rule.credits_over);
    out.set_units_over(rule.units_over);
    for (const Shortfall& shortfall : progress.shortfalls) {
      if (shortfall.place != rule.place) continue;
      out.set_credits_missing(shortfall.credits_missing);
      out.set_units_missing(shortfall.units_missing);
      for (const std::string& unit : shortfall.choose_from) out.add_choose_from(unit);
      response.add_explanations(Explain(out));
      break;
    }
  }
  return response;
}

absl::StatusOr<v1::FindCompletionsResponse> Complete(const Work& work,
                                                     const v1::FindCompletionsRequest& request) {
  ASSIGN_OR_RETURN(const CatalogueEntry entry,
                   Find(work, request.name(), request.has_date(), request.date()));
  const Qualification& qualification = entry.qualification;
  ASSIGN_OR_RETURN(const UnitNumbers achieved,
                   UnitsFrom(qualification, "achieved_units", request.achieved_units()));
  CompletionQuery query;
  ASSIGN_OR_RETURN(query.excluded,
                   UnitsFrom(qualification, "excluded_units", request.excluded_units()));
  if (!v1::CompletionOrder_IsValid(request.order())) {
    return FieldInvalid("order", "is no order of completions");
  }
  if (request.order() == v1::COMPLETION_ORDER_GUIDED_LEARNING_HOURS) {
    query.order = CompletionOrder::kHours;
  }
  const std::string question =
      absl::StrCat(request.name(), " ", request.order(), " ", absl::StrJoin(achieved, ","), " ",
                   absl::StrJoin(query.excluded, ","), " ", request.date().ShortDebugString(), " ",
                   entry.version);
  ASSIGN_OR_RETURN(const PageRequest page,
                   PageRequest::From(request, work.reach, {"FindCompletions", question}));
  if (!page.after.empty() && !absl::SimpleAtoi(page.after, &query.skip)) {
    return FieldInvalid("page_token", "is of another search");
  }
  query.results_max = std::min(page.size, kCompletionsMax - query.skip);
  const Completions found = FindCompletions(qualification, achieved, query);
  v1::FindCompletionsResponse response;
  for (const std::vector<std::string>& set : found.sets) {
    v1::Completion& out = *response.add_completions();
    for (const std::string& number : set) {
      const Unit& unit = *qualification.FindUnit(number);
      out.add_units(number);
      out.set_credits(out.credits() + unit.credits);
      out.set_guided_learning_hours(out.guided_learning_hours() + unit.guided_learning_hours);
    }
  }
  const int passed = query.skip + static_cast<int>(found.sets.size());
  const bool full = static_cast<int>(found.sets.size()) == query.results_max;
  if (!found.all && full && passed < kCompletionsMax) {
    response.set_next_page_token(page.TokenAfter(absl::StrCat(passed)));
  }
  response.set_limited(!found.all && response.next_page_token().empty());
  response.set_completion_count_max(found.at_most);
  return response;
}

template <typename Request, typename Response>
using Handle = absl::StatusOr<Response> (*)(const Work&, const Request&);

}  // namespace

void RegisterQualifications(platform::Router& router, const Context& context) {
  const std::string service = "assay.approval.v1.QualificationService/";
  const auto read = [&]<typename Request, typename Response>(const char* method,
                                                             Handle<Request, Response> handle) {
    router.Read<Request, Response>(
        service + method,
        [&context, handle](const Call& call, const Request& request, Transaction& tx) {
          return handle(WorkOf(context, call, tx), request);
        });
  };
  const auto write = [&]<typename Request, typename Response>(const char* method,
                                                              Handle<Request, Response> handle) {
    router.Write<Request, Response>(
        service + method,
        [&context, handle](const Call& call, const Request& request, Transaction& tx) {
          return handle(WorkOf(context, call, tx), request);
        });
  };
  read("GetQualification", &Get);
  read("ListQualifications", &List);
  write("CreateQualification", &Create);
  write("UpdateQualification", &Update);
  read("ListQualificationVersions", &ListVersions);
  read("EvaluateCombination", &EvaluateRule);
  read("FindCompletions", &Complete);
}

}  // namespace assay::approval
