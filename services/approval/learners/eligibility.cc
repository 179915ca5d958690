#include "services/approval/learners/eligibility.h"

#include <algorithm>
#include <functional>
#include <map>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "services/platform/core/view.h"

namespace assay::approval {
namespace {

using platform::View;

class Evaluation {
 public:
  Evaluation(const Qualification& qualification, const EligibilityFacts& facts)
      : qualification_(qualification), facts_(facts) {}

  Eligibility Run() {
    AtRegistration();
    AtVerification();
    AtCombination();
    AtPeriod();
    AtModeration();
    AtInvolvement();
    AtApproval();
    AtSanction();
    AtCertification();
    AtRoute();
    out_.eligible = std::all_of(out_.conditions.begin(), out_.conditions.end(),
                                [](const AwardCondition& c) { return c.met; });
    std::stable_partition(out_.conditions.begin(), out_.conditions.end(),
                          [](const AwardCondition& c) { return !c.met; });
    return std::move(out_);
  }

 private:
  AwardCondition& Add(std::string rule, std::string_view kind, bool met, std::string message,
                      std::string who) {
    out_.conditions.push_back(
        {std::move(rule), kind, met, std::move(message), met ? "" : std::move(who), {}, {}});
    return out_.conditions.back();
  }

  void AtRegistration() {
    const bool active = facts_.state == RegistrationState::kActive;
    Add("QUAL-5", "REGISTRATION_VALID", active,
        absl::StrCat("the registration is ", View(NameOf(facts_.state))),
        facts_.state == RegistrationState::kWithdrawn ? "centre" : "");
  }

  void AtVerification() {
    std::vector<std::string> bare;
    UnitNumbers achieved;
    for (const UnitFact& unit : facts_.units) {
      if (!unit.achieved) continue;
      if (unit.verified) {
        achieved.insert(unit.unit);
      } else {
        bare.push_back(unit.unit);
      }
    }
    out_.units.assign(achieved.begin(), achieved.end());
    out_.progress = Evaluate(qualification_, achieved);
    // What is not needed for the award need not be verified for it.
    const bool met = bare.empty() || out_.progress.complete;
    Add("QUAL-6", "VERIFICATION", met,
        bare.empty() ? "every achieved unit is verified by another person than its assessor"
                     : absl::StrCat("units achieved and not verified do not count: ",
                                    absl::StrJoin(bare, ", ")),
        "centre")
        .choose_from = met ? std::vector<std::string>() : bare;
  }

  void AtCombination() {
    const Progress& progress = out_.progress;
    if (progress.complete) {
      Add("QUAL-3", "COMBINATION", true,
          absl::StrCat("the rule of combination is met with ", progress.credits, " credits from ",
                       progress.units, " units"),
          "");
      return;
    }
    for (const Shortfall& shortfall : progress.shortfalls) {
      std::vector<std::string> lacks;
      if (shortfall.credits_missing > 0) {
        lacks.push_back(absl::StrCat(shortfall.credits_missing, " credits"));
      }
      if (shortfall.units_missing > 0)
        lacks.push_back(absl::StrCat(shortfall.units_missing, " units"));
      Add("QUAL-3", "COMBINATION", false,
          absl::StrCat(shortfall.place, ": ", absl::StrJoin(lacks, " and "), " missing"), "centre")
          .choose_from = shortfall.choose_from;
    }
  }

  void AtPeriod() {
    std::vector<std::string> outside;
    for (const UnitFact& unit : facts_.units) {
      if (!unit.achieved) continue;
      if (unit.assess_day < facts_.register_day || unit.assess_day > facts_.end_day) {
        outside.push_back(unit.unit);
      }
    }
    // Nothing more can be assessed once the period is over, so what is missing then stays missing.
    const bool over = facts_.today > facts_.end_day && !out_.progress.complete;
    const std::string end = absl::FormatCivilTime(facts_.end_day);
    if (over) {
      Add("QUAL-5", "PERIOD", false,
          absl::StrCat("the registration ended on ", end,
                       "; an officer may extend it, or the learner registers again"),
          "quality");
      return;
    }
    AwardCondition& condition =
        Add("QUAL-5", "PERIOD", outside.empty(),
            outside.empty()
                ? absl::StrCat("every unit was assessed inside the registration, which "
                               "lasts until ",
                               end)
                : absl::StrCat("assessed outside the registration: ", absl::StrJoin(outside, ", ")),
            "quality");
    condition.choose_from = std::move(outside);
    if (!out_.progress.complete) condition.due = facts_.end_day;
  }

  // Of the components whose ids are numbers of units those count whose units the award is made of;
  // every other component is of the whole qualification.
  bool MayMatter(std::string_view id) const {
    if (qualification_.FindUnit(id) == nullptr) return true;
    return std::find(out_.units.begin(), out_.units.end(), id) != out_.units.end();
  }

