#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/moderation/testing/moderation_fixture.h"

namespace assay::moderation::testing {
namespace {

using platform::FieldsOf;
using platform::MetadataOf;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

const std::string kLadder = R"([{"from":1,"to":5,"size":"all"},{"from":6,"size":5}])";

// The tests' clock stands at 2026-05-01.
class PoliciesTest : public ModerationTest {
 protected:
  static std::string Sampling(std::string_view id, int version, std::string_view from,
                              std::string_view ladder = kLadder) {
    return absl::StrCat(R"({"kind":"sampling","id":")", std::string(id), R"(","version":)", version,
                        R"(,"effective_from":")", std::string(from),
                        R"(","description":"Ours.","ladder":)", std::string(ladder), "}");
  }
  static std::string Tolerance(std::string_view id, int version, std::string_view from, int marks) {
    return absl::StrCat(R"({"kind":"tolerance","id":")", std::string(id), R"(","version":)",
                        version, R"(,"effective_from":")", std::string(from),
                        R"(","description":"Ours.","fixed":)", marks, "}");
  }
  absl::StatusOr<v1::PolicyVersion> Create(const std::string& id, const std::string& document,
                                           const std::string& etag = "",
                                           bool validate_only = false) {
    v1::CreatePolicyVersionRequest request;
    request.set_parent("policies/" + id);
    request.mutable_policy_version()->set_document(document);
    request.set_etag(etag);
    request.set_validate_only(validate_only);
    return Call<v1::PolicyVersion>("PolicyService/CreatePolicyVersion", request, officer_);
  }
  absl::StatusOr<v1::Policy> Get(const std::string& id, const std::string& token = "") {
    v1::GetPolicyRequest request;
    request.set_name("policies/" + id);
    return Call<v1::Policy>("PolicyService/GetPolicy", request, token.empty() ? officer_ : token);
  }
  absl::StatusOr<v1::PolicyInForce> Find(const std::string& policy, const std::string& component,
                                         const std::string& kind, const std::string& date) {
    v1::FindPolicyInForceRequest request;
    request.set_policy(policy);
    request.set_component(component);
    request.set_kind(kind);
    request.set_date(date);
    return Call<v1::PolicyInForce>("PolicyService/FindPolicyInForce", request, centre_);
  }
  std::string Other() {
    return service_.Token({.tenant = "tenant-b", .subject = "users/o", .roles = {"quality"}});
  }
};

TEST_F(PoliciesTest, ABodyAddsVersionsThatTakeEffectOnTheirDayAndForNobodyElse) {
  const auto created = Create("pearson-2026", Sampling("pearson-2026", 2, "2026-09-01"));
  ASSERT_THAT(created, IsOk());
  EXPECT_EQ(created->name(), "policies/pearson-2026/versions/2");
  EXPECT_FALSE(created->shipped());
  EXPECT_EQ(created->creator(), "users/officer");
  EXPECT_EQ(created->effective_until(), "");
  const auto policy = Get("pearson-2026");
  ASSERT_THAT(policy, IsOk());
  EXPECT_EQ(policy->version(), 1);
  EXPECT_EQ(policy->newest_version(), 2);
  EXPECT_EQ(Find("policies/pearson-2026", "", "", "2026-08-31")->policy_version().version(), 1);
  const auto later = Find("policies/pearson-2026", "", "sampling", "2026-09-01");
  ASSERT_THAT(later, IsOk());
  EXPECT_EQ(later->policy_version().version(), 2);
  EXPECT_EQ(later->policy_version().document(), created->document());
  EXPECT_EQ(Get("pearson-2026", Other())->newest_version(), 1);

  v1::ListPolicyVersionsRequest list;
  list.set_parent("policies/pearson-2026");
  list.set_page_size(1);
  auto page =
      Call<v1::ListPolicyVersionsResponse>("PolicyService/ListPolicyVersions", list, moderator_);
  ASSERT_THAT(page, IsOk());
  ASSERT_EQ(page->policy_versions_size(), 1);
  EXPECT_TRUE(page->policy_versions(0).shipped());
  EXPECT_EQ(page->policy_versions(0).effective_until(), "2026-09-01");
  list.set_page_token(page->next_page_token());
  page = Call<v1::ListPolicyVersionsResponse>("PolicyService/ListPolicyVersions", list, moderator_);
  ASSERT_THAT(page, IsOk());
  EXPECT_EQ(page->policy_versions(0).version(), 2);
  EXPECT_EQ(page->next_page_token(), "");

  v1::GetPolicyVersionRequest get;
  get.set_name("policies/pearson-2026/versions/3");
  EXPECT_THAT(Call<v1::PolicyVersion>("PolicyService/GetPolicyVersion", get, officer_),
              IsError(Code::kNotFound, kPolicyVersionNotFound));
}

