// The nouns of approval: centres, their national facts, approvals for qualifications.
//
// Pure: no storage, no protobuf, no clock. What may change into what is a table, so
// that it is read and tested as one.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"

namespace assay::approval {

// How the awarding body stands to a centre.
enum class CentreState {
  kListed,  // Known from a national file; has not applied.
  kApplied,
  kApproved,
  kConditional,  // Approved, while it has conditions to meet.
  kSuspended,
  kWithdrawn,
  kClosed,
};

std::string_view NameOf(CentreState state);  // "applied"
std::optional<CentreState> CentreStateOf(std::string_view name);
// Reopening a closed centre is none of these: it leads back to where the centre was.
bool MayChange(CentreState from, CentreState to);
// Approved, with conditions or without.
bool IsApproved(CentreState state);
// The states from which `to` is reached, for messages: "applied or suspended".
std::string SourcesOf(CentreState to);

// What national registers say of an establishment. Never typed in by users.
struct Establishment {
  std::string urn;      // "" if it has none.
  std::string ukprn;    // "" if unknown.
  std::string laestab;  // "" if it has none.
  std::string title;
  std::string title_cy;                  // In Welsh, where a register has it.
  std::vector<std::string> other_names;  // Trading names, and titles of other registers; sorted.
  std::vector<std::string> address_lines;
  std::string town;
  std::string postcode;
  std::string kind;
  int age_low = 0;  // 0: unknown.
  int age_high = 0;
  std::optional<absl::CivilDay> open_date;
  std::optional<absl::CivilDay> close_date;
  std::string predecessor_urn;
  std::string successor_urn;
  bool closed = false;
  std::string region;
  std::string authority;
  std::string website;
  std::string reference;  // "further-education-college-uk:1", where there is no number.

  friend bool operator==(const Establishment&, const Establishment&) = default;
};

struct Centre {
  std::string id;  // "urn-100000": see CentreId.
  Establishment facts;
  CentreState state = CentreState::kApplied;
  std::string state_reason;
  absl::Time create_time;
  absl::Time update_time;
  std::int64_t version = 1;
  std::string merged_into;  // The id of the centre that it turned out to be.
};

// "urn-100000", else "ukprn-10000047", else "fec-1", else "laestab-6602130", else "".
std::string CentreId(const Establishment& facts);

// "ab-01h…": the awarding body's own, for a provider without a national number.
std::string OwnCentreId(std::string_view unique_id);

// True if `id` has a form that CentreId or OwnCentreId gives.
bool IsCentreId(std::string_view id);

enum class ApprovalState { kApplied, kApproved, kRefused, kWithdrawn, kSuspended, kLapsed };

std::string_view NameOf(ApprovalState state);
std::optional<ApprovalState> ApprovalStateOf(std::string_view name);
bool MayChange(ApprovalState from, ApprovalState to);

// A time in which an approval was suspended.
struct Suspension {
  absl::CivilDay first_day;
  std::optional<absl::CivilDay> end_day;  // First day in force again; absent: still suspended.

  friend bool operator==(const Suspension&, const Suspension&) = default;
};

// The versions of the rules that something was decided by.
struct RulesUsed {
  std::string policy;         // A qualification's number, or "default".
  int policy_version = 0;     // 0: the service's own values.
  int catalogue_version = 0;  // 0: as it ships.

  friend bool operator==(const RulesUsed&, const RulesUsed&) = default;
};

// Approval of a centre for a qualification.
struct QualificationApproval {
  std::string id;
  std::string centre;         // A Centre's id.
  std::string qualification;  // "3818-13"
  ApprovalState state = ApprovalState::kApplied;
  std::optional<absl::CivilDay> effective_date;  // First day in force.
  std::optional<absl::CivilDay> end_date;        // First day no longer in force.
  std::string state_reason;
  std::string fast_track_from;                       // Number; "" on the usual way (QUAL-7).
  std::optional<absl::CivilDay> answer_due_date;     // By when the application is answered.
  std::optional<absl::CivilDay> expire_date;         // First day no longer in force.
  std::optional<absl::CivilDay> first_use_due_date;  // Lapses then, unless it was used before.
  std::optional<absl::CivilDay> first_use_date;
  absl::Time create_time;
  absl::Time update_time;
  std::int64_t version = 1;
  std::optional<RulesUsed> applied_under;  // Absent: from before it was recorded.
  std::optional<RulesUsed> decided_under;
  std::vector<Suspension> suspensions;  // Oldest first; only where standing is asked.
};

// Whether a centre may act for a qualification on a day (QUAL-9), and if not, why.
enum class Standing {
  kInForce,
  kCentreNotApproved,
  kNoApproval,
  kNotYetEffective,
  kWithdrawn,
  kSuspended,
  kExpired,
  kNotUsedInTime
};

std::string_view ReasonOf(Standing standing);  // "" if in force, else "NO_APPROVAL" …

// `centre` is the centre's state on `day`, `approvals` all it ever had for the
// qualification. The most favourable approval decides.
Standing StandingOn(absl::CivilDay day, CentreState centre,
                    const std::vector<QualificationApproval>& approvals);

// The day on which an approval ends by itself: it expires, or was not used in time. nullopt: none.
std::optional<absl::CivilDay> LapseDay(const QualificationApproval& approval);

// Upper case with one space, "EC3A 5DE", if it has the form of a United Kingdom
// postcode; else as it came: schools abroad have others, or none.
std::string NormalPostcode(std::string_view text);
bool IsPostcode(std::string_view text);

}  // namespace assay::approval
