#include "services/approval/register_upload.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "services/approval/convert.h"
#include "services/approval/errors.h"
#include "services/approval/stores/registers.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/core/view.h"
#include "services/platform/error/error.h"
#include "services/platform/table/fold.h"
#include "services/platform/table/table.h"

namespace assay::approval {
namespace {

using platform::TableRow;
using platform::View;
using Request = v1::ImportRegisterRequest;
using Response = v1::ImportRegisterResponse;

constexpr std::size_t kBatchRows = 1000;
constexpr int kListedDefault = 1000;
constexpr int kListedMax = 10'000;
constexpr int kAttemptsMax = 3;

std::vector<std::string> RequiredOf(const Register& reg) {
  std::set<std::string> columns;
  for (const RegisterColumn& column : reg.columns) columns.emplace(column.column);
  return {columns.begin(), columns.end()};
}

std::vector<std::string> WordsOf(const RegisterEntry& entry) {
  std::vector<std::string> words = platform::Words(entry.title);
  for (const std::string& text : {entry.code, entry.id}) {
    const std::vector<std::string> parts = platform::Words(text);
    std::string whole;
    for (const std::string& part : parts) whole += part;
    words.insert(words.end(), parts.begin(), parts.end());
    if (!whole.empty()) words.push_back(whole);  // "60342687" finds 603/4268/7.
  }
  std::sort(words.begin(), words.end());
  words.erase(std::unique(words.begin(), words.end()), words.end());
  return words;
}

struct Row {
  std::int64_t line = 0;
  RegisterEntry entry;
  std::vector<RegisterFault> notes;
};

// What a batch came to; kept only when its transaction is.
struct BatchReport {
  std::int64_t created = 0;
  std::int64_t updated = 0;
  std::int64_t unchanged = 0;
  std::vector<std::pair<std::int64_t, RegisterFault>> refused;
  std::vector<v1::ChangedEntry> changed;
  std::set<std::string> taken;
};

class Import final : public platform::UploadSink<Request, Response> {
 public:
  Import(const Context& context, platform::Call call, const Register& reg, bool validate_only,
         int listed_max)
      : context_(context),
        call_(std::move(call)),
        register_(reg),
        validate_only_(validate_only),
        listed_max_(listed_max),
        reader_({.separator = reg.separator,
                 .required = RequiredOf(reg),
                 .rows_max = context.import_rows_max}) {}

  absl::Status Take(Request& message) override {
    return reader_.Feed(message.content().data(), [this](const TableRow& row) { return Add(row); });
  }

  absl::StatusOr<Response> Finish() override {
    RETURN_IF_ERROR(reader_.Finish([this](const TableRow& row) { return Add(row); }));
    RETURN_IF_ERROR(WriteBatch());
    std::int64_t known = 0;
    RETURN_IF_ERROR(context_.database.ReadNow([&](platform::Transaction& tx) -> absl::Status {
      ASSIGN_OR_RETURN(known, store_.Count(tx, Tenant(), register_.name));
      return absl::OkStatus();
    }));
    const std::int64_t created = validate_only_ ? 0 : report_.created_count();
    report_.set_absent_count(known - created - report_.updated_count() - report_.unchanged_count());
    report_.set_encoding(std::string(reader_.encoding()));
    report_.set_truncated(reader_.truncated());
    return std::move(report_);
  }

 private:
  const std::string& Tenant() const { return call_.principal->tenant; }

  absl::Status Add(const TableRow& row) {
    report_.set_row_count(report_.row_count() + 1);
    if (!row.fault().empty()) {
      Refuse(row.line(), {{"", "ROW_MALFORMED", absl::StrCat("the row ", View(row.fault()))}});
      return absl::OkStatus();
    }
    RegisterRow read = ReadRow(register_, [&](std::string_view column) { return row.Get(column); });
    if (read.faults.empty()) {
      const auto [it, added] = lines_.emplace(read.entry.id, row.line());
      if (!added) {
        read.faults.push_back({"", "ROW_DUPLICATE",
                               absl::StrCat("line ", it->second, " is of the same entry, ",
                                            read.entry.id, "; this one is left out")});
      }
    }
    if (!read.faults.empty()) {
      Refuse(row.line(), read.faults);
      return absl::OkStatus();
    }
    batch_.push_back({row.line(), std::move(read.entry), std::move(read.notes)});
    return batch_.size() < kBatchRows ? absl::OkStatus() : WriteBatch();
  }

