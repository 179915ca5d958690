#include "services/moderation/mark_import_runner.h"

#include <algorithm>
#include <atomic>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/cleanup/cleanup.h"
#include "absl/container/flat_hash_map.h"
#include "absl/functional/function_ref.h"
#include "absl/hash/hash.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "assay/moderation/v1/mark_import_service.pb.h"
#include "services/moderation/clients/approval.h"
#include "services/moderation/commands/create.h"
#include "services/moderation/commands/record_marks.h"
#include "services/moderation/commitment.h"
#include "services/moderation/convert.h"
#include "services/moderation/errors.h"
#include "services/moderation/mark_table.h"
#include "services/platform/core/national_numbers.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/core/view.h"
#include "services/platform/error/error.h"

namespace assay::moderation {
namespace {

using platform::Error;
using platform::Transaction;
using platform::View;

constexpr std::size_t kBatchRows = 5'000;       // Of one transaction.
constexpr std::size_t kBatchSubmissions = 500;  // Held in one transaction.
constexpr int kRefusedLinesPage = 10'000;
constexpr int kProgressBatches = 10;  // Batches without refusals between two notes of progress.
constexpr std::size_t kAskersMax = 8;
constexpr int kCheckedAtOnceMax = 2;  // Each keeps some 50 bytes a row in memory.
constexpr int kSweepRows = 5'000;
constexpr int kSweepChunks = 16;
constexpr int kTendedMax = 20;
constexpr absl::Duration kStalledAfter = absl::Minutes(1);
constexpr std::size_t kShownMax = 40;

// "urn-100000" of "100000", "urn-100000" or "centres/urn-100000"; "" of what is no centre.
std::string CentreIdIn(std::string_view text) {
  constexpr std::string_view kCollection = "centres/";
  if (platform::IsUrn(text)) return absl::StrCat("urn-", View(text));
  if (platform::IsUkprn(text)) return absl::StrCat("ukprn-", View(text));
  if (text.starts_with(kCollection)) text.remove_prefix(kCollection.size());
  bool known = false;
  for (const char* kind : {"urn-", "ukprn-", "laestab-", "fec-", "ab-"})
    known |= text.starts_with(kind);
  const bool fits = known && text.size() <= kShownMax && text.find('/') == text.npos;
  return fits ? std::string(text) : "";
}

struct SentRow {
  std::int64_t line = 0;
  std::string_view fault;  // Of the row itself; then there is nothing else.
  std::string_view centre;
  const MarkTexts* texts = nullptr;          // One of
  const v1::Candidate* candidate = nullptr;  // the two.

  void AddTo(MarkRows& rows) const {
    if (texts != nullptr) return AddTexts(rows, line, *texts);
    AddCandidate(rows, line, *candidate);
  }
};

// Reads all that was sent, chunk by chunk, and hands it on row by row.
class SentRows {
 public:
  using OnRow = absl::FunctionRef<absl::Status(const SentRow&)>;

  SentRows(const Context& context, const MarkImport& import)
      : context_(context),
        import_(import),
        table_({.required = {"centre", "candidate"}, .rows_max = context.mark_imports.rows_max}) {}

  absl::Status Read(OnRow on_row) {
    const auto on_text = [&](const MarkTable::Row& row) {
      return on_row(
          {.line = row.line, .fault = row.fault, .centre = row.centre, .texts = &row.texts});
    };
    std::int64_t position = 0;
    for (;;) {
      ASSIGN_OR_RETURN(const auto chunk, Next(position));
      if (!chunk.has_value()) break;
      position = chunk->position + 1;
      if (import_.form == MarkImportForm::kMessages) {
        RETURN_IF_ERROR(TakeBatch(chunk->bytes, on_row));
        continue;
      }
      hash_.Add(chunk->bytes);
      RETURN_IF_ERROR(table_.Feed(chunk->bytes, on_text));
    }
    if (import_.form != MarkImportForm::kText) return absl::OkStatus();
    return table_.Finish(on_text);
  }

  // After Read, of a text.
  std::string Sha256() { return absl::BytesToHexString(hash_.Finish()); }

