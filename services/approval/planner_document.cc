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
constexpr int kEvidenceMax = 100;  // Of an activity, or of the plan as a whole.
constexpr std::size_t kSicDigits = 5;

std::size_t CharactersOf(std::string_view utf8) {
  return static_cast<std::size_t>(
      std::count_if(utf8.begin(), utf8.end(), [](unsigned char c) { return (c & 0xC0) != 0x80; }));
}

bool AreDigits(std::string_view text, std::size_t least, std::size_t most) {
  return text.size() >= least && text.size() <= most &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// "15" or "15.3".
bool IsSector(std::string_view text) {
  const std::size_t dot = text.find('.');
  return AreDigits(text.substr(0, dot), 1, 2) &&
         (dot == text.npos || AreDigits(text.substr(dot + 1), 1, 2));
}

bool HasNoBlanks(std::string_view text) {
  return std::none_of(text.begin(), text.end(),
                      [](unsigned char c) { return c <= ' ' || c == 0x7F; });
}

// Reads one document and remembers every place that cannot be read, with the rule that it is for.
class Reading {
 public:
  explicit Reading(std::string_view centre)
      : evidence_prefix_(absl::StrCat("centres/", View(centre), "/evidence/")) {}
  // What is kept was taken under the rules of its day, and is read whatever they are now.
  static Planner ReadKept(const v1::PlannerDocument& document) {
    Reading reading("");
    reading.kept_ = true;
    return reading.Read(document);
  }

  Planner Read(const v1::PlannerDocument& document) {
    Planner planner;
    Limit("EI-10", "learners", document.learners_size(), kPlannerLearnersMax);
    Limit("EI-10", "activities", document.activities_size(), kPlannerActivitiesMax);
    for (int i = 0; i < document.learners_size() && !full(); ++i) {
      const auto& learner = document.learners(i);
      const std::string place = absl::StrCat("learners[", i, "].");
      Name("EI-8", place + "enrolment", learner.enrolment());
      Text("EI-8", place + "learner_name", learner.learner_name(), /*required=*/true);
      planner.learners.push_back({learner.enrolment(), learner.learner_name()});
    }
    std::int64_t attendances = 0;
    std::int64_t evidence = 0;
    for (int i = 0; i < document.activities_size() && !full(); ++i) {
      planner.activities.push_back(
          Read(document.activities(i), absl::StrCat("activities[", i, "].")));
      attendances += document.activities(i).attendances_size();
      evidence += static_cast<std::int64_t>(planner.activities.back().evidence.size());
    }
    Limit("EI-8", "activities.attendances", attendances, kPlannerAttendancesMax);
    Limit("EI-14", "activities.required_evidence", evidence, kPlannerEvidenceMax);
    ReadSupporting(document, planner);
    CheckIds(planner);
    return planner;
  }

  absl::Status Outcome() const {
    if (faults_.empty()) return absl::OkStatus();
    Error error(absl::StatusCode::kInvalidArgument, kPlannerRefused,
                absl::StrCat("the planner has ", faults_.size(),
                             full() ? " or more faults" : " faults", "; nothing was kept"));
    error.With("refused_count", absl::StrCat(faults_.size())).With("rule", faults_[0].rule);
    for (const auto& [rule, place, what] : faults_) {
      error.Field(place, absl::StrCat(what, " (", View(rule), ")"));
    }
    return error;
  }

 private:
  struct Fault {
    std::string_view rule;
    std::string place, what;
  };

  bool full() const { return faults_.size() >= kFaultsMax; }
  void Add(std::string_view rule, const std::string& place, std::string what) {
    if (!kept_ && !full()) faults_.push_back({rule, "document." + place, std::move(what)});
  }
  void Limit(std::string_view rule, const std::string& place, std::int64_t size,
             std::int64_t limit) {
    if (size > limit) Add(rule, place, absl::StrCat("has more than ", limit));
  }
  void Name(std::string_view rule, const std::string& place, const std::string& text) {
    const bool fits = !text.empty() && text.size() <= kNameMax && HasNoBlanks(text) &&
                      text.find('/') == text.npos;
    if (fits) return;
    Add(rule, place, absl::StrCat("is not 1 to ", kNameMax, " characters without spaces"));
  }
  void Text(std::string_view rule, const std::string& place, const std::string& text,
            bool required = false) {
    if (text.size() > kTextMax) Add(rule, place, absl::StrCat("is longer than ", kTextMax));
    if (required && !HasText(text)) Add(rule, place, "is empty");
  }
  template <typename To, typename From>
  To OneOf(std::string_view rule, const std::string& place, From value, int count) {
    const int number = static_cast<int>(value);  // 0 is never meant; the model begins at 0.
    if (number >= 1 && number <= count) return static_cast<To>(number - 1);
    Add(rule, place, "is not one of the values that it can have");
    return To{};
  }
  std::optional<absl::CivilDay> Day(const std::string& place, bool is_set,
                                    const google::type::Date& date) {
    const auto day = DayFrom(place, is_set, date);
    if (day.ok()) return *day;
    Add("EI-13", place, "is not a day from 1900 to 2199");
    return std::nullopt;
  }

  // So that what is drawn of it can be told in moderation's words (EI-14), and of no other centre.
  void EvidenceName(std::string_view rule, const std::string& place, const std::string& name) {
    const bool fits = name.size() <= kEvidenceNameMax && name.size() > evidence_prefix_.size() &&
                      name.compare(0, evidence_prefix_.size(), evidence_prefix_) == 0 &&
                      name.find('/', evidence_prefix_.size()) == name.npos && HasNoBlanks(name);
    if (!fits) Add(rule, place, "is no evidence of this centre");
  }
  void EachOnce(std::string_view rule, const std::string& place,
                const std::vector<Evidence>& evidence) {
    std::vector<std::string_view> names;
    for (const Evidence& one : evidence) names.push_back(one.name);
    std::sort(names.begin(), names.end());
    const auto twice = std::adjacent_find(names.begin(), names.end());
    if (twice != names.end()) Add(rule, place, absl::StrCat("has ", View(*twice), " twice"));
  }

  Practitioner Read(const v1::Practitioner& in, const std::string& place) {
    Text("EI-3", place + "practitioner_name", in.practitioner_name());
    Text("EI-3", place + "employer", in.employer(), /*required=*/true);
    if (CharactersOf(in.employer()) > kEmployerCharactersMax) {
      Add("EI-3", place + "employer",
          absl::StrCat("is longer than ", kEmployerCharactersMax, " characters"));
    }
    Limit("EI-3", place + "sectors", in.sectors_size(), kSectorsMax);
    Limit("EI-3", place + "sic_codes", in.sic_codes_size(), kSectorsMax);
    for (int i = 0; i < in.sectors_size() && !full(); ++i) {
      if (IsSector(in.sectors(i))) continue;
      Add("EI-3", absl::StrCat(place, "sectors[", i, "]"),
          "is no code of a sector subject area such as 15 or 15.3");
    }
    for (int i = 0; i < in.sic_codes_size() && !full(); ++i) {
      if (AreDigits(in.sic_codes(i), kSicDigits, kSicDigits)) continue;
      Add("EI-3", absl::StrCat(place, "sic_codes[", i, "]"), "is not five digits such as 47110");
    }
    return {.name = in.practitioner_name(),
            .employer = in.employer(),
            .sectors = {in.sectors().begin(), in.sectors().end()},
            .sic_codes = {in.sic_codes().begin(), in.sic_codes().end()}};
  }

  Activity Read(const v1::PlannerActivity& in, const std::string& place) {
    Activity activity;
    Name("EI-12", place + "activity_id", in.activity_id());
    Text("EI-10", place + "title", in.title(), /*required=*/true);
    Text("EI-10", place + "source", in.source());
    Text("EI-2", place + "framework", in.framework());
    Text("EI-7", place + "contingency", in.contingency());
    activity.id = in.activity_id();
    activity.title = in.title();
    activity.kind = OneOf<ActivityKind>("EI-2", place + "kind", in.kind(), kActivityKinds);
    activity.mode = OneOf<Mode>("EI-7", place + "mode", in.mode(), 3);
    activity.claimed_live = in.claimed_live();
    activity.whole_unit = in.whole_unit();
    activity.source = in.source();
    activity.framework = in.framework();
    activity.contingency = in.contingency();
    if (in.has_practitioner()) {
      activity.practitioner = Read(in.practitioner(), place + "practitioner.");
    }
    activity.day = Day(place + "day", in.has_day(), in.day());
    activity.last_day = Day(place + "last_day", in.has_last_day(), in.last_day());
    if (in.has_last_day() && !in.has_day()) {
      Add("EI-13", place + "day", "is missing beside the last day");
    }
    for (int i = 0; i < in.attendances_size() && !full(); ++i) {
      const auto& attendance = in.attendances(i);
      const std::string at = absl::StrCat(place, "attendances[", i, "].");
      Text("EI-7", at + "reason", attendance.reason());
      activity.learners.push_back(
          {attendance.enrolment(),
           OneOf<Participation>("EI-5", at + "participation", attendance.participation(), 5),
           attendance.reason()});
    }
    ReadRequired(in, place, activity);
    return activity;
  }

  // Before there were kinds all that was listed was a register.
  void ReadRequired(const v1::PlannerActivity& in, const std::string& place, Activity& activity) {
    Limit("EI-8", place + "required_evidence", in.evidence_size() + in.required_evidence_size(),
          kEvidenceMax);
    for (int i = 0; i < in.evidence_size() && !full(); ++i) {
      EvidenceName("EI-8", absl::StrCat(place, "evidence[", i, "]"), in.evidence(i));
      activity.evidence.push_back({in.evidence(i)});
    }
    for (int i = 0; i < in.required_evidence_size() && !full(); ++i) {
      const v1::PlannerEvidence& evidence = in.required_evidence(i);
      const std::string at = absl::StrCat(place, "required_evidence[", i, "].");
      EvidenceName("EI-8", at + "evidence", evidence.evidence());
      EvidenceKind kind = EvidenceKind::kAttendanceRegister;
      if (evidence.kind() != v1::PLANNER_EVIDENCE_KIND_UNSPECIFIED) {
        kind = OneOf<EvidenceKind>("EI-8", at + "kind", evidence.kind(), kEvidenceKinds);
      }
      activity.evidence.push_back({evidence.evidence(), kind});
    }
    EachOnce("EI-8", place + "required_evidence", activity.evidence);
  }

  void ReadSupporting(const v1::PlannerDocument& document, Planner& planner) {
    Limit("EI-10", "supporting_evidence", document.supporting_evidence_size(), kEvidenceMax);
    for (int i = 0; i < document.supporting_evidence_size() && !full(); ++i) {
      const v1::PlannerEvidence& evidence = document.supporting_evidence(i);
      const std::string at = absl::StrCat("supporting_evidence[", i, "].");
      EvidenceName("EI-10", at + "evidence", evidence.evidence());
      planner.supporting.push_back(
          {evidence.evidence(),
           OneOf<EvidenceKind>("EI-10", at + "kind", evidence.kind(), kEvidenceKinds)});
    }
    EachOnce("EI-10", "supporting_evidence", planner.supporting);
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
        Add("EI-12", absl::StrCat("activities[", ids[i].second, "].activity_id"),
            absl::StrCat(View(ids[i].first), " names another activity already"));
      }
    }
  }

  const std::string evidence_prefix_;
  bool kept_ = false;
  std::vector<Fault> faults_;
};

}  // namespace

absl::StatusOr<Planner> PlannerFrom(const v1::PlannerDocument& document, std::string_view centre) {
  Reading reading(centre);
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
  return Reading::ReadKept(document);
}

}  // namespace assay::approval
