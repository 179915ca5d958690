#include "services/approval/import_upload.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "services/approval/commands/import_centres.h"
#include "services/approval/errors.h"
#include "services/approval/events.h"
#include "services/approval/import/map_row.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/core/view.h"
#include "services/platform/error/error.h"
#include "services/platform/table/table.h"

namespace assay::approval {
namespace {

using platform::Error;
using platform::TableRow;

constexpr std::size_t kBatchRows = 2000;
constexpr int kListedFaultsDefault = 1000;
constexpr int kListedFaultsMax = 10'000;
constexpr int kAttemptsMax = 3;

class Import final
    : public platform::UploadSink<v1::ImportCentresRequest, v1::ImportCentresResponse> {
 public:
  Import(const Context& context, platform::Call call, const Layout& layout, bool validate_only,
         int listed_max)
      : context_(context),
        call_(std::move(call)),
        layout_(layout),
        validate_only_(validate_only),
        listed_max_(listed_max),
        reader_({.separator = layout.separator,
                 .required = layout.Required(),
                 .rows_max = context.import_rows_max}) {}

  absl::Status Take(v1::ImportCentresRequest& message) override {
    return reader_.Feed(message.content().data(), [this](const TableRow& row) { return Add(row); });
  }

  absl::StatusOr<v1::ImportCentresResponse> Finish() override {
    RETURN_IF_ERROR(reader_.Finish([this](const TableRow& row) { return Add(row); }));
    RETURN_IF_ERROR(WriteBatch());
    if (!validate_only_) {
      RETURN_IF_ERROR(context_.database.WriteNow([&](platform::Transaction& tx) {
        return EmitImported(tx, call_, context_.ids, layout_.name, counts_.created, counts_.updated,
                            report_.refused_count());
      }));
    }
    report_.set_created_count(counts_.created);
    report_.set_updated_count(counts_.updated);
    report_.set_unchanged_count(counts_.unchanged);
    report_.set_closed_count(counts_.closed);
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
    MappedRow mapped = MapRow(layout_, [&](std::string_view column) { return row.Get(column); });
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
    batch_.push_back(std::move(mapped.establishment));
    return batch_.size() < kBatchRows ? absl::OkStatus() : WriteBatch();
  }

  void Refuse(std::int64_t line, const std::vector<RowFault>& faults) {
    report_.set_refused_count(report_.refused_count() + 1);
    for (const RowFault& fault : faults) {
      if (report_.refused_rows_size() >= listed_max_) return;
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
    ImportCounts of_batch;
    auto merge = [&](platform::Transaction& tx) -> absl::Status {
      const Work work{tx, call_, context_, ReachOf(call_)};
      ASSIGN_OR_RETURN(of_batch, ImportCentres(work, batch_, validate_only_));
      return absl::OkStatus();
    };
    absl::Status status;
    // Another import may have made some of the centres between our reading and writing.
    for (int attempt = 0; attempt < kAttemptsMax; ++attempt) {
      status =
          validate_only_ ? context_.database.ReadNow(merge) : context_.database.WriteNow(merge);
      if (!absl::IsAlreadyExists(status)) break;
    }
    RETURN_IF_ERROR(status);
    counts_ += of_batch;
    batch_.clear();
    return absl::OkStatus();
  }

  const Context& context_;
  const platform::Call call_;
  const Layout& layout_;
  const bool validate_only_;
  const int listed_max_;
  platform::TableReader reader_;
  absl::flat_hash_map<std::string, std::int64_t> lines_;  // Of the ids taken so far.
  std::vector<Establishment> batch_;
  ImportCounts counts_;
  v1::ImportCentresResponse report_;
};

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
  if (first.refused_rows_max() < 0) {
    return Error(absl::StatusCode::kInvalidArgument, "FIELD_INVALID",
                 "refused_rows_max is negative")
        .Field("refused_rows_max", "is negative");
  }
  const int listed_max = first.refused_rows_max() == 0
                             ? kListedFaultsDefault
                             : std::min(first.refused_rows_max(), kListedFaultsMax);
  return std::make_unique<Import>(context, call, *layout, first.validate_only(), listed_max);
}

}  // namespace assay::approval
