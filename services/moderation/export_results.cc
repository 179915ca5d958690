#include "services/moderation/export_results.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/moderation/commands/find_policy.h"
#include "services/moderation/convert.h"
#include "services/moderation/errors.h"
#include "services/moderation/returns/row.h"
#include "services/moderation/stores/export.h"
#include "services/platform/core/bytes.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/core/view.h"
#include "services/platform/error/error.h"

namespace assay::moderation {
namespace {

using google::api::HttpBody;
using platform::Error;

constexpr std::string_view kUsualLayout = "component-results";
constexpr std::size_t kOrganisationMax = 150;
constexpr int kSubmissionsPage = 50;
constexpr int kRowsPage = 1000;
constexpr std::int64_t kChunk = platform::KiB(64);
constexpr std::size_t kViolationsMax = 100;

// What is asked for, once it is understood.
struct Wanted {
  Caller caller;
  SubmissionFilter filter;
  PolicyPtr layout;
  Series series;
  ReturnFacts common;  // What is the same in every row.
  MarksMode mode = MarksMode::kAllOrNothing;
};

// Walks the released results of a series in their order, a page in a transaction of its own.
class Walk {
 public:
  Walk(const Context& context, const Wanted& wanted) : context_(context), wanted_(wanted) {}

  // The next rows' facts; none at the end.
  absl::StatusOr<std::vector<ReturnFacts>> Next() {
    std::vector<ReturnFacts> page;
    const Position before = at_;
    RETURN_IF_ERROR(context_.database.ReadNow([&](platform::Transaction& tx) {
      at_ = before;  // A read that conflicts runs again.
      page.clear();
      return Read(tx, page);
    }));
    return page;
  }
  // Which submission the latest page is of.
  const std::string& submission() const { return submission_; }

 private:
  struct Position {
    std::vector<Submission> submissions;  // A page of them.
    std::size_t next = 0;                 // In it.
    std::optional<SubmissionName> last;   // Of the page.
    Component component;
    std::string after;  // The candidate before, within the submission.
  };

  absl::Status Read(platform::Transaction& tx, std::vector<ReturnFacts>& page) {
    while (page.empty()) {
      if (at_.next == at_.submissions.size()) {
        RETURN_IF_ERROR(ReadSubmissions(tx));
        if (at_.submissions.empty()) return absl::OkStatus();
      }
      const Submission& submission = at_.submissions[at_.next];
      RETURN_IF_ERROR(FindComponent(tx, submission));
      ASSIGN_OR_RETURN(
          const std::vector<ExportRow> rows,
          ListExportRows(tx, wanted_.caller.tenant, submission.number, at_.after, kRowsPage));
      submission_ = submission.name.Text();
      for (const ExportRow& row : rows) page.push_back(FactsOf(submission, row));
      if (static_cast<int>(rows.size()) < kRowsPage) {
        ++at_.next;
        at_.after.clear();
      } else {
        at_.after = rows.back().result.candidate;
      }
    }
    return absl::OkStatus();
  }

  absl::Status ReadSubmissions(platform::Transaction& tx) {
    const std::optional<SubmissionName> last = at_.last;
    ASSIGN_OR_RETURN(at_.submissions, context_.store.ListSubmissions(
                                          tx, wanted_.caller, wanted_.filter,
                                          last.has_value() ? &*last : nullptr, kSubmissionsPage));
    at_.next = 0;
    if (!at_.submissions.empty()) at_.last = at_.submissions.back().name;
    return absl::OkStatus();
  }

  absl::Status FindComponent(platform::Transaction& tx, const Submission& submission) {
    if (at_.component.id == submission.name.component) return absl::OkStatus();
    ASSIGN_OR_RETURN(at_.component,
                     context_.store.GetComponent(tx, wanted_.caller.tenant, submission.name.series,
                                                 submission.name.component));
    return absl::OkStatus();
  }