  void List(std::int64_t line, const RegisterFault& fault,
            google::protobuf::RepeatedPtrField<v1::RefusedRow>& to) {
    if (to.size() >= listed_max_) return;
    v1::RefusedRow& listed = *to.Add();
    listed.set_line(line);
    listed.set_field(fault.column);
    listed.set_reason(fault.reason);
    listed.set_message(fault.message);
  }

  void Refuse(std::int64_t line, const std::vector<RegisterFault>& faults) {
    report_.set_refused_count(report_.refused_count() + 1);
    for (const RegisterFault& fault : faults) List(line, fault, *report_.mutable_refused_rows());
  }

  // The entries that rows of this batch belong to and that are there; "/" before each that is in
  // the batch itself or was taken before.
  absl::StatusOr<std::set<std::string>> KnownParents(platform::Transaction& tx) {
    std::set<std::string> wanted;
    for (const Row& row : batch_) {
      if (!row.entry.belongs_to.empty()) {
        wanted.insert(row.entry.belongs_to.substr(register_.parent.size() + 1));
      }
    }
    const std::vector<std::string> ids(wanted.begin(), wanted.end());
    ASSIGN_OR_RETURN(const auto found, store_.FindMany(tx, Tenant(), register_.parent, ids));
    std::set<std::string> known;
    for (const auto& [id, record] : found) known.insert(id);
    if (register_.parent == register_.name) known.insert(taken_.begin(), taken_.end());
    return known;
  }

  std::optional<RegisterFault> OrphanFault(const RegisterEntry& entry,
                                           const std::set<std::string>& parents,
                                           const std::set<std::string>& shared) {
    if (!entry.belongs_to.empty()) {
      const std::string id = entry.belongs_to.substr(register_.parent.size() + 1);
      if (!parents.contains(id)) {
        return RegisterFault{
            "", "ORPHAN",
            absl::StrCat("it belongs to ", id, ", which the register ", View(register_.parent),
                         " does not have; import that first, or correct it")};
      }
    }
    if (register_.shared_fact.empty()) return std::nullopt;
    const auto fact = entry.facts.find(std::string(register_.shared_fact));
    if (fact == entry.facts.end() || shared.contains(fact->second)) return std::nullopt;
    return RegisterFault{"", "ORPHAN",
                         absl::StrCat("no entry of the register ", View(register_.shared_with),
                                      " has the ", View(register_.shared_fact), " ", fact->second,
                                      "; import that first, or correct it")};
  }

  absl::Status Merge(platform::Transaction& tx, BatchReport& report) {
    ASSIGN_OR_RETURN(std::set<std::string> parents, KnownParents(tx));
    std::set<std::string> shared;
    if (!register_.shared_fact.empty()) {
      ASSIGN_OR_RETURN(shared, store_.ValuesOf(tx, Tenant(), register_.shared_with,
                                               std::string(register_.shared_fact)));
    }
    std::vector<std::string> ids;
    for (const Row& row : batch_) ids.push_back(row.entry.id);
    ASSIGN_OR_RETURN(const auto known, store_.FindMany(tx, Tenant(), register_.name, ids));
    std::vector<RegisterRecord> made;
    for (const Row& row : batch_) {
      if (auto fault = OrphanFault(row.entry, parents, shared)) {
        report.refused.emplace_back(row.line, *std::move(fault));
        continue;
      }
      report.taken.insert(row.entry.id);
      if (register_.parent == register_.name) parents.insert(row.entry.id);
      RegisterRecord record = {.entry = row.entry,
                               .words = WordsOf(row.entry),
                               .create_time = call_.now,
                               .update_time = call_.now};
      const auto before = known.find(row.entry.id);
      if (before != known.end() && before->second.entry == row.entry) {
        ++report.unchanged;
        continue;
      }
      v1::ChangedEntry& changed = report.changed.emplace_back();
      changed.set_line(row.line);
      changed.set_entry(
          absl::StrCat("registers/", View(register_.name), "/entries/", row.entry.id));
      changed.set_created(before == known.end());
      if (before == known.end()) {
        ++report.created;
        made.push_back(std::move(record));
        continue;
      }
      ++report.updated;
      for (std::string& change : ChangesBetween(before->second.entry, row.entry)) {
        changed.add_changes(std::move(change));
      }
      if (!validate_only_) {
        RETURN_IF_ERROR(store_.Update(tx, Tenant(), register_.name, record));
      }
    }
    if (validate_only_) return absl::OkStatus();
    return store_.Insert(tx, Tenant(), register_.name, made);
  }

