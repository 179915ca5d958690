// Published answers (MOD-15): every row of reference_values/expected.csv, and the scripts that
// were marked twice. Skips itself where the data are not.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <fstream>
#include <map>
#include <string>
#include <utility>

#include "services/moderation/statistics/pairs.h"
#include "services/moderation/statistics/panel.h"

namespace assay::moderation {
namespace {

using Row = std::vector<std::string>;

// Rows of a file with commas and quotes; none if it cannot be read.
std::vector<Row> Rows(const std::string& path) {
  std::vector<Row> rows;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    Row row(1);
    bool quoted = false;
    for (const char c : line) {
      if (c == '"') {
        quoted = !quoted;
      } else if (c == ',' && !quoted) {
        row.emplace_back();
      } else if (c != '\r') {
        row.back() += c;
      }
    }
    rows.push_back(std::move(row));
  }
  return rows;
}

// As many digits as the text shows decide how near is near enough.
void ExpectPrinted(const std::string& printed, double value, const std::string& what) {
  if (printed.empty()) return;
  const std::size_t point = printed.find('.');
  const std::size_t digits = point == printed.npos ? 0 : printed.size() - point - 1;
  EXPECT_NEAR(value, std::stod(printed), .5001 * std::pow(10, -static_cast<double>(digits)))
      << what;
}

class ReferenceTest : public ::testing::Test {
 protected:
  void SetUp() override {
    const char* data = std::getenv("ASSAY_DATA");
    if (data == nullptr) GTEST_SKIP() << "ASSAY_DATA does not say where the data are";
    data_ = data;
  }

  // One row of expected.csv against what we compute.
  void Check(const Row& row) {
    const std::string& statistic = row[1];
    const std::string what = row[0] + " " + statistic + " " + row[2];
    if (statistic == "cohen_kappa") {
      const auto weights =
          row[2].starts_with("linear") ? KappaWeights::kLinear : KappaWeights::kNone;
      CheckKappa(Kappa(Square(row[0]), weights), row, what);
    } else if (statistic == "fleiss_kappa") {
      const std::string name =
          row[0].find("1971") != row[0].npos ? "fleiss_1971_counts" : "fleiss_wikipedia_counts";
      const FleissResult result = FleissKappa(Counts(name));
      ExpectPrinted(row[3], *result.kappa.value, what);
      ExpectPrinted(row[10], *result.kappa.value, what);
      ExpectPrinted(row[5], *result.z, what);
      if (!row[6].empty()) EXPECT_LT(*result.p, 1e-12);
    } else {
      CheckIntraclass(row, what);
    }
  }

  void CheckKappa(const KappaResult& result, const Row& row, const std::string& what) {
    ExpectPrinted(row[3], *result.kappa.value, what);
    ExpectPrinted(row[4], *result.kappa.standard_error, what);
    ExpectPrinted(row[5], *result.z, what);
    ExpectPrinted(row[6], *result.p, what);
    ExpectPrinted(row[7], result.kappa.interval->low, what);
    ExpectPrinted(row[8], result.kappa.interval->high, what);
    ExpectPrinted(row[10], *result.kappa.value, what);
  }

  void CheckIntraclass(const Row& row, const std::string& what) {
    Ratings ratings;
    const std::vector<Row> table = Rows(data_ + "/reference_values/" + row[0] + ".csv");
    for (std::size_t i = 1; i < table.size(); ++i) {
      auto& marks = ratings.emplace_back();
      for (std::size_t j = 1; j < table[i].size(); ++j) marks.push_back(std::stod(table[i][j]));
    }
    const Intraclass icc = IntraclassCorrelations(ratings);
    const std::map<std::string, std::pair<const IntraclassForm*, bool>> forms = {
        {"ICC1", {&icc.one_way, false}},     {"ICC2", {&icc.agreement, false}},
        {"ICC3", {&icc.consistency, false}}, {"ICC1k", {&icc.one_way, true}},
        {"ICC2k", {&icc.agreement, true}},   {"ICC3k", {&icc.consistency, true}}};
    const auto& [form, average] = forms.at(row[1]);
    const Estimate& estimate = average ? form->average : form->single;
    ExpectPrinted(row[3], *estimate.value, what);
    ExpectPrinted(row[5], form->f, what);
    ExpectPrinted(row[7], estimate.interval->low, what);
    ExpectPrinted(row[8], estimate.interval->high, what);
    ExpectPrinted(row[10], *estimate.value, what);
  }

  PairTable Square(const std::string& name) {
    PairTable table;
    const std::vector<Row> rows = Rows(data_ + "/reference_values/" + name + ".csv");
    for (std::size_t i = 1; i < rows.size(); ++i) {
      for (std::size_t j = 0; j < rows[i].size(); ++j) {
        table.Add(static_cast<double>(i), static_cast<double>(j + 1), std::stoll(rows[i][j]));
      }
    }
    return table;
  }

