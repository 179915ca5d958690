// A number that was computed from data, and how sure it is (MOD-15).
//
// Every statistic of this folder answers with an Estimate, also where the data do not allow one:
// it then has no value, and where they allow a value and no more, no interval.
#pragma once
#include <cstdint>
#include <optional>

namespace assay::moderation {

struct Interval {
  double low = 0;
  double high = 0;
};

struct Estimate {
  std::optional<double> value;
  std::optional<double> standard_error;
  std::optional<Interval> interval;  // At the confidence that was asked for.
};

inline constexpr double kConfidence = .95;

// The quantiles that intervals are made of, `p` in (0, 1).
double NormalQuantile(double p);
double StudentQuantile(double p, double freedom);
double FisherQuantile(double p, double freedom1, double freedom2);
// The probability of a value at least as far from 0 (above `f` for Fisher's).
double NormalTwoSided(double z);
double FisherAbove(double f, double freedom1, double freedom2);

// `hits` of `count`, with Wilson's score interval, which stays inside 0 and 1 and is honest for
// small counts and for shares of 0 and 1. No value if the count is 0.
Estimate Share(std::int64_t hits, std::int64_t count, double confidence = kConfidence);

}  // namespace assay::moderation
