#include "gateway/ctl/verify_sample.h"

#include <gtest/gtest.h>

#include "gateway/ctl/request_id.h"

namespace assay::gateway::ctl {
namespace {

// Digests by coreutils and openssl, not by this code:
//   printf 'ten secret bytes' | sha256sum
//   printf '1\t52.5\tjo\tA\t\t\n2\t-\t\t\t\ta\n' | sha256sum
//   printf 'assay-seed@1\nseries/s/components/c/submissions/u\npearson-2026@1\n
//           assay-draw@1\n<list>\n' | openssl dgst -sha256 -hmac 'ten secret bytes'
constexpr char kCommitment[] = "eb17d8b0ccb5fb033225d27861bba401e105b5806087eba5e2f307aace62d6fa";
constexpr char kList[] = "84a3c26a3c44a48334b30d41576c11475933eccd6e33c48f86b8454c945bfb35";
constexpr char kSeed[] = "e19af5a15210cc03a0ce683422cab72b0452f61304441b3d50b8365f685f1503";

SampleFacts Facts() {
  SampleFacts facts;
  facts.submission = {{"name", "series/s/components/c/submissions/u"},
                      {"seedCommitment", kCommitment}};
  facts.sample = {{"secret", Hex("ten secret bytes")},
                  {"candidateListSha256", kList},
                  {"policyVersion", "pearson-2026@1"},
                  {"algorithm", "assay-draw@1"},
                  {"seed", kSeed}};
  facts.candidates = {{{"candidate", "2"}, {"absent", true}},
                      {{"candidate", "1"}, {"mark", 52.5}, {"assessor", "jo"}, {"group", "A"}}};
  facts.verdict = {{"verified", true},
                   {"commitmentFits", true},
                   {"candidateListFits", true},
                   {"seedFits", true},
                   {"candidatesFit", true}};
  return facts;
}

int Failed(const SampleFacts& facts) {
  int failed = 0;
  for (const SampleCheck& check : CheckSample(facts)) failed += check.held ? 0 : 1;
  return failed;
}

TEST(CheckSampleTest, MOD4HoldsForADrawAsPublished) {
  for (const SampleCheck& check : CheckSample(Facts())) {
    EXPECT_TRUE(check.held) << check.what << ": " << check.detail;
  }
  EXPECT_TRUE(AllHeld(CheckSample(Facts())));
}

TEST(CheckSampleTest, MOD4FailsForEachFactThatWasTamperedWith) {
  auto facts = Facts();
  facts.sample["secret"] = Hex("another  secret.");
  EXPECT_EQ(Failed(facts), 2);  // Commitment and seed.
  facts = Facts();
  facts.candidates[1]["mark"] = 52.51;
  EXPECT_EQ(Failed(facts), 1);
  facts = Facts();
  facts.sample["seed"] = std::string(64, '0');
  EXPECT_EQ(Failed(facts), 1);
  facts = Facts();
  facts.verdict["candidatesFit"] = false;
  EXPECT_EQ(Failed(facts), 1);
  facts = Facts();
  facts.sample.erase("secret");
  EXPECT_EQ(Failed(facts), 2);
  EXPECT_FALSE(AllHeld(CheckSample(facts)));
}

TEST(CheckSampleTest, WhoMayNotListCandidatesStillChecksTheRest) {
  auto facts = Facts();
  facts.candidates.clear();
  facts.candidates_known = false;
  EXPECT_EQ(CheckSample(facts).size(), 6u);
  EXPECT_TRUE(AllHeld(CheckSample(facts)));
}

TEST(CheckSampleTest, FindsTheSubmissionInASamplesName) {
  EXPECT_EQ(SubmissionOfSample("series/s/components/c/submissions/u/samples/1"),
            "series/s/components/c/submissions/u");
  EXPECT_EQ(SubmissionOfSample("centres/urn-1"), "");
  EXPECT_EQ(SubmissionOfSample("series/s/components/c/submissions/u"), "");
}

}  // namespace
}  // namespace assay::gateway::ctl
