// The life of a centre, who came before and after it, and its sites, through the RPCs.
#include "services/approval/testing/approval_fixture.h"

namespace assay::approval::testing {
namespace {

using platform::FieldsOf;
using platform::MetadataOf;
using platform::testing::IsError;
using platform::testing::IsOk;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using Code = absl::StatusCode;
using v1::Centre;
using v1::Site;

class LifecycleTest : public ApprovalFixture {
 protected:
  template <typename Request>
  absl::StatusOr<Centre> Decide(const std::string& method, const std::string& centre,
                                const std::string& token, const std::string& reason = "") {
    Request request;
    request.set_name(centre);
    if constexpr (requires { request.set_reason(reason); }) request.set_reason(reason);
    return Call<Centre>(method, request, token);
  }
  absl::StatusOr<Centre> Suspend() {
    return Decide<v1::SuspendCentreRequest>("CentreService/SuspendCentre", kCentre, officer_,
                                            "No verifier.");
  }
  absl::StatusOr<Centre> Reinstate() {
    return Decide<v1::ReinstateCentreRequest>("LifecycleService/ReinstateCentre", kCentre, officer_,
                                              "A verifier is there.");
  }
  absl::StatusOr<v1::CentreLink> Link(const std::string& before, const std::string& after) {
    v1::LinkSuccessorRequest request;
    request.set_name(before);
    request.set_successor(after);
    request.set_reason("merged");
    return Call<v1::CentreLink>("LifecycleService/LinkSuccessor", request, officer_);
  }
  std::vector<std::string> Links(const std::string& centre) {
    v1::ListCentreLinksRequest request;
    request.set_parent(centre);
    request.set_page_size(1);
    std::vector<std::string> found;
    do {
      const auto page =
          Call<v1::ListCentreLinksResponse>("LifecycleService/ListCentreLinks", request, officer_);
      EXPECT_THAT(page, IsOk());
      if (!page.ok()) break;
      for (const auto& link : page->links()) {
        found.push_back(absl::StrCat(
            link.predecessor().substr(8), " > ", link.successor().substr(8), " (",
            link.source() == v1::CentreLink::SOURCE_OFFICER ? "officer" : "register", ")"));
      }
      request.set_page_token(page->next_page_token());
    } while (!request.page_token().empty());
    return found;
  }

