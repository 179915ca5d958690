#include "services/moderation/commitment.h"

#include <gtest/gtest.h>

#include "absl/strings/escaping.h"

namespace assay::moderation {
namespace {

// FIPS 180-4's example.
TEST(Sha256Test, GivesTheKnownAnswer) {
  EXPECT_EQ(Sha256Hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

// RFC 4231, test case 2.
TEST(SeedOfTest, IsHmacSha256) {
  const Seed seed = SeedOf("Jefe", "what do ya want for nothing?");
  EXPECT_EQ(absl::BytesToHexString(
                absl::string_view(reinterpret_cast<const char*>(seed.data()), seed.size())),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

}  // namespace
}  // namespace assay::moderation
