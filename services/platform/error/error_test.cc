#include "services/platform/error/error.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace assay::platform {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

absl::Status Locked() {
  return Error(absl::StatusCode::kFailedPrecondition, "SUBMISSION_LOCKED", "unlock it first")
      .With("submission", "series/1/submissions/2")
      .With("state", "LOCKED");
}

TEST(ErrorTest, CarriesCodeMessageReasonAndMetadata) {
  const absl::Status status = Locked();
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(status.message(), "unlock it first");
  EXPECT_EQ(ReasonOf(status), "SUBMISSION_LOCKED");
  EXPECT_EQ(MetadataOf(status, "submission"), "series/1/submissions/2");
  EXPECT_EQ(MetadataOf(status, "state"), "LOCKED");
  EXPECT_EQ(MetadataOf(status, "absent"), "");
  EXPECT_THAT(FieldsOf(status), IsEmpty());
}

TEST(ErrorTest, KeepsFieldsInOrder) {
  const absl::Status status =
      Error(absl::StatusCode::kInvalidArgument, "MARK_ABOVE_MAXIMUM", "two marks are too high")
          .Field("marks[3].mark", "is above the maximum 60")
          .Field("marks[1].mark", "is above the maximum 60");
  EXPECT_THAT(FieldsOf(status), ElementsAre("marks[3].mark: is above the maximum 60",
                                            "marks[1].mark: is above the maximum 60"));
}

TEST(ErrorTest, BecomesAStatusOr) {
  const absl::StatusOr<int> result = Error(absl::StatusCode::kNotFound, "X_NOT_FOUND", "no x");
  EXPECT_EQ(ReasonOf(result.status()), "X_NOT_FOUND");
}

TEST(ErrorTest, HasNoReasonIfAnyoneElseMadeIt) {
  EXPECT_EQ(ReasonOf(absl::OkStatus()), "");
  EXPECT_EQ(ReasonOf(absl::InternalError("x")), "");
  EXPECT_EQ(MetadataOf(absl::InternalError("x"), "submission"), "");
}

TEST(ErrorTest, AddsToAnErrorThatHasAName) {
  Error error(absl::StatusCode::kInvalidArgument, "ROWS_INVALID", "some rows are wrong");
  for (int row = 1; row <= 2; ++row) error.Field("row " + std::to_string(row), "is empty");
  EXPECT_THAT(FieldsOf(error), ElementsAre("row 1: is empty", "row 2: is empty"));
}

TEST(ErrorTest, SurvivesTextThatIsNotUtf8) {
  const absl::Status status = Error(absl::StatusCode::kInvalidArgument, "NAME_INVALID", "a\xff")
                                  .With("name", "caf\xe9 \xc3\xa9 \xed\xa0\x80")
                                  .Field("n\xc0\xaf", "\xf0\x9f\x98\x80\xf0\x9f");
  EXPECT_EQ(status.message(), "a?");
  EXPECT_EQ(ReasonOf(status), "NAME_INVALID");
  EXPECT_EQ(MetadataOf(status, "name"), "caf? \xc3\xa9 ???");
  EXPECT_THAT(FieldsOf(status), ElementsAre("n??: \xf0\x9f\x98\x80??"));
}

}  // namespace
}  // namespace assay::platform