  // One component may be offered in several series: final once is final, and the last entry says
  // what is missing. A component without an entry is asked for in the series in which the learner
  // is entered, and if there are none, in whatever series ended after the registration began.
  void AtModeration() {
    if (!facts_.moderation.has_value()) return;
    const ModerationFact& moderation = *facts_.moderation;
    if (!moderation.unasked.empty()) {
      Add("QUAL-9", "MODERATION", false,
          absl::StrCat("whether moderation is final could not be asked: ", moderation.unasked,
                       "; try again, and if it lasts tell who runs the system"),
          "operator");
      return;
    }
    std::set<std::string, std::less<>> entered_series;
    for (const ComponentFact& component : moderation.components) {
      if (component.entered) entered_series.emplace(SeriesOf(component.name));
    }
    std::map<std::string, const ComponentFact*, std::less<>> needed;
    for (const ComponentFact& component : moderation.components) {
      const bool asked_for =
          component.entered ||
          (entered_series.empty() ? component.series_end >= facts_.register_day
                                  : entered_series.contains(SeriesOf(component.name)));
      const std::string_view id = IdOf(component.name);
      if (!asked_for || !MayMatter(id)) continue;
      const ComponentFact*& known = needed[std::string(id)];
      if (known == nullptr || RankOf(component) >= RankOf(*known)) known = &component;
    }
    int final = 0;
    for (const auto& [id, component] : needed) {
      if (component->final) {
        ++final;
      } else {
        NotFinal(*component, moderation.transferred);
      }
    }
    if (final < static_cast<int>(needed.size())) return;
    Add("QUAL-9", "MODERATION", true,
        final == 0 ? "nothing that the learner needs is moderated"
                   : absl::StrCat("moderation is final for ", final, " components"),
        "");
  }

  void NotFinal(const ComponentFact& component, bool transferred) {
    if (component.entered) {
      Add("QUAL-9", "MODERATION", false, absl::StrCat(component.name, ": ", component.message),
          component.who)
          .due = component.due;
      return;
    }
    Add("QUAL-9", "MODERATION", false,
        absl::StrCat(
            component.name, ": the learner is entered for no submission of this component",
            transferred ? "; what another centre entered an officer sees, who may claim" : ""),
        "centre");
  }

  static std::string_view SeriesOf(std::string_view name) {
    return name.substr(0, name.find("/components/"));
  }
  static std::string_view IdOf(std::string_view name) { return name.substr(name.rfind('/') + 1); }
  static int RankOf(const ComponentFact& component) {
    return component.final ? 2 : component.entered ? 1 : 0;
  }

  void AtInvolvement() {
    if (!qualification_.employer_involvement) return;
    const InvolvementFact& involvement = facts_.involvement;
    if (!involvement.planned) {
      Add("EI-1", "INVOLVEMENT", false, "no planner of employer involvement names the learner",
          "centre");
      return;
    }
    Add("EI-14", "INVOLVEMENT", involvement.met, involvement.message,
        involvement.final ? "" : involvement.who)
        .due = involvement.due;
  }

  void AtApproval() {
    std::vector<std::string> without;
    for (const ApprovalFact& fact : facts_.approvals) {
      if (!fact.in_force) without.push_back(fact.message);
    }
    Add("QUAL-9", "APPROVAL", without.empty(),
        without.empty() ? "centre and qualification were approved when units were assessed"
                        : absl::StrJoin(without, "; "),
        "quality");
  }

  void AtSanction() {
    const bool stopped = !facts_.certification_stop.empty();
    Add("QUAL-9", "SANCTION", !stopped,
        stopped ? facts_.certification_stop : "no sanction stops certificates", "quality");
  }

  void AtCertification() {
    if (!qualification_.last_certification_day.has_value()) return;
    const bool open = facts_.today <= *qualification_.last_certification_day;
    Add("QUAL-9", "CERTIFICATION_OPEN", open,
        absl::StrCat("the last day for certificates is ",
                     absl::FormatCivilTime(*qualification_.last_certification_day)),
        "");
  }

  void AtRoute() {
    out_.direct = facts_.direct.earned && !facts_.direct.stopped;
    out_.route_message =
        absl::StrCat(out_.direct ? "a claim is awarded directly (MOD-14): "
                                 : "a claim is looked at by an officer first (MOD-14): ",
                     facts_.direct.reason);
  }

  const Qualification& qualification_;
  const EligibilityFacts& facts_;
  Eligibility out_;
};

}  // namespace

Eligibility EvaluateEligibility(const Qualification& qualification, const EligibilityFacts& facts) {
  return Evaluation(qualification, facts).Run();
}

}  // namespace assay::approval
