// How well two markers of the same work agree (MOD-15), from how often each pair of marks
// occurred: a million pairs are as many cells as there are different pairs of marks.
//
// Example:
//   PairTable table;
//   table.Add(7, 6, 12);  // Twelve times the first gave 7 and the second 6.
//   const Estimate kappa = Kappa(table, KappaWeights::kQuadratic).kappa;
#pragma once
#include <cstdint>
#include <vector>

#include "services/moderation/statistics/estimate.h"

namespace assay::moderation {

struct PairCell {
  double first = 0;
  double second = 0;
  std::int64_t count = 0;
};

struct PairTable {
  std::vector<PairCell> cells;
  std::int64_t pairs = 0;

  void Add(double first, double second, std::int64_t count = 1) {
    if (count <= 0) return;
    cells.push_back({first, second, count});
    pairs += count;
  }
};

// First less second, with Student's interval; no interval for fewer than two pairs.
Estimate MeanDifference(const PairTable& table, double confidence = kConfidence);

// The share of pairs that are the same.
Estimate ExactAgreement(const PairTable& table, double confidence = kConfidence);

// Cohen's kappa. Disagreement weighs 1 whatever its size, or as much as the difference of the
// marks, or as its square.
enum class KappaWeights { kNone, kLinear, kQuadratic };

struct KappaResult {
  Estimate kappa;  // Standard error of Fleiss, Cohen and Everitt (1969), normal interval.
  // Against no agreement beyond chance, with the standard error that holds if there is none.
  std::optional<double> z;
  std::optional<double> p;
};
// No value without pairs, or if chance alone makes both give the one same mark: then there is
// nothing that agreement could exceed.
KappaResult Kappa(const PairTable& table, KappaWeights weights, double confidence = kConfidence);

// Product moment correlation with Fisher's interval, and the rank correlation (equal marks share
// the mean rank) with Bonett and Wright's. No value if either marker gave all the same mark; no
// interval for fewer than four pairs or a correlation of 1 or -1.
Estimate Pearson(const PairTable& table, double confidence = kConfidence);
Estimate Spearman(const PairTable& table, double confidence = kConfidence);

}  // namespace assay::moderation