 private:
  absl::StatusOr<std::optional<MarkImportStore::Chunk>> Next(std::int64_t position) {
    std::optional<MarkImportStore::Chunk> chunk;
    RETURN_IF_ERROR(context_.database.ReadNow([&](Transaction& tx) -> absl::Status {
      ASSIGN_OR_RETURN(chunk, store_.NextChunk(tx, import_, position));
      return absl::OkStatus();
    }));
    return chunk;
  }

  absl::Status TakeBatch(const std::string& bytes, OnRow on_row) {
    v1::StreamMarksRequest batch;
    if (!batch.ParseFromString(bytes)) return absl::DataLossError("a kept batch is broken");
    for (const v1::CentreMarks& marks : batch.rows()) {
      for (const v1::Candidate& candidate : marks.candidates()) {
        if (++streamed_ > context_.mark_imports.rows_max) {
          return Error(absl::StatusCode::kInvalidArgument, "TABLE_TOO_MANY_ROWS",
                       absl::StrCat("more than ", context_.mark_imports.rows_max,
                                    " candidates were sent; make several imports of them"))
              .With("rows_max", absl::StrCat(context_.mark_imports.rows_max));
        }
        RETURN_IF_ERROR(
            on_row({.line = streamed_, .centre = marks.centre(), .candidate = &candidate}));
      }
    }
    return absl::OkStatus();
  }

  const Context& context_;
  const MarkImport& import_;
  MarkImportStore store_;
  MarkTable table_;
  RunningSha256 hash_;
  std::int64_t streamed_ = 0;
};

Work WorkOn(Transaction& tx, const platform::Call& call, const Context& context,
            const MarkImport& import) {
  return {tx, call, context, CallerOf(call, Scope::kCentre), import.name.id};
}

SubmissionName SubmissionOf(const MarkImport& import, std::string_view centre_id) {
  return {import.name.series, import.name.component, std::string(centre_id)};
}

// Why no row of a centre is taken; empty reason: they are.
struct Standing {
  std::string reason;
  std::string message;
  std::string title;  // Of a centre whose submission must be opened.
  bool absent = false;

  bool good() const { return reason.empty(); }
  static Standing Refused(const absl::Status& status) {
    return {.reason = std::string(platform::ReasonOf(status)),
            .message = std::string(status.message())};
  }
};

class Checking {
 public:
  Checking(const Context& context, const platform::Call& call, MarkImport& import,
           Component component)
      : context_(context),
        call_(call),
        import_(import),
        component_(std::move(component)),
        rows_(component_.scale) {}

  absl::Status Run() {
    RETURN_IF_ERROR(BeginAnew());
    SentRows sent(context_, import_);
    absl::Status status = sent.Read([this](const SentRow& row) { return Take(row); });
    if (status.ok()) status = Flush(/*last=*/true);
    if (status.ok() && !import_.sha256.empty() && import_.form == MarkImportForm::kText &&
        sent.Sha256() != import_.sha256) {
      status = Error(absl::StatusCode::kInvalidArgument, kMarkImportDigestWrong,
                     "what came has another SHA-256 than was promised; send the file again")
                   .With("mark_import", import_.name.Text());
    }
    if (absl::IsInvalidArgument(status)) return Fail(status);
    RETURN_IF_ERROR(status);
    const auto mode = static_cast<MarksMode>(import_.mode);
    const bool refused = mode == MarksMode::kAllOrNothing && import_.refused > 0;
    return MoveTo(mode == MarksMode::kValidateOnly ? MarkImportState::kDone
                  : refused                        ? MarkImportState::kRefused
                                                   : MarkImportState::kApplying);
  }

 private:
  struct Checked {
    std::int64_t line = 0;
    std::string centre;     // As the row names it.
    std::string centre_id;  // "" if that is no centre.
    std::string candidate;
    bool missing = false;
    std::optional<RefusedRow> fault;
  };

