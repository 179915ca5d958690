#include "services/approval/stores/registers.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "assay/approval/v1/register_service.pb.h"
#include "services/approval/convert.h"
#include "services/approval/errors.h"
#include "services/approval/register_upload.h"
#include "services/approval/rpcs/rpcs.h"
#include "services/approval/search.h"
#include "services/platform/core/view.h"

namespace assay::approval {
namespace {

using platform::Call;
using platform::Transaction;
using platform::View;

constexpr std::string_view kOrganisations = "assessment-organisations";
constexpr std::string_view kApprovals = "assessment-approvals";
constexpr std::string_view kDeliveryAreas = "delivery-areas";
constexpr std::string_view kMiddle = "/entries/";

struct EntryName {
  const Register* reg = nullptr;
  std::string id;
};

absl::StatusOr<EntryName> EntryNameFrom(std::string_view field, const std::string& name) {
  const std::size_t middle = name.find(kMiddle);
  std::string id = middle == name.npos ? "" : name.substr(middle + kMiddle.size());
  if (id.empty() || id.find('/') != id.npos) {
    return FieldInvalid(field, "is not registers/{register}/entries/{entry}");
  }
  ASSIGN_OR_RETURN(const Register* reg, RegisterFrom(field, name.substr(0, middle)));
  return EntryName{reg, std::move(id)};
}

// "pathways/1" → "registers/pathways/entries/1"
std::string NameOf(std::string_view reg, std::string_view id) {
  return absl::StrCat("registers/", View(reg), View(kMiddle), View(id));
}

v1::RegisterEntry ToProto(const Register& reg, const RegisterRecord& record) {
  const RegisterEntry& entry = record.entry;
  v1::RegisterEntry out;
  out.set_name(NameOf(reg.name, entry.id));
  out.set_code(entry.code);
  out.set_title(entry.title);
  if (!entry.belongs_to.empty()) {
    out.set_belongs_to(
        NameOf(reg.parent, std::string_view(entry.belongs_to).substr(reg.parent.size() + 1)));
  }
  if (entry.first_day.has_value()) *out.mutable_first_day() = ToDate(*entry.first_day);
  if (entry.last_day.has_value()) *out.mutable_last_day() = ToDate(*entry.last_day);
  for (const auto& [name, value] : entry.facts) (*out.mutable_facts())[name] = value;
  *out.mutable_create_time() = ToTimestamp(record.create_time);
  *out.mutable_update_time() = ToTimestamp(record.update_time);
  return out;
}

absl::StatusOr<RegisterRecord> Find(const Work& work, const EntryName& name) {
  ASSIGN_OR_RETURN(auto found,
                   RegisterStore().Get(work.tx, work.reach.tenant, name.reg->name, name.id));
  if (found.has_value()) return *std::move(found);
  const std::string text = NameOf(name.reg->name, name.id);
  return platform::Error(absl::StatusCode::kNotFound, kEntryNotFound,
                         absl::StrCat("there is no ", text))
      .With("entry", text);
}

absl::StatusOr<v1::RegisterEntry> Get(const Work& work,
                                      const v1::GetRegisterEntryRequest& request) {
  ASSIGN_OR_RETURN(const EntryName name, EntryNameFrom("name", request.name()));
  ASSIGN_OR_RETURN(const RegisterRecord record, Find(work, name));
  return ToProto(*name.reg, record);
}

template <typename Response>
absl::StatusOr<Response> Page(const Work& work, const Register& reg, const RegisterFilter& filter,
                              const PageRequest& page) {
  ASSIGN_OR_RETURN(const auto records, RegisterStore().List(work.tx, work.reach.tenant, reg.name,
                                                            filter, page.after, page.size + 1));
  Response response;
  std::string last;
  for (const RegisterRecord& record : records) {
    if (response.register_entries_size() == page.size) {
      response.set_next_page_token(page.TokenAfter(last));
      break;
    }
    *response.add_register_entries() = ToProto(reg, record);
    last = record.entry.id;
  }
  return response;
}

absl::StatusOr<v1::ListRegisterEntriesResponse> List(
    const Work& work, const v1::ListRegisterEntriesRequest& request) {
  ASSIGN_OR_RETURN(const Register* reg, RegisterFrom("parent", request.parent()));
  RegisterFilter filter;
  ASSIGN_OR_RETURN(filter.day, DayFrom("date", request.has_date(), request.date()));
  if (!request.belongs_to().empty()) {
    ASSIGN_OR_RETURN(const EntryName parent, EntryNameFrom("belongs_to", request.belongs_to()));
    filter.belongs_to = absl::StrCat(View(parent.reg->name), "/", parent.id);
  }
  const std::string day = filter.day.has_value() ? absl::FormatCivilTime(*filter.day) : "";
  ASSIGN_OR_RETURN(const PageRequest page,
                   PageRequest::From(request, work.reach,
                                     {"ListRegisterEntries", reg->name, filter.belongs_to, day}));
  return Page<v1::ListRegisterEntriesResponse>(work, *reg, filter, page);
}

absl::StatusOr<v1::SearchRegisterEntriesResponse> Search(
    const Work& work, const v1::SearchRegisterEntriesRequest& request) {
  ASSIGN_OR_RETURN(const Register* reg, RegisterFrom("parent", request.parent()));
  RegisterFilter filter;
  ASSIGN_OR_RETURN(filter.words, WordsOfQuery(request.query()));
  ASSIGN_OR_RETURN(const PageRequest page,
                   PageRequest::From(request, work.reach,
                                     {"SearchRegisterEntries", reg->name, request.query()}));
  return Page<v1::SearchRegisterEntriesResponse>(work, *reg, filter, page);
}

void Deny(v1::CheckAssessmentScopeResponse& response, std::string_view reason,
          std::string message) {
  response.set_reason(std::string(reason));
  response.set_message(std::move(message));
}

absl::StatusOr<v1::CheckAssessmentScopeResponse> CheckScope(
    const Work& work, const v1::CheckAssessmentScopeRequest& request) {
  ASSIGN_OR_RETURN(const EntryName name, EntryNameFrom("name", request.name()));
  if (name.reg->name != kOrganisations) {
    return FieldInvalid("name", "is not registers/assessment-organisations/entries/{entry}");
  }
  if (request.standard().empty()) return FieldInvalid("standard", "is missing");
  ASSIGN_OR_RETURN(const auto asked, DayFrom("date", request.has_date(), request.date()));
  const absl::CivilDay day = asked.value_or(Today(work));
  const std::string on = absl::FormatCivilTime(day);
  ASSIGN_OR_RETURN(const RegisterRecord organisation, Find(work, name));
  const std::string id = absl::StrCat(name.id, "-", request.standard());
  RegisterStore store;
  const std::string& tenant = work.reach.tenant;
  ASSIGN_OR_RETURN(const auto approval, store.Get(work.tx, tenant, kApprovals, id));
  ASSIGN_OR_RETURN(const auto area, store.Get(work.tx, tenant, kDeliveryAreas, id));
  v1::CheckAssessmentScopeResponse response;
  const std::string who =
      absl::StrCat(organisation.entry.title, " (", organisation.entry.code, ")");
  if (!approval.has_value()) {
    Deny(response, "NO_APPROVAL",
         absl::StrCat(who, " has no approval for standard ", request.standard()));
    return response;
  }
  const RegisterEntry& entry = approval->entry;
  if (entry.first_day.has_value()) *response.mutable_first_day() = ToDate(*entry.first_day);
  if (entry.last_day.has_value()) *response.mutable_last_day() = ToDate(*entry.last_day);
  std::string regions;
  if (area.has_value()) {
    const auto found = area->entry.facts.find("regions");
    if (found != area->entry.facts.end()) regions = found->second;
  }
  for (const absl::string_view region : absl::StrSplit(regions, "; ", absl::SkipEmpty())) {
    response.add_regions(std::string(region));
  }
  if (entry.first_day.has_value() && day < *entry.first_day) {
    Deny(response, "NOT_YET_EFFECTIVE",
         absl::StrCat("the approval of ", who, " is in force from ",
                      absl::FormatCivilTime(*entry.first_day), ", not on ", on));
  } else if (entry.last_day.has_value() && day > *entry.last_day) {
    Deny(response, "ENDED",
         absl::StrCat("the approval of ", who, " ended with ",
                      absl::FormatCivilTime(*entry.last_day), ", before ", on));
  } else if (regions.empty()) {
    Deny(response, "NO_DELIVERY_AREA",
         absl::StrCat("the register has no delivery area of ", who, " for standard ",
                      request.standard()));
  } else if (!request.region().empty() && !Covers(regions, request.region())) {
    Deny(response, "REGION_NOT_COVERED",
         absl::StrCat(who, " delivers standard ", request.standard(), " in ", regions, ", not in ",
                      request.region()));
  } else {
    response.set_in_scope(true);
  }
  return response;
}

template <typename Request, typename Response>
using Handle = absl::StatusOr<Response> (*)(const Work&, const Request&);

}  // namespace

void RegisterRegisters(platform::Router& router, const Context& context) {
  const std::string service = "assay.approval.v1.RegisterService/";
  const auto read = [&]<typename Request, typename Response>(const char* method,
                                                             Handle<Request, Response> handle) {
    router.Read<Request, Response>(
        service + method,
        [&context, handle](const Call& call, const Request& request, Transaction& tx) {
          return handle(WorkOf(context, call, tx), request);
        });
  };
  router.Upload<v1::ImportRegisterRequest, v1::ImportRegisterResponse>(
      service + "ImportRegister",
      [&context](const Call& call, const v1::ImportRegisterRequest& first) {
        return OpenRegisterImport(context, call, first);
      });
  read("GetRegisterEntry", &Get);
  read("ListRegisterEntries", &List);
  read("SearchRegisterEntries", &Search);
  read("CheckAssessmentScope", &CheckScope);
}

}  // namespace assay::approval
