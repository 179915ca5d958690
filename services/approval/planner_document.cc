#include "services/approval/planner_document.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/approval/convert.h"
#include "services/approval/errors.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/core/view.h"
#include "services/platform/error/error.h"

namespace assay::approval {
namespace {

using platform::Error;
using platform::View;

constexpr std::size_t kNameMax = 64;
constexpr std::size_t kTextMax = 2000;
constexpr std::size_t kFaultsMax = 100;
constexpr int kSectorsMax = 20;
constexpr int kEvidenceMax = 100;

// Reads one document and remembers every place that cannot be read.
class Reading {
 public:
  Planner Read(const v1::PlannerDocument& document) {
    Planner planner;
    Limit("learners", document.learners_size(), kPlannerLearnersMax);
    Limit("activities", document.activities_size(), kPlannerActivitiesMax);
    for (int i = 0; i < document.learners_size() && !full(); ++i) {
      const auto& learner = document.learners(i);
      const std::string place = absl::StrCat("learners[", i, "].");
      Name(place + "enrolment", learner.enrolment());
      Text(place + "learner_name", learner.learner_name(), /*required=*/true);
      planner.learners.push_back({learner.enrolment(), learner.learner_name()});
    }
    std::int64_t attendances = 0;
    for (int i = 0; i < document.activities_size() && !full(); ++i) {
      planner.activities.push_back(
          Read(document.activities(i), absl::StrCat("activities[", i, "].")));
      attendances += document.activities(i).attendances_size();
    }
    Limit("activities.attendances", attendances, kPlannerAttendancesMax);
    CheckIds(planner);
    return planner;
  }

  absl::Status Outcome() const {
    if (faults_.empty()) return absl::OkStatus();
    Error error(absl::StatusCode::kInvalidArgument, kPlannerRefused,
                absl::StrCat("the planner has ", faults_.size(),
                             full() ? " or more faults" : " faults", "; nothing was kept"));
    error.With("refused_count", absl::StrCat(faults_.size()));
    for (const auto& [place, what] : faults_) error.Field(place, what);
    return error;
  }

 private:
  bool full() const { return faults_.size() >= kFaultsMax; }
  void Fault(std::string place, std::string what) {
    if (!full()) faults_.emplace_back("document." + std::move(place), std::move(what));
  }
  void Limit(std::string_view place, std::int64_t size, std::int64_t limit) {
    if (size > limit) Fault(std::string(place), absl::StrCat("has more than ", limit));
  }
  void Name(const std::string& place, const std::string& text) {
    const bool fits = !text.empty() && text.size() <= kNameMax &&
                      std::none_of(text.begin(), text.end(), [](unsigned char c) {
                        return c <= ' ' || c == '/' || c == 0x7F;
                      });
    if (!fits) Fault(place, absl::StrCat("is not 1 to ", kNameMax, " characters without spaces"));
  }
  void Text(const std::string& place, const std::string& text, bool required = false) {
    if (text.size() > kTextMax) Fault(place, absl::StrCat("is longer than ", kTextMax));
    if (required && text.find_first_not_of(" \t\r\n") == text.npos) Fault(place, "is empty");
  }
  template <typename To, typename From>
  To OneOf(const std::string& place, From value, int count) {
    const int number = static_cast<int>(value);  // 0 is never meant; the model begins at 0.
    if (number >= 1 && number <= count) return static_cast<To>(number - 1);
    Fault(place, "is not one of the values that it can have");
    return To{};
  }

  Activity Read(const v1::PlannerActivity& in, const std::string& place) {
    Activity activity;
    Name(place + "activity_id", in.activity_id());
    Text(place + "title", in.title(), /*required=*/true);
    Text(place + "source", in.source());
    Text(place + "framework", in.framework());
    Text(place + "contingency", in.contingency());
    activity.id = in.activity_id();
    activity.title = in.title();
    activity.kind = OneOf<ActivityKind>(place + "kind", in.kind(), kActivityKinds);
    activity.mode = OneOf<Mode>(place + "mode", in.mode(), 3);
    activity.claimed_live = in.claimed_live();
    activity.whole_unit = in.whole_unit();
    activity.source = in.source();
    activity.framework = in.framework();
    activity.contingency = in.contingency();
    if (in.has_practitioner()) {
      Text(place + "practitioner.practitioner_name", in.practitioner().practitioner_name());
      Text(place + "practitioner.employer", in.practitioner().employer(), /*required=*/true);
      Limit(place + "practitioner.sectors", in.practitioner().sectors_size(), kSectorsMax);
      activity.practitioner = {
          .name = in.practitioner().practitioner_name(),
          .employer = in.practitioner().employer(),
          .sectors = {in.practitioner().sectors().begin(), in.practitioner().sectors().end()}};
    }
    const auto day = DayFrom(place + "day", in.has_day(), in.day());
    if (day.ok()) {
      activity.day = *day;
    } else {
      Fault(place + "day", "is not a day from 1900 to 2199");
    }
    for (int i = 0; i < in.attendances_size() && !full(); ++i) {
      const auto& attendance = in.attendances(i);
      const std::string at = absl::StrCat(place, "attendances[", i, "].");
      Text(at + "reason", attendance.reason());
      activity.learners.push_back(
          {attendance.enrolment(),
           OneOf<Participation>(at + "participation", attendance.participation(), 5),
           attendance.reason()});
    }
    Limit(place + "evidence", in.evidence_size(), kEvidenceMax);
    activity.evidence = {in.evidence().begin(), in.evidence().end()};
    return activity;
  }

  // An id tells which activity changed from version to version (EI-12).
  void CheckIds(const Planner& planner) {
    std::vector<std::pair<std::string_view, std::size_t>> ids;
    for (std::size_t i = 0; i < planner.activities.size(); ++i) {
      ids.emplace_back(planner.activities[i].id, i);
    }
    std::sort(ids.begin(), ids.end());
    for (std::size_t i = 1; i < ids.size(); ++i) {
      if (ids[i].first == ids[i - 1].first) {
        Fault(absl::StrCat("activities[", ids[i].second, "].activity_id"),
              absl::StrCat(View(ids[i].first), " names another activity already"));
      }
    }
  }

  std::vector<std::pair<std::string, std::string>> faults_;
};

}  // namespace

absl::StatusOr<Planner> PlannerFrom(const v1::PlannerDocument& document) {
  Reading reading;
  Planner planner = reading.Read(document);
  RETURN_IF_ERROR(reading.Outcome());
  return planner;
}

absl::StatusOr<v1::PlannerDocument> DocumentFromBytes(std::string_view bytes) {
  v1::PlannerDocument document;
  if (document.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return document;
  return absl::DataLossError("a planner's document cannot be read");
}

absl::StatusOr<Planner> PlannerFromBytes(std::string_view bytes) {
  ASSIGN_OR_RETURN(const v1::PlannerDocument document, DocumentFromBytes(bytes));
  return PlannerFrom(document);
}

}  // namespace assay::approval
