#include "services/approval/convert.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "google/protobuf/util/time_util.h"
#include "services/approval/catalogue/checks.h"
#include "services/approval/errors.h"
#include "services/platform/core/status_macros.h"
#include "services/platform/core/view.h"
#include "services/platform/error/error.h"
#include "services/platform/rpc/etag.h"

namespace assay::approval {
namespace {

using platform::Error;

constexpr std::size_t kReasonCharactersMax = 2000;
constexpr std::size_t kIdLength = 26;

// "centres/x" → "x"; "" if `name` is not prefix and one more segment.
std::string_view LastSegment(std::string_view name, std::string_view prefix) {
  if (!name.starts_with(prefix)) return {};
  name.remove_prefix(prefix.size());
  return name.find('/') == name.npos ? name : std::string_view();
}

v1::Centre::State StateOf(CentreState state) {
  switch (state) {
    case CentreState::kListed:
      return v1::Centre::STATE_LISTED;
    case CentreState::kApplied:
      return v1::Centre::STATE_APPLIED;
    case CentreState::kApproved:
      return v1::Centre::STATE_APPROVED;
    case CentreState::kConditional:
      return v1::Centre::STATE_APPROVED_WITH_CONDITIONS;
    case CentreState::kSuspended:
      return v1::Centre::STATE_SUSPENDED;
    case CentreState::kWithdrawn:
      return v1::Centre::STATE_WITHDRAWN;
    case CentreState::kClosed:
      return v1::Centre::STATE_CLOSED;
  }
  return v1::Centre::STATE_UNSPECIFIED;
}

v1::QualificationApproval::State StateOf(ApprovalState state) {
  switch (state) {
    case ApprovalState::kApplied:
      return v1::QualificationApproval::STATE_APPLIED;
    case ApprovalState::kApproved:
      return v1::QualificationApproval::STATE_APPROVED;
    case ApprovalState::kRefused:
      return v1::QualificationApproval::STATE_REFUSED;
    case ApprovalState::kWithdrawn:
      return v1::QualificationApproval::STATE_WITHDRAWN;
    case ApprovalState::kSuspended:
      return v1::QualificationApproval::STATE_SUSPENDED;
    case ApprovalState::kLapsed:
      return v1::QualificationApproval::STATE_LAPSED;
  }
  return v1::QualificationApproval::STATE_UNSPECIFIED;
}

void Fill(const Combination& rule, v1::Combination& out) {
  out.set_title(rule.title);
  out.set_credits_min(rule.credits_min);
  out.set_credits_max(rule.credits_max);
  out.set_units_min(rule.units_min);
  out.set_units_max(rule.units_max);
  for (const std::string& unit : rule.units) out.add_units(unit);
  for (const Combination& part : rule.parts) Fill(part, *out.add_parts());
}

void Fill(const Unit& unit, v1::Unit& out) {
  out.set_number(unit.number);
  out.set_title(unit.title);
  out.set_level(unit.level);
  out.set_guided_learning_hours(unit.guided_learning_hours);
  out.set_credits(unit.credits);
  out.set_assessment_method(unit.assessment_method);
  out.set_assessment_minutes(unit.assessment_minutes);
  out.set_mark_total(unit.mark_total);
  for (const Outcome& outcome : unit.outcomes) {
    v1::Outcome& o = *out.add_outcomes();
    o.set_number(outcome.number);
    o.set_title(outcome.title);
    o.set_marks(outcome.marks);
    o.set_percentage(outcome.percentage);
  }
  out.set_percentage_total(unit.percentage_total);
  for (const OtherTitle& other : unit.other_titles) {
    v1::OtherTitle& o = *out.add_other_titles();
    o.set_place(other.place);
    o.set_title(other.title);
  }
}

Combination RuleFrom(const v1::Combination& in) {
  Combination rule = {.title = in.title(),
                      .credits_min = in.credits_min(),
                      .credits_max = in.credits_max(),
                      .units_min = in.units_min(),
                      .units_max = in.units_max(),
                      .units = {in.units().begin(), in.units().end()}};
  for (const v1::Combination& part : in.parts()) rule.parts.push_back(RuleFrom(part));
  return rule;
}

Unit UnitFrom(const v1::Unit& in) {
  Unit unit = {.number = in.number(),
               .title = in.title(),
               .level = in.level(),
               .guided_learning_hours = in.guided_learning_hours(),
               .credits = in.credits(),
               .assessment_method = in.assessment_method(),
               .assessment_minutes = in.assessment_minutes(),
               .mark_total = in.mark_total(),
               .percentage_total = in.percentage_total()};
  for (const v1::OtherTitle& other : in.other_titles()) {
    unit.other_titles.push_back({other.place(), other.title()});
  }
  for (const v1::Outcome& outcome : in.outcomes()) {
    unit.outcomes.push_back(
        {outcome.number(), outcome.title(), outcome.marks(), outcome.percentage()});
  }
  return unit;
}

}  // namespace

platform::Error FieldInvalid(std::string_view field, std::string_view what) {
  return Error(absl::StatusCode::kInvalidArgument, "FIELD_INVALID",
               absl::StrCat(platform::View(field), " ", platform::View(what)))
      .Field(field, what);
}

google::protobuf::Timestamp ToTimestamp(absl::Time time) {
  return google::protobuf::util::TimeUtil::MicrosecondsToTimestamp(absl::ToUnixMicros(time));
}

google::type::Date ToDate(absl::CivilDay day) {
  google::type::Date date;
  date.set_year(static_cast<int>(day.year()));
  date.set_month(day.month());
  date.set_day(day.day());
  return date;
}

absl::StatusOr<std::string> CentreIdFrom(std::string_view field, const std::string& name) {
  const std::string_view id = LastSegment(name, "centres/");
  if (id.empty() || id == "-") return FieldInvalid(field, "is not centres/{centre}");
  if (IsCentreId(id)) return std::string(id);
  return Error(absl::StatusCode::kNotFound, kCentreNotFound,
               absl::StrCat("there is no ", name, " that you may see"))
      .With("centre", name);
}

absl::StatusOr<std::string> ParentFrom(const std::string& parent) {
  if (parent == "centres/-") return "";
  return CentreIdFrom("parent", parent);
}

absl::StatusOr<ApprovalName> ApprovalNameFrom(std::string_view field, const std::string& name) {
  constexpr std::string_view kMiddle = "/qualificationApprovals/";
  const std::size_t middle = name.find(kMiddle);
  const std::string_view id = middle == name.npos
                                  ? std::string_view()
                                  : std::string_view(name).substr(middle + kMiddle.size());
  const std::string_view centre = LastSegment(std::string_view(name).substr(0, middle), "centres/");
  if (id.empty() || id.find('/') != id.npos || centre.empty()) {
    return FieldInvalid(field,
                        "is not centres/{centre}/qualificationApprovals/{qualification_approval}");
  }
  const bool id_fits = id.size() == kIdLength && std::all_of(id.begin(), id.end(), [](char c) {
                         return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z');
                       });
  if (id_fits && IsCentreId(centre)) return ApprovalName{std::string(centre), std::string(id)};
  return Error(absl::StatusCode::kNotFound, kApprovalNotFound,
               absl::StrCat("there is no ", name, " that you may see"))
      .With("approval", name);
}

absl::StatusOr<std::string> QualificationFrom(std::string_view field, const std::string& name) {
  const std::string_view number = LastSegment(name, "qualifications/");
  if (number.empty()) return FieldInvalid(field, "is not qualifications/{qualification}");
  return std::string(number);
}

absl::StatusOr<std::optional<CentreState>> StateFrom(v1::Centre::State state) {
  if (state == v1::Centre::STATE_UNSPECIFIED) return std::nullopt;
  for (const CentreState known :
       {CentreState::kListed, CentreState::kApplied, CentreState::kApproved,
        CentreState::kConditional, CentreState::kSuspended, CentreState::kWithdrawn,
        CentreState::kClosed}) {
    if (StateOf(known) == state) return known;
  }
  return FieldInvalid("state", absl::StrCat(static_cast<int>(state), " is no state of a centre"));
}

absl::StatusOr<std::optional<ApprovalState>> StateFrom(v1::QualificationApproval::State state) {
  if (state == v1::QualificationApproval::STATE_UNSPECIFIED) return std::nullopt;
  for (const ApprovalState known :
       {ApprovalState::kApplied, ApprovalState::kApproved, ApprovalState::kRefused,
        ApprovalState::kWithdrawn, ApprovalState::kSuspended, ApprovalState::kLapsed}) {
    if (StateOf(known) == state) return known;
  }
  return FieldInvalid("state",
                      absl::StrCat(static_cast<int>(state), " is no state of an approval"));
}

absl::StatusOr<std::optional<absl::CivilDay>> DayFrom(std::string_view field, bool is_set,
                                                      const google::type::Date& date) {
  if (!is_set) return std::nullopt;
  const absl::CivilDay day(date.year(), date.month(), date.day());
  // CivilDay carries what is too much; a date without year, month or day is none.
  if (date.year() < 1900 || date.year() > 2199 || day.year() != date.year() ||
      day.month() != date.month() || day.day() != date.day()) {
    return FieldInvalid(field, "is not a day from 1900 to 2199");
  }
  return day;
}

absl::StatusOr<std::string> OptionalReasonFrom(const std::string& reason, std::string_view field) {
  if (reason.find_first_not_of(" \t\r\n") == reason.npos) return std::string();
  return ReasonFrom(reason, field);
}

absl::StatusOr<std::string> ReasonFrom(const std::string& reason, std::string_view field) {
  const std::size_t begin = reason.find_first_not_of(" \t\r\n");
  if (begin == reason.npos) {
    return Error(absl::StatusCode::kInvalidArgument, kReasonMissing,
                 "a decision against a centre needs a reason that the centre reads")
        .Field(field, "is empty");
  }
  const std::string text = reason.substr(begin, reason.find_last_not_of(" \t\r\n") - begin + 1);
  const auto characters = static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
  if (characters > kReasonCharactersMax) {
    return FieldInvalid(field,
                        absl::StrCat("is longer than ", kReasonCharactersMax, " characters"));
  }
  return text;
}

v1::Centre ToProto(const Centre& centre) {
  const Establishment& facts = centre.facts;
  v1::Centre out;
  out.set_name("centres/" + centre.id);
  out.set_title(facts.title);
  out.set_state(StateOf(centre.state));
  out.set_urn(facts.urn);
  out.set_ukprn(facts.ukprn);
  out.set_laestab(facts.laestab);
  for (const std::string& line : facts.address_lines) out.add_address_lines(line);
  out.set_town(facts.town);
  out.set_postcode(facts.postcode);
  out.set_kind(facts.kind);
  out.set_age_low(facts.age_low);
  out.set_age_high(facts.age_high);
  if (facts.open_date.has_value()) *out.mutable_open_date() = ToDate(*facts.open_date);
  if (facts.close_date.has_value()) *out.mutable_close_date() = ToDate(*facts.close_date);
  out.set_predecessor_urn(facts.predecessor_urn);
  out.set_successor_urn(facts.successor_urn);
  out.set_state_reason(centre.state_reason);
  *out.mutable_create_time() = ToTimestamp(centre.create_time);
  *out.mutable_update_time() = ToTimestamp(centre.update_time);
  out.set_etag(platform::EtagOf(centre.version));
  out.set_title_cy(facts.title_cy);
  for (const std::string& name : facts.other_names) out.add_other_names(name);
  out.set_region(facts.region);
  out.set_authority(facts.authority);
  out.set_website(facts.website);
  out.set_reference(facts.reference);
  if (!centre.merged_into.empty()) out.set_merged_into("centres/" + centre.merged_into);
  return out;
}

v1::FactConflict ToProto(const FactConflict& conflict) {
  v1::FactConflict out;
  out.set_field(conflict.field);
  out.set_kept(conflict.kept);
  out.set_kept_source(conflict.kept_source);
  out.set_offered(conflict.offered);
  out.set_source(conflict.source);
  out.set_reason(std::string(NameOf(conflict.reason)));
  return out;
}

namespace {

v1::ApprovalRules ToProto(const RulesUsed& rules) {
  v1::ApprovalRules out;
  out.set_policy("approvalPolicies/" + rules.policy);
  out.set_policy_version(rules.policy_version);
  out.set_catalogue_version(rules.catalogue_version);
  return out;
}

}  // namespace

v1::QualificationApproval ToProto(const QualificationApproval& approval) {
  v1::QualificationApproval out;
  out.set_name(absl::StrCat("centres/", approval.centre, "/qualificationApprovals/", approval.id));
  out.set_qualification("qualifications/" + approval.qualification);
  out.set_state(StateOf(approval.state));
  if (approval.effective_date.has_value()) {
    *out.mutable_effective_date() = ToDate(*approval.effective_date);
  }
  if (approval.end_date.has_value()) *out.mutable_end_date() = ToDate(*approval.end_date);
  out.set_state_reason(approval.state_reason);
  out.set_fast_track(!approval.fast_track_from.empty());
  if (!approval.fast_track_from.empty()) {
    out.set_fast_track_from("qualifications/" + approval.fast_track_from);
  }
  const auto set = [](const std::optional<absl::CivilDay>& day, auto field) {
    if (day.has_value()) *field() = ToDate(*day);
  };
  set(approval.answer_due_date, [&] { return out.mutable_answer_due_date(); });
  set(approval.expire_date, [&] { return out.mutable_expire_date(); });
  set(approval.first_use_due_date, [&] { return out.mutable_first_use_due_date(); });
  set(approval.first_use_date, [&] { return out.mutable_first_use_date(); });
  *out.mutable_create_time() = ToTimestamp(approval.create_time);
  *out.mutable_update_time() = ToTimestamp(approval.update_time);
  if (approval.applied_under) *out.mutable_applied_under() = ToProto(*approval.applied_under);
  if (approval.decided_under) *out.mutable_decided_under() = ToProto(*approval.decided_under);
  out.set_etag(platform::EtagOf(approval.version));
  return out;
}

v1::CheckApprovalResponse ToProto(const StandingAnswer& answer) {
  v1::CheckApprovalResponse out;
  out.set_in_force(answer.centre_found && answer.standing == Standing::kInForce);
  out.set_reason(answer.centre_found ? std::string(ReasonOf(answer.standing))
                                     : std::string(kCentreNotFound));
  out.set_message(answer.message);
  out.set_centre_title(answer.centre_title);
  return out;
}

absl::StatusOr<Qualification> FromProto(const v1::Qualification& in) {
  Qualification q = {.number = in.number(),
                     .title = in.title(),
                     .level = in.level(),
                     .guided_learning_hours = in.guided_learning_hours(),
                     .total_qualification_time = in.total_qualification_time(),
                     .accreditation_number = in.accreditation_number(),
                     .minimum_age = in.minimum_age(),
                     .regions = {in.regions().begin(), in.regions().end()},
                     .fast_track_from = {in.fast_track_from().begin(), in.fast_track_from().end()},
                     .employer_involvement = in.employer_involvement(),
                     .sectors = {in.sectors().begin(), in.sectors().end()},
                     .source = in.source()};
  q.bare = in.bare();
  q.registration_months = in.registration_months();
  ASSIGN_OR_RETURN(q.last_registration_day,
                   DayFrom("qualification.last_registration_day", in.has_last_registration_day(),
                           in.last_registration_day()));
  ASSIGN_OR_RETURN(q.last_certification_day,
                   DayFrom("qualification.last_certification_day", in.has_last_certification_day(),
                           in.last_certification_day()));
  for (const v1::Unit& unit : in.units()) q.units.push_back(UnitFrom(unit));
  q.combination = RuleFrom(in.combination());
  return q;
}

v1::Qualification ToProto(const Qualification& q, Detail detail) {
  v1::Qualification out;
  out.set_name("qualifications/" + q.number);
  out.set_number(q.number);
  out.set_title(q.title);
  out.set_level(q.level);
  out.set_guided_learning_hours(q.guided_learning_hours);
  out.set_total_qualification_time(q.total_qualification_time);
  out.set_accreditation_number(q.accreditation_number);
  out.set_minimum_age(q.minimum_age);
  out.set_registration_months(q.registration_months);
  if (q.last_registration_day.has_value()) {
    *out.mutable_last_registration_day() = ToDate(*q.last_registration_day);
  }
  if (q.last_certification_day.has_value()) {
    *out.mutable_last_certification_day() = ToDate(*q.last_certification_day);
  }
  for (const std::string& region : q.regions) out.add_regions(region);
  for (const std::string& from : q.fast_track_from) out.add_fast_track_from(from);
  out.set_bare(q.bare);
  out.set_employer_involvement(q.employer_involvement);
  out.set_source(q.source);
  for (const std::string& sector : q.sectors) out.add_sectors(sector);
  for (const Finding& finding : q.findings) {
    v1::Finding& f = *out.add_findings();
    f.set_kind(finding.kind);
    f.set_place(finding.place);
    f.set_message(finding.message);
    f.set_rule(std::string(RuleOf(finding)));
  }
  if (detail == Detail::kBasic) return out;
  for (const Unit& unit : q.units) Fill(unit, *out.add_units());
  Fill(q.combination, *out.mutable_combination());
  return out;
}

}  // namespace assay::approval