  // Whoever begins last goes on; an earlier run finds the version changed and stops.
  absl::Status BeginAnew() {
    import_.rows = import_.accepted = import_.refused = import_.missing = 0;
    import_.applied = import_.submissions = 0;
    RETURN_IF_ERROR(Write([](const Work&) { return absl::OkStatus(); }));
    std::int64_t deleted = 1;
    while (deleted > 0) {
      RETURN_IF_ERROR(context_.database.WriteNow([&](Transaction& tx) -> absl::Status {
        ASSIGN_OR_RETURN(deleted, store_.DeleteRefusals(tx, import_, kSweepRows));
        return absl::OkStatus();
      }));
    }
    return absl::OkStatus();
  }

  // What `body` does and how far the import has come, or neither.
  absl::Status Write(absl::FunctionRef<absl::Status(const Work&)> body) {
    MarkImport next;
    RETURN_IF_ERROR(context_.database.WriteNow([&](Transaction& tx) -> absl::Status {
      next = import_;
      next.update_time = call_.now;
      next.expire_time = call_.now + context_.mark_imports.lifetime;
      RETURN_IF_ERROR(store_.Update(tx, next));
      return body(WorkOn(tx, call_, context_, import_));
    }));
    import_ = next;
    return absl::OkStatus();
  }

  absl::Status MoveTo(MarkImportState state) {
    import_.state = state;
    return Write([](const Work&) { return absl::OkStatus(); });
  }

  absl::Status Fail(const absl::Status& status) {
    import_.failure_reason = platform::ReasonOf(status);
    import_.failure_message = std::string(status.message());
    RETURN_IF_ERROR(MoveTo(MarkImportState::kFailed));
    return absl::OkStatus();
  }

  absl::Status Take(const SentRow& row) {
    if (call_.cancelled()) return absl::CancelledError("the caller went away");
    Checked& checked = batch_.emplace_back();
    checked.line = row.line;
    checked.centre = row.centre;
    if (!row.fault.empty()) {
      checked.fault = RefusedRow{row.line, "", std::string(kRowMalformed),
                                 absl::StrCat("the row ", View(row.fault)), ""};
    } else {
      checked.centre_id = CentreIdIn(row.centre);
      const std::int64_t refused = rows_.refused_count();
      row.AddTo(rows_);
      if (rows_.refused_count() > refused) {
        checked.fault = rows_.refused().back();
      } else {
        checked.candidate = rows_.good().back().number;
        checked.missing = MarkMissing(rows_.good().back());
      }
      if (checked.centre_id.empty()) checked.fault = CentreFault(row, checked);
    }
    return batch_.size() < kBatchRows ? absl::OkStatus() : Flush(/*last=*/false);
  }

  static RefusedRow CentreFault(const SentRow& row, const Checked& checked) {
    return {row.line, "centre", std::string(kCentreInvalid),
            absl::StrCat("\"", View(row.centre.substr(0, kShownMax)),
                         "\" is no URN, UKPRN or name of a centre"),
            checked.fault.has_value() ? checked.fault->candidate : checked.candidate};
  }

  absl::Status Flush(bool last) {
    RETURN_IF_ERROR(SettleCentres());
    std::vector<MarkImportRefusal> refusals;
    for (Checked& row : batch_) Decide(row, refusals);
    batch_.clear();
    rows_ = MarkRows(component_.scale);
    if (refusals.empty() && !last && ++quiet_batches_ < kProgressBatches) return absl::OkStatus();
    quiet_batches_ = 0;
    return Write(
        [&](const Work& work) { return store_.InsertRefusals(work.tx, import_, refusals); });
  }

  void Decide(Checked& row, std::vector<MarkImportRefusal>& refusals) {
    ++import_.rows;
    const auto refuse = [&](std::string_view column, std::string_view reason,
                            std::string_view message, std::string_view candidate) {
      ++import_.refused;
      refusals.push_back({row.line, row.centre, std::string(candidate), std::string(column),
                          std::string(reason), std::string(message)});
    };
    if (row.fault.has_value()) {
      return refuse(row.fault->field, row.fault->reason, row.fault->message, row.fault->candidate);
    }
    const Standing& standing = centres_.at(row.centre_id);
    if (!standing.good()) {
      return refuse("centre", standing.reason, standing.message, row.candidate);
    }
    const auto [first, added] = seen_.try_emplace(KeyOf(row), row.line);
    if (!added) {
      return refuse("candidate", kCandidateDuplicate,
                    absl::StrCat("the centre's candidate came before, in line ", first->second),
                    row.candidate);
    }
    ++import_.accepted;
    if (row.missing) ++import_.missing;
  }

