#include "services/moderation/clients/approval.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <optional>
#include <string>

#include "assay/approval/v1/approval_service.pb.h"
#include "assay/approval/v1/centre_service.pb.h"
#include "assay/approval/v1/oversight_service.pb.h"
#include "services/moderation/errors.h"
#include "services/platform/testing/status_matchers.h"

namespace assay::moderation {
namespace {

using platform::testing::IsError;

class MapCache final : public platform::Cache {
 public:
  std::optional<std::string> Get(std::string_view key) override {
    const auto found = entries.find(std::string(key));
    if (found == entries.end()) return std::nullopt;
    return found->second;
  }
  void Set(std::string_view key, std::string_view value, absl::Duration) override {
    entries[std::string(key)] = std::string(value);
  }
  void Delete(std::string_view key) override { entries.erase(std::string(key)); }

  std::map<std::string, std::string> entries;
};

class FakeApproval final : public platform::Client {
 public:
  bool in_force = true;
  approval::v1::Centre::State state = approval::v1::Centre::STATE_APPROVED;
  std::string reason;
  std::string stopped_because;  // Certification; empty: it is not.
  std::string date;
  bool gone = false;
  int asked = 0;

 private:
  absl::Status CallMethod(const platform::Call&, std::string_view method,
                          const google::protobuf::Message& request,
                          google::protobuf::Message& response) override {
    ++asked;
    if (gone) return absl::UnavailableError("gone");
    if (method.ends_with("/GetCentre")) {
      auto& centre = static_cast<approval::v1::Centre&>(response);
      centre.set_state(state);
      if (state == approval::v1::Centre::STATE_SUSPENDED) centre.set_state_reason("fraud\nproven");
      return absl::OkStatus();
    }
    if (method.ends_with("/CheckLimits")) {
      auto& limits = static_cast<approval::v1::CheckLimitsResponse&>(response);
      limits.set_certification_stopped(!stopped_because.empty());
      if (!stopped_because.empty()) limits.add_causes()->set_reason(stopped_because);
      return absl::OkStatus();
    }
    date =
        static_cast<const approval::v1::CheckApprovalRequest&>(request).date().ShortDebugString();
    auto& answer = static_cast<approval::v1::CheckApprovalResponse&>(response);
    answer.set_in_force(in_force);
    answer.set_reason(reason);
    if (!in_force) answer.set_message("says approval");
    answer.set_centre_title("Castle School");
    return absl::OkStatus();
  }
};

class ApprovalTest : public ::testing::Test {
 protected:
  ApprovalTest() {
    call_.now = absl::FromUnixSeconds(1'777'626'000);
    SetTenant("t");
  }
  void SetTenant(std::string tenant) {
    platform::Principal principal;
    principal.tenant = std::move(tenant);
    call_.principal = std::make_shared<const platform::Principal>(std::move(principal));
  }
  absl::StatusOr<std::string> Ask(std::string_view qualification = "qualifications/1") {
    return approval_.TitleIfInForce(call_, "centres/urn-1", qualification);
  }

  MapCache cache_;
  FakeApproval client_;
  Approval approval_{client_, cache_, absl::Minutes(5)};
  platform::Call call_;
};

TEST_F(ApprovalTest, APositiveAnswerIsAskedOnceADayForEachQualificationAndTenant) {
  EXPECT_EQ(*Ask(), "Castle School");
  EXPECT_EQ(*Ask(), "Castle School");
  EXPECT_EQ(client_.asked, 1);
  EXPECT_TRUE(Ask("qualifications/2").ok());
  EXPECT_TRUE(Ask("").ok());
  EXPECT_EQ(client_.asked, 3);
  EXPECT_TRUE(Ask().ok());
  EXPECT_EQ(client_.asked, 3);
  SetTenant("u");
  EXPECT_TRUE(Ask().ok());
  EXPECT_EQ(client_.asked, 4);
  call_.now += absl::Hours(24);
  EXPECT_TRUE(Ask().ok());
  EXPECT_EQ(client_.asked, 5);
}

TEST_F(ApprovalTest, ARefusalIsAskedAgainAndAChangeIsNoticed) {
  client_.in_force = false;
  EXPECT_THAT(Ask(), IsError(absl::StatusCode::kFailedPrecondition, kApprovalNotInForce));
  client_.in_force = true;
  EXPECT_TRUE(Ask().ok());
  client_.in_force = false;
  EXPECT_TRUE(Ask().ok());  // Remembered …
  approval_.Forget("t", "centres/urn-1");
  EXPECT_THAT(Ask(), IsError(absl::StatusCode::kFailedPrecondition, kApprovalNotInForce));
}

TEST_F(ApprovalTest, GarbageInTheCacheIsNoAnswer) {
  EXPECT_TRUE(Ask().ok());
  for (auto& [key, value] : cache_.entries) value = "\xff\x01garbage";
  EXPECT_TRUE(Ask().ok());
  EXPECT_EQ(client_.asked, 2);
}

class StandingTest : public ApprovalTest {
 protected:
  using Standing = Approval::Standing;
  const absl::CivilDay kDay{2026, 4, 2};
  absl::StatusOr<Standing> On(absl::CivilDay day, std::string_view qualification = "q") {
    return approval_.StandingOn(call_, "centres/urn-1", qualification, day);
  }
};

TEST_F(StandingTest, AsksForTheDayAndRemembersTheAnswerUntilAChangeIsTold) {
  EXPECT_TRUE(On(kDay)->centre_approved);
  EXPECT_EQ(client_.date, "year: 2026 month: 4 day: 2");
  EXPECT_EQ(client_.asked, 3);
  EXPECT_TRUE(On(kDay)->qualification_approved);
  EXPECT_EQ(client_.asked, 3);
  EXPECT_TRUE(On(kDay + 1)->sanction.empty());  // Another day is another question.
  EXPECT_EQ(client_.asked, 6);
  approval_.Forget("t", "centres/urn-1");
  EXPECT_TRUE(On(kDay)->why.empty());
  EXPECT_EQ(client_.asked, 9);
}

TEST_F(StandingTest, TellsCentreQualificationAndSanctionApartQUAL9) {
  client_.in_force = false;
  client_.reason = "NO_APPROVAL";
  auto standing = On(kDay);
  EXPECT_TRUE(standing->centre_approved);
  EXPECT_FALSE(standing->qualification_approved);
  EXPECT_EQ(standing->why, "says approval");
  client_.reason = "CENTRE_NOT_APPROVED";
  client_.state = approval::v1::Centre::STATE_SUSPENDED;
  approval_.Forget("t", "centres/urn-1");
  standing = On(kDay);
  EXPECT_FALSE(standing->centre_approved);
  EXPECT_TRUE(standing->qualification_approved);
  EXPECT_EQ(standing->sanction, "The centre is suspended: fraud proven.");
  // Today the suspension is why the centre is not approved: one thing, told once.
  const auto today = On(absl::ToCivilDay(call_.now, absl::UTCTimeZone()));
  EXPECT_TRUE(today->centre_approved);
  EXPECT_FALSE(today->sanction.empty());
  // What is remembered reads as it was asked.
  const int asked = client_.asked;
  EXPECT_EQ(On(kDay)->sanction, standing->sanction);
  EXPECT_EQ(On(kDay)->why, "says approval");
  EXPECT_EQ(client_.asked, asked);
}

TEST_F(StandingTest, ASanctionThatStopsCertificationIsToldAsItWasImposedQUAL9) {
  client_.stopped_because = "malpractice\nin 2025";
  const auto standing = On(kDay);
  ASSERT_TRUE(standing.ok());
  EXPECT_TRUE(standing->centre_approved);
  EXPECT_EQ(standing->sanction, "A sanction stops certification: malpractice in 2025.");
  client_.stopped_because.clear();
  approval_.Forget("t", "centres/urn-1");
  EXPECT_EQ(On(kDay)->sanction, "");
}

TEST_F(StandingTest, ACentreWithConditionsIsApproved) {
  client_.state = approval::v1::Centre::STATE_APPROVED_WITH_CONDITIONS;
  EXPECT_TRUE(On(kDay, "")->centre_approved);
  EXPECT_TRUE(Ask("").ok());
}

TEST_F(StandingTest, ANoIsRememberedForAMinuteAndAYesLonger) {
  client_.in_force = false;
  client_.reason = "NO_APPROVAL";
  EXPECT_FALSE(On(kDay)->qualification_approved);
  client_.in_force = true;
  call_.now += absl::Seconds(59);
  EXPECT_FALSE(On(kDay)->qualification_approved);
  call_.now += absl::Seconds(1);
  EXPECT_TRUE(On(kDay)->qualification_approved);
  client_.in_force = false;
  call_.now += absl::Minutes(5) - absl::Seconds(1);
  EXPECT_TRUE(On(kDay)->qualification_approved);
  call_.now += absl::Seconds(1);
  EXPECT_FALSE(On(kDay)->qualification_approved);
}

TEST_F(StandingTest, WithoutAQualificationTheCentreItselfCounts) {
  EXPECT_TRUE(On(kDay, "")->centre_approved);
  client_.state = approval::v1::Centre::STATE_WITHDRAWN;
  approval_.Forget("t", "centres/urn-1");
  EXPECT_FALSE(On(kDay, "")->centre_approved);
}

TEST_F(StandingTest, AServiceThatIsGoneIsSaidToBe) {
  client_.gone = true;
  EXPECT_THAT(On(kDay), IsError(absl::StatusCode::kUnavailable, kApprovalUnavailable));
}

}  // namespace
}  // namespace assay::moderation
