// Agreement statistics and residuals as clients get them, and adjustment by every method from
// the sample to the results.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include "absl/strings/str_split.h"
#include "assay/moderation/v1/agreement_service.pb.h"
#include "services/moderation/testing/moderation_fixture.h"

namespace assay::moderation {
namespace {

using platform::testing::IsError;
using platform::testing::IsOk;
using testing::Code;
using ::testing::ElementsAre;
using testing::kComponent;
using ::testing::SizeIs;

class AgreementTest : public testing::ModerationTest {
 protected:
  absl::StatusOr<v1::ListAgreementsResponse> Agreements(
      const std::string& token, v1::AgreementGrouping by = v1::AGREEMENT_GROUPING_SERIES,
      std::function<void(v1::ListAgreementsRequest&)> change = [](auto&) {}) {
    v1::ListAgreementsRequest request;
    request.set_parent("series/summer-2026");
    request.set_by(by);
    change(request);
    return Call<v1::ListAgreementsResponse>("AgreementService/ListAgreements", request, token);
  }
  absl::StatusOr<v1::ListResidualsResponse> Residuals(const std::string& name,
                                                      const std::string& token) {
    v1::ListResidualsRequest request;
    request.set_parent(name);
    return Call<v1::ListResidualsResponse>("AgreementService/ListResiduals", request, token);
  }
  void UsePolicy(const std::string& policy) {
    MakeComponent([&](v1::Component& c) { c.set_adjustment_policy(policy); });
  }
};

// MOD-11 from end to end: the whole cohort moves, in order, within its range, zero at zero.
TEST_F(AgreementTest, AStructuralLineMovesTheWholeCohortAndItsResidualsAreKept) {
  UsePolicy("structural");
  const std::string name = Allocated(60);
  const auto meaner = [](const std::string& number) { return std::max(MarkOf(number) - 6, 0); };
  MarkDue(name, meaner);
  ASSERT_EQ(Judge(name)->action(), v1::ACTION_MARK_STAGE_2);
  // MOD-9: while it is open, whoever moderates it sees no residual; nor does the centre.
  EXPECT_THAT(Residuals(name, moderator_), IsError(Code::kNotFound, kJudgementNotFound));
  EXPECT_THAT(Residuals(name, centre_), IsError(Code::kNotFound, kJudgementNotFound));
  EXPECT_THAT(Residuals(name, stranger_), IsError(Code::kNotFound, kSubmissionNotFound));
  MarkDue(name, meaner);
  const auto judged = Judge(name);
  ASSERT_THAT(judged, IsOk());
  EXPECT_EQ(judged->action(), v1::ACTION_ADJUSTED);
  EXPECT_EQ(judged->method(), "structural");
  EXPECT_EQ(judged->adjustment_policy_version(), "structural@1");
  EXPECT_NEAR(judged->line().slope(), 1, .1);
  const auto residuals = Residuals(name, moderator_);
  ASSERT_THAT(residuals, IsOk());
  EXPECT_EQ(residuals->residuals_size(), judged->judged_count());
  double sum = 0;
  for (const v1::ResidualMark& r : residuals->residuals()) {
    EXPECT_EQ(r.centre_mark(), MarkOf(r.candidate()));
    EXPECT_EQ(r.moderator_mark(), meaner(r.candidate()));
    EXPECT_NEAR(
        r.residual(),
        r.moderator_mark() - judged->line().intercept() - judged->line().slope() * r.centre_mark(),
        1e-6);
    sum += r.residual();
  }
  EXPECT_NEAR(sum, 0, 1e-6);
  EXPECT_THAT(Residuals(name, centre_), IsError(Code::kNotFound, kJudgementNotFound));
  ASSERT_THAT(Release(name), IsOk());
  EXPECT_THAT(Residuals(name, centre_), IsOk());
}

TEST_F(AgreementTest, BandsMoveTheirMarksAndAreTold) {
  UsePolicy("band-wise");
  const std::string name = Allocated(60);
  // Generous at the bottom and right at the top: every band moves by another number.
  const auto bent = [](const std::string& number) {
    const int mark = MarkOf(number);
    return mark < 24 ? std::max(mark - 6, 0) : mark < 36 ? mark - 5 : mark < 48 ? mark - 2 : mark;
  };
  MarkDue(name, bent);
  auto judged = Judge(name);
  ASSERT_THAT(judged, IsOk());
  if (!judged->final()) {
    MarkDue(name, bent);
    judged = Judge(name);
  }
  ASSERT_EQ(judged->action(), v1::ACTION_ADJUSTED) << judged->explanation();
  EXPECT_EQ(judged->method(), "band-wise");
  EXPECT_FALSE(judged->has_line());
  ASSERT_GE(judged->bands_size(), 2);
  EXPECT_EQ(judged->bands(0).from_mark(), 0);
  std::map<double, double> results;
  for (const auto answer = Results(name, officer_); const v1::Result& result : answer->results()) {
    EXPECT_EQ(result.basis(), "ADJUSTED");
    results[result.centre_mark()] = result.final_mark();
  }
  double last = 0;
  for (const auto& [before, after] : results) {
    double shift = 0;
    for (const v1::Band& band : judged->bands()) {
      if (band.from_mark() <= before) shift = band.shift();
    }
    EXPECT_NEAR(after, std::clamp(before + shift, 0.0, 60.0), .5 + 1e-9) << before;
    EXPECT_GE(after, last);
    last = after;
  }
}

// MOD-11: bands do not adjust what centre and moderator order differently.
TEST_F(AgreementTest, WithoutACommonOrderBandsEndWithAllWorkCalledIn) {
  UsePolicy("band-wise");
  const std::string name = Allocated(60);
  const auto reversed = [](const std::string& number) { return 60 - MarkOf(number); };
  std::vector<v1::Action> actions;
  for (int round = 0; round < 4; ++round) {
    MarkDue(name, reversed);
    actions.push_back(Judge(name)->action());
  }
  EXPECT_THAT(actions, ElementsAre(v1::ACTION_MARK_STAGE_2, v1::ACTION_EXTEND_SAMPLE,
                                   v1::ACTION_CALL_IN_ALL, v1::ACTION_MODERATOR_MARKS_STAND));
  for (const auto answer = Results(name, officer_); const v1::Result& result : answer->results()) {
    EXPECT_EQ(result.final_mark(), 60 - result.centre_mark());
  }
}

// MOD-15: each of the groupings, by whoever may know.
TEST_F(AgreementTest, IsListedBySeriesComponentCentreModeratorAndAssessor) {
  MakeComponent();
  EXPECT_EQ(Agreements(officer_)->agreements_size(), 0);
  const std::string name = Allocated(60);
  MarkDue(name, [](const std::string& number) { return std::max(MarkOf(number) - 1, 0); });
  for (const auto by : {v1::AGREEMENT_GROUPING_SERIES, v1::AGREEMENT_GROUPING_COMPONENT,
                        v1::AGREEMENT_GROUPING_CENTRE, v1::AGREEMENT_GROUPING_MODERATOR}) {
    const auto listed = Agreements(officer_, by);
    ASSERT_THAT(listed, IsOk());
    ASSERT_THAT(listed->agreements(), SizeIs(1)) << by;
    const v1::Agreement& agreement = listed->agreements(0);
    EXPECT_EQ(agreement.pair_count(), 6);
    EXPECT_EQ(agreement.unit(), v1::MARK_UNIT_MARKS);
    EXPECT_NEAR(agreement.mean_difference().value(), 1, 1e-12);
    EXPECT_EQ(agreement.exact_agreement().value(), 0);
    EXPECT_EQ(agreement.tolerance_agreement().value(), 1);
    EXPECT_NEAR(agreement.spearman().value(), 1, 1e-12);
    EXPECT_NEAR(agreement.icc_consistency().value(), 1, 1e-9);
    EXPECT_LT(agreement.icc_agreement().value(), 1);
    EXPECT_LT(agreement.quadratic_kappa().value(), 1);
  }
  EXPECT_EQ(Agreements(officer_, v1::AGREEMENT_GROUPING_COMPONENT)->agreements(0).component(),
            kComponent);
  EXPECT_EQ(Agreements(officer_, v1::AGREEMENT_GROUPING_CENTRE)->agreements(0).centre(),
            "centres/urn-1");
  EXPECT_EQ(
      Agreements(officer_, v1::AGREEMENT_GROUPING_MODERATOR)->agreements(0).moderator_subject(),
      "users/mod");

  // Page by page the same assessors, and their pairs are all pairs.
  std::vector<std::string> assessors;
  std::int64_t pairs = 0;
  std::string token;
  do {
    const auto page = Agreements(officer_, v1::AGREEMENT_GROUPING_ASSESSOR, [&](auto& request) {
      request.set_page_size(1);
      request.set_page_token(token);
    });
    ASSERT_THAT(page, IsOk());
    for (const v1::Agreement& agreement : page->agreements()) {
      EXPECT_EQ(agreement.centre(), "centres/urn-1");
      assessors.push_back(agreement.assessor());
      pairs += agreement.pair_count();
    }
    token = page->next_page_token();
  } while (!token.empty());
  EXPECT_FALSE(assessors.empty());
  EXPECT_TRUE(std::is_sorted(assessors.begin(), assessors.end()));
  EXPECT_EQ(pairs, 6);
}

// A moderator has what they marked themselves; nobody reads on work they hold what another gave.
TEST_F(AgreementTest, ShowsModeratorsTheirOwnMarksOnly) {
  MakeComponent();
  const std::string name = Allocated(60);
  MarkDue(name, [](const std::string& number) { return MarkOf(number); });
  EXPECT_THAT(Agreements(moderator_)->agreements(), SizeIs(1));
  const std::string other = service_.Token({.subject = "users/other", .roles = {"moderator"}});
  EXPECT_THAT(Agreements(other)->agreements(), SizeIs(0));
  const std::string abroad =
      service_.Token({.tenant = "tenant-b", .subject = "users/x", .roles = {"quality"}});
  EXPECT_THAT(Agreements(abroad), IsError(Code::kNotFound, kSeriesNotFound));
  EXPECT_THAT(Agreements(centre_), IsError(Code::kPermissionDenied, "ROLE_NOT_ALLOWED"));
  // A portal that acts for a centre sees it once it is released.
  const std::string portal =
      service_.Token({.subject = "portals/p", .roles = {"portal"}, .centre = "centres/urn-1"});
  EXPECT_THAT(Agreements(portal)->agreements(), SizeIs(0));
  // A lead moderator who takes it over does not learn the marks through the other's.
  const auto lead = MakeModerator("users/lead");
  ASSERT_THAT(lead, IsOk());
  ASSERT_THAT(Allocate(name, lead->name()), IsOk());
  const std::string lead_token =
      service_.Token({.subject = "users/lead", .roles = {"lead_moderator"}});
  EXPECT_THAT(Agreements(lead_token)->agreements(), SizeIs(0));
  EXPECT_THAT(Agreements(officer_)->agreements(), SizeIs(1));
}

TEST_F(AgreementTest, BadQuestionsAreToldApart) {
  MakeComponent();
  EXPECT_THAT(Agreements(officer_, v1::AGREEMENT_GROUPING_SERIES,
                         [](auto& r) { r.set_parent("series/other"); }),
              IsError(Code::kNotFound, kSeriesNotFound));
  EXPECT_THAT(Agreements(officer_, v1::AGREEMENT_GROUPING_SERIES,
                         [](auto& r) { r.set_component("series/summer-2026/components/x"); }),
              IsError(Code::kNotFound, kComponentNotFound));
  EXPECT_THAT(Agreements(officer_, v1::AGREEMENT_GROUPING_SERIES,
                         [](auto& r) { r.set_component("series/other/components/x"); }),
              IsError(Code::kInvalidArgument, "FIELD_INVALID"));
  EXPECT_THAT(Agreements(officer_, static_cast<v1::AgreementGrouping>(99)),
              IsError(Code::kInvalidArgument, "FIELD_INVALID"));
}

// Scripts that two raters marked, through the running service: the first 250 of set 1, rater 1 as
// the centre, all of them called in. What is expected is computed from the same rows by hand.
TEST_F(AgreementTest, MeasuresRealScripts) {
  const char* data = std::getenv("ASSAY_DATA");
  if (data == nullptr) GTEST_SKIP() << "ASSAY_DATA does not say where the data are";
  std::ifstream file(std::string(data) + "/double_marked/asap_sets_1_2_3_7.csv");
  std::string csv = "candidate,mark\n";
  std::map<std::string, int> second;
  int same = 0;
  for (std::string line; std::getline(file, line) && second.size() < 250;) {
    const std::vector<std::string> fields = absl::StrSplit(line, ',');
    if (fields[1] != "1") continue;
    csv += "e" + fields[0] + "," + fields[2] + "\n";
    second["e" + fields[0]] = std::stoi(fields[3]);
    same += fields[2] == fields[3] ? 1 : 0;
  }
  ASSERT_EQ(second.size(), 250u);
  MakeComponent([](v1::Component& c) { c.set_mark_max(6); });
  const std::string name = Open()->name();
  ASSERT_THAT(Import(name, csv), IsOk());
  ASSERT_THAT(Submit(name), IsOk());
  ASSERT_THAT(Draw(name), IsOk());
  ASSERT_THAT(MakeModerator("users/mod"), IsOk());
  ASSERT_THAT(Allocate(name), IsOk());
  std::int64_t marked = 0;
  for (bool more = true; more;) {
    MarkDue(name, [&](const std::string& candidate) { return second.at(candidate); });
    const auto judged = Judge(name);
    ASSERT_THAT(judged, IsOk());
    marked = judged->judged_count();
    more = !judged->final();
  }
  const auto listed = Agreements(officer_);
  ASSERT_THAT(listed, IsOk());
  const v1::Agreement& agreement = listed->agreements(0);
  EXPECT_EQ(agreement.pair_count(), marked);
  EXPECT_GT(agreement.exact_agreement().high(), static_cast<double>(same) / 250);
  EXPECT_LT(agreement.exact_agreement().low(), static_cast<double>(same) / 250);
}

}  // namespace
}  // namespace assay::moderation