  // 128 bits, seeded by the process: nobody can make two candidates meet.
  using Key = std::pair<std::uint64_t, std::uint64_t>;
  static Key KeyOf(const Checked& row) {
    const auto hash = [&](int salt) {
      return static_cast<std::uint64_t>(absl::HashOf(salt, row.centre_id, row.candidate));
    };
    return {hash(1), hash(2)};
  }

  // Finds out, for each centre that the batch names first, whether its rows can be taken.
  absl::Status SettleCentres() {
    std::vector<std::string> fresh;
    for (const Checked& row : batch_) {
      if (row.fault.has_value() || row.centre_id.empty()) continue;
      if (centres_.try_emplace(row.centre_id).second) fresh.push_back(row.centre_id);
    }
    if (fresh.empty()) return absl::OkStatus();
    RETURN_IF_ERROR(context_.database.ReadNow([&](Transaction& tx) {
      const Work work = WorkOn(tx, call_, context_, import_);
      for (const std::string& id : fresh) centres_[id] = StandingOf(work, id);
      return absl::OkStatus();
    }));
    RETURN_IF_ERROR(AskApproval(fresh));
    std::erase_if(fresh, [&](const std::string& id) { return !centres_[id].good(); });
    if (static_cast<MarksMode>(import_.mode) == MarksMode::kValidateOnly) return absl::OkStatus();
    for (std::size_t at = 0; at < fresh.size(); at += kBatchSubmissions) {
      RETURN_IF_ERROR(
          Hold(std::span(fresh).subspan(at, std::min(kBatchSubmissions, fresh.size() - at))));
    }
    return absl::OkStatus();
  }

  Standing StandingOf(const Work& work, const std::string& id) {
    const Reach& reach = work.caller.reach;
    if (!reach.all && reach.centre != "centres/" + id) {
      return {.reason = std::string(kCentreNotFound), .message = "there is no such centre"};
    }
    const auto submission =
        work.store().GetSubmission(work.tx, work.caller, SubmissionOf(import_, id));
    if (!submission.ok()) {
      Standing absent = Standing::Refused(submission.status());
      absent.absent = absl::IsNotFound(submission.status());
      absent.message =
          "the centre has no submission for this component; open it first, or import with "
          "open_submissions";
      return absent;
    }
    const absl::Status status = CheckStep(work, *submission, Step::kRecordMarks);
    return status.ok() ? Standing() : Standing::Refused(status);
  }

  // Of the centres without a submission, if they are to be opened; several at once.
  absl::Status AskApproval(const std::vector<std::string>& fresh) {
    if (!import_.open_submissions) return absl::OkStatus();
    std::vector<std::string> absent;
    for (const std::string& id : fresh) {
      if (centres_[id].absent) absent.push_back(id);
    }
    std::vector<absl::StatusOr<std::string>> titles(absent.size(),
                                                    absl::StatusOr<std::string>(std::string()));
    std::atomic<std::size_t> next = 0;
    const auto ask = [&] {
      for (std::size_t i; (i = next++) < absent.size();) {
        titles[i] = context_.approval.TitleIfInForce(call_, "centres/" + absent[i],
                                                     component_.qualification);
      }
    };
    std::vector<std::thread> others;
    for (std::size_t i = 1; i < std::min(kAskersMax, absent.size()); ++i) others.emplace_back(ask);
    ask();
    for (std::thread& other : others) other.join();
    for (std::size_t i = 0; i < absent.size(); ++i) {
      const absl::Status& status = titles[i].status();
      const bool decided =
          status.ok() || absl::IsNotFound(status) || absl::IsFailedPrecondition(status);
      if (!decided) return status;
      centres_[absent[i]] =
          status.ok() ? Standing{.title = *titles[i], .absent = true} : Standing::Refused(status);
    }
    return absl::OkStatus();
  }

