#include "services/evidence/model.h"

#include <gtest/gtest.h>

namespace assay::evidence {
namespace {

TEST(EvidenceNameTest, TakesItsOwnFormOnly) {
  EvidenceName name;
  ASSERT_TRUE(ParseEvidenceName("centres/urn-100000/evidence/01h2", name));
  EXPECT_EQ(name.centre, "centres/urn-100000");
  EXPECT_EQ(name.id, "01h2");
  for (const char* bad :
       {"", "centres/a", "centres/a/evidence", "centres/a/evidence/", "centres//evidence/x",
        "centres/a/evidence/x/y", "centre/a/evidence/x", "centres/a b/evidence/x",
        "centres/../evidence/x", "/centres/a/evidence/x"}) {
    EXPECT_FALSE(ParseEvidenceName(bad, name)) << bad;
  }
}

TEST(SubjectTest, IsASubmissionOrBelowItOrSomethingOfTheCentreItself) {
  struct Case {
    const char* subject;
    bool good;
  } cases[] = {
      {"series/june-2026/components/c1/submissions/s1", true},
      {"series/june-2026/components/c1/submissions/s1/candidates/0042", true},
      {"centres/a/qualificationApprovals/q", true},
      {"centres/ab/qualificationApprovals/q", false},
      {"centres/b/qualificationApprovals/q", false},
      {"centres/a", false},
      {"series/june-2026", false},
      {"series/june-2026/components/c1", false},
      {"series/june-2026/components/c1/submissions/s1/candidates", false},
      {"series/june-2026/components/c1/submissions/", false},
      {"qualifications/3818-13", false},
      {"", false},
  };
  for (const Case& c : cases) EXPECT_EQ(IsSubject(c.subject, "centres/a"), c.good) << c.subject;
}

TEST(SubjectTest, KnowsTheSubmissionThatItLiesIn) {
  EXPECT_EQ(SubmissionOf("series/j/components/c/submissions/s"),
            "series/j/components/c/submissions/s");
  EXPECT_EQ(SubmissionOf("series/j/components/c/submissions/s/candidates/1"),
            "series/j/components/c/submissions/s");
  EXPECT_EQ(SubmissionOf("centres/a/qualificationApprovals/q"), "");
}

}  // namespace
}  // namespace assay::evidence
