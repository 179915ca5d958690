// Growth: what oversight asks of its database at 100 to 100,000 centres (P11): what is due at one
// centre and at all, what the sweep looks for, limits, staff, the timeline.
//
//   ASSAY_BENCHMARK_FULL=1 approval_benchmark --benchmark_filter=Oversight
//
// Every centre has an action, a sanction, a member of staff with evidence, and ten entries in its
// timeline. Without the variable the sizes are small.
#include <benchmark/benchmark.h>

#include <cstdlib>
#include <functional>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "services/approval/stores/actions.h"
#include "services/approval/stores/deadlines.h"
#include "services/approval/stores/restrictions.h"
#include "services/approval/stores/staff.h"
#include "services/approval/stores/timeline.h"
#include "services/approval/wiring.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/log/log.h"
#include "services/platform/testing/service_fixture.h"

namespace assay::approval {
namespace {

using platform::Transaction;

constexpr int kBase = 100'000;
constexpr int kPage = 50;
constexpr int kTimelineEntries = 10;
const absl::CivilDay kToday(2026, 3, 10);
const absl::Time kTime = absl::FromCivil(kToday, absl::UTCTimeZone());

std::string CentreOf(int i) { return absl::StrCat("urn-", kBase + i); }

absl::Status FillCentre(Transaction& tx, int i) {
  Centre centre;
  centre.id = CentreOf(i);
  centre.facts.title = "College";
  centre.state = CentreState::kApproved;
  const IndexedCentre indexed[] = {{centre, {}}};
  RETURN_IF_ERROR(Store().InsertCentres(tx, "t", indexed));
  ActionRecord action;
  action.centre = centre.id;
  action.id = "a";
  action.text = "act";
  action.due = kToday + i % 365;
  RETURN_IF_ERROR(ActionStore().Insert(tx, "t", action));
  RestrictionRecord restriction;
  restriction.centre = centre.id;
  restriction.id = "r";
  restriction.rule.effects.registrations_stopped = true;
  restriction.rule.from = kToday;
  RETURN_IF_ERROR(RestrictionStore().Insert(tx, "t", restriction));
  StaffRecord staff;
  staff.centre = centre.id;
  staff.id = "s";
  staff.first_day = kToday;
  staff.roles = {{StaffRole::kAssessor, kToday, std::nullopt}};
  RETURN_IF_ERROR(StaffStore().Insert(tx, "t", staff));
  CompetenceRecord competence;
  competence.rule = {.id = "c",
                     .qualification = "3818-13",
                     .kind = CompetenceKind::kTraining,
                     .state = CompetenceState::kVerified,
                     .verified = kToday,
                     .valid_until = kToday + 400 + i % 365};
  RETURN_IF_ERROR(StaffStore().InsertCompetence(tx, "t", staff, competence));
  for (int e = 0; e < kTimelineEntries; ++e) {
    RETURN_IF_ERROR(TimelineStore().Append(tx, "t",
                                           {.centre = centre.id,
                                            .id = absl::StrCat("t", e),
                                            .subject = "centres/" + centre.id,
                                            .what = "approved",
                                            .time = kTime + absl::Seconds(e)}));
  }
  return absl::OkStatus();
}

// One world a size, made when it is first asked for.
platform::Database& WorldOf(int centres) {
  static Config config;
  static std::unique_ptr<platform::testing::TestService> service;
  static int made = 0;
  if (made == centres) return service->database();
  service = std::make_unique<platform::testing::TestService>(Definition(config));
  made = centres;
  ASSAY_CHECK(service->database()
                  .WriteNow([&](Transaction& tx) -> absl::Status {
                    for (int i = 0; i < centres; ++i) RETURN_IF_ERROR(FillCentre(tx, i));
                    return absl::OkStatus();
                  })
                  .ok());
  return service->database();
}

using Ask = std::function<absl::Status(Transaction&, const std::string& middle)>;

void Run(benchmark::State& state, const Ask& ask) {
  const int centres = static_cast<int>(state.range(0));
  platform::Database& database = WorldOf(centres);
  const std::string middle = CentreOf(centres / 2);
  for (auto _ : state) {
    const absl::Status status = database.ReadNow([&](Transaction& tx) { return ask(tx, middle); });
    if (!status.ok()) {
      state.SkipWithError(std::string(status.message()).c_str());
      break;
    }
  }
}

const Reach kReach = {.tenant = "t", .within = ""};

void RegisterAll() {
  const bool full = std::getenv("ASSAY_BENCHMARK_FULL") != nullptr;
  const std::pair<const char*, Ask> asks[] = {
      {"DueAtOneCentre",
       [](Transaction& tx, const std::string& middle) {
         return DeadlineStore().List(tx, kReach, middle, std::nullopt, kToday, "", kPage).status();
       }},
      {"DueAtAllFirstPage",
       [](Transaction& tx, const std::string&) {
         return DeadlineStore().List(tx, kReach, "", std::nullopt, kToday, "", kPage).status();
       }},
      {"DueAtAllMiddlePage",
       [](Transaction& tx, const std::string& middle) {
         const std::string after =
             absl::StrCat(absl::FormatCivilTime(kToday + 180), "/", middle, "/centres");
         return DeadlineStore().List(tx, kReach, "", std::nullopt, kToday, after, kPage).status();
       }},
      {"Untold",
       [](Transaction& tx, const std::string&) {
         return DeadlineStore()
             .ListUntold(tx, "t", {28, kToday + 8, kToday + 28}, kToday, kPage)
             .status();
       }},
      {"LimitsInForce",
       [](Transaction& tx, const std::string& middle) {
         return RestrictionStore().InForce(tx, "t", middle, "3818-13", kToday).status();
       }},
      {"RestrictionsOfAll",
       [](Transaction& tx, const std::string& middle) {
         return RestrictionStore().List(tx, kReach, "", {}, middle + "/r", kPage).status();
       }},
      {"StaffOfAll",
       [](Transaction& tx, const std::string& middle) {
         return StaffStore().List(tx, kReach, "", std::nullopt, middle + "/s", kPage).status();
       }},
      {"TimelineOfOne",
       [](Transaction& tx, const std::string& middle) {
         return TimelineStore().List(tx, kReach, {.centre = middle}, "", kPage).status();
       }},
  };
  for (const int centres :
       full ? std::vector<int>{100, 1'000, 10'000, 100'000} : std::vector<int>{20, 40}) {
    for (const auto& [name, ask] : asks) {
      benchmark::RegisterBenchmark(absl::StrCat("Oversight/", name).c_str(),
                                   [ask = ask](benchmark::State& state) { Run(state, ask); })
          ->Arg(centres)
          ->Unit(benchmark::kMicrosecond);
    }
  }
}

[[maybe_unused]] const bool kRegistered = (RegisterAll(), true);

}  // namespace
}  // namespace assay::approval