  // From here on only this import changes the submissions; so how they stand is looked at again.
  absl::Status Hold(std::span<const std::string> ids) {
    std::vector<Standing> standings;
    RETURN_IF_ERROR(Write([&](const Work& work) -> absl::Status {
      standings.clear();
      for (const std::string& id : ids) {
        Standing& standing = standings.emplace_back(centres_[id]);
        ASSIGN_OR_RETURN(const bool held,
                         store_.Hold(work.tx, import_, {id, "centres/" + id, standing.title}));
        if (!held) {
          standing = {.reason = std::string(kMarkImportHolds),
                      .message =
                          "another import of marks holds the submission; wait until it has "
                          "ended"};
          continue;
        }
        Standing now = StandingOf(work, id);
        // One that was opened meanwhile is taken as it is.
        if (!now.good() && !(now.absent && standing.absent)) standing = std::move(now);
      }
      return absl::OkStatus();
    }));
    for (std::size_t i = 0; i < ids.size(); ++i) {
      if (standings[i].good()) ++import_.submissions;
      centres_[ids[i]] = std::move(standings[i]);
    }
    return absl::OkStatus();
  }

  const Context& context_;
  const platform::Call& call_;
  MarkImport& import_;
  const Component component_;
  MarkImportStore store_;
  MarkRows rows_;
  std::vector<Checked> batch_;
  int quiet_batches_ = 0;
  absl::flat_hash_map<std::string, Standing> centres_;
  absl::flat_hash_map<Key, std::int64_t> seen_;
};

class Applying {
 public:
  Applying(const Context& context, const platform::Call& call, MarkImport& import,
           const MarkScale& scale)
      : context_(context), call_(call), import_(import), scale_(scale) {}

  absl::Status Run() {
    SentRows sent(context_, import_);
    RETURN_IF_ERROR(sent.Read([this](const SentRow& row) { return Take(row); }));
    return Flush(/*last=*/true);
  }

 private:
  absl::Status Take(const SentRow& row) {
    if (call_.cancelled()) return absl::CancelledError("the caller went away");
    ASSIGN_OR_RETURN(const bool refused, IsRefused(row.line));
    if (++read_ <= import_.applied) return absl::OkStatus();
    if (!refused) {
      row.AddTo(cohorts_.try_emplace(CentreIdIn(row.centre), scale_).first->second);
    }
    return ++batch_rows_ < kBatchRows ? absl::OkStatus() : Flush(/*last=*/false);
  }

  // Rows come in the order of lines, and so do the refused ones.
  absl::StatusOr<bool> IsRefused(std::int64_t line) {
    while (next_refused_ == refused_.size() && !no_more_refused_) {
      const std::int64_t after = refused_.empty() ? -1 : refused_.back();
      RETURN_IF_ERROR(context_.database.ReadNow([&](Transaction& tx) -> absl::Status {
        ASSIGN_OR_RETURN(refused_, store_.ListRefusedLines(tx, import_, after, kRefusedLinesPage));
        return absl::OkStatus();
      }));
      next_refused_ = 0;
      no_more_refused_ = refused_.empty();
    }
    if (next_refused_ == refused_.size() || refused_[next_refused_] != line) return false;
    ++next_refused_;
    return true;
  }

  absl::Status Flush(bool last) {
    for (auto& [id, rows] : cohorts_) rows.Finish();
    MarkImport next;
    RETURN_IF_ERROR(context_.database.WriteNow([&](Transaction& tx) -> absl::Status {
      next = import_;
      next.applied = std::max(next.applied, read_);
      if (last) next.state = MarkImportState::kDone;
      next.update_time = call_.now;
      next.expire_time = call_.now + context_.mark_imports.lifetime;
      RETURN_IF_ERROR(store_.Update(tx, next));
      const Work work = WorkOn(tx, call_, context_, import_);
      for (const auto& [id, rows] : cohorts_) RETURN_IF_ERROR(Record(work, id, rows));
      return absl::OkStatus();
    }));
    import_ = next;
    cohorts_.clear();
    batch_rows_ = 0;
    return absl::OkStatus();
  }

