// Acceptance sampling by attributes (MOD-2): the single sampling plans of MIL-STD-105E.
//
// The tables are kept as what generates them: from one code letter or quality level to the next
// a plan moves along a diagonal, and an arrow leads to the nearest plan.
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace assay::moderation {

enum class InspectionLevel { kS1, kS2, kS3, kS4, kI, kII, kIII };
inline constexpr int kInspectionLevels = 7;
std::string_view NameOf(InspectionLevel level);  // "S-1", "II"

enum class Inspection { kNormal, kTightened, kReduced };
inline constexpr int kInspections = 3;
std::string_view NameOf(Inspection inspection);  // "tightened"

// Thousandths: 1.5 is 1500. Those of the tables, ascending from 0.010 to 1000.
using Aql = std::int64_t;
std::span<const Aql> Aqls();

struct AcceptanceSampling {
  InspectionLevel level = InspectionLevel::kII;
  Inspection inspection = Inspection::kNormal;
  Aql aql = 1500;
};

std::vector<std::string> Contradictions(const AcceptanceSampling& design);

struct AcceptancePlan {
  char letter = 'A';        // Of the lot.
  std::int64_t size = 0;    // May be another letter's, and more than the lot holds.
  std::int64_t accept = 0;  // At most so many outside.
  // From so many on. Under reduced inspection there may be numbers between the two: the lot is
  // accepted, and the next one inspected normally.
  std::int64_t reject = 1;
};

// Of a lot of 2 or more; of smaller ones as of 2.
char CodeLetter(InspectionLevel level, std::int64_t lot);
// `aql` is one of Aqls().
AcceptancePlan PlanFor(const AcceptanceSampling& design, std::int64_t lot);

}  // namespace assay::moderation