  ReturnFacts FactsOf(const Submission& submission, const ExportRow& row) const {
    const v1::Result shown = ToProto(row.result);
    const auto text = [](const std::optional<Mark>& mark) {
      return mark.has_value() ? FormatMark(*mark) : std::string();
    };
    ReturnFacts facts = wanted_.common;
    facts.component = at_.component.id;
    facts.component_title = at_.component.title;
    facts.qualification = at_.component.qualification.substr(
        std::min(at_.component.qualification.size(), std::string_view("qualifications/").size()));
    facts.centre = submission.name.id;
    facts.centre_title = submission.centre_title;
    facts.candidate = row.result.candidate;
    facts.uln = row.uln;
    facts.centre_mark = text(row.result.centre_mark);
    facts.final_mark = text(row.result.final_mark);
    facts.maximum_mark = FormatMark(at_.component.scale.maximum);
    facts.basis = shown.basis();
    return facts;
  }

  const Context& context_;
  const Wanted& wanted_;
  Position at_;
  std::string submission_;
};

std::string WhereIs(const Walk& walk, const ReturnFacts& facts, const ReturnFault& fault) {
  return absl::StrCat(walk.submission(), "/candidates/", facts.candidate, ", ", fault.column);
}

// The whole must fit before the first byte leaves.
absl::Status CheckAll(const Context& context, const platform::Call& call, const Wanted& wanted,
                      const RowWriter& writer) {
  Walk walk(context, wanted);
  std::vector<std::pair<std::string, std::string>> violations;  // The first ones.
  std::int64_t count = 0;
  std::string line;
  for (;;) {
    if (call.cancelled()) return absl::CancelledError("nobody waits for it any more");
    ASSIGN_OR_RETURN(const std::vector<ReturnFacts> page, walk.Next());
    if (page.empty()) break;
    for (const ReturnFacts& facts : page) {
      std::vector<ReturnFault> faults;
      line.clear();
      writer.Write(facts, line, faults);
      for (const ReturnFault& fault : faults) {
        ++count;
        if (violations.size() == kViolationsMax) continue;
        violations.emplace_back(WhereIs(walk, facts, fault),
                                absl::StrCat(fault.reason, ": ", fault.message));
      }
    }
  }
  if (count == 0) return absl::OkStatus();
  Error error(absl::StatusCode::kFailedPrecondition, kExportRefused,
              absl::StrCat(count,
                           " values do not fit the return and nothing was sent; put them right, "
                           "or leave their rows out with MARKS_MODE_KEEP_GOOD"));
  error.With("fault_count", absl::StrCat(count));
  for (const auto& [place, what] : violations) error.Field(place, what);
  return error;
}

class Export final : public platform::DownloadSource<HttpBody> {
 public:
  Export(const Context& context, Wanted wanted)
      : wanted_(std::move(wanted)), writer_(wanted_.layout->returns), walk_(context, wanted_) {
    if (wanted_.mode == MarksMode::kValidateOnly) {
      pending_ = "kind,column,submission,candidate,value,reason,detail\r\n";
      for (const RowWriter::Note& note : writer_.Notes()) {
        Report({"note", note.column, "", "", note.published, note.used, note.note});
      }
    } else {
      pending_ = writer_.Header();
    }
  }

  const RowWriter& writer() const { return writer_; }
  const Wanted& wanted() const { return wanted_; }

  platform::DownloadHead head() const override {
    const bool report = wanted_.mode == MarksMode::kValidateOnly;
    return {.bytes = std::nullopt,
            .filename = absl::StrCat(wanted_.layout->id, "-", wanted_.series.id,
                                     report ? "-faults" : "", ".csv")};
  }

  absl::StatusOr<bool> Next(HttpBody& message) override {
    while (!ended_ && static_cast<std::int64_t>(pending_.size()) < kChunk) {
      ASSIGN_OR_RETURN(const std::vector<ReturnFacts> page, walk_.Next());
      ended_ = page.empty();
      for (const ReturnFacts& facts : page) RETURN_IF_ERROR(Add(facts));
    }
    if (pending_.empty()) return false;
    if (!std::exchange(begun_, true)) message.set_content_type("text/csv; charset=utf-8");
    message.set_data(std::exchange(pending_, ""));
    return true;
  }