  absl::Status Record(const Work& work, const std::string& id, const MarkRows& rows) {
    const SubmissionName name = SubmissionOf(import_, id);
    const auto known = work.store().GetSubmission(work.tx, work.caller, name);
    if (absl::IsNotFound(known.status())) {
      ASSIGN_OR_RETURN(const auto hold, store_.FindHold(work.tx, import_, id));
      if (!hold.has_value()) return known.status();
      RETURN_IF_ERROR(CreateSubmission(work, name, hold->centre, hold->title).status());
    } else if (!known.ok()) {
      return known.status();
    }
    return RecordMarks(work, name, "", MarksMode::kKeepGood, rows).status();
  }

  const Context& context_;
  const platform::Call& call_;
  MarkImport& import_;
  const MarkScale scale_;
  MarkImportStore store_;
  std::int64_t read_ = 0;
  std::size_t batch_rows_ = 0;
  std::map<std::string, MarkRows> cohorts_;
  std::vector<std::int64_t> refused_;
  std::size_t next_refused_ = 0;
  bool no_more_refused_ = false;
};

struct Loaded {
  MarkImport import;
  Component component;
};

absl::StatusOr<Loaded> Load(const Context& context, const platform::Call& call,
                            const MarkImportName& name) {
  Loaded loaded;
  RETURN_IF_ERROR(context.database.ReadNow([&](Transaction& tx) -> absl::Status {
    ASSIGN_OR_RETURN(loaded.import,
                     MarkImportStore().Get(tx, CallerOf(call, Scope::kCentre), name));
    ASSIGN_OR_RETURN(loaded.component,
                     context.store.GetComponent(tx, call.tenant(), name.series, name.component));
    return absl::OkStatus();
  }));
  return loaded;
}

absl::Status CheckComplete(const MarkImport& import) {
  const bool short_of = import.total_bytes > 0 && import.offset != import.total_bytes;
  if (import.form != MarkImportForm::kNothing && !short_of) return absl::OkStatus();
  return Error(absl::StatusCode::kFailedPrecondition, kMarkImportIncomplete,
               absl::StrCat(import.offset, " bytes have come",
                            short_of ? absl::StrCat(" of ", import.total_bytes) : "",
                            "; upload the rest from there"))
      .With("mark_import", import.name.Text())
      .With("offset", absl::StrCat(import.offset))
      .With("total_bytes", absl::StrCat(import.total_bytes));
}

absl::Status BeginChecking(const Context& context, const platform::Call& call, MarkImport& import) {
  RETURN_IF_ERROR(CheckComplete(import));
  MarkImport next;
  RETURN_IF_ERROR(context.database.WriteNow([&](Transaction& tx) {
    next = import;
    next.state = MarkImportState::kChecking;
    next.update_time = call.now;
    return MarkImportStore().Update(tx, next);
  }));
  import = next;
  return absl::OkStatus();
}

// Carries the import as far as it goes now.
absl::Status Advance(const Context& context, const platform::Call& call, Loaded& loaded) {
  MarkImport& import = loaded.import;
  if (import.state == MarkImportState::kOpen) {
    RETURN_IF_ERROR(BeginChecking(context, call, import));
  }
  if (import.state == MarkImportState::kChecking) {
    std::atomic<int>& checking = *context.mark_imports.checking;
    const absl::Cleanup leave = [&] { --checking; };
    if (++checking > kCheckedAtOnceMax) {
      return Error(absl::StatusCode::kResourceExhausted, "SERVER_BUSY",
                   "other imports are being checked; finish this one again after a moment");
    }
    RETURN_IF_ERROR(Checking(context, call, import, loaded.component).Run());
  }
  if (import.state == MarkImportState::kApplying) {
    RETURN_IF_ERROR(Applying(context, call, import, loaded.component.scale).Run());
  }
  return import.Ended() ? SweepMarkImport(context, import) : absl::OkStatus();
}

// Who began the import goes on with it.
platform::Call CallOf(const MarkImport& import, absl::Time now) {
  platform::Principal principal{.tenant = import.tenant, .subject = import.created_by};
  principal.roles = absl::StrSplit(View(import.roles), ',');
  principal.centre = import.centre;
  platform::Call call;
  call.principal = std::make_shared<const platform::Principal>(std::move(principal));
  call.trace = import.name.id;
  call.method = "assay.moderation.v1.MarkImportService/FinishMarkImport";
  call.now = now;
  call.deadline = now + kStalledAfter;
  return call;
}

absl::Status Expire(const Context& context, MarkImport import, absl::Time now) {
  MarkImportStore store;
  if (!import.Ended()) {
    import.state = MarkImportState::kCancelled;
    import.update_time = now;
    import.expire_time = now + context.mark_imports.lifetime;
    RETURN_IF_ERROR(context.database.WriteNow([&](Transaction& tx) {
      MarkImport next = import;
      return store.Update(tx, next);
    }));
    return SweepMarkImport(context, import);
  }
  RETURN_IF_ERROR(SweepMarkImport(context, import));
  std::int64_t deleted = 1;
  while (deleted > 0) {
    RETURN_IF_ERROR(context.database.WriteNow([&](Transaction& tx) -> absl::Status {
      ASSIGN_OR_RETURN(deleted, store.DeleteRefusals(tx, import, kSweepRows));
      return deleted > 0 ? absl::OkStatus() : store.Delete(tx, import);
    }));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<MarkImport> FinishMarkImport(const Context& context, const platform::Call& call,
                                            const MarkImportName& name) {
  ASSIGN_OR_RETURN(Loaded loaded, Load(context, call, name));
  if (loaded.import.state == MarkImportState::kCancelled) {
    return Error(absl::StatusCode::kFailedPrecondition, kMarkImportNotOpen,
                 "the import was cancelled; begin another")
        .With("mark_import", name.Text())
        .With("state", "cancelled");
  }
  const absl::Status status = Advance(context, call, loaded);
  if (platform::ReasonOf(status) == kMarkImportInterrupted) {
    ASSIGN_OR_RETURN(loaded, Load(context, call, name));
  } else if (!status.ok()) {
    return status;
  }
  if (loaded.import.state == MarkImportState::kFailed) {
    return Error(absl::StatusCode::kInvalidArgument, loaded.import.failure_reason,
                 loaded.import.failure_message)
        .With("mark_import", name.Text());
  }
  return std::move(loaded.import);
}

absl::Status SweepMarkImport(const Context& context, const MarkImport& import) {
  MarkImportStore store;
  bool more = true;
  while (more) {
    RETURN_IF_ERROR(context.database.WriteNow([&](Transaction& tx) -> absl::Status {
      ASSIGN_OR_RETURN(const std::int64_t holds, store.DeleteHolds(tx, import, kSweepRows));
      ASSIGN_OR_RETURN(const std::int64_t chunks, store.DeleteChunks(tx, import, kSweepChunks));
      more = holds + chunks > 0;
      return more ? absl::OkStatus() : store.MarkSwept(tx, import);
    }));
  }
  return absl::OkStatus();
}

absl::Status TendMarkImports(const Context& context, absl::Time now) {
  std::vector<MarkImport> stalled, unswept, expired;
  MarkImportStore store;
  RETURN_IF_ERROR(context.database.ReadNow([&](Transaction& tx) -> absl::Status {
    ASSIGN_OR_RETURN(stalled, store.ListStalled(tx, now - kStalledAfter, kTendedMax));
    ASSIGN_OR_RETURN(unswept, store.ListUnswept(tx, kTendedMax));
    ASSIGN_OR_RETURN(expired, store.ListExpired(tx, now, kTendedMax));
    return absl::OkStatus();
  }));
  // One that fails keeps none of the others from going on.
  absl::Status first;
  const auto note = [&](const absl::Status& status) {
    if (first.ok() && platform::ReasonOf(status) != kMarkImportInterrupted) first = status;
  };
  for (const MarkImport& import : stalled) {
    note(FinishMarkImport(context, CallOf(import, now), import.name).status());
  }
  for (const MarkImport& import : unswept) note(SweepMarkImport(context, import));
  for (const MarkImport& import : expired) note(Expire(context, import, now));
  return first;
}

}  // namespace assay::moderation
