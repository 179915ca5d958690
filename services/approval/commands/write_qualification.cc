#include "services/approval/commands/write_qualification.h"

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/approval/catalogue/checks.h"
#include "services/approval/errors.h"
#include "services/approval/stores/catalogue.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/core/view.h"
#include "services/platform/error/error.h"

namespace assay::approval {
namespace {

using platform::Error;
using platform::View;
using Code = absl::StatusCode;

constexpr std::size_t kUnitsMax = 500;
constexpr std::size_t kDocumentBytesMax = 2'000'000;
constexpr std::size_t kViolationsMax = 100;
std::string NameOf(const std::string& number) { return "qualifications/" + number; }

// The entry as it will be read back, with its findings.
absl::StatusOr<Qualification> Checked(const Qualification& draft, const std::string& document) {
  Error refused(Code::kInvalidArgument, kQualificationRefused,
                absl::StrCat(NameOf(draft.number), " cannot be used as it stands (QUAL-4)"));
  refused.With("qualification", NameOf(draft.number));
  // QUAL-1
  if (draft.title.empty() || (draft.units.empty() && !draft.bare)) {
    refused.With("refused_count", "1");
    refused.Field(draft.title.empty() ? "qualification.title" : "qualification.units",
                  "is missing (QUAL-1)");
    return refused;
  }
  if (draft.units.size() > kUnitsMax || document.size() > kDocumentBytesMax) {
    refused.With("refused_count", "1");
    refused.Field("qualification.units",
                  absl::StrCat("are more than ", kUnitsMax, ", or too long"));
    return refused;
  }
  absl::StatusOr<Qualification> parsed = ParseQualification(draft.number, document);
  if (!parsed.ok()) {
    refused.With("refused_count", "1");
    refused.Field("qualification", platform::StdView(parsed.status().message()));
    return refused;
  }
  std::vector<const Finding*> faults;
  for (const Finding& finding : parsed->findings) {
    if (IsRefusing(finding)) faults.push_back(&finding);
  }
  if (faults.empty()) return parsed;
  refused.With("refused_count", absl::StrCat(faults.size()));
  for (std::size_t i = 0; i < std::min(faults.size(), kViolationsMax); ++i) {
    refused.Field(faults[i]->place, absl::StrCat(faults[i]->kind, " (", View(RuleOf(*faults[i])),
                                                 "): ", faults[i]->message));
  }
  return refused;
}

absl::StatusOr<CatalogueEntry> Keep(const Work& work, const QualificationDraft& draft, int version,
                                    absl::CivilDay day) {
  CatalogueRecord record = {.number = draft.qualification.number,
                            .version = version,
                            .effective_day = day,
                            .document = WriteQualification(draft.qualification),
                            .change_note = draft.change_note,
                            .author = std::string(work.call.subject()),
                            .time = work.call.now};
  CatalogueEntry entry = {.version = version, .effective_day = day};
  ASSIGN_OR_RETURN(entry.qualification, Checked(draft.qualification, record.document));
  record.finding_count = static_cast<int>(entry.qualification.findings.size());
  if (draft.validate_only) return entry;
  RETURN_IF_ERROR(CatalogueStore().Insert(work.tx, work.reach.tenant, record));
  return entry;
}

}  // namespace

absl::StatusOr<CatalogueEntry> CreateQualification(const Work& work,
                                                   const QualificationDraft& draft) {
  const std::string& number = draft.qualification.number;
  ASSIGN_OR_RETURN(const auto latest, CatalogueStore().Latest(work.tx, work.reach.tenant, number));
  if (latest.has_value() || work.context.catalogue.contains(number)) {
    return Error(Code::kAlreadyExists, kQualificationExists,
                 absl::StrCat(NameOf(number), " is in the catalogue already; update it"))
        .With("qualification", NameOf(number));
  }
  return Keep(work, draft, 1, draft.effective_day.value_or(Today(work)));
}

absl::StatusOr<CatalogueEntry> UpdateQualification(const Work& work,
                                                   const QualificationDraft& draft) {
  const std::string& number = draft.qualification.number;
  ASSIGN_OR_RETURN(const auto latest, CatalogueStore().Latest(work.tx, work.reach.tenant, number));
  if (!latest.has_value()) RETURN_IF_ERROR(FindEntry(work, number).status());
  const int version = latest.has_value() ? latest->version : 0;
  RETURN_IF_ERROR(platform::CheckEtag(draft.etag, version, NameOf(number)));
  const absl::CivilDay day = draft.effective_day.value_or(Today(work));
  if (latest.has_value() && day < latest->effective_day) {
    return Error(Code::kInvalidArgument, "FIELD_INVALID",
                 absl::StrCat("version ", version, " is in force from ",
                              absl::FormatCivilTime(latest->effective_day),
                              "; a later version cannot begin before it"))
        .Field("effective_date", "is before that of the version that is there");
  }
  return Keep(work, draft, version + 1, day);
}

}  // namespace assay::approval