  std::vector<std::vector<std::int64_t>> Counts(const std::string& name) {
    std::vector<std::vector<std::int64_t>> counts;
    const std::vector<Row> rows = Rows(data_ + "/reference_values/" + name + ".csv");
    for (std::size_t i = 1; i < rows.size(); ++i) {
      auto& row = counts.emplace_back();
      for (const std::string& cell : rows[i]) row.push_back(std::stoll(cell));
    }
    return counts;
  }

  std::string data_;
};

TEST_F(ReferenceTest, EveryPublishedAnswerIsOurs) {
  const std::vector<Row> expected = Rows(data_ + "/reference_values/expected.csv");
  ASSERT_EQ(expected.size(), 11u);
  for (std::size_t i = 1; i < expected.size(); ++i) Check(expected[i]);
}

// Rater 1 as the centre, rater 2 as the moderator; the figures stand in the data's index.
TEST_F(ReferenceTest, ScriptsMarkedTwiceAgreeAsPublished) {
  std::map<std::string, PairTable> sets;
  const std::vector<Row> rows = Rows(data_ + "/double_marked/asap_sets_1_2_3_7.csv");
  ASSERT_EQ(rows.size(), 6879u);
  for (std::size_t i = 1; i < rows.size(); ++i) {
    sets[rows[i][1]].Add(std::stod(rows[i][2]), std::stod(rows[i][3]));
  }
  for (const auto& [set, exact, kappa] : {std::tuple{"1", ".653", ".721"},
                                          {"2", ".783", ".814"},
                                          {"3", ".749", ".769"},
                                          {"7", ".292", ".721"}}) {
    const PairTable& table = sets[set];
    ExpectPrinted(exact, *ExactAgreement(table).value, set);
    const KappaResult result = Kappa(table, KappaWeights::kQuadratic);
    ExpectPrinted(kappa, *result.kappa.value, set);
    EXPECT_LT(result.kappa.interval->low, *result.kappa.value);
    EXPECT_GT(result.kappa.interval->high, *result.kappa.value);
    // With the raters' levels alike, quadratic kappa and ICC(2,1) are all but the same.
    EXPECT_NEAR(*IntraclassCorrelations(table).agreement.single.value, *result.kappa.value, .001);
  }
}

// 4,170 pieces of work by the data's index, of 43 raters of whom each marked some.
TEST_F(ReferenceTest, APanelWithGapsIsMeasured) {
  std::map<std::string, std::vector<std::optional<double>>> work;
  for (const Row& row : Rows(data_ + "/double_marked/immer_immer04a.csv")) {
    if (row.size() < 7 || row[0] == "idstud") continue;
    work[row[0] + " " + row[1]].push_back(std::stod(row[3]));
  }
  Ratings ratings;
  for (auto& [name, marks] : work) ratings.push_back(std::move(marks));
  const Intraclass icc = IntraclassCorrelations(ratings);
  EXPECT_EQ(icc.work, 4170);
  ASSERT_TRUE(icc.one_way.single.interval.has_value());
  // From a second implementation of the unbalanced analysis of variance.
  EXPECT_NEAR(icc.markers, 2.4218886, 1e-7);
  EXPECT_NEAR(*icc.one_way.single.value, .7617605, 1e-7);
  EXPECT_GT(icc.one_way.single.interval->low, .7);
  EXPECT_LT(icc.one_way.single.interval->high, 1);
}

// The criterion k1, 0 to 3, of 135 students; empty cells are no marks.
TEST_F(ReferenceTest, CategoriesOfAPanelAreMeasured) {
  std::map<std::string, std::vector<std::int64_t>> work;
  for (const Row& row : Rows(data_ + "/double_marked/sirt_ratings1.csv")) {
    if (row.size() < 3 || row[0] == "idstud" || row[2].empty()) continue;
    auto& counts = work.try_emplace(row[0], std::vector<std::int64_t>(4, 0)).first->second;
    ++counts.at(std::stoul(row[2]));
  }
  EXPECT_EQ(work.size(), 135u);
  std::vector<std::vector<std::int64_t>> counts;
  for (auto& [student, row] : work) counts.push_back(std::move(row));
  const FleissResult result = FleissKappa(counts);
  ASSERT_TRUE(result.kappa.interval.has_value());
  // From a second implementation; 46 students have two raters or more.
  EXPECT_EQ(result.work, 46);
  EXPECT_NEAR(*result.kappa.value, .2105081, 1e-7);
  EXPECT_LT(*result.kappa.value, 1);
}

}  // namespace
}  // namespace assay::moderation
