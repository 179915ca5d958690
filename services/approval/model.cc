#include "services/approval/model.h"

#include <algorithm>
#include <array>

#include "absl/strings/ascii.h"
#include "absl/strings/str_join.h"
#include "services/platform/core/national_numbers.h"

namespace assay::approval {
namespace {

constexpr std::array kCentreStates = {CentreState::kApplied,     CentreState::kApproved,
                                      CentreState::kConditional, CentreState::kSuspended,
                                      CentreState::kWithdrawn,   CentreState::kClosed};
constexpr std::array kApprovalStates = {ApprovalState::kApplied, ApprovalState::kApproved,
                                        ApprovalState::kRefused, ApprovalState::kWithdrawn};

struct CentreEdge {
  CentreState from;
  CentreState to;
};

// Closing is the establishment's own end, so it comes from anywhere and leads nowhere.
constexpr CentreEdge kCentreEdges[] = {
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

}  // namespace

std::string_view NameOf(CentreState state) {
  switch (state) {
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
  return "";
}

bool IsCentreId(std::string_view id) {
  if (id.starts_with("urn-")) return platform::IsUrn(id.substr(4));
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
  return (from == ApprovalState::kApplied &&
          (to == ApprovalState::kApproved || to == ApprovalState::kRefused)) ||
         (from == ApprovalState::kApproved && to == ApprovalState::kWithdrawn);
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
  }
  return "";
}

Standing StandingOn(absl::CivilDay day, CentreState centre,
                    const std::vector<QualificationApproval>& approvals) {
  if (!IsApproved(centre)) return Standing::kCentreNotApproved;
  bool was_in_force = false;
  bool will_be_in_force = false;
  for (const QualificationApproval& approval : approvals) {
    if (!approval.effective_date.has_value()) continue;
    const bool begun = *approval.effective_date <= day;
    // One withdrawn before its first day was never in force.
    const bool ended =
        approval.end_date.has_value() &&
        (*approval.end_date <= day || *approval.end_date <= *approval.effective_date);
    if (begun && !ended) return Standing::kInForce;
    was_in_force |= ended;
    will_be_in_force |= !ended;
  }
  if (will_be_in_force) return Standing::kNotYetEffective;
  return was_in_force ? Standing::kWithdrawn : Standing::kNoApproval;
}

std::string NormalPostcode(std::string_view text) {
  std::string compact;
  for (const char c : text) {
    if (c != ' ') compact.push_back(absl::ascii_toupper(static_cast<unsigned char>(c)));
  }
  if (compact.size() < 5 || compact.size() > 7) return std::string(text);
  const std::string inward = compact.substr(compact.size() - 3);
  const std::string outward = compact.substr(0, compact.size() - 3);
  // A9, A99, A9A, AA9, AA99, AA9A.
  const std::size_t letters = IsLetter(outward[0]) + (outward.size() > 1 && IsLetter(outward[1]));
  const std::size_t rest = outward.size() - letters;
  const bool outward_fits = letters >= 1 && rest >= 1 && rest <= 2 && IsDigit(outward[letters]) &&
                            (rest == 1 || IsDigit(outward.back()) || IsLetter(outward.back()));
  const bool inward_fits = IsDigit(inward[0]) && IsLetter(inward[1]) && IsLetter(inward[2]);
  if (!IsLetter(outward[0]) || !outward_fits || !inward_fits) return std::string(text);
  return outward + " " + inward;
}

}  // namespace assay::approval