// What is written is there for the next call, and what a draw used is what was in force that day.
TEST_F(PoliciesTest, ADrawWorksByTheBodysOwnPolicy) {
  ASSERT_THAT(Create("ours", Sampling("ours", 1, "2026-01-01")), IsOk());
  MakeComponent([](v1::Component& c) { c.set_sampling_policy("ours"); });
  ASSERT_THAT(Create("ours", Sampling("ours", 2, "2026-02-01",
                                      R"([{"from":1,"to":4,"size":"all"},{"from":5,"size":4}])")),
              IsOk());
  ASSERT_THAT(Open(), IsOk());
  const std::string name = kComponent + "/submissions/urn-1";
  ASSERT_THAT(Import(name, Csv(30)), IsOk());
  ASSERT_THAT(Submit(name), IsOk());
  const auto sample = Draw(name);
  ASSERT_THAT(sample, IsOk());
  EXPECT_EQ(sample->policy_version(), "ours@2");
  EXPECT_EQ(sample->ladder_size(), 4);
  const auto governing = Find("", kComponent, "sampling", "2026-01-15");
  ASSERT_THAT(governing, IsOk());
  EXPECT_EQ(governing->named(), "ours");
  EXPECT_FALSE(governing->usual());
  EXPECT_EQ(governing->policy_version().name(), "policies/ours/versions/1");

  // The draw of today would have come out otherwise.
  const auto late = Create("ours", Sampling("ours", 3, "2026-05-01"));
  EXPECT_THAT(late, IsError(Code::kFailedPrecondition, kPolicyInUse));
  EXPECT_EQ(MetadataOf(late.status(), "used_on"), "2026-05-01");
  EXPECT_EQ(MetadataOf(late.status(), "used_version"), "2");
  EXPECT_THAT(FieldsOf(late.status()),
              ElementsAre("policy_version.document.effective_from: is not after 2026-05-01"));
  EXPECT_THAT(Create("ours", Sampling("ours", 3, "2026-05-02")), IsOk());
  // Nobody used this one.
  EXPECT_THAT(Create("jcq-classic", Sampling("jcq-classic", 2, "2026-04-01")), IsOk());
}

TEST_F(PoliciesTest, AGapAndAnOverlapHaveTheirReasonAndPlace) {
  const auto gap = Create("ours", Sampling("ours", 1, "2026-01-01",
                                           R"([{"from":1,"to":5,"size":"all"},
                                               {"from":16,"size":5}])"));
  EXPECT_THAT(gap, IsError(Code::kInvalidArgument, kPolicyGap));
  EXPECT_THAT(FieldsOf(gap.status()),
              ElementsAre(AllOf(StartsWith("policy_version.document.ladder"),
                                HasSubstr("no rung covers cohorts of 6 to 15"))));
  const auto overlap = Create("ours", Sampling("ours", 1, "2026-01-01",
                                               R"([{"from":1,"to":5,"size":"all"},
                                                   {"from":4,"size":4}])"));
  EXPECT_THAT(overlap, IsError(Code::kInvalidArgument, kPolicyOverlap));
  EXPECT_THAT(FieldsOf(overlap.status()),
              ElementsAre(StartsWith("policy_version.document.ladder")));
}

