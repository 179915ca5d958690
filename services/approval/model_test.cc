#include "services/approval/model.h"

#include <gtest/gtest.h>

#include <set>

namespace assay::approval {
namespace {

constexpr CentreState kAll[] = {CentreState::kListed,    CentreState::kApplied,
                                CentreState::kApproved,  CentreState::kConditional,
                                CentreState::kSuspended, CentreState::kWithdrawn,
                                CentreState::kClosed};

TEST(CentreStateTest, ChangesOnlyAlongTheKnownEdges) {
  const std::set<std::string> expected = {
      "applied>approved", "suspended>approved", "approved>suspended", "applied>withdrawn",
      "approved>withdrawn", "suspended>withdrawn", "applied>closed", "approved>closed",
      "suspended>closed", "withdrawn>closed", "withdrawn>applied",
      // Known from a file, and perhaps approved on an officer's own motion (QUAL-7).
      "listed>applied", "listed>approved", "listed>approved with conditions", "listed>closed",
      // Conditions come and go with the approval that they lie on.
      "applied>approved with conditions", "approved>approved with conditions",
      "suspended>approved with conditions", "approved with conditions>approved",
      "approved with conditions>suspended", "approved with conditions>withdrawn",
      "approved with conditions>closed"};
  std::set<std::string> got;
  for (const CentreState from : kAll) {
    for (const CentreState to : kAll) {
      if (MayChange(from, to)) {
        got.insert(std::string(NameOf(from)) + ">" + std::string(NameOf(to)));
      }
    }
  }
  EXPECT_EQ(got, expected);
}

TEST(CentreStateTest, SaysWhereAChangeMayComeFrom) {
  EXPECT_EQ(SourcesOf(CentreState::kApproved),
            "listed or applied or approved with conditions or suspended");
  EXPECT_EQ(SourcesOf(CentreState::kApplied), "listed or withdrawn");
}

TEST(CentreStateTest, NamesGoBothWays) {
  for (const CentreState state : kAll) EXPECT_EQ(CentreStateOf(NameOf(state)), state);
  EXPECT_EQ(CentreStateOf("APPROVED"), std::nullopt);
}

TEST(CentreIdTest, IsTheNationalNumber) {
  EXPECT_EQ(CentreId({.urn = "100000", .ukprn = "10000047"}), "urn-100000");
  EXPECT_EQ(CentreId({.ukprn = "10000047"}), "ukprn-10000047");
  EXPECT_EQ(CentreId({}), "");
  EXPECT_TRUE(IsCentreId("urn-100000"));
  EXPECT_TRUE(IsCentreId("ukprn-10000047"));
  EXPECT_EQ(CentreId({.laestab = "6602130"}), "laestab-6602130");
  EXPECT_EQ(CentreId({.laestab = "6602130", .reference = "further-education-college-uk:1"}),
            "fec-1");
  EXPECT_TRUE(IsCentreId("laestab-6602130"));
  EXPECT_TRUE(IsCentreId("fec-1"));
  EXPECT_FALSE(IsCentreId("laestab-1"));
  EXPECT_FALSE(IsCentreId("fec-"));
  EXPECT_FALSE(IsCentreId("fec-1/2"));
  for (const char* id : {"", "-", "urn-", "urn-1000", "ukprn-20000047", "100000", "urn-100000/x"}) {
    EXPECT_FALSE(IsCentreId(id)) << id;
  }
}

TEST(CentreIdTest, MayBeTheBodysOwn) {
  const std::string id = OwnCentreId("01HZX5T8K0VQ3N7M2B4C6D8E9F");
  EXPECT_EQ(id, "ab-01hzx5t8k0vq3n7m2b4c6d8e9f");
  EXPECT_TRUE(IsCentreId(id));
  for (const char* other :
       {"ab-", "ab-1", "ab-01HZX5T8K0VQ3N7M2B4C6D8E9F", "ab-01hzx5t8k0vq3n7m2b4c6d8e9/"}) {
    EXPECT_FALSE(IsCentreId(other)) << other;
  }
}

TEST(PostcodeTest, IsUpperCaseWithOneSpaceIfItHasTheForm) {
  struct Case {
    const char* in;
    const char* out;
  };
  for (const Case& c :
       {Case{"EC3A 5DE", "EC3A 5DE"}, Case{"ec3a5de", "EC3A 5DE"}, Case{"M1  1AE", "M1 1AE"},
        Case{"b33 8th", "B33 8TH"}, Case{"CR26XH", "CR2 6XH"}, Case{"DN551PT", "DN55 1PT"},
        Case{"W1A 0AX", "W1A 0AX"}, Case{"", ""}, Case{"BFPO 57", "BFPO 57"},
        Case{"75008 Paris", "75008 Paris"}, Case{"LS1 44A", "LS1 44A"}, Case{"1S1 4AB", "1S1 4AB"},
        Case{"LSS 4AB", "LSS 4AB"},
        Case{"\xC3\x89"
             "C3A 5DE",
             "\xC3\x89"
             "C3A 5DE"}}) {
    EXPECT_EQ(NormalPostcode(c.in), c.out);
  }
}

TEST(ApprovalStateTest, IsDecidedOnceAndMayBeWithdrawn) {
  using S = ApprovalState;
  const S all[] = {S::kApplied, S::kApproved, S::kRefused, S::kWithdrawn};
  int edges = 0;
  for (const S from : all) {
    EXPECT_EQ(ApprovalStateOf(NameOf(from)), from);
    for (const S to : all) edges += MayChange(from, to);
  }
  EXPECT_EQ(edges, 3);
  EXPECT_TRUE(MayChange(S::kApplied, S::kApproved));
  EXPECT_TRUE(MayChange(S::kApplied, S::kRefused));
  EXPECT_TRUE(MayChange(S::kApproved, S::kWithdrawn));
}

QualificationApproval From(std::optional<absl::CivilDay> begin, std::optional<absl::CivilDay> end) {
  QualificationApproval approval;
  approval.effective_date = begin;
  approval.end_date = end;
  return approval;
}

// QUAL-9
TEST(StandingTest, NeedsCentreAndApprovalOnThatDay) {
  const absl::CivilDay day(2026, 5, 1);
  const auto before = From(absl::CivilDay(2026, 1, 1), std::nullopt);
  const auto same_day = From(day, std::nullopt);
  const auto after = From(absl::CivilDay(2026, 5, 2), std::nullopt);
  const auto ended_today = From(absl::CivilDay(2026, 1, 1), day);
  const auto ends_tomorrow = From(absl::CivilDay(2026, 1, 1), absl::CivilDay(2026, 5, 2));
  const auto undecided = From(std::nullopt, std::nullopt);
  struct Case {
    const char* name;
    CentreState centre;
    std::vector<QualificationApproval> approvals;
    Standing expected;
  };
  for (const Case& c : std::vector<Case>{
           {"in force", CentreState::kApproved, {before}, Standing::kInForce},
           {"first day", CentreState::kApproved, {same_day}, Standing::kInForce},
           {"last day", CentreState::kApproved, {ends_tomorrow}, Standing::kInForce},
           {"day after the last", CentreState::kApproved, {ended_today}, Standing::kWithdrawn},
           {"not yet", CentreState::kApproved, {after}, Standing::kNotYetEffective},
           {"again after withdrawal",
            CentreState::kApproved,
            {ended_today, before},
            Standing::kInForce},
           {"soon again", CentreState::kApproved, {ended_today, after}, Standing::kNotYetEffective},
           {"only applied for", CentreState::kApproved, {undecided}, Standing::kNoApproval},
           {"withdrawn before its first day",
            CentreState::kApproved,
            {From(absl::CivilDay(2026, 6, 1), absl::CivilDay(2026, 5, 20))},
            Standing::kWithdrawn},
           {"never", CentreState::kApproved, {}, Standing::kNoApproval},
           {"suspended", CentreState::kSuspended, {before}, Standing::kCentreNotApproved},
           {"closed", CentreState::kClosed, {before}, Standing::kCentreNotApproved}}) {
    EXPECT_EQ(StandingOn(day, c.centre, c.approvals), c.expected) << c.name;
  }
  EXPECT_EQ(ReasonOf(Standing::kInForce), "");
  EXPECT_EQ(ReasonOf(Standing::kNotYetEffective), "NOT_YET_EFFECTIVE");
}

// An approval from the first of January on; days are counted from then.
TEST(StandingOnTest, KnowsSuspensionsExpiryAndLapse) {
  const absl::CivilDay first(2026, 1, 1);
  struct Case {
    const char* what;
    int day;
    std::optional<int> end, expire, use_due, use;
    ApprovalState state;
    Standing standing;
  };
  using enum ApprovalState;
  for (const Case& c : std::vector<Case>{
           {"before it", -1, {}, {}, {}, {}, kApproved, Standing::kNotYetEffective},
           {"on its first day", 0, {}, {}, {}, {}, kApproved, Standing::kInForce},
           {"the day before a suspension", 9, {}, {}, {}, {}, kApproved, Standing::kInForce},
           {"its first day", 10, {}, {}, {}, {}, kApproved, Standing::kSuspended},
           {"the day before it is over", 19, {}, {}, {}, {}, kApproved, Standing::kSuspended},
           {"reinstated", 20, {}, {}, {}, {}, kApproved, Standing::kInForce},
           {"suspended for good", 30, {}, {}, {}, {}, kSuspended, Standing::kSuspended},
           {"withdrawn while suspended", 40, 35, {}, {}, {}, kWithdrawn, Standing::kWithdrawn},
           {"the last day before it expires", 24, {}, 25, {}, {}, kApproved, Standing::kInForce},
           {"expired", 25, {}, 25, {}, {}, kApproved, Standing::kExpired},
           {"closed as expired", 25, 25, 25, {}, {}, kLapsed, Standing::kExpired},
           {"not used", 5, {}, {}, 5, {}, kApproved, Standing::kNotUsedInTime},
           {"used in time", 5, {}, {}, 5, 4, kApproved, Standing::kInForce},
           {"not used, before it expires", 8, {}, 9, 8, {}, kApproved, Standing::kNotUsedInTime},
           {"used, then expired", 9, {}, 9, 8, 4, kApproved, Standing::kExpired}}) {
    const auto at = [&](std::optional<int> day) -> std::optional<absl::CivilDay> {
      if (!day.has_value()) return std::nullopt;
      return first + *day;
    };
    QualificationApproval approval;
    approval.state = c.state;
    approval.effective_date = first;
    approval.end_date = at(c.end);
    approval.expire_date = at(c.expire);
    approval.first_use_due_date = at(c.use_due);
    approval.first_use_date = at(c.use);
    approval.suspensions = {{first + 10, first + 20}, {first + 30, std::nullopt}};
    EXPECT_EQ(StandingOn(first + c.day, CentreState::kApproved, {approval}), c.standing) << c.what;
  }
}

}  // namespace
}  // namespace assay::approval