 private:
  absl::Status Add(const ReturnFacts& facts) {
    std::vector<ReturnFault> faults;
    if (wanted_.mode == MarksMode::kValidateOnly) {
      std::string ignored;
      writer_.Write(facts, ignored, faults);
      for (const ReturnFault& fault : faults) {
        Report({"fault", fault.column, walk_.submission(), facts.candidate, fault.value,
                fault.reason, fault.message});
      }
      return absl::OkStatus();
    }
    writer_.Write(facts, pending_, faults);
    if (faults.empty() || wanted_.mode == MarksMode::kKeepGood) return absl::OkStatus();
    // It fitted when all was checked, and has changed since.
    return Error(absl::StatusCode::kFailedPrecondition, kExportRefused,
                 "results changed while they were sent; ask again")
        .With("fault_count", absl::StrCat(faults.size()));
  }

  void Report(std::initializer_list<std::string_view> fields) {
    bool first = true;
    for (const std::string_view field : fields) {
      if (!std::exchange(first, false)) pending_.push_back(',');
      pending_ += CsvField(field);
    }
    pending_ += "\r\n";
  }

  const Wanted wanted_;
  const RowWriter writer_;
  Walk walk_;
  std::string pending_;
  bool begun_ = false;
  bool ended_ = false;
};

absl::Status Invalid(std::string_view field, std::string_view what) {
  return Error(absl::StatusCode::kInvalidArgument, "FIELD_INVALID",
               absl::StrCat(platform::View(field), " ", platform::View(what)))
      .Field(field, what);
}

absl::StatusOr<std::string> ReportingDate(const v1::ExportResultsRequest& request,
                                          const platform::Call& call) {
  if (!request.has_reporting_date()) {
    return absl::FormatCivilTime(absl::ToCivilDay(call.now, absl::UTCTimeZone()));
  }
  const auto& date = request.reporting_date();
  const absl::CivilDay day(date.year(), date.month(), date.day());
  if (day.year() != date.year() || day.month() != date.month() || day.day() != date.day()) {
    return Invalid("reporting_date", "is not a day of the calendar");
  }
  return absl::FormatCivilTime(day);
}

absl::StatusOr<Wanted> Understand(const Context& context, const platform::Call& call,
                                  const v1::ExportResultsRequest& request) {
  Wanted wanted{.caller = CallerOf(call, Scope::kCentre)};
  ASSIGN_OR_RETURN(wanted.filter.series, SeriesIdOf("parent", request.parent()));
  wanted.filter.state = State::kReleased;
  if (!request.component().empty()) {
    ASSIGN_OR_RETURN(const ComponentName name, ComponentNameOf("component", request.component()));
    if (name.series != wanted.filter.series) {
      return Invalid("component", "is not of the series");
    }
    wanted.filter.component = name.component;
  }
  ASSIGN_OR_RETURN(wanted.mode, MarksModeOf(request.mode()));
  RETURN_IF_ERROR(
      CheckText("awarding_organisation", request.awarding_organisation(), kOrganisationMax));
  std::string layout(kUsualLayout);
  if (!request.layout().empty()) {
    ASSIGN_OR_RETURN(layout, PolicyIdOf("layout", request.layout()));
  }
  ASSIGN_OR_RETURN(wanted.common.reporting_date, ReportingDate(request, call));
  wanted.common.awarding_organisation = request.awarding_organisation();
  RETURN_IF_ERROR(context.database.ReadNow([&](platform::Transaction& tx) -> absl::Status {
    const Work work{tx, call, context, wanted.caller};
    ASSIGN_OR_RETURN(wanted.series,
                     context.store.GetSeries(tx, wanted.caller.tenant, wanted.filter.series));
    ASSIGN_OR_RETURN(wanted.layout, FindPolicy(work, layout, PolicyKind::kReturn, Today(work)));
    return absl::OkStatus();
  }));
  wanted.common.series = wanted.series.id;
  wanted.common.series_title = wanted.series.title;
  return wanted;
}

}  // namespace

absl::StatusOr<std::unique_ptr<platform::DownloadSource<HttpBody>>> OpenExport(
    const Context& context, const platform::Call& call, const v1::ExportResultsRequest& request) {
  ASSIGN_OR_RETURN(Wanted wanted, Understand(context, call, request));
  auto source = std::make_unique<Export>(context, std::move(wanted));
  if (source->wanted().mode == MarksMode::kAllOrNothing) {
    RETURN_IF_ERROR(CheckAll(context, call, source->wanted(), source->writer()));
  }
  return source;
}

}  // namespace assay::moderation