  absl::StatusOr<Site> Propose(const std::string& title = "North Campus") {
    v1::CreateSiteRequest request;
    request.set_parent(kCentre);
    request.mutable_site()->set_title(title);
    request.mutable_site()->add_address_lines("1 North Road");
    request.mutable_site()->set_town("Leeds");
    request.mutable_site()->set_postcode("ls24ap");
    return Call<Site>("LifecycleService/CreateSite", request, head_);
  }
  template <typename Request>
  absl::StatusOr<Site> Site_(const std::string& method, const std::string& name,
                             const std::string& token) {
    Request request;
    request.set_name(name);
    if constexpr (requires { request.set_reason(""); }) request.set_reason("why");
    return Call<Site>("LifecycleService/" + method, request, token);
  }
};

TEST_F(LifecycleTest, ACentreIsReinstatedToWhatItsConditionsMakeOfIt) {
  ASSERT_THAT(Suspend(), IsOk());
  v1::ImposeRestrictionRequest condition;
  condition.set_parent(kCentre);
  condition.mutable_restriction()->set_kind(v1::Restriction::KIND_CONDITION);
  condition.mutable_restriction()->set_level("requirement");
  condition.mutable_restriction()->set_reason("Two verifiers are needed.");
  ASSERT_THAT(Call<v1::Restriction>("OversightService/ImposeRestriction", condition, officer_),
              IsOk());
  // A condition does not lift a suspension.
  EXPECT_EQ(StateOf(kCentre), Centre::STATE_SUSPENDED);
  const auto reinstated = Reinstate();
  ASSERT_THAT(reinstated, IsOk());
  EXPECT_EQ(reinstated->state(), Centre::STATE_APPROVED_WITH_CONDITIONS);
  EXPECT_EQ(reinstated->state_reason(), "A verifier is there.");
  const auto again = Reinstate();
  EXPECT_THAT(again, IsError(Code::kFailedPrecondition, kCentreStateWrong));
  EXPECT_EQ(MetadataOf(again.status(), "state"), "approved with conditions");
  EXPECT_EQ(MetadataOf(again.status(), "rule"), "QUAL-9");
  EXPECT_THAT(FieldsOf(again.status()), ElementsAre("name: is approved with conditions"));
}

// QUAL-9: conditions do not take the approval away.
TEST_F(LifecycleTest, ACentreWithConditionsIsInForce) {
  const std::string approval = ApprovalFor("3818-13");
  v1::ImposeRestrictionRequest condition;
  condition.set_parent(kCentre);
  condition.mutable_restriction()->set_kind(v1::Restriction::KIND_CONDITION);
  condition.mutable_restriction()->set_level("requirement");
  condition.mutable_restriction()->set_reason("Two verifiers are needed.");
  ASSERT_THAT(Call<v1::Restriction>("OversightService/ImposeRestriction", condition, officer_),
              IsOk());
  v1::ApproveQualificationApprovalRequest approve;
  approve.set_name(approval);
  ASSERT_THAT(Call<v1::QualificationApproval>("ApprovalService/ApproveQualificationApproval",
                                              approve, officer_),
              IsOk());
  v1::CheckApprovalRequest check;
  check.set_centre(kCentre);
  check.set_qualification("qualifications/3818-13");
  EXPECT_TRUE(
      Call<v1::CheckApprovalResponse>("ApprovalService/CheckApproval", check, head_)->in_force());
  v1::ListCentresRequest list;
  list.set_state(Centre::STATE_APPROVED_WITH_CONDITIONS);
  EXPECT_THAT(Call<v1::ListCentresResponse>("CentreService/ListCentres", list, officer_)->centres(),
              SizeIs(1));
}

TEST_F(LifecycleTest, AWithdrawnCentreAppliesAgainAndAClosedOneDoesNot) {
  ASSERT_THAT(Decide<v1::WithdrawCentreRequest>("CentreService/WithdrawCentre", kCentre, officer_,
                                                "at its own wish"),
              IsOk());
  const auto applied =
      Decide<v1::ReapplyCentreRequest>("LifecycleService/ReapplyCentre", kCentre, head_);
  ASSERT_THAT(applied, IsOk());
  EXPECT_EQ(applied->state(), Centre::STATE_APPLIED);
  EXPECT_THAT(Decide<v1::ReapplyCentreRequest>("LifecycleService/ReapplyCentre", kCentre, other_),
              IsError(Code::kNotFound, kCentreNotFound));
  v1::CloseCentreRequest close;
  close.set_name(kCentre);
  close.set_reason("The college has merged.");
  close.set_successor(kNeighbour);
  ASSERT_THAT(Call<Centre>("LifecycleService/CloseCentre", close, officer_), IsOk());
  EXPECT_EQ(StateOf(kCentre), Centre::STATE_CLOSED);
  EXPECT_THAT(Decide<v1::ReapplyCentreRequest>("LifecycleService/ReapplyCentre", kCentre, head_),
              IsError(Code::kFailedPrecondition, kCentreStateWrong));
  EXPECT_THAT(Links(kNeighbour), ElementsAre("urn-100000 > urn-100002 (officer)"));
  EXPECT_THAT(WhatOf(Timeline(kCentre, head_)),
              ElementsAre("closed", "linked: centres/urn-100002 takes over", "applied", "withdrawn",
                          "approved"));
}

TEST_F(LifecycleTest, LinksAreListedOnBothSidesFromFilesAndOfficers) {
  // In the English file OTHERURN is who comes after a closed one, and who came before a new one.
  Import(
      "100010,2016010,Old School,Long Lane,Leeds,LS1 4AP,2,,43343,0,Aided,4,13,145210\n"
      "145210,2016007,New Academy,Long Lane,Leeds,LS1 4AP,1,43344,,1,Academy,4,13,100010\n");
  EXPECT_THAT(Links("centres/urn-100010"), ElementsAre("urn-100010 > urn-145210 (register)"));
  EXPECT_THAT(Links("centres/urn-145210"), ElementsAre("urn-100010 > urn-145210 (register)"));
  ASSERT_THAT(Link("centres/urn-100010", kCentre), IsOk());
  ASSERT_THAT(Link("centres/urn-145210", kCentre), IsOk());
  ASSERT_THAT(Link("centres/urn-145210", kCentre), IsOk());  // Again changes nothing.
  EXPECT_THAT(Links(kCentre), ElementsAre("urn-100010 > urn-100000 (officer)",
                                          "urn-145210 > urn-100000 (officer)"));
  EXPECT_THAT(Links("centres/urn-145210"), ElementsAre("urn-100010 > urn-145210 (register)",
                                                       "urn-145210 > urn-100000 (officer)"));
  // Nobody comes after themselves, over any number of takeovers.
  EXPECT_THAT(Link(kCentre, kCentre), IsError(Code::kFailedPrecondition, kLinkInvalid));
  EXPECT_THAT(Link(kCentre, "centres/urn-100010"),
              IsError(Code::kFailedPrecondition, kLinkInvalid));
  EXPECT_THAT(Link(kCentre, "centres/urn-199999"), IsError(Code::kNotFound, kCentreNotFound));
  v1::UnlinkSuccessorRequest unlink;
  unlink.set_name("centres/urn-145210");
  unlink.set_successor(kCentre);
  unlink.set_reason("a mistake");
  ASSERT_THAT(Call<v1::CentreLink>("LifecycleService/UnlinkSuccessor", unlink, officer_), IsOk());
  EXPECT_THAT(Call<v1::CentreLink>("LifecycleService/UnlinkSuccessor", unlink, officer_),
              IsError(Code::kNotFound, kLinkNotFound));
  EXPECT_THAT(Links(kCentre), ElementsAre("urn-100010 > urn-100000 (officer)"));
  EXPECT_THAT(Timeline(kCentre, officer_, v1::TIMELINE_KIND_LINK), SizeIs(3));
}

TEST_F(LifecycleTest, ASiteIsProposedApprovedMovedAndClosed) {
  const auto site = Propose();
  ASSERT_THAT(site, IsOk());
  EXPECT_EQ(site->state(), Site::STATE_PROPOSED);
  EXPECT_EQ(site->postcode(), "LS2 4AP");
  EXPECT_THAT(Site_<v1::CloseSiteRequest>("CloseSite", site->name(), head_),
              IsError(Code::kFailedPrecondition, kSiteStateWrong));
  EXPECT_THAT(Site_<v1::ApproveSiteRequest>("ApproveSite", site->name(), head_),
              IsError(Code::kPermissionDenied, "ROLE_NOT_ALLOWED"));
  const auto approved = Site_<v1::ApproveSiteRequest>("ApproveSite", site->name(), officer_);
  ASSERT_THAT(approved, IsOk());
  EXPECT_EQ(approved->open_day().day(), Today().day());
  v1::UpdateSiteRequest update;
  update.set_name(site->name());
  update.set_etag(approved->etag());
  *update.mutable_site() = *approved;
  update.mutable_site()->set_title("North");
  const auto renamed = Call<Site>("LifecycleService/UpdateSite", update, head_);
  ASSERT_THAT(renamed, IsOk());
  EXPECT_EQ(renamed->state(), Site::STATE_APPROVED);
  EXPECT_THAT(Call<Site>("LifecycleService/UpdateSite", update, head_),
              IsError(Code::kAborted, "ETAG_MISMATCH"));
  update.set_etag(renamed->etag());
  update.mutable_site()->set_postcode("LS3 1AA");
  const auto moved = Call<Site>("LifecycleService/UpdateSite", update, head_);
  ASSERT_THAT(moved, IsOk());
  EXPECT_EQ(moved->state(), Site::STATE_PROPOSED);
  ASSERT_THAT(Site_<v1::ApproveSiteRequest>("ApproveSite", site->name(), officer_), IsOk());
  const auto closed = Site_<v1::CloseSiteRequest>("CloseSite", site->name(), head_);
  ASSERT_THAT(closed, IsOk());
  EXPECT_EQ(closed->state(), Site::STATE_CLOSED);
  const auto gone = Site_<v1::DeleteSiteRequest>("DeleteSite", site->name(), head_);
  EXPECT_THAT(gone, IsError(Code::kFailedPrecondition, kSiteStateWrong));
  EXPECT_THAT(std::string(gone.status().message()), HasSubstr("proposed or refused"));
}

// Every step that a site's table of states does not have is refused with the rule and the place.
TEST_F(LifecycleTest, IllegalStepsOfASiteAreRefusedWithRuleAndPlace) {
  const std::string name = Propose()->name();
  const auto refused = [&](const std::string& method, const std::string& state,
                           const absl::StatusOr<Site>& answer) {
    EXPECT_THAT(answer, IsError(Code::kFailedPrecondition, kSiteStateWrong)) << method;
    EXPECT_EQ(MetadataOf(answer.status(), "rule"), "QUAL-9") << method;
    EXPECT_EQ(MetadataOf(answer.status(), "state"), state) << method;
    EXPECT_THAT(FieldsOf(answer.status()), ElementsAre("name: is " + state)) << method;
  };
  const auto approve = [&] { return Site_<v1::ApproveSiteRequest>("ApproveSite", name, officer_); };
  const auto refuse = [&] { return Site_<v1::RefuseSiteRequest>("RefuseSite", name, officer_); };
  const auto close = [&] { return Site_<v1::CloseSiteRequest>("CloseSite", name, head_); };
  const auto remove = [&] { return Site_<v1::DeleteSiteRequest>("DeleteSite", name, head_); };
  refused("close", "proposed", close());
  ASSERT_THAT(approve(), IsOk());
  refused("approve", "approved", approve());
  refused("refuse", "approved", refuse());
  refused("delete", "approved", remove());
  ASSERT_THAT(close(), IsOk());
  for (const auto& answer : {approve(), refuse(), close(), remove()}) refused("", "closed", answer);
  ASSERT_THAT(Decide<v1::WithdrawCentreRequest>("CentreService/WithdrawCentre", kCentre, officer_,
                                                "at its own wish"),
              IsOk());
  const auto late = Propose();
  EXPECT_THAT(late, IsError(Code::kFailedPrecondition, kCentreStateWrong));
  EXPECT_EQ(MetadataOf(late.status(), "rule"), "QUAL-9");
  EXPECT_THAT(FieldsOf(late.status()), ElementsAre("parent: is withdrawn"));
}

TEST_F(LifecycleTest, ARefusedSiteIsDeletedOrProposedAnew) {
  const auto one = Propose("One"), two = Propose("Two");
  ASSERT_THAT(Site_<v1::RefuseSiteRequest>("RefuseSite", one->name(), officer_), IsOk());
  ASSERT_THAT(Site_<v1::DeleteSiteRequest>("DeleteSite", one->name(), head_), IsOk());
  v1::GetSiteRequest get;
  get.set_name(one->name());
  EXPECT_THAT(Call<Site>("LifecycleService/GetSite", get, head_),
              IsError(Code::kNotFound, kSiteNotFound));
  get.set_name(two->name());
  EXPECT_THAT(Call<Site>("LifecycleService/GetSite", get, other_),
              IsError(Code::kNotFound, kSiteNotFound));
  v1::ListSitesRequest list;
  list.set_parent(kCentre);
  EXPECT_THAT(Call<v1::ListSitesResponse>("LifecycleService/ListSites", list, head_)->sites(),
              SizeIs(1));
  list.set_parent("centres/-");
  EXPECT_THAT(Call<v1::ListSitesResponse>("LifecycleService/ListSites", list, other_)->sites(),
              IsEmpty());
  EXPECT_THAT(WhatOf(Timeline(kCentre, head_, v1::TIMELINE_KIND_SITE)),
              ElementsAre("deleted: One", "refused: One", "proposed: Two", "proposed: One"));
  v1::CreateSiteRequest bare;
  bare.set_parent(kCentre);
  bare.mutable_site()->set_title("a\nb");
  EXPECT_THAT(Call<Site>("LifecycleService/CreateSite", bare, head_),
              IsError(Code::kInvalidArgument, "FIELD_INVALID"));
}

}  // namespace
}  // namespace assay::approval::testing