TEST_F(PoliciesTest, EveryContradictionOfADocumentIsNamedWithItsPlace) {
  const auto refused =
      Create("ours", R"({"kind":"tolerance","id":"theirs","version":1,"effective_from":"2026",
                  "description":"","fixed":1,"fixed":2,"flor":1,"sub_sample":0})");
  EXPECT_THAT(refused, IsError(Code::kInvalidArgument, kPolicyInvalid));
  EXPECT_THAT(FieldsOf(refused.status()),
              ::testing::UnorderedElementsAre(
                  HasSubstr("document.fixed: POLICY_INVALID: is there twice"),
                  HasSubstr("document.effective_from: POLICY_INVALID: is not a day"),
                  HasSubstr("document.flor: POLICY_INVALID: is not known"),
                  HasSubstr("fewer than one candidate"),
                  HasSubstr("document.id: POLICY_INVALID: is not that of the parent, ours")));
  for (const std::string& document : {std::string(), std::string("{"), std::string("[]"),
                                      std::string(70'000, ' '), std::string(R"({"kind":"x"})")}) {
    EXPECT_THAT(Create("ours", document), IsError(Code::kInvalidArgument, kPolicyInvalid));
  }
}

TEST_F(PoliciesTest, VersionsFollowEachOther) {
  ASSERT_THAT(Create("ours", Sampling("ours", 1, "2026-01-01")), IsOk());
  const auto version = Create("ours", Sampling("ours", 3, "2027-01-01"));
  EXPECT_THAT(version, IsError(Code::kInvalidArgument, kPolicyVersionWrong));
  EXPECT_EQ(MetadataOf(version.status(), "version_next"), "2");
  EXPECT_THAT(Create("ours", Sampling("ours", 2, "2026-01-01")),
              IsError(Code::kFailedPrecondition, kPolicyDateWrong));
  EXPECT_THAT(Create("ours", Tolerance("ours", 2, "2027-01-01", 3)),
              IsError(Code::kInvalidArgument, kPolicyKindWrong));
  EXPECT_THAT(Create("ours", Sampling("ours", 2, "2027-01-01"), "\"7\""),
              IsError(Code::kAborted, "ETAG_MISMATCH"));
  EXPECT_THAT(Create("ours", Sampling("ours", 2, "2027-01-01"), Get("ours")->etag(), true), IsOk());
  EXPECT_EQ(Get("ours")->newest_version(), 1);  // It was only checked.
  EXPECT_THAT(Create("ours", Sampling("ours", 2, "2027-01-01"), Get("ours")->etag()), IsOk());
}

TEST_F(PoliciesTest, ListsWhatIsInForceAndWhatWillBe) {
  ASSERT_THAT(Create("ours", Tolerance("ours", 1, "2027-01-01", 2)), IsOk());
  v1::ListPoliciesRequest request;
  request.set_kind("tolerance");
  const auto list =
      Call<v1::ListPoliciesResponse>("PolicyService/ListPolicies", request, moderator_);
  ASSERT_THAT(list, IsOk());
  std::vector<std::string> names;
  for (const v1::Policy& policy : list->policies()) names.push_back(policy.name());
  EXPECT_THAT(names, ::testing::IsSupersetOf(
                         {"policies/one-mark", "policies/ours", "policies/six-percent"}));
  EXPECT_THAT(names, ::testing::Not(Contains("policies/pearson-2026")));
  EXPECT_THAT(Find("policies/ours", "", "", ""), IsError(Code::kNotFound, kPolicyNotFound));
  request.set_kind("tolerances");
  EXPECT_THAT(Call<v1::ListPoliciesResponse>("PolicyService/ListPolicies", request, moderator_),
              IsError(Code::kInvalidArgument, kPolicyKindWrong));
}

TEST_F(PoliciesTest, AComponentNamesOnlyKindsThatHaveNoFieldOfTheirOwn) {
  MakeComponent();
  v1::CreateComponentRequest request;
  request.set_parent("series/summer-2026");
  request.set_component_id("other");
  v1::Component& component = *request.mutable_component();
  component.set_title("Other");
  component.set_mark_max(60);
  component.set_sampling_policy("pearson-2026");
  component.set_tolerance_policy("six-percent");
  component.set_adjustment_policy("least-squares");
  for (const char* kind : {"sampling", "nonsense"}) {
    component.clear_policies();
    (*component.mutable_policies())[kind] = "pearson-2026";
    EXPECT_THAT(Call<v1::Component>("SeriesService/CreateComponent", request, officer_),
                IsError(Code::kInvalidArgument, kPolicyKindWrong));
  }
}

TEST_F(PoliciesTest, OnlyOfficersAddVersions) {
  v1::CreatePolicyVersionRequest request;
  request.set_parent("policies/ours");
  request.mutable_policy_version()->set_document(Sampling("ours", 1, "2026-01-01"));
  for (const std::string& token : {centre_, moderator_}) {
    EXPECT_THAT(Call<v1::PolicyVersion>("PolicyService/CreatePolicyVersion", request, token),
                IsError(Code::kPermissionDenied, "ROLE_NOT_ALLOWED"));
  }
}

}  // namespace
}  // namespace assay::moderation::testing
