#include "services/approval/model.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_join.h"
#include "services/platform/core/national_numbers.h"

namespace assay::approval {
namespace {

constexpr std::array kCentreStates = {CentreState::kListed,    CentreState::kApplied,
                                      CentreState::kApproved,  CentreState::kConditional,
                                      CentreState::kSuspended, CentreState::kWithdrawn,
                                      CentreState::kClosed};
constexpr std::array kApprovalStates = {ApprovalState::kApplied,   ApprovalState::kApproved,
                                        ApprovalState::kRefused,   ApprovalState::kWithdrawn,
                                        ApprovalState::kSuspended, ApprovalState::kLapsed};

struct CentreEdge {
  CentreState from;
  CentreState to;
};

// Closing is the establishment's own end, so it comes from anywhere and leads nowhere: what was
// closed by mistake is reopened to where it was (commands/change_centre_state.h).
constexpr CentreEdge kCentreEdges[] = {
    {CentreState::kListed, CentreState::kApplied},
    {CentreState::kListed, CentreState::kApproved},
    {CentreState::kListed, CentreState::kConditional},
    {CentreState::kListed, CentreState::kClosed},
    {CentreState::kApplied, CentreState::kApproved},
    {CentreState::kApplied, CentreState::kConditional},
    {CentreState::kSuspended, CentreState::kApproved},
    {CentreState::kSuspended, CentreState::kConditional},
    {CentreState::kApproved, CentreState::kConditional},
    {CentreState::kConditional, CentreState::kApproved},
    {CentreState::kConditional, CentreState::kSuspended},
    {CentreState::kConditional, CentreState::kWithdrawn},
    {CentreState::kConditional, CentreState::kClosed},
    {CentreState::kWithdrawn, CentreState::kApplied},
    {CentreState::kApproved, CentreState::kSuspended},
    {CentreState::kApplied, CentreState::kWithdrawn},
    {CentreState::kApproved, CentreState::kWithdrawn},
    {CentreState::kSuspended, CentreState::kWithdrawn},
    {CentreState::kApplied, CentreState::kClosed},
    {CentreState::kApproved, CentreState::kClosed},
    {CentreState::kSuspended, CentreState::kClosed},
    {CentreState::kWithdrawn, CentreState::kClosed},
};

bool IsLetter(char c) { return c >= 'A' && c <= 'Z'; }
bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// How the register of colleges writes its own keys: name:key.
constexpr std::string_view kFurtherEducation = "further-education-college-uk:";
constexpr std::size_t kKeyDigitsMax = 9;

constexpr std::string_view kOwn = "ab-";
constexpr std::size_t kOwnLetters = 26;

bool IsOwnKey(std::string_view text) {
  return text.size() == kOwnLetters && std::all_of(text.begin(), text.end(), [](char c) {
           return IsDigit(c) || (c >= 'a' && c <= 'z');
         });
}

bool IsKey(std::string_view text) {
  return !text.empty() && text.size() <= kKeyDigitsMax &&
         std::all_of(text.begin(), text.end(), IsDigit);
}

}  // namespace

std::string_view NameOf(CentreState state) {
  switch (state) {
    case CentreState::kListed:
      return "listed";
    case CentreState::kApplied:
      return "applied";
    case CentreState::kApproved:
      return "approved";
    case CentreState::kConditional:
      return "approved with conditions";
    case CentreState::kSuspended:
      return "suspended";
    case CentreState::kWithdrawn:
      return "withdrawn";
    case CentreState::kClosed:
      return "closed";
  }
  return "";
}

std::optional<CentreState> CentreStateOf(std::string_view name) {
  for (const CentreState state : kCentreStates) {
    if (NameOf(state) == name) return state;
  }
  return std::nullopt;
}

bool MayChange(CentreState from, CentreState to) {
  return std::any_of(std::begin(kCentreEdges), std::end(kCentreEdges),
                     [&](const CentreEdge& edge) { return edge.from == from && edge.to == to; });
}

bool IsApproved(CentreState state) {
  return state == CentreState::kApproved || state == CentreState::kConditional;
}

std::string SourcesOf(CentreState to) {
  std::vector<std::string> names;
  for (const CentreState from : kCentreStates) {
    if (MayChange(from, to)) names.emplace_back(NameOf(from));
  }
  return absl::StrJoin(names, " or ");
}

std::string CentreId(const Establishment& facts) {
  if (!facts.urn.empty()) return "urn-" + facts.urn;
  if (!facts.ukprn.empty()) return "ukprn-" + facts.ukprn;
  if (facts.reference.starts_with(kFurtherEducation)) {
    return "fec-" + facts.reference.substr(kFurtherEducation.size());
  }
  if (!facts.laestab.empty()) return "laestab-" + facts.laestab;
  return "";
}

std::string OwnCentreId(std::string_view unique_id) {
  std::string id(kOwn);
  for (const char c : unique_id) {
    id.push_back(static_cast<char>(absl::ascii_tolower(static_cast<unsigned char>(c))));
  }
  return id;
}

bool IsCentreId(std::string_view id) {
  if (id.starts_with(kOwn)) return IsOwnKey(id.substr(kOwn.size()));
  if (id.starts_with("urn-")) return platform::IsUrn(id.substr(4));
  if (id.starts_with("laestab-")) return platform::IsLaestab(id.substr(8));
  if (id.starts_with("fec-")) return IsKey(id.substr(4));
  return id.starts_with("ukprn-") && platform::IsUkprn(id.substr(6));
}

std::string_view NameOf(ApprovalState state) {
  switch (state) {
    case ApprovalState::kApplied:
      return "applied";
    case ApprovalState::kApproved:
      return "approved";
    case ApprovalState::kRefused:
      return "refused";
    case ApprovalState::kWithdrawn:
      return "withdrawn";
    case ApprovalState::kSuspended:
      return "suspended";
    case ApprovalState::kLapsed:
      return "lapsed";
  }
  return "";
}

std::optional<ApprovalState> ApprovalStateOf(std::string_view name) {
  for (const ApprovalState state : kApprovalStates) {
    if (NameOf(state) == name) return state;
  }
  return std::nullopt;
}

bool MayChange(ApprovalState from, ApprovalState to) {
  using enum ApprovalState;
  constexpr std::pair<ApprovalState, ApprovalState> kEdges[] = {
      {kApplied, kApproved},    {kApplied, kRefused}, {kApproved, kSuspended},
      {kApproved, kWithdrawn},  {kApproved, kLapsed}, {kSuspended, kApproved},
      {kSuspended, kWithdrawn}, {kSuspended, kLapsed}};
  return std::find(std::begin(kEdges), std::end(kEdges), std::pair(from, to)) != std::end(kEdges);
}

std::string_view ReasonOf(Standing standing) {
  switch (standing) {
    case Standing::kInForce:
      return "";
    case Standing::kCentreNotApproved:
      return "CENTRE_NOT_APPROVED";
    case Standing::kNoApproval:
      return "NO_APPROVAL";
    case Standing::kNotYetEffective:
      return "NOT_YET_EFFECTIVE";
    case Standing::kWithdrawn:
      return "WITHDRAWN";
    case Standing::kSuspended:
      return "SUSPENDED";
    case Standing::kExpired:
      return "EXPIRED";
    case Standing::kNotUsedInTime:
      return "NOT_USED_IN_TIME";
  }
  return "";
}

std::optional<absl::CivilDay> LapseDay(const QualificationApproval& approval) {
  std::optional<absl::CivilDay> day = approval.expire_date;
  if (approval.first_use_due_date.has_value() && !approval.first_use_date.has_value() &&
      (!day.has_value() || *approval.first_use_due_date < *day)) {
    day = approval.first_use_due_date;
  }
  return day;
}

namespace {

// How one approval stood, or nullopt if it was never given.
std::optional<Standing> StandingOf(const QualificationApproval& approval, absl::CivilDay day) {
  if (!approval.effective_date.has_value()) return std::nullopt;
  const auto ended = [&](const std::optional<absl::CivilDay>& end) {
    // What ended before its first day was never in force.
    return end.has_value() && (*end <= day || *end <= *approval.effective_date);
  };
  if (ended(approval.end_date) && approval.state != ApprovalState::kLapsed) {
    return Standing::kWithdrawn;
  }
  const std::optional<absl::CivilDay> lapse = LapseDay(approval);
  if (ended(lapse)) {
    return lapse == approval.expire_date ? Standing::kExpired : Standing::kNotUsedInTime;
  }
  if (*approval.effective_date > day) return Standing::kNotYetEffective;
  for (const Suspension& suspension : approval.suspensions) {
    const bool over = suspension.end_day.has_value() && *suspension.end_day <= day;
    if (suspension.first_day <= day && !over) return Standing::kSuspended;
  }
  return Standing::kInForce;
}

}  // namespace

Standing StandingOn(absl::CivilDay day, CentreState centre,
                    const std::vector<QualificationApproval>& approvals) {
  if (!IsApproved(centre)) return Standing::kCentreNotApproved;
  // The most favourable first, then what tells most of why not.
  constexpr Standing kOrder[] = {Standing::kInForce,         Standing::kSuspended,
                                 Standing::kNotYetEffective, Standing::kNotUsedInTime,
                                 Standing::kExpired,         Standing::kWithdrawn};
  std::vector<Standing> standings;
  for (const QualificationApproval& approval : approvals) {
    if (const auto standing = StandingOf(approval, day)) standings.push_back(*standing);
  }
  for (const Standing standing : kOrder) {
    if (std::find(standings.begin(), standings.end(), standing) != standings.end()) return standing;
  }
  return Standing::kNoApproval;
}

namespace {

// With one space; nullopt if it has another form.
std::optional<std::string> PostcodeOf(std::string_view text) {
  std::string compact;
  for (const char c : text) {
    if (c != ' ') compact.push_back(absl::ascii_toupper(static_cast<unsigned char>(c)));
  }
  if (compact.size() < 5 || compact.size() > 7) return std::nullopt;
  const std::string inward = compact.substr(compact.size() - 3);
  const std::string outward = compact.substr(0, compact.size() - 3);
  // A9, A99, A9A, AA9, AA99, AA9A.
  const std::size_t letters = IsLetter(outward[0]) + (outward.size() > 1 && IsLetter(outward[1]));
  const std::size_t rest = outward.size() - letters;
  const bool outward_fits = letters >= 1 && rest >= 1 && rest <= 2 && IsDigit(outward[letters]) &&
                            (rest == 1 || IsDigit(outward.back()) || IsLetter(outward.back()));
  const bool inward_fits = IsDigit(inward[0]) && IsLetter(inward[1]) && IsLetter(inward[2]);
  if (!IsLetter(outward[0]) || !outward_fits || !inward_fits) return std::nullopt;
  return outward + " " + inward;
}

}  // namespace

std::string NormalPostcode(std::string_view text) {
  return PostcodeOf(text).value_or(std::string(text));
}

bool IsPostcode(std::string_view text) { return PostcodeOf(text).has_value(); }

}  // namespace assay::approval
