#include "services/approval/import_upload.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "services/approval/commands/import_centres.h"
#include "services/approval/convert.h"
#include "services/approval/errors.h"
#include "services/approval/events.h"
#include "services/approval/import/map_row.h"
#include "services/approval/stores/centre_sources.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/core/view.h"
#include "services/platform/error/error.h"
#include "services/platform/table/table.h"

namespace assay::approval {
namespace {

using platform::Error;
using platform::TableRow;

constexpr std::size_t kBatchRows = 2000;
constexpr int kListedDefault = 1000;
constexpr int kListedMax = 10'000;
constexpr int kMissingMax = 1000;
constexpr int kAttemptsMax = 3;

v1::ImportedRow::Outcome OutcomeOf(RowOutcome outcome) {
  switch (outcome) {
    case RowOutcome::kNew:
      return v1::ImportedRow::OUTCOME_NEW;
    case RowOutcome::kChanged:
      return v1::ImportedRow::OUTCOME_CHANGED;
    case RowOutcome::kUnchanged:
      return v1::ImportedRow::OUTCOME_UNCHANGED;
    case RowOutcome::kClosed:
      return v1::ImportedRow::OUTCOME_CLOSED;
  }
  return v1::ImportedRow::OUTCOME_UNSPECIFIED;
}

// What the caller wants to be told, besides the counts.
struct Telling {
  int refused_max = 0;
  int rows_max = 0;
  std::int64_t from_line = 0;
  bool include_unchanged = false;
};

class Import final
    : public platform::UploadSink<v1::ImportCentresRequest, v1::ImportCentresResponse> {
 public:
  Import(const Context& context, platform::Call call, const Layout& layout, ImportOptions options,
         Telling telling)
      : context_(context),
        call_(std::move(call)),
        layout_(layout),
        options_(options),
        telling_(telling),
        reader_({.separator = layout.separator,
                 .required = layout.Required(),
                 .rows_max = context.import_rows_max}) {}

  absl::Status Take(v1::ImportCentresRequest& message) override {
    return reader_.Feed(message.content().data(), [this](const TableRow& row) { return Add(row); });
  }

  absl::StatusOr<v1::ImportCentresResponse> Finish() override {
    RETURN_IF_ERROR(reader_.Finish([this](const TableRow& row) { return Add(row); }));
    RETURN_IF_ERROR(WriteBatch());
    RETURN_IF_ERROR(TellMissing());
    if (!options_.validate_only) {
      RETURN_IF_ERROR(context_.database.WriteNow([&](platform::Transaction& tx) {
        return EmitImported(tx, call_, context_.ids, layout_.name, counts_.created, counts_.updated,
                            report_.refused_count());
      }));
    }
    // What a batch refuses comes after what the reader refused meanwhile.
    std::stable_sort(
        report_.mutable_refused_rows()->begin(), report_.mutable_refused_rows()->end(),
        [](const v1::RefusedRow& a, const v1::RefusedRow& b) { return a.line() < b.line(); });
    report_.set_created_count(counts_.created);
    report_.set_updated_count(counts_.updated);
    report_.set_unchanged_count(counts_.unchanged);
    report_.set_closed_count(counts_.closed);
    report_.set_closing_count(counts_.closing);
    report_.set_conflict_count(counts_.conflicts);
    report_.set_closure_held_count(counts_.held);
    report_.set_encoding(std::string(reader_.encoding()));
    report_.set_truncated(reader_.truncated());
    return std::move(report_);
  }

 private:
  absl::Status Add(const TableRow& row) {
    report_.set_row_count(report_.row_count() + 1);
    if (!row.fault().empty()) {
      Refuse(row.line(),
             {{"", "ROW_MALFORMED", absl::StrCat("the row ", platform::View(row.fault()))}});
      return absl::OkStatus();
    }
    MappedRow mapped = MapRow(layout_, absl::ToCivilDay(call_.now, absl::UTCTimeZone()),
                              [&](std::string_view column) { return row.Get(column); });
    if (mapped.faults.empty()) {
      const auto [it, added] = lines_.emplace(CentreId(mapped.establishment), row.line());
      if (!added) {
        mapped.faults.push_back({layout_.urn.empty() ? layout_.ukprn : layout_.urn, "URN_DUPLICATE",
                                 absl::StrCat("line ", it->second, " has the same number")});
      }
    }
    if (!mapped.faults.empty()) {
      Refuse(row.line(), mapped.faults);
      return absl::OkStatus();
    }
    batch_.push_back({row.line(), std::move(mapped.establishment), std::move(mapped.facts)});
    return batch_.size() < kBatchRows ? absl::OkStatus() : WriteBatch();
  }

  void Refuse(std::int64_t line, const std::vector<RowFault>& faults) {
    report_.set_refused_count(report_.refused_count() + 1);
    for (const RowFault& fault : faults) {
      if (report_.refused_rows_size() >= telling_.refused_max) return;
      v1::RefusedRow& listed = *report_.add_refused_rows();
      listed.set_line(line);
      listed.set_field(fault.field);
      listed.set_reason(fault.reason);
      listed.set_message(fault.message);
    }
  }

  absl::Status WriteBatch() {
    if (batch_.empty()) return absl::OkStatus();
    if (call_.cancelled()) return absl::CancelledError("the caller went away");
    ImportResult of_batch;
    auto merge = [&](platform::Transaction& tx) -> absl::Status {
      const Work work{tx, call_, context_, ReachOf(call_)};
      ASSIGN_OR_RETURN(of_batch, ImportCentres(work, layout_.name, batch_, options_));
      return absl::OkStatus();
    };
    absl::Status status;
    // Another import may have made some of the centres between our reading and writing.
    for (int attempt = 0; attempt < kAttemptsMax; ++attempt) {
      status = options_.validate_only ? context_.database.ReadNow(merge)
                                      : context_.database.WriteNow(merge);
      if (!absl::IsAlreadyExists(status)) break;
    }
    RETURN_IF_ERROR(status);
    counts_ += of_batch.counts;
    for (const ImportedRow& row : of_batch.rows) Tell(row);
    batch_.clear();
    return absl::OkStatus();
  }

  void Tell(const ImportedRow& row) {
    if (!row.faults.empty()) {
      Refuse(row.line, row.faults);
      return;
    }
    const bool nothing = row.outcome == RowOutcome::kUnchanged && row.conflicts.empty();
    if (row.line < telling_.from_line || (nothing && !telling_.include_unchanged)) return;
    if (report_.rows_size() >= telling_.rows_max) {
      if (report_.next_line() == 0) report_.set_next_line(row.line);
      return;
    }
    v1::ImportedRow& told = *report_.add_rows();
    told.set_line(row.line);
    told.set_centre("centres/" + row.centre);
    told.set_title(row.title);
    told.set_outcome(OutcomeOf(row.outcome));
    for (const FactChange& change : row.changes) {
      v1::FactChange& to = *told.add_changes();
      to.set_field(change.field);
      to.set_before(change.before);
      to.set_after(change.after);
    }
    for (const FactConflict& conflict : row.conflicts) *told.add_conflicts() = ToProto(conflict);
  }

  // What this layout gave before and this file does not have. Nothing is done about it: that a
  // register leaves something out does not say that it has closed.
  absl::Status TellMissing() {
    if (reader_.truncated()) return absl::OkStatus();
    return context_.database.ReadNow([&](platform::Transaction& tx) {
      report_.set_missing_count(0);
      report_.clear_missing_centres();
      return CentreSourceStore().ForEachOrigin(
          tx, call_.principal->tenant, layout_.name,
          [&](std::string_view origin, std::string_view centre) {
            if (lines_.contains(std::string(origin))) return;
            report_.set_missing_count(report_.missing_count() + 1);
            if (report_.missing_centres_size() < kMissingMax) {
              report_.add_missing_centres(absl::StrCat("centres/", platform::View(centre)));
            }
          });
    });
  }

  const Context& context_;
  const platform::Call call_;
  const Layout& layout_;
  const ImportOptions options_;
  const Telling telling_;
  platform::TableReader reader_;
  absl::flat_hash_map<std::string, std::int64_t> lines_;  // Of the ids taken so far.
  std::vector<ImportRow> batch_;
  ImportCounts counts_;
  v1::ImportCentresResponse report_;
};

// 0 means the default; FIELD_INVALID if negative.
absl::StatusOr<int> ListedMax(std::string_view field, int asked) {
  if (asked < 0) return FieldInvalid(field, "is negative");
  return asked == 0 ? kListedDefault : std::min(asked, kListedMax);
}

}  // namespace

absl::StatusOr<
    std::unique_ptr<platform::UploadSink<v1::ImportCentresRequest, v1::ImportCentresResponse>>>
OpenImport(const Context& context, const platform::Call& call,
           const v1::ImportCentresRequest& first) {
  const Layout* layout = FindLayout(first.layout());
  if (layout == nullptr) {
    return Error(absl::StatusCode::kInvalidArgument, kLayoutUnknown,
                 absl::StrCat("there is no layout \"", first.layout(), "\"; known are ",
                              LayoutNames()))
        .With("layout", first.layout())
        .With("known", LayoutNames())
        .Field("layout", absl::StrCat("is none of ", LayoutNames()));
  }
  Telling telling;
  ASSIGN_OR_RETURN(telling.refused_max, ListedMax("refused_rows_max", first.refused_rows_max()));
  ASSIGN_OR_RETURN(telling.rows_max, ListedMax("rows_max", first.rows_max()));
  if (first.rows_from_line() < 0) return FieldInvalid("rows_from_line", "is negative");
  telling.from_line = first.rows_from_line();
  telling.include_unchanged = first.include_unchanged();
  const ImportOptions options{.validate_only = first.validate_only(),
                              .accept_closures = first.accept_closures()};
  return std::make_unique<Import>(context, call, *layout, options, telling);
}

}  // namespace assay::approval
