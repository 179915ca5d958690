#include "services/platform/rpc/page.h"

#include <gtest/gtest.h>

#include "services/platform/testing/status_matchers.h"

namespace assay::platform {
namespace {

using testing::IsError;
using testing::IsOk;

TEST(PageSizeTest, CoercesWhatIsTooLargeAndRefusesWhatIsNegative) {
  const struct {
    std::int32_t requested, given;
  } cases[] = {{0, 50}, {1, 1}, {50, 50}, {1000, 1000}, {1001, 1000}, {2'147'483'647, 1000}};
  for (const auto& test : cases) EXPECT_EQ(*PageSize(test.requested), test.given);
  EXPECT_EQ(*PageSize(0, {.size_default = 5, .size_max = 7}), 5);
  EXPECT_EQ(*PageSize(8, {.size_default = 5, .size_max = 7}), 7);
  EXPECT_THAT(PageSize(-1), IsError(absl::StatusCode::kInvalidArgument, "PAGE_SIZE_NEGATIVE"));
  EXPECT_EQ(MetadataOf(PageSize(-7).status(), "page_size"), "-7");
}

TEST(PageTokenTest, GivesBackThePosition) {
  for (const std::string& position :
       {std::string("centres/9"), std::string(), std::string(3, '\0'), std::string(200, '\xff')}) {
    const std::string token = EncodePageToken(position, "q");
    EXPECT_EQ(
        token.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"),
        std::string::npos);
    EXPECT_EQ(*DecodePageToken(token, "q"), position);
  }
  EXPECT_EQ(*DecodePageToken("", "any"), "");
}

TEST(PageTokenTest, RefusesTokensOfOtherListsAndGarbage) {
  const std::string token = EncodePageToken("p", "tenant-a|filter");
  EXPECT_THAT(DecodePageToken(token, "tenant-b|filter"),
              IsError(absl::StatusCode::kInvalidArgument, "PAGE_TOKEN_INVALID"));
  for (const std::string& bad :
       {std::string("x"), std::string("!!!!"), token.substr(0, 8), std::string(10'000, 'A')}) {
    EXPECT_THAT(DecodePageToken(bad, "tenant-a|filter"),
                IsError(absl::StatusCode::kInvalidArgument, "PAGE_TOKEN_INVALID"))
        << bad.substr(0, 20);
  }
}

}  // namespace
}  // namespace assay::platform
