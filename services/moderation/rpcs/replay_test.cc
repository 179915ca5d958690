#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>

#include "assay/moderation/v1/replay_service.pb.h"
#include "services/moderation/testing/moderation_fixture.h"

namespace assay::moderation::testing {
namespace {

using platform::FieldsOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

class ReplayTest : public ModerationTest {
 protected:
  static std::vector<std::string> Reasons(const auto& findings) {
    std::vector<std::string> reasons;
    for (const v1::DrawFinding& finding : findings) reasons.push_back(finding.reason());
    return reasons;
  }
  absl::StatusOr<v1::VerifySampleResponse> Verify(const v1::PublishedDraw& draw) {
    v1::VerifyDrawRequest request;
    *request.mutable_draw() = draw;
    return Call<v1::VerifySampleResponse>("ReplayService/VerifyDraw", request, moderator_);
  }
  v1::PublishedDraw Published(const std::string& sample) {
    v1::PublishDrawRequest request;
    request.set_name(sample);
    const auto draw = Call<v1::PublishedDraw>("ReplayService/PublishDraw", request, officer_);
    EXPECT_THAT(draw, IsOk());
    return draw.ok() ? *draw : v1::PublishedDraw();
  }
  // A decision of 40 candidates whose moderator gives `judge` of the centre's mark.
  std::string Decided(const std::function<double(int)>& judge) {
    MakeComponent();
    const std::string name = Allocated(40);
    for (int stage = 0; stage < 4; ++stage) {
      MarkDue(name, [&](const std::string& number) { return judge(MarkOf(number)); });
      const auto judgement = Judge(name);
      EXPECT_THAT(judgement, IsOk());
      if (!judgement.ok() || judgement->final()) break;
    }
    return name;
  }
  absl::StatusOr<v1::Decision> Export(const std::string& name, const std::string& token = "") {
    v1::ExportDecisionRequest request;
    request.set_name(name);
    return Call<v1::Decision>("ReplayService/ExportDecision", request,
                              token.empty() ? officer_ : token);
  }
  absl::StatusOr<v1::ReplayDecisionResponse> Replay(const v1::Decision& decision) {
    v1::ReplayDecisionRequest request;
    *request.mutable_decision() = decision;
    return Call<v1::ReplayDecisionResponse>("ReplayService/ReplayDecision", request, stranger_);
  }
};

TEST_F(ReplayTest, APublishedDrawComesOutAgainForAnybody) {
  MakeComponent();
  const std::string name = Allocated(60);
  const v1::PublishedDraw draw = Published(Get(name, officer_)->sample());
  EXPECT_EQ(draw.sampling_policy_version(), "pearson-2026@1");
  const auto verified = Verify(draw);
  ASSERT_THAT(verified, IsOk());
  EXPECT_TRUE(verified->verified());
  EXPECT_THAT(verified->findings(), IsEmpty());
}

// Each fact that is tampered with has its own reason and place, and the first is the one.
TEST_F(ReplayTest, EveryTamperedFactHasItsReasonAndPlace) {
  MakeComponent();
  const std::string name = Allocated(60);
  const v1::PublishedDraw draw = Published(Get(name, officer_)->sample());
  struct Case {
    std::string reason, place;
    std::function<void(v1::PublishedDraw&)> tamper;
  };
  const auto turn = [](std::string* hex) { (*hex)[0] = (*hex)[0] == '0' ? '1' : '0'; };
  for (const Case& c : std::vector<Case>{
           {"COMMITMENT_TAMPERED", "secret", [&](auto& d) { turn(d.mutable_secret()); }},
           {"COMMITMENT_TAMPERED", "secret", [&](auto& d) { turn(d.mutable_seed_commitment()); }},
           {"CANDIDATES_TAMPERED", "candidates",
            [&](auto& d) { d.mutable_candidates()->replace(5, 2, "01"); }},
           {"CANDIDATES_TAMPERED", "candidates",
            [&](auto& d) { turn(d.mutable_candidate_list_sha256()); }},
           {"SEED_TAMPERED", "seed", [&](auto& d) { turn(d.mutable_seed()); }},
           {"POLICY_TAMPERED", "draw.sampling_policy",
            [&](auto& d) { d.set_sampling_policy_version("pearson-2026@2"); }},
           {"SELECTION_TAMPERED", "drawn[0]",
            [&](auto& d) { d.mutable_drawn()->erase(d.drawn().begin()); }},
           {"SELECTION_TAMPERED", "drawn[1]",
            [&](auto& d) { d.mutable_drawn(1)->set_stage(3 - d.drawn(1).stage()); }},
           {"SELECTION_TAMPERED", "drawn[0]",
            [&](auto& d) {  // The same version, but fewer of a hundred.
              std::string& document = *d.mutable_sampling_policy();
              document.replace(document.find("\"size\": 15"), 10, "\"size\": 14");
            }}}) {
    v1::PublishedDraw tampered = draw;
    c.tamper(tampered);
    const auto verified = Verify(tampered);
    ASSERT_THAT(verified, IsOk()) << c.reason;
    EXPECT_FALSE(verified->verified()) << c.reason;
    ASSERT_GT(verified->findings_size(), 0) << c.reason;
    EXPECT_EQ(verified->findings(0).reason(), c.reason) << verified->findings(0).message();
    if (c.place != "drawn[0]") {
      EXPECT_EQ(verified->findings(0).place(), c.place);
    }
  }
}

TEST_F(ReplayTest, WhatCannotBeReadIsRefusedWithItsPlace) {
  MakeComponent();
  const std::string name = Allocated(20);
  const v1::PublishedDraw draw = Published(Get(name, officer_)->sample());
  v1::PublishedDraw bad = draw;
  bad.set_secret("xyz");
  EXPECT_THAT(FieldsOf(Verify(bad).status()), ElementsAre(StartsWith("draw.secret")));
  bad = draw;
  bad.set_candidates("1\t2\n");
  EXPECT_THAT(FieldsOf(Verify(bad).status()),
              ElementsAre(HasSubstr("draw.candidates: line 1 has not 6 to 8 columns")));
  bad = draw;
  bad.set_sampling_policy("{}");
  EXPECT_THAT(Verify(bad), IsError(Code::kInvalidArgument, kPolicyInvalid));
  bad = draw;
  bad.set_algorithm("assay-draw@99");
  EXPECT_THAT(Verify(bad), IsError(Code::kFailedPrecondition, kDrawAlgorithmUnknown));
}

TEST_F(ReplayTest, ADrawIsNotPublishedToWhoeverModeratesIt) {
  MakeComponent();
  const std::string name = Allocated(20);
  v1::PublishDrawRequest request;
  request.set_name(Get(name, officer_)->sample());
  EXPECT_THAT(Call<v1::PublishedDraw>("ReplayService/PublishDraw", request, moderator_),
              IsError(Code::kPermissionDenied, "ROLE_NOT_ALLOWED"));
  EXPECT_THAT(Call<v1::PublishedDraw>("ReplayService/PublishDraw", request, stranger_),
              IsError(Code::kNotFound, kSubmissionNotFound));
}

TEST_F(ReplayTest, AnAdjustedDecisionComesOutAgain) {
  const std::string name = Decided([](int mark) { return std::max(0, mark - 8); });
  const auto decision = Export(name);
  ASSERT_THAT(decision, IsOk());
  EXPECT_EQ(decision->judgement().action(), v1::ACTION_ADJUSTED);
  const auto replay = Replay(*decision);
  ASSERT_THAT(replay, IsOk());
  EXPECT_THAT(Reasons(replay->differences()), IsEmpty());
  EXPECT_TRUE(replay->same());
  v1::ReplayDecisionRequest stored;
  stored.set_name(name);
  EXPECT_TRUE(
      Call<v1::ReplayDecisionResponse>("ReplayService/ReplayDecision", stored, officer_)->same());

  v1::Decision tampered = *decision;
  tampered.mutable_results(3)->set_final_mark(tampered.results(3).final_mark() + 1);
  EXPECT_THAT(Reasons(Replay(tampered)->differences()), ElementsAre("RESULTS_DIFFER"));
  EXPECT_EQ(Replay(tampered)->differences(0).place(), "results[3]");
  tampered = *decision;
  tampered.mutable_marks(0)->set_mark("0");
  EXPECT_THAT(Reasons(Replay(tampered)->differences()), Contains("JUDGEMENT_DIFFERS"));
  tampered = *decision;
  tampered.mutable_judgement()->set_finding("all inside");
  EXPECT_THAT(Reasons(Replay(tampered)->differences()), ElementsAre("JUDGEMENT_DIFFERS"));
  EXPECT_EQ(Replay(tampered)->differences(0).place(), "judgement.finding");
  tampered.set_format("assay-decision@0");
  EXPECT_THAT(Replay(tampered), IsError(Code::kInvalidArgument, "FIELD_INVALID"));
}

TEST_F(ReplayTest, ADecisionThatLetTheMarksStandComesOutAgain) {
  const std::string name = Decided([](int mark) { return mark; });
  const auto decision = Export(name);
  ASSERT_THAT(decision, IsOk());
  EXPECT_EQ(decision->judgement().action(), v1::ACTION_MARKS_STAND);
  EXPECT_TRUE(Replay(*decision)->same());
}

TEST_F(ReplayTest, ADecisionWithAllWorkCalledInComesOutAgain) {
  const std::string name = Decided([](int mark) { return (mark * 37) % 60; });
  const auto decision = Export(name);
  ASSERT_THAT(decision, IsOk());
  EXPECT_EQ(decision->judgement().action(), v1::ACTION_MODERATOR_MARKS_STAND);
  EXPECT_EQ(decision->marks_size(), 40);
  EXPECT_TRUE(Replay(*decision)->same());
}

TEST_F(ReplayTest, ADecisionIsExportedToTheCentreOnceItIsReleased) {
  const std::string name = Decided([](int mark) { return mark; });
  EXPECT_THAT(Export(name, centre_), IsError(Code::kFailedPrecondition, kResultsNotReady));
  ASSERT_THAT(Release(name), IsOk());
  EXPECT_THAT(Export(name, centre_), IsOk());
  EXPECT_THAT(Export(name, stranger_), IsError(Code::kNotFound, kSubmissionNotFound));
  const auto results = Results(name, centre_);
  ASSERT_THAT(results, IsOk());
  const v1::SampleEvidence& shown = results->feedback().shown();
  EXPECT_EQ(shown.pool_count(), 40);
  EXPECT_EQ(shown.outside_count(), 0);
  EXPECT_EQ(shown.detections_size(), 3);
}

// MOD-4 beyond marks: a list is drawn from as a cohort is, and anybody can draw it again.
TEST_F(ReplayTest, DrawsFromAListThatAnybodyCanDrawAgain) {
  v1::DrawFromListRequest request;
  request.set_subject("centres/urn-1/planners/p1");
  request.set_policy("policies/evidence-check");
  request.set_secret(std::string(64, 'a'));
  for (int i = 0; i < 12; ++i) {
    auto& item = *request.add_items();
    item.set_item(absl::StrCat("activity-", i));
    item.set_group(i == 7 ? "expert witness" : "work placement");
  }
  const auto drawn = Call<v1::PublishedDraw>("ReplayService/DrawFromList", request, officer_);
  ASSERT_THAT(drawn, IsOk());
  EXPECT_EQ(drawn->drawn_size(), 5);
  EXPECT_TRUE(std::any_of(drawn->drawn().begin(), drawn->drawn().end(), [](const auto& one) {
    return one.candidate() == "activity-7";
  })) << "the only one of its kind is represented";
  v1::VerifyDrawRequest verify;
  *verify.mutable_draw() = *drawn;
  const auto verified =
      Call<v1::VerifySampleResponse>("ReplayService/VerifyDraw", verify, officer_);
  ASSERT_THAT(verified, IsOk());
  EXPECT_TRUE(verified->verified()) << verified->ShortDebugString();
  request.set_policy("policies/pearson-2026");
  EXPECT_THAT(Call<v1::PublishedDraw>("ReplayService/DrawFromList", request, officer_),
              IsError(Code::kInvalidArgument, "FIELD_INVALID"));
  request.set_policy("policies/evidence-check");
  request.mutable_items(1)->set_item("activity-0");
  EXPECT_THAT(Call<v1::PublishedDraw>("ReplayService/DrawFromList", request, officer_),
              IsError(Code::kInvalidArgument, "FIELD_INVALID"));
}

}  // namespace
}  // namespace assay::moderation::testing
