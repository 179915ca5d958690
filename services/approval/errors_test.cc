#include "services/approval/errors.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "assay/approval/v1/error_reason.pb.h"

namespace assay::approval {
namespace {

TEST(ErrorsTest, AreTheReasonsOfTheProtoAndNoOthers) {
  std::vector<std::string> published;
  const auto* reasons = v1::ErrorReason_descriptor();
  for (int i = 1; i < reasons->value_count(); ++i) {
    published.push_back(reasons->value(i)->name().substr(sizeof("ERROR_REASON_") - 1));
  }
  EXPECT_THAT(kReasons, ::testing::UnorderedElementsAreArray(published));
}

}  // namespace
}  // namespace assay::approval
