// Small tables of our own, worked by hand; published answers are in reference_test.cc.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "services/moderation/statistics/estimate.h"
#include "services/moderation/statistics/pairs.h"
#include "services/moderation/statistics/panel.h"

namespace assay::moderation {
namespace {

PairTable TableOf(std::vector<PairCell> cells) {
  PairTable table;
  for (const PairCell& cell : cells) table.Add(cell.first, cell.second, cell.count);
  return table;
}

// Wilson (1927): 0 of 10 reaches up to z^2 / (10 + z^2); 5 of 10 lies about the middle.
TEST(ShareTest, HasWilsonsInterval) {
  const double z2 = 1.959963984540054 * 1.959963984540054;
  const Estimate none = Share(0, 10);
  EXPECT_EQ(*none.value, 0);
  EXPECT_EQ(none.interval->low, 0);
  EXPECT_NEAR(none.interval->high, z2 / (10 + z2), 1e-12);
  const Estimate all = Share(10, 10);
  EXPECT_NEAR(all.interval->low, 10 / (10 + z2), 1e-12);
  EXPECT_EQ(all.interval->high, 1);
  const Estimate half = Share(5, 10);
  EXPECT_NEAR(half.interval->low + half.interval->high, 1, 1e-12);
  EXPECT_FALSE(Share(0, 0).value.has_value());
}

// Differences 1 2 3: mean 2, variance 1, standard error 1 / sqrt(3); t(.975, 2) = 4.302653.
TEST(MeanDifferenceTest, HasStudentsInterval) {
  const Estimate mean = MeanDifference(TableOf({{5, 4, 1}, {7, 5, 1}, {3, 0, 1}}));
  EXPECT_DOUBLE_EQ(*mean.value, 2);
  EXPECT_NEAR(*mean.standard_error, 1 / std::sqrt(3), 1e-12);
  EXPECT_NEAR(mean.interval->low, 2 - 4.302653 / std::sqrt(3), 1e-6);
  const Estimate one = MeanDifference(TableOf({{5, 4, 1}}));
  EXPECT_DOUBLE_EQ(*one.value, 1);
  EXPECT_FALSE(one.interval.has_value());
  EXPECT_FALSE(MeanDifference({}).value.has_value());
}

// Of 50, both say 1 twenty times and 2 fifteen times; 5 and 10 are split. By hand: observed .7,
// by chance .5 * .6 + .5 * .4 = .5, kappa .4.
TEST(KappaTest, AgreesWithATableWorkedByHand) {
  const PairTable table = TableOf({{1, 1, 20}, {1, 2, 5}, {2, 1, 10}, {2, 2, 15}});
  for (const KappaWeights weights :
       {KappaWeights::kNone, KappaWeights::kLinear, KappaWeights::kQuadratic}) {
    const KappaResult result = Kappa(table, weights);
    EXPECT_NEAR(*result.kappa.value, .4, 1e-12);
    // By hand: sum of p (w - (w_i. + w_.j)(1 - k))^2 = .4 (1 - 1.1*.6)^2 + .3 (1 - .9*.6)^2 +
    // .1 (.9*.6)^2... with means .6, .4 (of second) and .5 (of first), less (.4 - .5*.6)^2.
    const double sum = .4 * std::pow(1 - (.6 + .5) * .6, 2) + .1 * std::pow(-(.6 + .5) * .6, 2) +
                       .2 * std::pow(-(.4 + .5) * .6, 2) + .3 * std::pow(1 - (.4 + .5) * .6, 2);
    EXPECT_NEAR(*result.kappa.standard_error, std::sqrt((sum - .01) / (50 * .25)), 1e-12);
  }
}

// Three categories, weights by distance: observed linear disagreement (1 + 2 + 1) / 10, shares
// .4 .3 .3 of the first and .3 .3 .4 of the second.
TEST(KappaTest, WeighsByTheDistanceOfMarks) {
  const PairTable ten = TableOf({{0, 0, 2}, {1, 1, 2}, {2, 2, 3}, {0, 1, 1}, {0, 2, 1}, {1, 0, 1}});
  const double observed = (1 + 2 + 1) / 10.0;
  const double chance = .4 * (.3 * 1 + .4 * 2) + .3 * (.3 + .4) + .3 * (.3 * 2 + .3 * 1);
  EXPECT_NEAR(*Kappa(ten, KappaWeights::kLinear).kappa.value, 1 - observed / chance, 1e-12);
  const double squares = (1 + 4 + 1) / 10.0;
  const double squares_chance = .4 * (.3 * 1 + .4 * 4) + .3 * (.3 + .4) + .3 * (.3 * 4 + .3 * 1);
  EXPECT_NEAR(*Kappa(ten, KappaWeights::kQuadratic).kappa.value, 1 - squares / squares_chance,
              1e-12);
}

// The sums that spare visiting each cell of the two margins against visiting them all.
TEST(KappaTest, IsTheSameAsTheDoubleSumOverAllCategories) {
  std::mt19937 chance(5);
  for (int round = 0; round < 50; ++round) {
    const int marks = 2 + static_cast<int>(chance() % 12);
    PairTable table;
    std::vector<std::vector<double>> p(marks, std::vector<double>(marks, 0));
    for (int i = 0; i < 200; ++i) {
      const int x = static_cast<int>(chance() % marks);
      const int y = std::clamp(x + static_cast<int>(chance() % 5) - 2, 0, marks - 1);
      table.Add(x, y);
      p[x][y] += 1.0 / 200;
    }
    p[0][0] += 1e-300;  // Keeps both ends among the categories whatever was drawn.
    const auto weight = [&](int power, int i, int j) {
      return 1 - std::pow(std::abs(i - j), power) / std::pow(marks - 1, power);
    };
    std::vector<double> row(marks, 0), column(marks, 0);
    for (int i = 0; i < marks; ++i) {
      for (int j = 0; j < marks; ++j) {
        row[i] += p[i][j];
        column[j] += p[i][j];
      }
    }
    if (row[0] + column[0] < 1e-6 || row[marks - 1] + column[marks - 1] < 1e-6) continue;
    for (const auto& [weights, power] :
         {std::pair{KappaWeights::kLinear, 1}, {KappaWeights::kQuadratic, 2}}) {
      double observed = 0, expected = 0, null = 0, variance = 0;
      std::vector<double> of_row(marks, 0), of_column(marks, 0);
      for (int i = 0; i < marks; ++i) {
        for (int j = 0; j < marks; ++j) {
          observed += p[i][j] * weight(power, i, j);
          expected += row[i] * column[j] * weight(power, i, j);
          of_row[i] += column[j] * weight(power, i, j);
          of_column[j] += row[i] * weight(power, i, j);
        }
      }
      const double kappa = (observed - expected) / (1 - expected);
      for (int i = 0; i < marks; ++i) {
        for (int j = 0; j < marks; ++j) {
          const double means = of_row[i] + of_column[j];
          variance += p[i][j] * std::pow(weight(power, i, j) - means * (1 - kappa), 2);
          null += row[i] * column[j] * std::pow(weight(power, i, j) - means, 2);
        }
      }
      variance -= std::pow(kappa - expected * (1 - kappa), 2);
      null -= expected * expected;
      const double scale = 200 * std::pow(1 - expected, 2);
      const KappaResult result = Kappa(table, weights);
      EXPECT_NEAR(*result.kappa.value, kappa, 1e-9);
      EXPECT_NEAR(*result.kappa.standard_error, std::sqrt(variance / scale), 1e-9);
      EXPECT_NEAR(*result.z, kappa / std::sqrt(null / scale), 1e-6);
    }
  }
}

TEST(KappaTest, NothingVariesAndThereIsNothingToExceed) {
  EXPECT_FALSE(Kappa({}, KappaWeights::kNone).kappa.value.has_value());
  EXPECT_FALSE(Kappa(TableOf({{3, 3, 9}}), KappaWeights::kQuadratic).kappa.value.has_value());
  // Each always gives another mark: as far apart as chance has them.
  EXPECT_DOUBLE_EQ(*Kappa(TableOf({{3, 4, 9}}), KappaWeights::kQuadratic).kappa.value, 0);
  EXPECT_DOUBLE_EQ(*Kappa(TableOf({{3, 3, 9}, {4, 4, 2}}), KappaWeights::kNone).kappa.value, 1);
}

// x 1 2 3, y 2 1 3: r = .5 by hand, marks and ranks alike.
TEST(CorrelationTest, AgreesWithTheTextbookAndNeedsVariance) {
  const PairTable table = TableOf({{1, 2, 1}, {2, 1, 1}, {3, 3, 1}});
  EXPECT_NEAR(*Pearson(table).value, .5, 1e-12);
  EXPECT_NEAR(*Spearman(table).value, .5, 1e-12);
  EXPECT_FALSE(Pearson(table).interval.has_value());
  // Equal marks share ranks: x 1.5 1.5 3, y 1 2 3: 1.5 / sqrt(1.5 * 2).
  const PairTable tied = TableOf({{5, 1, 1}, {5, 2, 1}, {9, 3, 1}});
  EXPECT_NEAR(*Spearman(tied).value, 1.5 / std::sqrt(3), 1e-12);
  EXPECT_FALSE(Pearson(TableOf({{5, 1, 1}, {5, 2, 1}})).value.has_value());
  EXPECT_FALSE(Spearman({}).value.has_value());
  // Fisher: 28 pairs of r = .5 (the three above nine times and one in the middle).
  PairTable many = TableOf({{1, 2, 9}, {2, 1, 9}, {3, 3, 9}, {2, 2, 1}});
  const double width = 1.959963984540054 / 5;
  EXPECT_NEAR(Pearson(many).interval->low, std::tanh(std::atanh(.5) - width), 1e-9);
}

// Rows (1, 3), (5, 7): grand mean 4, work 2 * (2^2 + 2^2) = 16, markers 2 * (1 + 1) = 4, error 0.
TEST(IntraclassTest, AgreesWithATableWorkedByHand) {
  const Intraclass icc = IntraclassCorrelations(Ratings{{1, 3}, {5, 7}});
  // One way: between 16 / 1, within 4 / 2: (16 - 2) / (16 + 2).
  EXPECT_NEAR(*icc.one_way.single.value, 14.0 / 18, 1e-12);
  EXPECT_NEAR(*icc.one_way.average.value, 14.0 / 16, 1e-12);
  // Two way: 16 / (16 + 2 * 4 / 2) and 1.
  EXPECT_NEAR(*icc.agreement.single.value, 16.0 / 20, 1e-12);
  EXPECT_NEAR(*icc.consistency.single.value, 1, 1e-12);
  EXPECT_FALSE(icc.consistency.single.interval.has_value());
}

TEST(IntraclassTest, CountsOfPairsGiveTheSameAsTheirRows) {
  std::mt19937 chance(3);
  Ratings rows;
  PairTable table;
  for (int i = 0; i < 40; ++i) {
    const double x = static_cast<double>(chance() % 10), y = x + static_cast<double>(chance() % 4);
    rows.push_back({x, y});
    table.Add(x, y);
  }
  const Intraclass a = IntraclassCorrelations(rows), b = IntraclassCorrelations(table);
  for (const auto form : {&Intraclass::one_way, &Intraclass::agreement, &Intraclass::consistency}) {
    EXPECT_NEAR(*(a.*form).single.value, *(b.*form).single.value, 1e-9);
    EXPECT_NEAR((a.*form).single.interval->low, (b.*form).single.interval->low, 1e-9);
    EXPECT_NEAR((a.*form).average.interval->high, (b.*form).average.interval->high, 1e-9);
  }
}

TEST(IntraclassTest, GapsAndNothingToExplainHaveAnswers) {
  // Rows with a gap count one way only; a row with one mark says nothing.
  const Intraclass gaps =
      IntraclassCorrelations(Ratings{{1, 2, std::nullopt}, {4, 5, 6}, {7, 9, 8}, {3, {}, {}}});
  EXPECT_EQ(gaps.work, 3);
  EXPECT_EQ(gaps.complete, 2);
  EXPECT_NEAR(gaps.markers, (8 - 22.0 / 8) / 2, 1e-12);
  EXPECT_TRUE(gaps.one_way.single.value.has_value());
  for (const Ratings& ratings :
       {Ratings{}, Ratings{{1, 2}}, Ratings{{3, 3}, {3, 3}}, Ratings{{1}, {2}}}) {
    const Intraclass icc = IntraclassCorrelations(ratings);
    EXPECT_FALSE(icc.one_way.single.value.has_value());
    EXPECT_FALSE(icc.agreement.single.value.has_value());
    EXPECT_FALSE(icc.consistency.single.value.has_value());
  }
  const Intraclass same = IntraclassCorrelations(Ratings{{1, 1}, {5, 5}, {9, 9}});
  EXPECT_DOUBLE_EQ(*same.agreement.single.value, 1);
  EXPECT_DOUBLE_EQ(*same.one_way.average.value, 1);
}

// Two rows of three markers: (3, 0) and (1, 2). Observed (1 + 1/3) / 2 = 2/3, shares 2/3 and 1/3,
// by chance 5/9: kappa (6/9 - 5/9) / (4/9) = .25.
TEST(FleissKappaTest, AgreesWithATableWorkedByHand) {
  const std::vector<std::vector<std::int64_t>> counts = {{3, 0}, {1, 2}};
  const FleissResult result = FleissKappa(counts);
  EXPECT_NEAR(*result.kappa.value, .25, 1e-12);
  const std::vector<std::vector<std::int64_t>> with_gaps = {{3, 0}, {1, 2}, {1, 0}, {0, 0}};
  EXPECT_NEAR(*FleissKappa(with_gaps).kappa.value, .25, 1e-12);
  EXPECT_EQ(FleissKappa(with_gaps).work, 2);
  const std::vector<std::vector<std::int64_t>> one = {{3, 0}, {4, 0}};
  EXPECT_FALSE(FleissKappa(one).kappa.value.has_value());
  EXPECT_FALSE(FleissKappa({}).kappa.value.has_value());
  const std::vector<std::vector<std::int64_t>> perfect = {{3, 0}, {0, 3}};
  EXPECT_DOUBLE_EQ(*FleissKappa(perfect).kappa.value, 1);
}

}  // namespace
}  // namespace assay::moderation