  void Report(BatchReport& batch) {
    report_.set_created_count(report_.created_count() + batch.created);
    report_.set_updated_count(report_.updated_count() + batch.updated);
    report_.set_unchanged_count(report_.unchanged_count() + batch.unchanged);
    for (const auto& [line, fault] : batch.refused) Refuse(line, {fault});
    for (v1::ChangedEntry& changed : batch.changed) {
      if (report_.changed_rows_size() >= listed_max_) break;
      *report_.add_changed_rows() = std::move(changed);
    }
    for (const Row& row : batch_) {
      if (!batch.taken.contains(row.entry.id)) continue;
      for (const RegisterFault& note : row.notes) {
        List(row.line, note, *report_.mutable_noted_rows());
      }
    }
    taken_.merge(batch.taken);
  }

  absl::Status WriteBatch() {
    if (batch_.empty()) return absl::OkStatus();
    if (call_.cancelled()) return absl::CancelledError("the caller went away");
    BatchReport of_batch;
    auto merge = [&](platform::Transaction& tx) {
      of_batch = BatchReport();
      return Merge(tx, of_batch);
    };
    absl::Status status;
    // Another import may have made some of the entries between our reading and writing.
    for (int attempt = 0; attempt < kAttemptsMax; ++attempt) {
      status =
          validate_only_ ? context_.database.ReadNow(merge) : context_.database.WriteNow(merge);
      if (!absl::IsAlreadyExists(status)) break;
    }
    RETURN_IF_ERROR(status);
    Report(of_batch);
    batch_.clear();
    return absl::OkStatus();
  }

  const Context& context_;
  const platform::Call call_;
  const Register& register_;
  const bool validate_only_;
  const int listed_max_;
  platform::TableReader reader_;
  RegisterStore store_;
  absl::flat_hash_map<std::string, std::int64_t> lines_;  // Of the ids seen so far.
  std::set<std::string> taken_;
  std::vector<Row> batch_;
  Response report_;
};

}  // namespace

absl::StatusOr<const Register*> RegisterFrom(std::string_view field, const std::string& name) {
  constexpr std::string_view kPrefix = "registers/";
  if (!name.starts_with(kPrefix) || name.find('/', kPrefix.size()) != name.npos) {
    return FieldInvalid(field, "is not registers/{register}");
  }
  const Register* found = FindRegister(std::string_view(name).substr(kPrefix.size()));
  if (found != nullptr) return found;
  return platform::Error(absl::StatusCode::kNotFound, kRegisterUnknown,
                         absl::StrCat("there is no ", name, "; known are ", RegisterNames()))
      .With("register", name)
      .With("known", RegisterNames());
}

absl::StatusOr<std::unique_ptr<platform::UploadSink<Request, Response>>> OpenRegisterImport(
    const Context& context, const platform::Call& call, const Request& first) {
  ASSIGN_OR_RETURN(const Register* reg, RegisterFrom("name", first.name()));
  if (first.listed_rows_max() < 0) return FieldInvalid("listed_rows_max", "is negative");
  const int listed_max =
      first.listed_rows_max() == 0 ? kListedDefault : std::min(first.listed_rows_max(), kListedMax);
  return std::make_unique<Import>(context, call, *reg, first.validate_only(), listed_max);
}

}  // namespace assay::approval
