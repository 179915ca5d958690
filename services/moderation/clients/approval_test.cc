#include "services/moderation/clients/approval.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <optional>
#include <string>

#include "assay/approval/v1/approval_service.pb.h"
#include "assay/approval/v1/centre_service.pb.h"
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
  int asked = 0;

 private:
  absl::Status CallMethod(const platform::Call&, std::string_view method,
                          const google::protobuf::Message&,
                          google::protobuf::Message& response) override {
    ++asked;
    if (method.ends_with("/GetCentre")) {
      static_cast<approval::v1::Centre&>(response).set_state(approval::v1::Centre::STATE_APPROVED);
      return absl::OkStatus();
    }
    auto& answer = static_cast<approval::v1::CheckApprovalResponse&>(response);
    answer.set_in_force(in_force);
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

}  // namespace
}  // namespace assay::moderation
