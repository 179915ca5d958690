#include "services/platform/error/to_grpc.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "services/platform/error/error.h"

namespace assay::platform {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::string_view kDomain = "moderation.assay.example";

google::rpc::Status Details(const grpc::Status& status) {
  google::rpc::Status answer;
  EXPECT_TRUE(answer.ParseFromString(status.error_details()));
  return answer;
}

google::rpc::ErrorInfo InfoOf(const grpc::Status& status) {
  google::rpc::ErrorInfo info;
  const google::rpc::Status answer = Details(status);
  for (const auto& detail : answer.details()) {
    if (detail.Is<google::rpc::ErrorInfo>()) detail.UnpackTo(&info);
  }
  return info;
}

TEST(ToGrpcTest, KeepsReasonMetadataAndFields) {
  const grpc::Status status =
      ToGrpc(Error(absl::StatusCode::kInvalidArgument, "MARK_ABOVE_MAXIMUM", "mark 61 is above 60")
                 .With("mark", "61")
                 .Field("marks[3].mark", "is above 60"),
             kDomain, "ref");
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(status.error_message(), "mark 61 is above 60");
  const google::rpc::Status answer = Details(status);
  EXPECT_EQ(answer.code(), 3);
  EXPECT_EQ(answer.message(), "mark 61 is above 60");
  ASSERT_EQ(answer.details_size(), 2);
  EXPECT_EQ(InfoOf(status).reason(), "MARK_ABOVE_MAXIMUM");
  EXPECT_EQ(InfoOf(status).domain(), kDomain);
  EXPECT_EQ(InfoOf(status).metadata().at("mark"), "61");
  EXPECT_EQ(InfoOf(status).metadata().count("reference"), 0u);
  google::rpc::BadRequest bad;
  ASSERT_TRUE(answer.details(1).UnpackTo(&bad));
  EXPECT_EQ(bad.field_violations(0).field(), "marks[3].mark");
}

TEST(ToGrpcTest, IsOkForOk) {
  EXPECT_TRUE(ToGrpc(absl::OkStatus(), kDomain, "ref").ok());
  EXPECT_TRUE(FromGrpc(grpc::Status::OK).ok());
}

struct Bare {
  absl::Status status;
  grpc::StatusCode code;
  std::string reason;
  bool has_reference;
};

TEST(ToGrpcTest, HidesTheTextOfWhatHasNoReason) {
  const Bare cases[] = {
      {absl::CancelledError("secret"), grpc::StatusCode::CANCELLED, "CANCELLED", false},
      {absl::DeadlineExceededError("secret"), grpc::StatusCode::DEADLINE_EXCEEDED,
       "DEADLINE_EXCEEDED", false},
      {absl::ResourceExhaustedError("secret"), grpc::StatusCode::RESOURCE_EXHAUSTED, "SERVER_BUSY",
       false},
      {absl::UnavailableError("secret"), grpc::StatusCode::UNAVAILABLE, "UNAVAILABLE", false},
      {absl::InternalError("secret"), grpc::StatusCode::INTERNAL, "INTERNAL", true},
      {absl::NotFoundError("secret"), grpc::StatusCode::INTERNAL, "INTERNAL", true},
      {absl::InvalidArgumentError("secret"), grpc::StatusCode::INTERNAL, "INTERNAL", true},
      {absl::DataLossError("secret"), grpc::StatusCode::INTERNAL, "INTERNAL", true},
      {absl::UnknownError("secret"), grpc::StatusCode::INTERNAL, "INTERNAL", true},
      {absl::AlreadyExistsError("secret"), grpc::StatusCode::INTERNAL, "INTERNAL", true},
  };
  for (const Bare& c : cases) {
    SCOPED_TRACE(c.status.ToString());
    const grpc::Status status = ToGrpc(c.status, kDomain, "ref-7");
    EXPECT_EQ(status.error_code(), c.code);
    EXPECT_THAT(status.error_message(), Not(HasSubstr("secret")));
    EXPECT_THAT(status.error_details(), Not(HasSubstr("secret")));
    const auto info = InfoOf(status);
    EXPECT_EQ(info.reason(), c.reason);
    EXPECT_EQ(info.domain(), kDomain);
    EXPECT_EQ(info.metadata().contains("reference"), c.has_reference);
    if (c.has_reference) {
      EXPECT_EQ(info.metadata().at("reference"), "ref-7");
    }
  }
}

TEST(ToGrpcTest, StaysWithinWhatACallMayCarryAndSaysWhatIsLeftOut) {
  Error error(absl::StatusCode::kInvalidArgument, "ROWS_INVALID", std::string(5000, 'm'));
  error.With("file", std::string(5000, 'f'));
  for (int i = 0; i < 1000; ++i) error.Field(absl::StrCat("row ", i), "has no mark");
  const grpc::Status status = ToGrpc(error, kDomain, "ref");
  EXPECT_LE(status.error_message().size(), 1024u);
  EXPECT_LE(status.error_details().size(), 6000u);
  const auto fields = FieldsOf(FromGrpc(status));
  ASSERT_THAT(fields, Not(::testing::IsEmpty()));
  EXPECT_EQ(fields.front(), "row 0: has no mark");
  EXPECT_EQ(InfoOf(status).metadata().at("fields_left_out"), absl::StrCat(1000 - fields.size()));
}

TEST(FromGrpcTest, GivesBackWhatToGrpcTook) {
  const absl::Status before = Error(absl::StatusCode::kAborted, "CENTRE_CHANGED", "read it again")
                                  .With("centre", "centres/1")
                                  .Field("etag", "is stale");
  const absl::Status after = FromGrpc(ToGrpc(before, kDomain, "ref"));
  EXPECT_EQ(after.code(), before.code());
  EXPECT_EQ(after.message(), before.message());
  EXPECT_EQ(ReasonOf(after), "CENTRE_CHANGED");
  EXPECT_EQ(MetadataOf(after, "centre"), "centres/1");
  EXPECT_THAT(FieldsOf(after), ElementsAre("etag: is stale"));
}

TEST(FromGrpcTest, KeepsTheDomainOfTheServiceThatGaveTheReason) {
  const absl::Status from_approval =
      FromGrpc(ToGrpc(Error(absl::StatusCode::kNotFound, "CENTRE_NOT_FOUND", "no such centre"),
                      "approval.assay.example", "ref"));
  EXPECT_EQ(InfoOf(ToGrpc(from_approval, kDomain, "ref2")).domain(), "approval.assay.example");
}

TEST(FromGrpcTest, GivesNoReasonToWhatHasNoDetails) {
  const absl::Status status =
      FromGrpc(grpc::Status(grpc::StatusCode::UNAVAILABLE, "failed to connect"));
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(ReasonOf(status), "");
  EXPECT_EQ(FromGrpc(grpc::Status(static_cast<grpc::StatusCode>(99), "x")).code(),
            absl::StatusCode::kUnknown);
  EXPECT_EQ(FromGrpc(grpc::Status(grpc::StatusCode::NOT_FOUND, "x", "not a message")).code(),
            absl::StatusCode::kNotFound);
}

}  // namespace
}  // namespace assay::platform
