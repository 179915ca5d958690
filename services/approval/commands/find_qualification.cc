#include "services/approval/commands/find_qualification.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/approval/errors.h"
#include "services/approval/stores/catalogue.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/core/view.h"
#include "services/platform/error/error.h"

namespace assay::approval {

using platform::View;

namespace {

// The time is part of the key: a version that was never committed may come again as another.
absl::StatusOr<ParsedEntries::Entry> Parsed(const Work& work, const CatalogueRecord& record) {
  const std::string key = absl::StrCat(work.reach.tenant, "/", record.number, "/", record.version,
                                       "/", absl::ToUnixMicros(record.time));
  ParsedEntries& entries = *work.context.parsed_entries;
  if (ParsedEntries::Entry entry = entries.Find(key)) return entry;
  ASSIGN_OR_RETURN(const std::string document,
                   CatalogueStore().Document(work.tx, work.reach.tenant, record));
  ASSIGN_OR_RETURN(Qualification read, ParseQualification(record.number, document));
  return entries.Keep(key, document.size(), std::move(read));
}

}  // namespace

absl::StatusOr<CatalogueEntry> FindEntry(const Work& work, std::string_view number,
                                         std::optional<absl::CivilDay> day) {
  const absl::CivilDay asked = day.value_or(Today(work));
  const auto ships = work.context.catalogue.find(number);
  const bool has_shipped = ships != work.context.catalogue.end();
  ASSIGN_OR_RETURN(auto record, CatalogueStore().Find(work.tx, work.reach.tenant, number, asked,
                                                      /*or_first=*/!has_shipped));
  if (record.has_value()) {
    CatalogueEntry entry = {.version = record->version, .effective_day = record->effective_day};
    ASSIGN_OR_RETURN(const ParsedEntries::Entry parsed, Parsed(work, *record));
    entry.qualification = *parsed;
    return entry;
  }
  if (has_shipped) return CatalogueEntry{.qualification = ships->second};
  const std::string name = absl::StrCat("qualifications/", View(number));
  return platform::Error(absl::StatusCode::kNotFound, kQualificationNotFound,
                         absl::StrCat("there is no ", name, " in the catalogue"))
      .With("qualification", name);
}

absl::StatusOr<Qualification> FindQualification(const Work& work, std::string_view number,
                                                std::optional<absl::CivilDay> day) {
  ASSIGN_OR_RETURN(CatalogueEntry entry, FindEntry(work, number, day));
  return std::move(entry.qualification);
}

}  // namespace assay::approval
