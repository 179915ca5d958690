#include "services/platform/rpc/etag.h"

#include <gtest/gtest.h>

#include "services/platform/testing/status_matchers.h"

namespace assay::platform {
namespace {

using testing::IsError;
using testing::IsOk;

TEST(EtagTest, IsTheQuotedVersion) { EXPECT_EQ(EtagOf(3), "\"3\""); }

TEST(EtagTest, AgreesWithItselfAndWithNothing) {
  EXPECT_THAT(CheckEtag("", 3, "centres/c"), IsOk());
  EXPECT_THAT(CheckEtag("\"3\"", 3, "centres/c"), IsOk());
}

TEST(EtagTest, RefusesEverythingElseAndSaysWhatIsCurrent) {
  for (const char* etag : {"\"2\"", "3", "\"03\"", "\"3", "*", "W/\"3\""}) {
    const absl::Status status = CheckEtag(etag, 3, "centres/c");
    EXPECT_THAT(status, IsError(absl::StatusCode::kAborted, "ETAG_MISMATCH")) << etag;
    EXPECT_EQ(MetadataOf(status, "name"), "centres/c");
    EXPECT_EQ(MetadataOf(status, "etag"), "\"3\"");
  }
}

}  // namespace
}  // namespace assay::platform
