#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"
#include "services/moderation/testing/moderation_fixture.h"

namespace assay::moderation {
namespace {

using platform::testing::IsError;
using platform::testing::IsOk;
using testing::Code;
using testing::kComponent;

class DrawAllTest : public testing::ModerationTest {
 protected:
  std::string HandIn(int centre, const std::string& csv) {
    const std::string token = service_.Token({.subject = "users/exams",
                                              .roles = {"centre_exams"},
                                              .centre = absl::StrCat("centres/urn-", centre)});
    const std::string name = Open(absl::StrCat("centres/urn-", centre))->name();
    centre_ = token;
    EXPECT_THAT(Import(name, csv), IsOk());
    EXPECT_THAT(Submit(name, /*allow_missing=*/true), IsOk());
    return name;
  }

  absl::StatusOr<v1::DrawSamplesResponse> DrawAll(const std::string& parent) {
    v1::DrawSamplesRequest request;
    request.set_parent(parent);
    return Call<v1::DrawSamplesResponse>("SampleService/DrawSamples", request, officer_);
  }
};

TEST_F(DrawAllTest, DrawsWhatWaitsAndTellsWhatCannotBeDrawn) {
  MakeComponent();
  for (int i = 0; i < 230; ++i) HandIn(1000 + i, Csv(20));  // Three groups.
  const std::string nobody = HandIn(2000, "candidate,absent\n1,yes\n2,yes\n");
  ASSERT_THAT(Open("centres/urn-3000"), IsOk());
  const auto drawn = DrawAll(kComponent);
  ASSERT_THAT(drawn, IsOk());
  EXPECT_TRUE(drawn->complete());
  EXPECT_EQ(drawn->drawn_count(), 230);
  EXPECT_EQ(drawn->not_drawn_count(), 1);
  ASSERT_EQ(drawn->not_drawn_size(), 1);
  EXPECT_EQ(drawn->not_drawn(0).submission(), nobody);
  EXPECT_EQ(drawn->not_drawn(0).reason(), kNobodyToDraw);
  for (int i : {0, 99, 100, 229}) {
    const auto submission =
        Get(kComponent + "/submissions/urn-" + std::to_string(1000 + i), officer_);
    ASSERT_EQ(submission->state(), v1::Submission::STATE_SAMPLED);
    v1::VerifySampleRequest verify;
    verify.set_name(submission->sample());
    const auto verified =
        Call<v1::VerifySampleResponse>("SampleService/VerifySample", verify, officer_);
    ASSERT_THAT(verified, IsOk());
    EXPECT_TRUE(verified->verified());
  }
  // Again there is nothing left, in the component or in the series.
  EXPECT_EQ(DrawAll(kComponent)->drawn_count(), 0);
  EXPECT_EQ(DrawAll("series/summer-2026/components/-")->not_drawn_count(), 1);
  const auto events = EventTypes();
  EXPECT_EQ(std::count(events.begin(), events.end(), "SampleDrawn"), 230);
}

TEST_F(DrawAllTest, NeedsAComponentOrSeriesThatIsThere) {
  EXPECT_THAT(DrawAll(kComponent), IsError(Code::kNotFound, kComponentNotFound));
  EXPECT_THAT(DrawAll("series/none/components/-"), IsError(Code::kNotFound, kSeriesNotFound));
}

}  // namespace
}  // namespace assay::moderation
